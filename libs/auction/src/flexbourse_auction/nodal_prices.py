"""Prices where network rows bind: one reference price per contract, less what each binding row makes of a node.

    π(node) = λ(contract) − Σ_rows μ_row · coefficient(row, contract, node),   μ >= 0, and 0 where the row does not bind

In their order, each λ and then each μ is the midpoint of what the curves, the accepted blocks and the numbers chosen
before leave. λ is a whole tick, where one is left. Places whose π are equal are a price zone: no full row parts them.
Each has one price, π rounded half to even and kept inside the intervals of all its places. So a contract in which
no row binds has one price everywhere, by the same rule as without a network.
"""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse_auction.linear import INFINITY, Program
from flexbourse_auction.market import Market
from flexbourse_auction.outcome import Powers, demands_of, injections
from flexbourse_auction.price_zones import price_zones
from flexbourse_auction.prices import LEVELS, Demand, Interval, midpoint
from flexbourse_auction.rules import Pricing

# What the linear programs may be wrong by, in ticks.
_TICK_TOLERANCE = 1e-5
# A full row may be missed by so much at its largest coefficient, or by that part of the largest power.
_FULL_W, _FULL_PART = 1e-3, 1e-6
_EXACT = tuple((level, 0) for level in LEVELS)
# Whole W move the prices of straight lines: by how many ticks the intervals are eased, where nothing else fits all.
_EASED = ((LEVELS[-2], 1), (LEVELS[-1], 1), (LEVELS[-1], 4))


def row_value(market: Market, r: int, powers: Powers, nets: Sequence[int]) -> float:
    """Return the use of a row, in its own unit."""
    injected = injections(market, powers)
    return sum(weight * (nets[k] + injected[k]) for k, weight in market.row_weights[r].items())


def full_rows(market: Market, nets: Sequence[float], ratios: Sequence[float]) -> list[int]:
    """Return the rows that exact net sales, W per place, and ratios of blocks use up: those that may have a price.

    What whole W make of a row says nothing: beside a few W that it has left it is not full.
    """
    injected = [float(net) for net in nets]
    for block, parts, ratio in zip(market.blocks, market.parts, ratios, strict=True):
        for part in parts:
            injected[part.spot] += block.side.sign * ratio * part.quantity_w
    missed_w = max(_FULL_W, _FULL_PART * max(map(abs, injected), default=0.0))
    found = []
    for r, (row, weights) in enumerate(zip(market.rows, market.row_weights, strict=True)):
        largest = max(map(abs, weights.values()), default=0.0)
        value = sum(weight * injected[k] for k, weight in weights.items())
        if largest and value >= row.limit - largest * missed_w:
            found.append(r)
    return found


def choose_nodal_prices(
    market: Market, powers: Powers, intervals: Sequence[Interval], binding: Sequence[int], *, rounded: bool
) -> tuple[tuple[int, ...] | None, tuple[float, ...]]:
    """Return the price per place and the shadow price per row in ticks per its unit; None where none support the
    set.

    ``binding`` are the rows that are full. ``rounded`` tells that powers or net sales are not exactly what is best:
    only then may prices be off by ticks.
    """
    none = (0.0,) * len(market.rows)
    if market.rules.pricing is Pricing.PAY_AS_BID:
        return None, none
    attempts = (
        _one_by_one(market, powers, [(low - ticks, high + ticks) for low, high in intervals], binding, level)
        for level, ticks in ((*_EXACT, *_EASED) if rounded else _EXACT)
    )
    chosen = next((attempt for attempt in attempts if attempt is not None), None)
    if chosen is None:
        return None, none
    references, shadows = chosen
    exact = [
        references[c] - sum(shadows[r] * market.row_weights[r].get(k, 0.0) for r in binding)
        for k, c in enumerate(market.contract_of)
    ]
    whole = _with_support(market, powers, intervals, _one_per_zone(market, exact, intervals))
    return whole, tuple(shadows.get(r, 0.0) for r in range(len(market.rows)))


