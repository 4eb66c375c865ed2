"""The event of a call auction: its price or prices, how good it is, and what the grid check made of it."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_orderbook.domain.orders import Product


@dataclass(frozen=True, slots=True)
class NodePrice:
    """The price at a node, where prices differ by node; without a name it is that of what moves nothing."""

    node_id: str
    price_ticks: int
    bought_w: int
    sold_w: int


@dataclass(frozen=True, slots=True)
class AuctionCut:
    """A limit that the grid check put into an auction, W of the node that moves the element most."""

    cut_id: str
    value_w: int
    limit_w: int
    shadow_milliticks: int


@dataclass(frozen=True, slots=True)
class AuctionCleared:
    """The call auction of a book was held; from `periods` on the fields are of the whole auction.

    The price is None where nothing trades, where prices differ by node, and where all pay as they bid. Without
    `agreed` something stood against the last result, `rejection` says what, and nothing of it is used.
    """

    area_id: str
    market_id: str
    mtu: Mtu
    product: Product
    auction_id: str
    pay_as_bid: bool
    price_ticks: int | None
    low_ticks: int | None
    high_ticks: int | None
    volume_w: int
    nodes: tuple[NodePrice, ...]
    cuts: tuple[AuctionCut, ...]
    periods: int
    orders: int
    blocks: int
    welfare_micro_euro: int
    gap_micro_euro: int
    proven: bool
    timed_out: bool
    rounds: int
    cut_count: int
    agreed: bool
    paradoxically_rejected: tuple[int, ...]
    cleared_at_ms: int
    rejection: Rejection | None
