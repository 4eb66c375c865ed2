"""Delivery periods, and when each is open for trading. Instants are milliseconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
PRODUCT_MINUTES = (15, 30, 60)
BLOCK_STEP_MINUTES = 15
MAX_BLOCK_HOURS = 25  # the longest local day


class Phase(StrEnum):
    """Whether orders of a period are taken."""

    NOT_OPENED = "notOpened"
    TRADING = "trading"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """What is traded: delivery from `start` to `end`, on its own or as a block."""

    start: int
    end: int
    is_block: bool = False

    @property
    def minutes(self) -> int:
        """Return the length in minutes."""
        return (self.end - self.start) // MINUTE_MS

    @property
    def product_minutes(self) -> int:
        """Return the product that the period belongs to; blocks count to the coarsest grid they fit in."""
        if not self.is_block:
            return self.minutes
        hour = 60 * MINUTE_MS
        return 60 if self.start % hour == 0 and self.end % hour == 0 else BLOCK_STEP_MINUTES


@dataclass(frozen=True, slots=True)
class TradingHours:
    """When periods open and close: at a local hour of the day before delivery, and minutes before delivery starts."""

    zone: str = "Europe/Bratislava"
    opens_hour: int = 15
    closes_before_minutes: int = 30
    products: tuple[int, ...] = PRODUCT_MINUTES

    def delivery_day(self, instant: int) -> date:
        """Return the local day that an instant belongs to."""
        return datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(self.zone)).date()

    def local_instant(self, day: date, hour: int, minute: int = 0) -> int:
        """Return the instant of a local time of day."""
        return int(datetime.combine(day, time(hour, minute), ZoneInfo(self.zone)).timestamp()) * 1000

    def day_bounds(self, day: date) -> tuple[int, int]:
        """Return the instants at which a local day begins and ends; 23, 24 or 25 hours apart."""
        return self.local_instant(day, 0), self.local_instant(day + timedelta(days=1), 0)

    def opens(self, period: Period) -> int:
        """Return the instant from which orders of a period are taken."""
        return self.local_instant(self.delivery_day(period.start) - timedelta(days=1), self.opens_hour)

    def trading_end(self, period: Period) -> int:
        """Return the instant from which orders of a period are no longer taken."""
        return period.start - self.closes_before_minutes * MINUTE_MS

    def phase(self, period: Period, now: int) -> Phase:
        """Return whether orders of a period are taken now."""
        if now < self.opens(period):
            return Phase.NOT_OPENED
        return Phase.TRADING if now < self.trading_end(period) else Phase.CLOSED

    def exists(self, period: Period) -> bool:
        """Tell whether a period is one that this exchange trades."""
        step = (BLOCK_STEP_MINUTES if period.is_block else period.minutes) * MINUTE_MS
        if period.end <= period.start or period.start % step or period.end % step:
            return False
        if not period.is_block:
            return period.minutes in self.products
        within_a_day = self.delivery_day(period.start) == self.delivery_day(period.end - 1)
        return within_a_day and BLOCK_STEP_MINUTES < period.minutes <= MAX_BLOCK_HOURS * 60

    def periods_of(self, day: date, minutes: int) -> list[Period]:
        """Return the periods of one product and delivery day in order; 92, 96 or 100 quarter-hours."""
        start, end = self.day_bounds(day)
        length = minutes * MINUTE_MS
        return [Period(at, at + length) for at in range(start, end, length)]

    def open_periods(self, now: int) -> list[Period]:
        """Return all single periods that are traded now, in order of delivery."""
        today = self.delivery_day(now)
        found = [
            period
            for day in (today, today + timedelta(days=1))
            for minutes in self.products
            for period in self.periods_of(day, minutes)
        ]
        return sorted(period for period in found if self.phase(period, now) is Phase.TRADING)
