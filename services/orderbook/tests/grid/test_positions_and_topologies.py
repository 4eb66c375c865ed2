"""Energy in one go, steps instead of time, and a topology that changes under open books."""

from __future__ import annotations

from dataclasses import replace

import pytest
from book_world import AREA, FLAT, NOON, World, base_of, mtu_message, order_of, two_streets

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.model import Branch
from flexbourse_orderbook.domain.grid.lights import Heartbeat, Now


def with_energy(world: World, sustained_energy_wh: int) -> None:
    """Give the battery at b1 a limit of what it can shift in one go."""
    unit = registry.Unit(
        unit_id="battery-b1", metering_point_id="mp-battery-b1", max_power_w=60_000, min_power_w=-60_000,
        sustained_energy_wh=sustained_energy_wh, controllable=True, active=True,
    )  # fmt: skip
    world.entity("unit", "battery-b1", unit)


def test_deviations_of_neighbouring_periods_share_the_energy_that_a_unit_shifts_in_one_go() -> None:
    world = World(parameters=FLAT, starts=tuple(NOON + 900 * i for i in range(4))).ready()
    with_energy(world, 2_000)  # 8 kW for a quarter-hour
    assert not world.sell("battery-b1", 5_000, 1_000).rejection.code
    far = {"mtu": mtu_message(NOON + 1_800)}
    assert not world.sell("battery-b1", 8_000, 1_000, **far).rejection.code
    between = world.sell("battery-b1", 1_000, 1_000, mtu=mtu_message(NOON + 900)).rejection
    assert (between.code, between.headroom_w) == ("BASIS_EXCEEDED", 0)
    assert "sustained energy" in between.rule
    other_way = world.buy("battery-b1", 8_000, -50_000, mtu=mtu_message(NOON + 900))
    assert not other_way.rejection.code
    beside = world.sell("battery-b1", 4_000, 1_000).rejection
    assert (beside.code, beside.headroom_w, beside.next_best.quantity_w) == ("BASIS_EXCEEDED", 3_000, 3_000)
    assert not beside.next_best.HasField("next_mtu")  # every later period touches one that is full
    world.drive.recovered()


def test_what_was_bought_back_gives_the_energy_back() -> None:
    world = World(parameters=FLAT).ready()
    with_energy(world, 1_000)
    world.buy("battery-a1", 4_000, 5_000)
    assert order_of(world.sell("battery-b1", 4_000, 1_000)).status == pb.ORDER_STATUS_FILLED
    assert world.sell("battery-b1", 100, 1_000).rejection.code == "BASIS_EXCEEDED"
    world.sell("battery-a2", 4_000, 1_000)
    assert order_of(world.buy("battery-b1", 4_000, 5_000)).status == pb.ORDER_STATUS_FILLED
    assert not world.sell("battery-b1", 4_000, 1_000).rejection.code
    world.drive.recovered()


@pytest.mark.parametrize(
    ("now", "alive"),
    [
        (Now(1_000, 0), True),
        (Now(1_001, 0), False),
        (Now(9_999_999, 7), True),
        (Now(0, 8), False),
    ],
)
def test_in_steps_a_light_lives_by_steps(now: Now, alive: bool) -> None:
    assert Heartbeat(valid_until_ms=1_000, valid_until_step=7).is_alive(now) is alive


def test_a_new_topology_waits_for_its_base_case_and_carries_deviations_over() -> None:
    world = World().ready()
    world.sell("battery-b3", 5_000, 1_000)
    world.buy("battery-a1", 3_000, 9_000)
    resting = world.trades()[0].seller.order_id
    old = world.model
    tie = Branch(**{**_fields(old.branches[-1]), "id": "tie", "name": "tie", "from_node": "a3", "to_node": "b3"})
    # A closed tie: the same nodes in another order, one more branch.
    world.model = replace(old, nodes=(*old.nodes[:2], *reversed(old.nodes[2:])), branches=(tie, *old.branches))
    world.publish_topology(version=2)
    world.tick()
    refused = world.buy("battery-b1", 1_000, 9_000).rejection
    assert (refused.code, refused.element) == ("GRID_STATE_MISSING", "base case")
    world.publish_period(NOON, 2, topology=2)
    world.tick()
    state = world.drive.program._books[AREA].state
    grid = state.periods[Mtu(NOON)].grid
    assert [(change.node_id, change.p_w) for change in grid.accepted_changes()] == [("b3", 3_000), ("a1", -3_000)]
    assert world.events("potential_revised")[-1].topology_version == 2
    again = order_of(world.buy("battery-b1", 2_000, 9_000))
    assert again.status == pb.ORDER_STATUS_FILLED
    assert world.trades()[-1].seller.order_id == resting
    assert world.trades()[-1].gate.topology_version == 2
    world.drive.recovered()


def test_an_older_topology_is_ignored() -> None:
    world = World().ready()
    world.model = two_streets(thin_ka=0.01)
    world.publish_topology(version=1)
    world.tick()
    world.sell("battery-b3", 20_000, -50_000)
    assert order_of(world.buy("battery-a1", 20_000, 400_000)).status == pb.ORDER_STATUS_FILLED
    world.drive.recovered()


def _fields(branch: Branch) -> dict[str, object]:
    return {name: getattr(branch, name) for name in Branch.__dataclass_fields__}


@pytest.mark.parametrize(("home", "sells"), [("a3", True), ("a1", False)])
def test_what_was_traded_of_a_schedule_is_not_traded_again(home: str, sells: bool) -> None:
    """A house trades the surplus or the consumption of its base once, whether it rests or has matched."""
    world = World(parameters=FLAT).ready()
    most = abs(base_of(home))
    place, counter = (world.sell, world.buy) if sells else (world.buy, world.sell)
    price, other = (1_000, 400_000) if sells else (400_000, 1_000)
    assert not place(f"house-{home}", most - 1_000, price).rejection.code
    counter("battery-b1", most - 1_000, other)
    assert [trade.quantity_w for trade in world.trades()] == [most - 1_000]
    refused = place(f"house-{home}", 2_000, price).rejection
    assert (refused.code, refused.headroom_w) == ("BASIS_EXCEEDED", 1_000)
    assert not place(f"house-{home}", 1_000, price).rejection.code
    world.drive.recovered()
