"""An operator's requests for several periods, decided as one: admitted all or none, bought all or nothing if asked."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from book_world import AREA, DSO, HOMES, NOON, World, mtu_message, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_orderbook.domain.flexibility.joint_requests import MAX_PERIODS

UP = {"product": pb.PRODUCT_FLEX_UP}
NEXT = NOON + 900
DRAW_W = {NOON: 12_000, NEXT: 10_000}


@pytest.fixture
def world() -> World:
    """Both streets draw much power in two periods, the first more, and their lights are amber."""
    made = World().ready()
    for start in DRAW_W:
        made.publish_period(start, 2, base(made, start))
    made.lights(light.LIGHT_AMBER)
    made.tick()
    return made


def base(world: World, start: int) -> list[int]:
    return [-DRAW_W[start] if name in HOMES else 0 for name in world.topology.node_ids]


def loading(world: World, start: int, branch: str, bought: dict[str, int]) -> int:
    p_w = [own + bought.get(name, 0) for name, own in zip(world.topology.node_ids, base(world, start), strict=True)]
    solved = solve_from_no_load(world.topology, np.array(p_w), np.zeros(len(p_w), dtype=np.int64))
    assert isinstance(solved, OperatingPoint)
    return int(solved.loading_mpct()[world.topology.branch_index[branch]])


def offer(world: World, home: str, quantity_w: int, price: int, *starts: int) -> None:
    for start in starts:
        world.sell(f"battery-{home}", quantity_w, price, mtu=mtu_message(start), **UP)


def request(
    world: World, start: int, relief: dict[str, int], fill_rule: int = pb.FILL_RULE_FILL_OR_KILL, **changes: object
) -> pb.NewOrder:
    """Return a request that brings branches so many mpct below where they are in a period."""
    first = next(iter(relief), "bar-a1")
    wanted = world.order(
        pb.SIDE_BUY,
        "",
        50_000,
        9_000,
        element_id=first,
        fill_rule=fill_rule,
        **{"mtu": mtu_message(start), **UP, **changes},
    )
    for name, less in relief.items():
        wanted.relief_targets.add(element_id=name, value=loading(world, start, name, {}) - less)
    return wanted


def together(world: World, *requests: pb.NewOrder, party: str = DSO) -> list[common_pb2.Result]:
    body = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=requests, together=True))
    return world.command(body, party)


def bought(world: World, start: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for trade in world.trades():
        if trade.mtu.start_s == start:
            found[trade.seller.node_id] = found.get(trade.seller.node_id, 0) + trade.quantity_w
    return found


def test_the_cheapest_set_of_both_periods_is_bought(world: World) -> None:
    """Against all sets of steps of both periods, counted one by one."""
    prices = {NOON: {"a1": 5_000, "a2": 5_300, "a3": 5_600}, NEXT: {"a1": 5_500, "a2": 5_400, "a3": 4_900}}
    for start, of_period in prices.items():
        for home, price in of_period.items():
            offer(world, home, 6_000, price, start)
    wanted = [request(world, start, {"bar-a1": 6_000, "a2-a3": 2_000}) for start in prices]
    results = together(world, *wanted)
    assert [order_of(result).filled_w > 0 for result in results] == [True, True]
    assert not any(result.HasField("rejection") for result in results)
    assert [event.reason for event in world.events("closed")] == ["targets_reached"] * 2  # type: ignore[attr-defined]
    got = {start: bought(world, start) for start in prices}
    targets = {start: own.relief_targets for start, own in zip(prices, wanted, strict=True)}

    def fits(start: int, chosen: dict[str, int]) -> bool:
        return all(loading(world, start, target.element_id, chosen) <= target.value for target in targets[start])

    assert all(fits(start, chosen) for start, chosen in got.items())
    cost = sum(prices[start][home] * quantity for start, chosen in got.items() for home, quantity in chosen.items())
    best = 0
    for start, of_period in prices.items():
        sets = (dict(zip(of_period, steps, strict=True)) for steps in itertools.product(range(0, 6_001, 500), repeat=3))
        best += min(
            sum(of_period[home] * quantity for home, quantity in chosen.items())
            for chosen in sets
            if fits(start, chosen)
        )
    assert cost <= best
    world.drive.recovered()


def test_fill_or_kill_buys_nothing_where_one_period_misses_a_target(world: World) -> None:
    offer(world, "a3", 20_000, 5_000, NOON, NEXT)
    far = request(world, NEXT, {"bar-a1": 60_000})
    results = together(world, request(world, NOON, {"bar-a1": 6_000}), far)
    assert world.trades() == []
    orders = [order_of(result) for result in results]
    assert [(order.status, order.filled_w) for order in orders] == [(pb.ORDER_STATUS_KILLED, 0)] * 2
    assert [result.rejection.code for result in results] == ["NOT_FILLABLE"] * 2
    assert all(result.rejection.element == "bar-a1" for result in results)
    assert all(result.rejection.value > 0 for result in results)
    # Alone, the first is bought.
    assert order_of(together(world, request(world, NOON, {"bar-a1": 6_000}))[0]).filled_w > 0
    world.drive.recovered()


def test_a_period_that_needs_nothing_stands_in_nobodys_way(world: World) -> None:
    offer(world, "a3", 20_000, 5_000, NOON, NEXT)
    results = together(world, request(world, NOON, {"bar-a1": -1_000}), request(world, NEXT, {"bar-a1": 6_000}))
    assert [order_of(result).filled_w > 0 for result in results] == [False, True]
    assert bought(world, NOON) == {}


def test_without_fill_or_kill_each_buys_what_it_can_and_the_rest_waits(world: World) -> None:
    offer(world, "a3", 4_000, 5_000, NOON, NEXT)
    normal = pb.FILL_RULE_NORMAL
    results = together(
        world, request(world, NOON, {"bar-a1": 6_000}, normal), request(world, NEXT, {"bar-a1": 60_000}, normal)
    )
    assert [order_of(result).status for result in results] == [pb.ORDER_STATUS_ACTIVE] * 2
    assert bought(world, NEXT) == {"a3": 4_000}
    assert 0 < bought(world, NOON)["a3"] <= 4_000
    offer(world, "a2", 20_000, 6_000, NEXT)
    assert bought(world, NEXT)["a2"] > 0
    world.drive.recovered()


def test_they_are_admitted_all_or_none(world: World) -> None:
    offer(world, "a3", 20_000, 5_000, NOON, NEXT)
    good = request(world, NOON, {"bar-a1": 6_000})
    unknown = request(world, NEXT, {"bar-a1": 6_000})
    unknown.relief_targets[0].element_id = unknown.element_id = "nowhere"
    results = together(world, good, unknown)
    assert [result.rejection.code for result in results] == ["UNKNOWN_OBJECT"] * 2
    assert results[0].rejection.field == "orders[1]"
    assert world.events("admitted")[-1].order.basis != pb.BASIS_OPERATOR_REQUEST  # type: ignore[attr-defined]
    assert len(world.events("refused")) == 2
    assert not together(world, good)[0].HasField("rejection")
    world.drive.recovered()


@pytest.mark.parametrize("kind", ["no targets", "another product", "another fill rule", "same period", "an offer"])
def test_what_cannot_be_decided_together_is_refused(world: World, kind: str) -> None:
    first, other = request(world, NOON, {"bar-a1": 6_000}), request(world, NEXT, {"bar-a1": 6_000})
    party = DSO
    if kind == "no targets":
        del other.relief_targets[:]
    elif kind == "another product":
        other.product = pb.PRODUCT_FLEX_DOWN
    elif kind == "another fill rule":
        other.fill_rule = pb.FILL_RULE_NORMAL
    elif kind == "same period":
        other.mtu.CopyFrom(first.mtu)
    else:
        first, other = (world.order(pb.SIDE_SELL, "battery-a1", 1_000, 5_000, mtu=mtu_message(s), **UP) for s in DRAW_W)
        party = world.party_of("battery-a1")
    results = together(world, first, other, party=party)
    assert {result.rejection.code for result in results} == {"FIELD_MALFORMED"}
    assert world.events("admitted") == []


def test_periods_are_few(world: World) -> None:
    every = [request(world, NOON, {"bar-a1": 6_000}) for _ in range(MAX_PERIODS + 1)]
    for number, own in enumerate(every):
        own.mtu.start_s = NOON + 900 * number
    assert {result.rejection.code for result in together(world, *every)} == {"TOO_MANY_ENTRIES"}


def test_fill_or_kill_of_one_request_with_targets_asks_for_its_targets(world: World) -> None:
    offer(world, "a3", 3_000, 5_000, NOON)
    missed = world.submit(request(world, NOON, {"bar-a1": 20_000}), party=DSO)[0]
    assert (missed.rejection.code, missed.rejection.unit) == ("NOT_FILLABLE", "mpct")
    assert world.trades() == []
    assert order_of(world.submit(request(world, NOON, {"bar-a1": 2_000}), party=DSO)[0]).filled_w > 0
