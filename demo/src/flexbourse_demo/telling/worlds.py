"""The same day in three worlds: without a local market, with one that does not look at the grid, with Flexbourse.

Weather, homes, cars and batteries are the same; what differs is when the cars charge, what the batteries do, who pays
whom. The flows of each world are solved from what each home really does, forecasts play no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from flexbourse_demo.modelled.loads import DayModel, Watts
from flexbourse_demo.modelled.physics import GridDay, flow_day
from flexbourse_demo.modelled.village import Charger, DeviceKind
from flexbourse_demo.robots.base import FEED_IN_CENT, RETAIL_CENT
from flexbourse_gridmath.topology import Topology

LOADING_LIMIT_MPCT = 100_000
MICRO_EURO_PER_CENT = 10_000


class World(StrEnum):
    """Which of the three."""

    NO_MARKET = "no local market"
    UNCHECKED = "market without grid check"
    FLEXBOURSE = "Flexbourse"


@dataclass(frozen=True)
class WorldDay:
    """One world: what each device adds to the home's own course, what the grid sees of it, and what it costs.

    ``device_w`` holds per unit id what its trades or its habits add, shape (periods,); ``home_w`` the whole home.
    ``bill_micro_euro`` is what each home pays in the day, negative where it earns; operator and supplier earn.
    """

    world: World
    device_w: dict[str, Watts]
    home_w: dict[str, Watts]
    grid: GridDay
    bill_micro_euro: dict[str, int]
    operator_micro_euro: int
    supplier_micro_euro: int
    refused_wh: int = 0

    def overloaded_quarters(self) -> int:
        """Return in how many quarter-hours some element is above its rating."""
        return int((self.grid.loading_mpct.max(axis=1) > LOADING_LIMIT_MPCT).sum())

    def worst_loading_mpct(self) -> int:
        """Return the highest loading of the day."""
        return int(self.grid.loading_mpct.max())

    def worst_period(self) -> int:
        """Return the quarter-hour of the highest loading."""
        return int(self.grid.loading_mpct.max(axis=1).argmax())

    def lowest_voltage_upu(self) -> int:
        """Return the lowest voltage of the day."""
        return int(self.grid.voltage_upu.min())

    def losses_wh(self) -> int:
        """Return the losses of the day."""
        return int(self.grid.losses_w.sum()) // 4

    def car_energy_wh(self) -> int:
        """Return what the cars got."""
        vehicles = [series for unit, series in self.device_w.items() if unit.endswith(f".{DeviceKind.VEHICLE}")]
        return int(-sum(int(series.sum()) for series in vehicles)) // 4


def charge_on_arrival(charger: Charger, periods: int) -> Watts:
    """Return the course of a car that charges at full power from its arrival until it has what it needs."""
    power = np.zeros(periods, dtype=np.int64)
    missing = charger.need_wh * 4
    for period in range(charger.arrival_s // 900, min(charger.departure_s // 900, periods)):
        taken = min(charger.power_w, missing)
        power[period] = -taken
        missing -= taken
    return power


def contract_cost(energy_w: Watts) -> int:
    """Return what the contract charges for a day of mean powers, in micro-euro: retail price in, feed-in price out."""
    bought = int(-energy_w[energy_w < 0].sum())
    sold = int(energy_w[energy_w > 0].sum())
    watt_quarters = bought * RETAIL_CENT - sold * FEED_IN_CENT  # cent · W · quarter-hours
    return round(watt_quarters * MICRO_EURO_PER_CENT / 4_000)


def world_without_market(model: DayModel, topology: Topology) -> WorldDay:
    """Cars charge on arrival, batteries without panels stand still, everybody pays the contract's prices."""
    devices: dict[str, Watts] = {}
    for home in model.village.homes:
        if home.charger:
            devices[home.unit(DeviceKind.VEHICLE)] = charge_on_arrival(home.charger, model.day.count)
    home_w = _homes(model, devices)
    bills = {home_id: contract_cost(series) for home_id, series in home_w.items()}
    return WorldDay(
        World.NO_MARKET, devices, home_w, flow_day(topology, model.village, home_w), bills, 0, sum(bills.values())
    )


@dataclass(frozen=True)
class TradedDay:
    """What a market day left behind, per home and device; all maps may lack an id: then it is zero.

    ``moved_w`` are the deviations by unit id; ``scheduled_w`` sales less purchases of energy that was scheduled
    anyway, by home id; ``paid_micro_euro`` what each home paid on the market, network tariff and imbalance included;
    ``operator_micro_euro`` what the network operator earned: tariffs less relief; ``base_w`` what the contract bills
    before scheduled trades, where that is not what the home does by itself (then the difference is imbalance).
    """

    moved_w: Mapping[str, Watts]
    scheduled_w: Mapping[str, Watts]
    paid_micro_euro: Mapping[str, int]
    operator_micro_euro: int
    refused_wh: int
    base_w: Mapping[str, Watts] = field(default_factory=dict)


def world_with_market(world: World, model: DayModel, topology: Topology, traded: TradedDay) -> WorldDay:
    """Cars and batteries do what they traded. What was not traded goes over the contract, as in the first world."""
    nothing = np.zeros(model.day.count, dtype=np.int64)
    home_w = _homes(model, traded.moved_w)
    bills: dict[str, int] = {}
    for home in model.village.homes:
        base = traded.base_w.get(home.home_id)
        own = model.home_actual(home) if base is None else base
        own = own - traded.scheduled_w.get(home.home_id, nothing)
        bills[home.home_id] = contract_cost(own) + traded.paid_micro_euro.get(home.home_id, 0)
    supplier = sum(bills.values()) - traded.operator_micro_euro
    return WorldDay(
        world, dict(traded.moved_w), home_w, flow_day(topology, model.village, home_w), bills,
        traded.operator_micro_euro, supplier, traded.refused_wh,
    )  # fmt: skip


def _homes(model: DayModel, devices: Mapping[str, Watts]) -> dict[str, Watts]:
    return {
        home.home_id: np.sum(
            [model.home_actual(home), *(devices[u] for k in home.kinds() if (u := home.unit(k)) in devices)],
            axis=0, dtype=np.int64,
        )
        for home in model.village.homes
    }  # fmt: skip
