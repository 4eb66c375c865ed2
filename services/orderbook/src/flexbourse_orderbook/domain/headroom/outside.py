"""What metering points sold or bought outside: on an exchange, through a gateway, before or beside the local book.

A result is of the exchange's own period, which may be longer than a local one or lie across several. Its power is
constant over it, so what falls into a local period is energy: W·s are summed per quarter-hour, and a local position
counts their mean over its period, rounded once, half to even. The newest version of a result takes the place of the
one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flexbourse_core.market_time import DEFAULT_MTU_LENGTH_S as SLOT_S
from flexbourse_core.market_time import LAST_SECOND, Mtu
from flexbourse_core.money import divide_half_even
from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.orders import Basis

# Results of one area whose periods have not ended, shares of one, the longest period of one.
MAX_RESULTS = 100_000
MAX_SHARES = 500
MAX_LENGTH_S = 86_400


@dataclass(frozen=True, slots=True)
class OutsideShare:
    """What a metering point sold or bought outside: a change of injection over the result's period."""

    metering_point_id: str
    unit_id: str
    basis: Basis
    quantity_w: int


@dataclass(frozen=True, slots=True)
class TradedOutside:
    """A version of a result of an exchange, as far as it concerns an area, whole; no shares: nothing is left of it."""

    area_id: str
    mtu: Mtu
    venue_id: str
    result_id: str
    version: int
    shares: tuple[OutsideShare, ...]


@quickly_made
@dataclass(frozen=True, slots=True)
class Outside:
    """What is traded outside of one metering point and period: W, or W·s where it is summed; deviations are signed."""

    sold: int = 0
    bought: int = 0
    deviation: int = 0

    @staticmethod
    def of(share: OutsideShare) -> Outside:
        """Return a share by its basis, as a local trade of it would count."""
        power = share.quantity_w
        if share.basis is Basis.SCHEDULED:
            return Outside(sold=max(0, power), bought=max(0, -power))
        return Outside(deviation=power)

    def plus(self, other: Outside, times: int) -> Outside:
        """Return the sum with a multiple of another."""
        return Outside(
            self.sold + times * other.sold, self.bought + times * other.bought, self.deviation + times * other.deviation
        )

    def mean(self, seconds: int) -> Outside:
        """Return the mean over so many seconds, rounded once."""
        return Outside(*(divide_half_even(part, seconds) for part in (self.sold, self.bought, self.deviation)))


NOTHING = Outside()


class OutsideTrades:
    """The newest versions of all results of an area whose periods have not ended, and what they sum up to."""

    def __init__(self) -> None:
        self._results: dict[tuple[str, str], TradedOutside] = {}
        # W·s by metering point and start of a quarter-hour; to be read: whether anything was traded outside.
        self.sums: dict[tuple[str, int], Outside] = {}
        self._first_end_s: int | None = None

    def is_news(self, result: TradedOutside) -> bool:
        """Tell whether a result is to be taken: sound, newer than what is known of it, and about something."""
        former = self._results.get((result.venue_id, result.result_id))
        sound = 0 < result.mtu.length_s <= MAX_LENGTH_S and 0 <= result.mtu.start_s < LAST_SECOND
        if not sound or len(result.shares) > MAX_SHARES:
            return False
        if former is None:
            return bool(result.shares) and len(self._results) < MAX_RESULTS
        return result.version > former.version

    def take(self, result: TradedOutside, at_ms: int) -> None:
        """Let a version take the place of the one before; what has ended by then counts no more."""
        key = result.venue_id, result.result_id
        former = self._results.pop(key, None)
        if former is not None:
            self._count(former, -1)
        if result.mtu.end_s * 1000 > at_ms:
            self._results[key] = result
            self._count(result, 1)
            self._first_end_s = min(result.mtu.end_s, self._first_end_s or result.mtu.end_s)

    def forget(self, at_ms: int) -> None:
        """Drop what has ended."""
        if self._first_end_s is None or self._first_end_s * 1000 > at_ms:
            return
        for key, result in list(self._results.items()):
            if result.mtu.end_s * 1000 <= at_ms:
                del self._results[key]
                self._count(result, -1)
        self._first_end_s = min((result.mtu.end_s for result in self._results.values()), default=None)

    def of(self, metering_point_id: str, mtu: Mtu) -> Outside:
        """Return the mean power that a metering point traded outside over a period, in W."""
        if not self.sums:
            return NOTHING
        total = NOTHING
        for start, overlap in _slots(mtu):
            total = total.plus(self.sums.get((metering_point_id, start), NOTHING), overlap)
        return total.mean(SLOT_S * mtu.length_s)

    def results(self) -> list[TradedOutside]:
        """Return the newest versions, by venue and result."""
        return [self._results[key] for key in sorted(self._results)]

    def _count(self, result: TradedOutside, sign: int) -> None:
        for share in result.shares:
            for start, overlap in _slots(result.mtu):
                place = share.metering_point_id, start
                total = self.sums.get(place, NOTHING).plus(Outside.of(share), sign * overlap)
                if total == NOTHING:
                    self.sums.pop(place, None)
                else:
                    self.sums[place] = total


def _slots(mtu: Mtu) -> Iterator[tuple[int, int]]:
    """Iterate over (start of a quarter-hour, seconds of it that lie in a period)."""
    for start in range(mtu.start_s // SLOT_S * SLOT_S, mtu.end_s, SLOT_S):
        yield start, min(mtu.end_s, start + SLOT_S) - max(mtu.start_s, start)
