"""From JSON to what the market is asked. Every problem of a request is found, each under the key of its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from flexbourse_exchange_simulator.domain.auction import BlockBid, CurveBid
from flexbourse_exchange_simulator.domain.order import Indication, Order, Side, Terms
from flexbourse_exchange_simulator.domain.periods import Period
from flexbourse_exchange_simulator.domain.problem import Code, Problem
from flexbourse_exchange_simulator.domain.trading import Entry
from flexbourse_exchange_simulator.values import (
    CENTS_PER_EUR,
    LOTS_PER_MW,
    ValueProblem,
    read_day,
    read_instant,
    scaled,
)

MAX_CORRELATION = 128
MAX_CURVE_STEPS = 200

Read = TypeVar("Read")
Errors = dict[str, list[Problem]]


class RefusedRequest(Exception):  # noqa: N818 - a refusal is an answer
    """A request that is refused as a whole; problems by the key of the order, the empty key for the request itself."""

    def __init__(self, errors: Errors, correlation: str | None = None) -> None:
        super().__init__(f"{sum(map(len, errors.values()))} problems")
        self.errors, self.correlation = errors, correlation


@dataclass(frozen=True, slots=True)
class OrdersRequest:
    """A request to create orders."""

    correlation: str | None
    all_or_nothing: bool
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class AuctionEntry:
    """One order of a request to the auction: a bid, or what is wrong with how it is said."""

    key: str
    bid: CurveBid | BlockBid | None
    note: str | None
    client_id: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class AuctionRequest:
    """A request to create orders of an auction."""

    correlation: str | None
    all_or_nothing: bool
    day: date
    entries: list[AuctionEntry]


class _Reader:
    """Reads fields of one object and notes what is wrong with them."""

    def __init__(self, document: Mapping[str, Any], known: frozenset[str]) -> None:
        self.document = document
        self.problems = [
            Problem(Code.FORMAT, f"{name} is no field of this request.", (name,))
            for name in sorted(set(map(str, document)) - known)
        ]

    def field(self, name: str, code: Code, read: Callable[[Any, str], Read]) -> Read | None:
        """Return a field's value; None and a noted problem where it cannot be read."""
        try:
            return read(self.document.get(name), name)
        except ValueProblem as problem:
            self.problems.append(Problem(code, str(problem), (name,)))
            return None

    def optional(self, name: str, code: Code, read: Callable[[Any, str], Read]) -> Read | None:
        """Return a field's value; None where it is not there or null."""
        return None if self.document.get(name) is None else self.field(name, code, read)

    def changed(self, name: str, present: Read, code: Code, read: Callable[[Any, str], Read]) -> Read:
        """Return a field's value, or the present one where the field is left out."""
        value = self.field(name, code, read) if name in self.document else present
        return present if value is None else value

    def changed_or_none(
        self, name: str, present: Read | None, code: Code, read: Callable[[Any, str], Read]
    ) -> Read | None:
        """Return a field's value, None where it is null, or the present one where it is left out."""
        return self.optional(name, code, read) if name in self.document else present


ORDER_FIELDS = frozenset(
    {
        "type",
        "direction",
        "indication",
        "deliveryStart",
        "deliveryEnd",
        "expiration",
        "quantity",
        "price",
        "peakQuantity",
        "peakPriceDelta",
        "active",
        "note",
        "clientOrderId",
    }
)
BID_FIELDS = frozenset(
    {"type", "direction", "deliveryStart", "deliveryEnd", "steps", "quantity", "price", "note", "clientOrderId"}
    | {"minimumAcceptanceRatio"}
)
PERMILLE = 1_000
GROUPS = ("rejectPartially", "rejectAll")


def read_orders(document: Any, max_orders: int) -> OrdersRequest:
    """Read a request to create orders; raises RefusedRequest where it has no list of orders to answer for."""
    reader, correlation, all_or_nothing, orders = _group(document, max_orders, frozenset())
    if reader.problems:
        raise RefusedRequest({"": reader.problems}, correlation)
    return OrdersRequest(correlation, all_or_nothing, [read_entry(place, order) for place, order in enumerate(orders)])


