"""Margins have sense, and tariffs are frozen before their book opens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gridcheck_world import AREA, GridShard, codes, published, street
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain.commands import (
    AreaFact,
    ForecastSource,
    MarketFact,
    NodeForecast,
    PeriodForecast,
    SubmitForecast,
)
from flexbourse_gridcheck.domain.events import MarginState, TariffParameters
from flexbourse_gridcheck.domain.forecast import MAX_SCENARIOS, base_case, margins
from flexbourse_gridcheck.domain.forecast import find_problems as forecast_problems
from flexbourse_gridcheck.domain.grid import Grid, compile_grid
from flexbourse_gridcheck.domain.opening import opens_at_ms, tick_of
from flexbourse_gridcheck.domain.tariff import DEFAULT_PARAMETERS, find_problems
from flexbourse_gridcheck.domain.zone_result import effective_limits, zone_results
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_messages.catalogue import GRID_MARGIN, GRID_RESULT, GRID_TARIFF

HOMES = {"bus-2": -20_000, "bus-3": -30_000, "bus-4": -10_000}
MTU = Mtu(1_767_225_600, 900)
STREET = compile_grid(street().to_bytes())


def margins_of(grid_: Grid, medians: dict[str, int], spread_w: int) -> MarginState:
    nodes = tuple(NodeForecast(name, p, 0, p - spread_w, p + spread_w) for name, p in medians.items())
    found = margins(grid_, base_case(grid_, AREA, PeriodForecast(MTU, nodes), (1, 1), {}))
    assert not isinstance(found, NotConverged)
    return found


def test_a_certain_forecast_has_no_margin() -> None:
    margin = margins_of(STREET, HOMES, 0)
    assert set(margin.loading_margin_mpct) == set(margin.voltage_margin_upu) == {0}


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({name: st.integers(-30_000, 30_000) for name in HOMES}),
    st.integers(0, 4_000),
    st.integers(0, 4_000),
)
def test_a_wider_forecast_has_wider_margins(medians: dict[str, int], spread_w: int, more_w: int) -> None:
    narrow, wide = margins_of(STREET, medians, spread_w), margins_of(STREET, medians, spread_w + more_w)
    # A branch near its turning point may carry less at one quantile; the other one then decides.
    for one, other in zip(narrow.loading_margin_mpct, wide.loading_margin_mpct, strict=True):
        assert 0 <= one <= other + 1
    for one, other in zip(narrow.voltage_margin_upu, wide.voltage_margin_upu, strict=True):
        assert 0 <= one <= other + 1
    assert narrow.voltage_margin_upu[0] == 0


def test_margins_reach_the_quantiles() -> None:
    margin = margins_of(STREET, HOMES, 10_000)
    heavy = STREET.solve([0, 0, -30_000, -40_000, -20_000], [0] * 5)
    median = STREET.solve([0, 0, -20_000, -30_000, -10_000], [0] * 5)
    assert not isinstance(heavy, NotConverged)
    assert not isinstance(median, NotConverged)
    expected = (heavy.loading_mpct() - median.loading_mpct()).tolist()
    assert list(margin.loading_margin_mpct) == expected
    assert min(expected) > 0


def test_the_other_quantile_decides_where_the_sun_shines() -> None:
    sunny = {"bus-2": 20_000, "bus-3": 30_000, "bus-4": 10_000}
    margin = margins_of(STREET, sunny, 10_000)
    bright = STREET.solve([0, 0, 30_000, 40_000, 20_000], [0] * 5)
    median = STREET.solve([0, 0, 20_000, 30_000, 10_000], [0] * 5)
    assert not isinstance(bright, NotConverged)
    assert not isinstance(median, NotConverged)
    assert list(margin.loading_margin_mpct) == (bright.loading_mpct() - median.loading_mpct()).tolist()
    assert min(margin.loading_margin_mpct) > 0


def by_scenarios(scenarios: dict[str, tuple[int, ...]]) -> PeriodForecast:
    return PeriodForecast(
        MTU,
        tuple(NodeForecast(name, p, 0, p - 40_000, p + 40_000, scenarios.get(name, ())) for name, p in HOMES.items()),
    )


def test_scenarios_take_the_place_of_quantiles() -> None:
    # What one home draws more, the other draws less: the line to both hardly moves, whatever their quantiles say.
    forecast = by_scenarios({"bus-2": (-10_000, -20_000, -30_000), "bus-3": (-40_000, -30_000, -20_000)})
    case = base_case(STREET, AREA, forecast, (1, 1), {})
    joint, apart = margins(STREET, case, forecast), margins(STREET, case)
    assert isinstance(joint, MarginState)
    assert isinstance(apart, MarginState)
    line = STREET.topology.branch_index["line-0"]
    assert joint.loading_margin_mpct[line] < 1_000
    assert apart.loading_margin_mpct[line] > 20_000
    worst = STREET.solve([0, 0, -10_000, -40_000, -10_000], [0] * 5)
    median = STREET.solve([0, 0, -20_000, -30_000, -10_000], [0] * 5)
    assert not isinstance(worst, NotConverged)
    assert not isinstance(median, NotConverged)
    further = STREET.topology.branch_index["line-1"]
    expected = worst.loading_mpct()[further] - median.loading_mpct()[further]
    assert abs(joint.loading_margin_mpct[further] - expected) <= 1


def test_a_new_set_of_scenarios_is_a_new_version() -> None:
    shard = GridShard()
    shard.publish()
    for last in (-40_000, -60_000):
        node = grid.NodeForecast(
            node_id="bus-2", p50_w=-20_000, p95_consumption_w=-20_000, p95_injection_w=-20_000,
            scenario_w=[-20_000, -20_000, last],
        )  # fmt: skip
        period = grid.PeriodForecast(mtu=shard.mtu(0), nodes=[node])
        assert not codes(shard.command(submit_forecast=grid.SubmitForecast(area_id=AREA, periods=[period])))
    first, second = shard.drive.projected(GRID_MARGIN)
    assert isinstance(first, grid.MarginState)
    assert isinstance(second, grid.MarginState)
    assert (first.version, second.version) == (1, 2)
    assert first.loading_margin_mpct[1] < second.loading_margin_mpct[1]
    shard.drive.recovered()


def test_broken_scenarios_are_listed() -> None:
    forecast = by_scenarios({"bus-2": (1, 2), "bus-3": (2_000_000_000,) * (MAX_SCENARIOS + 1)})
    command = SubmitForecast(AREA, (forecast,), ForecastSource.FORECAST)
    found = forecast_problems(command, STREET, (), MTU.start_s)
    assert {(problem.code.name, problem.limit) for problem in found} == {
        ("TOO_MANY_ENTRIES", MAX_SCENARIOS), ("FORECAST_INVALID", None), ("FORECAST_INVALID", 1_000_000_000),
    }  # fmt: skip


def test_the_source_is_nobodys_voltage_problem() -> None:
    raised = compile_grid(replace(street(), slack_voltage_pu=1.06).to_bytes())
    point = raised.solve([0] * 5, [0] * 5)
    assert not isinstance(point, NotConverged)
    margin = MarginState(AREA, MTU, 1, 1, (0,) * 4, (0,) * 5)
    uses = {zone.zone_id: zone.voltage_high_use_p95_mpct for zone in zone_results(raised, point, margin)}
    assert uses == {"busbar-bus-0": 0, "busbar-bus-1": 60_000, "feeder-1": 60_000, "feeder-2": 60_000, "trafo-0": 0}
    source = zone_results(raised, point, margin)[0]
    assert (source.zone_id, source.voltage_max_p50_upu) == ("busbar-bus-0", 1_060_000)


def test_use_of_the_quantile_is_against_the_limit_less_the_margin() -> None:
    margin = margins_of(STREET, HOMES, 10_000)
    point = STREET.solve([0, 0, -20_000, -30_000, -10_000], [0] * 5)
    assert not isinstance(point, NotConverged)
    zone = next(entry for entry in zone_results(STREET, point, margin) if entry.zone_id == "feeder-1")
    own = margin.loading_margin_mpct[STREET.topology.branch_index["line-0"]]
    assert zone.worst_element_id == "line-0"
    assert zone.loading_p95_mpct == zone.loading_p50_mpct + own
    assert zone.loading_use_p50_mpct == zone.loading_p50_mpct
    assert zone.loading_use_p95_mpct == zone.loading_p50_mpct * 100_000 // (100_000 - own)
    assert (zone.lowest_node_id, zone.nominal_voltage_mv) == ("bus-3", 400_000)
    assert zone.voltage_min_p95_upu == zone.voltage_min_p50_upu - margin.voltage_margin_upu[3]


def test_a_margin_that_leaves_nothing_is_full_use_not_an_error() -> None:
    huge = MarginState(AREA, MTU, 1, 1, (200_000,) * 4, (200_000,) * 5)
    limits = effective_limits(STREET, huge)
    assert set(limits.loading_mpct.tolist()) == {0}
    assert set(limits.v_low_micro_pu.tolist()) == set(limits.v_high_micro_pu.tolist()) == {1_000_000}
    point = STREET.solve([0, 0, -20_000, -30_000, -10_000], [0] * 5)
    assert not isinstance(point, NotConverged)
    zone = next(entry for entry in zone_results(STREET, point, huge) if entry.zone_id == "feeder-1")
    assert (zone.loading_use_p95_mpct, zone.headroom_down_w) == (1_000_000, 0)


@pytest.mark.parametrize("name", ["kerber-dorf", "cigre-lv"])
def test_margins_of_a_published_grid_are_of_the_size_of_the_forecast_error(name: str) -> None:
    grid_ = compile_grid(published(name))
    margin = margins_of(grid_, dict.fromkeys(grid_.topology.node_ids[2:], -1_500), 300)
    median = grid_.solve([0, 0] + [-1_500] * (grid_.topology.n_nodes - 2), [0] * grid_.topology.n_nodes)
    assert not isinstance(median, NotConverged)
    share = max(margin.loading_margin_mpct) / int(median.loading_mpct().max())
    assert 0.15 < share < 0.35  # a fifth more load, a little more than a fifth more current


# --- tariffs ---------------------------------------------------------------------------------------------------------


def parameters(energy_eur: int) -> grid.TariffParameters:
    values = {name: getattr(DEFAULT_PARAMETERS, name) for name in TariffParameters.__slots__}
    values["energy_micro_euro_per_mwh"] = energy_eur * 1_000_000
    return grid.TariffParameters(**values)


def set_parameters(shard: GridShard, energy_eur: int, party: str = "dso") -> list[str]:
    body = grid.SetTariffParameters(area_id=AREA, parameters=parameters(energy_eur))
    return codes(shard.command(party, set_tariff_parameters=body))


def tariffs(shard: GridShard) -> list[tuple[int, int, int]]:
    """Return period, version and energy price in EUR of every tariff, in order."""
    return [
        (
            (entry.mtu.start_s - shard.start_s) // 900,
            entry.version,
            entry.parameters.energy_micro_euro_per_mwh // 1_000_000,
        )
        for entry in shard.drive.projected(GRID_TARIFF)
        if isinstance(entry, grid.TariffState)
    ]


def test_parameters_are_frozen_once_a_book_may_open(shard: GridShard) -> None:
    shard.market()  # start_s lies 16 h into day D+1: opens at 17:00 of the first day
    shard.publish()
    shard.forecast({0: HOMES, 40: HOMES})  # 40 quarter-hours later is the day after
    set_parameters(shard, 70)
    assert tariffs(shard) == [(0, 1, 100), (40, 1, 100), (0, 2, 70), (40, 2, 70)]
    shard.tick(17 * 3600)
    set_parameters(shard, 50)
    assert tariffs(shard)[4:] == [(40, 3, 50)]
    shard.forecast({0: {"bus-2": -5_000}})
    shard.tick()
    assert tariffs(shard)[5:] == [(0, 3, 70)], "a new nodal tariff keeps the frozen parameters"


def test_a_period_that_comes_late_has_the_parameters_of_before_its_opening(shard: GridShard) -> None:
    shard.market()
    shard.publish()
    set_parameters(shard, 70)
    shard.tick(17 * 3600)
    set_parameters(shard, 50)
    shard.forecast({0: HOMES, 40: HOMES})
    assert tariffs(shard) == [(0, 1, 70), (40, 1, 50)]


def test_a_market_that_opens_earlier_does_not_thaw_what_was_published(shard: GridShard) -> None:
    shard.market()
    shard.publish()
    shard.tick(3600)
    set_parameters(shard, 70)
    shard.forecast({0: HOMES})
    shard.market(opens_before_day_s=24 * 3600)  # now as if open since midnight, before these parameters were set
    shard.forecast({0: {"bus-2": -5_000}})
    shard.tick()
    assert [energy for _, _, energy in tariffs(shard)] == [70, 70]


def test_small_moves_are_no_new_version(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.tick()
    shard.accept(0, {"bus-2": 10})
    shard.tick()
    assert [version for _, version, _ in tariffs(shard)] == [1]
    shard.accept(0, {"bus-2": 15_000, "bus-3": 15_000})
    shard.tick()
    assert [version for _, version, _ in tariffs(shard)] == [1, 2]


def test_the_voltage_price_stays_below_the_scarcity_price_at_every_node(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: {"bus-2": -40_000, "bus-3": -60_000, "bus-4": -10_000}})
    tariff = shard.newest(GRID_TARIFF)
    assert isinstance(tariff, grid.TariffState)
    ceiling = DEFAULT_PARAMETERS.scarcity_micro_euro_per_mwh // tariff.tick_micro_euro_per_mwh
    losses = DEFAULT_PARAMETERS.energy_micro_euro_per_mwh // tariff.tick_micro_euro_per_mwh
    assert max(abs(ticks) for ticks in tariff.nodal_ticks) < 2 * ceiling + losses


def test_a_period_at_the_edge_of_collapse_has_results_but_no_prices(shard: GridShard) -> None:
    shard.publish()
    edge_w = largest_solvable_w()
    assert codes(shard.forecast({0: {"bus-4": -edge_w}})) == []
    shard.tick()
    assert tariffs(shard) == []
    result = shard.newest(GRID_RESULT)
    assert isinstance(result, grid.GridResultState)
    assert max(zone.loading_use_p50_mpct for zone in result.zones) > 400_000
    shard.forecast({0: HOMES})
    assert len(tariffs(shard)) == 1


def largest_solvable_w() -> int:
    low, high = 0, 2_000_000
    while high - low > 1:
        middle = (low + high) // 2
        if isinstance(STREET.solve([0, 0, 0, 0, -middle], [0] * 5), NotConverged):
            high = middle
        else:
            low = middle
    return low


def test_who_may_set_parameters_and_which(shard: GridShard) -> None:
    assert set_parameters(shard, 70, party="agr") == ["NOT_AUTHORISED"]
    assert set_parameters(shard, 70) == []
    wrong = replace(
        DEFAULT_PARAMETERS, scarcity_micro_euro_per_mwh=-1, amber_loading_mpct=100_000, reference_voltage_upu=1
    )
    assert [problem.field for problem in find_problems(wrong)] == [
        "parameters.scarcity_micro_euro_per_mwh", "parameters.amber_loading_mpct", "parameters.reference_voltage_upu",
    ]  # fmt: skip


def test_a_book_opens_with_the_first_of_its_markets() -> None:
    area = AreaFact(AREA, 0, "dso", "Europe/Berlin")
    early, late = MarketFact("a", AREA, 30_000, 1_000), MarketFact("b", AREA, 20_000, 10_000)
    delivery = Mtu(1_792_886_400, 900)  # 2026-10-25T00:00Z, 02:00 local on the day that has 25 hours
    assert opens_at_ms(delivery, area, []) is None
    assert opens_at_ms(delivery, area, [late, early]) == opens_at_ms(delivery, area, [early])
    assert opens_at_ms(delivery, area, [early]) == (1_792_879_200 - 30_000) * 1000
    assert (tick_of([late, early]), tick_of([])) == (1_000, 10_000)
