"""Between OKTE's JSON and the domain: MW with one decimal, EUR/MWh with two, instants in ISO 8601; all of it exact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flexbourse_core.errors import InvalidMessageError
from flexbourse_wholesale_gateway.adapters.exchange_port import Book, Level, MarketStatus
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Award
from flexbourse_wholesale_gateway.domain.external_orders.order import ExternalTerms
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, ReportedTrade, Status

LOT_W = 100_000
LOTS_PER_MW, TICKS_PER_EUR = 10, 100
LARGEST = 10**9  # MW or EUR/MWh
TAKES_ORDERS = frozenset({"xbidOk", "xbidNok", "localOn"})
STATUS = {
    "active": Status.RESTING,
    "partiallyMatched": Status.RESTING,
    "inactive": Status.INACTIVE,
    "matched": Status.MATCHED,
    "canceled": Status.CANCELLED,
    "expired": Status.EXPIRED,
    "expiredInactive": Status.EXPIRED,
}


def read_json(text: str) -> Any:
    """Return a document with exact decimals; raises InvalidMessageError."""
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise InvalidMessageError(f"no JSON: {error}") from error


def order_json(client_order_id: str, terms: ExternalTerms) -> dict[str, Any]:
    """Return an order as it is sent; raises ValueError for a quantity that is no whole number of lots."""
    order: dict[str, Any] = {
        "type": "block" if terms.is_block else "simple",
        "direction": terms.side.value,
        "indication": terms.indication.value,
        "deliveryStart": instant_text(terms.delivery_start_s),
        "deliveryEnd": instant_text(terms.delivery_end_s),
        "quantity": megawatts(terms.quantity_w),
        "price": euros(terms.price_ticks),
        "active": True,
        "clientOrderId": client_order_id,
    }
    if terms.peak_w is not None:
        order["peakQuantity"] = megawatts(terms.peak_w)
        order["peakPriceDelta"] = euros(terms.peak_delta_ticks or 0)
    return order


def megawatts(watts: int) -> int | float:
    """Return whole lots as MW; raises ValueError for others."""
    lots, rest = divmod(watts, LOT_W)
    if rest:
        raise ValueError(f"{watts} W is no multiple of {LOT_W} W")
    return lots / LOTS_PER_MW


def euros(ticks: int) -> float:
    """Return a price in EUR/MWh."""
    return ticks / TICKS_PER_EUR


def instant_text(seconds: int) -> str:
    """Return an instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_report(order: Any) -> Report:
    """Return an order as it is shown; raises InvalidMessageError."""
    try:
        return Report(
            external_id=_id(order["id"]),
            client_order_id=order["clientOrderId"] or "",
            status=STATUS[order["status"]],
            updated_ms=_milliseconds(order["updatedAt"]),
            remaining_w=_scaled(order["remainingQuantity"], LOTS_PER_MW) * LOT_W,
            pending=bool(order["isPending"]),
            previous_id=_optional_id(order.get("previousOrderId")),
            original_id=_optional_id(order.get("originalOrderId")),
            trades=tuple(_trade(trade) for trade in order.get("trades", ())),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InvalidMessageError(f"order: {error!r}") from error


def read_book(book: Any) -> Book:
    """Return a book as it is shown; raises InvalidMessageError."""
    try:
        period = book["period"]
        return Book(
            _milliseconds(period["start"]) // 1000,
            _milliseconds(period["end"]) // 1000,
            bool(period["isBlock"]),
            _milliseconds(period["tradingEnd"]) // 1000,
            tuple(_level(level) for level in book["buyList"]),
            tuple(_level(level) for level in book["sellList"]),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InvalidMessageError(f"book: {error!r}") from error


def read_status(status: Any) -> MarketStatus:
    """Return the market's status; raises InvalidMessageError."""
    try:
        name = status["tradingStatus"]
        return MarketStatus(name in TAKES_ORDERS, name, _milliseconds(status["systemTime"]) // 1000)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidMessageError(f"market status: {error!r}") from error


def read_award(trade: Any) -> Award:
    """Return what a curve or block was awarded in a quarter-hour; raises InvalidMessageError."""
    try:
        quantity_w = _scaled(trade["quantity"], LOTS_PER_MW) * LOT_W
        start_s = _milliseconds(trade["deliveryStart"]) // 1000
        return Award(str(trade["clientOrderId"]), quantity_w, _scaled(trade["price"], TICKS_PER_EUR), start_s)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InvalidMessageError(f"award: {error!r}") from error


def read_revision(results: Any) -> int:
    """Return the newest revision of published results, 0 for none; raises InvalidMessageError."""
    try:
        return max((_scaled(result["revision"], 1) for result in results), default=0)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InvalidMessageError(f"results: {error!r}") from error


def read_problems(body: Any) -> dict[str, list[tuple[str, str]]]:
    """Return what is wrong by order: code and sentence; empty where the body does not say."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(errors, Mapping):
        return {}
    return {
        str(key): [(str(p.get("code")), str(p.get("message"))) for p in problems if isinstance(p, Mapping)]
        for key, problems in errors.items()
        if isinstance(problems, list)
    }


def _trade(trade: Any) -> ReportedTrade:
    quantity_w = _scaled(trade["quantity"], LOTS_PER_MW) * LOT_W
    return ReportedTrade(
        _id(trade["id"]), quantity_w, _scaled(trade["price"], TICKS_PER_EUR), trade["status"] == "recalled"
    )


def _level(level: Any) -> Level:
    return Level(
        _scaled(level["price"], TICKS_PER_EUR),
        _scaled(level["quantity"], LOTS_PER_MW) * LOT_W,
        _scaled(level["ownQuantity"], LOTS_PER_MW) * LOT_W,
    )


def _scaled(value: Any, scale: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is no number")
    number = Decimal(value)
    if abs(number) > LARGEST:
        raise ValueError("a number beyond every market")
    units = number * scale
    if units != int(units):
        raise ValueError(f"{value} has too many decimals")
    return int(units)


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise TypeError(f"{value!r} is no id")
    return str(value)


def _optional_id(value: Any) -> str | None:
    return None if value is None else _id(value)


def _milliseconds(value: str) -> int:
    instant = datetime.fromisoformat(value)
    return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
