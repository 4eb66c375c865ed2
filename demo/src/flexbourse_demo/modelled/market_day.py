"""The day that is told: its quarter-hours, its opening and its gates, in seconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MTU_LENGTH_S = 900
OPENS_BEFORE_DAY_S = 7 * 3600
GATE_BEFORE_DELIVERY_S = 2 * 3600
TIME_ZONE = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class MarketDay:
    """One local day: 92, 96 or 100 quarter-hours."""

    day: date
    time_zone: str
    start_s: int
    count: int

    @staticmethod
    def of(day: date, time_zone: str = TIME_ZONE) -> MarketDay:
        """Return the local day `day` of a time zone."""
        zone = ZoneInfo(time_zone)
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        next_day = day + timedelta(days=1)
        end = datetime(next_day.year, next_day.month, next_day.day, tzinfo=zone)
        start_s, end_s = int(start.timestamp()), int(end.timestamp())
        return MarketDay(day, time_zone, start_s, (end_s - start_s) // MTU_LENGTH_S)

    @property
    def opening_s(self) -> int:
        """When all books of the day open: 17:00 of the day before."""
        return self.start_s - OPENS_BEFORE_DAY_S

    @property
    def end_s(self) -> int:
        """The midnight that ends the day."""
        return self.mtu_start_s(self.count)

    def mtu_start_s(self, index: int) -> int:
        """Return when a quarter-hour starts."""
        return self.start_s + index * MTU_LENGTH_S

    def gate_s(self, index: int) -> int:
        """Return when the book of a quarter-hour closes."""
        return self.mtu_start_s(index) - GATE_BEFORE_DELIVERY_S

    def index_of(self, start_s: int) -> int:
        """Return the quarter-hour that starts then."""
        return (start_s - self.start_s) // MTU_LENGTH_S

    def first_open(self, now_s: int) -> int:
        """Return the first quarter-hour whose gate is still open, `count` if none is."""
        index = -(-(now_s + GATE_BEFORE_DELIVERY_S + 1 - self.start_s) // MTU_LENGTH_S)
        return min(max(index, 0), self.count)

    def local(self, at_s: int) -> datetime:
        """Return a time as people of the village read it."""
        return datetime.fromtimestamp(at_s, ZoneInfo(self.time_zone))

    def clock(self, index: int) -> str:
        """Return the local time at which a quarter-hour starts, 24:00 for the end of the day."""
        return "24:00" if index >= self.count else self.local(self.mtu_start_s(index)).strftime("%H:%M")
