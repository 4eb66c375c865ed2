"""What members ask of the intraday market, and what it tells them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flexbourse_exchange_simulator.domain.order import Order, Terms
from flexbourse_exchange_simulator.domain.periods import Period
from flexbourse_exchange_simulator.domain.problem import Problem


class TradingStatus(StrEnum):
    """State of the whole market; orders are taken and matched in three of them."""

    XBID_OK = "xbidOk"
    XBID_NOK = "xbidNok"
    XBID_HALT = "xbidHalt"
    XBID_BATCH_MATCHING = "xbidBatchMatching"
    LOCAL_ON = "localOn"
    LOCAL_OFF = "localOff"

    @property
    def takes_orders(self) -> bool:
        """Tell whether orders are taken and matched."""
        return self in {TradingStatus.XBID_OK, TradingStatus.XBID_NOK, TradingStatus.LOCAL_ON}


class ClientIds(StrEnum):
    """What a client's identifier that was used before means."""

    REFUSE = "refuse"  # an error that names the order
    REPEAT = "repeat"  # the same terms: the order that is there; other terms: an error
    IGNORE = "ignore"  # another order


class Action(StrEnum):
    """Why an order is shown again."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    ACTIVATED = "activated"
    DEACTIVATED = "deactivated"
    MATCHED = "matched"
    CANCELED = "canceled"


@dataclass(slots=True)
class Trade:
    """A match of two orders: lots of 0.1 MW at cents per MWh."""

    id: int
    time: int
    period: Period
    price: int
    quantity: int
    buy_order: int
    sell_order: int
    buyer: str
    seller: str
    recalled: int | None = None


@dataclass(slots=True)
class Statistics:
    """What was traded in one period, recalled trades left out of the total."""

    last_time: int | None = None
    last_price: int = 0
    last_quantity: int = 0
    highest: int = 0
    lowest: int = 0
    total: int = 0
    direction: int = 0

    def add(self, trade: Trade) -> None:
        """Count a trade."""
        first = self.last_time is None
        self.direction = 0 if first else (trade.price > self.last_price) - (trade.price < self.last_price)
        self.highest = trade.price if first else max(self.highest, trade.price)
        self.lowest = trade.price if first else min(self.lowest, trade.price)
        self.last_time, self.last_price, self.last_quantity = trade.time, trade.price, trade.quantity
        self.total += trade.quantity


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order as it stands after a change; a copy."""

    order: Order
    action: Action
    correlation: str | None = None


@dataclass(frozen=True, slots=True)
class OrderRefused:
    """An order, or an operation on one, that was accepted for processing and then refused."""

    owner: str
    key: str
    problems: tuple[Problem, ...]
    correlation: str | None = None


@dataclass(frozen=True, slots=True)
class BookChanged:
    """The book of a period is another than before."""

    period: Period


@dataclass(frozen=True, slots=True)
class TradeDone:
    """Two orders were matched."""

    trade: Trade


@dataclass(frozen=True, slots=True)
class TradeRecalled:
    """The operator has undone a trade."""

    trade: Trade


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The market trades, or no longer."""

    status: TradingStatus


Event = OrderChanged | OrderRefused | BookChanged | TradeDone | TradeRecalled | StatusChanged


@dataclass(frozen=True, slots=True)
class Entry:
    """One order of a request: what it says, or what is wrong with how it says it."""

    key: str
    terms: Terms | None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What a request came to: orders by id, new and repeated ones, problems by the key of the order, events."""

    orders: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    errors: dict[str, list[Problem]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
