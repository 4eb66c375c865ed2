"""Levels of a book as a node sees them, and the best prices of feeders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flexbourse_market_data.domain.feed import PublicOrder
from flexbourse_market_data.domain.networks import NodalTariff, NodeList

# Numbers of the wire.
SELL = 2
DEVIATION, OPERATOR_REQUEST = 2, 3
FLEX_DOWN = 3
REACTIVE = frozenset({4, 5})


@dataclass(frozen=True, slots=True)
class DepthLevel:
    """Orders that cost or bring the same at the node that looks."""

    ticks: int
    quantity_w: int
    orders: int


class Viewer:
    """A node that looks: a limit is near `limit + tariff between both nodes` there, as the book ranks orders.

    With the nodal tariff n a match that lifts the seller's node and lowers the buyer's pays n(seller) - n(buyer) per
    unit; products that do the opposite pay the opposite. An operator's request carries no tariff, nor does reactive
    power.
    """

    def __init__(self, node_id: str, nodes: NodeList | None, tariff: NodalTariff | None) -> None:
        self._ticks: Mapping[str, int] = {}
        self.tariff_version = 0
        if nodes is not None and tariff is not None and nodes.topology_version == tariff.topology_version:
            self._ticks = dict(zip(nodes.node_ids, tariff.ticks, strict=True))
            self.tariff_version = tariff.version
        self._own = self._ticks.get(node_id, 0)

    def ticks(self, order: PublicOrder) -> int:
        """Return what an order costs or brings here."""
        if not self._ticks or order.basis == OPERATOR_REQUEST or order.product in REACTIVE:
            return order.price_ticks
        there = self._ticks.get(order.node_id, 0) if order.basis == DEVIATION else 0
        between = there - self._own
        return order.price_ticks + (-between if order.product == FLEX_DOWN else between)


def levels(orders: Iterable[PublicOrder], product: int, side: int, viewer: Viewer, most: int) -> list[DepthLevel]:
    """Return the best levels of one side."""
    found: dict[int, tuple[int, int]] = {}
    for order in orders:
        if order.product == product and order.side == side:
            ticks = viewer.ticks(order)
            quantity_w, count = found.get(ticks, (0, 0))
            found[ticks] = (quantity_w + order.shown_w, count + 1)
    ranked = sorted(found, reverse=side != SELL)[:most]
    return [DepthLevel(ticks, *found[ticks]) for ticks in ranked]


def best_by_zone(
    orders: Iterable[PublicOrder], product: int, nodes: NodeList | None
) -> dict[str, tuple[DepthLevel | None, DepthLevel | None]]:
    """Return the best ask and bid, by their own limits, of the orders in each zone."""
    zone_of = dict(zip(nodes.node_ids, nodes.zone_ids, strict=True)) if nodes is not None else {}
    by_zone: dict[str, list[PublicOrder]] = {}
    for order in orders:
        if order.product == product:
            by_zone.setdefault(zone_of.get(order.node_id, ""), []).append(order)
    plain = Viewer("", None, None)
    found = {}
    for zone, own in sorted(by_zone.items()):
        asks, bids = (levels(own, product, side, plain, 1) for side in (SELL, SELL - 1))
        found[zone] = (asks[0] if asks else None, bids[0] if bids else None)
    return found