def _one_per_zone(market: Market, exact: Sequence[float], intervals: Sequence[Interval]) -> tuple[int, ...]:
    """Return whole-tick prices of places: one for all of a contract whose exact prices are equal."""
    prices = [0] * len(exact)
    for zone in (zone for spots in market.spots_of for zone in price_zones({k: exact[k] for k in spots})):
        # Whole W may leave no tick to all; then none is further from the intervals than it has to be.
        low, high = sorted((max(intervals[k][0] for k in zone), min(intervals[k][1] for k in zone)))
        price = min(max(round(exact[zone[0]]), low), high)
        for k in zone:
            prices[k] = price
    return tuple(prices)


def _one_by_one(
    market: Market, powers: Powers, intervals: Sequence[Interval], binding: Sequence[int], level: int
) -> tuple[list[float], dict[int, float]] | None:
    program, rules = Program(market.meter), market.rules
    references = [program.variable(rules.lowest_ticks, rules.highest_ticks) for _ in market.contracts]
    # A row in units of its largest coefficient, so that shadow prices are in ticks.
    scales = {r: max(abs(weight) for weight in market.row_weights[r].values()) for r in binding}
    shadows = {r: program.variable(0.0, INFINITY) for r in binding}
    terms = []
    for k, (low, high) in enumerate(intervals):
        weights = {references[market.contract_of[k]]: 1.0}
        for r in binding:
            if market.row_weights[r].get(k):
                weights[shadows[r]] = -market.row_weights[r][k] / scales[r]
        terms.append(weights)
        program.row(weights, float(low), float(high))
    for demand in (each.eased(level) for each in demands_of(market, powers)):
        scale = max(abs(weight) for weight in demand.weights.values())
        combined: dict[int, float] = {}
        for k, weight in demand.weights.items():
            for column, part in terms[k].items():
                combined[column] = combined.get(column, 0.0) + part * weight / scale
        program.row(combined, low=demand.least / scale)
    values: list[float] = []
    for column in (*references, *shadows.values()):
        value = _middle(program, column, whole=column in references, highest=rules.highest_ticks - rules.lowest_ticks)
        if value is None:
            return None
        values.append(value)
    found = dict(zip(binding, values[len(references) :], strict=True))
    return values[: len(references)], {r: max(value, 0.0) / scales[r] for r, value in found.items()}


def _middle(program: Program, column: int, *, whole: bool, highest: float) -> float | None:
    """Fix a variable at the middle of what the others leave, and return it."""
    ends = []
    for sign in (-1.0, 1.0):
        program.gains({column: sign})
        answer = program.solve()
        if answer.values is None and sign > 0:
            ends.append(highest)  # unbounded: a row whose price nobody limits
        elif answer.values is None:
            return None
        else:
            ends.append(min(answer.values[column], highest) if not whole else answer.values[column])
    low, high = ends
    value = (low + high) / 2
    nearest = midpoint(round(low), round(high))
    if whole and low - _TICK_TOLERANCE <= nearest <= high + _TICK_TOLERANCE:
        value = float(nearest)
    program.fix(column, value - _TICK_TOLERANCE, value + _TICK_TOLERANCE)
    return value


def _with_support(
    market: Market, powers: Powers, intervals: Sequence[Interval], prices: Sequence[int]
) -> tuple[int, ...] | None:
    """Return prices moved by a tick, inside their intervals, where rounding took a block's support; as they are where
    moving takes another's; None where neither supports all."""
    demands = demands_of(market, powers)
    attempts = (_moved(market, demands, intervals, prices), tuple(prices))
    return next((own for own in attempts if all(demand.is_met(own) for demand in demands)), None)


def _moved(
    market: Market, demands: Sequence[Demand], intervals: Sequence[Interval], prices: Sequence[int]
) -> tuple[int, ...]:
    """Return prices moved by a tick for each block that they fall short for.

    A contract's prices move together: what its nodes differ by is the rows' affair.
    """
    moved = list(prices)
    for demand in demands:
        for k, weight in demand.weights.items():
            together, by = market.spots_of[market.contract_of[k]], 1 if weight > 0 else -1
            inside = all(intervals[j][0] <= moved[j] + by <= intervals[j][1] for j in together)
            if inside and demand.missing(moved) > 0:
                for j in together:
                    moved[j] += by
    return tuple(moved)
