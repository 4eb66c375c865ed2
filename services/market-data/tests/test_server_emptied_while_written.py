"""A server that is emptied while a worker writes everything to it does not pass for whole."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from kafka_worker import empty
from redis.asyncio.client import Pipeline

from flexbourse_market_data.adapters import redis_models
from flexbourse_market_data.adapters.redis_models import Kept, RedisModels, connect

OWNER = "market-data-0"
ENTRIES = [Kept("light/village", f"f-{number}", b"green") for number in range(6)]
FIELDS = {entry.field: entry.value for entry in ENTRIES}


@pytest.mark.parametrize("emptied_behind", range(1, 4))
def test_what_is_lost_between_two_batches_is_written_again(
    redis_of_this_test: str, monkeypatch: pytest.MonkeyPatch, emptied_behind: int
) -> None:
    monkeypatch.setattr(redis_models, "BATCH", 2)
    execute, batches = Pipeline.execute, 0

    async def emptying(self: Pipeline, *args: Any, **kwargs: Any) -> Any:
        nonlocal batches
        found = await execute(self, *args, **kwargs)
        batches += 1
        if batches == emptied_behind:
            await empty(redis_of_this_test)
        return found

    async def go() -> None:
        client = connect(redis_of_this_test)
        models = RedisModels(client)
        with monkeypatch.context() as patch:
            patch.setattr(Pipeline, "execute", emptying)
            await models.write_all(ENTRIES, OWNER)
        assert not await models.is_whole(OWNER)
        await models.write_all(ENTRIES, OWNER)
        assert await models.is_whole(OWNER)
        assert await models.fields("light/village") == FIELDS
        await client.aclose()

    asyncio.run(go())
