"""What OKTE tells over its WebSocket: orders, books by number, status; connected again with a bound.

Book messages are numbered per connection. A number that was left out means that a book of ours is wrong: none is told
any more until the snapshot that is then asked for. Orders are not numbered; each message is the whole order, and what
was missed while nobody was connected is looked up by the listener.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_wholesale_gateway.adapters.exchange_port import (
    BooksLost,
    BooksTold,
    Connected,
    Disconnected,
    Listener,
    OrderRefused,
    OrderTold,
    StatusTold,
    Told,
    Unreadable,
)
from flexbourse_wholesale_gateway.adapters.okte_values import (
    read_book,
    read_json,
    read_problems,
    read_report,
    read_status,
)

STREAM = "/api/v1/idm/ws?topics=orders,orderbook,marketstatus&orderbookfrequency="
BOOK_INTERVAL_MS = 500
HEARTBEAT_S = 20.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
MAX_FAILURES = 10  # in a row; then the process has to say that it is cut off
MAX_MESSAGE_BYTES = 16_000_000
SNAPSHOT_REQUEST = json.dumps({"type": "orderbook-snapshot", "payload": None})


class BookSequence:
    """Which book messages may be believed: those whose number follows."""

    def __init__(self) -> None:
        self._last: int | None = None

    def take(self, number: int, *, is_snapshot: bool) -> bool | None:
        """Tell whether a message is believed; None where a number was left out and a snapshot has to be asked for."""
        if is_snapshot:
            self._last = number
            return True
        if self._last is None or number <= self._last:
            return False  # before the snapshot, or told before
        if number > self._last + 1:
            self._last = None
            return None
        self._last = number
        return True


class OkteStream:
    """One member's WebSocket; the session carries his authorization and certificate."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        book_interval_ms: int = BOOK_INTERVAL_MS,
    ) -> None:
        self._session, self._sleep = session, sleep
        self._url = f"{url.rstrip('/')}{STREAM}{book_interval_ms}"

    async def run(self, listener: Listener) -> None:
        """Tell the listener until cancelled; raises TransientError after `MAX_FAILURES` attempts without a message."""
        failures = 0
        while failures < MAX_FAILURES:
            reason, messages = await self._once(listener)
            failures = 0 if messages else failures + 1
            await self._sleep(min(FIRST_PAUSE_S * 2 ** max(0, failures - 1), LONGEST_PAUSE_S))
        raise TransientError(f"no connection in {MAX_FAILURES} attempts: {reason}")

    async def _once(self, listener: Listener) -> tuple[str, int]:
        """Connect once; returns why that ended, and how many messages came."""
        messages, is_told = 0, False
        try:
            async with self._session.ws_connect(
                self._url, heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES
            ) as socket:
                await listener(Connected())
                is_told = True
                books = BookSequence()
                async for message in socket:
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        break
                    messages += 1
                    await self._tell(listener, socket, books, message.data)
                reason = f"closed with {socket.close_code}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = repr(error)
        if is_told:
            await listener(Disconnected(reason))
        return reason, messages

    async def _tell(
        self, listener: Listener, socket: aiohttp.ClientWebSocketResponse, books: BookSequence, text: str
    ) -> None:
        try:
            kind, payload = _envelope(text)
            if kind in ("orderbook-snapshot", "orderbook-change"):
                await self._tell_books(listener, socket, books, payload, is_snapshot=kind == "orderbook-snapshot")
                return
            told = list(_read(kind, payload))
        except InvalidMessageError as error:
            told = [Unreadable(str(error))]
        for one in told:
            await listener(one)

    async def _tell_books(
        self,
        listener: Listener,
        socket: aiohttp.ClientWebSocketResponse,
        books: BookSequence,
        payload: Any,
        *,
        is_snapshot: bool,
    ) -> None:
        number, data = _numbered(payload)
        read = tuple(read_book(book) for book in data)
        is_believed = books.take(number, is_snapshot=is_snapshot)
        if is_believed:
            await listener(BooksTold(read))
        elif is_believed is None:
            await listener(BooksLost())
            with contextlib.suppress(ConnectionError):  # the reading loop sees the end, too
                await socket.send_str(SNAPSHOT_REQUEST)


def _envelope(text: str) -> tuple[str, Any]:
    message = read_json(text)
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise InvalidMessageError("a message without a type")
    return message["type"], message.get("payload")


def _numbered(payload: Any) -> tuple[int, list[Any]]:
    number, data = (payload.get("seqNo"), payload.get("data")) if isinstance(payload, dict) else (None, None)
    if not isinstance(number, int) or not isinstance(data, list):
        raise InvalidMessageError("books without a number or data")
    return number, data


def _read(kind: str, payload: Any) -> list[Told]:
    """Return what a message tells; nothing of kinds that are not ours to follow."""
    if kind in ("order-change", "order-detail"):
        return [OrderTold(read_report(payload))]
    if kind == "order-error":
        problems = read_problems(payload)
        return [OrderRefused(key, tuple(f"{code}: {text}" for code, text in found)) for key, found in problems.items()]
    return [StatusTold(read_status(payload))] if kind == "marketstatus" else []
