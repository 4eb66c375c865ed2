"""The worst of a state: lowest and highest voltage and highest loading, with the places where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import GridState


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
    """The extremes of a state; ``nodes`` are the nodes that are looked at, by default all, the source included."""
    looked_at = np.arange(state.topology.n_nodes) if nodes is None else np.asarray(nodes, dtype=np.int64)
    lowest = int(looked_at[state.magnitude[looked_at].argmin()])
    highest = int(looked_at[state.magnitude[looked_at].argmax()])
    branch = int(state.loading.argmax())
    return Extremes(
        lowest_node=lowest,
        lowest_pu=float(state.magnitude[lowest]),
        highest_node=highest,
        highest_pu=float(state.magnitude[highest]),
        branch=branch,
        loading=float(state.loading[branch]),
    )


def outside(state: GridState, limits: Limits) -> tuple[list[int], list[int]]:
    """Indices of the branches and of the nodes that are outside their limits; never the source."""
    branches = np.flatnonzero(state.loading > limits.loading_mpct / 1e5)
    low, high = limits.v_low_micro_pu / 1e6, limits.v_high_micro_pu / 1e6
    nodes = np.flatnonzero((state.magnitude < low) | (state.magnitude > high))
    return branches.tolist(), [int(node) for node in nodes if node != state.topology.slack]
