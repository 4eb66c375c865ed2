"""Which phase a book is in by its market's parameters, and when that changes: at the shard's time records."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from flexbourse_core.market_time import Mtu, gate_closes_at_s, opens_at_s
from flexbourse_orderbook.domain.auctions.terms import is_for_auctions
from flexbourse_orderbook.domain.capacity_auction.timing import next_ms as next_capacity_ms
from flexbourse_orderbook.domain.phases.table import BookPhase, Phase
from flexbourse_orderbook.domain.registry_state import Algorithm, Market
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
    if not has_books(market) or market.mtu_length_s <= 0 or state.area_id not in state.registry.areas:
        return None
    length = market.mtu_length_s
    first = (state.now.at_ms // 1000 + market.gate_closure_s) // length * length + length
    start = max(first, state.openings.get(market.market_id, 0))
    return Mtu(start + -start % length, length)


def has_books(market: Market) -> bool:
    """Tell whether a market is active and trades in books."""
    return market.active and market.algorithm != Algorithm.NETWORK_CAPACITY


def opening_of(state: AreaState, market: Market, mtu: Mtu) -> int:
    """Return when the book of a market and period opens."""
    return opening_s(mtu, state.registry.areas[state.area_id].time_zone, market.opens_before_day_s)


def due_announcements(state: AreaState, market: Market) -> Iterator[Mtu]:
    """Iterate over the periods whose book comes into the phase before its opening now; the state moves on with each."""
    if market.pre_open_s == 0 or not has_books(market) or state.area_id not in state.registry.areas:
        return
    now_s = state.now.at_ms // 1000
    for _ in range(MAX_OPENINGS):
        mtu = _next_announced(state, market)
        if mtu is None or opening_of(state, market, mtu) - market.pre_open_s > now_s:
            return
        yield mtu


def _next_announced(state: AreaState, market: Market) -> Mtu | None:
    """Return the next period whose opening is ahead, and whose book has not come into any phase."""
    mtu = next_period(state, market)
    if mtu is None:
        return None
    return Mtu(max(mtu.start_s, state.announced.get(market.market_id, 0)), mtu.length_s)


def scheduled_phase(state: AreaState, market: Market, mtu: Mtu) -> Phase:
    """Return the phase that a market's parameters give the book of a period now."""
    now_s, opens_s = state.now.at_ms // 1000, opening_of(state, market, mtu)
    if gate_closes_at_s(mtu, market.gate_closure_s) <= now_s:
        return Phase.CLOSED
    if now_s < opens_s:
        return Phase.PRE_OPEN if opens_s - market.pre_open_s <= now_s else Phase.UNSPECIFIED
    if now_s < opens_s + market.call_s:
        return Phase.CALL
    return Phase.FREEZE if now_s < opens_s + market.call_s + market.freeze_s else Phase.CONTINUOUS


def due_closings(state: AreaState) -> list[tuple[Period, str]]:
    """Return the open books whose gate has come, or whose market is no longer active, by period and market."""
    now_s = state.now.at_ms // 1000
    found = []
    for mtu in sorted(state.periods):
        period = state.periods[mtu]
        for market_id in sorted(period.phases):
            market = state.market_of(market_id, mtu)
            if not market.active or gate_closes_at_s(mtu, market.gate_closure_s) <= now_s:
                found.append((period, market_id))
    return found


def next_end_ms(state: AreaState) -> int | None:
    """Return when what has an end of its own next ends: a reservation, a session, an order, an agreement, a right."""
    times = [reserved.reservation.expires_at_ms for reserved in state.reservations.values()]
    times.extend(session.until_ms for session in state.safeguards.sessions.values())
    if (expires_ms := state.safeguards.timed.next_ms(state.orders, state.hibernated)) is not None:
        times.append(expires_ms)
    if (expires_ms := state.agreements.next_ms()) is not None:
        times.append(expires_ms)
    times.extend(next_capacity_ms(state))
    return min(times, default=None)


def next_change_ms(state: AreaState) -> int | None:
    """Return when the next book changes its phase; at once where orders wait. Orders and trades do not matter."""
    times: list[int] = []
    for mtu, period in state.periods.items():
        for market_id, own in period.phases.items():
            market = state.market_of(market_id, mtu)
            times.append(gate_closes_at_s(mtu, market.gate_closure_s) * 1000)
            if own.phase is not Phase.CONTINUOUS:
                times.extend(_ends_ms(state, market, mtu, own))
    for market in state.registry.markets_of(state.area_id):
        upcoming = next_period(state, market)
        if upcoming is not None:
            times.append(opening_of(state, market, upcoming) * 1000)
            if market.pre_open_s:
                announced = _next_announced(state, market)
                assert announced is not None
                times.append((opening_of(state, market, announced) - market.pre_open_s) * 1000)
    return min(times, default=None)


def _ends_ms(state: AreaState, market: Market, mtu: Mtu, own: BookPhase) -> Iterator[int]:
    """Iterate over when a phase ends that does not last until the gate."""
    if own.phase is Phase.UNCROSSING and not state.halted_reason:
        if own.cleared or not is_for_auctions(market):  # else another book of its auction keeps it waiting
            yield state.now.at_ms + 1  # what is left over waits for the next time record, which is due at once
    elif own.phase is Phase.HALTED and own.resumes_at_ms:
        yield own.resumes_at_ms
    elif own.phase in (Phase.CALL, Phase.FREEZE):
        ends_s = opening_of(state, market, mtu) + market.call_s
        yield (ends_s if own.phase is Phase.CALL else ends_s + market.freeze_s) * 1000
