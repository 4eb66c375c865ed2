"""Which price follows from a selection: a second step, by a rule that the operator of the platform chooses.

A price supports a selection when nobody whose order was taken loses by it, nobody divisible whose order was not
wholly taken would gain by more, and nodes between which capacity is left have one price. Orders that cannot be
divided may make that impossible; the rule says what gives way:

`dearest-activated`   divisible bids may stay behind although the price is better than theirs (they are listed)
`divisible-margin`    indivisible orders may be taken at a price worse than theirs (they are made whole, listed)
`split-areas`         nodes between which capacity is left may have different prices

Where a supporting price may lie anywhere in an interval, the point says where: `activated` (the end at the taken
bids: low where the area is regulated up, high where down), `low`, `mid`, `high`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, eye_array, hstack, vstack

from flexbourse_mfrr_simulator.domain.clearing import Kind, Order, Problem, Selection

RULES: Final = ("dearest-activated", "divisible-margin", "split-areas")
POINTS: Final = ("activated", "low", "mid", "high")
_HARD, _SOFT = 1e4, 1.0
_SLACK = 1e-6
_CENTS = 100.0
_GIVES_WAY: Final = {"dearest-activated": "left", "divisible-margin": "lumpy", "split-areas": "area"}


@dataclass(frozen=True, slots=True)
class Prices:
    """Cents per MWh per node (None: nothing was exchanged there), the interval each could lie in, and who is hurt.

    `left_behind`: MW of divisible bids that were not taken although the price is better than theirs.
    `make_whole`: cents per MWh by which the price of a taken order is worse than its own.
    """

    price: Mapping[str, int | None]
    interval: Mapping[str, tuple[int, int]]
    left_behind: Mapping[str, int]
    make_whole: Mapping[str, int]


@dataclass(slots=True)
class _System:
    """Rows `terms · prices <= limit`, each of which may be broken at the weight of its class."""

    nodes: tuple[str, ...]
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def add(self, terms: dict[str, float], limit: float, weight: float) -> None:
        self.rows.append(({self.nodes.index(node): value for node, value in terms.items()}, limit, weight))


def form_prices(problem: Problem, selection: Selection, rule: str, point: str, limit: int) -> Prices:
    """Return prices for a selection; `limit` bounds them up and down (cents per MWh)."""
    system = _System(problem.nodes)
    weight = {name: _SOFT if _GIVES_WAY[rule] == name else _HARD for name in ("left", "lumpy", "area", "taken")}
    _order_rows(system, problem, selection, weight)
    _border_rows(system, problem, selection, weight)
    low, high = _extremes(system, limit / _CENTS)
    areas = _areas(problem, selection)
    prices: dict[str, int | None] = {}
    intervals: dict[str, tuple[int, int]] = {}
    for place, node in enumerate(problem.nodes):
        net = _net_regulation(problem, selection, areas, node)
        if net is None:
            prices[node] = None
            continue
        ends = _closed(round(low[place] * _CENTS), round(high[place] * _CENTS), limit)
        intervals[node] = ends
        prices[node] = _point(ends, point, net)
    return Prices(prices, intervals, _left_behind(problem, selection, prices), _make_whole(problem, selection, prices))


def _is_lumpy(order: Order, taken: int, grouped: frozenset[str]) -> bool:
    return (order.minimum > 1 and taken == order.minimum) or order.key in grouped


def _order_rows(system: _System, problem: Problem, selection: Selection, weight: Mapping[str, float]) -> None:
    grouped = problem.grouped
    blocks: dict[str, list[Order]] = {}
    for order in problem.orders:
        taken = selection.accepted[order.key]
        if order.price is None:
            continue
        sign, price = (1.0 if order.supply else -1.0), order.price / _CENTS
        if order.block:
            if taken:
                blocks.setdefault(order.block, []).append(order)
            continue
        if taken:  # not to lose: sign·p >= sign·price
            kind = "lumpy" if _is_lumpy(order, taken, grouped) else "taken"
            system.add({order.node: -sign}, -sign * price, weight[kind])
        if _wants_more(order, taken, grouped):  # not to want more: sign·p <= sign·price
            system.add({order.node: sign}, sign * price, weight["left"])
    for members in blocks.values():
        terms: dict[str, float] = {}
        total = sum(order.quantity for order in members)
        worth = 0.0
        for order in members:
            sign, share = (1.0 if order.supply else -1.0), order.quantity / total
            terms[order.node] = terms.get(order.node, 0.0) - sign * share
            worth -= sign * share * (order.price or 0) / _CENTS
        system.add(terms, worth, weight["lumpy"])


def _wants_more(order: Order, taken: int, grouped: frozenset[str]) -> bool:
    """Tell whether an order could be given another MW by itself, so that leaving it out must have a reason."""
    if order.key in grouped or order.block or taken >= order.quantity:
        return False
    return order.minimum <= 1 or taken > 0


def _border_rows(system: _System, problem: Problem, selection: Selection, weight: Mapping[str, float]) -> None:
    for border in problem.borders:
        flow = selection.flows[border.key]
        room = flow < border.forward, flow > -border.backward
        if room[0]:  # more could flow forward, so the end is not dearer
            system.add({border.end: 1.0, border.start: -1.0}, 0.0, weight["area"] if flow >= 0 else _HARD)
        if room[1]:
            system.add({border.start: 1.0, border.end: -1.0}, 0.0, weight["area"] if flow <= 0 else _HARD)


def _extremes(system: _System, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest prices that break the rows as little as can be."""
    nodes, rows = len(system.nodes), len(system.rows)
    bounds = [(-limit, limit)] * nodes + [(0, None)] * rows
    weights = np.array([weight for _, _, weight in system.rows])
    cost = np.concatenate([np.zeros(nodes), weights])
    kept = coo_array(
        (
            [value for terms, _, _ in system.rows for value in terms.values()],
            (
                [place for place, (terms, _, _) in enumerate(system.rows) for _ in terms],
                [node for terms, _, _ in system.rows for node in terms],
            ),
        ),
        shape=(rows, nodes),
    )
    matrix = hstack([kept, -eye_array(rows)]).tocsr()
    limits = np.array([bound for _, bound, _ in system.rows])
    least = linprog(cost, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs")
    matrix = vstack([matrix, coo_array(cost[None, :])]).tocsr()
    limits = np.append(limits, least.fun + _SLACK)
    aim = np.concatenate([np.ones(nodes), np.zeros(rows)])
    ends = [linprog(s * aim, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs").x[:nodes] for s in (1.0, -1.0)]
    return ends[0], ends[1]


def _closed(low: int, high: int, limit: int) -> tuple[int, int]:
    """Close an interval that is open to one side at its other end; open to both, it is zero."""
    open_below, open_above = low <= -limit, high >= limit
    if open_below and open_above:
        return 0, 0
    return (high if open_below else low), (low if open_above else high)


def _point(ends: tuple[int, int], point: str, net: int) -> int:
    low, high = ends
    if point == "mid":
        return (low + high) // 2
    if point == "activated":
        return low if net >= 0 else high
    return low if point == "low" else high


def _areas(problem: Problem, selection: Selection) -> dict[str, str]:
    """Return for each node the name of its uncongested area."""
    area = {node: node for node in problem.nodes}
    for border in problem.borders:
        if -border.backward < selection.flows[border.key] < border.forward:
            old, new = area[border.end], area[border.start]
            area = {node: new if name == old else name for node, name in area.items()}
    return area


def _net_regulation(problem: Problem, selection: Selection, areas: Mapping[str, str], node: str) -> int | None:
    """Return MW taken up less down in the node's area; None where nothing was exchanged in it."""
    inside = [order for order in problem.orders if areas[order.node] == areas[node]]
    if not any(selection.accepted[order.key] for order in inside):
        return None
    bids = [order for order in inside if order.kind is Kind.BID]
    return sum((1 if order.supply else -1) * selection.accepted[order.key] for order in bids)


def _gain(order: Order, price: int | None) -> int:
    """Return by how much the price is better than the order's own, cents per MWh."""
    if price is None or order.price is None:
        return 0
    return (price - order.price) * (1 if order.supply else -1)


def _left_behind(problem: Problem, selection: Selection, prices: Mapping[str, int | None]) -> dict[str, int]:
    grouped = problem.grouped
    return {
        order.key: order.quantity - selection.accepted[order.key]
        for order in problem.orders
        if _gain(order, prices[order.node]) > 0 and _wants_more(order, selection.accepted[order.key], grouped)
    }


def _make_whole(problem: Problem, selection: Selection, prices: Mapping[str, int | None]) -> dict[str, int]:
    lost = {order.key: -_gain(order, prices[order.node]) for order in problem.orders if not order.block}
    return {key: loss for key, loss in lost.items() if loss > 0 and selection.accepted[key]}
