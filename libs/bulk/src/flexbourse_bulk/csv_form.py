"""CSV: UTF-8, a header row that names columns, `,` between values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flexbourse_bulk.sheet import HEADER_ROW, MAX_COLUMNS, MAX_ERRORS, MAX_ROWS, Row, Sheet, row_error, unreadable
from flexbourse_core.rejection import Code


def read_csv(content: bytes) -> Sheet:
    """Read a file; every problem becomes a row error."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return unreadable(Code.FIELD_MALFORMED, f"the file is not UTF-8: byte {error.start}")
    try:
        return rows_of_table(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return unreadable(Code.FIELD_MALFORMED, f"the file is no CSV: {error}")


def rows_of_table(lines: Iterable[Sequence[str]]) -> Sheet:
    """Return the sheet of a table whose first line is the header; empty lines are passed over."""
    sheet = Sheet()
    for number, line in enumerate(lines, start=HEADER_ROW):
        if number == HEADER_ROW:
            sheet.columns = [name.strip() for name in line]
            if len(line) > MAX_COLUMNS:
                return unreadable(Code.TOO_MANY_ENTRIES, f"a file holds at most {MAX_COLUMNS} columns")
            continue
        if not any(cell.strip() for cell in line):
            continue
        if len(sheet.rows) >= MAX_ROWS:
            return unreadable(Code.TOO_MANY_ENTRIES, f"a file holds at most {MAX_ROWS} rows: split it")
        if len(line) != len(sheet.columns):
            message = f"the row has {len(line)} values, the header {len(sheet.columns)}"
            sheet.errors.append(row_error(number, "", "", Code.FIELD_MALFORMED, message))
            if len(sheet.errors) >= MAX_ERRORS:
                break
            continue
        cells = {name: cell.strip() for name, cell in zip(sheet.columns, line, strict=True)}
        sheet.rows.append(Row(number, cells))
    if not sheet.columns:
        return unreadable(Code.FIELD_MISSING, "the file is empty")
    return sheet


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a file of some columns and rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
