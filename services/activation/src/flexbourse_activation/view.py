"""Read model, folded from the life of activations: the same state that the shard has, without what it adopted."""

from __future__ import annotations

import asyncio

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_activation import adopting, wire
from flexbourse_activation.buyers import Buyers
from flexbourse_activation.domain.events import WindowsOver
from flexbourse_activation.domain.machine import area_of
from flexbourse_activation.domain.registry_state import Registry
from flexbourse_activation.domain.state import AreaState
from flexbourse_activation.reservation_call_view import ReservationCalls
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ACTIVATION_ORDER, REGISTRY_ENTITY


class ActivationView:
    """State of every area, the newest order of every activation, and who bought what."""

    topics: tuple[str, ...] = (REGISTRY_ENTITY, ACTIVATION_LIFE, ACTIVATION_ORDER)

    def __init__(self, operator_id: str = "") -> None:
        self.registry = Registry(operator_id)
        self._areas: dict[str, AreaState] = {}
        self._orders: dict[str, pb.ActivationOrder] = {}
        self._offsets: dict[int, int] = {}
        self._lives: dict[int, int] = {}  # by partition: the last event that is folded
        self._folded = asyncio.Event()
        self.buyers = Buyers()
        self.reservation_calls = ReservationCalls()

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in."""
        if record.topic == REGISTRY_ENTITY:
            fact = adopting.registry_fact(message) if isinstance(message, registry.EntityState) else None
            if fact is not None:
                self.registry.put(fact)
        elif record.topic == ACTIVATION_ORDER:
            self._offsets[record.partition] = record.offset
            if isinstance(message, pb.ActivationOrder):
                self._orders[record.key] = message
            elif message is None:
                self._orders.pop(record.key, None)
        elif isinstance(message, pb.ActivationEvent):
            self._evolve(message)
            self.buyers.fold(message)
            self.reservation_calls.fold(message)
            self._lives[record.partition] = record.offset
            self._folded.set()

    def area(self, area_id: str) -> AreaState:
        """Return the state of an area; empty where nothing has happened."""
        return self._areas.get(area_id) or AreaState(area_id)

    def orders(self, area_id: str, operator_id: str) -> list[pb.ActivationOrder]:
        """Return the newest order of each activation of an operator's units, by activation."""
        return [
            order
            for _, order in sorted(self._orders.items())
            if order.area_id == area_id and order.operator_id == operator_id
        ]

    def last_order_offset(self, partition: int) -> int:
        """Return the offset up to which orders are folded; -1 before the first."""
        return self._offsets.get(partition, -1)

    def last_life_offset(self, partition: int) -> int:
        """Return the offset up to which lives are folded; -1 before the first."""
        return self._lives.get(partition, -1)

    async def reach(self, partition: int, offset: int) -> None:
        """Wait until an event of lives is folded."""
        while self._lives.get(partition, -1) < offset:
            self._folded.clear()
            await self._folded.wait()

    def _evolve(self, message: pb.ActivationEvent) -> None:
        event = wire.event_from_message(message)
        area_id = area_of(event)
        state = self._areas.setdefault(area_id, AreaState(area_id))
        state.evolve(event)
        if isinstance(event, WindowsOver):
            state.forget(event.before_s * 1000)
