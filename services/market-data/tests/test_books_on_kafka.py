"""Books on real Kafka and a real Redis-protocol server: what a stranger reads there, and what survives what is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path

import pytest
from book_events import MARKET, drawn
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from kafka_worker import WAIT_S, Log, empty, running
from market_records import AREA, NOON_S

from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse_core.market_time import Mtu
from flexbourse_market_data.adapters import faust_worker
from flexbourse_market_data.adapters.faust_worker import GROUP
from flexbourse_market_data.adapters.redis_models import RedisModels
from flexbourse_market_data.domain.feed import BookName
from flexbourse_market_data.following import follow
from flexbourse_market_data.kept_models import MemoryModels
from flexbourse_market_data.model import MarketModel
from flexbourse_market_data.wire import key_text
from flexbourse_messages.catalogue import BOOK_FEED, MODEL_TABLE

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
NAME = BookName(AREA, MARKET, Mtu(NOON_S, 900))


def expected(events: list[feed.FeedEvent]) -> Mapping[str, bytes]:
    """Return what the embedded models keep of the same events."""
    model, models = MarketModel(), MemoryModels()
    for event in events:
        models.write(model.take(event, 0, event.SerializeToString()))
    return asyncio.run(models.fields(NAME.group))


async def until_kept(models: RedisModels, wanted: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the book's entries once they are as wanted, or as they are when the wait is over."""
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while (found := await models.fields(NAME.group)) != wanted and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.1)
    return found


async def first(events: AsyncIterator[feed.FeedEvent], count: int) -> list[feed.FeedEvent]:
    """Return so many events."""
    return [await anext(events) for _ in range(count)]


def test_books_on_kafka_equal_those_on_the_embedded_log_and_can_be_followed(
    log: Log, redis_of_this_test: str, tmp_path: Path
) -> None:
    events = list(drawn(1, 150))
    half, whole = expected(events[:100]), expected(events)

    async def go() -> None:
        async with running(log, redis_of_this_test, tmp_path) as (worker, models):
            log.write(BOOK_FEED, *events[:60])
            log.write(BOOK_FEED, *events[60:70], commit=False)
            log.write(BOOK_FEED, *events[60:100])
            assert await until_kept(models, half) == half
            joined = follow(models, NAME, 0)
            picture = await anext(joined)
            assert (picture.sequence, picture.WhichOneof("event")) == (100, "picture")
            resumed = follow(models, NAME, 90)
            log.write(BOOK_FEED, *events[100:])
            assert await first(joined, 50) == events[100:]
            assert await first(resumed, 60) == events[90:]
            assert await until_kept(models, whole) == whole
            assert await models.groups("book", AREA) == [NAME.group]
            assert worker.is_ready
            assert worker.lag(0) <= 1 + len(events)

    asyncio.run(go())


def test_an_emptied_server_a_restart_and_a_lost_table_all_end_in_the_same_book(
    log: Log, redis_of_this_test: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faust_worker, "SESSION_S", 6.0)
    events = list(drawn(2, 200))
    half, whole = expected(events[:120]), expected(events)

    async def go() -> None:
        async with running(log, redis_of_this_test, tmp_path / "1") as (_, models):
            log.write(BOOK_FEED, *events[:120])
            assert await until_kept(models, half) == half
            await empty(redis_of_this_test)
            assert await until_kept(models, half) == half
        await empty(redis_of_this_test)
        log.write(BOOK_FEED, *events[120:])
        async with running(log, redis_of_this_test, tmp_path / "2") as (_, models):
            assert await until_kept(models, whole) == whole
        await empty(redis_of_this_test)
        await asyncio.to_thread(lose_the_table, log, whole)
        async with running(log, redis_of_this_test, tmp_path / "3") as (_, models):
            assert await until_kept(models, whole) == whole

    asyncio.run(go())


def lose_the_table(log: Log, fields: Iterable[str]) -> None:
    """Empty a partition of the table, and forget what the group has committed, as the runbook does."""
    producer = Producer(log.broker.client_config())
    for field in fields:
        producer.produce(f"{log.prefix}{MODEL_TABLE}", None, key_text(NAME.group, field), partition=0)
    assert producer.flush(WAIT_S) == 0
    admin, group = AdminClient(log.broker.client_config()), f"{log.prefix}{GROUP}"
    deadline = time.monotonic() + WAIT_S
    while True:  # its member that left may come back under its name until its session is over
        try:
            admin.delete_consumer_groups([group])[group].result(WAIT_S)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.NON_EMPTY_GROUP or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return
