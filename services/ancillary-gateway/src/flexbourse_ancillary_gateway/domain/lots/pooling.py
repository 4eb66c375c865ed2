"""From kW to MW and back: offers of many units become inclusive groups of whole megawatts, orders become shares again.

Units are taken by price, in pieces of a hundredth of a MW; a group is closed as soon as its sum is a whole step, at the
price of its dearest piece (for DOWN, where the bidder pays, the lowest). What fills no step stays in the local market.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Direction, Product
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import largest_remainder


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOffer:
    """What one unit offers at its node in one MTU."""

    unit_id: str
    node_id: str
    area_id: str
    mtu: Mtu
    direction: Direction
    quantity_w: int
    price_ticks: int
    product: Product
    zone: str


@dataclass(frozen=True, slots=True)
class PoolMember:
    """The piece of one unit's offer that stands in a group, as the series `bid_id`."""

    bid_id: str
    unit_id: str
    node_id: str
    quantity_w: int


@dataclass(frozen=True, slots=True)
class Pool:
    """One inclusive group: its bids, and which unit stands behind each."""

    group_id: str
    area_id: str
    bids: tuple[Bid, ...]
    members: tuple[PoolMember, ...]

    @property
    def quantity_w(self) -> int:
        """Return the sum, a whole step."""
        return sum(member.quantity_w for member in self.members)


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """Groups to forward, and what stays local, in W by unit."""

    pools: tuple[Pool, ...]
    remainder_w: dict[str, int]


def pool_offers(
    offers: Sequence[PoolOffer], rules: PlatformRules, new_id: Callable[[str], str], *, whole: bool = False
) -> PoolPlan:
    """Pool offers per area, zone, MTU, direction and product; `new_id` gives the platform's id for a name of ours.

    `whole`: one indivisible group of all that fills whole steps, else as many divisible groups as there are steps.
    A name is a function of what is pooled, so the same offers give the same ids. Raises ValueError for an offer without
    power and for two offers of one unit in one MTU and direction.
    """
    _refuse_doubles(offers)
    batches: dict[tuple[str, str, Mtu, Direction, Product], list[PoolOffer]] = {}
    for offer in offers:
        key = (offer.area_id, offer.zone, offer.mtu, offer.direction, offer.product)
        batches.setdefault(key, []).append(offer)
    pools: list[Pool] = []
    remainder_w: dict[str, int] = {}
    for _, batch in sorted(batches.items(), key=lambda item: _sortable(item[0])):
        made, left = _pool_batch(batch, rules, new_id, whole=whole)
        pools += made
        for unit_id, watts in left.items():
            remainder_w[unit_id] = remainder_w.get(unit_id, 0) + watts
    return PoolPlan(tuple(pools), remainder_w)


def split_order(ordered_w: int, members: Sequence[PoolMember]) -> dict[str, int]:
    """Split an order over the members of a group in proportion, in whole W by largest remainder; bid id → W.

    Raises ValueError where more is ordered than the members offer.
    """
    offered = sum(member.quantity_w for member in members)
    if not 0 <= ordered_w <= offered:
        raise ValueError(f"{ordered_w} W ordered of {offered} W")
    parts = largest_remainder(ordered_w, [member.quantity_w for member in members])
    shares = {member.bid_id: part for member, part in zip(members, parts, strict=True)}
    for member in members:
        if shares[member.bid_id] > member.quantity_w:
            raise InvariantError(f"{member.bid_id} is ordered {shares[member.bid_id]} of {member.quantity_w} W")
    return shares


def _refuse_doubles(offers: Sequence[PoolOffer]) -> None:
    seen = set()
    for offer in offers:
        if offer.quantity_w <= 0:
            raise ValueError(f"{offer.unit_id} offers {offer.quantity_w} W")
        key = (offer.unit_id, offer.mtu, offer.direction)
        if key in seen:
            raise ValueError(f"{offer.unit_id} offers twice in MTU {offer.mtu.start_s}")
        seen.add(key)


def _sortable(key: tuple[str, str, Mtu, Direction, Product]) -> tuple[str, str, Mtu, str, str]:
    return key[0], key[1], key[2], key[3].value, key[4].value


def _pool_batch(
    batch: Sequence[PoolOffer], rules: PlatformRules, new_id: Callable[[str], str], *, whole: bool
) -> tuple[list[Pool], dict[str, int]]:
    up = batch[0].direction is Direction.UP
    ordered = sorted(batch, key=lambda o: (o.price_ticks if up else -o.price_ticks, o.unit_id))
    left = {offer.unit_id: offer.quantity_w for offer in ordered}
    steps = {offer.unit_id: offer.quantity_w // rules.member_step_w for offer in ordered}
    free_w = sum(steps.values()) * rules.member_step_w
    size = max(rules.minimum_w, rules.step_w)
    if whole:
        size = max(size, free_w // rules.step_w * rules.step_w)
    pools: list[Pool] = []
    while free_w >= size:
        pieces = _take(ordered, steps, size // rules.member_step_w)
        pool = _group(pieces, rules.member_step_w, len(pools), new_id)
        pools.append(_as_one(pool) if whole else pool)
        for offer, count in pieces:
            left[offer.unit_id] -= count * rules.member_step_w
        free_w -= size
    return pools, {unit_id: watts for unit_id, watts in left.items() if watts}


def _take(ordered: Sequence[PoolOffer], steps: dict[str, int], wanted: int) -> list[tuple[PoolOffer, int]]:
    """Take `wanted` steps from the cheapest offers that still have some."""
    pieces = []
    for offer in ordered:
        count = min(steps[offer.unit_id], wanted)
        if count:
            steps[offer.unit_id] -= count
            wanted -= count
            pieces.append((offer, count))
    return pieces


def _as_one(pool: Pool) -> Pool:
    """None or all of a group is called."""
    return replace(pool, bids=tuple(replace(bid, minimum_w=None) for bid in pool.bids))


def _group(pieces: Sequence[tuple[PoolOffer, int]], step_w: int, number: int, new_id: Callable[[str], str]) -> Pool:
    last = pieces[-1][0]
    name = f"{last.area_id}/{last.zone}/{last.mtu.start_s}/{last.direction.value}/{last.product.value}/{number}"
    group_id = new_id(name)
    members, bids = [], []
    for offer, count in pieces:
        bid_id = new_id(f"{name}/{offer.unit_id}")
        members.append(PoolMember(bid_id, offer.unit_id, offer.node_id, count * step_w))
        bids.append(
            Bid(
                bid_id=bid_id,
                mtu=offer.mtu,
                direction=offer.direction,
                quantity_w=count * step_w,
                minimum_w=0,
                price_ticks=last.price_ticks,
                product=offer.product,
                zone=offer.zone,
                inclusive_group=group_id,
            )
        )
    return Pool(group_id, last.area_id, tuple(bids), tuple(members))
