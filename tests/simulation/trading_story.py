"""What people send in a short story of trade in hours: everything that the books of a continuous market know."""

from __future__ import annotations

from random import Random

from hours import HOUR_S, LATE_HOURS_S
from sending import Sent
from story import Story
from street import AGG_A, AGG_B, AREA, DSO, ENERGY, OPERATOR, STREET_B_HEAD, SUPPLY

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import LIGHT_COMMAND

SELLER_OF = {"solar-a3": AGG_A, "battery-a2": AGG_B, "supply-unit": SUPPLY}
BUYER_OF = {"pump-b1": AGG_A, "car-b2": AGG_B, "house-a1": AGG_A}
FIRST_S = LATE_HOURS_S[0]
SESSION = "night"
NO_ROOM_MPCT = 1_000  # less than what flows anyway


class TradingStory(Story):
    """Orders over one hour or a block of two, and all that may be done about them."""

    def __init__(self, draw: Random) -> None:
        super().__init__(draw, LATE_HOURS_S, HOUR_S, LATE_HOURS_S[::2])
        self._next: list[Sent] = []

    def next(self) -> Sent:
        """Return what somebody sends now."""
        if self._next:
            return self._next.pop(0)
        others = (
            self._basket, self._spread, self._hit, self._recall, self._cancel_for, self._switch, self._agreement,
            self._agreed, self._session, self._reserve, self._end_spread, self._block, self._block,
            self._squeezed_spread,
            self._plain, self._plain, self._plain, self._plain, self._plain, self._plain,
        )  # fmt: skip
        if self._draw.randrange(100) < 50:
            return super().next()
        return self._draw.choice(others)()

    def _new(self, unit: str, side: int, quantity_w: int, price: int, start_s: int, **more: object) -> book.NewOrder:
        self._count += 1
        return book.NewOrder(
            client_order_id=f"n{self._count}", market_id=ENERGY, unit_id=unit, product=book.PRODUCT_LOCAL_ENERGY,
            side=side, mtu=self._mtu(start_s), quantity_w=quantity_w, limit_price_ticks=price, **more,
        )  # fmt: skip

    def _hour(self) -> int:
        return self._draw.choice(LATE_HOURS_S)

    def _period(self) -> common_pb2.Mtu:
        return self._mtu(self._draw.choice(self._most_traded_s))

    def _plain(self) -> Sent:
        """An order that others cross."""
        sells = self._draw.randrange(2) == 0
        unit = self._draw.choice(tuple(SELLER_OF if sells else BUYER_OF))
        order = self._new(
            unit, book.SIDE_SELL if sells else book.SIDE_BUY, self._draw.choice((500, 1_000, 2_000)),
            self._draw.choice((20_000, 30_000)) if sells else self._draw.choice((30_000, 60_000)), FIRST_S,
            fill_rule=book.FILL_RULE_NORMAL,
        )  # fmt: skip
        self._guess += 1
        return self._book({**SELLER_OF, **BUYER_OF}[unit], submit=book.SubmitOrders(orders=[order]))

    def _basket(self) -> Sent:
        """Fill-or-kill orders over two hours that match whole or not at all."""
        unit = self._draw.choice(tuple(BUYER_OF))
        orders = [
            self._new(unit, book.SIDE_BUY, self._draw.choice((500, 1_000)), 90_000, start_s,
                      fill_rule=book.FILL_RULE_FILL_OR_KILL)
            for start_s in LATE_HOURS_S[: self._draw.choice((1, 2, 2, 3))]
        ]  # fmt: skip
        self._guess += len(orders)
        return self._book(BUYER_OF[unit], submit=book.SubmitOrders(orders=orders, basket=True))

    def _block(self) -> Sent:
        """Hours that match whole and together, or not at all."""
        sells = self._draw.randrange(2) == 0
        unit, side = (
            self._draw.choice(tuple(SELLER_OF if sells else BUYER_OF)),
            book.SIDE_SELL if sells else book.SIDE_BUY,
        )
        order = self._new(
            unit, side, self._draw.choice((500, 1_000)), self._price(sells=side == book.SIDE_SELL), FIRST_S,
            fill_rule=self._draw.choice((book.FILL_RULE_ALL_OR_NONE, book.FILL_RULE_FILL_OR_KILL)),
        )  # fmt: skip
        order.mtu.length_s *= 2
        self._guess += 1
        return self._book({**SELLER_OF, **BUYER_OF}[unit], submit=book.SubmitOrders(orders=[order]))

    def _spread(self) -> Sent:
        """An offer to be paired over two locations, or the operator's request to pair some."""
        if self._draw.randrange(2):
            unit, side = self._draw.choice((("battery-a2", book.SIDE_SELL), ("car-b2", book.SIDE_BUY)))
            price = 60_000 if side == book.SIDE_SELL else 30_000
            order = self._new(unit, side, 2_000, price, FIRST_S, spread_offer=True, fill_rule=book.FILL_RULE_NORMAL)
            self._guess += 1
            return self._book(AGG_B, submit=book.SubmitOrders(orders=[order]))
        self._count += 1
        wish = book.RequestSpread(
            client_request_id=f"s{self._count}", market_id=ENERGY, mtu=self._mtu(FIRST_S), up=["bus-3"],
            down=["bus-6"], quantity_w=2_000, max_spread_ticks=50_000,
            fill_rule=self._draw.choice((book.FILL_RULE_NORMAL, book.FILL_RULE_FILL_AND_KILL)),
        )  # fmt: skip
        return self._book(DSO, request_spread=wish)

    def _squeezed_spread(self) -> Sent:
        """A request that waits for room which comes while nobody sends an order."""
        orders = [
            self._new(unit, side, 2_000, price, FIRST_S, spread_offer=True, fill_rule=book.FILL_RULE_NORMAL)
            for unit, side, price in (("battery-a2", book.SIDE_SELL, 60_000), ("car-b2", book.SIDE_BUY, 30_000))
        ]
        self._guess += len(orders)
        self._count += 1
        wish = book.RequestSpread(
            client_request_id=f"s{self._count}", market_id=ENERGY, mtu=self._mtu(FIRST_S), up=["bus-3"],
            down=["bus-6"], quantity_w=2_000, max_spread_ticks=50_000, fill_rule=book.FILL_RULE_NORMAL,
        )  # fmt: skip
        self._next = [
            self._amber("feeder-2"), self._limited(NO_ROOM_MPCT),
            self._book(AGG_B, submit=book.SubmitOrders(orders=orders)), self._book(DSO, request_spread=wish),
            self._limited(100_000),
        ]  # fmt: skip
        return self._amber("feeder-1")

    def _amber(self, zone_id: str) -> Sent:
        """Operators buy where a light is not green."""
        forced = light.OverrideLight(
            area_id=AREA, zone_id=zone_id, light=light.LIGHT_AMBER, valid_until_ms=FIRST_S * 1_000, reason="drawn"
        )
        return self._send(LIGHT_COMMAND, DSO, light.LightCommand(override=forced))

    def _limited(self, loading_mpct: int) -> Sent:
        limit = book.CapacityLimit(
            mtu=self._mtu(FIRST_S), scope=book.CAPACITY_SCOPE_ELEMENT, subject_id=STREET_B_HEAD,
            max_loading_mpct=loading_mpct,
        )  # fmt: skip
        return self._book(DSO, set_capacity_limits=book.SetCapacityLimits(limits=[limit]))

    def _end_spread(self) -> Sent:
        name = f"{AREA}.{FIRST_S}.s.{self._draw.randint(1, 3)}"
        return self._book(DSO, cancel_spread=book.CancelSpread(request_id=name))

    def _hit(self) -> Sent:
        """A hit of an order of the book, or of a level."""
        unit = self._draw.choice(tuple(BUYER_OF))
        order = self._new(unit, book.SIDE_BUY, 1_000, 90_000, self._hour(), fill_rule=book.FILL_RULE_FILL_AND_KILL)
        self._guess += 1
        if self._draw.randrange(2):
            target = {"resting_sequence": self._draw.randint(1, 5)}
        else:
            target = {"level_ticks": self._price(sells=True)}
        return self._book(BUYER_OF[unit], hit=book.HitOrder(order=order, **target))

    def _recall(self) -> Sent:
        name = f"{AREA}.{self._hour()}.{self._draw.randint(1, 3)}"
        return self._book(OPERATOR, recall_trade=book.RecallTrade(trade_id=name, reason="drawn"))

    def _cancel_for(self) -> Sent:
        party = self._anybody()
        if self._draw.randrange(3):
            body = book.CancelFor(order_ids=[self._some_order()], party=party, reason="drawn")
        else:
            body = book.CancelFor(party=party, market_id=ENERGY, mtu=self._mtu(self._hour()), all=True, reason="drawn")
        return self._book(OPERATOR, cancel_for=body)

    def _switch(self) -> Sent:
        """The kill switch of somebody, more often off than on."""
        party = self._anybody()
        switch = book.SetKillSwitch(participant_id=party, engaged=self._draw.randrange(3) == 0, reason="drawn")
        return self._book(self._draw.choice((OPERATOR, party)), set_kill_switch=switch)

    def _session(self) -> Sent:
        keep = book.KeepSession(session_id=SESSION, timeout_ms=self._draw.choice((0, 2_000, 60_000)))
        if self._draw.randrange(2):
            return self._book(AGG_B, keep_session=keep)
        terms = book.ExecutionInstructions(session_id=SESSION)
        order = self._new("battery-a2", book.SIDE_SELL, 1_000, 60_000, self._hour(), instructions=terms)
        order.fill_rule = book.FILL_RULE_NORMAL
        self._guess += 1
        return self._book(AGG_B, submit=book.SubmitOrders(orders=[order]))

    def _agreement(self) -> Sent:
        """What two have agreed upon between themselves."""
        seller, buyer = self._draw.choice(tuple(SELLER_OF)), self._draw.choice(tuple(BUYER_OF))
        self._count += 1
        trade = book.AgreedTrade(
            product=book.PRODUCT_LOCAL_ENERGY, mtus=[self._mtu(self._hour())], quantity_w=1_000, price_ticks=20_000,
            seller=book.AgreedSide(party=SELLER_OF[seller], unit_id=seller, reference="mine"),
            buyer=book.AgreedSide(party=BUYER_OF[buyer], unit_id=buyer, reference="mine"),
        )  # fmt: skip
        wish = book.ProposeAgreement(client_agreement_id=f"g{self._count}", market_id=ENERGY, trades=[trade])
        return self._book(SELLER_OF[seller], propose_agreement=wish)

    def _agreed(self) -> Sent:
        said = self._draw.choice((book.AGREEMENT_ANSWER_CONFIRM,) * 3 + (book.AGREEMENT_ANSWER_DECLINE,))
        name = f"{AREA}.a.{self._draw.randint(1, 3)}"
        return self._book(self._anybody(), answer_agreement=book.AnswerAgreement(agreement_id=name, answer=said))

    def _reserve(self) -> Sent:
        """Another service holds room, confirms it or gives it back."""
        name, party = f"room-{self._draw.randint(1, 3)}", "service:wholesale-gateway"
        change = book.NodeChange(node_id="bus-4", p_w=self._draw.choice((1_000, 3_000)), q_var=0)
        wish = book.ReserveHeadroom(
            reservation_id=name, area_id=AREA, mtu=self._mtu(FIRST_S), changes=[change],
            expires_at_ms=(FIRST_S + HOUR_S) * 1000, any_fill=bool(self._draw.randrange(2)),
        )  # fmt: skip
        kind = self._draw.randrange(4)
        if kind < 2:
            return self._book(party, reserve=wish)
        if kind == 2:
            return self._book(party, confirm=book.ConfirmHeadroom(reservation_id=name))
        return self._book(party, release=book.ReleaseHeadroom(reservation_id=name))
