"""The operator funds negative DNUT up to a budget per market and delivery day; then such a match is passed over."""

from __future__ import annotations

import pytest
from book_world import AREA, BRP, DAY_S, ENERGY, NOON, World, market, mtu_message, order_of

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.rejection import Code
from flexbourse_orderbook.domain.dnut_budget import refuse_unfunded
from flexbourse_orderbook.wire import registry_object

# Bucharest is three hours ahead in June: its second of June begins at 21:00 UTC of the first.
LAST_OF_DAY, FIRST_OF_NEXT = DAY_S + 21 * 3600 - 900, DAY_S + 21 * 3600
STARTS = (NOON, LAST_OF_DAY, FIRST_OF_NEXT)
BLOCKED = Code.DNUT_BUDGET_SPENT.name
KILL = pb.FILL_RULE_FILL_AND_KILL
WHOLE = pb.FILL_RULE_FILL_OR_KILL
UP = {"product": pb.PRODUCT_FLEX_UP}

CASES = [
    ("no budget", None, 10**12, -1, None),
    ("nothing is paid", 0, 0, -1, 1),
    ("a zero needs no budget", 0, 0, 0, None),
    ("a positive bill needs no budget", 100, 100, 50, None),
    ("up to the budget", 100, 60, -40, None),
    ("one over", 100, 60, -41, 101),
    ("spent already, as the budget was lowered", 100, 500, -1, 501),
]


@pytest.mark.parametrize(
    ("budget", "spent", "dnut", "value"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_what_a_budget_funds(budget: int | None, spent: int, dnut: int, value: int | None) -> None:
    changes = {} if budget is None else {"dnut_budget_micro_euro": budget}
    wire = market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **changes)
    found = refuse_unfunded(registry_object(registry.Entity(market=wire)), spent, dnut)
    if value is None:
        assert found is None
    else:
        assert found is not None
        assert (found.code, found.element, found.value, found.limit) == (Code.DNUT_BUDGET_SPENT, ENERGY, value, budget)
        assert (found.unit, found.rule != "") == ("micro-euro", True)


def turned(**changes: object) -> World:
    """Return a world with a surplus in street a and a deficit in street b: selling from b to a relieves the grid."""
    world = World(starts=STARTS, market_changes={"opens_before_day_s": 2 * 86_400, **changes}).ready()
    base = [{"a": 9_000, "b": -9_000}.get(name[0], 0) if len(name) == 2 else 0 for name in world.topology.node_ids]
    for start in STARTS:
        world.publish_period(start, 2, base)
    world.tick()
    return world


def relieve(world: World, start_s: int = NOON, quantity_w: int = 1_000, **changes: object) -> pb.Order:
    """Let a battery of street b sell to one of street a, which is killed where that is not funded."""
    sold = world.sell("battery-b3", quantity_w, 1_000, mtu=mtu_message(start_s))
    bought = world.buy("battery-a1", quantity_w, 2_000, mtu=mtu_message(start_s), **{"fill_rule": KILL, **changes})
    cancel = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[sold.id]))
    world.command(cancel, world.party_of("battery-b3"))
    return order_of(bought)


def publish(world: World, budget: int | None) -> None:
    """Publish another budget of the energy market."""
    changes = {} if budget is None else {"dnut_budget_micro_euro": budget}
    changes["opens_before_day_s"] = 2 * 86_400
    world.entity("market", ENERGY, market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **changes))


def kept(world: World) -> list[tuple[str, str, int]]:
    """Return what the state says was spent, after folding the journal gave the same."""
    area = snapshot_pb2.OrderBookSnapshot.FromString(world.drive.recovered().snapshot()).areas[0]
    return [(entry.market_id, entry.delivery_day, entry.spent_micro_euro) for entry in area.dnut_spent]


def paid(world: World) -> list[int]:
    """Return the negative bills of all trades, as amounts."""
    return [-trade.dnut_micro_euro for trade in world.trades() if trade.dnut_micro_euro < 0]


def test_a_budget_pays_to_its_last_micro_euro_and_no_further() -> None:
    free = turned()
    for _ in range(3):
        relieve(free)
    first, second, third = paid(free)
    funded = turned(dnut_budget_micro_euro=first + second)
    for _ in range(3):
        relieve(funded)
    assert paid(funded) == [first, second]
    (skip,) = funded.events("skipped")
    assert (skip.reason.code, skip.reason.value, skip.reason.limit, skip.reason.unit) == (
        BLOCKED, first + second + third, first + second, "micro-euro",
    )  # fmt: skip
    assert kept(funded) == [(ENERGY, "2026-06-01", first + second)]
    short = turned(dnut_budget_micro_euro=first + second - 1)
    for _ in range(2):
        relieve(short)
    assert paid(short) == [first]


