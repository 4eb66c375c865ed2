"""Times, powers and prices of documents as our integers, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

from flexbourse_ancillary_gateway.documents.kinds.parts import TimeInterval
from flexbourse_ancillary_gateway.documents.problems import DocumentError, Problem

WATTS_PER_MEGAWATT = 1_000_000
TICKS_PER_EURO = 100
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS_S = (86_400, 3_600, 60, 1)


def second_text(second: int) -> str:
    """Return a UTC second with its seconds, as creation times are written."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute_text(second: int) -> str:
    """Return a UTC second that is a whole minute, as intervals are written."""
    if second % 60:
        raise ValueError(f"{second} s is no whole minute")
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%MZ")


def interval(start_s: int, end_s: int) -> TimeInterval:
    """Return an interval of whole minutes."""
    return TimeInterval(start=minute_text(start_s), end=minute_text(end_s))


def to_second(text: str) -> int:
    """Return the UTC second of a time, with or without seconds; raises DocumentError where there is no such time."""
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        raise DocumentError([Problem("/", "is a time", text)]) from None


def duration_text(seconds: int) -> str:
    """Return a duration in minutes."""
    if seconds % 60:
        raise ValueError(f"{seconds} s is no whole minute")
    return f"PT{seconds // 60}M"


def to_seconds(duration: str) -> int:
    """Return the length of a duration of days, hours, minutes and seconds."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise DocumentError([Problem("/", "is a duration of days, hours, minutes and seconds", duration)])
    return sum(int(count or 0) * unit for count, unit in zip(found.groups(), _UNITS_S, strict=True))


def to_watts(megawatts: Decimal, place: str) -> int:
    """Return a power in W; raises DocumentError for a fraction of a W, which no document of ours carries."""
    watts = megawatts * WATTS_PER_MEGAWATT
    if watts != watts.to_integral_value():
        raise DocumentError([Problem(place, "is a multiple of 0.000001 MW", str(megawatts))])
    return int(watts)


def megawatts(watts: int) -> Decimal:
    """Return a power in MW, with as few decimals as it needs, at most two of them for multiples of 10 kW."""
    value = Decimal(watts) / WATTS_PER_MEGAWATT
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def to_ticks(price: Decimal, place: str) -> int:
    """Return a price in ticks of 0.01 EUR/MWh; raises DocumentError for a finer one."""
    ticks = price * TICKS_PER_EURO
    if ticks != ticks.to_integral_value():
        raise DocumentError([Problem(place, "is a multiple of 0.01", str(price))])
    return int(ticks)


def euros(ticks: int) -> Decimal:
    """Return a price in EUR/MWh with two decimals."""
    return Decimal(ticks).scaleb(-2)
