"""The linear network of the published markets: lossless DC flow on capacities in MW, as power transfer factors.

``f = PTDF·p`` with ``p`` the injections in MW (withdrawals negative) and ``PTDF = D·A·(AᵀDA)⁻¹`` without the slack's
column, D the susceptances 1/x and A the incidence (+1 where a branch begins). A shift of q from m to k moves branch l
by ``q·d_l, d_l = PTDF_lk - PTDF_lm``, so it fits while ``q ≤ (F_l - f_l)/d_l`` where d_l > ε and
``q ≤ (F_l + f_l)/|d_l|`` where d_l < -ε.

Blind to voltage, losses and reactive power: for reproducing published results and for networks of which no more is
known; the exact check is :mod:`flexbourse_gridmath.check`. Held calls do not need their 2^n subsets enumerated: flows
add up, so the worst subset separates per branch, ``f_l + Σ_places max over direction of Σ max(0, PTDF_l·Δᵢ)``.

Factors are rounded to 10^-12 (in a radial network they are 0 and ±1), so that flows of whole watts are integers: a
state is the same whether it was computed at once or match by match, and a match costs what its path is long.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from flexbourse_gridmath.conditional import NOTHING, Call
from flexbourse_gridmath.connectivity import unreachable
from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch, ModelError, NetworkModel
from flexbourse_gridmath.topology import Integer, Real, frozen
from flexbourse_gridmath.vector import MAX_QUANTITY_W, Change, round_half_even

# Parts of 1 in which factors are whole numbers, and so parts of 1 W in which flows are, where 1 itself will not do.
FINE_UNIT = 10**12
# ε of the published rule: factors below it do not count.
FACTOR_EPSILON = 1e-5
# A quantity is rounded down to whole watts after this part of a watt, of rounding error, is forgiven.
FORGIVEN_PART = 1_000
# Room of a branch without a capacity: beyond all flows that the limits of set points allow.
UNLIMITED = 10**30
MAX_BUSES = 2_500
# Branches in all remembered paths together: every pair of 140 buses where a path has 50.
MAX_PATHS_KEPT = 1_000_000
WATTS_PER_MW = 1e6
MICRO_PER_WATT = 10**6
# Products of two halves below 2^20 add up below 2^53 over :data:`MAX_BUSES`: exact in double precision.
HALF_BITS = 20

Key = TypeVar("Key", bound=Hashable)


class PathGroup(NamedTuple):
    """Rooms, counted as in :class:`LinearState`, that a shift takes from and gives to, by the same share.

    ``limiting`` are those that it takes from, none where the share is not above ε.
    """

    share: int
    limiting: tuple[int, ...]
    taken: tuple[int, ...]
    given: tuple[int, ...]


# What a shift between two buses moves; in a radial network one group, of the share 1.
Path = tuple[PathGroup, ...]


@dataclass(frozen=True, slots=True)
class LinearBranch:
    """A branch of the linear network; ``capacity_mw`` None: not limited."""

    id: str
    from_bus: str
    to_bus: str
    reactance: float = 1.0
    capacity_mw: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LinearNetwork:
    """Factors [L, n], capacities [L] in MW (inf: not limited); a shift to bus ``reference`` is what a bus injects.

    ``shares_by_bus`` [n, L] are the factors in whole parts of which ``unit`` make 1, ``capacity`` [L] W in such parts.
    ``paths`` remembers what :meth:`path` found.
    """

    buses: tuple[str, ...]
    branches: tuple[str, ...]
    reference: int
    unit: int
    factors: Real
    capacity_mw: Real
    shares_by_bus: Integer = field(repr=False)
    capacity: tuple[int, ...] = field(repr=False)
    paths: dict[tuple[int, int], Path] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, buses: Sequence[str], branches: Sequence[str], reference: int, factors: Real, capacity_mw: Real
    ) -> LinearNetwork:
        """The network of given factors."""
        is_whole = bool((factors == np.rint(factors)).all())
        unit = 1 if is_whole else FINE_UNIT
        shares = np.ascontiguousarray(np.rint(factors.T * unit).astype(np.int64))
        forgiven = 1 / FORGIVEN_PART if is_whole else 0.5
        units = [
            math.floor(mw * WATTS_PER_MW * unit + forgiven) if math.isfinite(mw) else UNLIMITED
            for mw in capacity_mw.tolist()
        ]
        return cls(
            tuple(buses),
            tuple(branches),
            reference,
            unit,
            frozen(factors),
            frozen(capacity_mw),
            frozen(shares),
            tuple(units),
        )

    def path(self, injecting: int, withdrawing: int) -> Path:
        """The branches that a shift between two buses moves."""
        if (injecting, withdrawing) in self.paths:
            return self.paths[injecting, withdrawing]
        shares = self.shares_by_bus[injecting] - self.shares_by_bus[withdrawing]
        groups: dict[int, list[tuple[int, int]]] = {}
        against = len(self.branches)
        for row in np.flatnonzero(shares).tolist():
            share = int(shares[row])
            ends = (row, row + against) if share > 0 else (row + against, row)
            groups.setdefault(abs(share), []).append(ends)
        path = tuple(
            PathGroup(share, taken if share > FACTOR_EPSILON * self.unit else (), taken, given)
            for share, ends in groups.items()
            for taken, given in [tuple(zip(*ends, strict=True))]
        )
        if (len(self.paths) + 1) * (1 + against) <= MAX_PATHS_KEPT:
            self.paths[injecting, withdrawing] = path
        return path

    def flows(self, setpoint_w: Integer) -> list[int]:
        """Flows in parts of a watt, exact."""
        mask = (1 << HALF_BITS) - 1
        powers = np.stack([setpoint_w >> HALF_BITS, setpoint_w & mask], axis=1).astype(np.float64)
        shares = self.shares_by_bus.T
        high, low = (
            (part.astype(np.float64) @ powers).astype(np.int64) for part in (shares >> HALF_BITS, shares & mask)
        )
        return [
            (hh << 2 * HALF_BITS) + ((hl + lh) << HALF_BITS) + ll
            for (hh, hl), (lh, ll) in zip(high.tolist(), low.tolist(), strict=True)
        ]


class LinearRoom(NamedTuple):
    """The largest shift in W, and what stands against more: branch and sign of its flow, None where nothing does."""

    quantity_w: int
    branch: int | None
    sign: int


def compile_linear(buses: Sequence[str], branches: Sequence[LinearBranch]) -> LinearNetwork:
    """Factors of a connected network; raises :class:`ModelError` naming every problem."""
    if problems := list(_problems(buses, branches)):
        raise ModelError(problems)
    index = {bus: i for i, bus in enumerate(buses)}
    incidence = np.zeros((len(branches), len(buses)))
    for row, branch in enumerate(branches):
        incidence[row, index[branch.from_bus]] += 1.0
        incidence[row, index[branch.to_bus]] -= 1.0
    weighted = incidence / np.array([branch.reactance for branch in branches])[:, None]
    factors = np.zeros_like(incidence)
    factors[:, 1:] = np.linalg.solve((incidence.T @ weighted)[1:, 1:].T, weighted[:, 1:].T).T
    # Radial networks have factors of 0 and ±1 alone; rounding must not make others of them.
    factors = np.where(np.abs(factors - np.rint(factors)) < 1e-12, np.rint(factors), factors)
    capacity_mw = np.array([math.inf if branch.capacity_mw is None else branch.capacity_mw for branch in branches])
    return LinearNetwork.of(buses, [branch.id for branch in branches], 0, factors, capacity_mw)


def linear_of(model: NetworkModel) -> LinearNetwork:
    """The linear network of a full model: its reactances, and ratings of the from ends as capacities at 1 pu."""
    nominal = {node.id: node.nominal_kv for node in model.nodes}
    branches = [
        LinearBranch(
            branch.id,
            branch.from_node,
            branch.to_node,
            abs(branch.x_pu) or abs(branch.r_pu),
            _capacity_mw(branch, nominal[branch.from_node]),
        )
        for branch in model.branches
    ]
    others = [node.id for node in model.nodes if node.id != model.slack]
    network = compile_linear([model.slack, *others], branches)
    buses = [node.id for node in model.nodes]
    factors = network.factors[:, [network.buses.index(bus) for bus in buses]]
    return LinearNetwork.of(buses, network.branches, buses.index(model.slack), factors, network.capacity_mw)


def _capacity_mw(branch: Branch, nominal_kv: float) -> float | None:
    if branch.rating_from_ka == UNLIMITED_RATING_KA:
        return None
    return math.sqrt(3) * nominal_kv * branch.rating_from_ka * branch.limit_mpct / 1e5


# Held flows at one place: what its UP and its DOWN calls take from every room.
_AtPlace = tuple[list[int], list[int]]


@dataclass(slots=True, eq=False)
class LinearState(Generic[Key]):
    """Set point [n] in W with the calls held on it; a function of integers alone, and never changed.

    ``room`` [2L] is the power left for more flow in the direction of every branch, then against it, in the worst subset
    of the held calls, in parts of a watt; negative where a branch is overfull.
    """

    network: LinearNetwork
    setpoint_w: list[int]
    held: Mapping[Key, Call]
    room: list[int] = field(repr=False)
    # What each held call adds to the flows, by branch.
    _flows: Mapping[Key, dict[int, int]] = field(repr=False)
    _places: Mapping[Hashable, _AtPlace] = field(repr=False)

    @classmethod
    def of(
        cls, network: LinearNetwork, setpoint_w: Sequence[int] | Integer, held: Mapping[Key, Call]
    ) -> LinearState[Key]:
        """The state of a set point; raises ValueError for one of the wrong length or out of all bounds."""
        setpoint = np.array(setpoint_w, dtype=np.int64)
        if setpoint.shape != (len(network.buses),):
            raise ValueError(f"set point of {setpoint.shape} buses, must be of {len(network.buses)}")
        if np.abs(setpoint).max() > MAX_QUANTITY_W:
            raise ValueError(f"set point of {np.abs(setpoint).max()} W, at most {MAX_QUANTITY_W}")
        flows = network.flows(setpoint)
        room = [most - flow for most, flow in zip(network.capacity, flows, strict=True)]
        room += [most + flow for most, flow in zip(network.capacity, flows, strict=True)]
        state: LinearState[Key] = cls(network, setpoint.tolist(), {}, room, {}, {})
        for key, call in held.items():
            state = state.holding(key, call)
        return state

    def largest(self, injecting: int, withdrawing: int, wanted_w: int) -> LinearRoom:
        """Largest shift between two buses up to ``wanted_w`` that every subset of the held calls leaves feasible."""
        fits, blocking = self.fitting(injecting, withdrawing, wanted_w)
        if blocking < 0:
            return LinearRoom(wanted_w, None, 0)
        branches = len(self.network.branches)
        return LinearRoom(fits, blocking % branches, 1 if blocking < branches else -1)

    def fitting(self, injecting: int, withdrawing: int, wanted_w: int) -> tuple[int, int]:
        """The same, with the place in ``room`` of what stands against more, -1 where nothing does."""
        network = self.network
        path = network.paths.get((injecting, withdrawing)) or network.path(injecting, withdrawing)
        room, fits, blocking = self.room, wanted_w, -1
        for share, limiting, _, _ in path:
            needed = fits * share
            for place in limiting:
                if room[place] < needed:
                    fits, blocking = max(room[place] + share // FORGIVEN_PART, 0) // share, place
                    needed = fits * share
        return (wanted_w, -1) if fits >= wanted_w else (fits, blocking)

    def room_micro_w(self, branch: int, sign: int) -> int:
        """Power in 10^-6 W left on a branch that has a capacity, in or against its direction, not below 0.

        So fine because a pair of buses with a factor of ε trades 1 W for every 10^-5 W on the branch.
        """
        room = max(self.room[branch if sign > 0 else branch + len(self.network.branches)], 0)
        return round_half_even(room * MICRO_PER_WATT, self.network.unit)

    def shifted(self, injecting: int, withdrawing: int, quantity_w: int) -> LinearState[Key]:
        """The state after an unconditional match."""
        setpoint, room = self.setpoint_w.copy(), self.room.copy()
        setpoint[injecting] += quantity_w
        setpoint[withdrawing] -= quantity_w
        network = self.network
        for share, _, taken, given in network.paths.get((injecting, withdrawing)) or network.path(
            injecting, withdrawing
        ):
            moved = share * quantity_w
            for place in taken:
                room[place] -= moved
            for place in given:
                room[place] += moved
        return LinearState(network, setpoint, self.held, room, self._flows, self._places)

    def holding(self, key: Key, call: Call) -> LinearState[Key]:
        """The state in which a call is held, in place of what was held under the same key."""
        flows: dict[int, int] = {}
        for node, power_w in zip(call.change.nodes, call.change.p_w, strict=True):
            self._add_flows(flows, node, self.network.reference, power_w)
        rest = self.released(key, made=False) if key in self.held else self
        return rest._holding(key, call, flows)

    def holding_more(self, key: Key, place: Hashable, direction: int, shift: tuple[int, int, int]) -> LinearState[Key]:
        """The state in which a call is held with a shift more: injecting and withdrawing bus, quantity in W."""
        injecting, withdrawing, quantity_w = shift
        before = self.held[key].change if key in self.held else NOTHING
        grown = Change(
            (*before.nodes, injecting, withdrawing), (*before.p_w, quantity_w, -quantity_w), (*before.q_var, 0, 0)
        )
        flows = dict(self._flows.get(key, ()))
        self._add_flows(flows, *shift)
        return self._holding(key, Call(grown, place, direction), flows)

    def released(self, key: Key, *, made: bool) -> LinearState[Key]:
        """The state in which a call is no longer held: made, or given back."""
        call = self.held[key]
        room, places = self._reserving(key, call, {})
        held = {other: kept for other, kept in self.held.items() if other != key}
        rest = {other: flows for other, flows in self._flows.items() if other != key}
        state = LinearState(self.network, self.setpoint_w, held, room, rest, places)
        if made:
            for node, power_w in zip(call.change.nodes, call.change.p_w, strict=True):
                state = state.shifted(node, self.network.reference, power_w)
        return state

    def _holding(self, key: Key, call: Call, flows: dict[int, int]) -> LinearState[Key]:
        room, places = self._reserving(key, call, flows)
        held, own = {**self.held, key: call}, {**self._flows, key: flows}
        return LinearState(self.network, self.setpoint_w, held, room, own, places)

    def _reserving(self, key: Key, call: Call, flows: dict[int, int]) -> tuple[list[int], Mapping[Hashable, _AtPlace]]:
        """Rooms and held flows where a call adds these flows, no longer those that it adds here."""
        room, against = self.room.copy(), len(self.network.branches)
        up, down = self._places.get(call.place) or ([0] * len(room), [0] * len(room))
        own, other = (up.copy(), down) if call.direction > 0 else (down.copy(), up)
        before = self._flows.get(key, {})
        for row in before.keys() | flows.keys():
            old, new = before.get(row, 0), flows.get(row, 0)
            if old == new:
                continue
            for place, less, more in ((row, old, new), (row + against, -old, -new)):
                step = (more if more > 0 else 0) - (less if less > 0 else 0)
                if step:
                    reserved = max(own[place], other[place])
                    own[place] += step
                    room[place] -= max(own[place], other[place]) - reserved
        return room, {**self._places, call.place: (own, other) if call.direction > 0 else (other, own)}

    def _add_flows(self, flows: dict[int, int], injecting: int, withdrawing: int, quantity_w: int) -> None:
        """Add what a shift adds to the flows, by branch."""
        against = len(self.network.branches)
        for share, _, taken, _ in self.network.path(injecting, withdrawing):
            moved = share * quantity_w
            for place in taken:
                if place < against:
                    flows[place] = flows.get(place, 0) + moved
                else:
                    flows[place - against] = flows.get(place - against, 0) - moved


def _problems(buses: Sequence[str], branches: Sequence[LinearBranch]) -> Iterable[str]:
    known = set(buses)
    if not 1 < len(buses) <= MAX_BUSES:
        yield f"{len(buses)} buses, must be 2 to {MAX_BUSES}"
    yield from (f"bus {name}: used {count} times" for name, count in Counter(buses).items() if count > 1)
    counts = Counter(branch.id for branch in branches)
    yield from (f"branch {name}: id used {count} times" for name, count in counts.items() if count > 1)
    for branch in branches:
        yield from (f"branch {branch.id}: bus {end} does not exist" for end in _ends(branch) if end not in known)
        if branch.from_bus == branch.to_bus:
            yield f"branch {branch.id}: begins and ends at bus {branch.from_bus}"
        if not (math.isfinite(branch.reactance) and branch.reactance > 0):
            yield f"branch {branch.id}: reactance was {branch.reactance}, must be positive"
        capacity = branch.capacity_mw
        if capacity is not None and not (math.isfinite(capacity) and capacity >= 0):
            yield f"branch {branch.id}: capacity_mw was {capacity}, must be at least 0"
    yield from (
        f"bus {name}: not connected to bus {buses[0]}"
        for name in unreachable(buses[0] if buses else "", buses, map(_ends, branches))
    )


def _ends(branch: LinearBranch) -> tuple[str, str]:
    return branch.from_bus, branch.to_bus
