"""What a file of any form holds: rows of named cells, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.rejection import Code

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_ERRORS = 1000
MAX_VALUE_LENGTH = 200
HEADER_ROW = 1  # of a table; elements of an XML file are numbered from 1 themselves
# Columns that an annotated file has more; they are passed over when it is sent again.
STATUS, PROBLEMS = "status", "problems"
ANNOTATIONS = (STATUS, PROBLEMS)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file and its cells by column; an empty cell is absent or the empty text."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Sheet:
    """A file as read. With a file that could not be read as a whole there are errors and no rows.

    `kind` is what the file itself says its rows are, empty where it does not say.
    """

    columns: Sequence[str] = ()
    rows: list[Row] = field(default_factory=list)
    errors: list[registry_pb2.RowError] = field(default_factory=list)
    kind: str = ""


def row_error(row: int, column: str, value: str, code: Code, message: str) -> registry_pb2.RowError:
    """Return one thing wrong in one row."""
    return registry_pb2.RowError(
        row=row, column=column, value=value[:MAX_VALUE_LENGTH], code=code.name, message=message
    )


def unreadable(code: Code, message: str) -> Sheet:
    """Return what is left of a file that cannot be read."""
    return Sheet(errors=[row_error(HEADER_ROW, "", "", code, message)])
