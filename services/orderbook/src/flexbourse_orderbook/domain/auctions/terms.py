"""Orders for call auctions alone: what their terms may say, and where they enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.market_time import day_bounds_s
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import AuctionTerms, FillRule, Forwarding, NewOrder, Side
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.registry_state import Algorithm, Market, Uncrossing
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.entry.application import Application

WHOLE_PPM = 1_000_000
# Orders that wait in one book for its auction; those of a block count one by one.
MAX_WAITING = 5_000
# Orders that wait for one auction of a whole day, over all its books: its trades are committed at once.
MAX_IN_AUCTION = 10_000
# Blocks of one auction: its program is solved while the shard waits.
MAX_BLOCKS = 200


def is_for_auctions(market: Market) -> bool:
    """Tell whether the books of a market are uncrossed by call auctions: those of local energy are, if it says so."""
    return market.uncrossing != Uncrossing.BY_TIME and market.algorithm == Algorithm.CONTINUOUS_ENERGY


def is_block(order: NewOrder) -> bool:
    """Tell whether an order has the terms of a block."""
    return order.auction is not None and order.auction.end_price_ticks is None


def refuse_auction(a: Application) -> Rejection | None:
    """Return why an order does not enter a book before its auction, or with such terms any other book, or None."""
    terms, market, period = a.order.auction, a.market, a.period
    assert market is not None
    if terms is None and not is_for_auctions(market):
        return None
    own = None if period is None else period.phases.get(market.market_id)
    waits = own is not None and own.collects and is_for_auctions(market)
    if waits and period is not None and (full := _refuse_full(a.state, market, period)) is not None:
        return full
    if terms is None:
        return None
    if not waits:
        phase = Phase.UNSPECIFIED if own is None else own.phase
        return Rejection(
            Code.PHASE_NOT_ALLOWED, "orders for auctions alone enter before one, where the market holds it",
            field="auction", element=market.market_id, value=int(phase), unit="phase",
        )  # fmt: skip
    return _refuse_terms(a, terms, market)


def _refuse_full(state: AreaState, market: Market, period: Period) -> Rejection | None:
    """Return that a book, or the auction of its day, holds as many orders as it may, or None."""
    waiting, most = _waiting(period, market), MAX_WAITING
    if waiting < most and market.uncrossing == Uncrossing.DAY_AUCTION:
        begins_s, ends_s = day_bounds_s(
            state.local_day(period.mtu.start_s), state.registry.areas[state.area_id].time_zone
        )
        of_day = (other for other in state.periods.values() if begins_s <= other.mtu.start_s < ends_s)
        waiting, most = sum(_waiting(other, market) for other in of_day), MAX_IN_AUCTION
    if waiting < most:
        return None
    return Rejection(
        Code.BOOK_FULL, "the orders that wait for an auction are bounded", field="mtu", element=market.market_id,
        value=waiting, limit=most, unit="orders",
    )  # fmt: skip


def _waiting(period: Period, market: Market) -> int:
    return sum(len(book.waiting) for book in period.books_of(market.market_id))


def _refuse_terms(a: Application, terms: AuctionTerms, market: Market) -> Rejection | None:
    order = a.order
    if order.fill_rule is not FillRule.NORMAL or order.instructions is not None or order.exclusive_group:
        rule = "orders for auctions alone have no other rule of filling, no instructions and no other group"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="auction", element=market.market_id)
    if order.forwarding is not Forwarding.UNSPECIFIED:
        rule = "nothing is left of orders for auctions alone, so nothing is forwarded"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="forwarding", element=market.market_id)
    return refuse_line(order, market) if terms.end_price_ticks is not None else _refuse_block(a, terms)


def refuse_line(order: NewOrder, market: Market) -> Rejection | None:
    """Return why a straight line does not run so, or None."""
    terms = order.auction
    if terms is None or terms.end_price_ticks is None:
        return None
    field, end = "auction.end_price_ticks", terms.end_price_ticks
    if terms.minimum_ppm or terms.parent or terms.group:
        return Rejection(Code.PRODUCT_NOT_ALLOWED, "a straight line is no block", field=field)
    low, high = market.min_price_ticks, market.max_price_ticks
    if order.side is Side.SELL:
        low = max(low, order.limit_price_ticks)
    else:
        high = min(high, order.limit_price_ticks)
    if low <= end <= high:
        return None
    return Rejection(
        Code.PRICE_OFF_TICK, "a line rises from the limit for a sale, and falls for a purchase, within the market's",
        field=field, value=end, limit=low if end < low else high, unit="ticks",
    )  # fmt: skip


def _refuse_block(a: Application, terms: AuctionTerms) -> Rejection | None:
    if not 0 <= terms.minimum_ppm <= WHOLE_PPM:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "the least ratio of a block is a part of one", field="auction.minimum_ppm",
            value=terms.minimum_ppm, limit=WHOLE_PPM, unit="ppm",
        )  # fmt: skip
    if not terms.parent:
        return None
    parent = a.state.orders.get(terms.parent)
    own = None if parent is None else parent.terms
    if own is None or own.party != a.party or own.market_id != a.order.market_id:
        known = False
    else:
        known = own.auction is not None and own.auction.end_price_ticks is None and own.auction.minimum_ppm > 0
    if known:
        return None
    return Rejection(
        Code.UNKNOWN_OBJECT, "the parent is a waiting block of the party in the market, with a minimum",
        field="auction.parent", element=terms.parent,
    )  # fmt: skip
