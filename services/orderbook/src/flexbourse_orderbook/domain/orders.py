"""Orders: what is asked for, what the book holds, and the life cycle between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from operator import attrgetter

from flexbourse_core.market_time import Mtu
from flexbourse_core.transition import TransitionTable
from flexbourse_core.values import quickly_made, replace


class Product(IntEnum):
    """What is traded; numbers as on the wire."""

    UNSPECIFIED = 0
    LOCAL_ENERGY = 1
    FLEX_UP = 2
    FLEX_DOWN = 3
    FLEX_REACTIVE_UP = 4
    FLEX_REACTIVE_DOWN = 5

    @property
    def is_reactive(self) -> bool:
        """Tell whether quantities are var and prices per Mvarh."""
        return self in REACTIVE


# Members are looked up once: an attribute of an enumeration costs more than the test it is asked for.
REACTIVE = frozenset({Product.FLEX_REACTIVE_UP, Product.FLEX_REACTIVE_DOWN})
_DOWNWARD = frozenset({Product.FLEX_DOWN, Product.FLEX_REACTIVE_DOWN})


class Side(IntEnum):
    """Buyer or request, seller or offer."""

    UNSPECIFIED = 0
    BUY = 1
    SELL = 2


_SELL = Side.SELL


class FillRule(IntEnum):
    """What becomes of a quantity that does not match at once."""

    UNSPECIFIED = 0
    NORMAL = 1
    FILL_AND_KILL = 2
    FILL_OR_KILL = 3
    ALL_OR_NONE = 4

    @property
    def rests(self) -> bool:
        """Tell whether what does not match at once stays in the book."""
        return self in _RESTING

    @property
    def is_whole(self) -> bool:
        """Tell whether an order matches with all that is open of it, or not at all."""
        return self in WHOLE


_RESTING = frozenset({FillRule.NORMAL, FillRule.ALL_OR_NONE})
WHOLE = frozenset({FillRule.FILL_OR_KILL, FillRule.ALL_OR_NONE})


class Basis(IntEnum):
    """What an order's matches move; derived from the registry, never chosen."""

    UNSPECIFIED = 0
    SCHEDULED = 1
    DEVIATION = 2
    OPERATOR_REQUEST = 3


class Forwarding(IntEnum):
    """What becomes of what is open of an order when its book closes: it expires, or goes on to the exchange."""

    UNSPECIFIED = 0
    AT_CLOSURE = 1
    ON_RELEASE = 2


class OrderStatus(IntEnum):
    """States of an order."""

    UNSPECIFIED = 0
    ACTIVE = 1
    FILLED = 2
    CANCELLED = 3
    EXPIRED = 4
    KILLED = 5
    REJECTED = 6
    HIBERNATED = 7


class OrderStep(IntEnum):
    """What happens to an order."""

    FILL_PART = auto()
    FILL_REST = auto()
    REPLACE = auto()
    CANCEL = auto()
    EXPIRE = auto()
    KILL = auto()
    HIBERNATE = auto()
    REACTIVATE = auto()


ORDER_LIFE: TransitionTable[OrderStatus, OrderStep] = TransitionTable(
    "order",
    {
        (OrderStatus.ACTIVE, OrderStep.FILL_PART): OrderStatus.ACTIVE,
        (OrderStatus.ACTIVE, OrderStep.REPLACE): OrderStatus.ACTIVE,
        (OrderStatus.ACTIVE, OrderStep.FILL_REST): OrderStatus.FILLED,
        (OrderStatus.ACTIVE, OrderStep.CANCEL): OrderStatus.CANCELLED,
        (OrderStatus.ACTIVE, OrderStep.EXPIRE): OrderStatus.EXPIRED,
        (OrderStatus.ACTIVE, OrderStep.KILL): OrderStatus.KILLED,
        (OrderStatus.ACTIVE, OrderStep.HIBERNATE): OrderStatus.HIBERNATED,
        (OrderStatus.HIBERNATED, OrderStep.REACTIVATE): OrderStatus.ACTIVE,
        (OrderStatus.HIBERNATED, OrderStep.CANCEL): OrderStatus.CANCELLED,
        (OrderStatus.HIBERNATED, OrderStep.EXPIRE): OrderStatus.EXPIRED,
    },
)

CLOSING_STEPS = {
    OrderStatus.CANCELLED: OrderStep.CANCEL,
    OrderStatus.EXPIRED: OrderStep.EXPIRE,
    OrderStatus.KILLED: OrderStep.KILL,
}


@quickly_made
@dataclass(frozen=True, slots=True)
class ReliefTarget:
    """What a request brings an element to: loading at most (mpct), or voltage no further from nominal (micro-pu)."""

    element_id: str
    value: int


class ReplaceCause(IntEnum):
    """Why a resting order was changed."""

    UNSPECIFIED = 0
    NEXT_CLIP = 1
    REACTIVATED = 2
    TRADED_OUTSIDE = 3
    EXCLUSIVE_GROUP = 100


