"""Market time: market time units (MTU), delivery days and gates.

An MTU is a UTC start in seconds and a length. The index within its local day is derived: 1…92, 96 or 100
for quarter-hours, because a local day has 23, 24 or 25 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flexbourse_core.values import quickly_made

DEFAULT_MTU_LENGTH_S = 900
LAST_SECOND = 253_402_300_800  # 10000-01-01, the end of what calendars print


@quickly_made
@dataclass(frozen=True, slots=True, order=True)
class Mtu:
    """The period [start_s, start_s + length_s) in seconds since 1970-01-01 UTC."""

    start_s: int
    length_s: int = DEFAULT_MTU_LENGTH_S

    def __eq__(self, other: object) -> bool:
        """Compare without building tuples: books are looked up by periods that were read and are other objects."""
        if not isinstance(other, Mtu):
            return NotImplemented
        return self.start_s == other.start_s and self.length_s == other.length_s

    def __hash__(self) -> int:
        """Return the hash of the start: books are looked up by period many times an order, and lengths are few."""
        return self.start_s

    @property
    def end_s(self) -> int:
        """Return the first second after the period."""
        return self.start_s + self.length_s

    def is_aligned(self) -> bool:
        """Tell whether the start is a multiple of the length, and lies where calendars reach."""
        return self.length_s > 0 and self.start_s % self.length_s == 0 and 0 <= self.start_s < LAST_SECOND


def day_bounds_s(day: date, zone: str) -> tuple[int, int]:
    """Return the first second of a local day and of the next one."""
    tz = ZoneInfo(zone)
    first = datetime.combine(day, time(), tz)
    last = datetime.combine(day + timedelta(days=1), time(), tz)
    return int(first.timestamp()), int(last.timestamp())


def local_day(second: int, zone: str) -> date:
    """Return the local day in which a UTC second lies."""
    return datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone)).date()


def mtus_of_day(day: date, zone: str, length_s: int = DEFAULT_MTU_LENGTH_S) -> list[Mtu]:
    """Return all MTUs of a local day: 92, 96 or 100 quarter-hours."""
    first, last = day_bounds_s(day, zone)
    return [Mtu(start, length_s) for start in range(first, last, length_s)]


def mtu_index(mtu: Mtu, zone: str) -> int:
    """Return the position of an MTU in its local day, from 1."""
    first, _ = day_bounds_s(local_day(mtu.start_s, zone), zone)
    return (mtu.start_s - first) // mtu.length_s + 1


def opens_at_s(mtu: Mtu, zone: str, opens_before_day_s: int) -> int:
    """Return when the book of an MTU opens: so long before the local midnight of its delivery day.

    25 200 s is D-1 17:00. Wall-clock distance is meant, so 17:00 stays 17:00 on the eve of a clock change.
    """
    midnight = datetime.combine(local_day(mtu.start_s, zone), time())
    local = midnight - timedelta(seconds=opens_before_day_s)
    return int(local.replace(tzinfo=ZoneInfo(zone)).timestamp())


def gate_closes_at_s(mtu: Mtu, gate_closure_s: int) -> int:
    """Return when the gate of an MTU closes: so long before its start."""
    return mtu.start_s - gate_closure_s
