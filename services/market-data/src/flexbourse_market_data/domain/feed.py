"""The public feed as it is taken in: events of books, numbered without a gap; enumerations by their wire numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flexbourse_core.market_time import DEFAULT_MTU_LENGTH_S, Mtu


class BookName(NamedTuple):
    """Which book: an area's market in one period, or in a span of several; a length of 0 is a quarter-hour's."""

    area_id: str
    market_id: str
    mtu: Mtu

    @property
    def group(self) -> str:
        """Return its group."""
        span = "" if self.mtu.length_s in (0, DEFAULT_MTU_LENGTH_S) else f"/{self.mtu.length_s}"
        return f"book/{self.area_id}/{self.market_id}/{self.mtu.start_s}{span}"


@dataclass(frozen=True, slots=True)
class PublicOrder:
    """A resting order as everybody may see it."""

    key: int
    product: int
    side: int
    node_id: str
    element_id: str
    basis: int
    price_ticks: int
    shown_w: int
    sequence: int
    fill_rule: int
    conditional: bool


@dataclass(frozen=True, slots=True)
class BookStatus:
    """How a book stands, or what of it changed: None is as before."""

    open: bool | None = None
    halted_reason: str | None = None
    phase: int | None = None
    phase_reason: str | None = None
    resumes_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """An order came in, or is another now."""

    order: PublicOrder


@dataclass(frozen=True, slots=True)
class Removed:
    """An order left."""

    key: int


@dataclass(frozen=True, slots=True)
class Executed:
    """Two orders matched; `called`: they did when the match was held, and do not change now."""

    product: int
    quantity_w: int
    price_ticks: int
    ask_key: int
    bid_key: int
    ask_left_w: int
    bid_left_w: int
    held: bool
    called: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """How the book stands with this event; one of several parts."""

    part: int
    parts: int
    status: BookStatus
    orders: tuple[PublicOrder, ...]


@dataclass(frozen=True, slots=True)
class FeedSeen:
    """One event of the feed; none: it changes no book. `raw` is the record as it came."""

    book: BookName
    sequence: int
    at_ms: int
    event: BookStatus | Added | Removed | Executed | Picture | None
    raw: bytes = b""
