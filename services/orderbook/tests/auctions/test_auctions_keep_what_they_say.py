"""An independent checker reads auctions from the journal alone: it finds nothing wrong, and sees each planted fault."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from auction_checkers import wrong_auctions
from book_world import HOMES, NOON, PARAMETERS, World, mtu_message
from called_world import DAY, block, in_call, line, uncrossed
from market_checkers import broken_priority, order_lives, trades_out_of_phase
from price_checkers import wrong_prices

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_orderbook.domain.auctions import trades as auction_trades
from flexbourse_orderbook.domain.auctions import uncrossing as auction_uncrossing
from flexbourse_orderbook.domain.auctions.check import AuctionCheck

SELL, BUY = pb.SIDE_SELL, pb.SIDE_BUY
CHECKERS = (wrong_auctions, order_lives, trades_out_of_phase, wrong_prices, broken_priority)


def drawn(seed: int, count: int = 10) -> World:
    """A call of both quarters: steps, lines and blocks of all homes, on a grid that costs and gets full."""
    draw = Random(seed)
    pricing = draw.choice([0, registry.AUCTION_PRICING_PAY_AS_BID])
    world = in_call(PARAMETERS, auction_pricing=pricing, **(DAY if draw.random() < 0.7 else {}))
    for _ in range(count):
        side, unit = draw.choice([SELL, BUY]), f"battery-{draw.choice(HOMES)}"
        quantity, price = 100 * draw.randint(10, 250), draw.randint(1_000, 6_000)
        kind = draw.random()
        if kind < 0.6:
            mtu = mtu_message(NOON + draw.choice([0, 900]))
            world.submit(world.order(side, unit, quantity, price, mtu=mtu))
        elif kind < 0.75:
            line(world, side, unit, quantity, price, price + (1_500 if side == SELL else -900))
        else:
            block(world, side, unit, price, {0: quantity, 1: quantity}, draw.choice([0, 500_000, 1_000_000]))
    return uncrossed(world)


def problems(world: World) -> list[str]:
    return [f"{checker.__name__}: {text}" for checker in CHECKERS for text in checker(world.drive)]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_wrong_with_drawn_auctions(seed: int) -> None:
    world = drawn(seed)
    assert world.events("auction_cleared")
    assert problems(world) == []
    world.drive.recovered()


def test_the_drawn_auctions_trade() -> None:
    worlds = [drawn(seed) for seed in range(6)]
    assert sum(bool(trade.set_id) for world in worlds for trade in world.trades()) >= 5


def a_tick_off(patch: pytest.MonkeyPatch) -> None:
    price = auction_trades._price
    patch.setattr(auction_trades, "_price", lambda *sides: None if (p := price(*sides)) is None else p + 1)


def limits_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AuctionCheck, "_beyond_limits", lambda *_: {})


def a_trade_not_made(patch: pytest.MonkeyPatch) -> None:
    carry_out = auction_uncrossing._carry_out
    patch.setattr(
        auction_uncrossing,
        "_carry_out",
        lambda book, market, mtu, made, name: carry_out(book, market, mtu, made[:-1], name),
    )


@pytest.mark.parametrize("plant", [a_tick_off, limits_not_looked_at, a_trade_not_made])
def test_a_planted_fault_is_seen(plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(wrong_auctions(drawn(seed).drive) for seed in range(12))
