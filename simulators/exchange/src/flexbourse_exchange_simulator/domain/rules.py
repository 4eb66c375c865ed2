"""What an order may say. Every broken rule of an order is found, not only the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flexbourse_exchange_simulator.domain.order import Indication, Terms
from flexbourse_exchange_simulator.domain.periods import Phase, TradingHours
from flexbourse_exchange_simulator.domain.problem import Code, Problem

MAX_TEXT = 64
MAX_SLICES = 100  # parts that an iceberg may have


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of the market: lots of 0.1 MW, cents per MWh."""

    hours: TradingHours = field(default_factory=TradingHours)
    max_quantity: int = 9_990
    lowest_price: int = -999_900
    highest_price: int = 999_900
    max_open_orders: int = 20_000  # of one member
    max_orders_per_request: int = 100

    def problems(self, terms: Terms, now: int) -> list[Problem]:
        """Return everything that forbids an order at this instant."""
        return [
            *self._period(terms, now),
            *self._amounts(terms),
            *self._indication(terms),
            *self._expiration(terms, now),
            *self._texts(terms),
        ]

    def _period(self, terms: Terms, now: int) -> Iterator[Problem]:
        if not self.hours.exists(terms.period):
            yield Problem(Code.PERIOD, "Delivery period is none that is traded here.")
            return
        phase = self.hours.phase(terms.period, now)
        if phase is Phase.NOT_OPENED:
            yield Problem(Code.NOT_OPEN, "Delivery period is not open for trading yet.")
        if phase is Phase.CLOSED:
            yield Problem(Code.TRADING_END, "Trading of the delivery period has ended.")

    def _amounts(self, terms: Terms) -> Iterator[Problem]:
        if not 1 <= terms.quantity <= self.max_quantity:
            limit = self.max_quantity // 10
            yield Problem(Code.QUANTITY, f"Quantity must lie between 0.1 and {limit} MW.", (limit,))
        if not self.lowest_price <= terms.price <= self.highest_price:
            low, high = self.lowest_price // 100, self.highest_price // 100
            yield Problem(Code.PRICE, f"Price must lie between {low} and {high} EUR/MWh.", (low, high))
        if terms.peak_price_delta is not None and (terms.peak_quantity is None or terms.peak_price_delta < 0):
            yield Problem(Code.PEAK_PRICE_DELTA, "Peak price delta is not negative and needs a peak quantity.")
        if terms.peak_quantity is None:
            return
        if not 1 <= terms.peak_quantity < terms.quantity:
            yield Problem(Code.PEAK_QUANTITY, "Peak quantity must be positive and smaller than the quantity.")
        elif -(-terms.quantity // terms.peak_quantity) > MAX_SLICES:
            message = f"An iceberg order has at most {MAX_SLICES} parts."
            yield Problem(Code.PEAK_QUANTITY, message, (MAX_SLICES,))

    def _indication(self, terms: Terms) -> Iterator[Problem]:
        immediate = terms.indication in {Indication.FILL_OR_KILL, Indication.IMMEDIATE_OR_CANCEL}
        if terms.indication is Indication.ALL_OR_NONE and not terms.period.is_block:
            yield Problem(Code.INDICATION, "All-or-none is for block orders only.")
        if immediate and not terms.active:
            yield Problem(Code.INDICATION, "An order that is matched at once or not at all cannot be inactive.")
        if immediate and terms.expiration is not None:
            yield Problem(Code.INDICATION, "An order that is matched at once or not at all cannot expire.")
        if terms.peak_quantity is not None and (terms.indication is not Indication.NONE or terms.period.is_block):
            yield Problem(Code.PEAK_QUANTITY, "An iceberg order is a simple order without indication.")

    def _expiration(self, terms: Terms, now: int) -> Iterator[Problem]:
        if terms.expiration is None:
            return
        if terms.expiration <= now:
            yield Problem(Code.EXPIRATION_PAST, "Order expiration time has passed.")
        if terms.expiration > self.hours.trading_end(terms.period):
            yield Problem(Code.EXPIRATION_END, "Order expiration time cannot be later than period trading end.")

    def _texts(self, terms: Terms) -> Iterator[Problem]:
        for name, text in (("note", terms.note), ("clientOrderId", terms.client_id)):
            if text is not None and len(text) > MAX_TEXT:
                yield Problem(Code.TEXT_LENGTH, f"{name} has more than {MAX_TEXT} characters.", (name, MAX_TEXT))
