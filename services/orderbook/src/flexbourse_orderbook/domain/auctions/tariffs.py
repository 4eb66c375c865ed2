"""Rows against a set that makes the grid dearer than an order's limit allows.

What the grid costs rises with what a set moves, so there is a largest part of the set up to which the next W at the
order's node still keeps its limit. The row keeps the tariff at the node below that, to first order: its slope is the
row of the second derivatives of Φ there. What such a row is worth is the tariff itself, which is paid as DNUT: it takes
no part in prices.
"""

from __future__ import annotations

from flexbourse_auction.orders import Row
from flexbourse_gridmath.nodal import SolveError, nodal_tariff
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Real
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.auctions.rounds import Cut
from flexbourse_orderbook.domain.grid.grid_view import GridView

# What names the rows that keep a tariff.
TARIFF = "tariff:"
# The part of the set is found to one in so many.
PARTS_OF_SET = 1 << 12
# The second derivative is taken over so many W: a few percent of a feeder, far above what rounding makes.
DIFFERENCE_W = 500


def is_tariff_row(row_id: str) -> bool:
    """Tell whether a row keeps a tariff, so that its worth is no part of any price."""
    return row_id.startswith(TARIFF)


def marginal_cost(view: GridView, point: OperatingPoint, node: int, moves: int) -> float | None:
    """Return what the next W of an order costs at a point, EUR/MWh; None where that cannot be told."""
    tariff = _tariff(view, point)
    return None if tariff is None else moves * float(tariff[node])


def tariff_row(view: GridView, change: Change, node: int, moves: int, allowed: float, cut: Cut) -> Row | None:
    """Return the row that keeps what the next W at a node costs within what is allowed, EUR/MWh; None: no row does."""
    part = _largest_part(view, change, node, moves, allowed)
    kept = _part_of(change, part)
    here = view.moved(kept)
    beside = None if here is None else view.moved(_plus(kept, node, moves * DIFFERENCE_W))
    if part == 0 or here is None or beside is None:
        return None
    before, after = _tariff(view, here), _tariff(view, beside)
    if before is None or after is None:
        return None
    row = cut.kept_at(f"{TARIFF}{view.topology.node_ids[node]}", after - before if moves > 0 else before - after, kept)
    if row is None:
        return None
    ids = view.topology.node_ids
    weights = {name: weight for _, name, weight in row.coefficients}
    used = sum(weights.get(ids[n], 0.0) * p_w for n, p_w in zip(change.nodes, change.p_w, strict=True))
    return row if used > row.limit else None


def _largest_part(view: GridView, change: Change, node: int, moves: int, allowed: float) -> int:
    """Return up to which part of a set, in :data:`PARTS_OF_SET`, the cost of the next W is allowed; 0: not at all."""
    low, high = 0, PARTS_OF_SET
    while high - low > 1:
        middle = (low + high) // 2
        point = view.moved(_part_of(change, middle))
        cost = None if point is None else marginal_cost(view, point, node, moves)
        if cost is not None and cost <= allowed:
            low = middle
        else:
            high = middle
    return low


def _part_of(change: Change, part: int) -> Change:
    return Change(change.nodes, tuple(p_w * part // PARTS_OF_SET for p_w in change.p_w), change.q_var)


def _plus(change: Change, node: int, p_w: int) -> Change:
    return Change((*change.nodes, node), (*change.p_w, p_w), (*change.q_var, 0))


def _tariff(view: GridView, point: OperatingPoint) -> Real | None:
    try:
        return nodal_tariff(view.topology, view.parameters, point).total
    except SolveError:
        return None
