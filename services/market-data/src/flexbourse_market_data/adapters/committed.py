"""Faust's Kafka transport, reading what was committed: nothing else, and all of it.

Faust reads uncommitted records unless it writes in transactions itself. The platform's topics are written in
transactions, and those of a dead owner are aborted: what they hold never happened.

Faust throws away what it has fetched of a partition that is paused, and counts on going back to the committed offset
later. It does not go back where nothing is committed yet, it lets the position move on between the end of the recovery
and that step back, and it commits without knowing that the changes of its tables were acknowledged. Each of the three
passes over records for good; each is closed here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import aiokafka
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import TP

from flexbourse_market_data.adapters.acknowledged import NotAcknowledgedError

READ_COMMITTED = "read_committed"
IDLE_S = 0.1  # how long a fetch rests that nothing may be taken from


class CommittedConsumerThread(driver.AIOKafkaConsumerThread):
    """Makes consumers that pass over aborted records and no others.

    A partition is *placed* once its position was set after the assignment that it came with. Records of inputs are
    taken from placed partitions alone, so that the position of the others stays where it is.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._placed: frozenset[TP] = frozenset()
        self._assignments = 0

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Take nothing more until the positions are set anew."""
        self._forget_places()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """As on_partitions_revoked."""
        self._forget_places()
        await super().on_partitions_assigned(assigned, generation_id)

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        """Go to the committed offset of each input, to the beginning of one without; returns what is committed."""
        found: Mapping[TP, int | None] = await self.call_thread(self._place)
        return found

    async def getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:
        """Fetch from the partitions that are active now: Faust changes its set while the fetch waits.

        An empty set would mean all partitions to aiokafka.
        """
        return await super().getmany(frozenset(active_partitions or ()), timeout)

    async def _place(self) -> Mapping[TP, int | None]:
        consumer = self._ensure_consumer()
        assignments = self._assignments
        committed: Mapping[TP, int | None] = await consumer.seek_to_committed()
        new = [tp for tp, offset in committed.items() if not offset and not self._is_changelog(tp)]
        if new:
            await consumer.seek_to_beginning(*new)
        if assignments == self._assignments:
            self._placed = frozenset(TP(tp.topic, tp.partition) for tp in committed)
        return committed

    async def _fetch_records(
        self,
        consumer: aiokafka.AIOKafkaConsumer,
        active_partitions: Iterable[TP],
        timeout: float | None = None,
        max_records: int | None = None,
    ) -> Any:
        assignments = self._assignments
        ready = {tp for tp in active_partitions if tp in self._placed or self._is_changelog(tp)}
        if not ready:
            await asyncio.sleep(IDLE_S)
            return {}
        records = await super()._fetch_records(consumer, ready, timeout, max_records)
        return records if assignments == self._assignments else {}

    def _forget_places(self) -> None:
        self._placed = frozenset()
        self._assignments += 1

    def _is_changelog(self, tp: TP) -> bool:
        return tp.topic in self.app.tables.changelog_topics

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = READ_COMMITTED
        return consumer


class CommittedConsumer(driver.Consumer):
    """Runs them; commits an offset once everything that its records changed in the tables is acknowledged."""

    def _new_consumer_thread(self) -> CommittedConsumerThread:
        return CommittedConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        if self.crashed:
            return False
        try:
            for table in self.app.tables.values():
                await table.acknowledged()
        except TimeoutError:
            return False  # the broker is away: these records come again, or are committed with later ones
        except NotAcknowledgedError as error:
            await self.crash(error)
            return False
        committed: bool = await super()._commit(offsets)
        return committed


class CommittedTransport(driver.Transport):
    """Connects to Kafka so."""

    Consumer = CommittedConsumer
