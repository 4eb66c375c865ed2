"""What would make the worker pass over records, brought about on purpose on real Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from kafka_worker import WAIT_S, Log, running, until, volumes
from market_records import AREA, NOON_S, trade
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from flexbourse_core.market_time import Mtu
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_market_data.adapters.acknowledged import NotAcknowledgedError
from flexbourse_market_data.adapters.faust_worker import ModelWorker
from flexbourse_market_data.adapters.redis_models import RedisModels
from flexbourse_market_data.domain.feeders import Feeder
from flexbourse_messages.catalogue import BOOK_TRADE

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
LONGER_THAN_A_FETCH_S = 2.5  # Faust's waits for a second
LATE_S = 0.2


async def until_failed(worker: ModelWorker) -> BaseException | None:
    """Return what ended a worker, None where nothing did in time."""
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while worker.failed is None and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.05)
    return worker.failed


def begin_fetches_late(worker: ModelWorker) -> None:
    """Have the consumer's thread begin each fetch a moment after it was asked to, as on a busy machine."""
    thread = worker._app.consumer._thread
    fetch = thread._fetch_records

    async def fetch_late(*args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(LATE_S)
        return await fetch(*args, **kwargs)

    thread._fetch_records = fetch_late


def test_what_is_fetched_while_a_recovery_ends_is_not_lost(log: Log, redis_of_this_test: str, tmp_path: Path) -> None:
    """As a killed worker leaves it: a table of the first trades, and no offset that was ever committed."""

    async def go() -> None:
        for _ in range(5):
            log.write(BOOK_TRADE, *[trade("a", "b", 10)] * 40)
        log.write_table(Feeder(AREA, "a", Mtu(NOON_S, 900), sold_w=200, trades=20, trade_offset=19))
        async with running(log, redis_of_this_test, tmp_path, start=False) as (worker, feeders):
            begin_fetches_late(worker)

            async def dawdle(*_: Any, **__: Any) -> None:
                await asyncio.sleep(LONGER_THAN_A_FETCH_S)

            worker._app.on_rebalance_complete.connect(dawdle, weak=False)
            await worker.start()
            found = await until(feeders, lambda f: volumes(f) == {"a": (2_000, 0), "b": (0, 2_000)})
            assert volumes(found) == {"a": (2_000, 0), "b": (0, 2_000)}

    asyncio.run(go())


class HeldBack:
    """A producer that sends nothing until it is told to."""

    def __init__(self, worker: ModelWorker) -> None:
        self._producer = worker._app.producer._producer
        self._send = self._producer.send
        self._producer.send = self._send_later
        self.open = asyncio.Event()
        self.acknowledged = 0

    async def _send_later(self, *args: Any, **kwargs: Any) -> Any:
        await self.open.wait()
        sent = await self._send(*args, **kwargs)
        sent.add_done_callback(self._count)
        return sent

    def _count(self, _: Any) -> None:
        self.acknowledged += 1


def test_an_offset_is_committed_after_what_its_records_changed_is_kept(
    log: Log, redis_of_this_test: str, tmp_path: Path
) -> None:
    async def go() -> None:
        async with running(log, redis_of_this_test, tmp_path) as (worker, feeders):
            producer = HeldBack(worker)
            kept_at_commit: list[int] = []
            thread = worker._app.consumer._thread
            commit = thread.commit

            async def note(offsets: Mapping[Any, int]) -> bool:
                kept_at_commit.append(producer.acknowledged)
                return bool(await commit(offsets))

            thread.commit = note
            log.write(BOOK_TRADE, *[trade("a", "b", 10)] * 20)
            await until(feeders, lambda f: volumes(f) == {"a": (200, 0), "b": (0, 200)})
            asyncio.get_running_loop().call_later(LONGER_THAN_A_FETCH_S, producer.open.set)
            assert await worker._app.consumer.commit() or kept_at_commit
            assert kept_at_commit[0] == 40

    asyncio.run(go())


def test_a_change_that_cannot_be_kept_ends_the_worker_before_it_commits(
    log: Log, redis_of_this_test: str, tmp_path: Path
) -> None:
    async def go() -> None:
        async with running(log, redis_of_this_test, tmp_path) as (worker, _):

            async def fail(*_: Any, **__: Any) -> Any:
                refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                refused.set_exception(OSError("the disk of the broker is full"))
                return refused

            worker._app.producer._producer.send = fail
            log.write(BOOK_TRADE, trade("a", "b", 10))
            assert isinstance(await until_failed(worker), NotAcknowledgedError)
        assert log.committed() == 0

    asyncio.run(go())


def test_a_recovery_whose_table_cannot_be_copied_ends_the_worker(log: Log, tmp_path: Path) -> None:
    async def go() -> None:
        nobody = f"redis://127.0.0.1:{free_ports(1)[0]}"
        worker = ModelWorker(log.worker_broker(), RedisModels(Redis.from_url(nobody)), "market-data-0", str(tmp_path))
        await worker.start()
        try:
            assert isinstance(await until_failed(worker), RedisConnectionError)
            assert not worker.is_ready
        finally:
            await worker.stop()

    asyncio.run(go())
