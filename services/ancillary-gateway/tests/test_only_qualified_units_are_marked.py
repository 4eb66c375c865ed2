"""Only a unit that the registry has qualified for mFRR is marked and claimed for the platform."""

from __future__ import annotations

from pathlib import Path

import pytest
from gateway_builders import MW, START_S
from mfrr_world import World
from test_mfrr_gateway_service import CLAIMED_S

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_messages.catalogue import REGISTRY_ENTITY


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def stated(world: World, name: str, *products: tuple[int, int]) -> None:
    """The registry says which products a unit has come how far for."""
    kept = [registry.ProductQualification(product=product, state=state) for product, state in products]
    unit = registry.Unit(
        unit_id=f"unit-{name}", metering_point_id=f"mp-{name}",
        life=registry.UnitLife(state=registry.UNIT_STATE_ACTIVE, products=kept),
    )  # fmt: skip
    world.input(REGISTRY_ENTITY, f"unit/{name}", registry.EntityState(entity=registry.Entity(unit=unit)))


MFRR, ENERGY = registry.PRODUCT_TYPE_MFRR, registry.PRODUCT_TYPE_ENERGY
QUALIFIED, TESTING = registry.PRODUCT_STATE_QUALIFIED, registry.PRODUCT_STATE_TESTING


@pytest.mark.parametrize("products", [(), ((ENERGY, QUALIFIED),), ((ENERGY, QUALIFIED), (MFRR, TESTING))])
def test_a_unit_that_is_not_qualified_cannot_be_marked(world: World, products: tuple[tuple[int, int], ...]) -> None:
    world.offer("u0", MW)
    stated(world, "u0", *products)
    rejection = world.mark("u0")[0].rejection
    assert (rejection.code, rejection.field, rejection.element) == ("NOT_QUALIFIED", "offer_id", "unit-u0")
    assert "MFRR" in rejection.rule
    world.at(CLAIMED_S)
    assert not world.events("lot_asked")
    world.drive.recovered()


def test_a_qualified_unit_is_marked_and_claimed_until_it_loses_its_qualification(world: World) -> None:
    world.offer("u0", MW, count=2)
    stated(world, "u0", (MFRR, QUALIFIED))
    assert not world.mark("u0")[0].HasField("rejection")
    world.at(CLAIMED_S)
    assert [event.lot.mtu.start_s for event in world.events("lot_asked")] == [START_S]
    world.drive.recovered()
    stated(world, "u0", (MFRR, registry.PRODUCT_STATE_REFUSED))
    world.at(CLAIMED_S + 900)
    assert len(world.events("lot_asked")) == 1
    world.drive.recovered()


def test_a_unit_whose_qualifications_nobody_keeps_is_qualified(world: World) -> None:
    world.offer("u0", MW)
    assert not world.mark("u0")[0].HasField("rejection")