def test_without_a_budget_everything_is_paid_and_with_none_nothing() -> None:
    assert relieve(turned()).filled_w == 1_000
    nothing = turned(dnut_budget_micro_euro=0)
    killed = relieve(nothing)
    assert (killed.filled_w, killed.status) == (0, pb.ORDER_STATUS_KILLED)
    assert nothing.events("closed")[0].rejection.code == BLOCKED
    assert kept(nothing) == []


def test_a_day_and_a_market_have_their_own_budget() -> None:
    world = turned()
    relieve(world)
    (first,) = paid(world)
    publish(world, first)
    assert relieve(world, LAST_OF_DAY).filled_w == 0
    assert relieve(world, FIRST_OF_NEXT).filled_w == 1_000
    flex = world.order(pb.SIDE_BUY, "", 1_000, 9_000, metering_point_id="mp-house-a1", **UP)
    world.submit(flex, party=BRP)
    world.sell("battery-b2", 1_000, 1_000, **UP)
    assert world.trades()[-1].market_id == "flex"
    assert world.trades()[-1].dnut_micro_euro < 0
    found = {(name, day) for name, day, _ in kept(world)}
    assert found == {(ENERGY, "2026-06-01"), (ENERGY, "2026-06-02"), ("flex", "2026-06-01")}


def test_what_is_paid_before_a_budget_is_published_counts() -> None:
    world = turned()
    relieve(world)
    relieve(world)
    publish(world, sum(paid(world)) - 1)
    assert relieve(world).filled_w == 0
    publish(world, 2 * sum(paid(world)))
    assert relieve(world).filled_w == 1_000
    publish(world, None)
    assert relieve(world).filled_w == 1_000
    world.drive.recovered()


def test_a_positive_bill_does_not_fill_the_budget_again() -> None:
    world = turned()
    relieve(world)
    publish(world, sum(paid(world)))
    before = kept(world)
    world.sell("battery-a2", 2_000, 1_000)
    world.buy("battery-b1", 2_000, 90_000)
    assert world.trades()[-1].dnut_micro_euro > 0
    assert relieve(world).filled_w == 0
    assert kept(world) == before


def test_a_match_with_an_operators_request_needs_no_budget() -> None:
    world = turned(dnut_budget_micro_euro=0)
    world.lights(light.LIGHT_AMBER)
    world.tick()
    world.request("bar-b1", 1_000, 9_000)
    world.sell("battery-b3", 1_000, 5_000, **UP)
    (trade,) = world.trades()
    assert trade.relief_micro_euro < 0 == trade.dnut_micro_euro
    assert kept(world) == []


def test_the_fills_of_one_order_share_the_budget() -> None:
    free = turned()
    relieve(free)
    (first,) = paid(free)
    world = turned(dnut_budget_micro_euro=first + 1)
    for home in ("b3", "b2"):
        world.sell(f"battery-{home}", 1_000, 1_000)
    whole = world.buy("battery-a1", 2_000, 2_000, fill_rule=WHOLE)
    assert whole.rejection.code == BLOCKED
    assert not world.trades()
    assert kept(world) == []
    assert order_of(world.buy("battery-a1", 2_000, 2_000)).filled_w == 1_000
    assert paid(world)[0] <= first + 1


def test_a_blocked_candidate_does_not_stand_before_one_that_needs_no_budget() -> None:
    world = turned(dnut_budget_micro_euro=0)
    world.sell("battery-b3", 1_000, 1_000)
    world.sell("house-a3", 1_000, 1_500)
    assert order_of(world.buy("house-b1", 1_000, 2_000)).filled_w == 1_000
    assert [skip.reason.code for skip in world.events("skipped")] == [BLOCKED]
    (trade,) = world.trades()
    assert (trade.seller.unit_id, trade.dnut_micro_euro) == ("house-a3", 0)
    world.drive.recovered()


def test_a_blocked_pair_stays_blocked_until_the_operator_pays_more() -> None:
    world = turned(dnut_budget_micro_euro=0)
    world.sell("battery-b3", 1_000, 1_000)
    world.buy("battery-a1", 1_000, 2_000)
    world.lights(light.LIGHT_AMBER)
    world.tick()
    assert [skip.reason.code for skip in world.events("skipped")] == [BLOCKED, BLOCKED]
    publish(world, 10**9)
    world.lights(light.LIGHT_GREEN)
    world.tick()
    assert len(paid(world)) == 1
    assert kept(world) == [(ENERGY, "2026-06-01", sum(paid(world)))]


def test_a_day_that_is_over_is_forgotten() -> None:
    world = turned()
    relieve(world)
    relieve(world, FIRST_OF_NEXT)
    world.tick(FIRST_OF_NEXT * 1000 - world.clock_ms - 1_000)
    assert [day for _, day, _ in kept(world)] == ["2026-06-01", "2026-06-02"]
    world.tick()
    assert [day for _, day, _ in kept(world)] == ["2026-06-02"]
