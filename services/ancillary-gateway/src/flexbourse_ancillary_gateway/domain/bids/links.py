"""Links of bids across MTUs.

technical    one id in consecutive MTUs: a direct activation in one makes the bid of the next unavailable
conditional  up to three bids of the MTU before and three of the one before that decide whether a bid is available
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from flexbourse_ancillary_gateway.domain.bids.bid import Availability, Bid
from flexbourse_core.rejection import Code, Rejection

MAX_LINKS_PER_MTU = 3
LINKED_MTUS_BACK = 2


def find_link_problems(standing: Sequence[Bid], touched: Collection[str]) -> list[Rejection]:
    """Return every rule that links of the bids in `touched` break; `standing` are all bids, withdrawn ones out."""
    by_id = {bid.bid_id: bid for bid in standing}
    found: list[Rejection] = []
    for bid in standing:
        if bid.bid_id in touched:
            found += _conditional_problems(bid, by_id)
    found += _technical_problems(standing, touched)
    return found


def left_without_link(standing: Mapping[str, Bid], withdrawn: Collection[str]) -> list[str]:
    """Return the bids, in order, that withdrawing some invalidates: those linked to them, and so on down the chain."""
    gone = set(withdrawn)
    while True:
        following = {
            bid.bid_id
            for bid in standing.values()
            if bid.bid_id not in gone and any(link.bid_id in gone for link in bid.conditional_links)
        }
        if not following:
            return sorted(gone - set(withdrawn))
        gone |= following


def _conditional_problems(bid: Bid, by_id: Mapping[str, Bid]) -> Iterator[Rejection]:
    counts: Counter[int] = Counter()
    for link in bid.conditional_links:
        target = by_id.get(link.bid_id)
        if target is None:
            yield Rejection(Code.UNKNOWN_OBJECT, "a linked bid stands", "conditional_links", bid.bid_id)
            continue
        back, rest = divmod(bid.mtu.start_s - target.mtu.start_s, bid.mtu.length_s)
        if rest or not 1 <= back <= LINKED_MTUS_BACK:
            rule = "a link leads one or two MTUs back"
            yield _about(bid, Code.FIELD_OUT_OF_RANGE, rule, back, LINKED_MTUS_BACK)
        counts[back] += 1
    for _, count in sorted(counts.items()):
        if count > MAX_LINKS_PER_MTU:
            yield _about(bid, Code.TOO_MANY_ENTRIES, "links to one MTU", count, MAX_LINKS_PER_MTU)
    targets = [link.bid_id for link in bid.conditional_links]
    if len(set(targets)) < len(targets):
        yield _about(bid, Code.FIELD_MALFORMED, "one link per pair of bids", len(targets), len(set(targets)))
    wakes = {link.kind.makes_available for link in bid.conditional_links}
    if len(wakes) > 1:
        yield _about(bid, Code.FIELD_MALFORMED, "links either take away or give availability", 2, 1)
    elif wakes and (bid.availability is Availability.CONDITIONALLY_UNAVAILABLE) not in wakes:
        rule = "links that give availability belong to a conditionally unavailable bid, others to an available one"
        yield Rejection(Code.FIELD_MALFORMED, rule, "availability", bid.bid_id)


def _technical_problems(standing: Sequence[Bid], touched: Collection[str]) -> Iterator[Rejection]:
    chains: dict[str, list[Bid]] = {}
    for bid in standing:
        if bid.technical_link:
            chains.setdefault(bid.technical_link, []).append(bid)
    for link, bids in sorted(chains.items()):
        if not any(bid.bid_id in touched for bid in bids):
            continue
        units = {(bid.mtu.start_s, bid.groups or (("", bid.bid_id),)) for bid in bids}
        starts = sorted(start for start, _ in units)
        if len(set(starts)) < len(starts):
            yield Rejection(Code.FIELD_MALFORMED, "a technical link is unique in its MTU", "technical_link", link)
        length = bids[0].mtu.length_s
        gaps = [later - earlier for earlier, later in pairwise(starts) if later - earlier > length]
        if gaps:
            rule = "technically linked bids stand in consecutive MTUs"
            yield Rejection(
                Code.FIELD_OUT_OF_RANGE, rule, "technical_link", link, value=gaps[0], limit=length, unit="s"
            )


def _about(bid: Bid, code: Code, rule: str, value: int, limit: int) -> Rejection:
    return Rejection(code, rule, "conditional_links", bid.bid_id, value=value, limit=limit)
