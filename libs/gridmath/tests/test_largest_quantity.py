"""The largest quantity against a slow bisection of exact power flows that knows nothing of the gate."""

from __future__ import annotations

import numpy as np

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.largest import Largest, largest_quantity
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, apply_change
from flexbourse_gridmath.vector import Change, Side, Vector

PAIRS = 40


def test_within_one_percent_of_the_true_limit_and_never_above(grid):
    random = np.random.default_rng(11)
    point, limits = grid.point(), Limits.of(grid.topology)
    gate = open_gate(grid.topology, [point], [limits])
    maximum, bound = 20 * grid.trade_size_w(), 0
    for _ in range(PAIRS):
        seller, buyer = (int(i) for i in random.choice(grid.load_nodes, 2, replace=False))
        vector = Vector((Side(seller, 1), Side(buyer, -1)))
        either = bool(random.integers(2))
        found = largest_quantity(gate, vector, maximum, 1, either_side=either)
        assert isinstance(found, Largest)
        truth = _bisect(grid, vector, maximum, either)
        assert found.quantity_w <= truth
        assert found.quantity_w >= 0.99 * truth - 1
        assert found.checks <= 20
        if found.quantity_w:
            again = check(gate, vector.at(found.quantity_w), either_side=either)
            assert isinstance(again, CheckResult)
            assert again.feasible
        bound += found.binding is not None
    assert bound > PAIRS / 2


def test_multiple_of_the_step_and_zero_where_nothing_fits(grid):
    point, limits = grid.point(), Limits.of(grid.topology)
    gate = open_gate(grid.topology, [point], [limits])
    vector = Vector((Side(grid.load_nodes[0], 1), Side(grid.load_nodes[-1], -1)))
    step = 1_500
    found = largest_quantity(gate, vector, 40 * grid.trade_size_w(), step)
    assert isinstance(found, Largest)
    assert found.quantity_w % step == 0
    beyond = largest_quantity(gate, vector, 40 * grid.trade_size_w(), found.quantity_w * 2 + step)
    assert isinstance(beyond, Largest)
    assert beyond.quantity_w == 0
    assert beyond.binding is not None


def test_several_mtus_bind_by_the_tightest(grid):
    limits = Limits.of(grid.topology)
    tight = grid.point()
    loose = grid.point(grid.p_w // 2, grid.q_var // 2)
    vector = Vector((Side(grid.load_nodes[-1], -1),))
    alone = largest_quantity(open_gate(grid.topology, [tight], [limits]), vector, 10**7, 1)
    both = largest_quantity(open_gate(grid.topology, [loose, tight], [limits, limits]), vector, 10**7, 1)
    assert isinstance(alone, Largest)
    assert isinstance(both, Largest)
    assert both.binding is not None
    assert both.binding.mtu == 1
    assert abs(both.quantity_w - alone.quantity_w) <= 0.01 * alone.quantity_w + 1


def _bisect(grid, vector, maximum, either) -> int:
    low, high = 0, maximum
    if _holds(grid, vector.at(high), either):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _holds(grid, vector.at(middle), either) else (low, middle)
    return low


def _holds(grid, change: Change, either: bool) -> bool:
    point, limits = grid.point(), Limits.of(grid.topology)
    cases = [change]
    if either:
        cases += [Change((n,), (p,), (q,)) for n, p, q in zip(change.nodes, change.p_w, change.q_var, strict=True)]
    for case in cases:
        after = apply_change(grid.topology, point, case)
        if isinstance(after, NotConverged):
            return False
        held = np.delete(after.magnitude, grid.topology.slack)
        low, high = (np.delete(x, grid.topology.slack) / 1e6 for x in (limits.v_low_micro_pu, limits.v_high_micro_pu))
        if (after.loading > limits.loading_mpct / 1e5).any() or (held < low).any() or (held > high).any():
            return False
    return True
