"""The modelled day: conserved, seeded, and forecasts that learn."""

from datetime import date

import numpy as np
import pytest
from village_fixtures import kerber_day, kerber_village

from flexbourse_demo.modelled.loads import EFFICIENCY, STORED_AT_START, model_day, serve_own_home
from flexbourse_demo.modelled.market_day import MarketDay
from flexbourse_demo.modelled.village import Battery, DeviceKind


def test_a_home_is_the_sum_of_its_parts():
    model = kerber_day()
    for home in model.village.homes:
        own = model.household_w[home.home_id] + model.solar_w[home.home_id] + model.own_battery_w[home.home_id]
        household = model.actual_w[home.unit(DeviceKind.HOUSEHOLD)]
        assert np.abs(own - household).max() <= 2  # three parts, each rounded to a watt


def test_same_seed_same_day():
    first, second = kerber_day(3), model_day(kerber_village(3), kerber_day(3).day)
    for unit, series in first.actual_w.items():
        assert np.array_equal(series, second.actual_w[unit])
        assert series.dtype == np.int64
    assert not np.array_equal(sum(kerber_day(4).actual_w.values())[:96], sum(first.actual_w.values())[:96])


def test_sun_shines_at_noon_and_not_at_night():
    model = kerber_day()
    sun = sum(model.solar_w.values())
    assert sun[:20].max() == 0
    assert sun[84:].max() == 0
    assert sun[46:54].min() > 0.5 * sum(h.solar.peak_w for h in model.village.homes if h.solar) * 0.5


def test_heat_pumps_work_hardest_when_it_is_cold():
    model = kerber_day()
    pumps = sum(model.actual_w[h.unit(DeviceKind.HEAT_PUMP)] for h in model.village.homes if h.heat_pump)
    assert pumps.max() <= 0
    assert pumps[76:80].mean() < pumps[54:60].mean()


def test_later_forecasts_are_nearer_to_the_day():
    model = kerber_day()
    truth = sum(model.actual_w.values())
    errors = [np.abs(sum(forecast.median_w.values()) - truth).mean() for forecast in model.forecasts]
    assert errors[-1] < 0.6 * errors[0]


def test_the_spread_holds_most_of_what_happens():
    model = kerber_day()
    last = model.forecasts[-1]
    inside = [np.abs(model.actual_w[unit] - last.median_w[unit]) <= last.spread_w[unit] + 20 for unit in last.median_w]
    assert 0.8 < np.mean(inside) <= 1.0


def test_forecast_in_force_is_the_newest_published():
    model = kerber_day()
    opening = model.forecast_at(model.day.opening_s)
    assert opening is model.forecasts[0]
    assert model.forecast_at(model.day.end_s) is model.forecasts[-1]


def test_own_battery_gives_no_more_than_it_took():
    battery = Battery(power_w=4_000, capacity_wh=8_000)
    net = np.concatenate([np.full(40, 3_000.0), np.full(56, -2_500.0)])
    power = serve_own_home(net, battery)
    stored = battery.capacity_wh * STORED_AT_START + np.cumsum(np.where(power < 0, -power * EFFICIENCY, -power)) / 4
    assert stored.min() >= -1e-6
    assert stored.max() <= battery.capacity_wh + 1e-6
    assert np.abs(power).max() <= battery.power_w


@pytest.mark.parametrize(
    ("day", "count"), [(date(2026, 2, 26), 96), (date(2026, 3, 29), 92), (date(2026, 10, 25), 100)]
)
def test_days_of_clock_changes_have_their_quarter_hours(day, count):
    market_day = MarketDay.of(day)
    assert market_day.count == count
    assert market_day.clock(0) == "00:00"
    assert market_day.clock(count) == "24:00"
    model = model_day(kerber_village(), market_day)
    assert all(len(series) == count for series in model.actual_w.values())


def test_gates_close_two_hours_before_delivery():
    day = kerber_day().day
    assert day.first_open(day.opening_s) == 0
    assert day.first_open(day.gate_s(10) - 1) == 10
    assert day.first_open(day.gate_s(10)) == 11
    assert day.first_open(day.end_s) == day.count
