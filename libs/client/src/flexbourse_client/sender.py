"""What every facet of the client shares: stubs of one context, ids and expiries of commands."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from flexbourse_client.connection import Connection

LIFETIME_MS = 3_600_000  # of a command, so long may it be repeated


def wall_clock_ms() -> int:
    """Return the time in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def random_command_id() -> str:
    """Return a fresh command id."""
    return uuid.uuid4().hex


class Sender:
    """Makes and sends requests of one context. `now_ms` and `new_id` are inputs, so that a driver can fix them."""

    def __init__(
        self, connection: Connection, context: str, stub: type, now_ms: Callable[[], int], new_id: Callable[[], str]
    ) -> None:
        self._connection = connection
        self._context = context
        self._stub_class = stub
        self._now_ms = now_ms
        self._new_id = new_id

    @property
    def stub(self) -> Any:
        """Return the generated stub."""
        return self._connection.stub(self._stub_class, self._connection.endpoints.address(self._context))

    def command(self, method: Any, request_class: type[Message], command_id: str, /, **fields: Any) -> Any:
        """Send a command with an id and an expiry; returns the response."""
        name = command_id or self._new_id()
        request = request_class(command_id=name, expires_at_ms=self._now_ms() + LIFETIME_MS, **fields)
        return self._connection.call(method, request, correlation_id=name)

    def query(self, method: Any, request: Message) -> Any:
        """Send a query; returns the response."""
        return self._connection.call(method, request)

    def stream(self, method: Any, request: Message) -> Any:
        """Send a streaming query; returns the responses as they come."""
        return self._connection.stream(method, request)
