"""Read models in Redis: a hash per group, a sorted set of an area's groups by period, a capped stream per book.

What stands there is a copy: `whole` marks what a worker has written out completely, so that it notices when the server
was emptied and writes all of it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from flexbourse_market_data.domain.changes import Changes, Told
from flexbourse_market_data.kept_models import MAX_TOLD
from flexbourse_market_data.wire import kept

PREFIX = "flexbourse"
RETRIES = 6  # from 50 ms, doubled up to 2 s: about 5 s in all, then the process ends and its supervisor starts it again
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
BATCH = 500  # entries that are written, or events that are read, in one go
EVENT = b"e"
NO_MARK = "no such key"
NOT_BEHIND = "equal or smaller"  # than the last event of a stream: it is there already


class Kept(NamedTuple):
    """An entry as it is kept."""

    group: str
    field: str
    value: bytes


def connect(url: str) -> Redis:
    """Return a client that tries again, with a bound, where the server is away."""
    retry = Retry(ExponentialBackoff(cap=LONGEST_PAUSE_S, base=FIRST_PAUSE_S), RETRIES)
    return Redis.from_url(url, retry=retry, retry_on_error=[RedisConnectionError, RedisTimeoutError])


class RedisModels:
    """Writes what changed, and reads."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def write(self, changes: Changes) -> None:
        """Write what a record changed, all at once; may be repeated."""
        if not (changes.entries or changes.told or changes.dropped):
            return
        async with self._client.pipeline(transaction=True) as pipeline:
            for entry in changes.entries:
                if entry.value is None:
                    pipeline.hdel(_hash(entry.group), entry.field)
                else:
                    _put(pipeline, Kept(entry.group, entry.field, kept(entry.value)))
            _drop(pipeline, changes.dropped)
            await pipeline.execute()
        for told in changes.told:
            await self._tell(told)

    async def _tell(self, told: Told) -> None:
        """Put an event at the end of its book's stream; one that is in it already changes nothing."""
        event: dict[bytes | str, bytes | str] = {EVENT: told.event}
        try:
            await self._client.xadd(_stream(told.group), event, id=f"{told.number}-0", maxlen=MAX_TOLD)  # type: ignore[arg-type]
        except ResponseError as error:
            if NOT_BEHIND not in str(error):
                raise

    async def write_all(self, entries: Sequence[Kept], owner: str) -> None:
        """Write everything that a worker holds, then mark it as whole.

        A mark of another name is set before and renamed at the end: a server that was emptied meanwhile has it no more,
        is not whole, and is written again.
        """
        begun = f"{PREFIX}:begun:{owner}"
        await self._client.set(begun, b"1")
        for start in range(0, len(entries), BATCH):
            async with self._client.pipeline(transaction=True) as pipeline:
                for entry in entries[start : start + BATCH]:
                    _put(pipeline, entry)
                await pipeline.execute()
        try:
            await self._client.rename(begun, f"{PREFIX}:whole:{owner}")
        except ResponseError as error:
            if NO_MARK not in str(error):
                raise

    async def is_whole(self, owner: str) -> bool:
        """Tell whether everything of a worker is there: false once the server has been emptied."""
        return bool(await self._client.exists(f"{PREFIX}:whole:{owner}"))

    async def fields(self, group: str) -> Mapping[str, bytes]:
        """Return the fields of a group as of one moment."""
        found: Mapping[bytes, bytes] = await self._client.hgetall(_hash(group))  # type: ignore[misc]
        return {field.decode(): value for field, value in found.items()}

    async def groups(self, family: str, area_id: str) -> Sequence[str]:
        """Return the groups of an area in a family, by period."""
        return [group.decode() for group in await self._client.zrange(_periods(family, area_id), 0, -1)]

    async def told(self, group: str, after: int, wait_s: float) -> Sequence[tuple[int, bytes]]:
        """Return events behind a number, oldest first, as far as they are kept; waits so long for the first one."""
        block_ms = round(1_000 * wait_s) or None  # 0 would wait for ever
        found = await self._client.xread({_stream(group): f"{after}-0"}, count=BATCH, block=block_ms)
        events = found[0][1] if found else []
        return [(int(number.partition(b"-")[0]), fields[EVENT]) for number, fields in events]


def _put(pipeline: Pipeline, entry: Kept) -> None:
    pipeline.hset(_hash(entry.group), entry.field, entry.value)  # type: ignore[arg-type]
    start = _start(entry.group)
    if start is not None:
        family, area_id = entry.group.split("/")[:2]
        pipeline.zadd(_periods(family, area_id), {entry.group: start})


def _drop(pipeline: Pipeline, groups: Iterable[str]) -> None:
    for group in groups:
        pipeline.delete(_hash(group), _stream(group))
        family, area_id = group.split("/")[:2]
        pipeline.zrem(_periods(family, area_id), group)


def _start(group: str) -> int | None:
    """Return the start of a group's period, None where it is of none."""
    parts = group.split("/")
    return int(parts[-1]) if len(parts) > 2 else None


def _hash(group: str) -> str:
    return f"{PREFIX}:{group.replace('/', ':')}"


def _stream(group: str) -> str:
    return f"{PREFIX}:told:{group.replace('/', ':')}"


def _periods(family: str, area_id: str) -> str:
    return f"{PREFIX}:{family}:{area_id}:periods"
