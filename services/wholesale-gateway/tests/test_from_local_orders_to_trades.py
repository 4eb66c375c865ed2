"""All layers together: local orders pooled, exposed, sent to the running simulator, filled, split back to the watt."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from simulated_exchange import HOUR_S, START_S, SimulatedExchange, connected

from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro
from flexbourse_wholesale_gateway.domain.external_orders.deciding import (
    headroom_answered,
    looked_up,
    submission_answered,
    submit,
    want,
)
from flexbourse_wholesale_gateway.domain.external_orders.order import (
    Event,
    ExternalOrder,
    ExternalTerms,
    TradeCounted,
    evolve,
)
from flexbourse_wholesale_gateway.domain.lots.exposure import ExposureBook, RoomWish
from flexbourse_wholesale_gateway.domain.lots.pooling import (
    ExchangeRules,
    ForwardableOrder,
    Pool,
    Side,
    pool_orders,
    split_money,
)

HOUR = Mtu(HOUR_S, 3600)


@pytest.fixture
def exchange() -> Iterator[SimulatedExchange]:
    """Start a simulator of its own."""
    running = SimulatedExchange(START_S)
    yield running
    running.stop()


def local(order_id: str, feeder: str, watts: int, limit: int) -> ForwardableOrder:
    """Return a local sale."""
    return ForwardableOrder(
        order_id=order_id, participant_id=f"p-{feeder}", unit_id=order_id, node_id=f"n-{order_id}", feeder_id=feeder,
        area_id="village", mtu=HOUR, side=Side.SELL, open_w=watts, limit_ticks=limit,
    )  # fmt: skip


def fold(order: ExternalOrder | None, events: list[Event]) -> ExternalOrder:
    """Apply events."""
    for event in events:
        order = evolve(order, event)
    assert order is not None
    return order


class Books:
    """What is held at each node, and what each local order was filled and paid."""

    def __init__(self) -> None:
        self.room = ExposureBook(1_000_000)
        self.held: dict[tuple[str, str], int] = {}
        self.filled: dict[str, int] = {}
        self.paid: dict[str, int] = {}

    def expose(self, intent_id: str, pool: Pool) -> ExternalOrder:
        """Hold room for a pool and return the order that is wanted of the exchange."""
        for wish in self.room.expose(intent_id, pool.price_ticks, [HOUR], pool.members):
            assert isinstance(wish, RoomWish)
            self.held.update({(wish.reservation_id, c.node_id): c.power_w for c in wish.changes})
        terms = ExternalTerms(
            delivery_start_s=HOUR_S, delivery_end_s=HOUR.end_s, gate_s=HOUR_S - 1800, side=pool.side,
            quantity_w=pool.quantity_w, price_ticks=pool.price_ticks,
        )  # fmt: skip
        order = fold(None, want(intent_id, terms, HOUR_S))
        return fold(order, headroom_answered(order, None))

    def settle(self, intent_id: str, trade: TradeCounted) -> None:
        """Confirm a trade's part of the room and split it."""
        for confirm in self.room.fill(intent_id, trade.trade_id, trade.quantity_w):
            for change in confirm.changes:
                self.held[confirm.reservation_id, change.node_id] -= change.power_w
        shares = self.room.exposures[intent_id].fills[trade.trade_id]
        amount = amount_micro_euro(trade.quantity_w, trade.price_ticks, HOUR.length_s)
        for order_id, part in split_money(amount, shares).items():
            self.paid[order_id] = self.paid.get(order_id, 0) + part
            self.filled[order_id] = self.filled.get(order_id, 0) + shares[order_id]


async def forward(exchange: SimulatedExchange, books: Books, pools: Sequence[Pool]) -> None:
    """Send pools, let another member buy a lot twice, and take in what that did."""
    async with connected(exchange) as (orders, _, _session):
        out: list[ExternalOrder] = []
        for number, pool in enumerate(pools):
            order = books.expose(f"i{number}", pool)
            order = fold(order, submit(order, START_S))
            answer = await orders.create(1, order.client_order_id, order.terms)
            out.append(fold(order, submission_answered(order, answer)))
        for _purchase in range(2):
            await asyncio.to_thread(exchange.trade_against, "buy", 0.1, 45, HOUR_S)
            for place, order in enumerate(out):
                events = looked_up(order, START_S, await orders.look_up(order.client_order_id, order.terms))
                out[place] = fold(order, events)
                for event in events:
                    if isinstance(event, TradeCounted):
                        books.settle(order.intent_id, event)


def test_four_villages_sell_to_the_watt_and_keep_their_limits(exchange: SimulatedExchange) -> None:
    sales = [local("a", "f1", 33_333, 3_900), local("b", "f2", 66_666, 4_000), local("c", "f3", 100_002, 3_950)]
    sales.append(local("d", "f4", 50_000, 4_000))
    plan = pool_orders(sales, ExchangeRules())
    books = Books()
    asyncio.run(forward(exchange, books, plan.pools))
    assert sum(books.filled.values()) == 200_000
    assert set(books.held.values()) == {0}
    for order in sales:
        filled = books.filled.get(order.order_id, 0)
        assert filled + plan.remainder_w.get(order.order_id, 0) == order.open_w
        least = amount_micro_euro(filled, order.limit_ticks, HOUR.length_s)
        assert books.paid.get(order.order_id, 0) >= least - 1  # the split rounds to the micro-euro
    assert all(books.room.end(f"i{number}") == [] for number in range(len(plan.pools)))
