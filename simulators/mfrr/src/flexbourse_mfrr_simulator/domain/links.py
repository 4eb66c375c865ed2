"""Links between bids of different MTUs: their rules, and what they leave available.

A technical link binds bids of consecutive MTUs: after a direct activation in one, the next is not available. A
conditional link lets the fate of a bid one or two MTUs earlier decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flexbourse_mfrr_simulator.domain.bids import DIRECT_PRODUCTS, SCHEDULED_PRODUCTS, Bid, Problem
from flexbourse_mfrr_simulator.domain.profile import MTU_S
from flexbourse_mfrr_simulator.domain.rules import MARKET_RULE

# Conditions of an initially available bid (A65), and of an initially unavailable one (A66).
BLOCKING: Final = ("A55", "A56", "A57", "A58", "A59", "A60")
FREEING: Final = ("A67", "A68", "A69", "A70", "A71", "A72")
LINKS_PER_MTU: Final = 3
REACH: Final = (1, 2)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a bid: scheduled, directly activated, both or neither."""

    scheduled: bool = False
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Available:
    """For which activations a bid can be taken."""

    scheduled: bool
    direct: bool


def link_problems(bids: Mapping[str, Bid], changed: Iterable[str]) -> list[Problem]:
    """Return every broken link rule of the changed bids; `bids` are all of the party as they would stand."""
    problems = []
    taken = _technical(bids.values())
    for mrid in changed:
        bid = bids.get(mrid)
        if bid is None:
            continue
        found = [*_conditional(bid, bids), *_one_per_mtu(bid, taken)]
        problems += [Problem(mrid, MARKET_RULE, text) for text in found]
    return problems


def _technical(bids: Iterable[Bid]) -> dict[tuple[str, int], set[str]]:
    taken: dict[tuple[str, int], set[str]] = {}
    for bid in bids:
        if bid.technical_link:
            taken.setdefault((bid.technical_link, bid.mtu), set()).add(bid.group or bid.mrid)
    return taken


def _one_per_mtu(bid: Bid, taken: Mapping[tuple[str, int], set[str]]) -> Iterator[str]:
    if bid.technical_link and len(taken[bid.technical_link, bid.mtu]) > 1:
        yield "technical link: one bid or group per MTU"


def _conditional(bid: Bid, bids: Mapping[str, Bid]) -> Iterator[str]:
    kind = {"A65": BLOCKING, "A66": FREEING}.get(bid.status, ())
    if bool(bid.links) != bool(kind):
        yield f"status {bid.status} with {len(bid.links)} conditional links"
    for link in bid.links:
        if kind and link.status not in kind:
            yield f"conditional link: {link.status} does not go with status {bid.status}"
    counted = Counter(link.mrid for link in bid.links)
    reach = Counter((bid.mtu - bids[mrid].mtu) // MTU_S for mrid in counted if mrid in bids)
    for quarters in REACH:
        if reach[quarters] > LINKS_PER_MTU:
            yield f"conditional link: {reach[quarters]} to one quarter, at most {LINKS_PER_MTU}"
    for mrid, count in counted.items():
        if count > 1:
            yield f"conditional link: more than one to {mrid}"
        yield from _reach(bid, mrid, bids.get(mrid))


def _reach(bid: Bid, mrid: str, other: Bid | None) -> Iterator[str]:
    if other is None:
        yield f"conditional link: bid {mrid} is not in the book"
        return
    if (bid.mtu - other.mtu) // MTU_S not in REACH:
        yield f"conditional link: bid {mrid} is not one or two quarters earlier"
    if other.zone != bid.zone:
        yield f"conditional link: bid {mrid} is in another zone"


def availability(bid: Bid, fates: Mapping[str, Fate], direct_links: frozenset[tuple[str, int]]) -> Available:
    """Return what a bid's product and links leave of it.

    `fates` of the bids it names (absent: not activated), `direct_links` the technical links with the MTU in which
    one of their bids was directly activated. Of an initially available bid every condition that holds takes away;
    an initially unavailable one is free when all its conditions hold.
    """
    scheduled = bid.product in SCHEDULED_PRODUCTS
    direct = bid.product in DIRECT_PRODUCTS
    if bid.technical_link and (bid.technical_link, bid.mtu - MTU_S) in direct_links:
        return Available(scheduled=False, direct=False)
    for link in bid.links:
        left = _left(link.status, fates.get(link.mrid, Fate()))
        scheduled, direct = scheduled and left.scheduled, direct and left.direct
    return Available(scheduled, direct)


def _left(status: str, fate: Fate) -> Available:
    """Return what one condition leaves."""
    activated = fate.scheduled or fate.direct
    everything = {
        "A55": not activated, "A56": activated, "A59": not fate.scheduled, "A60": not fate.direct,
        "A67": activated, "A68": not activated, "A69": fate.scheduled, "A70": fate.direct,
    }  # fmt: skip
    if status in everything:
        return Available(everything[status], everything[status])
    only_direct = {"A57": not fate.direct, "A58": not fate.scheduled, "A71": fate.direct, "A72": fate.scheduled}
    return Available(scheduled=status in BLOCKING, direct=only_direct[status])


def chain_after(cancelled: Iterable[str], bids: Mapping[str, Bid]) -> set[str]:
    """Return the bids that a cancellation invalidates: all that hang on it by conditional or technical links."""
    lost = set(cancelled)
    ends: dict[tuple[str, int], None] = {}
    hit: set[str] = set()
    for bid in sorted(bids.values(), key=lambda one: (one.mtu, one.mrid)):
        before = (bid.technical_link, bid.mtu - MTU_S)
        if bid.mrid in lost:
            ends[bid.technical_link, bid.mtu] = None
        elif any(link.mrid in lost for link in bid.links) or (bid.technical_link and before in ends):
            lost.add(bid.mrid)
            hit.add(bid.mrid)
            ends[bid.technical_link, bid.mtu] = None
    return hit
