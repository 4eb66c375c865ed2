"""Records of the log as projectors take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.model import NetworkModel
from flexbourse_market_data.domain import activation_figures as figures
from flexbourse_market_data.domain import feed as f
from flexbourse_market_data.domain.feeders import LightSeen, TradeSeen
from flexbourse_market_data.domain.networks import NodalTariff, NodeList
from flexbourse_messages.binding import Binding

PUBLIC_ORDER = Binding(f.PublicOrder, book.PublicOrder)
_STEPS = {int(step): step for step in figures.Step}


def mtu_in(message: common_pb2.Mtu) -> Mtu:
    """Return a period."""
    return Mtu(message.start_s, message.length_s)


def light_in(message: light.LightState) -> LightSeen:
    """Return a zone's light."""
    return LightSeen(
        message.area_id, message.zone_id, mtu_in(message.mtu), message.light, message.since_ms,
        message.headroom_up_w, message.headroom_down_w,
    )  # fmt: skip


def trade_in(message: book.OrderEvent) -> TradeSeen | None:
    """Return a trade, None for other events."""
    if not message.HasField("trade"):
        return None
    trade = message.trade
    return TradeSeen(trade.area_id, mtu_in(trade.mtu), trade.quantity_w, trade.seller.feeder_id, trade.buyer.feeder_id)


def nodes_in(message: grid.TopologyState, offset: int) -> NodeList:
    """Return the nodes of a topology."""
    nodes = NetworkModel.from_bytes(message.model).nodes
    ids, zones = tuple(node.id for node in nodes), tuple(node.zone for node in nodes)
    return NodeList(message.area_id, message.version, ids, zones, offset)


def tariff_in(message: grid.TariffState, offset: int) -> NodalTariff:
    """Return a nodal tariff."""
    versions = (message.version, message.topology_version)
    return NodalTariff(message.area_id, mtu_in(message.mtu), *versions, tuple(message.nodal_ticks), offset)


def activation_in(message: activation.ActivationEvent) -> figures.OpenActivation | figures.ActivationStepped | None:
    """Return what figures count of an activation's life, None for the rest."""
    if message.HasField("requested"):
        asked = message.requested.activation
        ordered_w = sum(sum(share.quantities_w) for share in asked.shares)
        length_s = asked.window.mtu_length_s
        return figures.OpenActivation(
            asked.area_id, asked.activation_id, asked.direction, ordered_w * length_s, length_s
        )
    if message.HasField("moved") and message.moved.step in _STEPS:
        moved = message.moved
        return figures.ActivationStepped(
            moved.area_id, moved.activation_id, _STEPS[moved.step], tuple(moved.delivered_w)
        )
    return None


def status_in(message: book.BookStatus) -> f.BookStatus:
    """Return a status, or what is news of it."""
    names = f.BookStatus.__slots__
    return f.BookStatus(**{name: getattr(message, name) if message.HasField(name) else None for name in names})


def status_out(status: f.BookStatus | None) -> book.BookStatus:
    """Return the message of a status."""
    if status is None:
        return book.BookStatus()
    return book.BookStatus(**{name: getattr(status, name) for name in f.BookStatus.__slots__})


def feed_in(message: feed.FeedEvent, raw: bytes) -> f.FeedSeen:
    """Return an event of the public feed."""
    name = f.BookName(message.area_id, message.market_id, mtu_in(message.mtu))
    field = message.WhichOneof("event") or ""
    reader = _EVENTS.get(field)
    event = reader(getattr(message, field)) if reader is not None else None
    return f.FeedSeen(name, message.sequence, message.at_ms, event, raw)


def _executed_in(message: feed.Execution) -> f.Executed | None:
    if message.off_book:  # what is agreed upon moves no order, and its price is none of the book's
        return None
    return f.Executed(
        message.product, message.quantity_w, message.price_ticks, message.ask_key, message.bid_key, message.ask_left_w,
        message.bid_left_w, message.held, message.called,
    )  # fmt: skip


def _picture_in(message: feed.BookPicture) -> f.Picture:
    orders = tuple(PUBLIC_ORDER.decode(order) for order in message.orders)
    return f.Picture(message.part, message.parts, status_in(message.status), orders)


_EVENTS: dict[str, Callable[[Any], Any]] = {
    "status": status_in,
    "added": lambda order: f.Added(PUBLIC_ORDER.decode(order)),
    "changed": lambda order: f.Added(PUBLIC_ORDER.decode(order)),
    "executed": _executed_in,
    "removed": lambda removed: f.Removed(removed.key),
    "picture": _picture_in,
}
