"""`python -m flexbourse_mfrr_simulator`: an mFRR platform to test a client against."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import ssl
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from flexbourse_mfrr_simulator.clock import Clock, DrivenClock, RealClock
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.domain.state import PlatformError
from flexbourse_mfrr_simulator.scenario import Scenario, load_scenario
from flexbourse_mfrr_simulator.sections import ScenarioError, seconds
from flexbourse_mfrr_simulator.simulator import Simulator, counted_ids, random_id
from flexbourse_mfrr_simulator.transport.folder import FolderExchange
from flexbourse_mfrr_simulator.transport.web import WebMailbox

PREFIX = "FLEXBOURSE_MFRR_SIMULATOR_"
TURN_S = 0.05
TICK_S = 0.2
EXIT_USAGE = 2
_log = logging.getLogger("flexbourse_mfrr_simulator")


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; each option can also be set by the environment, as FLEXBOURSE_MFRR_SIMULATOR_<NAME>."""
    parser = argparse.ArgumentParser(
        prog="flexbourse simulate mfrr", description="An mFRR platform to test a client against."
    )
    add = parser.add_argument
    add("--scenario", type=Path, default=_set("SCENARIO"), help="scenario file, TOML or JSON")
    add("--http", default=_set("HTTP"), metavar="HOST:PORT", help="serve the HTTP mailbox (port 0: any free one)")
    add("--folder", type=Path, default=_set("FOLDER"), help="root of the folder exchange")
    add("--clock", choices=("real", "driven"), default=_set("CLOCK") or "real", help="whose time it is")
    add("--start", default=_set("START"), metavar="TIME", help="first time of the clock, such as 2026-03-28T22:00:00Z")
    add("--speed", type=float, default=_set("SPEED") or "1", help="how much faster than real a real clock runs")
    add(
        "--seed", type=int, default=_set("SEED"), help="decides drawn needs and bids, and ids where the clock is driven"
    )
    add("--schemas", type=Path, default=_set("SCHEMA_DIR"), help="folder of the ENTSO-E schema files (XSD)")
    add("--tls-certificate", type=Path, default=_set("TLS_CERTIFICATE"), help="serve HTTPS with this certificate")
    add("--tls-key", type=Path, default=_set("TLS_KEY"), help="its key")
    add("--tls-client-ca", type=Path, default=_set("TLS_CLIENT_CA"), help="ask clients for certificates of this CA")
    chosen = parser.parse_args(arguments)
    if chosen.speed <= 0:
        parser.error("--speed must be above zero")
    if chosen.http and not chosen.http.rpartition(":")[2].isdecimal():
        parser.error("--http is HOST:PORT")
    return chosen


def _set(name: str) -> str | None:
    return os.getenv(PREFIX + name) or None


def make_clock(chosen: argparse.Namespace, scenario: Scenario) -> Clock:
    """Return the clock that was asked for; a driven one begins at the scenario's start, or the next full hour."""
    start = seconds(chosen.start) if chosen.start else scenario.start
    if chosen.clock == "driven":
        return DrivenClock(start if start is not None else (int(time.time()) // 3600 + 1) * 3600)
    return RealClock(start, chosen.speed)


def make_simulator(chosen: argparse.Namespace) -> Simulator:
    """Return the simulator that was asked for."""
    scenario = load_scenario(chosen.scenario)
    if chosen.seed is not None:
        scenario.seed = int(chosen.seed)
    clock = make_clock(chosen, scenario)
    new_id = counted_ids(scenario.seed) if clock.is_driven else random_id
    return Simulator(scenario, clock, Schemas(chosen.schemas), new_id)


def server_tls(chosen: argparse.Namespace) -> ssl.SSLContext | None:
    """Return the TLS settings, None for plain HTTP."""
    if not chosen.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(chosen.tls_certificate, chosen.tls_key)
    if chosen.tls_client_ca:
        context.load_verify_locations(chosen.tls_client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def serve(simulator: Simulator, chosen: argparse.Namespace) -> None:
    """Serve until the process is told to end; the first line on standard output says where, as JSON."""
    address = None
    runner = web.AppRunner(WebMailbox(simulator, _set("ADMIN_TOKEN") or "").application(), access_log=None)
    folder = FolderExchange(chosen.folder, simulator) if chosen.folder else None
    if chosen.http:
        host, _, port = chosen.http.rpartition(":")
        tls = server_tls(chosen)
        await runner.setup()
        await web.TCPSite(runner, host or "127.0.0.1", int(port), ssl_context=tls).start()
        address = f"http{'s' if tls else ''}://{host or '127.0.0.1'}:{runner.addresses[0][1]}"
    where = {"http": address, "folder": str(chosen.folder) if folder else None}
    checked = "on" if simulator.schemas.is_on else "OFF: name the folder of schema files by --schemas"
    print(json.dumps({**where, "clock": chosen.clock, "schema_validation": checked}), flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await _turns(simulator, folder, ended)
    finally:
        await runner.cleanup()


async def _turns(simulator: Simulator, folder: FolderExchange | None, ended: asyncio.Event) -> None:
    while not ended.is_set():
        simulator.tick()
        if folder:
            try:
                folder.turn()
            except OSError as error:  # a disk that is full or away; what lies there waits for the next turn
                _log.warning("folder exchange: %s", error)
        try:
            await asyncio.wait_for(ended.wait(), TURN_S if folder else TICK_S)
        except TimeoutError:
            continue


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    chosen = options(arguments)
    if not chosen.http and not chosen.folder:
        chosen.http = "127.0.0.1:8460"
    try:
        simulator = make_simulator(chosen)
    except ScenarioError as error:
        print("\n".join(["the scenario cannot be used:", *error.problems]), file=sys.stderr)
        return EXIT_USAGE
    except (OSError, ValueError, PlatformError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return EXIT_USAGE
    try:
        asyncio.run(serve(simulator, chosen))
    except OSError as error:  # the address is taken, a certificate cannot be read
        print(f"cannot serve: {error}", file=sys.stderr)
        return EXIT_USAGE
    return 0


if __name__ == "__main__":
    sys.exit(main())
