"""Messages to bytes and back, and the headers of what a shard writes. Equal messages give equal bytes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message

from flexbourse_core.errors import InvalidMessageError
from flexbourse_log.port import CE_ID, CE_SOURCE, CE_SPECVERSION, CE_TYPE, SPECVERSION, Headers, Position, Record
from flexbourse_messages.lookup import Catalogue

# Type of message → whether a map is among its fields or theirs; filled as types come.
_HOLDS_MAPS: dict[type[Message], bool] = {}
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
SHOWN = 40  # characters of a header that is wrong


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


def decode_record(catalogue: Catalogue, record: Record) -> Message | None:
    """Return the message of a record, None for a tombstone; raises InvalidMessageError."""
    name = record.headers.get(CE_TYPE, "")
    if not name and not record.value:
        return None
    return decode(catalogue, record.topic, name, record.value)


def decode_any(name: str, value: bytes) -> Message:
    """Return a message of any type that this process has imported."""
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name)).FromString(value)


def format_position(position: Position) -> str:
    """Return topic/partition/offset."""
    return f"{position.topic}/{position.partition}/{position.offset}"


def parse_position(text: str) -> Position:
    """Return the position of the header `input`; raises InvalidMessageError."""
    try:
        topic, partition, offset = text.rsplit("/", 2)
        return Position(topic, int(partition), int(offset))
    except ValueError as error:
        raise InvalidMessageError(f"header input {text!r} does not have the form topic/partition/offset") from error


def event_headers(payload: str, name: str, source: str) -> dict[str, str]:
    """Return the headers that make a record of some payload a CloudEvent; its name is unique to the source."""
    return {CE_SPECVERSION: SPECVERSION, CE_TYPE: payload, CE_ID: name, CE_SOURCE: source}


def required_header(headers: Headers, name: str) -> str:
    """Return a header that the contract demands; raises InvalidMessageError."""
    found = headers.get(name, "")
    if not found:
        raise InvalidMessageError(f"header {name} is missing")
    return found


def integer_header(headers: Headers, name: str) -> int:
    """Return a whole number of 64 bits; raises InvalidMessageError."""
    found = required_header(headers, name)
    number = int(found) if WHOLE_NUMBER.fullmatch(found) else None
    if number is None or not -(2**63) <= number < 2**63:
        raise InvalidMessageError(f"header {name} is no whole number of 64 bits: {found[:SHOWN]!r}")
    return number


@lru_cache(maxsize=16)
def format_time(at_ms: int) -> str:
    """Return RFC 3339 with milliseconds, UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
