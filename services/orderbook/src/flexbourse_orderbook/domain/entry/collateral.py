"""Collateral: what a party's orders and matches in this shard may cost at worst, against what is allotted to it here.

Every order carries what its open quantity could cost (`exposure_micro_euro`), every match what it takes of that until
it is settled (`taken_micro_euro`). An order enters only if it fits beside what rests, is held and was filled; a match
moves money from resting to filled and never takes more than its order had, so what is used never grows but by orders
that were let in, and stays within the allotment whatever matches.

Settlement may want some of it back. From the record that says so on nothing enters beyond what is wanted; when what is
used lies within it, the shard says so, once for each version, and never goes beyond it again before a later version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flexbourse_core.money import WATT_SECONDS_PER_MWH
from flexbourse_orderbook.domain.orders import Side
from flexbourse_orderbook.domain.registry_state import Market

_BUY = Side.BUY


@dataclass(frozen=True, slots=True)
class Allotment:
    """What settlement allots to a party in this shard; `freed` is what it gave back of what matches took, ever."""

    participant_id: str
    shard: int
    version: int
    granted_micro_euro: int
    wanted_micro_euro: int
    freed_micro_euro: int


@dataclass(frozen=True, slots=True)
class AllotmentAcknowledged:
    """From here on the shard uses no more of a participant's collateral than was asked in this version."""

    participant_id: str
    shard: int
    version: int
    limit_micro_euro: int


class Collateral:
    """Allotments of one shard and what is used of them, by party. Areas of the shard share it."""

    def __init__(self) -> None:
        self._allotments: dict[str, Allotment] = {}
        self._open: dict[str, int] = {}  # orders that rest, and matches that are held
        self._filled: dict[str, int] = {}  # matches, ever
        self._acknowledged: dict[str, int] = {}

    def adopt(self, allotment: Allotment) -> None:
        """Take an allotment; a version that was overtaken is passed over."""
        former = self._allotments.get(allotment.participant_id)
        if former is None or former.version < allotment.version:
            self._allotments[allotment.participant_id] = allotment

    def limit(self, party: str) -> int:
        """Return up to what orders of a party enter."""
        allotment = self._allotments.get(party)
        return 0 if allotment is None else allotment.wanted_micro_euro

    def used(self, party: str) -> int:
        """Return what a party's orders and matches take that are not settled."""
        allotment = self._allotments.get(party)
        freed = 0 if allotment is None else allotment.freed_micro_euro
        return self._open.get(party, 0) + self._filled.get(party, 0) - freed

    def left(self, party: str) -> int:
        """Return what a party's orders may take besides; negative where more is taken than is allotted."""
        taken = self._open.get(party, 0) + self._filled.get(party, 0)
        own = self._allotments.get(party)
        return -taken if own is None else own.wanted_micro_euro + own.freed_micro_euro - taken

    def add_open(self, party: str, micro_euro: int) -> None:
        """Count what rests or is held of a party."""
        if micro_euro:
            self._open[party] = self._open.get(party, 0) + micro_euro

    def add_filled(self, party: str, micro_euro: int) -> None:
        """Count what a match of a party takes until it is settled."""
        if micro_euro:
            self._filled[party] = self._filled.get(party, 0) + micro_euro

    def due(self) -> Iterator[AllotmentAcknowledged]:
        """Iterate over what the shard can promise now and has not yet, by party."""
        for party in sorted(self._allotments):
            own = self._allotments[party]
            asked = own.wanted_micro_euro < own.granted_micro_euro and self._acknowledged.get(party, 0) < own.version
            if asked and self.used(party) <= own.wanted_micro_euro:
                yield AllotmentAcknowledged(party, own.shard, own.version, own.wanted_micro_euro)

    def acknowledge(self, event: AllotmentAcknowledged) -> None:
        """Take that a promise was made."""
        self._acknowledged[event.participant_id] = event.version

    def kept(self) -> Iterator[tuple[str, int, int]]:
        """Iterate over (party, filled, acknowledged version): what neither orders nor allotments tell."""
        for party in sorted({*self._filled, *self._acknowledged}):
            yield party, self._filled.get(party, 0), self._acknowledged.get(party, 0)

    def restore(self, party: str, filled_micro_euro: int, acknowledged_version: int) -> None:
        """Put back what was kept of a party."""
        self.add_filled(party, filled_micro_euro)
        if acknowledged_version:
            self._acknowledged[party] = acknowledged_version


def exposure_micro_euro(market: Market, side: Side, quantity_w: int, limit_price_ticks: int, seconds: int) -> int:
    """Return what an open quantity may cost at worst, rounded up.

    A buyer pays his limit, which holds all he pays, tariff included. A seller pays where his limit is negative, and the
    market's penalty cover for each MWh besides: what it may cost him not to deliver.
    """
    ticks = max(0, limit_price_ticks) if side is _BUY else max(0, -limit_price_ticks) + market.penalty_cover_ticks
    # As `_rounded_up`: every order asks, twice.
    return -(-quantity_w * ticks * seconds * market.price_tick_micro_euro_per_mwh // WATT_SECONDS_PER_MWH)


def affordable_w(market: Market, side: Side, left_micro_euro: int, limit_price_ticks: int, seconds: int) -> int:
    """Return the largest quantity whose exposure lies within an amount, the market's largest where nothing costs."""
    per_watt = exposure_micro_euro(market, side, WATT_SECONDS_PER_MWH, limit_price_ticks, seconds)
    if per_watt == 0:
        return market.max_quantity_w
    return min(market.max_quantity_w, max(0, left_micro_euro) * WATT_SECONDS_PER_MWH // per_watt)


def part_micro_euro(order_micro_euro: int, open_w: int, quantity_w: int) -> int:
    """Return the part of an open order's collateral that falls to a fill, rounded up; all of it to the last one."""
    return -(-order_micro_euro * quantity_w // open_w)


def taken_micro_euro(part: int, owed_micro_euro: int, cover_micro_euro: int) -> int:
    """Return what a fill takes of its part: what its side owes for it, and a sale's cover; never more than the part."""
    return min(part, max(0, owed_micro_euro) + cover_micro_euro)


def cover_micro_euro(market: Market, side: Side, quantity_w: int, seconds: int) -> int:
    """Return the penalty cover of a quantity that was sold."""
    if side is _BUY:
        return 0
    return _rounded_up(quantity_w * market.penalty_cover_ticks * seconds * market.price_tick_micro_euro_per_mwh)


def _rounded_up(watt_second_micro_euro: int) -> int:
    return -(-watt_second_micro_euro // WATT_SECONDS_PER_MWH)
