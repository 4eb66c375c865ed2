"""Read model of one area's capacity-limit schedule."""

from __future__ import annotations

import math

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

_BOUNDS = ("max_injection_w", "max_consumption_w", "max_loading_mpct", "min_voltage_upu", "max_voltage_upu")


class CapacitySchedule:
    """Limits in force by start of their period, scope and subject."""

    def __init__(self) -> None:
        self._version = 0
        self._limits: dict[int, dict[tuple[int, str, int], pb.CapacityLimit]] = {}

    def set(self, event: pb.CapacityLimitsSet) -> None:
        """Take limits in; those without bounds are gone."""
        self._version = event.version
        for limit in event.limits:
            of_period = self._limits.setdefault(limit.mtu.start_s, {})
            key = (int(limit.scope), limit.subject_id, limit.mtu.length_s)
            if any(limit.HasField(name) for name in _BOUNDS):  # type: ignore[arg-type]
                of_period[key] = limit
            else:
                of_period.pop(key, None)

    def forget(self, start_s: int) -> None:
        """Drop the limits of a past period, and of all before it."""
        for past in [start for start in self._limits if start <= start_s]:
            del self._limits[past]

    def within(self, from_s: int, to_s: int) -> pb.ListCapacityLimitsResponse:
        """Return the limits of periods that end after one second and start before the other (0: none does not)."""
        last_s = to_s or math.inf
        return pb.ListCapacityLimitsResponse(
            version=self._version,
            limits=[
                limit
                for start_s, of_period in sorted(self._limits.items())
                if start_s < last_s
                for _, limit in sorted(of_period.items())
                if start_s + limit.mtu.length_s > from_s
            ],
        )
