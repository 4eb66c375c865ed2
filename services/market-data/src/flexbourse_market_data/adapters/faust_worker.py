"""The projectors on Kafka, in Faust: read at least once, one after the other, crash on error; its table is a cache.

A projector is a pure function and knows what it has seen, so records that come twice change nothing. The table is kept
in a compacted topic of its own and read at every start; Redis gets a copy of every change after the table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import faust
from faust.types import EventT, StreamT
from faust.types.tuples import TP
from mode.supervisors import CrashingSupervisor
from yarl import URL

from flexbourse_log.port import CE_TYPE
from flexbourse_market_data.adapters.acknowledged import AcknowledgedTable
from flexbourse_market_data.adapters.committed import CommittedTransport
from flexbourse_market_data.adapters.redis_models import Kept, RedisModels
from flexbourse_market_data.domain.public_books import HEAD
from flexbourse_market_data.model import SOURCES, MarketModel
from flexbourse_market_data.wire import kept, kept_at, key_text
from flexbourse_messages.catalogue import MODEL_TABLE, message_class

GROUP = "flex.market-data"
WHOLE_CHECK_S = 2.0  # how often it looks whether Redis still holds what was written
COMMIT_S = 1.0
SESSION_S, HEARTBEAT_S = 20.0, 3.0
CLEANUP_S = 60.0
FETCH_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the brokers are and how a process logs in."""

    bootstrap: str
    partitions: int
    prefix: str = ""
    username: str = ""
    password: str = ""
    mechanism: str = ""
    ssl_context: SSLContext | None = None

    def urls(self) -> list[URL]:
        """Return the brokers' addresses as Faust takes them."""
        return [URL(f"kafka://{address.strip()}") for address in self.bootstrap.split(",")]

    def credentials(self) -> faust.SASLCredentials | None:
        """Return the login, None without one."""
        if not self.username:
            return None
        return faust.SASLCredentials(
            username=self.username, password=self.password, mechanism=self.mechanism, ssl_context=self.ssl_context
        )


