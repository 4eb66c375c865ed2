"""Files with faults, through the client: every fault is named with its place, and nothing of the file is taken."""

from __future__ import annotations

import pytest
import street
from street import AREA, DSO, OPERATOR, PERIODS_S
from street_day import StreetDay

NOT_NETWORKS = [b"", b"{}", b"[1, 2]", b"\xff\xfe", b'{"_module": "os", "_class": "system"}']


@pytest.mark.parametrize("content", NOT_NETWORKS)
def test_a_file_that_is_no_network_is_refused(open_street: StreetDay, content: bytes) -> None:
    imported = open_street.client(DSO).grid.import_network(AREA, pandapower_json=content or b" ")
    assert imported.problems
    assert not imported.HasField("receipt")


def test_a_name_that_is_no_network_of_the_library_is_refused(open_street: StreetDay) -> None:
    imported = open_street.client(DSO).grid.import_network(AREA, pandapower_name="os.system")
    assert [problem.element for problem in imported.problems] == ["os.system"]


def test_a_network_with_an_island_is_refused_by_the_name_of_its_bus(open_street: StreetDay) -> None:
    client = open_street.client(DSO)
    before = client.grid.topology(AREA)
    imported = client.grid.import_network(AREA, pandapower_json=street.network_json(with_island=True))
    assert [(problem.element, problem.rule) for problem in imported.problems] == [
        ("bus 7 (nowhere)", "not connected to the source, an island")
    ]
    assert not imported.HasField("receipt")
    open_street.further()
    assert client.grid.topology(AREA) == before


BROKEN_PARTICIPANTS = b"""participant_id,name,roles,active
green-agg,Green,AGR,true
Not An Id,Nobody,AGR,true
red-agg,,AGR,true
blue-agg,Blue,WIZARD,true
"""


def test_a_registry_file_with_broken_rows_names_row_column_value_and_rule(open_street: StreetDay) -> None:
    client = open_street.client(OPERATOR)
    imported = client.registry.import_csv("participant", BROKEN_PARTICIPANTS, command_id="broken-file")
    open_street.further()
    answered = open_street.answer(OPERATOR, "broken-file") if imported.HasField("receipt") else None
    rows = {error.row: error for error in imported.errors}
    assert rows[5].column == "roles"
    assert rows[5].value == "WIZARD"
    assert all(error.code and error.message for error in imported.errors)
    if answered is not None:  # in steps the registry's own rules answer later
        codes = [result.rejection.field for result in answered.results if result.HasField("rejection")]
        assert {"participant_id", "name"} <= set(codes)
    assert client.registry.get("participant", "green-agg") is None


def test_a_forecast_file_with_a_broken_row_is_refused_by_row_and_column(open_street: StreetDay) -> None:
    client = open_street.client(DSO)
    before = client.grid.results(AREA).base_cases
    csv = (
        "start,node,p50_w,q50_var,p95_consumption_w,p95_injection_w\n"
        "2026-06-15T12:00:00+02:00,bus-2,-1000,0,-1100,-900\n"
        "2026-06-15T12:00:00+02:00,bus-3,lots,0,-1100,-900\n"
        "yesterday,bus-4,-1000,0,-1100,-900\n"
    )
    imported = client.grid.import_forecast(AREA, csv.encode(), command_id="broken-forecast")
    assert {(error.row, error.column, error.value) for error in imported.errors} == {
        (3, "p50_w", "lots"),
        (4, "start", "yesterday"),
    }
    assert not imported.HasField("receipt")
    open_street.further()
    assert client.grid.results(AREA).base_cases == before
    assert [case.mtu.start_s for case in before] == list(PERIODS_S)
