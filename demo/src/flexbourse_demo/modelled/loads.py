"""What homes and devices do on the day without any market: the truth, and the forecasts made of it.

Household shapes: standard load profiles of the German industry (demandlib), scaled to the year's use of each home
and roughened by the seed. Heat pumps follow the cold. Solar follows the sun. Vehicles and batteries stand still
until they trade. Injection into the grid is positive; everything is integer W, mean power of a quarter-hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flexbourse_demo.modelled.market_day import MarketDay
from flexbourse_demo.modelled.seeds import stream
from flexbourse_demo.modelled.village import Battery, DeviceKind, HeatPump, Home, Village
from flexbourse_demo.modelled.weather import Series, Weather, draw_weather

INDOOR_C = 20.5
FREE_HEAT_C = 3.5  # people, sun and devices heat this much
STANDING_SIGMA = 0.28  # roughness of one home's use, of its shape
HEAT_SIGMA = 0.12
SOLAR_SIGMA = 0.04
METER_SIGMA = 0.01  # metering noise of the delivered power
EFFICIENCY = 0.92  # of a battery, in and out
STORED_AT_START = 0.15  # of its capacity
P95 = 1.645  # standard deviations from the median to the 95 % quantile

# When a new forecast is published, seconds from local midnight, and how much of the day's own course it knows.
REVISIONS: tuple[tuple[int, float], ...] = (
    (-7 * 3600 - 900, 0.0),
    (-2 * 3600, 0.35),
    (5 * 3600, 0.6),
    (9 * 3600, 0.8),
    (13 * 3600, 0.9),
    (17 * 3600, 0.95),
)

Watts = NDArray[np.int64]


@dataclass(frozen=True)
class Forecast:
    """One publication: median per device and period, and its distance to the 5 and 95 % quantiles."""

    published_s: int
    median_w: dict[str, Watts]
    spread_w: dict[str, Watts]


@dataclass(frozen=True)
class DayModel:
    """The whole day before anybody trades."""

    village: Village
    day: MarketDay
    weather: Weather
    actual_w: dict[str, Watts]
    household_w: dict[str, Watts]
    solar_w: dict[str, Watts]
    own_battery_w: dict[str, Watts]
    forecasts: tuple[Forecast, ...]
    meter_noise: dict[str, Series]

    def forecast_at(self, now_s: int) -> Forecast:
        """Return the newest forecast published by then, the first one if none is yet."""
        known = [forecast for forecast in self.forecasts if forecast.published_s <= now_s]
        return known[-1] if known else self.forecasts[0]

    def home_forecast(self, home: Home, now_s: int) -> Watts:
        """Return the newest median of a whole home, at its connection point."""
        known = self.forecast_at(now_s).median_w
        return _total([known[home.unit(kind)] for kind in home.kinds()])

    def home_actual(self, home: Home) -> Watts:
        """Return what a whole home does without trading."""
        return _total([self.actual_w[home.unit(kind)] for kind in home.kinds()])

    def metered_w(self, home: Home, traded_w: Watts) -> Watts:
        """Return what the home's meter reads: its own course, what its devices traded, and metering noise."""
        delivered = self.home_actual(home) + traded_w
        return np.asarray(np.rint(delivered * (1.0 + self.meter_noise[home.home_id])), dtype=np.int64)


def model_day(village: Village, day: MarketDay) -> DayModel:
    """Draw the day of a village.

    Returns:
        series for every device (``Home.unit(kind)``), each of shape (periods of the day,).
    """
    weather = draw_weather(day, village.seed)
    shape = _household_shape(day)
    common = 1.0 + 0.06 * stream(village.seed, "common").standard_normal(2)  # the day differs from the norm
    expected: dict[str, Series] = {}
    truth: dict[str, Series] = {}
    sigma: dict[str, Series] = {}
    use_w: dict[str, Watts] = {}
    sun_w: dict[str, Watts] = {}
    own_battery_w: dict[str, Watts] = {}
    for home in village.homes:
        use, rough_use = _household(home, shape, village.seed, common[0])
        sun = _solar(home, weather)
        key = home.unit(DeviceKind.HOUSEHOLD)
        own = home.battery if home.solar else None
        likely, true_net = sun / weather.haze * 0.95 - use, sun - rough_use
        expected[key] = likely + serve_own_home(likely, own)
        truth[key] = true_net + serve_own_home(true_net, own)
        sigma[key] = np.hypot(STANDING_SIGMA * use * 0.6, SOLAR_SIGMA * sun)
        use_w[home.home_id], sun_w[home.home_id] = _whole(-rough_use), _whole(sun)
        own_battery_w[home.home_id] = _whole(truth[key] - true_net)
        if home.heat_pump:
            pump = home.unit(DeviceKind.HEAT_PUMP)
            heat, rough_heat = _heating(home, home.heat_pump, weather, village.seed, common[1])
            expected[pump], truth[pump] = -heat, -rough_heat
            sigma[pump] = HEAT_SIGMA * heat
        for idle in (DeviceKind.VEHICLE, DeviceKind.BATTERY):
            if idle in home.kinds():
                unit = home.unit(idle)
                expected[unit] = truth[unit] = sigma[unit] = np.zeros(day.count)
    forecasts = tuple(_publish(day.start_s + at, known, expected, truth, sigma) for at, known in REVISIONS)
    noise = {
        home.home_id: METER_SIGMA * stream(village.seed, "meter", home.home_id).standard_normal(day.count)
        for home in village.homes
    }
    actual = {unit: _whole(series) for unit, series in truth.items()}
    return DayModel(village, day, weather, actual, use_w, sun_w, own_battery_w, forecasts, noise)


