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


class Account:
    """What is allotted to one party in one shard and what is used of it, counted where it stands.

    `room` is what orders and unsettled matches may take altogether, with what settlement gave back of matches; `open`
    is of orders that rest and matches that are held, `filled` of matches, ever.
    """

    __slots__ = ("acknowledged", "allotment", "filled", "open", "room")

    def __init__(self) -> None:
        self.allotment: Allotment | None = None
        self.room = 0
        self.open = 0
        self.filled = 0
        self.acknowledged = 0

    @property
    def limit(self) -> int:
        """Return up to what orders of the party enter."""
        return 0 if self.allotment is None else self.allotment.wanted_micro_euro

    @property
    def used(self) -> int:
        """Return what orders and matches take that are not settled."""
        return self.open + self.filled - (0 if self.allotment is None else self.allotment.freed_micro_euro)

    @property
    def left(self) -> int:
        """Return what orders may take besides; negative where more is taken than is allotted."""
        return self.room - self.open - self.filled


class Collateral:
    """The accounts of one shard, by party. Areas of the shard share it. An account that was once made stays."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def account(self, party: str) -> Account:
        """Return the account of a party, made when it is first asked for."""
        own = self._accounts.get(party)
        if own is None:
            own = self._accounts[party] = Account()
        return own

    def adopt(self, allotment: Allotment) -> None:
        """Take an allotment; a version that was overtaken is passed over."""
        own = self.account(allotment.participant_id)
        if own.allotment is None or own.allotment.version < allotment.version:
            own.allotment, own.room = allotment, allotment.wanted_micro_euro + allotment.freed_micro_euro

    def limit(self, party: str) -> int:
        """Return up to what orders of a party enter."""
        own = self._accounts.get(party)
        return 0 if own is None else own.limit

    def used(self, party: str) -> int:
        """Return what a party's orders and matches take that are not settled."""
        own = self._accounts.get(party)
        return 0 if own is None else own.used

    def left(self, party: str) -> int:
        """Return what a party's orders may take besides; negative where more is taken than is allotted."""
        own = self._accounts.get(party)
        return 0 if own is None else own.left

    def due(self) -> Iterator[AllotmentAcknowledged]:
        """Iterate over what the shard can promise now and has not yet, by party."""
        for party in sorted(self._accounts):
            account = self._accounts[party]
            own = account.allotment
            if own is None or own.wanted_micro_euro >= own.granted_micro_euro or account.acknowledged >= own.version:
                continue
            if account.used <= own.wanted_micro_euro:
                yield AllotmentAcknowledged(party, own.shard, own.version, own.wanted_micro_euro)

    def acknowledge(self, event: AllotmentAcknowledged) -> None:
        """Take that a promise was made."""
        self.account(event.participant_id).acknowledged = event.version

    def kept(self) -> Iterator[tuple[str, int, int]]:
        """Iterate over (party, filled, acknowledged version): what neither orders nor allotments tell."""
        for party in sorted(self._accounts):
            own = self._accounts[party]
            if own.filled or own.acknowledged:
                yield party, own.filled, own.acknowledged

    def restore(self, party: str, filled_micro_euro: int, acknowledged_version: int) -> None:
        """Put back what was kept of a party."""
        own = self.account(party)
        own.filled += filled_micro_euro
        own.acknowledged = acknowledged_version or own.acknowledged


def exposure_micro_euro(market: Market, side: Side, quantity_w: int, limit_price_ticks: int, seconds: int) -> int:
    """Return what an open quantity may cost at worst, rounded up.

    A buyer pays his limit, which holds all he pays, tariff included. A seller pays where his limit is negative, and the
    market's penalty cover for each MWh besides: what it may cost him not to deliver.
    """
    ticks = max(0, limit_price_ticks) if side is _BUY else max(0, -limit_price_ticks) + market.penalty_cover_ticks
    # What is small is multiplied first: compiled it stays a machine's word.
    per_tick = seconds * market.price_tick_micro_euro_per_mwh
    return _rounded_up(quantity_w * ticks * per_tick)


def affordable_w(market: Market, side: Side, left_micro_euro: int, limit_price_ticks: int, seconds: int) -> int:
    """Return the largest quantity whose exposure lies within an amount, the market's largest where nothing costs."""
    per_watt = exposure_micro_euro(market, side, WATT_SECONDS_PER_MWH, limit_price_ticks, seconds)
    if per_watt == 0:
        return market.max_quantity_w
    return min(market.max_quantity_w, max(0, left_micro_euro) * WATT_SECONDS_PER_MWH // per_watt)


def part_micro_euro(order_micro_euro: int, open_w: int, quantity_w: int) -> int:
    """Return the part of an open order's collateral that falls to a fill, rounded up; all of it to the last one."""
    return (order_micro_euro * quantity_w + open_w - 1) // open_w


def taken_micro_euro(part: int, owed_micro_euro: int, cover_micro_euro: int) -> int:
    """Return what a fill takes of its part: what its side owes for it, and a sale's cover; never more than the part."""
    return min(part, max(0, owed_micro_euro) + cover_micro_euro)


def cover_micro_euro(market: Market, side: Side, quantity_w: int, seconds: int) -> int:
    """Return the penalty cover of a quantity that was sold."""
    if side is _BUY:
        return 0
    return _rounded_up(quantity_w * market.penalty_cover_ticks * seconds * market.price_tick_micro_euro_per_mwh)


def _rounded_up(watt_second_micro_euro: int) -> int:
    return (watt_second_micro_euro + (WATT_SECONDS_PER_MWH - 1)) // WATT_SECONDS_PER_MWH
