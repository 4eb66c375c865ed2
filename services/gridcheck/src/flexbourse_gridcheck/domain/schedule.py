"""Schedules of units: what their operators say they will do without the market.

A schedule is evidence for the base case, never a replacement: it is kept beside it and published, for whoever forecasts
the node to weigh. It is taken until the first book of its period opens, because from then on it could be chosen to
profit from a base that is frozen with the first order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain.commands import AreaFact, MarketFact, RoleFact
from flexbourse_gridcheck.domain.opening import opens_at_ms

MAX_ENTRIES = 1000
MAX_SCHEDULES = 1_000_000  # of one shard: ten thousand units for a day ahead
MAX_AHEAD_S = 8 * 86_400
RETAINED_S = 86_400  # after the end of a period


@dataclass(frozen=True, slots=True)
class UnitSchedule:
    """What a unit will inject in a period; a higher version replaces a lower one."""

    unit_id: str
    mtu: Mtu
    version: int
    p_w: int


@dataclass(frozen=True, slots=True)
class SubmitSchedules:
    """The command."""

    area_id: str
    schedules: tuple[UnitSchedule, ...]


@dataclass(frozen=True, slots=True)
class ScheduleState:
    """The schedule in force of one unit and period, and who submitted it."""

    area_id: str
    mtu: Mtu
    unit_id: str
    node_id: str
    version: int
    p_w: int
    party: str


@dataclass(frozen=True, slots=True)
class SchedulesRecorded:
    """The event: schedules came into force."""

    area_id: str
    schedules: tuple[ScheduleState, ...]


@dataclass(frozen=True, slots=True)
class SchedulesRetired:
    """The event: the schedules of a period that is long past were forgotten."""

    area_id: str
    mtu: Mtu
    unit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduledUnit:
    """A unit as far as its schedules ask for it."""

    unit_id: str
    metering_point_id: str
    operator_id: str
    max_power_w: int
    min_power_w: int


@dataclass(frozen=True, slots=True)
class ScheduledPoint:
    """Where a metering point is."""

    metering_point_id: str
    area_id: str
    node_id: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a decision looks at besides the schedules: time, the area, its markets, the party's roles."""

    now_ms: int
    area: AreaFact | None
    markets: tuple[MarketFact, ...]
    role: RoleFact | None


class ScheduleBook:
    """Schedules of a shard's areas. Changed by `take` and `evolve` alone."""

    def __init__(self) -> None:
        self.units: dict[str, ScheduledUnit] = {}
        self.points: dict[str, ScheduledPoint] = {}
        self._periods: dict[tuple[str, Mtu], dict[str, ScheduleState]] = {}
        self._count = 0

    def take(self, fact: ScheduledUnit | ScheduledPoint) -> None:
        """Take an object of the registry in."""
        if isinstance(fact, ScheduledUnit):
            self.units[fact.unit_id] = fact
        else:
            self.points[fact.metering_point_id] = fact

    def evolve(self, event: SchedulesRecorded | SchedulesRetired) -> None:
        """Apply an event."""
        if isinstance(event, SchedulesRetired):
            self._count -= len(self._periods.pop((event.area_id, event.mtu), {}))
            return
        for state in event.schedules:
            period = self._periods.setdefault((state.area_id, state.mtu), {})
            self._count += state.unit_id not in period
            period[state.unit_id] = state

    def all(self) -> Iterator[ScheduleState]:
        """Iterate over all schedules in canonical order."""
        for key in sorted(self._periods, key=lambda entry: (entry[0], entry[1].start_s, entry[1].length_s)):
            yield from (state for _, state in sorted(self._periods[key].items()))

    def submit(
        self, command: SubmitSchedules, party: str, around: Surroundings
    ) -> tuple[list[SchedulesRecorded], list[Rejection | None]]:
        """Decide schedules one by one; returns the event, if any, and for each entry why not. Changes nothing."""
        if around.area is None:
            unknown = Rejection(Code.UNKNOWN_OBJECT, "an area of this shard", "area_id", command.area_id)
            return [], [unknown] * max(1, len(command.schedules))
        if not 1 <= len(command.schedules) <= MAX_ENTRIES:
            rule = f"a command holds 1 to {MAX_ENTRIES} schedules"
            return [], [_refused(Code.TOO_MANY_ENTRIES, rule, "schedules", len(command.schedules), MAX_ENTRIES)]
        taken = dict[tuple[str, Mtu], ScheduleState]()
        outcomes = list[Rejection | None]()
        for entry in command.schedules:
            key = (entry.unit_id, entry.mtu)
            kept = taken.get(key) or self._periods.get((command.area_id, entry.mtu), {}).get(entry.unit_id)
            refusal = self._refusal(command.area_id, entry, kept, party, around, len(taken))
            outcomes.append(refusal)
            if refusal is None and (kept is None or entry.version > kept.version):
                node_id = self.points[self.units[entry.unit_id].metering_point_id].node_id
                taken[key] = ScheduleState(
                    command.area_id, entry.mtu, entry.unit_id, node_id, entry.version, entry.p_w, party
                )
        return ([SchedulesRecorded(command.area_id, tuple(taken.values()))] if taken else []), outcomes

    def overdue(self, now_ms: int) -> list[SchedulesRetired]:
        """Return the ends of periods that are long past, in canonical order."""
        until_s = now_ms // 1000 - RETAINED_S
        late = [key for key in self._periods if key[1].end_s <= until_s]
        return [
            SchedulesRetired(area_id, mtu, tuple(sorted(self._periods[area_id, mtu])))
            for area_id, mtu in sorted(late, key=lambda key: (key[0], key[1].start_s, key[1].length_s))
        ]

    def _refusal(
        self, area_id: str, entry: UnitSchedule, kept: ScheduleState | None, party: str, around: Surroundings, more: int
    ) -> Rejection | None:
        unit = self.units.get(entry.unit_id)
        point = self.points.get(unit.metering_point_id) if unit is not None else None
        if unit is None or point is None or point.area_id != area_id:
            return Rejection(Code.UNKNOWN_OBJECT, "a unit of the area", "unit_id", entry.unit_id[:64])
        by_market = around.role is not None and around.role.market_operator
        if party != unit.operator_id and not by_market:
            rule = f"the unit's operator {unit.operator_id} submits its schedule"
            return Rejection(Code.NOT_AUTHORISED, rule, "unit_id", unit.unit_id)
        return _time_refusal(entry, around) or _content_refusal(entry, unit, kept) or self._bound(kept, more)

    def _bound(self, kept: ScheduleState | None, more: int) -> Rejection | None:
        if kept is not None or self._count + more < MAX_SCHEDULES:
            return None
        rule = f"a shard keeps at most {MAX_SCHEDULES} schedules"
        return _refused(Code.TOO_MANY_ENTRIES, rule, "schedules", self._count + more, MAX_SCHEDULES)


