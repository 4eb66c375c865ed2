"""The gateway: commands, facts and time lead to events, events and facts to state.

`take` and `evolve` change the state and decide nothing; every other public method decides, applies what it decided and
returns it. Folding the same facts and events from the same start leads to the same state.
"""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain import grid_answers
from flexbourse_wholesale_gateway.domain.auction_day.auctioning import next_auction_s, run_auctions, submitted
from flexbourse_wholesale_gateway.domain.auction_day.awarding import ask_difference, awarded
from flexbourse_wholesale_gateway.domain.auction_day.offering import DayAheadOffer, cancel_offer, cancel_unlawful, offer
from flexbourse_wholesale_gateway.domain.desk import Desk
from flexbourse_wholesale_gateway.domain.due_times import DueTimes
from flexbourse_wholesale_gateway.domain.external_orders import deciding
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, take_report
from flexbourse_wholesale_gateway.domain.following import RETRY_S, ask_opposite, follow, next_follow_s, refuse_sleep
from flexbourse_wholesale_gateway.domain.forwarder import forward, next_ready_s
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder
from flexbourse_wholesale_gateway.domain.registry_state import Area, RegistryFact, RightToOffer
from flexbourse_wholesale_gateway.domain.state import BookClosedFact, GatewayState, LeftoverFact, Room

Fact = RegistryFact | LeftoverFact | BookClosedFact | grid_answers.GridFact
MAX_ENTRIES = 500
MAX_LIMIT_W = 10**10
MAX_GATE_S = 86_400


