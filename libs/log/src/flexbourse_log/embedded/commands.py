"""The command port of the embedded engine: appends through the loop's mailbox, answers come after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flexbourse.common.v1 import common_pb2
from flexbourse_log.commanding import CallBoard, CommandWriter, GivenAnswer, is_misused
from flexbourse_log.embedded.earlier_answers import EarlierAnswers
from flexbourse_log.embedded.mailbox import Append, Mailbox
from flexbourse_log.engine import EngineOptions, EngineStoppedError
from flexbourse_log.port import OutgoingCommand, Position, ShardHaltedError
from flexbourse_messages.topic import Context

Halted = Callable[[str, int], str]


class EmbeddedCommands:
    """Where API servicers of one context append commands; used on one asyncio loop."""

    def __init__(
        self, context: Context, options: EngineOptions, mailbox: Mailbox, folder: Path, halted: Halted
    ) -> None:
        self._context = context
        self._options = options
        self._mailbox = mailbox
        self._halted = halted
        self._writer = CommandWriter(f"{options.writer}/{context.name}")
        self._board = CallBoard()
        self._earlier = EarlierAnswers(context, options, folder)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def stepped(self) -> bool:
        """Tell whether calls return when their record is appended."""
        return self._options.stepped

    async def call(self, command: OutgoingCommand, timeout_s: float) -> common_pb2.CommandReceipt:
        """Append a command and wait for its answer; see the port."""
        if self._options.catalogue.topics[command.topic].owner != self._context.name:
            raise ValueError(f"{command.topic} belongs to another context than {self._context.name}")
        if self.stepped:
            async with asyncio.timeout(timeout_s):
                await self.append(command)
            return common_pb2.CommandReceipt(command_id=command.command_id)
        loop = self._bind()
        answer = self._board.expect(command.party, command.command_id)
        try:
            self._enqueue(command, partial(_fail_from_thread, loop, answer))
            async with asyncio.timeout(timeout_s):
                return await answer
        finally:
            self._board.give_up(command.party, command.command_id, answer)

    async def append(self, command: OutgoingCommand) -> Position:
        """Append a command durably and return its place."""
        loop = self._bind()
        place: asyncio.Future[Position] = loop.create_future()
        self._enqueue(command, partial(_settle_from_thread, loop, place))
        return await place

    def answer(self, party: str, command_id: str) -> common_pb2.CommandReceipt | None:
        """Return a stored answer."""
        self._bind()
        found = self._board.answer(party, command_id)
        if found is not None and not is_misused(found.answer):
            return found
        return self._earlier.find(party, command_id) or found

    def post(self, answers: Sequence[GivenAnswer]) -> None:
        """Take committed answers, from the engine's thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._board.deliver, answers)

    def end(self, reason: str) -> None:
        """End the calls that wait, from the engine's thread: nobody will answer them."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._board.fail, EngineStoppedError(reason))

    def _enqueue(self, command: OutgoingCommand, done: Callable[[Position | Exception], None]) -> None:
        topic = self._options.catalogue.topics[command.topic]
        if topic.name != self._options.catalogue.by_name[topic.owner].control.name:
            reason = self._halted(topic.owner, command.shard)
            if reason:
                raise ShardHaltedError(f"{topic.owner}/{command.shard}: {reason}")
        now_ms = self._options.clock.read().now_ms
        self._mailbox.append(Append(self._writer.record(command, now_ms), done))

    def _bind(self) -> asyncio.AbstractEventLoop:
        """Belong to the running loop from the first use on."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop


def _settle_from_thread(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any], result: Position | Exception
) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, future, result)


def _fail_from_thread(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any], result: Position | Exception
) -> None:
    """A call waits for its answer, not for its place in the log; only a failed append ends it."""
    if isinstance(result, Exception):
        _settle_from_thread(loop, future, result)


def _settle(future: asyncio.Future[Any], result: Position | Exception) -> None:
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
