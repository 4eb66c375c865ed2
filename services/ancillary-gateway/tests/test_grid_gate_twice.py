"""Nothing is forwarded without room in the grid, nothing activated without it being taken; all room is given back."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from gateway_builders import MTU, MW, NOW_S, START_S, bid, later, order, ordered
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_ancillary_gateway.domain.activations.life import Activations
from flexbourse_ancillary_gateway.domain.activations.orders import Cause, OrderKind
from flexbourse_ancillary_gateway.domain.bids.bid import (
    Availability,
    Bid,
    ConditionalLink,
    Direction,
    LinkKind,
    Product,
)
from flexbourse_ancillary_gateway.domain.grid_gate.book import GRID_MARGIN_S, ForwardingBook
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import (
    CALLABLE,
    BidsSent,
    ConfirmAnswered,
    ConfirmAsked,
    HeadroomAsked,
    HeadroomLost,
    HeadroomReleased,
    NodePower,
    Parcel,
    ParcelGone,
    ParcelLimited,
    ParcelMoved,
    ParcelRefused,
    ParcelStage,
    VerdictReached,
)
from flexbourse_ancillary_gateway.domain.platform_rules import QH_45
from flexbourse_core.rejection import Code, Rejection

GATE_S = START_S - 2700
NO = Rejection(Code.GRID_LIMIT_EXCEEDED, "loading", element="line 4")


def uid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def parcel(name: str = "p1", *bids: Bid) -> Parcel:
    chosen = bids or (bid(f"{name}-b", product=Product.BOTH),)
    return Parcel(name, "village", chosen, {each.bid_id: f"node-{each.bid_id}" for each in chosen})


def asked(events) -> list[HeadroomAsked]:
    return [event for event in events if isinstance(event, HeadroomAsked)]


def kinds(events) -> list[str]:
    return [type(event).__name__ for event in events]


def standing(*parcels: Parcel) -> ForwardingBook:
    book = ForwardingBook(QH_45)
    for each in parcels or (parcel(),):
        for ask in asked(book.offer(each, NOW_S)):
            book.headroom_answered(ask.reservation_id, None)
    (sent,) = book.send(NOW_S, uid)
    book.receipt(sent.document_id, accepted=True)
    return book


def test_room_is_asked_in_every_period_that_an_activation_can_touch() -> None:
    book = ForwardingBook(QH_45)
    first, second = asked(book.offer(parcel(), NOW_S))
    assert [each.mtu for each in (first, second)] == [MTU, later(1)]
    assert first.changes == (NodePower("node-p1-b", 5 * MW),)
    assert first.expires_s > MTU.end_s
    (only,) = asked(book.offer(parcel("p2", bid("s", direction=Direction.DOWN)), NOW_S))
    assert only.changes == (NodePower("node-s", -5 * MW),)


def test_a_parcel_goes_out_once_all_its_room_is_held() -> None:
    book = ForwardingBook(QH_45)
    first, second = asked(book.offer(parcel(), NOW_S))
    assert book.send(NOW_S, uid) == []
    book.headroom_answered(first.reservation_id, None)
    assert book.send(NOW_S, uid) == []
    book.headroom_answered(second.reservation_id, None)
    (sent,) = book.send(NOW_S, uid)
    assert isinstance(sent, BidsSent)
    assert sent.parcel_ids == ("p1",)
    assert book.send(NOW_S, uid) == []
    assert list(book.callable_bids()) == ["p1-b"]
    assert book.receipt(sent.document_id, accepted=True) == [ParcelMoved("p1", ParcelStage.STANDING, sent.document_id)]


def test_one_refusal_of_the_grid_gives_the_rest_back() -> None:
    book = ForwardingBook(QH_45)
    first, second = asked(book.offer(parcel(), NOW_S))
    book.headroom_answered(first.reservation_id, None)
    events = book.headroom_answered(second.reservation_id, NO)
    assert {e.reservation_id for e in events if isinstance(e, HeadroomReleased)} == {
        first.reservation_id, second.reservation_id,
    }  # fmt: skip
    assert events[-1] == ParcelRefused("p1", (NO,))
    assert book.entries == {}
    assert book.headroom_answered(first.reservation_id, None) == []


def test_no_answer_of_the_grid_is_no_forward() -> None:
    book = ForwardingBook(QH_45)
    ask = asked(book.offer(parcel(), NOW_S))
    assert book.next_timer_s() == GATE_S - GRID_MARGIN_S
    assert book.advance(GATE_S - GRID_MARGIN_S - 1) == []
    events = book.advance(GATE_S - GRID_MARGIN_S)
    assert kinds(events) == ["HeadroomReleased", "HeadroomReleased", "ParcelRefused"]
    assert book.headroom_answered(ask[0].reservation_id, None) == []


def test_what_the_platform_would_refuse_never_asks_for_room() -> None:
    book = ForwardingBook(QH_45)
    assert [p.code for p in book.offer(parcel("p", bid(quantity_w=MW // 2)), NOW_S)] == [
        Code.QUANTITY_OUT_OF_RANGE, Code.QUANTITY_OFF_STEP,
    ]  # fmt: skip
    assert [p.code for p in book.offer(parcel(), GATE_S)] == [Code.GATE_CLOSED]
    book.offer(parcel(), NOW_S)
    assert Code.DUPLICATE_IDENTIFIER in [p.code for p in book.offer(parcel(), NOW_S)]
    assert [p.code for p in book.offer(replace(parcel("q"), nodes={}), NOW_S)] == [Code.FIELD_MISSING]


def test_rules_across_parcels_hold_when_they_are_offered_and_when_they_are_sent() -> None:
    """Links, portfolio and chains are seen across parcels, also those that go out in the same document."""
    links = (ConditionalLink("p1-b", LinkKind.UNAVAILABLE_IF_ACTIVATED),)
    conditional = {"availability": Availability.CONDITIONALLY_AVAILABLE, "conditional_links": links}
    linked_bid = bid("l", mtu=later(2), **conditional)
    assert [p.code for p in ForwardingBook(QH_45).offer(parcel("l", linked_bid), NOW_S)] == [Code.UNKNOWN_OBJECT]
    assert asked(standing().offer(parcel("l", linked_bid), NOW_S))
    too_far = replace(linked_bid, mtu=later(3))
    assert [p.code for p in standing().offer(parcel("l", too_far), NOW_S)] == [Code.UNKNOWN_OBJECT]

    book = ForwardingBook(QH_45)
    halves = [parcel(f"h{i}", bid(f"h{i}-b", quantity_w=1_200 * MW)) for i in range(2)]
    for half in halves:
        for ask in asked(book.offer(half, NOW_S)):
            book.headroom_answered(ask.reservation_id, None)
    events = book.send(NOW_S, uid)
    assert [e.parcel_ids for e in events if isinstance(e, BidsSent)] == [("h0",)]
    assert [e.parcel_id for e in events if isinstance(e, ParcelRefused)] == ["h1"]

    chain = standing(parcel("t0", bid("t0", technical_link="t")))
    gap = parcel("t9", bid("t9", mtu=later(9), technical_link="t"))
    assert [p.code for p in chain.offer(gap, NOW_S)] == [Code.FIELD_OUT_OF_RANGE]


def test_a_bid_stands_in_one_parcel_and_there_is_an_end_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_ancillary_gateway.domain.grid_gate.book.MAX_PARCELS", 1)
    book = ForwardingBook(QH_45)
    assert asked(book.offer(parcel(), NOW_S))
    assert [p.code for p in book.offer(parcel("p2"), NOW_S)] == [Code.BOOK_FULL]
    doubled = parcel("p3", bid("p1-b"))
    assert Code.DUPLICATE_IDENTIFIER in [p.code for p in book.offer(doubled, NOW_S)]


def test_a_gate_that_closed_meanwhile_keeps_the_parcel_at_home() -> None:
    book = ForwardingBook(QH_45)
    for ask in asked(book.offer(parcel(), NOW_S)):
        book.headroom_answered(ask.reservation_id, None)
    events = book.send(GATE_S, uid)
    assert kinds(events) == ["HeadroomReleased", "HeadroomReleased", "ParcelRefused"]


def test_a_refusal_of_the_platform_gives_the_room_back() -> None:
    book = ForwardingBook(QH_45)
    (ask,) = asked(book.offer(parcel("p", bid()), NOW_S))
    book.headroom_answered(ask.reservation_id, None)
    (sent,) = book.send(NOW_S, uid)
    events = book.receipt(sent.document_id, accepted=False, reasons=("A57 gate closed",))
    assert events == [HeadroomReleased(ask.reservation_id, "village"), ParcelRefused("p", reasons=("A57 gate closed",))]


def test_a_document_without_a_receipt_keeps_its_room_until_its_time_is_over() -> None:
    book = ForwardingBook(QH_45)
    for ask in asked(book.offer(parcel(), NOW_S)):
        book.headroom_answered(ask.reservation_id, None)
    (sent,) = book.send(NOW_S, uid)
    book.given_up(sent.document_id)
    assert book.entries["p1"].stage is ParcelStage.UNCERTAIN
    assert list(book.callable_bids()) == ["p1-b"]
    assert book.advance(later(1).end_s - 1) == []
    assert kinds(book.advance(later(1).end_s)) == ["HeadroomReleased", "HeadroomReleased", "ParcelGone"]


def test_before_the_gate_a_tighter_grid_withdraws_and_after_it_publishes() -> None:
    limited = ParcelLimited("p1", 2 * MW, Cause.VOLTAGE, "node 7", "dso")
    book = standing()
    (sent,) = book.tightened(limited, GATE_S - 1, uid)
    assert isinstance(sent, BidsSent)
    assert sent.withdraws
    assert [each.quantity_w for each in sent.bids] == [0]
    assert book.tightened(limited, GATE_S - 1, uid) == []
    assert kinds(book.receipt(sent.document_id, accepted=True)) == [
        "HeadroomReleased", "HeadroomReleased", "ParcelGone",
    ]  # fmt: skip
    book = standing()
    assert book.tightened(limited, GATE_S, uid) == [limited]
    assert [p.code for p in book.withdraw("p1", GATE_S, uid)] == [Code.GATE_CLOSED]


def test_a_withdrawal_that_is_refused_leaves_the_bid_standing_with_its_room() -> None:
    book = standing()
    (sent,) = book.withdraw("p1", NOW_S, uid)
    assert book.receipt(sent.document_id, accepted=False) == [ParcelMoved("p1", ParcelStage.STANDING, sent.document_id)]
    assert all(book.entries["p1"].reservations.values())


def direct_order(quantity_w: int = 2 * MW):
    call = replace(ordered("p1-b", quantity_w), start_s=START_S + 120, end_s=START_S + 1800)
    return order(call, kind=OrderKind.DIRECT)


def test_an_order_confirms_the_called_part_in_every_period_it_runs_through() -> None:
    book = standing()
    events = book.ask_verdict(direct_order())
    confirms = [event for event in events if isinstance(event, ConfirmAsked)]
    assert [each.changes for each in confirms] == [(NodePower("node-p1-b", 2 * MW),)] * 2
    assert book.confirm_answered(ConfirmAnswered("o1", confirms[0].reservation_id, confirmed=True)) != []
    events = book.confirm_answered(ConfirmAnswered("o1", confirms[1].reservation_id, confirmed=True))
    assert isinstance(events[-1], VerdictReached)
    assert [v.allowed_w for v in events[-1].verdicts] == [2 * MW]
    assert book.confirm_answered(ConfirmAnswered("o1", confirms[1].reservation_id, confirmed=True)) == []
    scheduled = order(ordered("p1-b"), order_id="o2")
    assert len([e for e in book.ask_verdict(scheduled) if isinstance(e, ConfirmAsked)]) == 1


def test_one_area_that_says_no_is_a_no_with_its_element() -> None:
    book = standing()
    confirms = [event for event in book.ask_verdict(direct_order()) if isinstance(event, ConfirmAsked)]
    book.confirm_answered(ConfirmAnswered("o1", confirms[0].reservation_id, confirmed=True))
    no = ConfirmAnswered("o1", confirms[1].reservation_id, confirmed=False, cause=Cause.CURRENT, element_id="line 4",
                         tightened_by="dso")  # fmt: skip
    *_, reached = book.confirm_answered(no)
    (verdict,) = reached.verdicts
    assert (verdict.allowed_w, verdict.cause, verdict.element_id, verdict.tightened_by) == (
        0, Cause.CURRENT, "line 4", "dso",
    )  # fmt: skip


@pytest.mark.parametrize("which", [0, 1])
def test_lost_room_in_any_period_is_a_no(which: int) -> None:
    book = standing()
    lost = sorted(book.entries["p1"].reservations)[which]
    assert book.headroom_lost(lost, GATE_S, uid) == [HeadroomLost(lost)]
    _, reached = book.ask_verdict(direct_order())
    assert reached.verdicts[0].allowed_w == 0
    early = standing()
    assert kinds(early.headroom_lost(sorted(early.entries["p1"].reservations)[which], NOW_S, uid)) == [
        "HeadroomLost", "BidsSent",
    ]  # fmt: skip


def test_orders_for_unknown_bids_get_their_verdict_at_once() -> None:
    events = standing().ask_verdict(order(ordered("nobody")))
    assert kinds(events) == ["VerdictAsked", "VerdictReached"]


def test_gate_and_activation_together() -> None:
    """An order of two bids: one area takes it, the other does not; the answer and the call follow."""
    one, two = parcel("p1", bid("b1")), replace(parcel("p2", bid("b2")), area_id="other")
    book, activations = standing(one, two), Activations(QH_45)
    call = order(ordered("b1"), ordered("b2"))
    activations.take_order(call, book.callable_bids(), START_S - 440)
    confirms = [event for event in book.ask_verdict(call) if isinstance(event, ConfirmAsked)]
    events = []
    for each in confirms:
        mine = book.asked[each.reservation_id].area_id == "village"
        cause = None if mine else Cause.VOLTAGE
        events = book.confirm_answered(ConfirmAnswered("o1", each.reservation_id, mine, cause, "node 7"))
    reached = events[-1]
    answered, called = activations.take_verdict("o1", 1, reached.verdicts, book.callable_bids())
    assert [each.is_activated for each in answered.answers] == [True, False]
    assert [each.bid_id for each in called.bids] == ["b1"]
    assert [(each.bid_id, each.cause) for each in answered.limits] == [("b2", Cause.VOLTAGE)]


STEP = st.one_of(
    st.tuples(st.just("offer"), st.integers(0, 3)),
    st.tuples(st.just("grid"), st.integers(0, 12), st.booleans()),
    st.tuples(st.just("send")),
    st.tuples(st.just("receipt"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("given up"), st.integers(0, 3)),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("lost"), st.integers(0, 12)),
    st.tuples(st.just("order"), st.integers(0, 3)),
    st.tuples(st.just("confirm"), st.integers(0, 12), st.booleans()),
    st.tuples(st.just("time"), st.integers(1, 4000)),
)


def act(book: ForwardingBook, step: tuple, now_s: int) -> list:
    name, first, *rest = (*step, 0)
    key, reservation = f"p{first}", f"mfrr-{first}"

    def offer() -> list:
        return book.offer(parcel(key, bid(f"{key}-b", product=Product.BOTH, mtu=later(first))), now_s)

    def call() -> list:
        called = replace(ordered(f"{key}-b"), start_s=later(first).start_s, end_s=later(first + 1).end_s)
        return [] if key in book.verdicts else book.ask_verdict(order(called, order_id=key))

    def confirm() -> list:
        answers = [ConfirmAnswered(order_id, reservation, bool(rest[0])) for order_id in list(book.verdicts)]
        return [event for answer in answers for event in book.confirm_answered(answer)]

    actions = {
        "offer": offer,
        "grid": lambda: book.headroom_answered(reservation, None if rest[0] else NO),
        "send": lambda: book.send(now_s, uid),
        "receipt": lambda: book.receipt(document_of(book, key), accepted=bool(rest[0])),
        "given up": lambda: book.given_up(document_of(book, key)),
        "withdraw": lambda: book.withdraw(key, now_s, uid),
        "lost": lambda: book.headroom_lost(reservation, now_s, uid),
        "order": call,
        "confirm": confirm,
        "time": lambda: book.advance(now_s),
    }
    return actions[name]()


def document_of(book: ForwardingBook, key: str) -> str:
    return book.entries[key].document_id if key in book.entries else "none"


@settings(max_examples=300)
@given(st.lists(STEP, max_size=40))
def test_every_room_is_given_back_once_and_no_bid_goes_out_without(steps: list[tuple]) -> None:
    live, folded, now_s = ForwardingBook(QH_45), ForwardingBook(QH_45), NOW_S
    held: set[str] = set()
    granted: set[str] = set()
    ever: set[str] = set()
    for step in steps:
        now_s += step[1] if step[0] == "time" else 0
        if step[0] == "grid" and step[2] and f"mfrr-{step[1]}" in live.asked:
            granted.add(f"mfrr-{step[1]}")
        events = [event for event in act(live, step, now_s) if not isinstance(event, Rejection)]
        for event in events:
            folded.evolve(event)
            if isinstance(event, HeadroomAsked):
                assert event.reservation_id not in ever
                ever.add(event.reservation_id)
                held.add(event.reservation_id)
            elif isinstance(event, HeadroomReleased):
                held.discard(event.reservation_id)
            elif isinstance(event, BidsSent) and not event.withdraws:
                rooms = [r for key in event.parcel_ids for r in live.entries[key].reservations]
                assert len(rooms) == 2 * len(event.parcel_ids)
                assert set(rooms) <= granted & held
        assert folded == live
        owned = {room for entry in live.entries.values() for room in entry.reservations}
        assert owned == held
        assert all(e.stage not in CALLABLE or len(e.reservations) == 2 for e in live.entries.values())
    events = live.advance(later(20).end_s)
    assert (live.entries, live.holders, live.places, live.asked) == ({}, {}, {}, {})
    assert {e.reservation_id for e in events if isinstance(e, HeadroomReleased)} == held
    assert not held or any(isinstance(e, (ParcelGone, ParcelRefused)) for e in events)
