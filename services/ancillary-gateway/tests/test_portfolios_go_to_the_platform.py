"""The offer of a portfolio goes to the platform by its members: each with its node, and its own part of an order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gateway_builders import MW, START_S
from hypothesis import given
from hypothesis import strategies as st
from mfrr_world import World, refusal
from test_mfrr_gateway_failures import called
from test_mfrr_gateway_service import CLAIMED_S
from test_only_qualified_units_are_marked import ENERGY, QUALIFIED, stated
from test_redispatch_on_the_platform import CALLED_S, call

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_ancillary_gateway.domain.lots.lot import StandingOffer
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ANCILLARY_CLAIM, ANCILLARY_COMMAND, REGISTRY_ENTITY

SPANS_W = {"bakery": 400_000, "cold-store": 700_000, "pumps": 900_000}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def place(world: World, quantity_w: int, spans_w: dict[str, int] = SPANS_W, name: str = "pool") -> None:
    """A portfolio is offered at activation; each member at its own node."""
    for unit in spans_w:
        entity = registry.Entity(unit=registry.Unit(unit_id=f"unit-{unit}", metering_point_id=f"mp-{unit}"))
        world.input(REGISTRY_ENTITY, f"unit/{unit}", registry.EntityState(entity=entity))
    window = activation.Window(start_s=START_S, end_s=START_S + 900, mtu_length_s=900)
    terms = activation.OfferTerms(
        offer_id=name, portfolio_id=f"portfolio-{name}", quantity_w=quantity_w, direction=activation.DIRECTION_UP,
        window=window,
    )  # fmt: skip
    members = [activation.Member(unit_id=f"unit-{u}", node_id=f"node-{u}", span_w=w) for u, w in spans_w.items()]
    offer = activation.Offer(terms=terms, party="agr", members=members)
    placed = activation.OfferPlaced(area_id="village", offer=offer)
    world.input(ACTIVATION_LIFE, "village", activation.ActivationEvent(offer_placed=placed))


def claims(world: World) -> dict[str, int]:
    terms = [each.command.claim for each in world.drive.projected(ANCILLARY_CLAIM) if each.command.HasField("claim")]
    return {own.unit_id: own.quantity_w for own in terms}


def nodes(world: World) -> dict[str, int]:
    """Return what stands at each node."""
    (parcel,) = [event.parcel for event in world.events("parcel_offered")]
    return {parcel.nodes[bid.bid_id]: bid.quantity_w for bid in parcel.bids}


def forwarded(world: World) -> list[Any]:
    place(world, 1_500_000)
    assert not world.mark("pool")[0].HasField("rejection")
    world.at(CLAIMED_S)
    return world.bids()


def test_its_members_are_claimed_one_by_one_as_their_spans(world: World) -> None:
    forwarded(world)
    assert claims(world) == {"unit-bakery": 300_000, "unit-cold-store": 525_000, "unit-pumps": 675_000}
    world.drive.recovered()


def test_they_stand_in_one_inclusive_group_of_whole_megawatts_each_at_its_node(world: World) -> None:
    bids = forwarded(world)
    assert len({bid.inclusive_group for bid in bids}) == 1
    assert sum(bid.quantity_w for bid in bids) == MW
    assert all(bid.quantity_w % 10_000 == 0 for bid in bids)
    assert nodes(world) == {"node-bakery": 300_000, "node-cold-store": 520_000, "node-pumps": 180_000}
    (wish,) = world.rooms.values()
    assert {change.node_id: change.p_w for change in wish.changes} == nodes(world)


def test_an_order_for_a_part_is_split_back_to_the_units(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    world.post(world.order(*((bid, bid.quantity_w // 2) for bid in bids)))
    world.settle()
    unit_of = {lot_id: known.lot.unit_id for lot_id, known in world.gateway.lots.lots.items()}
    ordered = {unit_of[each.command.activate.claim_id]: each.command.activate.quantity_w for each in called(world)}
    assert ordered == {"unit-bakery": 150_000, "unit-cold-store": 260_000, "unit-pumps": 90_000}
    (result,) = world.results()
    assert {share.metering_point_id: share.quantity_w for share in result.shares} == {
        "mp-bakery": 150_000, "mp-cold-store": 260_000, "mp-pumps": 90_000,
    }  # fmt: skip
    world.drive.recovered()


def test_a_member_that_is_taken_leaves_the_others(world: World) -> None:
    world.deny_claim = lambda told: (
        refusal("CLAIM_EXCEEDS_OFFER") if told.command.claim.unit_id == "unit-bakery" else None
    )
    assert sum(bid.quantity_w for bid in forwarded(world)) == MW
    assert set(nodes(world)) == {"node-cold-store", "node-pumps"}
    world.drive.recovered()


def test_every_member_has_to_be_qualified(world: World) -> None:
    place(world, 1_500_000)
    stated(world, "pumps", (ENERGY, QUALIFIED))
    rejection = world.mark("pool")[0].rejection
    assert (rejection.code, rejection.element) == ("NOT_QUALIFIED", "unit-pumps")


def test_a_member_that_loses_its_qualification_is_claimed_no_more(world: World) -> None:
    place(world, 1_500_000)
    assert not world.mark("pool")[0].HasField("rejection")
    stated(world, "pumps", (ENERGY, QUALIFIED))
    world.at(CLAIMED_S)
    assert set(claims(world)) == {"unit-bakery", "unit-cold-store"}
    world.drive.recovered()


def test_less_than_the_whole_is_marked_and_a_small_members_part_stays_at_home(world: World) -> None:
    place(world, 2_000_000, {**SPANS_W, "kettle": 3_000})
    assert not world.mark("pool", quantity_w=1_200_000)[0].HasField("rejection")
    world.at(CLAIMED_S)
    assert set(claims(world)) == {f"unit-{name}" for name in SPANS_W}
    assert sum(claims(world).values()) <= 1_200_000


def test_what_is_unmarked_is_given_back_by_all_members(world: World) -> None:
    forwarded(world)
    unmark = pb.AncillaryCommand(unmark=pb.Unmark(area_id="village", offer_id="pool"))
    world.drive.command(ANCILLARY_COMMAND, unmark, "agr")
    world.settle()
    world.at(CLAIMED_S + 60)
    told = [each.command.reduce_claim for each in world.drive.projected(ANCILLARY_CLAIM)]
    assert {own.claim_id: own.left_w for own in told if own.claim_id} == dict.fromkeys(world.gateway.lots.lots, 0)
    world.drive.recovered()


def test_against_congestion_members_of_whole_megawatts_are_offered_alone(world: World) -> None:
    place(world, 3_600_000, {"plant": 2_400_000, "bakery": 400_000, "mill": 1_200_000})
    world.mark("pool", redispatch=True)
    world.at(CALLED_S)
    world.post(call(3 * MW))
    world.settle()
    assert claims(world) == {"unit-plant": 2 * MW, "unit-mill": MW}
    assert sorted((bid.quantity_w, bid.inclusive_group) for bid in world.bids()) == [(MW, ""), (2 * MW, "")]


spans = st.dictionaries(st.text("abcd", min_size=1, max_size=3), st.integers(1, 10**7), min_size=1, max_size=8)


@given(spans, st.integers(1, 10**8))
def test_members_give_what_is_marked_and_none_more_than_it_can(spans_w: dict[str, int], quantity_w: int) -> None:
    nodes_of = {unit: f"node-{unit}" for unit in spans_w}
    offer = StandingOffer("a", "o", "agr", nodes_of, None, 0, 900, quantity_w, 0, spans_w, is_portfolio=True)
    parts = offer.members_w(quantity_w)
    assert sum(parts.values()) == min(quantity_w, sum(spans_w.values()))
    assert all(0 <= parts[unit] <= spans_w[unit] for unit in spans_w)
