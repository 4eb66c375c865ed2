"""The books as their events leave them: what rests, how it is ranked, in which phase each is."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from log_access import network

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_messages.catalogue import GRID_TARIFF, GRID_TOPOLOGY, REGISTRY_ENTITY

SELL = book.SIDE_SELL
QUARTER_S = 900
WHOLE = (book.FILL_RULE_ALL_OR_NONE, book.FILL_RULE_FILL_OR_KILL)
BY_ITS_PARTY = (book.REPLACE_CAUSE_UNSPECIFIED, book.REPLACE_CAUSE_REACTIVATED)


def is_match(name: str, body: Any) -> bool:
    """Tell whether an event fills orders: a trade, but none agreed upon, and of a span its match alone."""
    return name == "span_matched" or (name == "trade" and not (body.span_match_id or body.agreement_id))


def fills(name: str, body: Any) -> bool:
    """Tell whether an event takes what it matches off its orders; a held match does that, its call no more."""
    return name == "held" or (is_match(name, body) and not is_called(body))


def of_a_set(body: Any) -> bool:
    """Tell whether a match was made at once with others, at a price and in an order of their own."""
    return isinstance(body, book.TradeExecuted) and bool(body.set_id)


def is_called(body: Any) -> bool:
    """Tell whether a trade was held before it was called: its orders were filled then."""
    return isinstance(body, book.TradeExecuted) and bool(body.call_id)


def match_id(body: Any) -> str:
    """Return the id of a trade, of a match over a span, or of one that is held for a call."""
    if isinstance(body, book.FlexibilityHeld):
        return str(body.call_id)
    return str(body.span_match_id if isinstance(body, book.SpanMatched) else body.trade_id)


def sides_of(match: Any) -> list[Any]:
    """Return the sides of a match that have an order: whoever is upstream of a pool has none."""
    return [side for side in (match.seller, match.buyer) if side.order_id]


def is_paired(match: Any) -> bool:
    """Tell whether an operator paid for a pair that does not cross."""
    return isinstance(match, book.TradeExecuted) and match.HasField("spread") and not match.set_id


@dataclass
class Books:
    """Resting orders, and the nodal tariff by which each period's books are sorted."""

    orders: dict[str, book.Order] = field(default_factory=dict)
    open_w: dict[str, int] = field(default_factory=dict)
    hidden_w: dict[str, int] = field(default_factory=dict)  # of icebergs, part of what is open
    nodes: list[str] = field(default_factory=list)
    tariffs: dict[tuple[int, int], grid.TariffState] = field(default_factory=dict)
    version: dict[int, int] = field(default_factory=dict)
    newest: dict[int, grid.TariffState] = field(default_factory=dict)  # by period
    phases: dict[tuple[str, int], int] = field(default_factory=dict)
    aggressor: str = ""  # the newest order: it came, or came back, or lost its place
    clicked: set[str] = field(default_factory=set)  # markets where nothing matches but by a hit
    passed: set[str] = field(default_factory=set)  # resting orders that it was not matched with, with an event

    def rank(self, order: book.Order) -> tuple[int, int]:
        """Return price + nodal tariff of deviation sides, lower is better for the other side; then time."""
        nodal = self._nodal_ticks(order) if order.basis == book.BASIS_DEVIATION and order.node_id in self.nodes else 0
        price = order.limit_price_ticks + nodal
        return (price if order.side == SELL else -price), order.sequence

    def _nodal_ticks(self, order: book.Order) -> int:
        """Return the tariff of an order's node: of a span the mean of its quarter-hours, which has no version."""
        start_s = order.mtu.start_s
        starts = range(start_s, start_s + order.mtu.length_s, self._step_s(start_s))
        if len(starts) == 1:
            found = [self.tariffs.get((start, self.version.get(start, 0))) for start in starts]
        else:
            found = [self.newest.get(start) for start in starts]
        known = [tariff.nodal_ticks[self.nodes.index(order.node_id)] for tariff in found if tariff is not None]
        return round(Fraction(sum(known), len(known))) if len(known) == len(found) else 0

    def _step_s(self, start_s: int) -> int:
        """Return the length of the market's own periods, of which a span has several: that of their tariffs."""
        own = self.newest.get(start_s)
        return own.mtu.length_s if own is not None else QUARTER_S

    def is_enough(self, taking: book.Order, taking_w: int, resting: book.Order) -> bool:
        """Tell whether two orders are large enough for each other, by what they ask of a single match."""
        open_w = self.open_w.get(resting.order_id, 0)
        whole = resting.fill_rule == book.FILL_RULE_ALL_OR_NONE
        least = open_w if whole else min(resting.instructions.min_quantity_w, open_w)
        shown_w = open_w - self.hidden_w.get(resting.order_id, 0)
        if taking.fill_rule in WHOLE and least > 1 and shown_w < taking_w:
            return False  # of those that are whole or nothing the ones are taken that fit together
        return min(taking_w, shown_w) >= max(least, min(taking.instructions.min_quantity_w, taking_w), 1)

    def follow(self, name: str, body: Any) -> None:
        """Keep the books as an event leaves them."""
        if name in ("admitted", "replaced"):
            order, before = body.order, self.orders.get(body.order.order_id)
            self.orders[order.order_id], self.open_w[order.order_id] = order, order.open_w
            self.hidden_w[order.order_id] = order.hidden_w
            if before is None or (before.sequence != order.sequence and body.cause in BY_ITS_PARTY):
                self.aggressor, self.passed = order.order_id, set()
        elif name == "sorted" and body.mtu.length_s == self._step_s(body.mtu.start_s):
            self.version[body.mtu.start_s] = body.tariff_version
        elif name in ("opened", "phase_changed"):
            phase = body.phase or book.PHASE_CONTINUOUS if name == "opened" else body.after
            self.phases[body.market_id, body.mtu.start_s] = phase
        elif name == "skipped":
            self.passed.add(body.resting_order_id)
        elif name in ("closed", "hibernated"):
            self.open_w.pop(body.order_id if name == "closed" else body.order.order_id, None)
        elif is_match(name, body):
            self._fill(body)

    def _fill(self, match: book.TradeExecuted | book.SpanMatched) -> None:
        for side in sides_of(match):
            self.open_w[side.order_id], self.hidden_w[side.order_id] = side.open_w, side.hidden_w
        if match.shrunk_by:  # itself says what stood against more with this order
            self.passed.add(match.seller.order_id if match.buyer_is_aggressor else match.buyer.order_id)

    def adopt(self, adopted: log_pb2.Adopted) -> None:
        """Take tariffs and the nodes that they are of; and markets where nothing matches by itself."""
        if adopted.topic == GRID_TARIFF and adopted.value:
            tariff = grid.TariffState.FromString(adopted.value)
            start = tariff.mtu.start_s
            self.tariffs[start, tariff.version] = self.newest[start] = tariff
            resting = (self.orders[name] for name, open_w in self.open_w.items() if open_w)
            if not any(own.mtu == tariff.mtu and own.basis != book.BASIS_OPERATOR_REQUEST for own in resting):
                self.version[start] = tariff.version  # nothing is there to be sorted, so nothing is told
        elif adopted.topic == GRID_TOPOLOGY and adopted.value:
            self.nodes = [node.id for node in network(grid.TopologyState.FromString(adopted.value).model).nodes]
        elif adopted.topic == REGISTRY_ENTITY and adopted.value:
            entity = registry.EntityState.FromString(adopted.value).entity
            if entity.HasField("market") and not entity.market.automatic_matching:
                self.clicked.add(entity.market.market_id)
