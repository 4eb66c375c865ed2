"""Activation as the log runs it: records in, records out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.activation.v1 import snapshot_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_activation import adopting, projecting, snapshot, wire
from flexbourse_activation.domain.events import Event
from flexbourse_activation.domain.machine import ActivationShard, Fact
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, decision


class ActivationProgram:
    """One shard of the activation service."""

    def __init__(self, shard: int, operator_id: str = "") -> None:
        self._operator_id = operator_id
        self._machine = ActivationShard(shard, operator_id)
        self._adopted = adopting.AdoptedRecords()

    @property
    def machine(self) -> ActivationShard:
        """Return the state machine, to be read."""
        return self._machine

    def on_command(self, command: Command) -> Decision:
        """Decide a command."""
        body = command.body
        if not isinstance(body, pb.ActivationCommand):
            raise InvalidMessageError(f"activation takes no {body.DESCRIPTOR.full_name}")
        wanted = wire.command_from_message(body)
        decided: list[Event] | list[Rejection]
        if wanted is None:
            decided = [Rejection(Code.FIELD_MISSING, "a command says what is to be done", "body")]
        else:
            decided = self._machine.decide(body.area_id, wanted, command.party)
        return decision(command, decided, _messages)

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record of another service in and decide what follows."""
        fact = self._adopt(record)
        return _messages(self._machine.react(fact)) if fact is not None else []

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:
        """Send orders, notice missed deadlines, begin and end windows."""
        self._adopted.forget(at_ms)
        return _messages(self._machine.advance(at_ms, step))

    def next_timer_ms(self) -> int | None:
        """Return when time itself changes something."""
        return self._machine.next_timer_ms()

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journaled record."""
        if isinstance(event, AdoptedRecord):
            self._adopt(event)
        elif isinstance(event, log_pb2.TimeAdvanced):
            self._adopted.forget(event.at_ms)
            self._machine.tick(event.at_ms, event.step)
        elif isinstance(event, pb.ActivationEvent):
            self._machine.evolve(wire.event_from_message(event))
        else:
            raise InvalidMessageError(f"activation's journal holds a {event.DESCRIPTOR.full_name}")

    def project(self, event: Message) -> Iterable[Output]:
        """Return the life of activations, orders to units and totals of claims."""
        if not isinstance(event, pb.ActivationEvent):
            raise InvalidMessageError(f"activation projects no {event.DESCRIPTOR.full_name}")
        return projecting.project(event)

    def intents(self, event: Message) -> Iterable[Intent]:  # noqa: ARG002
        """Orders reach units through the log."""
        return ()

    def settled_intents(self, event: Message) -> Iterable[str]:  # noqa: ARG002
        """There are no effects."""
        return ()

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes."""
        machine = self._machine
        message = snapshot_pb2.ActivationSnapshot(
            format=snapshot.FORMAT,
            at_ms=machine.now_ms,
            step=machine.step,
            adopted=self._adopted.to_snapshot(),
            areas=[snapshot.area_to_snapshot(desk.state) for _, desk in sorted(machine.desks.items())],
        )
        return message.SerializeToString(deterministic=True)

    def restore(self, snapshot_bytes: bytes) -> None:
        """Take a state from such bytes."""
        message = snapshot_pb2.ActivationSnapshot.FromString(snapshot_bytes)
        if message.format != snapshot.FORMAT:
            raise InvalidMessageError(f"a snapshot of activation has format {message.format}")
        self._machine = ActivationShard(self._machine.shard, self._operator_id)
        self._adopted = adopting.AdoptedRecords()
        self._machine.tick(message.at_ms, message.step)
        for area in message.areas:
            snapshot.restore_area(self._machine.desk(area.area_id).state, area)
        for kept in message.adopted:
            self._adopt(adopting.from_snapshot(kept))

    def _adopt(self, record: AdoptedRecord) -> Fact | None:
        """Take a record into the state, live and at recovery alike; returns what it says."""
        before = self._adopted.newest(record)
        fact = adopting.fact_of(record.message, before) if record.message is not None else None
        if fact is not None:
            self._adopted.keep(record)
            self._machine.take(fact)
        return fact


def _messages(events: Iterable[Event]) -> list[Message]:
    return [wire.event_to_message(event) for event in events]
