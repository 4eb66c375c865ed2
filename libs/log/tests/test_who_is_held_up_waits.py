"""A shard that may not decide, because its effects or its snapshot are behind, leaves the processor to them."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flexbourse_log.effects import EffectRunner
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.embedded.loop import Loop
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.kafka.session import ShardPlace, ShardSession
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.worker import ShardWorker
from flexbourse_log.shard import ShardRunner
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import Shape, until


class Session:
    """What a turn asks of a session in which something is due and nothing is under way; keeps how long it waits."""

    def __init__(self) -> None:
        self.runner = SimpleNamespace(wait_ms=lambda _reading: 0, waiting=0, run=lambda _reading: None)
        self.commits = SimpleNamespace(empty=True, full=False, records=0, begin=lambda: None)
        self.since_snapshot = 0
        self.waits_s: list[float] = []

    def ended(self) -> None:
        """No commit has ended."""

    def report_lag(self) -> None:
        """Tell nobody."""

    def hold_back(self) -> None:
        """Fetch everything."""

    def collect(self, wait_s: float) -> None:
        self.waits_s.append(wait_s)


@pytest.mark.parametrize("held_up", [True, False])
def test_on_kafka(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held_up: bool) -> None:
    shape, session = Shape(crashes=[], outbox=tmp_path / "outbox"), Session()
    place = ShardPlace(s.COUNTER, 0, shape.services()[0], KafkaSettings({}, "test"), shape.options())
    appender = cast("Appender", SimpleNamespace(append=lambda _record: Future[Any]()))
    worker = ShardWorker(place, appender, changed=lambda: None, insist=False)
    monkeypatch.setattr(EffectRunner, "full", held_up)
    worker._turn(cast("ShardSession", session))
    assert [wait_s > 0 for wait_s in session.waits_s] == [held_up]


def test_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits_s: list[float] = []
    patience = Loop._patience

    def noted(loop: Loop) -> float:
        waits_s.append(patience(loop))
        return waits_s[-1]

    shape = Shape(crashes=[], outbox=tmp_path / "outbox", contexts=("counter",))
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path)
    monkeypatch.setattr(ShardRunner, "wait_ms", lambda *_: 0)
    monkeypatch.setattr(EffectRunner, "full", True)
    monkeypatch.setattr(Loop, "_patience", noted)
    engine.start()
    until(lambda: waits_s[-1:] > [0.0], "the loop to wait")  # once the upkeep of the start is done
    assert engine.stop()
