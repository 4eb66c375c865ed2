"""The three-phase network model: an unbalanced low-voltage grid in sequence parameters, and what is wrong with one.

Per unit throughout: the power base is the three-phase one (a phase has a third of it), the voltage base of a phase is
``nominal_kv/√3``. Loads and generators are wye-connected between phase and neutral; the neutral is earthed everywhere,
so that its voltage is part of the zero sequence. Delta connections between phases are not modelled.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from flexbourse_gridmath.connectivity import unreachable
from flexbourse_gridmath.model import MIN_IMPEDANCE_PU, ModelError

# The matrix of nodes by connections is dense: 1,000 connections of 1,000 nodes hold 144 MB of it.
MAX_CONNECTIONS = 1_000
MAX_NODES = 10_000


class Winding(Enum):
    """How the zero sequence passes a branch."""

    THROUGH = "through"  # a line, or a YNyn transformer
    GROUNDED_AT_TO = "grounded at to"  # Dyn and Yzn: the *to* side sees the impedance to earth, the *from* side nothing


@dataclass(frozen=True, slots=True)
class PhaseNode:
    """A node with its three phases; the band holds for every phase-to-neutral voltage."""

    id: str
    zone: str
    nominal_kv: float
    v_low_micro_pu: int
    v_high_micro_pu: int


@dataclass(frozen=True, slots=True)
class PhaseBranch:
    """A line or transformer as a pi section per sequence (pu): series z, total charging y.

    The negative sequence of a passive element is its positive one with the phase shift turned round. ``z0_pu`` of a
    transformer grounded at its *to* side is the impedance that side sees to earth.
    """

    id: str
    zone: str
    from_node: str
    to_node: str
    z1_pu: complex
    z0_pu: complex
    y1_pu: complex
    y0_pu: complex
    tap_ratio: float
    tap_shift_rad: float
    winding: Winding
    rating_from_ka: float
    rating_to_ka: float
    limit_mpct: int = 100_000


@dataclass(frozen=True, slots=True)
class PhaseSource:
    """The grid above: a balanced voltage behind an impedance per sequence (pu)."""

    node: str
    voltage_pu: float
    angle_rad: float
    z1_pu: complex
    z2_pu: complex
    z0_pu: complex


@dataclass(frozen=True, slots=True)
class ThreePhaseModel:
    """One area. ``connections`` are the nodes at which somebody may feed in or draw, each in any of its phases."""

    name: str
    base_mva: float
    source: PhaseSource
    nodes: tuple[PhaseNode, ...]
    branches: tuple[PhaseBranch, ...]
    connections: tuple[str, ...]


def require_sound(model: ThreePhaseModel) -> None:
    """Raise :class:`ModelError` with every reason why the model cannot be compiled."""
    if problems := find_three_phase_problems(model):
        raise ModelError(problems)


def find_three_phase_problems(model: ThreePhaseModel) -> list[str]:
    """Every reason why the model cannot be compiled, each naming its element; empty if it can."""
    known = {node.id for node in model.nodes}
    problems = [f"model: {text}" for text in _header_problems(model, known)]
    for what, ids in (("node", [x.id for x in model.nodes]), ("branch", [x.id for x in model.branches])):
        problems += [f"{what} {name}: id used {count} times" for name, count in Counter(ids).items() if count > 1]
    for node in model.nodes:
        problems += [f"node {node.id}: {text}" for text in _node_problems(node)]
    for branch in model.branches:
        problems += [f"branch {branch.id}: {text}" for text in _branch_problems(branch, known)]
    source, ids = model.source.node, [node.id for node in model.nodes]
    ends = ((branch.from_node, branch.to_node) for branch in model.branches)
    problems += [f"node {name}: not connected to the source {source}" for name in unreachable(source, ids, ends)]
    return problems


def _header_problems(model: ThreePhaseModel, known: set[str]) -> Iterator[str]:
    source = model.source
    if not 1 <= len(model.nodes) <= MAX_NODES:
        yield f"{len(model.nodes)} nodes, must be 1 to {MAX_NODES}"
    if not 1 <= len(model.connections) <= MAX_CONNECTIONS:
        yield f"{len(model.connections)} connections, must be 1 to {MAX_CONNECTIONS}"
    if not (math.isfinite(model.base_mva) and model.base_mva > 0):
        yield f"base_mva {model.base_mva} must be positive"
    if source.node not in known:
        yield f"source node {source.node} does not exist"
    yield from _source_problems(source)
    for connection in model.connections:
        if connection not in known:
            yield f"connection {connection} is no node"
    for name, count in Counter(model.connections).items():
        if count > 1:
            yield f"connection {name} is listed {count} times"


def _source_problems(source: PhaseSource) -> Iterator[str]:
    if not 0.5 <= source.voltage_pu <= 1.5:
        yield f"source voltage {source.voltage_pu} must lie in 0.5 to 1.5 pu"
    for name in ("z1_pu", "z2_pu", "z0_pu"):
        if not (_finite(getattr(source, name)) and getattr(source, name) != 0):
            yield f"source {name} must be finite and not zero"


def _node_problems(node: PhaseNode) -> Iterator[str]:
    if not (math.isfinite(node.nominal_kv) and node.nominal_kv > 0):
        yield f"nominal_kv {node.nominal_kv} must be positive"
    if not 0 < node.v_low_micro_pu < 1_000_000 < node.v_high_micro_pu < 2_000_000:
        yield f"voltage band {node.v_low_micro_pu} to {node.v_high_micro_pu} micro-pu must contain 1 pu, within 0 to 2"


def _branch_problems(branch: PhaseBranch, known: set[str]) -> Iterator[str]:
    for end in (branch.from_node, branch.to_node):
        if end not in known:
            yield f"node {end} does not exist"
    if branch.from_node == branch.to_node:
        yield "begins and ends at the same node"
    yield from _impedance_problems(branch)
    if not (math.isfinite(branch.tap_ratio) and branch.tap_ratio > 0):
        yield f"tap_ratio {branch.tap_ratio} must be positive"
    for name in ("rating_from_ka", "rating_to_ka"):
        if not (math.isfinite(getattr(branch, name)) and getattr(branch, name) > 0):
            yield f"{name} is missing"
    if branch.limit_mpct <= 0:
        yield f"limit_mpct {branch.limit_mpct} must be positive"


def _impedance_problems(branch: PhaseBranch) -> Iterator[str]:
    for name in ("z1_pu", "z0_pu", "y1_pu", "y0_pu"):
        if not _finite(getattr(branch, name)):
            yield f"{name} must be finite"
    for name in ("z1_pu", "z0_pu"):
        if abs(getattr(branch, name)) < MIN_IMPEDANCE_PU:
            yield f"{name}: zero impedance (below {MIN_IMPEDANCE_PU} pu)"


def _finite(value: complex) -> bool:
    return math.isfinite(value.real) and math.isfinite(value.imag)
