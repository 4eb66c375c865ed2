"""Exclusive groups: of the orders of one group the executed parts add up to one at most; one table for each rule."""

from __future__ import annotations

from fractions import Fraction

import pytest
from book_world import AREA, FLAT, NOON, World, mtu_message, order_of
from order_tables import play

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_orderbook.domain.groups.exclusive_groups import MAX_GROUP

ONE_EXECUTES = """
    x: battery-b1  sell  4  10.00 group=g        -> rests 4
    y: battery-b1  sell  4   9.00 group=g at=later -> rests 4
    battery-a2     buy   4  10.00                -> 4 @ 10.00 x, y cancelled
    battery-b1     sell  1  10.00 group=g        -> refused GROUP_EXECUTED
"""

PARTS_ADD_UP_TO_ONE = """
    x: battery-b1  sell  4  10.00 group=g        -> rests 4
    y: battery-a1  sell  2  11.00 group=g at=later -> rests 2
    z: battery-b1  sell  1  12.00 group=g        -> rests 1
    battery-a2     buy   1  10.00                -> 1 @ 10.00 x, y keeps 1.5, z keeps 0.7
    battery-a2     buy   1  11.00 at=later       -> 1 @ 11.00 y, x keeps 1, z keeps 0.2
    battery-a2     buy   2  10.00                -> 1 @ 10.00 x, y cancelled, z cancelled, rests 1
"""

ONE_ORDER_MEETS_SEVERAL_OF_A_GROUP = """
    x: battery-b1  sell  4   9.00 group=g  -> rests 4
    y: battery-b1  sell  2  10.00 group=g  -> rests 2
    u: battery-b2  sell  1  11.00          -> rests 1
    v: battery-b1  sell  3  12.00 group=g  -> rests 3
    replace x  3   9.00                    -> rests 3
    battery-a2     buy   6  12.00          -> 3 @ 9.00 x, y cancelled, v cancelled, 1 @ 11.00 u, rests 2
"""

WHAT_IS_LEFT_OF_THE_SECOND = """
    x: battery-b1  sell  4   9.00 group=g min=2  -> rests 4
    y: battery-b1  sell  2  10.00 group=g        -> rests 2
    battery-a2     buy   2  10.00                -> 2 @ 9.00 x, y keeps 1
    battery-a3     buy   4  10.00                -> 2 @ 9.00 x, y cancelled, rests 2
"""

FILL_OR_KILL_COUNTS_WHAT_THE_GROUP_LEAVES = """
    x: battery-b1  sell  4  10.00 group=g  -> rests 4
    y: battery-b1  sell  4  11.00 group=g  -> rests 4
    z: battery-b2  sell  1  12.00          -> rests 1
    battery-a2     buy   6  12.00 fok      -> killed NOT_FILLABLE
    battery-a2     buy   5  12.00 fok      -> 4 @ 10.00 x, y cancelled, 1 @ 12.00 z
"""

THE_ONE_THAT_COMES_EXECUTES = """
    x: battery-b1  sell  4  10.00 group=g  -> rests 4
    a: battery-a2  buy   2   8.00          -> rests 2
    y: battery-a1  sell  4   8.00 group=g  -> 2 @ 8.00 a, x keeps 2, rests 2
    z: battery-b1  sell  2   9.00 group=g  -> z keeps 1, rests 1
    battery-b1     sell  2   9.00 group=g fok  -> refused GROUP_EXECUTED
"""

MEMBERS_DO_NOT_MEET = """
    x: battery-b1  sell  4  10.00 group=g  -> rests 4
    y: battery-a1  buy   4  11.00 group=g  -> skips SELF_TRADE, rests 4
    battery-a2     buy   1  11.00          -> 1 @ 10.00 x, y keeps 3
"""

ALL_OR_NONE_MEMBERS = """
    x: battery-b1  sell  4  10.00 group=g aon    -> rests 4
    y: battery-b1  sell  4  10.00 group=g aon at=later -> rests 4
    z: battery-a1  sell  4  11.00 group=g        -> rests 4
    battery-a2     buy   4  10.00                -> 4 @ 10.00 x, y cancelled, z cancelled
"""

