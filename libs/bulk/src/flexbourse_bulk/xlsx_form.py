"""XLSX: the first worksheet of a workbook, a header row that names columns. Formulas count by their stored values."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from flexbourse_bulk.csv_form import rows_of_table
from flexbourse_bulk.sheet import Sheet, unreadable
from flexbourse_bulk.workbook import RELATIONS, WORKBOOK, Workbook
from flexbourse_core.rejection import Code

MAX_UNPACKED_BYTES = 512 * 1024 * 1024  # a workbook is a ZIP archive: what is small may unpack to much
MAX_CELL_CHARACTERS = 32_767  # of any worksheet; programs refuse a file with more
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/{WORKBOOK}" ContentType="{TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{WORKBOOK}"/></Relationships>',
    WORKBOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="rows" sheetId="1" r:id="rId1"/></sheets></workbook>',
    RELATIONS: f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
"""All that a workbook of one worksheet consists of, beside the worksheet."""

# What XML cannot hold, and what would be read back as an escape of it.
_ESCAPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def read_xlsx(content: bytes) -> Sheet:
    """Read a workbook; every problem becomes a row error."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                return unreadable(Code.TOO_MANY_ENTRIES, f"a workbook unpacks to at most {MAX_UNPACKED_BYTES} bytes")
            return rows_of_table(_lines(Workbook(archive)))
    except Exception as error:  # noqa: BLE001 - whatever an archive or a part of it raises; a bad file is data
        return unreadable(Code.FIELD_MALFORMED, f"the file is no workbook: {type(error).__name__}")


def _lines(workbook: Workbook) -> Iterator[list[str]]:
    """Yield lines as long as the header, which ends at its first empty cell."""
    width = 0
    for texts in workbook.lines():
        if not width:
            width = next((place for place, text in enumerate(texts) if not text), len(texts))
        # Empty cells at the end are not there: what goes on behind the columns is told by its length.
        yield texts + [""] * (width - len(texts))


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook of some columns and rows; every cell is text, so that none becomes a formula."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in PARTS.items():
            archive.writestr(name, part)
        with archive.open(SHEET, "w") as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for line in (columns, *rows):
                sheet.write(f"<row>{''.join(map(_cell, line))}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
    return content.getvalue()


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    shown = escape(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text[:MAX_CELL_CHARACTERS]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
