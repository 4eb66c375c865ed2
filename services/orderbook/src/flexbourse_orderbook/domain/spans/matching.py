"""Matching over a span of periods: the same power in each of them, in all or in none.

What two orders match is what each period takes: the largest quantity of all is the smallest over the periods, looked
for until every period takes just that. Price, positions and collateral are those of the orders; grid, lights, held
headroom and the DNUT of each are those of each period, as it is now. The marginal all-in price is the mean over the
span, because an order's limit is one price per MWh of all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.nodal import SolveError, last_below, marginal_dnut
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_orderbook.domain.dnut_budget import paid, refuse_unfunded
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.matching import Matcher
from flexbourse_orderbook.domain.matching_plan import Fill, Plan, Refused
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.blocked_pairs import Blocked, Place
from flexbourse_orderbook.domain.resting.levels import NO_NODE, RestingOrder, least_match
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.domain.trial import MICRO_EURO_PER_EURO

# Rounds in which the periods agree on a quantity: each lowers it, and the second nearly always is the last.
MAX_ROUNDS = 8
# The budget is judged once the periods agree, because a smaller quantity costs less: until then none is short.
NOTHING_SPENT = -(2**62)
# What a pair waits for may be any of the periods: it is due after every match.
ANYWHERE = Blocked("", 0, 0, 0, Place(0, 0))


def matcher_of(
    state: AreaState, market: Market, period: Period, shares: Mapping[str, int] = MappingProxyType({})
) -> Matcher:
    """Return what makes plans in a market, for a period or a span."""
    return SpanMatcher(state, market, period) if period.is_span else Matcher(state, market, period, shares)


class SpanPlan(Plan):
    """What an aggressor would do over a span: `legs` say what is left of grid and budget in each period."""

    __slots__ = ("legs",)

    def __init__(self, open_w: int, dnut_spent: int, legs: list[Plan]) -> None:
        super().__init__(open_w, None, dnut_spent)
        self.legs = legs

    def view(self) -> GridView | None:
        """Return what the next candidate is checked on in the first period."""
        return self.legs[0].view()

    def take(self, fill: Fill) -> None:
        """Go on behind a match."""
        self.steps.append(fill)
        for leg, own in zip(self.legs, fill.legs, strict=True):
            leg.take(own)
        self.open_w -= fill.quantity_w
        self.dnut_spent += sum(paid(own.billed_micro_euro) for own in fill.legs)
        self.stopped_by = fill.stopped_by


class SpanMatcher(Matcher):
    """Makes plans in one market and span, at one moment."""

    def __init__(self, state: AreaState, market: Market, span: Period) -> None:
        super().__init__(state, market, span)
        self._parts = [Matcher(state, market, part) for part in span.parts]
        self._mtus = [part.mtu for part in span.parts]

    def begin(self, aggressor: RestingOrder) -> SpanPlan:
        """Return the plan of an order that has met nothing yet."""
        legs = [part.begin(aggressor) for part in self._parts]
        return SpanPlan(aggressor.open_w, legs[0].dnut_spent, legs)

    def attempt(
        self, plan: Plan, view: GridView | None, aggressor: RestingOrder, resting: RestingOrder, *, on_average: bool
    ) -> Fill | Refused:
        """Return the match of two orders over the span."""
        assert isinstance(plan, SpanPlan)
        del view  # each period has its own
        seller, buyer = (resting, aggressor) if aggressor.is_buy else (aggressor, resting)
        step = self._market.quantity_step_w
        least = max(
            self._state.minimum_w(seller), self._state.minimum_w(buyer), least_match(aggressor, resting, plan.open_w), 1
        )
        wanted = min(plan.open_w, self.shown(resting, plan.shares)) // step * step
        refusal = self.refuse_pair(seller, buyer, wanted, least)
        if refusal is not None:
            return Refused(refusal)
        stopped: Rejection | None = None
        if not on_average:
            fits = self._largest_at_price(plan, seller, buyer, wanted)
            if isinstance(fits, Rejection):
                return Refused(fits)
            if fits < wanted:
                stopped = _beyond_price(fits)
                if fits < least:
                    return Refused(stopped)
        else:
            fits = wanted
        found = self._agree(plan, aggressor, resting, fits, least, stopped)
        if isinstance(found, Fill) and found.stopped_by is not None:
            return replace(found, asked_w=wanted)
        return found

    def _largest_at_price(
        self, plan: SpanPlan, seller: RestingOrder, buyer: RestingOrder, wanted_w: int
    ) -> int | Rejection:
        """Return the largest quantity whose mean marginal tariff leaves the aggressor his limit."""
        sides = tuple(Side(order.node, order.moves, reactive=False) for order in (seller, buyer) if order.moves)
        views = [view for leg in plan.legs if (view := leg.view()) is not None]
        if not sides or len(views) < len(plan.legs) or any(side.node == NO_NODE for side in sides):
            return wanted_w  # nothing moves, or each period says itself what is missing
        vector, step = Vector(sides), self._market.quantity_step_w
        ticks = buyer.terms.limit_price_ticks - seller.terms.limit_price_ticks
        ceiling = ticks * self._market.price_tick_micro_euro_per_mwh / MICRO_EURO_PER_EURO

        def excess(steps: int) -> float | NotConverged:
            total = 0.0
            for view in views:
                after = view.point if steps == 0 else view.moved(vector.at(steps * step))
                if after is None:
                    return float("inf")  # what no state of the grid carries has no price that anybody pays
                total += marginal_dnut(view.topology, view.parameters, after, vector)
            return total / len(views) - ceiling

        try:
            found: int | NotConverged | None = last_below(excess, wanted_w // step)
        except SolveError:
            found = None
        if not isinstance(found, int):
            return Rejection(Code.GRID_CHECK_NOT_CONVERGED, "the power flow of a match converges", headroom_w=0)
        return found * step

    def _agree(
        self, plan: SpanPlan, aggressor: RestingOrder, resting: RestingOrder, wanted_w: int, least_w: int,
        stopped: Rejection | None,
    ) -> Fill | Refused:  # fmt: skip
        """Let the periods agree on the largest quantity that all of them take."""
        quantity_w, by_grid = wanted_w, False
        binding: Fill | None = None
        for _ in range(MAX_ROUNDS):
            legs = self._try_all(plan, aggressor, resting, quantity_w)
            if isinstance(legs, Refused):
                return legs
            lowest = min(legs, key=lambda leg: leg.quantity_w)
            if lowest.quantity_w == quantity_w:
                unfunded = self._refuse_unfunded(plan, legs)
                return unfunded or _together(resting, legs, stopped, binding, by_grid=by_grid)
            binding, by_grid, stopped = lowest, by_grid or lowest.by_grid, lowest.stopped_by
            quantity_w = lowest.quantity_w
            if quantity_w < least_w:
                break
        assert binding is not None
        assert stopped is not None
        waits = ANYWHERE if self._market.retries_after_match and by_grid else None
        return Refused(stopped, waits, binding.contest)

    def _try_all(
        self, plan: SpanPlan, aggressor: RestingOrder, resting: RestingOrder, quantity_w: int
    ) -> list[Fill] | Refused:
        """Return what each period takes of a quantity, or the first one's refusal."""
        found: list[Fill] = []
        for part, leg, mtu in zip(self._parts, plan.legs, self._mtus, strict=True):
            leg.open_w, leg.dnut_spent, leg.shares = quantity_w, NOTHING_SPENT, plan.shares
            own = part.attempt(leg, leg.view(), aggressor, resting, on_average=True)
            contest = None if own.contest is None else replace(own.contest, mtu=mtu)
            if isinstance(own, Refused):
                return replace(own, blocked_by=ANYWHERE if own.blocked_by is not None else None, contest=contest)
            found.append(replace(own, contest=contest))
        return found

    def _refuse_unfunded(self, plan: SpanPlan, legs: list[Fill]) -> Refused | None:
        """Return that the operator's budget of the delivery day does not pay for a match, or None."""
        spent = plan.dnut_spent
        for leg in legs:
            refusal = refuse_unfunded(self._market, spent, leg.billed_micro_euro)
            if refusal is not None:
                return Refused(refusal)
            spent += paid(leg.billed_micro_euro)
        return None


def _together(
    resting: RestingOrder, legs: list[Fill], stopped: Rejection | None, binding: Fill | None, *, by_grid: bool
) -> Fill:
    """Return the match over a span of those in its periods."""
    return Fill(
        resting=resting, quantity_w=legs[0].quantity_w, price_ticks=legs[0].price_ticks,
        dnut_micro_euro=sum(leg.dnut_micro_euro for leg in legs), before=None, after=None, change=None, effect=None,
        finding=None, bought=False, reliefs=(), stopped_by=stopped, by_grid=by_grid,
        contest=binding.contest if binding is not None else None, legs=tuple(legs),
    )  # fmt: skip


def _beyond_price(headroom_w: int) -> Rejection:
    return Rejection(
        Code.LIMIT_PRICE, "the marginal all-in price, as a mean over the span, keeps the aggressor's limit",
        field="limit_price_ticks", headroom_w=headroom_w,
    )  # fmt: skip
