"""Setting a capacity-limit schedule: who may, and what a limit must be. All limits of a command are set, or none."""

from __future__ import annotations

from collections.abc import Iterator, Set

from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.grid.capacity import CapacityLimit, CapacityLimitsSet, CapacityScope, SetCapacityLimits
from flexbourse_orderbook.domain.orders import MAX_TEXT
from flexbourse_orderbook.domain.registry_state import Role
from flexbourse_orderbook.domain.state import AreaState

# Limits of one command, and of one period in force.
MAX_LIMITS = 500
MAX_LIMITS_OF_PERIOD = 10_000
MAX_BOUND = 10**12
# Problems of one command that are told.
MAX_PROBLEMS = 100
# What is limited of connections and feeders, of nodes, and of branches; bounds of the bounds of voltages.
POWER = frozenset({"max_injection_w", "max_consumption_w"})
VOLTAGE = frozenset({"min_voltage_upu", "max_voltage_upu"})
LOADING = "max_loading_mpct"
RANGES = {"min_voltage_upu": (0, 1_000_000), "max_voltage_upu": (1_000_000, 2_000_000)}
# How far ahead a schedule may reach.
HORIZON_MS = 40 * 86_400_000


def set_limits(state: AreaState, party: str, wish: SetCapacityLimits) -> CapacityLimitsSet | list[Rejection]:
    """Return the limits as they are set, or everything that stands against them."""
    refusal = _refuse_command(state, party, wish)
    if refusal is not None:
        return [refusal]
    problems = [problem for number, limit in enumerate(wish.limits) for problem in _problems(state, limit, number)]
    if problems:
        return problems[:MAX_PROBLEMS]
    limits = tuple(replace(limit, node_id=_node_id(state, limit)) for limit in wish.limits)
    return CapacityLimitsSet(state.area_id, party, state.capacity_version + 1, limits)


def _refuse_command(state: AreaState, party: str, wish: SetCapacityLimits) -> Rejection | None:
    area = state.registry.areas.get(state.area_id)
    if area is None or area.dso_id != party or not state.registry.has_role(party, Role.DSO):
        return Rejection(Code.NOT_AUTHORISED, "the area's DSO sets its capacity limits", element=party)
    if not 0 < len(wish.limits) <= MAX_LIMITS:
        return Rejection(
            Code.TOO_MANY_ENTRIES if wish.limits else Code.FIELD_MISSING, "a command sets 1 to 500 limits",
            field="limits", value=len(wish.limits), limit=MAX_LIMITS, unit="entries",
        )  # fmt: skip
    if wish.expected_version not in (0, state.capacity_version):
        return Rejection(
            Code.REVISION_MISMATCH, "a schedule is changed in the version that its operator knows",
            field="expected_version", value=wish.expected_version, limit=state.capacity_version,
        )  # fmt: skip
    return None


def _problems(state: AreaState, limit: CapacityLimit, number: int) -> Iterator[Rejection]:
    where, subject = f"limits[{number}]", limit.subject_id[:MAX_TEXT]
    lengths = {market.mtu_length_s for market in state.registry.markets_of(state.area_id)}
    if limit.mtu.length_s not in lengths or not limit.mtu.is_aligned():
        yield Rejection(
            Code.FIELD_MALFORMED, "a limit is of a period of one of the area's markets", field=f"{where}.mtu",
            element=subject, value=limit.mtu.length_s, unit="s",
        )  # fmt: skip
    elif not state.now.at_ms < limit.mtu.end_s * 1000 <= state.now.at_ms + HORIZON_MS:
        yield Rejection(
            Code.FIELD_OUT_OF_RANGE, "a limit is of a period to come within forty days", field=f"{where}.mtu",
            element=subject, value=limit.mtu.start_s, unit="s",
        )  # fmt: skip
    elif _is_crowded(state, limit):
        yield Rejection(
            Code.TOO_MANY_ENTRIES, "the limits of a period are bounded", field=where, element=subject,
            limit=MAX_LIMITS_OF_PERIOD, unit="limits",
        )  # fmt: skip
    if not _is_known(state, limit):
        yield Rejection(
            Code.UNKNOWN_OBJECT, "a limit is of a metering point, feeder, branch or node of the area",
            field=f"{where}.subject_id", element=subject,
        )  # fmt: skip
    if not set(_given(limit)) <= _limitable(state, limit):
        yield Rejection(
            Code.FIELD_MALFORMED,
            "loading is limited of branches, voltage of nodes but the source, power of connections and feeders",
            field=where, element=subject,
        )  # fmt: skip
    for name, bound in _given(limit).items():
        least, most = RANGES.get(name, (0, MAX_BOUND))
        if not least <= bound <= most:
            yield Rejection(
                Code.FIELD_OUT_OF_RANGE, "bounds are not negative, and a band holds 1 pu", field=where,
                element=subject, value=bound, limit=most if bound > most else least,
            )  # fmt: skip


def _given(limit: CapacityLimit) -> dict[str, int]:
    return {name: bound for name in (*POWER, *VOLTAGE, LOADING) if (bound := getattr(limit, name)) is not None}


def _limitable(state: AreaState, limit: CapacityLimit) -> Set[str]:
    """Return what can be limited of a subject; of one that is unknown everything, for that is another problem."""
    if limit.scope in (CapacityScope.CONNECTION, CapacityScope.FEEDER):
        return POWER
    topology = state.topology.topology if state.topology is not None else None
    if limit.scope is not CapacityScope.ELEMENT or topology is None:
        return frozenset(_given(limit))
    if limit.subject_id in topology.branch_index:
        return frozenset({LOADING})
    node = topology.node_index.get(limit.subject_id)
    return frozenset() if node == topology.slack else VOLTAGE if node is not None else frozenset({*VOLTAGE, LOADING})


def _is_crowded(state: AreaState, limit: CapacityLimit) -> bool:
    period = state.periods.get(limit.mtu)
    return period is not None and len(period.grid.capacity) >= MAX_LIMITS_OF_PERIOD and bool(limit.bounds)


def _is_known(state: AreaState, limit: CapacityLimit) -> bool:
    if limit.scope is CapacityScope.CONNECTION:
        point = state.registry.metering_points.get(limit.subject_id)
        return point is not None and point.area_id == state.area_id
    if state.topology is None:
        return False
    topology = state.topology.topology
    if limit.scope is CapacityScope.ELEMENT:
        return limit.subject_id in topology.branch_index or limit.subject_id in topology.node_index
    return limit.scope is CapacityScope.FEEDER and limit.subject_id in topology.zone_index


def _node_id(state: AreaState, limit: CapacityLimit) -> str:
    if limit.scope is not CapacityScope.CONNECTION:
        return ""
    return state.registry.metering_points[limit.subject_id].node_id
