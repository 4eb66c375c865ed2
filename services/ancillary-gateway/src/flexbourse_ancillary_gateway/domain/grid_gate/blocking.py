"""Calls that the grid blocks behind the gate of bids: which they are, and what has tightened the grid.

The bidder answers for the energy of every order; settlement has whoever tightened the grid compensate him.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from flexbourse_ancillary_gateway.domain.activations.orders import BidAnswer, BidLimit, Refusal
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.grid_gate.entries import Entry
from flexbourse_core.external_share import Tightening
from flexbourse_core.market_time import Mtu

AREA = "the area refused what it held"  # said where it names no change of the grid
NOT_ENOUGH = "given up: it was not enough"  # as the order book says it of a tightening that was told before
_OVERRIDE = "overridden by "  # as activation says it of what an operator takes of a unit
# What the order book says has tightened the grid.
_SAID: Mapping[str, Tightening] = MappingProxyType(
    {
        "topology": Tightening.TOPOLOGY,
        "capacity limits": Tightening.CAPACITY_LIMITS,
        "curtailment": Tightening.CURTAILMENT,
        "base case": Tightening.FORECAST,
        "margins": Tightening.FORECAST,
        NOT_ENOUGH: Tightening.AREA,
        AREA: Tightening.AREA,
    }
)
# Refusals of what was offered and ordered as it was offered: the bidder answers for it whatever stood against it.
_BLOCKED = (Refusal.GRID, Refusal.NO_VERDICT)


def tightening_of(said: str) -> Tightening:
    """Return what has tightened the grid; nothing that others are the cause of: NONE."""
    return Tightening.OVERRIDE if said.startswith(_OVERRIDE) else _SAID.get(said, Tightening.NONE)


def told_before(entries: Iterable[Entry], area_id: str, mtu: Mtu) -> str:
    """Return what has tightened the grid of an area and MTU, as parcels there were limited before."""
    limited = (
        entry.limited.tightened_by
        for entry in entries
        if entry.limited is not None and entry.parcel.area_id == area_id and mtu in entry.parcel.mtus
    )
    return max(limited, key=lambda said: bool(tightening_of(said)), default=NOT_ENOUGH) or NOT_ENOUGH


def blocked_bids(
    answers: Sequence[BidAnswer], limits: Sequence[BidLimit], offered: Mapping[str, Bid]
) -> Iterator[tuple[str, Tightening]]:
    """Yield the bids of an answer that were blocked, and what has tightened the grid; a group shares its cause."""
    said = {limit.bid_id: tightening_of(limit.tightened_by) for limit in limits}
    groups: dict[str, Tightening] = {}
    for answer in answers:
        bid = offered.get(answer.bid_id)
        if bid is not None and bid.inclusive_group and answer.refusal in _BLOCKED:
            known = groups.get(bid.inclusive_group, Tightening.NONE)
            groups[bid.inclusive_group] = known or said.get(answer.bid_id, Tightening.NONE)
    for answer in answers:
        bid = offered.get(answer.bid_id)
        if answer.refusal in _BLOCKED:
            group = bid.inclusive_group if bid is not None else ""
            yield answer.bid_id, said.get(answer.bid_id) or groups.get(group, Tightening.NONE)
        elif answer.refusal is Refusal.GROUP and bid is not None and bid.inclusive_group in groups:
            yield answer.bid_id, groups[bid.inclusive_group]