A_PART_ENDS_ALL_OR_NONE = """
    x: battery-b1  sell  4  12.00 group=g aon  -> rests 4
    z: battery-a1  sell  4  11.00 group=g      -> rests 4
    battery-a2     buy   1  11.00              -> 1 @ 11.00 z, x cancelled
"""

SMALLEST_MATCH = """
    x: battery-b1  sell  4  12.00 group=g min=2  -> rests 4
    z: battery-a1  sell  4  11.00 group=g        -> rests 4
    battery-a2     buy   2  11.00                -> 2 @ 11.00 z, x keeps 2
    battery-a3     buy   0.5  11.00              -> 0.5 @ 11.00 z, x cancelled
"""

ASLEEP = """
    x: battery-b1  sell  4  10.00 group=g  -> rests 4
    y: battery-a1  sell  2  11.00 group=g  -> rests 2
    z: battery-a1  sell  2  11.00 group=g aon  -> rests 2
    hibernate y                            ->
    hibernate z                            ->
    battery-a2     buy   1  10.00          -> 1 @ 10.00 x, z cancelled
    reactivate y                           -> rests 1.5
    battery-a2     buy   2  10.00          -> 2 @ 10.00 x, y keeps 0.5
"""

CHANGED_BY_ITS_PARTY = """
    x: battery-b1  sell  4  10.00 group=g  -> rests 4
    y: battery-a1  sell  2  11.00 group=g  -> rests 2
    replace y  4  11.00                    -> rests 4
    battery-a2     buy   1  10.00          -> 1 @ 10.00 x, y keeps 3
    replace y  4  11.00                    -> refused GROUP_EXECUTED
    replace y  1  11.00                    -> rests 1
    replace y  3  11.50                    -> rests 3
    battery-a2     buy   1  10.00          -> 1 @ 10.00 x, y keeps 2
    cancel x                               -> cancelled
    battery-a2     buy   3  11.50          -> 2 @ 11.50 y, rests 1
"""

CANCELLED_UNFILLED_COUNTS_NOTHING = """
    x: battery-b1  sell  4  10.00 group=g  -> rests 4
    y: battery-a1  sell  2  11.00 group=g  -> rests 2
    cancel x                               -> cancelled
    battery-a2     buy   2  11.00          -> 2 @ 11.00 y
"""

GROUPS_OF_OTHERS = """
    x: battery-b1  sell  4  10.00 group=g  -> rests 4
    y: battery-b2  sell  4  11.00 group=g  -> rests 4
    z: battery-b1  sell  4  12.00 group=h  -> rests 4
    battery-a3     buy  12  12.00          -> 4 @ 10.00 x, 4 @ 11.00 y, 4 @ 12.00 z
"""

TABLES = {name: table for name, table in globals().items() if name.isupper() and "->" in str(table)}


@pytest.mark.parametrize("name", TABLES)
def test_a_group_as_a_table(name: str) -> None:
    play(World(parameters=FLAT).ready(), TABLES[name])


def test_the_step_that_trades_lowers_the_others_and_says_why() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 4_000, 1_000, exclusive_group="g")
    flex = world.order(pb.SIDE_SELL, "battery-a1", 1_000, 1_000, exclusive_group="g", product=pb.PRODUCT_FLEX_UP)
    aon = world.order(pb.SIDE_SELL, "battery-b1", 4_000, 1_000, exclusive_group="g", fill_rule=pb.FILL_RULE_ALL_OR_NONE)
    aon.mtu.CopyFrom(mtu_message(NOON + 900))
    world.submit(flex, aon)
    world.buy("battery-a2", 1_000, 1_000)
    (lowered,), (closed,) = world.events("replaced"), world.events("closed")
    assert lowered.cause == pb.REPLACE_CAUSE_EXCLUSIVE_GROUP
    assert (lowered.order.open_w, lowered.order.product, lowered.order.revision) == (700, pb.PRODUCT_FLEX_UP, 2)
    assert (closed.rejection.code, closed.rejection.element) == ("GROUP_EXECUTED", f"{AREA}.1")
    world.drive.recovered()


