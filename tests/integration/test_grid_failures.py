"""What goes wrong around the grid of an open market: broken, missing and late forecasts, grids without a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import street
from log_access import EmbeddedLog, book_events, journal
from market_checkers import trades
from street import AGG_A, AGG_B, AREA, DSO, NOON_S, mtu
from street_day import FILL_AND_KILL, Sending, StreetDay, order, submit

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

LATER_S = NOON_S + 900
MISSING_S = NOON_S + 4 * 900  # a period that the forecast left out
HEADER = "start,node,p50_w,q50_var,p95_consumption_w,p95_injection_w\n"


@pytest.fixture
def log(open_street: StreetDay) -> Iterator[EmbeddedLog]:
    """The log of the open street."""
    found = EmbeddedLog(open_street.platform.data_dir)
    yield found
    found.close()


def codes(answers: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, answer in answers.items():
        every = common_pb2.Rejections()
        result = answer.results[0]
        listed = [r.code for r in every.rejections] if result.detail.Unpack(every) else [result.rejection.code]
        found[name] = listed
    return found


def cases(log: EmbeddedLog, start_s: int) -> list[grid.BaseCaseState]:
    return [m for m in journal(log, "gridcheck") if isinstance(m, grid.BaseCaseState) and m.mtu.start_s == start_s]


def colours(log: EmbeddedLog, start_s: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for message in journal(log, "traffic-light"):
        if isinstance(message, light.LightState) and message.mtu.start_s == start_s:
            found[message.zone_id] = message.light
    return found


@pytest.mark.parametrize("word", ["nan", "NaN", "inf", "-inf", "1e400", ""])
def test_a_forecast_with_a_value_that_is_no_number_is_refused_with_its_cell(open_street: StreetDay, word: str) -> None:
    rows = f"2026-06-15T12:00:00+02:00,bus-2,{word},0,-5000,-3000\n2026-06-15T12:00:00+02:00,bus-3,-1000,0,-2000,0\n"
    response = open_street.client(DSO).grid.import_forecast(AREA, (HEADER + rows).encode())
    assert [(error.row, error.column) for error in response.errors] == [(2, "p50_w")]
    assert not response.HasField("receipt")


def test_a_period_without_forecast_takes_no_order_until_one_comes_late(
    open_street: StreetDay, log: EmbeddedLog
) -> None:
    early = submit(AGG_B, "early", order("early", "sell", MISSING_S, 2_000, 1_000, unit="battery-a2"))
    assert codes(open_street.further(early)) == {"early": ["GRID_STATE_MISSING"]}
    assert colours(log, MISSING_S) == {}
    late = Sending(DSO, "late", lambda c, i: c.grid.submit_forecast(street.forecast((MISSING_S,)), command_id=i))
    assert codes(open_street.further(late)) == {"late": [""]}
    for _ in range(3):
        open_street.further()
    assert light.LIGHT_UNKNOWN not in colours(log, MISSING_S).values()
    assert colours(log, MISSING_S)
    open_street.further(submit(AGG_B, "sell", order("late-s", "sell", MISSING_S, 2_000, 1_000, unit="battery-a2")))
    open_street.further(submit(AGG_A, "buy", order("late-b", "buy", MISSING_S, 2_000, 90_000, unit="pump-b1")))
    assert [trade.quantity_w for trade in trades(log) if trade.mtu.start_s == MISSING_S] == [2_000]


def test_a_late_forecast_keeps_what_was_traded_on_the_former_one(open_street: StreetDay, log: EmbeddedLog) -> None:
    before = len(cases(log, MISSING_S))
    revised = street.forecast((MISSING_S,))
    for node in revised.periods[0].nodes:
        node.p50_w, node.p95_consumption_w, node.p95_injection_w = (
            value - 500 for value in (node.p50_w, node.p95_consumption_w, node.p95_injection_w)
        )
    late = Sending(DSO, "revised", lambda c, i: c.grid.submit_forecast(revised, command_id=i))
    assert codes(open_street.further(late)) == {"revised": [""]}
    open_street.further()
    open_street.further()
    assert len(cases(log, MISSING_S)) == before + 1
    positions = [body for name, body in book_events(log) if name == "operating_point"]
    assert positions[-1].mtu.start_s == MISSING_S  # nothing was accepted since, and nothing of it was touched
    revisions = [b for name, b in book_events(log) if name == "potential_revised" and b.mtu.start_s == MISSING_S]
    assert revisions[-1].base_case_version == cases(log, MISSING_S)[-1].version


def test_a_forecast_without_a_power_flow_is_refused_and_the_former_one_stays(
    open_street: StreetDay, log: EmbeddedLog
) -> None:
    before = cases(log, LATER_S)
    impossible = grid.SubmitForecast(
        area_id=AREA,
        periods=[
            grid.PeriodForecast(
                mtu=mtu(LATER_S),
                nodes=[
                    grid.NodeForecast(
                        node_id="bus-4", p50_w=-900_000, p95_consumption_w=-900_000, p95_injection_w=-900_000
                    )
                ],
            )
        ],
    )
    wrong = Sending(DSO, "impossible", lambda c, i: c.grid.submit_forecast(impossible, command_id=i))
    assert codes(open_street.further(wrong)) == {"impossible": ["FORECAST_INVALID"]}
    assert cases(log, LATER_S) == before


def test_a_network_in_which_the_forecast_has_no_state_stops_matching_until_one_has(
    open_street: StreetDay, log: EmbeddedLog
) -> None:
    far = street.network_json(length_km=8.0)  # instead of eighty metres
    weak = Sending(DSO, "weak", lambda c, i: c.grid.import_network(AREA, pandapower_json=far, command_id=i))
    assert codes(open_street.further(weak)) == {"weak": [""]}
    open_street.further()
    assert set(colours(log, NOON_S).values()) == {light.LIGHT_UNKNOWN}
    before = len(trades(log))
    sold = order("dark-s", "sell", LATER_S, 1_000, 1_000, unit="battery-a2")
    bought = order("dark-b", "buy", LATER_S, 1_000, 90_000, unit="pump-b1", fill=FILL_AND_KILL)
    answers = codes(open_street.further(submit(AGG_B, "dark-s", sold), submit(AGG_A, "dark-b", bought)))
    assert answers == {"dark-s": ["GRID_STATE_MISSING"], "dark-b": ["GRID_STATE_MISSING"]}
    assert len(trades(log)) == before
    good = street.network_json()
    back = Sending(DSO, "good", lambda c, i: c.grid.import_network(AREA, pandapower_json=good, command_id=i))
    open_street.further(back)
    renewed = Sending(DSO, "again", lambda c, i: c.grid.submit_forecast(street.forecast(), command_id=i))
    open_street.further(renewed)
    for _ in range(3):
        open_street.further()
    open_street.further(submit(AGG_B, "lit-s", order("lit-s", "sell", LATER_S, 1_000, 1_000, unit="battery-a2")))
    open_street.further(submit(AGG_A, "lit-b", order("lit-b", "buy", LATER_S, 1_000, 90_000, unit="pump-b1")))
    assert [t.quantity_w for t in trades(log)[before:]] == [1_000]


def test_two_topologies_and_a_forecast_that_cross_are_matched_on_the_newest_alone(
    open_street: StreetDay, log: EmbeddedLog
) -> None:
    before = len(trades(log))
    thick, thin = street.network_json(rating_ka=0.3), street.network_json()
    forecast = street.forecast()

    def imported(name: str, content: bytes) -> Sending:
        return Sending(DSO, name, lambda c, i: c.grid.import_network(AREA, pandapower_json=content, command_id=i))

    open_street.further(
        imported("thick", thick),
        Sending(DSO, "between", lambda c, i: c.grid.submit_forecast(forecast, command_id=i)),
        imported("thin", thin),
        submit(AGG_B, "cross-s", order("cross-s", "sell", LATER_S, 1_000, 1_000, unit="battery-a2")),
    )
    for _ in range(4):
        open_street.further()
    open_street.further(submit(AGG_B, "x-s", order("x-s", "sell", LATER_S, 1_000, 1_000, unit="battery-a2")))
    open_street.further(submit(AGG_A, "x-b", order("x-b", "buy", LATER_S, 2_000, 90_000, unit="pump-b1")))
    newest = max(m.version for m in journal(log, "gridcheck") if isinstance(m, grid.TopologyState))
    matched = trades(log)[before:]
    assert sum(trade.quantity_w for trade in matched) == 2_000
    assert {trade.gate.topology_version for trade in matched} == {newest}
