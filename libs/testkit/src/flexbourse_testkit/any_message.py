"""Messages made from their descriptors: a filled one, and copies that are broken in one field each.

Whoever adds a field or a member to a command gets its cases without writing any.

filled(SubmitOrders.DESCRIPTOR, {"market_id": "energy"})        # every field at any depth has a plausible value
for message in every_kind(OrderCommand.DESCRIPTOR, known): ...   # one for each member of each oneof, at any depth
for path, broken in broken_ones(message): ...                   # "orders.quantity_w", a copy with an extreme there
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

MAX_DEPTH = 8  # messages that hold themselves end here
MANY = 501  # entries: more than any list of a command takes at once
_LARGEST = {32: 2**31 - 1, 64: 2**63 - 1}
_SIGNED_32, _SIGNED_64 = FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64
_UNSIGNED_32, _UNSIGNED_64 = FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64
_FLOATS = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)
TEXTS = ("", "\x00", "🜁", "a b", "../../etc/passwd", "é" * 70, "x" * 5_000)
EXTREMES: Mapping[int, tuple[Any, ...]] = {
    _SIGNED_32: (0, -1, _LARGEST[32], -_LARGEST[32] - 1),
    _SIGNED_64: (0, -1, 1, _LARGEST[64], -_LARGEST[64] - 1),
    _UNSIGNED_32: (0, 2 * _LARGEST[32] + 1),
    _UNSIGNED_64: (0, 2 * _LARGEST[64] + 1),
    FieldDescriptor.CPPTYPE_BOOL: (True, False),
    FieldDescriptor.CPPTYPE_ENUM: (0, 99, -1),
    FieldDescriptor.CPPTYPE_STRING: TEXTS,
    **dict.fromkeys(_FLOATS, (0.0, -1.0, float("nan"), float("inf"), float("-inf"), 1e308)),
}
BYTES = (b"", b"\xff", b"\x00" * 10_000)


def filled(kind: Descriptor, known: Mapping[str, Any], depth: int = MAX_DEPTH) -> Message:
    """Return a message with a value in every field, of a oneof in its first member.

    Args:
        kind: of the message.
        known: values by the name of a field, taken wherever a field is called so, or by its full name.
        depth: of messages in messages.
    """
    message = GetMessageClass(kind)()
    taken: set[str] = set()
    for field in kind.fields:
        own = field.containing_oneof
        if own is not None and own.name in taken:
            continue
        if own is not None:
            taken.add(own.name)
        if field.message_type is not None and depth == 0:
            continue
        _put(message, field, _value(field, known, depth))
    return message


def every_kind(kind: Descriptor, known: Mapping[str, Any], depth: int = MAX_DEPTH) -> Iterator[Message]:
    """Yield filled messages until each member of each oneof, at any depth, was in one of them; `filled` is the first.

    Args:
        kind: of the message.
        known: values by the name of a field, as in `filled`.
        depth: of messages in messages.
    """
    whole = filled(kind, known, depth)
    yield whole
    for field in kind.fields:
        chosen = field.containing_oneof is None or field.containing_oneof.fields[0] is field
        if field.message_type is None or not depth or _known(field, known) is not None:
            others: Iterable[Any] = () if chosen else (_value(field, known, depth),)
        elif field.message_type.GetOptions().map_entry:
            continue
        else:
            others = islice(every_kind(field.message_type, known, depth - 1), int(chosen), None)
        for other in others:
            changed = _copy(whole)
            changed.ClearField(field.name)
            _put(changed, field, other)
            yield changed


def _value(field: FieldDescriptor, known: Mapping[str, Any], depth: int) -> Any:
    if (own := _known(field, known)) is not None:
        return own
    if field.message_type is not None:
        return filled(field.message_type, known, depth - 1)
    if field.enum_type is not None:
        return field.enum_type.values[min(1, len(field.enum_type.values) - 1)].number
    if field.type == FieldDescriptor.TYPE_BYTES:
        return b"b"
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return "a"
    return False if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL else 1


def _known(field: FieldDescriptor, known: Mapping[str, Any]) -> Any:
    return known.get(field.full_name, known.get(field.name))


def _put(message: Any, field: FieldDescriptor, value: Any) -> None:
    """Set a field; a list gets one entry, a mapping stays empty."""
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return
    if field.is_repeated:
        own = getattr(message, field.name)
        own.extend(value if isinstance(value, list | tuple) else [value])
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(value)
    else:
        setattr(message, field.name, value)


def broken_ones(message: Message, where: str = "") -> Iterator[tuple[str, Message]]:
    """Yield copies with one field at any depth left out, at an extreme, or, of a list, with too many entries.

    Each comes with the path of its field: names with points between.
    """
    for listed, value in message.ListFields():
        path = f"{where}{listed.name}"
        without = _copy(message)
        without.ClearField(listed.name)
        yield path, without
        if listed.is_repeated:
            yield from _broken_lists(message, listed, value, path)
        elif listed.message_type is not None:
            for inner_path, inner in broken_ones(value, f"{path}."):
                changed = _copy(message)
                getattr(changed, listed.name).CopyFrom(inner)
                yield inner_path, changed
    for field in message.DESCRIPTOR.fields:
        if field.message_type is None and not field.is_repeated:
            for extreme in extremes_of(field):
                changed = _copy(message)
                setattr(changed, field.name, extreme)
                yield f"{where}{field.name}", changed


def _broken_lists(message: Message, field: Any, value: Any, path: str) -> Iterator[tuple[str, Message]]:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return
    many = _copy(message)
    getattr(many, field.name).extend([value[0]] * MANY)
    yield path, many
    if field.message_type is not None:
        for inner_path, inner in broken_ones(value[0], f"{path}."):
            changed = _copy(message)
            getattr(changed, field.name)[0].CopyFrom(inner)
            yield inner_path, changed
        return
    for extreme in extremes_of(field):
        changed = _copy(message)
        getattr(changed, field.name)[0] = extreme
        yield path, changed


def extremes_of(field: Any) -> tuple[Any, ...]:
    """Return the values that break programs, of a plain field."""
    return BYTES if field.type == FieldDescriptor.TYPE_BYTES else EXTREMES[field.cpp_type]


def _copy(message: Message) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
