"""The cheapest set of offers that brings elements back inside their limits, in AC and over several MTUs.

The limits are ``h_r(x) <= 0`` with x the bought quantities: loading above its ceiling, voltage outside its band, each a
function of the exact power flow. Its gradient is the impact factor of each offer on the element, from one transposed
solve. A mixed-integer program holds tangents of these functions; its answer is solved in AC; every element that is (or
has newly come) outside gets a tangent at that very point, until AC agrees (cutting planes: Kelley 1960; for whole
numbers the outer approximation of Duran and Grossmann 1986). A loading is the magnitude of a phasor that is nearly
linear in x, hence nearly convex, so tangents cut off next to nothing that is allowed and the last program's value is a
lower bound of the cost as far as that holds; the bound is reported as ``gap``, the answer itself rests on AC alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from flexbourse_gridmath.check import Gate, Kind, Unit, open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.nodal import element_gradients
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.relief_offers import (
    SECONDS_PER_HOUR,
    Need,
    Offer,
    along,
    find_need_problems,
    find_needs,
    find_offer_problems,
)
from flexbourse_gridmath.relief_program import MAX_TREE_NODES, Answer, Limit, Program, Tangent, Variable
from flexbourse_gridmath.topology import Complex, Flags, Real, Topology

# Rounds of program and power flow; three to six are usual.
MAX_ROUNDS = 40
# Tangents one round may add, the worst elements first: neighbours in a feeder say nearly the same.
MAX_NEW_TANGENTS = 200
# A tangent this little above the truth (ratio or pu) cuts off nothing worth a round.
TANGENT_ROOM = 1e-7
# Steps of one offer that are taken back where rounding up bought more than is needed.
MAX_TRIMMED_STEPS = 3
# A further round must find a set better by this share, or missing less by this share of a limit.
WORTH_A_ROUND = 1e-5
# What an unmet limit may differ between program and power flow: 0.0001 points of loading, 1e-6 pu.
SETTLED = 1e-6
_PER_UNIT = {"branch": 1e5, "node": 1e6}
# The least distance of a band's edge from nominal that a missed voltage is measured by.
_LEAST_BAND_PU = 0.01
# Of two sets that cost the same the smaller is bought: as if every MWh cost this many EUR more.
_TIE_EUR_PER_MWH = 1e-4


@dataclass(frozen=True, slots=True)
class Purchase:
    """A quantity of one offer, in W or var, and its cost over all MTUs of the offer."""

    offer: Offer
    quantity: int
    cost_micro_eur: int


@dataclass(frozen=True, slots=True)
class NeedOutcome:
    """What became of a need: values before and after, the value that was asked for, and what is missing to it."""

    need: Need
    element_id: str
    before: int
    after: int
    target: int
    shortfall: int
    unit: Unit


@dataclass(frozen=True, slots=True, eq=False)
class CheapestRelief:
    """The set to buy. ``met`` tells whether every need is; ``settled`` whether power flow and program agreed in time.

    ``gap`` is the share of the cost by which the set might be dearer than the optimum of all tangents found. Whatever
    the outcome, the bought set pushes no element out of a limit that no need names.
    """

    purchases: tuple[Purchase, ...]
    cost_micro_eur: int
    needs: tuple[NeedOutcome, ...]
    before: tuple[OperatingPoint, ...] = field(repr=False)
    after: tuple[OperatingPoint, ...] = field(repr=False)
    rounds: int
    gap: float
    settled: bool

    @property
    def met(self) -> bool:
        """Tell whether no need is left open."""
        return all(outcome.shortfall == 0 for outcome in self.needs)


def cheapest_relief(
    topology: Topology,
    points: Sequence[OperatingPoint],
    limits: Sequence[Limits],
    offers: Sequence[Offer],
    needs: Sequence[Need] | None = None,
    *,
    step: int = 1,
    mtu_seconds: int = 900,
    most: int | None = None,
    max_rounds: int = MAX_ROUNDS,
    max_tree_nodes: int = MAX_TREE_NODES,
) -> CheapestRelief:
    """The cheapest quantities (multiples of ``step``, or whole offers) that meet the needs of all MTUs.

    Without needs: of every element outside its limit. Elements that no need names must keep their limit, or, outside it
    already, get no worse. Where the needs cannot all be met, the set misses as little of them as possible, each by the
    measure of its own limit, and of those is the cheapest. Raises ValueError naming every unusable offer, limit
    or need. ``most`` bounds the sum of all quantities; rounds and nodes of the solver's tree are bounded too.
    """
    wanted = find_needs(points, limits) if needs is None else tuple(needs)
    problems = find_offer_problems(topology, len(points), offers) + find_need_problems(topology, len(points), wanted)
    if problems:
        raise ValueError("; ".join(problems))
    bounds = _Bounds.of(open_gate(topology, points, limits), wanted, limits if needs is None else None)
    sizes = np.array([offer.quantity for offer in offers], dtype=np.float64)
    program = Program([_variable(offer, mtu_seconds) for offer in offers], sizes, most, max_tree_nodes)
    return _Search(bounds, tuple(points), tuple(offers), wanted, program, step, mtu_seconds).run(max_rounds)


def _variable(offer: Offer, mtu_seconds: int) -> Variable:
    hours = mtu_seconds * len(offer.mtus) / SECONDS_PER_HOUR
    price = offer.price_micro_eur_per_mwh / 1e6 + _TIE_EUR_PER_MWH
    return Variable(offer.quantity / 1e6 * hours * price, offer.minimum / offer.quantity, offer.divisible)


@dataclass(frozen=True, slots=True, eq=False)
class _Bounds:
    """What every element is held to, [MTUs, L] or [MTUs, n], and which of it a need names."""

    topology: Topology
    loading: Real
    low: Real
    high: Real
    loading_named: Flags
    low_named: Flags
    high_named: Flags

    @classmethod
    def of(cls, gate: Gate, needs: Sequence[Need], exact: Sequence[Limits] | None) -> _Bounds:
        """Bounds of the gate, with what is needed in its place: the limit itself where `exact` limits are given."""
        loading, low, high = gate.loading_ceiling.copy(), gate.v_floor.copy(), gate.v_ceiling.copy()
        named = tuple(np.zeros(x.shape, dtype=np.bool_) for x in (loading, low, high))
        for need in needs:
            point, place = gate.points[need.mtu], (need.mtu, need.index)
            own = exact[need.mtu] if exact is not None else None
            relief = need.relief / _PER_UNIT[need.kind]
            if need.kind == "branch":
                loading[place] = own.loading_mpct[need.index] / 1e5 if own else point.loading[need.index] - relief
                named[0][place] = True
            elif (magnitude := float(point.magnitude[need.index])) < 1.0:
                low[place] = own.v_low_micro_pu[need.index] / 1e6 if own else magnitude + relief
                named[1][place] = True
            else:
                high[place] = own.v_high_micro_pu[need.index] / 1e6 if own else magnitude - relief
                named[2][place] = True
        return cls(gate.topology, loading, low, high, *named)

    def missed(self, points: Sequence[OperatingPoint]) -> dict[str, Real]:
        """How far each bound is missed (negative: kept), ratio or pu."""
        magnitude = np.array([point.magnitude for point in points])
        return {
            "loading": np.array([point.loading for point in points]) - self.loading,
            "low": self.low - magnitude,
            "high": magnitude - self.high,
        }

    def is_named(self, row: Limit) -> bool:
        mtu, what, index = row
        flags = {"loading": self.loading_named, "low": self.low_named, "high": self.high_named}[what]
        return bool(flags[mtu, index])

    def scale(self, row: Limit) -> float:
        """What a missed bound is measured by: the limit itself, or the width of the band on that side."""
        mtu, what, index = row
        if what == "loading":
            return max(float(self.loading[mtu, index]), 0.01)
        limit = self.low if what == "low" else self.high
        return max(abs(1.0 - float(limit[mtu, index])), _LEAST_BAND_PU)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """Quantities with their exact states; missed bounds added up by their scale: ``harm`` unnamed, ``open`` named."""

    quantities: tuple[int, ...]
    points: tuple[OperatingPoint, ...]
    missed: dict[str, Real]
    harm: float
    open: float
    cost_micro_eur: int

    def rank(self) -> tuple[bool, float, int]:
        return self.harm > 0, round(self.open, 9), self.cost_micro_eur


def _is_better(one: _Candidate, other: _Candidate) -> bool:
    """Tell whether a set misses less, or as little and is cheaper, by more than rounding."""
    if abs(one.open - other.open) > WORTH_A_ROUND:
        return one.open < other.open
    return one.cost_micro_eur < other.cost_micro_eur * (1 - WORTH_A_ROUND)


class _Search:
    """Rounds of program and power flow."""

    def __init__(
        self,
        bounds: _Bounds,
        before: tuple[OperatingPoint, ...],
        offers: tuple[Offer, ...],
        needs: tuple[Need, ...],
        program: Program,
        step: int,
        mtu_seconds: int,
    ) -> None:
        self._bounds, self._before, self._offers, self._needs = bounds, before, offers, needs
        self._step, self._mtu_seconds = step, mtu_seconds
        self._program = program
        self._sizes = np.array([offer.quantity for offer in offers], dtype=np.float64)
        self._last: dict[Limit, tuple[float, float]] = {}

    def run(self, max_rounds: int) -> CheapestRelief:
        candidate = best = self._judge((0,) * len(self._offers), self._before)
        answer: Answer | None = None
        settled, rounds = not self._rows_missed(candidate, answer), 0
        found = best if settled else None
        while rounds < max_rounds and self._offers and self._go_on(candidate, answer, settled):
            rounds += 1
            answer = self._program.solve()
            candidate = self._candidate(answer, candidate)
            settled = not self._rows_missed(candidate, answer)
            if settled and (found is None or _is_better(candidate, found)):
                found = best = candidate
            elif settled:
                break
            elif found is None and candidate.rank() <= best.rank():
                best = candidate
        return self._result(self._trimmed(best), rounds, found is not None)

    def _go_on(self, candidate: _Candidate, answer: Answer | None, settled: bool) -> bool:
        """Prepare the next round; False where there is nothing to prepare.

        Once power flow and program agree, tangents are drawn for all known limits where they agreed, and those drawn
        elsewhere that lie above the truth there are dropped: a loading bends a little the other way where its voltage
        moves, so that a tangent may cut off what is allowed.
        """
        rows = self._rows_missed(candidate, answer)
        if settled:
            rows = list(self._last)
            self._program.rows[:] = [row for row in self._program.rows if self._is_below(row, candidate)]
            self._last.clear()
        self._add_tangents(candidate, rows)
        return bool(rows)

    def _is_below(self, tangent: Tangent, candidate: _Candidate) -> bool:
        """Tell whether a tangent cuts off nothing at a state: it claims no more than what is missed there."""
        mtu, what, index = tangent.limit
        claimed = tangent.value + float(tangent.slope @ (self._shares(candidate) - tangent.at))
        return claimed <= float(candidate.missed[what][mtu, index]) + TANGENT_ROOM

    def _shares(self, candidate: _Candidate) -> Real:
        return np.array(candidate.quantities, dtype=np.float64) / self._sizes

    def _trimmed(self, best: _Candidate) -> _Candidate:
        """The set with whole steps taken back, the dearest offers first, that only rounding up had added."""
        dearest = sorted(range(len(self._offers)), key=lambda i: -self._offers[i].price_micro_eur_per_mwh)
        for i in dearest if self._step > 1 else ():
            for _ in range(MAX_TRIMMED_STEPS):
                quantities = list(best.quantities)
                left = quantities[i] - (quantities[i] % self._step or self._step)
                if not self._offers[i].divisible or left < self._offers[i].minimum or quantities[i] == 0:
                    break
                quantities[i] = left
                points = self._solve(tuple(quantities))
                less = self._judge(tuple(quantities), points) if points is not None else None
                if less is None or less.harm > best.harm or less.open > best.open:
                    break
                best = less
        return best

    def _candidate(self, answer: Answer, last: _Candidate) -> _Candidate:
        quantities = self._whole(answer.shares)
        points = self._solve(quantities)
        while points is None:
            # The program led where no state is; every half of the way is nearer to the last state that is one.
            quantities = tuple((a + b) // 2 for a, b in zip(quantities, last.quantities, strict=True))
            points = self._solve(quantities)
        return self._judge(quantities, points)

    def _whole(self, shares: Real) -> tuple[int, ...]:
        """Shares as quantities: up to the next step, but never below a minimum that is used, nor above the offer."""
        quantities = []
        for share, offer in zip(shares, self._offers, strict=True):
            wanted = float(share) * offer.quantity
            steps = int(np.ceil(wanted / self._step - 1e-6)) * self._step
            quantity = 0 if steps <= 0 else min(max(steps, offer.minimum), offer.quantity)
            quantities.append(offer.quantity if quantity and not offer.divisible else quantity)
        return tuple(quantities)

    def _solve(self, quantities: tuple[int, ...]) -> tuple[OperatingPoint, ...] | None:
        topology = self._bounds.topology
        p_w = [np.array(point.p_w) for point in self._before]
        q_var = [np.array(point.q_var) for point in self._before]
        for offer, quantity in zip(self._offers, quantities, strict=True):
            p, q = offer.powers(quantity)
            for mtu in offer.mtus:
                p_w[mtu][offer.node] += p
                q_var[mtu][offer.node] += q
        solved = [solve_from_no_load(topology, p, q) for p, q in zip(p_w, q_var, strict=True)]
        points = tuple(point for point in solved if not isinstance(point, NotConverged))
        return points if len(points) == len(solved) else None

    def _judge(self, quantities: tuple[int, ...], points: tuple[OperatingPoint, ...]) -> _Candidate:
        missed = self._bounds.missed(points)
        harm = left = 0.0
        for row in _positive(missed):
            part = float(missed[row[1]][row[0], row[2]]) / self._bounds.scale(row)
            if self._bounds.is_named(row):
                left += part
            else:
                harm += part
        cost = sum(x.cost_micro_eur(q, self._mtu_seconds) for x, q in zip(self._offers, quantities, strict=True))
        return _Candidate(quantities, points, missed, harm, left, cost)

    def _rows_missed(self, candidate: _Candidate, answer: Answer | None) -> list[Limit]:
        """Bounds that the state misses by more than the program said, the worst first."""
        found = []
        for row in _positive(candidate.missed):
            value = float(candidate.missed[row[1]][row[0], row[2]])
            known = answer.missed.get(row, 0.0) if answer is not None and self._bounds.is_named(row) else 0.0
            if value > (known + SETTLED if known > 0 else 0.0):
                found.append((-(value - known) / self._bounds.scale(row), row))
        return [row for _, row in sorted(found)[:MAX_NEW_TANGENTS]]

    def _add_tangents(self, candidate: _Candidate, rows: list[Limit]) -> None:
        at = self._shares(candidate)
        for mtu, point in enumerate(candidate.points):
            own = [row for row in rows if row[0] == mtu]
            if not own:
                continue
            elements: list[tuple[Kind, int]] = [("branch" if r[1] == "loading" else "node", r[2]) for r in own]
            gradients = element_gradients(self._bounds.topology, point, elements)
            for row, gradient in zip(own, gradients, strict=True):
                value = float(candidate.missed[row[1]][mtu, row[2]])
                slope = self._slopes(-gradient if row[1] == "low" else gradient, mtu)
                margin = self._margin(row, value, slope)
                self._last[row] = value, margin
                named, scale = self._bounds.is_named(row), self._bounds.scale(row)
                self._program.rows.append(Tangent(row, value, slope, at, margin, scale, named))

    def _margin(self, row: Limit, value: float, slope: Real) -> float:
        """What a tangent asks for on top: what is still missed only because whole steps round the program's answer."""
        last_value, last_margin = self._last.get(row, (np.inf, 0.0))
        rounding = self._step * float(np.abs(slope / self._sizes).sum())
        return last_margin + value if 0 < last_value < 2 * value and value < rounding else 0.0

    def _slopes(self, gradient: Complex, mtu: int) -> Real:
        """What all of each offer does to a bound in one MTU, [offers]."""
        base = self._bounds.topology.base_va
        return np.array(
            [
                along(gradient[offer.node], offer) * offer.quantity / base if mtu in offer.mtus else 0.0
                for offer in self._offers
            ]
        )

    def _result(self, best: _Candidate, rounds: int, settled: bool) -> CheapestRelief:
        purchases = tuple(
            Purchase(offer, quantity, offer.cost_micro_eur(quantity, self._mtu_seconds))
            for offer, quantity in zip(self._offers, best.quantities, strict=True)
            if quantity
        )
        return CheapestRelief(
            purchases=purchases,
            cost_micro_eur=best.cost_micro_eur,
            needs=tuple(self._outcome(need, best) for need in self._needs),
            before=self._before,
            after=best.points,
            rounds=rounds,
            gap=self._gap(best),
            settled=settled,
        )

    def _gap(self, best: _Candidate) -> float:
        if not self._program.rows or best.cost_micro_eur == 0:
            return 0.0
        bound = self._program.solve(with_margins=False).bound * 1e6
        return max(0.0, 1.0 - bound / best.cost_micro_eur)

    def _outcome(self, need: Need, best: _Candidate) -> NeedOutcome:
        topology, mtu, i = self._bounds.topology, need.mtu, need.index
        before, after = self._before[mtu], best.points[mtu]
        if need.kind == "branch":
            values = before.loading[i] * 1e5, after.loading[i] * 1e5, self._bounds.loading[mtu, i] * 1e5
            left, name = values[1] - values[2], topology.branch_ids[i]
        else:
            rises = before.magnitude[i] < 1.0
            target = (self._bounds.low if rises else self._bounds.high)[mtu, i] * 1e6
            values = before.magnitude[i] * 1e6, after.magnitude[i] * 1e6, target
            left = target - values[1] if rises else values[1] - target
            name = topology.node_ids[i]
        unit: Unit = "mpct" if need.kind == "branch" else "micro_pu"
        shortfall = int(np.ceil(left)) if left > 0 else 0
        return NeedOutcome(need, name, round(values[0]), round(values[1]), round(values[2]), shortfall, unit)


def _positive(missed: dict[str, Real]) -> list[Limit]:
    rows: list[Limit] = []
    for what in ("loading", "low", "high"):
        mtus, indices = np.nonzero(missed[what] > 0)
        rows += [(t, what, i) for t, i in zip(mtus.tolist(), indices.tolist(), strict=True)]
    return rows
