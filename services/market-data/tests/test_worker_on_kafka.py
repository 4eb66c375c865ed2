"""The worker on real Kafka and a real Redis-protocol server: what it writes, and what it survives."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from kafka_worker import Log, WorkerProcess, empty, running, until, volumes
from market_records import lit, trade

from flexbourse_market_data.config import CONTEXT, Config
from flexbourse_messages.catalogue import BOOK_TRADE, LIGHT_ZONE
from flexbourse_runtime.config import child_environment

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
RED = 3


def test_lights_and_trades_reach_redis_and_aborted_ones_do_not(
    log: Log, redis_of_this_test: str, tmp_path: Path
) -> None:
    async def go() -> None:
        log.write(BOOK_TRADE, trade("a", "b", 500))
        log.write(BOOK_TRADE, trade("a", "b", 9_999), commit=False)
        async with running(log, redis_of_this_test, tmp_path) as (worker, feeders):
            log.write(LIGHT_ZONE, lit("a", RED, headroom=(700, 0)))
            log.write(BOOK_TRADE, trade("b", "a", 200), partition=0)
            found = await until(
                feeders, lambda f: volumes(f) == {"a": (500, 200), "b": (200, 500)} and f[0].light == RED
            )
            assert volumes(found) == {"a": (500, 200), "b": (200, 500)}
            assert (found[0].light, found[0].headroom_up_w) == (RED, 700)
            assert worker.is_ready
            assert worker.partitions() == [0, 1]
            assert worker.failed is None

    asyncio.run(go())


def test_a_restart_goes_on_and_an_emptied_server_is_filled_again(
    log: Log, redis_of_this_test: str, tmp_path: Path
) -> None:
    async def go() -> None:
        log.write(BOOK_TRADE, trade("a", "b", 500), trade("a", "b", 100))
        async with running(log, redis_of_this_test, tmp_path / "1") as (_, feeders):
            before = await until(feeders, lambda f: volumes(f) == {"a": (600, 0), "b": (0, 600)})
            await empty(redis_of_this_test)
            assert await until(feeders, lambda f: f == before) == before
        await empty(redis_of_this_test)
        log.write(BOOK_TRADE, trade("b", "", 50))
        async with running(log, redis_of_this_test, tmp_path / "2") as (_, feeders):
            found = await until(feeders, lambda f: volumes(f) == {"a": (600, 0), "b": (50, 600)})
            assert volumes(found) == {"a": (600, 0), "b": (50, 600)}

    asyncio.run(go())


def test_a_killed_process_counts_every_trade_once(log: Log, redis_of_this_test: str, tmp_path: Path) -> None:
    worker = WorkerProcess(log, redis_of_this_test, tmp_path)
    try:
        sold = 0
        for quantity in (100, 20, 3):
            worker.start()
            before = sold
            for _ in range(5):
                log.write(BOOK_TRADE, *[trade("a", "b", quantity)] * 40, partition=0)
                sold += 40 * quantity
            worker.wait_for_volumes(lambda found, before=before: found.get("a", (0, 0))[0] > before)
            worker.kill()
        worker.start()
        all_of_it = {"a": (sold, 0), "b": (0, sold)}
        assert worker.wait_for_volumes(lambda found: found == all_of_it) == all_of_it
        assert worker.stop() == 0
    finally:
        worker.close()


def test_a_worker_without_a_server_for_its_models_says_so(tmp_path: Path) -> None:
    environment = child_environment(Config(data_dir=tmp_path), CONTEXT)
    ended = subprocess.run(
        [sys.executable, "-m", "flexbourse_market_data"], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "redis_url names the server" in ended.stderr
