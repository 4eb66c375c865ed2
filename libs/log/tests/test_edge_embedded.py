"""The edge relay on the embedded log: in by a participant's own topic, decided, and out again; or dead letters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_log.batch import Outgoing
from flexbourse_log.codec import encode, type_name
from flexbourse_log.embedded import EmbeddedEngine, LogReader, open_reader
from flexbourse_log.port import AREA, CE_ID, CE_TYPE, EXPIRES_AT, PARTY
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import HOUR_MS, Shape

IN_TOPIC = "flex.in.agr-1.add.command.v1"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    shape = Shape(crashes=[], outbox=tmp_path / "outbox", area_shards=2)
    running = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log", shard_of_area={"south": 1}.get)
    running.start()
    running.connect("agr-1")
    yield running
    assert running.stop(60.0)
    assert shape.crashes == []


@pytest.fixture
def reader(engine: EmbeddedEngine) -> Iterator[LogReader]:
    found = open_reader(engine.folder)
    yield found
    found.close()


def sent(name: str, **headers: str) -> Outgoing:
    usual = {
        CE_ID: name,
        CE_TYPE: type_name(m.Add),
        AREA: "south",
        EXPIRES_AT: str(time.time_ns() // 1_000_000 + HOUR_MS),
    }
    return Outgoing(IN_TOPIC, 0, name, encode(m.Add(account="agr-1", amount=5)), {**usual, **headers})


def wait_for(reader: LogReader, topic: str, count: int, partition: int = 0) -> list[bytes]:
    deadline = time.monotonic() + 60
    while reader.end(topic, partition) < count:
        assert time.monotonic() < deadline, f"{topic} holds {reader.end(topic, partition)} of {count} records"
        time.sleep(0.01)
    return [record.value for record in reader.read_all(topic, partition)]


def test_the_topic_proves_the_party_and_answers_come_back(engine: EmbeddedEngine, reader: LogReader) -> None:
    engine.publish(sent("one", **{PARTY: "somebody-else"}))
    answers = wait_for(reader, "flex.out.agr-1.change.event.v1", 1)
    change = m.Changed.FromString(answers[0])
    assert (change.account, change.amount) == ("agr-1", 5)
    command = next(iter(reader.read_all(s.ADD, 1)))
    assert command.headers[PARTY] == "agr-1"
    answer = common_pb2.Answer.FromString(next(iter(reader.read_all("flex.counter.request.answer.v1", 1))).value)
    assert (answer.party, answer.command_id) == ("agr-1", "one")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [({AREA: "nowhere"}, "unknown area"), ({AREA: ""}, "missing"), ({CE_TYPE: "no.such.Type"}, "does not declare")],
)
def test_what_cannot_be_taken_becomes_a_dead_letter(
    engine: EmbeddedEngine, reader: LogReader, headers: dict[str, str], reason: str
) -> None:
    engine.publish(sent("bad", **headers))
    letter = log_pb2.DeadLetter.FromString(wait_for(reader, f"{s.ADD}.dlq", 1)[0])
    assert reason in letter.reason
    assert letter.value == sent("bad").value
    assert reader.end(s.ADD, 0) + reader.end(s.ADD, 1) == 0
    engine.publish(sent("good"))
    wait_for(reader, "flex.out.agr-1.change.event.v1", 1)


def test_participants_are_known_after_a_restart(tmp_path: Path) -> None:
    shape = Shape(crashes=[], outbox=tmp_path / "outbox")
    for life in range(2):
        engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log", shard_of_area={"south": 0}.get)
        engine.start()
        if life == 0:
            engine.connect("agr-1")
        engine.publish(sent(f"life-{life}"))
        reader = open_reader(engine.folder)
        wait_for(reader, "flex.out.agr-1.change.event.v1", life + 1)
        reader.close()
        assert engine.stop(60.0)
