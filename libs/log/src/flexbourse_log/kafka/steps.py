"""Stepped mode on Kafka: closing a step on every command partition, and knowing when everybody has done it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from flexbourse_log.engine import StepHaltedError
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.kafka.settings import COMMIT_TIMEOUT_S, POLL_S
from flexbourse_log.kafka.watch import ShardWatch
from flexbourse_log.port import Position
from flexbourse_log.writing import step_marker
from flexbourse_messages.topic import Context


class StepDriver:
    """Drives all shards of a deployment from one process."""

    def __init__(
        self, appender: Appender, watch: ShardWatch, contexts: Iterable[Context], halted: Callable[[str, int], str]
    ) -> None:
        """`halted` tells of a shard, by context and number, why it is halted; empty where it is not."""
        self._appender = appender
        self._watch = watch
        self._halted = halted
        self._contexts = {context.name: context for context in contexts}
        self._closed = 0

    def last_step(self) -> int:
        """Return the last step that every shard has done."""
        return self._watch.last_step()

    def step(self, step: int, at_ms: int, timeout_s: float) -> None:
        """Close a step and return when all shards and effects have done it.

        Raises:
            StepHaltedError: a shard is halted and cannot do it.
            TimeoutError: it was not done in time; the same call may be made again.
            ValueError: a step was left out.
        """
        last = self._watch.last_step()
        if step <= last:
            return
        if step != last + 1:
            raise ValueError(f"step {step} follows {last}: steps follow one another")
        if step != self._closed:
            self._close(step, at_ms)
            self._closed = step
        deadline = time.monotonic() + timeout_s
        while self._watch.last_step() < step:
            if halted := self._halts():
                raise StepHaltedError("; ".join(halted))
            if time.monotonic() > deadline:
                raise TimeoutError(f"step {step} was not done within {timeout_s:.0f} s")
            self._watch.wait(POLL_S)

    def _halts(self) -> list[str]:
        asked = ((name, shard, self._halted(name, shard)) for name, shard in self._watch.shards())
        return [f"shard {name}/{shard} is halted: {why}" for name, shard, why in asked if why]

    def _close(self, step: int, at_ms: int) -> None:
        waiting: list[Future[Position]] = []
        for name, shard in self._watch.shards():
            context = self._contexts[name]
            topics = (context.control, *context.commands)
            waiting += [self._appender.append(step_marker(topic.name, shard, step, at_ms)) for topic in topics]
        for future in waiting:
            future.result(COMMIT_TIMEOUT_S)
