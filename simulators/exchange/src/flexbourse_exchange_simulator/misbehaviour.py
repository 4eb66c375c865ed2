"""What goes wrong on purpose with requests: the script of faults, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from flexbourse_exchange_simulator.access import LIMITER, VENUE, Handler, failure, too_many, user_of
from flexbourse_exchange_simulator.faults import Fault, Kind


@web.middleware
async def faulty(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Do to a member's request what the script of faults says."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    venue = request.app[VENUE]
    if venue.is_out:
        return cut(request)
    fault = venue.faults.of_request(request.method, request.path, user_of(request).name)
    if fault is None:
        return await handler(request)
    if fault.kind in INSTEAD:
        return INSTEAD[fault.kind](request, fault)
    request["fault"] = fault
    response = await handler(request)
    if fault.kind is Kind.DELAY:
        await asyncio.sleep(fault.seconds)
    return AFTERWARDS[fault.kind](request, fault) if fault.kind in AFTERWARDS else response


def cut(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _drop(request: web.Request, _fault: Fault) -> web.Response:
    return cut(request)


def _outage(request: web.Request, fault: Fault) -> web.Response:
    request.app[VENUE].begin_outage(fault.seconds)
    return cut(request)


def _error(_request: web.Request, _fault: Fault) -> web.Response:
    return failure(500, "InternalServerError", "Something went wrong.")


def _rate_limit(request: web.Request, fault: Fault) -> web.Response:
    refused = too_many()
    refused.headers.update(request.app[LIMITER].headers(0, max(1, round(fault.seconds))))
    return refused


Answer = Callable[[web.Request, Fault], web.Response]
INSTEAD: dict[Kind, Answer] = {
    Kind.DROP: _drop,
    Kind.OUTAGE: _outage,
    Kind.ERROR: _error,
    Kind.RATE_LIMIT: _rate_limit,
}
AFTERWARDS: dict[Kind, Answer] = {Kind.SWALLOW: _drop, Kind.ERROR_AFTER: _error}
