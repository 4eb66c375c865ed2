"""Binds frozen dataclasses of a domain to protobuf messages of the same shape; differences are found at import.

A field of the dataclass is bound to the field of its name. Integers, strings, booleans and bytes are copied, tuples
become repeated fields, enumerations travel as their number, dataclasses become nested messages, and `X | None` is a
nested message that may be absent. Where shapes differ on purpose the conversion is written by hand instead: of a whole
message by its owner, of a type that occurs in many by handing it to the binding.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from enum import IntEnum
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from google.protobuf.message import Message

Domain = TypeVar("Domain")
Wire = TypeVar("Wire", bound=Message)
Convert = Callable[[Any], Any]
# Type of a field → how it is written to the message and read from it.
Given = Mapping[Any, tuple[Convert, Convert]]

_PLAIN = (int, str, bool, bytes)


class Binding(Generic[Domain, Wire]):
    """Both directions between one dataclass and one message; raises TypeError naming every field that differs.

    `given` holds conversions by hand of types of fields, here and in nested dataclasses.
    """

    def __init__(self, domain: type[Domain], wire: type[Wire], given: Given = types.MappingProxyType({})) -> None:
        self.domain = domain
        self.wire = wire
        hints = get_type_hints(domain)
        names = [field.name for field in dataclasses.fields(domain)]  # type: ignore[arg-type]
        declared = wire.DESCRIPTOR.fields_by_name
        if set(names) != set(declared):
            raise TypeError(
                f"{domain.__name__} and {wire.DESCRIPTOR.full_name} differ in {sorted(set(names) ^ set(declared))}"
            )
        converters = {name: _converters(hints[name], declared[name], given) for name in names}
        # Plain fields are most of them; they are fetched in one go, because states are written by the thousand.
        self._plain = [name for name in names if converters[name][0] is _same]
        self._fetch = attrgetter(*self._plain, "__class__", "__class__")  # below two names it would return no tuple
        self._written = [(name, converters[name][0]) for name in names if converters[name][0] is not _same]
        self._read = [(name, converters[name][1]) for name in names]

    def encode(self, value: Domain) -> Wire:
        """Return the message of a value."""
        plain = dict(zip(self._plain, self._fetch(value), strict=False))
        return self.wire(**plain, **{name: write(getattr(value, name)) for name, write in self._written})

    def decode(self, message: Wire) -> Domain:
        """Return the value of a message; raises ValueError where an enumeration holds an unknown number."""
        return self.domain(**{name: read(message) for name, read in self._read})


def _converters(hint: Any, field: Any, given: Given) -> tuple[Convert, Convert]:
    """Return how a field is written, and how it is read from its message."""
    name = field.name
    write, read = _element(hint, field, given)
    if get_origin(hint) is tuple:
        # Tuples of plain values are taken as they are by the message.
        return (lambda items: [write(item) for item in items]) if write is not _same else _same, (
            (lambda message: tuple(map(read, getattr(message, name))))
            if read is not _same
            else (lambda message: tuple(getattr(message, name)))
        )
    if get_origin(hint) is types.UnionType:
        return (lambda item: None if item is None else write(item)), (
            lambda message: read(getattr(message, name)) if message.HasField(name) else None
        )
    if read is _same:
        return write, attrgetter(name)
    return write, lambda message: read(getattr(message, name))


def _element(hint: Any, field: Any, given: Given) -> tuple[Convert, Convert]:
    origin = get_origin(hint)
    if origin is tuple or origin is types.UnionType:
        (hint,) = [part for part in get_args(hint) if part not in (Ellipsis, type(None))]
    if hint in given:
        return given[hint]
    if hint in _PLAIN:
        return _same, _same
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return int, hint
    if dataclasses.is_dataclass(hint) and field.message_type is not None:
        nested: Binding[Any, Any] = Binding(hint, field.message_type._concrete_class, given)  # type: ignore[arg-type]
        return nested.encode, nested.decode
    raise TypeError(f"field {field.full_name}: no conversion from {hint!r}")


def _same(value: Any) -> Any:
    return value
