"""The mixed-integer linear program behind the cheapest relief: offers as variables, tangents of limits as rows.

Variables, for offers o and rows r: ``x_o`` in 0 to 1, the share of the offered quantity; ``b_o`` in {0, 1} where a
minimum activation asks whether the offer is used at all; ``s_r >= 0``, by how much a limit is missed. A row is a
tangent ``value + Σ_o slope_o·(x_o − at_o) <= scale·s_r − margin``. A limit may have several tangents; they share its
``s_r``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from flexbourse_gridmath.topology import Real

# What the solver may leave between its answer and the proven optimum, and how many nodes its tree may have.
RELATIVE_GAP = 1e-7
MAX_TREE_NODES = 100_000
# Missing a limit that no need names is worse than missing any need: what is bought must do no harm.
HARM_WEIGHT = 1e4
# The least shortfall is a sum of solver results; it is kept to this.
_SHORTFALL_ROOM = 1e-9


# A matrix and what its rows may come to at most.
Rows = tuple[Real, Real | float]
# MTU, what is limited, index of branch or node.
Limit = tuple[int, Literal["loading", "low", "high"], int]


class ProgramError(ArithmeticError):
    """The solver gave no answer to a program that has one."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One offer: what all of it costs, the least share of it that can be used, and whether it is all or nothing."""

    cost: float
    least_share: float
    divisible: bool


@dataclass(frozen=True, slots=True, eq=False)
class Tangent:
    """One row. ``slope`` [offers] per whole offer, ``at`` [offers] the shares at which ``value`` was found.

    ``value`` is how far the limit is missed there, ``scale`` what counts as missing it whole; ``named`` tells whether a
    need asks for it.
    """

    limit: Limit
    value: float
    slope: Real
    at: Real
    margin: float
    scale: float
    named: bool


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Shares of all offers, the missed part of every limit (in its own unit), and the cost in the unit of the offers.

    ``bound`` is what the solver proved no answer to the same rows to cost less than.
    """

    shares: Real
    missed: dict[Limit, float]
    cost: float
    bound: float


@dataclass(slots=True)
class Program:
    """Offers and the rows collected so far."""

    variables: Sequence[Variable]
    # The quantities of the offers and the most that may be bought of all together; None: any amount.
    sizes: Real
    most: float | None = None
    max_tree_nodes: int = MAX_TREE_NODES
    rows: list[Tangent] = field(default_factory=list)

    def solve(self, *, with_margins: bool = True) -> Answer:
        """The cheapest shares that keep all limits, or that miss them by as little as possible; ProgramError if none.

        Two steps: the least weighted sum of what is missed, then the least cost at which no more is missed.
        """
        limits = list(dict.fromkeys(row.limit for row in self.rows))
        weights = self._weights(limits)
        cost = np.array([x.cost for x in self.variables])
        met = self._optimise(limits, cost, np.zeros(len(limits)), None, with_margins)
        if met is None:
            least = self._optimise(limits, np.zeros(len(cost)), weights, None, with_margins)
            if least is None:
                raise ProgramError("no shares fit the tangents, however much the limits are missed")
            room = float(least[0][-len(limits) :] @ weights)
            met = self._optimise(limits, cost, weights, room * (1 + _SHORTFALL_ROOM) + _SHORTFALL_ROOM, with_margins)
            met = met if met is not None else least
        solution, bound = met
        shares = np.clip(solution[: len(cost)], 0.0, 1.0)
        scales = {row.limit: row.scale for row in self.rows}
        missed = {
            limit: float(max(part, 0.0)) * scales[limit]
            for limit, part in zip(limits, solution[len(solution) - len(limits) :], strict=True)
        }
        return Answer(shares, missed, float(cost @ shares), bound)

    def _weights(self, limits: list[Limit]) -> Real:
        named = {row.limit: row.named for row in self.rows}
        return np.array([1.0 if named[limit] else HARM_WEIGHT for limit in limits])

    def _optimise(
        self, limits: list[Limit], cost: Real, weights: Real, room: float | None, with_margins: bool
    ) -> tuple[Real, float] | None:
        """Solution and proven bound. No room and no weights: nothing may be missed; weights alone: miss least."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow: loaded by the first choice

        offers, switched = len(self.variables), [i for i, x in enumerate(self.variables) if self._is_switched(x)]
        width = offers + len(switched) + len(limits)
        exact = room is None and not weights.any()
        objective = np.zeros(width)
        objective[:offers] = cost
        if room is None:
            objective[offers + len(switched) :] = weights
        constraints: list[Rows] = [self._limit_rows(limits, offers + len(switched), width, with_margins)]
        if self.most is not None:
            sizes = np.pad(self.sizes / self.most, (0, width - offers))
            constraints.append((sizes[None, :], 1.0))
        if switched:
            constraints.append(self._switch_rows(switched, offers, width))
        if room is not None:
            total = np.zeros((1, width))
            total[0, offers + len(switched) :] = weights
            constraints.append((total, room))
        upper = np.ones(width)
        upper[offers + len(switched) :] = 0.0 if exact else np.inf
        whole = np.zeros(width)
        whole[:offers] = [not x.divisible for x in self.variables]
        whole[offers : offers + len(switched)] = 1
        result = milp(
            objective,
            constraints=[LinearConstraint(matrix, -np.inf, high) for matrix, high in constraints],
            bounds=Bounds(np.zeros(width), upper),
            integrality=whole,
            options={"mip_rel_gap": RELATIVE_GAP, "node_limit": self.max_tree_nodes},
        )
        if result.x is None:
            return None
        proven = getattr(result, "mip_dual_bound", None) if whole.any() else result.fun
        return result.x, float(result.fun if proven is None else proven)

    @staticmethod
    def _is_switched(variable: Variable) -> bool:
        return variable.divisible and variable.least_share > 0

    def _limit_rows(self, limits: list[Limit], first: int, width: int, with_margins: bool) -> Rows:
        place = {limit: first + i for i, limit in enumerate(limits)}
        matrix, high = np.zeros((len(self.rows), width)), np.empty(len(self.rows))
        for i, row in enumerate(self.rows):
            # A row in units of its scale, so that the solver's tolerance means the same for all.
            matrix[i, : len(row.slope)] = row.slope / row.scale
            matrix[i, place[row.limit]] = -1.0
            margin = row.margin if with_margins else 0.0
            high[i] = (float(row.slope @ row.at) - row.value - margin) / row.scale
        return matrix, high

    def _switch_rows(self, switched: list[int], offers: int, width: int) -> Rows:
        """An offer that is used at all is used by its minimum at least: ``least·b <= x <= b``."""
        matrix = np.zeros((2 * len(switched), width))
        for i, offer in enumerate(switched):
            matrix[2 * i, offer], matrix[2 * i, offers + i] = 1.0, -1.0
            matrix[2 * i + 1, offer], matrix[2 * i + 1, offers + i] = -1.0, self.variables[offer].least_share
        return matrix, 0.0