@quickly_made
@dataclass(frozen=True, slots=True)
class ExecutionInstructions:
    """How an order may match beyond its limit, and for how long it stands.

    No match is below `min_quantity_w`, but for the last one of an order with less left. An iceberg shows `clip_w` at
    once; each next clip asks `clip_step_ticks` more, or bids so much less. An order expires at `valid_until_ms`, and is
    cancelled when the session that it names ends. 0, empty: no such instruction.
    """

    min_quantity_w: int = 0
    clip_w: int = 0
    clip_step_ticks: int = 0
    valid_until_ms: int = 0
    session_id: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class AuctionTerms:
    """How an order takes part in the call auction of its book; nothing of it rests beyond that.

    A straight line from the limit price to `end_price_ticks`, or without that a block: accepted with one ratio in all
    its periods, of at least `minimum_ppm` millionths, only with the block of the order `parent`, and within a `group`
    of its party up to one in all.
    """

    end_price_ticks: int | None = None
    minimum_ppm: int = 0
    parent: str = ""
    group: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class NewOrder:
    """A wish to trade, as the participant sent it."""

    client_order_id: str
    market_id: str
    product: Product
    side: Side
    mtu: Mtu
    unit_id: str
    metering_point_id: str
    element_id: str
    quantity_w: int
    limit_price_ticks: int
    fill_rule: FillRule
    relief_targets: tuple[ReliefTarget, ...] = ()
    conditional: bool = False
    forwarding: Forwarding = Forwarding.UNSPECIFIED
    instructions: ExecutionInstructions | None = None
    exclusive_group: str = ""
    auction: AuctionTerms | None = None
    spread_offer: bool = False


# Elements that one request names.
MAX_RELIEF_TARGETS = 64
# No id is longer; what is echoed of a longer text is cut, so that a refusal is never larger than what was sent.
MAX_TEXT = 64
_TEXTS = ("client_order_id", "market_id", "unit_id", "metering_point_id", "element_id", "exclusive_group")
_texts_of = attrgetter(*_TEXTS)


def long_text(order: NewOrder) -> tuple[str, int] | None:
    """Return the name and length of the first text that is longer than any id, or None."""
    texts = _texts_of(order)
    if order.instructions is None and order.auction is None and max(map(len, texts)) <= MAX_TEXT:
        return None
    found = list(zip(_TEXTS, texts, strict=True))
    if order.instructions is not None:
        found.append(("instructions.session_id", order.instructions.session_id))
    if order.auction is not None:
        found += [("auction.parent", order.auction.parent), ("auction.group", order.auction.group)]
    return next(((name, len(text)) for name, text in found if len(text) > MAX_TEXT), None)


def clipped(order: NewOrder) -> NewOrder:
    """Return the order with its texts cut."""
    targets = tuple(
        replace(target, element_id=target.element_id[:MAX_TEXT]) for target in order.relief_targets[:MAX_RELIEF_TARGETS]
    )
    own = order.instructions
    if own is not None:
        own = replace(own, session_id=own.session_id[:MAX_TEXT])
    terms = order.auction
    if terms is not None:
        terms = replace(terms, parent=terms.parent[:MAX_TEXT], group=terms.group[:MAX_TEXT])
    texts = {name: getattr(order, name)[:MAX_TEXT] for name in _TEXTS}
    return replace(order, relief_targets=targets, instructions=own, auction=terms, **texts)


@quickly_made
@dataclass(frozen=True, slots=True)
class Order:
    """An order as events carry it: a value at one moment."""

    order_id: str
    client_order_id: str
    party: str
    market_id: str
    area_id: str
    product: Product
    side: Side
    mtu: Mtu
    unit_id: str
    metering_point_id: str
    node_id: str
    element_id: str
    basis: Basis
    quantity_w: int
    open_w: int
    filled_w: int
    limit_price_ticks: int
    fill_rule: FillRule
    status: OrderStatus
    revision: int
    sequence: int
    submitted_at_ms: int
    relief_targets: tuple[ReliefTarget, ...] = ()
    conditional: bool = False
    collateral_micro_euro: int = 0
    forwarding: Forwarding = Forwarding.UNSPECIFIED
    instructions: ExecutionInstructions | None = None
    hidden_w: int = 0
    exclusive_group: str = ""
    auction: AuctionTerms | None = None
    block_sequence: int = 0
    block_size: int = 0
    spread_offer: bool = False


def direction(product: Product, side: Side) -> int:
    """Return the sign of the injection that a match of this order moves: +1 more, -1 less.

    Local energy and UP lift the seller and lower the buyer; DOWN does the opposite. Of reactive flexibility it is the
    sign of the reactive injection.
    """
    return 1 if (product not in _DOWNWARD) == (side is _SELL) else -1
