"""Numbers and instants of the protocol: MW with one decimal, EUR/MWh with two, ISO 8601 in UTC."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

LOTS_PER_MW = 10
CENTS_PER_EUR = 100
MAX_DIGITS = 12
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class ValueProblem(ValueError):  # noqa: N818 - it is told to the client, not raised as an error of the program
    """A value that is not of the form which the protocol asks for."""


def read_json(body: bytes | str) -> Any:
    """Return a JSON document, its decimals exact; raises ValueProblem."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueProblem(f"Body is no JSON document: {error}") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def scaled(value: Any, scale: int, name: str) -> int:
    """Return a number in units of 1/scale; raises ValueProblem where it is none or has more decimals."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueProblem(f"{name} must be a number.")
    if abs(value) >= 10**MAX_DIGITS or (isinstance(value, Decimal) and len(value.as_tuple().digits) > 2 * MAX_DIGITS):
        raise ValueProblem(f"{name} has too many digits.")
    units = value * scale
    if units != int(units):
        raise ValueProblem(f"{name} has more than {len(str(scale)) - 1} decimal places.")
    return int(units)


def unscaled(units: int, scale: int) -> int | float:
    """Return a number as the protocol writes it: without a decimal where it has none."""
    return units // scale if units % scale == 0 else units / scale


def read_instant(value: Any, name: str) -> int:
    """Return milliseconds since 1970 of an ISO 8601 instant; one without an offset is UTC. Raises ValueProblem."""
    if not isinstance(value, str):
        raise ValueProblem(f"{name} must be an ISO 8601 date and time.")
    try:
        read = datetime.fromisoformat(value)
        instant = read if read.tzinfo else read.replace(tzinfo=UTC)
        if EARLIEST <= instant < LATEST:
            return round(instant.timestamp() * 1000)
    except ValueError:
        raise ValueProblem(f"{name} must be an ISO 8601 date and time.") from None
    raise ValueProblem(f"{name} must lie between {EARLIEST.year} and {LATEST.year}.")


def read_day(value: Any, name: str) -> date:
    """Return an ISO 8601 date; raises ValueProblem."""
    if not isinstance(value, str):
        raise ValueProblem(f"{name} must be an ISO 8601 date.")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueProblem(f"{name} must be an ISO 8601 date.") from None
    if not EARLIEST.date() <= day < LATEST.date():
        raise ValueProblem(f"{name} must lie between {EARLIEST.year} and {LATEST.year}.")
    return day


def read_number(text: str) -> int | None:
    """Return a whole number as it stands in an address, None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else None


def instant_text(instant: int) -> str:
    """Return an instant as the protocol writes it, with milliseconds where it has some."""
    precision = "milliseconds" if instant % 1000 else "seconds"
    text = datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec=precision)
    return text.replace("+00:00", "Z")
