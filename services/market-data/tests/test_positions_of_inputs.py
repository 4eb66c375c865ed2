"""From where the worker's consumer takes records, told without a broker: after an assignment, and between two."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import faust
from faust.types.tuples import TP
from yarl import URL

from flexbourse_market_data.adapters.committed import CommittedConsumerThread, CommittedTransport

NOWHERE = [URL("kafka://127.0.0.1:1")]
TRADES, LIGHTS, TABLE = TP("trades", 0), TP("lights", 0), TP("table", 0)
ASSIGNED = {TRADES, LIGHTS, TABLE}


class FakeConsumer:
    """aiokafka's consumer as far as positions go; a fetch takes one record of each partition, of all without a set."""

    def __init__(self, committed: Mapping[TP, int | None]) -> None:
        self.positions = {tp: offset or 0 for tp, offset in committed.items()}
        self.between: Callable[[], Any] | None = None
        self._committed = committed
        self._closed = False
        self._fetcher = self
        self._subscriptions = self

    @contextlib.contextmanager
    def fetch_context(self) -> Iterator[None]:
        yield

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        self.positions.update((tp, offset) for tp, offset in self._committed.items() if offset)
        return self._committed

    async def seek_to_beginning(self, *partitions: TP) -> None:
        self.positions.update(dict.fromkeys(partitions, 0))

    async def fetched_records(self, partitions: set[TP], timeout: float, max_records: int) -> dict[TP, list[int]]:  # noqa: ARG002 - aiokafka's
        taken = [tp for tp in self.positions if not partitions or tp in partitions]
        found = {tp: [self.positions[tp]] for tp in taken}
        self.positions.update((tp, self.positions[tp] + 1) for tp in taken)
        if self.between is not None:
            await self.between()
        return found


def thread_of(consumer: FakeConsumer) -> CommittedConsumerThread:
    """Return a thread object that works on the loop of the test."""
    app = faust.App("positions", broker=NOWHERE, store="memory://")
    app.transport = CommittedTransport(NOWHERE, app, loop=asyncio.get_running_loop())
    app.tables._changelogs[TABLE.topic] = None
    app.consumer.flow_active = True
    thread = app.consumer._thread
    thread._consumer = consumer

    async def nothing(*_: Any) -> None: ...

    app.consumer.threadsafe_partitions_assigned = nothing
    app.consumer.threadsafe_partitions_revoked = nothing
    return thread  # type: ignore[no-any-return]


async def fetch(thread: CommittedConsumerThread, active: set[TP]) -> dict[TP, list[int]]:
    found: dict[TP, list[int]] = await thread._fetch_records(thread._consumer, active, 1.0, 500)
    return found


def test_inputs_are_taken_from_once_their_position_is_set() -> None:
    async def go() -> None:
        thread = thread_of(FakeConsumer({TRADES: 7, LIGHTS: None, TABLE: None}))
        await thread.on_partitions_assigned(ASSIGNED, 1)
        assert await fetch(thread, ASSIGNED) == {TABLE: [0]}
        assert await fetch(thread, set()) == {}
        await thread._place()
        assert await fetch(thread, {TRADES, LIGHTS}) == {TRADES: [7], LIGHTS: [0]}

    asyncio.run(go())


def test_going_back_goes_back_where_nothing_is_committed_and_leaves_tables_alone() -> None:
    async def go() -> None:
        consumer = FakeConsumer({TRADES: 7, LIGHTS: None, TABLE: None})
        consumer.positions = {TRADES: 20, LIGHTS: 30, TABLE: 40}
        thread = thread_of(consumer)
        assert await thread._place() == {TRADES: 7, LIGHTS: None, TABLE: None}
        assert consumer.positions == {TRADES: 7, LIGHTS: 0, TABLE: 40}

    asyncio.run(go())


def test_what_is_fetched_across_an_assignment_comes_again() -> None:
    async def go() -> None:
        consumer = FakeConsumer({TRADES: 7, LIGHTS: None, TABLE: None})
        thread = thread_of(consumer)
        await thread._place()
        consumer.between = lambda: thread.on_partitions_assigned(ASSIGNED, 2)
        assert await fetch(thread, {TRADES, LIGHTS}) == {}
        consumer.between = None
        assert await fetch(thread, {TRADES, LIGHTS}) == {}
        await thread._place()
        assert await fetch(thread, {TRADES, LIGHTS}) == {TRADES: [7], LIGHTS: [0]}

    asyncio.run(go())
