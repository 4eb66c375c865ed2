"""Read model of schedules: by area, period and unit, folded from their state topic."""

from __future__ import annotations

import bisect

from google.protobuf.message import Message

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import GRID_SCHEDULE

Place = tuple[int, str]  # start of the period, unit


class ScheduleView:
    """The schedules in force."""

    topics: tuple[str, ...] = (GRID_SCHEDULE,)

    def __init__(self) -> None:
        self._areas: dict[str, dict[int, dict[str, grid.ScheduleState]]] = {}
        self._nodes: dict[tuple[str, int, str], int] = {}

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in."""
        area_id, start, unit_id = record.key.split("/", 2)
        start_s = int(start)
        periods = self._areas.setdefault(area_id, {})
        former = periods.get(start_s, {}).pop(unit_id, None)
        if former is not None:
            self._add(former, -former.p_w)
        if isinstance(message, grid.ScheduleState):
            periods.setdefault(start_s, {})[unit_id] = message
            self._add(message, message.p_w)
        elif not periods.get(start_s):
            periods.pop(start_s, None)

    def page(
        self, area_id: str, from_s: int, to_s: int, after: Place, size: int
    ) -> tuple[list[grid.ScheduleState], Place | None]:
        """Return up to `size` schedules of periods that begin in [from_s, to_s) behind a place, and where to go on."""
        periods, found = self._areas.get(area_id, {}), list[grid.ScheduleState]()
        for start_s in sorted(start for start in periods if max(from_s, after[0]) <= start < to_s):
            units = sorted(periods[start_s])
            first = bisect.bisect_right(units, after[1]) if start_s == after[0] else 0
            for unit_id in units[first:]:
                if len(found) == size:
                    return found, (found[-1].mtu.start_s, found[-1].unit_id)
                found.append(periods[start_s][unit_id])
        return found, None

    def scheduled_w(self, state: grid.ScheduleState) -> int:
        """Return what all scheduled units of a schedule's node inject together in its period."""
        return self._nodes.get((state.area_id, state.mtu.start_s, state.node_id), 0)

    def _add(self, state: grid.ScheduleState, p_w: int) -> None:
        key = (state.area_id, state.mtu.start_s, state.node_id)
        self._nodes[key] = self._nodes.get(key, 0) + p_w
        if not self._nodes[key]:
            del self._nodes[key]
