"""The rule set of a platform as data: times of an MTU, product limits, counts. Presets for Nordic and MARI rules."""

from __future__ import annotations

from dataclasses import dataclass

MTU_S = 900
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Profile:
    """Times are seconds before the start of the MTU unless said otherwise; quantities MW; prices cents per MWh."""

    name: str = "nordic"
    gate_opening_s: int = 30 * DAY_S
    gate_closure_s: int = 45 * 60
    selection_s: int = 14 * 60
    order_s: int = 450
    direct_until_s: int = 360  # after the start of the MTU
    response_s: int = 120  # after the order was sent
    heartbeats_s: tuple[int, ...] = (720, 450, 180)
    heartbeat_quarters: int = 2  # quarters without bids after a missing heartbeat
    availability_s: int = 30  # after the end of the MTU
    result_s: int = 60  # after the end of the MTU
    stale_s: int = 15 * 60  # documents created longer ago are dropped without an answer
    ahead_s: int = 5 * 60  # how far a clock may be ahead
    max_series: int = 4000
    max_messages: int = 100  # documents of one BSP per MTU of clock time
    max_quantity: int = 9999
    portfolio_limit: int = 2000  # per BSP, direction and MTU
    price_limit: int = 1_000_000
    uuid_required: bool = True


NORDIC = Profile()
MARI = Profile(name="mari", gate_closure_s=25 * 60, selection_s=10 * 60, price_limit=1_500_000)
FINGRID = Profile(name="fingrid", max_series=2000)
SVENSKA = Profile(name="svenska-kraftnat", stale_s=6 * 60, heartbeats_s=(900, 600, 300))
PROFILES = {profile.name: profile for profile in (NORDIC, MARI, FINGRID, SVENSKA)}
