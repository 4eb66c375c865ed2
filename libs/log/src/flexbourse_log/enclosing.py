"""Messages whose last field is a message that is encoded anyway: put together of bytes, not built around it.

A message that is given to the constructor of another is written and read once more, which costs several times
what its bytes do.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from google.protobuf.message import Message

from flexbourse_log.codec import encode, type_name

LENGTH_DELIMITED = 2  # the wire type of a nested message
FIELD_BITS = 3  # of a tag, for the wire type


class Enclosing(NamedTuple):
    """A message of a kind around another; `head` holds its other fields and the tag of the one around `inner`."""

    kind: type[Message]
    head: bytes
    inner: Message

    def encoded(self, inner: bytes) -> bytes:
        """Return the bytes of the message, equal to those that encoding it gives; `inner` are those of its part."""
        return b"".join((self.head, _varint(len(inner)), inner))


class Enclosure:
    """How messages of a kind are put around those of one field; raises TypeError where that is not their last."""

    def __init__(self, kind: type[Message], field: str) -> None:
        found = kind.DESCRIPTOR.fields_by_name[field]
        last = max(each.number for each in kind.DESCRIPTOR.fields) == found.number
        if not last or found.message_type is None or found.is_repeated:
            raise TypeError(f"{type_name(kind)} does not end with one message in {field}")
        self._kind = kind
        self._tag = _varint(found.number << FIELD_BITS | LENGTH_DELIMITED)

    def head(self, **others: Any) -> bytes:
        """Return what stands before the bytes of the inner message: all other fields, and the tag."""
        return encode(self._kind(**others)) + self._tag

    def around(self, head: bytes, inner: Message) -> Enclosing:
        """Return the message with such a head around another."""
        return Enclosing(self._kind, head, inner)


def _varint(number: int) -> bytes:
    """Return a number as protobuf writes lengths and tags: seven bits a byte, the lowest first."""
    if number <= 0x7F:
        return bytes((number,))
    if number <= 0x3FFF:  # nearly every length
        return bytes((number & 0x7F | 0x80, number >> 7))
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)
