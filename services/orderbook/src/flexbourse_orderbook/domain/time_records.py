"""What a time record does to a book: reservations expire, books close and open, blocked pairs are tried again."""

from __future__ import annotations

from collections.abc import Collection
from operator import itemgetter

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.agreements import agreeing
from flexbourse_orderbook.domain.auctions.uncrossing import hold_auctions
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.capacity_auction import passing as capacity
from flexbourse_orderbook.domain.flexibility.calls import GATE, give_back
from flexbourse_orderbook.domain.grid.topology_change import recheck_topologies
from flexbourse_orderbook.domain.headroom.still_fitting import tell_shortages
from flexbourse_orderbook.domain.orders import OrderStatus
from flexbourse_orderbook.domain.phases.changes import (
    GATE_CLOSED,
    announce,
    change_phase,
    follow_schedules,
    halt_as_market,
    opening_phase,
)
from flexbourse_orderbook.domain.phases.schedule import due_announcements, due_closings, due_openings
from flexbourse_orderbook.domain.phases.table import Action, Phase, PhaseCause
from flexbourse_orderbook.domain.pools.trades import hold_pools
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.quantity_waits import try_waiting
from flexbourse_orderbook.domain.resting.retry import MAX_PAIRS, next_pairs
from flexbourse_orderbook.domain.safeguards import ending as safeguards
from flexbourse_orderbook.domain.spans.matching import matcher_of
from flexbourse_orderbook.domain.spreads.requests import due_spreads, expire_spreads, try_spreads
from flexbourse_orderbook.domain.state import AreaState, Period

# Pairs of one area that are tried at one time record (the period that passes it is still finished): below 100 ms.
MAX_ATTEMPTS = 128
# Requests with targets that look for the cheapest set of all that rests at one time record; further ones try pairs.
MAX_SETS = 2


def pass_time(book: AreaBook, changed: Collection[Mtu]) -> None:
    """Act on the state's time; `changed` are periods whose tariff, light, base case or margins changed just now."""
    book.begin()
    state = book.state
    for name in sorted(state.reservations):
        if state.reservations[name].reservation.expires_at_ms <= state.now.at_ms:
            book.settle_reservation(name, "expired")
    capacity.pass_time(book)
    safeguards.pass_time(book)
    agreeing.pass_time(book)
    for period, market_id in due_closings(state):
        _close(book, period, market_id)
    for market in state.registry.markets_of(state.area_id):
        for mtu in due_openings(state, market):
            _open(book, market, mtu)
        for mtu in due_announcements(state, market):
            announce(book, market, mtu)
    follow_schedules(book)
    hold_auctions(book)
    hold_pools(book)
    recheck_topologies(book)
    capacity.refund_taken_back(book)
    tell_shortages(book, book.tightened)
    book.tightened.clear()
    if not state.halted_reason:
        spreads = due_spreads(state, changed)
        _retry(book, set(changed))
        try_spreads(book, spreads)


def _close(book: AreaBook, period: Period, market_id: str) -> None:
    state = book.state
    spans = state.spans.over((period.mtu,))
    for own in (period, *spans):
        for (owner, _), resting in sorted(own.books.items()):
            for order in resting.orders() if owner == market_id else ():
                book.close(order, OrderStatus.EXPIRED, GATE_CLOSED)
    names = {(own.mtu, market_id) for own in (period, *spans)}
    for order in list(state.hibernated.values()):
        if (order.mtu, order.terms.market_id) in names:
            book.close(order, OrderStatus.EXPIRED, GATE_CLOSED)
    for held in list(period.grid.held_matches.values()):
        if held.market_id == market_id:
            give_back(book, period, held, GATE)
    expire_spreads(book, period, market_id, GATE_CLOSED)
    if not period.phases[market_id].opened:
        change_phase(book, period, market_id, Phase.CLOSED, PhaseCause.SCHEDULE, GATE_CLOSED)
        return
    grid = period.grid
    start = grid.potential_start if grid.potential_start is not None else grid.potential
    book.emit(
        e.BookClosed(
            state.area_id, market_id, period.mtu, period.trade_sequence, start, grid.potential, grid.revision,
            grid.confirmed,
        )
    )  # fmt: skip


