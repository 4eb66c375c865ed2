"""Which whole-tick prices support a result, and which of them are published.

Curves leave an interval of prices per place. An accepted block demands that its average price is not worse than its
limit; a block that is filled in part, or has no minimum and is rejected, that it is not better either: it sets the
price. Contract by contract, in their order, the price is the midpoint of what the curves, the blocks and the prices
chosen before leave, rounded half to even. Where rounding would take a block's support, the whole-tick prices are
taken that move least, in sum, from the midpoints of the curves' intervals. Where none are exact, a block that sets
the price may do better than its limit by a tick on average; where that does not help, blocks filled in part or
without a minimum may miss theirs by half a tick. What is left then is that powers are whole W: the exact shares of a
block of unequal powers would be supported, the whole W beside them miss its limit by what a W in each part is worth.
Beyond that the set of blocks is not supported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_auction.linear import INFINITY, Meter, Program
from flexbourse_core.money import divide_half_even

# What the linear programs of the intervals may be wrong by, in ticks.
_TICK_TOLERANCE = 1e-5

Interval = tuple[int, int]
LEVELS = (0, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Demand:
    """``Σ weight·price >= least`` over some prices: what a block asks for; weights in W, negative for purchases.

    ``yields`` is what may be missing where whole ticks cannot do it: first, and if that does not help either.
    ``of_shares`` asks the same of the exact shares of a block, where its powers are rounded to whole W.
    """

    weights: dict[int, int]
    least: int
    yields: tuple[int, int] = (0, 0)
    of_shares: Demand | None = None

    def eased(self, level: int) -> Demand:
        """Return the demand less what it yields: at level 0 nothing, the one, the other, at last of exact shares."""
        if level == LEVELS[-1]:
            return self.of_shares or self.eased(level - 1)
        return Demand(self.weights, self.least - (0, *self.yields)[level])

    def missing(self, prices: Sequence[int]) -> int:
        """Return by how much prices fall short; 0 or less if they do not."""
        return self.least - sum(weight * prices[i] for i, weight in self.weights.items())

    def is_met(self, prices: Sequence[int]) -> bool:
        """Tell whether prices fulfil it, eased as far as it yields."""
        return any(self.eased(level).missing(prices) <= 0 for level in LEVELS)

    def surely(self, intervals: Sequence[Interval]) -> bool:
        """Tell whether all prices within intervals fulfil it."""
        worst = [low if self.weights.get(i, 0) > 0 else high for i, (low, high) in enumerate(intervals)]
        return self.missing(worst) <= 0

    def possibly(self, intervals: Sequence[Interval]) -> bool:
        """Tell whether some prices within intervals fulfil it."""
        best = [high if self.weights.get(i, 0) > 0 else low for i, (low, high) in enumerate(intervals)]
        return self.missing(best) <= 0


def midpoint(low: int, high: int) -> int:
    """Return the middle of an interval of whole ticks, rounded half to even."""
    return divide_half_even(low + high, 2)


def choose_prices(intervals: Sequence[Interval], demands: Sequence[Demand], meter: Meter) -> tuple[int, ...] | None:
    """Return the published price of each interval, or None where no whole-tick prices meet all demands."""
    levels = LEVELS if any(any(demand.yields) for demand in demands) else LEVELS[:1]
    for level in levels:
        chosen = _choose(intervals, [demand.eased(level) for demand in demands], meter)
        if chosen is not None:
            return chosen
    return None


def _choose(intervals: Sequence[Interval], demands: Sequence[Demand], meter: Meter) -> tuple[int, ...] | None:
    if any(low > high for low, high in intervals) or not all(demand.possibly(intervals) for demand in demands):
        return None
    open_demands = [demand for demand in demands if not demand.surely(intervals)]
    prices = [midpoint(low, high) for low, high in intervals]
    if not open_demands:
        return tuple(prices)
    chosen = _one_by_one(intervals, open_demands, prices, meter)
    if chosen is None:
        chosen = _nearest(intervals, open_demands, prices, meter)
    return None if chosen is None else tuple(chosen)


def _one_by_one(
    intervals: Sequence[Interval], demands: Sequence[Demand], prices: Sequence[int], meter: Meter
) -> list[int] | None:
    program, chosen = Program(meter), list(prices)
    bound_to = sorted({i for demand in demands for i in demand.weights})
    column = {i: program.variable(*map(float, intervals[i])) for i in bound_to}
    _demand_rows(program, demands, column)
    for i in bound_to:
        ends = []
        for sign in (-1.0, 1.0):
            program.gains({column[i]: sign})
            answer = program.solve()
            if answer.values is None:
                return None
            ends.append(answer.values[column[i]])
        low, high = math.ceil(ends[0] - _TICK_TOLERANCE), math.floor(ends[1] + _TICK_TOLERANCE)
        if low > high:
            return None
        chosen[i] = midpoint(low, high)
        program.fix(column[i], chosen[i], chosen[i])
    return chosen if all(demand.missing(chosen) <= 0 for demand in demands) else None


def _nearest(
    intervals: Sequence[Interval], demands: Sequence[Demand], prices: Sequence[int], meter: Meter
) -> list[int] | None:
    """Return the whole-tick prices that move least in sum; exact arithmetic has the last word."""
    program, chosen = Program(meter), list(prices)
    bound_to = sorted({i for demand in demands for i in demand.weights})
    column = {i: program.variable(*map(float, intervals[i]), whole=True) for i in bound_to}
    for i in bound_to:
        moved = program.variable(0.0, INFINITY, -1.0)
        program.row({moved: 1.0, column[i]: 1.0}, low=float(prices[i]))
        program.row({moved: 1.0, column[i]: -1.0}, low=-float(prices[i]))
    _demand_rows(program, demands, column)
    answer = program.solve()
    if answer.values is None:
        return None
    for i in bound_to:
        chosen[i] = round(answer.values[column[i]])
    return chosen if all(demand.missing(chosen) <= 0 for demand in demands) else None


def _demand_rows(program: Program, demands: Sequence[Demand], column: dict[int, int]) -> None:
    for demand in demands:
        scale = max(abs(weight) for weight in demand.weights.values())
        weights = {column[i]: weight / scale for i, weight in demand.weights.items()}
        program.row(weights, low=demand.least / scale)
