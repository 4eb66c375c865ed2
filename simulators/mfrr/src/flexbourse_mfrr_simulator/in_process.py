"""The simulator inside another program: a thread that serves HTTP, and a clock that the program drives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from flexbourse_mfrr_simulator.clock import DrivenClock
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.scenario import Scenario
from flexbourse_mfrr_simulator.sections import ScenarioError
from flexbourse_mfrr_simulator.simulator import Simulator, counted_ids
from flexbourse_mfrr_simulator.transport.web import WebMailbox

HOST = "127.0.0.1"
START_LIMIT_S = 30.0
CALL_LIMIT_S = 600.0  # a step may hold many selections
Found = TypeVar("Found")


class DrivenPlatform:
    """A platform at `address` for as long as the context lasts; nothing happens there between two calls of `drive`.

    `scenario` names the beginning of its clock and the seed of its ids; port 0 is any free one. Its methods may be
    called from any thread. Raises ScenarioError: no beginning; OSError: the address is taken.
    """

    def __init__(self, scenario: Scenario, schemas: Schemas | None = None, port: int = 0) -> None:
        if scenario.start is None:
            raise ScenarioError(["simulator.start: a clock that is driven has a beginning"])
        self._simulator = Simulator(
            scenario, DrivenClock(scenario.start), schemas or Schemas(None), counted_ids(scenario.seed)
        )
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mfrr-simulator", daemon=True)
        self._runner: web.AppRunner | None = None
        self.address = ""

    def __enter__(self) -> DrivenPlatform:
        """Serve."""
        self._thread.start()
        try:
            self._on_loop(self._serve(), START_LIMIT_S)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End: connections are closed, everything is forgotten."""
        self._end()

    def drive(self, instant_s: int) -> None:
        """Set the clock, in s since 1970, and return when all that came due is done; raises CommandError."""
        self.command("advance", {"seconds": instant_s - self._simulator.clock.now()})

    def command(self, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out an operator's command, as over HTTP, and return what came of it; raises CommandError."""

        async def carried_out() -> dict[str, Any]:
            return self._simulator.command(name, content)

        return self._on_loop(carried_out(), CALL_LIMIT_S)

    async def _serve(self) -> None:
        self._runner = web.AppRunner(WebMailbox(self._simulator).application(), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self.address = f"http://{HOST}:{self._runner.addresses[0][1]}"

    def _on_loop(self, work: Coroutine[Any, Any, Found], limit_s: float) -> Found:
        future: Future[Found] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(limit_s)

    def _end(self) -> None:
        try:
            if self._runner is not None:
                self._on_loop(self._runner.cleanup(), START_LIMIT_S)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(START_LIMIT_S)
            self._loop.close()
