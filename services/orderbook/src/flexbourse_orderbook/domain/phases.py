"""When books open and close: by the shard's time records, from the parameters of each market."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from flexbourse_core.market_time import Mtu, gate_closes_at_s, opens_at_s
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.state import AreaState, Period

# Periods of one market that open at one time record: four days of quarter-hours.
MAX_OPENINGS = 400
CACHED_OPENINGS = 4096


@lru_cache(maxsize=CACHED_OPENINGS)
def opening_s(mtu: Mtu, zone: str, opens_before_day_s: int) -> int:
    """Return when the book of a period opens."""
    return opens_at_s(mtu, zone, opens_before_day_s)


def due_openings(state: AreaState, market: Market) -> Iterator[Mtu]:
    """Iterate over the periods whose book opens now; the state moves on with each `BookOpened`."""
    now_s = state.now.at_ms // 1000
    for _ in range(MAX_OPENINGS):
        mtu = next_period(state, market)
        if mtu is None or opening_of(state, market, mtu) > now_s:
            return
        yield mtu


def next_period(state: AreaState, market: Market) -> Mtu | None:
    """Return the next period of a market that has not opened and whose gate is ahead."""
    if not market.active or market.mtu_length_s <= 0 or state.area_id not in state.registry.areas:
        return None
    length = market.mtu_length_s
    first = (state.now.at_ms // 1000 + market.gate_closure_s) // length * length + length
    start = max(first, state.openings.get(market.market_id, 0))
    return Mtu(start + -start % length, length)


def opening_of(state: AreaState, market: Market, mtu: Mtu) -> int:
    """Return when the book of a market and period opens."""
    return opening_s(mtu, state.registry.areas[state.area_id].time_zone, market.opens_before_day_s)


def due_closings(state: AreaState) -> list[tuple[Period, str]]:
    """Return the open books whose gate has come, or whose market is no longer active, by period and market."""
    now_s = state.now.at_ms // 1000
    found = []
    for mtu in sorted(state.periods):
        period = state.periods[mtu]
        for market_id in sorted(period.open_markets):
            market = state.registry.markets[market_id]
            if not market.active or gate_closes_at_s(mtu, market.gate_closure_s) <= now_s:
                found.append((period, market_id))
    return found


def next_change_ms(state: AreaState) -> int | None:
    """Return when the next book opens or closes, or the next reservation expires."""
    times = [reserved.reservation.expires_at_ms for reserved in state.reservations.values()]
    times.extend(
        gate_closes_at_s(mtu, state.registry.markets[market_id].gate_closure_s) * 1000
        for mtu, period in state.periods.items()
        for market_id in period.open_markets
    )
    for market in state.registry.markets_of(state.area_id):
        upcoming = next_period(state, market)
        if upcoming is not None:
            times.append(opening_of(state, market, upcoming) * 1000)
    return min(times, default=None)
