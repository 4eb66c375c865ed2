"""The same day on a real Kafka, each service its own process: the same events and the same statements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from all_checkers import CHECKERS
from log_access import Log, event_digest, recorded_on_kafka, statements_digest
from street_day import FinishedDay, StreetDay, options

from flexbourse_cli.kafka import KafkaPlatform
from flexbourse_cli.starting import start

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
CONTEXTS = ("registry", "gridcheck", "traffic-light", "orderbook")


@pytest.fixture(scope="module")
def kafka_day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Log]:
    """The whole day on Kafka; its log is read while the broker runs."""
    data_dir = tmp_path_factory.mktemp("kafka-street") / "data"
    platform = start(options(data_dir, engine="kafka"))
    assert isinstance(platform, KafkaPlatform)
    try:
        day = StreetDay(platform)
        day.run()
        day.close()
        log = recorded_on_kafka(platform._broker.client_config())
    finally:
        in_order = platform.stop()
    assert in_order
    return data_dir, log


def test_the_statements_are_the_same_on_both_engines(kafka_day: tuple[Path, Log], finished_day: FinishedDay) -> None:
    assert statements_digest(kafka_day[0]) == statements_digest(finished_day.data_dir)


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_events_are_the_same_on_both_engines(
    kafka_day: tuple[Path, Log], finished_day: FinishedDay, context: str
) -> None:
    assert event_digest(kafka_day[1], context) == event_digest(finished_day.log, context)


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_checker_finds_nothing_on_kafka(kafka_day: tuple[Path, Log], checker: Callable[[Log], list[str]]) -> None:
    assert checker(kafka_day[1]) == []
