"""XLSX: the first worksheet of a workbook, a header row that names columns. Formulas count by their stored values."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from flexbourse_bulk.csv_form import rows_of_table
from flexbourse_bulk.sheet import MAX_COLUMNS, Sheet, unreadable
from flexbourse_core.rejection import Code

MAX_UNPACKED_BYTES = 512 * 1024 * 1024  # a workbook is a ZIP archive: what is small may unpack to much


def read_xlsx(content: bytes) -> Sheet:
    """Read a workbook; every problem becomes a row error."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            return unreadable(Code.TOO_MANY_ENTRIES, f"a workbook unpacks to at most {MAX_UNPACKED_BYTES} bytes")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever its parsers raise; a bad file is data
        return unreadable(Code.FIELD_MALFORMED, f"the file is no workbook: {type(error).__name__}")
    try:
        return rows_of_table(_lines(book.worksheets[0]))
    except Exception as error:  # noqa: BLE001 - the same: sheets are parsed while they are read
        return unreadable(Code.FIELD_MALFORMED, f"the worksheet cannot be read: {type(error).__name__}")
    finally:
        book.close()


def _lines(worksheet: Any) -> Iterator[list[str]]:
    """Yield lines as long as the header, which ends at its first empty cell."""
    width = 0
    for line in worksheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
        texts = [_text(value) for value in line]
        if not width:
            width = next((place for place, text in enumerate(texts) if not text), len(texts))
        texts += [""] * (width - len(texts))
        beyond = any(texts[width:])  # a row with more values than columns is told by its length
        yield texts if beyond else texts[:width]


def _text(value: object) -> str:
    """Return a cell as CSV would hold it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook of some columns and rows; every cell is text, so that none becomes a formula."""
    book = Workbook(write_only=True)
    worksheet = book.create_sheet("rows")
    for line in (columns, *rows):
        cells = []
        for text in line:
            cell = WriteOnlyCell(worksheet, text)
            cell.data_type = "s"
            cells.append(cell)
        worksheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
