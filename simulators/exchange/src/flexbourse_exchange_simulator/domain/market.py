"""The intraday market: orders of all members, a book per period, trades. Single-threaded; time comes with each call."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from copy import copy
from dataclasses import replace
from itertools import count

from flexbourse_exchange_simulator.domain.book import Book, Fill
from flexbourse_exchange_simulator.domain.order import (
    OPEN,
    RESTING,
    Cause,
    Indication,
    Order,
    Side,
    Status,
    Terms,
)
from flexbourse_exchange_simulator.domain.periods import Period
from flexbourse_exchange_simulator.domain.problem import Code, Problem
from flexbourse_exchange_simulator.domain.rules import Rules
from flexbourse_exchange_simulator.domain.trading import (
    Action,
    BookChanged,
    ClientIds,
    Entry,
    Event,
    OrderChanged,
    OrderRefused,
    Outcome,
    Statistics,
    StatusChanged,
    Trade,
    TradeDone,
    TradeRecalled,
    TradingStatus,
)

MAX_KEPT_ORDERS = 200_000  # ended orders beyond these are forgotten, the oldest first
MAX_KEPT_TRADES = 200_000
FIRST_ORDER, FIRST_TRADE = 100_001, 500_001
_OPERABLE = {Cause.ACTIVATE: frozenset({Status.INACTIVE}), Cause.DEACTIVATE: RESTING, Cause.CANCEL: OPEN}


class IntradayMarket:
    """Orders, books and trades; every change gives the events that members are told."""

    def __init__(self, rules: Rules, client_ids: ClientIds = ClientIds.REFUSE) -> None:
        self.rules, self.client_ids = rules, client_ids
        self.status = TradingStatus.XBID_OK
        self.orders: dict[int, Order] = {}
        self.trades: dict[int, Trade] = {}
        self.books: dict[Period, Book] = {}
        self.statistics: dict[Period, Statistics] = {}
        self._order_ids, self._trade_ids = count(FIRST_ORDER), count(FIRST_TRADE)
        self._positions: dict[tuple[str, Period, Side], tuple[int, int]] = {}
        self._by_client_id: dict[tuple[str, str], int] = {}
        self._open_orders: dict[str, int] = defaultdict(int)
        self._ends: list[tuple[int, int]] = []
        self._ended: deque[int] = deque()

    def position(self, owner: str, period: Period, side: Side) -> tuple[int, int]:
        """Return what a member has bought or sold in a period that is not closed: lots, and lots times cents."""
        return self._positions.get((owner, period, side), (0, 0))

    # What members ask

    def create(
        self, owner: str, entries: list[Entry], now: int, *, all_or_nothing: bool, correlation: str | None = None
    ) -> Outcome:
        """Take a request's orders; those that break a rule are named, the rest is entered and matched in order."""
        outcome = self.admit(owner, entries, now, all_or_nothing=all_or_nothing, correlation=correlation)
        for order_id in outcome.fresh:
            outcome.events += self.finish_creation(order_id, now, correlation)
        return outcome

    def admit(
        self, owner: str, entries: list[Entry], now: int, *, all_or_nothing: bool, correlation: str | None = None
    ) -> Outcome:
        """Check a request's orders and note the good ones as pending; `finish_creation` enters them."""
        outcome = Outcome()
        accepted: list[Terms | int] = []
        for entry in entries:
            found = self._checked(owner, entry, now, [terms for terms in accepted if isinstance(terms, Terms)])
            if isinstance(found, list):
                outcome.errors.setdefault(entry.key, []).extend(found)
            else:
                accepted.append(found)
        if outcome.errors and all_or_nothing:
            return outcome
        for terms in accepted:
            if isinstance(terms, int):
                outcome.orders.append(terms)
                continue
            order = self._new_order(owner, terms, now)
            outcome.orders.append(order.id)
            outcome.fresh.append(order.id)
            outcome.events.append(_shown(order, Action.ADDED, correlation))
        return outcome

    def finish_creation(self, order_id: int, now: int, correlation: str | None = None) -> list[Event]:
        """Enter a pending order, or leave it inactive where its member wants that or the market rests."""
        order = self.orders[order_id]
        order.pending, order.updated = False, now
        if order.status is Status.INACTIVE and order.terms.active and self.status.takes_orders:
            return self._enter(order, now, correlation)
        return [_shown(order, Action.CHANGED, correlation)]

    def refuse_creation(self, order_id: int, now: int, correlation: str | None = None) -> list[Event]:
        """End a pending order that came to nothing after all."""
        order = self.orders[order_id]
        order.pending = False
        problem = Problem(Code.EXTERNAL, "The order was refused while it was processed.")
        refusal = OrderRefused(order.owner, order.terms.client_id or str(order_id), (problem,), correlation)
        if order.status is not Status.INACTIVE:
            return [_shown(order, Action.CHANGED, correlation), refusal]
        return [*self._end(order, Cause.CANCEL, Action.REMOVED, now, correlation), refusal]

    def operation_problems(self, order_id: int, cause: Cause) -> list[Problem]:
        """Return what forbids to activate, deactivate or cancel an order now."""
        order = self.orders[order_id]
        if order.pending:
            return [Problem(Code.ORDER_PENDING, "Order is still processed.", (order_id,))]
        if order.status not in _OPERABLE[cause]:
            return [Problem(Code.ORDER_STATUS, f"Order is {order.status.value}.", (order_id, order.status.value))]
        return self._halted() if cause is Cause.ACTIVATE else []

    def hold(self, order_id: int, correlation: str | None = None) -> list[Event]:
        """Mark an order as still processed; it goes on being matched until the operation is finished."""
        order = self.orders[order_id]
        order.pending = True
        return [_shown(order, Action.CHANGED, correlation)]

    def operate(self, order_id: int, cause: Cause, now: int, correlation: str | None = None) -> list[Event]:
        """Activate, deactivate or cancel an order that nothing forbids."""
        operations = {Cause.ACTIVATE: self.activate, Cause.DEACTIVATE: self.deactivate, Cause.CANCEL: self.cancel}
        return operations[cause](order_id, now, correlation)

    def finish_operation(self, order_id: int, cause: Cause, now: int, correlation: str | None = None) -> list[Event]:
        """Carry out what `hold` announced, if that is still possible."""
        order = self.orders[order_id]
        order.pending = False
        if problems := self.operation_problems(order_id, cause):
            refusal = OrderRefused(order.owner, order.terms.client_id or str(order_id), tuple(problems), correlation)
            return [_shown(order, Action.CHANGED, correlation), refusal]
        return self.operate(order_id, cause, now, correlation)

    def activate(self, order_id: int, now: int, correlation: str | None = None) -> list[Event]:
        """Enter an inactive order, at the end of the queue."""
        return self._enter(self.orders[order_id], now, correlation)

    def deactivate(self, order_id: int, now: int, correlation: str | None = None) -> list[Event]:
        """Take an order out of the book and keep it."""
        order = self.orders[order_id]
        self.books[order.terms.period].withdraw(order)
        order.move(Cause.DEACTIVATE)
        order.updated = now
        return [_shown(order, Action.DEACTIVATED, correlation), BookChanged(order.terms.period)]

    def cancel(self, order_id: int, now: int, correlation: str | None = None) -> list[Event]:
        """End an open order."""
        return self._end(self.orders[order_id], Cause.CANCEL, Action.CANCELED, now, correlation)

    def modification_problems(self, order_id: int, terms: Terms, now: int) -> list[Problem]:
        """Return what forbids to put other terms in an order's place; `terms.quantity` is all that is still offered."""
        found = self.operation_problems(order_id, Cause.CANCEL)
        if found:
            return found
        return [*self._halted(), *self.rules.problems(terms, now)]

    def finish_modification(self, order_id: int, terms: Terms, now: int, correlation: str | None = None) -> list[Event]:
        """Carry out a modification that `hold` announced, if that is still possible."""
        order = self.orders[order_id]
        order.pending = False
        if problems := self.modification_problems(order_id, terms, now):
            refusal = OrderRefused(order.owner, order.terms.client_id or str(order_id), tuple(problems), correlation)
            return [_shown(order, Action.CHANGED, correlation), refusal]
        return self.modify(order_id, terms, now, correlation)[1]

    def modify(self, order_id: int, terms: Terms, now: int, correlation: str | None = None) -> tuple[int, list[Event]]:
        """End an order and enter its successor: another id, the end of the queue, the same client's identifier."""
        old = self.orders[order_id]
        active = old.status in RESTING
        events = self._end(old, Cause.CANCEL, Action.REMOVED, now, correlation)
        new = self._new_order(old.owner, replace(terms, active=active), now)
        new.original_id, new.previous_id, new.pending = old.original_id, old.id, False
        events.append(_shown(new, Action.ADDED, correlation))
        if active:
            events += self._enter(new, now, correlation)
        return new.id, events

    # What happens by itself, and what the operator does

    def next_end(self) -> int | None:
        """Return the instant at which the next order may expire."""
        while self._ends and (self._ends[0][1] not in self.orders or self.orders[self._ends[0][1]].status not in OPEN):
            heapq.heappop(self._ends)
        return self._ends[0][0] if self._ends else None

    def expire(self, now: int) -> list[Event]:
        """End every order whose expiration or whose period's trading end has come."""
        events: list[Event] = []
        while (end := self.next_end()) is not None and end <= now:
            order = self.orders[heapq.heappop(self._ends)[1]]
            events += self._end(order, Cause.EXPIRE, Action.CANCELED, now, None)
        for period in [entry for entry in self.books if self.rules.hours.trading_end(entry) <= now]:
            if self.books[period].is_empty:
                del self.books[period]
                self.statistics.pop(period, None)
                for key in [entry for entry in self._positions if entry[1] == period]:
                    del self._positions[key]
        return events

    def hibernate(self, owner: str, now: int) -> list[Event]:
        """Deactivate all resting orders of a member; what is still processed will not become active."""
        for order in self.orders.values():
            if order.owner == owner and order.pending and order.status is Status.INACTIVE:
                order.terms = replace(order.terms, active=False)
        mine = [order.id for order in self.orders.values() if order.owner == owner and order.status in RESTING]
        return [event for order_id in mine for event in self.deactivate(order_id, now)]

    def set_status(self, status: TradingStatus) -> list[Event]:
        """Let the market trade or rest; resting orders stay."""
        if status is self.status:
            return []
        self.status = status
        return [StatusChanged(status)]

    def recall(self, trade_id: int, now: int) -> list[Event]:
        """Undo a trade. Its quantity is not offered again; an order that was matched whole ends as canceled."""
        trade = self.trades[trade_id]
        if trade.recalled is not None:
            return []
        trade.recalled = now
        if trade.period in self.statistics:
            self.statistics[trade.period].total -= trade.quantity
            self._add_position(trade, -1)
        events: list[Event] = []
        for order_id in (trade.buy_order, trade.sell_order):
            if (order := self.orders.get(order_id)) is None:
                continue
            order.realized -= trade.quantity
            order.realized_value -= trade.quantity * trade.price
            order.updated = now
            order.move(Cause.RECALL)
            events.append(_shown(order, Action.CHANGED, None))
        return [*events, TradeRecalled(trade), BookChanged(trade.period)]

    # Inside

    def _checked(self, owner: str, entry: Entry, now: int, before: list[Terms]) -> Terms | int | list[Problem]:
        """Return an entry's terms, the order that it repeats, or its problems."""
        if entry.terms is None:
            return list(entry.problems)
        problems = [*entry.problems, *self.rules.problems(entry.terms, now), *self._halted()]
        if self._open_orders[owner] + len(before) >= self.rules.max_open_orders:
            limit = self.rules.max_open_orders
            problems.append(Problem(Code.ORDERS_LIMIT, f"A member has at most {limit} open orders.", (limit,)))
        client_id = entry.terms.client_id
        if client_id is None or self.client_ids is ClientIds.IGNORE:
            return problems or entry.terms
        known = self._by_client_id.get((owner, client_id))
        if known is not None and self.client_ids is ClientIds.REPEAT and self._first_terms(known) == entry.terms:
            return known
        if known is not None or any(terms.client_id == client_id for terms in before):
            arguments = () if known is None else (known,)
            problems.append(Problem(Code.DUPLICATE_CLIENT_ID, "clientOrderId was used before.", arguments))
        return problems or entry.terms

    def _halted(self) -> list[Problem]:
        if self.status.takes_orders:
            return []
        return [Problem(Code.MARKET_STATUS, f"Market status is {self.status.value}.", (self.status.value,))]

    def _first_terms(self, order_id: int) -> Terms | None:
        order = self.orders[order_id]
        original = self.orders.get(order.original_id)
        return None if original is None else original.terms

    def _new_order(self, owner: str, terms: Terms, now: int) -> Order:
        order_id = next(self._order_ids)
        order = Order(order_id, owner, terms, now, now, order_id, pending=True, remaining=terms.quantity)
        self.orders[order_id] = order
        self._open_orders[owner] += 1
        if terms.client_id is not None:
            self._by_client_id[owner, terms.client_id] = order_id
        heapq.heappush(self._ends, (self._end_of(order), order_id))
        return order

    def _end_of(self, order: Order) -> int:
        trading_end = self.rules.hours.trading_end(order.terms.period)
        return trading_end if order.terms.expiration is None else min(order.terms.expiration, trading_end)

    def _enter(self, order: Order, now: int, correlation: str | None) -> list[Event]:
        order.move(Cause.ACTIVATE)
        order.updated = now
        period = order.terms.period
        if period not in self.books:
            self.books[period] = Book(period, self.rules.lowest_price, self.rules.highest_price)
        events: list[Event] = [_shown(order, Action.ACTIVATED, correlation)]
        for fill in self.books[period].enter(order):
            events += self._trade(fill, now, correlation)
        immediate = {Indication.FILL_OR_KILL, Indication.IMMEDIATE_OR_CANCEL}
        if order.remaining and order.terms.indication in immediate:
            order.move(Cause.CANCEL)
            self._close(order)
            events.append(_shown(order, Action.CANCELED, correlation))
        return [*events, BookChanged(period)]

    def _trade(self, fill: Fill, now: int, correlation: str | None) -> list[Event]:
        buy, sell = (fill.maker, fill.taker) if fill.maker.terms.side is Side.BUY else (fill.taker, fill.maker)
        trade_id = next(self._trade_ids)
        trade = Trade(
            trade_id, now, buy.terms.period, fill.price, fill.quantity, buy.id, sell.id, buy.owner, sell.owner
        )
        self.trades[trade_id] = trade
        if len(self.trades) > MAX_KEPT_TRADES:
            del self.trades[next(iter(self.trades))]
        self.statistics.setdefault(trade.period, Statistics()).add(trade)
        self._add_position(trade, 1)
        events: list[Event] = [TradeDone(trade)]
        for order in (fill.maker, fill.taker):
            order.matched += fill.quantity
            order.realized += fill.quantity
            order.realized_value += fill.quantity * fill.price
            order.trades.append(trade_id)
            order.updated = now
            done = not order.unmatched
            order.move(Cause.FILL_REST if done else Cause.FILL_PART)
            if done:
                self._close(order)
            events.append(_shown(order, Action.MATCHED, correlation if order is fill.taker else None))
        return events

    def _add_position(self, trade: Trade, sign: int) -> None:
        for owner, side in ((trade.buyer, Side.BUY), (trade.seller, Side.SELL)):
            lots, value = self.position(owner, trade.period, side)
            added = sign * trade.quantity
            self._positions[owner, trade.period, side] = (lots + added, value + added * trade.price)

    def _end(self, order: Order, cause: Cause, action: Action, now: int, correlation: str | None) -> list[Event]:
        rested = order.status in RESTING
        if rested:
            self.books[order.terms.period].withdraw(order)
        order.move(cause)
        order.updated = now
        self._close(order)
        changed: list[Event] = [BookChanged(order.terms.period)] if rested else []
        return [_shown(order, action, correlation), *changed]

    def _close(self, order: Order) -> None:
        """Count an ended order out; forgets the oldest beyond the limit."""
        self._open_orders[order.owner] -= 1
        self._ended.append(order.id)
        if len(self._ended) <= MAX_KEPT_ORDERS:
            return
        oldest = self.orders.pop(self._ended.popleft())
        known = (oldest.owner, oldest.terms.client_id or "")
        if self._by_client_id.get(known) == oldest.id:
            del self._by_client_id[known]


def _shown(order: Order, action: Action, correlation: str | None) -> OrderChanged:
    """Return an order as it stands now."""
    shown = copy(order)
    shown.trades = list(order.trades)
    return OrderChanged(shown, action, correlation)
