"""The order book's own metrics, as a scrape gets them."""

from __future__ import annotations

from book_world import AREA, DSO, FLAT, NOON, World, mtu_message

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_orderbook.figures import BookFigures
from flexbourse_testkit.scraping import scraped


def test_orders_trades_waiting_pairs_and_halts() -> None:
    """A cable takes part of a match: a trade, a pair that waits for the cable, then an audit that halts the area."""
    world = World(parameters=FLAT, market_changes={"retries_after_match": True}).ready()
    assert scraped(BookFigures(), world.drive) == [
        'orderbook_orders{shard="0",side="buy"} 0.0',
        'orderbook_orders{shard="0",side="sell"} 0.0',
        'orderbook_pairs_waiting{shard="0"} 0.0',
        'orderbook_orders_contested{shard="0"} 0.0',
        'orderbook_reservations{shard="0"} 0.0',
        'orderbook_halted{shard="0",what="area"} 0.0',
        'orderbook_halted{shard="0",what="market"} 0.0',
    ]
    world.sell("battery-b3", 50_000, 1_000)
    world.buy("battery-a1", 52_000, 400_000)
    world.buy("battery-a2", 10_000, 400_000)
    wish = pb.ReserveHeadroom(
        reservation_id="r-1", area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 60_000,
        changes=[pb.NodeChange(node_id="b2", p_w=-1_000)],
    )  # fmt: skip
    world.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)
    world.audit(disagreement=True)
    world.tick()
    assert scraped(BookFigures(), world.drive) == [
        'orderbook_orders{shard="0",side="buy"} 2.0',
        'orderbook_orders{shard="0",side="sell"} 1.0',
        'orderbook_pairs_waiting{shard="0"} 2.0',
        'orderbook_orders_contested{shard="0"} 0.0',
        'orderbook_reservations{shard="0"} 1.0',
        'orderbook_halted{shard="0",what="area"} 1.0',
        'orderbook_halted{shard="0",what="market"} 0.0',
        'orderbook_trades_total{shard="0"} 1.0',
        'orderbook_traded_watts_total{shard="0"} 39300.0',
        'orderbook_candidates_skipped_total{code="GRID_LIMIT_EXCEEDED",shard="0"} 2.0',
    ]
