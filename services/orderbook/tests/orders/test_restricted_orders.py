"""All-or-none, minimum quantity and icebergs: one table each, and what becomes of them beside each other."""

from __future__ import annotations

import pytest
from book_views import view_of
from book_world import AREA, ENERGY, FLAT, NOON, World, mtu_message, order_of
from order_tables import play

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

ALL_OR_NONE_KEEPS_ITS_PLACE = """
    x: battery-b1  sell  4  10.00 aon  -> rests 4
    y: battery-b2  sell  1  11.00      -> rests 1
    battery-a1     buy   2  11.00      -> 1 @ 11.00 y, rests 1
    battery-b3     sell  2  10.00      -> 1 @ 11.00 battery-a1, rests 1
    battery-a2     buy   5  10.00      -> 4 @ 10.00 x, 1 @ 10.00 battery-b3
"""

ALL_OR_NONE_ARRIVES = """
    battery-b1  sell  2  10.00      -> rests 2
    battery-b2  sell  2  11.00      -> rests 2
    x: battery-a1  buy  5  12.00 aon  -> rests 5
    y: battery-a2  buy  4  12.00 aon  -> 2 @ 10.00 battery-b1, 2 @ 11.00 battery-b2
    battery-b3  sell  5  12.00      -> 5 @ 12.00 x
"""

ALL_OR_NONE_WAITS_FOR_SEVERAL = """
    x: battery-b1  sell  6  10.00 aon  -> rests 6
    y: battery-a1  buy   3  12.00      -> rests 3
    z: battery-a2  buy   2  11.00      -> rests 2
    battery-a3     buy   1  10.00      -> 3 @ 12.00 x with y, 2 @ 11.00 x with z, 1 @ 10.00 x
"""

ALL_OR_NONE_BECOMES_SMALLER = """
    x: battery-b1  sell  6  10.00 aon  -> rests 6
    y: battery-a1  buy   3  12.00      -> rests 3
    replace x  4  10.00                -> rests 4
    replace x  3  10.00                -> 3 @ 12.00 y
    cancel x                           -> refused ORDER_NOT_OPEN
"""

TWO_ALL_OR_NONE = """
    x: battery-b1  sell  4  10.00 aon  -> rests 4
    y: battery-a1  buy   6  10.00 aon  -> rests 6
    z: battery-b2  sell  3  10.00 aon  -> rests 3
    battery-b3     sell  2  10.00      -> 4 @ 10.00 x with y, 2 @ 10.00 y
"""

FILL_OR_KILL_AGAINST_ALL_OR_NONE = """
    x: battery-b1  sell  4  10.00 aon  -> rests 4
    y: battery-b2  sell  2  10.50      -> rests 2
    battery-a1     buy   3  11.00 fok  -> killed NOT_FILLABLE
    battery-a1     buy   6  11.00 fok  -> 4 @ 10.00 x, 2 @ 10.50 y
"""

MINIMUM_QUANTITY = """
    x: battery-b1  sell  5  10.00 min=3  -> rests 5
    a: battery-a1  buy   2  10.00        -> rests 2
    b: battery-a2  buy   3  9.50         -> rests 3
    battery-a3     buy   3  10.00        -> 3 @ 10.00 x, 2 @ 10.00 x with a
"""

MINIMUM_QUANTITY_OF_WHO_COMES = """
    x: battery-b1  sell  2  10.00            -> rests 2
    y: battery-b2  sell  3  11.00            -> rests 3
    battery-a1     buy   7  12.00 min=3 fak  -> 3 @ 11.00 y, killed NO_MATCH
    z: battery-a2  buy   5  12.00 min=3      -> rests 5
    battery-b3     sell  3  12.00            -> 3 @ 12.00 z, 2 @ 10.00 x with z
"""

A_REMAINDER_BELOW_THE_MINIMUM_IS_TAKEN_WHOLE = """
    x: battery-b1  sell  5  10.00 min=4  -> rests 5
    battery-a1     buy   4  10.00        -> 4 @ 10.00 x
    battery-a2     buy   2  10.00 fak    -> 1 @ 10.00 x, killed NO_MATCH
"""

