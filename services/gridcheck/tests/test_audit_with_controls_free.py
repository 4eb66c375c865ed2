"""The second question of an audit: with taps, Q(U) and held voltages free, a violated limit turns the light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gridcheck_world import AREA, GridShard, street

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_gridcheck.domain.events import FreeViolationKind
from flexbourse_gridcheck.domain.free_controls import free_violations, with_free_violations
from flexbourse_gridcheck.domain.grid import compile_grid
from flexbourse_gridmath.control_model import TapChanger, VoltVar
from flexbourse_gridmath.model import NetworkModel
from flexbourse_messages.catalogue import GRID_RESULT
from flexbourse_networks.second_solver import SolvedState

SUNNY = {"bus-2": 30_000, "bus-3": 90_000}  # raises the end of feeder 1 by 5 % of the voltage


def controlled(low: int, high: int, **changes: object) -> NetworkModel:
    """The small street whose transformer keeps the busbar between two voltages, in steps of 2 %."""
    tap = TapChanger(
        id="oltc", branch="trafo-0", node="bus-1", on_from=True, position=0, neutral=0, minimum=-5, maximum=5,
        step_micro=20_000, v_low_micro_pu=low, v_high_micro_pu=high,
    )  # fmt: skip
    return replace(street(), tap_changers=(replace(tap, **changes),))  # type: ignore[arg-type]


def audited(model: NetworkModel, homes: dict[str, int] = SUNNY) -> GridShard:
    """A shard whose first base case was audited and whose result followed."""
    shard = GridShard(model.to_bytes())
    shard.publish()
    shard.forecast({0: homes})
    shard.tick()
    shard.audit()
    shard.tick()
    return shard


def newest(shard: GridShard) -> grid.GridResultState:
    found = shard.newest(GRID_RESULT)
    assert isinstance(found, grid.GridResultState)
    return found


def verdicts(shard: GridShard) -> list[grid.AuditRecorded]:
    return [event for event in shard.drive.events if isinstance(event, grid.AuditRecorded)]


def test_a_tap_that_raises_the_voltage_beyond_its_band_turns_the_light() -> None:
    shard = audited(controlled(1_050_000, 1_095_000))
    (verdict,) = verdicts(shard)
    assert (verdict.free_checked, list(verdict.free_unsettled_ids), verdict.disagreement) == (True, [], False)
    (violation,) = verdict.free_violations
    assert (violation.element_id, violation.kind) == ("bus-3", grid.FREE_VIOLATION_KIND_VOLTAGE_HIGH)
    held, free = (
        {zone.zone_id: zone for zone in result.zones}
        for result in shard.drive.projected(GRID_RESULT)
        if isinstance(result, grid.GridResultState)
    )
    assert held["feeder-1"].voltage_high_use_p50_mpct < 100_000 < free["feeder-1"].voltage_high_use_p50_mpct
    assert free["feeder-1"].voltage_high_use_p50_mpct == violation.use_mpct
    assert free["feeder-1"].highest_node_id == "bus-3"
    assert free["feeder-2"] == held["feeder-2"]
    shard.drive.recovered()


def test_controls_that_keep_everything_inside_change_nothing() -> None:
    shard = audited(controlled(990_000, 1_020_000))
    (verdict,) = verdicts(shard)
    assert verdict.free_checked
    assert not verdict.free_violations
    assert len([r for r in shard.drive.projected(GRID_RESULT) if isinstance(r, grid.GridResultState)]) == 1


def test_a_violation_ends_with_the_next_audit_that_finds_none() -> None:
    shard = audited(controlled(1_050_000, 1_095_000))
    shard.drive.intents.clear()
    shard.forecast({0: {"bus-2": -1_000}})
    shard.tick()
    shard.audit()
    shard.tick()
    assert not verdicts(shard)[-1].free_violations
    assert max(zone.voltage_high_use_p50_mpct for zone in newest(shard).zones) < 100_000
    shard.drive.recovered()


def test_a_new_base_case_is_audited_where_there_are_controls_and_nowhere_else() -> None:
    assert len(audited(controlled(990_000, 1_020_000)).drive.intents) == 1
    assert len(audited(street()).drive.intents) == 0
    shard = audited(controlled(990_000, 1_020_000))
    shard.tick(60)
    assert len(shard.drive.intents) == 1


def test_hunting_controls_are_named_and_are_no_violation_themselves() -> None:
    shard = audited(controlled(1_020_000, 1_022_000, step_micro=60_000))
    (verdict,) = verdicts(shard)
    assert list(verdict.free_unsettled_ids) == ["oltc"]
    assert not verdict.disagreement


def test_reactive_power_by_voltage_is_free_too() -> None:
    """Held, the curve's node injects what keeps the voltage; free, it stops doing so at its own dead band."""
    curve = VoltVar("qu", "bus-3", (900_000, 1_100_000), (0, -1), held_var=-120_000)
    model = replace(street(), volt_vars=(curve,))
    shard = GridShard(model.to_bytes())
    shard.publish()
    nodes = [
        grid.NodeForecast(node_id="bus-3", p50_w=260_000, q50_var=-120_000, p95_consumption_w=260_000,
                          p95_injection_w=260_000)
    ]  # fmt: skip
    forecast = grid.SubmitForecast(area_id=AREA, periods=[grid.PeriodForecast(mtu=shard.mtu(0), nodes=nodes)])
    shard.command(submit_forecast=forecast)
    shard.tick()
    shard.audit()
    (verdict,) = verdicts(shard)
    assert {v.element_id for v in verdict.free_violations if v.kind == grid.FREE_VIOLATION_KIND_VOLTAGE_HIGH} == {
        "bus-3"
    }


@pytest.mark.parametrize(
    ("loading", "voltage", "kinds"),
    [
        (0.99, 1.0, []),
        (1.01, 1.0, [FreeViolationKind.LOADING]),
        (0.5, 0.89, [FreeViolationKind.VOLTAGE_LOW]),
        (0.5, 1.11, [FreeViolationKind.VOLTAGE_HIGH]),
    ],
)
def test_only_a_violated_limit_counts(loading: float, voltage: float, kinds: list[FreeViolationKind]) -> None:
    compiled = compile_grid(street().to_bytes())
    topology = compiled.topology
    loadings, voltages = np.full(topology.n_branches, 0.3), np.ones(topology.n_nodes)
    loadings[topology.branch_index["line-1"]] = loading
    voltages[topology.node_index["bus-3"]] = voltage
    voltages[topology.slack] = 2.0  # the source holds its own
    found = free_violations(compiled, SolvedState(voltages, loadings))
    assert [violation.kind for violation in found] == kinds
    assert all(violation.use_mpct > 100_000 for violation in found)
    assert with_free_violations((), compiled, found) == ()
