"""Who lives where with which devices: drawn from the seed on any network, the chargers crowded on one street.

Spread evenly, chargers and heat pumps bind at the transformer and every street turns amber at once, so that
trading between homes cannot help; crowded on the longest street they bind at one cable. The crowding is the
one thing the demo sets up; no hour is scripted and no rating is altered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from flexbourse_demo.modelled.grid_sketch import GridSketch
from flexbourse_demo.modelled.seeds import stream

STREET_NAMES = (
    "Mill Road", "Church Street", "Orchard Way", "Brook Lane", "Station Road", "School Hill", "Meadow Close",
)  # fmt: skip
CROWDED_STREET_NAME = "Chestnut Lane"
CHARGER_W = 11_000
QUARTER_S = 900
CROWDED_SHARE = 0.75  # of the homes of the crowded street have a charger
HEAT_PUMP_SHARE = 0.5
SUNNY_STREET_SHARE = 0.8  # of the roofs of the sunniest street carry panels
OTHER_STREET_SHARE = 0.35
CROWDED_SOLAR_SHARE = 0.2
BATTERY_SHARE = 0.3
CROWDED_HEAT_PUMP_SHARE = 0.75  # a street of new houses

SUPPLIER_ID = "village-supply"
OPERATOR_ID = "village-grid"
METER_OPERATOR_ID = "village-metering"
MARKET_OPERATOR_ID = "village-market"
AGGREGATORS = (("alder-energy", "Alder Energy"), ("beacon-power", "Beacon Power"), ("cedar-homes", "Cedar Homes"))


class DeviceKind(StrEnum):
    """What a home has behind its own meter."""

    HOUSEHOLD = "household"
    VEHICLE = "vehicle"
    BATTERY = "battery"
    HEAT_PUMP = "heat-pump"


@dataclass(frozen=True, slots=True)
class Solar:
    """Panels on a roof: peak power, tilt and azimuth (180 is south)."""

    peak_w: int
    tilt_deg: int
    azimuth_deg: int


@dataclass(frozen=True, slots=True)
class Battery:
    """A home battery."""

    power_w: int
    capacity_wh: int


@dataclass(frozen=True, slots=True)
class Charger:
    """A wall box and the car that uses it: what it needs today, from when to when (seconds after local midnight)."""

    power_w: int
    need_wh: int
    arrival_s: int
    departure_s: int


@dataclass(frozen=True, slots=True)
class HeatPump:
    """A heat pump: rated electric power and the home's heat loss per kelvin."""

    power_w: int
    loss_w_per_k: int


@dataclass(frozen=True, slots=True)
class Home:
    """One home: a node, a meter (its metering point is its id) and the devices behind it."""

    home_id: str
    street: str
    number: int
    node_id: str
    feeder_id: str
    aggregator_id: str
    annual_kwh: int
    solar: Solar | None = None
    battery: Battery | None = None
    charger: Charger | None = None
    heat_pump: HeatPump | None = None

    @property
    def name(self) -> str:
        """Street and number, as people say it."""
        return f"{self.street} {self.number}"

    def unit(self, kind: DeviceKind) -> str:
        """Return the id of one device, which is also the id of its robot."""
        return f"{self.home_id}.{kind.value}"

    def kinds(self) -> tuple[DeviceKind, ...]:
        """Return the devices that trade. A battery beside panels of its own serves its own home and does not."""
        present = [DeviceKind.HOUSEHOLD]
        present += [DeviceKind.VEHICLE] if self.charger else []
        present += [DeviceKind.BATTERY] if self.battery and not self.solar else []
        present += [DeviceKind.HEAT_PUMP] if self.heat_pump else []
        return tuple(present)


@dataclass(frozen=True, slots=True)
class Street:
    """A feeder of the network, with the name people give it."""

    name: str
    feeder_id: str
    home_ids: tuple[str, ...]
    crowded: bool
    sunny: bool


@dataclass(frozen=True, slots=True)
class Village:
    """All homes and streets of a network."""

    network: str
    seed: int
    streets: tuple[Street, ...]
    homes: tuple[Home, ...]
    source_node: str
    by_id: dict[str, Home] = field(repr=False, compare=False, default_factory=dict)

    def home(self, home_id: str) -> Home:
        """Return one home."""
        return self.by_id[home_id]

    @property
    def crowded(self) -> Street:
        """The street with the chargers."""
        return next(street for street in self.streets if street.crowded)


