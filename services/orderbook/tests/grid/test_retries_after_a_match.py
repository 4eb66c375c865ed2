"""Pairs that the grid stands against: the index finds what a scan of all would; what is held fits in every subset."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest
from book_world import AREA, BRP, DSO, FLAT, HOMES, NOON, World, mtu_message, two_streets

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_orderbook.domain.resting.blocked_pairs import BlockedPairs

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
PRODUCTS = (pb.PRODUCT_LOCAL_ENERGY, pb.PRODUCT_FLEX_UP, pb.PRODUCT_FLEX_DOWN)


def crowded(**changes: object) -> World:
    """Return streets with thin cables, whose markets retry after each match; losses cost nothing."""
    settings = {"retries_after_match": True, "either_side_missing": False} | changes
    return World(model=two_streets(thin_ka=0.03, thick_ka=0.05), market_changes=settings, parameters=FLAT).ready()


def random_order(world: World, draw: random.Random, conditional: float = 0.3) -> None:
    """Submit an order that easily crosses another one, of any kind of the continuous markets."""
    product, home = draw.choice(PRODUCTS), draw.choice(HOMES)
    buys, quantity = draw.random() < 0.5, draw.choice([500, 1_000, 2_000, 5_000, 9_000, 17_000])
    price = draw.choice([900, 1_000, 1_100, 2_000]) + (500 if buys else 0)
    changes: dict[str, object] = {"product": product}
    if product != pb.PRODUCT_LOCAL_ENERGY:
        changes["conditional"] = draw.random() < conditional
    if draw.random() < 0.15:
        changes["fill_rule"] = pb.FILL_RULE_FILL_AND_KILL
    subject, party = f"battery-{home}", world.party_of(home)
    if buys and product != pb.PRODUCT_LOCAL_ENERGY:
        changes, subject, party = changes | {"metering_point_id": f"mp-battery-{home}"}, "", BRP
    world.submit(world.order(pb.SIDE_BUY if buys else pb.SIDE_SELL, subject, quantity, price, **changes), party=party)


def random_end(world: World, draw: random.Random) -> None:
    """Call a held match, or give it back."""
    held = world.program_period().grid.held_matches
    if held:
        wish = pb.EndCall(call_ids=[draw.choice(sorted(held))], made=draw.random() < 0.6)
        world.command(pb.OrderCommand(area_id=AREA, end_call=wish), BRP)


def random_headroom(world: World, draw: random.Random) -> None:
    """Hold headroom, or release it."""
    held = sorted(world.program_period().grid.held)
    body = pb.OrderCommand(area_id=AREA)
    if held and draw.random() < 0.6:
        body.release.reservation_id = draw.choice(held)
    else:
        change = pb.NodeChange(node_id=draw.choice(HOMES), p_w=draw.choice([-6_000, -2_000, 2_000, 6_000]))
        body.reserve.CopyFrom(
            pb.ReserveHeadroom(
                reservation_id=f"r-{world.orders}-{len(held)}", area_id=AREA, mtu=mtu_message(NOON), changes=[change],
                expires_at_ms=NOON * 1000,
            )
        )  # fmt: skip
    world.command(body, DSO)


def play(seed: int, commands: int) -> World:
    world, draw = crowded(), random.Random(seed)
    for _ in range(commands):
        step = draw.random()
        if step < 0.8:
            random_order(world, draw)
        elif step < 0.9:
            random_end(world, draw)
        else:
            random_headroom(world, draw)
    return world


def matches(world: World) -> list[tuple[str, str, int, str]]:
    return [(t.seller.order_id, t.buyer.order_id, t.quantity_w, t.call_id) for t in world.trades()]


@pytest.mark.parametrize("seed", range(200 if LONG else 6))
def test_the_index_matches_what_a_scan_of_all_pairs_matches(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_orderbook.domain.book.MAX_ATTEMPTS_AT_ONCE", 10_000)
    by_index = play(seed, 80)
    by_index.drive.recovered()
    monkeypatch.setattr(BlockedPairs, "due", lambda self, point: self.all() if point else [])
    by_scan = play(seed, 80)
    assert matches(by_index) == matches(by_scan)
    assert [held.quantity_w for held in by_index.events("held")] == [  # type: ignore[attr-defined]
        held.quantity_w
        for held in by_scan.events("held")  # type: ignore[attr-defined]
    ]
    assert len(by_index.events("skipped")) <= len(by_scan.events("skipped"))


def test_the_index_saves_tries_and_finds_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other test could not fail if nothing were ever blocked, or if all pairs were always due."""
    monkeypatch.setattr("flexbourse_orderbook.domain.book.MAX_ATTEMPTS_AT_ONCE", 10_000)
    by_index = play(3, 80)
    monkeypatch.setattr(BlockedPairs, "due", lambda self, point: self.all() if point else [])
    by_scan = play(3, 80)
    monkeypatch.setattr(BlockedPairs, "due", lambda _self, _point: [])
    without = play(3, 80)
    assert len(by_index.events("skipped")) < len(by_scan.events("skipped"))
    assert matches(without) != matches(by_index)


