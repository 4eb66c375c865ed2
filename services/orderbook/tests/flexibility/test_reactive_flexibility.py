"""Reactive offers: bought by operators for their effect on a voltage, within a unit's reactive power, moving no W."""

from __future__ import annotations

import numpy as np
import pytest
from book_world import BRP, DSO, NOON, World, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load

UP = {"product": pb.PRODUCT_FLEX_REACTIVE_UP}
DOWN = {"product": pb.PRODUCT_FLEX_REACTIVE_DOWN}
MOST_VAR = 20_000


@pytest.fixture
def world() -> World:
    """Street a draws much power, its voltage is low; three batteries can give reactive power."""
    made = World().ready()
    for home in ("a1", "a3", "b1"):
        reactive_unit(made, home)
    made.publish_period(NOON, 2, loads(made))
    made.lights(light.LIGHT_AMBER, zones=("street-a",))
    made.tick()
    return made


def reactive_unit(world: World, home: str) -> None:
    name = f"battery-{home}"
    wire = registry.Unit(
        unit_id=name, name=name, metering_point_id=f"mp-{name}", owner_id=f"owner-{home}",
        operator_id=world.party_of(name), max_power_w=60_000, min_power_w=-60_000, controllable=True, active=True,
        feeder_id=f"street-{home[0]}", min_activation_w=500, max_reactive_var=MOST_VAR,
    )  # fmt: skip
    world.entity("unit", name, wire)


def loads(world: World) -> list[int]:
    return [-12_000 if name in ("a1", "a2", "a3") else 0 for name in world.topology.node_ids]


def voltage(world: World, node: str, q_var: dict[str, int]) -> int:
    q = np.array([q_var.get(name, 0) for name in world.topology.node_ids], dtype=np.int64)
    solved = solve_from_no_load(world.topology, np.array(loads(world)), q)
    assert isinstance(solved, OperatingPoint)
    return int(solved.voltage_micro_pu()[world.topology.node_index[node]])


def request(world: World, quantity_var: int, price: int, target: int | None = None) -> common_pb2.Result:
    order = world.order(pb.SIDE_BUY, "", quantity_var, price, element_id="a3", **UP)
    if target is not None:
        order.relief_targets.append(pb.ReliefTarget(element_id="a3", value=target))
    return world.submit(order, party=DSO)[0]


def test_the_offer_with_more_effect_per_euro_comes_first(world: World) -> None:
    world.sell("battery-a1", 5_000, 2_000, **UP)
    world.sell("battery-b1", 5_000, 3_000, **UP)
    world.sell("battery-a3", 5_000, 4_000, **UP)
    bought = order_of(request(world, 6_000, 9_000))
    assert bought.filled_w == 6_000
    # a1 has less than half the effect of a3 for half its price, b1 an eighth for three quarters of it.
    assert [(trade.seller.unit_id, trade.quantity_w) for trade in world.trades()] == [
        ("battery-a3", 5_000), ("battery-a1", 1_000),
    ]  # fmt: skip
    world.drive.recovered()


def test_the_effect_that_counts_is_that_of_reactive_power(world: World) -> None:
    """Behind the reactance of the substation the other street lifts the voltage with var, hardly with W."""
    world.sell("battery-b1", 5_000, 3_000, **UP)
    assert order_of(request(world, 5_000, 9_000)).filled_w == 5_000
    world.sell("battery-b1", 5_000, 3_000, product=pb.PRODUCT_FLEX_UP)
    active = world.order(pb.SIDE_BUY, "", 5_000, 9_000, element_id="a3", product=pb.PRODUCT_FLEX_UP)
    assert order_of(world.submit(active, party=DSO)[0]).filled_w == 0
    assert world.events("skipped")[-1].reason.code == "NO_EFFECT"  # type: ignore[attr-defined]