class ModelWorker:
    """Runs on the asyncio loop it is started on; `failed` holds what ended it."""

    def __init__(self, broker: Broker, models: RedisModels, owner: str, data_dir: str) -> None:
        self._broker, self._models, self._owner = broker, models, owner
        self._model = MarketModel()
        self._app = faust.App(
            f"{broker.prefix}{GROUP}",
            broker=broker.urls(),
            broker_credentials=broker.credentials(),
            processing_guarantee="at_least_once",
            store="memory://",
            Table=AcknowledgedTable,
            datadir=data_dir,
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
            consumer_group_instance_id=owner,  # a worker that comes back under its name has its partitions at once
            broker_session_timeout=SESSION_S,
            broker_heartbeat_interval=HEARTBEAT_S,
            broker_commit_interval=COMMIT_S,
            broker_max_poll_records=FETCH_RECORDS,
            producer_acks=-1,
            producer_linger=0,
            table_cleanup_interval=CLEANUP_S,
            value_serializer="raw",
            key_serializer="raw",
        )
        self._app.transport = CommittedTransport(broker.urls(), self._app, loop=asyncio.get_running_loop())
        self._table = self._make_table()
        self._make_agent()
        self._partition_of: dict[bytes, int] = {}
        self._recovered = asyncio.Event()
        self._written = asyncio.Lock()  # everything at once, or one change after the other

    async def start(self) -> None:
        """Join the group, read the table, go on."""
        await self._app.start()

    async def stop(self) -> None:
        """Commit what was done and leave."""
        await self._app.stop()

    @property
    def failed(self) -> BaseException | None:
        """Return what ended the worker."""
        return self._app.crash_reason

    @property
    def is_ready(self) -> bool:
        """Tell whether the table was read and copied, and the worker runs."""
        return self._recovered.is_set() and not self._app.should_stop

    def partitions(self) -> list[int]:
        """Return the partitions that this worker holds."""
        return sorted({tp.partition for tp in self._source_places()})

    def lag(self, partition: int) -> int:
        """Return how many records of a partition's topics were not taken yet, aborted ones and markers included."""
        ends = self._app.monitor.tp_end_offsets
        read = self._app.monitor.tp_read_offsets
        places = [tp for tp in self._source_places() if tp.partition == partition]
        return sum(max(0, ends.get(tp, 0) - read.get(tp, -1) - 1) for tp in places)

    def _source_places(self) -> Iterable[TP]:
        names = {f"{self._broker.prefix}{topic}" for topic in SOURCES}
        return [tp for tp in self._app.consumer.assignment() if tp.topic in names]

    def _make_table(self) -> Any:
        partitions = self._broker.partitions
        changelog = self._app.topic(
            f"{self._broker.prefix}{MODEL_TABLE}", key_type=bytes, value_type=bytes, partitions=partitions,
            compacting=True, internal=True,
        )  # fmt: skip
        return self._app.Table(
            "models", key_type=bytes, value_type=bytes, partitions=partitions, changelog_topic=changelog,
            on_recover=self._on_recover, on_changelog_event=self._note_partition,
        )  # fmt: skip

    async def _note_partition(self, event: EventT[bytes]) -> None:
        self._partition_of[event.key] = event.message.partition

    async def _on_recover(self) -> None:
        try:
            await self._restore()
        except Exception as error:  # noqa: BLE001 - Faust would go on with a table that nobody has copied
            await self._app.crash(error)
        else:
            self._recovered.set()

    async def _restore(self) -> None:
        async with self._written:
            self._model = MarketModel()
            self._forget_what_others_hold()
            entries = self._entries()
            for entry in entries:
                self._model.restore(entry.group, entry.field, entry.value)
            await self._models.write_all(entries, self._owner)

    def _forget_what_others_hold(self) -> None:
        """Take out of memory what came with partitions that have gone to others: Faust keeps what it did not read."""
        held = set(self.partitions())
        for key in [key for key, partition in self._partition_of.items() if partition not in held]:
            del self._partition_of[key]
            self._table.data.pop(key, None)

    def _entries(self) -> list[Kept]:
        """Return all that the table holds, heads of books before what stands below them."""
        found = [Kept(*kept_at(key.decode()), value) for key, value in list(self._table.items())]
        return sorted(found, key=lambda entry: entry.field != HEAD)

    def _make_agent(self) -> None:
        names = [f"{self._broker.prefix}{topic}" for topic in SOURCES]
        records = self._app.topic(*names, key_type=bytes, value_type=bytes)

        async def take(stream: StreamT[bytes]) -> None:
            async for event in stream.events():
                await self._take(event)

        self._app.agent(records, name="models", concurrency=1, supervisor_strategy=CrashingSupervisor)(take)
        self._app.timer(WHOLE_CHECK_S)(self._keep_whole)

    async def _take(self, event: EventT[bytes]) -> None:
        message = event.message
        kind = dict(message.headers or {}).get(CE_TYPE, b"")
        if event.value is None or not kind:
            return
        topic = message.topic.removeprefix(self._broker.prefix)
        name = kind.decode() if isinstance(kind, bytes) else kind
        record = message_class(topic, name).FromString(event.value)
        async with self._written:
            changes = self._model.take(record, message.offset, event.value)
            for entry in changes.entries:
                key = key_text(entry.group, entry.field).encode()
                if entry.value is None:
                    self._remove(key)
                else:
                    self._partition_of[key] = message.partition
                    self._table[key] = kept(entry.value)
            self._drop(changes.dropped)
            await self._models.write(changes)

    def _drop(self, groups: Sequence[str]) -> None:
        if not groups:
            return
        for key in [key for key in list(self._table) if kept_at(key.decode())[0] in groups]:
            self._remove(key)

    def _remove(self, key: bytes) -> None:
        self._table.pop(key, None)
        self._partition_of.pop(key, None)

    async def _keep_whole(self) -> None:
        """Write everything again where Redis has lost it."""
        if not self._recovered.is_set() or await self._models.is_whole(self._owner):
            return
        async with self._written:
            await self._models.write_all(self._entries(), self._owner)