def _time_refusal(entry: UnitSchedule, around: Surroundings) -> Rejection | None:
    if not entry.mtu.is_aligned():
        return Rejection(Code.FIELD_MALFORMED, "a period starts at a multiple of its length", "mtu", entry.unit_id)
    assert around.area is not None
    opening_ms = opens_at_ms(entry.mtu, around.area, around.markets)
    end_ms = min(entry.mtu.start_s * 1000, opening_ms if opening_ms is not None else entry.mtu.start_s * 1000)
    if around.now_ms >= end_ms:
        rule = "a schedule is submitted before the first book of its period opens"
        return Rejection(Code.SCHEDULE_LATE, rule, "mtu", entry.unit_id, around.now_ms, end_ms, "ms")
    if entry.mtu.start_s > around.now_ms // 1000 + MAX_AHEAD_S:
        rule = f"a schedule is submitted at most {MAX_AHEAD_S} s ahead"
        limit_s = around.now_ms // 1000 + MAX_AHEAD_S
        return Rejection(Code.FIELD_OUT_OF_RANGE, rule, "mtu", entry.unit_id, entry.mtu.start_s, limit_s, "s")
    return None


def _content_refusal(entry: UnitSchedule, unit: ScheduledUnit, kept: ScheduleState | None) -> Rejection | None:
    if not unit.min_power_w <= entry.p_w <= unit.max_power_w:
        limit = unit.max_power_w if entry.p_w > unit.max_power_w else unit.min_power_w
        rule = "a schedule lies inside the unit's power"
        return Rejection(Code.FIELD_OUT_OF_RANGE, rule, "p_w", unit.unit_id, entry.p_w, limit, "W")
    if entry.version < 1:
        return Rejection(Code.FIELD_OUT_OF_RANGE, "versions count from 1", "version", unit.unit_id, entry.version, 1)
    if kept is not None and (entry.version, entry.p_w) != (kept.version, kept.p_w) and entry.version <= kept.version:
        rule = "another schedule has a version above the one in force"
        return Rejection(Code.REVISION_MISMATCH, rule, "version", unit.unit_id, entry.version, kept.version + 1)
    return None


def _refused(code: Code, rule: str, field: str, value: int, limit: int) -> Rejection:
    return Rejection(code, rule, field, value=value, limit=limit)
