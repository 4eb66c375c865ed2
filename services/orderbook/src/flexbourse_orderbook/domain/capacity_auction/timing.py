"""When auctions of network capacity are called, frozen and cleared, by the parameters of their markets.

One for all periods of a delivery day opens so long before its local midnight as books do, is called for `call_s`,
frozen for `freeze_s`, and cleared. One for a single period is cleared at its gate, after call and freeze.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flexbourse_core.market_time import Mtu, day_bounds_s, local_day, opens_at_s
from flexbourse_orderbook.domain.capacity_auction.events import CapacityPhase
from flexbourse_orderbook.domain.capacity_auction.state import Session
from flexbourse_orderbook.domain.registry_state import Algorithm, Market
from flexbourse_orderbook.domain.state import AreaState

# Auctions of one market that are called at one time record: those of two days, one for each quarter-hour.
MAX_SESSIONS = 200
DAY_S = 86_400
# An auction of a day opens at most so long before it.
MAX_DAYS_AHEAD = 40


@dataclass(frozen=True, slots=True)
class Times:
    """When an auction is called, frozen and cleared."""

    call_ms: int
    freeze_ms: int
    clear_ms: int

    def phase_at(self, at_ms: int) -> CapacityPhase:
        """Return the phase that it is in."""
        if at_ms < self.call_ms:
            return CapacityPhase.UNSPECIFIED
        if at_ms < self.freeze_ms:
            return CapacityPhase.CALL
        return CapacityPhase.FREEZE if at_ms < self.clear_ms else CapacityPhase.CLEARED


def times_of(state: AreaState, market: Market, first: Mtu) -> Times:
    """Return the times of the auction with a first period."""
    if market.capacity_per_period:
        clear_s = first.start_s - market.gate_closure_s
        call_s = clear_s - market.freeze_s - market.call_s
    else:
        call_s = opens_at_s(first, state.registry.areas[state.area_id].time_zone, market.opens_before_day_s)
        clear_s = call_s + market.call_s + market.freeze_s
    return Times(call_s * 1000, (call_s + market.call_s) * 1000, clear_s * 1000)


def capacity_markets(state: AreaState) -> list[Market]:
    """Return the area's markets of network capacity, by id."""
    if state.area_id not in state.registry.areas:
        return []
    return [market for market in state.registry.markets_of(state.area_id) if is_of_capacity(market)]


def is_of_capacity(market: Market) -> bool:
    """Tell whether a market allocates network capacity, and has no books."""
    return market.algorithm == Algorithm.NETWORK_CAPACITY


def due_sessions(state: AreaState, market: Market) -> Iterator[Session]:
    """Iterate over the auctions that are called now and are not known yet."""
    for first, periods in _upcoming(state, market):
        times = times_of(state, market, first)
        if times.call_ms > state.now.at_ms:
            return
        if (
            times.clear_ms > state.now.at_ms
            and (market.market_id, first.start_s) not in state.capacity_auctions.sessions
        ):
            yield Session(market.market_id, first, periods, CapacityPhase.UNSPECIFIED)


def _upcoming(state: AreaState, market: Market) -> Iterator[tuple[Mtu, int]]:
    """Iterate over first period and number of periods of a market's auctions to come, by time."""
    length, now_s = market.mtu_length_s, state.now.at_ms // 1000
    if not market.active or length <= 0:
        return
    if market.capacity_per_period:
        start = (now_s + market.gate_closure_s) // length * length + length
        yield from ((Mtu(start + i * length, length), 1) for i in range(MAX_SESSIONS))
        return
    zone = state.registry.areas[state.area_id].time_zone
    today = local_day(now_s, zone)
    for ahead in range(1, MAX_DAYS_AHEAD + 1):
        first, last = day_bounds_s(today + timedelta(days=ahead), zone)
        yield Mtu(first, length), (last - first) // length


def next_ms(state: AreaState) -> Iterator[int]:
    """Iterate over when something is next due: an auction's phase, the call of the next one, what is not used."""
    auctions = state.capacity_auctions
    for session in auctions.sessions.values():
        market = state.registry.markets[session.market_id]
        times = times_of(state, market, session.mtu)
        if session.phase is CapacityPhase.CALL:
            yield times.freeze_ms
        elif session.phase is CapacityPhase.FREEZE:
            yield times.clear_ms
    for market in capacity_markets(state):
        calls = (times_of(state, market, first).call_ms for first, _ in _upcoming(state, market))
        ahead = next((call for call in calls if call > state.now.at_ms), None)
        if ahead is not None:
            yield ahead
    yield from (right.lapses_at_ms for right in auctions.rights.values() if right.held_w)
