"""Cases about what the outside world says unasked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flexbourse_log.engine import Phase
from flexbourse_log.port import CE_ID
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import script
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.cases import JOURNAL, EngineConformance, messages
from flexbourse_testkit.conformance.harness import Harness, Shape, until


class SourceConformance(EngineConformance):
    """All cases, and those of sources."""

    def test_letters_are_taken_once_also_by_a_second_life(self, harness: Harness, shape: Shape) -> None:
        """What lies in the box while nobody runs is found by the next process; each letter counts once."""
        box = _box(shape)
        with self.running(harness, replace(shape, inbox=box)):
            _post(box, "letter-1", 5)
            until(lambda: not list(box.iterdir()), "the first letter")
        _post(box, "letter-1", 5)  # as after a crash between the log and the box
        _post(box, "letter-2", 7)
        with self.running(harness, replace(shape, inbox=box)):
            until(lambda: not list(box.iterdir()), "the letters of the second life")
            until(lambda: len(_amounts(harness)) == 2, "both decided")
        assert _amounts(harness) == [5, 7]

    def test_a_source_that_is_away_is_trouble_and_stops_nothing(self, harness: Harness, shape: Shape) -> None:
        """Effects and commands go on; the status says what is away; it is polled again."""
        box = shape.outbox.parent / "later"
        with self.running(harness, replace(shape, inbox=box)) as engine:
            until(lambda: any("later" in status.reason for status in engine.status()), "the trouble")
            assert {status.phase for status in engine.status()} == {Phase.RUNNING}
            box.mkdir()
            _post(box, "letter-1", 5)
            until(lambda: _amounts(harness) == [5], "the letter")
            until(lambda: not any("later" in status.reason for status in engine.status()), "the end of the trouble")

    def test_in_stepped_mode_a_letter_is_polled_with_its_step_and_decided_in_the_next(
        self, stepped_harness: Harness, shape: Shape
    ) -> None:
        """So that the same letters give the same journal on both engines."""
        box = _box(shape)
        with self.running(stepped_harness, replace(shape, stepped=True, inbox=box)) as engine:
            for step in (1, 2):
                _post(box, f"letter-{step}", step)
                assert list(box.iterdir()), "polled between steps"
                engine.step(step, script.step_time(step))
                assert not list(box.iterdir())
                assert _amounts(stepped_harness) == list(range(1, step))
            engine.step(3, script.step_time(3))
        assert _amounts(stepped_harness) == [1, 2]
        inputs = [record for record in stepped_harness.records(s.ADD, 0) if record.headers[CE_ID].startswith("letter")]
        assert [record.headers[CE_ID] for record in inputs] == ["letter-1", "letter-2"]


def _box(shape: Shape) -> Path:
    box = shape.outbox.parent / "inbox"
    box.mkdir()
    return box


def _post(box: Path, name: str, amount: int) -> None:
    draft = box.parent / name
    draft.write_text(str(amount))
    draft.rename(box / name)


def _amounts(harness: Harness) -> list[int]:
    found: list[Any] = messages(harness.records(JOURNAL))
    return [event.amount for event in found if isinstance(event, m.Added) and event.account == "mail"]
