"""An auction with one line that may be full, slow and obvious: every quantity over the line, whole step by whole step.

Written from the rules, for sales at the far end of a line, and sales and purchases before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Change

STEP = 100


class Offer(NamedTuple):
    """So many W at a limit."""

    unit: str
    quantity: int
    price: int


def room_over(topology: Topology, point: OperatingPoint, far: str, near: str) -> int:
    """Return how much the far end may feed in for the near one, whole steps: by halving on the exact grid."""
    gate = open_gate(topology, [point], [Limits.of(topology)])
    nodes = topology.node_index[far], topology.node_index[near]

    def fits(steps: int) -> bool:
        change = Change(nodes, (steps * STEP, -steps * STEP), (0, 0))
        found = check(gate, change, either_side=True)
        return isinstance(found, CheckResult) and found.feasible

    low, high = 0, 100_000 // STEP
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low * STEP


def steps_of(offers: Sequence[Offer], *, dearest_first: bool = False) -> list[int]:
    """Return the limit of each step, the one that trades first first."""
    return sorted((o.price for o in offers for _ in range(o.quantity // STEP)), reverse=dearest_first)


def most_welfare(far: Sequence[Offer], near: Sequence[Offer], wanted: Sequence[Offer], room: int) -> int:
    """Return the greatest welfare in ticks times W that a room over the line leaves."""
    sales_far, sales_near = steps_of(far), steps_of(near)
    buys = steps_of(wanted, dearest_first=True)
    best = 0
    for over in range(min(room // STEP, len(sales_far)) + 1):
        sales = sorted(sales_far[:over] + sales_near)
        gains = [bid - ask for bid, ask in zip(buys, sales, strict=False)]
        best = max(best, sum(gain for gain in gains if gain > 0))
    return best * STEP
