"""Who asks for the auctions that were held gets what the public topic told of them, the latest first."""

from __future__ import annotations

from book_world import AREA, NOON, mtu_message
from called_world import DAY, block, in_call, uncrossed

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_messages.catalogue import BOOK_TRADE
from flexbourse_orderbook.auction_view import DEFAULT_PAGE, Auctions


def test_auctions_are_found_by_market_and_period() -> None:
    world = in_call(**DAY)
    world.buy("battery-b1", 5_000, 9_000)
    block(world, pb.SIDE_SELL, "battery-b2", 1_000, {0: 5_000})
    uncrossed(world)
    auctions = Auctions()
    for message in world.drive.projected(BOOK_TRADE):
        if isinstance(message, pb.OrderEvent):
            auctions.hear(message)
    noon = mtu_message(NOON)
    (held,) = auctions.latest(pb.ListAuctionsRequest(area_id=AREA, market_id="energy", mtu=noon))
    assert (held.volume_w, held.agreed) == (5_000, True)
    whole = auctions.latest(pb.ListAuctionsRequest(area_id=AREA))
    assert len(whole) == min(held.periods, DEFAULT_PAGE)
    assert [own.mtu.start_s for own in whole] == sorted(own.mtu.start_s for own in whole)
    assert auctions.latest(pb.ListAuctionsRequest(area_id=AREA, page_size=3)) == whole[:3]
    assert not auctions.latest(pb.ListAuctionsRequest(area_id=AREA, market_id="flex"))
    assert not auctions.latest(pb.ListAuctionsRequest(area_id="elsewhere"))
