"""A book, and the tariff of a day, as all nodes see them at once: estimates by nodal tariff and pair slope.

The exact view of one node is `quoting`; here every order meets every viewer in one matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import quotes_pb2 as wire
from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH
from flexbourse_gridmath.nodal import SolveError, nodal_tariff
from flexbourse_gridmath.quotes import pair_slopes, tariff_table
from flexbourse_gridmath.topology import Integer, Real, Topology
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology
from flexbourse_orderbook.quoting import (
    MICRO_EURO_PER_EURO,
    Fund,
    QuotedPeriod,
    SolvedPeriod,
    lifts,
    moved_node,
    priority,
    shown_w,
)

DEFAULT_QUOTE_W = 1_000
MAX_QUOTE_W = 1_000_000_000
# Orders of each side that are worked out for every viewer: those first in the book's own priority.
MAX_ORDERS_PER_SIDE = 25
DEFAULT_DEPTH = 1
SECONDS_PER_HOUR = 3_600


def asked_quantity(quantity_w: int) -> int:
    """Return the quantity that quotes are for."""
    return min(quantity_w, MAX_QUOTE_W) if quantity_w > 0 else DEFAULT_QUOTE_W


@dataclass(frozen=True, slots=True)
class QuotedBook:
    """A book with what it is quoted from; `head` is the answer without viewers."""

    head: wire.GetQuotesResponse
    orders: tuple[pb.Order, ...]
    solved: SolvedPeriod | None
    tick: int
    fund: Fund


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """Orders of one side, each seen from every node: `availability` int[orders, n] in ticks."""

    orders: Sequence[pb.Order]
    quantities_w: Sequence[int]
    availability: Integer
    slope: Integer
    dnut_micro_euro: Integer

    def best(self, node: int, depth: int, sign: int, fund: Fund) -> list[wire.Quote]:
        """Return the quotes of a viewer, best first."""
        rows = sorted(
            range(len(self.orders)), key=lambda i: (sign * self.availability[i, node], self.orders[i].sequence)
        )
        return [
            wire.Quote(
                sequence=self.orders[row].sequence,
                node_id=self.orders[row].node_id,
                open_w=shown_w(self.orders[row]),
                price_ticks=self.orders[row].limit_price_ticks,
                quantity_w=self.quantities_w[row],
                availability_ticks=int(self.availability[row, node]),
                slope_milliticks_per_kw=int(self.slope[row, node]),
                dnut_unfunded=not fund(int(self.dnut_micro_euro[row, node])),
                conditional=self.orders[row].conditional,
            )
            for row in rows[:depth]
        ]


def quote_book(book: QuotedBook, viewers: Sequence[str], quantity_w: int, depth: int) -> wire.GetQuotesResponse:
    """Return the best of a book for every viewer; no viewers where the grid's state is not known."""
    response = wire.GetQuotesResponse()
    response.CopyFrom(book.head)
    if book.solved is None:
        return response
    topology = book.solved.topology
    try:
        nodal = nodal_tariff(topology, book.solved.parameters, book.solved.point).total
        sides = {
            side: _priced([o for o in book.orders if o.side == side], book, nodal, quantity_w)
            for side in (pb.SIDE_SELL, pb.SIDE_BUY)
        }
    except SolveError:
        return response  # close to voltage collapse there is no tariff to quote
    for name in viewers or topology.node_ids:
        node = topology.node_index[name]
        response.viewers.add(
            node_id=name,
            asks=sides[pb.SIDE_SELL].best(node, depth, 1, book.fund),
            bids=sides[pb.SIDE_BUY].best(node, depth, -1, book.fund),
        )
    return response


