"""The exchange as a whole: market, auctions, played members, faults and what is due later. No network.

Everything happens in the order of the exchange's clock: before anything is asked of it, what has come due is done,
each at its own instant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flexbourse_exchange_simulator.agenda import Agenda
from flexbourse_exchange_simulator.auction_house import AuctionHouse
from flexbourse_exchange_simulator.clock import Clock, DrivenClock
from flexbourse_exchange_simulator.config import Config, ScriptedOrders
from flexbourse_exchange_simulator.domain.market import IntradayMarket
from flexbourse_exchange_simulator.domain.order import Cause, Terms
from flexbourse_exchange_simulator.domain.periods import TradingHours
from flexbourse_exchange_simulator.domain.rules import Rules
from flexbourse_exchange_simulator.domain.trading import Event, Outcome, TradeDone, TradingStatus
from flexbourse_exchange_simulator.faults import FaultScript
from flexbourse_exchange_simulator.liquidity import LiquidityProvider
from flexbourse_exchange_simulator.reading import OrdersRequest

NEIGHBOURS = {"CZ": (1_500, 1_500), "HU": (1_000, 1_000), "PL": (500, 500)}  # MW in and out
MAX_CLOCK_STEP_MS = 31 * 86_400_000

Listener = Callable[[list[Event]], None]


class ClockError(ValueError):
    """A clock that cannot be set so."""


class Venue:
    """One exchange. Single-threaded: each call runs to its end."""

    def __init__(self, config: Config, clock: Clock) -> None:
        settings = config.market
        self.clock, self.config = clock, config
        hours = TradingHours(
            settings.zone, settings.opens_hour, settings.closes_before_minutes, tuple(settings.products)
        )
        self.rules = Rules(hours)
        self._listeners: list[Listener] = []
        self._stops: list[Callable[[], None]] = []
        self.begin()

    def begin(self) -> None:
        """Be as at the start: nothing was ever asked, a driven clock stands at its beginning."""
        config = self.config
        self.clock.begin()
        self._now = self.clock.now()
        self._outage_until = 0
        self.market = IntradayMarket(self.rules, config.market.client_order_ids)
        self.agenda = Agenda()
        self.faults = FaultScript([replace(fault) for fault in config.faults])
        self.hub_to_hub = dict(NEIGHBOURS)
        self.provider = LiquidityProvider(config.liquidity, self.rules.hours) if config.liquidity.seed else None
        self.auctions = AuctionHouse(config.auction, self.rules.hours, self.agenda, self.provider)
        if self.provider is not None:
            self.agenda.note(self._now, self._refresh)
        for scripted in config.orders:
            self._note_scripted(scripted)

    # Time

    def now(self) -> int:
        """Return the instant that the exchange has come to."""
        return self._now

    def catch_up(self) -> int:
        """Do everything that has come due and return the present instant."""
        self._run_to(max(self._now, self.clock.now()))
        return self._now

    def drive(self, instant: int) -> int:
        """Set a driven clock and do everything that comes due on the way; raises ClockError."""
        if not isinstance(self.clock, DrivenClock):
            raise ClockError("the clock is the machine's own: start the simulator with a driven one")
        if not self._now <= instant <= self._now + MAX_CLOCK_STEP_MS:
            raise ClockError("a clock goes forward only, and at most 31 days at once")
        self.clock.instant = instant
        return self.catch_up()

    def next_due(self) -> int | None:
        """Return when something happens by itself."""
        known = [due for due in (self.agenda.next_due(), self.market.next_end()) if due is not None]
        return min(known, default=None)

    def _run_to(self, target: int) -> None:
        while (due := self.next_due()) is not None and due <= target:
            self._now = max(self._now, due)
            end = self.market.next_end()
            if end is not None and end <= self._now:
                self.tell(self.market.expire(self._now))
            else:
                self.agenda.take()[1](self._now)
        self._now = target

    # Members

    def listen(self, listener: Listener, on_outage: Callable[[], None]) -> None:
        """Let somebody be told every event, and the beginning of an outage."""
        self._listeners.append(listener)
        self._stops.append(on_outage)

    def tell(self, events: list[Event]) -> None:
        """Tell events to everybody; recalls that were scripted are noted."""
        for event in events:
            if isinstance(event, TradeDone):
                trade = event.trade
                fault = self.faults.of_trade(trade.buyer, trade.seller)
                if fault is not None:
                    self.agenda.note(self._now + round(fault.seconds * 1000), self._recall_task(trade.id))
        for listener in self._listeners:
            listener(events)

    def create(self, user: str, request: OrdersRequest, *, later_ms: int | None, outcome: str = "done") -> Outcome:
        """Take a request's orders now; with `later_ms`, only note them as pending and finish them then."""
        take = self.market.create if later_ms is None else self.market.admit
        result = take(
            user, request.entries, self._now, all_or_nothing=request.all_or_nothing, correlation=request.correlation
        )
        if later_ms is not None:
            for order_id in result.fresh:
                task = self._creation_task(order_id, request.correlation, outcome)
                self.agenda.note(self._now + later_ms, task)
        self.tell(result.events)
        return result

    def operate(self, order_id: int, cause: Cause, correlation: str | None, *, later_ms: int | None) -> None:
        """Activate, deactivate or cancel an order that nothing forbids; with `later_ms`, then."""
        if later_ms is None:
            self.tell(self.market.operate(order_id, cause, self._now, correlation))
            return
        self.agenda.note(
            self._now + later_ms,
            lambda now: self.tell(self.market.finish_operation(order_id, cause, now, correlation)),
        )
        self.tell(self.market.hold(order_id, correlation))

    def modify(self, order_id: int, terms: Terms, correlation: str | None, *, later_ms: int | None) -> int | None:
        """Modify an order that nothing forbids; returns the new id, None where it is given later."""
        if later_ms is None:
            new_id, events = self.market.modify(order_id, terms, self._now, correlation)
            self.tell(events)
            return new_id
        self.agenda.note(
            self._now + later_ms,
            lambda now: self.tell(self.market.finish_modification(order_id, terms, now, correlation)),
        )
        self.tell(self.market.hold(order_id, correlation))
        return None

    def hibernate(self, user: str) -> None:
        """Deactivate a member's orders."""
        self.tell(self.market.hibernate(user, self._now))

    # The operator

    def set_status(self, status: TradingStatus) -> None:
        """Let the market trade or rest."""
        self.tell(self.market.set_status(status))

    def recall(self, trade_id: int) -> None:
        """Undo a trade; raises KeyError where it is not known."""
        self.tell(self.market.recall(trade_id, self._now))

    def begin_outage(self, seconds: float) -> None:
        """Answer nothing for some time of the exchange's clock."""
        self._outage_until = self._now + round(seconds * 1000)
        for stop in self._stops:
            stop()

    @property
    def is_out(self) -> bool:
        """Tell whether nothing is answered."""
        return self._now < self._outage_until

    def state(self) -> dict[str, Any]:
        """Return figures of the present state."""
        return {
            "orders": len(self.market.orders),
            "trades": len(self.market.trades),
            "books": len(self.market.books),
            "auctions": [day.isoformat() for day in self.auctions.days()],
            "out": self.is_out,
        }

    # What is due later

    def _refresh(self, now: int) -> None:
        assert self.provider is not None
        if self.market.status.takes_orders:
            self.tell(self.provider.refresh(self.market, now))
        self.agenda.note(now + self.config.liquidity.refresh_seconds * 1000, self._refresh)

    def _recall_task(self, trade_id: int) -> Callable[[int], None]:
        return lambda now: self.tell(self.market.recall(trade_id, now) if trade_id in self.market.trades else [])

    def _creation_task(self, order_id: int, correlation: str | None, outcome: str) -> Callable[[int], None]:
        finish = self.market.refuse_creation if outcome == "rejected" else self.market.finish_creation
        return lambda now: self.tell(finish(order_id, now, correlation))

    def _note_scripted(self, scripted: ScriptedOrders) -> None:
        def enter(now: int) -> None:
            self.tell(self.market.create(scripted.user, [scripted.entry], now, all_or_nothing=False).events)

        self.agenda.note(scripted.at, enter)
