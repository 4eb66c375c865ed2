"""Lets the tests of this folder share the street and its day, and runs the day once for all that only look at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "checker"))

from all_checkers import all_problems
from log_access import EmbeddedLog, RecordedLog
from street_day import FinishedDay, StreetDay, embedded_day, options, setup_steps  # the path above has to come first

from flexbourse_cli.embedded import EmbeddedPlatform
from flexbourse_cli.starting import start

PERHAPS = ("unaudited_points", "sequence_gaps")


@pytest.fixture(scope="session", autouse=True)
def _crash_is_an_error() -> Iterator[None]:
    """A crash ends its process, which here would be the test run: a step raises EngineStoppedError instead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flexbourse_cli.embedded.end_process", lambda _crash: None)
        yield


@pytest.fixture(scope="module", autouse=True)
def _logs_are_sound(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a module did to its platforms: once one has stopped, no checker finds anything in its log.

    A module that breaks an invariant on purpose names its checker in `BREAKS`. Not every platform is let finish its
    audits, or has every service.
    """
    found: list[str] = []
    stop = EmbeddedPlatform.stop

    def stop_and_look(platform: EmbeddedPlatform) -> bool:
        stopped = stop(platform)
        if "orderbook" in platform.options.contexts:
            with closing(EmbeddedLog(platform.data_dir)) as log:
                for shard in range(platform.options.shards):
                    found.extend(
                        all_problems(RecordedLog(log, shard), (*PERHAPS, *getattr(request.module, "BREAKS", ())))
                    )
        return stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmbeddedPlatform, "stop", stop_and_look)
        yield
    assert found == []


@pytest.fixture(scope="session")
def finished_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FinishedDay]:
    """One whole day on the embedded engine, the platform stopped afterwards; nobody changes its folder."""
    with embedded_day(tmp_path_factory.mktemp("street") / "data") as day:
        yield day


@pytest.fixture(scope="module")
def open_street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreetDay]:
    """A platform whose books are open and whose lights are known; each module has its own."""
    platform = start(options(tmp_path_factory.mktemp("open") / "data"))
    day = StreetDay(platform)
    day.run(until=len(setup_steps()))
    yield day
    day.close()
    platform.stop()
