"""An HTTP mailbox for parties, and the operator's commands.

POST   /v1/parties/{party}/messages        a document (XML) from the party: 202, its answer comes as a message
GET    /v1/parties/{party}/messages        the oldest message not confirmed yet: 200 or 204 (?wait=s, ?after=id)
DELETE /v1/parties/{party}/messages/{id}   the party has it: 204
GET    /v1/connectivity                    who is here, and what time it is
GET    /ready                              200 once documents are taken
GET    /admin/status, POST /admin/{command}  the operator's, with JSON
"""

from __future__ import annotations

import asyncio
import hmac
import json
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import unquote

from aiohttp import web

from flexbourse_mfrr_simulator.documents.elements import MAX_BYTES, second
from flexbourse_mfrr_simulator.simulator import CommandError, Simulator, is_party_name

MAX_WAIT_S: Final = 60.0
POLL_S: Final = 0.05
MAX_WAITING_CALLS: Final = 500


class WebMailbox:
    """The HTTP side of a simulator; without a token the operator's commands are taken from this machine alone."""

    def __init__(self, simulator: Simulator, admin_token: str = "") -> None:
        self._simulator, self._admin_token = simulator, admin_token
        self._tokens = {p.id: p.token for p in simulator.scenario.participants if p.token}
        self._calls = 0

    def application(self) -> web.Application:
        """Return the application to be served."""
        application = web.Application(client_max_size=MAX_BYTES)
        application.add_routes([
            web.post("/v1/parties/{party}/messages", self._post),
            web.get("/v1/parties/{party}/messages", self._get),
            web.delete("/v1/parties/{party}/messages/{id}", self._delete),
            web.get("/v1/connectivity", self._connectivity),
            web.get("/ready", self._ready),
            web.get("/admin/status", self._status),
            web.post("/admin/{command}", self._command),
        ])  # fmt: skip
        return application

    def _party(self, request: web.Request) -> str:
        """Return the party of a call that may be served."""
        party = request.match_info["party"]
        if not is_party_name(party):
            raise web.HTTPNotFound(text="no such party")
        if not _bears(request, self._tokens.get(party, "")):
            raise web.HTTPUnauthorized(text="the party's token is missing or wrong")
        self._simulator.tick()
        if self._simulator.platform.is_down():
            raise web.HTTPServiceUnavailable(text="the platform is down", headers={"Retry-After": "30"})
        return party

    async def _post(self, request: web.Request) -> web.Response:
        party = self._party(request)
        data = await request.read()
        self._simulator.submit(party, data, title=unquote(request.headers.get("Message-Title", ""))[:150])
        return web.json_response({"taken": len(data)}, status=202)

    async def _get(self, request: web.Request) -> web.Response:
        party = self._party(request)
        try:
            wait = min(float(request.query.get("wait", "0")), MAX_WAIT_S)
        except ValueError as error:
            raise web.HTTPBadRequest(text="wait is a number of seconds") from error
        if wait > 0 and self._calls >= MAX_WAITING_CALLS:
            raise web.HTTPTooManyRequests(text="too many waiting calls")
        self._calls += 1
        try:
            message = await self._wait(party, request.query.get("after", ""), wait)
        finally:
            self._calls -= 1
        if message is None:
            return web.Response(status=204)
        headers = {"Message-Id": message.id, "Message-Type": message.kind, "Message-Created": second(message.at)}
        return web.Response(body=message.data, content_type="application/xml", headers=headers)

    async def _wait(self, party: str, after: str, wait: float) -> Any:
        end = asyncio.get_running_loop().time() + wait
        while (message := self._simulator.mailbox.next(party, after)) is None:
            if asyncio.get_running_loop().time() >= end:
                return None
            await asyncio.sleep(POLL_S)
        return message

    async def _delete(self, request: web.Request) -> web.Response:
        party = self._party(request)
        if not self._simulator.mailbox.confirm(party, request.match_info["id"]):
            raise web.HTTPNotFound(text="no such message waits")
        return web.Response(status=204)

    async def _connectivity(self, _: web.Request) -> web.Response:
        code = self._simulator.scenario.settings.platform
        return web.json_response({"platform": code.value, "scheme": code.scheme, "now": self._now()})

    async def _ready(self, _: web.Request) -> web.Response:
        schemas = "on" if self._simulator.schemas.is_on else "off: no folder of schemas was named"
        return web.json_response({"now": self._now(), "schema_validation": schemas})

    async def _status(self, request: web.Request) -> web.Response:
        self._operator(request)
        return web.json_response(self._simulator.command("status", {}))

    async def _command(self, request: web.Request) -> web.Response:
        self._operator(request)
        try:
            content = json.loads(await request.read() or b"{}")
            if not isinstance(content, dict):
                raise CommandError(["a command's content is a JSON object"])
            return web.json_response(self._simulator.command(request.match_info["command"], content))
        except CommandError as error:
            return web.json_response({"problems": error.problems}, status=400)
        except ValueError as error:
            return web.json_response({"problems": [f"not JSON: {error}"]}, status=400)

    def _operator(self, request: web.Request) -> None:
        if self._admin_token:
            if not _bears(request, self._admin_token):
                raise web.HTTPUnauthorized(text="the operator's token is missing or wrong")
        elif not (request.remote and ip_address(request.remote).is_loopback):
            raise web.HTTPForbidden(text="without a token commands are taken from this machine alone")

    def _now(self) -> str:
        return second(self._simulator.clock.now())


def _bears(request: web.Request, token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return not token or hmac.compare_digest(given.encode(), token.encode())
