"""Whatever members and the operator do: the market's books, orders, trades and positions agree with each other."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flexbourse_exchange_simulator.domain.market import IntradayMarket
from flexbourse_exchange_simulator.domain.order import OPEN, RESTING, Cause, Indication, Side, Terms
from flexbourse_exchange_simulator.domain.periods import Period
from flexbourse_exchange_simulator.domain.rules import Rules
from flexbourse_exchange_simulator.domain.trading import Entry, Event, OrderChanged, TradeDone

NOW = 1_768_464_000_000  # 2026-01-15T08:00:00Z
HOUR = 3_600_000
PERIODS = (
    Period(NOW + 12 * HOUR, NOW + 13 * HOUR),
    Period(NOW + 2 * HOUR, NOW + 3 * HOUR),
    Period(NOW + 10 * HOUR, NOW + 14 * HOUR, is_block=True),
)
MEMBERS = ("ann", "bob", "eve")


@st.composite
def said(draw: st.DrawFn) -> Terms:
    """Return terms that no rule forbids at the beginning."""
    period = draw(st.sampled_from(PERIODS))
    kinds = [kind for kind in Indication if period.is_block or kind is not Indication.ALL_OR_NONE]
    indication = draw(st.sampled_from(kinds))
    immediate = indication in {Indication.FILL_OR_KILL, Indication.IMMEDIATE_OR_CANCEL}
    quantity = draw(st.integers(1, 30))
    iceberg = indication is Indication.NONE and not period.is_block and quantity > 1 and draw(st.booleans())
    return Terms(
        draw(st.sampled_from(Side)),
        period,
        quantity,
        draw(st.integers(-3, 3)),
        indication,
        None if immediate else draw(st.none() | st.integers(NOW + 1, NOW + HOUR)),
        draw(st.integers(1, quantity - 1)) if iceberg else None,
        draw(st.integers(0, 2)) if iceberg else None,
        active=immediate or draw(st.booleans()),
    )


class MarketMachine(RuleBasedStateMachine):
    """Members and an operator at random."""

    @initialize()
    def begin(self) -> None:
        self.market = IntradayMarket(Rules())
        self.now = NOW
        self.told: dict[int, OrderChanged] = {}
        self.traded = 0

    def hear(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, OrderChanged):
                self.told[event.order.id] = event
            if isinstance(event, TradeDone):
                self.traded += event.trade.quantity

    def some(self, number: int, *, pending: bool = False) -> int | None:
        numbers = [order.id for order in self.market.orders.values() if order.pending == pending]
        return numbers[number % len(numbers)] if numbers else None

    @rule(owner=st.sampled_from(MEMBERS), terms=said())
    def create(self, owner: str, terms: Terms) -> None:
        entries = [Entry("x", terms)]
        self.hear(self.market.create(owner, entries, self.now, all_or_nothing=False).events)

    @rule(owner=st.sampled_from(MEMBERS), terms=said())
    def admit(self, owner: str, terms: Terms) -> None:
        entries = [Entry("x", terms)]
        self.hear(self.market.admit(owner, entries, self.now, all_or_nothing=False).events)

    @rule(number=st.integers(0, 100), refused=st.booleans())
    def finish(self, number: int, *, refused: bool) -> None:
        order_id = self.some(number, pending=True)
        if order_id is not None:
            finish = self.market.refuse_creation if refused else self.market.finish_creation
            self.hear(finish(order_id, self.now))

    @rule(number=st.integers(0, 100), cause=st.sampled_from([Cause.ACTIVATE, Cause.DEACTIVATE, Cause.CANCEL]))
    def operate(self, number: int, cause: Cause) -> None:
        order_id = self.some(number)
        if order_id is None:
            return
        if self.market.operation_problems(order_id, cause):
            before = self.market.orders[order_id].status
            self.hear(self.market.hold(order_id))
            self.hear(self.market.finish_operation(order_id, cause, self.now))
            assert self.market.orders[order_id].status is before
        else:
            self.hear(self.market.operate(order_id, cause, self.now))

    @rule(number=st.integers(0, 100), price=st.integers(-3, 3))
    def modify(self, number: int, price: int) -> None:
        order_id = self.some(number)
        if order_id is None:
            return
        order = self.market.orders[order_id]
        peak = order.terms.peak_quantity
        keeps_peak = peak is not None and peak < order.unmatched
        terms = replace(
            order.terms,
            price=price,
            quantity=order.unmatched,
            peak_quantity=peak if keeps_peak else None,
            peak_price_delta=order.terms.peak_price_delta if keeps_peak else None,
        )
        if not self.market.modification_problems(order_id, terms, self.now):
            new_id, events = self.market.modify(order_id, terms, self.now)
            self.hear(events)
            assert self.market.orders[new_id].previous_id == order_id

    @rule(owner=st.sampled_from(MEMBERS))
    def hibernate(self, owner: str) -> None:
        self.hear(self.market.hibernate(owner, self.now))
        assert not [order for order in self.market.orders.values() if order.owner == owner and order.status in RESTING]

    @rule(step=st.integers(1, HOUR))
    def wait(self, step: int) -> None:
        self.now += step
        self.hear(self.market.expire(self.now))

    @precondition(lambda self: self.market.trades)
    @rule(number=st.integers(0, 100))
    def recall(self, number: int) -> None:
        trades = list(self.market.trades)
        self.hear(self.market.recall(trades[number % len(trades)], self.now))

    @invariant()
    def books_hold_exactly_the_resting_orders(self) -> None:
        resting = {order.id for order in self.market.orders.values() if order.status in RESTING}
        in_books = [order.id for book in self.market.books.values() for side in Side for order in book.side(side)]
        assert sorted(in_books) == sorted(resting)
        for order_id in resting:
            terms = self.market.orders[order_id].terms
            end = self.market.rules.hours.trading_end(terms.period)
            assert self.now < (end if terms.expiration is None else min(end, terms.expiration))

    @invariant()
    def orders_agree_with_their_trades(self) -> None:
        for order in self.market.orders.values():
            trades = [self.market.trades[number] for number in order.trades]
            assert order.matched == sum(trade.quantity for trade in trades) <= order.terms.quantity
            standing = [trade for trade in trades if trade.recalled is None]
            assert order.realized == sum(trade.quantity for trade in standing)
            assert order.realized_value == sum(trade.quantity * trade.price for trade in standing)
            assert order.remaining == order.unmatched
            for trade in trades:
                assert order.terms.side.sign * (trade.price - order.terms.price) >= 0

    @invariant()
    def members_were_told_the_last_state_of_each_order(self) -> None:
        for order in self.market.orders.values():
            told = self.told[order.id].order
            assert (told.status, told.pending, told.realized) == (order.status, order.pending, order.realized)
        assert self.traded == sum(trade.quantity for trade in self.market.trades.values())

    @invariant()
    def counts_agree(self) -> None:
        for owner in MEMBERS:
            still = sum(order.owner == owner and order.status in OPEN for order in self.market.orders.values())
            assert self.market._open_orders[owner] == still
        for period, statistics in self.market.statistics.items():
            standing = [t for t in self.market.trades.values() if t.period == period and t.recalled is None]
            assert statistics.total == sum(trade.quantity for trade in standing)
            for owner in MEMBERS:
                bought = [trade for trade in standing if trade.buyer == owner]
                lots, value = self.market.position(owner, period, Side.BUY)
                assert lots == sum(trade.quantity for trade in bought)
                assert value == sum(trade.quantity * trade.price for trade in bought)


MarketMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestMarket = MarketMachine.TestCase
