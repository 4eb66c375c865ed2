"""Measurements of the running quarter-hour correct its base case, through the public API, on a whole platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import street
from log_access import EmbeddedLog, journal
from street import AREA, DSO, mtu
from street_day import Sending, StreetDay

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid


@pytest.fixture
def log(open_street: StreetDay) -> Iterator[EmbeddedLog]:
    """The log of the open street."""
    found = EmbeddedLog(open_street.platform.data_dir)
    yield found
    found.close()


@pytest.fixture
def running(open_street: StreetDay) -> int:
    """The quarter-hour that is running, with a forecast."""
    now_s = open_street.now_ms // 1000 + 60
    start_s = now_s - now_s % 900
    forecast = street.forecast((start_s,))
    open_street.further(Sending(DSO, f"now-{now_s}", lambda c, i: c.grid.submit_forecast(forecast, command_id=i)))
    open_street.further()
    return open_street.now_ms // 1000 // 900 * 900


def request(start_s: int, at_ms: int, readings: list[grid.Reading], **changes: Any) -> grid.SubmitMeasurementsRequest:
    return grid.SubmitMeasurementsRequest(
        area_id=AREA, mtu=mtu(start_s), measured_at_ms=at_ms, readings=readings, **changes
    )


def newest(log: EmbeddedLog, start_s: int) -> grid.BaseCaseState:
    return [m for m in journal(log, "gridcheck") if isinstance(m, grid.BaseCaseState) and m.mtu.start_s == start_s][-1]


def test_a_meter_corrects_its_node(open_street: StreetDay, log: EmbeddedLog, running: int) -> None:
    before = newest(log, running)
    reading = grid.Reading(kind=grid.READING_KIND_NODE_POWER, element_id="bus-5", p_w=-7_000)
    wish = request(running, open_street.now_ms + 30_000, [reading])
    answers = open_street.further(
        Sending(DSO, "meter", lambda c, i: c.grid.submit_measurements(wish, command_id=i).receipt)
    )
    assert not answers["meter"].results[0].HasField("rejection"), answers
    after = newest(log, running)
    assert after.version == before.version + 1
    moved = [(a, b) for a, b in zip(before.p_w, after.p_w, strict=True) if a != b]
    assert [b for _, b in moved] == [-7_000]
    (corrected,) = [m for m in journal(log, "gridcheck") if isinstance(m, grid.BaseCaseCorrected)]
    assert corrected.party == DSO


def test_too_few_readings_are_no_estimate_and_change_nothing(
    open_street: StreetDay, log: EmbeddedLog, running: int
) -> None:
    before = newest(log, running)
    reading = grid.Reading(kind=grid.READING_KIND_VOLTAGE, element_id="bus-4", voltage_micro_pu=990_000)
    found = open_street.client(DSO).grid.submit_measurements(
        request(running, open_street.now_ms, [reading], estimate=True)
    )
    assert not found.observable
    assert found.problems
    assert not found.HasField("receipt")
    assert newest(log, running) == before


def test_the_head_of_a_feeder_corrects_the_homes_behind_it(
    open_street: StreetDay, log: EmbeddedLog, running: int
) -> None:
    before = newest(log, running)
    heavy = grid.Reading(kind=grid.READING_KIND_BRANCH_POWER, element_id="line-3", p_w=25_000, sigma=200)
    wish = request(running, open_street.now_ms + 30_000, [heavy], estimate=True, with_forecast=True)
    seen: list[grid.SubmitMeasurementsResponse] = []

    def measure(client: Any, command_id: str) -> Any:
        seen.append(client.grid.submit_measurements(wish, command_id=command_id))
        return seen[-1].receipt

    answers = open_street.further(Sending(DSO, "scada", measure))
    assert seen[0].observable
    assert not answers["scada"].results[0].HasField("rejection"), answers
    after = newest(log, running)
    change = sum(after.p_w) - sum(before.p_w)
    assert change < -5_000  # the street takes more than forecast
    assert after.topology_version == before.topology_version
