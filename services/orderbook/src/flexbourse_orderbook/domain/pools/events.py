"""The event of a pool: what its members trade at one price, what comes from above or goes there, what the grid cut."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_orderbook.domain.orders import Product


@dataclass(frozen=True, slots=True)
class PoolCut:
    """What the grid check took from a pool for one element, and from how many orders."""

    element_id: str
    orders: int
    quantity_w: int


@dataclass(frozen=True, slots=True)
class PoolCleared:
    """The pool of a book was cleared; its trades follow as one set.

    Without `agreed` something stood against every result, `rejection` says what, and nothing trades. `imported_w` is
    the remainder, negative where it is exported; `upstream_micro_euro` is paid for it. Islanded there is no upstream:
    `forming_w` is by what the grid-forming unit gives more than before, losses and all that moved nothing included.
    """

    area_id: str
    market_id: str
    mtu: Mtu
    product: Product
    pool_id: str
    agreed: bool
    rejection: Rejection | None
    price_ticks: int | None
    volume_w: int
    upstream_id: str
    imported_w: int
    upstream_micro_euro: int
    forming_unit_id: str
    forming_w: int
    orders: int
    rounds: int
    cuts: tuple[PoolCut, ...]
    cleared_at_ms: int
