"""What the gateway needs of an exchange, whichever it is: requests that are answered, and a stream that tells."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from flexbourse_wholesale_gateway.domain.external_orders.deciding import RequestAnswer
from flexbourse_wholesale_gateway.domain.external_orders.order import ExternalTerms, OperationKind
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report


@dataclass(frozen=True, slots=True)
class Level:
    """A price of a book, with what all and what we offer there."""

    price_ticks: int
    quantity_w: int
    own_w: int


@dataclass(frozen=True, slots=True)
class Book:
    """The order book of a delivery period, best prices first."""

    delivery_start_s: int
    delivery_end_s: int
    is_block: bool
    trading_end_s: int
    buy: tuple[Level, ...]
    sell: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class MarketStatus:
    """Whether the exchange takes orders, in its own word too."""

    takes_orders: bool
    name: str
    system_time_s: int


@dataclass(frozen=True, slots=True)
class Connected:
    """The stream tells from now on; what was missed has to be looked up."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Nobody tells any more; the exchange may have hibernated our orders."""

    reason: str


@dataclass(frozen=True, slots=True)
class OrderTold:
    """An order of ours, as it stands."""

    report: Report


@dataclass(frozen=True, slots=True)
class OrderRefused:
    """The exchange refuses what it had taken; `key` is the client order id, or the external id."""

    key: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BooksTold:
    """Books that changed, each whole."""

    books: tuple[Book, ...]


@dataclass(frozen=True, slots=True)
class BooksLost:
    """A change of the books was missed: they are not to be used until they are told anew."""


@dataclass(frozen=True, slots=True)
class StatusTold:
    """The market has another status."""

    status: MarketStatus


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that could not be understood."""

    reason: str


Told = Connected | Disconnected | OrderTold | OrderRefused | BooksTold | BooksLost | StatusTold | Unreadable
Listener = Callable[[Told], Awaitable[None]]


class Exchange(Protocol):
    """Requests. Those that change something always come back with an outcome; questions raise TransientError."""

    async def create(self, number: int, client_order_id: str, terms: ExternalTerms) -> RequestAnswer:
        """Enter an order; `number` is that of the attempt and comes back with the answer."""

    async def modify(
        self, number: int, external_id: str, quantity_w: int | None, price_ticks: int | None
    ) -> RequestAnswer:
        """Put a successor in an order's place; None: as it is."""

    async def operate(self, number: int, external_id: str, kind: OperationKind) -> RequestAnswer:
        """Activate, deactivate or cancel an order."""

    async def look_up(self, client_order_id: str, terms: ExternalTerms) -> list[Report]:
        """Return every order under a client order id, ended ones and their trades too; raises TransientError."""

    async def market_status(self) -> MarketStatus:
        """Return the status of the market; raises TransientError."""


class ExchangeStream(Protocol):
    """What the exchange tells by itself."""

    async def run(self, listener: Listener) -> None:
        """Tell the listener until cancelled, connecting again with a bound; raises TransientError beyond it."""
