"""Base cases corrected by what was measured: what is taken out, how old it may be, and what an estimate needs."""

from __future__ import annotations

import pytest
from gridcheck_world import AREA, GridShard, codes

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_gridcheck.adapters import readings
from flexbourse_gridcheck.domain.events import BaseCaseState
from flexbourse_gridcheck.domain.grid import Grid, compile_grid
from flexbourse_gridcheck.domain.measurement import MAX_AGE_MS
from flexbourse_messages.catalogue import GRID_BASE_CASE, GRID_MARGIN

HOMES = {"bus-2": -20_000, "bus-3": -30_000, "bus-4": -10_000}


@pytest.fixture
def running(shard: GridShard) -> GridShard:
    """A shard in its first forecast period."""
    shard.publish()
    shard.start_s = shard.drive.at_ms // 1000 // 900 * 900
    shard.forecast(dict.fromkeys(range(4), HOMES), spread_w=2_000)
    shard.tick()
    return shard


def correct(
    shard: GridShard, nodes: dict[str, int], *, age_ms: int = 0, ahead: int = 0, party: str = "dso", **changes: object
) -> common_pb2.Result:
    fields: dict[str, object] = {
        "area_id": AREA, "mtu": shard.mtu(0), "measured_at_ms": shard.drive.at_ms - age_ms, "ahead": ahead,
        "method": grid.MEASUREMENT_METHOD_METERED,
        "nodes": [grid.MeasuredNode(node_id=name, p_w=p_w) for name, p_w in nodes.items()],
    }  # fmt: skip
    return shard.command(party, correct_base_case=grid.CorrectBaseCase(**(fields | changes)))  # type: ignore[arg-type]


def cases(shard: GridShard, period: int) -> list[grid.BaseCaseState]:
    return [m for m in shard.drive.projected(GRID_BASE_CASE) if m is not None and m.mtu == shard.mtu(period)]  # type: ignore[attr-defined]


def test_the_deviations_already_accepted_stay_on_top(running: GridShard) -> None:
    running.accept(0, {"bus-3": 5_000})
    assert codes(correct(running, {"bus-3": -27_000})) == []
    case = cases(running, 0)[-1]
    assert list(case.p_w) == [0, 0, -20_000, -32_000, -10_000]  # -27 kW measured, 5 kW of them traded
    assert list(case.p95_consumption_w)[3] == -34_000
    assert case.version == 2
    assert running.newest(GRID_MARGIN).version == 2  # type: ignore[union-attr]
    (event,) = [e for e in running.drive.events if isinstance(e, grid.BaseCaseCorrected)]
    assert [(n.node_id, n.p_w) for n in event.corrections] == [("bus-3", -2_000)]
    assert event.party == "dso"


def test_later_periods_get_a_falling_share(running: GridShard) -> None:
    assert codes(correct(running, {"bus-3": -39_000}, ahead=2)) == []
    assert [cases(running, p)[-1].p_w[3] for p in range(4)] == [-39_000, -36_000, -33_000, -30_000]


def test_what_is_as_forecast_changes_nothing(running: GridShard) -> None:
    assert codes(correct(running, {"bus-3": -30_000})) == []
    assert len(cases(running, 0)) == 1


