"""What others read of the order book's journal: public trades, operating points, and what each party hears."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_log.port import Output
from flexbourse_messages.catalogue import BOOK_OPERATING_POINT, BOOK_ORDER, BOOK_TRADE

# Fields of `OrderEvent` for settlement and read models; each names its area and period.
_TRADE_TOPIC = frozenset({"trade", "base_frozen", "opened", "book_closed", "potential_revised", "skipped"})
# Fields of a side that the other side does not see.
_PRIVATE = ("order_id", "client_order_id", "party", "unit_id", "metering_point_id", "owner_id", "filled_w", "open_w")


def project(event: pb.OrderEvent) -> Iterator[Output]:
    """Iterate over the projections of one event."""
    field = event.WhichOneof("event")
    body = getattr(event, field)
    if field in _TRADE_TOPIC:
        yield Output(BOOK_TRADE, period_key(body.area_id, body.mtu), event)
    elif field == "halted":
        yield Output(BOOK_TRADE, body.area_id, event)
    if field == "operating_point":
        yield Output(BOOK_OPERATING_POINT, period_key(body.area_id, body.mtu), body)
    elif field == "trade":
        for party in dict.fromkeys((body.seller.party, body.buyer.party)):
            yield _to_party(party, seen_by(party, event))
    elif field in ("admitted", "replaced"):
        yield _to_party(body.order.party, event)
    elif field in ("refused", "closed", "reserved", "headroom_settled"):
        yield _to_party(body.party, event)


def period_key(area_id: str, mtu: common_pb2.Mtu) -> str:
    """Return the key of a period on the topics."""
    return f"{area_id}/{mtu.start_s}"


def _to_party(party: str, event: pb.OrderEvent) -> Output:
    return Output(BOOK_ORDER, party, pb.PartyEvent(party=party, event=event))


def seen_by(party: str, event: pb.OrderEvent) -> pb.OrderEvent:
    """Return a trade without what identifies its other side; an empty party sees neither."""
    own = pb.OrderEvent()
    own.CopyFrom(event)
    own.trade.ClearField("effect")
    for side in (own.trade.seller, own.trade.buyer):
        if side.party != party:
            for name in _PRIVATE:
                side.ClearField(name)
    return own
