"""Process main of one service on Kafka: configuration, identity, engine, servers, an orderly end within seconds."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.engine import Crash, Engine, EngineOptions
from flexbourse_log.port import Service
from flexbourse_runtime import config as configuration
from flexbourse_runtime import logs
from flexbourse_runtime.api import Servicers
from flexbourse_runtime.collector import freeze_recovered, suspend_collector
from flexbourse_runtime.config import Config, ProcessConfig
from flexbourse_runtime.host import Host, Hosted, Listening
from flexbourse_runtime.identity import TokenVerifier
from flexbourse_runtime.jwks import RemoteKeys

if TYPE_CHECKING:
    from flexbourse_log.kafka.settings import KafkaSettings

EXIT_GOOD = 0
EXIT_LATE = 1  # the batch in work did not end in time
EXIT_CONFIGURATION = 2
EXIT_CRASH = 70  # a bug: the next process recovers by folding the journal

# How long a thread keeps the interpreter that another one wants. Shard, commit and calls each wait for the network many
# times a batch and would wait for one another as often, at Python's default for 5 ms each time.
SWITCH_S = 0.001

_log = logs.get(__name__)


def end_process(crash: Crash) -> None:
    """Say what crashed and end the process at once: memory that a bug has touched is never used again."""
    _log.error(
        "crashed",
        context=crash.context,
        shard=crash.shard,
        source=str(crash.source),
        count=crash.count,
        error="".join(traceback.format_exception(crash.error)),
    )
    sys.stderr.flush()
    os._exit(EXIT_CRASH)


def end_with_threads() -> None:
    """End the process when any of its threads dies of an exception: what it did would be missing silently."""

    def end(hook: threading.ExceptHookArgs) -> None:
        name = hook.thread.name if hook.thread is not None else ""
        _log.error("thread_crashed", thread=name, error="".join(traceback.format_exception(hook.exc_value)))
        sys.stderr.flush()
        os._exit(EXIT_CRASH)

    threading.excepthook = end


def verifier_of(config: ProcessConfig) -> TokenVerifier:
    """Return the verifier of the configured issuer; raises ConfigurationError where none is configured."""
    if not config.token_issuer or not config.jwks_url:
        raise ConfigurationError("token_issuer and jwks_url name the issuer whose tokens are taken")
    keys = RemoteKeys(config.jwks_url)
    keys.refresh()
    return TokenVerifier(keys, config.token_issuer, config.token_audience)


def main(
    context: str,
    kind: type[Config],
    build: Callable[[Config], Service],
    servicers: Servicers,
) -> int:
    """Run one service until a signal ends it; returns the exit code."""
    try:
        config = configuration.load(kind, context)
        logs.configure(context, config.log_level)
        end_with_threads()
        _log.info("configuration", **configuration.redacted(config))
        service = build(config)
        host = Host(
            _engine([service], config),
            [Hosted(service, servicers)],
            verifier_of(config),
            Listening(
                config.grpc_host, config.grpc_port, config.http_host, config.http_port, reflection=config.reflection
            ),
            config.operator_id,
        )
        stopping = stop_signal()
        suspend_collector()
        sys.setswitchinterval(SWITCH_S)
        host.start()
        freeze_recovered()
    except ConfigurationError as error:
        print(f"{context}: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION
    if config.stop_with_parent:
        stop_with_input(stopping)
    stopping.wait()
    in_time = host.stop()
    _log.info("stopped", in_time=in_time)
    return EXIT_GOOD if in_time else EXIT_LATE


def stop_signal() -> threading.Event:
    """Return what SIGTERM and SIGINT set from now on."""
    event = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        event.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return event


def stop_with_input(stopping: threading.Event) -> None:
    """Set the event when standard input ends: whoever held its other end is gone."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):  # unbuffered: a lock held at the end would spoil the exit
            pass
        stopping.set()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def kafka_settings(config: ProcessConfig, context: str) -> KafkaSettings:
    """Return how a process reaches the brokers; raises ConfigurationError where none is named."""
    from flexbourse_log.kafka.settings import KafkaSettings  # noqa: PLC0415 - the embedded platform does without it

    if not config.kafka_bootstrap:
        raise ConfigurationError("kafka_bootstrap names the brokers")
    return KafkaSettings(
        client=kafka_client(config),
        process_id=f"{context}-{config.process_number}",
        area_shards=config.shards,
        prefix=config.kafka_topic_prefix,
        replication_factor=config.kafka_replication_factor,
    )


def _engine(services: Sequence[Service], config: ProcessConfig) -> Engine:
    from flexbourse_log.kafka.engine import KafkaEngine  # noqa: PLC0415

    settings = kafka_settings(config, services[0].context)
    options = EngineOptions(
        crashed=end_process,
        area_shards=config.shards,
        stepped=config.stepped,
        writer=settings.process_id,
    )
    return KafkaEngine(services, options, settings, alone=config.kafka_alone)


def kafka_client(config: ProcessConfig) -> dict[str, str]:
    """Return the client settings of librdkafka: address and login. Raises ConfigurationError."""
    found = {"bootstrap.servers": config.kafka_bootstrap, "security.protocol": config.kafka_security_protocol}
    if config.kafka_ca_file is not None:
        found["ssl.ca.location"] = str(config.kafka_ca_file)
    if config.kafka_username:
        password = config.kafka_password.value
        if config.kafka_password_file is not None:
            try:
                password = config.kafka_password_file.read_text().strip()
            except OSError as error:
                raise ConfigurationError(f"kafka_password_file: {error}") from None
        found |= {
            "sasl.mechanism": config.kafka_sasl_mechanism,
            "sasl.username": config.kafka_username,
            "sasl.password": password,
        }
    return found
