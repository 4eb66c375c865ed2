"""Messages and domain objects of the registry: same fields by name, compared when this module is imported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any

from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.errors import InvalidMessageError
from flexbourse_messages.binding import Binding
from flexbourse_registry.domain.entities import (
    ID_FIELD,
    KIND_OF,
    KINDS,
    Algorithm,
    EnrolmentRule,
    Entity,
    MeteringScheme,
    RightChainStatus,
    RightOnChain,
    Role,
    UnitType,
)
from flexbourse_registry.domain.staging import ImportEnded, Part, Staged
from flexbourse_registry.domain.state import Registered
from flexbourse_registry.domain.unit_life import (
    ProductState,
    ProductType,
    SuspensionReason,
    UnitState,
    UnitStep,
    UnitStepKind,
)

ENUMERATIONS: tuple[type[IntEnum], ...] = (
    Role, UnitType, Algorithm, MeteringScheme, EnrolmentRule, ProductType, UnitState, ProductState, SuspensionReason,
    UnitStepKind, RightChainStatus,
)  # fmt: skip
MAX_BULK_BYTES = 256 * 1024  # of the objects in one journal record
FIELD_BYTES = 5  # tag and length of one of them
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def from_entity(message: registry_pb2.Entity) -> Entity:
    """Return the object in a message; raises InvalidMessageError where it holds none."""
    name = message.WhichOneof("kind")
    if name is None:
        raise InvalidMessageError("an Entity holds no object")
    found: Entity = _BINDINGS[name].decode(getattr(message, name))
    return found


def to_entity(entity: Entity) -> registry_pb2.Entity:
    """Return the message of an object."""
    name = KIND_OF[type(entity)]
    return registry_pb2.Entity(**{name: _BINDINGS[name].encode(entity)})


def to_registered(event: Registered) -> registry_pb2.EntityRegistered:
    """Return the journal record of an event."""
    message = registry_pb2.EntityRegistered(entity=to_entity(event.entity), version=event.version, party=event.party)
    if event.step is not None:
        message.step.CopyFrom(STEP.encode(event.step))
    return message


def from_registered(message: registry_pb2.EntityRegistered) -> Registered:
    """Return the event of a journal record."""
    step = STEP.decode(message.step) if message.HasField("step") else None
    return Registered(from_entity(message.entity), message.version, message.party, step)


def key_in(message: registry_pb2.Entity) -> str:
    """Return the key of the state topic that belongs to an object."""
    kind = message.WhichOneof("kind")
    return f"{kind}/{getattr(getattr(message, kind), ID_FIELD[kind])}"


def to_bulk(events: Sequence[Registered]) -> Iterator[registry_pb2.EntitiesRegistered]:
    """Yield the journal records of many events of one party, in order, each well below what a record may hold."""
    record, size = registry_pb2.EntitiesRegistered(), 0
    for event in events:
        state = to_state(event.entity, event.version)
        weight = state.ByteSize() + FIELD_BYTES
        if size + weight > MAX_BULK_BYTES and record.states:
            yield record
            record, size = registry_pb2.EntitiesRegistered(), 0
        record.party = event.party
        record.states.append(state)
        size += weight
    if record.states:
        yield record


def from_bulk(message: registry_pb2.EntitiesRegistered) -> Iterator[Registered]:
    """Yield the events of such a record."""
    for state in message.states:
        yield Registered(from_entity(state.entity), state.version, message.party)


def to_staged(event: Staged) -> registry_pb2.ImportStaged:
    """Return the journal record of a staged part."""
    part = event.part
    entities = [to_entity(entity) for entity in part.entities]
    message = registry_pb2.StageImport(import_id=part.import_id, chunk=part.chunk, entities=entities)
    return registry_pb2.ImportStaged(part=message, party=event.party)


def from_staged(message: registry_pb2.ImportStaged) -> Staged:
    """Return the event of such a record."""
    return Staged(from_part(message.part), message.party)


def from_part(message: registry_pb2.StageImport) -> Part:
    """Return a part of an import; raises InvalidMessageError where an entry holds no object."""
    return Part(message.import_id, message.chunk, tuple(from_entity(entity) for entity in message.entities))


def to_state(entity: Entity, version: int) -> registry_pb2.EntityState:
    """Return the record of the state topic."""
    return registry_pb2.EntityState(entity=to_entity(entity), version=version)


def _check_enumerations() -> None:
    """Raise TypeError where the members of an enumeration differ from those of its message."""
    for enumeration in ENUMERATIONS:
        prefix = f"{_CAPITAL.sub('_', enumeration.__name__).upper()}_"
        values = registry_pb2.DESCRIPTOR.enum_types_by_name[enumeration.__name__].values_by_name
        wire = {member: value.number for member, value in values.items()}
        if wire != {f"{prefix}{member.name}": member.value for member in enumeration}:
            raise TypeError(f"{enumeration.__name__}: message and domain differ")


_BINDINGS: dict[str, Binding[Any, Any]] = {
    name: Binding(kind, type(getattr(registry_pb2.Entity(), name))) for name, kind in KINDS.items()
}
STEP: Binding[UnitStep, registry_pb2.UnitStep] = Binding(UnitStep, registry_pb2.UnitStep)
ENDED: Binding[ImportEnded, registry_pb2.ImportEnded] = Binding(ImportEnded, registry_pb2.ImportEnded)
ON_CHAIN: Binding[RightOnChain, registry_pb2.RightOnChain] = Binding(RightOnChain, registry_pb2.RightOnChain)
_check_enumerations()