def read_bids(document: Any, max_orders: int) -> AuctionRequest:
    """Read a request to create orders of an auction; raises RefusedRequest."""
    reader, correlation, all_or_nothing, orders = _group(document, max_orders, frozenset({"deliveryDay"}))
    day = reader.field("deliveryDay", Code.FORMAT, read_day)
    if reader.problems or day is None:
        raise RefusedRequest({"": reader.problems}, correlation)
    entries = [_auction_entry(place, order) for place, order in enumerate(orders)]
    return AuctionRequest(correlation, all_or_nothing, day, entries)


def read_correlation(document: Any) -> str | None:
    """Return the correlation of an operation's body, which may be empty; raises RefusedRequest."""
    if document is None:
        return None
    if not isinstance(document, dict):
        raise RefusedRequest({"": [Problem(Code.FORMAT, "Body must be an object.")]})
    reader = _Reader(document, frozenset({"correlationId", "id"}))
    correlation = reader.optional("correlationId", Code.FORMAT, _text)
    if reader.problems:
        raise RefusedRequest({"": reader.problems}, correlation)
    return correlation


def read_modification(document: Any, order: Order) -> tuple[str | None, Terms]:
    """Return an order's terms with the fields of a modification in their place; raises RefusedRequest.

    The quantity is what is still offered; left out, it is what the order has left. A peak that is no longer smaller
    than the quantity falls away where the request says nothing of it.
    """
    if not isinstance(document, dict):
        raise RefusedRequest({"": [Problem(Code.FORMAT, "Body must be an object.")]})
    known = {"id", "correlationId", "quantity", "price", "peakQuantity", "peakPriceDelta", "expiration", "note"}
    reader = _Reader(document, frozenset(known))
    correlation = reader.optional("correlationId", Code.FORMAT, _text)
    old = order.terms
    quantity = reader.changed("quantity", order.unmatched, Code.QUANTITY, _lots)
    peak = reader.changed_or_none("peakQuantity", old.peak_quantity, Code.PEAK_QUANTITY, _lots)
    if "peakQuantity" not in document and peak is not None and peak >= quantity:
        peak = None
    delta = reader.changed_or_none("peakPriceDelta", old.peak_price_delta, Code.PEAK_PRICE_DELTA, _cents)
    if "peakPriceDelta" not in document and peak is None:
        delta = None
    price = reader.changed("price", old.price, Code.PRICE, _cents)
    expiration = reader.changed_or_none("expiration", old.expiration, Code.FORMAT, read_instant)
    note = reader.changed_or_none("note", old.note, Code.FORMAT, _text)
    if reader.problems:
        raise RefusedRequest({old.client_id or str(order.id): reader.problems}, correlation)
    terms = replace(
        old,
        quantity=quantity,
        price=price,
        peak_quantity=peak,
        peak_price_delta=delta,
        expiration=expiration,
        note=note,
    )
    return correlation, terms


def _group(document: Any, max_orders: int, more: frozenset[str]) -> tuple[_Reader, str | None, bool, list[Any]]:
    if not isinstance(document, dict):
        raise RefusedRequest({"": [Problem(Code.FORMAT, "Body must be an object.")]})
    reader = _Reader(document, frozenset({"correlationId", "groupIndication", "orders"}) | more)
    correlation = reader.optional("correlationId", Code.FORMAT, _text)
    if correlation is not None and len(correlation) > MAX_CORRELATION:
        reader.problems.append(Problem(Code.TEXT_LENGTH, f"correlationId has more than {MAX_CORRELATION} characters."))
    group = reader.field("groupIndication", Code.FORMAT, _one_of(*GROUPS))
    orders = document.get("orders")
    if not isinstance(orders, list) or not 1 <= len(orders) <= max_orders:
        message = f"orders must be a list of 1 to {max_orders} orders."
        reader.problems.append(Problem(Code.ORDERS_COUNT, message, (max_orders,)))
        orders = []
    return reader, correlation, group == "rejectAll", orders


