"""Command records as their writers make them, and the calls that wait for answers. The same on both engines."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from typing import NamedTuple

from flexbourse.common.v1 import common_pb2
from flexbourse_core.rejection import Code
from flexbourse_log.batch import Outgoing
from flexbourse_log.codec import encode, type_name
from flexbourse_log.headers import event_headers, format_time
from flexbourse_log.port import (
    AREA,
    CE_SUBJECT,
    CE_TIME,
    CORRELATION_ID,
    EXPIRES_AT,
    PARTY,
    TRACEPARENT,
    WRITER,
    WRITER_SEQUENCE,
    OutgoingCommand,
    OverloadedError,
)

MAX_WAITING_CALLS = 10_000
MAX_STORED_ANSWERS = 50_000


class CommandWriter:
    """Makes command records of one writer; sequences start at 1 with each process and rise without a gap."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._sequence = itertools.count(1)
        self._lock = threading.Lock()

    def record(self, command: OutgoingCommand, at_ms: int) -> Outgoing:
        """Return the record; its place in the writer's sequence is that of this call."""
        with self._lock:
            sequence = next(self._sequence)
        headers = {
            **event_headers(type_name(command.body), command.command_id, self.name),
            CE_TIME: format_time(at_ms),
            CE_SUBJECT: command.command_id,
            CORRELATION_ID: command.correlation_id or command.command_id,
            PARTY: command.party,
            EXPIRES_AT: str(command.expires_at_ms),
            WRITER: self.name,
            WRITER_SEQUENCE: str(sequence),
        }
        if command.area:
            headers[AREA] = command.area
        if command.traceparent:
            headers[TRACEPARENT] = command.traceparent
        return Outgoing(command.topic, command.shard, command.command_id, encode(command.body), headers)


class GivenAnswer(NamedTuple):
    """A committed answer as the log holds it. Most answers are asked for by nobody here, and are never decoded."""

    party: str
    command_id: str
    value: bytes
    journal: str
    shard: int
    journal_offset: int

    @property
    def answer(self) -> common_pb2.Answer:
        """Return the answer itself."""
        return common_pb2.Answer.FromString(self.value)

    def receipt(self) -> common_pb2.CommandReceipt:
        """Return what a call returns."""
        return receipt(self.answer, self.journal, self.shard, self.journal_offset)


class CallBoard:
    """Calls of one process that wait for their answers, and the newest answers; used on one asyncio loop only."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], deque[asyncio.Future[common_pb2.CommandReceipt]]] = defaultdict(deque)
        self._count = 0
        self._answers: OrderedDict[tuple[str, str], GivenAnswer] = OrderedDict()

    def expect(self, party: str, command_id: str) -> asyncio.Future[common_pb2.CommandReceipt]:
        """Return what will hold the answer; raises OverloadedError where too many calls wait."""
        if self._count >= MAX_WAITING_CALLS:
            raise OverloadedError(f"{self._count} calls wait for their answers, the limit is {MAX_WAITING_CALLS}")
        future: asyncio.Future[common_pb2.CommandReceipt] = asyncio.get_running_loop().create_future()
        self._calls[party, command_id].append(future)
        self._count += 1
        return future

    def give_up(self, party: str, command_id: str, future: asyncio.Future[common_pb2.CommandReceipt]) -> None:
        """Forget a call whose caller no longer waits."""
        waiting = self._calls.get((party, command_id))
        if waiting and future in waiting:
            waiting.remove(future)
            self._count -= 1
            if not waiting:
                del self._calls[party, command_id]

    def deliver(self, answers: Iterable[GivenAnswer]) -> None:
        """Keep answers and wake their calls: each command has one answer, in the order in which they were sent."""
        for given in answers:
            key = (given.party, given.command_id)
            if key not in self._answers or not is_misused(given.answer):
                self._answers[key] = given
                self._answers.move_to_end(key)
            waiting = self._calls.get(key)
            if waiting:
                future = waiting[0]
                self.give_up(*key, future)
                if not future.done():
                    future.set_result(given.receipt())
        while len(self._answers) > MAX_STORED_ANSWERS:
            self._answers.popitem(last=False)

    def fail(self, error: Exception) -> None:
        """End every call that waits."""
        for waiting in self._calls.values():
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
        self._calls.clear()
        self._count = 0

    def answer(self, party: str, command_id: str) -> common_pb2.CommandReceipt | None:
        """Return an answer that this process has seen."""
        given = self._answers.get((party, command_id))
        return None if given is None else given.receipt()


def is_misused(answer: common_pb2.Answer) -> bool:
    """Tell whether an answer refuses other content under a known id; the stored answer is that of the first."""
    return any(result.rejection.code == Code.DUPLICATE_IDENTIFIER.name for result in answer.results)


def receipt(answer: common_pb2.Answer, journal_topic: str, partition: int, offset: int) -> common_pb2.CommandReceipt:
    """Return what a call returns."""
    return common_pb2.CommandReceipt(
        command_id=answer.command_id,
        answer=answer,
        position=common_pb2.LogPosition(topic=journal_topic, partition=partition, offset=offset),
    )
