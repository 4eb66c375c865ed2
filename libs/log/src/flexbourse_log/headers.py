"""Headers of records: what a writer says in them, and how a reader takes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from google.protobuf.message import Message

from flexbourse_core.errors import InvalidMessageError
from flexbourse_log.codec import decode
from flexbourse_log.port import CE_ID, CE_SOURCE, CE_SPECVERSION, CE_TYPE, SPECVERSION, Headers, Position, Record
from flexbourse_messages.lookup import Catalogue

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
SHOWN = 40  # characters of a header that is wrong


def event_headers(payload: str, name: str, source: str) -> dict[str, str]:
    """Return the headers that make a record of some payload a CloudEvent; its name is unique to the source."""
    return {CE_SPECVERSION: SPECVERSION, CE_TYPE: payload, CE_ID: name, CE_SOURCE: source}


@lru_cache(maxsize=16)
def format_time(at_ms: int) -> str:
    """Return RFC 3339 with milliseconds, UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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


def decode_record(catalogue: Catalogue, record: Record) -> Message | None:
    """Return the message of a record, None for a tombstone; raises InvalidMessageError."""
    name = record.headers.get(CE_TYPE, "")
    if not name and not record.value:
        return None
    return decode(catalogue, record.topic, name, record.value)
