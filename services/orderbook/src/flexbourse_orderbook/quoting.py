"""What the book costs or brings at a node: each resting order with the exact tariff between both nodes.

A resting ask is seen near `ask + DNUT(seller to viewer)`, a bid near `bid - DNUT(viewer to buyer)`, for a stated
quantity and with the slope of the pair; binding is the limit of the order that is then sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from propcache.api import cached_property

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.money import WATT_SECONDS_PER_MWH, divide_half_even
from flexbourse_core.values import replace
from flexbourse_gridmath.nodal import SolveError, nodal_tariff, pair_slope
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends
from flexbourse_gridmath.topology import Real, Topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology
from flexbourse_orderbook.wire import parameters_in

MICRO_EURO_PER_EURO = 1_000_000
KW_PER_MW = 1_000
# They meet operators' requests alone, which carry no tariff.
_REACTIVE = (pb.PRODUCT_FLEX_REACTIVE_UP, pb.PRODUCT_FLEX_REACTIVE_DOWN)

# Tells whether the operator's budget pays a DNUT, in micro-euro.
Fund = Callable[[int], bool]


@dataclass(slots=True)
class QuotedPeriod:
    """What is known of the grid of one period: newest base case and tariff, accepted deviations by node."""

    base: grid.BaseCaseState | None = None
    tariff: grid.TariffState | None = None
    accepted: dict[str, tuple[int, int]] = field(default_factory=dict)
    sequence: int = 0

    def accept(self, changed: pb.OperatingPointChanged) -> None:
        """Take accepted deviations, absolute."""
        for change in changed.accepted:
            self.accepted[change.node_id] = (change.p_w, change.q_var)
        self.sequence = changed.sequence

    def solved(self, area: AreaTopology | None) -> SolvedPeriod | None:
        """Return the operating point with the tariff's parameters, None where the grid's state is not known."""
        if area is None or self.base is None or self.tariff is None:
            return None
        if not self.base.topology_version == self.tariff.topology_version == area.version:
            return None
        topology = area.topology
        p_w, q_var = np.array(self.base.p_w, dtype=np.int64), np.array(self.base.q_var, dtype=np.int64)
        for name, (p, q) in self.accepted.items():
            node = topology.node_index.get(name)
            if node is not None:
                p_w[node] += p
                q_var[node] += q
        point = solve_from_no_load(topology, p_w, q_var)
        if not isinstance(point, OperatingPoint):
            return None
        length_s = self.base.mtu.length_s
        parameters = replace(
            parameters_in(self.tariff.parameters), mtu_seconds=length_s, monitored_nodes=feeder_ends(topology)
        )
        return SolvedPeriod(topology, point, parameters)


@dataclass(frozen=True, slots=True, eq=False)
class SolvedPeriod:
    """What quotes of one period are worked out from."""

    topology: Topology
    point: OperatingPoint
    parameters: TariffParameters


class Quotes:
    """Quotes at one operating point, for a viewer who deviates."""

    def __init__(self, solved: SolvedPeriod, viewer: int, tick_micro_euro_per_mwh: int, fund: Fund) -> None:
        self._point, self._topology, self._parameters = solved.point, solved.topology, solved.parameters
        self._viewer, self._tick, self._fund = viewer, tick_micro_euro_per_mwh, fund

    def priority(self, order: pb.Order) -> tuple[float, int]:
        """Return how an order ranks among those of its side."""
        return priority(order, self._topology, self._nodal, MICRO_EURO_PER_EURO / self._tick)

    @cached_property
    def _nodal(self) -> Real:
        try:
            return nodal_tariff(self._topology, self._parameters, self._point).total
        except SolveError:
            return np.zeros(self._topology.n_nodes)  # close to voltage collapse there is no tariff to rank by

    def entry(self, order: pb.Order, quantity_w: int) -> pb.BookEntry:
        """Return a resting order as the viewer sees it."""
        entry = plain_entry(order)
        node = self._topology.node_index.get(order.node_id)
        if order.basis == pb.BASIS_OPERATOR_REQUEST or node is None or order.product in _REACTIVE:
            return entry
        sells, lifted = order.side == pb.SIDE_SELL, lifts(order)
        own = (Side(node, 1 if lifted else -1),) if order.basis == pb.BASIS_DEVIATION else ()
        vector = Vector((*own, Side(self._viewer, -1 if lifted else 1)))
        after = apply_change(self._topology, self._point, vector.at(quantity_w))
        if not isinstance(after, OperatingPoint):
            return entry
        try:
            slope = pair_slope(self._topology, self._parameters, self._point, vector)
        except SolveError:
            return entry  # close to voltage collapse there is no tariff to quote
        micro_euro = dnut(self._topology, self._parameters, self._point, after)
        seconds = self._parameters.mtu_seconds
        ticks = divide_half_even(micro_euro * WATT_SECONDS_PER_MWH, quantity_w * seconds * self._tick)
        entry.availability_ticks += ticks if sells else -ticks
        entry.slope_ticks_per_kw = round(slope * MICRO_EURO_PER_EURO / self._tick / KW_PER_MW)
        entry.dnut_unfunded = not self._fund(micro_euro)
        return entry


def lifts(order: pb.Order) -> bool:
    """Tell whether a match injects more at the order's node: at a seller's, and for DOWN at a buyer's."""
    return (order.side == pb.SIDE_SELL) == (order.product != pb.PRODUCT_FLEX_DOWN)


def moved_node(order: pb.Order, topology: Topology) -> int:
    """Return the node that a match with the order moves, the slack where it moves none."""
    node = topology.node_index.get(order.node_id) if order.basis == pb.BASIS_DEVIATION else None
    return topology.slack if node is None else node


def priority(order: pb.Order, topology: Topology, nodal: Real, ticks_per_euro: float) -> tuple[float, int]:
    """Rank by price + nodal tariff, then sequence, as the book does; lower is better. `nodal` is in EUR per MWh."""
    own = float(nodal[moved_node(order, topology)]) * ticks_per_euro * (1 if lifts(order) else -1)
    sign = 1 if order.side == pb.SIDE_SELL else -1
    return sign * order.limit_price_ticks + own, order.sequence


def shown_w(order: pb.Order) -> int:
    """Return what of an order the public book shows."""
    return order.open_w - order.hidden_w


def plain_entry(order: pb.Order) -> pb.BookEntry:
    """Return a resting order without tariff and without its owner."""
    return pb.BookEntry(
        sequence=order.sequence,
        node_id=order.node_id,
        open_w=shown_w(order),
        price_ticks=order.limit_price_ticks,
        availability_ticks=order.limit_price_ticks,
        conditional=order.conditional,
        all_or_none=order.fill_rule == pb.FILL_RULE_ALL_OR_NONE,
        min_quantity_w=order.instructions.min_quantity_w,
    )
