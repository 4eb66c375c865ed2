"""Conditional (reserve) calls in AC: a set of calls is accepted only if every subset of them stays feasible.

A *call* is a change that may be made later or not. Accepting the next order while calls are held must hold whichever of
them are made; there are 2^n such subsets. They are not enumerated: :mod:`flexbourse_gridmath.enclosure` bounds every
current and voltage over all of them at once (the worst subset separates per element; what the AC equations add to the
linear image is bounded rigorously), so

- *yes, by bounds*: every bound is inside its limit. Certain, and for every partial call too.
- *no, by example*: the subset that is worst for the worst element is checked exactly and violates. Certain.
- neither: the bounds are too wide. Up to ``enumerate_up_to`` calls the admissible subsets are checked one by one by the
  exact gate (*yes, by enumeration*: certain for calls that are made in full or not at all); beyond, the answer is no.

So an accept is always certain and a refusal may, rarely, be too careful. Calls of one place in opposite directions are
never made together. A match that must also hold with a side missing is that match with its sides as calls:
:func:`sides_as_calls`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np

from flexbourse_gridmath.check import Binding, CheckResult, Gate, Solution, check
from flexbourse_gridmath.enclosure import Enclosure, Places, enclose
from flexbourse_gridmath.largest import largest_quantity
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.topology import Complex, Real, frozen
from flexbourse_gridmath.vector import Change, Vector

# Held calls beyond this are refused, so that memory and time of a check stay bounded (256 · 512 branch ends: 2 MB).
MAX_CALLS = 256
# 2^10 exact checks take 50 ms on 130 nodes; a search makes many, so it enumerates less.
ENUMERATE_UP_TO = 10
ENUMERATE_IN_SEARCH = 5
# Subsets solved to tell which elements are outside their limit in one of them.
MAX_SUBSETS_LOOKED_AT = 64
# The bracket of a search is closed when its width is below this share of its lower end.
RELATIVE_WIDTH = 0.005
MAX_SEARCH_TURNS = 20
# How far below and above the aimed quantity is tried, and which of three turns halves the bracket.
AIM = 0.001
HALVING_TURN = 2

NOTHING = Change((), (), ())
_SIDES = "sides of the candidate"
Proof = Literal["bounds", "enumeration", "example", "undecided"]


@dataclass(frozen=True, slots=True)
class Call:
    """A change that may be made or not; of one ``place`` never both an UP (``direction`` 1) and a DOWN (-1) call."""

    change: Change
    place: Hashable
    direction: int

    def __post_init__(self) -> None:
        if self.direction not in (-1, 1):
            raise ValueError(f"direction was {self.direction}, must be +1 (UP) or -1 (DOWN)")


@dataclass(frozen=True, slots=True)
class CallsVerdict:
    """Whether every subset is feasible, how that is known, and the element that decides.

    ``subset`` are the calls (indices) at which ``binding`` was found. ``excess`` is by how much the worst bound is
    outside (loading as ratio, voltage in pu; negative inside): a guide for a search, no answer.
    """

    proof: Proof
    binding: Binding | None
    subset: tuple[int, ...]
    excess: float
    checks: int

    @property
    def feasible(self) -> bool:
        """Whether every subset is known to be feasible."""
        return self.proof in ("bounds", "enumeration")

    @property
    def covers_partial_calls(self) -> bool:
        """Whether the accept also holds for calls made in part."""
        return self.proof == "bounds"


@dataclass(frozen=True, slots=True)
class LargestWithCalls:
    """The largest quantity found that stays feasible in every subset, and what stands against more."""

    quantity_w: int
    binding: Binding | None
    checks: int


@dataclass(frozen=True, slots=True, eq=False)
class HeldCalls:
    """Calls held at an operating point, ready for the checks of what comes after; made by :func:`hold_calls`.

    ``gate`` judges the state without calls, ``lifted`` every subset of them: there an element that is outside its limit
    anyway may be as far outside as the calls could make it.
    """

    gate: Gate
    lifted: Gate
    calls: tuple[Call, ...]
    enumerate_up_to: int


def hold_calls(gate: Gate, calls: Sequence[Call], *, in_part: bool) -> HeldCalls:
    """Hold calls at the gate of one MTU; ``in_part``: each may be made by any share, so that bounds alone are asked.

    An element that is outside its limit, without calls or in the subset that is worst for it, has no room for bounds.
    The rule for it is that of the gate: nothing may make it worse. Its ceiling becomes the bound of what the calls held
    can make of it, and what raises that bound is refused. Raises ValueError as :func:`check_with_calls`.
    """
    held = HeldCalls(gate, gate, tuple(calls), 0 if in_part else ENUMERATE_IN_SEARCH)
    enclosure = _enclose(_of_one_mtu(gate, calls), NOTHING, calls) if calls else None
    if enclosure is None or isinstance(enclosure, NotConverged):
        return held
    lifted = _lifted(gate, enclosure, calls)
    # Single subsets say nothing of a bound, so beside a lifted ceiling none are enumerated.
    return held if lifted is gate else HeldCalls(gate, lifted, held.calls, 0)


def _of_one_mtu(gate: Gate, calls: Sequence[Call]) -> Gate:
    if len(gate.points) != 1:
        raise ValueError(f"the gate has {len(gate.points)} MTUs, must be one: calls belong to one MTU")
    if len(calls) > MAX_CALLS:
        raise ValueError(f"{len(calls)} calls, at most {MAX_CALLS}")
    return gate


def sides_as_calls(change: Change, place: Hashable) -> list[Call]:
    """Each side of a change as a call of its own: for a match that must hold with either side missing."""
    return [
        Call(Change((node,), (p,), (q,)), (place, side), 1)
        for side, (node, p, q) in enumerate(zip(change.nodes, change.p_w, change.q_var, strict=True))
    ]


def merged(changes: Sequence[Change]) -> Change:
    """Several changes made together."""
    return Change(
        tuple(node for change in changes for node in change.nodes),
        tuple(p for change in changes for p in change.p_w),
        tuple(q for change in changes for q in change.q_var),
    )


def check_with_calls(
    gate: Gate, change: Change, calls: Sequence[Call], *, enumerate_up_to: int = ENUMERATE_UP_TO
) -> CallsVerdict | NotConverged:
    """Whether ``change`` together with every admissible subset of ``calls`` passes the gate (of one MTU).

    A conditional candidate is itself one of ``calls`` and ``change`` is :data:`NOTHING`. Raises ValueError for a gate
    of several MTUs (their calls differ: check each) and for more than :data:`MAX_CALLS` calls.
    """
    _of_one_mtu(gate, calls)
    if not calls:
        return _without_calls(gate, change)
    enclosure = _enclose(gate, change, calls)
    if isinstance(enclosure, NotConverged):
        return _by_enumeration(gate, change, calls, None, (), enumerate_up_to)
    binding, subset, excess = _worst(gate, enclosure)
    if excess <= 0.0:
        return CallsVerdict("bounds", None, tuple(subset), excess, 0)
    example = check(gate, merged([change, *(calls[i].change for i in subset)]), either_side=False)
    if isinstance(example, NotConverged) or not example.feasible:
        found = example.binding() if isinstance(example, CheckResult) else binding
        return CallsVerdict("example", found, tuple(subset), excess, 1)
    return _by_enumeration(gate, change, calls, binding, tuple(subset), enumerate_up_to, excess)


def largest_with_calls(
    gate: Gate,
    vector: Vector,
    calls: Sequence[Call],
    maximum_w: int,
    step_w: int,
    *,
    conditional: Call | None = None,
    least_w: int = 1,
) -> LargestWithCalls | NotConverged:
    """Largest multiple of ``step_w`` up to ``maximum_w`` along ``vector``, feasible in every subset of ``calls``.

    As :func:`largest_beside` for calls that are made in full or not at all, where no element is outside its limit.
    """
    held = HeldCalls(gate, gate, tuple(calls), ENUMERATE_IN_SEARCH)
    return largest_beside(held, vector, maximum_w, step_w, conditional=conditional, least_w=least_w)


def largest_beside(
    held: HeldCalls,
    vector: Vector,
    maximum_w: int,
    step_w: int,
    *,
    conditional: Call | None = None,
    either_side: bool = False,
    least_w: int = 1,
) -> LargestWithCalls | NotConverged:
    """Largest multiple of ``step_w`` up to ``maximum_w`` along ``vector``, feasible whatever becomes of held calls.

    ``conditional`` makes the vector a call itself, with the place and direction given there; its ``change`` is what was
    accepted of the same call before and is made together with the new part. With ``either_side`` any side of the vector
    may be missing. Where not even ``least_w`` fits the answer is 0. What is returned passed :func:`check_with_calls`;
    more than it may fit where the bounds are wide.
    """
    alone = largest_quantity(held.gate, vector, maximum_w, step_w, either_side=either_side)
    if isinstance(alone, NotConverged):
        return alone
    if alone.quantity_w == 0 or (not held.calls and conditional is None):
        return LargestWithCalls(alone.quantity_w, alone.binding, alone.checks)
    search = _Search(held, vector, conditional, step_w, either_side=either_side)
    return search.run(alone.quantity_w // step_w, alone.binding, alone.checks, max(-(-least_w // step_w), 1))


class _Search:
    """Brackets the largest quantity; an accepted lower end, a refused upper one, excesses of the bounds as guides."""

    def __init__(
        self, held: HeldCalls, vector: Vector, conditional: Call | None, step_w: int, *, either_side: bool
    ) -> None:
        self._held, self._vector, self._step_w = held, vector, step_w
        self._conditional, self._either_side = conditional, either_side
        self._checks = 0

    def run(self, maximum: int, binding: Binding | None, checks: int, least: int) -> LargestWithCalls:
        self._checks = checks
        above = self._verdict(maximum)
        if above.feasible:
            return LargestWithCalls(maximum * self._step_w, binding, self._checks)
        # Most refusals refuse everything, and this one try tells.
        below = self._verdict(min(least, maximum))
        if not below.feasible:
            return LargestWithCalls(0, below.binding, self._checks)
        low, high, accepted = min(least, maximum), maximum, False
        for turn in range(MAX_SEARCH_TURNS):
            if high - low <= max(1, int(RELATIVE_WIDTH * low)):
                break
            aimed = low + _share(below.excess, above.excess, halve=turn % 3 == HALVING_TURN) * (high - low)
            aimed *= 1 + AIM if accepted else 1 - AIM
            middle = min(max(int(aimed), low + 1), high - 1)
            verdict = self._verdict(middle)
            accepted = verdict.feasible
            if accepted:
                low, below = middle, verdict
            else:
                high, above = middle, verdict
        return LargestWithCalls(low * self._step_w, above.binding, self._checks)

    def _verdict(self, steps: int) -> CallsVerdict:
        change, calls = self._with_candidate(self._vector.at(steps * self._step_w))
        self._checks += 1
        if len(calls) > MAX_CALLS:
            return CallsVerdict("undecided", None, (), np.inf, 0)
        verdict = check_with_calls(self._held.lifted, change, calls, enumerate_up_to=self._held.enumerate_up_to)
        return CallsVerdict("undecided", None, (), np.inf, 0) if isinstance(verdict, NotConverged) else verdict

    def _with_candidate(self, change: Change) -> tuple[Change, list[Call]]:
        """What is made for certain, and what may be made, once the candidate is accepted."""
        calls, own = list(self._held.calls), self._conditional
        if self._either_side:
            before = [own] if own is not None and own.change.nodes else []
            return NOTHING, [*calls, *before, *sides_as_calls(change, _SIDES)]
        if own is None:
            return change, calls
        return NOTHING, [*calls, Call(merged([own.change, change]), own.place, own.direction)]


def _share(below: float, above: float, *, halve: bool) -> float:
    """Where between an accepted and a refused end the bounds meet their limit, if they run straight."""
    if halve or not (below < 0.0 < above < np.inf):
        return 0.5
    return -below / (above - below)


def _lifted(gate: Gate, enclosure: Enclosure, calls: Sequence[Call]) -> Gate:
    """The gate with the bounds of the calls as ceilings of what is outside already; itself where nothing is."""
    limits, point, n_branches = gate.limits[0], gate.points[0], gate.topology.n_branches
    loading, ceiling = _loading_bounds(gate, enclosure), gate.end_ceiling[0]
    outside = _OutsideInASubset(gate, calls)
    branch_ceiling, high, low = gate.loading_ceiling.copy(), gate.v_ceiling.copy(), gate.v_floor.copy()
    for end in np.flatnonzero(loading > ceiling):
        branch = int(end) % n_branches
        is_out = point.loading[branch] * 1e5 > limits.loading_mpct[branch]
        if is_out or outside.is_overloaded(branch, enclosure.raising(int(end))):
            branch_ceiling[0, branch] = max(branch_ceiling[0, branch], loading[end])
    for node in np.flatnonzero(enclosure.highest > gate.v_ceiling[0]):
        is_out = point.magnitude[node] * 1e6 > limits.v_high_micro_pu[node]
        if is_out or outside.is_high(int(node), enclosure.lifting(int(node), upwards=True)):
            high[0, node] = enclosure.highest[node]
    for node in np.flatnonzero(enclosure.lowest < gate.v_floor[0]):
        is_out = point.magnitude[node] * 1e6 < limits.v_low_micro_pu[node]
        if is_out or outside.is_low(int(node), enclosure.lifting(int(node), upwards=False)):
            low[0, node] = enclosure.lowest[node]
    same = (branch_ceiling == gate.loading_ceiling).all() and (high == gate.v_ceiling).all()
    if same and (low == gate.v_floor).all():
        return gate
    return replace(gate, loading_ceiling=frozen(branch_ceiling), v_ceiling=frozen(high), v_floor=frozen(low))


class _OutsideInASubset:
    """Exact checks of single subsets, each once and few: what they do not show to be outside counts as inside."""

    def __init__(self, gate: Gate, calls: Sequence[Call]) -> None:
        self._gate, self._calls = gate, calls
        self._solutions: dict[tuple[int, ...], Solution | None] = {}

    def is_overloaded(self, branch: int, subset: Sequence[int]) -> bool:
        found = self._violating(subset)
        ceiling = self._gate.loading_ceiling[0, branch]
        return found is not None and bool(found.loading[0, branch] - found.loading_error[0] > ceiling)

    def is_high(self, node: int, subset: Sequence[int]) -> bool:
        found = self._violating(subset)
        ceiling = self._gate.v_ceiling[0, node]
        return found is not None and bool(found.magnitude[0, node] - found.voltage_error[0] > ceiling)

    def is_low(self, node: int, subset: Sequence[int]) -> bool:
        found = self._violating(subset)
        floor = self._gate.v_floor[0, node]
        return found is not None and bool(found.magnitude[0, node] + found.voltage_error[0] < floor)

    def _violating(self, subset: Sequence[int]) -> Solution | None:
        key = tuple(subset)
        if key not in self._solutions and len(self._solutions) < MAX_SUBSETS_LOOKED_AT:
            result = check(self._gate, merged([self._calls[i].change for i in key]), either_side=False)
            violates = isinstance(result, CheckResult) and not result.feasible
            self._solutions[key] = result.solution if isinstance(result, CheckResult) and violates else None
        return self._solutions.get(key)


def _loading_bounds(gate: Gate, enclosure: Enclosure) -> Real:
    """The bound of every branch end, in more directions where it is above its ceiling."""
    loading = enclosure.loading.copy()
    close = np.flatnonzero(loading > gate.end_ceiling[0])
    if close.size:
        loading[close] = np.minimum(loading[close], enclosure.finer(close))
    return loading


def _without_calls(gate: Gate, change: Change) -> CallsVerdict | NotConverged:
    result = check(gate, change, either_side=False)
    if isinstance(result, NotConverged):
        return result
    return CallsVerdict("enumeration" if result.feasible else "example", result.binding(), (), 0.0, 1)


def _enclose(gate: Gate, change: Change, calls: Sequence[Call]) -> Enclosure | NotConverged:
    topology = gate.topology
    power = gate.points[0].power + _power(gate, change)
    power[topology.slack] = 0.0
    vectors = np.array([_power(gate, call.change) for call in calls])
    places = Places.of([call.place for call in calls], [call.direction for call in calls])
    return enclose(topology, power, vectors, places)


def _power(gate: Gate, change: Change) -> Complex:
    topology = gate.topology
    power = np.zeros(topology.n_nodes, dtype=np.complex128)
    moved = np.array(change.p_w, dtype=np.float64) + 1j * np.array(change.q_var, dtype=np.float64)
    np.add.at(power, np.array(change.nodes, dtype=np.int64), moved / topology.base_va)
    return power


def _worst(gate: Gate, enclosure: Enclosure) -> tuple[Binding, list[int], float]:
    """The element whose bound is worst against its limit, the calls that drive it there, and the excess."""
    topology = gate.topology
    loading, ceiling = _loading_bounds(gate, enclosure), gate.end_ceiling[0]
    excesses = {
        "loading": loading - ceiling,
        "highest": enclosure.highest - gate.v_ceiling[0],
        "lowest": gate.v_floor[0] - enclosure.lowest,
    }
    kind = max(excesses, key=lambda name: float(excesses[name].max(initial=-np.inf)))
    index = int(excesses[kind].argmax())
    excess = float(excesses[kind][index])
    if kind == "loading":
        branch = index % topology.n_branches
        value, limit = round(float(loading[index]) * 1e5), round(float(ceiling[index]) * 1e5)
        binding = Binding("branch", branch, topology.branch_ids[branch], 0, 0, value, limit, "mpct")
        return binding, enclosure.raising(index), excess
    upwards = kind == "highest"
    bound, edge = (enclosure.highest, gate.v_ceiling[0]) if upwards else (enclosure.lowest, gate.v_floor[0])
    value, limit = round(float(bound[index]) * 1e6), round(float(edge[index]) * 1e6)
    binding = Binding("node", index, topology.node_ids[index], 0, 0, value, limit, "micro_pu")
    return binding, enclosure.lifting(index, upwards=upwards), excess


def _by_enumeration(
    gate: Gate,
    change: Change,
    calls: Sequence[Call],
    binding: Binding | None,
    subset: tuple[int, ...],
    enumerate_up_to: int,
    excess: float = np.inf,
) -> CallsVerdict:
    if len(calls) > enumerate_up_to:
        return CallsVerdict("undecided", binding, subset, excess, 0)
    checks = 0
    for chosen in admissible_subsets(calls):
        result = check(gate, merged([change, *(calls[i].change for i in chosen)]), either_side=False)
        checks += 1
        if isinstance(result, NotConverged) or not result.feasible:
            found = result.binding() if isinstance(result, CheckResult) else binding
            return CallsVerdict("example", found, chosen, excess, checks)
    return CallsVerdict("enumeration", binding, subset, excess, checks)


def admissible_subsets(calls: Sequence[Call]) -> Iterator[tuple[int, ...]]:
    """Every set of calls (indices) that can be made together, the empty one included: up to 2^n."""
    places: dict[Hashable, dict[int, list[int]]] = {}
    for i, call in enumerate(calls):
        places.setdefault(call.place, {}).setdefault(call.direction, []).append(i)
    options = [
        {chosen for members in directions.values() for chosen in _subsets(members)} for directions in places.values()
    ]
    for parts in product(*(sorted(option) for option in options)):
        yield tuple(sorted(i for part in parts for i in part))


def _subsets(members: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for mask in range(1 << len(members)):
        yield tuple(member for k, member in enumerate(members) if mask >> k & 1)
