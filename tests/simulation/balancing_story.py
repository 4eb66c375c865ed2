"""What people send in a short story of an mFRR platform: little, while units are offered, ordered and deliver.

A region's offers are claimed, pooled and bid; the platform orders some, which is answered within two minutes; units
deliver, and results come. What lies between is passed over: time stops where something is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import mfrr_region as region
import street
from balancing_platform import PlatformNeighbour
from faults import Faults
from mfrr_region import AGG, AREA, MTU_S, NOON_S
from platform_model import PlatformModel
from sending import Sent
from street import DSO, OPERATOR
from worlds import MARKET, World

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import (
    ACTIVATION_COMMAND,
    ANCILLARY_COMMAND,
    GRID_COMMAND,
    LIGHT_COMMAND,
    REGISTRY_COMMAND,
)
from flexbourse_networks.network_import import NetworkImport

CLAIMED_S = NOON_S - 3_900  # units are claimed, twenty minutes before the gate of bids
MTUS = 2
OFFERED = tuple(zip(region.VILLAGES, region.POWERS_W, strict=True))
AWAKE_S = 25  # before what is due, so that the lights have come to life again
MOMENTS_S = tuple(
    due_s - AWAKE_S
    for due_s in (
        CLAIMED_S + 200, CLAIMED_S + MTU_S, NOON_S - 720, NOON_S - 450, NOON_S, NOON_S + 180, NOON_S + 450,
        NOON_S + MTU_S, NOON_S + 2 * MTU_S, NOON_S + 3_000,
    )
)  # fmt: skip
SURPLUS_W = (0, 2_000_000, 6_000_000)


class BalancingStory:
    """Marks and their ends, overrides of units, forecasts that leave less room."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._count = 0

    def next(self) -> Sent:
        """Return what somebody sends now."""
        return self._draw.choice((self._mark, self._unmark, self._override, self._forecast, self._forecast))()

    def _sent(self, topic: str, party: str, body: object) -> Sent:
        self._count += 1
        return Sent(topic, party, f"sim-{self._count}", body)  # type: ignore[arg-type]

    def _mark(self) -> Sent:
        return self._sent(ANCILLARY_COMMAND, AGG, _mark(self._draw.choice(region.VILLAGES), self._draw.randint(0, 9)))

    def _unmark(self) -> Sent:
        wish = pb.Unmark(area_id=AREA, offer_id=f"offer-{self._draw.choice(region.VILLAGES)}")
        return self._sent(ANCILLARY_COMMAND, AGG, pb.AncillaryCommand(unmark=wish))

    def _override(self) -> Sent:
        start_s = self._draw.choice((NOON_S, NOON_S + MTU_S))
        terms = activation.OverrideTerms(
            override_id=f"x{self._count + 1}", unit_id=f"unit-{self._draw.choice(region.VILLAGES)}",
            direction=activation.DIRECTION_UP, quantity_w=100_000, reason="drawn",
            window=activation.Window(start_s=start_s, end_s=start_s + MTU_S, mtu_length_s=MTU_S),
        )  # fmt: skip
        return self._sent(ACTIVATION_COMMAND, DSO, activation.ActivationCommand(area_id=AREA, override=terms))

    def _forecast(self) -> Sent:
        wish = region.forecast(self._draw.choice(SURPLUS_W))
        return self._sent(GRID_COMMAND, DSO, grid.GridCommand(submit_forecast=wish))


def _mark(village: str, more_ticks: int) -> pb.AncillaryCommand:
    terms = pb.MarkTerms(
        area_id=AREA, offer_id=f"offer-{village}", price_ticks=3_000 + more_ticks, product=pb.PRODUCT_SCHEDULED
    )
    return pb.AncillaryCommand(mark=terms)


def _founding() -> Iterator[Sent]:
    model = NetworkImport(None).from_json(region.network_json())
    thresholds = light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS)
    bodies: list[tuple[str, str, object]] = [
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=region.founding())),
        (GRID_COMMAND, OPERATOR, grid.GridCommand(publish_topology=grid.PublishTopology(area_id=AREA, model=model))),
        (GRID_COMMAND, DSO, grid.GridCommand(
            set_tariff_parameters=grid.SetTariffParameters(area_id=AREA, parameters=street.TARIFF))),
        (LIGHT_COMMAND, DSO, light.LightCommand(set_thresholds=thresholds)),
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=region.villages())),
        (GRID_COMMAND, DSO, grid.GridCommand(submit_forecast=region.forecast())),
    ]  # fmt: skip
    window = activation.Window(start_s=NOON_S, end_s=NOON_S + MTUS * MTU_S, mtu_length_s=MTU_S)
    for name, watts in OFFERED:
        terms = activation.OfferTerms(
            offer_id=f"offer-{name}", unit_id=f"unit-{name}", direction=activation.DIRECTION_UP, window=window,
            quantity_w=watts, activation_price_micro_euro_per_mwh=30_000_000,
        )  # fmt: skip
        bodies.append((ACTIVATION_COMMAND, AGG, activation.ActivationCommand(area_id=AREA, offer=terms)))
    bodies += [(ANCILLARY_COMMAND, AGG, _mark(name, number)) for number, name in enumerate(region.VILLAGES)]
    for number, (topic, party, body) in enumerate(bodies):
        yield Sent(topic, party, f"setup-{number}", body)  # type: ignore[arg-type]


def _platform(draw: Random, faults: Faults) -> PlatformNeighbour:
    return PlatformNeighbour(draw, faults, NOON_S, MTUS)


BALANCED = World(
    (*MARKET, "activation", "ancillary-gateway"),
    _founding,
    MTU_S,
    begins_s=CLAIMED_S - 270,
    warming_up=120,
    neighbours=(_platform,),
)


def order_and_deliver(platform: PlatformModel) -> None:
    """Let every moment come that has not, and be answered; until results are final."""
    for at_s in MOMENTS_S:
        for later_s in (0, 15, AWAKE_S, 40, 60, 90, 150):
            platform.now_ms = max(platform.now_ms, (at_s + later_s) * 1000)
            platform.settle_down()
