"""Where the slope of one step bounds nothing, that of two does: large trades are found to their limit, not beyond."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.largest import largest_quantity
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import MAX_SLOPE, NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import frozen
from flexbourse_gridmath.two_steps import MAX_TWO_STEP_SLOPE, distance_bound
from flexbourse_gridmath.vector import Side, Vector

CEILING_W = 100_000_000


def wide(limits: Limits) -> Limits:
    """Voltages alone, so that a trade between neighbours may grow."""
    return replace(limits, loading_mpct=frozen(np.full_like(limits.loading_mpct, 10**9)))


def fits(grid: Any, limits: Limits, vector: Vector, quantity_w: int) -> bool:
    """Whether the exact solution of the quantity is inside, by the plain fixed point from the no-load voltage."""
    p_w, q_var = grid.p_w.copy(), grid.q_var.copy()
    change = vector.at(quantity_w)
    for node, p, q in zip(change.nodes, change.p_w, change.q_var, strict=True):
        p_w[node] += p
        q_var[node] += q
    found = solve_from_no_load(grid.topology, p_w, q_var)
    if isinstance(found, NotConverged):
        return False
    inside = (found.magnitude >= limits.v_low_micro_pu / 1e6) & (found.magnitude <= limits.v_high_micro_pu / 1e6)
    inside[grid.topology.slack] = True
    return bool(inside.all())


@pytest.mark.parametrize("seed", range(6))
def test_the_largest_trade_between_neighbours_is_found(grid_named: Callable[[str], Any], seed: int) -> None:
    grid = grid_named("baran-wu-33")
    point, limits = grid.point(), wide(Limits.of(grid.topology))
    rng = np.random.default_rng(seed)
    seller = int(rng.integers(2, grid.topology.n_nodes))
    vector = Vector((Side(seller, 1), Side(int(grid.topology.parent[seller]), -1)))
    if not fits(grid, limits, vector, 1):
        limits = replace(limits, v_low_micro_pu=frozen(np.full_like(limits.v_low_micro_pu, 900_000)))
    gate = open_gate(grid.topology, [point], [limits])
    found = largest_quantity(gate, vector, CEILING_W, 1_000, either_side=False)
    low, high = 1, CEILING_W
    while high - low > 1_000:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(grid, limits, vector, middle) else (low, middle)
    assert found.quantity_w <= high
    assert found.quantity_w >= 0.99 * low


def test_the_bound_holds_where_one_step_bounds_nothing(grid_named: Callable[[str], Any]) -> None:
    """Distances of early iterates from the exact solution, against what is promised of them."""
    grid = grid_named("baran-wu-33")
    topology, seen = grid.topology, 0
    for seller in range(4, 33, 3):
        p_w = grid.p_w.copy()
        p_w[seller] += 9_000_000
        p_w[int(topology.parent[seller])] -= 9_000_000
        exact = solve_from_no_load(topology, p_w, grid.q_var)
        if isinstance(exact, NotConverged) or exact.voltage_reach / exact.magnitude.min() ** 2 < MAX_SLOPE:
            continue
        voltage, power = np.array(topology.no_load_voltage), exact.power.conj()
        for _ in range(60):
            moved = topology.no_load_voltage + topology.impedance.rise(power / voltage.conj())
            step = float(np.abs(moved - voltage).max())
            before, voltage = voltage, moved
            bounds = distance_bound(topology, power, voltage, step)
            if bounds is None or step < 1e-11:
                continue
            seen += 1
            assert np.abs(voltage - exact.voltage).max() <= bounds[0]
            assert np.abs(before - exact.voltage).max() <= bounds[1]
    assert seen > 20


def test_a_slope_beyond_is_no_answer(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("baran-wu-33")
    power = (grid.point().power * 40).conj()
    assert distance_bound(grid.topology, power, grid.point().voltage, 1e-13) is None
    assert distance_bound(grid.topology, grid.point().power.conj(), grid.point().voltage, 0.1) is None
    assert MAX_TWO_STEP_SLOPE < 1
