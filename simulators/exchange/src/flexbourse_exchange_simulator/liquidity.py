"""The members that the simulator plays itself, so that an only client finds counterparties.

Everything follows from the seed and from instants of the exchange's clock: the same seed and the same steps of the
clock give the same orders.
"""

from __future__ import annotations

import math
import random
from datetime import date

from flexbourse_exchange_simulator.config import Liquidity
from flexbourse_exchange_simulator.domain.auction import CurveBid
from flexbourse_exchange_simulator.domain.market import IntradayMarket
from flexbourse_exchange_simulator.domain.order import RESTING, Indication, Side, Status, Terms
from flexbourse_exchange_simulator.domain.periods import MINUTE_MS, Period, TradingHours
from flexbourse_exchange_simulator.domain.trading import Entry, Event
from flexbourse_exchange_simulator.values import CENTS_PER_EUR, LOTS_PER_MW

OWNER = "liquidity"
EVENING_HOUR = 19  # of the highest price
DAILY_SWING = 30  # EUR/MWh
PERIOD_NOISE = 8
REPRICED_AT_ONCE = 4  # periods at each refresh
LEVEL_STEP = 2  # EUR/MWh between levels
BLOCK_MARGIN = 2
AUCTION_STEPS = 10
AUCTION_STEP_PRICE = 15


class LiquidityProvider:
    """Quotes both sides of every open period, takes blocks at a good price, bids in the auction."""

    def __init__(self, settings: Liquidity, hours: TradingHours) -> None:
        self._settings, self._hours = settings, hours
        self._drawn = random.Random(f"{settings.seed} refresh")
        self._moves: dict[Period, int] = {}
        self._quotes: dict[tuple[Period, Side, int], int] = {}

    def reference(self, period: Period) -> int:
        """Return a period's reference price in cents."""
        drawn = random.Random(f"{self._settings.seed} {period.start} {period.end}")
        day_start = self._hours.local_instant(self._hours.delivery_day(period.start), 0)
        hour = (period.start - day_start) / (60 * MINUTE_MS)
        shape = DAILY_SWING * math.cos((hour - EVENING_HOUR) * math.pi / 12)
        noise = drawn.randint(-PERIOD_NOISE * CENTS_PER_EUR, PERIOD_NOISE * CENTS_PER_EUR)
        mean = self._settings.mean_price * CENTS_PER_EUR
        return mean + round(shape) * CENTS_PER_EUR + noise + self._moves.get(period, 0)

    def refresh(self, market: IntradayMarket, now: int) -> list[Event]:
        """Move some periods' prices, put matched quotes back, and take blocks that are worth it."""
        periods = [period for period in self._hours.open_periods(now) if period.minutes in self._settings.products]
        self._forget_closed(set(periods))
        events: list[Event] = []
        if self._quotes and periods:
            for period in sorted(self._drawn.sample(periods, min(REPRICED_AT_ONCE, len(periods)))):
                self._moves[period] = self._moves.get(period, 0) + CENTS_PER_EUR * self._drawn.randint(-3, 3)
                events += self._withdraw(market, period, now)
        for period in periods:
            events += self._quote(market, period, now)
        for period in sorted(entry for entry in market.books if entry.is_block):
            events += self._take_blocks(market, period, now)
        return events

    def auction_bids(self, day: date) -> list[CurveBid]:
        """Return curves of demand and supply for every quarter-hour of a day, around the reference price."""
        found = []
        for period in self._hours.periods_of(day, 15):
            middle = self.reference(period)
            for side in Side:
                first = middle - side.sign * (AUCTION_STEPS // 2) * AUCTION_STEP_PRICE * CENTS_PER_EUR
                prices = [
                    first + side.sign * place * AUCTION_STEP_PRICE * CENTS_PER_EUR for place in range(AUCTION_STEPS)
                ]
                lots = self._settings.quantity * LOTS_PER_MW
                found.append(CurveBid(side, period, tuple((price, lots) for price in prices)))
        return found

    def _forget_closed(self, open_periods: set[Period]) -> None:
        self._quotes = {key: order for key, order in self._quotes.items() if key[0] in open_periods}
        self._moves = {period: move for period, move in self._moves.items() if period in open_periods}

    def _withdraw(self, market: IntradayMarket, period: Period, now: int) -> list[Event]:
        events: list[Event] = []
        for side in Side:
            for level in range(self._settings.levels):
                present = market.orders.get(self._quotes.pop((period, side, level), 0))
                if present is not None and present.status in RESTING:
                    events += market.cancel(present.id, now)
        return events

    def _quote(self, market: IntradayMarket, period: Period, now: int) -> list[Event]:
        events: list[Event] = []
        for side in Side:
            for level in range(self._settings.levels):
                present = market.orders.get(self._quotes.get((period, side, level), 0))
                if present is not None and present.status is Status.ACTIVE:
                    continue
                if present is not None and present.status in RESTING:  # matched in part: a whole one takes its place
                    events += market.cancel(present.id, now)
                away = self._settings.spread * CENTS_PER_EUR // 2 + level * LEVEL_STEP * CENTS_PER_EUR
                price = self.reference(period) + side.sign * away
                terms = Terms(side, period, self._settings.quantity * LOTS_PER_MW, price)
                outcome = market.create(OWNER, [Entry("quote", terms)], now, all_or_nothing=False)
                events += outcome.events
                for created in outcome.orders:
                    self._quotes[period, side, level] = created
        return events

    def _take_blocks(self, market: IntradayMarket, period: Period, now: int) -> list[Event]:
        """Match blocks of others whose price is better than the reference by the margin."""
        events: list[Event] = []
        reference = self._block_reference(period)
        for side in Side:
            for order in list(market.books[period].side(side)):
                good = side.sign * (reference - order.terms.price) >= BLOCK_MARGIN * CENTS_PER_EUR
                if order.owner == OWNER or not good:
                    continue
                other = Side.SELL if side is Side.BUY else Side.BUY
                terms = Terms(other, period, order.remaining, order.terms.price, Indication.IMMEDIATE_OR_CANCEL)
                events += market.create(OWNER, [Entry("block", terms)], now, all_or_nothing=False).events
        return events

    def _block_reference(self, period: Period) -> int:
        quarter = 15 * MINUTE_MS
        inside = [Period(start, start + quarter) for start in range(period.start, period.end, quarter)]
        return sum(map(self.reference, inside)) // len(inside)
