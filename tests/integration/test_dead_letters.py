"""What participants write on their own topics and nobody can read: kept with its reason, and the market goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from log_access import EmbeddedLog
from street import AGG_A, AREA, NOON_S
from street_day import order

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli import services
from flexbourse_log.batch import Outgoing
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.engine import EngineOptions, Phase
from flexbourse_log.port import AREA as AREA_HEADER
from flexbourse_log.port import CE_ID, CE_TYPE, EXPIRES_AT
from flexbourse_messages.catalogue import TOPICS
from flexbourse_testkit.raw_records import raw_records

INGRESS = {topic.ingress: topic for topic in TOPICS.values() if topic.ingress}
WAIT_S = 60.0
ORDERS = book.OrderCommand(
    area_id=AREA, submit=book.SubmitOrders(orders=[order("o", "buy", NOON_S, 1_000, 1_000, unit="pump-b1")])
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    """All five services on the embedded engine, with one participant who has topics of his own."""
    data_dir = tmp_path_factory.mktemp("edge") / "data"
    data_dir.mkdir()
    hosted = [services.host(name, services.config(name, data_dir=data_dir)).service for name in services.CONTEXTS]
    options = EngineOptions(crashed=lambda crash: pytest.fail(str(crash)))
    found = EmbeddedEngine(hosted, options, data_dir / "log", shard_of_area={AREA: 0}.get)
    found.start()
    found.connect(AGG_A)
    yield found
    found.stop()


def headers(command_id: str, payload: str) -> dict[str, str]:
    """Return the headers of a sound command."""
    expires = str(int(time.time() * 1000) + 60_000)
    return {CE_ID: command_id, CE_TYPE: payload, EXPIRES_AT: expires, AREA_HEADER: AREA}


def letters(engine: EmbeddedEngine, topic: str, count: int) -> list[log_pb2.DeadLetter]:
    """Return a topic's dead letters once there are so many."""
    log = EmbeddedLog(engine.folder.parent)
    deadline = time.monotonic() + WAIT_S
    found: list[log_pb2.DeadLetter] = []
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} dead letters came"
        time.sleep(0.05)
        found = [log_pb2.DeadLetter.FromString(record.value) for record in log.records(topic)]
    log.close()
    return found


@pytest.mark.parametrize("ingress", INGRESS)
def test_unparsable_bytes_are_kept_with_their_reason(engine: EmbeddedEngine, ingress: str) -> None:
    topic = INGRESS[ingress]
    payload = topic.payloads[0].DESCRIPTOR.full_name
    own = f"flex.in.{AGG_A}.{ingress}"
    garbage = [b"\xff\xff\xff", b"\x0a\xff\xff\xff\xff\x0f", b"{}"]
    for number, value in enumerate(garbage):
        engine.publish(Outgoing(own, 0, "k", value, headers(f"garbage-{number}", payload)))
    engine.publish(Outgoing(own, 0, "k", b"", headers("another-type", "flexbourse.log.v1.TimeAdvanced")))
    found = letters(engine, topic.dead_letters, len(garbage) + 1)
    assert [letter.value for letter in found] == [*garbage, b""]
    assert [letter.headers[CE_ID] for letter in found] == ["garbage-0", "garbage-1", "garbage-2", "another-type"]
    assert all(letter.reason for letter in found)
    assert all(letter.source.topic == own for letter in found)
    assert "TimeAdvanced" in found[-1].reason


def test_whatever_is_written_is_a_command_or_a_dead_letter_and_the_market_goes_on(engine: EmbeddedEngine) -> None:
    topic = INGRESS["order.command.v1"]
    own = f"flex.in.{AGG_A}.order.command.v1"
    sound = headers("", topic.payloads[0].DESCRIPTOR.full_name)
    cases = list(raw_records({name: text for name, text in sound.items() if name != CE_ID}, ORDERS.SerializeToString()))
    log = EmbeddedLog(engine.folder.parent)
    earlier, first = len(list(log.records(topic.dead_letters))), len(list(log.records(own)))
    for case in cases:
        engine.publish(Outgoing(own, 0, case.key.decode(errors="replace"), case.value or b"", case.texts))
    bad = [case for case in cases if case.reason]
    found = letters(engine, topic.dead_letters, earlier + len(bad))[earlier:]
    assert [letter.source.offset - first for letter in found] == [cases.index(case) for case in bad]
    assert [case.name for case, letter in zip(bad, found, strict=True) if case.reason not in letter.reason] == []
    good = {case.texts[CE_ID] for case in cases if not case.reason}
    assert answered(log, good) == good
    log.close()
    assert {status.phase for status in engine.status()} == {Phase.RUNNING}


def answered(log: EmbeddedLog, wanted: set[str]) -> set[str]:
    """Return which of the participant's commands have an answer, once all of them have one."""
    deadline, found = time.monotonic() + WAIT_S, set[str]()
    while not wanted <= found:
        assert time.monotonic() < deadline, wanted - found
        time.sleep(0.05)
        found = {record.key for record in log.records(f"flex.out.{AGG_A}.answer.event.v1")}
    return found & wanted


def test_the_market_goes_on_behind_a_dead_letter(engine: EmbeddedEngine) -> None:
    topic = INGRESS["order.command.v1"]
    own = f"flex.in.{AGG_A}.order.command.v1"
    payload = topic.payloads[0].DESCRIPTOR.full_name
    engine.publish(Outgoing(own, 0, "k", b"\xff", headers("bad", payload)))
    engine.publish(Outgoing(own, 0, "k", ORDERS.SerializeToString(), headers("good", payload)))
    log = EmbeddedLog(engine.folder.parent)
    deadline = time.monotonic() + WAIT_S
    answers: list[common_pb2.Answer] = []
    while not answers:
        assert time.monotonic() < deadline, "the good command got no answer"
        time.sleep(0.05)
        answers = [
            common_pb2.Answer.FromString(record.value)
            for record in log.records(f"flex.out.{AGG_A}.answer.event.v1")
            if record.key == "good"
        ]
    log.close()
    assert [answer.party for answer in answers] == [AGG_A]
    assert answers[0].results[0].rejection.code == "UNKNOWN_OBJECT"  # the street is not registered here
    assert {status.phase for status in engine.status()} == {Phase.RUNNING}
