"""A margin for unbalance is taken off low voltage alone, and must leave something."""

from __future__ import annotations

from typing import Any

import pytest

from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.unbalance import UnbalanceMargin, with_unbalance_margin


def test_low_voltage_is_held_to_less(grid_named: Any) -> None:
    model = grid_named("kerber-dorf").model
    held = with_unbalance_margin(model, UnbalanceMargin(15_000, 30_000))
    low = {node.id for node in model.nodes if node.nominal_kv < 1}
    assert 0 < len(low) < len(model.nodes)
    for before, after in zip(model.nodes, held.nodes, strict=True):
        taken = 30_000 if before.id in low else 0
        assert (after.v_low_micro_pu, after.v_high_micro_pu) == (
            before.v_low_micro_pu + taken,
            before.v_high_micro_pu - taken,
        )
    for old, new in zip(model.branches, held.branches, strict=True):
        assert new.limit_mpct == old.limit_mpct - (15_000 if {old.from_node, old.to_node} & low else 0)
    assert with_unbalance_margin(model, UnbalanceMargin()) == model


def test_medium_voltage_keeps_its_limits(grid_named: Any) -> None:
    model = grid_named("baran-wu-33").model
    assert with_unbalance_margin(model, UnbalanceMargin(15_000, 30_000)) == model


def test_a_margin_that_leaves_nothing_is_refused_by_every_element(grid_named: Any) -> None:
    model = grid_named("kerber-dorf").model
    with pytest.raises(ModelError) as caught:
        with_unbalance_margin(model, UnbalanceMargin(100_000, 200_000))
    assert len(caught.value.problems) > len(model.branches)
    with pytest.raises(ModelError, match="must not be negative"):
        with_unbalance_margin(model, UnbalanceMargin(-1, 0))
