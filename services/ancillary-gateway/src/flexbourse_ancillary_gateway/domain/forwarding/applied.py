"""From what a method forwards to bids: filtered offers to pool as ever, or the staircase as one multipart group.

A staircase is safe from the bottom up. So its steps are parts of a multipart group, of which a dearer one is called
only after all cheaper ones, and an order is given to the units in the order of the staircase, not in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Direction
from flexbourse_ancillary_gateway.domain.forwarding.market import Forwarded
from flexbourse_ancillary_gateway.domain.lots.pooling import PoolMember, PoolOffer
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules


@dataclass(frozen=True, slots=True)
class Staircase:
    """Parts in their order, each with the units behind it, from the bottom up."""

    bids: tuple[Bid, ...]
    members: tuple[tuple[PoolMember, ...], ...]


def cut_offers(offers: Sequence[PoolOffer], forwarded: Forwarded) -> list[PoolOffer]:
    """Return the offers cut to what is forwarded of them, by unit; raises ValueError for a staircase.

    What filtering forwards is safe at any fill of any subset, so it may be pooled and called in any proportion.
    """
    if forwarded.in_order:
        raise ValueError("a staircase is called in order and cannot be pooled")
    cut = [replace(offer, quantity_w=forwarded.quantities_w.get(offer.unit_id, 0)) for offer in offers]
    return [offer for offer in cut if offer.quantity_w]


def to_staircase(
    offers: Sequence[PoolOffer], forwarded: Forwarded, rules: PlatformRules, new_id: Callable[[str], str]
) -> Staircase:
    """Return the offers of one area, zone, MTU, direction and product as parts of whole steps, at different prices.

    Pieces are taken from the bottom in hundredths of a MW; a part has the price of its dearest piece, and parts of
    equal price are one. What fills no step at the top stays local. Raises ValueError for offers of different kinds.
    """
    alike = {(offer.area_id, offer.zone, offer.mtu, offer.direction, offer.product) for offer in offers}
    if len(alike) != 1:
        raise ValueError(f"offers of {len(alike)} kinds, one is needed")
    up = offers[0].direction is Direction.UP
    ordered = sorted(offers, key=lambda o: (o.price_ticks if up else -o.price_ticks, o.unit_id))
    parts = _parts(ordered, forwarded, rules)
    first = ordered[0]
    name = f"{first.area_id}/{first.zone}/{first.mtu.start_s}/{first.direction.value}/{first.product.value}/staircase"
    group_id = new_id(name)
    bids, members = [], []
    for number, (price_ticks, pieces) in enumerate(parts):
        bid_id = new_id(f"{name}/{number}")
        members.append(tuple(PoolMember(bid_id, offer.unit_id, offer.node_id, watts) for offer, watts in pieces))
        bids.append(
            Bid(
                bid_id=bid_id,
                mtu=first.mtu,
                direction=first.direction,
                quantity_w=sum(watts for _, watts in pieces),
                minimum_w=0,
                price_ticks=price_ticks,
                product=first.product,
                zone=first.zone,
                multipart_group=group_id,
            )
        )
    return Staircase(tuple(bids), tuple(members))


def climb(ordered_w: int, members: Sequence[PoolMember]) -> dict[str, int]:
    """Give an order for a part to its units from the bottom up, W by unit; raises ValueError above what they offer."""
    left = ordered_w
    shares: dict[str, int] = {}
    for member in members:
        share = min(member.quantity_w, left)
        if share:
            shares[member.unit_id] = shares.get(member.unit_id, 0) + share
        left -= share
    if left or ordered_w < 0:
        raise ValueError(f"{ordered_w} W ordered of {sum(member.quantity_w for member in members)} W")
    return shares


def _parts(
    ordered: Sequence[PoolOffer], forwarded: Forwarded, rules: PlatformRules
) -> list[tuple[int, list[tuple[PoolOffer, int]]]]:
    """Cut the offers, in their order, into whole steps: (price of the part, its pieces)."""
    parts: list[tuple[int, list[tuple[PoolOffer, int]]]] = []
    pieces: list[tuple[PoolOffer, int]] = []
    size_w, filled_w = max(rules.minimum_w, rules.step_w), 0
    for offer in ordered:
        left_w = forwarded.quantities_w.get(offer.unit_id, 0) // rules.member_step_w * rules.member_step_w
        while left_w:
            taken_w = min(left_w, size_w - filled_w)
            pieces.append((offer, taken_w))
            left_w, filled_w = left_w - taken_w, filled_w + taken_w
            if filled_w == size_w:
                _add_part(parts, offer.price_ticks, pieces)
                pieces, filled_w = [], 0
    return parts


def _add_part(
    parts: list[tuple[int, list[tuple[PoolOffer, int]]]], price_ticks: int, pieces: list[tuple[PoolOffer, int]]
) -> None:
    if parts and parts[-1][0] == price_ticks:
        parts[-1][1].extend(pieces)
    else:
        parts.append((price_ticks, pieces))
