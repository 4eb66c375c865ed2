"""Profiles: injections per bus and MTU, and what forecast scenarios add to them as margins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flexbourse_cli.gridstudy.inputs import MICRO_PU, MPCT, Amounts, bus_of, no_injections
from flexbourse_cli.gridstudy.network import StudyNetwork
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.gridstudy.tables import read_table
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Integer

BASE_CASE = ""
# Shares of the scenarios below the values that an amber light looks at.
HIGH_QUANTILE, LOW_QUANTILE = 0.95, 0.05
Injections = tuple[Integer, Integer]


@dataclass(frozen=True, slots=True)
class Profile:
    """One MTU: injections per node in W and var of the base case, and of each scenario."""

    mtu: str
    base: Injections
    scenarios: tuple[Injections, ...]


def read_profiles(path: Path, network: StudyNetwork, problems: Problems) -> list[Profile]:
    """Return the MTUs in the order of their first rows; buses without a row in one inject nothing there."""
    found: dict[str, dict[str, Injections]] = {}
    seen: dict[tuple[str, str, str], int] = {}
    first: dict[str, int] = {}
    for row in read_table(path, ("mtu", "bus", "p_w", "q_var"), ("scenario",), problems):
        mtu, scenario = row.text("mtu"), row.text("scenario")
        bus, p, q = bus_of(row, "bus", network), row.power("p_w"), row.power("q_var")
        if not mtu:
            row.refuse("mtu", "must be given: a number, a time, any name")
        if bus is None or p is None or q is None:
            continue
        key = (mtu, scenario, bus.id)
        if key in seen:
            row.refuse("bus", f"the same bus, MTU and scenario stand in row {seen[key]}")
        seen.setdefault(key, row.number)
        first.setdefault(mtu, row.number)
        cases = found.setdefault(mtu, {})
        if scenario not in cases:
            cases[scenario] = no_injections(network)
        cases[scenario][0][bus.node] += p
        cases[scenario][1][bus.node] += q
    for mtu, cases in found.items():
        if BASE_CASE not in cases:
            rule = f"MTU {mtu} has scenarios only; its base case are rows with an empty scenario"
            problems.add(path, first[mtu], "scenario", "", rule)
    return [_profile(mtu, cases) for mtu, cases in found.items() if BASE_CASE in cases]


def _profile(mtu: str, cases: dict[str, Injections]) -> Profile:
    return Profile(mtu, cases[BASE_CASE], tuple(own for name, own in cases.items() if name != BASE_CASE))


@dataclass(frozen=True, slots=True, eq=False)
class SolvedProfile:
    """One MTU solved; ``point`` is None where it, or one of its scenarios, has no state."""

    mtu: str
    point: OperatingPoint | None
    margin: Amounts


def solve_profiles(
    network: StudyNetwork, profiles: list[Profile], given: Amounts, *, with_margins: bool
) -> Iterator[SolvedProfile]:
    """Solve MTUs; a margin is the larger of the given one and the spread of the scenarios beyond the base case."""
    for profile in profiles:
        point = solve_from_no_load(network.topology, *profile.base)
        scenarios = profile.scenarios if with_margins else ()
        spread = [solve_from_no_load(network.topology, *own) for own in scenarios]
        states = [state for state in spread if not isinstance(state, NotConverged)]
        if isinstance(point, NotConverged) or len(states) < len(spread):
            yield SolvedProfile(profile.mtu, None, given)
        else:
            yield SolvedProfile(profile.mtu, point, _margin(point, states, given) if states else given)


def _margin(point: OperatingPoint, states: list[OperatingPoint], given: Amounts) -> Amounts:
    loading = np.quantile([state.loading for state in states], HIGH_QUANTILE, axis=0) - point.loading
    magnitudes = [state.magnitude for state in states]
    low = point.magnitude - np.quantile(magnitudes, LOW_QUANTILE, axis=0)
    high = np.quantile(magnitudes, HIGH_QUANTILE, axis=0) - point.magnitude
    return Amounts(
        np.maximum(np.ceil(loading * 100 * MPCT).astype(np.int64), given.loading_mpct),
        np.maximum(np.ceil(low * MICRO_PU).astype(np.int64), given.low_micro_pu),
        np.maximum(np.ceil(high * MICRO_PU).astype(np.int64), given.high_micro_pu),
    )
