"""The registry's shard: commands in, versions of objects out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse.settlement.v1 import settlement_pb2
from flexbourse_core.errors import InvalidMessageError, InvariantError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, all_rejected, rejected
from flexbourse_messages.catalogue import REGISTRY_ENTITY
from flexbourse_registry import importing, wire
from flexbourse_registry.domain.advancing import advance
from flexbourse_registry.domain.mirroring import mirrored
from flexbourse_registry.domain.registration import Platform, register
from flexbourse_registry.domain.staging import Staging
from flexbourse_registry.domain.state import State

MAX_ID_LENGTH = 80  # of an object in an answer, kind included; a longer one is refused for its form


class RegistryProgram:
    """The one shard of the registry; see `flexbourse_log.port.Program`."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._state = State()
        self._staging = Staging()

    def on_command(self, command: Command) -> Decision:
        """Register objects, or take units further in their life."""
        body = command.body
        if isinstance(body, registry_pb2.RegisterEntities):
            return self._register(command.party, body)
        if isinstance(body, registry_pb2.AdvanceUnits):
            return self._advance(command.party, body)
        if isinstance(body, registry_pb2.StageImport):
            return importing.stage(self._staging, command.party, body)
        if isinstance(body, registry_pb2.CommitImport):
            return importing.commit(self._state, self._staging, self._platform, command.party, body)
        raise InvalidMessageError(f"the registry takes no {type(body).__name__}")

    def _register(self, party: str, body: registry_pb2.RegisterEntities) -> Decision:
        if any(entity.WhichOneof("kind") is None for entity in body.entities):
            return Decision([], [rejected(_EMPTY_ENTRY)] * len(body.entities))
        entries = [wire.from_entity(entity) for entity in body.entities]
        events, outcomes = register(self._state, self._platform, party, entries, all_or_nothing=body.all_or_nothing)
        if body.validate_only:
            events = []
        for event in events:
            self._state.evolve(event)
        results = [_result(str(outcome.key), outcome.problems) for outcome in outcomes]
        return Decision([wire.to_registered(event) for event in events], results)

    def _advance(self, party: str, body: registry_pb2.AdvanceUnits) -> Decision:
        steps = [wire.STEP.decode(step) for step in body.steps]
        events, outcomes = advance(self._state, self._platform.operator_id, party, steps)
        for event in events:
            self._state.evolve(event)
        results = [_result(f"unit/{outcome.unit_id}"[:MAX_ID_LENGTH], outcome.problems) for outcome in outcomes]
        return Decision([wire.to_registered(event) for event in events], results)

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Mirror what the chain says of a right to offer."""
        message = record.message
        if message is None:
            return ()
        if not isinstance(message, settlement_pb2.RightChainState):
            raise InvariantError(f"the registry reads no topic {record.topic}")
        event = mirrored(self._state, message.right_id, wire.ON_CHAIN.decode(message.on_chain))
        if event is None:
            return ()
        self._state.evolve(event)
        return (wire.to_registered(event),)

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:  # noqa: ARG002 - the port's signature
        """Forget imports that nobody commits; validity of rights is judged by their readers, at their own time."""
        self._staging.now_ms = at_ms
        ends = self._staging.overdue()
        for end in ends:
            self._staging.end(end)
        return [wire.ENDED.encode(end) for end in ends]

    def next_timer_ms(self) -> int | None:
        """Return when the oldest open import is forgotten."""
        return self._staging.next_end_ms()

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journal event."""
        match event:
            case registry_pb2.EntityRegistered():
                self._state.evolve(wire.from_registered(event))
            case registry_pb2.EntitiesRegistered():
                for registered in wire.from_bulk(event):
                    self._state.evolve(registered)
            case registry_pb2.ImportStaged():
                self._staging.stage(wire.from_staged(event))
            case registry_pb2.ImportEnded():
                self._staging.end(wire.ENDED.decode(event))
            case log_pb2.TimeAdvanced():
                self._staging.now_ms = event.at_ms
            case AdoptedRecord():
                pass  # what was mirrored of it stands behind it
            case _:
                raise InvalidMessageError(f"the registry's journal holds no {type(event).__name__}")

    def project(self, event: Message) -> Iterable[Output]:
        """Publish the newest version of each object."""
        if isinstance(event, registry_pb2.EntityRegistered):
            state = registry_pb2.EntityState(entity=event.entity, version=event.version)
            yield Output(REGISTRY_ENTITY, wire.key_in(event.entity), state)
        elif isinstance(event, registry_pb2.EntitiesRegistered):
            for state in event.states:
                yield Output(REGISTRY_ENTITY, wire.key_in(state.entity), state)

    def intents(self, event: Message) -> Iterable[Intent]:  # noqa: ARG002 - the port's signature
        """Return nothing: the registry has no effects."""
        return ()

    def settled_intents(self, event: Message) -> Iterable[str]:  # noqa: ARG002 - the port's signature
        """Return nothing: the registry has no effects."""
        return ()

    def snapshot(self) -> bytes:
        """Return all objects by key, and what is staged."""
        states = [wire.to_state(entity, version) for entity, version in self._state]
        staged = [
            registry_pb2.StagedPart(staged=wire.to_staged(event), touched_ms=touched_ms)
            for event, touched_ms in self._staging.all()
        ]
        state = registry_pb2.RegistrySnapshot(states=states, staged=staged, at_ms=self._staging.now_ms)
        return state.SerializeToString(deterministic=True)

    def restore(self, snapshot: bytes) -> None:
        """Take all objects, and what is staged, from a snapshot."""
        self._state, self._staging = State(), Staging()
        kept = registry_pb2.RegistrySnapshot.FromString(snapshot)
        for entry in kept.states:
            self._state.load(wire.from_entity(entry.entity), entry.version)
        for part in kept.staged:
            self._staging.now_ms = part.touched_ms
            self._staging.stage(wire.from_staged(part.staged))
        self._staging.now_ms = kept.at_ms


_EMPTY_ENTRY = Rejection(Code.FIELD_MISSING, "every entry of a command holds an object", "entities")


def _result(element: str, problems: Sequence[Rejection]) -> common_pb2.Result:
    """Return the wire result: the first problem leads, a refused entry with several carries all of them."""
    result = all_rejected(problems) if problems else common_pb2.Result()
    result.id = element
    return result
