"""Where stories of activations begin: a street late in the evening, whose flexible units are offered to operators.

Activations are counted and settled in quarter-hours, so its books trade them, too. Only the last of the day are open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import street
from hours import HOUR_S
from platform_model import PlatformModel
from sending import Sent
from story import meters
from street import AGG_A, AGG_B, AREA, DAY_S, MTU_S, OPERATOR, SUPPLY
from worlds import MARKET, World, street_founding

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_messages.catalogue import ACTIVATION_COMMAND, REGISTRY_COMMAND

LATE_S = tuple(DAY_S + 22 * HOUR_S + place * MTU_S for place in range(4))
GATE_S = 600
BEGINS_S = LATE_S[0] - 2 * MTU_S
PORTFOLIO, MEMBERS = "storage", ("battery-a2", "car-b2")
HOLDER_OF = {"battery-a2": AGG_B, "pump-b1": AGG_A, "car-b2": AGG_B, "supply-unit": SUPPLY, PORTFOLIO: AGG_B}
FEEDER_OF = {"battery-a2": "feeder-1", "pump-b1": "feeder-2", "car-b2": "feeder-2"}
OFFER_PRICE, RESERVATION_PRICE = 90_000_000, 5_000_000  # micro-euro per MWh, and per MW and hour
OFFERED_W = 8_000
# What the meters see of it: one delivers, one less than that, one nothing.
METERED_W = {"a2": 4_000, "b2": 1_500}


def offer(name: str, unit_id: str, direction: pb.Direction) -> pb.OfferTerms:
    """Return an offer of a unit, or of the portfolio, to operators for the whole evening."""
    window = pb.Window(start_s=LATE_S[0], end_s=LATE_S[-1] + MTU_S, mtu_length_s=MTU_S)
    terms = pb.OfferTerms(
        offer_id=name, direction=direction, window=window, quantity_w=OFFERED_W,
        activation_price_micro_euro_per_mwh=OFFER_PRICE, reservation_price_micro_euro_per_mw_h=RESERVATION_PRICE,
    )  # fmt: skip
    if unit_id == PORTFOLIO:
        terms.portfolio_id = unit_id
    else:
        terms.unit_id = unit_id
    return terms


def standing_offer(unit_id: str, direction: pb.Direction) -> str:
    """Return the id of an offer that stands from the beginning."""
    return f"{unit_id}-{'up' if direction == pb.DIRECTION_UP else 'down'}"


def _founding() -> Iterator[Sent]:
    entities = street.founding()
    for entity in entities:
        if entity.HasField("market"):
            entity.market.opens_before_day_s, entity.market.gate_closure_s = 0, GATE_S
    for sent in street_founding(entities, LATE_S):
        if isinstance(sent.body, registry.RegisterEntities):
            for entity in sent.body.entities:
                if entity.unit.unit_id in FEEDER_OF:
                    entity.unit.feeder_id = FEEDER_OF[entity.unit.unit_id]
        yield sent
    pooled = registry.Portfolio(portfolio_id=PORTFOLIO, operator_id=AGG_B, unit_ids=MEMBERS)
    entities = [registry.Entity(portfolio=pooled)]
    yield Sent(REGISTRY_COMMAND, OPERATOR, "portfolio", registry.RegisterEntities(entities=entities))
    for unit_id, party in HOLDER_OF.items():
        for direction in (pb.DIRECTION_UP, pb.DIRECTION_DOWN):
            terms = offer(standing_offer(unit_id, direction), unit_id, direction)
            command = pb.ActivationCommand(area_id=AREA, offer=terms)
            yield Sent(ACTIVATION_COMMAND, party, f"offer-{terms.offer_id}", command)


ACTIVATED = World((*MARKET, "activation"), _founding, begins_s=BEGINS_S, read_s=LATE_S)


def deliver_and_settle(platform: PlatformModel) -> None:
    """Let every quarter-hour come and go; then meter and settle."""
    for at_s in _moments():
        platform.now_ms = max(platform.now_ms, at_s * 1000)
        platform.settle_down()
    for sent in meters(LATE_S, MTU_S, METERED_W):
        platform.send(sent)
        platform.settle_down()


def _moments() -> Iterable[int]:
    """Return when orders go out and windows begin and end, and when nothing may be reported any more."""
    last_s = LATE_S[-1] + MTU_S
    return [*range(LATE_S[0] - MTU_S, last_s + 1, MTU_S), last_s + HOUR_S - 60]