def test_a_match_moves_reactive_power_alone_and_pays_no_tariff(world: World) -> None:
    world.sell("battery-a3", 5_000, 4_000, **UP)
    request(world, 5_000, 9_000)
    (trade,) = world.trades()
    assert (trade.seller.moved_w, trade.seller.moved_var, trade.buyer.moved_var) == (0, 5_000, 0)
    assert trade.dnut_micro_euro == 0
    assert trade.amount_micro_euro == 5_000 * 4_000 * 900 * 10_000 // (3_600 * 1_000_000)
    changed = world.events("operating_point")[-1]
    assert [(c.node_id, c.p_w, c.q_var) for c in changed.accepted] == [("a3", 0, 5_000)]  # type: ignore[attr-defined]
    assert trade.effect.low_relief_upu.amounts
    world.drive.recovered()


def test_a_target_buys_as_much_as_the_voltage_needs(world: World) -> None:
    start = voltage(world, "a3", {})
    world.sell("battery-a3", 15_000, 4_000, **UP)
    request(world, 20_000, 9_000, target=start + 1_500)
    (trade,) = world.trades()
    reached = voltage(world, "a3", {"a3": trade.quantity_w})
    assert start + 1_500 <= reached < start + 1_500 + 30


def test_a_unit_offers_no_more_than_its_reactive_power(world: World) -> None:
    assert world.sell("battery-a2", 1_000, 1_000, **UP).rejection.code == "BASIS_EXCEEDED"  # it has none
    assert not world.sell("battery-a3", 15_000, 4_000, **UP).HasField("rejection")
    refused = world.sell("battery-a3", 6_000, 4_000, **UP).rejection
    assert (refused.code, refused.limit, refused.unit) == ("BASIS_EXCEEDED", 5_000, "var")
    assert not world.sell("battery-a3", 20_000, 4_000, **DOWN).HasField("rejection")
    # Its active power is not touched by that.
    active = world.sell("battery-a3", 50_000, 4_000, product=pb.PRODUCT_FLEX_UP)
    assert not active.HasField("rejection")


def test_what_was_bought_uses_the_units_power_up(world: World) -> None:
    world.sell("battery-a3", 15_000, 4_000, **UP)
    request(world, 15_000, 9_000)
    assert world.sell("battery-a3", 6_000, 4_000, **UP).rejection.limit == 5_000
    assert not world.sell("battery-a3", 35_000, 4_000, **DOWN).HasField("rejection")


def test_down_lowers_a_voltage(world: World) -> None:
    surplus = [12_000 if name in ("a1", "a2", "a3") else 0 for name in world.topology.node_ids]
    world.publish_period(NOON, 3, surplus)
    world.tick()
    world.sell("battery-a3", 5_000, 4_000, **DOWN)
    order = world.order(pb.SIDE_BUY, "", 5_000, 9_000, element_id="a3", **DOWN)
    assert order_of(world.submit(order, party=DSO)[0]).filled_w == 5_000
    assert world.trades()[0].seller.moved_var == -5_000


def test_a_balance_party_requests_no_reactive_power(world: World) -> None:
    order = world.order(pb.SIDE_BUY, "", 1_000, 9_000, metering_point_id="mp-house-b1", **UP)
    refused = world.submit(order, party=BRP)[0].rejection
    assert (refused.code, refused.field) == ("PRODUCT_NOT_ALLOWED", "product")


def test_the_gate_holds_currents_against_reactive_power(world: World) -> None:
    """Reactive power loads the cable too: what would take it beyond its rating is not bought."""
    heavy = [-13_400 if name in ("a1", "a2", "a3") else 0 for name in world.topology.node_ids]
    world.publish_period(NOON, 3, heavy)
    world.tick()
    world.sell("battery-a3", 20_000, 4_000, **UP)
    got = order_of(request(world, 20_000, 9_000)).filled_w
    q = np.array([got if name == "a3" else 0 for name in world.topology.node_ids], dtype=np.int64)
    solved = solve_from_no_load(world.topology, np.array(heavy), q)
    assert isinstance(solved, OperatingPoint)
    assert solved.loading.max() <= 1.0
    assert got < 20_000
