"""Records of the log as the projectors take them, and entries as they are kept and answered."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.market_time import Mtu
from flexbourse_market_data.domain.feeders import Feeder, FeederKey, LightSeen, Seen, TradeSeen
from flexbourse_messages.binding import Binding
from flexbourse_messages.catalogue import BOOK_TRADE, LIGHT_ZONE

SOURCES = (BOOK_TRADE, LIGHT_ZONE)
FEEDER = Binding(Feeder, pb.FeederState)


def _mtu_in(message: common_pb2.Mtu) -> Mtu:
    return Mtu(message.start_s, message.length_s)


def seen_in(message: Message) -> Seen | None:
    """Return what a record says of feeders; None where it says nothing of them."""
    if isinstance(message, light.LightState):
        return LightSeen(
            message.area_id, message.zone_id, _mtu_in(message.mtu), message.light, message.since_ms,
            message.headroom_up_w, message.headroom_down_w,
        )  # fmt: skip
    if isinstance(message, book.OrderEvent) and message.HasField("trade"):
        trade = message.trade
        return TradeSeen(
            trade.area_id, _mtu_in(trade.mtu), trade.quantity_w, trade.seller.feeder_id, trade.buyer.feeder_id
        )
    return None


def key_text(key: FeederKey) -> str:
    """Return a key as it stands in tables and records."""
    return f"{key.area_id}/{key.zone_id}/{key.mtu_start_s}"
