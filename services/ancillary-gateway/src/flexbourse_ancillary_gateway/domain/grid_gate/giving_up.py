"""Which parcels are given up where the grid no longer has room for all: the dearest first, as many as make room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flexbourse_ancillary_gateway.domain.bids.bid import Direction
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import HeadroomAsked, Parcel

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Shortage:
    """By how much an element is short, in its unit, and what one W at each node does to it, in millionths of it."""

    element_id: str
    short: int
    effects: Mapping[str, int]


def to_give_up(held: Iterable[tuple[Parcel, HeadroomAsked]], shortage: Shortage) -> list[str]:
    """Return the parcels to give up; all of them where nothing is known of their effect, or all are not enough."""
    needed = shortage.short * MILLION
    given: dict[str, None] = {}
    for parcel, asked in sorted(held, key=lambda each: (*_dearness(each[0]), each[1].reservation_id)):
        relief = sum(max(0, change.power_w * shortage.effects.get(change.node_id, 0)) for change in asked.changes)
        if shortage.effects and (needed <= 0 or not relief):
            continue
        given[parcel.parcel_id] = None
        needed -= relief
    return list(given)


def _dearness(parcel: Parcel) -> tuple[int, str]:
    """Order by what the operator would pay: a bid UP asks its price, a bid DOWN pays it."""
    bid = parcel.bids[0]
    return (-bid.price_ticks if bid.direction is Direction.UP else bid.price_ticks), parcel.parcel_id
