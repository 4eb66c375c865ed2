"""Stepped mode: when a step is complete at a shard, and in which order its inputs are taken.

All records before marker n of a partition belong to step n. A shard takes step n once marker n stands on every input
but feedback, whose records of step n-1 it takes first. The order is (catalogue rank, partition, writer, writer's
sequence), so it does not depend on how writers interleaved. A marker that comes again is ignored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvalidMessageError, InvariantError
from flexbourse_log.port import CE_TYPE, WRITER, WRITER_SEQUENCE, Record
from flexbourse_log.routing import Role, Source
from flexbourse_log.writing import STEP_TYPE

MAX_STEP_RECORDS = 200_000


@dataclass(slots=True)
class _Lane:
    """What came from one partition: closed steps in order, and the records behind the last marker."""

    source: Source
    marked: int
    steps: deque[tuple[log_pb2.Step, list[Record]]] = field(default_factory=deque)
    open: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StepInput:
    """Everything that a shard takes in one step, in order."""

    marker: log_pb2.Step
    feedback: Sequence[Record]
    records: Sequence[Record]


class StepAssembler:
    """Collects the inputs of one shard and hands them out step by step."""

    def __init__(self, inputs: Sequence[Source], last_step: int) -> None:
        self._lanes = {(source.topic, source.partition): _Lane(source, _marked(source, last_step)) for source in inputs}
        self._last = last_step
        self._count = 0

    @property
    def last_step(self) -> int:
        """Return the last step that was handed out and done."""
        return self._last

    @property
    def waiting(self) -> int:
        """Return how many records wait for their step."""
        return self._count

    def offer(self, record: Record) -> None:
        """Take a record in; raises InvariantError where a step is larger than the bound."""
        lane = self._lanes[record.topic, record.partition]
        if record.headers.get(CE_TYPE) != STEP_TYPE:
            self._count += 1
            if self._count > MAX_STEP_RECORDS:
                raise InvariantError(f"a step holds more than {MAX_STEP_RECORDS} records")
            lane.open.append(record)
            return
        marker = log_pb2.Step.FromString(record.value)
        if marker.step <= lane.marked:
            return
        lane.steps.append((marker, lane.open))
        lane.marked = marker.step
        lane.open = []

    def ready(self) -> StepInput | None:
        """Return the next step if it is complete; it stays until `done`."""
        step = self._last + 1
        lanes = self._lanes.values()
        if any(lane.marked < (step - 1 if lane.source.role is Role.FEEDBACK else step) for lane in lanes):
            return None
        feedback = [lane for lane in lanes if lane.source.role is Role.FEEDBACK]
        others = [lane for lane in lanes if lane.source.role is not Role.FEEDBACK]
        marker = next(lane.steps[0][0] for lane in others)
        if any(lane.steps[0][0].step != step for lane in others):
            raise InvariantError(f"steps follow one another; expected {step}")
        return StepInput(marker, _ordered(feedback, step - 1), _ordered(others, step))

    def done(self) -> None:
        """Forget the step that `ready` returned: it is part of a batch."""
        self._last += 1
        for lane in self._lanes.values():
            until = self._last - 1 if lane.source.role is Role.FEEDBACK else self._last
            while lane.steps and lane.steps[0][0].step <= until:
                self._count -= len(lane.steps.popleft()[1])


def _marked(source: Source, last_step: int) -> int:
    return max(0, last_step - 1) if source.role is Role.FEEDBACK else last_step


def _ordered(lanes: Sequence[_Lane], step: int) -> list[Record]:
    found = [
        (lane.source.rank, record.topic, record.partition, *_writer(record), record.offset, record)
        for lane in lanes
        for marker, records in lane.steps
        if marker.step <= step
        for record in records
    ]
    found.sort(key=lambda entry: entry[:6])
    return [entry[6] for entry in found]


def _writer(record: Record) -> tuple[str, int]:
    """Return writer and sequence; what a shard wrote has one writer per partition, its order is the offset's."""
    sequence = record.headers.get(WRITER_SEQUENCE, "0")
    if not sequence.isdigit():
        raise InvalidMessageError(f"header {WRITER_SEQUENCE} is no whole number: {sequence!r}")
    return record.headers.get(WRITER, ""), int(sequence)
