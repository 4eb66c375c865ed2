"""Scenarios of one order on an exchange, each as a table of inputs and the stage after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from flexbourse_core.errors import InvariantError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain.external_orders.deciding import (
    END_GRACE_S,
    MAX_ATTEMPTS,
    QUIET_S,
    Outcome,
    RequestAnswer,
    advance,
    connection_lost,
    headroom_answered,
    looked_up,
    next_timer_s,
    operate,
    operation_answered,
    refused_later,
    submission_answered,
    submit,
    want,
)
from flexbourse_wholesale_gateway.domain.external_orders.order import (
    Event,
    ExternalOrder,
    ExternalTerms,
    Moved,
    OperationKind,
    Stage,
    Step,
    StrayFound,
    TradeCounted,
    TradeRecalled,
    client_order_id,
    evolve,
)
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, ReportedTrade, Status, take_report
from flexbourse_wholesale_gateway.domain.lots.pooling import Side

NOW, GATE = 1_000, 10_000
TERMS = ExternalTerms(delivery_start_s=12_000, delivery_end_s=12_900, gate_s=GATE, side=Side.SELL,
                      quantity_w=500_000, price_ticks=4_000)  # fmt: skip
CLIENT = client_order_id("i1")
NO_ROOM = Rejection(Code.GRID_LIMIT_EXCEEDED, "no room")
Input = Callable[[ExternalOrder], Sequence[Event] | Sequence[Rejection]]


def report(status: Status, at_ms: int, remaining_w: int = 500_000, external_id: str = "x1", previous: str | None = None,
           trades: Sequence[ReportedTrade] = (), *, pending: bool = False) -> Report:  # fmt: skip
    """Return a report of the order."""
    return Report(
        external_id=external_id, client_order_id=CLIENT, status=status, updated_ms=at_ms, pending=pending,
        remaining_w=remaining_w, previous_id=previous, original_id=previous and "x1", trades=tuple(trades),
    )  # fmt: skip


T1, T2 = ReportedTrade("t1", 200_000, 4_100), ReportedTrade("t2", 300_000, 4_000)
ACTIVE, SLEEPS = report(Status.RESTING, 1), report(Status.INACTIVE, 2)
PART = report(Status.RESTING, 3, 300_000, trades=[T1])
FULL = report(Status.MATCHED, 4, 0, trades=[T1, T2])
RECALLED = report(Status.CANCELLED, 5, 0, trades=[T1, replace(T2, recalled=True)])
GONE = report(Status.CANCELLED, 5)


def told(one: Report) -> Input:
    """A report arrives."""
    return lambda order: take_report(order, one)


def sent(outcome: Outcome, number: int = 1, one: Report | None = None) -> Input:
    """A submission is answered."""
    return lambda order: submission_answered(order, RequestAnswer(number, outcome, one, ("said",)))


def done(outcome: Outcome, number: int = 1) -> Input:
    """An operation is answered."""
    return lambda order: operation_answered(order, RequestAnswer(number, outcome, reasons=("said",)))


def asked(kind: OperationKind, quantity_w: int | None = None) -> Input:
    """An operation is asked for, with ample room."""
    return lambda order: operate(order, kind, NOW, held_w=2_000_000, quantity_w=quantity_w)


def listed(*reports: Report, at_s: int = NOW + QUIET_S) -> Input:
    """The exchange is looked up."""
    return lambda order: looked_up(order, at_s, reports)


def room(rejection: Rejection | None = None) -> Input:
    """The grid answers."""
    return lambda order: headroom_answered(order, rejection)


def go(at_s: int = NOW) -> Input:
    """The order is sent."""
    return lambda order: submit(order, at_s)


OUT: list[tuple[Input, str]] = [(room(), "RESERVED"), (go(), "SUBMITTING")]
RESTS: list[tuple[Input, str]] = [*OUT, (sent(Outcome.DONE, one=ACTIVE), "ACTIVE")]
MODIFYING = (asked(OperationKind.MODIFY), "ACTIVE")
SUCCESSOR = report(Status.RESTING, 5, external_id="x2", previous="x1")
SCENARIOS: dict[str, list[tuple[Input, str]]] = {
    "matched in two": [*RESTS, (told(PART), "PARTLY_MATCHED"), (told(FULL), "MATCHED")],
    "no room": [(room(NO_ROOM), "REFUSED"), (room(), "REFUSED"), (go(), "REFUSED")],
    "the grid is silent": [(lambda o: advance(o, NOW), "WANTED"), (lambda o: advance(o, 5_000), "REFUSED")],
    "too late": [(room(), "RESERVED"), (go(GATE), "EXPIRED")],
    "too late without a try": [(room(), "RESERVED"), (lambda o: advance(o, GATE), "EXPIRED")],
    "refused": [*OUT, (sent(Outcome.REFUSED), "REFUSED"), (sent(Outcome.DONE), "REFUSED")],
    "not sent, again": [
        *OUT,
        (sent(Outcome.NOT_SENT), "RESERVED"),
        (go(), "SUBMITTING"),
        (sent(Outcome.REFUSED), "SUBMITTING"),
        (sent(Outcome.DONE, 2, ACTIVE), "ACTIVE"),
    ],
    "swallowed, looked up": [*OUT, (sent(Outcome.NO_ANSWER), "UNANSWERED"), (listed(ACTIVE), "ACTIVE")],
    "lost, looked up, again": [
        *OUT,
        (sent(Outcome.NO_ANSWER), "UNANSWERED"),
        (listed(at_s=NOW + 1), "UNANSWERED"),
        (listed(), "RESERVED"),
        (go(), "SUBMITTING"),
        (sent(Outcome.DONE, 2, ACTIVE), "ACTIVE"),
    ],
    "given up for lost and there": [
        *OUT,
        (sent(Outcome.NO_ANSWER), "UNANSWERED"),
        (listed(), "RESERVED"),
        (told(ACTIVE), "ACTIVE"),
        (go(), "ACTIVE"),
    ],
    "known already": [*OUT, (sent(Outcome.KNOWN), "UNANSWERED"), (listed(PART), "PARTLY_MATCHED")],
    "gateway fell while it sent": [*OUT, (listed(at_s=NOW), "UNANSWERED"), (listed(FULL), "MATCHED")],
    "report before answer": [
        *OUT,
        (told(FULL), "MATCHED"),
        (sent(Outcome.NO_ANSWER), "MATCHED"),
        (sent(Outcome.DONE, one=ACTIVE), "MATCHED"),
    ],
    "still processed, then active": [
        *OUT,
        (sent(Outcome.PROCESSING), "PROCESSING"),
        (told(report(Status.INACTIVE, 0, pending=True)), "PROCESSING"),
        (told(ACTIVE), "ACTIVE"),
    ],
    "still processed, then refused": [
        *OUT,
        (told(report(Status.INACTIVE, 0, pending=True)), "PROCESSING"),
        (lambda o: refused_later(o, ("no",)), "REFUSED"),
    ],
    "hibernated and back": [
        *RESTS,
        (connection_lost, "ACTIVE"),
        (listed(SLEEPS), "INACTIVE"),
        (asked(OperationKind.ACTIVATE), "INACTIVE"),
        (done(Outcome.DONE), "INACTIVE"),
        (told(PART), "PARTLY_MATCHED"),
    ],
    "cancelled": [
        *RESTS,
        (asked(OperationKind.CANCEL), "ACTIVE"),
        (done(Outcome.DONE), "ACTIVE"),
        (told(GONE), "CANCELLED"),
    ],
    "filled before the cancel": [
        *RESTS,
        (asked(OperationKind.CANCEL), "ACTIVE"),
        (done(Outcome.REFUSED), "ACTIVE"),
        (listed(FULL), "MATCHED"),
    ],
    "cancelled at home": [(room(), "RESERVED"), (asked(OperationKind.CANCEL), "CANCELLED"), (go(), "CANCELLED")],
    "modified": [*RESTS, MODIFYING, (told(GONE), "ACTIVE"), (told(SUCCESSOR), "ACTIVE"), (told(GONE), "ACTIVE")],
    "modified, the new id first": [*RESTS, MODIFYING, (told(SUCCESSOR), "ACTIVE"), (told(GONE), "ACTIVE")],
    "modification refused, order gone": [
        *RESTS,
        MODIFYING,
        (told(GONE), "ACTIVE"),
        (done(Outcome.REFUSED), "CANCELLED"),
    ],
    "modification unanswered, order gone": [
        *RESTS,
        MODIFYING,
        (listed(GONE, at_s=NOW), "ACTIVE"),
        (listed(GONE), "CANCELLED"),
    ],
    "modification swallowed": [
        *RESTS,
        MODIFYING,
        (done(Outcome.NO_ANSWER), "ACTIVE"),
        (listed(GONE, SUCCESSOR), "ACTIVE"),
    ],
    "recalled": [*RESTS, (told(FULL), "MATCHED"), (told(RECALLED), "CANCELLED"), (told(FULL), "CANCELLED")],
    "expired": [*RESTS, (told(report(Status.EXPIRED, 9)), "EXPIRED"), (told(PART), "EXPIRED")],
    "older news": [*RESTS, (told(PART), "PARTLY_MATCHED"), (told(SLEEPS), "PARTLY_MATCHED")],
}


def run(steps: Sequence[tuple[Input, str]]) -> tuple[ExternalOrder, list[Event]]:
    """Take inputs in, each one twice, and compare the stage after each."""
    events = list(want("i1", TERMS, 5_000))
    order = evolve(None, events[0])
    for number, (act, stage) in enumerate(steps):
        for _ in range(2 if act is not go else 1):
            for event in act(order):
                if not isinstance(event, Rejection):
                    order = evolve(order, event)
                    events.append(event)
            assert order.stage is Stage(stage), f"step {number}"
    folded = evolve(None, events[0])
    for event in events[1:]:
        folded = evolve(folded, event)
    assert folded == order
    return order, events


@pytest.mark.parametrize("name", SCENARIOS)
def test_stages_of_a_scenario_with_every_input_twice(name: str) -> None:
    _, events = run(SCENARIOS[name])
    counted = [event.trade_id for event in events if isinstance(event, TradeCounted)]
    recalled = [event.trade_id for event in events if isinstance(event, TradeRecalled)]
    assert len(set(counted)) == len(counted)
    assert len(set(recalled)) == len(recalled)


def test_trades_count_once_and_a_recall_is_an_amendment() -> None:
    order, events = run(SCENARIOS["recalled"])
    assert order.filled_w == 200_000
    assert [e.trade_id for e in events if isinstance(e, TradeRecalled)] == ["t2"]
    assert order.trades["t2"].quantity_w == 300_000


def test_a_modification_keeps_the_history_and_the_trades_of_both_ids() -> None:
    new = report(Status.MATCHED, 6, 0, "x2", "x1", [T2])
    order, _ = run([*RESTS, MODIFYING, (told(SUCCESSOR), "ACTIVE"), (told(PART), "ACTIVE"), (told(new), "MATCHED")])
    assert order.external_ids == ("x1", "x2")
    assert order.filled_w == 500_000
    assert order.operation is None


def test_a_successor_of_a_successor_may_come_first() -> None:
    third = report(Status.RESTING, 7, external_id="x3", previous="x2")
    order, _ = run([*RESTS, MODIFYING, (told(third), "ACTIVE"), (told(SUCCESSOR), "ACTIVE")])
    assert order.external_ids == ("x1", "x2", "x3")


def test_an_open_order_out_of_line_is_a_stray_and_its_trades_count() -> None:
    order, events = run([*RESTS, (told(report(Status.RESTING, 3, 300_000, "y", trades=[T1])), "ACTIVE")])
    assert [event for event in events if isinstance(event, StrayFound)] == [StrayFound("y")]
    assert (order.external_id, order.filled_w) == ("x1", 200_000)


def test_a_report_of_another_client_order_id_is_nobodys() -> None:
    order, _ = run(RESTS)
    assert take_report(order, replace(FULL, client_order_id="other")) == []


def test_two_reports_of_one_instant_that_disagree_are_looked_up() -> None:
    order, _ = run([*RESTS, (told(report(Status.INACTIVE, 1)), "INACTIVE")])
    assert order.look_up
    order, _ = run([*RESTS, (told(report(Status.INACTIVE, 1)), "INACTIVE"), (listed(ACTIVE), "ACTIVE")])
    assert not order.look_up


def test_attempts_are_bounded() -> None:
    steps: list[tuple[Input, str]] = [(room(), "RESERVED")]
    for number in range(1, MAX_ATTEMPTS + 1):
        steps += [(go(), "SUBMITTING"), (sent(Outcome.NOT_SENT, number), "RESERVED")]
    order, _ = run([*steps, (go(), "REFUSED")])
    assert order.attempts == MAX_ATTEMPTS


def test_a_new_quantity_fits_beside_what_may_be_filled_meanwhile() -> None:
    order, _ = run(RESTS)
    refused = operate(order, OperationKind.MODIFY, NOW, held_w=999_999, quantity_w=500_000)
    assert [(r.code, r.headroom_w) for r in refused if isinstance(r, Rejection)] == [
        (Code.GRID_LIMIT_EXCEEDED, 499_999)
    ]
    assert not any(isinstance(r, Rejection) for r in operate(order, OperationKind.MODIFY, NOW, price_ticks=1))
    asleep, _ = run([*RESTS, (told(SLEEPS), "INACTIVE")])
    assert not any(
        isinstance(r, Rejection) for r in operate(asleep, OperationKind.MODIFY, NOW, held_w=500_000, quantity_w=500_000)
    )


def test_everything_against_an_operation_is_told_at_once() -> None:
    order, _ = run([*OUT])
    refused = operate(order, OperationKind.MODIFY, NOW, quantity_w=5)
    assert [r.field for r in refused if isinstance(r, Rejection)] == ["stage", "quantity_w"]
    order, _ = run([*RESTS, MODIFYING])
    refused = operate(order, OperationKind.ACTIVATE, NOW)
    assert [r.field for r in refused if isinstance(r, Rejection)] == ["operation", "stage"]


def test_what_may_still_be_filled_covers_every_outcome() -> None:
    assert run([(room(), "RESERVED")])[0].most_open_w == 0
    assert run(OUT)[0].most_open_w == 500_000
    assert run([*RESTS, (told(PART), "PARTLY_MATCHED")])[0].most_open_w == 300_000
    assert run([*RESTS, (asked(OperationKind.MODIFY, 700_000), "ACTIVE")])[0].most_open_w == 1_200_000
    assert run(SCENARIOS["cancelled"])[0].most_open_w == 0


def test_timers_name_the_next_deadline() -> None:
    order, _ = run([])
    assert next_timer_s(order) == 5_000
    assert next_timer_s(run([(room(), "RESERVED")])[0]) == GATE
    resting, _ = run(RESTS)
    assert next_timer_s(resting) == GATE + END_GRACE_S
    assert advance(resting, GATE + END_GRACE_S - 1) == []
    assert evolve(resting, advance(resting, GATE + END_GRACE_S)[0]).look_up
    assert next_timer_s(run(SCENARIOS["cancelled"])[0]) is None


def test_a_step_that_the_table_lacks_is_a_bug() -> None:
    order, _ = run([])
    with pytest.raises(InvariantError):
        evolve(order, Moved(Step.FILL_REST))
    with pytest.raises(InvariantError):
        evolve(None, Moved(Step.RESERVE))


def test_a_client_order_id_is_the_intents_for_ever() -> None:
    assert client_order_id("i1") == client_order_id("i1") != client_order_id("i2")
    assert len(client_order_id("i" * 500)) == 35


def test_unseen_fills_of_an_id_that_was_modified_keep_their_room_until_its_end_is_seen() -> None:
    rest = report(Status.RESTING, 5, 400_000, "x2", "x1")
    unseen, _ = run([*RESTS, MODIFYING, (told(rest), "ACTIVE")])
    assert (unseen.most_open_w, unseen.look_up) == (900_000, True)
    ended = report(Status.CANCELLED, 5, 400_000, trades=[ReportedTrade("t1", 100_000, 4_000)])
    seen = unseen
    for event in take_report(unseen, ended):
        seen = evolve(seen, event)
    assert (seen.filled_w, seen.most_open_w) == (100_000, 400_000)
