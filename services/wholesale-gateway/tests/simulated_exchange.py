"""A running exchange simulator, operated by its own interface, and our adapters connected to it."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from flexbourse_wholesale_gateway.adapters.exchange_port import Told
from flexbourse_wholesale_gateway.adapters.okte_orders import OkteOrders
from flexbourse_wholesale_gateway.adapters.okte_requests import OkteRequests
from flexbourse_wholesale_gateway.adapters.okte_session import Login, open_session
from flexbourse_wholesale_gateway.adapters.okte_stream import OkteStream

PATIENCE_S = 20.0
START = "2026-01-15T08:00:00Z"
START_S = 1_768_464_000
HOUR_S = START_S + 12 * 3600  # 20:00
ORDERS = "/api/v1/idm/orders"


class SimulatedExchange:
    """One process; `as_user` speaks for the operator or the member who trades against us."""

    def __init__(self, *arguments: str) -> None:
        command = [
            sys.executable, "-m", "flexbourse_exchange_simulator", "--port", "0", "--driven", START, "--seed", "0",
            "--user", "ann:a", "--user", "bob:b", *arguments,
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "exchange simulator at" in line, self._process.communicate(timeout=PATIENCE_S)[1]
        self.url = line.split()[-1]

    def as_user(self, user: str, method: str, path: str, document: Any = None) -> Any:
        """Send a request and return its answer's body."""
        place = urlsplit(self.url)
        assert place.hostname is not None
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=PATIENCE_S)
        headers = {"Authorization": "Basic " + b64encode(user.encode()).decode(), "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if document is None else json.dumps(document), headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        assert response.status < 300, text
        return json.loads(text) if text else None

    def operator(self, path: str, document: Any = None) -> Any:
        """Post to the simulator's operator."""
        return self.as_user("operator:operator", "POST", f"/simulator/{path}", document)

    def fault(self, kind: str, **more: Any) -> None:
        """Append a fault that befalls us."""
        self.operator("faults", {"faults": [{"kind": kind, "user": "ann", **more}]})

    def orders(self, user: str = "ann:a") -> list[Any]:
        """Return all orders of a member as the exchange has them."""
        return list(self.as_user(user, "GET", f"{ORDERS}?deliveryFrom={START}&expandTrades=true&limit=500"))

    def trade_against(self, direction: str, megawatts: float, price: float) -> Any:
        """Let the other member enter an order for the hour."""
        order = {
            "type": "simple", "direction": direction, "deliveryStart": "2026-01-15T20:00:00Z",
            "deliveryEnd": "2026-01-15T21:00:00Z", "quantity": megawatts, "price": price, "active": True,
        }  # fmt: skip
        return self.as_user("bob:b", "POST", ORDERS, {"groupIndication": "rejectAll", "orders": [order]})

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE_S)


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
        password_file.write_text("a\n", encoding="utf-8")
        session = open_session(Login(url=exchange.url, user="ann", password_file=password_file))
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
