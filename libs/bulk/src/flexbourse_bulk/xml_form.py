"""The platform's own XML: `schemas/flexbourse-bulk.xsd` says what it looks like, one element per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from flexbourse_bulk.sheet import MAX_ERRORS, MAX_ROWS, Row, Sheet, row_error, unreadable
from flexbourse_core.rejection import Code

NAMESPACE = "urn:flexbourse:bulk:1"
ROOT = "bulk"


def sheet_of(root: etree._Element) -> Sheet:
    """Return the sheet of a document."""
    if root.tag != f"{{{NAMESPACE}}}{ROOT}":
        return unreadable(Code.FIELD_MALFORMED, f"the root is {ROOT} of the namespace {NAMESPACE}")
    if len(root) > MAX_ROWS:
        return unreadable(Code.TOO_MANY_ENTRIES, f"a file holds at most {MAX_ROWS} rows: split it")
    sheet, columns = Sheet(), dict[str, None]()
    for number, element in enumerate(root, start=1):
        kind = etree.QName(element).localname
        sheet.kind = sheet.kind or kind
        cells = {etree.QName(cell).localname: (cell.text or "").strip() for cell in element}
        wrong = _wrong(sheet.kind, kind, element, cells)
        if wrong:
            sheet.errors.append(row_error(number, "", kind, Code.FIELD_MALFORMED, wrong))
            if len(sheet.errors) >= MAX_ERRORS:
                break
            continue
        columns.update(dict.fromkeys(cells))
        sheet.rows.append(Row(number, cells))
    sheet.columns = list(columns)
    return sheet


def _wrong(expected: str, kind: str, element: etree._Element, cells: dict[str, str]) -> str:
    if kind != expected:
        return f"a file holds rows of one kind, this one of {expected}"
    if len(cells) != len(element):
        return "a value is given once"
    if any(len(cell) for cell in element):
        return "a value holds no further elements"
    return ""


def write_xml(kind: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a file of one kind of row; empty values are left out."""
    root = etree.Element(f"{{{NAMESPACE}}}{ROOT}", nsmap={None: NAMESPACE})
    for line in rows:
        element = etree.SubElement(root, f"{{{NAMESPACE}}}{kind}")
        for name, text in zip(columns, line, strict=True):
            if text:
                etree.SubElement(element, f"{{{NAMESPACE}}}{name}").text = text
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content
