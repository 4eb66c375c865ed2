"""A query at a position does not wait for an idle consumer to pass over a marker, and never takes a record for one."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import pytest
from google.protobuf.message import Message

from flexbourse_log.codec import encode, type_name
from flexbourse_log.engine import Crash, EngineOptions
from flexbourse_log.headers import event_headers
from flexbourse_log.kafka import feed as kafka_feed
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.port import Position, Record
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s

JOURNAL = (s.CATALOGUE.by_name["ledger"].journal.name, 0)
PLACE = (s.TOTAL, 0)
PATIENCE_S = 30.0


class Ends:
    """The ends of partitions as they are told, one after the other; how often those of the view's were asked for."""

    def __init__(self, *told: int) -> None:
        self.told = list(told)
        self.asked = 0

    def high(self, place: tuple[str, int]) -> int:
        if place == JOURNAL:
            return 100
        self.asked += 1
        return self.told.pop(0) if len(self.told) > 1 else self.told[0]


class Folding:
    """A view."""

    topics = (s.TOTAL,)

    def fold(self, record: Record, message: Message | None) -> None: ...


def not_expected(crash: Crash) -> None:
    raise AssertionError(f"crashed: {crash}") from crash.error


def feed_of(monkeypatch: pytest.MonkeyPatch, ends: Ends) -> kafka_feed.KafkaViewFeed:
    """Return a feed that no broker stands behind."""
    monkeypatch.setattr(kafka_feed, "EndsOf", lambda *_, **__: ends)
    monkeypatch.setattr(kafka_feed.Tail, "start", lambda _: None)
    options = EngineOptions(not_expected, catalogue=s.CATALOGUE)
    return kafka_feed.KafkaViewFeed(KafkaSettings({}, "test"), options, (Folding(),))


async def read(feed: kafka_feed.KafkaViewFeed, offset: int) -> None:
    """Have one record folded."""
    headers = event_headers(type_name(m.Total), f"test/{offset}", "test")
    record = Record(*PLACE, offset, "a", encode(m.Total(account="a", total=offset)), headers)
    folded: Future[None] = Future()
    feed.hand_over([record], {PLACE: offset + 1}, folded)
    await asyncio.wrap_future(folded)


async def asked(ends: Ends, times: int) -> None:
    """Wait until the end was asked for so often."""
    async with asyncio.timeout(PATIENCE_S):
        while ends.asked < times:
            await asyncio.sleep(0.001)


def test_record_that_is_read_while_a_query_waits_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        ends = Ends(12)  # the record at 10 and its marker
        feed = feed_of(monkeypatch, ends)
        await read(feed, 9)
        query = asyncio.create_task(feed.wait_for(Position(*JOURNAL, 1), PATIENCE_S))
        await asked(ends, 1)
        await read(feed, 10)
        await query

    asyncio.run(story())


def test_record_between_is_not_taken_for_a_marker(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        ends = Ends(12, 13)  # records at 10 and 11, of which the first is read first, and their marker
        feed = feed_of(monkeypatch, ends)
        await read(feed, 9)
        query = asyncio.create_task(feed.wait_for(Position(*JOURNAL, 1), PATIENCE_S))
        await asked(ends, 1)
        await read(feed, 10)
        await asked(ends, 2)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not query.done()
        await read(feed, 11)
        await query

    asyncio.run(story())
