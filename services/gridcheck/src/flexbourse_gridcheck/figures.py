"""What gridcheck shows of itself in the metrics."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import Message

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_gridcheck.processor import GridProgram
from flexbourse_log.port import Figure, Program
from flexbourse_runtime import service_metrics as m


class GridFigures:
    """Base cases that hold, limits violated with controls free; audits."""

    def gauges(self, program: Program) -> Iterator[Figure]:
        """Return how the periods of a shard stand that have not ended."""
        if not isinstance(program, GridProgram):
            raise TypeError(f"{type(program).__name__} is not gridcheck's")
        machine = program.machine
        ahead = [
            (area, period)
            for area in machine.areas.values()
            for period in area.periods.values()
            if period.mtu.end_s * 1000 > machine.now_ms
        ]
        held = sum(area.solvable_case(period) is not None for area, period in ahead)
        yield m.GRID_PERIODS.at(held, "in_force")
        yield m.GRID_PERIODS.at(len(ahead) - held, "missing")
        yield m.GRID_VIOLATIONS.at(sum(len(period.free_violations) for _, period in ahead))

    def counts(self, event: Message) -> Iterator[Figure]:
        """Count audits: that agree, that found limits violated, that disagree."""
        if isinstance(event, grid.AuditRecorded):
            found = "violated" if event.violation_count else "agrees"
            yield m.GRID_AUDITS.at(1, "disagrees" if event.disagreement else found)
