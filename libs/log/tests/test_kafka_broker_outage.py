"""The broker is killed with `kill -9` while commands run, three times: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flexbourse_log.engine import Crash, EngineOptions
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.reader import EndReader
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import CommandPort, OutgoingCommand, OverloadedError, Service
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance.services import (
    ADD,
    CATALOGUE,
    CHANGE,
    CounterProgram,
    LedgerProgram,
)
from flexbourse_testkit.kafka_settled import wait_until_settled

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
OUTAGES = 3
COMMANDS_BETWEEN = 150
GIVE_UP_S = 90.0
AT_REST_S = 4.0  # several time records
SERVICES = [
    Service("counter", lambda _: CounterProgram()),
    Service("ledger", lambda _: LedgerProgram()),
]


def not_expected(crash: Crash) -> None:
    raise AssertionError(f"crashed: {crash}") from crash.error


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """A broker of this test alone: the run's own holds hundreds of topics, and killing it would make others wait."""
    with LocalBroker(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def settings(broker: LocalBroker) -> KafkaSettings:
    settings = KafkaSettings(broker.client_config(), "process-1")
    TopicAdmin(settings).create(planned_topics(CATALOGUE, 1))
    return settings


def new_engine(settings: KafkaSettings) -> KafkaEngine:
    engine = KafkaEngine(SERVICES, EngineOptions(not_expected, catalogue=CATALOGUE, snapshot_every=100), settings)
    engine.start()
    return engine


@pytest.fixture
def engine(settings: KafkaSettings) -> Iterator[KafkaEngine]:
    engine = new_engine(settings)
    yield engine
    engine.stop()


async def add(port: CommandPort, number: int) -> None:
    """Add 1, asking again with the same id until there is an answer."""
    give_up = time.monotonic() + GIVE_UP_S
    while True:
        expires = int(time.time() * 1000) + 3_600_000
        command = OutgoingCommand(ADD, 0, f"add-{number}", "p", m.Add(account="a", amount=1), expires)
        try:
            await port.call(command, timeout_s=5)
        except (TimeoutError, OverloadedError):
            assert time.monotonic() < give_up, "no answer although the broker is back"
        else:
            return


async def traffic(port: CommandPort, broker: LocalBroker) -> list[float]:
    """Send commands through all outages; returns how long after each start of the broker answers came again."""
    gaps = []
    sent = 0
    for _ in range(OUTAGES):
        steady = [asyncio.ensure_future(add(port, number)) for number in range(sent, sent + COMMANDS_BETWEEN)]
        sent += COMMANDS_BETWEEN
        await asyncio.sleep(0.05)
        broker.kill()
        await asyncio.to_thread(broker.start)
        back = time.monotonic()
        await add(port, sent)
        sent += 1
        gaps.append(time.monotonic() - back)
        await asyncio.gather(*steady)
    return gaps


def state_at_rest(engine: KafkaEngine) -> str:
    """Return the counter's state hash once the ledger's feedback has been adopted: it waits for a time record."""
    give_up = time.monotonic() + GIVE_UP_S
    seen, since = engine.state_hash("counter", 0), time.monotonic()
    while time.monotonic() < since + AT_REST_S or any(status.lag for status in engine.status()):
        assert time.monotonic() < give_up, "the shards do not come to rest"
        time.sleep(0.1)
        if (now := engine.state_hash("counter", 0)) != seen:
            seen, since = now, time.monotonic()
    return seen


def test_nothing_is_lost_or_doubled_over_three_outages(
    engine: KafkaEngine, settings: KafkaSettings, broker: LocalBroker
) -> None:
    gaps = asyncio.run(traffic(engine.commands("counter"), broker))
    expected = OUTAGES * (COMMANDS_BETWEEN + 1)
    wait_until_settled(settings, CHANGE, 0)
    changes = [m.Changed.FromString(record.value) for record in EndReader(settings, CHANGE, 0).records()]
    assert [change.sequence for change in changes] == list(range(1, expected + 1))
    live = state_at_rest(engine)
    assert engine.stop(60.0)
    successor = new_engine(settings)
    assert successor.state_hash("counter", 0) == live
    successor.stop()
    print(f"answers came back {', '.join(f'{gap:.1f}' for gap in gaps)} s after the broker")
