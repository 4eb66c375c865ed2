"""Files of an auction: orders, and linear limits of a network; CSV with a header, or NDJSON with the same names.

Lines of the same order_id are one order: the segments of a curve in their order, or the MTUs of a block.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Curve, Orders, Segment, Side
from flexbourse_auction.orders import Row as NetworkRow
from flexbourse_auction.problems import MAX_PRICE_TICKS, MAX_QUANTITY_W
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.gridstudy.tables import MAX_BYTES, MAX_ROWS, Row, read_table

CURVE, BLOCK = "CURVE", "BLOCK"
BUY, SELL = "BUY", "SELL"
COLUMNS = (
    "order_id", "kind", "side", "product", "mtu", "price_ticks", "end_price_ticks", "quantity_w", "minimum_ppm", "node",
    "parent", "group", "time_us",
)  # fmt: skip
# Columns that say something of the whole order, and must say the same in each of its lines.
WHOLE_ORDER = ("kind", "side", "node", "time_us")
WHOLE_BLOCK = (*WHOLE_ORDER, "price_ticks", "minimum_ppm", "parent", "group")
ROW_COLUMNS = ("row_id", "limit_w", "product", "mtu", "node", "coefficient")
DEFAULT_PRODUCT = "local-energy"
DEFAULT_QUANTITY_W = 1_000
MAX_MTU = 2**53 - 1
MAX_COEFFICIENT = 1e6


def read_orders(path: Path, problems: Problems) -> tuple[Orders, dict[str, int]]:
    """Return the orders of a file and the row in which each begins; what is wrong with it is reported."""
    rows: dict[str, list[Row]] = defaultdict(list)
    before = len(problems.found)
    for row in _read(path, COLUMNS, problems):
        rows[row.text("order_id") or f"line-{row.number}"].append(row)
    if not rows and len(problems.found) == before:
        problems.add(path, 0, "", "", "holds no order")
    curves, blocks = [], []
    for order_id, own in rows.items():
        kind = own[0].word("kind", (CURVE, BLOCK), CURVE)
        _same_in_all(own, WHOLE_BLOCK if kind == BLOCK else WHOLE_ORDER)
        if kind == BLOCK:
            blocks.append(_block(order_id, own))
        else:
            curves.append(_curve(order_id, own))
    return Orders(tuple(curves), tuple(blocks)), {order_id: own[0].number for order_id, own in rows.items()}


def read_network_rows(path: Path, problems: Problems) -> tuple[NetworkRow, ...]:
    """Return the linear limits of a network; a line is one coefficient, lines of the same row_id are one limit."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in _read(path, ROW_COLUMNS, problems):
        rows[row.text("row_id") or f"line-{row.number}"].append(row)
    found = []
    for row_id, own in rows.items():
        _same_in_all(own, ("limit_w",))
        limit = own[0].number_in("limit_w", 0.0, float(MAX_QUANTITY_W))
        weights = [
            (row, row.number_in("coefficient", -MAX_COEFFICIENT, MAX_COEFFICIENT, required=False)) for row in own
        ]
        coefficients = tuple((_contract(row), row.text("node"), 1.0 if w is None else w) for row, w in weights)
        found.append(NetworkRow(row_id, coefficients, limit or 0.0))
    return tuple(found)


def _curve(order_id: str, own: Sequence[Row]) -> Curve:
    pieces = []
    for row in own:
        contract = _contract(row)
        if contract != _contract(own[0]):
            row.refuse("mtu", f"a curve is of one contract, as in row {own[0].number}; over several it is a block")
        for column in ("parent", "group", "minimum_ppm"):
            if row.text(column):
                row.refuse(column, "must be empty for a curve; it belongs to a block")
        start = row.whole("price_ticks", -MAX_PRICE_TICKS, MAX_PRICE_TICKS, 0)
        end = row.whole("end_price_ticks", -MAX_PRICE_TICKS, MAX_PRICE_TICKS, start)
        pieces.append(Segment(_quantity(row), start, None if end == start else end))
    return Curve(order_id, _side(own[0]), _contract(own[0]), tuple(pieces), own[0].text("node"), _time(own[0]))


def _block(order_id: str, own: Sequence[Row]) -> Block:
    for row in own:
        if row.text("end_price_ticks"):
            row.refuse("end_price_ticks", "must be empty for a block; it belongs to a curve")
    first = own[0]
    return Block(
        order_id,
        _side(first),
        first.whole("price_ticks", -MAX_PRICE_TICKS, MAX_PRICE_TICKS, 0),
        tuple((_contract(row), _quantity(row)) for row in own),
        first.whole("minimum_ppm", 0, WHOLE_PPM, WHOLE_PPM),
        first.text("node"),
        first.text("parent"),
        first.text("group"),
        _time(first),
    )


def _same_in_all(own: Sequence[Row], columns: Sequence[str]) -> None:
    for row in own[1:]:
        for column in columns:
            if row.text(column) != own[0].text(column):
                row.refuse(column, f"must be as in row {own[0].number}, {own[0].text(column)!r}: it is the same order")


def _side(row: Row) -> Side:
    return Side.SELL if row.word("side", (BUY, SELL), BUY) == SELL else Side.BUY


def _contract(row: Row) -> Contract:
    return Contract(row.whole("mtu", 0, MAX_MTU, 0), row.text("product") or DEFAULT_PRODUCT)


def _quantity(row: Row) -> int:
    return row.whole("quantity_w", 1, MAX_QUANTITY_W, DEFAULT_QUANTITY_W)


def _time(row: Row) -> int:
    return row.whole("time_us", 0, MAX_MTU, 0)


def _read(path: Path, columns: Sequence[str], problems: Problems) -> list[Row]:
    if path.suffix.lower() in (".ndjson", ".jsonl"):
        return _json_rows(path, columns, problems)
    return read_table(path, (), columns, problems)


def _json_rows(path: Path, columns: Sequence[str], problems: Problems) -> list[Row]:
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")
    except OSError as error:
        problems.add(path, 0, "", "", f"cannot be read: {error.strerror}")
        return []
    except UnicodeDecodeError as error:
        problems.add(path, 0, "", "", f"must be UTF-8; byte {error.start} is not")
        return []
    if len(content) > MAX_BYTES or len(lines) > MAX_ROWS:
        problems.add(path, 0, "", "", f"{len(content)} bytes in {len(lines)} lines, at most {MAX_BYTES} in {MAX_ROWS}")
        return []
    rows = (_json_row(path, number, line, columns, problems) for number, line in enumerate(lines, 1) if line.strip())
    return [row for row in rows if row is not None]


def _json_row(path: Path, number: int, line: str, columns: Sequence[str], problems: Problems) -> Row | None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for name, times in Counter(name for name, _ in pairs).items():
            if times > 1:
                problems.add(path, number, name[:80], "", "must stand once in a line")
        return dict(pairs)

    try:
        found = json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        problems.add(path, number, "", line[:80], "a line must be a JSON object")
        return None
    for name in found:
        if name not in columns:
            problems.add(path, number, name, "", f"unknown column; known are {', '.join(columns)}")
    known = {name: value for name, value in found.items() if name in columns and value is not None}
    for name, value in known.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            problems.add(path, number, name, str(value)[:80], "must be text or a number")
    return Row(path, number, {name: str(value).strip() for name, value in known.items()}, problems)
