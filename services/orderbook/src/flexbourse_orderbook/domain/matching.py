"""Matching: which resting orders an aggressor meets, for how much, at what price, and why others are passed over.

A plan is made on immutable views and nothing changes until it is complete, so that fill-or-kill is the same code as the
rest. The later order is the aggressor and bears the DNUT; the resting order gets exactly its own price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType

from flexbourse_core.money import WATT_SECONDS_PER_MWH
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_orderbook.domain.dnut_budget import refuse_unfunded
from flexbourse_orderbook.domain.entry.self_trade import Prevention, prevented, prevention_of
from flexbourse_orderbook.domain.flexibility.relief_choice import choose, need_of
from flexbourse_orderbook.domain.flexibility.requests import Effects, crossing, crossing_offers, rank_offers
from flexbourse_orderbook.domain.grid.gate import finding_of, refuse_by_light
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.lights import PeriodLights
from flexbourse_orderbook.domain.grid.moved import moved_by
from flexbourse_orderbook.domain.groups.exclusive_groups import GroupKey, are_of_one_group
from flexbourse_orderbook.domain.headroom.contest import Contest, pending
from flexbourse_orderbook.domain.headroom.held_calls import MAX_HELD_CALLS, call_of, too_many_calls
from flexbourse_orderbook.domain.matching_plan import Fill, Plan, Refused, Skip
from flexbourse_orderbook.domain.orders import WHOLE, Basis, FillRule, Product
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.blocked_pairs import Blocked
from flexbourse_orderbook.domain.resting.clips import NextClips
from flexbourse_orderbook.domain.resting.levels import NO_NODE, RestingOrder, RestrictedOrder, least_match, shown_w
from flexbourse_orderbook.domain.resting.lowering import allowed_w
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.domain.trial import Trial, below_minimum, beyond_average

# Candidates that one order meets, and that it may have passed over; beyond, what is left rests or is killed.
MAX_CANDIDATES = 200
MAX_SKIPPED = 32
_OPERATOR_REQUEST, _NORMAL = Basis.OPERATOR_REQUEST, FillRule.NORMAL


class Matcher:
    """Makes plans in one market and period, at one moment."""

    def __init__(
        self, state: AreaState, market: Market, period: Period, shares: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._state = state
        self._market = market
        self._mtu = period.mtu
        self._grid = period.grid
        self._period_lights: PeriodLights | None = None
        self._effects: Effects | None = None
        # Of a set that a request with targets buys: what it takes of each offer, by order id.
        self.shares = shares

    @property
    def _lights(self) -> PeriodLights:
        """The lights of the period; where no gate is, nothing asks for them."""
        if self._period_lights is None:
            self._period_lights = self._state.lights.of_period(self._mtu, self._state.now)
        return self._period_lights

    @property
    def effects(self) -> Effects:
        """Return what offers do to elements; nothing asks for it where no operator requests anything."""
        if self._effects is None:
            self._effects = Effects(self._grid)
        return self._effects

    def candidates(self, order: RestingOrder, book: Book) -> Iterable[RestingOrder]:
        """Return the opposite orders that cross an order, best first; of a request with targets the cheapest set."""
        terms = order.terms
        if not terms.relief_targets:
            requests = terms.basis is _OPERATOR_REQUEST
            found = rank_offers(order, book, self.effects) if requests else crossing(order, book)
            if not book.restricted or order.terms.product is not Product.LOCAL_ENERGY:
                return found
            return NextClips(found, -order.key, self._state.order_sequence)
        self.shares = self._choose(order, crossing_offers(order, book), self._grid.view())
        by_id = {offer.terms.order_id: offer for offer in book.asks}
        return [by_id[order_id] for order_id in self.shares]

    def _share(self, request: RestingOrder, offer: RestingOrder, view: GridView | None) -> int:
        """Return what a request with targets takes of an offer: its part of the chosen set, or what it alone can do."""
        if offer.terms.order_id in self.shares:
            return self.shares[offer.terms.order_id]
        return self._choose(request, [offer], view).get(offer.terms.order_id, 0)

    def _choose(self, request: RestingOrder, offers: Iterable[RestingOrder], view: GridView | None) -> dict[str, int]:
        # What is held relieves nothing yet, so it is no part of a set that meets a need.
        offers = (offer for offer in offers if not offer.terms.conditional)
        return choose(self._state, self._market, request, offers, view, self.effects)

    def begin(self, aggressor: RestingOrder) -> Plan:
        """Return the plan of an order that has met nothing yet."""
        start = self._grid.view() if self._grid.potential_start is not None else None
        return Plan(aggressor.open_w, start, self._dnut_spent())

    def plan(self, aggressor: RestingOrder, candidates: Iterable[RestingOrder], begun: Plan | None = None) -> Plan:
        """Meet the candidates in their order until nothing is left; `begun` says what is left of grid and budget."""
        plan = begun or self.begin(aggressor)
        rule, alone = aggressor.terms.fill_rule, aggressor.is_plain
        on_average = rule is not _NORMAL and rule in WHOLE
        party = aggressor.terms.party if self._market.self_trade_prevention else None
        skipped = 0
        for resting in candidates:
            is_plain = alone and resting.is_plain
            if not is_plain and not self.is_enough(aggressor, resting, plan.open_w, plan.shares):
                continue
            view = plan.view()
            found = self.attempt(plan, view, aggressor, resting, on_average=on_average)
            if party is not None and resting.terms.party == party:
                found = self._prevent(aggressor, resting, found)
            if isinstance(found, Refused):
                sequence = view.sequence if view is not None else self._grid.sequence
                step = Skip(resting, found.reason, sequence, found.blocked_by, found.contest, found.prevention)
                plan.steps.append(step)
                plan.stopped_by = found.reason
                skipped += 1
                if found.prevention.cancels_aggressor or skipped == MAX_SKIPPED:
                    break
            else:
                plan.take(found)
                if not is_plain:
                    self._note_shares(plan, aggressor, resting, found.quantity_w)
                    if isinstance(candidates, NextClips) and isinstance(resting, RestrictedOrder):
                        candidates.met(resting, found.quantity_w)
            # Asked here, before another candidate is looked for that nobody would meet.
            if plan.open_w == 0 or len(plan.steps) == MAX_CANDIDATES:
                break
        # An order that headroom of external orders keeps waiting is told so, whatever came after.
        plan.stopped_by = plan.pending() or plan.stopped_by
        return plan

    def _prevent(self, aggressor: RestingOrder, resting: RestingOrder, found: Fill | Refused) -> Fill | Refused:
        """Refuse a match of one party with itself, where the market prevents it."""
        prevention = prevention_of(self._market, aggressor, resting)
        if isinstance(found, Refused) or prevention is Prevention.NONE:
            return found
        return Refused(prevented(resting), prevention=prevention)

    def _note_shares(self, plan: Plan, aggressor: RestingOrder, resting: RestingOrder, quantity_w: int) -> None:
        for order in (aggressor, resting):
            if order.terms.exclusive_group:
                self._state.groups.plan(plan.shares, order.terms, quantity_w)

    def shown(self, resting: RestingOrder, planned: Mapping[GroupKey, Fraction]) -> int:
        """Return what of a resting order can match now, beside what a plan would execute of its exclusive group."""
        shown = shown_w(resting)
        return min(shown, allowed_w(self._state, resting, planned)) if resting.terms.exclusive_group else shown

    def is_enough(
        self, aggressor: RestingOrder, resting: RestingOrder, left_w: int,
        planned: Mapping[GroupKey, Fraction] = MappingProxyType({}),
    ) -> bool:  # fmt: skip
        """Tell whether two orders are large enough for each other; what waits for quantity is passed over unsaid.

        Its own terms say why, and any number of such orders may stand before one that matches.
        """
        shown, step = self.shown(resting, planned), self._market.quantity_step_w
        return shown > 0 and min(left_w, shown) // step * step >= least_match(aggressor, resting, left_w)

    def refuse_not_whole(self, aggressor: RestingOrder, plan: Plan) -> Rejection | None:
        """Return why a plan is no whole fill, or None: all of the quantity, or all targets that a request names."""
        filled = aggressor.open_w - plan.open_w
        if plan.open_w == 0:
            return None
        if aggressor.terms.relief_targets:
            return self._refuse_unmet(aggressor, plan)
        if plan.stopped_by is not None:
            return replace(plan.stopped_by, headroom_w=filled)
        return Rejection(
            Code.NOT_FILLABLE, "fill-or-kill is filled whole or not at all", field="quantity_w",
            element=aggressor.terms.order_id, value=aggressor.open_w, limit=filled, unit="W", headroom_w=filled,
        )  # fmt: skip

    def _refuse_unmet(self, request: RestingOrder, plan: Plan) -> Rejection | None:
        """Return the first target that a request does not reach with what it would buy."""
        view = plan.view()
        if view is None:
            return self._unknown_grid()
        for target in request.terms.relief_targets:
            need = need_of(view, target)
            if need is not None:
                return Rejection(
                    Code.NOT_FILLABLE, "fill-or-kill reaches every target of a request, or buys nothing",
                    field="relief_targets", element=target.element_id, value=need.relief,
                    limit=0, unit="mpct" if need.kind == "branch" else "micro_pu",
                )  # fmt: skip
        return None

    def refuse_whole(self, order: RestingOrder, plan: Plan) -> Rejection | None:
        """Return why an order that matches whole or not at all does not let a plan come about, or None."""
        rule = order.terms.fill_rule
        if rule is _NORMAL or rule not in WHOLE or not (plan.fills or order.terms.relief_targets):
            return None
        refusal = self.refuse_not_whole(order, plan)
        return refusal or (None if self.keeps_average(order, plan.fills) else beyond_average(order))

    def keeps_average(self, aggressor: RestingOrder, fills: list[Fill]) -> bool:
        """Tell whether what an order pays or gets for all its fills together keeps its limit.

        Compared before any rounding: that of the amounts of small fills is no reason to kill an order.
        """
        limit = aggressor.terms.limit_price_ticks
        over = sum(fill.quantity_w * (fill.price_ticks - limit) for fill in fills)
        tariff = sum(fill.billed_micro_euro for fill in fills) * WATT_SECONDS_PER_MWH
        exact = over * self._mtu.length_s * self._market.price_tick_micro_euro_per_mwh
        return exact + tariff <= 0 if aggressor.is_buy else exact - tariff >= 0

    def attempt(
        self, plan: Plan, view: GridView | None, aggressor: RestingOrder, resting: RestingOrder, *, on_average: bool
    ) -> Fill | Refused:
        """Return the match of two orders at a view; `on_average`: its price is judged later, with all others."""
        seller, buyer = (resting, aggressor) if aggressor.is_buy else (aggressor, resting)
        step, wanted = self._market.quantity_step_w, plan.open_w
        wanted = min(wanted, resting.open_w if resting.is_plain else self.shown(resting, plan.shares))
        if buyer.terms.relief_targets:
            wanted = min(wanted, self._share(buyer, seller, view))
        wanted = wanted // step * step
        minimum = max(1, self._state.minimum_w(seller))
        minimum = max(minimum, self._state.minimum_w(buyer))
        if not (resting.is_plain and aggressor.is_plain):
            minimum = max(minimum, least_match(aggressor, resting, plan.open_w))
        refusal = self.refuse_pair(seller, buyer, wanted, minimum)
        if refusal is None and self._market.gate_enabled:
            # First what costs nothing to find: an unknown light on either side ends the pair.
            refusal = refuse_by_light(None, None, self._side_zones(seller, buyer), self._lights)
        if refusal is not None:
            return Refused(refusal)
        if not (seller.moves or buyer.moves):
            return self._still(view, resting, wanted)
        sides = tuple(
            Side(order.node, order.moves, reactive=order.is_reactive) for order in (seller, buyer) if order.moves
        )
        if view is None or any(side.node == NO_NODE for side in sides):
            return Refused(self._unknown_grid())
        bought = buyer.terms.basis is Basis.OPERATOR_REQUEST
        if bought and not buyer.terms.relief_targets and self.effects.relief(buyer.terms.element_id, seller) <= 0:
            return Refused(self._no_effect(buyer))
        trial = Trial(self._market, view, Vector(sides), wanted, minimum, call_of(seller, buyer))
        if trial.call is None and not bought and not on_average:
            ceiling = buyer.terms.limit_price_ticks - seller.terms.limit_price_ticks
            trial.shrink_to_price(ceiling * self._market.price_tick_micro_euro_per_mwh)
        return self._pass_external(trial, plan, resting, buyer, bought=bought)

    def _pass_external(
        self, trial: Trial, plan: Plan, resting: RestingOrder, buyer: RestingOrder, *, bought: bool
    ) -> Fill | Refused:
        """Let a trial pass, and tell what of it only external orders stand against that are not executed yet."""
        wanted, view = trial.quantity_w, trial.view
        found = self._pass(trial, plan, resting, buyer, bought=bought)
        reason = found.reason if isinstance(found, Refused) else found.stopped_by
        beside = view.without_external()
        if trial.call is not None or beside is None or reason is None or reason.code is not Code.GRID_LIMIT_EXCEEDED:
            return found
        free = self._pass(trial.anew(beside, wanted), plan, resting, buyer, bought=bought)
        fits_w = found.quantity_w if isinstance(found, Fill) else 0
        if isinstance(free, Refused) or free.quantity_w <= fits_w:
            return found
        lacks_w = free.quantity_w - fits_w
        contest = Contest(
            view, reason.element, lacks_w, trial.vector.at(lacks_w), trial.vector.at(free.quantity_w),
            self._market.either_side_missing,
        )  # fmt: skip
        if isinstance(found, Fill):
            return replace(found, stopped_by=pending(reason), contest=contest)
        return replace(found, reason=pending(reason), contest=contest)

    def _pass(
        self, trial: Trial, plan: Plan, resting: RestingOrder, buyer: RestingOrder, *, bought: bool
    ) -> Fill | Refused:
        """Let a trial pass grid, lights and budget."""
        found = self._pass_grid(trial, resting, buyer, bought=bought)
        if isinstance(found, Fill):
            unfunded = refuse_unfunded(self._market, plan.dnut_spent, found.billed_micro_euro)
            return found if unfunded is None else Refused(unfunded)
        return found

    def _pass_grid(self, trial: Trial, resting: RestingOrder, buyer: RestingOrder, *, bought: bool) -> Fill | Refused:
        held, is_held = trial.view.held.calls, trial.call is not None
        if is_held and len(held) >= MAX_HELD_CALLS:
            return Refused(too_many_calls(len(held) + 1))
        trial.shrink_to_grid()
        trial.look_at_lights(self._lights)
        if trial.refusal is not None:
            return Refused(trial.refusal, self._blocked_by(trial))
        return self._hold(trial, resting) if is_held else self._fill(trial, resting, buyer, bought=bought)

    def _blocked_by(self, trial: Trial) -> Blocked | None:
        """Return the element that a refused pair waits for, in markets that ask for it."""
        refusal, binding = trial.refusal, trial.blocked_by
        if not self._market.retries_after_match or binding is None or refusal is None:
            return None
        return Blocked.of(binding, trial.view.point) if refusal.code is Code.GRID_LIMIT_EXCEEDED else None

    def _no_effect(self, request: RestingOrder) -> Rejection:
        return Rejection(
            Code.NO_EFFECT, "an operator buys what relieves the element of its request",
            element=request.terms.element_id, headroom_w=0,
        )  # fmt: skip

    def refuse_pair(self, seller: RestingOrder, buyer: RestingOrder, wanted: int, minimum: int) -> Rejection | None:
        """Return why two orders do not match, whatever the grid has room for, or None; `wanted` and `minimum` in W."""
        if seller.terms.metering_point_id and seller.terms.metering_point_id == buyer.terms.metering_point_id:
            return Rejection(
                Code.SELF_TRADE, "a metering point does not trade with itself",
                element=seller.terms.metering_point_id, headroom_w=0,
            )  # fmt: skip
        if seller.terms.exclusive_group and are_of_one_group(seller.terms, buyer.terms):
            return Rejection(
                Code.SELF_TRADE, "orders of one exclusive group do not match each other",
                element=seller.terms.exclusive_group, headroom_w=0,
            )  # fmt: skip
        if wanted == 0 and buyer.terms.relief_targets:
            return self._no_effect(buyer)
        return below_minimum(wanted, minimum) if wanted < minimum else None

    def _unknown_grid(self) -> Rejection:
        missing = self._grid.missing() or "solution of the power flow"
        return Rejection(
            Code.GRID_STATE_MISSING, "topology, base case, margin and tariff of the period fit each other",
            element=missing, headroom_w=0,
        )  # fmt: skip

    def _still(self, view: GridView | None, resting: RestingOrder, wanted: int) -> Fill:
        """Both sides trade what is scheduled: nothing moves, and the tariff is zero."""
        finding, price = None if view is None else finding_of(view, None, wanted, 0), resting.terms.limit_price_ticks
        return Fill(
            resting, wanted, price, 0, view, None, None, None, finding, bought=False, reliefs=(), stopped_by=None
        )

    def _hold(self, trial: Trial, resting: RestingOrder) -> Fill:
        """One side is conditional: nothing moves and nothing is billed until it is called."""
        assert trial.call is not None
        return Fill(
            resting=resting, quantity_w=trial.quantity_w, price_ticks=resting.terms.limit_price_ticks,
            dnut_micro_euro=0, before=trial.view, after=None, change=None, effect=None, finding=trial.finding,
            bought=False, reliefs=(), stopped_by=trial.shrunk_by, by_grid=trial.blocked_by is not None,
            call=replace(trial.call, change=trial.change()),
        )  # fmt: skip

    def _fill(self, trial: Trial, resting: RestingOrder, buyer: RestingOrder, *, bought: bool) -> Fill | Refused:
        before, after, change = trial.view, trial.after(), trial.change()
        if after is None:
            return Refused(trial.not_converged())
        named = [target.element_id for target in buyer.terms.relief_targets] or [buyer.terms.element_id]
        moved = moved_by(self._market, before, after, named if bought else ())
        return Fill(
            resting=resting,
            quantity_w=trial.quantity_w,
            price_ticks=resting.terms.limit_price_ticks,
            dnut_micro_euro=moved.potential_change_micro_euro,
            before=before,
            after=after,
            change=change,
            effect=moved.effect,
            finding=trial.finding,
            bought=bought,
            reliefs=moved.reliefs,
            stopped_by=trial.shrunk_by,
            by_grid=trial.blocked_by is not None,
            asked_w=trial.shrunk_from_w,
        )

    def _dnut_spent(self) -> int:
        if self._market.dnut_budget_micro_euro is None:
            return 0  # nothing asks for it, and most markets have no budget: the day is not looked up
        day = self._state.local_day(self._mtu.start_s)
        return self._state.dnut_spending.of(self._market.market_id, day)

    def _side_zones(self, *orders: RestingOrder) -> list[str]:
        topology = self._state.topology
        if topology is None:
            return []
        return [topology.zone_of_node(order.node) for order in orders if order.node != NO_NODE]