def test_how_old_a_measurement_may_be(running: GridShard) -> None:
    running.tick(800)
    running.forecast({0: HOMES})
    assert codes(correct(running, {"bus-3": -31_000}, age_ms=60_000)) == []
    assert codes(correct(running, {"bus-3": -32_000}, age_ms=61_000)) == ["FIELD_OUT_OF_RANGE"]  # before the last one
    assert codes(correct(running, {"bus-3": -32_000}, age_ms=60_000)) == ["FIELD_OUT_OF_RANGE"]  # the same again
    assert "FIELD_OUT_OF_RANGE" in codes(correct(running, {"bus-3": -32_000}, age_ms=-60_000))
    running.tick(2 * MAX_AGE_MS // 1000)
    assert "FIELD_OUT_OF_RANGE" in codes(correct(running, {"bus-3": -32_000}, age_ms=MAX_AGE_MS + 1))
    assert len([e for e in running.drive.events if isinstance(e, grid.BaseCaseCorrected)]) == 1


@pytest.mark.parametrize(
    ("nodes", "changes", "expected"),
    [
        ({}, {}, "FIELD_MISSING"),
        ({"bus-9": 1}, {}, "FORECAST_INVALID"),
        ({"bus-3": 2_000_000_000}, {}, "FIELD_OUT_OF_RANGE"),
        ({"bus-3": 1}, {"ahead": 9}, "FIELD_OUT_OF_RANGE"),
        ({"bus-3": 1}, {"method": 0}, "FIELD_MISSING"),
        ({"bus-3": 1}, {"topology_version": 7}, "GRID_STATE_MISSING"),
        ({"bus-3": 1}, {"party": "agr"}, "NOT_AUTHORISED"),
        ({"bus-3": -900_000}, {}, "FORECAST_INVALID"),  # no power flow
    ],
)
def test_what_is_refused(running: GridShard, nodes: dict[str, int], changes: dict[str, object], expected: str) -> None:
    assert expected in codes(correct(running, nodes, **changes))  # type: ignore[arg-type]
    assert len(cases(running, 0)) == 1


def test_a_period_without_a_base_case_is_not_corrected(shard: GridShard) -> None:
    shard.publish()
    shard.start_s = shard.drive.at_ms // 1000 // 900 * 900
    assert codes(correct(shard, {"bus-3": 1})) == ["GRID_STATE_MISSING"]


# --- readings and estimates ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def street_grid() -> Grid:
    return compile_grid(GridShard().model)


def base(grid_: Grid, spread_w: int = 5_000) -> BaseCaseState:
    p_w = tuple(HOMES.get(name, 0) for name in grid_.topology.node_ids)
    low = tuple(p - spread_w if p else 0 for p in p_w)
    high = tuple(p + spread_w if p else 0 for p in p_w)
    from flexbourse_core.market_time import Mtu

    return BaseCaseState(AREA, Mtu(0, 900), 1, 1, p_w, (0,) * len(p_w), low, high)


def node(name: str, p_w: int, sigma: int = 50) -> grid.Reading:
    return grid.Reading(kind=grid.READING_KIND_NODE_POWER, element_id=name, p_w=p_w, sigma=sigma)


def test_readings_of_all_homes_are_an_estimate(street_grid: Grid) -> None:
    read = [node("bus-2", -21_000), node("bus-3", -28_000), node("bus-4", -12_000)]
    found = readings.estimated(street_grid, base(street_grid), {}, read, with_forecast=False)
    assert found.observable
    assert {n.node_id: round(n.p_w, -2) for n in found.nodes} == {
        "bus-2": -21_000, "bus-3": -28_000, "bus-4": -12_000,
    }  # fmt: skip


def test_what_is_not_observable_is_said_to_be_so(street_grid: Grid) -> None:
    found = readings.estimated(street_grid, base(street_grid), {}, [node("bus-2", -21_000)], with_forecast=False)
    assert not found.observable
    assert not found.nodes
    assert found.problems


def test_with_the_forecast_a_feeder_reading_moves_what_was_not_read(street_grid: Grid) -> None:
    """The first cable carries 10 kW more than forecast: both homes behind it take part of that."""
    flow = grid.Reading(kind=grid.READING_KIND_BRANCH_POWER, element_id="line-0", p_w=61_000, q_var=0, sigma=200)
    found = readings.estimated(street_grid, base(street_grid), {}, [flow], with_forecast=True)
    assert found.observable
    assert found.forecast_count == 3
    by_node = {n.node_id: n.p_w for n in found.nodes}
    assert by_node["bus-2"] < -22_000
    assert by_node["bus-3"] < -32_000
    assert by_node["bus-4"] == pytest.approx(-10_000, abs=500)


def test_accepted_trades_are_expected_of_what_was_not_read(street_grid: Grid) -> None:
    read = [node("bus-2", -20_000), node("bus-4", -10_000)]
    found = readings.estimated(street_grid, base(street_grid), {"bus-3": (7_000, 0)}, read, with_forecast=True)
    assert {n.node_id: round(n.p_w, -3) for n in found.nodes}["bus-3"] == -23_000


def test_readings_of_nodes_alone_are_taken_without_an_estimate() -> None:
    voltage = grid.Reading(kind=grid.READING_KIND_VOLTAGE, element_id="bus-2", voltage_micro_pu=990_000)
    found = readings.as_read([node("bus-2", -21_000), voltage])
    assert [(n.node_id, n.p_w) for n in found.nodes] == [("bus-2", -21_000)]
    assert readings.as_read([voltage]).problems


def test_every_problem_of_readings_is_named(street_grid: Grid) -> None:
    wrong = [
        grid.Reading(kind=9, element_id="bus-2"),  # type: ignore[arg-type]
        node("bus-99", 1),
        node("bus-0", 1),
        grid.Reading(kind=grid.READING_KIND_BRANCH_POWER, element_id="bus-2", sigma=-1),
    ]
    text = " | ".join(readings.find_problems(street_grid, wrong))
    for part in ("kind 9", "bus-99 is no node", "bus-0 is the source", "bus-2 is no branch", "sigma -1"):
        assert part in text
    assert readings.find_problems(street_grid, [])
