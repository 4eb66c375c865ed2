"""Finds the market that a command means, so that nobody types what only one thing can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse.registry.v1 import registry_pb2

PRODUCTS = {
    "local-energy": orderbook_pb2.PRODUCT_LOCAL_ENERGY,
    "flex-up": orderbook_pb2.PRODUCT_FLEX_UP,
    "flex-down": orderbook_pb2.PRODUCT_FLEX_DOWN,
    "flex-reactive-up": orderbook_pb2.PRODUCT_FLEX_REACTIVE_UP,
    "flex-reactive-down": orderbook_pb2.PRODUCT_FLEX_REACTIVE_DOWN,
}


@dataclass(frozen=True, slots=True)
class Place:
    """An area and one of its markets."""

    area: registry_pb2.GridArea
    market: registry_pb2.Market

    @property
    def tick(self) -> int:
        """Return the value of a tick in micro-euro per MWh."""
        return self.market.price_tick_micro_euro_per_mwh


def find_area(client: Any, area_id: str | None) -> registry_pb2.GridArea:
    """Return the named area, or the only one; raises UsageError."""
    areas: dict[str, registry_pb2.GridArea] = {
        area.area_id: area for area in (state.entity.area for state in client.registry.list("area"))
    }
    if area_id is None and len(areas) == 1:
        return next(iter(areas.values()))
    if area_id in areas:
        return areas[area_id]
    raise click.UsageError(f"name one of the areas with --area: {', '.join(areas) or 'none is registered'}")


def find_place(client: Any, area_id: str | None, market_id: str | None, product: str) -> Place:
    """Return the named market, or the only active one of the area that trades the product; raises UsageError."""
    energy = product == "local-energy"
    wanted = registry_pb2.ALGORITHM_CONTINUOUS_ENERGY if energy else registry_pb2.ALGORITHM_CONTINUOUS_FLEXIBILITY
    return find_market(client, area_id, market_id, wanted, product)


def find_market(
    client: Any, area_id: str | None, market_id: str | None, wanted: registry_pb2.Algorithm, product: str
) -> Place:
    """Return the named market, or the only active one of the area with an algorithm; raises UsageError."""
    area = find_area(client, area_id)
    markets = {
        market.market_id: market
        for market in (state.entity.market for state in client.registry.list("market"))
        if market.area_id == area.area_id and market.active
    }
    if market_id in markets:
        return Place(area, markets[market_id])
    fitting = [market for market in markets.values() if market.algorithm == wanted]
    if market_id is None and len(fitting) == 1:
        return Place(area, fitting[0])
    names = ", ".join(market.market_id for market in fitting) or "none is active"
    raise click.UsageError(f"name one of the markets of {area.area_id} for {product} with --market: {names}")
