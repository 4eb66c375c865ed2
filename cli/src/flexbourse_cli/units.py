"""What people type and read: kW, ct/kWh, euro, clock time; what is counted: W, ticks, micro-euro, seconds. Exact."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from flexbourse_core.money import MICRO_EURO_PER_EURO

MICRO_EURO_PER_MWH_PER_CT_PER_KWH = 10_000_000
MAX_TYPED = 10**12  # of whatever is typed: what is counted of it still fits into a message


def watts(kilowatts: str) -> int:
    """Return W; raises ValueError where the text is no number or names a part of a watt."""
    return _whole(_number(kilowatts, "power in kW, such as 2.5") * 1000, f"{kilowatts} kW is no whole number of watts")


def ticks(cents_per_kwh: str, tick_micro_euro_per_mwh: int) -> int:
    """Return ticks of a price in ct/kWh; raises ValueError where it lies between two ticks."""
    micro_euro = _number(cents_per_kwh, "price in ct/kWh, such as 14.1") * MICRO_EURO_PER_MWH_PER_CT_PER_KWH
    return _whole(micro_euro / tick_micro_euro_per_mwh, f"{cents_per_kwh} ct/kWh lies between two ticks")


def ticks_of_euro(euro_per_mwh: str) -> int:
    """Return ticks of an exchange, 0.01 EUR/MWh; raises ValueError where the price lies between two."""
    price = _number(euro_per_mwh, "price in EUR/MWh, such as 141.2")
    return _whole(price * 100, f"{euro_per_mwh} EUR/MWh lies between two ticks of 0.01")


def micro_euro(euro: str) -> int:
    """Return micro-euro of an amount in euro; raises ValueError where the text is no number or finer than that."""
    amount = _number(euro, "amount in EUR, such as 0.25")
    return _whole(amount * MICRO_EURO_PER_EURO, f"{euro} EUR is no whole number of micro-euro")


def counted(text: str, scale: int, what: str) -> int:
    """Return a number in parts, `scale` of them to what is typed; raises ValueError where it is none, or finer."""
    return _whole(_number(text, what) * scale, f"{text} is finer than 1/{scale}")


def euro(amount_micro_euro: int) -> str:
    """Return micro-euro as euro, exact: with two decimals, or as many as it has."""
    whole, rest = divmod(abs(amount_micro_euro), MICRO_EURO_PER_EURO)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if amount_micro_euro < 0 else ''}{whole}.{decimals}"


def kilowatts(power_w: int) -> str:
    """Return W as kW."""
    return f"{power_w / 1000:g}"


def cents(price_ticks: int, tick_micro_euro_per_mwh: int) -> str:
    """Return ticks as ct/kWh."""
    return f"{price_ticks * tick_micro_euro_per_mwh / MICRO_EURO_PER_MWH_PER_CT_PER_KWH:.2f}"


def second(text: str, zone: str) -> int:
    """Return the UTC second of an ISO time; without an offset it is local time of the zone. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no time, such as 2026-01-15T18:00") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())


def clock(start_s: int, zone: str = "UTC") -> str:
    """Return a UTC second as local date and time."""
    return datetime.fromtimestamp(start_s, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def clock_of_day(second_s: int, zone: str) -> str:
    """Return a UTC second as local time of the day."""
    return datetime.fromtimestamp(second_s, UTC).astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")


def _number(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{text[:40]!r} is no {what}")
    if abs(number) > MAX_TYPED:
        raise ValueError(f"{text[:40]!r} is no {what}: at most {MAX_TYPED}")
    return number


def _whole(number: Decimal, message: str) -> int:
    if number != number.to_integral_value():
        raise ValueError(message)
    return int(number)
