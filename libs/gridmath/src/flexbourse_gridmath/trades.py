"""Trades on one operating point, one after the other: is each feasible, how much would be, and what does it cost?

A thin layer over the gate, the search for the largest quantity and the tariff potential: what a planner asks of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from flexbourse_gridmath.check import Binding, CheckResult, Gate, check, open_gate
from flexbourse_gridmath.largest import largest_quantity
from flexbourse_gridmath.limits import Limits, budget_spent, tightened
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change
from flexbourse_gridmath.tariff import PotentialParts, TariffParameters, potential_parts
from flexbourse_gridmath.topology import Integer, Topology
from flexbourse_gridmath.vector import MAX_QUANTITY_W, MICRO, Side, Vector

# The largest quantity is looked for up to this, far beyond what a distribution network carries.
DEFAULT_CEILING_W = 100_000_000


@dataclass(frozen=True, slots=True)
class Trade:
    """``quantity_w`` from the node ``seller`` to the node ``buyer`` (indices).

    A side that does not deviate is in the operating point already and moves nothing. A side moves
    ``tan_phi_micro``/10^6 var with every W, in the same direction (see :func:`tan_phi_micro`).
    """

    seller: int
    buyer: int
    quantity_w: int
    seller_deviates: bool = True
    buyer_deviates: bool = True
    tan_phi_micro: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.quantity_w <= MAX_QUANTITY_W:
            raise ValueError(f"quantity_w was {self.quantity_w}, must be 1 to {MAX_QUANTITY_W}")

    def vector(self, *, either_side: bool = False) -> Vector:
        """What one W of the trade moves; nothing if both sides are at one node, unless each alone is asked for."""
        sides = []
        if self.seller_deviates:
            sides.append(Side(self.seller, 1, self.tan_phi_micro))
        if self.buyer_deviates:
            sides.append(Side(self.buyer, -1, self.tan_phi_micro))
        cancels = len(sides) == 2 and self.seller == self.buyer and not either_side
        return Vector(() if cancels else tuple(sides))


def tan_phi_micro(power_factor: float) -> int:
    """Q per W in 10^-6 for a power factor: 0 < pf <= 1 Q in the direction of P (a load draws both); < 0 against it."""
    if not 0 < abs(power_factor) <= 1:
        raise ValueError(f"power factor was {power_factor}, must be above 0 and at most 1 in magnitude")
    return round(math.copysign(math.sqrt(1 / power_factor**2 - 1), power_factor) * MICRO)


@dataclass(frozen=True, slots=True)
class Rules:
    """What trades are held to.

    ``either_side``: a trade must also hold with either side missing. ``reliance`` is the share of the relief of earlier
    accepted trades that later ones may use (1: all of it). ``ceiling_w`` ends the search for the largest quantity.
    """

    limits: Limits
    parameters: TariffParameters
    either_side: bool = False
    reliance: float = 1.0
    ceiling_w: int = DEFAULT_CEILING_W


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The answer to one trade.

    ``accepted``: all of it is feasible. ``not_converged``: no proof exists either way, which is no permission.
    ``refused_by`` is the element that stands against the quantity, ``limited_by`` the one that stands against more than
    ``largest_w`` (None: the ceiling of the search, or the end of what can be solved). ``after`` is the state with the
    whole quantity made, whatever the answer. ``applied``: later trades of the same list are judged with it in place.
    """

    trade: Trade
    accepted: bool
    not_converged: bool
    refused_by: Binding | None
    largest_w: int
    limited_by: Binding | None
    before: OperatingPoint
    after: OperatingPoint | NotConverged
    applied: bool
    dnut_eur_per_mwh: PotentialParts | None

    @property
    def loss_change_w(self) -> float | None:
        """Change of the losses in W; None without a state."""
        if isinstance(self.after, NotConverged):
            return None
        return (self.after.losses_pu - self.before.losses_pu) * self.after.topology.base_va


@dataclass(frozen=True, slots=True, eq=False)
class LargestTrade:
    """The largest feasible quantity, what stands against more (see :class:`Verdict`), and the state with it made."""

    quantity_w: int
    limited_by: Binding | None
    after: OperatingPoint | NotConverged


