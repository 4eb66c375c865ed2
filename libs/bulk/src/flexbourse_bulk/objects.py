"""Rows of a sheet as objects of the registry."""

from __future__ import annotations

from dataclasses import dataclass, field

from flexbourse.registry.v1 import registry_pb2
from flexbourse_bulk.columns import Column, columns_of, header_errors, parse_row
from flexbourse_bulk.sheet import MAX_ERRORS, Row, Sheet, row_error, unreadable
from flexbourse_core.rejection import Code

# Fields that the registry gives itself are no columns.
GIVEN_BY_REGISTRY: dict[str, tuple[str, ...]] = {"market": ("version",)}
_ENTITY = registry_pb2.Entity.DESCRIPTOR
KINDS: tuple[str, ...] = tuple(member.name for member in _ENTITY.oneofs_by_name["kind"].fields)


@dataclass(frozen=True, slots=True)
class ReadObject:
    """A row that could be read."""

    row: Row
    entity: registry_pb2.Entity


@dataclass(slots=True)
class Objects:
    """What a file holds: the rows that could be read and what is wrong with the others."""

    rows: list[ReadObject] = field(default_factory=list)
    errors: list[registry_pb2.RowError] = field(default_factory=list)


def id_field(kind: str) -> str:
    """Return the field that names an object of a kind."""
    return f"{kind}_id"


def columns_of_kind(kind: str) -> dict[str, Column]:
    """Return the columns of a kind of object."""
    return columns_of(_ENTITY.fields_by_name[kind].message_type, GIVEN_BY_REGISTRY.get(kind, ()))


def objects_of(kind: str, sheet: Sheet) -> Objects:
    """Return the objects of a sheet's rows; every problem becomes a row error."""
    if kind not in KINDS:
        return Objects(errors=unreadable(Code.FIELD_MALFORMED, f"kind is one of {', '.join(KINDS)}").errors)
    columns, name_field = columns_of_kind(kind), id_field(kind)
    found = Objects(errors=list(sheet.errors))
    wrong = list(header_errors(sheet.columns, columns, name_field)) if sheet.columns else []
    if wrong:
        return Objects(errors=wrong[:MAX_ERRORS])
    seen = dict[str, int]()
    for row in sheet.rows:
        values, errors = parse_row(row, columns)
        name = row.cells.get(name_field, "")
        if not errors and name in seen:
            message = f"row {seen[name]} names the same object"
            errors = [row_error(row.number, name_field, name, Code.DUPLICATE_IDENTIFIER, message)]
        found.errors += errors
        if not errors:
            seen[name] = row.number
            found.rows.append(ReadObject(row, registry_pb2.Entity(**{kind: values})))
        elif len(found.errors) >= MAX_ERRORS:
            break
    found.errors.sort(key=lambda error: error.row)
    del found.errors[MAX_ERRORS:]
    return found
