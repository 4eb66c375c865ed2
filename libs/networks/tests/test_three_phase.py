"""Unbalanced grids: against the published load flow of the IEEE European LV feeder and against power-grid-model."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pandapower.networks as library
import pytest

from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.powerflow import solve_from_no_load
from flexbourse_gridmath.three_phase import ThreePhasePoint, compile_three_phase, solve_three_phase
from flexbourse_gridmath.three_phase_check import (
    PhaseCheck,
    PhaseSide,
    change_point,
    check_three_phase,
    largest_three_phase,
    unbalance_margins,
)
from flexbourse_gridmath.three_phase_model import ThreePhaseModel
from flexbourse_networks.from_pandapower.three_phase import ImportedThreePhase, read_three_phase

PHASE_COLUMNS = ["vm_a_pu", "vm_b_pu", "vm_c_pu"]
# The file's own voltages are not solved to the end: pandapower's three-phase solver differs from them by as much.
PUBLISHED_WITHIN_PU = {"on_peak_566": 1e-5, "off_peak_1": 2e-5, "off_peak_1440": 6e-5}
SOURCE_VA = 10_000e6 / 1.1
RANDOM_TRADES = 400


def feeder(case: str) -> Any:
    return library.ieee_european_lv_asymmetric(case)


def solved(imported: ImportedThreePhase, model: ThreePhaseModel | None = None) -> ThreePhasePoint:
    point = solve_three_phase(compile_three_phase(model or imported.model), imported.p_w, imported.q_var)
    assert isinstance(point, ThreePhasePoint)
    return point


@pytest.mark.parametrize("case", PUBLISHED_WITHIN_PU)
def test_the_european_feeder_agrees_with_its_published_load_flow(case: str) -> None:
    net = feeder(case)
    published = net.res_bus_3ph[PHASE_COLUMNS].to_numpy()
    loading = net.res_line_3ph.loading_percent.to_numpy()
    point = solved(read_three_phase(net))
    assert np.abs(point.magnitude - published).max() < PUBLISHED_WITHIN_PU[case]
    lines = [i for i, name in enumerate(point.topology.branch_ids) if name.startswith("line")]
    assert np.abs(point.loading[lines].max(axis=1) * 100 - loading).max() < 0.01


class Judge:
    """power-grid-model's asymmetric load flow of the same net, source impedance included."""

    def __init__(self, net: Any, imported: ImportedThreePhase) -> None:
        from power_grid_model import PowerGridModel

        self._imported = imported
        self._net = net
        self._branch_ids = [1_000 + i for i in range(len(net.line))] + [5_000]
        self._model = PowerGridModel(self._input(), system_frequency=float(net.f_hz))

    def voltages(self, powers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Magnitudes of many cases, float[cases, n, 3], for W per connection and phase, int[cases, C, 3]."""
        output = self._solve(powers)
        result: np.ndarray[Any, Any] = output["node"]["u_pu"]
        return result

    def line_currents(self, powers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Larger end current of every line in A, float[cases, lines, 3]."""
        output = self._solve(powers)["line"]
        result: np.ndarray[Any, Any] = np.maximum(output["i_from"], output["i_to"])
        return result

    def _solve(self, powers: np.ndarray[Any, Any]) -> Any:
        from power_grid_model import initialize_array

        update = initialize_array("update", "asym_gen", powers.shape[:2])
        update["id"] = 10_000 + np.arange(powers.shape[1])
        update["p_specified"], update["q_specified"] = powers, self._imported.q_var
        return self._model.calculate_power_flow(
            symmetric=False, error_tolerance=1e-9, max_iterations=100, update_data={"asym_gen": update}
        )

    def _input(self) -> dict[str, Any]:
        from power_grid_model import LoadGenType, initialize_array

        net, connections = self._net, self._imported.model.connections
        nodes = initialize_array("input", "node", len(net.bus))
        nodes["id"], nodes["u_rated"] = net.bus.index, net.bus.vn_kv * 1e3
        lines = initialize_array("input", "line", len(net.line))
        lines["id"] = self._branch_ids[:-1]
        lines["from_node"], lines["to_node"] = net.line.from_bus, net.line.to_bus
        lines["from_status"] = lines["to_status"] = 1
        for own, theirs in (("r1", "r"), ("x1", "x"), ("r0", "r0"), ("x0", "x0")):
            lines[own] = net.line[f"{theirs}_ohm_per_km"] * net.line.length_km
        for name in ("c1", "c0", "tan1", "tan0"):
            lines[name] = 0.0
        loads = initialize_array("input", "asym_gen", len(connections))
        loads["id"], loads["node"] = 10_000 + np.arange(len(connections)), [int(name) for name in connections]
        loads["status"], loads["type"] = 1, LoadGenType.const_power
        loads["p_specified"], loads["q_specified"] = self._imported.p_w, self._imported.q_var
        return {
            "node": nodes, "line": lines, "asym_gen": loads,
            "transformer": self._transformer(), "source": self._source(),
        }  # fmt: skip

    def _transformer(self) -> Any:
        from power_grid_model import WindingType, initialize_array

        row, made = self._net.trafo.iloc[0], initialize_array("input", "transformer", 1)
        made["id"], made["from_node"], made["to_node"] = self._branch_ids[-1], row.hv_bus, row.lv_bus
        made["from_status"] = made["to_status"] = 1
        made["u1"], made["u2"], made["sn"] = row.vn_hv_kv * 1e3, row.vn_lv_kv * 1e3, row.sn_mva * 1e6
        made["uk"], made["pk"] = row.vk_percent / 100, row.vkr_percent / 100 * row.sn_mva * 1e6
        made["i0"] = made["p0"] = 0.0
        made["winding_from"], made["winding_to"], made["clock"] = WindingType.delta, WindingType.wye_n, 1
        made["tap_side"] = made["tap_pos"] = made["tap_min"] = made["tap_max"] = made["tap_size"] = 0
        return made

    def _source(self) -> Any:
        from power_grid_model import initialize_array

        made = initialize_array("input", "source", 1)
        made["id"], made["node"], made["status"] = 20_000, self._net.ext_grid.bus.iloc[0], 1
        made["u_ref"] = self._imported.model.source.voltage_pu
        made["sk"], made["rx_ratio"], made["z01_ratio"] = SOURCE_VA, 0.1, 1.0
        return made


@pytest.fixture(scope="module")
def peak() -> tuple[ThreePhasePoint, Judge]:
    """The feeder on its peak, with the source and transformer as power-grid-model has them."""
    net = feeder("on_peak_566")
    net.trafo["mag0_percent"] = 0.0  # it knows no magnetising path of the zero sequence
    imported = read_three_phase(net)
    x = 1e6 / SOURCE_VA / math.hypot(1.0, 0.1)
    impedance = complex(0.1 * x, x)
    source = replace(imported.model.source, z1_pu=impedance, z2_pu=impedance, z0_pu=impedance)
    return solved(imported, replace(imported.model, source=source)), Judge(net, imported)


def test_both_solvers_agree(peak: tuple[ThreePhasePoint, Judge]) -> None:
    point, judge = peak
    assert np.abs(judge.voltages(point.p_w[None])[0] - point.magnitude).max() < 1e-8
    ratings = judge._net.line.max_i_ka.to_numpy()[:, None] * 1e3
    judged = judge.line_currents(point.p_w[None])[0] / ratings
    lines = [i for i, name in enumerate(point.topology.branch_ids) if name.startswith("line")]
    assert np.abs(judged - point.loading[lines]).max() < 1e-7


def tightened(point: ThreePhasePoint) -> ThreePhasePoint:
    """The same point in a narrower band, so that trades of some kilowatt reach it."""
    narrow = replace(
        point.topology,
        v_low_micro_pu=np.full_like(point.topology.v_low_micro_pu, 985_000),
        v_high_micro_pu=np.full_like(point.topology.v_high_micro_pu, 1_075_000),
        loading_limit_mpct=np.full_like(point.topology.loading_limit_mpct, 40_000),
    )
    again = solve_three_phase(narrow, point.p_w, point.q_var)
    assert isinstance(again, ThreePhasePoint)
    return again


def random_trades(point: ThreePhasePoint, count: int) -> list[list[PhaseSide]]:
    rng, trades = random.Random(7), []
    for _ in range(count):
        seller, buyer = rng.sample(point.topology.connection_ids, 2)
        quantity = rng.randrange(500, 15_000)
        phases = [rng.choice(["a", "b", "c", "abc"]) for _ in range(2)]
        trades.append([PhaseSide(seller, phases[0], quantity), PhaseSide(buyer, phases[1], -quantity)])  # type: ignore[arg-type]
    return trades


def test_no_false_accept_and_no_false_reject(peak: tuple[ThreePhasePoint, Judge]) -> None:
    point, judge = tightened(peak[0]), peak[1]
    trades = random_trades(point, RANDOM_TRADES)
    answers = [check_three_phase(point, trade) for trade in trades]
    assert all(isinstance(answer, PhaseCheck) for answer in answers)
    accepted = np.array([isinstance(answer, PhaseCheck) and answer.feasible for answer in answers])
    powers = np.array([answer.after.p_w for answer in answers if isinstance(answer, PhaseCheck)])
    voltages = judge.voltages(powers)
    loadings = judge.line_currents(powers) / (judge._net.line.max_i_ka.to_numpy()[:, None] * 1e3)
    inside = ((voltages >= 0.985 - 1e-9) & (voltages <= 1.075 + 1e-9)).all(axis=(1, 2))
    inside &= (loadings <= 0.4 + 1e-9).all(axis=(1, 2))
    assert not (accepted & ~inside).any()
    assert not (~accepted & inside).any()
    assert 0.1 < accepted.mean() < 0.9  # the limits lie inside what was traded


def test_largest_quantity_is_accepted_and_one_percent_more_is_not(peak: tuple[ThreePhasePoint, Judge]) -> None:
    point, judge = tightened(peak[0]), peak[1]
    for trade in random_trades(point, 8):
        quantity = largest_three_phase(point, trade, 200_000)
        assert 0 < quantity < 200_000
        for factor, inside in ((1.0, True), (1.01, False)):
            unit = trade[0].p_w
            sides = [replace(side, p_w=round(side.p_w * quantity * factor / unit)) for side in trade]
            after = change_point(point, sides)
            assert isinstance(after, ThreePhasePoint)
            voltages = judge.voltages(after.p_w[None])[0]
            loadings = judge.line_currents(after.p_w[None])[0] / (judge._net.line.max_i_ka.to_numpy()[:, None] * 1e3)
            fits = voltages.min() >= 0.985 - 1e-9 and voltages.max() <= 1.075 + 1e-9 and loadings.max() <= 0.4 + 1e-9
            assert bool(fits) is inside


def test_an_element_outside_its_limit_may_be_relieved_and_not_worsened(peak: tuple[ThreePhasePoint, Judge]) -> None:
    point = peak[0]
    narrow = replace(point.topology, v_low_micro_pu=np.full_like(point.topology.v_low_micro_pu, 998_000))
    outside = solve_three_phase(narrow, point.p_w, point.q_var)
    assert isinstance(outside, ThreePhasePoint)
    worst = outside.magnitude[:, 1].argmin()
    far = min(narrow.connection_ids, key=lambda name: abs(int(name) - int(narrow.node_ids[worst])))
    relief = check_three_phase(outside, [PhaseSide(far, "b", 500)])
    worse = check_three_phase(outside, [PhaseSide(far, "b", -500)])
    assert isinstance(relief, PhaseCheck)
    assert relief.feasible
    assert isinstance(worse, PhaseCheck)
    assert not worse.feasible
    assert (worse.binding.kind, worse.binding.phase, worse.binding.unit) == ("node", "b", "micro_pu")


def test_a_phase_needs_a_margin_that_the_balanced_picture_hides() -> None:
    imported = read_three_phase(feeder("on_peak_566"))
    point = solved(imported)
    spread = (
        [[sum(row) // 3] * 3 for row in imported.p_w.tolist()],
        [[sum(row) // 3] * 3 for row in imported.q_var.tolist()],
    )
    balanced = solve_three_phase(point.topology, np.array(spread[0]), np.array(spread[1]))
    assert isinstance(balanced, ThreePhasePoint)
    assert balanced.unbalance.max() < 1e-6
    loading_mpct, voltage_micro_pu = unbalance_margins(point, balanced.loading[:, 0], balanced.magnitude[:, 0])
    assert 10_000 < loading_mpct < 20_000  # 33 % in a phase where the balanced picture shows 18 %
    assert 25_000 < voltage_micro_pu < 40_000


def test_balanced_power_is_the_balanced_solution() -> None:
    from flexbourse_gridmath.model import Branch, NetworkModel, Node
    from flexbourse_gridmath.topology import compile_topology

    imported = read_three_phase(feeder("on_peak_566"))
    thirds = np.full_like(imported.p_w, -1_000)
    point = solve_three_phase(compile_three_phase(imported.model), thirds, np.zeros_like(thirds))
    assert isinstance(point, ThreePhasePoint)
    source = imported.model.source
    model = NetworkModel(
        "balanced", imported.model.base_mva, source.node, source.voltage_pu, source.angle_rad,
        tuple(
            Node(n.id, n.id, n.zone, n.nominal_kv, n.v_low_micro_pu, n.v_high_micro_pu) for n in imported.model.nodes
        ),
        tuple(
            Branch(
                b.id, b.id, "line", b.zone, b.from_node, b.to_node, b.z1_pu.real, b.z1_pu.imag, b.y1_pu.real,
                b.y1_pu.imag, b.tap_ratio, b.tap_shift_rad, b.rating_from_ka, b.rating_to_ka,
            )
            for b in imported.model.branches
        ),
    )  # fmt: skip
    topology = compile_topology(model)
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    for name in imported.model.connections:
        p_w[topology.node_index[name]] = -3_000
    single = solve_from_no_load(topology, p_w, np.zeros_like(p_w))
    assert not hasattr(single, "last_step_pu")
    assert np.abs(point.magnitude - single.magnitude[:, None]).max() < 1e-8  # type: ignore[union-attr]
    assert np.abs(point.loading - single.loading[:, None]).max() < 1e-7  # type: ignore[union-attr]


def test_what_is_not_modelled_is_listed_at_once() -> None:
    net = feeder("off_peak_1")
    net.asymmetric_load.loc[3, "type"] = "delta"
    net.trafo["vector_group"] = "Dd"
    net.line.loc[5, "r0_ohm_per_km"] = float("nan")
    with pytest.raises(ModelError) as caught:
        read_three_phase(net)
    text = str(caught.value)
    assert all(part in text for part in ("asymmetric_load 3", "trafo 0: vector group Dd", "r0_ohm_per_km"))


def test_an_unknown_connection_or_phase_is_named(peak: tuple[ThreePhasePoint, Judge]) -> None:
    with pytest.raises(ValueError, match="connection nowhere"):
        check_three_phase(peak[0], [PhaseSide("nowhere", "a", 1)])
    with pytest.raises(ValueError, match="phase n"):
        check_three_phase(peak[0], [PhaseSide(peak[0].topology.connection_ids[0], "n", 1)])  # type: ignore[arg-type]
