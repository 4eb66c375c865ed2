"""The village as the platform's registry knows it: participants, meters, units, markets, rights."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_demo.modelled.market_day import GATE_BEFORE_DELIVERY_S, MTU_LENGTH_S, OPENS_BEFORE_DAY_S, MarketDay
from flexbourse_demo.modelled.village import (
    AGGREGATORS,
    METER_OPERATOR_ID,
    OPERATOR_ID,
    SUPPLIER_ID,
    DeviceKind,
    Home,
    Village,
)
from flexbourse_demo.robots.base import MIN_QUANTITY_W, QUANTITY_STEP_W
from flexbourse_demo.robots.market_view import Product
from flexbourse_demo.robots.supplier import SUPPLIER_POWER_W, SUPPLIER_UNIT_ID

AREA_ID = "village"
MARKET_IDS = {Product.LOCAL_ENERGY: "village-energy", Product.FLEX_UP: "village-relief"}
TICK_MICRO_EURO_PER_MWH = 10_000
MAX_PRICE_TICKS = 100_000  # 100 ct/kWh
MAX_QUANTITY_W = 500_000
RELIABILITY_PERMILLE = 800
CONNECTION_W = 30_000  # a home's connection, three phases of 43 A
SUBSTATION_METER_ID = "substation"
# The operator's published terms: prices of losses, of room above amber and of voltage, and where amber begins.
LOSS_MICRO_EURO_PER_MWH = 100_000_000
SCARCITY_MICRO_EURO_PER_MWH = 40_000_000
VOLTAGE_MICRO_EURO_PER_PU_H = 40_000_000
AMBER_LOADING_MPCT, RED_LOADING_MPCT = 80_000, 100_000
AMBER_VOLTAGE_UPU, RED_VOLTAGE_UPU, REFERENCE_VOLTAGE_UPU = 80_000, 100_000, 1_000_000
UNIT_TYPES = {
    DeviceKind.HOUSEHOLD: registry.UNIT_TYPE_LOAD,
    DeviceKind.VEHICLE: registry.UNIT_TYPE_VEHICLE,
    DeviceKind.BATTERY: registry.UNIT_TYPE_BATTERY,
    DeviceKind.HEAT_PUMP: registry.UNIT_TYPE_HEAT_PUMP,
}


def founding_entities(day: MarketDay, *, gate_enabled: bool) -> list[registry.Entity]:
    """Return participants, area and markets: what is there before the network."""
    participants = [
        registry.Participant(participant_id=OPERATOR_ID, name="Village Grid", roles=[registry.ROLE_DSO], active=True),
        registry.Participant(
            participant_id=SUPPLIER_ID,
            name="Village Supply",
            roles=[registry.ROLE_BRP, registry.ROLE_AGR],
            active=True,
        ),
        registry.Participant(
            participant_id=METER_OPERATOR_ID,
            name="Village Metering",
            roles=[registry.ROLE_METER_OPERATOR],
            active=True,
        ),
    ]
    participants += [
        registry.Participant(participant_id=key, name=name, roles=[registry.ROLE_AGR], active=True)
        for key, name in AGGREGATORS
    ]
    area = registry.GridArea(area_id=AREA_ID, name="The village", dso_id=OPERATOR_ID, time_zone=day.time_zone)
    return [
        *(registry.Entity(participant=participant) for participant in participants),
        registry.Entity(area=area),
        *(registry.Entity(market=_market(product, gate_enabled=gate_enabled)) for product in MARKET_IDS),
    ]


def _market(product: Product, *, gate_enabled: bool) -> registry.Market:
    energy = product is Product.LOCAL_ENERGY
    return registry.Market(
        market_id=MARKET_IDS[product],
        area_id=AREA_ID,
        algorithm=registry.ALGORITHM_CONTINUOUS_ENERGY if energy else registry.ALGORITHM_CONTINUOUS_FLEXIBILITY,
        mtu_length_s=MTU_LENGTH_S,
        opens_before_day_s=OPENS_BEFORE_DAY_S,
        gate_closure_s=GATE_BEFORE_DELIVERY_S,
        price_tick_micro_euro_per_mwh=TICK_MICRO_EURO_PER_MWH,
        quantity_step_w=QUANTITY_STEP_W,
        min_quantity_w=MIN_QUANTITY_W // QUANTITY_STEP_W * QUANTITY_STEP_W,
        max_quantity_w=MAX_QUANTITY_W,
        min_price_ticks=0,
        max_price_ticks=MAX_PRICE_TICKS,
        automatic_matching=True,
        either_side_missing=True,
        reliability_permille=RELIABILITY_PERMILLE,
        gate_enabled=gate_enabled,
        active=True,
    )


def village_entities(village: Village, day: MarketDay) -> list[registry.Entity]:
    """Return meters, units and rights of every home, and the supplier's unit at the substation."""
    entities = list(_entities_of_supplier(village, day))
    for home in village.homes:
        entities.append(_meter(home.home_id, home.node_id, home.home_id))
        for kind in home.kinds():
            unit = _unit(home, kind)
            entities += [registry.Entity(unit=unit), _right(unit.unit_id, home.aggregator_id, day)]
    return entities


def _entities_of_supplier(village: Village, day: MarketDay) -> Iterator[registry.Entity]:
    yield _meter(SUBSTATION_METER_ID, village.source_node, SUPPLIER_ID)
    yield registry.Entity(
        unit=registry.Unit(
            unit_id=SUPPLIER_UNIT_ID,
            name="The supplier at the substation",
            type=registry.UNIT_TYPE_OTHER,
            metering_point_id=SUBSTATION_METER_ID,
            owner_id=SUPPLIER_ID,
            operator_id=SUPPLIER_ID,
            max_power_w=2 * SUPPLIER_POWER_W,
            min_power_w=-2 * SUPPLIER_POWER_W,
            controllable=True,
            active=True,
        )
    )
    yield _right(SUPPLIER_UNIT_ID, SUPPLIER_ID, day)


def _meter(meter_id: str, node_id: str, owner_id: str) -> registry.Entity:
    return registry.Entity(
        metering_point=registry.MeteringPoint(
            metering_point_id=meter_id,
            area_id=AREA_ID,
            node_id=node_id,
            owner_id=owner_id,
            brp_id=SUPPLIER_ID,
            imbalance_delegated=True,
            active=True,
        )
    )


def _unit(home: Home, kind: DeviceKind) -> registry.Unit:
    """Return a unit; its power is that of the connection, because the platform tests the whole metering point."""
    battery = home.battery if kind is DeviceKind.BATTERY else None
    capacity = battery.capacity_wh if battery else 60_000 if kind is DeviceKind.VEHICLE else 0
    return registry.Unit(
        unit_id=home.unit(kind),
        name=f"{home.name}, {kind.value}",
        type=UNIT_TYPES[kind],
        metering_point_id=home.home_id,
        owner_id=home.home_id,
        operator_id=home.aggregator_id,
        max_power_w=CONNECTION_W,
        min_power_w=-CONNECTION_W,
        storage_capacity_wh=capacity,
        storage_max_wh=capacity,
        controllable=kind is not DeviceKind.HOUSEHOLD,
        active=True,
        feeder_id=home.feeder_id,
    )


def _right(unit_id: str, holder_id: str, day: MarketDay) -> registry.Entity:
    return registry.Entity(
        right=registry.RightToOffer(
            right_id=f"{unit_id}.right",
            unit_id=unit_id,
            holder_id=holder_id,
            valid_from_s=day.start_s,
            valid_to_s=day.end_s,
        )
    )
