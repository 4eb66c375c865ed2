"""Who asks, and how often: what every request passes before a handler sees it."""

from __future__ import annotations

import base64
import hmac
import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from flexbourse_exchange_simulator.config import Config, RateLimit, User
from flexbourse_exchange_simulator.faults import Fault, Kind
from flexbourse_exchange_simulator.reading import RefusedRequest
from flexbourse_exchange_simulator.showing import validation_json
from flexbourse_exchange_simulator.values import ValueProblem, read_json
from flexbourse_exchange_simulator.venue import Venue

VENUE = web.AppKey("venue", Venue)
CONFIG = web.AppKey("config", Config)
OPEN_PATHS = frozenset({"/openapi.json", "/asyncapi.json", "/ready"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RateLimiter:
    """Requests of each user in windows of fixed length, by the exchange's clock."""

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self._windows: dict[str, tuple[int, int]] = {}

    def begin(self) -> None:
        """Forget every count."""
        self._windows.clear()

    def take(self, user: str, now: int) -> tuple[bool, int, int]:
        """Count one request; returns whether it is allowed, how many are left, seconds until the count begins anew."""
        length = self.limit.seconds * 1000
        begun, used = self._windows.get(user, (now, 0))
        if now - begun >= length:
            begun, used = now, 0
        allowed = self.limit.requests == 0 or used < self.limit.requests
        self._windows[user] = (begun, used + 1 if allowed else used)
        left = max(0, self.limit.requests - used - 1) if allowed else 0
        return allowed, left, math.ceil((begun + length - now) / 1000)

    def headers(self, left: int, reset: int) -> dict[str, str]:
        """Return the headers that tell a client where it stands."""
        if self.limit.requests == 0:
            return {}
        return {
            "X-RateLimit-Policy": self.policy,
            "X-RateLimit-Limit": str(self.limit.requests),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(reset),
        }

    @property
    def policy(self) -> str:
        """Return the policy as the header says it."""
        return f"{self.limit.requests};w={self.limit.seconds}"


LIMITER = web.AppKey("limiter", RateLimiter)


def answer(status: int, document: Any, headers: dict[str, str] | None = None) -> web.Response:
    """Return an answer with a JSON body."""
    return web.json_response(document, status=status, headers=headers, dumps=json.dumps)


def failure(status: int, code: str, message: str) -> web.Response:
    """Return an answer that says what went wrong."""
    return answer(status, {"code": code, "message": message})


def user_of(request: web.Request) -> User:
    """Return the login of a request that has passed `authenticated`."""
    user: User = request["user"]
    return user


def later_ms(request: web.Request) -> int | None:
    """Return after how long the request is to be finished; None for at once."""
    fault: Fault | None = request.get("fault")
    return round(fault.seconds * 1000) if fault is not None and fault.kind is Kind.ACCEPTED else None


async def document_of(request: web.Request) -> Any:
    """Return a request's JSON document, None for an empty body; raises ValueProblem."""
    body = await request.read()
    return read_json(body) if body.strip() else None


@web.middleware
async def on_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let everything that has come due happen before the request."""
    request.app[VENUE].catch_up()
    return await handler(request)


@web.middleware
async def explained(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into answers of the protocol."""
    try:
        return await handler(request)
    except RefusedRequest as refused:
        return answer(400, validation_json(refused.errors, refused.correlation))
    except ValueProblem as problem:
        return failure(400, "BadRequest", str(problem))
    except web.HTTPRequestEntityTooLarge:
        return failure(413, "RequestTooLarge", "The body is too large.")
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
        return failure(error.status, error.reason.replace(" ", ""), error.reason)


@web.middleware
async def authenticated(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a known user through; paths below /simulator are the operator's."""
    if request.path in OPEN_PATHS:
        return await handler(request)
    user = _login(request)
    if user is None:
        refused = failure(401, "Unauthorized", "Basic authorization is needed.")
        refused.headers["WWW-Authenticate"] = 'Basic realm="exchange simulator"'
        return refused
    if request.path.startswith("/simulator/") != user.operator:
        return failure(403, "Forbidden", "Members trade, the operator operates.")
    request["user"] = user
    return await handler(request)


@web.middleware
async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count a member's requests and refuse those beyond the limit."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    limiter, venue = request.app[LIMITER], request.app[VENUE]
    allowed, left, reset = limiter.take(user_of(request).name, venue.now())
    response = await handler(request) if allowed else too_many()
    if not response.prepared:
        response.headers.update(limiter.headers(left, reset))
    return response


def too_many() -> web.Response:
    """Return the answer to a request beyond the limit."""
    return failure(429, "TooManyRequests", "Request limit exceeded.")


def _login(request: web.Request) -> User | None:
    """Return the user whose name and password, and certificate where one is asked for, a request shows."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except ValueError:  # neither base64 nor text
        return None
    found = None
    for user in request.app[CONFIG].users:
        same_password = hmac.compare_digest(user.password.encode(), password.encode())
        if user.name == name and same_password and scheme.lower() == "basic":
            found = user
    if found is not None and found.certificate and _common_name(request) != found.certificate:
        return None
    return found


def _common_name(request: web.Request) -> str:
    """Return the common name of the client's certificate, empty where it showed none."""
    shown: dict[str, Any] = (request.transport and request.transport.get_extra_info("peercert")) or {}
    names = [value for part in shown.get("subject", ()) for key, value in part if key == "commonName"]
    return names[0] if names else ""
