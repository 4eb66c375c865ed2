"""What people send in a short story of an mFRR platform: little, while units are offered, ordered and deliver.

A region's offers are claimed, pooled and bid; the platform orders some, which is answered within two minutes; units
deliver, and results come. What lies between is passed over: time stops where something is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

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
AWAKE_S = 25  # before what is due, so that the lights have come to life again
MOMENTS_S = tuple(
    due_s - AWAKE_S
    for due_s in (
        CLAIMED_S + 200, CLAIMED_S + MTU_S, NOON_S - 720, NOON_S - 450, NOON_S, NOON_S + 180, NOON_S + 450,
        NOON_S + MTU_S, NOON_S + 2 * MTU_S, NOON_S + 3_000,
    )
)  # fmt: skip
# Called at once and against congestion, too.
CALLED_POWERS_W = (704_000, 655_000, 388_000, 297_000, 2_300_000, 1_200_000, 520_000, 533_000)
AT_ONCE, AGAINST_CONGESTION = ("north", "north-end", "east", "east-end"), ("south", "south-end")
CALLED_MOMENTS_S = (
    CLAIMED_S - 9, CLAIMED_S + 2, CLAIMED_S + 42, *(
        due_s + beside_s
        for due_s in (
            CLAIMED_S + MTU_S, NOON_S - 2_400, NOON_S - 420, NOON_S - 120, NOON_S + 120, NOON_S + 300, NOON_S + 480,
            NOON_S + 840, NOON_S + MTU_S + 60, NOON_S + 1_200, NOON_S + 2 * MTU_S, NOON_S + 3_000,
        )
        for beside_s in (-AWAKE_S, 1)
    ),
)  # fmt: skip
SURPLUS_W = (0, 2_000_000, 6_000_000)


class BalancingStory:
    """Marks and their ends, overrides of units, forecasts that leave less room."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._count = 0

    def next(self) -> Sent:
        """Return what somebody sends now."""
        return self._draw.choice(self._kinds())()

    def _kinds(self) -> tuple[Callable[[], Sent], ...]:
        return (self._mark, self._unmark, self._override, self._forecast, self._forecast)

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


class CalledBalancingStory(BalancingStory):
    """The same where units may be called at once, or against congestion: what is marked most often stays so."""

    def _kinds(self) -> tuple[Callable[[], Sent], ...]:
        return (*super()._kinds(), self._mark, self._override, self._forecast)

    def _mark(self) -> Sent:
        village = self._draw.choice(region.VILLAGES)
        return self._sent(ANCILLARY_COMMAND, AGG, _called_mark(village, self._draw.randint(0, 9)))


def _mark(village: str, more_ticks: int, **terms: Any) -> pb.AncillaryCommand:
    known = {"product": pb.PRODUCT_SCHEDULED, **terms}
    wish = pb.MarkTerms(area_id=AREA, offer_id=f"offer-{village}", price_ticks=3_000 + more_ticks, **known)
    return pb.AncillaryCommand(mark=wish)


def _called_mark(village: str, more_ticks: int) -> pb.AncillaryCommand:
    """Return a mark; what is scheduled alone costs less, so that something is left to be called at once."""
    if village in AT_ONCE:
        return _mark(village, more_ticks + 500, product=pb.PRODUCT_BOTH)
    return _mark(village, more_ticks, redispatch=village in AGAINST_CONGESTION)


def _founding() -> Iterator[Sent]:
    yield from _founded(region.POWERS_W, _mark)


def _called_founding() -> Iterator[Sent]:
    yield from _founded(CALLED_POWERS_W, _called_mark)


def _founded(powers_w: tuple[int, ...], mark: Callable[[str, int], pb.AncillaryCommand]) -> Iterator[Sent]:
    model = NetworkImport(None).from_json(region.network_json())
    thresholds = light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS)
    bodies: list[tuple[str, str, object]] = [
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=region.founding())),
        (GRID_COMMAND, OPERATOR, grid.GridCommand(publish_topology=grid.PublishTopology(area_id=AREA, model=model))),
        (GRID_COMMAND, DSO, grid.GridCommand(
            set_tariff_parameters=grid.SetTariffParameters(area_id=AREA, parameters=street.TARIFF))),
        (LIGHT_COMMAND, DSO, light.LightCommand(set_thresholds=thresholds)),
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=region.villages(powers_w))),
        (GRID_COMMAND, DSO, grid.GridCommand(submit_forecast=region.forecast())),
    ]  # fmt: skip
    window = activation.Window(start_s=NOON_S, end_s=NOON_S + MTUS * MTU_S, mtu_length_s=MTU_S)
    for name, watts in zip(region.VILLAGES, powers_w, strict=True):
        terms = activation.OfferTerms(
            offer_id=f"offer-{name}", unit_id=f"unit-{name}", direction=activation.DIRECTION_UP, window=window,
            quantity_w=watts, activation_price_micro_euro_per_mwh=30_000_000,
        )  # fmt: skip
        bodies.append((ACTIVATION_COMMAND, AGG, activation.ActivationCommand(area_id=AREA, offer=terms)))
    bodies += [(ANCILLARY_COMMAND, AGG, mark(name, number)) for number, name in enumerate(region.VILLAGES)]
    for number, (topic, party, body) in enumerate(bodies):
        yield Sent(topic, party, f"setup-{number}", body)  # type: ignore[arg-type]


def _platform(draw: Random, faults: Faults) -> PlatformNeighbour:
    return PlatformNeighbour(draw, faults, NOON_S, MTUS)


def _calling_platform(draw: Random, faults: Faults) -> PlatformNeighbour:
    return PlatformNeighbour(draw, faults, NOON_S, MTUS, needs_mw=range(2), calls_at_once=True)


CONTEXTS = (*MARKET, "activation", "ancillary-gateway")
BALANCED = World(
    CONTEXTS, _founding, MTU_S, begins_s=CLAIMED_S - 270, warming_up=120, neighbours=(_platform,),
)  # fmt: skip
CALLED_AT_ONCE = World(
    CONTEXTS, _called_founding, MTU_S, begins_s=CLAIMED_S - 270, warming_up=120, neighbours=(_calling_platform,),
)  # fmt: skip


def order_and_deliver(platform: PlatformModel) -> None:
    """Let every moment come that has not, and be answered; until results are final."""
    _live_through(platform, MOMENTS_S)


def call_and_deliver(platform: PlatformModel) -> None:
    """Do the same where more is due."""
    _live_through(platform, CALLED_MOMENTS_S)


def _live_through(platform: PlatformModel, moments_s: tuple[int, ...]) -> None:
    for at_s in moments_s:
        for later_s in (0, 15, AWAKE_S, 40, 60, 90, 150):
            platform.now_ms = max(platform.now_ms, (at_s + later_s) * 1000)
            platform.settle_down()