def _open(book: AreaBook, market: Market, mtu: Mtu) -> None:
    state = book.state
    period = state.periods.get(mtu)
    known = None
    if period is not None:
        grid = period.grid
        known = grid.potential if grid.potential_start is not None else grid.solved_potential()
    phase = opening_phase(state, market, mtu)
    book.emit(e.BookOpened(state.area_id, market.market_id, mtu, known, phase))
    halt_as_market(book, state.period(mtu), market.market_id)


def _retry(book: AreaBook, changed: set[Mtu]) -> None:
    """Try blocked pairs again, periods by time, best pair first, until the bound of one time record.

    A pass through the pairs of a period starts where something changed. What it leaves behind is tried at the next
    record, before another pass starts: no pair waits for ever behind better ones that stay blocked.
    """
    state, left, sets = book.state, MAX_ATTEMPTS, MAX_SETS
    due = {mtu for mtu in state.periods if state.periods[mtu].retry_due or mtu in changed}
    due |= {span.mtu for span in state.spans.over(due)} | {mtu for mtu, span in state.spans.all() if span.retry_due}
    waiting: list[Mtu] = []
    for mtu in (*sorted(state.periods), *(mtu for mtu, _ in state.spans.all())):
        period = state.period(mtu)
        if mtu not in due and not period.retry_places:
            continue
        if left <= 0:
            waiting += [mtu] if mtu in due else []
            continue
        tries, places = _next_tries(state, period)
        goes_on = bool(tries and period.retry_places)
        if not tries and period.retry_places and mtu in due:
            tries, places = _next_tries(state, period, anew=True)
        left -= len(tries)
        if tries or period.retry_due or period.retry_places:
            again = (mtu,) if goes_on and mtu in due else ()
            book.emit(e.PairsRetried(state.area_id, (mtu,), again, places))
        sets -= _try_pairs(book, period, tries, sets)
    if waiting:
        book.emit(e.PairsRetried(state.area_id, (), tuple(waiting)))


Tries = list[tuple[Market, RestingOrder, RestingOrder]]


def _try_pairs(book: AreaBook, period: Period, tries: Tries, sets: int) -> int:
    """Try pairs again; of requests with targets, at most so many, first those of the cheapest set of all that rests.

    Returns how many sets were looked for.
    """
    before = period.moves
    tried: dict[str, frozenset[str]] = {}
    for market, ask, bid in tries:
        request_id = bid.terms.order_id
        if bid.terms.relief_targets and request_id not in tried and len(tried) < sets:
            tried[request_id] = _try_set(book, market, bid)
        if ask.terms.order_id not in tried.get(request_id, ()):
            book.try_pair(market, ask, bid)
    if period.moves != before:
        book.try_blocked(period)
    books = {(market.market_id, ask.terms.product): market for market, ask, _ in tries}
    for (_, product), market in sorted(books.items(), key=itemgetter(0)):
        try_waiting(book, market, period, product)
    return len(tried)


def _try_set(book: AreaBook, market: Market, request: RestingOrder) -> frozenset[str]:
    """Let a waiting request with targets buy the cheapest set of what rests now; returns the offers tried."""
    matcher = matcher_of(book.state, market, request.period)
    offers = list(matcher.candidates(request, request.book))[:MAX_PAIRS]
    for offer in offers:
        book.try_pair(market, offer, request, matcher.shares)
    return frozenset(offer.terms.order_id for offer in offers)


def _next_tries(state: AreaState, period: Period, *, anew: bool = False) -> tuple[Tries, tuple[e.RetryPlace, ...]]:
    """Return the pairs that are next in the pass through a period's books, and the places that it reaches."""
    tries: Tries = []
    places: list[e.RetryPlace] = []
    under_way = {} if anew else period.retry_places
    for market_id, product in sorted(period.books):
        market = state.market_of(market_id, period.mtu)
        if not market.automatic_matching or not period.takes(market_id, Action.MATCH):
            continue
        if under_way and (market_id, product) not in under_way:
            continue  # this book's part of the pass is done
        pairs, place = next_pairs(period, market_id, product, under_way.get((market_id, product)))
        tries += [(market, *pair) for pair in pairs]
        places += [place] if place is not None else []
    return tries, tuple(places)
