"""Files of commands, NDJSON or CSV with a header, read line by line.

Columns, and what stands for one that is missing or empty:

| column | meaning | default |
| --- | --- | --- |
| time_us | when it arrives, microseconds; never before the line above | the time of the line above, 0 in the first |
| action | new, replace, cancel | new |
| order_id | the sender's name for the order | `line-` and the number of the line |
| participant | who sends it | anybody |
| side | buy, sell | buy |
| price_ticks | limit; of a replace the new one | 0 |
| quantity_w | of a new order; of a replace what is open afterwards | 1000 |
| fill | normal, fak (fill and kill), fok (fill or kill), aon (all or none) | normal |
| min_quantity_w | smallest quantity of one match | 0: none |
| valid_until_us | of a new order: when it expires, whole milliseconds | 0: never |
| product | each name is a book of its own | energy |
| node | where the order's unit is connected | the network's first node beside the source |
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NEW, REPLACE, CANCEL = "new", "replace", "cancel"
BUY, SELL = "buy", "sell"
FILLS = ("normal", "fak", "fok", "aon")
MAX_INTEGER = 2**53 - 1  # the largest that every reader of JSON keeps exact
MAX_QUANTITY_W = 1_000_000_000_000
MAX_LINE_BYTES = 10_000
MAX_DIGITS = 20
US_PER_MS = 1_000  # the book's own time is in milliseconds
NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}")
NAME_RULE = "1 to 64 of A-Z a-z 0-9 . _ : -"
WHOLE = re.compile(r"[+-]?[0-9]+")  # int() would take 1_000 and digits of other scripts, too


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command; quantities in W, prices in ticks, times in microseconds."""

    number: int
    time_us: int = 0
    action: str = NEW
    order_id: str = ""
    participant: str = "anybody"
    side: str = BUY
    price_ticks: int = 0
    quantity_w: int = 1_000
    fill: str = "normal"
    min_quantity_w: int = 0
    valid_until_us: int = 0
    product: str = "energy"
    node: str = ""


class LineError(ValueError):
    """A line that is no command: all that stands against it, each with field, rule and limit."""

    def __init__(self, number: int, problems: list[str]) -> None:
        super().__init__(f"line {number}: " + "; ".join(problems))
        self.number, self.problems = number, problems


def _one_of(*values: str) -> Callable[[str, Any], str]:
    def read(field: str, value: Any) -> str:
        if value in values:
            return str(value)
        raise ValueError(f"{field} is one of {', '.join(values)}, not {value!r}")

    return read


def _name(field: str, value: Any) -> str:
    if isinstance(value, str) and NAME.fullmatch(value):
        return value
    raise ValueError(f"{field} is {NAME_RULE}, not {value!r:.80}")


def _integer(low: int, high: int = MAX_INTEGER) -> Callable[[str, Any], int]:
    def read(field: str, value: Any) -> int:
        found = value if type(value) is int else None
        if isinstance(value, str) and len(value) <= MAX_DIGITS and WHOLE.fullmatch(value):
            found = int(value)
        if found is not None and low <= found <= high:
            return found
        raise ValueError(f"{field} is a whole number from {low} to {high}, not {value!r:.80}")

    return read


def _moment(field: str, value: Any) -> int:
    found = _integer(0)(field, value)
    if found % US_PER_MS:
        raise ValueError(f"{field} is a whole number of milliseconds: a multiple of {US_PER_MS}, not {value!r:.80}")
    return found


COLUMNS: dict[str, Callable[[str, Any], int | str]] = {
    "time_us": _integer(0),
    "action": _one_of(NEW, REPLACE, CANCEL),
    "order_id": _name,
    "participant": _name,
    "side": _one_of(BUY, SELL),
    "price_ticks": _integer(-MAX_INTEGER),
    "quantity_w": _integer(-MAX_INTEGER),
    "fill": _one_of(*FILLS),
    "min_quantity_w": _integer(0, MAX_QUANTITY_W),
    "valid_until_us": _moment,
    "product": _name,
    "node": _name,
}


