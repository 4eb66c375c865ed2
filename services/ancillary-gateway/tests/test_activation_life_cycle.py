"""An order from its arrival to the end of delivery: deadlines, verdicts, repeats, changes, silence."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise

import pytest
from gateway_builders import MW, START_S, bid, later, order, ordered
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_ancillary_gateway.domain.activations.events import (
    ActivationCalled,
    AnswerDecided,
    AnswerMissed,
    AnswerRepeated,
    DeliveryEnded,
    DeliveryStarted,
    DropReason,
    HeartbeatTaken,
    OrderDropped,
    OrderTaken,
    PlatformSilent,
)
from flexbourse_ancillary_gateway.domain.activations.life import RETAINED_S, Activations, Stage
from flexbourse_ancillary_gateway.domain.activations.orders import BidVerdict, Cause, OrderKind, Refusal
from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Direction, Product
from flexbourse_ancillary_gateway.domain.platform_rules import QH_45

OFFERED = {"b1": bid(), "b2": bid("b2")}
AT_S = START_S - 440
RULES = replace(QH_45, silent_after_s=600)


def yes(*bid_ids: str) -> list[BidVerdict]:
    return [BidVerdict(bid_id, 9 * MW) for bid_id in bid_ids or ("b1",)]


def fresh() -> Activations:
    return Activations(RULES)


def taken(*bids, offered=OFFERED, **changes) -> Activations:
    state = fresh()
    state.take_order(order(*bids, **changes), offered, AT_S)
    return state


def kinds(events) -> list[str]:
    return [type(event).__name__ for event in events]


def test_an_order_is_checked_answered_called_and_delivered() -> None:
    state = fresh()
    (first,) = state.take_order(order(), OFFERED, AT_S)
    assert first == OrderTaken(order(), AT_S, order().created_s + 120)
    assert state.next_timer_s() == order().created_s + 90
    answered, called = state.take_verdict("o1", 1, yes(), OFFERED)
    assert isinstance(answered, AnswerDecided)
    assert [answer.is_activated for answer in answered.answers] == [True]
    assert called == ActivationCalled("o1", 1, (ordered(),))
    assert kinds(state.take_acknowledgement("o1", 1, AT_S + 20)) == ["AnswerAcknowledged"]
    assert state.next_timer_s() == START_S
    assert state.advance(START_S - 1, OFFERED) == []
    assert state.advance(START_S, OFFERED) == [DeliveryStarted("o1", START_S)]
    assert state.advance(START_S + 899, OFFERED) == [PlatformSilent(AT_S + 20)]
    assert state.advance(START_S + 900, OFFERED) == [DeliveryEnded("o1", START_S + 900)]
    assert state.by_order["o1"].stage is Stage.DELIVERED
    state.advance(START_S + 900 + RETAINED_S, OFFERED)
    assert state.by_order == {}


def test_a_grid_that_says_no_is_a_refusal_with_a_limit() -> None:
    state = taken()
    verdict = BidVerdict("b1", 3_700_000, Cause.VOLTAGE, "node 7", "dso")
    (answered,) = state.take_verdict("o1", 1, [verdict], OFFERED)
    assert isinstance(answered, AnswerDecided)
    assert answered.answers[0].refusal is Refusal.GRID
    (limit,) = answered.limits
    assert (limit.allowed_w, limit.cause, limit.element_id, limit.tightened_by) == (
        3 * MW, Cause.VOLTAGE, "node 7", "dso",
    )  # fmt: skip
    assert state.by_order["o1"].stage is Stage.REFUSED
    assert state.advance(START_S, OFFERED) == [AnswerMissed("o1", 1, START_S)]


def test_a_grid_that_says_nothing_in_time_is_a_refusal() -> None:
    state = taken()
    due = order().created_s + 90
    assert state.advance(due - 1, OFFERED) == []
    (answered,) = state.advance(due, OFFERED)
    assert isinstance(answered, AnswerDecided)
    assert answered.answers[0].refusal is Refusal.NO_VERDICT
    assert state.take_verdict("o1", 1, yes(), OFFERED) == []


def test_an_answer_that_is_not_acknowledged_is_missed_once_and_the_activation_goes_on() -> None:
    state = taken()
    state.take_verdict("o1", 1, yes(), OFFERED)
    due = order().created_s + 120
    assert state.advance(due - 1, OFFERED) == []
    assert state.advance(due, OFFERED) == [AnswerMissed("o1", 1, due)]
    assert state.advance(due + 1, OFFERED) == []
    assert state.by_order["o1"].stage is Stage.ACCEPTED


@pytest.mark.parametrize(
    ("called", "changes", "refusal"),
    [
        (ordered("nobody"), {}, Refusal.UNKNOWN_BID),
        (ordered(quantity_w=6 * MW), {}, Refusal.NOT_OFFERED),
        (ordered(quantity_w=0), {}, Refusal.NOT_OFFERED),
        (replace(ordered(), direction=Direction.DOWN), {}, Refusal.NOT_OFFERED),
        (ordered(start_s=START_S - 60), {}, Refusal.NOT_OFFERED),
        (ordered(end_s=START_S + 960), {}, Refusal.NOT_OFFERED),
        (ordered(), {"kind": OrderKind.DIRECT}, Refusal.NOT_OFFERED),
    ],
)
def test_what_was_not_offered_is_refused_without_the_grid(called, changes, refusal: Refusal) -> None:
    state = fresh()
    events = state.take_order(order(called, **changes), OFFERED, AT_S)
    assert kinds(events) == ["OrderTaken", "AnswerDecided"]
    assert events[1].answers[0].refusal is refusal


def test_an_indivisible_bid_is_ordered_whole_and_a_partly_divisible_one_above_its_minimum() -> None:
    for minimum_w, allowed in ((None, {5}), (3 * MW, {3, 4, 5}), (0, {1, 2, 3, 4, 5})):
        offered = {"b1": bid(minimum_w=minimum_w)}
        for megawatts in range(1, 6):
            state = fresh()
            events = state.take_order(order(ordered(quantity_w=megawatts * MW)), offered, AT_S)
            assert (kinds(events) == ["OrderTaken"]) is (megawatts in allowed)


def test_a_direct_activation_runs_to_the_end_of_the_next_period() -> None:
    direct = {"b1": bid(product=Product.BOTH)}
    assert direct["b1"].claimed_mtus == (bid().mtu, later(1))
    assert bid().claimed_mtus == (bid().mtu,)
    for end_s, fine in ((START_S + 1800, True), (START_S + 1860, False)):
        call = order(ordered(start_s=START_S + 540, end_s=end_s), kind=OrderKind.DIRECT)
        events = fresh().take_order(call, direct, AT_S)
        assert (kinds(events) == ["OrderTaken"]) is fine


def test_an_inclusive_group_is_activated_as_a_whole() -> None:
    offered: dict[str, Bid] = {
        "b1": bid(inclusive_group="g"), "b2": bid("b2", inclusive_group="g"), "b3": bid("b3"),
    }  # fmt: skip
    state = fresh()
    state.take_order(order(ordered("b1"), ordered("b2"), ordered("b3")), offered, AT_S)
    verdicts = [BidVerdict("b1", 5 * MW), BidVerdict("b2", 1 * MW, Cause.CURRENT), BidVerdict("b3", 5 * MW)]
    answered, called = state.take_verdict("o1", 1, verdicts, offered)
    assert [answer.refusal for answer in answered.answers] == [Refusal.GROUP, Refusal.GRID, None]
    assert [each.bid_id for each in called.bids] == ["b3"]


def test_the_same_kilowatt_is_never_activated_by_two_orders() -> None:
    state = taken()
    state.take_verdict("o1", 1, yes(), OFFERED)
    events = state.take_order(order(order_id="o2", document_id="d2"), OFFERED, AT_S)
    assert events[1].answers[0].refusal is Refusal.ALREADY_ACTIVATED


def test_a_bid_may_be_activated_again_once_its_first_activation_has_ended() -> None:
    state = taken(ordered(end_s=START_S + 300))
    state.take_verdict("o1", 1, yes(), OFFERED)
    for start_s, fine in ((START_S + 240, False), (START_S + 300, True)):
        again = order(ordered(start_s=start_s), order_id=f"o{start_s}", document_id="d2")
        assert (kinds(state.take_order(again, OFFERED, AT_S)) == ["OrderTaken"]) is fine
    before = order(ordered(end_s=START_S + 60), order_id="o9")
    later_one = taken(ordered(start_s=START_S + 60))
    later_one.take_verdict("o1", 1, yes(), OFFERED)
    assert kinds(later_one.take_order(before, OFFERED, AT_S)) == ["OrderTaken"]


def test_delivery_starts_with_the_first_bid_and_ends_with_the_last() -> None:
    state = taken(ordered("b1", start_s=START_S + 120, end_s=START_S + 300), ordered("b2"))
    state.take_verdict("o1", 1, yes("b1", "b2"), OFFERED)
    state.take_acknowledgement("o1", 1, AT_S + 5)
    assert state.next_timer_s() == START_S
    assert kinds(state.advance(START_S, OFFERED)) == ["DeliveryStarted"]
    state.take_heartbeat("h1", START_S + 299)
    assert kinds(state.advance(START_S + 300, OFFERED)) == []
    assert kinds(state.advance(START_S + 899, OFFERED)) == []
    assert kinds(state.advance(START_S + 900, OFFERED)) == ["DeliveryEnded", "PlatformSilent"]


def test_two_orders_checked_at_once_are_not_both_activated() -> None:
    state = taken()
    state.take_order(order(order_id="o2", document_id="d2"), OFFERED, AT_S)
    state.take_verdict("o1", 1, yes(), OFFERED)
    (second,) = state.take_verdict("o2", 1, yes(), OFFERED)
    assert second.answers[0].refusal is Refusal.ALREADY_ACTIVATED


def test_an_order_that_comes_again_is_answered_again() -> None:
    state = taken()
    (early,) = state.take_order(order(document_id="d2"), OFFERED, AT_S + 1)
    assert early == OrderDropped("d2", "o1", 1, DropReason.IN_WORK, AT_S + 1)
    state.take_verdict("o1", 1, yes(), OFFERED)
    assert state.take_order(order(document_id="d2"), OFFERED, AT_S + 1) == [AnswerRepeated("o1", 1, AT_S + 1)]
    (other,) = state.take_order(order(ordered(quantity_w=MW)), OFFERED, AT_S + 2)
    assert other.reason is DropReason.CONFLICT


def test_a_stale_order_is_dropped() -> None:
    created = order().created_s
    (at_limit,) = fresh().take_order(order(), OFFERED, created + 900)
    assert isinstance(at_limit, OrderTaken)
    (stale,) = fresh().take_order(order(), OFFERED, created + 901)
    assert isinstance(stale, OrderDropped)
    assert stale.reason is DropReason.STALE


def test_a_deactivation_is_the_same_order_with_an_earlier_end() -> None:
    state = taken()
    state.take_verdict("o1", 1, yes(), OFFERED)
    state.advance(START_S, OFFERED)
    shorter = order(ordered(end_s=START_S + 300), revision=2, document_id="d2", created_s=START_S + 60)
    events = state.take_order(shorter, OFFERED, START_S + 70)
    assert kinds(events) == ["OrderTaken", "AnswerDecided", "ActivationCalled"]
    assert events[0].ask_grid is False
    assert events[2].bids[0].end_s == START_S + 300
    assert kinds(state.advance(START_S + 300, OFFERED)) == ["AnswerMissed", "DeliveryEnded"]
    (late,) = state.take_order(order(revision=1), OFFERED, START_S + 310)
    assert late.reason is DropReason.OLDER_REVISION


@pytest.mark.parametrize(
    "changed",
    [
        ordered(end_s=START_S),
        ordered(quantity_w=4 * MW),
        ordered(end_s=START_S + 1800),
        ordered(start_s=START_S + 60),
        ordered("b2"),
    ],
)
def test_no_other_change_of_an_order_is_taken(changed) -> None:
    state = taken()
    state.take_verdict("o1", 1, yes(), OFFERED)
    before = copy.deepcopy(state.by_order)
    (dropped,) = state.take_order(order(changed, revision=2), OFFERED, AT_S + 30)
    assert dropped.reason is DropReason.CONFLICT
    assert state.by_order == before


def test_an_order_shortened_while_the_grid_is_asked_waits_for_its_own_verdict() -> None:
    state = taken()
    state.take_order(order(ordered(end_s=START_S + 300), revision=2), OFFERED, AT_S + 5)
    assert state.take_verdict("o1", 1, yes(), OFFERED) == []
    _, called = state.take_verdict("o1", 2, yes(), OFFERED)
    assert called.bids[0].end_s == START_S + 300


def test_a_delivery_that_fails_frees_the_bid() -> None:
    state = taken()
    state.take_verdict("o1", 1, yes(), OFFERED)
    assert kinds(state.take_failure("o1", "b1", "unit offline")) == ["ActivationFailed"]
    assert state.take_failure("nobody", "b1", "x") == []
    assert kinds(state.take_order(order(order_id="o2"), OFFERED, AT_S)) == ["OrderTaken"]
    assert state.advance(START_S + 900, OFFERED)[-1:] != [DeliveryEnded("o1", START_S + 900)]


def test_an_order_goes_on_with_the_bids_that_have_not_failed() -> None:
    both = (ordered(), ordered("b2"))
    state = taken(*both)
    state.take_verdict("o1", 1, yes("b1", "b2"), OFFERED)
    state.advance(START_S, OFFERED)
    state.take_failure("o1", "b1", "unit offline")
    assert state.by_order["o1"].stage is Stage.DELIVERING
    earlier = tuple(replace(each, end_s=START_S + 600) for each in both)
    _, answered, called = state.take_order(order(*earlier, revision=2, created_s=START_S + 60), OFFERED, START_S + 60)
    assert [answer.refusal for answer in answered.answers] == [Refusal.NOT_OFFERED, None]
    assert called == ActivationCalled("o1", 2, earlier[1:])
    assert DeliveryEnded("o1", START_S + 600) in state.advance(START_S + 600, OFFERED)
    assert state.by_order["o1"].stage is Stage.DELIVERED


def test_an_order_whose_last_bid_fails_has_failed() -> None:
    state = taken(ordered(), ordered("b2"))
    state.take_verdict("o1", 1, yes("b1", "b2"), OFFERED)
    state.take_failure("o1", "b1", "unit offline")
    state.take_failure("o1", "b2", "unit offline")
    assert state.by_order["o1"].stage is Stage.FAILED
    assert DeliveryStarted("o1", START_S) not in state.advance(START_S, OFFERED)


def test_an_order_that_has_failed_and_is_to_end_earlier_is_refused_and_has_failed() -> None:
    state = taken(ordered())
    state.take_verdict("o1", 1, yes("b1"), OFFERED)
    state.advance(START_S, OFFERED)
    state.take_failure("o1", "b1", "unit offline")
    earlier = order(replace(ordered(), end_s=START_S + 600), revision=2, created_s=START_S + 60)
    _, answered = state.take_order(earlier, OFFERED, START_S + 60)
    assert [answer.refusal for answer in answered.answers] == [Refusal.NOT_OFFERED]
    known = state.by_order["o1"]
    assert (known.stage, known.active, known.order.revision) == (Stage.FAILED, (), 2)
    assert state.advance(known.answer_by_s, OFFERED) == [AnswerMissed("o1", 2, known.answer_by_s)]


def test_a_silent_platform_is_noticed_once_and_welcomed_back() -> None:
    state = fresh()
    assert state.advance(AT_S, OFFERED) == []
    assert state.take_heartbeat("h1", AT_S) == [HeartbeatTaken("h1", AT_S)]
    assert state.next_timer_s() == AT_S + 601
    assert state.advance(AT_S + 600, OFFERED) == []
    assert state.advance(AT_S + 601, OFFERED) == [PlatformSilent(AT_S)]
    assert state.advance(AT_S + 700, OFFERED) == []
    assert kinds(state.take_heartbeat("h2", AT_S + 900)) == ["PlatformBack", "HeartbeatTaken"]
    assert not state.silent


STEP = st.one_of(
    st.tuples(st.just("order"), st.sampled_from(["o1", "o2"]), st.integers(1, 3), st.sampled_from([300, 600, 900])),
    st.tuples(st.just("verdict"), st.sampled_from(["o1", "o2"]), st.integers(1, 3), st.integers(0, 6)),
    st.tuples(st.just("ack"), st.sampled_from(["o1", "o2"]), st.integers(1, 3)),
    st.tuples(st.just("fail"), st.sampled_from(["o1", "o2"])),
    st.tuples(st.just("beat")),
    st.tuples(st.just("time"), st.integers(1, 700)),
)


def act(state: Activations, step: tuple, now_s: int) -> tuple[list, int]:
    match step:
        case ("order", order_id, revision, length):
            call = ordered(end_s=START_S + length)
            return state.take_order(
                order(call, order_id=order_id, revision=revision, created_s=now_s - 5), OFFERED, now_s
            ), now_s
        case ("verdict", order_id, revision, megawatts):
            return state.take_verdict(order_id, revision, [BidVerdict("b1", megawatts * MW)], OFFERED), now_s
        case ("ack", order_id, revision):
            return state.take_acknowledgement(order_id, revision, now_s), now_s
        case ("fail", order_id):
            return state.take_failure(order_id, "b1", "x"), now_s
        case ("beat",):
            return state.take_heartbeat("h", now_s), now_s
        case ("time", seconds):
            return state.advance(now_s + seconds, OFFERED), now_s + seconds
    raise AssertionError(step)


@settings(max_examples=300)
@given(st.lists(STEP, max_size=25))
def test_folding_the_events_leads_to_the_same_state_and_no_bid_is_doubled(steps: list[tuple]) -> None:
    live, folded, now_s = fresh(), fresh(), AT_S
    answered: dict[tuple[str, int], int] = {}
    for step in steps:
        events, now_s = act(live, step, now_s)
        if step[0] == "time":
            folded.tick(now_s)
        for event in events:
            folded.evolve(event)
            if isinstance(event, AnswerDecided):
                key = (event.order_id, event.revision)
                answered[key] = answered.get(key, 0) + 1
        assert folded == live
        running = [known for known in live.by_order.values() if known.active and known.stage is not Stage.FAILED]
        windows = sorted((each.start_s, each.end_s) for known in running for each in known.active)
        assert all(first[1] <= second[0] for first, second in pairwise(windows))
    assert all(count == 1 for count in answered.values())
