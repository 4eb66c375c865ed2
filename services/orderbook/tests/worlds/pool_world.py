"""A pool in the small world of two streets: its call, what enters, what comes of it."""

from __future__ import annotations

from typing import Any

from book_world import ENERGY, FLAT, NOON, World, market, two_streets
from phased_world import OPENS_MS, PHASED

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_gridmath.model import NetworkModel

UPSTREAM = "supplier-1"
CALL_S = 600
CONNECTED = {
    "upstream_id": UPSTREAM, "import_price_ticks": 3_000, "export_price_ticks": 800, "import_limit_w": 100_000,
    "export_limit_w": 100_000,
}  # fmt: skip
ISLANDED = {"forming_unit_id": "battery-b1", "forming_reserve_w": 2_000}


class PoolWorld(World):
    """The market for energy is a pool, whose call begins at 19:00:30Z and lasts ten minutes."""

    def __init__(
        self, terms: dict[str, Any], parameters: Any = FLAT, model: NetworkModel | None = None, **changes: Any
    ) -> None:
        own = PHASED | {"call_s": CALL_S} | changes
        super().__init__(market_changes=own, parameters=parameters, model=model or two_streets())
        self.terms = terms
        self.ready()
        self.tick(OPENS_MS - self.clock_ms)

    def register(self) -> None:
        """Register the pool in place of the market for energy, and who is upstream."""
        super().register()
        self.entity("participant", UPSTREAM, registry.Participant(participant_id=UPSTREAM, name="x", active=True))
        own = market(ENERGY, registry.ALGORITHM_POOL, **self.market_changes)
        own.pool.CopyFrom(registry.PoolTerms(**self.terms))
        self.entity("market", ENERGY, own)

    def enter(self, *orders: tuple[str, str, int, int]) -> list[common_pb2.Result]:
        """Let orders enter: (sell or buy, unit, W, ticks)."""
        return [
            (self.sell if side == "sell" else self.buy)(unit, quantity_w, price)
            for side, unit, quantity_w, price in orders
        ]

    def clear(self) -> pb.PoolCleared:
        """Let the call end; returns what is told of the pool at noon."""
        self.tick(OPENS_MS + CALL_S * 1_000 - self.clock_ms)
        (told,) = [each for each in self.events("pool_cleared") if each.mtu.start_s == NOON]
        assert isinstance(told, pb.PoolCleared)
        return told

    def table(self) -> list[tuple[str, str, int, int]]:
        """Return the trades: seller, buyer, W, ticks; upstream has no unit."""
        return [
            (trade.seller.unit_id or trade.seller.party, trade.buyer.unit_id or trade.buyer.party, trade.quantity_w,
             trade.price_ticks)
            for trade in self.trades()
        ]  # fmt: skip

    def statuses(self) -> dict[str, int]:
        """Return how orders left, by unit."""
        units = {each.order.order_id: each.order.unit_id for each in self.events("admitted")}
        return {units[each.order_id]: each.open_w for each in self.events("closed")}
