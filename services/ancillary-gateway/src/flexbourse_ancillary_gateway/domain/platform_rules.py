"""The rules of a mFRR platform as data: gates, steps, limits. Two timings exist, by when the gate of bids closes."""

from __future__ import annotations

from dataclasses import dataclass

MEGAWATT = 1_000_000  # W
MINUTE = 60  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRules:
    """What a platform accepts, and when. Seconds before the start of the MTU, unless the name says otherwise.

    `small_bid_w`: where bids need more than one step, one bid per resource, direction and MTU may be as small as this.
    `stale_after_s`: a document that is older is dropped without an answer. `silent_after_s`: a platform that sends
    heartbeats and was not heard for so long is taken for down; None where it sends none. `verdict_margin_s`: so long
    before the response is due, the grid must have spoken.
    """

    name: str
    bid_gate_s: int
    operator_gate_s: int
    selection_s: int
    scheduled_order_s: int = 7 * MINUTE + 30
    direct_until_after_start_s: int = 6 * MINUTE
    opens_s: int = 30 * 86_400
    response_within_s: int = 2 * MINUTE
    stale_after_s: int = 15 * MINUTE
    silent_after_s: int | None = None
    verdict_margin_s: int = 30
    mtu_s: int = 15 * MINUTE
    minimum_w: int = MEGAWATT
    small_bid_w: int | None = None
    step_w: int = MEGAWATT
    member_step_w: int = MEGAWATT // 100
    maximum_w: int = 9_999 * MEGAWATT
    portfolio_w: int = 2_000 * MEGAWATT
    price_limit_ticks: int = 1_500_000
    max_series: int = 2_000
    max_messages_per_mtu: int = 100


QH_45 = PlatformRules(name="QH-45", bid_gate_s=45 * MINUTE, operator_gate_s=15 * MINUTE, selection_s=14 * MINUTE)
QH_25 = PlatformRules(name="QH-25", bid_gate_s=25 * MINUTE, operator_gate_s=12 * MINUTE, selection_s=10 * MINUTE)
RULES = {rules.name: rules for rules in (QH_45, QH_25)}