A_REMAINDER_BELOW_THE_MINIMUM_COMES_BACK = """
    x: battery-b1  sell  5  10.00 min=4  -> rests 5
    battery-a1     buy   4  10.00        -> 4 @ 10.00 x
    hibernate x                          ->
    reactivate x                         -> rests 1
    battery-a2     buy   1  10.00        -> 1 @ 10.00 x
"""

ICEBERG = """
    x: battery-b1  sell  5  10.00 clip=2  -> rests 5
    y: battery-b2  sell  2  10.00         -> rests 2
    battery-a1     buy   1  10.00         -> 1 @ 10.00 x
    battery-a2     buy   2  10.00         -> 1 @ 10.00 x, x shows 2 @ 10.00, 1 @ 10.00 y
    battery-a3     buy   4  10.00         -> 1 @ 10.00 y, 2 @ 10.00 x, x shows 1 @ 10.00, 1 @ 10.00 x
"""

ICEBERG_WITH_A_PRICE_STEP = """
    x: battery-b1  sell  6  10.00 clip=2 step=0.50  -> rests 6
    y: battery-b2  sell  2  10.20                   -> rests 2
    battery-a1     buy   9  10.50                   -> 2 @ 10.00 x, x shows 2 @ 10.50, 2 @ 10.20 y, 2 @ 10.50 x, x shows 2 @ 11.00, rests 3
    z: battery-a2  buy   4  9.00 clip=2 step=1.00   -> rests 4
    battery-b3     sell  6  8.00                    -> 3 @ 10.50 battery-a1, 2 @ 9.00 z, z shows 2 @ 8.00, 1 @ 8.00 z
"""  # noqa: E501

FILL_OR_KILL_TAKES_WHAT_AN_ICEBERG_HIDES = """
    x: battery-b1  sell  6  10.00 clip=2  -> rests 6
    battery-a1     buy   7  10.00 fok     -> killed NOT_FILLABLE
    battery-a1     buy   5  10.00 fok     -> 2 @ 10.00 x, x shows 2 @ 10.00, 2 @ 10.00 x, x shows 2 @ 10.00, 1 @ 10.00 x
    battery-a2     buy   1  10.00 aon     -> 1 @ 10.00 x
"""

AN_ICEBERG_THAT_AGGRESSES = """
    x: battery-b1  sell  3  10.00         -> rests 3
    y: battery-a1  buy   8  10.00 clip=2  -> 3 @ 10.00 x, rests 5
    z: battery-a2  buy   1  10.00         -> rests 1
    battery-b2     sell  4  10.00         -> 2 @ 10.00 y, y shows 2 @ 10.00, 1 @ 10.00 z, 1 @ 10.00 y
"""

AN_ICEBERG_AGAINST_A_MINIMUM = """
    x: battery-b1  sell  6  10.00 clip=2  -> rests 6
    battery-a1     buy   3  10.00 min=3   -> rests 3
    y: battery-b2  sell  3  10.00         -> 3 @ 10.00 battery-a1
    battery-a2     buy   2  10.00 min=2   -> 2 @ 10.00 x, x shows 2 @ 10.00
"""

A_LOWER_ICEBERG_SHOWS_ON = """
    x: battery-b1  sell  6  10.00 clip=2  -> rests 6
    y: battery-b2  sell  2  10.00         -> rests 2
    replace x  3  10.00                   -> rests 3
    battery-a1     buy   3  10.00         -> 2 @ 10.00 x, x shows 1 @ 10.00, 1 @ 10.00 y
    replace x  2  10.00                   -> rests 2
    battery-a2     buy   2  10.00         -> 1 @ 10.00 y, 1 @ 10.00 x
"""

