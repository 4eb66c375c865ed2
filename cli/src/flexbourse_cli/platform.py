"""What a platform is to whoever drives it: all services on one machine, on either engine, behind one handle."""

from __future__ import annotations

import fcntl
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flexbourse_cli.services import CONTEXTS
from flexbourse_client.client import Client
from flexbourse_client.connection import ENDPOINTS_FILE, Endpoints
from flexbourse_client.login import Credentials
from flexbourse_client.sender import random_command_id, wall_clock_ms
from flexbourse_core.errors import ConfigurationError
from flexbourse_log.engine import STEP_TIMEOUT_S
from flexbourse_runtime.http_endpoint import HttpEndpoint
from flexbourse_runtime.issuer import Issuer

EMBEDDED, KAFKA = "embedded", "kafka"
ENGINES = (EMBEDDED, KAFKA)
STEPPED, LIVE = "stepped", "live"  # time comes from a driver, or from the clock
MODE_FILE = "mode"
AUDIENCE = "flexbourse"
LOOPBACK = "127.0.0.1"
CALL_TIMEOUT_S = 30.0
DEFAULT_DATA_DIR = Path("var/flexbourse")


def no_progress(_doing: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class PlatformOptions:
    """How to start the platform. `settings` holds more settings of services, by context and field.

    `progress` is told in a few words what takes its time.
    """

    engine: str = EMBEDDED
    data_dir: Path = DEFAULT_DATA_DIR
    shards: int = 1
    stepped: bool = False
    operator_id: str = "operator"
    contexts: Sequence[str] = CONTEXTS
    grpc_port: int = 0
    http_port: int = 0
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    log_level: str = "warning"
    progress: Callable[[str], None] = no_progress


@dataclass(frozen=True, slots=True)
class ShardState:
    """One shard at a moment; `state` is running, recovering, halted or faulty."""

    context: str
    shard: int
    state: str
    reason: str
    journal_offset: int
    step: int


class Platform(ABC):
    """A running platform. The same for both engines; a driver needs nothing else."""

    def __init__(self, options: PlatformOptions) -> None:
        self.options = options
        self.data_dir = options.data_dir
        self._lock = _lock(options.data_dir)  # before anything in the folder changes
        try:
            _check_mode(options.data_dir, STEPPED if options.stepped else LIVE)
        except ConfigurationError:
            self._lock.close()
            raise
        self.endpoints = Endpoints({})
        self._issuer = Issuer(options.data_dir, AUDIENCE)
        self._issuer_endpoint = HttpEndpoint(self._issuer.routes(), LOOPBACK, 0)
        self._issuer.listen_at(self._issuer_endpoint.address)
        self._issuer.enrol(options.operator_id, ["MARKET_OPERATOR"])
        self._issuer_endpoint.start()

    @property
    def issuer_url(self) -> str:
        """Return the address of the token issuer."""
        return self._issuer.url

    @property
    def operator_id(self) -> str:
        """Return who runs the market."""
        return self.options.operator_id

    def client(
        self,
        party: str,
        *,
        now_ms: Callable[[], int] = wall_clock_ms,
        new_id: Callable[[], str] = random_command_id,
        timeout_s: float = CALL_TIMEOUT_S,
    ) -> Client:
        """Return a client logged in as a party, which is enrolled at the issuer on its first use."""
        credentials = Credentials.load(self._issuer.enrol(party))
        return Client(self.endpoints, credentials, now_ms=now_ms, new_id=new_id, timeout_s=timeout_s)

    @abstractmethod
    def step(self, step: int, at_ms: int, timeout_s: float = STEP_TIMEOUT_S) -> None:
        """Stepped mode: close a step and return when every shard and effect has done it; safe to repeat."""

    @abstractmethod
    def last_step(self) -> int:
        """Return the last step that every shard has done; 0 before the first."""

    @abstractmethod
    def shards(self) -> list[ShardState]:
        """Return the state of every shard."""

    @abstractmethod
    def trouble(self) -> str:
        """Return what ended by itself and should not have, empty while all is well."""

    @abstractmethod
    def stop(self) -> bool:
        """End in order; tells whether everything left in time. May be repeated."""

    def announce(self) -> None:
        """Write where the platform listens into its data folder, for clients on this machine."""
        content = {
            "grpc": dict(self.endpoints.grpc),
            "http": dict(self.endpoints.http),
            "issuer": self.issuer_url,
            "engine": self.options.engine,
        }
        path = self.data_dir / ENDPOINTS_FILE
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(content, indent=2))
        fresh.replace(path)

    def _release(self) -> None:
        """End the issuer and give the folder free: the last act of `stop`."""
        self._issuer_endpoint.stop()
        self._lock.close()

    def withdraw(self) -> None:
        """Take the announcement back."""
        (self.data_dir / ENDPOINTS_FILE).unlink(missing_ok=True)


def _lock(data_dir: Path) -> IO[str]:
    file = (data_dir / "platform.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise ConfigurationError(f"{data_dir} is in use by another platform") from None
    return file


def _check_mode(data_dir: Path, mode: str) -> None:
    """Note in a new folder where its time comes from; refuse one of the other kind, whose log would not go on."""
    note = data_dir / MODE_FILE
    if not note.exists():
        note.write_text(f"{mode}\n")
    made = note.read_text().strip()
    if made != mode:
        raise ConfigurationError(
            f"{data_dir} was made in the {made} mode and cannot be opened in the {mode} mode; "
            f"{STEPPED}: `flexbourse up --stepped`, `flexbourse demo`; {LIVE}: `flexbourse up`. Or name another folder"
        )


def issuer_url(data_dir: Path) -> str:
    """Return where the issuer of a running platform listens, empty where none runs."""
    try:
        return str(json.loads((data_dir / ENDPOINTS_FILE).read_text())["issuer"])
    except FileNotFoundError:
        return ""
