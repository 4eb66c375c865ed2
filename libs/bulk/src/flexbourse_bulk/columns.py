"""Columns of a file and the fields of a message: same names, checked form, nothing judged.

Lists are separated by `;`, truth values are true or false, enumerations stand by their names. A value left out has its
default. What a value means is judged by the service that takes the object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from flexbourse.registry.v1 import registry_pb2
from flexbourse_bulk.sheet import ANNOTATIONS, HEADER_ROW, Row, row_error
from flexbourse_core.rejection import Code

LIST_SEPARATOR = ";"
TRUE_WORDS, FALSE_WORDS = ("true", "1", "yes"), ("false", "0", "no")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its cells are read, and for a schema the type and, of an enumeration, the names."""

    name: str
    parse: Callable[[str], Any]
    xsd_type: str
    names: tuple[str, ...] = ()


def columns_of(message: Any, without: Sequence[str] = ()) -> dict[str, Column]:
    """Return the columns of a message (its descriptor): its plain fields in order, without those that are named."""
    fields = [field for field in message.fields if field.message_type is None and field.name not in without]
    return {field.name: _column(field) for field in fields}


def _column(field: FieldDescriptor) -> Column:
    if field.enum_type is not None:
        names = enumeration_names(field.enum_type)
        one = Column(field.name, _EnumParser(names), "enumeration", tuple(names))
    elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        one = Column(field.name, str, "string")
    elif field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        one = Column(field.name, parse_bool, "boolean")
    else:
        bits = 32 if field.cpp_type in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_UINT32) else 64
        one = Column(field.name, _IntParser(bits), "int" if bits == 32 else "long")
    if not field.is_repeated:
        return one
    parts = one.parse
    return Column(
        field.name, lambda cell: [parts(part.strip()) for part in cell.split(LIST_SEPARATOR) if part.strip()], "string"
    )


def enumeration_names(kind: EnumDescriptor) -> dict[str, int]:
    """Return the members of an enumeration by their short names, the unspecified one left out."""
    prefix = f"{_CAPITAL.sub('_', kind.name).upper()}_"
    return {value.name.removeprefix(prefix): value.number for value in kind.values if value.number}


class _EnumParser:
    def __init__(self, names: Mapping[str, int]) -> None:
        self._names = names

    def __call__(self, cell: str) -> int:
        found = self._names.get(cell.upper())
        if found is None:
            raise ValueError(f"one of {', '.join(self._names)}")
        return found


class _IntParser:
    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._range = range(-(2 ** (bits - 1)), 2 ** (bits - 1))

    def __call__(self, cell: str) -> int:
        try:
            number = int(cell)
        except ValueError:
            raise ValueError("a whole number") from None
        if number not in self._range:
            raise ValueError(f"a whole number of {self._bits} bits")
        return number


def parse_bool(cell: str) -> bool:
    """Return the truth value of a word; raises ValueError."""
    word = cell.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError("true or false")


def header_errors(
    names: Sequence[str], columns: Mapping[str, Column], id_column: str
) -> Iterator[registry_pb2.RowError]:
    """Yield what is wrong with the columns of a file; annotations are passed over."""
    for name in names:
        if name not in columns and name not in ANNOTATIONS:
            message = f"a column is one of {', '.join(columns)}"
            yield row_error(HEADER_ROW, name, name, Code.FIELD_MALFORMED, message)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield row_error(HEADER_ROW, name, name, Code.FIELD_MALFORMED, "a column is named once")
    if id_column not in names:
        message = "the file names its rows in this column"
        yield row_error(HEADER_ROW, id_column, "", Code.FIELD_MISSING, message)


def parse_row(row: Row, columns: Mapping[str, Column]) -> tuple[dict[str, Any], list[registry_pb2.RowError]]:
    """Return the values of a row by field, and every cell that has not its form."""
    values, errors = dict[str, Any](), []
    for name, cell in row.cells.items():
        if not cell or name in ANNOTATIONS:
            continue
        try:
            values[name] = columns[name].parse(cell)
        except ValueError as error:
            errors.append(row_error(row.number, name, cell, Code.FIELD_MALFORMED, str(error)))
    return values, errors
