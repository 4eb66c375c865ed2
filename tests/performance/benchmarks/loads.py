"""Load on an exchange, the same for ours and the reference: records at a rate, calls a few at a time.

Each load runs in a process of its own. Records are paced by the clock and not by their answers, and their latency
counts from the moment at which they were due, so that an exchange that falls behind cannot hide it.
"""

from __future__ import annotations

import asyncio
import pickle
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from confluent_kafka import Consumer, Producer, TopicPartition
from measuring import percentile

Client = Mapping[str, str | int | float | bool]
LEAD_S = 0.1  # so long before its first record the loading process is told of it
PAUSE_S = 0.0005
WARM_PART = 5  # the first of so many parts does not count for latencies
END_WAIT_S = 60.0
FLUSH_S = 60.0
READ_AT_ONCE = 2_000
TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Sent:
    """A record for a topic; its key comes back on the answer."""

    key: str
    value: bytes
    headers: list[tuple[str, str]]


@dataclass(frozen=True)
class Measured:
    """What came of a load: answers per second, latencies in ms in order, and the answers themselves."""

    rate: float
    latencies_ms: list[float]
    answers: list[bytes]
    begun_s: float
    ended_s: float

    def latency(self, percent: float) -> float:
        """Return a percentile in ms."""
        return percentile(self.latencies_ms, percent)


def pace(client: Client, topic: str, file: str, rate: float, ready: Any, begins: Any) -> None:
    """Send the records of a file, so many a second from a moment of the machine's monotonic clock on.

    The moment is asked for when all is loaded and the broker has answered.
    """
    records: list[Sent] = pickle.loads(Path(file).read_bytes())
    producer = Producer(dict(client))
    producer.list_topics(topic, TIMEOUT_S)
    ready.set()
    begins_s: float = begins.get(timeout=TIMEOUT_S)
    sent, count = 0, len(records)
    while sent < count:
        due = max(sent, min(count, int((time.monotonic() - begins_s) * rate)))
        if due == sent:
            time.sleep(PAUSE_S)
        for record in records[sent:due]:
            producer.produce(topic, record.value, record.key, 0, headers=record.headers)
        sent = due
        producer.poll(0)
    producer.flush(FLUSH_S)


class OpenLoop:
    """Sends records to one topic and reads the answers of another, committed ones only."""

    def __init__(self, spawn: Any, client: Client, folder: Path, topic: str, answers: str, source: Consumer) -> None:
        self._spawn, self._client, self._file = spawn, client, folder / "records.pickle"
        self._topic, self._answers, self._source = topic, answers, source

    def run(self, records: Sequence[Sent], rate: float) -> Measured:
        """Send records at a rate and wait for all answers.

        Raises:
            TimeoutError: some answer did not come.
        """
        place = TopicPartition(self._answers, 0)
        _, end = self._source.get_watermark_offsets(place, TIMEOUT_S)
        self._source.assign([TopicPartition(self._answers, 0, end)])
        self._file.write_bytes(pickle.dumps(list(records)))
        ready, begins = self._spawn.Event(), self._spawn.Queue()
        loader = self._spawn.Process(
            target=pace, args=(self._client, self._topic, str(self._file), rate, ready, begins), daemon=True
        )
        loader.start()
        try:
            if not ready.wait(TIMEOUT_S):
                raise TimeoutError("the loading process did not start")
            begins_s = time.monotonic() + LEAD_S
            begins.put(begins_s)
            return self._read(records, rate, begins_s)
        finally:
            loader.join(FLUSH_S)
            loader.kill()

    def _read(self, records: Sequence[Sent], rate: float, begins_s: float) -> Measured:
        due = {record.key: begins_s + number / rate for number, record in enumerate(records)}
        late: list[float] = []
        answers: list[bytes] = []
        deadline = begins_s + len(records) / rate + END_WAIT_S
        now = begins_s
        while len(answers) < len(records):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(answers)} of {len(records)} answers came")
            found = self._source.consume(1, 0.5)
            found += self._source.consume(READ_AT_ONCE, 0) if found else []
            now = time.monotonic()
            for message in found:
                wanted = due.get((message.key() or b"").decode())
                if message.error() is None and wanted is not None:
                    late.append((now - wanted) * 1_000)
                    answers.append(message.value())
        rate_seen = len(records) / (now - begins_s)
        return Measured(rate_seen, sorted(late[len(late) // WARM_PART :]), answers, begins_s, now)


def call(address: str, method: str, file: str, in_flight: int, metadata: Sequence[tuple[str, str]], out: Any) -> None:
    """Make the calls of a file, so many at a time, and put what came of them into a queue."""
    requests: list[bytes] = pickle.loads(Path(file).read_bytes())

    async def run() -> Measured:
        waiting, late, answers = iter(requests), [], []
        async with grpc.aio.insecure_channel(address) as channel:
            submit = channel.unary_unary(method)
            await channel.channel_ready()

            async def one_after_the_other() -> None:
                for request in waiting:
                    begun = time.monotonic()
                    answers.append(await submit(request, timeout=TIMEOUT_S, metadata=metadata))
                    late.append((time.monotonic() - begun) * 1_000)

            begun = time.monotonic()
            await asyncio.gather(*(one_after_the_other() for _ in range(in_flight)))
            ended = time.monotonic()
        return Measured(len(requests) / (ended - begun), sorted(late), answers, begun, ended)

    out.put(asyncio.run(run()))


class ClosedLoop:
    """Makes calls of one gRPC method, a number of them at any moment."""

    def __init__(
        self, spawn: Any, folder: Path, address: str, metadata: Callable[[], Sequence[tuple[str, str]]]
    ) -> None:
        self._spawn, self._file, self._address, self._metadata = spawn, folder / "calls.pickle", address, metadata

    def run(self, method: str, requests: Sequence[bytes], in_flight: int) -> Measured:
        """Make the calls and return what came of them."""
        self._file.write_bytes(pickle.dumps(list(requests)))
        out = self._spawn.Queue()
        caller = self._spawn.Process(
            target=call, args=(self._address, method, str(self._file), in_flight, self._metadata(), out), daemon=True
        )
        caller.start()
        try:
            found: Measured = out.get(timeout=len(requests) + END_WAIT_S)
        finally:
            caller.kill()
            caller.join()
        return found


def burst(count: int) -> float:
    """Return a rate at which so many records are due within the first moment."""
    return count * 1_000.0
