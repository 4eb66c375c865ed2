"""A pool is cleared: solved at one price, checked on the exact grid, cut and solved again until the check agrees.

Everybody pays and gets one price, so the grid does not split it: what an element does not take is cut from the orders
that load it, first from those that lose least by it per W of effect, and the others are cleared anew. What is left over
flows from or to upstream. Islanded, the grid-forming unit must be able to give what nobody sold: the change of losses,
and what scheduled energy leaves; where its reserve does not hold that, the pool is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from flexbourse_auction.orders import Contract, Row
from flexbourse_auction.result import Fill
from flexbourse_core.money import WATT_SECONDS_PER_MWH as PER_MWH
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.auctions.rounds import Known, cuts_of_refusal, solve_in_rounds
from flexbourse_orderbook.domain.dnut_budget import refuse_unfunded
from flexbourse_orderbook.domain.grid.cleared_sets import ClearedSet, accept_together, refused_part
from flexbourse_orderbook.domain.pools.events import PoolCut
from flexbourse_orderbook.domain.pools.orders import (
    MAX_ROUNDS,
    PoolKnown,
    first_costs,
    forming_of,
    members_of,
    name_of,
    orders_of,
    rules_of,
    upstream_of,
)
from flexbourse_orderbook.domain.pools.pairs import Taken, stranded
from flexbourse_orderbook.domain.registry_state import Market, PoolTerms
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_auction.pool import GridForming, PoolResult

# What whole micro-euro may take from a limit.
ROUNDING_MICRO_EURO = 1


@dataclass(frozen=True, slots=True)
class Cleared:
    """What comes of a pool; with a `refusal` nothing. `imported_w` is the remainder, `forming_w` the island's unit."""

    price_ticks: int | None
    taken: tuple[Taken, ...]
    moved: ClearedSet | None
    imported_w: int
    forming_w: int
    members: int
    rounds: int
    cuts: tuple[PoolCut, ...]
    refusal: Rejection | None


def clear_period(state: AreaState, market: Market, terms: PoolTerms, period: Period) -> Cleared:
    """Clear the pool of one period."""
    return _Pool(state, market, terms, period).clear()


