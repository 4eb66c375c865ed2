"""The command port on Kafka: a plain idempotent producer, and the answers of whichever process owns the shard."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from flexbourse.common.v1 import common_pb2
from flexbourse_log.commanding import MAX_STORED_ANSWERS, CallBoard, CommandWriter, GivenAnswer
from flexbourse_log.engine import EngineOptions
from flexbourse_log.kafka.answers import AnswerReader, Answers
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.kafka.faults import BrokerAwayError
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.port import OutgoingCommand, Position, ShardHaltedError
from flexbourse_messages.topic import Context

Halted = Callable[[str, int], str]


class KafkaCommands:
    """Where API servicers of one context append commands; used on one asyncio loop."""

    def __init__(
        self, context: Context, settings: KafkaSettings, options: EngineOptions, appender: Appender, halted: Halted
    ) -> None:
        self._context = context
        self._options = options
        self._appender = appender
        self._halted = halted
        self._writer = CommandWriter(f"{options.writer}/{context.name}")
        self._board = CallBoard()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived: deque[GivenAnswer] = deque(maxlen=MAX_STORED_ANSWERS)
        self._answers = AnswerReader(settings, options, context, self._post)

    def start(self) -> None:
        """Begin to read answers; raises BrokerAwayError."""
        self._answers.start()

    def stop(self, timeout_s: float) -> None:
        """End."""
        self._answers.stop(timeout_s)

    @property
    def stepped(self) -> bool:
        """Tell whether calls return when their record is appended."""
        return self._options.stepped

    async def call(self, command: OutgoingCommand, timeout_s: float) -> common_pb2.CommandReceipt:
        """Append a command and wait for its answer; see the port."""
        if self._options.catalogue.topics[command.topic].owner != self._context.name:
            raise ValueError(f"{command.topic} belongs to another context than {self._context.name}")
        self._bind()
        if self.stepped:
            async with asyncio.timeout(timeout_s):
                await self.append(command)
            return common_pb2.CommandReceipt(command_id=command.command_id)
        answer = self._board.expect(command.party, command.command_id)
        try:
            # A call waits for its answer, not for its place in the log; only a failed append ends it.
            self._enqueue(command).add_done_callback(partial(_end_if_failed, asyncio.get_running_loop(), answer))
            async with asyncio.timeout(timeout_s):
                return await answer
        except BrokerAwayError as error:
            raise TimeoutError(f"command {command.command_id}: {error}") from error
        finally:
            self._board.give_up(command.party, command.command_id, answer)

    async def append(self, command: OutgoingCommand) -> Position:
        """Append a command durably and return its place; TimeoutError where the broker does not take it."""
        self._bind()
        try:
            return await asyncio.wrap_future(self._enqueue(command))
        except BrokerAwayError as error:
            raise TimeoutError(f"command {command.command_id}: {error}") from error

    def answer(self, party: str, command_id: str) -> common_pb2.CommandReceipt | None:
        """Return a stored answer."""
        self._bind()
        self._deliver()
        return self._board.answer(party, command_id)

    def _enqueue(self, command: OutgoingCommand) -> Future[Position]:
        topic = self._options.catalogue.topics[command.topic]
        if topic.name != self._options.catalogue.by_name[topic.owner].control.name:
            reason = self._halted(topic.owner, command.shard)
            if reason:
                raise ShardHaltedError(f"{topic.owner}/{command.shard}: {reason}")
        return self._appender.append(self._writer.record(command, self._options.clock.read().now_ms))

    def _post(self, answers: Answers) -> None:
        """Take committed answers, from the reader's thread."""
        self._arrived.extend(answers)
        loop = self._loop
        with contextlib.suppress(RuntimeError):  # that loop has ended; whoever uses the next one finds the answers
            if loop is not None:
                loop.call_soon_threadsafe(self._deliver)

    def _bind(self) -> None:
        """Belong to the running loop, and bring in what has arrived while there was none."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._deliver()

    def _deliver(self) -> None:
        arrived = [self._arrived.popleft() for _ in range(len(self._arrived))]
        if arrived:
            self._board.deliver(arrived)


def _end_if_failed(loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Any], appended: Future[Position]) -> None:
    """End a call whose command the log did not take, from the appender's thread."""
    error = appended.exception()
    if error is not None:
        with contextlib.suppress(RuntimeError):  # that loop has ended, and the call with it
            loop.call_soon_threadsafe(_fail, answer, error)


def _fail(answer: asyncio.Future[Any], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)
