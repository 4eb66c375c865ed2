"""The traffic light as the log runs it: records in, records out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, decision
from flexbourse_messages.catalogue import LIGHT_ZONE
from flexbourse_traffic_light import snapshot, wire
from flexbourse_traffic_light.domain.events import Event
from flexbourse_traffic_light.domain.machine import TrafficLight


class LightProgram:
    """One shard of the traffic light."""

    def __init__(self, shard: int) -> None:
        self._machine = TrafficLight(shard)

    @property
    def machine(self) -> TrafficLight:
        """Return the state machine, to be read."""
        return self._machine

    def on_command(self, command: Command) -> Decision:
        """Decide an override or thresholds."""
        body = command.body
        if not isinstance(body, light.LightCommand):
            raise InvalidMessageError(f"the traffic light takes no {body.DESCRIPTOR.full_name}")
        decided: list[Event] | list[Rejection]
        if body.HasField("override"):
            decided = self._machine.override(wire.OVERRIDE.decode(body.override), command.party)
        elif body.HasField("set_thresholds"):
            decided = self._machine.set_thresholds(wire.SET_THRESHOLDS.decode(body.set_thresholds), command.party)
        else:
            decided = [Rejection(Code.FIELD_MISSING, "a command says what is to be done", "body")]
        return decision(command, decided, _messages)

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record of another service in and judge what it touches."""
        fact = wire.fact_from_message(record.message) if record.message is not None else None
        if fact is None:
            return []
        self._machine.take(fact)
        return _messages(self._machine.react(fact))

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:
        """Renew heartbeats; find what has become stale, is over, or old."""
        return _messages(self._machine.advance(at_ms, step))

    def next_timer_ms(self) -> int | None:
        """Return when time itself changes something."""
        return self._machine.next_timer_ms()

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journaled record."""
        if isinstance(event, AdoptedRecord):
            fact = wire.fact_from_message(event.message) if event.message is not None else None
            if fact is not None:
                self._machine.take(fact)
        elif isinstance(event, log_pb2.TimeAdvanced):
            self._machine.tick(event.at_ms, event.step)
        else:
            self._machine.evolve(wire.event_from_message(event))

    def project(self, event: Message) -> Iterable[Output]:
        """Publish lights, their end and heartbeats; overrides and thresholds stay in the journal."""
        if isinstance(event, light.LightState):
            yield Output(LIGHT_ZONE, light_key(event), event)
        elif isinstance(event, light.LightRetired):
            yield Output(LIGHT_ZONE, light_key(event), None)
        elif isinstance(event, light.LightHeartbeat):
            yield Output(LIGHT_ZONE, f"{event.area_id}/{event.zone_id}", event)

    def intents(self, event: Message) -> Iterable[Intent]:  # noqa: ARG002
        """Lights reach nobody but through the log."""
        return ()

    def settled_intents(self, event: Message) -> Iterable[str]:  # noqa: ARG002
        """There are no effects."""
        return ()

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes."""
        return snapshot.to_bytes(self._machine)

    def restore(self, snapshot_bytes: bytes) -> None:
        """Take a state from such bytes."""
        self._machine = snapshot.from_bytes(self._machine.shard, snapshot_bytes)


def light_key(state: light.LightState | light.LightRetired) -> str:
    """Return the key of a light on its topic."""
    return f"{state.area_id}/{state.zone_id}/{state.mtu.start_s}"


def _messages(events: Iterable[Event]) -> list[Message]:
    return [wire.event_to_message(event) for event in events]
