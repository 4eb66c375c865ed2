"""When a step is complete, and in which order its inputs are taken, whatever order they came in."""

from __future__ import annotations

import itertools
import random

import pytest

from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvalidMessageError, InvariantError
from flexbourse_log import stepping
from flexbourse_log.codec import encode
from flexbourse_log.port import CE_TYPE, WRITER, WRITER_SEQUENCE, Record
from flexbourse_log.routing import Role, Source
from flexbourse_log.stepping import StepAssembler, StepInput
from flexbourse_log.writing import STEP_TYPE

COMMANDS = Source("commands", 0, Role.COMMAND, 10)
INPUTS = Source("inputs", 0, Role.INPUT, 20)
OTHERS = Source("inputs", 1, Role.INPUT, 20)
FEEDBACK = Source("feedback", 0, Role.FEEDBACK, 30)


class Log:
    """Gives records their offsets."""

    def __init__(self) -> None:
        self._offsets: dict[tuple[str, int], itertools.count[int]] = {}

    def record(self, source: Source, name: str, writer: str = "", sequence: int | str = 0) -> Record:
        return self._record(source, name, b"", {WRITER: writer, WRITER_SEQUENCE: str(sequence)})

    def marker(self, source: Source, step: int) -> Record:
        value = encode(log_pb2.Step(step=step, at_ms=step * 1_000))
        return self._record(source, "step", value, {CE_TYPE: STEP_TYPE})

    def _record(self, source: Source, key: str, value: bytes, headers: dict[str, str]) -> Record:
        place = (source.topic, source.partition)
        offset = next(self._offsets.setdefault(place, itertools.count()))
        return Record(*place, offset, key, value, headers)


def keys(found: StepInput | None) -> tuple[list[str], list[str]]:
    assert found is not None
    return [record.key for record in found.feedback], [record.key for record in found.records]


def test_waits_for_the_marker_of_every_input_but_feedback() -> None:
    log, steps = Log(), StepAssembler((COMMANDS, INPUTS, FEEDBACK), 0)
    steps.offer(log.record(COMMANDS, "c"))
    steps.offer(log.record(FEEDBACK, "f"))
    steps.offer(log.marker(COMMANDS, 1))
    assert steps.ready() is None
    steps.offer(log.marker(INPUTS, 1))
    assert keys(steps.ready()) == ([], ["c"])
    steps.done()
    for source in (COMMANDS, INPUTS):
        steps.offer(log.marker(source, 2))
    assert steps.ready() is None, "feedback of step 1 is not closed yet"
    steps.offer(log.marker(FEEDBACK, 1))
    assert keys(steps.ready()) == (["f"], [])
    steps.done()
    assert steps.last_step == 2
    assert steps.waiting == 0


def test_order_is_rank_partition_writer_sequence() -> None:
    source = random.Random(5)
    expected = ["c-a1", "c-a2", "c-b1", "c-b2", "i0", "i1"]
    for _ in range(50):
        log, steps = Log(), StepAssembler((COMMANDS, INPUTS, OTHERS), 0)
        arrivals = [(COMMANDS, "c-a", "a"), (COMMANDS, "c-b", "b")] * 2
        source.shuffle(arrivals)
        sequences = {"a": itertools.count(1), "b": itertools.count(1)}
        records = []
        for place, name, writer in arrivals:
            number = next(sequences[writer])
            records.append(log.record(place, f"{name}{number}", writer, number))
        records += [log.record(OTHERS, "i1"), log.record(INPUTS, "i0")]
        records += [log.marker(place, 1) for place in (COMMANDS, INPUTS, OTHERS)]
        by_partition: dict[tuple[str, int], list[Record]] = {}
        for record in records:
            by_partition.setdefault((record.topic, record.partition), []).append(record)
        while any(by_partition.values()):
            place = source.choice([key for key, left in by_partition.items() if left])
            steps.offer(by_partition[place].pop(0))
        assert keys(steps.ready())[1] == expected


def test_a_repeated_marker_is_ignored_and_what_stands_before_it_waits_for_the_next_step() -> None:
    log, steps = Log(), StepAssembler((COMMANDS,), 0)
    for record in (log.record(COMMANDS, "one"), log.marker(COMMANDS, 1), log.record(COMMANDS, "late")):
        steps.offer(record)
    steps.offer(log.marker(COMMANDS, 1))
    assert keys(steps.ready())[1] == ["one"]
    steps.done()
    assert steps.ready() is None
    steps.offer(log.marker(COMMANDS, 2))
    assert keys(steps.ready())[1] == ["late"]


def test_after_a_restart_old_markers_are_known() -> None:
    log, steps = Log(), StepAssembler((COMMANDS, FEEDBACK), 4)
    for record in (log.marker(FEEDBACK, 3), log.record(FEEDBACK, "f4"), log.marker(FEEDBACK, 4)):
        steps.offer(record)
    for record in (log.marker(COMMANDS, 4), log.record(COMMANDS, "c5"), log.marker(COMMANDS, 5)):
        steps.offer(record)
    assert keys(steps.ready()) == (["f4"], ["c5"])


def test_a_step_left_out_is_a_bug() -> None:
    log, steps = Log(), StepAssembler((COMMANDS,), 0)
    steps.offer(log.marker(COMMANDS, 2))
    with pytest.raises(InvariantError, match="expected 1"):
        steps.ready()


def test_a_step_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "MAX_STEP_RECORDS", 3)
    log, steps = Log(), StepAssembler((COMMANDS,), 0)
    for _ in range(3):
        steps.offer(log.record(COMMANDS, "c"))
    with pytest.raises(InvariantError, match="more than 3"):
        steps.offer(log.record(COMMANDS, "c"))


def test_an_unreadable_sequence_is_an_invalid_message() -> None:
    log, steps = Log(), StepAssembler((COMMANDS,), 0)
    steps.offer(log.record(COMMANDS, "c", "w", "first"))
    steps.offer(log.marker(COMMANDS, 1))
    with pytest.raises(InvalidMessageError, match="writer_sequence"):
        steps.ready()
