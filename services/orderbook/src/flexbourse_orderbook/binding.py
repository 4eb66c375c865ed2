"""Binds a domain value to its message, field by field; what does not match is found at import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Shape:
    """How one field differs from a plain number or text: to the message, and from it.

    `present` tells whether an absent field stands for None; `many` that the field repeats.
    """

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    present: bool = False
    many: bool = False


def plain_or_absent() -> Shape:
    """Return the shape of an optional number: absent stands for None."""
    return Shape(lambda value: value, lambda value: value, present=True)


def number(kind: type[Any]) -> Shape:
    """Return the shape of an enumeration."""
    return Shape(int, kind)


class Binding(Generic[Value]):
    """One domain class and one message class whose fields have the same names."""

    def __init__(self, kind: type[Value], message: type[Message], shapes: dict[str, Shape] | None = None) -> None:
        shapes = shapes or {}
        own = {field.name for field in fields(kind)}  # type: ignore[arg-type]
        theirs = set(message.DESCRIPTOR.fields_by_name)
        if own != theirs or not shapes.keys() <= own:
            raise TypeError(f"{kind.__name__} and {message.DESCRIPTOR.full_name} differ in {sorted(own ^ theirs)}")
        self.kind, self._message = kind, message
        self._plain = [name for name in sorted(own) if name not in shapes]
        self._shaped = sorted(shapes.items())

    def encode(self, value: Value) -> Any:
        """Return the message of a value."""
        wire: dict[str, Any] = {name: getattr(value, name) for name in self._plain}
        for name, shape in self._shaped:
            entry = getattr(value, name)
            if shape.many:
                wire[name] = [shape.encode(one) for one in entry]
            elif entry is not None:
                wire[name] = shape.encode(entry)
        return self._message(**wire)

    def decode(self, message: Any) -> Value:
        """Return the value of a message."""
        found: dict[str, Any] = {name: getattr(message, name) for name in self._plain}
        for name, shape in self._shaped:
            if shape.many:
                found[name] = tuple(shape.decode(one) for one in getattr(message, name))
            elif shape.present and not message.HasField(name):
                found[name] = None
            else:
                found[name] = shape.decode(getattr(message, name))
        return self.kind(**found)

    def shape(self, *, optional: bool = False, many: bool = False) -> Shape:
        """Return the shape of a field that holds such a value."""
        return Shape(self.encode, self.decode, present=optional, many=many)
