"""Records of other services as facts of the domain, and which of them are kept for snapshots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.activation.v1 import snapshot_pb2
from flexbourse.external.v1 import external_pb2 as external
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_activation import book_requests, wire
from flexbourse_activation.domain import registry_state as r
from flexbourse_activation.domain.activations.instructing import InstructionFact
from flexbourse_activation.domain.machine import BookFact, Fact, GridFact
from flexbourse_activation.domain.network import lights
from flexbourse_activation.domain.network.network_effects import BaseCaseFact, TopologyFact
from flexbourse_activation.domain.sales.selling_outside import ResultFact, Sale
from flexbourse_activation.domain.sales.trading import CurtailedFact, TradeFact, TradeSide
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import WATT_SECONDS_PER_MWH, divide_half_even
from flexbourse_gridmath.model import NetworkModel
from flexbourse_log.port import AdoptedRecord
from flexbourse_messages.catalogue import LIGHT_ZONE, REGISTRY_ENTITY, WHOLESALE_RESULT, message_class

REACTIVE = (book.PRODUCT_FLEX_REACTIVE_UP, book.PRODUCT_FLEX_REACTIVE_DOWN)  # moves no active power
KEPT_MS = lights.RETAINED_S * 1000


def fact_of(message: Message, before: Message | None = None) -> Fact | None:
    """Return what an adopted record says, None where activations do not depend on it.

    `before` is the record that it takes the place of, as far as that is kept.
    """
    if isinstance(message, registry.EntityState):
        return registry_fact(message)
    if isinstance(message, light.LightState | light.LightHeartbeat):
        return _of_the_light(message)
    if isinstance(message, book.OrderEvent):
        return _of_the_book(message)
    if isinstance(message, grid.TopologyState | grid.BaseCaseState):
        return _of_the_grid(message)
    if isinstance(message, pb.GatewayInstruction):
        command = wire.command_from_message(message.command)
        return InstructionFact(message.instruction_id, message.command.area_id, message.party, command)
    if isinstance(message, external.ExternalResult):
        return _of_the_exchange(message, before if isinstance(before, external.ExternalResult) else None)
    raise InvalidMessageError(f"activation reads no {message.DESCRIPTOR.full_name}")


def registry_fact(message: registry.EntityState) -> r.RegistryFact | None:
    """Return what an object of the registry says, None where activations do not depend on it."""
    kind = message.entity.WhichOneof("kind")
    own = getattr(message.entity, kind) if kind else None
    make = _OF_REGISTRY.get(kind or "")
    return make(own) if make is not None else None


def _reservable(unit: registry.Unit) -> bool:
    """Tell whether a unit is qualified for reservations; one whose qualifications are not kept is for all."""
    qualified = registry.PRODUCT_STATE_QUALIFIED
    kept = unit.life.products if unit.HasField("life") else ()
    found = {each.product for each in kept if each.state == qualified}
    return not unit.HasField("life") or registry.PRODUCT_TYPE_RESERVATION in found


_OF_REGISTRY: Mapping[str, Callable[[Any], r.RegistryFact]] = {
    "participant": lambda own: r.Participant(own.participant_id, frozenset(own.roles), own.active),
    "metering_point": lambda own: r.MeteringPoint(own.metering_point_id, own.area_id, own.node_id, own.active),
    "unit": lambda own: r.Unit(
        own.unit_id, own.metering_point_id, own.operator_id, own.max_power_w, own.min_power_w, own.controllable,
        own.active, own.feeder_id, _reservable(own),
    ),
    "portfolio": lambda own: r.Portfolio(own.portfolio_id, own.operator_id, tuple(own.unit_ids)),
    "area": lambda own: r.Area(own.area_id, own.shard, own.dso_id, own.rights_on_chain),
    "right": lambda own: r.RightToOffer(
        own.right_id, own.unit_id, own.holder_id, own.valid_from_s, own.valid_to_s, own.revoked,
        own.on_chain.valid_to_s if own.on_chain.status == registry.RIGHT_CHAIN_STATUS_GRANTED else 0,
    ),
}  # fmt: skip


def _of_the_light(message: light.LightState | light.LightHeartbeat) -> lights.LightFact | lights.BeatFact:
    if isinstance(message, light.LightState):
        mtu = Mtu(message.mtu.start_s, message.mtu.length_s)
        return lights.LightFact(message.area_id, message.zone_id, mtu, message.light)
    return lights.BeatFact(message.area_id, message.zone_id, message.valid_until_ms, message.valid_until_step)


def _of_the_grid(message: grid.TopologyState | grid.BaseCaseState) -> GridFact:
    if isinstance(message, grid.TopologyState):
        model = NetworkModel.from_bytes(message.model)
        return TopologyFact(message.area_id, message.version, message.effective_from_s, model)
    mtu = Mtu(message.mtu.start_s, message.mtu.length_s)
    return BaseCaseFact(message.area_id, mtu, message.version, message.topology_version, tuple(message.p_w))


def _of_the_book(message: book.OrderEvent) -> BookFact | None:
    """Return what the book says of a trade, or of headroom that is held here."""
    if message.HasField("trade_curtailed"):
        own = message.trade_curtailed
        return CurtailedFact(own.curtailment.trade_id, own.area_id, own.curtailment.left_w)
    if message.HasField("trade_recalled"):
        return CurtailedFact(message.trade_recalled.trade_id, message.trade_recalled.area_id, 0)
    if not message.HasField("trade"):
        return book_requests.answer_of(message)
    if message.trade.product in REACTIVE:
        return None
    trade = message.trade
    sides = tuple(
        TradeSide(name, side.party, side.unit_id, side.moved_w)
        for name, side in (("seller", trade.seller), ("buyer", trade.buyer))
        if side.basis == book.BASIS_DEVIATION and side.unit_id and side.moved_w
    )
    if not sides:
        return None
    requested = trade.buyer.basis == book.BASIS_OPERATOR_REQUEST
    bought = [relief for relief in trade.reliefs if relief.bought] if requested else []
    most = max(bought, key=lambda relief: (relief.relief_mpct, relief.element_id), default=None)
    return TradeFact(
        trade.trade_id, trade.area_id, Mtu(trade.mtu.start_s, trade.mtu.length_s),
        trade.price_ticks * trade.tick_micro_euro_per_mwh, sides, trade.buyer.party if requested else "",
        most.element_id if most else "",
    )  # fmt: skip


def _of_the_exchange(message: external.ExternalResult, before: external.ExternalResult | None) -> ResultFact | None:
    """Return what a version of a result changes of its units' sales; None where it is not newer than what is known."""
    if before is not None and before.version >= message.version:
        return None
    now = _by_unit(message)
    earlier = _by_unit(before) if before is not None and before.mtu == message.mtu else {}
    gone = _by_unit(before) if before is not None else {}
    sales = []
    for area_id, unit_id in dict.fromkeys((*now, *gone)):
        shares = now.get((area_id, unit_id), [])
        sold_w = sum(share.quantity_w for share in shares)
        money = sum(share.amount_micro_euro for share in shares) * (1 if sold_w > 0 else -1)
        energy_ws = abs(sold_w) * message.mtu.length_s
        sales.append(
            Sale(
                party=shares[0].party if shares else "",
                area_id=area_id,
                unit_id=unit_id,
                before_w=sum(share.quantity_w for share in earlier.get((area_id, unit_id), [])),
                sold_w=sold_w,
                price_micro_euro_per_mwh=divide_half_even(money * WATT_SECONDS_PER_MWH, energy_ws) if energy_ws else 0,
            )
        )
    mtu = Mtu(message.mtu.start_s, message.mtu.length_s)
    return ResultFact(message.venue_id, message.result_id, message.version, mtu, tuple(sales))


