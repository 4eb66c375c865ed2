"""Words that all parts of the domain share: directions, claimants, purposes, windows; numbers as on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import DEFAULT_MTU_LENGTH_S, LAST_SECOND, Mtu
from flexbourse_core.rejection import Code, Rejection

MAX_PERIODS = 100  # quarter-hours of the longest local day
PERIOD_S = DEFAULT_MTU_LENGTH_S  # claims are counted in quarter-hours, whatever a market trades


class Direction(IntEnum):
    """Direction of regulation: UP is more production or less consumption."""

    UNSPECIFIED = 0
    UP = 1
    DOWN = 2

    @property
    def opposite(self) -> Direction:
        """Return the other direction."""
        return Direction.DOWN if self is Direction.UP else Direction.UP

    @property
    def sign(self) -> int:
        """Return the sign of the change of injection."""
        return 1 if self is Direction.UP else -1


class Claimant(IntEnum):
    """On whose behalf a unit is claimed."""

    UNSPECIFIED = 0
    DSO = 1
    TSO = 2
    WHOLESALE = 3
    LOCAL = 4

    @property
    def is_operator(self) -> bool:
        """Tell whether it is a system operator."""
        return self in (Claimant.DSO, Claimant.TSO)

    @property
    def other_operator(self) -> Claimant:
        """Return the TSO for the DSO and the DSO for everybody else."""
        return Claimant.TSO if self is Claimant.DSO else Claimant.DSO


class Purpose(IntEnum):
    """What flexibility is bought for."""

    UNSPECIFIED = 0
    CONGESTION = 1
    VOLTAGE = 2
    BALANCING = 3
    COMMERCIAL = 4


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive periods [start_s, end_s) of one length."""

    start_s: int
    end_s: int
    mtu_length_s: int

    @property
    def count(self) -> int:
        """Return how many periods there are."""
        return (self.end_s - self.start_s) // self.mtu_length_s

    def starts(self) -> range:
        """Return the starts of all periods."""
        return range(self.start_s, self.end_s, self.mtu_length_s)

    def mtus(self) -> Iterator[Mtu]:
        """Iterate over all periods."""
        return (Mtu(start, self.mtu_length_s) for start in self.starts())

    def holds(self, other: Window) -> bool:
        """Tell whether all periods of another window are periods of this one."""
        same = self.mtu_length_s == other.mtu_length_s
        return same and self.start_s <= other.start_s and other.end_s <= self.end_s

    def overlaps(self, other: Window) -> bool:
        """Tell whether both have time in common."""
        return self.start_s < other.end_s and other.start_s < self.end_s

    def problems(self, field: str, now_ms: int) -> list[Rejection]:
        """Return every rule that a window from outside breaks, the number of its periods included."""
        if self.mtu_length_s != PERIOD_S:
            rule = "claims are counted in quarter-hours"
            return [Rejection(Code.FIELD_MALFORMED, rule, field, value=self.mtu_length_s, limit=PERIOD_S, unit="s")]
        if self.start_s % PERIOD_S or self.end_s % PERIOD_S or not 0 <= self.start_s < LAST_SECOND:
            rule = "a window starts and ends at quarter-hours"
            return [Rejection(Code.FIELD_MALFORMED, rule, field, value=self.start_s, limit=PERIOD_S, unit="s")]
        found = []
        if not 1 <= self.count <= MAX_PERIODS:
            rule = "a window has at least one period, and at most those of a long day"
            found.append(Rejection(Code.FIELD_OUT_OF_RANGE, rule, field, value=self.count, limit=MAX_PERIODS))
        if self.start_s * 1000 < now_ms:
            rule = "a window begins with a period that has not begun yet"
            found.append(Rejection(Code.GATE_CLOSED, rule, field, value=self.start_s, limit=now_ms // 1000, unit="s"))
        return found


def window_around(mtu: Mtu) -> Window:
    """Return the quarter-hours that a period of any length touches."""
    return Window(mtu.start_s // PERIOD_S * PERIOD_S, -(-mtu.end_s // PERIOD_S) * PERIOD_S, PERIOD_S)


@dataclass(frozen=True, slots=True)
class Share:
    """What one unit gives, in W, in each period of a window."""

    unit_id: str
    quantities_w: tuple[int, ...]


def total_w(shares: tuple[Share, ...]) -> tuple[int, ...]:
    """Return what all units give together, per period."""
    return tuple(map(sum, zip(*(share.quantities_w for share in shares), strict=True)))
