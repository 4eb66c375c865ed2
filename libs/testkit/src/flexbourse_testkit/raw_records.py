"""Records that nobody should write to a topic of his own: what a raw producer can put there, and why it is set aside.

for case in raw_records(sound_headers, sound_value): produce(case.key, case.value, case.headers)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flexbourse_log.port import AREA, CE_ID, CE_TYPE, CORRELATION_ID, EXPIRES_AT, PARTY, WRITER
from flexbourse_messages.topic import MAX_COMMAND_BYTES

Headers = tuple[tuple[str, bytes | None], ...]
LONG = b"x" * 200_000


@dataclass(frozen=True)
class RawRecord:
    """A record as bytes. `reason`: part of what its dead letter says; empty where it is a command like any other."""

    name: str
    value: bytes | None
    headers: Headers
    reason: str
    key: bytes = b""

    @property
    def texts(self) -> dict[str, str]:
        """Return the headers as a reader gets them: the last of a name, as text, with marks for what is none."""
        return {name: (value or b"").decode(errors="replace") for name, value in self.headers}


def raw_records(sound: Mapping[str, str], value: bytes) -> Iterator[RawRecord]:
    """Yield records around a sound one; each has a command id of its own where it has a good one.

    Args:
        sound: headers of a sound command, without its id.
        value: its value.
    """

    def case(
        name: str, reason: str, content: bytes = value, changed: Mapping[str, bytes | None] = MappingProxyType({})
    ) -> RawRecord:
        given: dict[str, bytes | None] = {CE_ID: name.replace(" ", "-").encode()}
        given |= {header: text.encode() for header, text in sound.items()} | dict(changed)
        return RawRecord(name, content, tuple(given.items()), reason)

    whole = case("whole", "")
    for header in (CE_ID, CE_TYPE, EXPIRES_AT, AREA):
        headers = tuple(pair for pair in whole.headers if pair[0] != header)
        yield RawRecord(f"no {header}", value, headers, header)
        yield case(f"nothing in {header}", header, changed={header: None})
        yield case(
            f"no text in {header}", "declare" if header == CE_TYPE else header, changed={header: b"\xff\xfe\x00"}
        )
        yield case(f"too much in {header}", "declare" if header == CE_TYPE else header, changed={header: LONG})
    yield RawRecord("no headers", value, (), CE_ID)
    yield RawRecord("nothing", None, (), CE_ID)
    yield case("another type", "declare", changed={CE_TYPE: b"flexbourse.log.v1.TimeAdvanced"})
    yield case("a step", "not a participant's", changed={CE_TYPE: b"flexbourse.log.v1.Step"})
    yield case("cut short", "bytes are no", value[:-1])
    yield case("no message", "bytes are no", b"\xff" * 10)
    yield case("too large", "at most", bytes(MAX_COMMAND_BYTES + 1))
    yield case("as large as it may be", "bytes are no", b"\xff" * MAX_COMMAND_BYTES)
    many = {f"h{number}": LONG[:1_000] for number in range(300)}
    yield case("many headers", "declare", changed={**many, CE_TYPE: b"none"})
    yield case("forged", "", changed={PARTY: b"operator", WRITER: b"somebody", CORRELATION_ID: LONG})
    yield RawRecord("odd key", value, case("odd-key", "").headers, "", b"\xff\x00")
    again = ((CE_ID, b"first"), (EXPIRES_AT, b"soon"), *case("twice", "").headers)
    yield RawRecord("twice", value, again, "")
