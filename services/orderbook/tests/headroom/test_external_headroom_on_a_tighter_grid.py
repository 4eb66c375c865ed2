"""Where the grid is tightened, holders of external orders are told what is short, once; the book withdraws nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from book_world import DSO, FLAT, NOON, World
from external_world import rest_outside, withdraw
from switching_world import ring, settled, switch
from test_capacity_limits import CONNECTION, ELEMENT, FEEDER, limit, schedule
from test_headroom_holds import hold

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_messages.catalogue import BOOK_HEADROOM


def told(world: World) -> list[pb.HeadroomShort]:
    return world.events("headroom_short")  # type: ignore[return-value]


def resting() -> World:
    """Orders rest elsewhere: two that load street a, one that relieves it, one in the other street."""
    world = World(parameters=FLAT).ready()
    rest_outside(world, "far", a3=-12)
    rest_outside(world, "near", a1=-12)
    rest_outside(world, "relief", a2=9)
    rest_outside(world, "other", b1=-3)
    return world


def dearer_base(world: World, version: int = 2) -> None:
    """Let the homes of street a draw more than was foreseen."""
    index = world.topology.node_index
    base = world.base_w()
    for home in ("a1", "a2", "a3"):
        base[index[home]] -= 8_000
    world.publish_base(NOON, version, base)


CHANGES: dict[str, tuple[Callable[[World], object], str]] = {
    "base case": (dearer_base, "bar-a1"),
    "margins": (lambda world: world.publish_margin(NOON, 2, loading_mpct=42_000), "bar-a1"),
    "capacity limits": (lambda world: schedule(world, limit(ELEMENT, "bar-a1", max_loading_mpct=58_000)), "bar-a1"),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_it_is_told_once_with_what_loads_the_short_element(change: str) -> None:
    tighten, element = CHANGES[change]
    world = resting()
    tighten(world)
    world.tick()
    (short,) = told(world)
    assert (short.element_id, short.reason, list(short.reservation_ids)) == (element, change, ["far", "near"])
    assert short.short.value - short.short.limit == short.short.short > 0
    world.publish_tariff(NOON, 3)
    world.lights()
    for _ in range(3):
        world.tick()
    assert len(told(world)) == 1, "a tariff tightens nothing"
    assert not world.events("headroom_settled"), "orders that rest elsewhere are withdrawn by their holder alone"
    assert [m.WhichOneof("event") for m in world.drive.projected(BOOK_HEADROOM)][-1] == "headroom_short"
    world.drive.recovered()


def test_each_change_is_told_and_none_where_all_fits() -> None:
    world = resting()
    world.publish_margin(NOON, 2, loading_mpct=1_000)
    world.publish_period(NOON, 3)
    world.tick()
    assert not told(world)
    dearer_base(world, 4)
    world.tick()
    dearer_base(world, 5)
    world.tick()
    assert [short.reason for short in told(world)] == ["base case", "base case"]


def test_a_part_given_up_by_the_effects_is_enough_and_less_is_told_again() -> None:
    world = resting()
    CHANGES["margins"][0](world)
    world.tick()
    short = told(world)[0].short
    effects = {effect.node_id: effect.effect for effect in short.effects}
    assert effects["a3"] < 0 < short.short
    assert "b1" not in effects
    needed_w = short.short * 1_000_000 // -effects["a3"]
    assert 1_000 < needed_w < 12_000
    withdraw(world, "far", a3=-0.9 * needed_w / 1_000)
    assert [event.reason for event in told(world)[1:]] == ["given up: it was not enough"]
    withdraw(world, "far", a3=-0.13 * needed_w / 1_000)
    assert len(told(world)) == 2
    (left,) = world.events("headroom_reduced")[-1].left
    assert left.p_w == -12_000 + round(0.9 * needed_w) + round(0.13 * needed_w)
    worst = solved(world, a1=-12_000, a3=left.p_w, b1=-3_000)
    assert worst.loading.max() <= 0.58, "all filled but the relief, the street is at its limit less the margin"
    assert worst.loading.max() > 0.56
    world.drive.recovered()


def solved(world: World, **moved: int) -> OperatingPoint:
    p_w = np.array(world.base_w())
    for node, power in moved.items():
        p_w[world.topology.node_index[node]] += power
    point = solve_from_no_load(world.topology, p_w, np.zeros_like(p_w))
    assert isinstance(point, OperatingPoint)
    return point


def test_a_feeders_capacity_limit_is_short_in_watts() -> None:
    world = resting()
    drawn = -sum(world.base_w()[world.topology.node_index[home]] for home in ("a1", "a2", "a3"))
    schedule(world, limit(FEEDER, "street-a", max_consumption_w=drawn + 20_000))
    (short,) = told(world)
    assert (short.element_id, short.short.short, short.short.unit) == ("street-a", 4_000, "W")
    assert {effect.node_id: effect.effect for effect in short.short.effects} == dict.fromkeys(
        ("a1", "a2", "a3"), -1_000_000
    )
    assert list(short.reservation_ids) == ["far", "near"]
    withdraw(world, "near", a1=-4)
    assert len(told(world)) == 1
    schedule(world, limit(CONNECTION, "mp-battery-a2", max_injection_w=5_000))
    assert list(told(world)[-1].reservation_ids) == ["relief"]


@pytest.mark.parametrize(("bound", "name", "gives_up"), [("max", "lifts", 11), ("min", "lowers", -11)])
def test_a_voltage_is_short_the_way_it_binds(bound: str, name: str, gives_up: int) -> None:
    world = World(parameters=FLAT).ready()
    rest_outside(world, "lifts", b3=20)
    rest_outside(world, "lowers", b3=-20)
    at = solved(world, b3=10_000 if bound == "max" else -10_000).magnitude[world.topology.node_index["b3"]]
    assert bool(at > 1) is (bound == "max")
    schedule(world, limit(ELEMENT, "b3", **{f"{bound}_voltage_upu": int(at * 1e6)}))
    (short,) = told(world)
    assert (short.element_id, list(short.reservation_ids), short.short.unit) == ("b3", [name], "micro_pu")
    withdraw(world, name, b3=gives_up)
    assert len(told(world)) == 1


def test_a_topology_gives_up_what_operators_hold_and_tells_who_holds_for_external_orders() -> None:
    """One mechanism: what is firm is judged and given up first, then all that is held is judged."""
    world = World(model=ring(), market_changes={"either_side_missing": False}).ready()
    assert not hold(world, "operators", b2=-60).rejection.code
    rest_outside(world, "outside", b2=-30)
    switch(world)
    world.tick()
    assert not told(world), "nothing is judged before the grid is whole"
    settled(world)
    assert [event.reservation_id for event in world.events("headroom_settled")] == ["operators"]
    assert world.events("headroom_settled")[0].party == DSO
    (rechecked,) = world.events("topology_rechecked")
    assert rechecked.fits, "of the trades"
    assert not told(world), "with what operators held gone, there is room"
    rest_outside(world, "more", a1=-2)
    world.publish_margin(NOON, 3, loading_mpct=35_000, topology=2)
    world.tick()
    assert list(told(world)[-1].reservation_ids) == ["more", "outside"]
    world.drive.recovered()


def test_what_is_held_for_external_orders_stays_held_on_a_topology_without_room() -> None:
    world = World(model=ring(), market_changes={"either_side_missing": False}).ready()
    assert not hold(world, "operators", b1=-1).rejection.code
    rest_outside(world, "outside", b2=-60)
    switch(world)
    settled(world)
    assert not world.events("headroom_settled")
    (short,) = told(world)
    assert list(short.reservation_ids) == ["outside"]
    assert world.program_period().grid.held.keys() == {"operators", "outside"}
    withdraw(world, "outside")
    assert len(told(world)) == 1
    world.drive.recovered()


def test_without_a_power_flow_all_are_named() -> None:
    world = resting()
    world.publish_base(NOON, 2, [-9_000_000 if name == "a3" else 0 for name in world.topology.node_ids])
    world.tick()
    (short,) = told(world)
    assert list(short.reservation_ids) == ["far", "near", "other", "relief"]
    assert not short.element_id
    assert not short.HasField("short")


def test_what_firm_holds_alone_carry_out_of_its_limit_hides_no_shortage() -> None:
    world = World(parameters=FLAT).ready()
    assert not hold(world, "operators", any_fill=True, b3=-40).rejection.code
    rest_outside(world, "outside", a2=-30)
    schedule(
        world, limit(ELEMENT, "bar-b1", max_loading_mpct=5_000), limit(ELEMENT, "bar-a1", max_loading_mpct=70_000)
    )  # fmt: skip
    (short,) = told(world)
    assert (short.element_id, list(short.reservation_ids)) == ("bar-a1", ["outside"])
