"""What people send in a short story of the day-ahead auction: offers until half past eleven, then what is against them.

It begins shortly before offers end. Both results come within the story, and corrections; then the day of delivery. The
same units trade on the street, are offered to operators and activated; the grid tightens in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import street
from activated_world import FEEDER_OF, HOLDER_OF, LATE_S, METERED_W, OFFER_PRICE, PORTFOLIO, offer, standing_offer
from day_ahead_auction import DayAheadNeighbour
from exchange_story import SUPPLY_W
from faults import Faults
from hours import HOUR_S
from platform_model import PlatformModel
from sending import Sent
from story import Story, meters
from street import AGG_B, AREA, DAY_S, DSO, MTU_S, OPERATOR, RELIEF, STREET_B_HEAD, SUPPLY
from worlds import MARKET, World, street_founding

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import ACTIVATION_COMMAND, WHOLESALE_COMMAND

ENTRY_ENDS_S = DAY_S - 45_000  # 11:30
AUCTION_ENDS_S, RESULT_S = ENTRY_ENDS_S + 1_800, ENTRY_ENDS_S + 3_600
LAST_CALL_S = 100  # before the end of entry: where stories begin, the warming up included
AGAIN_S = 1_800  # so often corrections are asked for
AWAKE_S = 25  # before what is due, so that the lights have come to life again
MOMENTS_S = (
    ENTRY_ENDS_S, AUCTION_ENDS_S - 60, RESULT_S - AWAKE_S, RESULT_S + 1, RESULT_S + AGAIN_S + 1,
    RESULT_S + AGAIN_S + 302, RESULT_S + AGAIN_S + 603, RESULT_S + 2 * AGAIN_S + 603 - AWAKE_S,
    RESULT_S + 2 * AGAIN_S + 604, RESULT_S + 3 * AGAIN_S + 605, RESULT_S + 4 * AGAIN_S + 606,
)  # fmt: skip
OFFERED = 6  # offers, before anything else is drawn
HOME_WATTS, SUPPLY_WATTS = (2_000, 5_000, 10_000, 15_000), (85_000, 90_000, 95_000, 100_000, 200_000)
# Offered in each quarter-hour: W at a price, the first two of them one step together.
STANDING = (
    ("supply-unit", SUPPLY, 190_000, 1_000), ("battery-a2", AGG_B, 10_000, 1_000),
    ("supply-unit", SUPPLY, 100_000, 3_500),
)  # fmt: skip
PRICES = (1_000, 2_000, 2_500, 5_000)
CORRECTED_ONE_OF = 4  # of the times at which the result could still be corrected
SELLERS = {"battery-a2": AGG_B, "pump-b1": HOLDER_OF["pump-b1"], "supply-unit": SUPPLY}


class DayAheadStory(Story):
    """Offers, blocks, what is taken back; local orders, activations and a tighter grid for the same hour."""

    def __init__(self, draw: Random) -> None:
        super().__init__(draw, LATE_S)
        self._most_traded_s = LATE_S
        self._offered = self._activated = 0

    def next(self) -> Sent:
        """Return what somebody sends now."""
        if self._offered < OFFERED:
            return self._offers()
        kinds = (
            self._offers, self._offers, self._taken_back, self._orders, self._orders, self._activate, self._activate,
            self._tightened, self._tightened, self._rules,
        )  # fmt: skip
        return self._draw.choice(kinds)()

    def _says(self, party: str, **body: object) -> Sent:
        return self._send(WHOLESALE_COMMAND, party, pb.WholesaleCommand(**body))  # type: ignore[arg-type]

    def _offers(self) -> Sent:
        """Offer a quarter-hour or a block of one unit, together with the supplier's that makes a lot of it."""
        unit = self._draw.choice(tuple(SELLERS))
        terms = [self._offer(unit) for _ in range(self._draw.choice((1, 2, 3)))]
        return self._says(SELLERS[unit], offer_day_ahead=pb.OfferDayAhead(offers=terms))

    def _offer(self, unit: str) -> pb.DayAheadOffer:
        self._offered += 1
        place, block = self._draw.randrange(len(LATE_S)), self._draw.randrange(3) == 0
        return pb.DayAheadOffer(
            offer_id=f"d{self._offered}", unit_id=unit, mtu=street.mtu(LATE_S[place]),
            side=book.SIDE_BUY if self._draw.randrange(5) == 0 else book.SIDE_SELL,
            quantity_w=self._draw.choice(SUPPLY_WATTS if unit == "supply-unit" else HOME_WATTS),
            limit_ticks=self._draw.choice(PRICES),
            mtu_count=self._draw.randint(1, len(LATE_S) - place) if block else 0,
            least_permille=self._draw.choice((1, 500, 1_000)) if block else 0,
        )  # fmt: skip

    def _taken_back(self) -> Sent:
        name = f"d{self._draw.randint(1, self._offered)}"
        return self._says(self._anybody(), cancel_day_ahead=pb.CancelDayAhead(offer_ids=[name]))

    def _rules(self) -> Sent:
        rules = pb.ForwardingRules(limit_w=self._draw.choice((200_000, 5_000_000, 5_000_000)), gate_before_s=1_800)
        return self._says(OPERATOR, set_rules=rules)

    def _activate(self) -> Sent:
        """An operator activates what is offered to it, perhaps what was sold in the auction."""
        self._activated += 1
        start_s = self._draw.choice(LATE_S)
        offered = standing_offer(self._draw.choice((*FEEDER_OF, PORTFOLIO)), activation.DIRECTION_UP)
        terms = activation.ActivationTerms(
            activation_id=f"a{self._activated}", purpose=activation.PURPOSE_CONGESTION, quantity_w=4_000,
            window=activation.Window(start_s=start_s, end_s=start_s + MTU_S, mtu_length_s=MTU_S), offer_id=offered,
            limit_price_micro_euro_per_mwh=2 * OFFER_PRICE,
        )  # fmt: skip
        return self._send(ACTIVATION_COMMAND, DSO, activation.ActivationCommand(area_id=AREA, activate=terms))

    def _tightened(self) -> Sent:
        if self._draw.randrange(2):
            return self._forecasted()
        limit = book.CapacityLimit(
            mtu=street.mtu(self._draw.choice(LATE_S)), scope=book.CAPACITY_SCOPE_ELEMENT,
            subject_id=self._draw.choice((street.STREET_A_HEAD, STREET_B_HEAD)),
            max_loading_mpct=self._draw.choice((20_000, 60_000, 100_000, 100_000)),
        )  # fmt: skip
        return self._book(DSO, set_capacity_limits=book.SetCapacityLimits(limits=[limit]))


