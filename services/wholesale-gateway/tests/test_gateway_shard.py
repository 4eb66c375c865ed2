"""The shard of the gateway from leftover to result; every test ends with a recovery from journal and snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from gateway_world import AREA, GatewayWorld

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.external_orders.deciding import END_GRACE_S, RECALLED_LATE_S, Outcome
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.domain.external_orders.reports import ReportedTrade, Status


@pytest.fixture
def world() -> Iterator[GatewayWorld]:
    one = GatewayWorld()
    yield one
    one.drive.recovered()


def test_leftovers_are_pooled_reserved_entered_filled_confirmed_and_published(world: GatewayWorld) -> None:
    world.connect()
    for number, watts in ((1, 60_000), (3, 50_000), (4, 30_000)):
        world.leftover(number, watts)
    world.close()
    (reserve,) = world.headroom("reserve")
    wish = reserve.order.reserve
    assert wish.any_fill
    assert sum(change.p_w for change in wish.changes) == 100_000
    assert not world.requests()  # nothing goes out before the grid has answered
    world.hold()
    (entry,) = world.requests()
    assert isinstance(entry, pb.EntryAsked)
    assert (entry.terms.quantity_w, entry.terms.price_ticks) == (100_000, 4_000)
    world.answer(Outcome.DONE, world.report(Status.RESTING, remaining_w=100_000))
    assert world.stage() == "STAGE_ACTIVE"
    world.tell(world.report(Status.MATCHED, ReportedTrade("t1", 100_000, 4_100)))
    (confirm,) = world.headroom("confirm")
    assert [(change.node_id, change.p_w) for change in confirm.order.confirm.changes] == [
        (change.node_id, change.p_w) for change in wish.changes
    ]
    (result,) = world.results()
    assert sum(share.quantity_w for share in result.shares) == 100_000
    assert sum(share.amount_micro_euro for share in result.shares) == 1_025_000  # 25 kWh at 41 EUR/MWh
    assert {share.party for share in result.shares} == {"agr-a", "agr-b"}
    assert (result.version, result.final) == (1, True)
    assert world.events("ended")[-1].reason == "matched"


def test_what_is_in_the_base_case_moves_nothing_and_asks_the_area_all_the_same(world: GatewayWorld) -> None:
    world.connect()
    world.leftover(1, 100_000, basis=book.BASIS_SCHEDULED)
    world.close()
    (reserve,) = world.headroom("reserve")
    assert [(change.node_id, change.p_w) for change in reserve.order.reserve.changes] == [("n1", 0)]
    world.hold()
    world.answer(Outcome.DONE, world.report(Status.MATCHED, ReportedTrade("t1", 100_000, 4_000)))
    assert not world.headroom("confirm")
    assert len(world.headroom("release")) == 1
    assert [share.quantity_w for share in world.results()[0].shares] == [100_000]


def test_nothing_is_forwarded_while_the_book_is_open_nor_unasked_nor_without_an_exchange(world: GatewayWorld) -> None:
    world.leftover(1, 100_000)
    world.leftover(2, 100_000, forwarding=book.FORWARDING_ON_RELEASE)
    world.connect()
    world.later(60)
    assert not world.events("wanted")  # the book has not said that it is closed
    world.close()
    assert [piece.order_id for piece in world.events("wanted")[0].members] == ["o1"]
    refused = world.send("agr-b", release=pb.ReleaseToExchange(order_ids=["o2", "none"]))
    assert [result.rejection.code for result in refused.results] == ["NOT_OWNER", "UNKNOWN_OBJECT"]
    taken = world.send("agr-a", release=pb.ReleaseToExchange(order_ids=["o2"]))
    assert [result.id for result in taken.results] == ["o2"]
    assert [piece.order_id for piece in world.events("wanted")[1].members] == ["o2"]


def test_without_an_exchange_nothing_goes_out(world: GatewayWorld) -> None:
    world.leftover(1, 100_000)
    world.close()
    world.later(600)
    assert not world.events("wanted")


def test_no_answer_of_the_grid_is_a_no_and_the_room_is_given_back(world: GatewayWorld) -> None:
    world.connect()
    world.leftover(1, 100_000)
    world.close()
    world.later(31)
    assert world.stage() == "STAGE_REFUSED"
    assert len(world.headroom("release")) == 1
    world.hold()  # too late
    assert not world.requests()
    world.later(301)
    assert len(world.events("wanted")) == 2  # asked anew, a bounded number of times
    for _ in range(5):
        world.later(400)
    assert len(world.events("wanted")) == 3


def test_a_denied_pool_stays_local_and_is_tried_again_later(world: GatewayWorld) -> None:
    world.connect()
    world.leftover(1, 100_000)
    world.close()
    world.deny("LIGHT_UNKNOWN")
    assert world.stage() == "STAGE_REFUSED"
    assert not world.requests()
    assert not world.headroom("release")  # nothing was held
    world.later(301)
    world.hold()
    assert len(world.requests()) == 1


def test_a_participant_holds_no_more_than_his_limit(world: GatewayWorld) -> None:
    assert world.send("agr-a", set_rules=pb.ForwardingRules(limit_w=150_000)).results[0].rejection.code
    rules = pb.ForwardingRules(limit_w=150_000, gate_before_s=1_800)
    assert not world.send("ops", set_rules=rules).results[0].HasField("rejection")
    world.connect()
    world.leftover(1, 100_000)
    world.leftover(2, 100_000)
    world.leftover(3, 100_000)
    world.close()
    out = {}
    for wanted in world.events("wanted"):
        for piece in wanted.members:
            out[piece.order_id] = out.get(piece.order_id, 0) + piece.quantity_w
    assert out["o1"] + out.get("o2", 0) <= 150_000
    assert out["o3"] == 100_000 or sum(out.values()) == 200_000


def test_a_tightened_grid_takes_orders_off_and_holds_the_room_until_that_is_seen(world: GatewayWorld) -> None:
    world.entered()
    name = world.headroom("reserve")[0].order.reserve.reservation_id
    world.grid(headroom_short=book.HeadroomShort(area_id=AREA, mtu=world.mtu, reservation_ids=[name], reason="switch"))
    asked = world.requests()[-1]
    assert isinstance(asked, pb.OperationSent)
    assert asked.operation.kind == pb.OPERATION_KIND_CANCEL
    assert not world.headroom("release")
    world.answer(Outcome.DONE)
    assert not world.headroom("release")  # that it was done is believed when it is seen
    world.show(world.report(Status.CANCELLED))
    assert len(world.headroom("release")) == 1
    assert world.events("ended")


def test_of_a_shortage_no_more_goes_than_helps(world: GatewayWorld) -> None:
    world.connect()
    world.leftover(1, 100_000, 4_000)
    world.leftover(3, 100_000, 9_000)
    world.close()
    names = [world.hold(instruction) for instruction in world.headroom("reserve")]
    effects = [book.HeldEffect(node_id="n1", effect=30_000), book.HeldEffect(node_id="n3", effect=-30_000)]
    lack = book.ElementShort(element_id="line", unit="mpct", short=2_000, effects=effects)
    short = book.HeadroomShort(area_id=AREA, mtu=world.mtu, reservation_ids=names, reason="margins", short=lack)
    world.grid(headroom_short=short)
    (withdrawn,) = world.events("withdrawal_wanted")
    wanted = {event.intent_id: event.terms.price_ticks for event in world.events("wanted")}
    assert wanted[withdrawn.intent_id] == 4_000  # the dearer one relieves the line


def test_a_contested_headroom_takes_the_dearest_off(world: GatewayWorld) -> None:
    world.connect()
    world.leftover(1, 100_000, 4_000)
    world.leftover(3, 100_000, 9_000)
    world.close()
    for instruction in world.headroom("reserve"):
        world.hold(instruction)
    short = book.ElementShort(
        element_id="trafo", unit="mpct", short=4_000,
        effects=[book.HeldEffect(node_id=name, effect=50_000) for name in ("n1", "n3")],
    )  # fmt: skip
    contested = book.HeadroomContested(area_id=AREA, mtu=world.mtu, order_id="x", element_id="trafo", short=short)
    world.grid(headroom_contested=contested)
    dearest = [wanted.intent_id for wanted in world.events("wanted") if wanted.terms.price_ticks == 9_000]
    assert [event.intent_id for event in world.events("withdrawal_wanted")] == dearest


def test_a_withdrawal_by_the_party_cancels_what_holds_its_order(world: GatewayWorld) -> None:
    world.entered()
    assert world.send("agr-a", withdraw=pb.WithdrawFromExchange(order_ids=["o1"])).results[0].id == "o1"
    assert isinstance(world.requests()[-1], pb.OperationSent)
    world.answer(Outcome.DONE)
    world.show(world.report(Status.CANCELLED))
    world.later(3_600)
    assert len(world.events("wanted")) == 1


def test_a_recall_is_a_new_version_and_the_opposite_change(world: GatewayWorld) -> None:
    world.entered()
    world.tell(world.report(Status.MATCHED, ReportedTrade("t1", 100_000, 4_000)))
    world.tell(world.report(Status.CANCELLED, ReportedTrade("t1", 100_000, 4_000, recalled=True)))
    first, second = world.results()
    assert (first.version, second.version, len(second.shares), second.reason) == (1, 2, 0, "recalled")
    assert first.document_sha256 != second.document_sha256
    opposite = world.headroom("reserve")[-1].order.reserve
    assert [(change.node_id, change.p_w) for change in opposite.changes] == [("n1", -100_000)]
    assert not opposite.any_fill
    world.hold()
    whole = world.headroom("confirm")[-1].order.confirm
    assert (whole.reservation_id, len(whole.changes)) == (opposite.reservation_id, 0)
    world.tell(world.report(Status.CANCELLED, ReportedTrade("t1", 100_000, 4_000, recalled=True)))
    assert len(world.results()) == 2


def test_a_recall_that_nobody_heard_is_found_when_the_line_is_back(world: GatewayWorld) -> None:
    world.entered()
    world.tell(world.report(Status.MATCHED, ReportedTrade("t1", 100_000, 4_000)))
    asked = len(world.requests())
    world.own(c.RecordConnection(connected=False, reason="cut"))
    world.connect()
    assert [type(body).__name__ for body in world.requests()[asked:]] == ["LookUpAsked"]
    recalled = ReportedTrade("t1", 100_000, 4_000, recalled=True)
    world.show(world.report(Status.CANCELLED, recalled))
    assert [(one.version, one.reason) for one in world.results()][1:] == [(2, "recalled")]
    world.own(c.RecordConnection(connected=False, reason="cut"))
    world.connect()
    assert len(world.requests()) == asked + 1, "nothing of it stands that could be recalled"


def test_a_recall_whose_report_is_lost_is_found_after_the_gate_and_a_day_after_delivery(world: GatewayWorld) -> None:
    world.entered()
    terms = world.events("wanted")[-1].terms
    traded = ReportedTrade("t1", 100_000, 4_000)
    world.tell(world.report(Status.MATCHED, traded))
    world.later(terms.gate_s + END_GRACE_S - 1 - world.drive.at_ms // 1000)
    asked = len(world.requests())
    world.later(1)
    assert [type(body).__name__ for body in world.requests()[asked:]] == ["LookUpAsked"]
    world.show(world.report(Status.MATCHED, traded))
    world.later(terms.delivery_end_s + RECALLED_LATE_S - 1 - world.drive.at_ms // 1000)
    assert len(world.requests()) == asked + 1
    world.later(1)
    world.show(world.report(Status.CANCELLED, replace(traded, recalled=True)))
    assert [(one.version, one.reason) for one in world.results()][1:] == [(2, "recalled")]


def test_a_denied_opposite_change_is_asked_for_again(world: GatewayWorld) -> None:
    world.entered()
    world.tell(world.report(Status.CANCELLED, ReportedTrade("t1", 100_000, 4_000, recalled=True)))
    world.deny()
    world.later(301)
    asked = world.headroom("reserve")
    assert asked[-1].order.reserve.reservation_id == asked[-2].order.reserve.reservation_id
    world.hold()
    assert world.headroom("confirm")[-1].order.confirm.reservation_id == asked[-1].order.reserve.reservation_id


def test_duplicated_and_late_reports_change_nothing_twice(world: GatewayWorld) -> None:
    world.entered(200_000)
    early = world.report(Status.RESTING, ReportedTrade("t1", 100_000, 4_000), remaining_w=100_000)
    late = world.report(
        Status.MATCHED, ReportedTrade("t1", 100_000, 4_000), ReportedTrade("t2", 100_000, 4_000), remaining_w=0
    )
    for report in (late, early, late, early):
        world.tell(report)
    assert [result.result_id.split("/")[0] for result in world.results()] == ["t1", "t2"]
    assert sum(c.p_w for one in world.headroom("confirm") for c in one.order.confirm.changes) == 200_000


def test_an_unanswered_entry_is_looked_up_and_sent_again_only_when_it_cannot_arrive_any_more(
    world: GatewayWorld,
) -> None:
    world.connect()
    world.leftover(1, 100_000)
    world.close()
    world.hold()
    world.answer(Outcome.NO_ANSWER)
    assert isinstance(world.requests()[-1], pb.LookUpAsked)
    world.show()
    assert world.stage() == "STAGE_UNANSWERED"
    world.later(11)
    world.show()
    world.later(30)
    world.show()
    entries = [request for request in world.requests() if isinstance(request, pb.EntryAsked)]
    assert [entry.attempt for entry in entries] == [1, 2]


def test_after_a_disconnect_orders_are_looked_up_and_woken_with_their_room_held(world: GatewayWorld) -> None:
    world.entered()
    first = client_order_id(world.events("wanted")[0].intent_id)
    world.own(c.RecordConnection(connected=False, reason="closed"))
    world.leftover(3, 100_000)
    world.close()
    assert len(world.events("wanted")) == 1  # nothing new meanwhile
    world.later(11)
    world.connect()
    world.show(world.report(Status.INACTIVE, remaining_w=100_000, client_order_id=first))
    asked = world.requests()[-1]
    assert isinstance(asked, pb.OperationSent)
    assert asked.operation.kind == pb.OPERATION_KIND_ACTIVATE
    assert not world.headroom("release")


def test_outcomes_come_from_the_gateway_itself(world: GatewayWorld) -> None:
    answer = world.send("agr-a", record_connection=pb.RecordConnection(connected=True))
    assert answer.results[0].rejection.code == "NOT_AUTHORISED"
    assert not world.events("connection_changed")
