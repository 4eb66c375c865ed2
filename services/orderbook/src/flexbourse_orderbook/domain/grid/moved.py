"""What a match that moves something does to the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_orderbook.domain.events import Relief
from flexbourse_orderbook.domain.findings import GridEffect
from flexbourse_orderbook.domain.grid.grid_view import PERMILLE, GridView
from flexbourse_orderbook.domain.registry_state import Market


@dataclass(frozen=True, slots=True)
class Moved:
    """What a match that moves something takes from the limits, changes the potential by, and relieves."""

    effect: GridEffect
    potential_change_micro_euro: int
    reliefs: tuple[Relief, ...]


def moved_by(market: Market, before: GridView, after: OperatingPoint, bought: Sequence[str]) -> Moved:
    """Return what a match does; `bought` are the elements of an operator's request, none where no operator buys."""
    weight = PERMILLE if bought else PERMILLE - market.reliability_permille
    return Moved(
        before.effect(after, weight),
        before.prices.at(after).potential() - before.potential,
        _reliefs(before, after, bought) if bought else (),
    )


def _reliefs(before: GridView, after: OperatingPoint, bought: Sequence[str]) -> tuple[Relief, ...]:
    relief = before.point.loading_mpct() - after.loading_mpct()
    branches = [(name, before.topology.branch_index.get(name)) for name in bought]
    return tuple(Relief(name, int(relief[branch]), bought=True) for name, branch in branches if branch is not None)
