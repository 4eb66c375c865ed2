"""A network version compiled for solving, with its zones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridcheck.domain.events import TopologyState, Zone, ZoneKind
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.tariff import feeder_ends
from flexbourse_gridmath.topology import Integer, Topology, compile_topology

TRANSFORMER_KIND = "trafo"


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """One compiled network; a function of the model's bytes alone. Members of a zone are indices, in zone order."""

    model: NetworkModel
    topology: Topology
    sha256: bytes
    limits: Limits
    zones: tuple[Zone, ...]
    zone_branches: tuple[Integer, ...]
    zone_nodes: tuple[Integer, ...]
    zone_nominal_mv: tuple[int, ...]
    monitored_nodes: tuple[int, ...]

    def solve(self, p_w: Sequence[int], q_var: Sequence[int]) -> OperatingPoint | NotConverged:
        """Return the operating point of injections in the order of the nodes."""
        return solve_from_no_load(self.topology, np.array(p_w, dtype=np.int64), np.array(q_var, dtype=np.int64))

    def index_of(self, node_id: str) -> int | None:
        """Return the index of a node or of a bus joined into it."""
        return self.topology.node_index.get(node_id)


@dataclass(frozen=True, slots=True)
class Network:
    """A version of an area's topology, compiled."""

    state: TopologyState
    grid: Grid

    @property
    def version(self) -> int:
        """Return the topology's version."""
        return self.state.version


def compile_grid(model_bytes: bytes) -> Grid:
    """Compile a network; raises flexbourse_gridmath.model.ModelError naming every problem."""
    model = NetworkModel.from_bytes(model_bytes)
    topology = compile_topology(model)
    zones = _zones(model, topology)
    nominal_mv = {node.id: round(node.nominal_kv * 1_000_000) for node in model.nodes}
    ends = {branch.id: (branch.from_node, branch.to_node) for branch in model.branches}
    return Grid(
        model=model,
        topology=topology,
        sha256=hashlib.sha256(model_bytes).digest(),
        limits=Limits.of(topology),
        zones=zones,
        zone_branches=tuple(_indices(topology.branch_index[name] for name in zone.element_ids) for zone in zones),
        zone_nodes=tuple(_indices(topology.node_index[name] for name in zone.node_ids) for zone in zones),
        zone_nominal_mv=tuple(
            min(
                nominal_mv[name]
                for name in (*zone.node_ids, *(end for element in zone.element_ids for end in ends[element]))
            )
            for zone in zones
        ),
        monitored_nodes=feeder_ends(topology),
    )


def _indices(values: Iterable[int]) -> Integer:
    return np.array(list(values), dtype=np.int64)


def _zones(model: NetworkModel, topology: Topology) -> tuple[Zone, ...]:
    """Return the zones in the topology's order; a busbar is the source or an end of a transformer."""
    transformers = [branch for branch in model.branches if branch.kind == TRANSFORMER_KIND]
    busbars = {model.slack, *(end for branch in transformers for end in (branch.from_node, branch.to_node))}
    zones = []
    for zone_id in topology.zone_ids:
        nodes = tuple(node.id for node in model.nodes if node.zone == zone_id)
        elements = tuple(branch.id for branch in model.branches if branch.zone == zone_id)
        kind = ZoneKind.FEEDER
        if any(branch.zone == zone_id for branch in transformers):
            kind = ZoneKind.TRANSFORMER
        elif busbars & set(nodes):
            kind = ZoneKind.BUSBAR
        zones.append(Zone(zone_id, kind, nodes, elements))
    return tuple(zones)
