"""Networks of 1,000 and 3,000 nodes: sparse factors in place of the impedance matrix, judged by another solver."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.sparse import csc_matrix, lil_matrix

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.conditional import Call, check_with_calls
from flexbourse_gridmath.impedance import MAX_DENSE_NODES, BranchEnds, DenseImpedance, SparseImpedance
from flexbourse_gridmath.largest import Largest, largest_quantity
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.nodal import nodal_tariff
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, feeder_ends, potential
from flexbourse_gridmath.topology import Topology, compile_topology, frozen
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_gridmath.zones import evaluate_zones
from flexbourse_networks.synthetic_network import SyntheticArea, synthetic_area

LOOPS = 2
CANDIDATES = 400
# power-grid-model's values are Newton's, to 1e-12 pu.
JUDGE_ERROR = 1e-9


@cache
def area_of(nodes: int) -> tuple[SyntheticArea, Topology, OperatingPoint]:
    area = synthetic_area(nodes, seed=nodes, loops=LOOPS)
    topology = compile_topology(area.model)
    point = solve_from_no_load(topology, area.p_w, area.q_var)
    assert not isinstance(point, NotConverged)
    return area, topology, point


def tight(topology: Topology, point: OperatingPoint) -> Limits:
    """Limits a little above what flows, so that random candidates of this size meet them about as often as not."""
    limits = Limits.of(topology)
    loading = np.minimum(limits.loading_mpct, np.rint(point.loading * 1e5).astype(np.int64) + 4_000)
    return replace(limits, loading_mpct=frozen(np.maximum(loading, 4_000)))


def random_vectors(topology: Topology, point: OperatingPoint, count: int) -> list[tuple[Vector, int]]:
    random, loads = np.random.default_rng(7), np.flatnonzero(point.p_w)
    pairs = [random.choice(loads, 2, replace=False) for _ in range(count)]
    sizes = np.exp(random.uniform(np.log(500), np.log(60_000), count)).astype(np.int64)
    return [
        (Vector((Side(int(s), 1), Side(int(b), -1, tan_phi_micro=200_000))), int(q))
        for (s, b), q in zip(pairs, sizes, strict=True)
    ]


@pytest.mark.parametrize("nodes", [1_000, 3_000])
def test_accepted_candidates_hold_by_another_solver(nodes, judge_of_model):
    area, topology, point = area_of(nodes)
    assert isinstance(topology.impedance, SparseImpedance)
    limits = tight(topology, point)
    gate = open_gate(topology, [point], [limits])
    accepted, refused, p_w, q_var = [], 0, [np.array(area.p_w)], [np.array(area.q_var)]
    for vector, quantity in random_vectors(topology, point, CANDIDATES):
        change = vector.at(quantity)
        result = check(gate, change, either_side=False)
        assert isinstance(result, CheckResult)
        if result.feasible:
            after = apply_change(topology, point, change)
            assert not isinstance(after, NotConverged)
            accepted.append(after)
            p_w.append(after.p_w)
            q_var.append(after.q_var)
        refused += not result.feasible
    assert len(accepted) > CANDIDATES // 5
    assert refused > CANDIDATES // 5
    verdict = judge_of_model(area.model, np.array(p_w), np.array(q_var))
    for state, loading, voltage in zip([point, *accepted], verdict.loading, verdict.voltage, strict=True):
        assert np.abs(state.magnitude - voltage).max() < 1e-5
        assert np.abs(state.loading - loading).max() < 1e-4
    ceiling = np.maximum(limits.loading_mpct, point.loading * 1e5 + 10) / 1e5 + JUDGE_ERROR
    assert (verdict.loading[1:] <= ceiling).all()
    assert (verdict.voltage[1:] >= 0.9 - JUDGE_ERROR).all()
    assert (verdict.voltage[1:] <= 1.1 + JUDGE_ERROR).all()


def test_largest_quantity_is_the_last_that_another_solver_allows(judge_of_model):
    area, topology, point = area_of(1_000)
    limits = tight(topology, point)
    gate = open_gate(topology, [point], [limits])
    ceiling = np.maximum(limits.loading_mpct, point.loading * 1e5 + 10) / 1e5 + JUDGE_ERROR
    for vector, _ in random_vectors(topology, point, 12):
        found = largest_quantity(gate, vector, 400_000, 1, either_side=False)
        assert isinstance(found, Largest)
        fits, too_much = (
            apply_change(topology, point, vector.at(quantity))
            for quantity in (found.quantity_w, int(found.quantity_w * 1.01) + 2)
        )
        assert not isinstance(fits, NotConverged)
        assert not isinstance(too_much, NotConverged)
        verdict = judge_of_model(area.model, np.array([fits.p_w, too_much.p_w]), np.array([fits.q_var, too_much.q_var]))
        assert (verdict.loading[0] <= ceiling).all()
        assert (verdict.loading[1] > ceiling).any()


def test_nodal_tariff_is_the_slope_of_the_potential():
    _, topology, point = area_of(1_000)
    parameters = TariffParameters(100_000_000, loading_amber_mpct=20_000, monitored_nodes=feeder_ends(topology))
    tariff = nodal_tariff(topology, parameters, point)
    for vector, _ in random_vectors(topology, point, 5):
        node = vector.sides[0].node
        sides = [apply_change(topology, point, Change((node,), (sign * 500,), (0,))) for sign in (1, -1)]
        up, down = (potential(topology, parameters, side) for side in sides if not isinstance(side, NotConverged))
        slope = (up - down) * 4 / 1e6 / 1e-3  # micro-euro in a quarter of an hour over 1 kW
        assert slope == pytest.approx(tariff.total[node], rel=2e-3, abs=0.01)


def test_every_subset_of_accepted_calls_is_feasible():
    _, topology, point = area_of(1_000)
    gate = open_gate(topology, [point], [tight(topology, point)])
    vectors = random_vectors(topology, point, 30)
    outcomes = set()
    for first in range(0, 30, 3):
        calls = [Call(vector.at(quantity), place, 1) for place, (vector, quantity) in enumerate(vectors[first:][:3])]
        verdict = check_with_calls(gate, Change((), (), ()), calls, enumerate_up_to=0)
        assert not isinstance(verdict, NotConverged)
        outcomes.add(verdict.feasible)
        for mask in range(1, 8) if verdict.feasible else ():
            chosen = [call.change for k, call in enumerate(calls) if mask >> k & 1]
            merged = Change(*(sum((getattr(x, part) for x in chosen), ()) for part in ("nodes", "p_w", "q_var")))
            result = check(gate, merged, either_side=False)
            assert isinstance(result, CheckResult)
            assert result.feasible
    assert outcomes == {True, False}


def test_a_topology_compiled_again_has_equal_bits():
    area, topology, point = area_of(3_000)
    again = solve_from_no_load(compile_topology(NetworkModel.from_bytes(area.model.to_bytes())), area.p_w, area.q_var)
    assert not isinstance(again, NotConverged)
    assert again.voltage.tobytes() == point.voltage.tobytes()
    assert again.end_phasors.tobytes() == point.end_phasors.tobytes()
    limits = Limits.of(topology)
    assert evaluate_zones(topology, again, limits) == evaluate_zones(topology, point, limits)


def admittance_of(model: NetworkModel) -> tuple[csc_matrix, int]:
    """Y, term by term."""
    index = {node.id: i for i, node in enumerate(model.nodes)}
    matrix = lil_matrix((len(index), len(index)), dtype=np.complex128)
    for node in model.nodes:
        matrix[index[node.id], index[node.id]] += complex(node.shunt_g_pu, node.shunt_b_pu)
    for branch in model.branches:
        near, far = index[branch.from_node], index[branch.to_node]
        series, half = 1 / complex(branch.r_pu, branch.x_pu), complex(branch.g_pu, branch.b_pu) / 2
        tap = branch.tap_ratio * np.exp(1j * branch.tap_shift_rad)
        matrix[near, near] += (series + half) / abs(tap) ** 2
        matrix[far, far] += series + half
        matrix[near, far] -= series / np.conj(tap)
        matrix[far, near] -= series / tap
    return matrix.tocsc(), index[model.slack]


def village(loops: int) -> NetworkModel:
    """A meshed area with capacitors, coils and a low tap."""
    model, random = synthetic_area(300, seed=3, loops=loops).model, np.random.default_rng(5)
    nodes = tuple(replace(node, shunt_b_pu=float(random.normal(0, 2e-3))) for node in model.nodes)
    branches = tuple(
        replace(branch, tap_ratio=0.975) if branch.kind == "trafo" else branch for branch in model.branches
    )
    ties = [replace(branches[20 + 7 * k], id=f"tie-{k}", to_node=nodes[250 - 9 * k].id) for k in range(loops)]
    return replace(model, nodes=nodes, branches=(*branches, *ties))


def both_forms(model: NetworkModel) -> tuple[DenseImpedance, SparseImpedance]:
    admittance, slack = admittance_of(model)
    topology = compile_topology(model)
    ends = BranchEnds(topology.end_near, topology.end_far, topology.near_gain, topology.far_gain)
    return DenseImpedance.of(admittance, slack, ends), SparseImpedance.of(admittance, slack, ends)


@pytest.fixture(params=["kerber-dorf", "cigre-lv", "baran-wu-33", "village", "meshed village"])
def forms(request, grid_named) -> tuple[DenseImpedance, SparseImpedance]:
    name = request.param
    return both_forms(village(6 if "meshed" in name else 0) if "village" in name else grid_named(name).model)


def test_both_forms_are_one_operator(forms):
    dense, sparse = forms
    random, n = np.random.default_rng(0), len(dense.matrix)
    rows = random.normal(size=(40, n)) + 1j * random.normal(size=(40, n))
    nodes = [int(node) for node in random.integers(0, n, 5)]
    nodes[3] = nodes[0]
    for ask in (
        lambda form: form.rise(rows),
        lambda form: form.rise(rows[0]),
        lambda form: form.pulled(rows),
        lambda form: form.rise_from(nodes, rows[:, :5]),
        lambda form: form.rows(nodes),
        lambda form: form.columns(nodes),
        lambda form: form.reach_gain,
        lambda form: form.rise_reach,
        lambda form: form.end_reach,
        lambda form: form.diagonal,
    ):
        one, other = ask(dense), ask(sparse)
        assert one.shape == other.shape
        np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-11 * np.abs(one).max())


def test_bounds_of_factors_are_never_below_the_matrix_and_not_far_above(forms):
    dense, sparse = forms
    random, n = np.random.default_rng(1), len(dense.matrix)
    single = np.zeros(n)
    single[n // 2] = 1.0
    for sizes in (random.exponential(size=n), random.exponential(size=n) ** 6, single):
        for exact, bound, above in (
            (dense.rise_bound(sizes), sparse.rise_bound(sizes), 1.5),
            (dense.pulled_bound(sizes), sparse.pulled_bound(sizes), 1.5),
            (dense.loading_bound(sizes), sparse.loading_bound(sizes), 4.0),
        ):
            # The matrix's own rows are differences of large numbers at short cables, so it is no better than that.
            assert (bound >= exact * (1 - 1e-7) - 1e-9 * exact.max()).all()
            assert bound.max() <= above * exact.max()


def test_small_networks_keep_the_matrix_and_large_ones_do_not():
    for nodes, form in ((MAX_DENSE_NODES, DenseImpedance), (MAX_DENSE_NODES + 1, SparseImpedance)):
        assert type(compile_topology(synthetic_area(nodes).model).impedance) is form


def test_what_a_current_at_the_slack_does_is_nothing():
    for nodes in (60, 300):
        topology = compile_topology(synthetic_area(nodes).model)
        unit = np.zeros((1, nodes), dtype=np.complex128)
        unit[0, topology.slack] = 1.0
        for result in (topology.impedance.rise(unit), topology.impedance.pulled(unit)):
            assert not result.any()
        assert not topology.impedance.reach_gain[topology.slack].any()