class _Pool:
    """One pool from what waits to what it trades."""

    def __init__(self, state: AreaState, market: Market, terms: PoolTerms, period: Period) -> None:
        self._state, self._market, self._terms, self._period = state, market, terms, period
        self._step_w = max(1, market.quantity_step_w)
        self._contract = Contract(period.mtu.start_s)
        self._view = period.grid.view() if period.grid.potential_start is not None else None
        self._members = members_of(state, market, period, self._view)
        self._by_name = {name_of(order): order for order in self._members}
        self._rules = rules_of(market, self._step_w)
        self._first: dict[str, int] = {}
        self._cuts: dict[str, dict[str, int]] = {}
        self._refusal: Rejection | None = None
        self._taken: tuple[Taken, ...] = ()
        self._moved: ClearedSet | None = None
        self._forming: GridForming | None = None
        self._forming_w = 0
        self._unbalanced: Rejection | None = None

    def clear(self) -> Cleared:
        """Solve and check in rounds."""
        if self._terms.forming_unit_id:
            found = forming_of(self._state, self._period, self._terms, self._members, self._step_w)
            if isinstance(found, Rejection):
                return self._refused(found, 0)
            self._forming = found
            if min(found.up_w, found.down_w) < 0:
                return self._refused(self._beyond_forming(found.base_w * self._step_w), 0)
        self._first = first_costs(self._members, self._view, self._market.price_tick_micro_euro_per_mwh)
        settled = solve_in_rounds(self._solve, self._look, MAX_ROUNDS, PoolKnown(cost_ticks=self._first))
        if not settled.agreed:
            assert self._refusal is not None
            return self._refused(self._refusal, settled.rounds)
        if self._unbalanced is not None:
            return self._refused(self._unbalanced, settled.rounds)
        prices = [price.price_ticks for price in settled.result.result.prices]
        remainder = sum(each.imported_w for each in settled.result.remainders) * self._step_w
        cuts = tuple(PoolCut(name, len(own), sum(own.values())) for name, own in sorted(self._cuts.items()))
        return Cleared(
            prices[0] if self._taken else None, self._taken, self._moved, remainder, self._forming_w,
            len(self._members), settled.rounds, cuts, None,
        )  # fmt: skip

    def _refused(self, refusal: Rejection, rounds: int) -> Cleared:
        return Cleared(None, (), None, 0, 0, len(self._members), rounds, (), refusal)

    def _solve(self, known: Known) -> PoolResult:
        from flexbourse_auction.pool import clear_island, clear_pool  # noqa: PLC0415  # loaded by the first pool

        assert isinstance(known, PoolKnown)
        orders = orders_of(self._members, known, self._rules, self._step_w)
        if self._forming is not None:
            return clear_island(orders, [self._forming], self._rules)
        return clear_pool(orders, [upstream_of(self._terms, self._contract, self._step_w)], self._rules)

    def _look(self, result: PoolResult, number: int) -> Known | None:
        """Return what stands against a result, None where nothing does."""
        fills = [fill for fill in result.result.fills if fill.order_id in self._by_name]
        remainder_w = sum(each.imported_w for each in result.remainders) * self._step_w
        alone = stranded([Taken(self._order(fill), self._watts(fill), 0) for fill in fills], remainder_w)
        if alone is not None:
            rule = "a metering point does not trade with itself"
            self._refusal = Rejection(Code.SELF_TRADE, rule, element=alone.terms.metering_point_id)
            return PoolKnown(without=frozenset((name_of(alone),)))
        price = result.result.prices[0].price_ticks if fills else None
        small = next((fill for fill in fills if self._watts(fill) < self._state.minimum_w(self._order(fill))), None)
        if small is not None:
            return self._without(small, Code.BELOW_MINIMUM_POWER, "no fill below a unit's minimum power")
        moving = [fill for fill in fills if self._order(fill).moves]
        if not moving:
            self._taken, self._moved = tuple(Taken(self._order(fill), self._watts(fill), 0) for fill in fills), None
            self._look_at_island()
            return None
        assert self._view is not None  # of what deviates where it is not known nothing takes part
        change = Change(
            tuple(self._order(fill).node for fill in moving),
            tuple(self._order(fill).moves * self._watts(fill) for fill in moving), (0,) * len(moving),
        )  # fmt: skip
        if self._market.gate_enabled:
            refused = refused_part(self._market, self._view, change)
            if refused is not None:
                return self._cut(moving, price or 0, *refused, number)
        lights = self._state.lights.of_period(self._period.mtu, self._state.now)
        cleared = accept_together(self._market, self._view, lights, change)
        if isinstance(cleared, Rejection):
            return self._stopped_by(cleared, moving)
        shares = dict(zip((fill.order_id for fill in moving), cleared.shares_micro_euro, strict=True))
        self._moved = cleared
        self._taken = tuple(Taken(self._order(fill), self._watts(fill), shares.get(fill.order_id, 0)) for fill in fills)
        found = self._beyond_limits(price or 0) or self._beyond_budget(moving)
        if found is None:
            self._look_at_island()
        return found

    def _order(self, fill: Fill) -> RestingOrder:
        return self._by_name[fill.order_id]

    def _watts(self, fill: Fill) -> int:
        return fill.quantity_w * self._step_w

    def _without(self, fill: Fill, code: Code, rule: str) -> Known:
        self._refusal = Rejection(code, rule, element=self._order(fill).terms.order_id)
        return PoolKnown(without=frozenset((fill.order_id,)))

    def _cut(self, fills: Sequence[Fill], price: int, part: Change, refusal: Rejection, number: int) -> Known:
        """Cut what loads the elements that a part of the set breaks; where no row says how, the latest order is out."""
        assert self._view is not None
        self._refusal = refusal
        reach = frozenset(order.node for order in self._members if order.moves)
        rows = cuts_of_refusal(self._view, self._contract, part, refusal, reach, number)
        left = {fill.order_id: self._watts(fill) for fill in fills}
        before = dict(left)
        for row in rows:
            self._cut_row(row, fills, part, price, left, refusal.element)
        most = {name: watts // self._step_w for name, watts in left.items() if watts < before[name]}
        if not most:
            latest = max(fills, key=lambda fill: self._order(fill).sequence)
            return self._without(latest, refusal.code, refusal.rule)
        return PoolKnown(most=most)

    def _cut_row(
        self, row: Row, fills: Sequence[Fill], part: Change, price: int, left: dict[str, int], element: str
    ) -> None:
        """Take from orders what a row is exceeded by, the least loss of welfare per W of effect first.

        What rows before have taken from the same orders counts.
        """
        assert self._view is not None
        index = self._view.topology.node_index
        effect = {index[node]: share for _, node, share in row.coefficients}
        excess = sum(effect.get(node, 0.0) * p_w for node, p_w in zip(part.nodes, part.p_w, strict=True)) - row.limit
        ranked = []
        for fill in fills:
            order = self._order(fill)
            share = effect.get(order.node, 0.0) * order.moves
            if share > 0:
                excess -= share * (self._watts(fill) - left[fill.order_id])
                loss = abs(order.terms.limit_price_ticks - price) / share
                ranked.append((loss, -order.sequence, share, fill.order_id))
        for _, _, share, name in sorted(ranked):
            if excess <= 0:
                return
            wanted = -(-int(excess / share + 1) // self._step_w) * self._step_w
            taken = min(left[name], wanted)
            left[name] -= taken
            excess -= taken * share
            own = self._cuts.setdefault(element, {})
            own[name] = own.get(name, 0) + taken

    def _stopped_by(self, refusal: Rejection, moving: Sequence[Fill]) -> Known:
        """Return that the orders of a zone take no part whose light the set does not pass; none there: the latest."""
        self._refusal = refusal
        assert self._view is not None
        topology = self._view.topology
        zone = [
            fill.order_id
            for fill in moving
            if topology.zone_ids[int(topology.node_zone[self._order(fill).node])] == refusal.element
        ]
        latest = max(moving, key=lambda fill: self._order(fill).sequence)
        return PoolKnown(without=frozenset(zone or [latest.order_id]))

    def _beyond_limits(self, price: int) -> Known | None:
        """Return how much less of the orders keeps their all-in limit that a result breaks, on the average of each."""
        cut = {}
        for own in self._taken:
            sign = -1 if own.order.is_buy else 1
            allowed = Fraction(sign * (price - own.order.terms.limit_price_ticks) * self._scale(own), PER_MWH)
            if own.dnut_micro_euro > allowed + ROUNDING_MICRO_EURO:
                cut[name_of(own.order)] = self._kept_w(own, allowed)
        if not cut:
            return None
        rule = "what an order pays keeps its limit, tariff included"
        self._refusal = Rejection(Code.LIMIT_PRICE, rule, element=self._by_name[min(cut)].terms.order_id)
        return PoolKnown(most={name: watts // self._step_w for name, watts in cut.items()})

    def _scale(self, own: Taken) -> int:
        """Return what a tick per MWh is for all that an order trades, in micro-euro times W and seconds of a MWh."""
        return own.quantity_w * self._period.mtu.length_s * self._market.price_tick_micro_euro_per_mwh

    def _kept_w(self, own: Taken, allowed: Fraction) -> int:
        """Return of how much the tariff is what is allowed, if it rises evenly from that of the first W; less by now.

        Both are of the whole quantity here: of a part so much less.
        """
        first = Fraction(self._first.get(name_of(own.order), 0) * self._scale(own), PER_MWH)
        if allowed <= first:
            return 0
        kept = int(own.quantity_w * (allowed - first) / (own.dnut_micro_euro - first))
        return min(kept, own.quantity_w - self._step_w)

    def _beyond_budget(self, moving: Sequence[Fill]) -> Known | None:
        """Return the order that is paid most where the operator does not fund all that is to be paid."""
        day = self._state.local_day(self._period.mtu.start_s)
        spent = self._state.dnut_spending.of(self._market.market_id, day)
        refusal = refuse_unfunded(self._market, spent, sum(min(0, own.dnut_micro_euro) for own in self._taken))
        if refusal is None:
            return None
        self._refusal = refusal
        paid = {name_of(own.order): own.dnut_micro_euro for own in self._taken}
        return PoolKnown(without=frozenset((min((fill.order_id for fill in moving), key=lambda n: (paid[n], n)),)))

    def _look_at_island(self) -> None:
        """Find out what the grid-forming unit must give that nobody sold, and whether it can."""
        if self._forming is None:
            return
        own = sum(own.order.moves * own.quantity_w for own in self._taken if self._is_forming(own.order))
        all_w = sum(own.order.moves * own.quantity_w for own in self._taken)
        left_w = -all_w + self._losses_w()
        self._forming_w = own + left_w
        if abs(left_w) <= self._terms.forming_reserve_w:
            return
        self._unbalanced = self._beyond_forming(left_w)

    def _is_forming(self, order: RestingOrder) -> bool:
        return order.terms.unit_id == self._terms.forming_unit_id

    def _losses_w(self) -> int:
        """Return by what the set changes the losses."""
        if self._moved is None or self._view is None:
            return 0
        more = self._moved.after.losses_pu - self._view.point.losses_pu
        return round(more * self._view.topology.base_va)

    def _beyond_forming(self, value_w: int) -> Rejection:
        return Rejection(
            Code.ISLAND_NOT_BALANCED, "the grid-forming unit stands within its limits, and gives what nobody sold",
            field="pool.forming_unit_id", element=self._terms.forming_unit_id, value=value_w,
            limit=self._terms.forming_reserve_w, unit="W",
        )  # fmt: skip
