"""The effect runner: performs the intents of one shard's committed journal in a thread of its own, at least once.

Between intents it polls the sources of the shard, so that all that reaches a shard from outside has one writer.
"""

from __future__ import annotations

import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log import killpoints
from flexbourse_log.port import Effect, Intent, OutgoingCommand, Source

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 30.0
MAX_QUEUED_INTENTS = 10_000
POLL_EVERY_S = 1.0
OUTCOME_LIFETIME_MS = 12 * 3600 * 1000

Outcome = TypeVar("Outcome")
Append = Callable[[OutgoingCommand], None]


class EffectRunner:
    """Performs intents in the order of their decision; an intent leaves when its outcome is durably appended.

    `append` appends a command to the shard's own command topic and returns once it is durable; it raises
    TransientError to be tried again. `shard_time` gives the shard's committed time in ms. `crashed` is told of a bug.
    Sources are polled every `poll_every_s`, with 0 only when `poll` asks for it.
    """

    def __init__(
        self,
        name: str,
        effects: Sequence[Effect],
        *,
        append: Append,
        shard_time: Callable[[], int],
        crashed: Callable[[BaseException], None],
        sources: Sequence[Source] = (),
        poll_every_s: float = POLL_EVERY_S,
    ) -> None:
        self._sources = tuple(sources)
        self._poll_every_s = poll_every_s if self._sources else 0.0
        self._recovered = False  # before that, the shard's time is not known and nothing can be dated
        self._poll_asked = False
        self._poll_due_s = 0.0
        self._poll_trouble = ""
        self._effects = {effect.kind: effect for effect in effects}
        self._append = append
        self._shard_time = shard_time
        self._crashed = crashed
        self._queue: OrderedDict[str, Intent] = OrderedDict()
        self._seen: set[str] = set()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"effects-{name}", daemon=True)
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Return why an intent or a source has to be tried again, empty where none has."""
        return self._trouble or self._poll_trouble

    def start(self) -> None:
        """Start performing."""
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Stop after the intent in work; tells whether that was in time."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def full(self) -> bool:
        """Tell whether the engine should not decide more for this shard until effects have caught up."""
        return len(self._queue) >= MAX_QUEUED_INTENTS

    @property
    def idle(self) -> bool:
        """Tell whether every intent was performed, every poll made, and what came of them appended."""
        return not self._queue and not self._poll_asked

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until the runner is idle; tells whether that came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.idle, timeout_s)

    def poll(self) -> None:
        """Have the sources polled behind the intents that are open."""
        if self._sources:
            with self._changed:
                self._poll_asked = True
                self._changed.notify_all()

    def offer(self, opened: Iterable[Intent], settled: Iterable[str]) -> None:
        """Take committed intents in, at start all open ones; forget those that were settled. Unknown kinds are bugs.

        From the first call on, sources are polled. An intent that stands in both is performed again.
        """
        with self._changed:
            self._recovered = True
            self._seen.difference_update(settled)
            for intent in opened:
                if intent.kind not in self._effects:
                    raise ConfigurationError(f"no effect performs the intent kind {intent.kind!r}")
                if intent.intent_id not in self._seen:
                    self._seen.add(intent.intent_id)
                    self._queue[intent.intent_id] = intent
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            while True:
                intent = self._next()
                if self._stopping.is_set():
                    return
                if intent is None:
                    self._poll_sources()
                    continue
                outcome = self._retried(partial(self._perform, intent))
                killpoints.passed(killpoints.INSIDE_EFFECT)
                if outcome is not None:
                    self._retried(partial(self._append, outcome))
                self._finish(intent)
        except _StoppedError:
            return
        except Exception as error:  # noqa: BLE001 - the outermost loop of the thread: a bug ends the process
            self._crashed(error)

    def _next(self) -> Intent | None:
        """Wait for the oldest intent; None: the sources are to be polled, or the runner was stopped."""
        with self._changed:
            while not self._stopping.is_set():
                polls = self._poll_every_s and self._recovered
                if polls and time.monotonic() >= self._poll_due_s:
                    return None
                if self._queue:
                    return next(iter(self._queue.values()))
                if self._poll_asked:
                    return None
                self._changed.wait(max(0.0, self._poll_due_s - time.monotonic()) if polls else None)
            return None

    def _poll_sources(self) -> None:
        self._poll_due_s = time.monotonic() + self._poll_every_s
        troubles = []
        for source in self._sources:
            try:
                commands = source.poll()
            except TransientError as error:
                troubles.append(str(error))
                continue
            for command in commands:
                self._retried(partial(self._append, self._dated(command)))
                killpoints.passed(killpoints.INSIDE_EFFECT)
                source.taken(command)
        self._poll_trouble = "; ".join(troubles)
        with self._changed:
            self._poll_asked = False
            self._changed.notify_all()

    def _finish(self, intent: Intent) -> None:
        with self._changed:
            self._queue.pop(intent.intent_id, None)
            self._changed.notify_all()

    def _perform(self, intent: Intent) -> OutgoingCommand | None:
        outcome = self._effects[intent.kind].perform(intent)
        return self._dated(outcome) if outcome is not None else None

    def _dated(self, command: OutgoingCommand) -> OutgoingCommand:
        if command.expires_at_ms:
            return command
        return replace(command, expires_at_ms=self._shard_time() + OUTCOME_LIFETIME_MS)

    def _retried(self, action: Callable[[], Outcome]) -> Outcome:
        pause = FIRST_PAUSE_S
        while True:
            try:
                result = action()
            except TransientError as error:
                self._trouble = str(error)
                if self._stopping.wait(pause * random.uniform(0.5, 1.0)):
                    raise _StoppedError from error
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                self._trouble = ""
                return result


class _StoppedError(Exception):
    """The runner was stopped while it waited to try again."""
