"""A request with targets buys the cheapest set for all its elements, no more than they need, and says what is wrong."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from book_world import DSO, HOMES, NOON, World, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load

UP = {"product": pb.PRODUCT_FLEX_UP}


@pytest.fixture
def world() -> World:
    """Both streets draw much power, and their lights are amber."""
    made = World().ready()
    made.publish_period(NOON, 2, loads(made))
    made.lights(light.LIGHT_AMBER)
    made.tick()
    return made


def loads(world: World) -> list[int]:
    return [-12_000 if name in HOMES else 0 for name in world.topology.node_ids]


def state(world: World, bought: dict[str, int]) -> OperatingPoint:
    p_w = [base + bought.get(name, 0) for name, base in zip(world.topology.node_ids, loads(world), strict=True)]
    solved = solve_from_no_load(world.topology, np.array(p_w), np.zeros(len(p_w), dtype=np.int64))
    assert isinstance(solved, OperatingPoint)
    return solved


def loading(world: World, branch: str, bought: dict[str, int]) -> int:
    return int(state(world, bought).loading_mpct()[world.topology.branch_index[branch]])


def targets(world: World, **relieved: int) -> list[pb.ReliefTarget]:
    """Return targets that lie below the loading at which the branches start, by so many mpct."""
    names = {"first": "bar-a1", "last": "a2-a3", "other": "bar-b1"}
    return [
        pb.ReliefTarget(element_id=names[key], value=loading(world, names[key], {}) - relief)
        for key, relief in relieved.items()
    ]


def request(world: World, wanted: list[pb.ReliefTarget], quantity_w: int, price: int) -> common_pb2.Result:
    order = world.order(
        pb.SIDE_BUY, "", quantity_w, price, element_id=wanted[0].element_id if wanted else "bar-a1", **UP
    )
    order.relief_targets.extend(wanted)
    return world.submit(order, party=DSO)[0]


def bought(world: World) -> dict[str, int]:
    found: dict[str, int] = {}
    for trade in world.trades():
        found[trade.seller.node_id] = found.get(trade.seller.node_id, 0) + trade.quantity_w
    return found


def test_it_buys_what_two_elements_need_and_nothing_more(world: World) -> None:
    world.sell("battery-a1", 20_000, 5_000, **UP)
    world.sell("battery-a3", 20_000, 6_000, **UP)
    world.sell("battery-b2", 20_000, 1_000, **UP)
    wanted = targets(world, first=9_000, last=3_000)
    order = order_of(request(world, wanted, 50_000, 9_000))
    got = bought(world)
    assert set(got) == {"a1", "a3"}  # street b's cheap offer would help neither
    for target in wanted:
        assert loading(world, target.element_id, got) <= target.value
        assert loading(world, target.element_id, got) > target.value - 300  # a step of 100 W
    assert order.open_w == 50_000 - sum(got.values())
    assert [relief.element_id for relief in world.trades()[0].reliefs] == ["bar-a1", "a2-a3"]
    world.drive.recovered()


def test_no_other_set_of_steps_is_cheaper(world: World) -> None:
    prices = {"a1": 5_000, "a2": 5_300, "a3": 5_600}
    for home, price in prices.items():
        world.sell(f"battery-{home}", 6_000, price, **UP)
    wanted = targets(world, first=6_000, last=2_000)
    request(world, wanted, 50_000, 9_000)
    got = bought(world)
    cost = sum(prices[home] * quantity for home, quantity in got.items())
    best = min(
        sum(prices[home] * quantity for home, quantity in zip(prices, chosen, strict=True))
        for chosen in itertools.product(range(0, 6_001, 500), repeat=3)
        if all(
            loading(world, target.element_id, dict(zip(prices, chosen, strict=True))) <= target.value
            for target in wanted
        )
    )
    assert cost <= best
    assert all(loading(world, target.element_id, got) <= target.value for target in wanted)


def test_a_request_that_waits_buys_the_best_set_of_what_rests_by_then(world: World) -> None:
    """Pair by pair it would buy the offer that is cheapest for its first element, and then once more for the other."""
    prices = {"a1": 5_000, "a2": 8_000, "a3": 5_600}
    for home, price in prices.items():
        world.sell(f"battery-{home}", 12_000, price, **UP)
    wanted = targets(world, first=-200, last=-200)
    assert order_of(request(world, wanted, 50_000, 9_000)).filled_w == 0
    heavier = [base - 2_000 * (name in HOMES) for name, base in zip(world.topology.node_ids, loads(world), strict=True)]
    world.publish_period(NOON, 3, heavier)
    world.tick()
    got = bought(world)
    cost = sum(prices[home] * quantity for home, quantity in got.items())

    def fits(chosen: dict[str, int]) -> bool:
        p_w = [own + chosen.get(name, 0) for name, own in zip(world.topology.node_ids, heavier, strict=True)]
        point = solve_from_no_load(world.topology, np.array(p_w), np.zeros(len(p_w), dtype=np.int64))
        assert isinstance(point, OperatingPoint)
        values = point.loading_mpct()
        return all(values[world.topology.branch_index[target.element_id]] <= target.value for target in wanted)

    assert fits(got)
    sets = (dict(zip(prices, steps, strict=True)) for steps in itertools.product(range(0, 12_001, 500), repeat=3))
    assert cost <= min(sum(prices[h] * q for h, q in chosen.items()) for chosen in sets if fits(chosen))
    greedy = {"a1": got.get("a1", 0) + 1_000, "a3": got["a3"]}
    assert cost < sum(prices[home] * quantity for home, quantity in greedy.items())
    world.tick()
    assert bought(world) == got
    world.drive.recovered()


def test_its_quantity_bounds_the_whole_set(world: World) -> None:
    world.sell("battery-a1", 20_000, 5_000, **UP)
    world.sell("battery-a3", 20_000, 6_000, **UP)
    order = order_of(request(world, targets(world, first=20_000), 4_000, 9_000))
    assert order.status == pb.ORDER_STATUS_FILLED
    assert sum(bought(world).values()) == 4_000


def test_a_reached_target_buys_nothing_and_the_request_waits(world: World) -> None:
    world.sell("battery-a3", 20_000, 6_000, **UP)
    wanted = targets(world, first=-1_000)
    assert order_of(request(world, wanted, 5_000, 9_000)).filled_w == 0
    heavier = [base - 3_000 * (name in HOMES) for name, base in zip(world.topology.node_ids, loads(world), strict=True)]
    world.publish_period(NOON, 3, heavier)
    world.tick()
    assert 0 < sum(bought(world).values()) <= 5_000
    world.drive.recovered()


def test_an_offer_that_comes_later_gives_what_is_lacking_at_the_requests_price(world: World) -> None:
    wanted = targets(world, first=4_000)
    request(world, wanted, 20_000, 9_000)
    world.sell("battery-b2", 20_000, 1_000, **UP)
    assert world.trades() == []
    world.sell("battery-a3", 20_000, 6_000, **UP)
    got = bought(world)
    assert [trade.price_ticks for trade in world.trades()] == [9_000]
    assert wanted[0].value - 300 < loading(world, "bar-a1", got) <= wanted[0].value
    world.sell("battery-a2", 20_000, 2_000, **UP)
    assert bought(world) == got


def test_a_voltage_is_a_target_too(world: World) -> None:
    node = world.topology.node_index["a3"]
    start = int(state(world, {}).voltage_micro_pu()[node])
    wanted = [pb.ReliefTarget(element_id="a3", value=start + 4_000)]
    world.sell("battery-a3", 20_000, 6_000, **UP)
    request(world, wanted, 20_000, 9_000)
    reached = int(state(world, bought(world)).voltage_micro_pu()[node])
    assert start + 4_000 <= reached < start + 4_100


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        ([("bar-a1", 0)], "FIELD_OUT_OF_RANGE", "relief_targets.value"),
        ([("bar-a1", 80_000), ("bar-a1", 70_000)], "FIELD_MALFORMED", "relief_targets"),
        ([("bar-a1", 80_000), ("nowhere", 70_000)], "UNKNOWN_OBJECT", "element_id"),
        ([("bar-a1", 80_000)] + [(f"x{i}", 1) for i in range(64)], "TOO_MANY_ENTRIES", "relief_targets"),
    ],
)
def test_unsound_targets_are_refused_with_their_rule(
    world: World, wanted: list[tuple[str, int]], code: str, field: str
) -> None:
    sent = [pb.ReliefTarget(element_id=name, value=value) for name, value in wanted]
    refusal = request(world, sent, 1_000, 9_000).rejection
    assert (refusal.code, refusal.field) == (code, field)


def test_targets_belong_to_requests_of_an_element(world: World) -> None:
    order = world.order(pb.SIDE_SELL, "battery-a1", 1_000, 5_000, **UP)
    order.relief_targets.append(pb.ReliefTarget(element_id="bar-a1", value=80_000))
    assert world.submit(order)[0].rejection.field == "relief_targets"


def test_every_named_element_needs_an_amber_light(world: World) -> None:
    world.lights(light.LIGHT_GREEN, zones=("street-b",))
    world.tick()
    refusal = request(world, targets(world, first=1_000, other=1_000), 1_000, 9_000).rejection
    assert (refusal.code, refusal.element) == ("PRODUCT_NOT_ALLOWED", "street-b")
