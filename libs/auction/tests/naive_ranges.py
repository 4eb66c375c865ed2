"""Linear inequalities in fractions, slow and obvious: which values a number may have, the others chosen freely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple


class AtLeast(NamedTuple):
    """``Σ weight·number >= least``."""

    weights: tuple[Fraction, ...]
    least: Fraction


def at_least(weights: Mapping[int, int], least: Fraction | int, count: int) -> AtLeast:
    return AtLeast(tuple(Fraction(weights.get(i, 0)) for i in range(count)), Fraction(least))


def range_of(index: int, demands: Iterable[AtLeast], count: int) -> tuple[Fraction, Fraction] | None:
    """Return the least and the greatest value of a number; None where nothing meets all demands.

    The other numbers are eliminated one by one: each demand that has it at least with each that has it at most.
    """
    left = set(demands)
    for other in range(count):
        if other != index:
            left = _without(other, left)
    if any(not demand.weights[index] and demand.least > 0 for demand in left):
        return None
    low = max(demand.least / demand.weights[index] for demand in left if demand.weights[index] > 0)
    high = min(demand.least / demand.weights[index] for demand in left if demand.weights[index] < 0)
    return (low, high) if low <= high else None


def _without(index: int, demands: Iterable[AtLeast]) -> set[AtLeast]:
    demands = list(demands)
    kept = [demand for demand in demands if not demand.weights[index]]
    lows = [demand for demand in demands if demand.weights[index] > 0]
    highs = [demand for demand in demands if demand.weights[index] < 0]
    pairs = [_sum(low, -high.weights[index], high, low.weights[index]) for low in lows for high in highs]
    return _tightest([*kept, *pairs])


def _sum(first: AtLeast, times: Fraction, second: AtLeast, more: Fraction) -> AtLeast:
    weights = tuple(a * times + b * more for a, b in zip(first.weights, second.weights, strict=True))
    return AtLeast(weights, first.least * times + second.least * more)


def _tightest(demands: Sequence[AtLeast]) -> set[AtLeast]:
    """Return of demands of one direction the one that asks most."""
    found: dict[tuple[Fraction, ...], Fraction] = {}
    for weights, least in demands:
        scale = max(map(abs, weights), default=Fraction(0)) or Fraction(1)
        own = tuple(weight / scale for weight in weights)
        found[own] = max(found.get(own, least / scale), least / scale)
    return {AtLeast(weights, least) for weights, least in found.items()}
