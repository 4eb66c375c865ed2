"""How a market of one evening or noon is founded: who takes part, area and market, meters and rights, in four steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_demo.driving import scene
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.modelled.market_day import GATE_BEFORE_DELIVERY_S, MTU_LENGTH_S, OPENS_BEFORE_DAY_S, MarketDay
from flexbourse_demo.scenarios.heard_stage import HeardStage, Sending
from flexbourse_gridmath.model import NetworkModel

Act = Callable[[int, str, Sending], object]
Roles = Mapping[str, Sequence[registry.Role]]


@dataclass(frozen=True, slots=True)
class Founding:
    """What a platform is told before anybody trades; `words` tell each of the four steps."""

    dso_id: str
    entities: Sequence[registry.Entity]
    network: NetworkModel
    units: Sequence[registry.Entity]
    forecast: grid.SubmitForecast
    words: tuple[str, str, str, str]


def found(stage: HeardStage, act: Act, founding: Founding, first_s: int) -> None:
    """Register, publish the network, register units, publish the forecast: four steps, 15 minutes apart."""
    operator, dso = stage.client(stage.operator_id), stage.client(founding.dso_id)
    steps: tuple[Sending, ...] = (
        lambda name: [operator.registry.register(founding.entities, command_id=f"{name}-founding")],
        lambda name: stage.publish(name, founding.network, founding.dso_id),
        lambda name: [operator.registry.register(founding.units, command_id=f"{name}-units")],
        lambda name: [dso.grid.submit_forecast(founding.forecast, command_id=f"{name}-forecast")],
    )
    for place, (words, send) in enumerate(zip(founding.words, steps, strict=True)):
        act(first_s + place * MTU_LENGTH_S, words, send)


def participants_and_market(
    roles: Roles, area_name: str, dso_id: str, market_id: str, day: MarketDay, max_quantity_w: int
) -> list[registry.Entity]:
    """Return participants with their roles, the area, and its continuous market of local energy."""
    market = registry.Market(
        market_id=market_id, area_id=AREA_ID, algorithm=registry.ALGORITHM_CONTINUOUS_ENERGY, mtu_length_s=MTU_LENGTH_S,
        opens_before_day_s=OPENS_BEFORE_DAY_S, gate_closure_s=GATE_BEFORE_DELIVERY_S,
        price_tick_micro_euro_per_mwh=scene.TICK_MICRO_EURO_PER_MWH, quantity_step_w=100, min_quantity_w=100,
        max_quantity_w=max_quantity_w, min_price_ticks=0, max_price_ticks=scene.MAX_PRICE_TICKS,
        automatic_matching=True, either_side_missing=True, reliability_permille=scene.RELIABILITY_PERMILLE,
        gate_enabled=True, active=True,
    )  # fmt: skip
    area = registry.GridArea(area_id=AREA_ID, name=area_name, dso_id=dso_id, time_zone=day.time_zone)
    return [
        *(
            registry.Entity(participant=registry.Participant(participant_id=name, name=name, roles=own, active=True))
            for name, own in roles.items()
        ),
        registry.Entity(area=area),
        registry.Entity(market=market),
    ]


def meter_id(node: str) -> str:
    """Return the metering point of a node."""
    return f"meter.{node}"


def meter(node: str, supplier: str) -> registry.Entity:
    """Return a node's metering point; its owner's imbalance is the supplier's."""
    point = registry.MeteringPoint(
        metering_point_id=meter_id(node), area_id=AREA_ID, node_id=node, owner_id=f"owner.{node}", brp_id=supplier,
        imbalance_delegated=True, active=True,
    )  # fmt: skip
    return registry.Entity(metering_point=point)


def right_to_offer(unit_id: str, party: str, day: MarketDay) -> registry.Entity:
    """Return a party's right to offer a unit for a day."""
    right = registry.RightToOffer(
        right_id=f"{unit_id}.right", unit_id=unit_id, holder_id=party, valid_from_s=day.start_s, valid_to_s=day.end_s
    )
    return registry.Entity(right=right)
