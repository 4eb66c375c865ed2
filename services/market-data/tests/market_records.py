"""Records as the order book and the traffic light write them, and the feeders that they make."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

AREA = "village"
NOON_S = 1_780_000_200 - 1_780_000_200 % 900
DAY_S = 86_400


def mtu(start_s: int = NOON_S) -> common_pb2.Mtu:
    """Return a quarter of an hour."""
    return common_pb2.Mtu(start_s=start_s, length_s=900)


def lit(zone: str, colour: int, start_s: int = NOON_S, area: str = AREA, headroom: tuple[int, int] = (0, 0)) -> Message:
    """Return a light."""
    return light.LightState(
        area_id=area, zone_id=zone, mtu=mtu(start_s), light=colour, since_ms=7, headroom_up_w=headroom[0],
        headroom_down_w=headroom[1],
    )  # fmt: skip


def trade(seller: str, buyer: str, quantity_w: int, start_s: int = NOON_S, area: str = AREA) -> Message:
    """Return a trade between two feeders; an empty one is the substation's or an operator's."""
    return book.OrderEvent(
        trade=book.TradeExecuted(
            area_id=area, mtu=mtu(start_s), quantity_w=quantity_w, seller=book.MatchSide(feeder_id=seller),
            buyer=book.MatchSide(feeder_id=buyer),
        )
    )  # fmt: skip
