"""Views and followers on Kafka: committed records, read in threads, folded on one asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

from flexbourse_log.engine import EngineOptions, check_place
from flexbourse_log.headers import decode_record
from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.ends import EndsOf
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.reader import TRANSIENT
from flexbourse_log.kafka.records import read_record
from flexbourse_log.kafka.settings import (
    CLOSE_TIMEOUT_S,
    MARKERS_PER_TRANSACTION,
    MAX_BATCH_RECORDS,
    POLL_S,
    RECONNECT_PAUSE_MAX_S,
    KafkaSettings,
)
from flexbourse_log.port import CE_TYPE, OverloadedError, Position, Record, View
from flexbourse_log.writing import STEP_TYPE

MAX_QUEUED_RECORDS = 10_000
MAX_SUBSCRIPTIONS = 64
Place = tuple[str, int]
log = logging.getLogger(__name__)


class Tail:
    """Reads partitions from given offsets for ever, in a thread; hands over batches and how far each was read."""

    def __init__(
        self, settings: KafkaSettings, name: str, places: Mapping[Place, int], first: Sequence[Place] = ()
    ) -> None:
        """`first`: what is read to its end before anything else."""
        self._settings = settings
        self._name = name
        self._next = dict(places)
        self._first = frozenset(first)
        self.ended: set[Place] = set()  # partitions that were read to their end once
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def take(self, records: Sequence[Record], reached: Mapping[Place, int]) -> None:
        """Take a batch; called in the thread. `reached`: the next offset of each partition, markers passed over."""
        raise NotImplementedError

    @property
    def stopping(self) -> bool:
        """Tell whether the tail was asked to end."""
        return self._stop.is_set()

    def wait(self, taken: Future[None]) -> None:
        """Wait until the loop has taken a batch or the tail is to end; meanwhile nothing more is read."""
        while not self.stopping and not taken.done():
            with contextlib.suppress(TimeoutError):
                taken.result(POLL_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except BrokerAwayError as error:
                log.warning("%s: %s", self._name, error)
                self._stop.wait(RECONNECT_PAUSE_MAX_S)

    def _follow(self) -> None:
        consumer = Consumer(self._settings.consumer(self._name, to_end=True))
        try:
            self._assign(consumer)
            while not self._stop.is_set():
                messages = consumer.consume(1, POLL_S)
                if messages:
                    self._pass_on([*messages, *consumer.consume(MAX_BATCH_RECORDS, 0)])
                if self._first and self.ended.issuperset(self._first):
                    self._first = frozenset()
                    self._assign(consumer)
        except KafkaException as error:
            raise fault(error, self._name) from error
        finally:
            close_consumer(consumer)

    def _assign(self, consumer: Consumer) -> None:
        places = {place: offset for place, offset in self._next.items() if not self._first or place in self._first}
        consumer.assign(
            [
                TopicPartition(self._settings.topic(topic), partition, offset)
                for (topic, partition), offset in places.items()
            ]
        )

    def _pass_on(self, messages: Sequence[KafkaMessage]) -> None:
        records = []
        for message in messages:
            error = message.error()
            place = (self._settings.name(message.topic() or ""), message.partition() or 0)
            if error is None:
                records.append(read_record(message, self._settings))
                self._next[place] = (message.offset() or 0) + 1
            elif error.code() == KafkaError._PARTITION_EOF:
                self._next[place] = max(self._next.get(place, 0), message.offset() or 0)
                self.ended.add(place)
            elif error.code() not in TRANSIENT and not error.retriable():
                raise fault(error, self._name)
        self.take(records, dict(self._next))


class _ViewTail(Tail):
    """Hands batches to the loop and waits until they are folded, so that nothing piles up."""

    def __init__(self, settings: KafkaSettings, places: Mapping[Place, int], feed: KafkaViewFeed) -> None:
        super().__init__(settings, "views", places, feed.first)
        self._feed = feed

    def take(self, records: Sequence[Record], reached: Mapping[Place, int]) -> None:
        folded: Future[None] = Future()
        if self._feed.hand_over(records, reached, folded):
            self.wait(folded)


class KafkaViewFeed:
    """Folds committed records into views on the loop it was made on; topic by topic in offset order."""

    def __init__(self, settings: KafkaSettings, options: EngineOptions, views: Sequence[View]) -> None:
        self._settings = settings
        self._options = options
        self._folding = {
            topic: [view for view in views if topic in view.topics] for view in views for topic in view.topics
        }
        self._loop = asyncio.get_running_loop()
        self._reached: dict[Place, int] = {}
        self._records_read: dict[Place, int] = {}
        self._progress = asyncio.Condition()
        self._failure: Exception | None = None
        self._subscriptions: set[KafkaSubscription] = set()
        self._places: list[Place] = [
            (topic, partition)
            for topic in sorted({topic for view in views for topic in view.topics})
            for partition in range(options.catalogue.partitions(topic, options.area_shards))
        ]
        self.first = [place for place in self._places if place[0] in views[0].topics] if views else []
        self._first_done = asyncio.Event()
        self._all_done = asyncio.Event()
        self._ends_of = EndsOf(settings, counting_open=True)
        self._tail = _ViewTail(settings, dict.fromkeys(self._places, 0), self)
        if self._places:
            self._tail.start()

    @property
    def caught_up(self) -> bool:
        """Tell whether the views have had all that stood in the log when they began."""
        return not self._places or self._all_done.is_set()

    async def wait_for_first(self, timeout_s: float) -> None:
        """Wait until the first view has had all that stood in the log; raises TimeoutError."""
        if self.first:
            async with asyncio.timeout(timeout_s):
                await self._first_done.wait()

    async def wait_until_caught_up(self, timeout_s: float) -> None:
        """Wait until all views have had all that stood in the log when they began; raises TimeoutError."""
        if self._places:
            async with asyncio.timeout(timeout_s):
                await self._all_done.wait()
        if self._failure is not None:
            raise self._failure

    async def wait_for(self, position: Position, timeout_s: float) -> None:
        """Wait until the views reflect a journal position; raises TimeoutError, NoSuchPlaceError.

        Whoever holds the position knows it as committed, so all that it projected stands before the present ends of
        the shard's partitions.
        """
        check_place(self._options, position)
        async with asyncio.timeout(timeout_s):
            while (ends := await asyncio.to_thread(self._ends, position)) is None:
                await asyncio.sleep(POLL_S)
            await self._read_up_to(ends, MARKERS_PER_TRANSACTION)
            # An idle consumer passes over a marker late: where nothing else is missing, the end is asked for once more.
            for place in [place for place, end in ends.items() if self._reached.get(place, 0) < end]:
                ends[place] = min(ends[place], await asyncio.to_thread(self._end, place))
            await self._read_up_to(ends)
        if self._failure is not None:
            raise self._failure

    def follow(self, topic: str, partition: int, after_offset: int) -> KafkaSubscription:
        """Follow committed records of a topic; raises OverloadedError where too many do."""
        self._subscriptions = {found for found in self._subscriptions if not found.closed}
        if len(self._subscriptions) >= MAX_SUBSCRIPTIONS:
            raise OverloadedError(f"{MAX_SUBSCRIPTIONS} streams are open already")
        found = KafkaSubscription(self._settings, (topic, partition), after_offset + 1)
        self._subscriptions.add(found)
        return found

    def close(self) -> None:
        """Stop folding."""
        self._tail.stop(CLOSE_TIMEOUT_S)
        self._ends_of.close()
        for subscription in self._subscriptions:
            subscription.close()

    def hand_over(self, records: Sequence[Record], reached: Mapping[Place, int], folded: Future[None]) -> bool:
        """Have a batch folded on the loop; from the reader's thread. Tells whether the loop still runs."""
        if self._loop.is_closed() or self._tail.stopping:
            return False
        self._loop.call_soon_threadsafe(self._fold_batch, records, reached, folded)
        return True

    def _ends(self, position: Position) -> dict[Place, int] | None:
        """Return how far the partitions of the position's shard must be read; None while it is not in the journal."""
        owner = self._options.catalogue.topics[position.topic].owner
        if self._ends_of.high((position.topic, position.partition)) <= position.offset:
            return None
        return {
            (topic, partition): self._end((topic, partition))
            for topic, partition in self._places
            if self._options.catalogue.topics[topic].owner == owner and partition == position.partition
        }

    def _end(self, place: Place) -> int:
        """Return the end of the records of a partition, without the last transaction's marker where that is sure.

        A record that was read here before the end was asked for is committed, so its transaction's marker stands
        between it and the end; if only one offset does, that is the marker, and nobody needs to wait for it.
        """
        read = self._records_read.get(place, 0)
        high = self._ends_of.high(place)
        return read if read and read == high - 1 else high

    async def _read_up_to(self, ends: Mapping[Place, int], lacking: int = 0) -> None:
        """Wait until of each partition at most so many offsets before its end are missing, or a view has failed."""
        async with self._progress:
            await self._progress.wait_for(
                lambda: (
                    self._failure is not None
                    or all(self._reached.get(place, 0) >= end - lacking for place, end in ends.items())
                )
            )

    def _fold_batch(self, records: Sequence[Record], reached: Mapping[Place, int], folded: Future[None]) -> None:
        try:
            for record in records:
                self._fold(record)
        except Exception as error:  # a view that cannot fold is a bug; every query gets to see it
            log.exception("a view cannot fold %s", records[0].topic if records else "")
            self._failure = error
        self._reached.update(reached)
        if self._tail.ended.issuperset(self.first):
            self._first_done.set()
        if self._tail.ended.issuperset(self._places):
            self._all_done.set()
        folded.set_result(None)
        self._loop.create_task(self._notify())

    async def _notify(self) -> None:
        async with self._progress:
            self._progress.notify_all()

    def _fold(self, record: Record) -> None:
        self._records_read[record.topic, record.partition] = record.offset + 1
        if record.headers.get(CE_TYPE) == STEP_TYPE:
            return
        message = decode_record(self._options.catalogue, record)
        for view in self._folding[record.topic]:
            view.fold(record, message)


