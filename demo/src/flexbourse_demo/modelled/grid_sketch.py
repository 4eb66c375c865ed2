"""The shape of a network as the village needs it: nodes, branches, feeders; no impedances.

The demo takes it from the topology that the platform publishes, never from a network library.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from flexbourse_gridmath.model import NetworkModel

FEEDER_PREFIX = "feeder-"


@dataclass(frozen=True, slots=True)
class SketchBranch:
    """A line or a transformer between two nodes."""

    branch_id: str
    from_node: str
    to_node: str
    is_transformer: bool


@dataclass(frozen=True, slots=True)
class SketchFeeder:
    """A feeder as the platform names it: what lies behind one outgoing line of the busbar."""

    zone_id: str
    node_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridSketch:
    """A network without its physics."""

    nodes: tuple[str, ...]
    branches: tuple[SketchBranch, ...]
    feeders: tuple[SketchFeeder, ...]
    source_node: str

    @staticmethod
    def of(model: NetworkModel) -> GridSketch:
        """Return the shape of a network model; its feeders are the zones of that name."""
        feeders: dict[str, list[str]] = {}
        for node in model.nodes:
            if node.zone.startswith(FEEDER_PREFIX):
                feeders.setdefault(node.zone, []).append(node.id)
        return GridSketch(
            tuple(node.id for node in model.nodes),
            tuple(SketchBranch(b.id, b.from_node, b.to_node, b.kind != "line") for b in model.branches),
            tuple(SketchFeeder(zone, tuple(nodes)) for zone, nodes in feeders.items()),
            model.slack,
        )

    def neighbours(self) -> dict[str, list[tuple[str, SketchBranch]]]:
        """Return per node its neighbours with the branch to each, in the order of the branches."""
        found: dict[str, list[tuple[str, SketchBranch]]] = {node: [] for node in self.nodes}
        for branch in self.branches:
            found[branch.from_node].append((branch.to_node, branch))
            found[branch.to_node].append((branch.from_node, branch))
        return found

    def depths(self) -> dict[str, int]:
        """Return per reachable node the number of branches to the source."""
        neighbours = self.neighbours()
        depth = {self.source_node: 0}
        queue = deque([self.source_node])
        while queue:
            node = queue.popleft()
            for other, _ in neighbours[node]:
                if other not in depth:
                    depth[other] = depth[node] + 1
                    queue.append(other)
        return depth

    def connection_points(self) -> tuple[str, ...]:
        """Return the nodes where a home is connected: the ends of the network below a feeder.

        A network whose feeders have no ends (rings) gets a home at every node of its feeders.
        """
        neighbours = self.neighbours()
        below = [node for feeder in self.feeders for node in feeder.node_ids]
        ends = tuple(n for n in below if len(neighbours[n]) == 1 and n != self.source_node)
        return ends or tuple(n for n in below if n != self.source_node)