class Gateway:
    """The one shard."""

    def __init__(self, operator_id: str, venue_id: str, zone: str) -> None:
        self.state = GatewayState(operator_id)
        self._zone = zone
        self._desk = Desk(self.state, venue_id)
        self._follow_due, self._ready_due = DueTimes(), DueTimes()

    # --- decisions ---------------------------------------------------------------------------------------------------

    def release(self, order_ids: Sequence[str], party: str) -> list[list[Rejection]]:
        """Let leftovers go on; returns what stands against each."""
        found = []
        for order_id in order_ids:
            problems = self._not_own(order_id, party)
            leftover = self.state.leftovers.get(order_id)
            if not problems and leftover is not None and not leftover.released:
                self._desk.record(e.LeftoverReleased(order_id, party))
            found.append(problems)
        forward(self._desk)
        return found

    def withdraw(self, order_ids: Sequence[str], party: str) -> list[list[Rejection]]:
        """Take leftovers back; orders on the exchange that hold them are cancelled there."""
        found = []
        for order_id in order_ids:
            problems = self._not_own(order_id, party)
            leftover = self.state.leftovers.get(order_id)
            if not problems and leftover is not None and not leftover.withdrawn:
                self._take_back(order_id, party, "taken back by its party")
            found.append(problems)
        return found

    def offer_day_ahead(self, wishes: Sequence[DayAheadOffer], party: str) -> list[list[Rejection]]:
        """Take offers for auctions in; returns what stands against each."""
        return [offer(self._desk, wish, party, self._zone) for wish in wishes]

    def cancel_day_ahead(self, offer_ids: Sequence[str], party: str) -> list[list[Rejection]]:
        """Take own offers for auctions back; returns what stands against each."""
        return [cancel_offer(self._desk, offer_id, party, self._zone) for offer_id in offer_ids]

    def set_area_rules(self, area_id: str, on_tightening: e.OnTightening, party: str) -> list[Rejection]:
        """Set what becomes of orders on the exchange when an area's grid is tightened."""
        registry = self.state.registry
        if area_id not in registry.areas:
            return [Rejection(Code.UNKNOWN_OBJECT, "an area that is registered", "area_id", area_id[:64])]
        if not (self._runs_market(party) or registry.is_operator_of(area_id, party)):
            return [Rejection(Code.NOT_AUTHORISED, "the area's DSO, or the market operator", "party", party)]
        self._desk.record(e.AreaRulesSet(party, area_id, on_tightening))
        return []

    def set_rules(self, rules: e.ForwardingRules, party: str) -> list[Rejection]:
        """Set the rules of forwarding."""
        if not self._runs_market(party):
            return [Rejection(Code.NOT_AUTHORISED, "the market operator sets the rules of forwarding", "party", party)]
        bounds = {"limit_w": (rules.limit_w, MAX_LIMIT_W), "gate_before_s": (rules.gate_before_s, MAX_GATE_S)}
        problems = [
            Rejection(Code.FIELD_OUT_OF_RANGE, "bounded", name, value=value, limit=limit)
            for name, (value, limit) in bounds.items()
            if not 0 <= value <= limit
        ]
        if not problems:
            self._desk.record(e.RulesSet(party, rules))
            forward(self._desk)
        return problems

    def record(self, said: c.OwnCommand) -> None:
        """Take in what effects and sources say."""
        match said:
            case c.RecordAnswer():
                self._answered(said)
            case c.RecordLookUp():
                self._looked_up(said)
            case c.RecordReports():
                self._reported(said)
            case c.RecordConnection():
                self._connection(said)
            case c.RecordMarket():
                self._market(said)
            case c.RecordSubmission() | c.RecordAwards():
                self._auction(said)

    def react(self, fact: Fact) -> None:
        """Decide what a fact, already taken, means."""
        if isinstance(fact, BookClosedFact):
            forward(self._desk)
        elif isinstance(fact, grid_answers.GridFact):
            grid_answers.react(self._desk, fact)
            run_auctions(self._desk, self._zone)
        elif isinstance(fact, (RightToOffer, Area)):
            self._take_back_unlawful(fact)

    def advance(self, at_ms: int, step: int) -> None:
        """Move to a time, and do what is due."""
        self.tick(at_ms, step)
        self._pass()
        denied = sorted(name for name, room in self.state.rooms.items() if room.denied_s)
        for room in [self.state.rooms[name] for name in denied]:
            if self.state.now_s >= room.denied_s + RETRY_S:
                self._ask_again(room)
        forward(self._desk)
        run_auctions(self._desk, self._zone)

    def _ask_again(self, room: Room) -> None:
        """Ask again for room of what has come already: of a recalled trade, or of a corrected award."""
        if room.intent_id in self.state.auctions.curves:
            ask_difference(self._desk, room.intent_id, room.reservation.mtu.start_s)
        else:
            ask_opposite(self._desk, room.intent_id, room.trade_id)

    def next_timer_ms(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        state = self.state
        files, leftovers = state.take_changed()
        for intent_id in files:
            self._follow_due.put(intent_id, next_follow_s(state, state.files[intent_id]))
        for order_id in leftovers:
            self._ready_due.put(order_id, next_ready_s(state.leftovers[order_id]))
        times = [self._follow_due.earliest_s(state.files), next_auction_s(self._desk, self._zone)]
        if state.forwards:
            times.append(self._ready_due.earliest_s(state.leftovers, state.now_s))
        later = [at_s for at_s in times if at_s is not None]
        return max(min(later), self.state.now_s + 1) * 1000 if later else None

    def take_events(self) -> list[e.Event]:
        """Return the events since the last time."""
        return self._desk.take_events()

    # --- state -------------------------------------------------------------------------------------------------------

    def tick(self, at_ms: int, step: int) -> None:
        """Time has advanced."""
        self.state.tick(at_ms, step)

    def take(self, fact: Fact) -> None:
        """Take a fact into the state; what the grid says is in it by the events that follow."""
        if isinstance(fact, LeftoverFact):
            self.state.take_leftover(fact.leftover)
        elif isinstance(fact, BookClosedFact):
            self.state.close_book(fact)
        elif not isinstance(fact, grid_answers.GridFact):
            self.state.registry.put(fact)

    # --- what effects and sources say --------------------------------------------------------------------------------

    def _answered(self, said: c.RecordAnswer) -> None:
        if not self._end_request(said.request_id):
            return
        file = self.state.files.get(said.intent_id)
        if file is None or said.is_stray:
            return
        answer = deciding.RequestAnswer(said.number, said.outcome, said.report, said.reasons)
        taken = deciding.operation_answered if said.is_operation else deciding.submission_answered
        self._desk.change(said.intent_id, taken(file.order, answer))
        if said.is_operation and said.outcome is deciding.Outcome.REFUSED:
            refuse_sleep(self._desk, said.intent_id)
        follow(self._desk, said.intent_id)

    def _looked_up(self, said: c.RecordLookUp) -> None:
        if not self._end_request(said.request_id) or said.intent_id not in self.state.files:
            return
        if not said.failed:
            order = self.state.files[said.intent_id].order
            self._desk.change(said.intent_id, deciding.looked_up(order, said.asked_s, said.reports))
        follow(self._desk, said.intent_id)

    def _end_request(self, request_id: str) -> bool:
        if request_id not in self.state.requests:
            return False
        self._desk.record(e.RequestEnded(request_id))
        return True

    def _reported(self, said: c.RecordReports) -> None:
        for report in said.reports:
            self._report(report)
        for refusal in said.refusals:
            intent_id = self.state.file_of_client(refusal.key) or self._by_external(refusal.key)
            if intent_id:
                self._desk.change(intent_id, deciding.refused_later(self._desk.file(intent_id).order, refusal.reasons))
                follow(self._desk, intent_id)

    def _report(self, report: Report) -> None:
        intent_id = self.state.file_of_client(report.client_order_id)
        if intent_id:
            self._desk.change(intent_id, take_report(self._desk.file(intent_id).order, report))
            follow(self._desk, intent_id)

    def _auction(self, said: c.RecordSubmission | c.RecordAwards) -> None:
        if not self._end_request(said.request_id):
            return
        if isinstance(said, c.RecordSubmission):
            refused = {refusal.key: "; ".join(refusal.reasons) for refusal in said.refused}
            submitted(self._desk, said.taken, refused, self._zone)
        else:
            for order, start_s in awarded(self._desk, said.day, said.revision, said.awards, final=said.final):
                self._make_way(order, start_s)

    def _make_way(self, order: ForwardableOrder, start_s: int) -> None:
        """Take back what is left of a unit's local orders where a correction awards more of it: it is sold now."""
        for order_id, leftover in sorted(self.state.leftovers.items()):
            own = leftover.order
            is_same = (own.unit_id, own.side) == (order.unit_id, order.side)
            if is_same and not leftover.withdrawn and own.mtu.start_s <= start_s < own.mtu.end_s:
                self._take_back(order_id, self.state.operator_id, "its unit was awarded more by a correction")

    def _take_back(self, order_id: str, party: str, reason: str) -> None:
        self._desk.record(e.LeftoverWithdrawn(order_id, party))
        for intent_id, file in sorted(self.state.files.items()):
            if any(member.order.order_id == order_id for member in file.members):
                grid_answers.withdraw(self._desk, intent_id, reason)

    def _take_back_unlawful(self, news: RightToOffer | Area) -> None:
        """Take back what is left, out, or offered for an auction where its party may not offer the unit any more."""

        def is_named(order: ForwardableOrder) -> bool:
            return order.unit_id == news.unit_id if isinstance(news, RightToOffer) else order.area_id == news.area_id

        for order_id, leftover in sorted(self.state.leftovers.items()):
            own = leftover.order
            if leftover.withdrawn or not is_named(own) or own.mtu.end_s <= self.state.now_s:
                continue
            if self.state.registry.has_lost(own.unit_id, own.participant_id, own.mtu.start_s, own.mtu.end_s):
                self._take_back(order_id, self.state.operator_id, "its party may not offer the unit any more")
        cancel_unlawful(self._desk, is_named, self.state.operator_id, self._zone)

    def _market(self, said: c.RecordMarket) -> None:
        if (said.takes_orders, said.name) != (self.state.market.takes_orders, self.state.market.name):
            self._desk.record(e.MarketChanged(said.takes_orders, said.name))
            self._pass()
            run_auctions(self._desk, self._zone)

    def _by_external(self, external_id: str) -> str:
        found = (key for key, file in self.state.files.items() if external_id in file.order.external_ids)
        return next(found, "")

    def _connection(self, said: c.RecordConnection) -> None:
        before = self.state.connection
        if not said.connected and (before.connected, before.reason) == (False, said.reason):
            return
        self._desk.record(e.ConnectionChanged(said.connected, said.reason, self.state.now_ms))
        files = self.state.files
        for intent_id in sorted(files, key=lambda name: (files[name].order.stage in x.FINAL, name)):  # ended ones last
            self._desk.change(intent_id, deciding.connection_lost(files[intent_id].order))
            follow(self._desk, intent_id)
        forward(self._desk)
        run_auctions(self._desk, self._zone)

    def _pass(self) -> None:
        """Do what is due of every order."""
        state = self.state
        for intent_id, file in sorted(state.files.items()):
            recalls = deciding.check_recalls(file.order, file.looked_s, state.now_s)
            if file.is_quiet(state.now_s) or (file.over and not (file.order.look_up or recalls)):
                continue
            steps = [*deciding.advance(file.order, state.now_s), *recalls]
            waits = file.order.stage is x.Stage.WANTED and state.step < file.deadline_step
            if not (waits and state.now_s < file.order.terms.gate_s):
                self._desk.change(intent_id, steps)
            follow(self._desk, intent_id)

    def _not_own(self, order_id: str, party: str) -> list[Rejection]:
        leftover = self.state.leftovers.get(order_id)
        if leftover is None:
            rule = "what is left of a forwardable order whose book has closed"
            return [Rejection(Code.UNKNOWN_OBJECT, rule, "order_ids", order_id[:64])]
        if leftover.order.participant_id != party and not self._runs_market(party):
            return [Rejection(Code.NOT_OWNER, "an order's party, or the market operator", "order_ids", order_id)]
        return []

    def _runs_market(self, party: str) -> bool:
        return party == self.state.operator_id or self.state.registry.is_market_operator(party)