REFUSED = """
    battery-b1  sell  2  10.00 min=3           -> refused FIELD_OUT_OF_RANGE
    battery-b1  sell  2  10.00 min=0.15        -> refused QUANTITY_OFF_STEP
    battery-b1  sell  2  10.00 min=1 aon       -> refused PRODUCT_NOT_ALLOWED
    battery-b1  sell  2  10.00 min=1 clip=1    -> refused PRODUCT_NOT_ALLOWED
    battery-b1  sell  2  10.00 clip=1 fok      -> refused PRODUCT_NOT_ALLOWED
    battery-b1  sell  2  10.00 step=1          -> refused FIELD_MISSING
    battery-b1  sell  2  10.00 clip=3          -> refused FIELD_OUT_OF_RANGE
    battery-b1  sell 20  10.00 clip=0.1        -> refused FIELD_OUT_OF_RANGE
    battery-b1  sell  2  10.00 clip=0.05       -> refused FIELD_OUT_OF_RANGE
    battery-b1  sell  2  10.00 min=-1          -> refused FIELD_OUT_OF_RANGE
    battery-b1  sell  2  3000.00 clip=1 step=1500  -> refused PRICE_OFF_TICK
"""

TABLES = {
    name.lower().replace("_", " "): table
    for name, table in list(globals().items())
    if isinstance(table, str) and "->" in table
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_without_tariffs(table: str) -> None:
    play(World(parameters=FLAT).ready(), table)


def test_what_an_iceberg_hides_is_in_no_public_depth_and_no_other_partys_trade() -> None:
    world = World(parameters=FLAT).ready()
    clip = pb.ExecutionInstructions(clip_w=2_000)
    world.sell("battery-b1", 6_000, 1_000, instructions=clip)
    world.buy("battery-a2", 1_000, 1_000)
    asked = pb.GetBookRequest(area_id=AREA, market_id=ENERGY, product=pb.PRODUCT_LOCAL_ENERGY, mtu=mtu_message(NOON))
    assert [entry.open_w for entry in view_of(world).book(asked).asks] == [1_000]
    heard = {
        (output.key, output.message.party): output.message.event.trade
        for output in world.drive.projections
        if isinstance(output.message, pb.PartyEvent) and output.message.event.WhichOneof("event") == "trade"
    }
    own = {key: (trade.seller.open_w, trade.seller.hidden_w) for key, trade in heard.items()}
    assert own == {("agr-1", "agr-1"): (5_000, 4_000), ("agr-2", "agr-2"): (0, 0)}


def test_all_or_none_is_judged_on_the_average_and_waits_where_it_breaks_its_limit() -> None:
    world = World().ready()
    world.sell("battery-b3", 2_000, 1_000)
    world.sell("battery-b2", 2_000, 1_400)
    waits = order_of(world.buy("battery-b1", 4_000, 1_150, fill_rule=pb.FILL_RULE_ALL_OR_NONE))
    assert (waits.status, waits.open_w) == (pb.ORDER_STATUS_ACTIVE, 4_000)
    assert not world.trades()
    meets = order_of(world.buy("battery-b1", 4_000, 1_450, fill_rule=pb.FILL_RULE_ALL_OR_NONE))
    assert meets.status == pb.ORDER_STATUS_FILLED
    assert [trade.quantity_w for trade in world.trades()] == [2_000, 2_000]
    world.drive.recovered()


def test_all_or_none_waits_while_the_grid_takes_only_a_part() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b3", 50_000, 1_000)
    waits = order_of(world.buy("battery-a2", 50_000, 400_000, fill_rule=pb.FILL_RULE_ALL_OR_NONE))
    assert waits.status == pb.ORDER_STATUS_ACTIVE
    assert not world.trades()
    assert order_of(world.buy("battery-a2", 3_000, 400_000)).status == pb.ORDER_STATUS_FILLED
    world.drive.recovered()


@pytest.mark.parametrize("changes", [{"fill_rule": pb.FILL_RULE_ALL_OR_NONE}, {"min": 500}])
def test_operators_requests_and_conditional_orders_match_in_every_part(changes: dict[str, int]) -> None:
    world = World().ready()
    if least := changes.pop("min", 0):
        changes = {"instructions": pb.ExecutionInstructions(min_quantity_w=least)}
    requested = world.request("bar-a1", 1_000, 1_000, **changes)
    offered = world.sell("battery-a1", 1_000, 1_000, product=pb.PRODUCT_FLEX_UP, conditional=True, **changes)
    assert [requested.rejection.code, offered.rejection.code] == ["PRODUCT_NOT_ALLOWED"] * 2
