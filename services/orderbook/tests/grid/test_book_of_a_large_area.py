"""A book over 1,800 nodes: the topology is adopted by reference, matches are checked, the state is recovered."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from book_world import AREA, HOMES, World, order_of

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.impedance import SparseImpedance
from flexbourse_gridmath.model import NetworkModel
from flexbourse_messages.catalogue import GRID_TOPOLOGY
from flexbourse_messages.topic import ADOPT_BY_VALUE_BYTES, MAX_RECORD_BYTES
from flexbourse_networks.synthetic_network import synthetic_area


@cache
def large() -> tuple[NetworkModel, list[int]]:
    """Return an area in which six houses of different villages have the names of the usual homes, and its base case."""
    area = synthetic_area(1_800, seed=2)
    houses = [i for i, p in enumerate(area.p_w) if p]
    nodes = list(area.model.nodes)
    for home, node in zip(HOMES, houses[:: len(houses) // len(HOMES)], strict=False):
        nodes[node] = replace(nodes[node], aliases=(*nodes[node].aliases, home))
    return replace(area.model, nodes=tuple(nodes)), area.p_w.tolist()


class LargeWorld(World):
    """The usual world on the large area."""

    def base_w(self) -> list[int]:
        return large()[1]

    def publish_topology(self, version: int = 1) -> None:
        state = grid.TopologyState(area_id=AREA, version=version, model=self.model.to_record())
        assert ADOPT_BY_VALUE_BYTES < state.ByteSize() < MAX_RECORD_BYTES
        self.drive.input(GRID_TOPOLOGY, f"{AREA}/{version}", state)

    def lights(self, *_args: object, **_kwargs: object) -> None:
        super().lights(zones=self.topology.zone_ids)


@pytest.fixture(scope="module")
def world() -> World:
    return LargeWorld(model=large()[0]).ready()


def test_the_topology_is_adopted_by_reference(world: World) -> None:
    assert isinstance(world.topology.impedance, SparseImpedance)
    journal = [entry for entry in world.drive.journal if isinstance(entry, log_pb2.Adopted)]
    adopted = [entry for entry in journal if entry.reference.topic == GRID_TOPOLOGY]
    assert len(adopted) == 1
    assert len(adopted[0].sha256) == 32
    assert not adopted[0].value


def test_matches_are_checked_shrunk_and_recovered(world: World) -> None:
    world.sell("battery-b3", 5_000, 1_000)
    assert order_of(world.buy("battery-a1", 5_000, 9_000)).status == pb.ORDER_STATUS_FILLED
    world.sell("battery-a2", 5_000, 1_000)
    assert order_of(world.buy("battery-b1", 2_000, 9_000)).filled_w == 2_000
    trade = world.trades()[0]
    assert trade.quantity_w == 5_000
    world.drive.recovered()