def build_village(network: str, sketch: GridSketch, seed: int) -> Village:
    """Place homes and devices on a network.

    Args:
        network: name of the network, for the texts.
        sketch: its shape; every connection point gets one home.
        seed: what is drawn is drawn from it alone.

    Raises:
        ValueError: the network has no feeder with a connection point.
    """
    groups = _homes_per_feeder(sketch)
    if not groups:
        raise ValueError("the network has no feeder with a connection point for a home")
    names = _street_names(groups)
    by_size = sorted(groups, key=lambda zone: (-len(groups[zone]), zone))
    crowded, sunny = by_size[0], by_size[min(1, len(by_size) - 1)]
    homes: list[Home] = []
    streets: list[Street] = []
    for index, (zone, nodes) in enumerate(groups.items(), start=1):
        ids = tuple(f"h-{index}-{place}" for place in range(1, len(nodes) + 1))
        streets.append(Street(names[zone], zone, ids, crowded=zone == crowded, sunny=zone == sunny))
        homes += _place_street(index, streets[-1], nodes, seed)
    return Village(
        network, seed, tuple(streets), tuple(homes), sketch.source_node, {home.home_id: home for home in homes}
    )


def _homes_per_feeder(sketch: GridSketch) -> dict[str, list[str]]:
    """Return per feeder its connection points, nearest to the transformer first."""
    depth = sketch.depths()
    points = set(sketch.connection_points())
    groups: dict[str, list[str]] = {}
    for feeder in sketch.feeders:
        nodes = [node for node in feeder.node_ids if node in points and node in depth]
        if nodes:
            groups[feeder.zone_id] = sorted(nodes, key=lambda node: (depth[node], sketch.nodes.index(node)))
    return groups


def _street_names(groups: dict[str, list[str]]) -> dict[str, str]:
    by_size = sorted(groups, key=lambda zone: (-len(groups[zone]), zone))
    names = {by_size[0]: CROWDED_STREET_NAME}
    for index, zone in enumerate(by_size[1:]):
        names[zone] = STREET_NAMES[index] if index < len(STREET_NAMES) else f"Street {index + 2}"
    return names


def _place_street(index: int, street: Street, nodes: list[str], seed: int) -> list[Home]:
    draw = stream(seed, "devices", index)
    count, crowded, sunny = len(nodes), street.crowded, street.sunny
    solar_share = SUNNY_STREET_SHARE if sunny else CROWDED_SOLAR_SHARE if crowded else OTHER_STREET_SHARE
    roofs = _chosen(draw, count, solar_share)
    chargers = _chosen(draw, count, CROWDED_SHARE) if crowded else set()
    pumps = _chosen(draw, count, CROWDED_HEAT_PUMP_SHARE if crowded else HEAT_PUMP_SHARE)
    batteries = _chosen(draw, count, BATTERY_SHARE)
    homes = []
    for place, node in enumerate(nodes):
        home_draw = stream(seed, "home", index, place)
        homes.append(
            Home(
                home_id=street.home_ids[place],
                street=street.name,
                number=place + 1,
                node_id=node,
                feeder_id=street.feeder_id,
                aggregator_id=AGGREGATORS[int(home_draw.integers(len(AGGREGATORS)))][0],
                annual_kwh=int(home_draw.integers(22, 52)) * 100,
                solar=_solar(seed, index, place) if place in roofs else None,
                battery=_battery(seed, index, place) if place in batteries else None,
                charger=_charger(seed, index, place) if place in chargers else None,
                heat_pump=_heat_pump(seed, index, place) if place in pumps else None,
            )
        )
    return homes


def _chosen(draw: np.random.Generator, count: int, share: float) -> set[int]:
    """Return which of `count` places have a device: a fixed share of them, drawn places."""
    return {int(place) for place in draw.permutation(count)[: math.ceil(count * share)]}


def _solar(seed: int, street: int, place: int) -> Solar:
    draw = stream(seed, "solar", street, place)
    return Solar(
        peak_w=int(draw.integers(10, 20)) * 500,
        tilt_deg=int(draw.integers(25, 46)),
        azimuth_deg=int(draw.choice([150, 165, 180, 180, 195, 210, 240])),
    )


def _battery(seed: int, street: int, place: int) -> Battery:
    draw = stream(seed, "battery", street, place)
    capacity = int(draw.integers(10, 21)) * 500
    return Battery(power_w=min(5_000, capacity // 2), capacity_wh=capacity)


def _charger(seed: int, street: int, place: int) -> Charger:
    """Cars come home from work and need their energy by midnight, when the story ends."""
    draw = stream(seed, "charger", street, place)
    departure = 96 * QUARTER_S
    arrival = min(max(int(draw.normal(71, 2.5)), 62), 80) * QUARTER_S
    room_wh = CHARGER_W * (departure - arrival) // 3600
    need = min(int(draw.integers(60, 111)) * 500, room_wh * 4 // 5)
    return Charger(CHARGER_W, need // 500 * 500, arrival, departure)


def _heat_pump(seed: int, street: int, place: int) -> HeatPump:
    draw = stream(seed, "heat-pump", street, place)
    return HeatPump(power_w=int(draw.integers(8, 13)) * 500, loss_w_per_k=int(draw.integers(190, 310)))