def serve_own_home(net: Series, battery: Battery | None) -> Series:
    """Return what a battery does that only serves its own home: it takes surplus and gives it back, in W.

    Args:
        net: the home without it, injection positive.
        battery: None where there is none.
    """
    power = np.zeros(len(net))
    if battery is None:
        return power
    stored = STORED_AT_START * battery.capacity_wh
    for period, surplus in enumerate(net):
        if surplus > 0:
            room = (battery.capacity_wh - stored) / EFFICIENCY
            power[period] = -min(surplus, battery.power_w, room * 4.0)
            stored -= power[period] / 4.0 * EFFICIENCY
        else:
            power[period] = min(-surplus, battery.power_w, stored * 4.0)
            stored -= power[period] / 4.0
    return power


def _publish(
    at_s: int, known: float, expected: dict[str, Series], truth: dict[str, Series], sigma: dict[str, Series]
) -> Forecast:
    """Return a forecast that knows the share `known` of how the smoothed day differs from the expected one."""
    median: dict[str, Watts] = {}
    spread: dict[str, Watts] = {}
    for unit, base in expected.items():
        surprise = _smooth(truth[unit] - base, 8)
        median[unit] = _whole(base + known * surprise, step=10)
        spread[unit] = _whole(P95 * np.hypot(sigma[unit], 0.05 * (1.0 - known) * np.abs(base)), step=10)
    return Forecast(at_s, median, spread)


def _household_shape(day: MarketDay) -> Series:
    """Return the standard household of the day, W per 1000 kWh a year, on local clock time."""
    from demandlib import bdew  # noqa: PLC0415  imports pandas

    profile = bdew.ElecSlp(day.day.year).get_scaled_power_profiles({"h0_dyn": 1000.0})["h0_dyn"]
    of_day = profile.loc[day.day.isoformat()].to_numpy(dtype=float) * 1000.0
    clock = np.array([(day.local(day.mtu_start_s(i)).hour * 60 + day.local(day.mtu_start_s(i)).minute) // 15
                      for i in range(day.count)])  # fmt: skip
    return np.asarray(of_day[clock], dtype=float)


def _household(home: Home, shape: Series, seed: int, common: float) -> tuple[Series, Series]:
    """Return the use that can be expected of a home, and its use on this day, both positive W."""
    draw = stream(seed, "household", home.home_id)
    shift = int(draw.integers(-3, 4))
    evening = float(draw.uniform(0.85, 1.3))
    hours = np.arange(len(shape)) * 24.0 / len(shape)
    accent = 1.0 + (evening - 1.0) * np.exp(-(((hours - 19.0) / 2.5) ** 2))
    use = np.roll(shape, shift) * home.annual_kwh / 1000.0 * accent
    roughness = _smooth(draw.standard_normal(len(shape)), 3) * STANDING_SIGMA * np.sqrt(3.0)
    return use, use * common * np.exp(roughness - STANDING_SIGMA**2 / 2.0)


def _heating(home: Home, pump: HeatPump, weather: Weather, seed: int, common: float) -> tuple[Series, Series]:
    """Return the electric power a heat pump can be expected to take, and takes, both positive W."""
    cold = np.clip(INDOOR_C - FREE_HEAT_C - weather.temperature_c, 0.0, None)
    efficiency = 2.9 + 0.06 * weather.temperature_c
    hours = np.arange(len(cold)) * 24.0 / len(cold)
    rhythm = 1.0 - 0.35 * ((hours < 5.0) | (hours >= 22.0)) + 0.4 * np.exp(-(((hours - 19.0) / 2.0) ** 2))
    rhythm += 0.25 * np.exp(-(((hours - 6.5) / 1.0) ** 2))
    heat = np.clip(pump.loss_w_per_k * cold * rhythm / efficiency, 0.0, float(pump.power_w))
    draw = stream(seed, "heating", home.home_id)
    rough = _smooth(draw.standard_normal(len(cold)), 4) * HEAT_SIGMA * 2.0
    return heat, np.clip(heat * common * (1.0 + rough), 0.0, float(pump.power_w))


def _solar(home: Home, weather: Weather) -> Series:
    if home.solar is None:
        return np.zeros(weather.day.count)
    return weather.solar_w(home.solar.peak_w, home.solar.tilt_deg, home.solar.azimuth_deg)


def _smooth(series: Series, width: int) -> Series:
    """Return the moving mean over `width` periods, the day closed to a ring."""
    kernel = np.ones(width) / width
    ring = np.concatenate([series[-width:], series, series[:width]])
    return np.convolve(ring, kernel, mode="same")[width:-width]


def _whole(series: Series, step: int = 1) -> Watts:
    return np.asarray(np.rint(series / step) * step, dtype=np.int64)


def _total(series: list[Watts]) -> Watts:
    return np.asarray(np.sum(series, axis=0), dtype=np.int64)