def blocked(**changes: object) -> World:
    """Return a book where the thin cable of street a, full, stands against a pair; in street b somebody could help."""
    world = crowded(**changes)
    world.sell("battery-b1", 40_000, 1_000)
    world.buy("battery-a2", 40_000, 400_000)
    assert world.trades()[0].quantity_w < 25_000
    return world


def relieve(world: World) -> None:
    """Let flexibility of street a be called from street b."""
    world.sell("battery-a2", 5_000, 900, product=pb.PRODUCT_FLEX_UP)
    point = {"metering_point_id": "mp-battery-b2", "product": pb.PRODUCT_FLEX_UP}
    world.submit(world.order(pb.SIDE_BUY, "", 5_000, 400_000, **point), party=BRP)


def test_room_that_a_match_makes_is_used_at_once() -> None:
    at_once, later = blocked(), blocked(retries_after_match=False)
    for world in (at_once, later):
        relieve(world)
    first, second = (sum(t.quantity_w for t in world.trades() if t.buyer.node_id == "a2") for world in (at_once, later))
    assert first > second + 3_500
    later.tick()
    assert abs(sum(t.quantity_w for t in later.trades() if t.buyer.node_id == "a2") - first) <= 500
    assert later.events("pair_blocked") == []
    at_once.drive.recovered()


def test_headroom_that_is_released_is_used_at_once() -> None:
    world = crowded()
    reserve = pb.ReserveHeadroom(
        reservation_id="r-1", area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=NOON * 1000,
        changes=[pb.NodeChange(node_id="a2", p_w=-15_000)],
    )  # fmt: skip
    assert not world.command(pb.OrderCommand(area_id=AREA, reserve=reserve), DSO)[0].HasField("rejection")
    world.sell("battery-b1", 10_000, 1_000)
    world.buy("battery-a2", 10_000, 400_000)
    before = sum(trade.quantity_w for trade in world.trades())
    assert before < 8_000
    world.command(pb.OrderCommand(area_id=AREA, release=pb.ReleaseHeadroom(reservation_id="r-1")), DSO)
    assert sum(trade.quantity_w for trade in world.trades()) == 10_000


