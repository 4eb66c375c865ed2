"""A real Kafka and each service as its own OS process, on this machine; all of it taken down again."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from flexbourse_cli import services
from flexbourse_cli.platform import AUDIENCE, LOOPBACK, Platform, PlatformOptions, ShardState
from flexbourse_client.connection import Endpoints
from flexbourse_core.errors import ConfigurationError
from flexbourse_log.engine import STEP_TIMEOUT_S, EngineOptions, EngineStoppedError
from flexbourse_log.kafka.broker import BrokerError, LocalBroker
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_log.kafka.jars import JarError
from flexbourse_log.kafka.rights import projector_rights, service_rights
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_runtime import edge as edge_process
from flexbourse_runtime.config import ProcessConfig, child_environment
from flexbourse_runtime.issuer import JWKS_PATH
from flexbourse_runtime.serve import end_process

START_TIMEOUT_S = 120.0
READY_POLL_S = 0.1
PROBE_TIMEOUT_S = 2.0
STOP_TIMEOUT_S = 7.0  # a service leaves within 5
STEP_WATCH_S = 10.0  # how often a step that waits looks whether all processes still run
LOG_TAIL_LINES = 10
PASSWORD_BYTES = 24


class ServiceProcess:
    """One service, or the edge, in an OS process of its own."""

    def __init__(self, context: str, module: str, config: ProcessConfig, log_file: Path) -> None:
        self.context = context
        self.grpc_address = f"{LOOPBACK}:{config.grpc_port}"
        self.http_address = f"http://{LOOPBACK}:{config.http_port}"
        self._log_file = log_file
        with log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                env=child_environment(config, context),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt typed at the terminal is for us; the services end in order
            )

    def trouble(self) -> str:
        """Return how the process ended, empty while it runs."""
        code = self._process.poll()
        return "" if code is None else f"{self.context} ended with {code}\n{self._log_tail()}"

    def is_ready(self) -> bool:
        """Tell whether all shards of the process have recovered."""
        try:
            with urllib.request.urlopen(f"{self.http_address}/ready", timeout=PROBE_TIMEOUT_S) as response:
                return bool(response.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def signal_stop(self) -> None:
        """Ask the process to end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end, force it afterwards; tells whether it came in order."""
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        finally:
            if self._process.stdin is not None:
                self._process.stdin.close()
        return code == 0

    def _log_tail(self) -> str:
        return "\n".join(self._log_file.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])


class KafkaPlatform(Platform):
    """Serves from construction to `stop`."""

    def __init__(self, options: PlatformOptions) -> None:
        super().__init__(options)
        self._stopped: bool | None = None
        self._processes: list[ServiceProcess] = []
        self._edge: list[ServiceProcess] = []
        self._driver: KafkaEngine | None = None
        self._passwords: dict[str, str] = {}
        self._broker = LocalBroker(options.data_dir / "kafka", progress=self._report_jar)
        try:
            self._start()
        except (JarError, BrokerError) as error:
            self.stop()
            raise ConfigurationError(str(error)) from None
        except BaseException:
            self.stop()
            raise

    def step(self, step: int, at_ms: int, timeout_s: float = STEP_TIMEOUT_S) -> None:
        """Close a step on every command partition; raises EngineStoppedError where a process has ended."""
        if self._driver is None:
            raise ValueError("the platform runs on its clock; steps need the stepped mode")
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return self._driver.step(step, at_ms, min(STEP_WATCH_S, max(0.1, deadline - time.monotonic())))
            except TimeoutError:
                if self.trouble():
                    raise EngineStoppedError(self.trouble()) from None
                if time.monotonic() > deadline:
                    raise

    def last_step(self) -> int:
        """Return the last step that every shard has done."""
        return self._driver.last_step() if self._driver is not None else 0

    def shards(self) -> list[ShardState]:
        """Ask every process for its shards."""
        with self.client(self.options.operator_id) as client:
            return [
                ShardState(s.context, s.shard, s.state, s.reason, s.journal_offset, s.step) for s in client.shards()
            ]

    def trouble(self) -> str:
        """Return which process has ended."""
        found = [trouble for process in (*self._processes, *self._edge) if (trouble := process.trouble())]
        if not self._broker.is_running():
            found.append(f"Kafka has ended, see {self._broker.log_file}")
        return "\n".join(found)

    def stop(self) -> bool:
        """End the services, then the broker."""
        if self._stopped is None:
            self.withdraw()
            processes = [*self._edge, *self._processes]
            for process in processes:
                process.signal_stop()
            deadline = time.monotonic() + STOP_TIMEOUT_S
            ended = [process.wait(max(0.1, deadline - time.monotonic())) for process in processes]
            if self._driver is not None:
                self._driver.stop()
            self._broker.stop()
            self._release()
            self._stopped = all(ended)
        return self._stopped

    def _start(self) -> None:
        options = self.options
        _end_leftover(self._broker)
        options.progress("starting Kafka")
        self._broker.start()
        _write_pid(self._broker)
        settings = KafkaSettings(client=self._broker.client_config(), process_id="driver", area_shards=options.shards)
        self._prepare_broker(TopicAdmin(settings))
        options.progress(f"starting {len(options.contexts)} services")
        logs = options.data_dir / "logs"
        logs.mkdir(exist_ok=True)
        for context in (*options.contexts, *self._readers()):
            config = dataclasses.replace(services.config(context), **self._settings(context))
            module = services.PACKAGES.get(context) or services.READERS[context]
            self._processes.append(ServiceProcess(context, module, config, logs / f"{context}.log"))
        self._wait_until_ready()
        if not options.stepped:  # what participants send at any time has no place in steps
            edge = edge_process.Config(**self._settings(edge_process.CONTEXT), admit=True)
            module = edge_process.__name__
            self._edge = [ServiceProcess(edge_process.CONTEXT, module, edge, logs / "edge.log")]
        if options.stepped:
            engine_options = EngineOptions(
                crashed=end_process, area_shards=options.shards, stepped=True, writer="driver"
            )
            self._driver = KafkaEngine([], engine_options, settings)
            self._driver.start()
        self.endpoints = Endpoints(
            {process.context: process.grpc_address for process in self._processes},
            {process.context: process.http_address for process in self._processes},
        )
        self.announce()

    def _prepare_broker(self, admin: TopicAdmin) -> None:
        """Make the topics, and a login for each service with the rights that the catalogue gives it."""
        options = self.options
        try:
            admin.create(planned_topics(CATALOGUE, options.shards))
        except ValueError as error:
            first = str(error).split(";")[0]
            message = f"shards is {options.shards}, the topics in {options.data_dir} were made for another number"
            raise ConfigurationError(f"{message} ({first})") from None
        for context in options.contexts:
            self._passwords[context] = secrets.token_urlsafe(PASSWORD_BYTES)
            admin.set_login(context, self._passwords[context])
            admin.grant(service_rights(CATALOGUE, context, context))
        for reader in self._readers():
            self._passwords[reader] = secrets.token_urlsafe(PASSWORD_BYTES)
            admin.set_login(reader, self._passwords[reader])
            admin.grant(projector_rights(CATALOGUE, reader, reader))

    def _readers(self) -> list[str]:
        """Return the readers that were given a server to write to."""
        given = self.options.settings
        return [name for name in services.READERS if not self.options.stepped and given.get(name, {}).get("redis_url")]

    def _report_jar(self, ready: int, wanted: int, _name: str) -> None:
        self.options.progress(f"Kafka's files, fetched once: {ready} of {wanted}")

    def _settings(self, context: str) -> dict[str, Any]:
        options = self.options
        # The edge admits participants, which takes an administrator; a service has the rights that it needs.
        admitting = context == edge_process.CONTEXT
        broker = self._broker
        client = broker.client_config() if admitting else broker.client_config(context, self._passwords[context])
        grpc_port, http_port = free_ports(2)
        found: dict[str, Any] = {
            "data_dir": options.data_dir.absolute(),
            "shards": options.shards,
            "stepped": options.stepped,
            "operator_id": options.operator_id,
            "grpc_port": grpc_port,
            "http_port": http_port,
            "token_issuer": self.issuer_url,
            "token_audience": AUDIENCE,
            "jwks_url": f"{self.issuer_url}{JWKS_PATH}",
            "kafka_bootstrap": client["bootstrap.servers"],
            "kafka_security_protocol": client["security.protocol"],
            "kafka_sasl_mechanism": client["sasl.mechanism"],
            "kafka_username": client["sasl.username"],
            "kafka_password_file": _password_file(options.data_dir, client),
            "kafka_alone": True,
            "stop_with_parent": True,
            "log_level": options.log_level,
        }
        return {**found, **options.settings.get(context, {})}

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        waiting = list(self._processes)
        while waiting:
            waiting = [process for process in waiting if not process.is_ready()]
            if self.trouble():
                raise EngineStoppedError(self.trouble())
            if time.monotonic() > deadline:
                names = ", ".join(process.context for process in waiting)
                raise ConfigurationError(f"not ready after {START_TIMEOUT_S:.0f} s: {names}")
            time.sleep(READY_POLL_S)


def _password_file(data_dir: Path, client: dict[str, str]) -> Path:
    path = data_dir.absolute() / "kafka" / f"{client['sasl.username']}-password"
    if not path.exists():
        path.touch(mode=0o600)
    path.write_text(client["sasl.password"])
    return path


def _pid_file(broker: LocalBroker) -> Path:
    return broker.folder / "broker.pid"


def _write_pid(broker: LocalBroker) -> None:
    _pid_file(broker).write_text(str(broker.pid))


def _end_leftover(broker: LocalBroker) -> None:
    """End the broker of a platform that was killed: it holds the lock of the data. The services end by themselves."""
    try:
        pid = int(_pid_file(broker).read_text())
    except (FileNotFoundError, ValueError):
        return
    seen = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    if str(broker.folder) in seen.stdout and "kafka.Kafka" in seen.stdout:
        os.kill(pid, signal.SIGKILL)
        while subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 0:
            time.sleep(READY_POLL_S)
    _pid_file(broker).unlink()
