"""Call auctions of the running market: books that came to UNCROSSING are cleared before what is left goes on.

An auction is decided once, at a time record, and what it decides are events: that it was held and what came of it, then
the trades, then that orders for auctions alone are over. A recovery folds them and solves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flexbourse_auction.orders import Contract, Orders, Row
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.auctions.check import AuctionCheck
from flexbourse_orderbook.domain.auctions.events import AuctionCleared, AuctionCut, NodePrice
from flexbourse_orderbook.domain.auctions.orders import (
    Entry,
    entries_of,
    first_costs,
    orders_of,
    rules_of,
    seconds_of_round,
)
from flexbourse_orderbook.domain.auctions.rounds import Known, Settled, solve_in_rounds
from flexbourse_orderbook.domain.auctions.terms import is_for_auctions
from flexbourse_orderbook.domain.auctions.trades import Made, Pair
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.matching_plan import Fill
from flexbourse_orderbook.domain.orders import OrderStatus, Product
from flexbourse_orderbook.domain.phases.changes import AUCTION_IS_OVER, uncross
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.registry_state import Market, Uncrossing
from flexbourse_orderbook.domain.settling import events_of
from flexbourse_orderbook.domain.spreads.events import Spread
from flexbourse_orderbook.domain.state import AreaState

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Blocks that an event names as paradoxically rejected; the auction has no more.
MAX_NAMED = 200
# Exact checks of one auction over all its rounds, in trades tried on a grid of a hundred nodes: some ten seconds.
MAX_WORK = 30_000
MILLI = 1_000


def hold_auctions(book: AreaBook) -> None:
    """Hold every auction whose books have all come to UNCROSSING, and release what it leaves."""
    state = book.state
    if state.halted_reason:
        return
    for market in state.registry.markets_of(state.area_id):
        if is_for_auctions(market):
            for mtus in due_auctions(state, market):
                _hold(book, market, mtus)


def due_auctions(state: AreaState, market: Market) -> list[list[Mtu]]:
    """Return the periods of each auction that is due; one over a day waits until no book of the day is before it."""
    groups: dict[object, list[Mtu]] = {}
    for mtu in sorted(state.periods):
        if market.market_id in state.periods[mtu].phases:
            is_day = market.uncrossing == Uncrossing.DAY_AUCTION
            groups.setdefault(state.local_day(mtu.start_s) if is_day else mtu, []).append(mtu)
    found = []
    for mtus in groups.values():
        ahead = [mtu for mtu in mtus if _is_ahead(state, market, mtu)]
        if ahead and all(state.periods[mtu].phases[market.market_id].phase is Phase.UNCROSSING for mtu in ahead):
            found.append(ahead)
    return found


def _is_ahead(state: AreaState, market: Market, mtu: Mtu) -> bool:
    """Tell whether the auction of a book is still to come: it collects, or is halted with orders that wait."""
    period = state.periods[mtu]
    own = period.phases[market.market_id]
    if own.cleared or own.phase is Phase.CONTINUOUS:
        return False
    return own.phase is not Phase.HALTED or any(each.waiting for each in period.books_of(market.market_id))


def _hold(book: AreaBook, market: Market, mtus: list[Mtu]) -> None:
    auction = _Auction(book.state, market, mtus)
    settled = auction.settle()
    for event in auction.told(settled):
        book.emit(event)
    for mtu, made in sorted(auction.check.made.items()) if settled.agreed else ():
        _carry_out(book, market, mtu, made, auction.auction_id)
    for mtu in mtus:
        _end(book, market, mtu)
    for mtu in mtus:
        uncross(book, book.state.period(mtu), market.market_id)


def _end(book: AreaBook, market: Market, mtu: Mtu) -> None:
    """Close what was for the auction alone."""
    waiting = book.state.period(mtu).book(market.market_id, Product.LOCAL_ENERGY).waiting
    for order in [waiting[sequence] for sequence in sorted(waiting)]:
        if order.terms.auction is not None:
            book.close(order, OrderStatus.EXPIRED, AUCTION_IS_OVER)


def _carry_out(book: AreaBook, market: Market, mtu: Mtu, made: list[Made], auction_id: str) -> None:
    """Make the trades of one period."""
    for each in made:
        pair = each.pair
        resting, aggressor = sorted((pair.seller.order, pair.buyer.order), key=lambda order: order.sequence)
        rested = pair.seller_dnut_micro_euro if resting is pair.seller.order else pair.buyer_dnut_micro_euro
        fill = Fill(
            resting=resting, quantity_w=pair.quantity_w, price_ticks=pair.price_ticks,
            dnut_micro_euro=pair.seller_dnut_micro_euro + pair.buyer_dnut_micro_euro, before=each.before,
            after=each.after, change=each.change, effect=each.effect, finding=each.finding, bought=False, reliefs=(),
            stopped_by=None, other_dnut_micro_euro=rested, set_id=auction_id,
            spread=_rent_of(book.state, market, pair, auction_id),
        )  # fmt: skip
        for event in events_of(book.state, market, aggressor, fill):
            book.emit(event)
    points = [each.after for each in made if each.after is not None]
    if points:
        book.state.period(mtu).grid.remember(points[-1])


def _rent_of(state: AreaState, market: Market, pair: Pair, auction_id: str) -> Spread | None:
    """Return what the grid operator gets of a trade between nodes of unequal prices: a spread, below zero as he gets
    it; None where there is nothing."""
    if pair.price_ticks == pair.buyer_ticks:
        return None
    sold, bought = (
        amount_micro_euro(pair.quantity_w, ticks, market.mtu_length_s, market.price_tick_micro_euro_per_mwh)
        for ticks in (pair.price_ticks, pair.buyer_ticks)
    )
    operator = state.registry.areas[state.area_id].dso_id
    return Spread(auction_id, operator, pair.price_ticks - pair.buyer_ticks, sold - bought)


class _Auction:
    """One auction from what waits to what is told of it."""

    def __init__(self, state: AreaState, market: Market, mtus: list[Mtu]) -> None:
        self._state, self._market, self._mtus = state, market, mtus
        self.auction_id = f"{state.area_id}.{market.market_id}.{mtus[0].start_s}.{state.now.at_ms}"
        self._step_w = max(1, market.quantity_step_w)
        self._rules: Rules = rules_of(market, self._step_w)
        self._views = {mtu: _view_of(state, mtu) for mtu in mtus}
        self._entries: list[Entry] = entries_of(state, market, mtus, self._views)
        self._cleared: tuple[Orders, tuple[Row, ...]] = (Orders(), ())
        self._known, self._round, self._unsolved = Known(), 0, False
        self.check = AuctionCheck(state, market, self._entries, self._views, self._step_w)

    def settle(self) -> Settled[Result]:
        """Solve and check in rounds."""
        start = Known(cost_ticks=first_costs(self._entries, self._views, self._market.price_tick_micro_euro_per_mwh))
        return solve_in_rounds(self._solve, self._look, self._rules.max_rounds, start, self._is_spent)

    def _is_spent(self) -> bool:
        return self._unsolved or self.check.work > MAX_WORK

    def _solve(self, known: Known) -> Result:
        # HiGHS is loaded by the first auction.
        from flexbourse_auction.clear import clear  # noqa: PLC0415
        from flexbourse_auction.search import NoPricesError  # noqa: PLC0415

        rows = tuple(replace(row, limit=float(row.limit // self._step_w)) for row in known.rows)
        orders = orders_of(self._entries, known, self._rules, self._step_w)
        self._known, self._cleared = known, (orders, rows)
        self._round += 1
        rules = replace(self._rules, max_seconds=seconds_of_round(self._rules, self._round))
        try:
            return clear(orders, rules, rows)
        except NoPricesError:
            self._unsolved = True
            return replace(clear(Orders(), rules, rows), proven=False, timed_out=True)

    def _look(self, result: Result, number: int) -> Known | None:
        return Known() if self._unsolved else self.check.look(result, self._known, number)

    def _refusal(self) -> Rejection | None:
        """Return why nothing of the last result is used."""
        if not self._is_spent():
            return self.check.refusal
        rule = "the effort of an auction is bounded: the solver's time, and what is checked exactly"
        return Rejection(Code.AUCTION_EFFORT_SPENT, rule, value=self.check.work, limit=MAX_WORK, unit="checks")

    def told(self, settled: Settled[Result]) -> list[AuctionCleared]:
        """Return the events of the auction, one for each period."""
        state, market, result = self._state, self._market, settled.result
        rejected = tuple(int(b.order_id) for b in result.blocks if b.paradoxically_rejected)[:MAX_NAMED]
        orders, rows = self._cleared
        whole: dict[str, Any] = {
            "periods": len(self._mtus), "orders": len(orders.curves), "blocks": len(orders.blocks),
            "welfare_micro_euro": result.welfare_micro_euro if settled.agreed else 0,
            "gap_micro_euro": result.gap_micro_euro, "proven": result.proven, "timed_out": result.timed_out,
            "rounds": settled.rounds, "cut_count": len(rows), "agreed": settled.agreed,
            "paradoxically_rejected": rejected if settled.agreed else (), "cleared_at_ms": state.now.at_ms,
            "rejection": None if settled.agreed else self._refusal(),
        }  # fmt: skip
        cuts = _cuts_of(settled, self._step_w)
        return [
            AuctionCleared(
                area_id=state.area_id,
                market_id=market.market_id,
                mtu=mtu,
                product=Product.LOCAL_ENERGY,
                auction_id=self.auction_id,
                pay_as_bid=self._rules.pricing is Pricing.PAY_AS_BID,
                cuts=cuts.get(mtu.start_s, ()),
                **_prices_of(settled, self.check.prices, mtu, self._step_w),
                **whole,
            )
            for mtu in self._mtus
        ]


def _view_of(state: AreaState, mtu: Mtu) -> GridView | None:
    grid = state.period(mtu).grid
    return grid.view() if grid.potential_start is not None else None


def _cuts_of(settled: Settled[Result], step_w: int) -> Mapping[int, tuple[AuctionCut, ...]]:
    """Return the rows of the last program with what came of them, by the start of their period."""
    uses = {use.row_id: use for use in settled.result.rows}
    found: dict[int, list[AuctionCut]] = {}
    for row in settled.known.rows:
        use = uses[row.row_id]
        cut = AuctionCut(
            row.row_id, round(use.value * step_w), round(use.limit * step_w), round(use.shadow_ticks * MILLI)
        )
        found.setdefault(row.coefficients[0][0].mtu, []).append(cut)
    return {start_s: tuple(cuts) for start_s, cuts in found.items()}


def _prices_of(
    settled: Settled[Result], ticks_at: Mapping[tuple[Contract, str], int | None], mtu: Mtu, step_w: int
) -> dict[str, Any]:
    """Return prices and volume of one period; nothing where the grid did not agree."""
    prices = [price for price in settled.result.prices if price.contract.mtu == mtu.start_s]
    traded = [price for price in prices if price.bought_w or price.sold_w]
    if not settled.agreed or not traded:
        return {"price_ticks": None, "low_ticks": None, "high_ticks": None, "volume_w": 0, "nodes": ()}
    found = {price.node: ticks_at[price.contract, price.node] for price in traded}
    ticks = {own for own in found.values() if own is not None}
    one = min(ticks) if len(ticks) == 1 else None
    return {
        "price_ticks": one,
        "low_ticks": prices[0].low_ticks if len(prices) == 1 else None,
        "high_ticks": prices[0].high_ticks if len(prices) == 1 else None,
        "volume_w": sum(price.sold_w for price in traded) * step_w,
        "nodes": tuple(
            NodePrice(price.node, own, price.bought_w * step_w, price.sold_w * step_w)
            for price in traded
            if one is None and (own := found[price.node]) is not None
        ),
    }
