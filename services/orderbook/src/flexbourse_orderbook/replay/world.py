"""The world that a replayed book needs: one area, a market for each product, units as participants come.

Without a network nothing moves: every unit trades what is in the base case already, of which there is more than any
file trades. With one, every unit deviates at its node, the base case is empty, every light is green and the network
tariff is zero, so that prices are those of the file and quantities are those that the grid carries.
"""

from __future__ import annotations

import numpy as np

from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.tariff import TariffParameters
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_orderbook.domain import adoption
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.entry.collateral import Collateral
from flexbourse_orderbook.domain.events import BookOpened
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology, BaseCase, Tariff
from flexbourse_orderbook.domain.grid.grid_view import Margin
from flexbourse_orderbook.domain.grid.lights import Heartbeat, Light, ZoneLight
from flexbourse_orderbook.domain.registry_state import (
    Algorithm,
    Area,
    EnrolmentRule,
    Market,
    MeteringPoint,
    Participant,
    RegistryState,
    RightToOffer,
    Unit,
)
from flexbourse_orderbook.domain.state import AreaState
from flexbourse_orderbook.replay.lines import MAX_INTEGER, MAX_QUANTITY_W

AREA = "replay"
DELIVERY = Mtu(32_503_680_000)  # 3000-01-01: no gate comes while a file is read
TICK_MICRO_EURO_PER_MWH = 10_000
PLENTY_W = 2**60
FOREVER_MS = 2**62
SOURCE, GENERATION, DEMAND = "source", "generation", "demand"
MAX_UNITS = 1_000_000
NO_TARIFF = TariffParameters(0, 0, 0)


def still_network() -> Topology:
    """Return a network that is never asked for its state: a source, and a node for each direction of the base case."""
    nodes = tuple(Node(name, name, SOURCE, 0.4, 900_000, 1_100_000) for name in (SOURCE, GENERATION, DEMAND))
    branches = tuple(
        Branch(name, name, "line", SOURCE, SOURCE, name, 0.01, 0.01, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0)
        for name in (GENERATION, DEMAND)
    )
    return compile_topology(NetworkModel("still", 1.0, SOURCE, 1.0, 0.0, nodes, branches))


class ReplayWorld:
    """One area whose markets and units come into being when a file first names them."""

    def __init__(self, topology: Topology | None) -> None:
        self.has_grid = topology is not None
        self.topology = topology or still_network()
        self.registry = RegistryState()
        self.state = AreaState(AREA, self.registry, Collateral())
        self.book = AreaBook(self.state)
        self.registry.put(Area(AREA, 0, "dso", "UTC"))
        self._publish()

    def _publish(self) -> None:
        topology, state = self.topology, self.state
        adoption.adopt_topology(state, AreaTopology(1, topology))
        base = np.zeros(topology.n_nodes, dtype=np.int64)
        if not self.has_grid:
            base[topology.node_index[GENERATION]], base[topology.node_index[DEMAND]] = PLENTY_W, -PLENTY_W
        nothing = np.zeros(topology.n_nodes, dtype=np.int64)
        adoption.adopt_base_case(state, DELIVERY, BaseCase(1, 1, base, nothing))
        margin = Margin(1, 1, np.zeros(topology.n_branches, dtype=np.int64), nothing)
        adoption.adopt_margin(state, DELIVERY, margin)
        adoption.adopt_tariff(state, DELIVERY, Tariff(1, 1, [0] * topology.n_nodes, NO_TARIFF))
        for zone in topology.zone_ids:
            adoption.adopt_light(state, zone, DELIVERY, ZoneLight.of(Light.GREEN))
            adoption.adopt_heartbeat(state, zone, Heartbeat(FOREVER_MS, 0))

    def market(self, product: str) -> Market:
        """Return the market of a product, opened when it is first asked for."""
        found = self.registry.markets.get(product)
        if found is None:
            found = Market(
                market_id=product,
                area_id=AREA,
                algorithm=Algorithm.CONTINUOUS_ENERGY,
                mtu_length_s=DELIVERY.length_s,
                opens_before_day_s=0,
                gate_closure_s=0,
                price_tick_micro_euro_per_mwh=TICK_MICRO_EURO_PER_MWH,
                quantity_step_w=1,
                min_quantity_w=1,
                max_quantity_w=MAX_QUANTITY_W,
                min_price_ticks=-MAX_INTEGER,
                max_price_ticks=MAX_INTEGER,
                automatic_matching=True,
                either_side_missing=False,
                reliability_permille=1000,
                gate_enabled=self.has_grid,
                active=True,
                dnut_budget_micro_euro=None,
                feeder_ids=frozenset(),
                enrolment=EnrolmentRule.UNSPECIFIED,
                retries_after_match=False,
            )
            self.registry.put(found)
            grid = self.state.period(DELIVERY).grid
            known = grid.solved_potential() if self.has_grid and grid.potential_start is None else None
            self.book.emit(BookOpened(AREA, product, DELIVERY, known))
            self.book.take_events()
        return found

    def unit(self, participant: str, node: str, *, buys: bool) -> str:
        """Return a participant's unit at a node, made when it is first asked for.

        Raises:
            ValueError: the network has no such node, or the file names more units than a replay keeps.
        """
        if not self.has_grid:
            node = DEMAND if buys else GENERATION
        name = f"{participant}@{node}"
        if name not in self.registry.units:
            self._add_unit(name, participant, node)
        return name

    def default_node(self) -> str:
        """Return the node of a line that names none."""
        return next(name for i, name in enumerate(self.topology.node_ids) if i != self.topology.slack)

    def _add_unit(self, name: str, participant: str, node: str) -> None:
        if node not in self.topology.node_index:
            raise ValueError(f"node is one of the network's, not {node!r}")
        if len(self.registry.units) >= MAX_UNITS:
            raise ValueError(f"participant and node: a file names at most {MAX_UNITS} pairs of them")
        self.registry.put(Participant(participant, frozenset(), active=True))
        self.registry.put(MeteringPoint(name, AREA, node, participant, "", active=True))
        unit = Unit(name, name, PLENTY_W, -PLENTY_W, 0, 0, controllable=self.has_grid, active=True, feeder_id="",
                    max_reactive_var=0)  # fmt: skip
        self.registry.put(unit)
        self.registry.put(RightToOffer(name, name, participant, 0, FOREVER_MS, revoked=False, products=frozenset()))
