"""The bids a platform holds: a document is taken as a whole or refused as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from flexbourse_mfrr_simulator.domain.bids import DOWN, KW_PER_MW, UP, Bid, Problem, bid_of
from flexbourse_mfrr_simulator.domain.groups import group_problems
from flexbourse_mfrr_simulator.domain.links import chain_after, link_problems
from flexbourse_mfrr_simulator.domain.messages import BidSeries, ReserveBid
from flexbourse_mfrr_simulator.domain.profile import Profile
from flexbourse_mfrr_simulator.domain.rules import IDENTITY, MARKET_RULE, QUANTITY

MAX_BIDS = 400_000
UNCHANGEABLE = ("mtu", "zone", "resource")


@dataclass(slots=True)
class Book:
    """All bids by mRID, those that a cancelled link made invalid, and how many were accepted so far."""

    bids: dict[str, Bid] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    sequence: int = 0

    def submit(self, document: ReserveBid, profile: Profile) -> list[Problem]:
        """Take a document whose own rules hold; returns every broken rule of the book, and then changes nothing."""
        party = document.header.sender
        changes, problems = self._changes(document)
        cancelled = {mrid for mrid, bid in changes.items() if bid is None}
        after = {mrid: bid for mrid, bid in self.bids.items() if bid.party == party.mrid and mrid not in cancelled}
        after |= {mrid: bid for mrid, bid in changes.items() if bid is not None}
        if len(self.bids) + len(document.series) > MAX_BIDS:
            problems.append(Problem("", MARKET_RULE, f"the platform holds at most {MAX_BIDS} bids"))
        problems += self._partial_cancellations(cancelled)
        problems += _group_problems(after, changes)
        problems += link_problems(after, changes)
        problems += _portfolio_problems(after, changes, profile)
        if problems:
            return problems
        before = {mrid: bid for mrid, bid in self.bids.items() if bid.party == party.mrid}
        self.invalid |= chain_after(cancelled, before)
        self.invalid -= set(changes)
        for mrid, bid in changes.items():
            if bid is None:
                del self.bids[mrid]
            else:
                self.bids[mrid] = bid
        self.sequence += len(document.series)
        return []

    def _changes(self, document: ReserveBid) -> tuple[dict[str, Bid | None], list[Problem]]:
        """Return what the document makes of each series (None: cancelled), and what stands against it."""
        sender = document.header.sender
        changes: dict[str, Bid | None] = {}
        problems = []
        for place, series in enumerate(document.series):
            held = self.bids.get(series.mrid)
            bid = bid_of(series, sender.mrid, sender.scheme, document.header.mrid, self.sequence + place)
            problems += [Problem(series.mrid, code, text) for code, text in _against(held, bid, series)]
            if series.periods[0].quantity == 0:
                changes[series.mrid] = None
            else:  # an update keeps its place in the order of acceptance
                changes[series.mrid] = replace(bid, sequence=held.sequence) if held else bid
        return changes, problems

    def _partial_cancellations(self, cancelled: set[str]) -> Iterator[Problem]:
        groups = {self.bids[mrid].group for mrid in cancelled if mrid in self.bids and self.bids[mrid].group}
        if not groups:
            return
        members = [bid for bid in self.bids.values() if bid.group in groups]
        kept = {bid.group for bid in members if bid.mrid not in cancelled}
        for bid in members:
            if bid.mrid in cancelled and bid.group in kept:
                yield Problem(bid.mrid, MARKET_RULE, "a group is cancelled as a whole or not at all")

    def add(self, bid: Bid) -> None:
        """Put a bid in that came by no document (of the scenario)."""
        self.bids[bid.mrid] = replace(bid, sequence=self.sequence)
        self.sequence += 1

    def of_mtu(self, mtu: int) -> list[Bid]:
        """Return the bids of an MTU in their order of acceptance."""
        return sorted((bid for bid in self.bids.values() if bid.mtu == mtu), key=lambda bid: bid.sequence)

    def forget_before(self, time: int) -> None:
        """Drop the bids of MTUs before a time."""
        gone = [mrid for mrid, bid in self.bids.items() if bid.mtu < time]
        for mrid in gone:
            del self.bids[mrid]
        self.invalid.difference_update(gone)


def _against(held: Bid | None, bid: Bid, series: BidSeries) -> Iterator[tuple[str, str]]:
    if held is None:
        if series.periods[0].quantity == 0:
            yield IDENTITY, "there is no such bid to cancel"
        return
    if held.party != bid.party:
        yield IDENTITY, "this id belongs to a bid of another party"
        return
    for name in UNCHANGEABLE:
        if getattr(held, name) != getattr(bid, name):
            yield MARKET_RULE, f"{name} of a bid cannot be changed"
    if held.group != bid.group:
        yield MARKET_RULE, "a bid cannot enter, leave or change its group"


def _group_problems(after: dict[str, Bid], changes: dict[str, Bid | None]) -> list[Problem]:
    touched = {bid.group for bid in changes.values() if bid is not None and bid.group}
    return group_problems(bid for bid in after.values() if bid.group in touched)


def _portfolio_problems(after: dict[str, Bid], changes: dict[str, Bid | None], profile: Profile) -> Iterator[Problem]:
    touched = {bid.mtu for bid in changes.values() if bid is not None}
    total: dict[tuple[int, str], int] = {}
    for bid in after.values():
        if bid.mtu in touched:
            total[bid.mtu, bid.direction] = total.get((bid.mtu, bid.direction), 0) + bid.quantity_kw
    for mrid, changed in changes.items():
        if changed is None:
            continue
        offered = total[changed.mtu, changed.direction]
        if offered > profile.portfolio_limit * KW_PER_MW:
            name = {UP: "up", DOWN: "down"}[changed.direction]
            text = f"{offered // KW_PER_MW} MW {name} in one MTU, at most {profile.portfolio_limit}"
            yield Problem(mrid, QUANTITY, text)
