"""One WebSocket of a member: its topics, its sequence of the order book, and what waits to be sent."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import WSCloseCode, web

from flexbourse_exchange_simulator.domain.periods import Period
from flexbourse_exchange_simulator.faults import BOOK_CHANGE, Kind
from flexbourse_exchange_simulator.showing import book_json
from flexbourse_exchange_simulator.venue import Venue

TOPICS = ("orders", "orderbook", "hubtohub", "marketstatus")
MAX_FREQUENCY_MS = 60_000
CLOSE_TIMEOUT_S = 2.0


class Stream:
    """Messages to one WebSocket, in order, through the script of faults."""

    def __init__(
        self, venue: Venue, user: str, topics: frozenset[str], frequency_ms: int, socket: web.WebSocketResponse
    ) -> None:
        self.user, self.topics = user, topics
        self._venue, self._frequency, self._socket = venue, frequency_ms, socket
        self._waiting: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._bound = venue.config.server.waiting_messages
        self._held: list[dict[str, Any]] = []
        self._changed: set[Period] = set()
        self._sequence = 0
        self._last_change = venue.now()
        self._flush_noted = False
        self.ended = False
        self.reason = ""

    # What is to be sent

    def send(self, kind: str, payload: Any) -> None:
        """Queue a message, unless the script of faults has something against it."""
        if self.ended:
            return
        message = {"type": kind, "payload": payload}
        fault = self._venue.faults.of_message(self.user, kind)
        done = None if fault is None else fault.kind
        if done is Kind.DISCONNECT:
            self.end("disconnected")
        elif done is Kind.REORDER and len(self._held) < self._bound:
            self._held.append(message)
        elif done not in {Kind.LOSE, Kind.SKIP_SEQUENCE}:
            copies = 2 if done is Kind.DUPLICATE else 1
            self._put(*[message] * copies, *self._held)
            self._held = []

    def send_book(self) -> None:
        """Send a snapshot of all books; the next change has the following number."""
        self._sequence += 1
        self._changed.clear()
        self.send("orderbook-snapshot", self._book_payload(sorted(self._venue.market.books)))

    def note_change(self, period: Period) -> None:
        """Remember that a book is another."""
        self._changed.add(period)

    def flush_changes(self) -> None:
        """Send the changed books, now or when the client's interval has passed."""
        if not self._changed or self.ended or self._flush_noted:
            return
        now = self._venue.now()
        due = self._last_change + self._frequency
        if now >= due:
            self._send_changes(now)
        else:
            self._flush_noted = True
            self._venue.agenda.note(due, self._send_changes)

    def end(self, reason: str) -> None:
        """Let nothing more be sent and the connection be closed."""
        self.ended, self.reason = True, reason
        self._waiting.put_nowait(None)

    def _send_changes(self, now: int) -> None:
        self._flush_noted = False
        if self.ended or not self._changed:
            return
        self._sequence += 1
        payload = self._book_payload(sorted(self._changed))
        self._changed.clear()
        self._last_change = now
        self.send(BOOK_CHANGE, payload)

    def _book_payload(self, periods: list[Period]) -> dict[str, Any]:
        return {
            "seqNo": self._sequence,
            "timeDelta": self._venue.now() - self._last_change,
            "data": [book_json(self._venue.market, period, self.user) for period in periods],
        }

    def _put(self, *messages: dict[str, Any]) -> None:
        if self._waiting.qsize() + len(messages) > self._bound:
            self.end("Message processing delays")
            return
        for message in messages:
            self._waiting.put_nowait(message)

    # The sending itself

    async def write(self) -> None:
        """Send what is queued until the stream ends, then close the connection."""
        while not self.ended:
            message = await self._waiting.get()
            if message is None or self._socket.closed:
                break
            try:
                await self._socket.send_str(json.dumps(message))
            except ConnectionError:
                break
        self.ended = True
        if not self._socket.closed:
            with contextlib.suppress(TimeoutError):
                closing = self._socket.close(code=WSCloseCode.GOING_AWAY, message=self.reason.encode())
                await asyncio.wait_for(closing, CLOSE_TIMEOUT_S)
