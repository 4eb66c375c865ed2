"""The same client for asyncio programs: calls and streams run in threads, the loop stays free."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from flexbourse_client.client import Client

MAX_THREADS = 16
Result = TypeVar("Result")
Event = TypeVar("Event")
Parameters = ParamSpec("Parameters")


class AsyncClient:
    """Runs a client's methods: `await aio.call(client.orders.submit, area, orders)`."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._pool = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="flexbourse-client")

    async def call(
        self,
        method: Callable[Parameters, Result],
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> Result:
        """Run a method in a thread and return its result."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: method(*arguments, **named))

    async def follow(self, events: Iterator[Event]) -> AsyncIterator[Event]:
        """Yield what an iterator yields: `async for event in aio.follow(client.orders.events(area))`."""
        loop, end = asyncio.get_running_loop(), object()
        while True:
            event = await loop.run_in_executor(self._pool, next, events, end)
            if event is end:
                return
            yield event  # type: ignore[misc]

    def close(self) -> None:
        """Close the client and its threads; streams end."""
        self.client.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
