"""Logs are one JSON object per line with their correlation id; the directory knows areas and roles."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from flexbourse.registry.v1 import registry_pb2
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import REGISTRY_ENTITY
from flexbourse_runtime import logs, metrics, service_metrics
from flexbourse_runtime.directory import Directory

RECORD = Record(REGISTRY_ENTITY, 0, 0, "", b"", {})


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def _kept_handlers() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_kept_handlers")
def test_every_line_is_an_object_with_its_correlation_id() -> None:
    stream = io.StringIO()
    logs.configure("registry", "info", stream)
    logs.bind_correlation("c-7")
    logs.get("here").info("imported", rows=3)
    logs.unbind_correlation()
    logging.getLogger("there").warning("a library says %s", "so")
    logs.get("here").debug("not asked for")
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("there").exception("failed")
    first, second, third = lines(stream)
    assert (first["event"], first["rows"], first["correlation_id"], first["level"]) == ("imported", 3, "c-7", "info")
    assert (second["event"], second["service"]) == ("a library says so", "registry")
    assert "correlation_id" not in second
    assert first["ts"].endswith("Z")
    assert "ValueError: broken" in third["exception"]


def area(name: str, shard: int) -> registry_pb2.EntityState:
    return registry_pb2.EntityState(
        entity=registry_pb2.Entity(area=registry_pb2.GridArea(area_id=name, shard=shard)), version=1
    )


def participant(name: str, *roles: int, active: bool = True) -> registry_pb2.EntityState:
    found = registry_pb2.Participant(participant_id=name, roles=roles, active=active)
    return registry_pb2.EntityState(entity=registry_pb2.Entity(participant=found), version=1)


def test_an_area_that_was_just_registered_is_waited_for() -> None:
    async def run() -> tuple[int | None, int | None, int | None]:
        directory = Directory()
        directory.fold(RECORD, area("north", 2))
        asyncio.get_running_loop().call_later(0.05, directory.fold, RECORD, area("south", 1))
        late = await directory.shard_of("south", 10)
        return directory.known_shard("north"), late, await directory.shard_of("nowhere", 0.05)

    assert asyncio.run(run()) == (2, 1, None)


def test_roles_end_with_activity() -> None:
    directory = Directory()
    directory.fold(RECORD, participant("grid-co", registry_pb2.ROLE_DSO, registry_pb2.ROLE_METER_OPERATOR))
    assert directory.roles("grid-co") == {"DSO", "METER_OPERATOR"}
    assert directory.participants() == {"grid-co"}
    directory.fold(RECORD, participant("grid-co", registry_pb2.ROLE_DSO, active=False))
    assert directory.roles("grid-co") == frozenset()
    assert directory.participants() == frozenset()


def test_the_catalogue_of_metrics_is_sound() -> None:
    catalogue = (*metrics.CATALOGUE, *service_metrics.SERVICE_CATALOGUE)
    names = [metric.name for metric in catalogue]
    assert len(set(names)) == len(names)
    assert all(name.startswith("flexbourse_") for name in names)
    counters = {metric.name for metric in catalogue if metric.kind is metrics.MetricKind.COUNTER}
    assert counters == {name for name in names if name.endswith("_total")}
    assert all(metric.labels[0] == "shard" for metric in service_metrics.SERVICE_CATALOGUE)


def test_only_what_was_declared_can_be_recorded() -> None:
    undeclared = metrics.Metric("flexbourse_other_total", metrics.MetricKind.COUNTER, (), "nobody declared it")
    with pytest.raises(KeyError):
        metrics.Metrics().count(undeclared)
    with pytest.raises(AssertionError, match="no counter"):
        metrics.Metrics().count(metrics.SHARD_READY, "registry", "0")