def read_lines(path: Path, told: Callable[[int], None] = lambda _: None) -> Iterator[CommandLine]:
    """Yield the commands of a file; `told` hears how many bytes were read. Memory does not grow with the file.

    Raises:
        LineError: a line that is no command, or a header with a column that is none.
        OSError: the file cannot be read.
    """
    with path.open("rb") as raw:
        read = iter(lambda: raw.readline(MAX_LINE_BYTES + 1), b"")  # no longer one is held, whatever the file is
        source = (_text(number, line, told) for number, line in enumerate(read, 1))
        first = next(source, None)
        if first is None:
            return
        ndjson = path.suffix.lower() in (".ndjson", ".jsonl") or first.lstrip().startswith("{")
        reader = _json_lines(first, source) if ndjson else _csv_lines(first, source)
        now = 0
        for number, given in reader:
            command = _command(number, given, now)
            now = command.time_us
            yield command


def _text(number: int, line: bytes, told: Callable[[int], None]) -> str:
    told(len(line))
    if len(line) > MAX_LINE_BYTES:
        raise LineError(number, [f"a line has at most {MAX_LINE_BYTES} bytes, and this one more"])
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise LineError(number, [f"a line is UTF-8; byte {error.start} is not"]) from None


Given = Iterator[tuple[int, dict[str, Any]]]


def _json_lines(first: str, rest: Iterator[str]) -> Given:
    number = 0
    for text in _chained(first, rest):
        number += 1
        if not text.strip():
            continue
        try:
            found = json.loads(text, object_pairs_hook=_once)
        except ValueError as error:
            raise LineError(number, [f"a line is a JSON object: {error}"]) from None
        except RecursionError:
            found = None
        if not isinstance(found, dict):
            raise LineError(number, ["a line is a JSON object"])
        unknown = [name for name in found if name not in COLUMNS]
        if unknown:
            raise LineError(number, [_unknown(unknown)])
        yield number, {name: value for name, value in found.items() if value is not None}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these names and values; Python itself would keep the last of two values in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"{_named_again([name for name, _ in pairs])} stands once in it")
    return found


def _csv_lines(first: str, rest: Iterator[str]) -> Given:
    header = [name.strip() for name in next(csv.reader([first]))]
    unknown = [name for name in header if name not in COLUMNS]
    problems = [_unknown(unknown)] if unknown else []
    if len(set(header)) < len(header):
        problems.append(f"{_named_again(header)} stands once in the header")
    if problems:
        raise LineError(1, problems)
    # Nothing that a field may hold has a line break in it, so a record is a line.
    for number, text in enumerate(rest, 2):
        if not text.strip():
            continue
        cells = next(csv.reader([text]))
        if len(cells) != len(header):
            raise LineError(number, [f"a line has as many cells as the header: {len(header)}, not {len(cells)}"])
        yield number, {name: cell for name, cell in zip(header, cells, strict=True) if cell}


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _named_again(names: list[str]) -> str:
    return next(name for place, name in enumerate(names) if name in names[:place])[:80]


def _unknown(names: list[str]) -> str:
    return f"no column is named {', '.join(names)[:200]}; known are {', '.join(COLUMNS)}"


def _command(number: int, given: dict[str, Any], now_us: int) -> CommandLine:
    read: dict[str, Any] = {"time_us": now_us, "order_id": f"line-{number}"}
    problems = []
    for name, value in given.items():
        try:
            read[name] = COLUMNS[name](name, value)
        except ValueError as error:
            problems.append(str(error))
    if read["time_us"] < now_us:
        problems.append(f"time_us is not before the line above: at least {now_us}, not {read['time_us']}")
    if problems:
        raise LineError(number, problems)
    return CommandLine(number, **read)