def _founding() -> Iterator[Sent]:
    entities = [entity for entity in street.founding() if entity.market.market_id != RELIEF]
    for entity in entities:
        if entity.HasField("market"):
            entity.market.opens_before_day_s = 15 * HOUR_S
            del entity.market.span_lengths_s[:]
    for sent in street_founding(entities, LATE_S):
        if isinstance(sent.body, registry.RegisterEntities):
            for entity in sent.body.entities:
                if entity.unit.unit_id == "supply-unit":
                    entity.unit.max_power_w, entity.unit.min_power_w = SUPPLY_W, -SUPPLY_W
        yield sent
    for unit_id in FEEDER_OF:
        terms = offer(standing_offer(unit_id, activation.DIRECTION_UP), unit_id, activation.DIRECTION_UP)
        command = activation.ActivationCommand(area_id=AREA, offer=terms)
        yield Sent(ACTIVATION_COMMAND, HOLDER_OF[unit_id], f"offer-{terms.offer_id}", command)
    for unit_id, party, watts, ticks in STANDING:
        offers = [
            pb.DayAheadOffer(
                offer_id=f"standing-{start_s}-{ticks}", unit_id=unit_id, mtu=street.mtu(start_s), side=book.SIDE_SELL,
                quantity_w=watts, limit_ticks=ticks,
            )
            for start_s in LATE_S
        ]  # fmt: skip
        said = pb.WholesaleCommand(offer_day_ahead=pb.OfferDayAhead(offers=offers))
        yield Sent(WHOLESALE_COMMAND, party, f"day-ahead-{unit_id}-{ticks}", said)


def _neighbour(draw: Random, faults: Faults) -> DayAheadNeighbour:
    return DayAheadNeighbour(draw, faults, LATE_S[0], len(LATE_S))


AUCTIONED = World(
    (*MARKET, "activation", "wholesale-gateway"), _founding, begins_s=ENTRY_ENDS_S - LAST_CALL_S, read_s=LATE_S,
    neighbours=(_neighbour,),
)  # fmt: skip


def deliver_and_settle(platform: PlatformModel) -> None:
    """Let all results come, also the last correction; then deliver, meter and settle."""
    last_s = LATE_S[-1] + MTU_S
    neighbour = platform.outside.neighbours["wholesale-gateway"]
    assert isinstance(neighbour, DayAheadNeighbour)
    for at_s in range(RESULT_S, RESULT_S + 3 * AGAIN_S + 1, AGAIN_S // 2):
        platform.now_ms = max(platform.now_ms, at_s * 1000)
        platform.settle_down()
        if platform.draw.randrange(CORRECTED_ONE_OF) == 0:
            neighbour.auction.correct()
    last_asked_s = RESULT_S + 10 * AGAIN_S
    for at_s in (last_asked_s, *range(LATE_S[0] - MTU_S, last_s + 1, MTU_S), last_s + HOUR_S - 60):
        platform.now_ms = max(platform.now_ms, at_s * 1000)
        platform.settle_down()
    for sent in meters(LATE_S, MTU_S, METERED_W):
        platform.send(sent)
        platform.settle_down()
    platform.now_ms += 60_000
    platform.settle_down()
