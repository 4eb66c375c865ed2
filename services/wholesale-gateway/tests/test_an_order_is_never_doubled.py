"""One order against a naive exchange: answers, reports and the gateway itself are lost, late and doubled at random."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from naive_exchange import NaiveExchange

from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain.external_orders.deciding import (
    QUIET_S,
    Outcome,
    RequestAnswer,
    headroom_answered,
    looked_up,
    operate,
    operation_answered,
    submission_answered,
    submit,
    want,
)
from flexbourse_wholesale_gateway.domain.external_orders.order import (
    FINAL,
    Event,
    ExternalOrder,
    ExternalTerms,
    Operation,
    OperationAsked,
    OperationKind,
    Stage,
    StrayFound,
    evolve,
)
from flexbourse_wholesale_gateway.domain.external_orders.reports import Status, take_report
from flexbourse_wholesale_gateway.domain.lots.pooling import Side

TERMS = ExternalTerms(delivery_start_s=10**9, delivery_end_s=10**9 + 900, gate_s=10**9, side=Side.BUY,
                      quantity_w=500_000, price_ticks=1)  # fmt: skip
FATES = st.sampled_from(["answered", "swallowed", "dropped", "late", "processed"])
STATUS = {OperationKind.CANCEL: Status.CANCELLED, OperationKind.ACTIVATE: Status.RESTING,
          OperationKind.DEACTIVATE: Status.INACTIVE}  # fmt: skip
SETTLING_ROUNDS = 4
EXAMPLES = 20_000 if os.environ.get("FLEXBOURSE_LONG") else 400


class OneOrder(RuleBasedStateMachine):
    """Our order, the exchange, and what is on its way between them."""

    @initialize(refuses_known_ids=st.booleans(), fate=st.sampled_from(["answered", "late", "processed"]))
    def begin(self, refuses_known_ids: bool, fate: str) -> None:
        self.exchange = NaiveExchange(refuses_known_ids)
        self.events: list[Event] = []
        self.order: ExternalOrder | None = None
        self.now_s = 0
        self.on_the_way: list[tuple[int, Callable[[], bool]]] = []
        self.apply(want("i", TERMS, 100))
        self.apply(headroom_answered(self.ours, None))
        self.send(fate)
        if fate == "answered":
            self.look_up()

    @property
    def ours(self) -> ExternalOrder:
        assert self.order is not None
        return self.order

    def apply(self, events: Sequence[Event] | Sequence[Rejection]) -> list[Event]:
        taken = [event for event in events if not isinstance(event, Rejection)]
        for event in taken:
            assert not isinstance(event, StrayFound), "an order was doubled"
            self.order = evolve(self.order, event)
        self.events += taken
        return taken

    def carry_out(self, fate: str, act: Callable[[], bool]) -> Outcome:
        """Do what a request asks, or not, and say what comes back of it."""
        if fate == "late":
            self.on_the_way.append((self.now_s, act))
        is_done = fate in ("answered", "swallowed") and act()
        if fate != "answered":
            return Outcome.NO_ANSWER
        return Outcome.DONE if is_done else Outcome.REFUSED

    @rule(fate=FATES)
    def send(self, fate: str) -> None:
        self.apply(submit(self.ours, self.now_s))
        if self.ours.stage is not Stage.SUBMITTING or self.ours.sent_s != self.now_s:
            return
        client, quantity = self.ours.client_order_id, TERMS.quantity_w
        if fate == "processed":
            self.exchange.take(client, quantity)
            outcome = Outcome.PROCESSING
        else:
            outcome = self.carry_out(fate, lambda: self.exchange.create(client, quantity) is not None)
        if outcome is Outcome.REFUSED:
            outcome = Outcome.KNOWN
        self.apply(submission_answered(self.ours, RequestAnswer(self.ours.attempts, outcome)))

    @rule(quantity=st.sampled_from([None, 100_000, 700_000]), fate=FATES)
    def modify(self, quantity: int | None, fate: str) -> None:
        self.ask(OperationKind.MODIFY, quantity, fate)

    @rule(kind=st.sampled_from([OperationKind.CANCEL, OperationKind.ACTIVATE, OperationKind.DEACTIVATE]), fate=FATES)
    def change(self, kind: OperationKind, fate: str) -> None:
        self.ask(kind, None, fate)

    def ask(self, kind: OperationKind, quantity: int | None, fate: str) -> None:
        external_id = self.ours.external_id
        asked = self.apply(operate(self.ours, kind, self.now_s, held_w=10**9, quantity_w=quantity))
        for operation in [event.operation for event in asked if isinstance(event, OperationAsked)]:
            outcome = self.carry_out(fate, partial(self.execute, external_id, operation))
            self.apply(operation_answered(self.ours, RequestAnswer(operation.number, outcome)))

    def execute(self, external_id: str, operation: Operation) -> bool:
        if operation.kind is OperationKind.MODIFY:
            return self.exchange.modify(external_id, operation.quantity_w)
        return self.exchange.move(external_id, STATUS[operation.kind])

    @rule(quantity=st.sampled_from([100_000, 300_000, 900_000]))
    def fill(self, quantity: int) -> None:
        for order in self.exchange.open():
            if order.status is Status.RESTING:
                self.exchange.fill(order.external_id, quantity)

    @rule(status=st.sampled_from([Status.INACTIVE, Status.EXPIRED]))
    def exchange_moves(self, status: Status) -> None:
        for order in self.exchange.open():
            self.exchange.move(order.external_id, status)

    @rule(number=st.integers(0, 20))
    def recall(self, number: int) -> None:
        trades = sorted(t.trade_id for o in self.exchange.orders.values() for t in o.trades if not t.recalled)
        if trades:
            self.exchange.recall(trades[number % len(trades)])

    @rule(accepts=st.booleans())
    def decide(self, accepts: bool) -> None:
        self.exchange.decide(accepts=accepts)

    @precondition(lambda self: self.exchange.told)
    @rule(number=st.integers(0, 100))
    def deliver_any_report(self, number: int) -> None:
        self.apply(take_report(self.ours, self.exchange.told[number % len(self.exchange.told)]))

    @rule()
    def look_up(self) -> None:
        self.apply(looked_up(self.ours, self.now_s, list(self.exchange.orders.values())))

    @rule()
    def late_requests_arrive(self) -> None:
        for _, act in self.on_the_way:
            act()
        self.on_the_way = []

    @rule(milliseconds=st.sampled_from([0, 1, 1_000]))
    def exchange_clock(self, milliseconds: int) -> None:
        self.exchange.now_ms += milliseconds

    @rule(seconds=st.sampled_from([1, QUIET_S - 1, QUIET_S]))
    def time_passes(self, seconds: int) -> None:
        self.now_s += seconds
        self.on_the_way = [(at_s, act) for at_s, act in self.on_the_way if at_s + QUIET_S > self.now_s]

    @rule()
    def restart(self) -> None:
        folded: ExternalOrder | None = None
        for event in self.events:
            folded = evolve(folded, event)
        assert folded == self.order

    @invariant()
    def never_doubled(self) -> None:
        assert len(self.exchange.open()) <= 1

    @invariant()
    def room_covers_whatever_may_be_filled(self) -> None:
        ours = self.ours
        true_w = self.exchange.filled_w(ours.client_order_id) + sum(o.remaining_w for o in self.exchange.open())
        assert true_w <= ours.filled_w + ours.most_open_w

    def teardown(self) -> None:
        """Let everything become quiet: both sides then say the same."""
        if not hasattr(self, "exchange"):
            return
        self.late_requests_arrive()
        self.exchange.now_ms += 1
        self.exchange.decide(accepts=True)
        for _ in range(SETTLING_ROUNDS):
            self.now_s += QUIET_S
            self.look_up()
        ours, there = self.ours, self.exchange.open()
        assert ours.filled_w == self.exchange.filled_w(ours.client_order_id)
        assert not ours.look_up
        if there:
            assert (ours.external_id, ours.open_w) == (there[0].external_id, there[0].remaining_w)
            assert (ours.stage is Stage.INACTIVE) == (there[0].status is Status.INACTIVE)
        else:
            assert ours.stage in FINAL | {Stage.RESERVED}


OneOrder.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None)
TestOneOrder = OneOrder.TestCase
