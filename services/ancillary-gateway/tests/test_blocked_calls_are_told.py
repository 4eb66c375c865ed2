"""What a block behind the gate of bids leaves open: told to settlement with what has tightened the grid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gateway_builders import MW, START_S, bid
from mfrr_world import World, refusal
from test_methods_in_the_running_gateway import call_directly, direct, of_method
from test_mfrr_gateway_failures import order_of
from test_mfrr_gateway_service import GATE_S, forwarded

from flexbourse.external.v1 import external_pb2 as external
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_ancillary_gateway.domain.activations.orders import BidAnswer, BidLimit, Cause, Refusal
from flexbourse_ancillary_gateway.domain.grid_gate.blocking import AREA, blocked_bids, tightening_of
from flexbourse_core.external_share import Tightening
from flexbourse_messages.catalogue import ACTIVATION_LIFE, BOOK_HEADROOM


def tighten(world: World, reason: str, names: list[str] | None = None) -> None:
    """The order book tells that what is held of the first quarter-hour does not fit any more."""
    own = names if names is not None else sorted(world.rooms)
    event = book.HeadroomShort(area_id="village", reservation_ids=own, element_id="line 4", reason=reason)
    event.mtu.start_s, event.mtu.length_s = START_S, 900
    world.input(BOOK_HEADROOM, "village", book.OrderEvent(headroom_short=event))
    world.settle()


def order_all(world: World, bids: list[Any], **changes: Any) -> None:
    world.at(max(world.drive.at_ms // 1000, START_S - 450))
    world.post(order_of(world, bids, **changes))
    world.settle()


def blocked(world: World) -> list[Any]:
    return [result for result in world.results() if result.kind == external.RESULT_KIND_BLOCKED]


@pytest.mark.parametrize(
    ("reason", "by"),
    [
        ("topology", external.TIGHTENING_TOPOLOGY),
        ("capacity limits", external.TIGHTENING_CAPACITY_LIMITS),
        ("curtailment", external.TIGHTENING_CURTAILMENT),
        ("base case", external.TIGHTENING_FORECAST),
        ("margins", external.TIGHTENING_FORECAST),
        ("given up: it was not enough", external.TIGHTENING_AREA),
        ("something that nobody has heard of", external.TIGHTENING_UNSPECIFIED),
    ],
)
def test_the_missing_energy_and_its_cause_are_told(reason: str, by: int, tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.at(GATE_S + 60)
    tighten(world, reason)
    order_all(world, bids)
    (result,) = blocked(world)
    assert (result.result_id, result.version, result.final) == (f"o1/{START_S}/blocked", 1, True)
    assert len(result.document_sha256) == 32
    assert sum(share.quantity_w for share in result.shares) == sum(bid.quantity_w for bid in bids) == 2 * MW
    assert {share.tightening for share in result.shares} == {by}
    # what it would have brought: each bid's own price
    brought = sum(bid.quantity_w * bid.price_ticks * 900 // 360_000 for bid in bids)
    assert sum(share.amount_micro_euro for share in result.shares) == pytest.approx(brought, abs=len(bids))
    assert all(share.party == "agr" and share.metering_point_id for share in result.shares)
    world.drive.recovered()


def test_what_was_given_up_later_has_the_cause_of_what_was_given_up_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.at(GATE_S + 60)
    first, *others = sorted(world.rooms)
    tighten(world, "topology", [first])
    tighten(world, "given up: it was not enough", others)
    order_all(world, bids)
    assert {share.tightening for share in blocked(world)[0].shares} == {external.TIGHTENING_TOPOLOGY}


def test_what_the_area_held_and_refuses_is_the_areas(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.deny_confirm = lambda _: refusal(unit="mpct")
    order_all(world, bids)
    assert {share.tightening for share in blocked(world)[0].shares} == {external.TIGHTENING_AREA}
    world.drive.recovered()


def test_who_held_no_room_bears_it_himself(tmp_path: Path) -> None:
    world = of_method(tmp_path, "corrective")
    bids = forwarded(world)
    world.deny_room = lambda _: refusal(unit="mpct")
    order_all(world, bids)
    assert {share.tightening for share in blocked(world)[0].shares} == {external.TIGHTENING_UNSPECIFIED}


def test_so_does_he_where_nobody_answered(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.at(START_S - 450)
    world.mute = True
    world.post(order_of(world, bids))
    world.settle()
    world.at(START_S - 450 + 90)
    assert {share.tightening for share in blocked(world)[0].shares} == {external.TIGHTENING_UNSPECIFIED}
    world.drive.recovered()


def test_an_override_of_a_unit_is_its_operators(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.at(GATE_S + 60)
    for name in sorted(world.claims):
        event = world.cut(name.removeprefix("claim/"), 0)
        event.claim_reduced.reason = "overridden by o-1"
        world.input(ACTIVATION_LIFE, "village", event)
    world.settle()
    order_all(world, bids)
    assert {share.tightening for share in blocked(world)[0].shares} == {external.TIGHTENING_OVERRIDE}


def test_what_is_delivered_and_what_is_blocked_are_two_results(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.at(GATE_S + 60)
    tighten(world, "topology", sorted(world.rooms)[:1])
    order_all(world, bids)
    delivered = [result for result in world.results() if result.kind == external.RESULT_KIND_ACTIVATION]
    powers = {kind: sum(s.quantity_w for s in one.shares) for kind, (one,) in
              (("delivered", delivered), ("blocked", blocked(world)))}  # fmt: skip
    assert powers == {"delivered": MW, "blocked": MW}
    world.drive.recovered()


def test_an_order_that_ends_early_leaves_less_missing_for_the_same_cause(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.at(GATE_S + 60)
    tighten(world, "topology", sorted(world.rooms)[:1])
    order_all(world, bids)
    world.at(START_S + 60)
    order_all(world, bids, order_revision="2", end_s=START_S + 480)
    first, second = blocked(world)
    assert (second.version, second.final) == (2, True)
    for before, after in zip(first.shares, second.shares, strict=True):
        assert after.quantity_w == round(before.quantity_w * 480 / 900)
        assert after.tightening == external.TIGHTENING_TOPOLOGY
    world.drive.recovered()


def test_a_direct_call_is_missing_in_both_its_quarter_hours(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = direct(world)
    world.at(GATE_S + 60)
    tighten(world, "capacity limits")
    call_directly(world, bids)
    assert [result.mtu.start_s for result in blocked(world)] == [START_S, START_S + 900]
    assert {sum(share.quantity_w for share in result.shares) for result in blocked(world)} == {MW}


def test_what_was_never_offered_is_nobodys_imbalance(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    bids[0].bid_id = "somebody-elses"
    order_all(world, bids[:1])
    assert world.documents("A41")
    assert not world.results()


def test_a_group_shares_the_cause_of_its_member_and_other_refusals_have_none() -> None:
    offered = {name: bid(name, inclusive_group="g") for name in ("m1", "m2")} | {"x": bid("x", inclusive_group="h")}
    answers = [BidAnswer("m1", Refusal.GROUP), BidAnswer("m2", Refusal.GRID), BidAnswer("x", Refusal.GROUP),
               BidAnswer("y", Refusal.UNKNOWN_BID)]  # fmt: skip
    limits = [BidLimit("m2", 0, Cause.THERMAL, "line", AREA)]
    assert list(blocked_bids(answers, limits, offered)) == [("m1", Tightening.AREA), ("m2", Tightening.AREA)]
    assert tightening_of("") is Tightening.NONE
