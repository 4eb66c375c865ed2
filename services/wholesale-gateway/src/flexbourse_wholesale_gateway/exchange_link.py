"""The one connection to the exchange: requests and stream on a loop of their own, asked by the effect thread."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiohttp

from flexbourse_core.errors import TransientError
from flexbourse_runtime.loop_thread import LoopThread
from flexbourse_wholesale_gateway.adapters.exchange_port import (
    BooksLost,
    BooksTold,
    Connected,
    Disconnected,
    Told,
)
from flexbourse_wholesale_gateway.adapters.okte_auction import OkteAuction
from flexbourse_wholesale_gateway.adapters.okte_login import Login
from flexbourse_wholesale_gateway.adapters.okte_orders import OkteOrders
from flexbourse_wholesale_gateway.adapters.okte_requests import OkteRequests
from flexbourse_wholesale_gateway.adapters.okte_session import open_session
from flexbourse_wholesale_gateway.adapters.okte_stream import OkteStream

Result = TypeVar("Result")
ASK_TIMEOUT_S = 300.0  # beyond what a request waits for the exchange's limit, with all its repetitions
SHUT_TIMEOUT_S = 5.0
MAX_TOLD = 10_000  # beyond, what came is given up, and every order is looked up


class ExchangeLink:
    """Opened when it is first used."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._lock = threading.Lock()
        self._thread: LoopThread | None = None
        self._session: aiohttp.ClientSession | None = None
        self._orders: OkteOrders | None = None
        self._auction: OkteAuction | None = None
        self._told: deque[Told] = deque()
        self._listening: asyncio.Future[None] | None = None

    def ask(self, work: Callable[[OkteOrders], Coroutine[Any, Any, Result]]) -> Result:
        """Return what a request comes back with; raises what it raises, and TransientError where it takes too long."""
        orders, thread = self._open()
        return self._run(thread, work(orders))

    @staticmethod
    def _run(thread: LoopThread, work: Coroutine[Any, Any, Result]) -> Result:
        try:
            return thread.run(work, ASK_TIMEOUT_S)
        except TimeoutError as error:
            raise TransientError(f"the exchange has not answered in {ASK_TIMEOUT_S} s") from error

    def ask_auction(self, work: Callable[[OkteAuction], Coroutine[Any, Any, Result]]) -> Result:
        """Return what a request about an auction comes back with; as `ask`."""
        _, thread = self._open()
        assert self._auction is not None
        return self._run(thread, work(self._auction))

    def told(self, most: int) -> list[Told]:
        """Return what the stream has told since the last time, oldest first; listens from the first call on."""
        _, thread = self._open()
        if self._listening is None or self._listening.done():
            self._listening = asyncio.run_coroutine_threadsafe(self._listen(), thread.loop)  # type: ignore[assignment]
        return [self._told.popleft() for _ in range(min(most, len(self._told)))]

    def _open(self) -> tuple[OkteOrders, LoopThread]:
        with self._lock:
            if self._thread is None or self._orders is None:
                thread = LoopThread("exchange")
                thread.start()
                self._session = thread.run(_opened(self._login), ASK_TIMEOUT_S)
                requests = OkteRequests(self._session, self._login.url)
                self._orders, self._auction = OkteOrders(requests), OkteAuction(requests)
                self._thread = thread
                weakref.finalize(self, _shut, thread, self._session)  # services end with their process
            return self._orders, self._thread

    async def _listen(self) -> None:
        assert self._session is not None
        try:
            await OkteStream(self._session, self._login.url).run(self._hear)
        except TransientError as error:
            await self._hear(Disconnected(str(error)))

    async def _hear(self, told: Told) -> None:
        if isinstance(told, BooksTold | BooksLost):
            return  # nobody here trades by the book
        if len(self._told) >= MAX_TOLD:
            self._told.clear()
            self._told.extend([Disconnected("more was told than was taken"), Connected()])
        self._told.append(told)


def _shut(thread: LoopThread, session: aiohttp.ClientSession) -> None:
    thread.run(session.close(), SHUT_TIMEOUT_S)
    thread.stop()


async def _opened(login: Login) -> aiohttp.ClientSession:
    return open_session(login)
