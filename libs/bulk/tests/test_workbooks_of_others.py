"""Workbooks as other programs write them, broken ones, and ours as another program reads them."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from flexbourse_bulk.files import read
from flexbourse_bulk.sheet import MAX_COLUMNS, Sheet
from flexbourse_bulk.xlsx_form import MAX_CELL_CHARACTERS, SHEET, write_xlsx

MUTATIONS = (b"99999999", b"-1", b"XFD1048576", b"&amp;", b"&x;", b"<c>", b"</c>", b'r="A0"', b"<v>", b"<!DOCTYPE a>")
MOMENT = datetime.fromisoformat("2026-03-29T10:15:00")  # a worksheet knows no zones


def saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def book_of(*lines: list[Any]) -> Workbook:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    return book


def cells(sheet: Sheet) -> list[dict[str, str]]:
    assert not sheet.errors, sheet.errors
    return [row.cells for row in sheet.rows]


def with_part(content: bytes, name: str, change: Any) -> bytes:
    """Return a workbook with one part changed."""
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(other, "w") as written:
        for part in archive.namelist():
            written.writestr(part, change(archive.read(part)) if part == name else archive.read(part))
    return other.getvalue()


VALUES: list[tuple[Any, str]] = [
    ("text", "text"), (" Zürich & <co> ", "Zürich & <co>"), ("007", "007"), (12, "12"), (-12.0, "-12"), (0.1, "0.1"),
    (123_456_789_012_345, "123456789012345"), (1e-7, "1e-07"), (True, "true"), (False, "false"), (None, ""),
    (MOMENT, "2026-03-29T10:15:00"), (date(2026, 3, 29), "2026-03-29T00:00:00"),
    (time(10, 15), "10:15:00"), (timedelta(hours=30), "1.25"), ("=1+1", ""), ("#N/A", "#N/A"),
    ("two\nlines", "two\nlines"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), VALUES, ids=[str(value) for value, _ in VALUES])
def test_each_kind_of_value(value: Any, text: str) -> None:
    assert cells(read(saved(book_of(["a", "b"], [value, "end"])))) == [{"a": text, "b": "end"}]


def test_texts_of_several_runs_and_dates_since_1904() -> None:
    rich = CellRichText("one ", TextBlock(InlineFont(b=True), "two"), " three")
    book = book_of(["a", "b"], [rich, MOMENT])
    book.epoch = CALENDAR_MAC_1904
    assert cells(read(saved(book))) == [{"a": "one two three", "b": "2026-03-29T10:15:00"}]


def test_the_first_worksheet_counts_and_rows_keep_their_numbers() -> None:
    book = book_of(["unit_id", "name"], ["u1", "x"])
    book.active["A7"] = "u2"
    book.create_sheet("other").append(["something", "else"])
    sheet = read(saved(book))
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, {"unit_id": "u1", "name": "x"}), (7, {"unit_id": "u2", "name": ""}),
    ]  # fmt: skip


def test_a_value_behind_the_columns_is_told() -> None:
    sheet = read(saved(book_of(["a", "b"], ["1", "2"], ["1", "2", None, "4"])))
    assert [(error.row, error.message) for error in sheet.errors] == [(3, "the row has 4 values, the header 2")]


def test_places_without_references_follow_one_another() -> None:
    rows = b'<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row>'
    content = with_part(write_xlsx(["a"], []), SHEET, lambda part: part[: part.index(b"<row>")] + rows + TAIL)
    assert cells(read(content)) == [{"a": "1", "b": "2"}]


TAIL = b"</sheetData></worksheet>"
BAD_ROWS = {
    "a row far away": b'<row r="99999999"/>',
    "a row again": b'<row r="1"/>',
    "a column that is none": b'<row r="2"><c r="A1B2" t="str"><v>x</v></c></row>',
    "a cell that goes back": b'<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
    "a text that is not there": b'<row r="2"><c r="A2" t="s"><v>7</v></c></row>',
    "no XML": b"<row",
}


@pytest.mark.parametrize("rows", BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_worksheet_that_is_none(rows: bytes) -> None:
    content = with_part(write_xlsx(["a"], []), SHEET, lambda part: part.removesuffix(TAIL) + rows + TAIL)
    (error,) = read(content).errors
    assert error.code == "FIELD_MALFORMED"


def test_a_document_type_is_not_read() -> None:
    bomb = b'<!DOCTYPE worksheet [<!ENTITY a "1234567890">]>'
    content = with_part(write_xlsx(["a"], [["x"]]), SHEET, lambda part: bomb + part)
    (error,) = read(content).errors
    assert error.message == "the file is no workbook: UnsafeXmlError"


def test_a_lone_cell_far_away_costs_nothing() -> None:
    book = book_of(["a"], ["x"])
    book.active.cell(1_048_576, 16_384, "far")
    assert cells(read(saved(book))) == [{"a": "x"}], f"columns behind {MAX_COLUMNS} are passed over"


def test_whatever_is_broken_in_a_workbook_comes_back_as_an_error() -> None:
    source = random.Random(2026)
    content = saved(book_of(["unit_id", "n"], *([f"u{number}", number] for number in range(20))))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if "theme" not in name and "docProps" not in name]

    def broken(part: bytes) -> bytes:
        found = bytearray(part)
        for _ in range(source.randint(1, 5)):
            at = source.randrange(len(found))
            if source.random() < 0.4:
                found[at] = source.choice(b"0123456789<>\"'/=abcAZ&; ")
            elif source.random() < 0.6:
                found[at : at + source.randint(1, 8)] = b" "
            else:
                found[at:at] = source.choice(MUTATIONS)
        return bytes(found)

    outcomes = [bool(read(with_part(content, source.choice(names), broken)).errors) for _ in range(400)]
    assert {True, False} == set(outcomes)


def test_another_program_reads_what_we_write() -> None:
    long = "x" * (MAX_CELL_CHARACTERS + 1)
    lines = [["u1", "=1+1"], ["<&>", " spaces "], ["", long], ["a\x01b", "_x0041_"]]
    content = write_xlsx(["a", "b"], lines)
    found = [list(line) for line in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]
    assert found[0] == ["a", "b"]
    assert found[1:3] == lines[:2]
    assert found[3] == [None, long[:MAX_CELL_CHARACTERS]]
    assert cells(read(content))[3] == {"a": "a\x01b", "b": "_x0041_"}
