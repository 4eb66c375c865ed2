"""Solve, check on the grid, cut, solve again: how a set of orders comes to a result that the exact gate agrees with.

The solver knows the grid by linear rows alone. What it finds is checked exactly; of each element that it breaks a row
is made from the element's sensitivities at the found point, and the solver runs again, until the check agrees or a
bound of rounds is reached. A row keeps the found result out. Because the grid is not quite linear it may keep out a
little that the grid would take, so the gap that a solver proves is that of its last program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from flexbourse_auction.orders import Contract, Row
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.check import Kind
from flexbourse_gridmath.nodal import SolveError, element_gradients
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Real
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.grid.gate import refuse_whole
from flexbourse_orderbook.domain.grid.grid_view import GridView

# Rows that one round adds for one contract, the most violated elements first.
MAX_CUTS = 16
# A row lies so far inside of what it is made from, because results are whole W; each round doubles it up to a bound.
MARGIN_W = 4
MAX_DOUBLINGS = 9
# A set whose power flow has no solution is looked at where so small a part of it has one.
MAX_HALVINGS = 12
# Sensitivities of a row are whole parts of the largest one: every node moves every element a little, and nodes that
# move one alike are to have one price. What that leaves out comes back in the next round.
PARTS = 20
# Node of orders that move nothing.
NOWHERE = ""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Known:
    """What rounds have found out: rows, orders that are out, and what each order pays for the grid at most, in ticks.

    A cost only rises from round to round, so that the rounds come to an end.
    """

    rows: tuple[Row, ...] = ()
    without: frozenset[str] = frozenset()
    cost_ticks: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: Known) -> Known:
        """Return what is known beside what was known before."""
        costs = dict(self.cost_ticks)
        for name, ticks in other.cost_ticks.items():
            costs[name] = max(ticks, costs.get(name, ticks))
        return Known((*self.rows, *other.rows), self.without | other.without, costs)


@dataclass(frozen=True, slots=True)
class Settled(Generic[Result]):
    """The last result of the rounds; where the check did not agree with it nothing of it may be used."""

    result: Result
    known: Known
    rounds: int
    agreed: bool


def solve_in_rounds(
    solve: Callable[[Known], Result],
    check: Callable[[Result, int], Known | None],
    max_rounds: int,
    start: Known | None = None,
    is_spent: Callable[[], bool] = lambda: False,
) -> Settled[Result]:
    """Solve until ``check(result, round)`` has nothing more to tell (None), at most ``max_rounds`` times.

    ``is_spent`` tells after a round that the effort for all of them is.
    """
    known = start or Known()
    for number in range(1, max_rounds + 1):
        result = solve(known)
        found = check(result, number)
        if found is None or number == max_rounds or is_spent():
            return Settled(result, known, number, found is None)
        known = known.plus(found)
    raise ValueError(f"max_rounds was {max_rounds}, must be at least 1")


def change_of_set(moved_w: Mapping[int, int]) -> Change:
    """Return what a set moves, by node index in W, as one change."""
    nodes = tuple(node for node, p_w in sorted(moved_w.items()) if p_w)
    return Change(nodes, tuple(moved_w[node] for node in nodes), (0,) * len(nodes))


def refuse_set(view: GridView, change: Change) -> Rejection | None:
    """Check what a set moves as a whole in one period, exactly and beside all that is held; None: it fits."""
    return refuse_whole(view, change) if change.nodes else None


def cuts_of_refusal(
    view: GridView,
    contract: Contract,
    change: Change,
    refusal: Rejection,
    reach: frozenset[int],
    number: int,
    *,
    or_half: bool = True,
) -> tuple[Row, ...]:
    """Return the rows that keep a set from what the gate refused of it; none where it moves nothing.

    ``reach``: the nodes of all orders, which the rows are written over; ``number`` of the round, which names the rows
    and sets their margin; ``or_half``: where no element says what is wrong, half of the set is to go.
    """
    cut = Cut(view, contract, change, reach | set(change.nodes), number)
    if refusal.code is Code.GRID_CHECK_NOT_CONVERGED:
        found = tuple(cut.towards_collapse())
    elif refusal.unit == "W":
        found = tuple(cut.of_sum(refusal))
    else:
        found = tuple(cut.of_elements(refusal))
    return found or (tuple(cut.halving()) if or_half else ())


class Cut:
    """Rows against one set in one period; ``number`` of the round names them and sets their margin."""

    def __init__(self, view: GridView, contract: Contract, change: Change, reach: frozenset[int], number: int) -> None:
        self._view, self._contract, self._change, self._number = view, contract, change, number
        self._reach = sorted(reach)
        self._margin_w = MARGIN_W << min(number, MAX_DOUBLINGS)
        self._moved = np.zeros(view.topology.n_nodes)
        np.add.at(self._moved, list(change.nodes), change.p_w)

    def of_elements(self, refusal: Rejection) -> Iterator[Row]:
        """Iterate over rows for all elements that the set breaks, the one that the gate named first."""
        after = self._view.moved(self._change)
        at = after or self._view.point
        excesses = {} if after is None else self._violated(after)
        named = self._element(refusal.element)
        if named is not None and refusal.value is not None and refusal.limit is not None:
            (kind, _), excess = named, float(abs(refusal.value - refusal.limit))
            sign = 1 if kind == "branch" or refusal.value > refusal.limit else -1
            excesses[(*named, sign)] = max(excess, excesses.get((*named, sign), 0.0))
        worst = sorted(excesses.items(), key=lambda entry: (-entry[1], entry[0]))[:MAX_CUTS]
        for (kind, index, sign), excess in worst:
            row = self._row(at, kind, index, sign, excess)
            if row is not None:
                yield row

    def _element(self, element_id: str) -> tuple[Kind, int] | None:
        topology = self._view.topology
        if element_id in topology.branch_index:
            return "branch", topology.branch_index[element_id]
        return ("node", topology.node_index[element_id]) if element_id in topology.node_index else None

    def _violated(self, after: OperatingPoint) -> dict[tuple[Kind, int, int], float]:
        """Return by how much each element is beyond what it is allowed, mpct or millionths of pu."""
        gate = self._view.gatekeeper.gate().gate
        found: dict[tuple[Kind, int, int], float] = {}
        over = (after.loading - gate.loading_ceiling[0]) * 1e5
        for branch in np.flatnonzero(over > 0).tolist():
            found["branch", branch, 1] = float(over[branch])
        for sign, beyond in ((1, after.magnitude - gate.v_ceiling[0]), (-1, gate.v_floor[0] - after.magnitude)):
            for node in np.flatnonzero(beyond > 0).tolist():
                found["node", node, sign] = float(beyond[node]) * 1e6
        return found

    def _row(self, at: OperatingPoint, kind: Kind, index: int, sign: int, excess: float) -> Row | None:
        """Return a row over which the element falls by its excess; None where no order moves it."""
        scale = (1e5 if kind == "branch" else 1e6) / self._view.topology.base_va
        try:
            slope: Real = sign * scale * element_gradients(self._view.topology, at, ((kind, index),))[0].real
        except SolveError:
            return None
        names = self._view.topology.branch_ids if kind == "branch" else self._view.topology.node_ids
        return self.written(f"{names[index]}{'+-'[sign < 0]}", slope, excess)

    def at_node(self, node: int, excess_w: int) -> Iterator[Row]:
        """Iterate over the row by which what the set moves at a node falls by so much."""
        slope = np.zeros(len(self._moved))
        slope[node] = np.sign(self._moved[node])
        row = self.written(f"node:{self._view.topology.node_ids[node]}", slope, float(excess_w))
        if row is not None:
            yield row

    def kept_at(self, name: str, slope: Real, kept: Change) -> Row | None:
        """Return a row over which the set goes no further than another one, in W of the node of the largest slope."""
        at = np.zeros(self._view.topology.n_nodes)
        np.add.at(at, list(kept.nodes), kept.p_w)
        largest = max((abs(float(slope[node])) for node in self._reach), default=0.0)
        weights = np.rint(slope * (PARTS / largest)) / PARTS if largest > 0.0 else slope
        return self.written(name, slope, largest * float(weights @ (self._moved - at)))

    def written(self, name: str, slope: Real, excess: float) -> Row | None:
        """Return a row over which the set falls by an excess, in W of the node of the largest slope.

        None where it would leave the set as it is: nothing of it moves the element this way.
        """
        largest = max((abs(float(slope[node])) for node in self._reach), default=0.0)
        if largest <= 0.0:
            return None
        weights = np.rint(slope * (PARTS / largest)) / PARTS
        used = float(weights @ self._moved)
        if used <= 0.0:
            return None
        ids = self._view.topology.node_ids
        coefficients = tuple((self._contract, ids[node], float(weights[node])) for node in self._reach if weights[node])
        limit = used - excess / largest - self._margin_w
        return Row(f"{name}@{self._contract.mtu}#{self._number}", coefficients, max(0.0, limit))

    def of_sum(self, refusal: Rejection) -> Iterator[Row]:
        """Iterate over the row of a sum of the capacity-limit schedule."""
        if refusal.value is None or refusal.limit is None:
            return
        sign = 1 if refusal.value > refusal.limit else -1
        for limit in self._view.schedule.sums:
            if limit.subject_id == refusal.element:
                slope = np.zeros(len(self._moved))
                slope[list(limit.nodes)] = sign
                excess = abs(refusal.value - refusal.limit)
                row = self.written(f"{limit.subject_id}{'+-'[sign < 0]}", slope, float(excess))
                if row is not None:
                    yield row
                return

    def halving(self) -> Iterator[Row]:
        """Iterate over a row that leaves half of the set, where no element says what is wrong with it."""
        row = self.written("half", np.sign(self._moved), float(np.abs(self._moved).sum()) / 2)
        if row is not None:
            yield row

    def towards_collapse(self) -> Iterator[Row]:
        """Iterate over a row for the most used element where a part of the set still has a solution."""
        for halvings in range(1, MAX_HALVINGS + 1):
            part = tuple(p_w >> halvings if p_w >= 0 else -(-p_w >> halvings) for p_w in self._change.p_w)
            after = self._view.moved(Change(self._change.nodes, part, (0,) * len(part)))
            if after is None:
                continue
            lowest = int(after.magnitude.argmin())
            row = self._row(after, "node", lowest, -1, 0.0)
            if row is not None:
                yield Row(row.row_id, row.coefficients, max(0.0, row.limit / 2**halvings - self._margin_w))
            return
