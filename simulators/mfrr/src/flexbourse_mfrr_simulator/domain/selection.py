"""Which bids are taken: the welfare maximum of a mixed-integer linear programme.

Four programmes, each keeping what the one before it reached: inelastic needs covered as far as bids and capacity go;
welfare (value of what is covered less the cost of what is taken); as much need and as little flow as that leaves
free; earlier bids first. So the answer is one, whatever the solver does among equals.

Energy carries its origin: of upward bids, of downward needs, of downward tolerance. So needs of opposite sign net
freely, tolerances are met by bids alone, and activating bids against bids can be forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from flexbourse_mfrr_simulator.domain.clearing import Border, Kind, Order, Problem, Selection

NODE_LIMIT: Final = 50_000
TIME_LIMIT_S: Final = 60.0
_FROM_BIDS: Final = "bids"
_FROM_NEEDS: Final = "needs"
_FROM_TOLERANCE: Final = "tolerance"
_ORIGINS: Final = {Kind.BID: _FROM_BIDS, Kind.NEED: _FROM_NEEDS, Kind.TOLERANCE: _FROM_TOLERANCE}


@dataclass(slots=True)
class _Programme:
    """Columns (all whole numbers) and rows of the programme as they are built."""

    upper: list[float] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, upper: float) -> int:
        self.upper.append(upper)
        return len(self.upper) - 1

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    def maximise(self, weights: dict[int, float]) -> tuple[np.ndarray, bool]:
        """Return the best whole-numbered point and whether it is proven; the programme is never infeasible."""
        cost = np.zeros(len(self.upper))
        for column, weight in weights.items():
            cost[column] = -weight
        scale = np.abs(cost).max() or 1.0
        data = [value for terms, _, _ in self.rows for value in terms.values()]
        columns = [column for terms, _, _ in self.rows for column in terms]
        places = [place for place, (terms, _, _) in enumerate(self.rows) for _ in terms]
        matrix = coo_array((data, (places, columns)), shape=(len(self.rows), len(self.upper))).tocsr()
        bounds = [(low, high) for _, low, high in self.rows]
        outcome = milp(
            cost / scale,
            integrality=np.ones(len(self.upper)),
            bounds=Bounds(0, np.array(self.upper)),
            constraints=LinearConstraint(matrix, [b[0] for b in bounds], [b[1] for b in bounds]),
            options={"mip_rel_gap": 0.0, "node_limit": NODE_LIMIT, "time_limit": TIME_LIMIT_S},
        )
        if outcome.x is None:
            return np.zeros(len(self.upper)), False
        return np.round(outcome.x), bool(outcome.status == 0)

    def keep(self, weights: dict[int, float], reached: float) -> None:
        """Hold on to what an objective reached (whole numbers: half a unit of slack loses nothing)."""
        scale = max(map(abs, weights.values()))
        self.row({c: w / scale for c, w in weights.items()}, (reached - 0.5) / scale, np.inf)


@dataclass(slots=True)
class _Columns:
    """Where each quantity of the problem stands in the programme."""

    taken: dict[str, int] = field(default_factory=dict)
    chosen: dict[str, int] = field(default_factory=dict)
    shares: dict[tuple[str, str], int] = field(default_factory=dict)  # wanted order by origin of the energy
    flows: dict[tuple[str, bool, str], int] = field(default_factory=dict)  # border, forward, origin


def select(problem: Problem) -> Selection:
    """Return the selection for a problem; order of `problem.orders` is the order of acceptance, which breaks ties."""
    if not problem.orders:
        return Selection({}, {border.key: 0 for border in problem.borders}, 0, proven=True)
    programme, columns = _Programme(), _Columns()
    _order_columns(programme, columns, problem)
    _group_rows(programme, columns, problem)
    _energy_rows(programme, columns, problem)
    point, proven = np.zeros(len(programme.upper)), True
    for weights in _objectives(problem, columns):
        if not weights:
            continue
        best, sure = programme.maximise(weights)
        proven = proven and sure
        if not sure and _value(weights, best) < _value(weights, point):
            best = point
        point = best
        programme.keep(weights, _value(weights, point))
    accepted = {key: int(point[column]) for key, column in columns.taken.items()}
    flows = {border.key: _net(border, columns, point) for border in problem.borders}
    return Selection(accepted, flows, welfare_of(problem, accepted), proven)


def welfare_of(problem: Problem, accepted: dict[str, int]) -> int:
    """Return value of the demand less cost of the supply, in cents per hour; inelastic needs count nothing."""
    return sum((-1 if order.supply else 1) * (order.price or 0) * accepted[order.key] for order in problem.orders)


def _value(weights: dict[int, float], point: np.ndarray) -> float:
    return float(sum(weight * point[column] for column, weight in weights.items()))


def _objectives(problem: Problem, columns: _Columns) -> Iterable[dict[int, float]]:
    taken, orders = columns.taken, problem.orders
    yield {taken[order.key]: 1.0 for order in orders if order.is_inelastic}
    yield {taken[order.key]: (-1.0 if order.supply else 1.0) * order.price for order in orders if order.price}
    most = 2.0 * len(problem.borders) + 1.0
    needs = {taken[order.key]: most for order in orders if order.kind is Kind.NEED and order.price is not None}
    yield needs | dict.fromkeys(columns.flows.values(), -1.0)
    yield {taken[order.key]: -float(rank + 1) for rank, order in enumerate(orders) if order.kind is not Kind.NEED}


def _order_columns(programme: _Programme, columns: _Columns, problem: Problem) -> None:
    """Quantities, choices of those that are all or nothing below a minimum, and blocks in one proportion."""
    grouped = problem.grouped
    blocks: dict[str, Order] = {}
    for order in problem.orders:
        taken = columns.taken[order.key] = programme.column(order.quantity)
        if order.minimum > 1 or order.key in grouped:
            chosen = columns.chosen[order.key] = programme.column(1)
            programme.row({taken: 1.0, chosen: -float(max(order.minimum, 1))}, 0, np.inf)
            programme.row({taken: 1.0, chosen: -float(order.quantity)}, -np.inf, 0)
        if order.block:
            first = blocks.setdefault(order.block, order)
            if first is not order:
                programme.row({columns.taken[first.key]: order.quantity, taken: -first.quantity}, 0, 0)


def _group_rows(programme: _Programme, columns: _Columns, problem: Problem) -> None:
    for group in problem.exclusive:
        programme.row({columns.chosen[key]: 1.0 for key in group}, 0, 1)
    for group in problem.ordered:
        for first, later in pairwise(group):
            programme.row({columns.chosen[later]: 1.0, columns.chosen[first]: -1.0}, -np.inf, 0)


def _energy_rows(programme: _Programme, columns: _Columns, problem: Problem) -> None:
    """Balance of each node and origin, capacity of each border and direction."""
    origins = sorted({_ORIGINS[order.kind] for order in problem.orders if order.supply})
    balance: dict[tuple[str, str], dict[int, float]] = {(node, o): {} for node in problem.nodes for o in origins}
    for order in problem.orders:
        if order.supply:
            balance[order.node, _ORIGINS[order.kind]][columns.taken[order.key]] = 1.0
            continue
        parts = {columns.taken[order.key]: -1.0}
        for origin in _allowed(order, problem):
            if origin in origins:
                share = columns.shares[order.key, origin] = programme.column(order.quantity)
                balance[order.node, origin][share] = -1.0
                parts[share] = 1.0
        programme.row(parts, 0, 0)
    for border in problem.borders:
        for forward, capacity in ((True, border.forward), (False, border.backward)):
            used = _flow_columns(programme, columns, border, forward, capacity, origins, balance)
            if used:
                programme.row(used, 0, capacity)
    for terms in balance.values():
        programme.row(terms, 0, 0)


def _flow_columns(
    programme: _Programme, columns: _Columns, border: Border, forward: bool, capacity: int, origins: list[str],
    balance: dict[tuple[str, str], dict[int, float]],
) -> dict[int, float]:  # fmt: skip
    source, sink = (border.start, border.end) if forward else (border.end, border.start)
    used = {}
    for origin in origins:
        column = columns.flows[border.key, forward, origin] = programme.column(capacity)
        balance[source, origin][column] = -1.0
        balance[sink, origin][column] = 1.0
        used[column] = 1.0
    return used


def _allowed(order: Order, problem: Problem) -> tuple[str, ...]:
    """Return where the energy of an order that wants some may come from."""
    if order.kind is Kind.NEED:
        return _FROM_BIDS, _FROM_NEEDS
    if order.kind is Kind.TOLERANCE:
        return (_FROM_BIDS,)
    return (_FROM_BIDS, _FROM_NEEDS, _FROM_TOLERANCE) if problem.counter_activation else (_FROM_NEEDS, _FROM_TOLERANCE)


def _net(border: Border, columns: _Columns, point: np.ndarray) -> int:
    sides = [(key[1], point[column]) for key, column in columns.flows.items() if key[0] == border.key]
    return int(sum(flow if forward else -flow for forward, flow in sides))
