"""Read model of the call auctions and pools that were held, folded from the public events of the books."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TypeVar

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

# Auctions of books that are kept of an area, the latest: twenty of a whole day.
MAX_AUCTIONS = 2_000
DEFAULT_PAGE = 100
MAX_PAGE = 1_000

Held = TypeVar("Held", pb.AuctionCleared, pb.PoolCleared)


class Auctions:
    """The latest auctions of each area, by when they were held."""

    def __init__(self) -> None:
        self._held: dict[str, deque[pb.AuctionCleared]] = {}
        self._pools: dict[str, deque[pb.PoolCleared]] = {}

    def hear(self, event: pb.OrderEvent) -> None:
        """Take a public event in."""
        if event.HasField("auction_cleared"):
            own = event.auction_cleared
            self._held.setdefault(own.area_id, deque(maxlen=MAX_AUCTIONS)).append(own)
        elif event.HasField("pool_cleared"):
            pool = event.pool_cleared
            self._pools.setdefault(pool.area_id, deque(maxlen=MAX_AUCTIONS)).append(pool)

    def latest(self, request: pb.ListAuctionsRequest) -> list[pb.AuctionCleared]:
        """Return the auctions that a request asks for, the latest first, of one by period."""
        return _asked_for(request, self._held.get(request.area_id, ()))

    def pools(self, request: pb.ListAuctionsRequest) -> list[pb.PoolCleared]:
        """Return the pools that a request asks for, the latest first, of one market by period."""
        return _asked_for(request, self._pools.get(request.area_id, ()))


def _asked_for(request: pb.ListAuctionsRequest, held: Iterable[Held]) -> list[Held]:
    found = [
        own
        for own in held
        if request.market_id in ("", own.market_id)
        and (not request.HasField("mtu") or request.mtu.start_s == own.mtu.start_s)
    ]
    found.sort(key=lambda own: (-own.cleared_at_ms, own.market_id, own.mtu.start_s))
    return found[: min(request.page_size, MAX_PAGE) if request.page_size > 0 else DEFAULT_PAGE]
