"""A region whose villages have megawatts to offer: four feeders below one primary substation, 110/20 kV.

110 kV ── transformer ── busbar ─┬─ north ── north-end      each village: one unit of some hundred kW
                                 ├─ east ── east-end
                                 ├─ south ── south-end
                                 └─ west ── west-end
"""

from __future__ import annotations

from functools import cache
from typing import Any

import street
from street import DSO, OPERATOR, entity
from street_day import Sending, Step

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

AREA, AGG, BSP = "region", "agg", "bsp"
MTU_S, MEGAWATT = 900, 1_000_000
NOON_S, OPENING_S = street.NOON_S, street.OPENING_S
PERIODS_S = tuple(NOON_S + MTU_S * index for index in range(3))
VILLAGES = ("north", "north-end", "east", "east-end", "south", "south-end", "west", "west-end")
POWERS_W = (704_000, 655_000, 388_000, 297_000, 810_000, 460_000, 520_000, 333_000)
BASE_W = -900_000


@cache
def network_json(*, rating_ka: float = 0.3) -> bytes:
    """Return the network as a pandapower file."""
    import pandapower as pp

    net = pp.create_empty_network(name="region")
    for kv in (110.0, *(20.0,) * (1 + len(VILLAGES))):
        pp.create_bus(net, vn_kv=kv)
    pp.create_ext_grid(net, 0)
    pp.create_transformer(net, 0, 1, "25 MVA 110/20 kV")
    for feeder in range(len(VILLAGES) // 2):
        near, end = 2 + 2 * feeder, 3 + 2 * feeder
        for start, stop in ((1, near), (near, end)):
            pp.create_line_from_parameters(net, start, stop, 3.0, 0.25, 0.35, 10.0, rating_ka)
    text: str = pp.to_json(net)
    return text.encode()


def founding() -> list[registry.Entity]:
    """Return participants, the area and its market."""
    roles = {
        DSO: [registry.ROLE_DSO], AGG: [registry.ROLE_AGR], BSP: [registry.ROLE_BSP],
        street.SUPPLY: [registry.ROLE_BRP, registry.ROLE_AGR],
    }  # fmt: skip
    area = registry.GridArea(area_id=AREA, name="The region", dso_id=DSO, time_zone="Europe/Berlin")
    market = street.market("region-energy", registry.ALGORITHM_CONTINUOUS_ENERGY)
    market.area_id = AREA
    return [
        *(
            entity(participant=registry.Participant(participant_id=key, name=key, roles=held, active=True))
            for key, held in roles.items()
        ),
        entity(area=area),
        entity(market=market),
    ]


def villages(powers_w: tuple[int, ...] = POWERS_W) -> list[registry.Entity]:
    """Return a meter, a unit and a right in each village."""
    found = []
    for number, (name, watts) in enumerate(zip(VILLAGES, powers_w, strict=True)):
        unit = registry.Unit(
            unit_id=f"unit-{name}", name=name, type=registry.UNIT_TYPE_BATTERY, metering_point_id=name, owner_id=name,
            operator_id=AGG, max_power_w=watts, min_power_w=-watts, storage_capacity_wh=watts, storage_max_wh=watts,
            controllable=True, active=True,
        )  # fmt: skip
        point = registry.MeteringPoint(
            metering_point_id=name, area_id=AREA, node_id=f"bus-{2 + number}", owner_id=name, brp_id=street.SUPPLY,
            imbalance_delegated=True, active=True,
        )  # fmt: skip
        right = registry.RightToOffer(
            right_id=f"{name}.right", unit_id=unit.unit_id, holder_id=AGG, valid_from_s=street.DAY_S,
            valid_to_s=street.DAY_S + 86_400,
        )  # fmt: skip
        found += [entity(metering_point=point), entity(unit=unit), entity(right=right)]
    return found


def forecast(surplus_w: int = 0) -> grid.SubmitForecast:
    """Return the forecast of the periods, with a spread of 3 %; `surplus_w` is what the north's end injects."""
    bases = [surplus_w if surplus_w and name == "north-end" else BASE_W for name in VILLAGES]
    nodes = [
        grid.NodeForecast(
            node_id=f"bus-{2 + number}", p50_w=base_w, q50_var=base_w // 10,
            p95_consumption_w=base_w - abs(base_w) * 3 // 100, p95_injection_w=base_w + abs(base_w) * 3 // 100,
        )
        for number, base_w in enumerate(bases)
    ]  # fmt: skip
    periods = [grid.PeriodForecast(mtu=street.mtu(start_s), nodes=nodes) for start_s in PERIODS_S]
    return grid.SubmitForecast(area_id=AREA, periods=periods)


def setup_steps(rating_ka: float = 0.3, powers_w: tuple[int, ...] = POWERS_W) -> list[Step]:
    """Register, import, forecast; then wait until the lights have reached the book."""
    first_s = OPENING_S - 4 * MTU_S
    thresholds = light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS)

    def network(client: Any, command_id: str) -> Any:
        file = network_json(rating_ka=rating_ka)
        return client.grid.import_network(AREA, pandapower_json=file, command_id=command_id)

    return [
        Step(first_s, [Sending(OPERATOR, "founding", lambda c, i: c.registry.register(founding(), command_id=i))]),
        Step(
            first_s + MTU_S,
            [
                Sending(OPERATOR, "network", network),
                Sending(DSO, "tariff", lambda c, i: c.grid.set_tariff_parameters(AREA, street.TARIFF, command_id=i)),
                Sending(DSO, "thresholds", lambda c, i: c.lights.set_thresholds(thresholds, command_id=i)),
            ],
        ),
        Step(
            first_s + 2 * MTU_S,
            [Sending(OPERATOR, "villages", lambda c, i: c.registry.register(villages(powers_w), command_id=i))],
        ),
        Step(
            first_s + 3 * MTU_S,
            [Sending(DSO, "forecast", lambda c, i: c.grid.submit_forecast(forecast(), command_id=i))],
        ),
        *(Step(OPENING_S + 60 * minute) for minute in range(4)),
    ]


def offer(name: str, watts: int, count: int = 2) -> Sending:
    """Return the offer of a village's unit to operators, UP from noon on."""
    window = activation.Window(start_s=NOON_S, end_s=NOON_S + count * MTU_S, mtu_length_s=MTU_S)
    terms = activation.OfferTerms(
        offer_id=f"offer-{name}", unit_id=f"unit-{name}", direction=activation.DIRECTION_UP, window=window,
        quantity_w=watts, activation_price_micro_euro_per_mwh=30_000_000,
    )  # fmt: skip
    command = activation.ActivationCommand(area_id=AREA, offer=terms)
    return Sending(AGG, f"offer-{name}", lambda c, i: c.activation.submit(command, command_id=i))


def mark(name: str, price_ticks: int, product: int = ancillary.PRODUCT_SCHEDULED) -> Sending:
    """Return the mark that lets a village's offer go to the platform."""
    terms = ancillary.MarkTerms(
        area_id=AREA, offer_id=f"offer-{name}", price_ticks=price_ticks, product=ancillary.Product.Name(product)
    )
    return Sending(AGG, f"mark-{name}", lambda c, i: c.ancillary.mark(terms, command_id=i))


def offering_steps(at_s: int) -> list[Step]:
    """Offer all villages, then let them go to the platform."""
    return [
        Step(at_s, [offer(name, watts) for name, watts in zip(VILLAGES, POWERS_W, strict=True)]),
        Step(at_s + 60),
        Step(at_s + 120, [mark(name, 3_000 + number) for number, name in enumerate(VILLAGES)]),
        Step(at_s + 180),
    ]
