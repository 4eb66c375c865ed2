"""The book of one area: takes commands, records of others and time, decides, and applies each decision as an event."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.auctions.blocks import cancel_others, replace_in_auction
from flexbourse_orderbook.domain.capacity_auction.using import take_over
from flexbourse_orderbook.domain.entry.admission import refuse_by_rules
from flexbourse_orderbook.domain.entry.application import Application, apply_for
from flexbourse_orderbook.domain.entry.clearance import clear_of
from flexbourse_orderbook.domain.entry.covered_orders import collateral_of
from flexbourse_orderbook.domain.entry.next_best import with_next_best
from flexbourse_orderbook.domain.entry.seats import place_of
from flexbourse_orderbook.domain.entry.self_trade import Prevention, prevent
from flexbourse_orderbook.domain.entry.standing import Seat
from flexbourse_orderbook.domain.events import OrderAdmitted, OrderClosed
from flexbourse_orderbook.domain.evolve import evolve
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.grid.capacity import SetCapacityLimits
from flexbourse_orderbook.domain.grid.capacity_setting import set_limits
from flexbourse_orderbook.domain.grid.frozen_bases import freeze, freeze_reserved
from flexbourse_orderbook.domain.groups.exclusive_groups import Shares
from flexbourse_orderbook.domain.groups.group_bounds import bound, bound_groups
from flexbourse_orderbook.domain.headroom import events as h
from flexbourse_orderbook.domain.headroom import held_relief
from flexbourse_orderbook.domain.headroom import reservations as headroom
from flexbourse_orderbook.domain.headroom import still_fitting as held_headroom
from flexbourse_orderbook.domain.headroom.contest import Pair, contested_pairs, tell_contest
from flexbourse_orderbook.domain.headroom.external_orders import is_external
from flexbourse_orderbook.domain.headroom.outside import TradedOutside
from flexbourse_orderbook.domain.matching import Matcher
from flexbourse_orderbook.domain.matching_plan import Fill, Plan, Skip
from flexbourse_orderbook.domain.orders import MAX_TEXT, Basis, FillRule, NewOrder, Order, OrderStatus, clipped
from flexbourse_orderbook.domain.outcome import Outcome
from flexbourse_orderbook.domain.phases.table import Action
from flexbourse_orderbook.domain.phases.volatility import halt_beyond_collar, stop_at_collar
from flexbourse_orderbook.domain.registry_state import Market, MeteringPoint, Role
from flexbourse_orderbook.domain.resting.clips import hidden_of, still_crossing
from flexbourse_orderbook.domain.resting.evolving import end_order, enter_order, execute_trade
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.quantity_waits import try_waiting
from flexbourse_orderbook.domain.resting.replacement import (
    Replacement,
    keeps_its_place,
    refuse_change,
    refuse_foreign,
    refuse_replacement,
    replaced,
    wish_of,
)
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.resting.retry_at_once import MAX_ATTEMPTS_AT_ONCE, retry_at_once
from flexbourse_orderbook.domain.settling import events_of, operating_point, remember_points, trade_event
from flexbourse_orderbook.domain.spans.matching import matcher_of
from flexbourse_orderbook.domain.state import AreaState, Period, has_topology_due

Changes = tuple[NodeChange, ...]
_ACTIVE, _CANCELLED, _NORMAL = OrderStatus.ACTIVE, OrderStatus.CANCELLED, FillRule.NORMAL


class AreaBook:
    """One area. Methods return their outcome; `take_events` hands over what was decided since the last call."""

    def __init__(self, state: AreaState) -> None:
        self.state = state
        self._events: list[e.Event] = []
        self.attempts_left = 0  # pairs and sets that this command or time record may still try again
        # Periods whose grid was tightened, or where headroom was given up, since the last time record, and why: what is
        # held is looked at in the same transaction, so this is not state.
        self.tightened: dict[Mtu, str] = {}

    def begin(self) -> None:
        """Begin a command or time record: pairs are tried again at once up to a bound."""
        self.attempts_left = MAX_ATTEMPTS_AT_ONCE

    def take_events(self) -> list[e.Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def emit(self, event: e.Event) -> None:
        """Apply an event and keep it for the journal."""
        evolve(self.state, event)
        self._events.append(event)

    def submit(self, party: str, wish: NewOrder) -> Outcome:
        """Admit an order and match it, or refuse it."""
        period, book, seat, collateral = clear_of(self.state, party, wish)
        if period is not None and book is not None and seat is not None:
            standing, of_book = seat.standing, book.standing
            assert standing is not None
            assert of_book is not None
            point, basis = standing.metering_point, standing.basis
            order = self._enter(period, party, wish, point, basis, collateral, book, seat)
            return self._match(of_book.market, period, order, wish)
        application = apply_for(self.state, party, wish)
        refusal = refuse_by_rules(application)
        if refusal is not None:
            return self.refuse(party, wish, refusal)
        assert application.market is not None
        order = self.admit(application)
        return self._match(application.market, self.state.period(order.mtu), order, wish)

    def refuse(self, party: str, wish: NewOrder, refusal: Rejection) -> Outcome:
        """Refuse an order, and say what would fit instead."""
        refusal, said = with_next_best(refusal, self.state, party, wish), clipped(wish)
        self.emit(e.OrderRefused(self.state.area_id, party, said.client_order_id, "", wish.mtu, refusal, said))
        return Outcome(rejection=refusal)

    def admit(self, a: Application, block: tuple[int, int] = (0, 0)) -> RestingOrder:
        """Let an order that no rule stands against rest in its book; of a block with its first number and its size."""
        assert a.period is not None
        return self._enter(a.period, a.party, a.order, a.metering_point, a.basis, collateral_of(a), block=block)

    def _enter(
        self, period: Period, party: str, wish: NewOrder, point: MeteringPoint | None, basis: Basis, collateral: int,
        book: Book | None = None, seat: Seat | None = None, block: tuple[int, int] = (0, 0),
    ) -> RestingOrder:  # fmt: skip
        """Let an order rest that takes so much collateral, in its book and seat: they are found where not known."""
        state, area_id, quantity_w, instructions = self.state, self.state.area_id, wish.quantity_w, wish.instructions
        point_id = "" if point is None else point.metering_point_id
        if point is not None and (seat is None or seat.position is None):
            for frozen in [each for part in period.parts for each in freeze(state, part, point)]:
                self.emit(frozen)
        sequence = state.order_sequence + 1
        terms = Order(  # by position: names cost as much again
            state.id_stem + str(sequence), wish.client_order_id, party, wish.market_id, area_id, wish.product,
            wish.side, period.mtu, wish.unit_id, point_id, "" if point is None else point.node_id, wish.element_id,
            basis, quantity_w, quantity_w, 0, wish.limit_price_ticks, wish.fill_rule, _ACTIVE, 1, sequence,
            state.now.at_ms, wish.relief_targets, wish.conditional, collateral, wish.forwarding, instructions,
            0 if instructions is None else hidden_of(instructions, quantity_w), wish.exclusive_group, wish.auction,
            block[0], block[1], wish.spread_offer,
        )  # fmt: skip
        admitted = OrderAdmitted(terms)
        if book is None or seat is None:
            period, book, seat = place_of(state, terms)
        order = enter_order(state, admitted, period, book, seat)
        self._events.append(admitted)
        if terms.exclusive_group:
            bound(self, order)
        if state.capacity_auctions.rights:
            take_over(self, order)
        return order

    def _match(self, market: Market, period: Period, order: RestingOrder, wish: NewOrder) -> Outcome:
        """Match an order that has just come to rest, unless it waits; kill what its fill rule does not let rest."""
        terms, book = order.terms, order.book
        if book.waiting and order.sequence in book.waiting and period.collects(market.market_id):
            return self.outcome_of(order)
        if terms.fill_rule is _NORMAL and not book.may_cross(order):
            if book.restricted:
                try_waiting(self, market, period, terms.product)
                return self.outcome_of(order)
            return Outcome(terms.order_id, terms)
        matcher, plan = self.plan(market, order)
        return self.carry_out(market, order, plan, wish, matcher.refuse_whole(order, plan))

    def match_released(self, order: RestingOrder) -> None:
        """Match an order that waited and stands among those that match now."""
        self.begin()
        self.match_resting(order)

    def plan(self, market: Market, order: RestingOrder, shares: Shares | None = None) -> tuple[Matcher, Plan]:
        """Look what an order that has just come to rest would match; nothing where matching is not automatic.

        `shares` are what other plans would execute of exclusive groups before; this one's are added.
        """
        matcher = matcher_of(self.state, market, order.period)
        candidates = matcher.candidates(order, order.book) if market.automatic_matching else ()
        begun = matcher.begin(order)
        begun.shares = begun.shares if shares is None else shares
        plan = matcher.plan(order, candidates, begun)
        return matcher, stop_at_collar(market, order, plan) if market.price_collars else plan

    def carry_out(
        self, market: Market, order: RestingOrder, plan: Plan, wish: NewOrder, refusal: Rejection | None
    ) -> Outcome:
        """Apply a plan, or its skips alone where there is a refusal; kill what the fill rule does not let rest."""
        period = order.period
        before = period.moves
        stopped_by = self.commit(market, order, plan, refusal)
        kills = order.terms.fill_rule is not _NORMAL and order.status is _ACTIVE
        reason = self._kill_rest(order, plan, wish, refusal, stopped_by) if kills else None
        if period.moves != before:
            self.try_blocked(period)
        if order.book.restricted:
            try_waiting(self, market, period, order.terms.product)
        return Outcome(order.terms.order_id, order.terms, reason, order.left())

    def _kill_rest(
        self, order: RestingOrder, plan: Plan, wish: NewOrder, refusal: Rejection | None, stopped_by: Rejection | None
    ) -> Rejection | None:
        """Kill what the fill rule of an order does not let rest; returns why, None where it got what it named."""
        rule = order.terms.fill_rule
        if rule is FillRule.FILL_OR_KILL and refusal is None and plan.fills:
            self.close(order, OrderStatus.KILLED, "targets_reached")
        elif not rule.rests:
            reason = stopped_by or Rejection(
                Code.NO_MATCH, "something in the book crosses the limit", field="limit_price_ticks",
                element=order.terms.order_id, value=order.terms.limit_price_ticks, unit="ticks", headroom_w=0,
            )  # fmt: skip
            reason = with_next_best(reason, self.state, order.terms.party, wish)
            self.close(order, OrderStatus.KILLED, rule.name.lower(), reason)
            return reason
        return None

    def commit(
        self, market: Market, order: RestingOrder, plan: Plan, refusal: Rejection | None = None
    ) -> Rejection | None:
        """Apply a plan, or its skips alone where there is a refusal; returns what stopped it."""
        state, period, steps = self.state, order.period, plan.steps
        if refusal is not None:
            steps = [step for step in steps if isinstance(step, Skip)]
        for step in steps:
            if isinstance(step, Fill) and step.is_still and not market.retries_after_match:
                self._trade(market, period, order, step)  # all that `events_of` would find
            else:
                for event in events_of(state, market, order, step):
                    self.emit(event)
            if not (order.is_plain and step.resting.is_plain) and isinstance(step, Fill):
                bound_groups(self, order, step.resting)
            if refusal is None and isinstance(step, Skip) and step.prevention is not Prevention.NONE:
                prevent(self, order, step.resting, step.prevention)
        for step in steps:
            if isinstance(step, Fill) and (step.after is not None or step.legs):
                remember_points(period, step)
        tell_contest(self, order, plan)
        if market.price_collars:
            halt_beyond_collar(self, market, order, plan)
        return refusal or plan.stopped_by

    def _trade(self, market: Market, period: Period, order: RestingOrder, fill: Fill) -> None:
        """Execute a match of two orders in one period."""
        trade = trade_event(self.state, market, period, order, fill)
        seller, buyer = (fill.resting, order) if order.is_buy else (order, fill.resting)
        execute_trade(self.state, trade, period, seller, buyer)
        self._events.append(trade)

    def close(self, order: RestingOrder, status: OrderStatus, reason: str, refusal: Rejection | None = None) -> None:
        """Let an order leave the book."""
        terms = order.terms
        goes_on = terms.forwarding and status is OrderStatus.EXPIRED
        closed = OrderClosed(
            terms.order_id, self.state.area_id, terms.mtu, status, order.open_w, reason, terms.party,
            terms.client_order_id, refusal, order.value() if goes_on else None, terms.market_id,
        )  # fmt: skip
        end_order(self.state, closed, order)
        self._events.append(closed)

    def cancel(self, party: str, order_id: str) -> Outcome:
        """Cancel a resting or hibernated order of the party."""
        state = self.state
        order = state.find(order_id)
        refusal = refuse_foreign(order, party, order_id) or refuse_change(state, order, Action.CANCEL)
        if order is None or refusal is not None:
            return self.refuse_change_of(party, order_id, order, refusal)
        rested = not state.hibernated or order_id not in state.hibernated  # what slept knows no book
        self.close(order, _CANCELLED, "cancelled by its party")
        if order.terms.block_sequence:
            cancel_others(self, order)
        if not rested or order.book.restricted:
            self.try_waiting_beside(order)
        return self.outcome_of(order)

    def refuse_change_of(
        self,
        party: str,
        order_id: str,
        order: RestingOrder | None,
        refusal: Rejection | None,
        *,
        replaces: bool = False,
    ) -> Outcome:
        """Refuse to change an order; one of an order that nobody knows is in no market, and counts in none."""
        assert refusal is not None
        mtu, market_id = (order.mtu, order.terms.market_id) if order is not None else (None, "")
        replaces = replaces and order is not None
        self.emit(e.OrderRefused(self.state.area_id, party, "", order_id, mtu, refusal, None, market_id, replaces))
        return Outcome(order_id, rejection=refusal)

    @staticmethod
    def killed(order: RestingOrder, reason: Rejection) -> Outcome:
        """Return an order that was killed, and why."""
        return Outcome(order.terms.order_id, order.terms, reason, order.left())

    @staticmethod
    def outcome_of(order: RestingOrder) -> Outcome:
        """Return an order as what became of it."""
        return Outcome(order.terms.order_id, order.terms, None, order.left())

    def replace(self, party: str, change: Replacement) -> Outcome:
        """Change quantity and price; a lower quantity alone keeps the priority, anything else is a later order."""
        state = self.state
        order = state.orders.get(change.order_id)
        refusal = refuse_foreign(order, party, change.order_id) or refuse_change(state, order, Action.REPLACE)
        if refusal is None and order is not None:
            refusal = refuse_replacement(state, order, change)
        if refusal is None and order is not None and order.terms.auction is not None:
            refusal = replace_in_auction(self, order, change)
            if refusal is None:
                return self.outcome_of(state.orders[change.order_id])
        if refusal is not None or order is None:
            return self.refuse_change_of(party, change.order_id, order, refusal, replaces=True)
        keeps = keeps_its_place(order, change)
        self.emit(e.OrderReplaced(replaced(state, order, change, keeps=keeps)))
        changed = state.orders[change.order_id]
        if keeps:
            self.try_waiting_beside(changed)
            return self.outcome_of(changed)
        return self.match_resting(changed)

    def match_resting(self, order: RestingOrder) -> Outcome:
        """Match an order that rests with a new time, as it stands now."""
        terms = order.value()
        market, period = self.state.market_of(terms.market_id, terms.mtu), self.state.period(order.mtu)
        return self._match(market, period, order, wish_of(terms))

    def try_waiting_beside(self, order: RestingOrder) -> None:
        """Try what waits for quantity in the book of an order that was changed."""
        terms, period = order.terms, self.state.period(order.mtu)
        book = period.find_book(terms.market_id, terms.product)  # what slept knows none
        if book is not None and book.restricted:
            try_waiting(self, self.state.market_of(terms.market_id, order.mtu), period, terms.product)

    def reserve(self, party: str, wish: h.ReserveHeadroom) -> Outcome:
        """Hold headroom; the bases at the nodes of a service's are frozen for the period, if they are not yet."""
        found = headroom.reserve(self.state, party, wish)
        if isinstance(found, Rejection):
            return Outcome(wish.reservation_id, rejection=found)
        for frozen in freeze_reserved(self.state, found):
            self.emit(frozen)
        self.emit(found)
        return Outcome(wish.reservation_id)

    def confirm(self, party: str, wish: h.ConfirmHeadroom) -> Outcome:
        """Turn a reservation, or the part of it that came, into accepted deviations."""
        reservation_id = wish.reservation_id[: MAX_TEXT + 1]
        found = headroom.find(self.state, party, reservation_id)
        came = found if isinstance(found, Rejection) else headroom.filled(found, wish.changes)
        if isinstance(found, Rejection) or isinstance(came, Rejection):
            refused = found if isinstance(found, Rejection) else came
            assert isinstance(refused, Rejection)
            return Outcome(reservation_id, rejection=refused)
        period = self.state.periods.get(found.reservation.mtu)
        if period is None or period.grid.view() is None or has_topology_due(period):
            missing = period.grid.missing() if period is not None else "period"
            rule = "a reservation is confirmed on a known state of the grid that it was checked on"
            refusal = Rejection(Code.GRID_STATE_MISSING, rule, field="reservation_id", element=missing)
            return Outcome(reservation_id, rejection=refusal)
        self._accept(period, found, *came)
        return Outcome(reservation_id)

    def _accept(self, period: Period, reserved: h.HeadroomReserved, came: Changes, left: Changes) -> None:
        """Accept what came of a reservation; the change of the potential is told, and is its holder's to bear."""
        self.revise_potential(period)  # what is in doubt from before is not this reservation's
        name, view = reserved.reservation.reservation_id, period.grid.view()
        assert view is not None
        nodes = tuple(self.state.node(change.node_id) for change in came)
        moved = Change(nodes, tuple(c.p_w for c in came), tuple(c.q_var for c in came))
        dnut = view.potential_change(view.moved(moved))
        if left:
            self.emit(h.HeadroomFilled(name, reserved.party, self.state.area_id, left, dnut))
        else:
            self.settle_reservation(name, "confirmed", dnut)
        self.emit(operating_point(self.state, period.grid, moved.nodes, moved.p_w, moved.q_var))
        self.revise_potential(period, name)

    def release(self, party: str, wish: h.ReleaseHeadroom) -> Outcome:
        """Give a reservation up, or a part of it; who waits for it is first in line for what is freed."""
        reservation_id = wish.reservation_id[: MAX_TEXT + 1]
        found = headroom.find(self.state, party, reservation_id)
        gone = found if isinstance(found, Rejection) else headroom.filled(found, wish.changes)
        if isinstance(found, Rejection) or isinstance(gone, Rejection):
            refused = found if isinstance(found, Rejection) else gone
            assert isinstance(refused, Rejection)
            return Outcome(reservation_id, rejection=refused)
        _, left = gone
        period = self.state.periods.get(found.reservation.mtu)
        waiting = contested_pairs(self.state, period) if period is not None else []
        if left:
            self.emit(h.HeadroomReduced(reservation_id, party, self.state.area_id, left))
        else:
            self.settle_reservation(reservation_id, "released")
        if period is not None:
            self._try_waiting(waiting)
            self.try_blocked(period)
        if is_external(found):
            self.tightened.setdefault(found.reservation.mtu, held_headroom.NOT_ENOUGH)
        return Outcome(reservation_id)

    def _try_waiting(self, pairs: list[Pair]) -> None:
        """Try the pairs that waited for headroom that was given up now, where a market does not try all at once."""
        for aggressor, resting in pairs:
            market = self.state.market_of(aggressor.terms.market_id, aggressor.mtu)
            if self.state.halted_reason or self.attempts_left <= 0:
                return
            runs = market.automatic_matching and self.state.period(aggressor.mtu).takes(market.market_id, Action.MATCH)
            # A new tariff may have parted them meanwhile.
            if runs and not market.retries_after_match and still_crossing(self.state, aggressor, resting):
                self.attempts_left -= 1
                self.try_pair(market, aggressor, resting)

    def trade_outside(self, result: TradedOutside) -> None:
        """Count what was sold or bought outside; a version that is not newer changes nothing."""
        if self.state.outside.is_news(result):
            self.emit(result)

    def deny(self, holder: str, reservation_id: str, asked: str, refusal: Rejection) -> None:
        """Tell another service that what it asked of headroom is refused."""
        self.emit(h.HeadroomDenied(reservation_id[: MAX_TEXT + 1], holder, self.state.area_id, asked, refusal))

    def settle_reservation(self, reservation_id: str, reason: str, dnut_micro_euro: int | None = None) -> None:
        """End a reservation; what came of it changed the potential by an amount."""
        party, confirmed = self.state.reservations[reservation_id].party, reason == "confirmed"
        self.emit(h.HeadroomSettled(reservation_id, confirmed, reason, party, self.state.area_id, dnut_micro_euro))

    def set_capacity(self, party: str, wish: SetCapacityLimits) -> list[Outcome]:
        """Set limits of the capacity-limit schedule; returns everything that stands against them."""
        found = set_limits(self.state, party, wish)
        if isinstance(found, list):
            return [Outcome(self.state.area_id, rejection=problem) for problem in found]
        self.emit(found)
        return [Outcome(f"{self.state.area_id}.capacity.{found.version}")]

    def release_relief(self, party: str, trade_id: str) -> Outcome:
        """Let bought relief count like any other from now on."""
        found = held_relief.release(self.state, party, trade_id)
        if isinstance(found, Rejection):
            return Outcome(trade_id, rejection=found)
        self.emit(found)
        return Outcome(trade_id)

    def halt(self, reason: str) -> None:
        """Stop matching in the area."""
        if not self.state.halted_reason:
            self.emit(e.AreaHalted(self.state.area_id, halted=True, reason=reason))

    def resume(self, party: str, reason: str) -> Outcome:
        """Let a halted area go on."""
        state, area = self.state, self.state.registry.areas.get(self.state.area_id)
        is_dso = area is not None and area.dso_id == party and state.registry.has_role(party, Role.DSO)
        if not is_dso and not state.registry.has_role(party, Role.MARKET_OPERATOR):
            rule = "the area's DSO or the market operator resumes an area"
            return Outcome(state.area_id, rejection=Rejection(Code.NOT_AUTHORISED, rule, element=party))
        self.go_on(reason or "resumed")
        return Outcome(state.area_id)

    def go_on(self, reason: str) -> None:
        """Let matching go on in the area."""
        if self.state.halted_reason:
            self.emit(e.AreaHalted(self.state.area_id, halted=False, reason=reason))

    def revise_potential(self, period: Period, reservation_id: str = "") -> None:
        """Record that something else than a match, maybe the named reservation, changed a period with an open book."""
        grid = period.grid
        if not period.open_markets or not grid.potential_in_doubt:
            return
        found = grid.solved_potential()
        if found is None or grid.area is None or grid.base is None:
            return
        grid.potential_in_doubt = False
        before = found if grid.potential_start is None else grid.potential
        if grid.potential_start is None or found != before:
            versions = (grid.area.version, grid.base.version)
            self.emit(e.PotentialRevised(self.state.area_id, period.mtu, before, found, *versions, reservation_id))

    def sort_again(self, period: Period) -> None:
        """Put the resting orders of a period in the order of a new tariff."""
        assert period.grid.tariff is not None
        for own in (period, *self.state.spans.over((period.mtu,))):
            if any(not book.is_empty() for book in own.books.values()):
                self.emit(e.BookSorted(self.state.area_id, own.mtu, period.grid.tariff.version))

    def try_blocked(self, period: Period) -> None:
        """Try blocked pairs of a period again at once, in markets that ask for it: those that may fit now."""
        spans = self.state.spans.over(part.mtu for part in period.parts)
        for own in (*period.parts, *spans) if not self.state.halted_reason else ():
            self.attempts_left -= retry_at_once(self, own, self.attempts_left)

    def try_pair(
        self, market: Market, one: RestingOrder, other: RestingOrder, shares: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        """Try a resting pair again; the later order is the aggressor. `shares` are a request's of a set of offers."""
        if not self.state.period(one.mtu).takes(market.market_id, Action.MATCH):
            return  # a match before this one may have halted the book
        pair = (one, other) if one.is_plain and other.is_plain else still_crossing(self.state, one, other)
        if pair and all(order.status is OrderStatus.ACTIVE for order in pair):
            earlier, later = sorted(pair, key=lambda order: order.sequence)
            matcher = matcher_of(self.state, market, self.state.period(later.mtu), shares)
            plan = stop_at_collar(market, later, matcher.plan(later, (earlier,)))
            self.commit(market, later, plan, matcher.refuse_whole(later, plan))
