"""The weather of the day: modelled, not measured. A clear cold day; the seed draws how cold and how hazy.

Sun: position and clear-sky irradiance by pvlib (Ineichen and Perez, fixed Linke turbidity of a dry winter sky).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from propcache.api import cached_property

from flexbourse_demo.modelled.market_day import MTU_LENGTH_S, MarketDay
from flexbourse_demo.modelled.seeds import stream

if TYPE_CHECKING:
    import pandas as pd

LATITUDE_DEG = 48.2
LONGITUDE_DEG = 11.6
LINKE_TURBIDITY = 2.4
SYSTEM_EFFICIENCY = 0.86  # inverter, cables, dirt
POWER_PER_KELVIN = -0.004  # of the panels' power, above 25 °C
PANEL_HEATING_K_M2_PER_W = 0.03

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Weather:
    """Sun and temperature per quarter-hour, as they will be; forecasts are made from them elsewhere."""

    day: MarketDay
    temperature_c: Series
    haze: float

    @cached_property
    def _sun(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the sun's positions and the clear-sky irradiance (frames of pandas) at the middle of each period."""
        import pandas as pd  # noqa: PLC0415  pandas and pvlib take a second to import: only who draws a day pays
        from pvlib.location import Location  # noqa: PLC0415

        middles = [
            datetime.fromtimestamp(self.day.mtu_start_s(i) + MTU_LENGTH_S // 2, UTC) for i in range(self.day.count)
        ]
        times = pd.DatetimeIndex(middles)
        place = Location(LATITUDE_DEG, LONGITUDE_DEG, altitude=500)
        position = place.get_solarposition(times)
        return position, place.get_clearsky(times, solar_position=position, linke_turbidity=LINKE_TURBIDITY)

    def solar_w(self, peak_w: int, tilt_deg: int, azimuth_deg: int) -> Series:
        """Return what panels give in each quarter-hour, in W."""
        from pvlib import irradiance  # noqa: PLC0415

        position, clear = self._sun
        plane = irradiance.get_total_irradiance(
            tilt_deg, azimuth_deg, position["apparent_zenith"], position["azimuth"], clear["dni"], clear["ghi"],
            clear["dhi"],
        )  # fmt: skip
        light = np.nan_to_num(np.asarray(plane["poa_global"], dtype=float), nan=0.0).clip(min=0.0) * self.haze
        panel_c = self.temperature_c + PANEL_HEATING_K_M2_PER_W * light
        power = peak_w * light / 1000.0 * (1.0 + POWER_PER_KELVIN * (panel_c - 25.0)) * SYSTEM_EFFICIENCY
        return np.asarray(power.clip(min=0.0, max=float(peak_w)), dtype=float)


def draw_weather(day: MarketDay, seed: int) -> Weather:
    """Draw a clear cold day: coldest at sunrise, mildest in the early afternoon."""
    draw = stream(seed, "weather")
    coldest = float(draw.uniform(-15.0, -10.0))
    warmest = coldest + float(draw.uniform(7.0, 10.0))
    hours = np.arange(day.count) / 4.0
    swing = np.cos((hours - 14.5) / 24.0 * 2.0 * np.pi)
    temperature = (warmest + coldest) / 2.0 + (warmest - coldest) / 2.0 * swing
    return Weather(day, temperature, haze=float(draw.uniform(0.9, 1.0)))