def _by_unit(message: external.ExternalResult) -> dict[tuple[str, str], list[external.ExternalShare]]:
    found: dict[tuple[str, str], list[external.ExternalShare]] = {}
    for share in message.shares:
        found.setdefault((share.area_id, share.unit_id), []).append(share)
    return found


class AdoptedRecords:
    """Newest registry objects, red lights and results of exchanges as they came, for snapshots."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Message] = {}

    def keep(self, record: AdoptedRecord) -> None:
        """Keep a record that the state depends on; a light that is not red takes the place of a red one."""
        message = record.message
        if record.topic not in (REGISTRY_ENTITY, LIGHT_ZONE, WHOLESALE_RESULT) or message is None:
            return
        if isinstance(message, light.LightState) and message.light != light.LIGHT_RED:
            self._kept.pop((record.topic, record.key), None)
        else:
            self._kept[record.topic, record.key] = message

    def newest(self, record: AdoptedRecord) -> Message | None:
        """Return what is kept of the record that another one takes the place of."""
        return self._kept.get((record.topic, record.key))

    def forget(self, now_ms: int) -> None:
        """Drop lights and results of periods that are over."""
        for key, message in list(self._kept.items()):
            if isinstance(message, light.LightState | external.ExternalResult):
                end_s = message.mtu.start_s + message.mtu.length_s
                if end_s * 1000 + KEPT_MS <= now_ms:
                    del self._kept[key]

    def to_snapshot(self) -> list[snapshot_pb2.AdoptedRecord]:
        """Return all that is kept, by topic and key."""
        return [
            snapshot_pb2.AdoptedRecord(
                topic=topic, key=key, type=message.DESCRIPTOR.full_name,
                value=message.SerializeToString(deterministic=True),
            )
            for (topic, key), message in sorted(self._kept.items(), key=lambda entry: entry[0])
        ]  # fmt: skip


def from_snapshot(kept: snapshot_pb2.AdoptedRecord) -> AdoptedRecord:
    """Return a record as it came."""
    message = message_class(kept.topic, kept.type).FromString(kept.value)
    return AdoptedRecord(kept.topic, kept.key, message)
