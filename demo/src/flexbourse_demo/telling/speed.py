"""How long one exact check takes on this machine, beside a full run of the library the network comes from."""

from __future__ import annotations

import time

import numpy as np

from flexbourse_gridmath.check import check, open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Change

CHECKS = 300
RUNS = 5
MAKERS = {"kerber-dorf": "create_kerber_dorfnetz", "cigre-lv": "create_cigre_network_lv"}


def check_time_us(topology: Topology) -> float | None:
    """Return the mean processor time of a check in microseconds, None where the network takes no load."""
    load = np.full(topology.n_nodes, -500, dtype=np.int64)
    point = solve_from_no_load(topology, load, np.zeros(topology.n_nodes, dtype=np.int64))
    if not isinstance(point, OperatingPoint):
        return None
    gate = open_gate(topology, [point], [Limits.of(topology)])
    last = topology.n_nodes - 1
    changes = [Change((1 + number % last, last), (1_000, -1_000), (0, 0)) for number in range(CHECKS)]
    started = time.process_time()
    for change in changes:
        check(gate, change)
    return (time.process_time() - started) / CHECKS * 1e6


def runpp_time_us(network: str) -> float | None:
    """Return the best processor time of a full power flow in microseconds, None where the library is not at hand."""
    maker = MAKERS.get(network)
    if maker is None:
        return None
    try:
        import pandapower  # noqa: PLC0415  takes seconds, and only machines that run gridcheck have it
        import pandapower.networks  # noqa: PLC0415
    except ImportError:
        return None
    net = getattr(pandapower.networks, maker)()
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        pandapower.runpp(net, numba=False)
        times.append(time.process_time() - started)
    return min(times) * 1e6
