"""Configuration: everything wrong is named at once, secrets are never printed, what is written is read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from flexbourse_core.errors import ConfigurationError
from flexbourse_runtime.config import ProcessConfig, Secret, as_environment, child_environment, load, redacted
from flexbourse_runtime.serve import kafka_client

PREFIX = "FLEXBOURSE_TRAFFIC_LIGHT_"


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    batch_count: int = 7
    folders: tuple[Path, ...] = ()


def test_defaults_and_values() -> None:
    found = load(
        Config,
        "traffic-light",
        {
            f"{PREFIX}BATCH_COUNT": "9",
            f"{PREFIX}STEPPED": "yes",
            f"{PREFIX}OWNED_SHARDS": "0, 2",
            f"{PREFIX}SHARDS": "3",
            f"{PREFIX}KAFKA_PASSWORD_FILE": "/run/password",
            f"{PREFIX}FOLDERS": "a,b",
            "FLEXBOURSE_REGISTRY_NONSENSE": "of another service",
            "HOME": "/home/x",
        },
    )
    assert (found.batch_count, found.stepped, found.owned_shards) == (9, True, (0, 2))
    assert found.kafka_password_file == Path("/run/password")
    assert found.folders == (Path("a"), Path("b"))
    assert found.operator_id == "operator"


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(
            Config,
            "traffic-light",
            {f"{PREFIX}BATCH_CUONT": "9", f"{PREFIX}SHARDS": "many", f"{PREFIX}STEPPED": "perhaps"},
        )
    for name in ("BATCH_CUONT", "SHARDS", "STEPPED"):
        assert f"{PREFIX}{name}" in str(caught.value)
    assert "many" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("SHARDS", "0", "shards"),
        ("SHARDS", "61", "shards"),
        ("OWNED_SHARDS", "1", "owned_shards"),
        ("GRPC_PORT", "70000", "grpc_port"),
        ("LOG_LEVEL", "loud", "log_level"),
        ("KAFKA_SECURITY_PROTOCOL", "TRUST_ME", "kafka_security_protocol"),
        ("KAFKA_SASL_MECHANISM", "GUESS", "kafka_sasl_mechanism"),
        ("KAFKA_REPLICATION_FACTOR", "0", "kafka_replication_factor"),
        ("OPERATOR_ID", "The Operator", "operator_id"),
    ],
)
def test_values_out_of_range_are_refused(key: str, value: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        load(Config, "traffic-light", {f"{PREFIX}{key}": value})


def test_the_login_of_the_brokers(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("hunter2\n")
    config = Config(
        kafka_bootstrap="b:9092",
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism="SCRAM-SHA-512",
        kafka_username="flexbourse-registry",
        kafka_password_file=password,
        kafka_ca_file=Path("/etc/ca.crt"),
    )
    assert kafka_client(config) == {
        "bootstrap.servers": "b:9092",
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": "/etc/ca.crt",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "flexbourse-registry",
        "sasl.password": "hunter2",
    }
    password.unlink()
    with pytest.raises(ConfigurationError, match="kafka_password_file"):
        kafka_client(config)


def test_two_passwords_are_one_too_many() -> None:
    environ = {f"{PREFIX}KAFKA_PASSWORD": "a", f"{PREFIX}KAFKA_PASSWORD_FILE": "b"}
    with pytest.raises(ConfigurationError, match="kafka_password_file"):
        load(Config, "traffic-light", environ)


def test_secrets_are_not_printed() -> None:
    config = Config(kafka_password=Secret("hunter2"))
    assert "hunter2" not in repr(config)
    assert "hunter2" not in str(redacted(config))
    assert redacted(config)["kafka_password"] == "***"


def test_a_configuration_survives_the_environment() -> None:
    config = Config(
        data_dir=Path("/data"), shards=3, owned_shards=(1, 2), stepped=True, kafka_password=Secret("s"), batch_count=1
    )
    assert load(Config, "traffic-light", as_environment(config, "traffic-light")) == config


def test_a_child_inherits_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEXBOURSE_REGISTRY_SHARDS", "9")
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    found = child_environment(Config(shards=2), "traffic-light")
    assert "FLEXBOURSE_REGISTRY_SHARDS" not in found
    assert found["SOMETHING_ELSE"] == "kept"
    assert found[f"{PREFIX}SHARDS"] == "2"


@pytest.mark.parametrize(("given", "expected"), [(None, "1"), ("3", "3")])
def test_a_child_computes_with_one_thread_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, given: str | None, expected: str
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if given is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", given)
    assert child_environment(Config(), "traffic-light")["OPENBLAS_NUM_THREADS"] == expected