def test_what_a_retry_matches_keeps_the_rule_too() -> None:
    """Both members cross a bid under an unknown light; when it is known again they are tried in one pass."""
    world = World(parameters=FLAT).ready()
    world.lights(light.LIGHT_UNKNOWN, ("street-a",))
    world.tick()
    world.sell("battery-b1", 4_000, 1_000, exclusive_group="g")
    world.sell("battery-b1", 4_000, 1_000, exclusive_group="g")
    world.buy("battery-a2", 3_000, 1_000)
    world.buy("battery-a3", 3_000, 1_000)
    assert not world.trades()
    world.lights()
    world.tick()
    assert sum(trade.quantity_w for trade in world.trades()) == 4_000
    assert [closed.status for closed in world.events("closed")] == [pb.ORDER_STATUS_CANCELLED]
    world.drive.recovered()


def test_the_legs_of_a_basket_see_what_the_others_would_take_of_a_group() -> None:
    world = World(parameters=FLAT).ready()
    later = mtu_message(NOON + 900)
    world.sell("battery-b1", 4_000, 1_000, exclusive_group="g")
    world.sell("battery-b1", 4_000, 1_000, exclusive_group="g", mtu=later)
    fok = pb.FILL_RULE_FILL_OR_KILL

    def basket(first_w: int, second_w: int) -> list[str]:
        legs = [
            world.order(pb.SIDE_BUY, "battery-a2", first_w, 1_000, fill_rule=fok),
            world.order(pb.SIDE_BUY, "battery-a2", second_w, 1_000, fill_rule=fok, mtu=later),
        ]
        command = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=legs, basket=True))
        return [result.rejection.code for result in world.command(command, "agr-2")]

    assert basket(4_000, 1_000) == ["NOT_FILLABLE"] * 2
    assert not world.trades()
    assert basket(1_000, 3_000) == [""] * 2
    shares = [Fraction(trade.quantity_w, 4_000) for trade in world.trades()]
    assert sum(shares) == 1
    world.drive.recovered()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"instructions": pb.ExecutionInstructions(clip_w=1_000)}, "PRODUCT_NOT_ALLOWED"),
        ({"conditional": True, "product": pb.PRODUCT_FLEX_UP}, "PRODUCT_NOT_ALLOWED"),
        ({"forwarding": pb.FORWARDING_AT_CLOSURE}, "PRODUCT_NOT_ALLOWED"),
        ({"exclusive_group": "a b"}, "FIELD_MALFORMED"),
        ({"exclusive_group": "g" * 65}, "FIELD_MALFORMED"),
    ],
    ids=["iceberg", "conditional", "forwarded", "no name", "long name"],
)
def test_what_is_no_member_is_refused(changes: dict[str, object], code: str) -> None:
    world = World(parameters=FLAT).ready()
    result = world.sell("battery-b1", 2_000, 1_000, **{"exclusive_group": "g", **changes})
    assert result.rejection.code == code


def test_a_group_is_bounded_and_forgotten_with_its_periods() -> None:
    world = World(parameters=FLAT, market_changes={"gate_closure_s": 0}).ready()
    results = [world.sell("battery-b1", 100, 1_000, exclusive_group="g") for _ in range(MAX_GROUP + 1)]
    assert [result.rejection.code for result in results] == [""] * MAX_GROUP + ["TOO_MANY_ENTRIES"]
    assert order_of(world.buy("battery-a2", 100, 1_000)).status == pb.ORDER_STATUS_FILLED
    state = world.drive.program._books[AREA].state
    assert [member.filled_w for member in state.groups.kept()] == [100]
    for at_s in (NOON, NOON + 900):  # the book closes; then the period has ended
        world.clock_ms = at_s * 1_000
        world.tick()
    assert not list(state.groups.kept())
    world.drive.recovered()
