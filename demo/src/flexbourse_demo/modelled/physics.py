"""What a day does to the grid: exact flows for every quarter-hour, with the same mathematics as the platform's gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flexbourse_demo.modelled.loads import Watts
from flexbourse_demo.modelled.village import Village
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import Topology

REACTIVE_SHARE = 0.2  # var drawn per W drawn: power factor 0.98
Integers = NDArray[np.int64]


class GridCollapseError(ArithmeticError):
    """The flows of a quarter-hour have no solution."""


@dataclass(frozen=True)
class GridDay:
    """Flows of a day.

    ``loading_mpct`` has shape (periods, branches), thousandths of a percent of the rating; ``voltage_upu`` has shape
    (periods, nodes), millionths of the nominal voltage; ``losses_w`` has shape (periods,).
    """

    loading_mpct: Integers
    voltage_upu: Integers
    losses_w: Integers


def reactive_var(p_w: int) -> int:
    """Return the reactive injection that goes with an active one: homes draw some with what they draw."""
    return round(min(p_w, 0) * REACTIVE_SHARE)


def flow_day(topology: Topology, village: Village, home_w: Mapping[str, Watts]) -> GridDay:
    """Solve every quarter-hour.

    Args:
        topology: compiled network.
        village: where the homes are.
        home_w: injection of each home by its id, shape (periods,).

    Raises:
        GridCollapseError: a quarter-hour has no solution.
    """
    periods = len(next(iter(home_w.values())))
    loading = np.zeros((periods, topology.n_branches), dtype=np.int64)
    voltage = np.zeros((periods, topology.n_nodes), dtype=np.int64)
    losses = np.zeros(periods, dtype=np.int64)
    rows = [(topology.node_index[home.node_id], home_w[home.home_id]) for home in village.homes]
    for period in range(periods):
        p_w = np.zeros(topology.n_nodes, dtype=np.int64)
        q_var = np.zeros(topology.n_nodes, dtype=np.int64)
        for node, series in rows:
            p_w[node] += series[period]
            q_var[node] += reactive_var(int(series[period]))
        point = solve_from_no_load(topology, p_w, q_var)
        if isinstance(point, NotConverged):
            raise GridCollapseError(f"quarter-hour {period}: no solution after {point.steps} steps")
        loading[period] = point.loading_mpct()
        voltage[period] = point.voltage_micro_pu()
        losses[period] = point.losses_w()
    return GridDay(loading, voltage, losses)
