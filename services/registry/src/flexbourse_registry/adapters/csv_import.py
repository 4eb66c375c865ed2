"""CSV files of registry objects: one kind per file, a header row that names fields, errors by row and column.

Lists are separated by `;`, truth values are true or false, enumerations stand by their names. A field left out has its
default. What a value means is judged by the registry; here it is only read.
"""

from __future__ import annotations

import csv
import io
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.rejection import Code
from flexbourse_registry import wire
from flexbourse_registry.domain.entities import ID_FIELD, KINDS

MAX_BYTES = 512 * 1024
MAX_ROWS = 5000
MAX_ERRORS = 1000
MAX_VALUE_LENGTH = 200
LIST_SEPARATOR = ";"
HEADER_ROW = 1
# Fields that are no columns: those that the registry gives, and lists of more than values.
NO_COLUMNS = {"market": ("version",), "unit": ("life",), "portfolio": ("members",)}
TRUE_WORDS, FALSE_WORDS = ("true", "1", "yes"), ("false", "0", "no")
INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read."""

    number: int
    cells: dict[str, str]
    entity: registry_pb2.Entity


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: the rows that could be read and what is wrong with the others."""

    rows: list[Row]
    errors: list[registry_pb2.RowError]


def row_error(row: int, column: str, value: str, code: Code, message: str) -> registry_pb2.RowError:
    """Return one thing wrong in one row; 1 is the header."""
    return registry_pb2.RowError(
        row=row, column=column, value=value[:MAX_VALUE_LENGTH], code=code.name, message=message
    )


def read(kind: str, content: bytes) -> Table:
    """Read a file of one kind of object; every problem becomes a row error, none is raised."""
    if kind not in KINDS:
        message = f"kind is one of {', '.join(KINDS)}"
        return Table([], [row_error(HEADER_ROW, "kind", kind, Code.FIELD_MALFORMED, message)])
    if len(content) > MAX_BYTES:
        message = f"a file holds at most {MAX_BYTES} bytes, this one {len(content)}: split it"
        return Table([], [row_error(HEADER_ROW, "", "", Code.TOO_MANY_ENTRIES, message)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8: byte {error.start}"
        return Table([], [row_error(HEADER_ROW, "", "", Code.FIELD_MALFORMED, message)])
    try:
        return _read_rows(kind, list(csv.reader(io.StringIO(text, newline=""), strict=True)))
    except csv.Error as error:
        return Table([], [row_error(HEADER_ROW, "", "", Code.FIELD_MALFORMED, f"the file is no CSV: {error}")])


def _read_rows(kind: str, lines: list[list[str]]) -> Table:
    if not lines:
        return Table([], [row_error(HEADER_ROW, "", "", Code.FIELD_MISSING, "the file is empty")])
    header = [name.strip() for name in lines[0]]
    errors = list(_header_errors(kind, header))
    if len(lines) - 1 > MAX_ROWS:
        message = f"a file holds at most {MAX_ROWS} rows, this one {len(lines) - 1}: split it"
        errors.append(row_error(HEADER_ROW, "", "", Code.TOO_MANY_ENTRIES, message))
    if errors:
        return Table([], errors)
    rows, seen = [], dict[str, int]()
    for number, line in enumerate(lines[1:], start=HEADER_ROW + 1):
        if not any(cell.strip() for cell in line):
            continue
        row, problems = _read_row(kind, header, number, line)
        if row is not None:
            name = row.cells[ID_FIELD[kind]]
            if name in seen:
                message = f"row {seen[name]} names the same object"
                problems = [row_error(number, ID_FIELD[kind], name, Code.DUPLICATE_IDENTIFIER, message)]
                row = None
            else:
                seen[name] = number
                rows.append(row)
        errors += problems
        if len(errors) >= MAX_ERRORS:
            break
    return Table(rows, errors[:MAX_ERRORS])


def _header_errors(kind: str, header: list[str]) -> Iterator[registry_pb2.RowError]:
    known = [field for field in wire.fields_of(kind) if field not in NO_COLUMNS.get(kind, ())]
    for name in header:
        if name not in known:
            message = f"a column is one of {', '.join(known)}"
            yield row_error(HEADER_ROW, name, name, Code.FIELD_MALFORMED, message)
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield row_error(HEADER_ROW, name, name, Code.FIELD_MALFORMED, "a column is named once")
    if ID_FIELD[kind] not in header:
        message = "the file names its objects in this column"
        yield row_error(HEADER_ROW, ID_FIELD[kind], "", Code.FIELD_MISSING, message)


def _read_row(
    kind: str, header: list[str], number: int, line: list[str]
) -> tuple[Row | None, list[registry_pb2.RowError]]:
    if len(line) != len(header):
        message = f"the row has {len(line)} values, the header {len(header)}"
        return None, [row_error(number, "", "", Code.FIELD_MALFORMED, message)]
    hints = wire.fields_of(kind)
    values, errors = {}, []
    cells = {name: cell.strip() for name, cell in zip(header, line, strict=True)}
    for name, cell in cells.items():
        if not cell:
            continue
        try:
            values[name] = _parse(hints[name], cell)
        except ValueError as error:
            errors.append(row_error(number, name, cell, Code.FIELD_MALFORMED, str(error)))
    values.setdefault(ID_FIELD[kind], "")
    if errors:
        return None, errors
    return Row(number, {ID_FIELD[kind]: "", **cells}, wire.to_entity(KINDS[kind](**values))), []


def _parse(hint: Any, cell: str) -> Any:
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_parse(inner, part.strip()) for part in cell.split(LIST_SEPARATOR) if part.strip())
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _parse_enum(hint, cell)
    return _PARSERS[hint](cell)


def _parse_enum(kind: type[Enum], cell: str) -> Enum:
    names = {member.name: member for member in kind if member.value}
    found = names.get(cell.upper())
    if found is None:
        raise ValueError(f"one of {', '.join(names)}")
    return found


def _parse_int(cell: str) -> int:
    try:
        number = int(cell)
    except ValueError:
        raise ValueError("a whole number") from None
    if number not in INT64:
        raise ValueError("a whole number of 64 bits")
    return number


def _parse_bool(cell: str) -> bool:
    word = cell.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError("true or false")


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: _parse_int,
    int | None: _parse_int,  # an empty cell is absent
    bool: _parse_bool,
}
