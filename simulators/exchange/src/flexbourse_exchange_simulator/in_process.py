"""The simulator inside another program: a thread that serves, and a clock that the program drives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from flexbourse_exchange_simulator.config import Config, ConfigError
from flexbourse_exchange_simulator.server import served
from flexbourse_exchange_simulator.venue import Venue

START_LIMIT_S = 30.0
CALL_LIMIT_S = 60.0
Found = TypeVar("Found")


class DrivenExchange:
    """An exchange at `address` for as long as the context lasts; nothing happens there between two calls of `drive`.

    `config` names the beginning of its clock (`driven_from`); port 0 is any free one. Its methods may be called from
    any thread. Raises ConfigError: no beginning; OSError: the address is taken.
    """

    def __init__(self, config: Config) -> None:
        if config.driven_from is None:
            raise ConfigError("driven_from: a clock that is driven has a beginning")
        self._config = config
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="exchange-simulator", daemon=True)
        self._service = served(config)
        self._venue: Venue | None = None
        self.address = ""

    def __enter__(self) -> DrivenExchange:
        """Serve."""
        self._thread.start()
        try:
            self.address, self._venue = self._on_loop(self._service.__aenter__(), START_LIMIT_S)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End: connections are closed, everything is forgotten."""
        try:
            self._on_loop(self._service.__aexit__(None, None, None), CALL_LIMIT_S)
        finally:
            self._end()

    def drive(self, instant_ms: int) -> None:
        """Set the clock, in ms since 1970, and return when all that came due is done; raises ClockError."""

        async def to_instant() -> None:
            assert self._venue is not None
            self._venue.drive(instant_ms)

        self._on_loop(to_instant(), CALL_LIMIT_S)

    def _on_loop(self, work: Coroutine[Any, Any, Found], limit_s: float) -> Found:
        future: Future[Found] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(limit_s)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_LIMIT_S)
        self._loop.close()
