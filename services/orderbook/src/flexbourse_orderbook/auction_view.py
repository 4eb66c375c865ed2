"""Read model of the call auctions that were held, folded from the public events of the books."""

from __future__ import annotations

from collections import deque

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

# Auctions of books that are kept of an area, the latest: twenty of a whole day.
MAX_AUCTIONS = 2_000
DEFAULT_PAGE = 100
MAX_PAGE = 1_000


class Auctions:
    """The latest auctions of each area, by when they were held."""

    def __init__(self) -> None:
        self._held: dict[str, deque[pb.AuctionCleared]] = {}

    def hear(self, event: pb.OrderEvent) -> None:
        """Take a public event in."""
        if event.HasField("auction_cleared"):
            own = event.auction_cleared
            self._held.setdefault(own.area_id, deque(maxlen=MAX_AUCTIONS)).append(own)

    def latest(self, request: pb.ListAuctionsRequest) -> list[pb.AuctionCleared]:
        """Return the auctions that a request asks for, the latest first, of one by period."""
        found = [
            own
            for own in self._held.get(request.area_id, ())
            if request.market_id in ("", own.market_id)
            and (not request.HasField("mtu") or request.mtu.start_s == own.mtu.start_s)
        ]
        found.sort(key=lambda own: (-own.cleared_at_ms, own.market_id, own.mtu.start_s))
        return found[: min(request.page_size, MAX_PAGE) if request.page_size > 0 else DEFAULT_PAGE]
