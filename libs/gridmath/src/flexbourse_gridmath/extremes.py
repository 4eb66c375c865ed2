"""The worst of a state: lowest and highest voltage and highest loading, with the places where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import GridState
from flexbourse_gridmath.topology import Real

# Below it voltages in pu and loadings as ratios are the same: the solver leaves 1e-12.
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Extremes:
    """Indices of nodes and of a branch with their values: voltages in pu, loading as a ratio (1 = 100 %)."""

    lowest_node: int
    lowest_pu: float
    highest_node: int
    highest_pu: float
    branch: int
    loading: float


def extremes(state: GridState, nodes: Sequence[int] | None = None) -> Extremes:
    """The extremes of a state; ``nodes`` are the nodes that are looked at, by default all, the source included.

    Of places that are equally bad the first is named, so that the answer does not depend on the machine.
    """
    looked_at = np.arange(state.topology.n_nodes) if nodes is None else np.asarray(nodes, dtype=np.int64)
    magnitude = state.magnitude[looked_at]
    lowest = int(looked_at[_first_highest(-magnitude)])
    highest = int(looked_at[_first_highest(magnitude)])
    branch = _first_highest(state.loading)
    return Extremes(
        lowest_node=lowest,
        lowest_pu=float(state.magnitude[lowest]),
        highest_node=highest,
        highest_pu=float(state.magnitude[highest]),
        branch=branch,
        loading=float(state.loading[branch]),
    )


def _first_highest(values: Real) -> int:
    """Index of the highest value; of values that differ by noise alone (twin feeders), the first."""
    return int(np.flatnonzero(values >= values.max() - SAME)[0])


def outside(state: GridState, limits: Limits) -> tuple[list[int], list[int]]:
    """Indices of the branches and of the nodes that are outside their limits; never the source."""
    branches = np.flatnonzero(state.loading > limits.loading_mpct / 1e5)
    low, high = limits.v_low_micro_pu / 1e6, limits.v_high_micro_pu / 1e6
    nodes = np.flatnonzero((state.magnitude < low) | (state.magnitude > high))
    return branches.tolist(), [int(node) for node in nodes if node != state.topology.slack]
