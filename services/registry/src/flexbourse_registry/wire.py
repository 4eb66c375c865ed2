"""Messages and domain objects of the registry: same fields by name, compared when this module is imported.

Only the enumerations differ in shape: on the wire their names carry a prefix.
"""

from __future__ import annotations

import dataclasses
import typing
from enum import Enum
from typing import Any

from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.errors import InvalidMessageError
from flexbourse_registry.domain.entities import KIND_OF, KINDS, Algorithm, Entity, Role, UnitType
from flexbourse_registry.domain.state import Registered

PREFIXES: dict[type[Enum], str] = {Role: "ROLE_", UnitType: "UNIT_TYPE_", Algorithm: "ALGORITHM_"}


def from_entity(message: registry_pb2.Entity) -> Entity:
    """Return the object in a message; raises InvalidMessageError where it holds none."""
    name = message.WhichOneof("kind")
    if name is None:
        raise InvalidMessageError("an Entity holds no object")
    kind, part = KINDS[name], getattr(message, name)
    return kind(**{field: _read(hint, getattr(part, field)) for field, hint in _FIELDS[kind].items()})


def to_entity(entity: Entity) -> registry_pb2.Entity:
    """Return the message of an object."""
    kind = type(entity)
    fields = {field: _written(getattr(entity, field)) for field in _FIELDS[kind]}
    name = KIND_OF[kind]
    return registry_pb2.Entity(**{name: fields})


def to_registered(event: Registered) -> registry_pb2.EntityRegistered:
    """Return the journal record of an event."""
    return registry_pb2.EntityRegistered(entity=to_entity(event.entity), version=event.version, party=event.party)


def from_registered(message: registry_pb2.EntityRegistered) -> Registered:
    """Return the event of a journal record."""
    return Registered(from_entity(message.entity), message.version, message.party)


def to_state(entity: Entity, version: int) -> registry_pb2.EntityState:
    """Return the record of the state topic."""
    return registry_pb2.EntityState(entity=to_entity(entity), version=version)


def fields_of(kind: str) -> dict[str, Any]:
    """Return the fields of a kind of object with their types, in order."""
    return _FIELDS[KINDS[kind]]


def _read(hint: Any, value: Any) -> Any:
    if typing.get_origin(hint) is tuple:
        (inner, _) = typing.get_args(hint)
        return tuple(_read(inner, entry) for entry in value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member(hint, value)
    return value


def _member(kind: type[Enum], number: int) -> Enum:
    """Return the member of a number; numbers of a later version are UNSPECIFIED, which every rule refuses."""
    try:
        return kind(number)
    except ValueError:
        return kind(0)


def _written(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_written(entry) for entry in value]
    return value.value if isinstance(value, Enum) else value


def _fields(kind: type[Entity]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _check_shapes() -> None:
    """Raise TypeError where a message and its domain object do not have the same fields or enumeration members."""
    for name, kind in KINDS.items():
        wire, domain = set(getattr(registry_pb2.Entity(), name).DESCRIPTOR.fields_by_name), set(_FIELDS[kind])
        if wire != domain:
            raise TypeError(f"{name}: message and domain differ in {sorted(wire ^ domain)}")
    for enumeration, prefix in PREFIXES.items():
        values = registry_pb2.DESCRIPTOR.enum_types_by_name[enumeration.__name__].values_by_name
        wire_members = {member: value.number for member, value in values.items()}
        members = {f"{prefix}{member.name}": member.value for member in enumeration}
        if wire_members != members:
            raise TypeError(f"{enumeration.__name__}: message and domain differ")


_FIELDS: dict[type[Entity], dict[str, Any]] = {kind: _fields(kind) for kind in KINDS.values()}
_check_shapes()
