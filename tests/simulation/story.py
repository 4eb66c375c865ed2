"""What people send in a simulated day on the street: drawn from the seed, sound and unsound alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

import hours
import street
from google.protobuf.message import Message
from sending import Sent
from street import (
    AGG_A,
    AGG_B,
    AREA,
    DSO,
    ENERGY,
    EVENING_S,
    METERS,
    MTU_S,
    NOON_S,
    OPERATOR,
    PERIODS_S,
    RELIEF,
    SUPPLY,
)  # fmt: skip

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_messages.catalogue import BOOK_COMMAND, GRID_COMMAND, SETTLEMENT_COMMAND

LAST_S = PERIODS_S[-1] + MTU_S
ADMITTED_PERCENT = 55  # of the orders that are sent, about
UNITS = (
    ("solar-a3", AGG_A), ("house-a1", AGG_A), ("battery-a2", AGG_B), ("pump-b1", AGG_A), ("car-b2", AGG_B),
    ("supply-unit", SUPPLY),
)  # fmt: skip
RULES = (book.FILL_RULE_NORMAL,) * 5 + (book.FILL_RULE_FILL_AND_KILL, book.FILL_RULE_FILL_OR_KILL)
# Least match, clip and price step per clip.
INSTRUCTIONS = ((0, 0, 0),) * 6 + ((500, 0, 0), (2_000, 0, 0), (0, 500, 0), (0, 1_000, 500))


class Story:
    """Draws commands. Order ids are guessed: the next are known, as the book numbers them."""

    def __init__(
        self, draw: Random, periods_s: tuple[int, ...] = PERIODS_S, mtu_length_s: int = MTU_S,
        busiest_s: tuple[int, int] = (NOON_S, EVENING_S),
    ) -> None:  # fmt: skip
        self._draw = draw
        self._periods_s = periods_s
        self._most_traded_s = (*periods_s, *busiest_s * 3)
        self._length_s = mtu_length_s
        self._count = 0
        self._guess = 1

    def next(self) -> Sent:
        """Return what somebody sends now."""
        kind = self._draw.randrange(100)
        if kind < 70:
            return self._orders()
        if kind < 92:
            return self._book(self._anybody(), **self._about_orders(kind))
        if kind < 94:
            return self._book(OPERATOR, **self._halt_or_resume())
        if kind < 97:
            return self._forecasted()
        return self._book(DSO, set_capacity_limits=self._limits())

    def _about_orders(self, kind: int) -> dict[str, Message]:
        """Return what somebody wants of an order that may be there, and his."""
        if kind < 82:
            return {"cancel": book.CancelOrders(order_ids=[self._some_order()])}
        if kind >= 90:
            return self._out_of_the_book()
        change = book.ReplaceOrder(
            order_id=self._some_order(), quantity_w=self._quantity(), limit_price_ticks=self._price(),
            expected_revision=self._draw.choice((1, 1, 1, 2)),
        )  # fmt: skip
        return {"replace": change}

    def _send(self, topic: str, party: str, body: Message) -> Sent:
        self._count += 1
        return Sent(topic, party, f"sim-{self._count}", body)

    def _book(self, party: str, **body: Message) -> Sent:
        return self._send(BOOK_COMMAND, party, book.OrderCommand(area_id=AREA, **body))

    def _anybody(self) -> str:
        return self._draw.choice((AGG_A, AGG_B, SUPPLY))

    def _some_order(self) -> str:
        newest = max(1, self._guess * ADMITTED_PERCENT // 100)
        return f"{AREA}.{self._draw.randint(max(1, newest - 10), newest)}"

    def _quantity(self) -> int:
        return self._draw.choice((100, 500, 1_000, 1_000, 2_000, 3_000, 6_000, 20_000, 60_000, 150, 0))

    def _price(self, *, sells: bool | None = None) -> int:
        """Return a limit; sellers ask for less and buyers offer more, more often than not."""
        prices = (5_000, 10_000, 20_000, 30_000, 60_000, 90_000)
        place = self._draw.randrange(6)
        if sells is not None and self._draw.randrange(2) == 0:
            place = place // 2 if sells else 5 - place // 2
        return prices[place]

    def _orders(self) -> Sent:
        unit, party = self._draw.choice(UNITS)
        orders = [self._order(unit) for _ in range(self._draw.choice((1, 1, 1, 2, 4)))]
        if len(orders) > 1 and self._count % 2:
            self._exclude(orders)
        if self._draw.randrange(12) == 0:
            orders, party = [self._request()], DSO
        self._guess += len(orders)
        return self._book(party, submit=book.SubmitOrders(orders=orders))

    def _exclude(self, orders: list[book.NewOrder]) -> None:
        """Let orders be of one group: the newest, or one that others are of."""
        for order in orders:
            if not order.instructions.clip_w:
                order.exclusive_group = f"g{self._count // 40}"

    def _order(self, unit: str) -> book.NewOrder:
        flexible = self._draw.randrange(6) == 0
        sells = flexible or unit == "solar-a3" or (unit != "house-a1" and self._draw.randrange(2) == 0)
        self._count += self._draw.randrange(20) > 0  # else the id of the order before
        return book.NewOrder(
            client_order_id=f"o{self._count}", market_id=RELIEF if flexible else ENERGY, unit_id=unit,
            product=book.PRODUCT_FLEX_UP if flexible else book.PRODUCT_LOCAL_ENERGY,
            side=book.SIDE_SELL if sells else book.SIDE_BUY, mtu=self._period(),
            quantity_w=self._quantity(), limit_price_ticks=self._price(sells=sells),
            fill_rule=self._draw.choice((*RULES, book.FILL_RULE_ALL_OR_NONE)), instructions=self._instructions(),
        )  # fmt: skip

    def _mtu(self, start_s: int) -> common_pb2.Mtu:
        return common_pb2.Mtu(start_s=start_s, length_s=self._length_s)

    def _period(self) -> common_pb2.Mtu:
        """Return a period, or of some orders the two that begin with it, sound or not."""
        found = self._mtu(self._draw.choice(self._most_traded_s))
        if self._count % 4 == 1:
            found.length_s *= 2
        return found

    def _instructions(self) -> book.ExecutionInstructions | None:
        least, clip, step = self._draw.choice(INSTRUCTIONS)
        if not least and not clip:
            return None
        return book.ExecutionInstructions(min_quantity_w=least, clip_w=clip, clip_step_ticks=step)

    def _request(self) -> book.NewOrder:
        self._count += 1
        return book.NewOrder(
            client_order_id=f"r{self._count}", market_id=RELIEF, product=book.PRODUCT_FLEX_UP, side=book.SIDE_BUY,
            element_id=street.STREET_A_HEAD, mtu=self._mtu(self._draw.choice(self._periods_s[2:])),
            quantity_w=self._quantity(), limit_price_ticks=self._price(), fill_rule=self._draw.choice(RULES),
        )  # fmt: skip

    def _out_of_the_book(self) -> dict[str, Message]:
        """Return that an order leaves the book for a while, comes back, or that all of a party go."""
        names = [self._some_order()]
        kind = self._draw.randrange(5)
        if kind == 0:
            return {"cancel_all": book.CancelAll(market_id=ENERGY)}
        if kind < 3:
            return {"hibernate": book.HibernateOrders(order_ids=names)}
        return {"reactivate": book.ReactivateOrders(order_ids=names)}

    def _halt_or_resume(self) -> dict[str, Message]:
        place = {"market_id": ENERGY, "mtu": self._mtu(self._draw.choice(self._most_traded_s)), "reason": "drawn"}
        if self._draw.randrange(3) == 0:
            return {"halt_books": book.HaltBooks(**place)}
        return {"resume_books": book.ResumeBooks(**place)}

    def _forecasted(self) -> Sent:
        return self._send(GRID_COMMAND, DSO, grid.GridCommand(submit_forecast=self._forecast()))

    def _forecast(self) -> grid.SubmitForecast:
        start_s = self._draw.choice(self._periods_s)
        forecast = hours.forecast((start_s,), self._length_s)
        percent = self._draw.randint(85, 110)
        for node in forecast.periods[0].nodes:
            for name in ("p50_w", "q50_var", "p95_consumption_w", "p95_injection_w"):
                setattr(node, name, getattr(node, name) * percent // 100)
        return forecast

    def _limits(self) -> book.SetCapacityLimits:
        limit = book.CapacityLimit(
            mtu=self._mtu(self._draw.choice(self._periods_s)), scope=book.CAPACITY_SCOPE_ELEMENT,
            subject_id=street.STREET_B_HEAD, max_loading_mpct=self._draw.choice((40_000, 70_000, 100_000)),
        )  # fmt: skip
        return book.SetCapacityLimits(limits=[limit])


def meters(
    periods_s: tuple[int, ...] = PERIODS_S, mtu_length_s: int = MTU_S, more_w: Mapping[str, int] | None = None
) -> Iterator[Sent]:
    """Yield what the meters say when all is over, and that it is all; `more_w` is what some see besides."""
    readings = hours.readings(periods_s, mtu_length_s)
    mtus = [common_pb2.Mtu(start_s=start_s, length_s=mtu_length_s) for start_s in periods_s]
    for reading in readings:
        reading.mean_w += (more_w or {}).get(reading.metering_point_id, 0)
    submitted = settlement.SubmitReadings(area_id=AREA, readings=readings)
    yield Sent(SETTLEMENT_COMMAND, METERS, "sim-readings", settlement.SettlementCommand(submit_readings=submitted))
    complete = settlement.ReadingsComplete(
        area_id=AREA, run_id="sim", mtus=mtus,
        imbalance_prices=[settlement.ImbalancePrice(mtu=mtu, price_ticks=9_000) for mtu in mtus],
    )  # fmt: skip
    yield Sent(SETTLEMENT_COMMAND, METERS, "sim-complete", settlement.SettlementCommand(readings_complete=complete))
