"""The first worksheet of an XLSX workbook as lines of texts, row by row: nothing is held but the row in hand.

A workbook is a ZIP archive of XML parts (ECMA-376, part 1, chapter 18). Only what values need is read: where the first
worksheet is, shared texts, and which styles are dates. Everything comes from strangers, so parts are read like any
other XML: no document type, no entities, and no cell may claim a place that memory would have to be made for.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from flexbourse_bulk.safe_xml import UnsafeXmlError, parsed
from flexbourse_bulk.sheet import MAX_COLUMNS

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STYLES = "xl/styles.xml"
SHARED = "xl/sharedStrings.xml"
MAX_ROW = 1_048_576  # of any worksheet, ECMA-376 18.3.1.73
DIGITS = "0123456789"
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # of a character in a text, ECMA-376 22.9.2.19


class Workbook:
    """What the cells of a workbook's first worksheet need to be read.

    Raises, as `lines` does: UnsafeXmlError, KeyError for a part that is not there, ValueError for what is no reference.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())
        book = self._part(WORKBOOK)
        properties = book.find("{*}workbookPr")
        old = properties is not None and properties.get("date1904", "0") in ("1", "true")
        self._epoch: datetime = MAC_EPOCH if old else WINDOWS_EPOCH
        self._sheet = self._first_sheet(book)
        self._shared = [_rich_text(item) for item in self._part(SHARED)] if SHARED in self._names else []
        self._dates = self._date_styles() if STYLES in self._names else frozenset[str]()
        self._columns: dict[str, int] = {}

    def _part(self, name: str) -> etree._Element:
        return parsed(self._archive.read(name))

    def _first_sheet(self, book: etree._Element) -> str:
        """Return the part of the first sheet that is a worksheet."""
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in self._part(RELATIONS)
            if relation.get("Type", "").endswith("/worksheet")
        }
        for sheet in book.iterfind("{*}sheets/{*}sheet"):
            own = next((value for name, value in sheet.items() if name.endswith("}id")), None)
            if own in targets:
                return posixpath.normpath(posixpath.join("/xl", targets[own])).lstrip("/")
        raise KeyError("no worksheet")

    def _date_styles(self) -> frozenset[str]:
        """Return the styles, as cells name them, that show a number as a date or a time of day, not as a duration."""
        styles = self._part(STYLES)
        formats = {str(number): text for number, text in BUILTIN_FORMATS.items()}
        formats |= {
            own.get("numFmtId", ""): own.get("formatCode", "") for own in styles.iterfind("{*}numFmts/{*}numFmt")
        }
        shown = enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
        ways = ((str(at), formats.get(xf.get("numFmtId", "0"))) for at, xf in shown)
        return frozenset(at for at, way in ways if is_date_format(way) and not is_timedelta_format(way))

    def lines(self) -> Iterator[list[str]]:
        """Yield the lines of the worksheet from its first row on, empty ones where rows are left out."""
        number = 0
        with self._archive.open(self._sheet) as part:
            events = etree.iterparse(
                part, events=("end",), tag="{*}row", resolve_entities=False, no_network=True, load_dtd=False,
                huge_tree=False, remove_comments=True, remove_pis=True,
            )  # fmt: skip
            for _, row in events:
                if not number and row.getroottree().docinfo.internalDTD is not None:
                    raise UnsafeXmlError("a document has no document type")
                own = int(row.get("r") or number + 1)
                if not number < own <= MAX_ROW:
                    raise ValueError(f"row {own} after row {number}")
                for _ in range(own - number - 1):
                    yield []
                number = own
                yield self._line(row)
                row.clear()
                while row.getprevious() is not None:
                    del cast(etree._Element, row.getparent())[0]

    def _line(self, row: etree._Element) -> list[str]:
        texts: list[str] = []
        column, columns = -1, self._columns
        space = row.tag[: -len("row")]
        for cell in row.iterchildren(f"{space}c"):
            reference = cell.get("r")
            if reference is None:
                column += 1
            else:
                letters = reference.rstrip(DIGITS)
                known = columns.get(letters)
                column = columns.setdefault(letters, _column(letters)) if known is None else known
            text = self._text(cell, space)
            if text and column < MAX_COLUMNS:
                missing = column - len(texts)
                if missing < 0:
                    raise ValueError(f"cell {reference} after its place")
                texts += [""] * missing
                texts.append(text)
        return texts

    def _text(self, cell: etree._Element, space: str) -> str:
        """Return a cell as CSV would hold it. There are millions of them: no search where the usual child is there."""
        if not len(cell):
            return ""
        last, kind = cell[-1], cell.get("t")
        if kind == "inlineStr":
            simple = len(last) == 1 and last[0].tag == f"{space}t"
            return (
                _unescaped(last[0].text or "") if simple else "".join(map(_rich_text, cell.iterchildren(f"{space}is")))
            )
        value: str | None = last.text if last.tag == f"{space}v" else cell.findtext(f"{space}v")
        if not value:
            return ""
        if kind is None or kind == "n":
            return self._number(value, cell.get("s", "0"))
        if kind == "s":
            return self._shared[int(value)]
        return {"1": "true", "0": "false"}.get(value, value) if kind == "b" else value

    def _number(self, value: str, style: str) -> str:
        """Return a number as it would be typed, a date as ISO 8601; what is neither stays what it is."""
        if style not in self._dates and value.removeprefix("-").isdecimal():
            return value
        try:
            number = float(value)
            if style in self._dates:
                return str(from_excel(number, self._epoch).isoformat())
        except (ValueError, OverflowError):
            return value
        return str(int(number)) if number.is_integer() else str(number)


def _column(letters: str) -> int:
    """Return the place of a column from 0; raises ValueError for what names none."""
    if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
        raise ValueError(f"no column: {letters[:8]}")
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _rich_text(item: etree._Element) -> str:
    """Return the text of a string item: its runs together, without what only says how it is pronounced."""
    runs = item.iterchildren("{*}t", "{*}r")
    texts = (
        run.text or "" if run.tag.endswith("}t") else "".join(own.text or "" for own in run.iterchildren("{*}t"))
        for run in runs
    )
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    """Return a text with the characters that XML cannot hold."""
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
