"""Requests to OKTE over REST: sent once, and again only where the exchange's limit of requests stood against them.

A request that may have been carried out and was not answered is never repeated here: that is decided after looking up.
Beyond the limit (429, or none remaining) it is waited as the headers tell, with a bound.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_wholesale_gateway.adapters.okte_values import read_json, read_problems
from flexbourse_wholesale_gateway.domain.external_orders.deciding import QUIET_S, Outcome, RequestAnswer
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report

TIMEOUT_S = QUIET_S / 2  # what has no answer by then cannot arrive any more when it is looked up for good
MAX_LIMIT_WAITS = 3
MAX_LIMIT_WAIT_S = 60
MAX_ANSWER_BYTES = 16_000_000
SHOWN = 200
DUPLICATE = "DuplicateClientOrderIdRule"
NOT_SENT = 0  # no connection came about
UNANSWERED = -1
ACCEPTED, TIMED_OUT, TOO_MANY = 202, 408, 429
NOT_ADMITTED = frozenset({401, 403, TOO_MANY})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status of HTTP, `NOT_SENT` or `UNANSWERED`, and what the headers say of the limit."""

    status: int
    body: Any = None
    text: str = ""
    reset_s: int = 1
    remaining: int | None = None


class OkteRequests:
    """One member's requests; the session carries his authorization and certificate, all share his limit."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._session, self._url, self._sleep = session, url.rstrip("/"), sleep
        self._pause_s = 0

    async def read(self, path: str) -> Any:
        """Return what a question is answered; raises TransientError."""
        answer = await self.ask("GET", path)
        if answer.status != 200:
            raise TransientError(f"GET {path}: {answer.status} {answer.text}")
        return answer.body

    async def ask(self, method: str, path: str, document: Any = None) -> Answer:
        """Send a request, and again where the limit of requests alone stood against it."""
        for _ in range(MAX_LIMIT_WAITS):
            if self._pause_s:
                await self._sleep(self._pause_s)
            answer = await self._send(method, path, document)
            used_up = answer.status == TOO_MANY or answer.remaining == 0
            self._pause_s = min(max(1, answer.reset_s), MAX_LIMIT_WAIT_S) if used_up else 0
            if answer.status != TOO_MANY:
                break
        return answer

    async def _send(self, method: str, path: str, document: Any) -> Answer:
        body = None if document is None else json.dumps(document)
        headers = {"Content-Type": "application/json"}
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._session.request(method, self._url + path, data=body, headers=headers) as response,
            ):
                raw = await _body(response)
        except aiohttp.ClientConnectorError as error:
            return Answer(NOT_SENT, text=repr(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            return Answer(UNANSWERED, text=repr(error))
        limits = [_whole(response.headers.get(f"X-RateLimit-{name}")) for name in ("Reset", "Remaining")]
        text = raw.decode(errors="replace")
        try:
            document = read_json(text) if text.strip() else None
        except InvalidMessageError:
            document = None
        return Answer(response.status, document, text[:SHOWN], limits[0] or 1, limits[1])


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Return a whole body; raises ClientPayloadError beyond the bound."""
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > MAX_ANSWER_BYTES:
            raise aiohttp.ClientPayloadError(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
    return bytes(raw)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else None


def request_answer(number: int, answer: Answer, shown: Report | None) -> RequestAnswer:
    """Say what an answer means for what was asked; `shown` is the order that it shows."""
    problems = [problem for found in read_problems(answer.body).values() for problem in found]
    reasons = tuple(f"{code}: {message}" for code, message in problems) or (f"{answer.status} {answer.text}",)
    if answer.status == ACCEPTED:
        return RequestAnswer(number, Outcome.PROCESSING)
    if 200 <= answer.status < 300:
        return RequestAnswer(number, Outcome.DONE, shown)
    if answer.status == NOT_SENT or answer.status in NOT_ADMITTED:
        return RequestAnswer(number, Outcome.NOT_SENT, reasons=reasons)
    if 400 <= answer.status < 500 and answer.status != TIMED_OUT:
        known = any(code == DUPLICATE for code, _ in problems)
        return RequestAnswer(number, Outcome.KNOWN if known else Outcome.REFUSED, reasons=reasons)
    return RequestAnswer(number, Outcome.NO_ANSWER, reasons=reasons)
