"""Messages to bytes and back. Equal messages give equal bytes."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message

from flexbourse_core.errors import InvalidMessageError
from flexbourse_messages.lookup import Catalogue

# Type of message → whether a map is among its fields or theirs; filled as types come.
_HOLDS_MAPS: dict[type[Message], bool] = {}


def encode(message: Message) -> bytes:
    """Return the bytes of a message; map entries in order of key, so equal messages give equal bytes.

    Without maps there is one order of bytes, that of the fields' numbers, and asking for it costs as much again.
    """
    kind = type(message)
    holds_maps = _HOLDS_MAPS.get(kind)
    if holds_maps is None:
        holds_maps = _HOLDS_MAPS[kind] = _has_map(kind.DESCRIPTOR, set())
    return message.SerializeToString(deterministic=True) if holds_maps else message.SerializeToString()


def _has_map(descriptor: Any, seen: set[str]) -> bool:
    """Tell whether a map is reached from a message, which may hold itself."""
    if descriptor.GetOptions().map_entry:
        return True
    seen.add(descriptor.full_name)
    nested = [field.message_type for field in descriptor.fields if field.message_type is not None]
    return any(_has_map(each, seen) for each in nested if each.full_name not in seen)


def type_name(message: Message | type[Message]) -> str:
    """Return the full protobuf name."""
    name: str = message.DESCRIPTOR.full_name
    return name


def decode(catalogue: Catalogue, topic: str, name: str, value: bytes) -> Message:
    """Return the message of a record; raises InvalidMessageError where type or bytes break the contract."""
    try:
        return catalogue.message_class(topic, name).FromString(value)
    except KeyError as error:
        raise InvalidMessageError(str(error.args[0])) from error
    except DecodeError as error:
        raise InvalidMessageError(f"topic {topic}: bytes are no {name}") from error


def decode_any(name: str, value: bytes) -> Message:
    """Return a message of any type that this process has imported."""
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name)).FromString(value)
