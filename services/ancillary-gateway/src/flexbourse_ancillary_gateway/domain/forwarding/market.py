"""What a method of forwarding starts from, and what it hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.check import Gate
from flexbourse_gridmath.conditional import merged
from flexbourse_gridmath.powerflow import NotConverged, apply_change
from flexbourse_gridmath.vector import Change, Vector

# Two exact solutions of one state differ by less; what is inside is no violation.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class GridBid:
    """A bid and the injections that one W of it moves; all bids of a market have one direction."""

    bid_id: str
    vector: Vector
    quantity_w: int
    price_ticks: int


@dataclass(frozen=True, slots=True)
class GridMarket:
    """Bids of one MTU and direction, and the gate of the network they stand in.

    `is_up` orders them: UP from the lowest price, DOWN from the highest. Quantities move in steps of `step_w`.
    """

    gate: Gate
    bids: tuple[GridBid, ...]
    is_up: bool
    step_w: int

    def in_merit_order(self) -> list[GridBid]:
        """Return the bids as an operator would call them."""
        sign = 1 if self.is_up else -1
        return sorted(self.bids, key=lambda bid: (sign * bid.price_ticks, bid.bid_id))

    def change(self, quantities_w: Mapping[str, int]) -> Change:
        """Return the injections that an activation of the bids moves."""
        return merged([bid.vector.at(quantities_w.get(bid.bid_id, 0)) for bid in self.bids])


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Bids as the operator sees them, in merit order, W by bid; `in_order`: a bid only after all before it in full."""

    quantities_w: Mapping[str, int]
    in_order: bool

    @property
    def total_w(self) -> int:
        """Return the power forwarded."""
        return sum(self.quantities_w.values())


@dataclass(frozen=True, slots=True)
class Violation:
    """An element outside what the gate allows: loading as a ratio above its ceiling, or pu outside the band."""

    element_id: str
    excess: float


def find_violations(gate: Gate, change: Change) -> list[Violation]:
    """Return the elements that a change takes outside, by an exact power flow; one entry "network" without solution."""
    point = apply_change(gate.topology, gate.points[0], change)
    if isinstance(point, NotConverged):
        return [Violation("network", float("inf"))]
    over = point.loading - gate.loading_ceiling[0]
    out = np.maximum(point.magnitude - gate.v_ceiling[0], gate.v_floor[0] - point.magnitude)
    branches = [Violation(gate.topology.branch_ids[i], float(over[i])) for i in np.flatnonzero(over > TOLERANCE)]
    nodes = [Violation(gate.topology.node_ids[i], float(out[i])) for i in np.flatnonzero(out > TOLERANCE)]
    return branches + nodes


def call(forwarded: Forwarded, order: Sequence[GridBid], need_w: int) -> dict[str, int]:
    """Return what an operator calls who sees the bids alone: in merit order until the need is met."""
    called: dict[str, int] = {}
    for bid in order:
        offered = forwarded.quantities_w.get(bid.bid_id, 0)
        quantity = min(offered, need_w)
        if quantity:
            called[bid.bid_id] = quantity
            need_w -= quantity
    return called
