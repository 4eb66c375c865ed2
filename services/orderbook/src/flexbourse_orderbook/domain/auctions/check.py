"""The exact look at a result of an auction: does the grid take it, and does everybody keep his all-in limit?

In this order: the whole set at once in each period, for the rows that it breaks; then who sells to whom, with what each
pays for the grid by the path integral, against the limits and the operator's budget; then trade by trade at the gate,
with either side missing, as in continuous trade.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from flexbourse_auction.ladder import limits_tick_w
from flexbourse_auction.orders import Contract, Row
from flexbourse_auction.price_zones import price_zones
from flexbourse_auction.result import Fill, Result
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import WATT_SECONDS_PER_MWH
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.path import path_integral
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.auctions.orders import Entry, limit_in_auction, segment_of
from flexbourse_orderbook.domain.auctions.rounds import (
    NOWHERE,
    Cut,
    Known,
    change_of_set,
    cuts_of_refusal,
    refuse_set,
)
from flexbourse_orderbook.domain.auctions.tariffs import is_tariff_row, marginal_cost, tariff_row
from flexbourse_orderbook.domain.auctions.trades import Made, Misfit, Pair, Refused, Share, made_on_grid, pairs_of
from flexbourse_orderbook.domain.dnut_budget import paid, refuse_unfunded
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.lights import PeriodLights
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.state import AreaState
from flexbourse_orderbook.domain.trial import MICRO_EURO_PER_EURO

# An order that misses its limit though it is taken to cost what it does is taken to cost more, in steps that double, up
# to so much; then it is out: at its node a row sets the price, and no cost helps.
MAX_MORE_TICKS = 7
OUT_TICKS = 10**9
# What whole micro-euro may take from a limit, in each trade.
ROUNDING_MICRO_EURO = 1
# What one exact check is reckoned by, and how many a row that keeps a tariff takes.
NODES_OF_WORK = 100
CHECKS_OF_TARIFF_ROW = 30

# What a trade is known by: seller, buyer, W, ticks, DNUT of both.
Trade = tuple[str, str, int, int, int, int]


class AuctionCheck:
    """The check of one auction, round by round; ``made`` are the trades of a result that it agreed with.

    ``refusal`` is what stood against the last one, None where nothing did; ``work`` counts the exact checks, in trades
    tried on a grid of :data:`NODES_OF_WORK` nodes.
    """

    def __init__(
        self,
        state: AreaState,
        market: Market,
        entries: Sequence[Entry],
        views: Mapping[Mtu, GridView | None],
        step_w: int,
    ) -> None:
        self._state, self._market, self._views, self._step_w = state, market, views, step_w
        self._entries = {entry.name: entry for entry in entries}
        self._mtu = {mtu.start_s: mtu for mtu in views}
        self._reach: dict[Mtu, set[int]] = defaultdict(set)
        for entry in entries:
            for leg in entry.legs:
                if leg.moves:
                    self._reach[leg.mtu].add(leg.node)
        self.made: dict[Mtu, list[Made]] = {}
        self.refusal: Rejection | None = None
        self.work = 0
        self._tried: dict[Mtu, tuple[tuple[Trade, ...], list[Made] | Refused]] = {}
        self.prices: dict[tuple[Contract, str], int | None] = {}

    def look(self, result: Result, known: Known, number: int) -> Known | None:
        """Return what stands against a result, None where nothing does."""
        self.prices, self.refusal = prices_of(result, known), None
        fills: dict[Mtu, list[Fill]] = defaultdict(list)
        for fill in result.fills:
            fills[self._mtu[fill.contract.mtu]].append(fill)
        changes = {mtu: self._change(own) for mtu, own in sorted(fills.items())}
        if self._market.gate_enabled:
            rows = [row for mtu, change in changes.items() for row in self._cuts(mtu, change, number)]
            if rows:
                return Known(tuple(rows))
        shares: dict[Mtu, list[Share]] = {}
        for mtu, change in changes.items():
            paid_by = self._paid(mtu, change)
            if isinstance(paid_by, NotConverged):
                return Known(self._halved(mtu, change, paid_by, number))
            shares[mtu] = self._shares(result, fills[mtu], paid_by, known)
        pairs = pairs_of(self._market, shares)
        if isinstance(pairs, Misfit):
            rule = "orders trade with each other within their limits, and none with its own party"
            self._stands(Rejection(Code.SELF_TRADE, rule, element=min(pairs.names)))
            return Known(without=pairs.names)
        beyond = self._beyond_limits(pairs, known)
        if beyond:
            name, ticks = max(beyond.items(), key=lambda item: (item[1], item[0]))
            rule = "what orders pay for the grid over all that they trade keeps their limits"
            self._stands(Rejection(Code.LIMIT_PRICE, rule, element=name, value=ticks, unit="ticks"))
            return self._dearer(beyond, result, changes, known, number)
        return self._beyond_budget(pairs) or self._at_the_gate(pairs, number)

    def _order(self, fill: Fill) -> tuple[Entry, int]:
        """Return an entry and which of its orders a fill is of."""
        entry = self._entries[fill.order_id]
        index = next(i for i, leg in enumerate(entry.legs) if leg.mtu.start_s == fill.contract.mtu)
        return entry, index

    def _change(self, fills: Sequence[Fill]) -> Change:
        """Return what the deviating sides of a period move, one entry for each fill; all others move nothing."""
        legs = [
            (entry.legs[index], fill.quantity_w * self._step_w)
            for fill in fills
            for entry, index in [self._order(fill)]
        ]
        moving = [(leg, quantity) for leg, quantity in legs if leg.moves]
        return Change(
            tuple(leg.node for leg, _ in moving),
            tuple(leg.moves * quantity for leg, quantity in moving),
            (0,) * len(moving),
        )

    def _cuts(self, mtu: Mtu, change: Change, number: int) -> tuple[Row, ...]:
        view = self._views[mtu]
        if view is None:
            return ()
        moved: Counter[int] = Counter()
        for node, p_w in zip(change.nodes, change.p_w, strict=True):
            moved[node] += p_w
        whole = change_of_set(moved)
        refusal = refuse_set(view, whole)
        return () if refusal is None else self._rows(mtu, view, whole, refusal, number)

    def _rows(
        self, mtu: Mtu, view: GridView, change: Change, refusal: Rejection, number: int, *, or_half: bool = True
    ) -> tuple[Row, ...]:
        """Return the rows that keep a set from what the gate refused of it."""
        self._stands(refusal)
        reach = frozenset(self._reach[mtu])
        return cuts_of_refusal(view, Contract(mtu.start_s), change, refusal, reach, number, or_half=or_half)

    def _stands(self, refusal: Rejection) -> None:
        """Note the first thing that stands against a result."""
        self.refusal = self.refusal or refusal

    def _paid(self, mtu: Mtu, change: Change) -> tuple[int, ...] | NotConverged:
        """Return what each deviating side of a period pays for the grid, by the path integral."""
        view = self._views[mtu]
        if view is None or not change.nodes:
            return ()
        return path_integral(view.topology, view.parameters, view.point, change)

    def _halved(self, mtu: Mtu, change: Change, found: NotConverged, number: int) -> tuple[Row, ...]:
        view = self._views[mtu]
        assert view is not None
        reason = Rejection(Code.GRID_CHECK_NOT_CONVERGED, "the way to a set has a solution", value=found.steps)
        return self._rows(mtu, view, change, reason, number)

    def _shares(self, result: Result, fills: Sequence[Fill], paid_by: tuple[int, ...], known: Known) -> list[Share]:
        """Return what each order trades, for how much, and what it pays for the grid."""
        parts = iter(paid_by)
        shares: list[Share] = []
        for fill in fills:
            entry, index = self._order(fill)
            leg = entry.legs[index]
            price = self._price_at(fill.contract, fill.node)
            node_ticks = self._as_bid(fill, entry, known, result) if price is None else price
            limit = node_ticks
            if not entry.is_block and leg.terms.auction is None:
                limit = limit_in_auction(entry, leg.terms.limit_price_ticks, known, result.rules)
            dnut = next(parts) if leg.moves else 0
            quantity, on_average = fill.quantity_w * self._step_w, entry.is_block and leg.terms.auction is not None
            shares.append(Share(entry.name, leg, quantity, node_ticks, limit, dnut, on_average))
        return shares

    def _as_bid(self, fill: Fill, entry: Entry, known: Known, result: Result) -> int:
        """Return the own price of an order that pays or gets what it bid; of a line, the mean of the limits that it
        trades at, rounded to its own good."""
        if entry.is_block:
            return limit_in_auction(entry, entry.first.terms.limit_price_ticks, known, result.rules)
        limits = limits_tick_w(segment_of(entry, known, result.rules, self._step_w), fill.quantity_w)
        return entry.sign * -(-entry.sign * limits // fill.quantity_w)

    def _beyond_limits(self, pairs: Mapping[Mtu, Sequence[Pair]], known: Known) -> dict[str, int]:
        """Return what the grid costs the orders that would not keep their limit over all that they trade, in ticks."""
        traded, gained, charged, trades = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        for own in pairs.values():
            for pair in own:
                for share, dnut, price in (
                    (pair.seller, pair.seller_dnut_micro_euro, pair.price_ticks),
                    (pair.buyer, pair.buyer_dnut_micro_euro, pair.buyer_ticks),
                ):
                    sign = -1 if share.order.is_buy else 1
                    traded[share.name] += pair.quantity_w
                    gained[share.name] += sign * pair.quantity_w * (price - self._limit(share, known))
                    charged[share.name] += dnut
                    trades[share.name] += 1
        seconds, tick = self._market.mtu_length_s, self._market.price_tick_micro_euro_per_mwh
        costs: dict[str, int] = {}
        for name, dnut in charged.items():
            owed = (dnut - ROUNDING_MICRO_EURO * trades[name]) * WATT_SECONDS_PER_MWH
            if owed > gained[name] * seconds * tick:
                needed = -(-dnut * WATT_SECONDS_PER_MWH // (traded[name] * seconds * tick))
                beyond = known.cost_ticks.get(name, needed) - needed
                more = 0 if beyond < 0 else 2 * beyond + 1
                costs[name] = needed + more if more <= MAX_MORE_TICKS else OUT_TICKS
        return costs

    def _dearer(
        self, costs: Mapping[str, int], result: Result, changes: Mapping[Mtu, Change], known: Known, number: int
    ) -> Known:
        """Return rows that leave of orders what they can pay the grid for, else that it costs them more."""
        shadows = {use.row_id: use.shadow_ticks for use in result.rows}
        rows: dict[tuple[Mtu, int, int], Row] = {}
        dearer: dict[str, int] = {}
        for name, ticks in sorted(costs.items()):
            leg, row = self._entries[name].first, None
            if not self._entries[name].is_block and leg.moves:
                place = (leg.mtu, leg.node, leg.moves)
                row = rows.get(place) or self._tariff_row(name, known, shadows, changes[leg.mtu], number)
                if row is not None:
                    rows[place] = row
            if row is None:
                dearer[name] = ticks
        out = frozenset(name for name, ticks in dearer.items() if ticks >= OUT_TICKS)
        return Known(tuple(rows.values()), out, dearer)

    def _price_at(self, contract: Contract, node: str) -> int | None:
        return self.prices.get((contract, node), self.prices.get((contract, NOWHERE)))

    def _tariff_row(
        self, name: str, known: Known, shadows: Mapping[str, float], change: Change, number: int
    ) -> Row | None:
        """Return the row up to where an order could pay for the grid at a price without full lines; None: all of it."""
        entry = self._entries[name]
        leg, contract = entry.first, Contract(entry.first.mtu.start_s)
        price = self._price_at(contract, leg.terms.node_id)
        view = self._views[leg.mtu]
        if price is None or view is None or leg.terms.auction is not None:
            return None
        full = sum(
            shadows[row.row_id] * weight
            for row in known.rows
            for of, node, weight in row.coefficients
            if (of, node) == (contract, leg.terms.node_id) and not is_tariff_row(row.row_id)
        )
        spared = entry.sign * (price + full - leg.terms.limit_price_ticks)
        if spared <= known.cost_ticks.get(name, 0) + 1:
            return None  # it sets the price: what it asks more it is paid
        allowed = spared * self._market.price_tick_micro_euro_per_mwh / MICRO_EURO_PER_EURO
        after = view.moved(change)
        now = None if after is None else marginal_cost(view, after, leg.node, leg.moves)
        if now is None or now <= allowed:
            return None
        self._spend(view, CHECKS_OF_TARIFF_ROW)
        cut = Cut(view, contract, change, frozenset(self._reach[leg.mtu]), number)
        return tariff_row(view, change, leg.node, leg.moves, allowed, cut)

    def _limit(self, share: Share, known: Known) -> int:
        """Return the limit of an order; of a line, where it trades at the price of its node."""
        terms, entry = share.order.terms, self._entries[share.name]
        if terms.auction is not None and terms.auction.end_price_ticks is not None:
            return share.node_ticks - entry.sign * known.cost_ticks.get(share.name, 0)
        return terms.limit_price_ticks

    def _beyond_budget(self, pairs: Mapping[Mtu, Sequence[Pair]]) -> Known | None:
        """Return the order that is paid most where the operator does not fund all that is to be paid."""
        by_day: Counter[object] = Counter()
        for mtu, own in pairs.items():
            day = self._state.local_day(mtu.start_s)
            before = by_day[day]
            by_day[day] += sum(paid(p.seller_dnut_micro_euro + p.buyer_dnut_micro_euro) for p in own)
            spent = self._state.dnut_spending.of(self._market.market_id, day)
            unfunded = refuse_unfunded(self._market, spent + before, before - by_day[day]) if own else None
            if unfunded is not None:
                self._stands(unfunded)
                shares = {share.name: share for pair in own for share in (pair.seller, pair.buyer)}
                return Known(without=frozenset((min(shares, key=lambda name: (shares[name].dnut_micro_euro, name)),)))
        return None

    def _at_the_gate(self, pairs: Mapping[Mtu, Sequence[Pair]], number: int) -> Known | None:
        rows: list[Row] = []
        without: set[str] = set()
        made: dict[Mtu, list[Made]] = {}
        for mtu, own in pairs.items():
            view, lights = self._views[mtu], self._state.lights.of_period(mtu, self._state.now)
            found = self._try(mtu, view, lights, own)
            if not isinstance(found, Refused):
                made[mtu] = found
                continue
            self._stands(found.reason)
            kept: tuple[Row, ...] = ()
            if view is not None and found.reason.code is Code.GRID_LIMIT_EXCEEDED:
                kept = self._row_of(mtu, view, own, found, number)
            rows += kept
            if not kept:  # no row says it: a light, or a set that as a whole moves nothing
                later = max((found.pair.seller, found.pair.buyer), key=lambda share: share.order.sequence)
                without.add(later.name)
        if rows or without:
            return Known(tuple(rows), frozenset(without))
        self.made = made
        return None

    def _try(
        self, mtu: Mtu, view: GridView | None, lights: PeriodLights, pairs: Sequence[Pair]
    ) -> list[Made] | Refused:
        """Make the trades of a period on its grid; those that were tried the round before are not tried again."""
        trades = tuple(
            (
                p.seller.name,
                p.buyer.name,
                p.quantity_w,
                p.price_ticks,
                p.seller_dnut_micro_euro,
                p.buyer_dnut_micro_euro,
            )
            for p in pairs
        )
        known = self._tried.get(mtu)
        if known is None or known[0] != trades:
            self._spend(view, len(pairs))
            known = self._tried[mtu] = (trades, made_on_grid(self._market, view, lights, pairs))
        return known[1]

    def _spend(self, view: GridView | None, checks: int) -> None:
        if view is not None:
            self.work += checks * (1 + view.topology.n_nodes // NODES_OF_WORK)

    def _row_of(self, mtu: Mtu, view: GridView, pairs: Sequence[Pair], found: Refused, number: int) -> tuple[Row, ...]:
        """Return rows by which the whole set gives up what one of its trades broke.

        Where a side alone broke it, less is to be moved at its node; the whole set may be far from the limit.
        """
        moved: Counter[int] = Counter()
        for pair in pairs:
            for share in (pair.seller, pair.buyer):
                if share.order.moves:
                    moved[share.order.node] += share.order.moves * pair.quantity_w
        change = change_of_set(moved)
        cut = Cut(view, Contract(mtu.start_s), change, frozenset(self._reach[mtu]), number)
        alone = [row for share in found.alone for row in cut.at_node(share.order.node, found.pair.quantity_w)]
        if alone:
            return tuple(alone)
        return self._rows(mtu, view, change, replace(found.reason, headroom_w=None), number, or_half=False)


def prices_of(result: Result, known: Known) -> dict[tuple[Contract, str], int | None]:
    """Return the price of each contract at each node; what a kept tariff is worth is paid as DNUT and not in it.

    Nodes that no other full row parts have one price: of the node that tariffs move least, whose rounding moves it
    least.
    """
    tariffs, rents = _worth_by_node(result, known, tariff=True), _worth_by_node(result, known, tariff=False)
    prices: dict[tuple[Contract, str], int | None] = {(each.contract, each.node): None for each in result.prices}
    stated: dict[Contract, dict[str, int]] = defaultdict(dict)
    for each in result.prices:
        if each.price_ticks is not None:
            stated[each.contract][each.node] = each.price_ticks
    for contract, ticks in stated.items():
        for zone in price_zones({node: rents[contract, node] for node in ticks}):
            _, node = min((abs(tariffs[contract, node]), node) for node in zone)
            price = ticks[node] + round(tariffs[contract, node])
            prices.update(((contract, node), price) for node in zone)
    return prices


def _worth_by_node(result: Result, known: Known, *, tariff: bool) -> Mapping[tuple[Contract, str], float]:
    """Return what rows that keep a tariff, or all others, take from the price of each node, in ticks."""
    shadows = {use.row_id: use.shadow_ticks for use in result.rows}
    worth: dict[tuple[Contract, str], float] = defaultdict(float)
    for row in known.rows:
        if is_tariff_row(row.row_id) is tariff:
            for contract, node, weight in row.coefficients:
                worth[contract, node] += shadows[row.row_id] * weight
    return worth
