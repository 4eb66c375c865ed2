"""The simulator as a server: routes, TLS, the clock's task."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from importlib.resources import files

from aiohttp import web

from flexbourse_exchange_simulator import auction_api, intraday_api, operator_api, streaming
from flexbourse_exchange_simulator.access import (
    CONFIG,
    LIMITER,
    VENUE,
    RateLimiter,
    authenticated,
    explained,
    limited,
    on_time,
)
from flexbourse_exchange_simulator.clock import Clock, DrivenClock, MachineClock
from flexbourse_exchange_simulator.config import Config, Server
from flexbourse_exchange_simulator.misbehaviour import faulty
from flexbourse_exchange_simulator.streaming import STREAMS, Streams
from flexbourse_exchange_simulator.venue import Venue

MAX_BODY_BYTES = 1_000_000
LONGEST_SLEEP_S = 1.0
SHUTDOWN_S = 2.0

own_routes = web.RouteTableDef()


@own_routes.get("/openapi.json")
@own_routes.get("/asyncapi.json")
async def show_document(request: web.Request) -> web.Response:
    """Show the OpenAPI document of the requests, or the AsyncAPI document of the WebSocket."""
    text = (files(__package__) / request.path.removeprefix("/")).read_text()
    return web.Response(text=text, content_type="application/json")


@own_routes.get("/ready")
async def show_ready(_request: web.Request) -> web.Response:
    """Say that the simulator answers."""
    return web.json_response({"ready": True})


def application(config: Config) -> web.Application:
    """Return the simulator as an aiohttp application."""
    clock: Clock = MachineClock() if config.driven_from is None else DrivenClock(config.driven_from)
    middlewares = [on_time, authenticated, limited, faulty, explained]
    app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY_BYTES)
    app[CONFIG], app[VENUE] = config, Venue(config, clock)
    app[LIMITER], app[STREAMS] = RateLimiter(config.rate_limit), Streams(app[VENUE])
    for table in (own_routes, intraday_api.routes, auction_api.routes, streaming.routes, operator_api.routes):
        app.add_routes(table)
    app.cleanup_ctx.append(_clock_task)
    app.on_shutdown.append(_end_streams)
    return app


async def _clock_task(app: web.Application) -> AsyncIterator[None]:
    """Do what comes due by the machine's clock; a driven one is stepped by its driver."""
    venue = app[VENUE]
    venue.catch_up()
    task = None if venue.clock.driven else asyncio.create_task(_keep_time(venue))
    yield
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_time(venue: Venue) -> None:
    while True:
        due = venue.next_due()
        wait = LONGEST_SLEEP_S if due is None else (due - venue.clock.now()) / 1000
        await asyncio.sleep(min(max(wait, 0.001), LONGEST_SLEEP_S))
        venue.catch_up()


async def _end_streams(app: web.Application) -> None:
    app[STREAMS].end_all("Planned maintenance")


def tls_context(server: Server) -> ssl.SSLContext | None:
    """Return the TLS settings, None for plain HTTP; with a client CA every client has to show a certificate."""
    if not server.certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.certificate, server.key)
    if server.client_ca:
        context.load_verify_locations(server.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextlib.asynccontextmanager
async def served(config: Config) -> AsyncIterator[tuple[str, Venue]]:
    """Serve while the context lasts: the address, and the exchange behind it. Raises OSError: the address is taken."""
    app = application(config)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    context = tls_context(config.server)
    try:
        await web.TCPSite(runner, config.server.host, config.server.port, ssl_context=context).start()
        host, port = runner.addresses[0][:2]
        yield f"{'http' if context is None else 'https'}://{host}:{port}", app[VENUE]
    finally:
        await runner.cleanup()


async def serve(config: Config) -> None:
    """Serve until SIGINT or SIGTERM; prints the address once it answers."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with served(config) as (address, _):
        sys.stdout.write(f"exchange simulator at {address}\n")
        sys.stdout.flush()
        await stopped.wait()
