"""Configuration of a process: one frozen dataclass per service, read once from the environment.

The key of a field is `FLEXBOURSE_<SERVICE>_<FIELD>`. A key with the service's prefix that names no field is refused, so
that a misspelt setting never goes unnoticed. Units are in the names of the fields. Market parameters are no
configuration: they are registry state. Nothing else reads the environment.
"""

from __future__ import annotations

import dataclasses
import os
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from flexbourse_core.errors import ConfigurationError
from flexbourse_core.ids import is_participant_id

PREFIX = "FLEXBOURSE"
MAX_SHARDS = 60  # more in one process cost more in idle threads than they bring; add processes instead
MAX_PORT = 65_535
LOG_LEVELS = ("debug", "info", "warning", "error")
SECURITY_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is never printed."""

    value: str

    def __str__(self) -> str:
        return "***" if self.value else ""

    __repr__ = __str__


@dataclass(frozen=True, kw_only=True)
class ProcessConfig:
    """What every service's process needs; services add fields by subclassing.

    Port 0 takes a free one. `shards` is the number of area shards of the deployment, fixed at its creation.
    """

    data_dir: Path = field(default=Path("var/flexbourse"))
    shards: int = 1
    owned_shards: tuple[int, ...] = ()  # empty: all
    stepped: bool = False
    operator_id: str = "operator"  # the first market operator; may register everything

    grpc_host: str = "127.0.0.1"
    grpc_port: int = 0
    http_host: str = "127.0.0.1"
    http_port: int = 0
    reflection: bool = True

    token_issuer: str = ""
    token_audience: str = "flexbourse"
    jwks_url: str = ""

    kafka_bootstrap: str = ""
    kafka_topic_prefix: str = ""
    kafka_security_protocol: str = "PLAINTEXT"
    kafka_sasl_mechanism: str = "SCRAM-SHA-256"
    kafka_ca_file: Path | None = None  # who signs the brokers' certificates, where they have any
    kafka_replication_factor: int = 1  # of topics that this process creates
    kafka_alone: bool = False  # this process takes every shard of its service, without a group
    stop_with_parent: bool = False  # end when standard input ends
    process_number: int = 0  # names this process among those of its service; the same after a restart
    kafka_username: str = ""
    kafka_password: Secret = Secret("")
    kafka_password_file: Path | None = None

    log_level: str = "info"

    def problems(self) -> list[str]:
        """Return everything that is wrong with the values; subclasses add their own."""
        found = []
        if not 1 <= self.shards <= MAX_SHARDS:
            found.append(f"shards is {self.shards}, it lies in 1..{MAX_SHARDS}")
        if outside := [shard for shard in self.owned_shards if not 0 <= shard < self.shards]:
            found.append(f"owned_shards names {outside}, shards are 0..{self.shards - 1}")
        ports = {name: getattr(self, name) for name in ("grpc_port", "http_port")}
        wrong_ports = {name: port for name, port in ports.items() if not 0 <= port <= MAX_PORT}
        found += [f"{name} is {port}, it lies in 0..{MAX_PORT}" for name, port in wrong_ports.items()]
        if self.log_level not in LOG_LEVELS:
            found.append(f"log_level is {self.log_level!r}, it is one of {', '.join(LOG_LEVELS)}")
        if not is_participant_id(self.operator_id):
            found.append(f"operator_id is {self.operator_id!r}, it has the form [a-z0-9-]{{1,40}}")
        if self.kafka_security_protocol not in SECURITY_PROTOCOLS:
            names = ", ".join(SECURITY_PROTOCOLS)
            found.append(f"kafka_security_protocol is {self.kafka_security_protocol!r}, it is one of {names}")
        if self.kafka_sasl_mechanism not in SASL_MECHANISMS:
            names = ", ".join(SASL_MECHANISMS)
            found.append(f"kafka_sasl_mechanism is {self.kafka_sasl_mechanism!r}, it is one of {names}")
        if self.kafka_replication_factor < 1:
            found.append(f"kafka_replication_factor is {self.kafka_replication_factor}, it is at least 1")
        if self.kafka_password.value and self.kafka_password_file is not None:
            found.append("kafka_password and kafka_password_file are both set, one of them is enough")
        return found


Config = TypeVar("Config", bound=ProcessConfig)


def prefix_of(service: str) -> str:
    """Return the prefix of a service's keys, `FLEXBOURSE_TRAFFIC_LIGHT_` for `traffic-light`."""
    return f"{PREFIX}_{service.replace('-', '_').upper()}_"


def load(kind: type[Config], service: str, environ: Mapping[str, str] | None = None) -> Config:
    """Read a service's configuration; raises ConfigurationError naming every problem, not only the first."""
    source = os.environ if environ is None else environ  # noqa: TID251 - the one place that reads it
    prefix = prefix_of(service)
    hints = typing.get_type_hints(kind)
    names = {f"{prefix}{item.name.upper()}": item.name for item in dataclasses.fields(kind)}
    problems, values = [], {}
    for key in sorted(source):
        if not key.startswith(prefix):
            continue
        if key not in names:
            problems.append(f"{key} is no setting of {service}")
            continue
        try:
            values[names[key]] = _parse(hints[names[key]], source[key])
        except ValueError as error:
            problems.append(f"{key} {error}")
    config = None
    if not problems:
        config = kind(**values)
        problems = [f"{prefix}… {problem}" for problem in config.problems()]
    if config is None or problems:
        raise ConfigurationError("; ".join(problems))
    return config


def as_environment(config: ProcessConfig, service: str) -> dict[str, str]:
    """Return the keys that make `load` return this configuration; fields at their default are left out."""
    prefix = prefix_of(service)
    found = {}
    for item in dataclasses.fields(config):
        value = getattr(config, item.name)
        if value != item.default and value is not None:
            found[f"{prefix}{item.name.upper()}"] = _format(value)
    return found


def child_environment(config: ProcessConfig, service: str) -> dict[str, str]:
    """Return the environment of a process of our own: this one's, with that configuration and no other of ours.

    Where nobody says otherwise it computes with one thread of the algebra library, as the command line does.
    """
    inherited = os.environ  # noqa: TID251 - the one place that reads it
    return {
        "OPENBLAS_NUM_THREADS": "1",
        **{key: value for key, value in inherited.items() if not key.startswith(f"{PREFIX}_")},
        **as_environment(config, service),
    }


def redacted(config: ProcessConfig) -> dict[str, str]:
    """Return all settings as text, secrets as ***."""
    return {item.name: str(getattr(config, item.name)) for item in dataclasses.fields(config)}


def _format(value: Any) -> str:
    if isinstance(value, Secret):
        return value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(str(entry) for entry in value)
    return str(value)


def _parse(hint: Any, text: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return _parse(inner, text) if text else None
    if origin is tuple:
        return tuple(_parse(arguments[0], part.strip()) for part in text.split(",") if part.strip())
    parser = _PARSERS.get(hint)
    if parser is None:
        raise ValueError(f"has a type that no text gives: {hint}")
    return parser(text)


def _parse_bool(text: str) -> bool:
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(f"is {text!r}, a truth value is true or false")


def _parse_int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"is {text!r}, not a whole number") from None


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: _parse_int,
    bool: _parse_bool,
    Path: Path,
    Secret: Secret,
}