def test_an_operators_request_is_tried_again_at_once_too() -> None:
    world = crowded()
    heavy = {"a1": -8_000, "a2": -8_000, "a3": 4_000}
    world.publish_period(NOON, 2, [heavy.get(name, 0) for name in world.topology.node_ids])
    world.lights(light.LIGHT_AMBER)
    world.tick()
    reserve = pb.ReserveHeadroom(
        reservation_id="r-1", area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=NOON * 1000,
        changes=[pb.NodeChange(node_id="a3", p_w=14_000)],
    )  # fmt: skip
    assert not world.command(pb.OrderCommand(area_id=AREA, reserve=reserve), DSO)[0].HasField("rejection")
    for home, price in (("a3", 1_000), ("a3", 900)):
        world.sell(f"battery-{home}", 4_000, price, product=pb.PRODUCT_FLEX_UP)
    world.request("bar-a1", 8_000, 5_000)
    assert sum(trade.quantity_w for trade in world.trades()) < 4_000
    assert len(world.program_period().blocked.all()) == 2
    world.command(pb.OrderCommand(area_id=AREA, release=pb.ReleaseHeadroom(reservation_id="r-1")), DSO)
    assert [trade.price_ticks for trade in world.trades()] == [900, 900, 1_000]  # the cheaper relief comes first
    assert sum(trade.quantity_w for trade in world.trades()) > 6_000
    world.drive.recovered()


def test_what_the_bound_of_one_command_leaves_waits_for_the_time_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_orderbook.domain.book.MAX_ATTEMPTS_AT_ONCE", 0)
    world = blocked()
    relieve(world)
    count = len(world.trades())
    world.tick()
    assert len(world.trades()) > count


def test_the_index_forgets_orders_that_leave_and_keeps_pairs_that_another_reason_stops() -> None:
    world = blocked()
    index = world.program_period().blocked
    assert index.all() == [(f"{AREA}.1", f"{AREA}.2")]
    world.command(pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[f"{AREA}.2"])), world.party_of("a2"))
    assert index.all() == []
    world = blocked()
    world.lights(light.LIGHT_UNKNOWN, zones=("street-a",))
    world.tick()
    assert world.program_period().blocked.all() == [(f"{AREA}.1", f"{AREA}.2")]
    assert world.events("pair_blocked")[-1].element_id == ""  # type: ignore[attr-defined]
    world.drive.recovered()


# --- what is held


@pytest.mark.parametrize("seed", range(100 if LONG else 4))
def test_every_subset_of_what_is_held_stays_feasible(seed: int) -> None:
    """Exact power flows of the subsets themselves: calls of one node in opposite directions are never made together."""
    world, draw = crowded(either_side_missing=seed % 2 == 0), random.Random(1_000 + seed)
    looked = 0
    for _ in range(60):
        step = draw.random()
        if step < 0.75:
            random_order(world, draw, conditional=0.7)
        elif step < 0.85:
            random_end(world, draw)
        else:
            random_headroom(world, draw)
        looked += look_at_all_subsets(world, draw)
    world.drive.recovered()
    assert looked > 300


def look_at_all_subsets(world: World, draw: random.Random) -> int:
    """Solve the subsets of what is held, a sample where there are many; returns how many."""
    grid, index = world.program_period().grid, world.topology.node_index
    moves = [
        (held.node_id, held.product, [(index[side.node_id], side.moved_w) for side in (held.seller, held.buyer)])
        for held in grid.held_matches.values()
    ]
    moves += [
        (name, 0, [(index[change.node_id], change.p_w) for change in held.reservation.changes])
        for name, held in grid.held.items()
    ]
    subsets = list(range(1 << len(moves))) if len(moves) <= 7 else [draw.getrandbits(len(moves)) for _ in range(128)]
    looked = 0
    for subset in subsets:
        made = [move for i, move in enumerate(moves) if subset >> i & 1]
        ways: dict[object, set[object]] = {}
        for place, way, _ in made:
            ways.setdefault(place, set()).add(way)
        if all(len(directions) == 1 for directions in ways.values()):
            p_w = np.array(world.base_w(), dtype=np.int64) + grid.accepted_p
            for _, _, changes in made:
                for node, power in changes:
                    p_w[node] += power
            point = solve_from_no_load(world.topology, p_w, np.zeros_like(p_w))
            assert isinstance(point, OperatingPoint)
            assert point.loading.max() <= 1 + 1e-6
            assert (point.voltage_micro_pu() <= world.topology.v_high_micro_pu + 1).all()
            assert (point.voltage_micro_pu() >= world.topology.v_low_micro_pu - 1).all()
            looked += 1
    return looked
