"""Rows of a sheet as orders: columns of `NewOrder`, with the period as a start in UTC and a length in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_bulk.columns import Column, columns_of, header_errors, parse_row
from flexbourse_bulk.sheet import MAX_ERRORS, Row, Sheet, row_error
from flexbourse_core.rejection import Code

OFFER = "offer"
ID_COLUMN, START_COLUMN, LENGTH_COLUMN = "client_order_id", "mtu_start", "mtu_length_s"
DEFAULT_LENGTH_S = 900
MAX_DIGITS = 12  # of a start in seconds: far beyond the year 9999


@dataclass(frozen=True, slots=True)
class ReadOffer:
    """A row that could be read."""

    row: Row
    order: orderbook_pb2.NewOrder


@dataclass(slots=True)
class Offers:
    """What a file holds: the rows that could be read and what is wrong with the others."""

    rows: list[ReadOffer] = field(default_factory=list)
    errors: list[registry_pb2.RowError] = field(default_factory=list)


def parse_start(cell: str) -> int:
    """Return the second of a start: seconds since 1970, or ISO 8601 with its offset from UTC. Raises ValueError."""
    if cell.isascii() and cell.isdigit() and len(cell) <= MAX_DIGITS:
        return int(cell)
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError("a moment, 2026-03-29T10:15:00Z, or seconds since 1970") from None
    if moment.tzinfo is None:
        raise ValueError("a moment with its offset from UTC, 2026-03-29T10:15:00Z")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment of the years 1 to 9999 in UTC") from None
    if moment.microsecond:
        raise ValueError("a whole second")
    return int(moment.timestamp())


def offer_columns() -> dict[str, Column]:
    """Return the columns of an offer."""
    columns = columns_of(orderbook_pb2.NewOrder.DESCRIPTOR)
    start = Column(START_COLUMN, parse_start, "string")
    length = columns_of(common_pb2.Mtu.DESCRIPTOR)["length_s"]
    return {**columns, START_COLUMN: start, LENGTH_COLUMN: Column(LENGTH_COLUMN, length.parse, length.xsd_type)}


def offers_of(sheet: Sheet, defaults: Mapping[str, str] | None = None) -> Offers:
    """Return the orders of a sheet's rows; every problem becomes a row error.

    `defaults` holds cells for columns that the file leaves out or empty, the market for instance.
    """
    columns = offer_columns()
    found = Offers(errors=list(sheet.errors))
    wrong = list(header_errors(sheet.columns, columns, ID_COLUMN)) if sheet.columns else []
    if wrong:
        return Offers(errors=wrong[:MAX_ERRORS])
    seen = dict[str, int]()
    for row in sheet.rows:
        given = {**(defaults or {}), **{name: cell for name, cell in row.cells.items() if cell}}
        values, errors = parse_row(Row(row.number, given), columns)
        start_s, length_s = values.pop(START_COLUMN, None), values.pop(LENGTH_COLUMN, DEFAULT_LENGTH_S)
        if start_s is None and not errors:
            message = "an offer names the start of its period"
            errors = [row_error(row.number, START_COLUMN, "", Code.FIELD_MISSING, message)]
        name = given.get(ID_COLUMN, "")
        if not errors and name in seen:
            message = f"row {seen[name]} has the same id"
            errors = [row_error(row.number, ID_COLUMN, name, Code.DUPLICATE_CLIENT_ORDER_ID, message)]
        found.errors += errors
        if not errors:
            seen[name] = row.number
            mtu = common_pb2.Mtu(start_s=start_s, length_s=length_s)
            found.rows.append(ReadOffer(row, orderbook_pb2.NewOrder(mtu=mtu, **values)))
        elif len(found.errors) >= MAX_ERRORS:
            break
    found.errors.sort(key=lambda error: error.row)
    del found.errors[MAX_ERRORS:]
    return found
