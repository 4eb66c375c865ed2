"""A running exchange simulator for one evening hour, and our adapters connected to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from flexbourse_testkit.simulated_exchange import MEMBER, PASSWORD, PATIENCE_S, SimulatedExchange
from flexbourse_wholesale_gateway.adapters.exchange_port import Told
from flexbourse_wholesale_gateway.adapters.okte_login import Login
from flexbourse_wholesale_gateway.adapters.okte_orders import OkteOrders
from flexbourse_wholesale_gateway.adapters.okte_requests import OkteRequests
from flexbourse_wholesale_gateway.adapters.okte_session import open_session
from flexbourse_wholesale_gateway.adapters.okte_stream import OkteStream

START_S = 1_768_464_000
HOUR_S = START_S + 12 * 3600  # 20:00


class Pauses:
    """In place of waiting: what was to be waited, and whether it was."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Note a pause and let others go on."""
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class Heard:
    """What the stream told."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._news = asyncio.Event()

    async def __call__(self, told: Told) -> None:
        """Note it."""
        self.told.append(told)
        self._news.set()

    async def until(self, fits: Callable[[Told], bool], after: int = 0) -> int:
        """Wait for something and return its place."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for place, told in enumerate(self.told[after:], after):
                    if fits(told):
                        return place
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def connected(exchange: SimulatedExchange) -> AsyncIterator[tuple[OkteOrders, Pauses, aiohttp.ClientSession]]:
    """Connect our requests."""
    pauses = Pauses()
    with TemporaryDirectory() as folder:
        password_file = Path(folder) / "password"
        password_file.write_text(PASSWORD + "\n", encoding="utf-8")
        session = open_session(Login(url=exchange.url, user=MEMBER, password_file=password_file))
    async with session:
        yield OkteOrders(OkteRequests(session, exchange.url, pauses)), pauses, session


@asynccontextmanager
async def listening(exchange: SimulatedExchange, session: aiohttp.ClientSession) -> AsyncIterator[tuple[Heard, Pauses]]:
    """Connect our stream."""
    heard, pauses = Heard(), Pauses()
    stream = asyncio.create_task(OkteStream(session, exchange.url, pauses, 0).run(heard))
    try:
        yield heard, pauses
    finally:
        stream.cancel()
        with suppress(asyncio.CancelledError):
            await stream
