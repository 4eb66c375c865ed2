"""Offers as IEC 62325 ReserveBid documents: each point of a series is a row with the columns of an offer.

Read are versions 7:2 to 7:4 of the schema, by the names of their elements. Series are taken as they can be offered
here: up or down, in EUR per MWh, divisible. What a series asks for beyond that (indivisible or least quantities,
exclusive, multipart, inclusive and linked bids) is refused by row, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from lxml import etree

from flexbourse_bulk.sheet import MAX_ERRORS, MAX_ROWS, Row, Sheet, row_error, unreadable
from flexbourse_core.rejection import Code

ROOT = "ReserveBid_MarketDocument"
NAMESPACE = re.compile(r"urn:iec62325(\.351:tc57wg16:451-7|:ediel:nbm):reservebiddocument:7:[234]")
MICRO_EURO = 1_000_000
PRODUCTS = {"A01": "FLEX_UP", "A02": "FLEX_DOWN"}
WATTS = {"MAW": 1_000_000, "KWT": 1000}
RESOLUTIONS = {"PT15M": 900, "PT30M": 1800, "PT60M": 3600, "PT1H": 3600}
# Elements that tie a series to others, or its quantity together.
UNSUPPORTED = (
    "exclusiveBidsIdentification",
    "multipartBidIdentification",
    "inclusiveBidsIdentification",
    "linkedBidsIdentification",
    "Linked_BidTimeSeries",
)
COLUMNS = (
    "client_order_id", "product", "side", "mtu_start", "mtu_length_s", "unit_id", "quantity_w", "limit_price_ticks",
    "fill_rule",
)  # fmt: skip
_MOMENT = "%Y-%m-%dT%H:%MZ"


def is_reserve_bid(root: etree._Element) -> bool:
    """Tell whether a document is one that this module reads."""
    name = etree.QName(root)
    return name.localname == ROOT and NAMESPACE.fullmatch(name.namespace or "") is not None


def sheet_of_bids(root: etree._Element, tick_micro_euro_per_mwh: int) -> Sheet:
    """Return the sheet of a document; rows are its points, numbered from 1. Every problem becomes a row error."""
    sheet, number = Sheet(columns=COLUMNS, kind="offer"), 0
    for series in root.iterchildren("{*}Bid_TimeSeries"):
        for period in series.iterchildren("{*}Period"):
            for point in period.iterchildren("{*}Point"):
                number += 1
                if number > MAX_ROWS:
                    return unreadable(Code.TOO_MANY_ENTRIES, f"a document holds at most {MAX_ROWS} points: split it")
                _take(sheet, number, _Point(series, period, point, tick_micro_euro_per_mwh))
                if len(sheet.errors) >= MAX_ERRORS:
                    return sheet
    return sheet


def _take(sheet: Sheet, number: int, point: _Point) -> None:
    wrong = list(point.refusals())
    cells = dict[str, str]()
    for column, read in point.cells().items():
        try:
            cells[column] = read()
        except (ValueError, InvalidOperation) as error:
            wrong.append((column, Code.FIELD_MALFORMED, str(error) or "a number"))
    if wrong:
        sheet.errors += [row_error(number, column, "", code, message) for column, code, message in wrong]
    else:
        sheet.rows.append(Row(number, cells))


class _Point:
    """One point with the series and the period around it."""

    def __init__(self, series: etree._Element, period: etree._Element, point: etree._Element, tick: int) -> None:
        self._series = series
        self._period = period
        self._point = point
        self._tick = tick

    def cells(self) -> dict[str, Callable[[], str]]:
        """Return how each cell is read; a reader raises ValueError."""
        return {
            "client_order_id": self._name,
            "product": self._product,
            "side": lambda: "SELL",
            "mtu_start": self._start,
            "mtu_length_s": lambda: str(self._length_s()),
            "unit_id": lambda: _needed(self._series, "registeredResource.mRID"),
            "quantity_w": self._quantity,
            "limit_price_ticks": self._price,
            "fill_rule": lambda: "NORMAL",
        }

    def refusals(self) -> Iterator[tuple[str, Code, str]]:
        """Yield what of the series cannot be offered here."""
        if _text(self._series, "divisible") == "A02":
            yield "quantity_w", Code.PRODUCT_NOT_ALLOWED, "an indivisible bid cannot rest in this book"
        if _text(self._point, "minimum_Quantity.quantity") not in ("", "0"):
            yield (
                "quantity_w",
                Code.PRODUCT_NOT_ALLOWED,
                "the least quantity is the unit's own in this book, not the bid's",
            )
        for name in UNSUPPORTED:
            if self._series.find(f"{{*}}{name}") is not None:
                yield "", Code.PRODUCT_NOT_ALLOWED, f"a bid with {name} cannot rest in this book"
        for name, known in (("currency_Unit.name", "EUR"), ("energyPrice_Measure_Unit.name", "MWH")):
            found = _text(self._series, name) or known
            if found != known:
                yield "limit_price_ticks", Code.FIELD_MALFORMED, f"{name} is {known}, not {found}"

    def _name(self) -> str:
        return f"{_needed(self._series, 'mRID')}.{self._position()}"

    def _position(self) -> int:
        position = int(_needed(self._point, "position"))
        if position < 1:
            raise ValueError("positions are counted from 1")
        return position

    def _product(self) -> str:
        direction = _needed(self._series, "flowDirection.direction")
        if direction not in PRODUCTS:
            raise ValueError(f"flowDirection.direction is A01 (up) or A02 (down), not {direction}")
        return PRODUCTS[direction]

    def _length_s(self) -> int:
        resolution = _needed(self._period, "resolution")
        if resolution not in RESOLUTIONS:
            raise ValueError(f"resolution is one of {', '.join(RESOLUTIONS)}, not {resolution}")
        return RESOLUTIONS[resolution]

    def _start(self) -> str:
        begin = datetime.strptime(_needed(self._period, "timeInterval/{*}start"), _MOMENT).replace(tzinfo=UTC)
        end = datetime.strptime(_needed(self._period, "timeInterval/{*}end"), _MOMENT).replace(tzinfo=UTC)
        start = begin + timedelta(seconds=(self._position() - 1) * self._length_s())
        if start >= end:
            raise ValueError("the position lies beyond the period")
        return start.isoformat()

    def _quantity(self) -> str:
        unit = _needed(self._series, "quantity_Measure_Unit.name")
        if unit not in WATTS:
            raise ValueError(f"quantity_Measure_Unit.name is one of {', '.join(WATTS)}, not {unit}")
        return _whole(Decimal(_needed(self._point, "quantity.quantity")) * WATTS[unit], "a whole number of watts")

    def _price(self) -> str:
        micro_euro = Decimal(_needed(self._point, "energy_Price.amount")) * MICRO_EURO
        return _whole(micro_euro / self._tick, "a whole number of the market's ticks")


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _needed(element: etree._Element, name: str) -> str:
    found = _text(element, name)
    if not found:
        raise ValueError(f"{name.replace('{*}', '')} is missing")
    return found


def _whole(number: Decimal, what: str) -> str:
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(what)
    return str(int(number))
