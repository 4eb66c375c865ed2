"""Feeders in Redis: one hash per area and period, a field for each zone, and a sorted set of an area's periods.

What stands there is a copy: `whole` marks what a worker has written out completely, so that it notices when the server
was emptied and writes all of it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_market_data.domain.feeders import Changes, Feeder, FeederKey
from flexbourse_market_data.wire import FEEDER

PREFIX = "flexbourse:feeders"
RETRIES = 6  # from 50 ms, doubled up to 2 s: about 5 s in all, then the process ends and its supervisor starts it again
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
BATCH = 500  # entries that are written in one go


def connect(url: str) -> Redis:
    """Return a client that tries again, with a bound, where the server is away."""
    retry = Retry(ExponentialBackoff(cap=LONGEST_PAUSE_S, base=FIRST_PAUSE_S), RETRIES)
    return Redis.from_url(url, retry=retry, retry_on_error=[RedisConnectionError, RedisTimeoutError])


class RedisFeeders:
    """Writes what changed, and reads."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def write(self, changes: Changes) -> None:
        """Write what a record changed; may be repeated."""
        if not changes.put and not changes.gone:
            return
        async with self._client.pipeline(transaction=True) as pipeline:
            _put(pipeline, changes.put)
            _remove(pipeline, changes.gone)
            await pipeline.execute()

    async def write_all(self, entries: Sequence[Feeder], owner: str) -> None:
        """Write everything that a worker holds, then mark it as whole."""
        for start in range(0, len(entries), BATCH):
            await self.write(Changes(tuple(entries[start : start + BATCH])))
        await self._client.set(f"{PREFIX}:whole:{owner}", b"1")

    async def is_whole(self, owner: str) -> bool:
        """Tell whether everything of a worker is there: false once the server has been emptied."""
        return bool(await self._client.exists(f"{PREFIX}:whole:{owner}"))

    async def feeders(self, area_id: str, mtu: Mtu | None) -> list[Feeder]:
        """Return the feeders of an area, or of one period of it, by period and zone."""
        starts = [mtu.start_s] if mtu is not None else await self._starts(area_id)
        async with self._client.pipeline(transaction=False) as pipeline:
            for start_s in starts:
                pipeline.hgetall(_period(area_id, start_s))
            hashes = await pipeline.execute()
        found = [FEEDER.decode(pb.FeederState.FromString(value)) for one in hashes for value in one.values()]
        kept = (feeder for feeder in found if mtu is None or feeder.mtu == mtu)
        return sorted(kept, key=lambda feeder: (feeder.mtu.start_s, feeder.zone_id))

    async def _starts(self, area_id: str) -> list[int]:
        return [int(start_s) for start_s in await self._client.zrange(_periods(area_id), 0, -1)]


def _put(pipeline: Pipeline, entries: Iterable[Feeder]) -> None:
    for entry in entries:
        value = FEEDER.encode(entry).SerializeToString(deterministic=True)
        pipeline.hset(_period(entry.area_id, entry.mtu.start_s), entry.zone_id, value)  # type: ignore[arg-type]
        pipeline.zadd(_periods(entry.area_id), {str(entry.mtu.start_s): entry.mtu.start_s})


def _remove(pipeline: Pipeline, keys: Iterable[FeederKey]) -> None:
    for key in keys:
        pipeline.delete(_period(key.area_id, key.mtu_start_s))
        pipeline.zrem(_periods(key.area_id), str(key.mtu_start_s))


def _period(area_id: str, start_s: int) -> str:
    return f"{PREFIX}:{area_id}:{start_s}"


def _periods(area_id: str) -> str:
    return f"{PREFIX}:{area_id}:periods"
