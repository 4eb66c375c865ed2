"""Binds frozen dataclasses of a domain to protobuf messages of the same shape; names that differ are found at import.

A field of the dataclass is bound to the field of its name. Integers, strings, booleans and bytes are copied, tuples
become repeated fields, enumerations travel as their number, dataclasses become nested messages, and `X | None` is a
nested message that may be absent. Where shapes differ on purpose the conversion is written by hand instead: of a whole
message by its owner, of a type that occurs in many by handing it to the binding.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from google.protobuf.message import Message
from propcache.api import cached_property

Domain = TypeVar("Domain")
Wire = TypeVar("Wire", bound=Message)
Convert = Callable[[Any], Any]
# Type of a field → how it is written to the message and read from it.
Given = Mapping[Any, tuple[Convert, Convert]]

_PLAIN = (int, str, bool, bytes)


class Binding(Generic[Domain, Wire]):
    """Both directions between one dataclass and one message; raises TypeError naming every field that differs.

    `given` holds conversions by hand of types of fields, here and in nested dataclasses. The functions are written out
    field by field, as `dataclasses` does with constructors: every event of every shard passes through them, live and at
    recovery. Each is written when it is first asked for: of hundreds, a start needs a few, and types without a
    conversion raise TypeError then.
    """

    def __init__(self, domain: type[Domain], wire: type[Wire], given: Given = types.MappingProxyType({})) -> None:
        self.domain = domain
        self.wire = wire
        self._given = given
        self._names = [field.name for field in dataclasses.fields(domain)]  # type: ignore[arg-type]
        differ = set(self._names) ^ set(wire.DESCRIPTOR.fields_by_name)
        if differ:
            raise TypeError(f"{domain.__name__} and {wire.DESCRIPTOR.full_name} differ in {sorted(differ)}")

    @cached_property
    def encode(self) -> Callable[[Domain], Wire]:
        """Return the message of a value."""
        encode: Callable[[Domain], Wire] = self._writer("encode", "_wire(**made)")
        return encode

    @cached_property
    def fields(self) -> Callable[[Domain], dict[str, Any]]:
        """Return the fields of a value's message, of which a message that holds it is made without a copy."""
        fields: Callable[[Domain], dict[str, Any]] = self._writer("fields", "made")
        return fields

    @cached_property
    def decode(self) -> Callable[[Wire], Domain]:
        """Return the value of a message; raises ValueError where an enumeration holds an unknown number."""
        known: dict[str, Any] = {"_domain": self.domain}
        read = []
        for name, (hint, _, (_, converts)) in self._elements.items():
            known[f"_read_{name}"] = converts
            read.append(f"{name}={_reading(name, hint, f'_read_{name}' if converts is not _same else '')}")
        decode: Callable[[Wire], Domain] = _compiled("decode(message)", [], f"_domain({', '.join(read)})", known)
        return decode

    def _writer(self, name: str, result: str) -> Any:
        known: dict[str, Any] = {"_wire": self.wire}
        written = ["made = {}"]
        for own, (hint, field, (converts, _)) in self._elements.items():
            known[f"_write_{own}"] = converts
            written += _writing(own, hint, field, f"_write_{own}" if converts is not _same else "")
        return _compiled(f"{name}(value)", written, result, known)

    @cached_property
    def _elements(self) -> dict[str, tuple[Any, Any, tuple[Convert, Convert]]]:
        """Return type, field of the message and conversions of each field; raises TypeError where there are none."""
        hints, declared = get_type_hints(self.domain), self.wire.DESCRIPTOR.fields_by_name
        return {
            name: (hints[name], declared[name], _element(hints[name], declared[name], self._given))
            for name in self._names
        }


def _compiled(head: str, lines: Sequence[str], result: str, known: Mapping[str, Any]) -> Any:
    """Return the function that makes one thing of the fields of another."""
    source = "".join(f"    {line}\n" for line in (*lines, f"return {result}"))
    defined: dict[str, Any] = dict(known)
    exec(f"def {head}:\n{source}", defined)  # made of names of fields alone
    return defined[head.partition("(")[0]]


def _writing(name: str, hint: Any, field: Any, convert: str) -> list[str]:
    """Return how one field gets into the message, by the named conversion where there is one.

    Most fields of most events are empty. What is left out where a message cannot tell absent from empty is the same
    message in half of the time.
    """
    item = "found"
    if get_origin(hint) is tuple:  # tuples of plain values are taken as they are by the message
        made, condition = f"tuple(map({convert}, {item}))" if convert else item, item
    elif get_origin(hint) is types.UnionType:
        made, condition = f"{convert}({item})" if convert else item, f"{item} is not None"
    else:
        made, condition = f"{convert}({item})" if convert else item, "" if field.has_presence else item
    if not condition:
        return [f"{item} = value.{name}", f"made[{name!r}] = {made}"]
    return [f"{item} = value.{name}", f"if {condition}: made[{name!r}] = {made}"]


def _reading(name: str, hint: Any, convert: str) -> str:
    """Return how one field is read from the message, by the named conversion where there is one."""
    item = f"message.{name}"
    if get_origin(hint) is tuple:
        return f"tuple(map({convert}, {item}))" if convert else f"tuple({item})"
    made = f"{convert}({item})" if convert else item
    return f"{made} if message.HasField({name!r}) else None" if get_origin(hint) is types.UnionType else made


class _Members(dict[int, IntEnum]):
    """The members of an enumeration by number; raises its own ValueError for another number."""

    def __init__(self, kind: type[IntEnum]) -> None:
        super().__init__((int(member), member) for member in kind)
        self._kind = kind

    def __missing__(self, number: int) -> IntEnum:
        return self._kind(number)


def _element(hint: Any, field: Any, given: Given) -> tuple[Convert, Convert]:
    """Return how a value of a field, or each of its values, is written and read."""
    origin = get_origin(hint)
    if origin is tuple or origin is types.UnionType:
        (hint,) = [part for part in get_args(hint) if part not in (Ellipsis, type(None))]
    if hint in given:
        return given[hint]
    if hint in _PLAIN:
        return _same, _same
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return _same, _Members(hint).__getitem__  # a message takes a member for its number
    if dataclasses.is_dataclass(hint) and field.message_type is not None:
        nested: Binding[Any, Any] = Binding(hint, field.message_type._concrete_class, given)  # type: ignore[arg-type]
        return nested.fields, nested.decode
    raise TypeError(f"field {field.full_name}: no conversion from {hint!r}")


def _same(value: Any) -> Any:
    return value
