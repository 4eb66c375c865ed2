"""The linear network of the published markets: lossless DC flow on capacities in MW, as power transfer factors.

``f = PTDF·p`` with ``p`` the injections in MW (withdrawals negative) and ``PTDF = D·A·(AᵀDA)⁻¹`` without the slack's
column, D the susceptances 1/x and A the incidence (+1 where a branch begins). A shift of q from m to k moves branch l
by ``q·d_l, d_l = PTDF_lk - PTDF_lm``, so it fits while ``q ≤ (F_l - f_l)/d_l`` where d_l > ε and
``q ≤ (F_l + f_l)/|d_l|`` where d_l < -ε.

Blind to voltage, losses and reactive power: for reproducing published results and for networks of which no more is
known; the exact check is :mod:`flexbourse_gridmath.check`. Held calls do not need their 2^n subsets enumerated: flows
add up, so the worst subset separates per branch, ``f_l + Σ_places max over direction of Σ max(0, PTDF_l·Δᵢ)``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.connectivity import unreachable
from flexbourse_gridmath.enclosure import Places
from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch, ModelError, NetworkModel
from flexbourse_gridmath.topology import Integer, Real, frozen
from flexbourse_gridmath.vector import Change

# ε of the published rule: factors below it do not count, MW/MW.
FACTOR_EPSILON = 1e-5
# A quantity is rounded down to whole watts after this much rounding error, W, is forgiven.
ROUNDING_W = 1e-3
MAX_BUSES = 2_500
# Pairs of buses whose path is remembered: all of 140 buses.
MAX_PATHS_KEPT = 20_000
WATTS_PER_MW = 1e6

Path = tuple[tuple[int, int, float], ...]
Key = TypeVar("Key", bound=Hashable)


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
    """Factors [L, n] and their transpose, capacities [L] in MW (inf: not limited); the first bus is the reference."""

    buses: tuple[str, ...]
    branches: tuple[str, ...]
    factors: Real
    factors_by_bus: Real
    capacity_mw: Real
    _path_cache: dict[tuple[int, int], Path] = field(default_factory=dict, repr=False)

    def path(self, injecting: int, withdrawing: int) -> Path:
        """The branches that a shift between two buses moves by more than ε: (branch, sign of d, |d|)."""
        key = (injecting, withdrawing)
        found = self._path_cache.get(key)
        if found is None:
            moved = self.factors_by_bus[injecting] - self.factors_by_bus[withdrawing]
            rows = np.flatnonzero(np.abs(moved) > FACTOR_EPSILON).tolist()
            found = tuple((row, 1 if moved[row] > 0 else -1, abs(float(moved[row]))) for row in rows)
            if len(self._path_cache) < MAX_PATHS_KEPT:
                self._path_cache[key] = found
        return found


@dataclass(frozen=True, slots=True)
class LinearRoom:
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
    return LinearNetwork(
        buses=tuple(buses),
        branches=tuple(branch.id for branch in branches),
        factors=frozen(factors),
        factors_by_bus=frozen(factors.T),
        capacity_mw=frozen(np.array([math.inf if x.capacity_mw is None else x.capacity_mw for x in branches])),
    )


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
    order = [network.buses.index(node.id) for node in model.nodes]
    factors = network.factors[:, order]
    return LinearNetwork(
        buses=tuple(node.id for node in model.nodes),
        branches=network.branches,
        factors=frozen(factors),
        factors_by_bus=frozen(factors.T),
        capacity_mw=network.capacity_mw,
    )


def _capacity_mw(branch: Branch, nominal_kv: float) -> float | None:
    if branch.rating_from_ka == UNLIMITED_RATING_KA:
        return None
    return math.sqrt(3) * nominal_kv * branch.rating_from_ka * branch.limit_mpct / 1e5


@dataclass(frozen=True, slots=True, eq=False)
class LinearState(Generic[Key]):
    """Set point [n] in W with the calls held on it; a function of integers alone.

    ``room_up`` and ``room_down`` [L] are MW left for more flow in and against the branch's direction in the worst
    subset of the held calls, not below 0.
    """

    network: LinearNetwork
    setpoint_w: Integer
    held: Mapping[Key, Call]
    room_up: Sequence[float]
    room_down: Sequence[float]

    @classmethod
    def of(
        cls, network: LinearNetwork, setpoint_w: Sequence[int] | Integer, held: Mapping[Key, Call]
    ) -> LinearState[Key]:
        """The state of a set point; raises ValueError for one of the wrong length."""
        setpoint = np.array(setpoint_w, dtype=np.int64)
        if setpoint.shape != (len(network.buses),):
            raise ValueError(f"set point of {setpoint.shape} buses, must be of {len(network.buses)}")
        flow = network.factors @ (setpoint / WATTS_PER_MW)
        up, down = network.capacity_mw - flow, network.capacity_mw + flow
        if held:
            more, less = _held_flows(network, list(held.values()))
            up, down = up - more, down - less
        return cls(
            network=network,
            setpoint_w=frozen(setpoint),
            held=held,
            room_up=np.maximum(up, 0.0).tolist(),
            room_down=np.maximum(down, 0.0).tolist(),
        )

    def largest(self, injecting: int, withdrawing: int, wanted_w: int) -> LinearRoom:
        """Largest shift between two buses up to ``wanted_w`` that every subset of the held calls leaves feasible."""
        fits, branch, blocking = wanted_w / WATTS_PER_MW, None, 0
        for row, sign, share in self.network.path(injecting, withdrawing):
            most = (self.room_up if sign > 0 else self.room_down)[row] / share
            if most < fits:
                fits, branch, blocking = most, row, sign
        whole = int(fits * WATTS_PER_MW + ROUNDING_W)
        return (
            LinearRoom(wanted_w, None, 0)
            if branch is None or whole >= wanted_w
            else LinearRoom(whole, branch, blocking)
        )

    def room_micro_w(self, branch: int, sign: int) -> int:
        """Power in 10^-6 W left on a branch that has a capacity, in or against its direction.

        So fine because a pair of buses with a factor of ε trades 1 W for every 10^-5 W on the branch.
        """
        return round((self.room_up if sign > 0 else self.room_down)[branch] * WATTS_PER_MW * 1e6)

    def shifted(self, change: Change) -> LinearState[Key]:
        """The state after an unconditional match."""
        setpoint = self.setpoint_w.copy()
        np.add.at(setpoint, list(change.nodes), np.array(change.p_w, dtype=np.int64))
        return LinearState.of(self.network, setpoint, self.held)

    def holding(self, key: Key, call: Call) -> LinearState[Key]:
        """The state in which a call is held, in place of what was held under the same key."""
        return LinearState.of(self.network, self.setpoint_w, {**self.held, key: call})

    def released(self, key: Key, *, made: bool) -> LinearState[Key]:
        """The state in which a call is no longer held: made, or given back."""
        rest = LinearState.of(self.network, self.setpoint_w, {k: call for k, call in self.held.items() if k != key})
        return rest.shifted(self.held[key].change) if made else rest


def _held_flows(network: LinearNetwork, calls: Sequence[Call]) -> tuple[Real, Real]:
    """Most that the held calls add to and take from each flow, float[L] each, not negative."""
    moved = np.zeros((len(calls), len(network.buses)))
    for row, call in enumerate(calls):
        np.add.at(moved[row], list(call.change.nodes), np.array(call.change.p_w) / WATTS_PER_MW)
    flows = moved @ network.factors_by_bus
    places = Places.of([call.place for call in calls], [call.direction for call in calls])
    return places.most(np.maximum(flows, 0.0)), places.most(np.maximum(-flows, 0.0))


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
