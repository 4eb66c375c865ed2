"""The edge process on Kafka: carries participants' own topics to the command topics, and answers and events back.

`python -m flexbourse_runtime.edge`. Areas and participants come from the registry's state. With `admit` it gives every
active participant his topics, a login and the rights to exactly these; elsewhere the operator of the brokers does.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log.edge import Egress, Ingress
from flexbourse_log.engine import EngineOptions
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.faults import LogFaultError
from flexbourse_log.kafka.relay import egress_relay, ingress_relay
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_runtime import config as configuration
from flexbourse_runtime import logs
from flexbourse_runtime.collector import freeze_recovered, suspend_collector
from flexbourse_runtime.config import ProcessConfig
from flexbourse_runtime.directory import Directory
from flexbourse_runtime.loop_thread import LoopThread
from flexbourse_runtime.serve import (
    EXIT_CONFIGURATION,
    EXIT_GOOD,
    end_process,
    end_with_threads,
    kafka_settings,
    stop_signal,
    stop_with_input,
)

CONTEXT = "edge"
ADMIT_PERIOD_S = 0.5
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 3.0
PARTICIPANT_MECHANISM = "SCRAM-SHA-256"  # what TopicAdmin.admit sets
BROKER_TIMEOUT_S = 120.0
BROKER_PAUSE_S = 1.0
OWNER_ONLY = 0o600

_log = logs.get(__name__)


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the edge: `FLEXBOURSE_EDGE_…`."""

    admit: bool = False  # give participants topics, logins and rights; needs the rights of an administrator
    create_topics: bool = False  # create the platform's own topics at the start; needs the same rights


class Admission:
    """Gives participants their way in, once each; logins lie in the credentials folder of the data folder."""

    def __init__(self, settings: KafkaSettings, data_dir: Path) -> None:
        self._settings = settings
        self._admin = TopicAdmin(settings)
        self._folder = data_dir / "credentials"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._admitted: set[str] = set()

    def is_connected(self, party: str) -> bool:
        """Tell whether a party has topics of its own."""
        return party in self._admitted

    def admit(self, parties: frozenset[str]) -> None:
        """Admit those that are new; what the broker did not take is tried again next time."""
        for party in sorted(parties - self._admitted):
            path = self._folder / f"{party}.kafka.json"
            kept = json.loads(path.read_text()) if path.exists() else {}
            password = kept.get("sasl.password") or secrets.token_urlsafe(24)
            try:
                self._admin.admit(CATALOGUE, party, password)
            except (LogFaultError, TransientError) as error:
                _log.warning("admission_waits", party=party, error=str(error))
                return
            own = {"sasl.mechanism": PARTICIPANT_MECHANISM, "sasl.username": party, "sasl.password": password}
            login = {**self._settings.client, **own}
            _write_private(path, json.dumps(login, indent=2))
            self._admitted.add(party)
            _log.info("admitted", party=party)


class Connected:
    """Who has topics of his own where somebody else gives them: every active participant."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def is_connected(self, party: str) -> bool:
        """Tell whether a party is an active participant."""
        return bool(self._directory.roles(party))


class Edge:
    """Both relays, fed by the registry's state."""

    def __init__(self, config: Config) -> None:
        self._settings = kafka_settings(config, CONTEXT)
        if config.create_topics:
            _create_topics(self._settings, config.shards)
        options = EngineOptions(crashed=end_process, area_shards=config.shards, writer=CONTEXT)
        self._engine = KafkaEngine([], options, self._settings)
        self._directory = Directory()
        self._admission = Admission(self._settings, config.data_dir) if config.admit else None
        connected = self._admission or Connected(self._directory)
        self._relays = (
            ingress_relay(self._settings, Ingress(CATALOGUE, self._directory.known_shard)),
            egress_relay(self._settings, Egress(CATALOGUE, connected.is_connected)),
        )
        self._loop = LoopThread("views")

    def run(self, stopping: threading.Event) -> None:
        """Carry until told to stop."""
        suspend_collector()
        self._engine.start()
        self._loop.start()
        self._loop.run(self._follow_registry(), START_TIMEOUT_S)
        for relay in self._relays:
            relay.start()
        freeze_recovered()
        while not stopping.wait(ADMIT_PERIOD_S):
            if self._admission is not None:
                self._admission.admit(self._directory.participants())
        for relay in self._relays:
            relay.stop(STOP_TIMEOUT_S)
        self._engine.stop(STOP_TIMEOUT_S)
        self._loop.stop()

    async def _follow_registry(self) -> None:
        self._engine.feed("registry", [self._directory])


def _create_topics(settings: KafkaSettings, shards: int) -> None:
    """Create the catalogue's topics, waiting for the brokers; raises ConfigurationError where they differ."""
    deadline = time.monotonic() + BROKER_TIMEOUT_S
    while True:
        try:
            return TopicAdmin(settings).create(planned_topics(CATALOGUE, shards))
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        except LogFaultError as error:
            if time.monotonic() > deadline:
                raise ConfigurationError(f"topics cannot be created: {error}") from None
            time.sleep(BROKER_PAUSE_S)


def main() -> int:
    """Run the edge until a signal ends it; returns the exit code."""
    try:
        config = configuration.load(Config, CONTEXT)
        logs.configure(CONTEXT, config.log_level)
        end_with_threads()
        edge = Edge(config)
    except ConfigurationError as error:
        print(f"{CONTEXT}: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION
    stopping = stop_signal()
    if config.stop_with_parent:
        stop_with_input(stopping)
    edge.run(stopping)
    return EXIT_GOOD


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
