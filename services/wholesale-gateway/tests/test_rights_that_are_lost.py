"""What is left or out of an order is taken back where its party may not offer the unit any more."""

from __future__ import annotations

from typing import Any

import pytest
from auction_world import ENTRY_ENDS_S, AuctionWorld
from gateway_world import AREA, GatewayWorld

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb

GRANTED, REVOKED = registry.RIGHT_CHAIN_STATUS_GRANTED, registry.RIGHT_CHAIN_STATUS_REVOKED


@pytest.fixture
def world() -> GatewayWorld:
    made = GatewayWorld()
    unit = registry.Unit(unit_id="u1", feeder_id="feeder-1", metering_point_id="mp1", active=True)
    made.entity("unit/u1", unit=unit)
    point = registry.MeteringPoint(metering_point_id="mp1", area_id=AREA, node_id="n1", active=True)
    made.entity("metering_point/mp1", metering_point=point)
    tell(made)
    made.entered()
    return made


def tell(world: GatewayWorld, **changes: Any) -> None:
    """The registry states the right to offer the unit of order o1."""
    whole: dict[str, Any] = {"valid_from_s": 0, "valid_to_s": world.mtu.start_s + 86_400, "holder_id": "agr-a"}
    right = registry.RightToOffer(right_id="r1", unit_id="u1", **{**whole, **changes})
    world.entity("right/r1", right=right)


def ask_the_chain(world: GatewayWorld, *, asks: bool = True) -> None:
    world.entity("area/village", area=registry.GridArea(area_id=AREA, dso_id="dso", rights_on_chain=asks))


def on_chain(world: GatewayWorld, status: int = GRANTED, until_s: int = 86_400) -> registry.RightOnChain:
    return registry.RightOnChain(status=status, valid_to_s=world.mtu.start_s + until_s)  # type: ignore[arg-type]


def taken_back(world: GatewayWorld) -> list[str]:
    return [event.order_id for event in world.events("withdrawn")]


@pytest.mark.parametrize(
    "changes", [{"revoked": True}, {"valid_to_s": 1}, {"holder_id": "agr-b"}], ids=["revoked", "shortened", "another's"]
)
def test_a_lost_right_cancels_what_is_out(world: GatewayWorld, changes: dict[str, Any]) -> None:
    tell(world, **changes)
    assert taken_back(world) == ["o1"]
    assert isinstance(world.requests()[-1], pb.OperationSent)
    tell(world, **changes)
    assert taken_back(world) == ["o1"]
    world.drive.recovered()


def test_a_right_that_stands_leaves_it_out(world: GatewayWorld) -> None:
    before = len(world.requests())
    tell(world, valid_to_s=world.mtu.start_s + 900)
    ask_the_chain(world, asks=False)
    assert taken_back(world) == []
    assert len(world.requests()) == before


def test_an_area_that_begins_to_ask_the_chain_takes_back_what_it_does_not_grant(world: GatewayWorld) -> None:
    ask_the_chain(world)
    assert taken_back(world) == ["o1"]
    world.drive.recovered()


def test_what_the_chain_grants_stays_until_it_takes_it_back(world: GatewayWorld) -> None:
    tell(world, on_chain=on_chain(world))
    ask_the_chain(world)
    assert taken_back(world) == []
    tell(world, on_chain=on_chain(world, until_s=899))  # not for the whole delivery
    assert taken_back(world) == ["o1"]


def test_a_right_that_the_chain_revokes_is_lost(world: GatewayWorld) -> None:
    tell(world, on_chain=on_chain(world))
    ask_the_chain(world)
    tell(world, on_chain=on_chain(world, REVOKED))
    assert taken_back(world) == ["o1"]


def offered(world: AuctionWorld) -> set[str]:
    taken = {event.order.order_id for event in world.events("day_ahead_offered")}
    return taken - {event.order_id for event in world.events("day_ahead_cancelled")}


def test_offers_for_an_auction_are_taken_back_while_they_are_entered() -> None:
    world = AuctionWorld()
    for number in (1, 2):
        assert not world.offer(number, 100_000, 4_000).results[0].HasField("rejection")
    revoked = registry.RightToOffer(right_id="r1", unit_id="u1", holder_id="agr-a", valid_to_s=10**10, revoked=True)
    world.entity("right/r1", right=revoked)
    assert offered(world) == {"da.agr-a.of2"}
    world.at(ENTRY_ENDS_S)
    ask_the_chain(world)
    assert offered(world) == {"da.agr-a.of2"}  # what was submitted stands
    world.drive.recovered()


def test_an_area_that_asks_the_chain_admits_to_the_auction_what_the_chain_grants() -> None:
    world = AuctionWorld()
    world.offer(1, 100_000, 4_000)
    ask_the_chain(world)
    assert offered(world) == set()
    refused = world.offer(2, 100_000, 4_000).results[0].rejection
    assert refused.code == "NO_RIGHT_TO_OFFER"
    granted = registry.RightOnChain(status=GRANTED, valid_to_s=10**10)
    right = registry.RightToOffer(right_id="r2", unit_id="u2", holder_id="agr-a", valid_to_s=10**10, on_chain=granted)
    world.entity("right/r2", right=right)
    assert not world.offer(2, 100_000, 4_000).results[0].HasField("rejection")
