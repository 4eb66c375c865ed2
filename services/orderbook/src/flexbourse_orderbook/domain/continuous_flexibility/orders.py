"""Orders and matches of the continuous flexibility market: what arrives, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple


class Kind(Enum):
    """Which side of the market."""

    REQUEST = "request"
    OFFER = "offer"


class Direction(IntEnum):
    """Which regulation is asked for: more injection or less."""

    UP = 1
    DOWN = -1


@dataclass(frozen=True, slots=True)
class FlexOrder:
    """A request or an offer for one MTU; `sequence` is its place in time, no two have the same.

    `block` names the orders that it stands or falls with. `node` is an index of the network, `price` in the market's
    integer unit per MWh. What is matched with a conditional order may be called later or not: it is held, and moves
    nothing until then.

    `book` is the index of its side among the four of its MTU, by direction, requests before offers; `rank` its place
    there: best price first, then time.
    """

    id: str
    sequence: int
    kind: Kind
    node: int
    direction: Direction
    quantity_w: int
    price: int
    mtu: int = 0
    conditional: bool = False
    block: str = ""
    book: int = field(init=False, repr=False, compare=False)
    rank: tuple[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        is_offer = self.kind is Kind.OFFER
        object.__setattr__(self, "book", (2 if self.direction > 0 else 0) + is_offer)
        object.__setattr__(self, "rank", (self.price if is_offer else -self.price, self.sequence))


class FlexMatch(NamedTuple):
    """An offer and a request matched; the earlier order set the price."""

    offer: FlexOrder
    request: FlexOrder
    quantity_w: int
    price: int

    @property
    def conditional(self) -> bool:
        """Tell whether it is held rather than made."""
        return self.offer.conditional or self.request.conditional

    @property
    def welfare(self) -> int:
        """Return W times price between what the request would pay and the offer would take."""
        return self.quantity_w * (self.request.price - self.offer.price)


def pair(one: FlexOrder, other: FlexOrder) -> tuple[FlexOrder, FlexOrder]:
    """Return two opposite orders as (offer, request)."""
    return (one, other) if one.kind is Kind.OFFER else (other, one)


def match(offer: FlexOrder, request: FlexOrder, quantity_w: int) -> FlexMatch:
    """Return a match at the price of the earlier order."""
    price = offer.price if offer.sequence < request.sequence else request.price
    return FlexMatch(offer, request, quantity_w, price)
