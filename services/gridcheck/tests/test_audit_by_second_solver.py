"""Audits: the second solver against ours and against pandapower, and what counts as a violation or a disagreement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandapower
import pytest
from gridcheck_world import AREA, GridShard, published, street

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_core.errors import TransientError
from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain.events import AuditRecorded
from flexbourse_gridcheck.domain.grid import Grid, compile_grid
from flexbourse_gridcheck.domain.verdict import (
    LOADING_CREEP,
    LOADING_TOLERANCE_MPCT,
    VOLTAGE_CREEP_PU,
    VOLTAGE_TOLERANCE_NPU,
    AuditBatch,
    verdicts,
    violations,
)
from flexbourse_gridcheck.effects import AuditEffect
from flexbourse_gridcheck.processor import AUDITOR_PARTY
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_messages.catalogue import GRID_AUDIT
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.second_solver import SecondSolver, SolvedState

LIBRARY = {"kerber-dorf": "create_kerber_dorfnetz", "cigre-lv": "create_cigre_network_lv"}
# pandapower stops at 1e-8 MVA, which is 1e-9 pu of voltage here; loading is in percent.
VOLTAGE_PU, LOADING_POINTS = 1e-7, 1e-4


@cache
def compiled(name: str) -> Grid:
    return compile_grid(published(name))


def random_case(grid_: Grid, seed: int) -> tuple[list[int], list[int]]:
    random = np.random.default_rng(seed)
    p_w = -random.integers(0, 6_000, grid_.topology.n_nodes)
    return p_w.tolist(), (p_w // 4).tolist()


@pytest.mark.parametrize("name", LIBRARY)
def test_the_second_solver_agrees_with_pandapower(name: str) -> None:
    grid_, net = compiled(name), library_network(LIBRARY[name])
    p_w, q_var = random_case(grid_, 7)
    for table in ("load", "sgen"):
        net[table] = net[table].iloc[0:0]
    for index, node in enumerate(grid_.model.nodes):
        if node.id != grid_.model.slack:
            bus = int(node.id.removeprefix("bus-"))
            pandapower.create_sgen(net, bus, p_mw=p_w[index] / 1e6, q_mvar=q_var[index] / 1e6)
    pandapower.runpp(net, trafo_model="pi", calculate_voltage_angles=True, numba=False)
    (state,) = SecondSolver(grid_.model).solve([p_w], [q_var])
    assert state is not None
    for index, node in enumerate(grid_.model.nodes):
        expected = net.res_bus.vm_pu.at[int(node.id.removeprefix("bus-"))]
        assert abs(state.voltage[index] - expected) < VOLTAGE_PU, node.id
    for index, branch in enumerate(grid_.model.branches):
        kind, number = branch.id.rsplit("-", 1)
        expected = net[f"res_{kind}"].loading_percent.at[int(number)]
        assert abs(state.loading[index] * 100 - expected) < LOADING_POINTS, branch.id


def test_the_second_solver_keeps_nothing_of_a_batch_for_the_next() -> None:
    grid_ = compiled("cigre-lv")
    kept, cases = SecondSolver(grid_.model), [random_case(grid_, seed) for seed in range(9)]
    for batch in (cases[:3], cases[3:9], cases[1:2], cases[2:5]):
        p_w, q_var = (np.array(values) for values in zip(*batch, strict=True))
        ours, alone = kept.solve_all(p_w, q_var), SecondSolver(grid_.model).solve_all(p_w, q_var)
        for name in ("voltage", "angle", "loading", "source_w"):
            assert getattr(ours, name).tolist() == getattr(alone, name).tolist()


def test_our_states_are_the_same_wherever_the_second_solver_ended() -> None:
    grid_ = compiled("cigre-lv")
    p_w = [random_case(grid_, seed)[0] for seed in range(4)]
    batch = audit_of(grid_, p_w, p_w)
    states = SecondSolver(grid_.model).solve_all(*batch.second_injections())
    found = verdicts(grid_, batch, states)
    assert not any(entry.disagreement for entry in found)
    states.angle[:] = np.random.default_rng(2).uniform(-0.2, 0.2, states.angle.shape)
    assert [entry.largest_voltage_difference_npu for entry in verdicts(grid_, batch, states)] == [0, 0, 0, 0]
    states.voltage[1] += 0.01
    moved = verdicts(grid_, batch, states)[1]
    assert (moved.largest_voltage_difference_npu, moved.disagreement) == (10_000_000, True)


@pytest.mark.parametrize("name", LIBRARY)
def test_both_solvers_agree_on_a_day_of_audits(name: str) -> None:
    shard = GridShard(published(name))
    shard.publish()
    nodes = compiled(name).topology.node_ids[2:]
    random = np.random.default_rng(3)
    demand = {i: dict(zip(nodes, (-random.integers(0, 4_000, len(nodes))).tolist(), strict=True)) for i in range(24)}
    shard.forecast(demand, spread_w=500)
    for period in range(24):
        seller, buyer = random.choice(nodes, 2, replace=False).tolist()
        shard.accept(period, {seller: 3_000, buyer: -3_000}, version=1)
    shard.tick()
    shard.audit()
    shard.drive.recovered()
    verdicts = [entry for entry in shard.drive.projected(GRID_AUDIT) if isinstance(entry, grid.AuditRecorded)]
    assert len(verdicts) == 24
    assert max(entry.largest_voltage_difference_npu for entry in verdicts) <= 1
    assert max(entry.largest_loading_difference_mpct for entry in verdicts) == 0
    assert not any(entry.disagreement for entry in verdicts)


def audit_of(
    grid_: Grid, p_w: list[list[int]], reference_p_w: list[list[int]], margins: tuple[int, int] = (0, 0)
) -> AuditBatch:
    count, p = len(p_w), np.array(p_w)
    return AuditBatch(
        "i", AREA, [Mtu(900 * k, 900) for k in range(count)], list(range(1, count + 1)), p, np.zeros_like(p),
        np.array(reference_p_w), np.zeros_like(p), np.full((count, grid_.topology.n_branches), margins[0]),
        np.full(p.shape, margins[1]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("p_w", "reference_w", "margins", "count"),
    [
        (-100_000, 0, (0, 0), 0),  # inside
        (-150_000, 0, (0, 0), 2),  # from inside to outside: line and transformer
        (-150_000, 0, (0, 50_000), 3),  # and the voltage at the end, with a margin on its band
        (-150_000, -150_000, (0, 50_000), 0),  # outside already, not worsened
        (-150_000, -155_000, (0, 50_000), 0),  # relief
        (-155_000, -150_000, (0, 50_000), 3),  # outside, and farther out
        (150_000, 0, (0, 70_000), 3),  # too much injection: the voltage rises out of its band
        (-100_000, 0, (40_000, 0), 2),  # inside the limit, outside of what the forecast margin leaves
    ],
)
def test_what_counts_as_a_violation(p_w: int, reference_w: int, margins: tuple[int, int], count: int) -> None:
    grid_ = compile_grid(street().to_bytes())
    batch = audit_of(grid_, [[0, 0, 0, 0, p_w]], [[0, 0, 0, 0, reference_w]], margins)
    states = SecondSolver(grid_.model).solve_all(*batch.second_injections())
    assert states.solved.all()
    assert violations(grid_, batch, states) == [count]


def spoiled(change: Callable[[np.ndarray], np.ndarray], *, voltage: bool) -> tuple[bool, str]:
    grid_ = compile_grid(street().to_bytes())
    batch = audit_of(grid_, [[0, 0, 0, 0, -50_000]], [[0, 0, 0, 0, 0]])
    states = SecondSolver(grid_.model).solve_all(*batch.second_injections())
    assert states.solved.all()
    spoilt = states.voltage if voltage else states.loading
    spoilt[0] = change(spoilt[0])
    (found,) = verdicts(grid_, batch, states)
    return found.disagreement, found.element_id


def at(index: int, size: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(values: np.ndarray) -> np.ndarray:
        moved = values.copy()
        moved[index] += size
        return moved

    return change


def test_a_difference_beyond_the_tolerance_is_a_disagreement_and_names_its_element() -> None:
    assert spoiled(at(4, 0.9e-4), voltage=True) == (False, "bus-4")
    assert spoiled(at(4, 1.1e-4), voltage=True) == (True, "bus-4")
    assert spoiled(at(1, 0.4e-3), voltage=False) == (False, "line-0")
    assert spoiled(at(1, 0.6e-3), voltage=False) == (True, "line-0")


def test_a_point_that_one_solver_cannot_solve_is_a_disagreement() -> None:
    grid_ = compile_grid(street().to_bytes())
    batch = audit_of(grid_, [[0, 0, 0, 0, -50_000_000]], [[0, 0, 0, 0, 0]])
    states = SecondSolver(grid_.model).solve_all(*batch.second_injections())
    assert states.solved.tolist() == [False, True]
    assert isinstance(grid_.solve(batch.p_w[0].tolist(), batch.q_var[0].tolist()), NotConverged)
    (found,) = verdicts(grid_, batch, states)
    assert found.disagreement


def verdict_alone(
    grid_: Grid, batch: AuditBatch, i: int, state: SolvedState | None, reference: SolvedState | None
) -> AuditRecorded:
    """The verdict on one point, solved for itself."""
    ours = grid_.solve(batch.p_w[i].tolist(), batch.q_var[i].tolist())
    npu, mpct, element, count = 0, 0, "", 0
    disagreement = isinstance(ours, NotConverged) or state is None
    if not isinstance(ours, NotConverged) and state is not None:
        volts, loads = np.abs(ours.magnitude - state.voltage), np.abs(ours.loading - state.loading)
        npu, mpct = round(float(volts.max()) * 1e9), round(float(loads.max()) * 1e5)
        disagreement = npu > VOLTAGE_TOLERANCE_NPU or mpct > LOADING_TOLERANCE_MPCT
        in_voltage = npu * LOADING_TOLERANCE_MPCT >= mpct * VOLTAGE_TOLERANCE_NPU
        ids = grid_.topology.node_ids if in_voltage else grid_.topology.branch_ids
        element = ids[int((volts if in_voltage else loads).argmax())]
    if state is not None and reference is not None:
        limits, margin = grid_.limits, batch.voltage_margin_upu[i]
        for k, loading in enumerate(state.loading):
            ceiling = (limits.loading_mpct[k] - batch.loading_margin_mpct[i, k]) / 1e5
            count += int(loading > max(ceiling, reference.loading[k]) + LOADING_CREEP)
        for k, voltage in enumerate(state.voltage):
            high, low = (limits.v_high_micro_pu[k] - margin[k]) / 1e6, (limits.v_low_micro_pu[k] + margin[k]) / 1e6
            above = voltage > max(high, reference.voltage[k]) + VOLTAGE_CREEP_PU
            count += int(above or voltage < min(low, reference.voltage[k]) - VOLTAGE_CREEP_PU)
    return AuditRecorded(
        AREA, batch.mtus[i], batch.operating_point_sequences[i], 1, npu, mpct, count, disagreement, element, "i"
    )


@pytest.mark.parametrize("unsolvable", [False, True])
def test_verdicts_on_many_points_are_those_on_each_alone(unsolvable: bool) -> None:
    grid_ = compile_grid(street().to_bytes())
    random = np.random.default_rng(11)
    p_w, reference = (random.integers(-60_000, 60_000, (60, 5)) for _ in range(2))
    p_w[::7] = reference[::7]
    if unsolvable:
        p_w[[3, 40], 4], reference[[10, 40], 4] = -50_000_000, -50_000_000
    batch = audit_of(grid_, p_w.tolist(), reference.tolist(), (5_000, 30_000))
    states = SecondSolver(grid_.model).solve_all(*batch.second_injections())
    # The second solver is made to differ: by little, below and above the tolerances, in voltage and in loading.
    states.voltage[:60] += random.choice([1e-6, 0.6e-4, 1.4e-4], (60, 1)) * random.uniform(0, 1, (60, 5))
    states.loading[:60] += random.choice([1e-5, 0.3e-3, 0.7e-3], (60, 1)) * random.uniform(0, 1, (60, 4))
    states.solved[20] = False
    rows = zip(states.solved.tolist(), states.voltage, states.loading, strict=True)
    each = [SolvedState(voltage, loading) if solved else None for solved, voltage, loading in rows]
    alone = [verdict_alone(grid_, batch, i, each[i], each[60 + i]) for i in range(60)]
    together = verdicts(grid_, batch, states)
    assert together == alone
    assert {entry.disagreement for entry in together} == {True, False}
    assert {entry.element_id[:3] for entry in together} >= {"", "bus", "lin"}
    assert min(entry.violation_count for entry in together) == 0 < max(entry.violation_count for entry in together)


def test_a_network_with_shunts_and_taps_is_the_same_for_both_solvers() -> None:
    model = street()
    tapped = replace(model.branches[0], tap_ratio=0.975, tap_shift_rad=-2.618, g_pu=0.002, b_pu=-0.01)
    shunted = replace(model.nodes[3], shunt_g_pu=0.01, shunt_b_pu=0.02)
    model = replace(model, branches=(tapped, *model.branches[1:]), nodes=(*model.nodes[:3], shunted, model.nodes[4]))
    grid_ = compile_grid(model.to_bytes())
    ours = grid_.solve([0, 0, -20_000, 15_000, -30_000], [0, 0, -5_000, 0, 0])
    (state,) = SecondSolver(model).solve([[0, 0, -20_000, 15_000, -30_000]], [[0, 0, -5_000, 0, 0]])
    assert not isinstance(ours, NotConverged)
    assert state is not None
    assert np.abs(ours.magnitude - state.voltage).max() < 1e-9
    assert np.abs(ours.loading - state.loading).max() < 1e-9


def test_an_audit_waits_until_its_network_is_known() -> None:
    shard = GridShard()
    shard.publish()
    shard.forecast({0: {"bus-2": -1_000}})
    shard.accept(0, {"bus-2": 500})
    shard.tick()
    with pytest.raises(TransientError):
        AuditEffect(lambda _: None).perform(shard.drive.intents[0])


def test_the_verdict_is_handed_in_by_the_platforms_own_party() -> None:
    shard = GridShard()
    shard.publish()
    shard.forecast({0: {"bus-2": -1_000}})
    shard.accept(0, {"bus-2": 500})
    shard.tick()
    outcome = shard.auditor.perform(shard.drive.intents[0])
    assert (outcome.party, outcome.shard, outcome.area) == (AUDITOR_PARTY, 0, AREA)
    assert outcome.command_id == f"outcome-{shard.drive.intents[0].intent_id}"