def largest_trade(topology: Topology, point: OperatingPoint, trade: Trade, rules: Rules) -> LargestTrade:
    """The largest quantity of a trade on ``point``, whatever quantity it names."""
    gate = open_gate(topology, [point], [rules.limits])
    vector = trade.vector(either_side=rules.either_side)
    largest = largest_quantity(gate, vector, rules.ceiling_w, 1, either_side=rules.either_side)
    if isinstance(largest, NotConverged):
        return LargestTrade(0, None, point)
    return LargestTrade(
        largest.quantity_w, largest.binding, apply_change(topology, point, vector.at(largest.quantity_w))
    )


def check_trades(
    topology: Topology, point: OperatingPoint, trades: Iterable[Trade], rules: Rules, *, sequential: bool = False
) -> Iterator[Verdict]:
    """Judge each trade on ``point``; ``sequential``: on the point with all trades accepted before it.

    In sequence the budget of an element outside its limit is one for all trades, and ``rules.reliance`` counts.
    """
    gate = open_gate(topology, [point], [rules.limits])
    for trade in trades:
        verdict = _judge(gate, trade, rules, sequential=sequential)
        yield verdict
        if verdict.applied and not isinstance(verdict.after, NotConverged):
            limits = budget_spent(rules.limits, point, verdict.after)
            rules = replace(rules, limits=_unrelied(limits, point, verdict.after, 1.0 - rules.reliance))
            point = verdict.after
            gate = open_gate(topology, [point], [rules.limits])


def _judge(gate: Gate, trade: Trade, rules: Rules, *, sequential: bool) -> Verdict:
    topology, (before,) = gate.topology, gate.points
    vector = trade.vector(either_side=rules.either_side)
    change = vector.at(trade.quantity_w)
    result = check(gate, change, either_side=rules.either_side)
    accepted = isinstance(result, CheckResult) and result.feasible
    # A quantity above a refused one is of no use, even where it fits again.
    maximum = max(rules.ceiling_w, trade.quantity_w) if accepted else trade.quantity_w - 1
    largest = largest_quantity(gate, vector, maximum, 1, either_side=rules.either_side)
    largest_w, limited_by = (0, None) if isinstance(largest, NotConverged) else (largest.quantity_w, largest.binding)
    refused_by = result.binding() if isinstance(result, CheckResult) and not result.feasible else None
    after = apply_change(topology, before, change)
    return Verdict(
        trade=trade,
        accepted=accepted,
        not_converged=isinstance(result, NotConverged),
        refused_by=refused_by,
        largest_w=max(largest_w, trade.quantity_w) if accepted else largest_w,
        limited_by=limited_by if accepted or largest_w < maximum else refused_by,
        before=before,
        after=after,
        applied=accepted and sequential,
        dnut_eur_per_mwh=None
        if isinstance(after, NotConverged)
        else dnut_parts(topology, rules.parameters, before, after, trade.quantity_w),
    )


def dnut_of(
    topology: Topology, parameters: TariffParameters, point: OperatingPoint, trade: Trade
) -> PotentialParts | None:
    """The exact DNUT of a trade on ``point`` in EUR/MWh, feasible or not; None where no state exists."""
    after = apply_change(topology, point, trade.vector().at(trade.quantity_w))
    if isinstance(after, NotConverged):
        return None
    return dnut_parts(topology, parameters, point, after, trade.quantity_w)


def dnut_parts(
    topology: Topology, parameters: TariffParameters, before: OperatingPoint, after: OperatingPoint, quantity_w: int
) -> PotentialParts:
    """(Φ(after) − Φ(before)) ÷ quantity by part, in EUR/MWh; not rounded, for display and comparison."""
    first, second = (potential_parts(topology, parameters, point) for point in (before, after))
    mw = quantity_w / 1e6
    return PotentialParts(
        loss=(second.loss - first.loss) / mw,
        congestion=(second.congestion - first.congestion) / mw,
        voltage=(second.voltage - first.voltage) / mw,
    )


def _unrelied(limits: Limits, before: OperatingPoint, after: OperatingPoint, share: float) -> Limits:
    """The limits less the share of a trade's relief on which nobody may rely."""
    if share <= 0:
        return limits

    def amount(relief: Integer) -> Integer:
        result: Integer = np.ceil(share * np.maximum(relief, 0)).astype(np.int64)
        return result

    lift = after.voltage_micro_pu() - before.voltage_micro_pu()
    return tightened(limits, amount(before.loading_mpct() - after.loading_mpct()), amount(lift), amount(-lift))
