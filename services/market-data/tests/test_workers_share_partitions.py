"""Two workers on real Kafka: each keeps what it holds, and what it has handed on it forgets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from kafka_worker import WAIT_S, Log, running
from market_records import AREA, trade

from flexbourse_market_data.adapters.faust_worker import ModelWorker
from flexbourse_messages.catalogue import BOOK_TRADE

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
AREAS = (AREA, "town")  # by partition


def areas(worker: ModelWorker) -> set[str]:
    """Return the areas of which a worker keeps something."""
    return {entry.group.split("/")[1] for entry in worker._entries()}


async def until(condition: Callable[[], bool]) -> bool:
    """Tell whether something came about in time."""
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while not condition() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.05)
    return condition()


def test_a_worker_forgets_what_another_has_taken_over(log: Log, redis_of_this_test: str, tmp_path: Path) -> None:
    def keeps_its_own(worker: ModelWorker) -> bool:
        return len(worker.partitions()) == 1 and areas(worker) == {AREAS[worker.partitions()[0]]}

    async def go() -> None:
        for partition, area in enumerate(AREAS):
            log.write(BOOK_TRADE, trade("a", "b", 10, area=area), partition=partition)
        async with running(log, redis_of_this_test, tmp_path / "1") as (first, _):
            assert await until(lambda: areas(first) == set(AREAS))
            async with running(log, redis_of_this_test, tmp_path / "2", owner="market-data-1") as (second, _):
                shared = await until(lambda: keeps_its_own(first) and keeps_its_own(second))
                assert shared, (areas(first), areas(second))
            assert first.failed is None

    asyncio.run(go())
