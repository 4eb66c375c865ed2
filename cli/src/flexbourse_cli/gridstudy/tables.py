"""CSV files of a study: a header row that names the columns, in any order; numbers with a decimal point."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flexbourse_cli.gridstudy.problems import Problems

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 2_000_000
# 1 TW: beyond it no distribution network has anything, and integers of W stay exact.
MAX_POWER = 10**12
HEADER_ROW = 1
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(slots=True)
class Row:
    """One row of a table; reads its cells and reports those that break a rule."""

    file: Path
    number: int
    cells: dict[str, str]
    problems: Problems

    def text(self, column: str) -> str:
        """Return the cell, "" where it is empty or the column absent."""
        return self.cells.get(column, "")

    def refuse(self, column: str, rule: str) -> None:
        """Report a cell."""
        self.problems.add(self.file, self.number, column, self.text(column), rule)

    def number_in(
        self, column: str, low: float = -math.inf, high: float = math.inf, *, required: bool = True
    ) -> float | None:
        """Return a finite number within bounds; None where it is none (reported) or not there."""
        text = self.text(column)
        if not text and not required:
            return None
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            self.refuse(column, "must be a number with a decimal point, such as -1250.5")
        elif not low <= value <= high:
            self.refuse(column, f"must be {low:g} to {high:g}")
        else:
            return value
        return None

    def power(self, column: str) -> int | None:
        """Return W or var, rounded half to even; None where it is none (reported)."""
        value = self.number_in(column, -MAX_POWER, MAX_POWER)
        return None if value is None else round(value)

    def whole(self, column: str, low: int, high: int, default: int) -> int:
        """Return a whole number within bounds; the default where the cell is empty or wrong (reported)."""
        text = self.text(column)
        if not text:
            return default
        if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
            self.refuse(column, f"must be a whole number from {low} to {high}")
            return default
        return int(text)

    def word(self, column: str, words: Sequence[str], default: str) -> str:
        """Return one of some words, whatever its case; the default where the cell is empty or wrong (reported)."""
        text = self.text(column).upper()
        if text and text not in words:
            self.refuse(column, f"must be {' or '.join(words)}")
        return text if text in words else default


def read_table(path: Path, required: Sequence[str], optional: Sequence[str], problems: Problems) -> list[Row]:
    """Read a file's rows; what is wrong with the file as a whole is reported, and then there are none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.add(path, 0, "", "", f"cannot be read: {error.strerror}")
        return []
    if len(content) > MAX_BYTES:
        problems.add(path, 0, "", "", f"{len(content)} bytes, at most {MAX_BYTES}")
        return []
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        problems.add(path, 0, "", "", f"must be UTF-8; byte {error.start} is not")
        return []
    except csv.Error as error:
        problems.add(path, 0, "", "", f"is no CSV: {error}")
        return []
    return _rows(path, lines, required, optional, problems)


def _rows(
    path: Path, lines: list[list[str]], required: Sequence[str], optional: Sequence[str], problems: Problems
) -> list[Row]:
    if not lines:
        problems.add(path, 0, "", "", f"is empty; the first row must name {', '.join(required or optional)}")
        return []
    if len(lines) > MAX_ROWS:
        problems.add(path, 0, "", "", f"{len(lines)} rows, at most {MAX_ROWS}")
        return []
    header = [name.strip() for name in lines[0]]
    before = len(problems.found)
    _check_header(path, header, required, optional, problems)
    if len(problems.found) > before:
        return []
    rows = []
    for number, line in enumerate(lines[1:], HEADER_ROW + 1):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(header):
            problems.add(path, number, "", "", f"has {len(line)} cells, the header {len(header)}")
            continue
        cells = dict(zip(header, (cell.strip() for cell in line), strict=True))
        rows.append(Row(path, number, cells, problems))
    return rows


def _check_header(
    path: Path, header: list[str], required: Sequence[str], optional: Sequence[str], problems: Problems
) -> None:
    known = ", ".join([*required, *(f"[{name}]" for name in optional)])
    for name in [name for name in required if name not in header]:
        problems.add(path, HEADER_ROW, name, "", f"column is missing; known are {known}")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            problems.add(path, HEADER_ROW, name, "", "column stands there more than once")
        if name not in required and name not in optional:
            problems.add(path, HEADER_ROW, name, "", f"unknown column; known are {known}")