def _priced(orders: list[pb.Order], book: QuotedBook, nodal: Real, asked_w: int) -> _Priced:
    assert book.solved is not None
    topology, ticks_per_euro = book.solved.topology, MICRO_EURO_PER_EURO / book.tick
    ranked = sorted(orders, key=lambda order: priority(order, topology, nodal, ticks_per_euro))[:MAX_ORDERS_PER_SIDE]
    quantities = [min(asked_w, shown_w(order)) for order in ranked]
    counters = [moved_node(order, topology) for order in ranked]
    signs = np.array([1 if lifts(order) else -1 for order in ranked], dtype=np.int64)
    moved = signs * np.array(quantities, dtype=np.int64)
    slopes = pair_slopes(topology, book.solved.parameters, book.solved.point, counters, moved.tolist())
    # A match with an operator's request carries no tariff.
    bears = np.array([order.basis != pb.BASIS_OPERATOR_REQUEST for order in ranked], dtype=np.bool_)[:, None]
    slopes = np.where(bears, slopes, 0.0)
    size = np.array(quantities, dtype=np.float64)[:, None] / 1e6
    dnut = np.where(bears, signs[:, None] * (nodal[counters][:, None] - nodal[None, :]), 0.0) + slopes * size
    hours = book.solved.parameters.mtu_seconds / SECONDS_PER_HOUR
    sign = np.array([1 if order.side == pb.SIDE_SELL else -1 for order in ranked], dtype=np.int64)[:, None]
    limits = np.array([order.limit_price_ticks for order in ranked], dtype=np.int64)[:, None]
    return _Priced(
        ranked,
        quantities,
        limits + sign * _whole(dnut * ticks_per_euro),
        _whole(slopes * ticks_per_euro),
        _whole(dnut * size * hours * MICRO_EURO_PER_EURO),
    )


def tariff_tables(
    periods: Sequence[tuple[QuotedPeriod, AreaTopology]], node_id: str, quantity_w: int
) -> list[wire.TariffTable]:
    """Return the network tariff between a node and all others, one table per version of the topology."""
    tables = []
    for version in sorted({topology.version for _, topology in periods}):
        (topology,) = {id(t): t for _, t in periods if t.version == version}.values()
        node = topology.topology.node_index.get(node_id) if node_id else topology.topology.slack
        table = wire.TariffTable(topology_version=version, node_ids=topology.topology.node_ids)
        if node is not None:
            own = [period for period, its in periods if its is topology]
            solved = [(period, found) for period in own if (found := period.solved(topology)) is not None]
            table.periods.extend(_tariff_periods(topology.topology, solved, node, quantity_w))
        tables.append(table)
    return tables


def _tariff_periods(
    topology: Topology, solved: Sequence[tuple[QuotedPeriod, SolvedPeriod]], node: int, quantity_w: int
) -> list[wire.TariffPeriod]:
    try:
        table = tariff_table(
            topology, [s.parameters for _, s in solved], [s.point for _, s in solved], node, quantity_w
        )
    except SolveError:
        if len(solved) <= 1:
            return []  # close to voltage collapse: there is no tariff to quote
        # One such period must not hide the others.
        return [found for one in solved for found in _tariff_periods(topology, [one], node, quantity_w)]
    found = []
    for row, (period, _) in enumerate(solved):
        assert period.tariff is not None
        tick = period.tariff.tick_micro_euro_per_mwh or DEFAULT_TICK_MICRO_EURO_PER_MWH  # of before it was said
        scale = MICRO_EURO_PER_EURO / tick
        found.append(
            wire.TariffPeriod(
                mtu=period.tariff.mtu,
                operating_point_sequence=period.sequence,
                tariff_version=period.tariff.version,
                nodal_ticks=_whole(table.nodal[row] * scale).tolist(),
                slope_drawing_milliticks_per_kw=_whole(table.drawing[row] * scale).tolist(),
                slope_injecting_milliticks_per_kw=_whole(table.injecting[row] * scale).tolist(),
                tick_micro_euro_per_mwh=tick,
            )
        )
    return found


def _whole(values: Real) -> Integer:
    rounded: Integer = np.rint(values).astype(np.int64)
    return rounded
