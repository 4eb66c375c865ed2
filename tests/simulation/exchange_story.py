"""What people send in a short story of an energy exchange: orders that go on when their book closes, second thoughts.

It begins shortly before the gate of the first hour, with some orders that rest, and trading of that hour ends at the
exchange an hour and a half later.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from energy_exchange import ExchangeNeighbour
from hours import HOUR_S, LATE_HOURS_S
from platform_model import PlatformModel
from sending import Sent
from story import Story, meters
from street import AGG_B, AREA, DSO, ENERGY, GATE_S, OPERATOR, RELIEF, STREET_B_HEAD, SUPPLY
from trading_story import BUYER_OF, SELLER_OF
from worlds import MARKET, World, hourly_founding

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import BOOK_COMMAND, WHOLESALE_COMMAND

FIRST_S = LATE_HOURS_S[0]
LAST_CALL_S = 70  # before the gate: where stories begin, a minute of warming up included
ENDS_S = FIRST_S - 1800  # trading at the exchange
WATTS = (200_000, 100_000, 60_000, 30_000, 10_000, 5_000)
SUPPLY_W = 5_000_000  # of the supplier's unit, which stands before the street's transformer
RESTING = 6  # orders of the supplier's from the beginning, at prices of their own, so that they go out one by one
ENTERED = 4  # more, before anything else is drawn
METERED_PERCENT = 20


class ExchangeStory(Story):
    """Orders for the first hour, most of which nobody crosses; releases, withdrawals, rules, and a tighter grid."""

    def __init__(self, draw: Random) -> None:
        super().__init__(draw, LATE_HOURS_S, HOUR_S, LATE_HOURS_S[::2])
        self._guess += RESTING

    def next(self) -> Sent:
        """Return what somebody sends now."""
        kinds = (
            self._forwardable, self._forwardable, self._forwardable, self._released, self._released, self._withdrawn,
            self._rules, self._area_rules, self._tightened, self._tightened, super().next,
        )  # fmt: skip
        return self._forwardable() if self._guess <= RESTING + ENTERED else self._draw.choice(kinds)()

    def _period(self) -> common_pb2.Mtu:
        return self._mtu(FIRST_S)

    def _some_order(self) -> str:
        return f"{AREA}.{self._draw.randint(1, self._guess)}"

    def _forwardable(self) -> Sent:
        sells = self._draw.randrange(6) > 0
        who = SELLER_OF if sells else {**BUYER_OF, "supply-unit": SUPPLY}
        unit = "supply-unit" if self._draw.randrange(2) else self._draw.choice(tuple(who))
        self._count += 1
        self._guess += 1
        order = book.NewOrder(
            client_order_id=f"f{self._count}", market_id=ENERGY, unit_id=unit, product=book.PRODUCT_LOCAL_ENERGY,
            side=book.SIDE_SELL if sells else book.SIDE_BUY, mtu=self._mtu(FIRST_S),
            quantity_w=self._draw.choice(WATTS[1:3] if unit == "supply-unit" else WATTS[3:]),
            limit_price_ticks=self._draw.choice((18_000, 19_000) if sells else (12_000, 11_000)),
            fill_rule=book.FILL_RULE_NORMAL,
            forwarding=self._draw.choice((book.FORWARDING_AT_CLOSURE,) * 5 + (book.FORWARDING_ON_RELEASE,)),
        )  # fmt: skip
        return self._book(who[unit], submit=book.SubmitOrders(orders=[order]))

    def _says(self, party: str, **body: object) -> Sent:
        return self._send(WHOLESALE_COMMAND, party, pb.WholesaleCommand(**body))  # type: ignore[arg-type]

    def _released(self) -> Sent:
        names = list({self._some_order() for _ in range(3)})
        return self._says(self._anybody(), release=pb.ReleaseToExchange(order_ids=sorted(names)))

    def _withdrawn(self) -> Sent:
        own = pb.WithdrawFromExchange(order_ids=[self._some_order()])
        return self._says(self._draw.choice((OPERATOR, SUPPLY, AGG_B)), withdraw=own)

    def _rules(self) -> Sent:
        limit_w, paused = self._draw.choice((200_000, 300_000, 5_000_000)), self._draw.randrange(8) == 0
        rules = pb.ForwardingRules(limit_w=limit_w, paused=paused, gate_before_s=FIRST_S - ENDS_S)
        return self._says(OPERATOR, set_rules=rules)

    def _area_rules(self) -> Sent:
        way = self._draw.choice((pb.ON_TIGHTENING_CANCEL, pb.ON_TIGHTENING_HIBERNATE))
        return self._says(DSO, set_area_rules=pb.SetAreaRules(area_id=AREA, on_tightening=way))

    def _tightened(self) -> Sent:
        if self._draw.randrange(2):
            return super()._forecasted()
        limit = book.CapacityLimit(
            mtu=self._mtu(FIRST_S), scope=book.CAPACITY_SCOPE_ELEMENT, subject_id=STREET_B_HEAD,
            max_loading_mpct=self._draw.choice((20_000, 40_000, 100_000)),
        )  # fmt: skip
        return self._book(DSO, set_capacity_limits=book.SetCapacityLimits(limits=[limit]))


def _founding() -> Iterable[Sent]:
    for sent in hourly_founding({ENERGY: {}, RELIEF: {}}):
        if isinstance(sent.body, registry.RegisterEntities):
            for entity in sent.body.entities:
                if entity.unit.unit_id == "supply-unit":
                    entity.unit.max_power_w, entity.unit.min_power_w = SUPPLY_W, -SUPPLY_W
        yield sent
    mtu = common_pb2.Mtu(start_s=FIRST_S, length_s=HOUR_S)
    orders = [
        book.NewOrder(
            client_order_id=f"r{number}", market_id=ENERGY, unit_id="supply-unit", product=book.PRODUCT_LOCAL_ENERGY,
            side=book.SIDE_SELL, mtu=mtu, quantity_w=WATTS[number % 2], limit_price_ticks=30_000 + 2_000 * number,
            fill_rule=book.FILL_RULE_NORMAL, forwarding=book.FORWARDING_AT_CLOSURE,
        )
        for number in range(RESTING)
    ]  # fmt: skip
    submit = book.OrderCommand(area_id=AREA, submit=book.SubmitOrders(orders=orders))
    yield Sent(BOOK_COMMAND, SUPPLY, "resting", submit)


EXCHANGED = World(
    (*MARKET, "wholesale-gateway"), _founding, HOUR_S, begins_s=FIRST_S - GATE_S - LAST_CALL_S,
    read_s=LATE_HOURS_S[::2], neighbours=(ExchangeNeighbour,),
)  # fmt: skip


def trade_and_settle(platform: PlatformModel) -> None:
    """Let trading at the exchange end, and all be said of it; of some stories deliver, meter and settle."""
    for at_s in range(ENDS_S, ENDS_S + 361, 90):
        platform.now_ms = max(platform.now_ms, at_s * 1000)
        platform.settle_down()
    if platform.draw.randrange(100) >= METERED_PERCENT:
        return
    platform.now_ms = (LATE_HOURS_S[-1] + HOUR_S) * 1000
    platform.settle_down()
    for sent in meters(LATE_HOURS_S, HOUR_S):
        platform.send(sent)
        platform.settle_down()
