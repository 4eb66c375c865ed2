"""A linear or mixed-integer program in HiGHS: variables and rows are collected, then optimised, as often as wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

INFINITY = float("inf")
# What a row may be missed by, in the program's units; the exact arithmetic outside decides.
FEASIBILITY = 1e-7
RELATIVE_GAP = 1e-8
ABSOLUTE_GAP = 1e-7
# What a run has at least, so that it says something.
LEAST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Effort:
    """The bound of one run: nodes of the tree; seconds, the net below, are the meter's."""

    nodes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a run. ``values`` is None where none was found; ``bound`` what no solution is better than.

    ``duals`` say what one more unit of each row would be worth; empty where whole variables were left open.
    ``complete`` tells that neither nodes nor seconds ended it; ``timed_out`` that seconds did, ``seconds`` of the
    solver.
    """

    values: Sequence[float] | None
    bound: float
    nodes: int
    complete: bool
    timed_out: bool
    seconds: float
    duals: Sequence[float] = ()


class Meter:
    """The time of the solver in one auction, over all its programs: each has what is left of it, and a little."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self.timed_out = False

    @property
    def spent(self) -> bool:
        """Tell whether nothing is left."""
        return self._left <= 0.0

    @property
    def left_s(self) -> float:
        """Return the time that the next program has."""
        return max(self._left, LEAST_SECONDS)

    def count(self, answer: Answer) -> None:
        """Count a run."""
        self._left -= answer.seconds
        self.timed_out |= answer.timed_out


class Program:
    """A program that maximises; columns and rows only grow."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._low: list[float] = []
        self._high: list[float] = []
        self._gain: list[float] = []
        self._whole: list[int] = []
        self._starts: list[int] = [0]
        self._columns: list[int] = []
        self._weights: list[float] = []
        self._row_low: list[float] = []
        self._row_high: list[float] = []

    @property
    def width(self) -> int:
        """Return the number of variables."""
        return len(self._low)

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return len(self._row_low)

    def variable(
        self, low: float = -INFINITY, high: float = INFINITY, gain: float = 0.0, *, whole: bool = False
    ) -> int:
        """Add a variable and return its index."""
        self._low.append(low)
        self._high.append(high)
        self._gain.append(gain)
        self._whole.append(int(whole))
        return len(self._low) - 1

    def row(self, weights: Mapping[int, float], low: float = -INFINITY, high: float = INFINITY) -> None:
        """Demand ``low <= Σ weight·variable <= high``."""
        self._columns += weights
        self._weights += weights.values()
        self._starts.append(len(self._columns))
        self._row_low.append(low)
        self._row_high.append(high)

    def fix(self, variable: int, low: float, high: float) -> None:
        """Change the bounds of a variable."""
        self._low[variable], self._high[variable] = low, high

    def gain_more(self, variable: int, more: float) -> None:
        """Add to what a variable gains."""
        self._gain[variable] += more

    def gains(self, gains: Mapping[int, float]) -> None:
        """Replace the objective; variables not named gain nothing."""
        self._gain = [gains.get(index, 0.0) for index in range(self.width)]

    def solve(self, effort: Effort | None = None, start: Mapping[int, float] | None = None) -> Answer:
        """Maximise. ``start`` are values of some variables from which a solution may be made."""
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False), ("threads", 1), ("mip_heuristic_run_feasibility_jump", False), ("mip_rel_gap",
            RELATIVE_GAP), ("mip_abs_gap", ABSOLUTE_GAP), ("primal_feasibility_tolerance", FEASIBILITY),
            ("mip_feasibility_tolerance", FEASIBILITY), ("dual_feasibility_tolerance", FEASIBILITY),
        ):  # fmt: skip
            solver.setOptionValue(option, value)
        if effort:
            solver.setOptionValue("mip_max_nodes", effort.nodes)
        solver.setOptionValue("time_limit", self._meter.left_s)
        whole = self._open()
        solver.passModel(self._model(whole))
        if start:
            solver.setSolution(len(start), np.array(list(start), dtype=np.int32), np.array(list(start.values())))
        solver.run()
        answer = _answer(solver, is_whole=any(whole))
        self._meter.count(answer)
        return answer

    def _open(self) -> list[bool]:
        """Return which variables have to be whole and are not fixed."""
        return [bool(whole) and low < high for whole, low, high in zip(self._whole, self._low, self._high, strict=True)]

    def _model(self, whole: Sequence[bool]) -> Any:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.width, len(self._row_low)
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = np.array(self._gain)
        model.col_lower_, model.col_upper_ = np.array(self._low), np.array(self._high)
        model.row_lower_, model.row_upper_ = np.array(self._row_low), np.array(self._row_high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(self._starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array(self._columns, dtype=np.int32)
        model.a_matrix_.value_ = np.array(self._weights)
        if any(whole):
            kinds = highspy.HighsVarType
            model.integrality_ = [kinds.kInteger if is_whole else kinds.kContinuous for is_whole in whole]
        return model


def _answer(solver: Any, *, is_whole: bool) -> Answer:
    """Return what a run says; with `is_whole` variables that have to be whole were open."""
    status, info = solver.getModelStatus(), solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    statuses = highspy.HighsModelStatus
    bound = info.mip_dual_bound if is_whole else info.objective_function_value
    if status == statuses.kInfeasible:
        bound = -INFINITY
    solution = solver.getSolution()
    return Answer(
        values=list(solution.col_value) if found else None,
        bound=bound,
        nodes=max(int(info.mip_node_count), 0),
        complete=status in (statuses.kOptimal, statuses.kInfeasible),
        timed_out=status == statuses.kTimeLimit,
        seconds=float(solver.getRunTime()),
        duals=list(solution.row_dual) if found and not is_whole else (),
    )
