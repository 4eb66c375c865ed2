"""Unbalanced power flow: the fixed point of the balanced solver, phase by phase, on the connections alone.

With S a phase's power and E the source, ``V = V_w + Z·conj(S/V)`` holds for phase voltages as it does for balanced
ones; Z is now the inverse of the phase-domain admittance matrix ``Y = T·diag(y0, y1, y2)·T⁻¹`` (Fortescue). Only the
columns of Z at *connections* are ever needed: the iteration runs on those, and every other voltage follows from the
currents there. With C connections, n nodes: 3C unknowns in place of 3n.

The slope of the map in the maximum norm is at most ``θ = max_i Σ_j |Z_ij||S_j| / min|V|²`` over connections; where
θ < 1 the distance to the solution after a step of size δ is at most ``θ·δ/(1-θ)`` (Banach), as in `powerflow`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from propcache.api import cached_property
from scipy.sparse import coo_matrix, csc_matrix
from scipy.sparse.linalg import splu

from flexbourse_gridmath.arrays import integers
from flexbourse_gridmath.powerflow import (
    MAX_SLOPE,
    NotConverged,
    settle,
)
from flexbourse_gridmath.three_phase_model import PhaseBranch, ThreePhaseModel, Winding, require_sound
from flexbourse_gridmath.topology import Complex, Integer, Real, frozen

PHASES = 3
_A = np.exp(2j * np.pi / 3)
# Columns: zero, positive, negative sequence.
SEQUENCE = np.array([[1, 1, 1], [1, _A**2, _A], [1, _A, _A**2]])
_SEQUENCE_INVERSE = np.linalg.inv(SEQUENCE)

Block = Complex  # complex[3, 3]


@dataclass(frozen=True, slots=True, eq=False)
class ThreePhaseTopology:
    """Arrays of one model, all read-only. n nodes, C connections, L branches; phases a, b, c are the last index.

    ``reach`` complex[3n, 3C]: voltage in pu per pu current fed in at a connection. ``own_reach`` complex[3C, 3C]: its
    rows at the connections. ``loading_reach`` complex[6L, 3C]: current of each branch end and phase in units of its
    rating, from ends first, per pu current fed in; ``no_load_voltage`` complex[3n], ``no_load_loading`` complex[6L].
    """

    name: str
    base_va: float
    node_ids: tuple[str, ...]
    branch_ids: tuple[str, ...]
    connection_ids: tuple[str, ...]
    node_zone: tuple[str, ...]
    branch_zone: tuple[str, ...]
    connection_index: dict[str, int]
    reach: Complex
    own_reach: Complex
    loading_reach: Complex
    no_load_voltage: Complex
    no_load_loading: Complex
    own_places: Integer
    loading_limit_mpct: Integer
    v_low_micro_pu: Integer
    v_high_micro_pu: Integer

    @property
    def phase_base_va(self) -> float:
        """Power base of a phase in VA."""
        return self.base_va / PHASES


@dataclass(frozen=True, eq=False)
class ThreePhasePoint:
    """The solution for integer powers per connection and phase, ``p_w`` and ``q_var`` int64[C, 3], injection positive.

    ``own_voltage`` complex[3C] are the voltages at connections; ``error_pu`` bounds how far they are from the solution.
    """

    topology: ThreePhaseTopology = field(repr=False)
    p_w: Integer = field(repr=False)
    q_var: Integer = field(repr=False)
    own_voltage: Complex = field(repr=False)
    steps: int
    error_pu: float

    @cached_property
    def current(self) -> Complex:
        """Current fed in at each connection and phase, complex[3C], pu."""
        return frozen((_power_pu(self.topology, self.p_w, self.q_var) / self.own_voltage).conj())

    @cached_property
    def voltage(self) -> Complex:
        """Phase-to-neutral voltage of every node, complex[n, 3], pu."""
        flat = self.topology.no_load_voltage + self.topology.reach @ self.current
        return frozen(flat.reshape(-1, PHASES))

    @cached_property
    def magnitude(self) -> Real:
        """Voltage magnitude, float[n, 3], pu."""
        return frozen(np.abs(self.voltage))

    @cached_property
    def loading(self) -> Real:
        """Loading of every branch and phase, the more loaded end counting, 1 = 100 %, float[L, 3]."""
        ends = np.abs(self.topology.no_load_loading + self.topology.loading_reach @ self.current)
        return frozen(ends.reshape(2, -1, PHASES).max(axis=0))

    @cached_property
    def unbalance(self) -> Real:
        """Negative over positive sequence voltage of every node, float[n] (EN 50160 allows 0.02)."""
        sequences = self.voltage @ _SEQUENCE_INVERSE.T
        return frozen(np.abs(sequences[:, 2]) / np.abs(sequences[:, 1]))


def compile_three_phase(model: ThreePhaseModel) -> ThreePhaseTopology:
    """Compile a model; raises :class:`ModelError` with every problem if it cannot be used."""
    require_sound(model)
    index = {node.id: i for i, node in enumerate(model.nodes)}
    ports = [_two_port(branch) for branch in model.branches]
    near = [index[branch.from_node] for branch in model.branches]
    far = [index[branch.to_node] for branch in model.branches]
    source = index[model.source.node]
    source_admittance = _phase(1 / model.source.z0_pu, 1 / model.source.z1_pu, 1 / model.source.z2_pu)
    factor = splu(_admittance(len(model.nodes), near, far, ports, source, source_admittance))
    places = np.array([PHASES * index[name] + k for name in model.connections for k in range(PHASES)], dtype=np.int64)
    columns = np.zeros((PHASES * len(model.nodes), len(places)), dtype=np.complex128)
    columns[places, np.arange(len(places))] = 1.0
    reach = factor.solve(columns)
    driven = np.zeros(PHASES * len(model.nodes), dtype=np.complex128)
    balanced = model.source.voltage_pu * np.exp(1j * model.source.angle_rad) * SEQUENCE[:, 1]
    driven[PHASES * source : PHASES * (source + 1)] = source_admittance @ balanced
    no_load = factor.solve(driven)
    gain = _loading_gain(model, near, far, ports)
    return ThreePhaseTopology(
        name=model.name,
        base_va=model.base_mva * 1e6,
        node_ids=tuple(node.id for node in model.nodes),
        branch_ids=tuple(branch.id for branch in model.branches),
        connection_ids=model.connections,
        node_zone=tuple(node.zone for node in model.nodes),
        branch_zone=tuple(branch.zone for branch in model.branches),
        connection_index={name: i for i, name in enumerate(model.connections)},
        reach=frozen(reach),
        own_reach=frozen(reach[places]),
        loading_reach=frozen(gain @ reach),
        no_load_voltage=frozen(no_load),
        no_load_loading=frozen(gain @ no_load),
        own_places=frozen(places),
        loading_limit_mpct=integers(branch.limit_mpct for branch in model.branches),
        v_low_micro_pu=integers(node.v_low_micro_pu for node in model.nodes),
        v_high_micro_pu=integers(node.v_high_micro_pu for node in model.nodes),
    )


def solve_three_phase(
    topology: ThreePhaseTopology, p_w: Integer, q_var: Integer, start: Complex | None = None
) -> ThreePhasePoint | NotConverged:
    """Solve for integer W and var per connection and phase (int64[C, 3]) until a step is below 1e-12 pu.

    ``start`` (complex[3C]) saves steps for a candidate; what is recorded is solved from the no-load voltage.
    """
    p, q = _checked(topology, p_w), _checked(topology, q_var)
    conjugate = _power_pu(topology, p, q).conj()
    no_load = topology.no_load_voltage[topology.own_places]
    reach = float((np.abs(topology.own_reach) @ np.abs(conjugate)).max())
    settled = settle(no_load, lambda currents: topology.own_reach @ currents, conjugate, start)
    slope = reach / settled.lowest**2 if settled.lowest > 0 else np.inf
    if not (settled.is_exact and slope < MAX_SLOPE):
        return NotConverged(settled.steps, settled.last_step, slope)
    error = slope * settled.last_step / (1 - slope)
    return ThreePhasePoint(
        topology=topology, p_w=p, q_var=q, own_voltage=frozen(settled.voltage), steps=settled.steps, error_pu=error
    )


def _checked(topology: ThreePhaseTopology, values: Integer) -> Integer:
    array, shape = np.asarray(values), (len(topology.connection_ids), PHASES)
    if array.shape != shape or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"powers were {array.dtype}{array.shape}, must be integers of shape {shape}")
    result: Integer = frozen(array.astype(np.int64))
    return result


def _power_pu(topology: ThreePhaseTopology, p_w: Integer, q_var: Integer) -> Complex:
    return (p_w + 1j * q_var.astype(np.complex128)).ravel() / topology.phase_base_va


def _phase(zero: complex, positive: complex, negative: complex) -> Block:
    """Sequence quantities as a phase matrix."""
    block: Block = SEQUENCE @ np.diag([zero, positive, negative]) @ _SEQUENCE_INVERSE
    return block


def _two_port(branch: PhaseBranch) -> tuple[Block, Block, Block, Block]:
    """The admittance blocks from-from, from-to, to-from, to-to of a branch."""
    own, shunt = 1 / branch.z1_pu, branch.y1_pu / 2
    sequences = [_through(own, shunt, branch.tap_ratio, sign * branch.tap_shift_rad) for sign in (1, -1)]
    y0 = 1 / branch.z0_pu
    if branch.winding is Winding.THROUGH:
        zero = _through(y0, branch.y0_pu / 2, branch.tap_ratio, 0.0)
    else:
        zero = (0j, 0j, 0j, y0)
    return tuple(_phase(zero[k], sequences[0][k], sequences[1][k]) for k in range(4))  # type: ignore[return-value]


def _through(series: complex, shunt: complex, ratio: float, shift: float) -> tuple[complex, complex, complex, complex]:
    tap = ratio * np.exp(1j * shift)
    return (series + shunt) / ratio**2, -series / np.conj(tap), -series / tap, series + shunt


def _admittance(
    n: int,
    near: list[int],
    far: list[int],
    ports: list[tuple[Block, Block, Block, Block]],
    source: int,
    source_admittance: Block,
) -> csc_matrix:
    entries = [(source, source, source_admittance)]
    for f, t, (ff, ft, tf, tt) in zip(near, far, ports, strict=True):
        entries += [(f, f, ff), (f, t, ft), (t, f, tf), (t, t, tt)]
    return _blocks(entries, n, n).tocsc()


def _loading_gain(
    model: ThreePhaseModel, near: list[int], far: list[int], ports: list[tuple[Block, Block, Block, Block]]
) -> csc_matrix:
    """Current of every branch end in units of its rating from the voltages: sparse complex[6L, 3n]."""
    kv = {node.id: node.nominal_kv for node in model.nodes}
    count, entries = len(model.branches), []
    for i, (branch, (ff, ft, tf, tt)) in enumerate(zip(model.branches, ports, strict=True)):
        from_base, to_base = (model.base_mva / np.sqrt(3) / kv[x] for x in (branch.from_node, branch.to_node))
        from_scale, to_scale = from_base / branch.rating_from_ka, to_base / branch.rating_to_ka
        entries += [(i, near[i], from_scale * ff), (i, far[i], from_scale * ft)]
        entries += [(count + i, near[i], to_scale * tf), (count + i, far[i], to_scale * tt)]
    return _blocks(entries, 2 * count, len(model.nodes)).tocsr()


def _blocks(entries: list[tuple[int, int, Block]], rows: int, columns: int) -> coo_matrix:
    """A sparse matrix of 3 x 3 blocks; blocks at one place add up."""
    inner = np.arange(PHASES)
    row = np.concatenate([np.repeat(PHASES * i + inner, PHASES) for i, _, _ in entries])
    column = np.concatenate([np.tile(PHASES * j + inner, PHASES) for _, j, _ in entries])
    values = np.concatenate([block.ravel() for _, _, block in entries])
    return coo_matrix((values, (row, column)), shape=(PHASES * rows, PHASES * columns))
