"""Records of other services as facts of the domain, and which of them are kept for snapshots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import snapshot_pb2 as kept
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.market_time import Mtu
from flexbourse_log.port import AdoptedRecord
from flexbourse_messages.catalogue import REGISTRY_ENTITY
from flexbourse_messages.rejections import rejection_from_message
from flexbourse_wholesale_gateway.domain import grid_answers as grid
from flexbourse_wholesale_gateway.domain import registry_state as r
from flexbourse_wholesale_gateway.domain.lots.leftovers import Leftover
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder, Side
from flexbourse_wholesale_gateway.domain.machine import Fact
from flexbourse_wholesale_gateway.domain.results import TICK_MICRO_EURO_PER_MWH
from flexbourse_wholesale_gateway.domain.state import BookClosedFact, LeftoverFact

HOLDER = "service:wholesale-gateway"
Ticks = Callable[[str], int]
Feeder = Callable[[str], str]


def fact_of(message: Message, state: r.Registry) -> Fact | None:
    """Return what an adopted record says, None where the gateway does not depend on it."""
    if isinstance(message, registry.EntityState):
        return registry_fact(message)
    if isinstance(message, book.OrderEvent):
        field = message.WhichOneof("event") or ""
        make = _OF_THE_BOOK.get(field)
        return make(getattr(message, field), state) if make is not None else None
    raise InvalidMessageError(f"the wholesale gateway reads no {message.DESCRIPTOR.full_name}")


def registry_fact(message: registry.EntityState) -> r.RegistryFact | None:
    """Return what an object of the registry says, None where the gateway does not depend on it."""
    kind = message.entity.WhichOneof("kind") or ""
    make = _OF_REGISTRY.get(kind)
    return make(getattr(message.entity, kind)) if make is not None else None


_OF_REGISTRY: Mapping[str, Callable[[Any], r.RegistryFact]] = {
    "participant": lambda own: r.Participant(own.participant_id, frozenset(own.roles), own.active),
    "unit": lambda own: r.Unit(
        own.unit_id, own.feeder_id, own.metering_point_id, own.operator_id, own.controllable, own.max_power_w,
        own.min_power_w, own.active,
    ),
    "metering_point": lambda own: r.MeteringPoint(own.metering_point_id, own.area_id, own.node_id, own.active),
    "right": lambda own: r.RightToOffer(
        own.right_id, own.unit_id, own.holder_id, own.valid_from_s, own.valid_to_s, own.revoked,
        own.on_chain.valid_to_s if own.on_chain.status == registry.RIGHT_CHAIN_STATUS_GRANTED else 0,
    ),
    "area": lambda own: r.Area(own.area_id, own.dso_id, own.rights_on_chain),
    "market": lambda own: r.Market(own.market_id, own.price_tick_micro_euro_per_mwh),
}  # fmt: skip


def _leftover(closed: book.OrderClosed, state: r.Registry) -> LeftoverFact | None:
    """Return what is left of an order, its limit in ticks of the exchange that keep it."""
    order = closed.leftover
    market, unit = state.markets.get(order.market_id), state.units.get(order.unit_id)
    if market is None or not order.open_w:
        return None
    side = Side.SELL if order.side == book.SIDE_SELL else Side.BUY
    micro_euro = order.limit_price_ticks * market.price_tick_micro_euro_per_mwh
    ticks = side.sign * -(-side.sign * micro_euro // TICK_MICRO_EURO_PER_MWH)
    forwardable = ForwardableOrder(
        order_id=order.order_id, participant_id=order.party, unit_id=order.unit_id,
        metering_point_id=order.metering_point_id, node_id=order.node_id,
        feeder_id=unit.feeder_id if unit is not None else "", area_id=order.area_id,
        mtu=Mtu(order.mtu.start_s, order.mtu.length_s), side=side, open_w=order.open_w, limit_ticks=ticks,
        moves=order.basis == book.BASIS_DEVIATION,
    )  # fmt: skip
    return LeftoverFact(Leftover(forwardable, order.forwarding == book.FORWARDING_AT_CLOSURE, order.open_w))


def _denied(own: book.HeadroomDenied, _: r.Registry) -> grid.Denied | None:
    return grid.Denied(own.reservation_id, own.asked, rejection_from_message(own.rejection)) if _ours(own) else None


def _lack(own: book.HeadroomContested | book.HeadroomShort) -> grid.Lack:
    effects = tuple((each.node_id, each.effect) for each in own.short.effects)
    return grid.Lack(own.area_id, Mtu(own.mtu.start_s, own.mtu.length_s), own.short.short, effects)


def _ours(own: Any) -> bool:
    return bool(own.party == HOLDER)


_OF_THE_BOOK: Mapping[str, Callable[[Any, r.Registry], Fact | None]] = {
    "closed": _leftover,
    "book_closed": lambda own, _: BookClosedFact(own.area_id, own.mtu.start_s),
    "reserved": lambda own, _: grid.Held(own.reservation.reservation_id) if _ours(own) else None,
    "headroom_denied": _denied,
    "headroom_filled": lambda own, _: grid.Taken(own.reservation_id, own.dnut_micro_euro) if _ours(own) else None,
    "headroom_settled": lambda own, _: (
        grid.Taken(own.reservation_id, own.dnut_micro_euro) if own.confirmed and _ours(own) else None
    ),
    "headroom_contested": lambda own, _: grid.Contested(_lack(own)),
    "headroom_short": lambda own, _: grid.Short(_lack(own), tuple(own.reservation_ids), own.reason),
}


class AdoptedRegistry:
    """The newest version of each registry object that the gateway depends on, as it came."""

    def __init__(self) -> None:
        self._kept: dict[str, Message] = {}

    def keep(self, record: AdoptedRecord) -> None:
        """Keep a record of the registry."""
        if record.topic == REGISTRY_ENTITY and record.message is not None:
            self._kept[record.key] = record.message

    def to_snapshot(self) -> list[kept.AdoptedSnapshot]:
        """Return all that is kept, by key."""
        return [
            kept.AdoptedSnapshot(key=key, value=message.SerializeToString(deterministic=True))
            for key, message in sorted(self._kept.items())
        ]


def from_snapshot(entry: kept.AdoptedSnapshot) -> AdoptedRecord:
    """Return a record as it came."""
    return AdoptedRecord(REGISTRY_ENTITY, entry.key, registry.EntityState.FromString(entry.value))
