"""Forecasts from a CSV file, with errors by row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_core.rejection import Code

MAX_BYTES = 512 * 1024
MAX_ERRORS = 1000
MAX_VALUE_LENGTH = 200
HEADER_ROW = 1
START, NODE = "start", "node"
NUMBERS = ("p50_w", "q50_var", "p95_consumption_w", "p95_injection_w")
COLUMNS = (START, NODE, *NUMBERS)
SCENARIO = "scenario_w"  # may be there: whole numbers, divided by blanks, one for each joint scenario
INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds; periods only where there are no errors."""

    periods: list[grid.PeriodForecast]
    errors: list[grid.ForecastRowError]


def read(content: bytes, length_s: int) -> Table:
    """Read a file; every problem becomes a row error, none is raised."""
    if len(content) > MAX_BYTES:
        return _failed("", str(len(content)), f"a file has at most {MAX_BYTES} bytes")
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as e:
        return _failed("", "", f"not a CSV file in UTF-8: {e}")
    if not rows or sorted(rows[0]) not in (sorted(COLUMNS), sorted((*COLUMNS, SCENARIO))):
        rule = f"the header names {', '.join(COLUMNS)}, and {SCENARIO} where there are scenarios"
        return _failed("", ",".join(rows[0]) if rows else "", rule)
    periods: dict[int, grid.PeriodForecast] = {}
    errors: list[grid.ForecastRowError] = []
    for number, cells in enumerate(rows[1:], HEADER_ROW + 1):
        if cells:
            errors += _read_row(number, dict(zip(rows[0], cells, strict=False)), length_s, periods)
    if errors:
        return Table([], errors[:MAX_ERRORS])
    return Table([periods[start] for start in sorted(periods)], [])


def _read_row(
    number: int, row: dict[str, str], length_s: int, periods: dict[int, grid.PeriodForecast]
) -> list[grid.ForecastRowError]:
    errors = list(_row_errors(number, row))
    if not errors:
        start_s = int(datetime.fromisoformat(row[START]).timestamp())
        if start_s not in periods:
            periods[start_s] = grid.PeriodForecast()
            periods[start_s].mtu.start_s, periods[start_s].mtu.length_s = start_s, length_s
        scenarios = [int(text) for text in row.get(SCENARIO, "").split()]
        numbers = {name: int(row[name]) for name in NUMBERS}
        periods[start_s].nodes.add(node_id=row[NODE], scenario_w=scenarios, **numbers)
    return errors


def _row_errors(number: int, row: dict[str, str]) -> Iterator[grid.ForecastRowError]:
    for name in COLUMNS:
        if not row.get(name):
            yield _error(number, name, "", Code.FIELD_MISSING, "every column has a value")
        elif name in NUMBERS and not _is_whole(row[name]):
            yield _error(number, name, row[name], Code.FIELD_MALFORMED, "a whole number of 64 bits")
        elif name == START and not _is_time(row[name]):
            yield _error(number, name, row[name], Code.FIELD_MALFORMED, "a time of RFC 3339 with its offset")
    if not all(_is_whole(text) for text in row.get(SCENARIO, "").split()):
        yield _error(number, SCENARIO, row[SCENARIO], Code.FIELD_MALFORMED, "whole numbers of 64 bits, by blanks")


def _is_whole(text: str) -> bool:
    try:
        return int(text) in INT64
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _failed(column: str, value: str, message: str) -> Table:
    return Table([], [_error(HEADER_ROW, column, value, Code.FIELD_MALFORMED, message)])


def _error(row: int, column: str, value: str, code: Code, message: str) -> grid.ForecastRowError:
    return grid.ForecastRowError(
        row=row, column=column, value=value[:MAX_VALUE_LENGTH], code=code.name, message=message
    )