class KafkaSubscription(Tail):
    """Committed records of one partition through a bounded queue; a slow reader is waited for, nothing is lost."""

    def __init__(self, settings: KafkaSettings, place: Place, offset: int) -> None:
        super().__init__(settings, "stream", {place: offset})
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Record | None] = asyncio.Queue(MAX_QUEUED_RECORDS)
        self.start()

    @property
    def closed(self) -> bool:
        """Tell whether the stream has ended."""
        return self.stopping

    def take(self, records: Sequence[Record], reached: Mapping[Place, int]) -> None:  # noqa: ARG002 - the tail's
        """Hand records over to whoever follows, as fast as he takes them."""
        if records and not self._loop.is_closed():
            self.wait(asyncio.run_coroutine_threadsafe(self._put(records), self._loop))

    def __aiter__(self) -> KafkaSubscription:
        return self

    async def __anext__(self) -> Record:
        record = None if self.stopping and self._queue.empty() else await self._queue.get()
        if record is None:
            raise StopAsyncIteration
        return record

    def close(self) -> None:
        """Stop following; returns at once."""
        self._stop.set()
        if not self._queue.full():
            self._queue.put_nowait(None)

    async def _put(self, records: Sequence[Record]) -> None:
        for record in records:
            await self._queue.put(record)
