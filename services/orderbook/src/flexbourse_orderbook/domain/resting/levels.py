"""The queue of one price level: an intrusive doubly linked ring that the level itself closes, first in first out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.orders import REACTIVE, FillRule, Order, OrderStatus, Product, Side

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.entry.activity import PartyRecord
    from flexbourse_orderbook.domain.entry.collateral import Account
    from flexbourse_orderbook.domain.position import Position
    from flexbourse_orderbook.domain.resting.resting_book import Book
    from flexbourse_orderbook.domain.state import Period

NO_NODE = -1
_BUY, _LOCAL_ENERGY, _NORMAL, _ALL_OR_NONE = Side.BUY, Product.LOCAL_ENERGY, FillRule.NORMAL, FillRule.ALL_OR_NONE


class Link:
    """A place in a ring. Only what stands in one has neighbours: to take it out twice is a bug and crashes."""

    __slots__ = ("earlier", "later")

    earlier: Link
    later: Link

    def unlink(self) -> None:
        """Forget the neighbours, where they have closed the ring: nothing is left for the cycle collector."""
        self.earlier = self.later = _NOWHERE


# Beside what stands in no ring; who asks it for its own neighbours finds that it has none.
_NOWHERE = Link()


class Left:
    """What matches, and its end, have made of an order's terms at one moment."""

    __slots__ = ("collateral_micro_euro", "filled_w", "hidden_w", "open_w", "status")

    def __init__(
        self, open_w: int, filled_w: int, status: OrderStatus, collateral_micro_euro: int, hidden_w: int
    ) -> None:
        self.open_w = open_w
        self.filled_w = filled_w
        self.status = status
        self.collateral_micro_euro = collateral_micro_euro
        self.hidden_w = hidden_w

    def of(self, terms: Order) -> Order:
        """Return the order as it stood then."""
        return replace(
            terms, open_w=self.open_w, filled_w=self.filled_w, status=self.status,
            collateral_micro_euro=self.collateral_micro_euro, hidden_w=self.hidden_w,
        )  # fmt: skip


class RestingOrder(Link):
    """An open order with its place in the queue of its level.

    `terms` is the order as it was admitted or last replaced; what matches change stands beside it. `node` is the
    index in the topology (NO_NODE where there is none), `moves` what a match moves there per W (0: nothing), `key` the
    place in the side: price and nodal tariff, sign-adjusted so that lower is better. What every pair asks of the terms
    stands beside them: the period, whether the order buys, whether its quantities are var, and whether it may match in
    every part (`is_plain`). From when it rests it knows its `period` and `book`, and where it counts: its
    party's `account` and `record` in its market, and the one `position` of its metering point, None where it has none
    or those of a span.
    """

    __slots__ = (
        "account", "book", "collateral_micro_euro", "filled_w", "is_buy", "is_plain", "is_reactive", "key", "moves",
        "mtu", "node", "open_w", "period", "position", "record", "sequence", "status", "terms",
    )  # fmt: skip

    account: Account
    book: Book
    period: Period
    record: PartyRecord
    position: Position | None

    def __init__(self, terms: Order, node: int, moves: int, key: int = 0) -> None:
        self.terms = terms
        self.node = node
        self.moves = moves
        self.key = key
        self.sequence = terms.sequence
        self.open_w = terms.open_w
        self.filled_w = terms.filled_w
        self.collateral_micro_euro = terms.collateral_micro_euro
        self.status: OrderStatus = terms.status
        self.mtu: Mtu = terms.mtu
        self.is_plain = True
        self.is_buy = terms.side is _BUY
        self.is_reactive = terms.product is not _LOCAL_ENERGY and terms.product in REACTIVE

    def left(self) -> Left | None:
        """Return what stands of the order now; None where nothing has changed its terms."""
        terms = self.terms
        if (
            self.open_w == terms.open_w
            and self.filled_w == terms.filled_w
            and self.status is terms.status
            and self.collateral_micro_euro == terms.collateral_micro_euro
        ):
            return None
        return Left(self.open_w, self.filled_w, self.status, self.collateral_micro_euro, terms.hidden_w)

    def value(self) -> Order:
        """Return the order as it stands now; its terms themselves where nothing has changed them."""
        left = self.left()
        return self.terms if left is None else left.of(self.terms)


class RestrictedOrder(RestingOrder):
    """An order that may not match in every part: all-or-none, with a minimum quantity, an iceberg, or of a group.

    Of what is open `hidden_w` does not match yet, and nobody sees it.
    """

    __slots__ = ("hidden_w",)

    def __init__(self, terms: Order, node: int, moves: int, key: int = 0) -> None:
        super().__init__(terms, node, moves, key)
        self.is_plain = False
        self.hidden_w = terms.hidden_w

    def left(self) -> Left | None:
        """Return what stands of the order now; None where nothing has changed its terms."""
        if super().left() is None and self.hidden_w == self.terms.hidden_w:
            return None
        return Left(self.open_w, self.filled_w, self.status, self.collateral_micro_euro, self.hidden_w)

    @property
    def least_w(self) -> int:
        """Return the smallest match that a resting order takes part in."""
        if self.terms.fill_rule is _ALL_OR_NONE:
            return self.open_w
        return least_of(self, self.open_w)

    @property
    def waits_for_quantity(self) -> bool:
        """Tell whether orders can rest beside it that cross it, and are too small for it."""
        return self.least_w > 0


def least_of(order: RestingOrder, left_w: int) -> int:
    """Return the smallest match of an order of which so much is left, 0 where any will do."""
    instructions = order.terms.instructions
    return 0 if instructions is None else min(instructions.min_quantity_w, left_w)


def least_match(aggressor: RestingOrder, resting: RestingOrder, left_w: int) -> int:
    """Return the smallest match that both orders take part in."""
    return max(least_of(aggressor, left_w), resting.least_w if isinstance(resting, RestrictedOrder) else 0)


def shown_w(order: RestingOrder) -> int:
    """Return what of a resting order can match now."""
    return order.open_w - order.hidden_w if isinstance(order, RestrictedOrder) else order.open_w


def resting_order(terms: Order, node: int, moves: int, key: int = 0) -> RestingOrder:
    """Return an order as it rests."""
    instructions = terms.instructions
    if instructions is None and terms.fill_rule is _NORMAL and not terms.exclusive_group:
        return RestingOrder(terms, node, moves, key)
    restricted = instructions is not None and bool(instructions.min_quantity_w or instructions.clip_w)
    if restricted or terms.fill_rule is _ALL_OR_NONE or terms.exclusive_group:
        return RestrictedOrder(terms, node, moves, key)
    return RestingOrder(terms, node, moves, key)


class Level(Link):
    """All orders of one key: `later` of the level is the earliest, `earlier` the latest; `BookSide` links them."""

    __slots__ = ("key",)

    def __init__(self, key: int) -> None:
        self.key = key
        self.earlier = self.later = self