def read_entry(place: int, document: Any) -> Entry:
    """Read one order; its key is the client's identifier, or its place in the list."""
    if not isinstance(document, dict):
        return Entry(f"[{place}]", None, (Problem(Code.FORMAT, "Order must be an object."),))
    reader = _Reader(document, ORDER_FIELDS)
    client_id = reader.optional("clientOrderId", Code.FORMAT, _text)
    side = reader.field("direction", Code.FORMAT, _one_of(*Side))
    period = _period(reader, "simple")
    indication = reader.optional("indication", Code.INDICATION, _one_of(*Indication))
    quantity = reader.field("quantity", Code.QUANTITY, _lots)
    price = reader.field("price", Code.PRICE, _cents)
    expiration = reader.optional("expiration", Code.FORMAT, read_instant)
    peak = reader.optional("peakQuantity", Code.PEAK_QUANTITY, _lots)
    delta = reader.optional("peakPriceDelta", Code.PEAK_PRICE_DELTA, _cents)
    active = reader.optional("active", Code.FORMAT, _flag)
    note = reader.optional("note", Code.FORMAT, _text)
    key = client_id or f"[{place}]"
    if reader.problems or side is None or period is None or quantity is None or price is None:
        return Entry(key, None, tuple(reader.problems))
    terms = Terms(
        Side(side),
        period,
        quantity,
        price,
        Indication(indication or Indication.NONE),
        expiration,
        peak,
        delta,
        active is not False,
        note,
        client_id,
    )
    return Entry(key, terms)


def _auction_entry(place: int, document: Any) -> AuctionEntry:
    if not isinstance(document, dict):
        return AuctionEntry(f"[{place}]", None, None, None, (Problem(Code.FORMAT, "Order must be an object."),))
    reader = _Reader(document, BID_FIELDS)
    client_id = reader.optional("clientOrderId", Code.FORMAT, _text)
    side = reader.field("direction", Code.FORMAT, _one_of(*Side))
    period = _period(reader, "curve")
    note = reader.optional("note", Code.FORMAT, _text)
    key = client_id or f"[{place}]"
    bid: CurveBid | BlockBid | None = None
    if period is not None and period.is_block:
        quantity = reader.field("quantity", Code.QUANTITY, _lots)
        price = reader.field("price", Code.PRICE, _cents)
        least = reader.optional("minimumAcceptanceRatio", Code.RATIO, _permille)
        if side is not None and quantity is not None and price is not None:
            bid = BlockBid(Side(side), period, quantity, price, PERMILLE if least is None else least)
    elif period is not None:
        steps = reader.field("steps", Code.CURVE, _steps)
        if side is not None and steps is not None:
            bid = CurveBid(Side(side), period, steps)
    return AuctionEntry(key, None if reader.problems else bid, note, client_id, tuple(reader.problems))


def _period(reader: _Reader, single: str) -> Period | None:
    kind = reader.field("type", Code.KIND, _one_of(single, "block"))
    start = reader.field("deliveryStart", Code.PERIOD, read_instant)
    end = reader.field("deliveryEnd", Code.PERIOD, read_instant)
    if kind is None or start is None or end is None:
        return None
    return Period(start, end, is_block=kind == "block")


def _one_of(*values: str) -> Callable[[Any, str], str]:
    def read(value: Any, name: str) -> str:
        if not isinstance(value, str) or value not in values:
            raise ValueProblem(f"{name} must be one of {', '.join(values)}.")
        return value

    return read


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueProblem(f"{name} must be a text.")
    return value


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueProblem(f"{name} must be true or false.")
    return value


def _lots(value: Any, name: str) -> int:
    return scaled(value, LOTS_PER_MW, name)


def _permille(value: Any, name: str) -> int:
    found = scaled(value, PERMILLE, name)
    if not 0 < found <= PERMILLE:
        raise ValueProblem(f"{name} must lie above 0 and not above 1.")
    return found


def _cents(value: Any, name: str) -> int:
    return scaled(value, CENTS_PER_EUR, name)


def _steps(value: Any, name: str) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CURVE_STEPS:
        raise ValueProblem(f"{name} must be a list of 1 to {MAX_CURVE_STEPS} steps.")
    found = []
    for step in value:
        if not isinstance(step, dict) or set(step) != {"price", "quantity"}:
            raise ValueProblem(f"{name}: each step has a price and a quantity.")
        found.append((_cents(step["price"], "price"), _lots(step["quantity"], "quantity")))
    return tuple(found)
