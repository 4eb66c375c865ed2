"""A world whose energy book is uncrossed by call auctions: a call of ten minutes from the opening, a freeze of one."""

from __future__ import annotations

from typing import NamedTuple

from book_world import AREA, FLAT, NOON, World, mtu_message, two_streets
from phased_world import PHASED, at

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_gridmath.model import NetworkModel

CALL_MS, FREEZE_MS = 600_000, 60_000
CALLED = PHASED | {"call_s": CALL_MS // 1000, "freeze_s": FREEZE_MS // 1000, "uncrossing": registry.UNCROSSING_AUCTION}
DAY = {"uncrossing": registry.UNCROSSING_DAY_AUCTION}
AFTER_MS = CALL_MS + FREEZE_MS + 1_000
QUARTER_S = 900


class Traded(NamedTuple):
    """A trade by the units of its sides."""

    seller: str
    buyer: str
    quarter: int
    quantity_w: int
    price_ticks: int


def in_call(parameters: grid.TariffParameters = FLAT, model: NetworkModel | None = None, **changes: object) -> World:
    """Return a world in the call of its auctions; with flat parameters the grid costs nothing below 80 %."""
    world = World(parameters=parameters, model=model or two_streets(), market_changes=CALLED | changes).ready()
    return at(world, 1_000)


def uncrossed(world: World) -> World:
    """Let time come to behind the auction."""
    at(world, CALL_MS + 1_000)
    return at(world, AFTER_MS)


def cleared(world: World, quarter: int = 0) -> pb.AuctionCleared:
    """Return the only auction of a period."""
    (event,) = [e for e in world.events("auction_cleared") if e.mtu.start_s == NOON + quarter * QUARTER_S]
    assert isinstance(event, pb.AuctionCleared)
    return event


def traded(world: World) -> list[Traded]:
    return [
        Traded(t.seller.unit_id, t.buyer.unit_id, (t.mtu.start_s - NOON) // 900, t.quantity_w, t.price_ticks)
        for t in world.trades()
    ]


def block(
    world: World, side: int, unit: str, price: int, powers: dict[int, int], minimum_ppm: int = 1_000_000,
    parent: str = "", group: str = "",
) -> list[common_pb2.Result]:  # fmt: skip
    """Submit a block: W by quarter from noon on."""
    terms = pb.AuctionTerms(minimum_ppm=minimum_ppm, parent=parent, group=group)
    orders = [
        world.order(side, unit, power, price, mtu=mtu_message(NOON + quarter * QUARTER_S), auction=terms)
        for quarter, power in powers.items()
    ]
    command = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=orders, auction_block=True))
    return world.command(command, world.party_of(unit))


def line(world: World, side: int, unit: str, quantity_w: int, start: int, end: int) -> common_pb2.Result:
    """Submit a straight line."""
    return world.submit(world.order(side, unit, quantity_w, start, auction=pb.AuctionTerms(end_price_ticks=end)))[0]
