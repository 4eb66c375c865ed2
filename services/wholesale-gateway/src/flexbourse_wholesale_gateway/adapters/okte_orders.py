"""Requests to OKTE's intraday market over REST: orders, their operations, the list, the status.

A request that may have been carried out and was not answered comes back as NO_ANSWER and is never repeated here: that
is decided after looking up. Beyond the exchange's limit of requests (429) it is waited as told, with a bound.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_wholesale_gateway.adapters.exchange_port import MarketStatus
from flexbourse_wholesale_gateway.adapters.okte_values import (
    euros,
    instant_text,
    megawatts,
    order_json,
    read_json,
    read_problems,
    read_report,
    read_status,
)
from flexbourse_wholesale_gateway.domain.external_order import ExternalTerms, OperationKind
from flexbourse_wholesale_gateway.domain.external_reports import Report
from flexbourse_wholesale_gateway.domain.forwarding import QUIET_S, Outcome, RequestAnswer

ORDERS = "/api/v1/idm/orders"
MARKET_STATUS = "/api/v1/idm/market-status"
TIMEOUT_S = QUIET_S / 2  # what has no answer by then cannot arrive any more when it is looked up for good
MAX_LIMIT_WAITS = 3
MAX_LIMIT_WAIT_S = 60
PAGE, MAX_PAGES = 500, 40
MAX_ANSWER_BYTES = 16_000_000
SHOWN = 200
DUPLICATE = "DuplicateClientOrderIdRule"
PATHS = {
    OperationKind.CANCEL: "cancel",
    OperationKind.ACTIVATE: "activate",
    OperationKind.DEACTIVATE: "deactivate",
}
NOT_SENT = 0  # no connection came about
UNANSWERED = -1
ACCEPTED, TIMED_OUT, TOO_MANY = 202, 408, 429
NOT_ADMITTED = frozenset({401, 403, TOO_MANY})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any = None
    text: str = ""
    reset_s: int = 1
    remaining: int | None = None


class OkteOrders:
    """One member's requests; the session carries his authorization and certificate."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._session, self._url, self._sleep = session, url.rstrip("/"), sleep
        self._pause_s = 0

    async def create(self, number: int, client_order_id: str, terms: ExternalTerms) -> RequestAnswer:
        """Enter one order."""
        document = {
            "correlationId": client_order_id,
            "groupIndication": "rejectAll",
            "orders": [order_json(client_order_id, terms)],
        }
        return _request_answer(number, await self._ask("POST", ORDERS, document))

    async def modify(
        self, number: int, external_id: str, quantity_w: int | None, price_ticks: int | None
    ) -> RequestAnswer:
        """Put a successor in an order's place; what is None stays."""
        document: dict[str, Any] = {"correlationId": f"{external_id}:{number}"}
        if quantity_w is not None:
            document["quantity"] = megawatts(quantity_w)
        if price_ticks is not None:
            document["price"] = euros(price_ticks)
        return _request_answer(number, await self._ask("PATCH", f"{ORDERS}/{external_id}", document))

    async def operate(self, number: int, external_id: str, kind: OperationKind) -> RequestAnswer:
        """Activate, deactivate or cancel an order; raises KeyError for a modification."""
        path = f"{ORDERS}/{external_id}/{PATHS[kind]}"
        return _request_answer(number, await self._ask("POST", path, {"correlationId": f"{external_id}:{number}"}))

    async def look_up(self, client_order_id: str, terms: ExternalTerms) -> list[Report]:
        """Return every order of the delivery period under a client order id.

        Raises TransientError, and InvalidMessageError for an order that cannot be read: then nothing is known.
        """
        at = instant_text(terms.delivery_start_s)
        found: list[Report] = []
        for page in range(MAX_PAGES):
            query = f"deliveryFrom={at}&deliveryTo={at}&status=all&expandTrades=true&offset={page * PAGE}&limit={PAGE}"
            orders = await self._read(f"{ORDERS}?{query}")
            if not isinstance(orders, list):
                raise TransientError("the list of orders is no list")
            reports = [read_report(order) for order in orders]
            found += [report for report in reports if report.client_order_id == client_order_id]
            if len(orders) < PAGE:
                return found
        raise TransientError(f"more than {PAGE * MAX_PAGES} orders in one delivery period")

    async def market_status(self) -> MarketStatus:
        """Return the status of the market; raises TransientError, InvalidMessageError."""
        return read_status(await self._read(MARKET_STATUS))

    async def _read(self, path: str) -> Any:
        answer = await self._ask("GET", path)
        if answer.status != 200:
            raise TransientError(f"GET {path}: {answer.status} {answer.text}")
        return answer.body

    async def _ask(self, method: str, path: str, document: Any = None) -> _Answer:
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

    async def _send(self, method: str, path: str, document: Any) -> _Answer:
        body = None if document is None else json.dumps(document)
        headers = {"Content-Type": "application/json"}
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._session.request(method, self._url + path, data=body, headers=headers) as response,
            ):
                raw = await _body(response)
        except aiohttp.ClientConnectorError as error:
            return _Answer(NOT_SENT, text=repr(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            return _Answer(UNANSWERED, text=repr(error))
        limits = [_whole(response.headers.get(f"X-RateLimit-{name}")) for name in ("Reset", "Remaining")]
        text = raw.decode(errors="replace")
        try:
            document = read_json(text) if text.strip() else None
        except InvalidMessageError:
            document = None
        return _Answer(response.status, document, text[:SHOWN], limits[0] or 1, limits[1])


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


def _request_answer(number: int, answer: _Answer) -> RequestAnswer:
    """Say what an answer means for what was asked."""
    problems = [problem for found in read_problems(answer.body).values() for problem in found]
    reasons = tuple(f"{code}: {message}" for code, message in problems) or (f"{answer.status} {answer.text}",)
    if answer.status == ACCEPTED:
        return RequestAnswer(number, Outcome.PROCESSING)
    if 200 <= answer.status < 300:
        return RequestAnswer(number, Outcome.DONE, _shown(answer.body))
    if answer.status == NOT_SENT or answer.status in NOT_ADMITTED:
        return RequestAnswer(number, Outcome.NOT_SENT, reasons=reasons)
    if 400 <= answer.status < 500 and answer.status != TIMED_OUT:
        known = any(code == DUPLICATE for code, _ in problems)
        return RequestAnswer(number, Outcome.KNOWN if known else Outcome.REFUSED, reasons=reasons)
    return RequestAnswer(number, Outcome.NO_ANSWER, reasons=reasons)


def _shown(body: Any) -> Report | None:
    """Return the order that an answer shows; without one it is looked up."""
    orders = body.get("orders") if isinstance(body, dict) else None
    if not isinstance(orders, list) or len(orders) != 1:
        return None
    try:
        return read_report(orders[0])
    except InvalidMessageError:
        return None
