"""Effective limits: limit - margin - what counts of reliefs, to the safe side; budgets less what matches spent."""

from __future__ import annotations

import numpy as np
from book_world import World

from flexbourse_gridmath.limits import Limits
from flexbourse_orderbook.domain.findings import GridEffect, Sparse
from flexbourse_orderbook.domain.grid.grid_view import Margin, Wear, effective_limits


def test_margin_and_relief_move_limits_to_the_safe_side_and_bands_never_close() -> None:
    topology = World().topology
    nodes, branches = np.zeros(topology.n_nodes, dtype=np.int64), np.zeros(topology.n_branches, dtype=np.int64)
    wear = Wear(branches + 1_001, nodes + 2_001, nodes + 4_000, branches, nodes)
    limits = effective_limits(topology, Margin(1, 1, branches + 10, nodes + 20), wear)
    full = Limits.of(topology)
    assert (full.loading_mpct - limits.loading_mpct).tolist() == [10 + 2] * topology.n_branches
    assert (limits.v_low_micro_pu - full.v_low_micro_pu).tolist() == [20 + 3] * topology.n_nodes
    assert (full.v_high_micro_pu - limits.v_high_micro_pu).tolist() == [20 + 4] * topology.n_nodes
    closed = effective_limits(topology, Margin(1, 1, branches + 10**6, nodes + 10**6), wear)
    assert closed.loading_mpct.tolist() == [0] * topology.n_branches
    assert closed.v_low_micro_pu.tolist() == closed.v_high_micro_pu.tolist() == [1_000_000] * topology.n_nodes


def test_what_a_match_takes_from_limits_is_counted_once_per_match_and_kind() -> None:
    topology = World().topology
    nodes, branches = topology.n_nodes, topology.n_branches
    taken = [Sparse((place,), (amount,)) for place, amount in enumerate((5, 6, 7, 8, 9))]
    effect = GridEffect(1, 200, *taken)
    wear = Wear.none(branches, nodes).plus(effect).plus(effect)
    assert [np.flatnonzero(getattr(wear, name)).tolist() for name in Wear.__slots__] == [[0], [1], [2], [3], [4]]
    assert [int(getattr(wear, name).sum()) for name in Wear.__slots__] == [2_000, 2_400, 2_800, 16, 18]
    margin = Margin(1, 1, np.zeros(branches, dtype=np.int64), np.zeros(nodes, dtype=np.int64))
    limits, full = effective_limits(topology, margin, wear), Limits.of(topology)
    assert int((full.loading_budget_micro_pct - limits.loading_budget_micro_pct)[3]) == 16
    assert int((full.voltage_budget_nano_pu - limits.voltage_budget_nano_pu)[4]) == 18
