"""The compiled topology: a network model turned, once per version, into the arrays every answer is computed from.

With slack voltage fixed and constant-power injections S the network equation reads ``V = V_w + Z·conj(S/V)``: V_w is
the no-load voltage and Z the inverse of the admittance matrix without the slack row and column, see `impedance`.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csc_matrix

from flexbourse_gridmath.arrays import (
    Complex,
    Flags,
    Integer,
    Real,
    frozen,
    integers,
)
from flexbourse_gridmath.impedance import BranchEnds, Impedance, SingularError, build_impedance
from flexbourse_gridmath.model import ModelError, NetworkModel, find_problems

# The arrays of a topology are what the other modules work on, so they find the names here.
__all__ = ["ROUNDING", "Complex", "Flags", "Integer", "Real", "Topology", "compile_topology", "frozen"]

# A generous multiple of double precision, for voltages near 1 pu that went through a few hundred additions.
ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """Arrays of one model version, all read-only. n nodes, L branches, E = 2L branch ends (from ends, then to ends).

    ``end_near``, ``end_far`` int[E] and ``near_gain``, ``far_gain`` complex[E] give each end's current as a phasor in
    units of its rating: ``near_gain·V[end_near] + far_gain·V[end_far]``; its magnitude is the loading (1 = 100 %).
    ``rating_va`` [L] is √3·U·I of the from end. ``loading_rounding`` is what double precision costs a loading (short
    cables have large gains). ``parent`` and ``parent_branch`` [n] are the breadth-first tree from the slack (-1 at the
    slack); ``zone_reach`` [zones, n] marks the nodes at or below each zone's elements in it, ``supply_nodes``
    [zones, n] and ``supply_branches`` [zones, L] the zone's own elements and those between them and the source.
    """

    model_digest: str
    base_va: float
    slack: int
    node_ids: tuple[str, ...]
    branch_ids: tuple[str, ...]
    zone_ids: tuple[str, ...]
    node_index: dict[str, int]
    branch_index: dict[str, int]
    zone_index: dict[str, int]
    node_zone: Integer
    branch_zone: Integer
    impedance: Impedance
    no_load_voltage: Complex
    slack_admittance: Complex
    end_near: Integer
    end_far: Integer
    near_gain: Complex
    far_gain: Complex
    rating_va: Real
    loading_limit_mpct: Integer
    v_low_micro_pu: Integer
    v_high_micro_pu: Integer
    loading_rounding: float
    parent: Integer
    parent_branch: Integer
    zone_reach: Flags
    supply_nodes: Flags
    supply_branches: Flags

    @property
    def n_nodes(self) -> int:
        """Number of nodes, slack included."""
        return len(self.node_ids)

    @property
    def n_branches(self) -> int:
        """Number of branches."""
        return len(self.branch_ids)


# Near node, far node, own and mutual admittance of every branch end.
_Ends = tuple[Integer, Integer, Complex, Complex]


def compile_topology(model: NetworkModel) -> Topology:
    """Compile a model; raises :class:`ModelError` with every problem if it cannot be used."""
    if problems := find_problems(model):
        raise ModelError(problems)
    node_index = {node.id: i for i, node in enumerate(model.nodes)}
    aliases = {alias: node_index[node.id] for node in model.nodes for alias in node.aliases}
    ends = near, far, y_near, y_far = _branch_ends(model, node_index)
    slack = node_index[model.slack]
    ratings = _ratings_pu(model)
    near_gain, far_gain = y_near / ratings, y_far / ratings
    admittance = _admittance(model, ends)
    try:
        impedance = build_impedance(admittance, slack, BranchEnds(near, far, near_gain, far_gain))
    except SingularError as e:
        raise ModelError(["model: the admittance matrix is singular"]) from e
    zone_ids = tuple(dict.fromkeys([x.zone for x in model.nodes] + [x.zone for x in model.branches]))
    zone_index = {zone: i for i, zone in enumerate(zone_ids)}
    parent, parent_branch, _ = tree = _tree(len(model.nodes), slack, near, far)
    node_zone = integers(zone_index[x.zone] for x in model.nodes)
    branch_zone = integers(zone_index[x.zone] for x in model.branches)
    supply_nodes, supply_branches = _zone_supply(node_zone, branch_zone, near, tree)
    return Topology(
        model_digest=model.digest(),
        base_va=model.base_mva * 1e6,
        slack=slack,
        node_ids=tuple(node.id for node in model.nodes),
        branch_ids=tuple(branch.id for branch in model.branches),
        zone_ids=zone_ids,
        node_index={**aliases, **node_index},
        branch_index={branch.id: i for i, branch in enumerate(model.branches)},
        zone_index=zone_index,
        node_zone=node_zone,
        branch_zone=branch_zone,
        impedance=impedance,
        no_load_voltage=frozen(_no_load_voltage(model, slack, admittance, impedance)),
        slack_admittance=frozen(admittance.tocsr()[slack].toarray()[0]),
        end_near=frozen(near),
        end_far=frozen(far),
        near_gain=frozen(near_gain),
        far_gain=frozen(far_gain),
        rating_va=frozen(ratings[: len(model.branches)] * model.base_mva * 1e6),
        loading_limit_mpct=integers(x.limit_mpct for x in model.branches),
        v_low_micro_pu=integers(x.v_low_micro_pu for x in model.nodes),
        v_high_micro_pu=integers(x.v_high_micro_pu for x in model.nodes),
        loading_rounding=float(ROUNDING * np.abs(near_gain).max(initial=0.0)),
        parent=frozen(parent),
        parent_branch=frozen(parent_branch),
        zone_reach=frozen(_zone_reach(node_zone, branch_zone, tree)),
        supply_nodes=frozen(supply_nodes),
        supply_branches=frozen(supply_branches),
    )


def _branch_ends(model: NetworkModel, node_index: dict[str, int]) -> _Ends:
    from_node = integers(node_index[x.from_node] for x in model.branches)
    to_node = integers(node_index[x.to_node] for x in model.branches)
    series = 1 / np.array([complex(x.r_pu, x.x_pu) for x in model.branches], dtype=np.complex128)
    charging = np.array([complex(x.g_pu, x.b_pu) for x in model.branches], dtype=np.complex128) / 2
    tap = np.array([x.tap_ratio * np.exp(1j * x.tap_shift_rad) for x in model.branches], dtype=np.complex128)
    own = np.concatenate([(series + charging) / np.abs(tap) ** 2, series + charging])
    mutual = np.concatenate([-series / tap.conj(), -series / tap])
    return np.concatenate([from_node, to_node]), np.concatenate([to_node, from_node]), own, mutual


def _admittance(model: NetworkModel, ends: _Ends) -> csc_matrix:
    """Y of all nodes, the slack included, sparse [n, n]."""
    near, far, y_near, y_far = ends
    n = len(model.nodes)
    diagonal = np.arange(n)
    rows, columns = np.concatenate([near, near, diagonal]), np.concatenate([near, far, diagonal])
    shunts = [complex(x.shunt_g_pu, x.shunt_b_pu) for x in model.nodes]
    return coo_matrix((np.concatenate([y_near, y_far, shunts]), (rows, columns)), shape=(n, n)).tocsc()


def _no_load_voltage(model: NetworkModel, slack: int, admittance: csc_matrix, impedance: Impedance) -> Complex:
    source = model.slack_voltage_pu * np.exp(1j * model.slack_angle_rad)
    driven = admittance[:, [slack]].toarray()[:, 0] * source
    driven[slack] = 0.0
    voltage: Complex = -impedance.rise(driven)
    voltage[slack] = source
    return voltage


def _ratings_pu(model: NetworkModel) -> Real:
    """Rating of each branch end in pu current: I / (base / (√3·U_node))."""
    nominal = {node.id: node.nominal_kv for node in model.nodes}
    from_ends = [x.rating_from_ka * nominal[x.from_node] for x in model.branches]
    to_ends = [x.rating_to_ka * nominal[x.to_node] for x in model.branches]
    return np.array(from_ends + to_ends, dtype=np.float64) * math.sqrt(3) / model.base_mva


def _tree(n: int, slack: int, near: Integer, far: Integer) -> tuple[Integer, Integer, list[int]]:
    branches = len(near) // 2
    neighbours: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for end in range(2 * branches):
        neighbours[int(near[end])].append((int(far[end]), end % branches))
    parent, parent_branch = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    order, seen, queue = [slack], {slack}, deque([slack])
    while queue:
        node = queue.popleft()
        for other, branch in neighbours[node]:
            if other not in seen:
                seen.add(other)
                parent[other], parent_branch[other] = node, branch
                order.append(other)
                queue.append(other)
    return parent, parent_branch, order


def _zone_reach(node_zone: Integer, branch_zone: Integer, tree: tuple[Integer, Integer, list[int]]) -> Flags:
    parent, parent_branch, order = tree
    zones = 1 + int(max(node_zone.max(), branch_zone.max(initial=0)))
    reach = np.zeros((zones, len(node_zone)), dtype=np.bool_)
    for node in order:
        if parent[node] >= 0:
            reach[:, node] |= reach[:, parent[node]]
            reach[branch_zone[parent_branch[node]], node] = True
        reach[node_zone[node], node] = True
    return reach


def _zone_supply(
    node_zone: Integer, branch_zone: Integer, near: Integer, tree: tuple[Integer, Integer, list[int]]
) -> tuple[Flags, Flags]:
    parent, parent_branch, order = tree
    branches = len(branch_zone)
    zones = np.arange(1 + int(max(node_zone.max(), branch_zone.max(initial=0))))
    nodes, own_branches = node_zone == zones[:, None], branch_zone == zones[:, None]
    place = {node: i for i, node in enumerate(order)}
    for branch in range(branches):
        # A branch is fed from the end that is nearer to the source.
        upper = min(int(near[branch]), int(near[branch + branches]), key=place.__getitem__)
        nodes[:, upper] |= own_branches[:, branch]
    for node in reversed(order[1:]):
        own_branches[:, parent_branch[node]] |= nodes[:, node]
        nodes[:, parent[node]] |= nodes[:, node]
    return nodes, own_branches
