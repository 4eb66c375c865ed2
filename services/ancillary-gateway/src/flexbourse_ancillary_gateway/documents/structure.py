"""Our own structural rules: what holds for a document even where the operator has no schema files.

Derived from the dataclasses: which elements there are, in which order, how often, and the form of their text. The code
lists are not part of it; only the schemas know them.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from typing import Any

from lxml import etree

from flexbourse_ancillary_gateway.documents.dialects import Dialect, namespace_of
from flexbourse_ancillary_gateway.documents.problems import Problem

DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
INTEGER = r"[+-]?[0-9]+"
MAX_DIGITS = 17  # of an amount; the same bound keeps quantities finite
SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class _Slot:
    """One element that a parent may have; `nested` is the dataclass of its content, or None where it is text."""

    name: str
    place: int
    required: bool
    repeated: bool
    nested: type[Any] | None
    limit: int | None
    pattern: str | None


@dataclass(frozen=True, slots=True)
class _Shape:
    """Elements and attributes of one dataclass."""

    slots: dict[str, _Slot]
    attributes: dict[str, str | None]
    has_text: bool


def find_structure_problems(root: etree._Element, dialect: Dialect) -> list[Problem]:
    """Return every structural rule that a tree with the names of the bound version breaks.

    Elements that stand elsewhere in the dialect it came in may stand anywhere: that order is the schema's to judge.
    """
    return list(_Walk(namespace_of(dialect.kind), dialect.moved_last).of(root, dialect.kind, f"/{dialect.root}"))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One pass over a tree; `anywhere` are the elements whose place is not looked at."""

    namespace: str
    anywhere: tuple[str, ...]

    def of(self, element: etree._Element, kind: type[Any], path: str) -> Iterator[Problem]:
        shape = _shape(kind)
        yield from _attribute_problems(element, shape, path)
        if not shape.has_text and element.text and element.text.strip():
            yield Problem(path, "holds elements, no text", element.text.strip()[:SHOWN_CHARACTERS])
        counts: dict[str, int] = {}
        reached = -1
        for child in element:
            qualified = etree.QName(child)
            slot = shape.slots.get(qualified.localname) if qualified.namespace == self.namespace else None
            if slot is None:
                yield Problem(path, "no such element here", qualified.localname)
                continue
            counts[slot.name] = counts.get(slot.name, 0) + 1
            where = f"{path}/{slot.name}[{counts[slot.name]}]" if slot.repeated else f"{path}/{slot.name}"
            if slot.name not in self.anywhere:
                if slot.place < reached:
                    yield Problem(where, "stands behind an element that must follow it")
                reached = max(reached, slot.place)
            yield from self._content(child, slot, where)
        yield from _count_problems(shape, counts, path)

    def _content(self, child: etree._Element, slot: _Slot, where: str) -> Iterator[Problem]:
        if slot.nested is not None:
            yield from self.of(child, slot.nested, where)
            if not _shape(slot.nested).has_text:
                return
        else:
            if len(child):
                yield Problem(where, "holds text, no elements")
            yield from (Problem(where, "has no attribute", str(name)) for name in child.attrib)
        yield from _text_problems(child.text or "", slot, where)


def _text_problems(text: str, slot: _Slot, where: str) -> Iterator[Problem]:
    if slot.limit is not None and len(text) > slot.limit:
        yield Problem(where, f"has at most {slot.limit} characters", f"{len(text)} characters")
    if not text.strip():
        yield Problem(where, "is empty")
    elif slot.pattern is not None and re.fullmatch(slot.pattern, text) is None:
        yield Problem(where, f"has the form {slot.pattern}", text[:SHOWN_CHARACTERS])
    elif slot.pattern in (DECIMAL, INTEGER) and sum(sign.isdigit() for sign in text) > MAX_DIGITS:
        yield Problem(where, f"has at most {MAX_DIGITS} digits", text[:SHOWN_CHARACTERS])


def _attribute_problems(element: etree._Element, shape: _Shape, path: str) -> Iterator[Problem]:
    for name, value in element.attrib.items():
        pattern = shape.attributes.get(str(name))
        if str(name) not in shape.attributes:
            yield Problem(path, "has no attribute", str(name))
        elif pattern is not None and re.fullmatch(pattern, str(value)) is None:
            yield Problem(f"{path}/@{name}", f"has the form {pattern}", str(value)[:SHOWN_CHARACTERS])
    for name in shape.attributes:
        if name not in element.attrib:
            yield Problem(path, "an attribute is missing", name)


def _count_problems(shape: _Shape, counts: dict[str, int], path: str) -> Iterator[Problem]:
    for slot in shape.slots.values():
        count = counts.get(slot.name, 0)
        if slot.required and not count:
            yield Problem(path, "an element is missing", slot.name)
        if count > 1 and not slot.repeated:
            yield Problem(path, "an element stands more than once", slot.name)


@cache
def _shape(kind: type[Any]) -> _Shape:
    hints = typing.get_type_hints(kind)
    slots: dict[str, _Slot] = {}
    attributes: dict[str, str | None] = {}
    has_text = False
    for item in fields(kind):
        metadata = item.metadata
        if metadata.get("type") == "Attribute":
            attributes[metadata["name"]] = metadata.get("pattern")
        elif metadata.get("type") == "Element":
            slots[metadata["name"]] = _slot(len(slots), metadata, hints[item.name])
        else:
            has_text = True
    return _Shape(slots, attributes, has_text)


def _slot(place: int, metadata: Any, hint: Any) -> _Slot:
    kinds = [kind for kind in (*typing.get_args(hint), hint) if isinstance(kind, type) and kind is not type(None)]
    kind = kinds[0]
    form = {Decimal: DECIMAL, int: INTEGER}.get(kind, metadata.get("pattern"))
    nested = None if kind in (str, int, Decimal) else kind
    repeated = typing.get_origin(hint) is tuple
    required = bool(metadata.get("required") or metadata.get("min_occurs"))
    return _Slot(metadata["name"], place, required, repeated, nested, metadata.get("limit"), form)
