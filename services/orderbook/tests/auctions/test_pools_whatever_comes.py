"""Any pool: quantities balance, the grid holds, limits are kept tariff included, and it is folded back equal."""

from __future__ import annotations

import random

import numpy as np
import pytest
from book_world import FLAT, HOMES, PARAMETERS, TICK
from pool_world import CONNECTED, UPSTREAM, PoolWorld

from flexbourse.orderbook.v1 import orderbook_pb2 as pb


@pytest.mark.parametrize("seed", range(12))
def test_a_drawn_pool(seed: int) -> None:
    drawn = random.Random(seed)
    terms = CONNECTED | {
        "import_limit_w": drawn.choice([0, 20_000, 200_000]),
        "export_limit_w": drawn.choice([0, 200_000]),
    }
    world = PoolWorld(
        terms, parameters=drawn.choice([FLAT, PARAMETERS]), either_side_missing=drawn.random() < 0.5,
        dnut_budget_micro_euro=drawn.choice([0, 10**9]),
    )  # fmt: skip
    for _ in range(drawn.randint(2, 14)):
        unit = f"{drawn.choice(['battery', 'battery', 'house'])}-{drawn.choice(HOMES)}"
        watts, price = drawn.choice([500, 3_000, 12_000, 30_000]), drawn.randrange(200, 9_000, 50)
        world.enter((drawn.choice(["sell", "buy"]), unit, watts, price))
    told = world.clear()
    assert told.agreed
    limits = {each.order.order_id: each.order for each in world.events("admitted")}
    made = world.trades()
    check_quantities(told, made, limits)
    check_limits(made, limits)
    assert sum(trade.dnut_micro_euro for trade in made) == (
        made[-1].potential_after_micro_euro - made[0].potential_before_micro_euro if made else 0
    )
    view = world.program_period().grid.view()
    assert view is not None
    assert np.all(view.point.loading_mpct() <= 100_000)
    world.drive.recovered()


def check_quantities(told: pb.PoolCleared, made: list[pb.TradeExecuted], orders: dict[str, pb.Order]) -> None:
    """Nobody trades beyond his order; both sides and upstream add up; there is one price."""
    sold: dict[str, int] = {}
    for trade in made:
        for side in (trade.seller, trade.buyer):
            name = side.order_id or f"{UPSTREAM} {'sells' if side is trade.seller else 'buys'}"
            sold[name] = sold.get(name, 0) + trade.quantity_w
        assert trade.price_ticks == told.price_ticks
        assert not trade.seller.metering_point_id or trade.seller.metering_point_id != trade.buyer.metering_point_id
    for name, order in orders.items():
        assert sold.get(name, 0) <= order.quantity_w
    upstream = sold.get(f"{UPSTREAM} sells", 0) - sold.get(f"{UPSTREAM} buys", 0)
    assert upstream == told.imported_w


def check_limits(made: list[pb.TradeExecuted], orders: dict[str, pb.Order]) -> None:
    """Of each order all it pays, tariff included, keeps its limit; a micro-euro of rounding in each trade."""
    for name, order in orders.items():
        own = [trade for trade in made if name in (trade.seller.order_id, trade.buyer.order_id)]
        over = 0.0
        for trade in own:
            sells = trade.seller.order_id == name
            bears = trade.other_dnut_micro_euro
            if sells != trade.buyer_is_aggressor:
                bears = trade.dnut_micro_euro - trade.other_dnut_micro_euro
            better = (trade.price_ticks - order.limit_price_ticks) * (1 if sells else -1)
            over += bears - better * trade.quantity_w * 900 * TICK / 3_600_000_000
        assert over <= 1 + 2 * len(own)
