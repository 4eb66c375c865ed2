"""What a stranger hears of a book: the public part of journal events, without whose orders they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import feed_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.market_time import DEFAULT_MTU_LENGTH_S
from flexbourse_log.port import Output
from flexbourse_messages.catalogue import BOOK_FEED


def public_key(order_id: str) -> int:
    """Return the key of an order on the feed: its number in the area, which its party finds in the order's id.

    0 stands for a side without an order: of what was agreed upon, and of what a pool takes from or gives to upstream.
    """
    return int(order_id.rpartition(".")[2]) if order_id else 0


def public_order(order: pb.Order) -> dict[str, Any]:
    """Return the fields of a `PublicOrder`: what everybody may see of a resting order."""
    return {
        "key": public_key(order.order_id),
        "product": order.product,
        "side": order.side,
        "node_id": order.node_id,
        "element_id": order.element_id,
        "basis": order.basis,
        "price_ticks": order.limit_price_ticks,
        "shown_w": order.open_w - order.hidden_w,
        "sequence": order.sequence,
        "fill_rule": order.fill_rule,
        "conditional": order.conditional,
    }


def feed_of(event: pb.OrderEvent) -> Iterator[Output]:
    """Iterate over the records of the feed that a journal event leads to: one for each book that it concerns.

    Records are made of plain fields: a message that is given to the constructor of another is written and read again.
    """
    places = event.feed
    count = len(places)
    if not count:
        return
    field = event.WhichOneof("event") or ""
    body = _body(field, event)
    area_id, tell = body.area_id, _PUBLIC[field]
    for number in range(count):  # iterating costs more than the one place that most events have
        place = places[number]
        market_id = place.market_id
        mtu = place.mtu if market_id else body.mtu
        market_id = market_id or body.market_id
        start_s, length_s = mtu.start_s, mtu.length_s
        record = feed_pb2.FeedEvent(
            area_id=area_id,
            market_id=market_id,
            mtu={"start_s": start_s, "length_s": length_s},  # type: ignore[arg-type]
            sequence=place.sequence,
            at_ms=place.at_ms,
            last=place.last,
            **tell(body, place),
        )
        yield Output(BOOK_FEED, _key(area_id, market_id, start_s, length_s), record)


def book_key(area_id: str, market_id: str, mtu: common_pb2.Mtu) -> str:
    """Return the key of a book on the feed."""
    return _key(area_id, market_id, mtu.start_s, mtu.length_s)


def _key(area_id: str, market_id: str, start_s: int, length_s: int) -> str:
    length = "" if length_s == DEFAULT_MTU_LENGTH_S else f"/{length_s}"
    return f"{area_id}/{market_id}/{start_s}{length}"


def _body(field: str, event: pb.OrderEvent) -> Any:
    """Return the part of an event that names area, market and period."""
    body = getattr(event, field)
    return body.order if field in OF_AN_ORDER else body


def _executed(match: Any, match_id: str, *, held: bool, called: bool, dnut_micro_euro: int) -> dict[str, Any]:
    off_book = isinstance(match, pb.TradeExecuted) and bool(match.agreement_id)
    seller, buyer = match.seller, match.buyer
    executed = {
        "trade_id": match_id,
        "product": match.product,
        "quantity_w": match.quantity_w,
        "price_ticks": match.price_ticks,
        "ask_key": public_key(seller.order_id),
        "bid_key": public_key(buyer.order_id),
        "ask_left_w": seller.open_w - seller.hidden_w,
        "bid_left_w": buyer.open_w - buyer.hidden_w,
        "buyer_is_aggressor": match.buyer_is_aggressor,
        "held": held,
        "called": called,
        "seller_feeder_id": seller.feeder_id,
        "buyer_feeder_id": buyer.feeder_id,
        "dnut_micro_euro": dnut_micro_euro,
        "off_book": off_book,
    }
    return {"executed": executed}


def _span(match: pb.SpanMatched, _place: pb.FeedPlace) -> dict[str, Any]:
    told = _executed(match, match.span_match_id, held=False, called=False, dnut_micro_euro=match.dnut_micro_euro)
    told["executed"]["part_trade_ids"] = match.trade_ids
    return told


def _trade(trade: pb.TradeExecuted, _place: pb.FeedPlace) -> dict[str, Any]:
    called = bool(trade.call_id)
    return _executed(trade, trade.trade_id, held=False, called=called, dnut_micro_euro=trade.dnut_micro_euro)


def _held(match: pb.FlexibilityHeld, _place: pb.FeedPlace) -> dict[str, Any]:
    return _executed(match, match.call_id, held=True, called=False, dnut_micro_euro=0)


def _reduced(event: pb.TradeCurtailed, _place: pb.FeedPlace) -> dict[str, Any]:
    cut = event.curtailment
    return {"reduced": feed_pb2.TradeReduced(trade_id=cut.trade_id, left_w=cut.left_w, reason=event.reason)}


def _opened(event: pb.BookOpened, place: pb.FeedPlace) -> dict[str, Any]:
    status = pb.BookStatus(open=True, halted_reason=place.halted_reason, phase=event.phase or pb.PHASE_CONTINUOUS)
    if status.phase != pb.PHASE_HALTED:  # what halts it was told before
        status.phase_reason, status.resumes_at_ms = "", 0
    return {"status": status}


def _phase(event: pb.PhaseChanged, place: pb.FeedPlace) -> dict[str, Any]:
    halts = event.after == pb.PHASE_HALTED
    status = pb.BookStatus(
        phase=event.after, phase_reason=event.reason if halts else "", resumes_at_ms=event.resumes_at_ms,
        halted_reason=place.halted_reason,
    )  # fmt: skip
    if event.after == pb.PHASE_CLOSED:
        status.open = False
    return {"status": status}


def _closed(_event: pb.BookClosed, _place: pb.FeedPlace) -> dict[str, Any]:
    return {"status": pb.BookStatus(open=False, phase=pb.PHASE_CLOSED, phase_reason="", resumes_at_ms=0)}


def _halted(event: pb.AreaHalted, _place: pb.FeedPlace) -> dict[str, Any]:
    return {"status": pb.BookStatus(halted_reason=event.reason if event.halted else "")}


def _recalled(event: pb.TradeRecalled, _place: pb.FeedPlace) -> dict[str, Any]:
    return {"reduced": feed_pb2.TradeReduced(trade_id=event.trade_id, left_w=0, reason=event.reason)}


def _picture(event: pb.BookPictured, _place: pb.FeedPlace) -> dict[str, Any]:
    picture = feed_pb2.BookPicture(part=event.part, parts=event.parts, status=event.status, orders=event.orders)
    return {"picture": picture}


OF_AN_ORDER = frozenset({"admitted", "replaced", "hibernated"})
_PUBLIC: dict[str, Callable[[Any, pb.FeedPlace], dict[str, Any]]] = {
    "opened": _opened,
    "phase_changed": _phase,
    "book_closed": _closed,
    "halted": _halted,
    "admitted": lambda order, _: {"added": public_order(order)},
    "replaced": lambda order, _: {"changed": public_order(order)},
    "closed": lambda body, _: {"removed": {"key": public_key(body.order_id), "status": body.status}},
    "hibernated": lambda body, _: {"removed": {"key": public_key(body.order_id), "status": pb.ORDER_STATUS_HIBERNATED}},
    "trade": _trade,
    "span_matched": _span,
    "held": _held,
    "trade_curtailed": _reduced,
    "trade_recalled": _recalled,
    "sorted": lambda body, _: {"ranked": feed_pb2.BookRanked(tariff_version=body.tariff_version)},
    "pictured": _picture,
}


def is_public(field: str, event: Any) -> bool:
    """Tell whether the feed tells of an event, as value or message: of a span the match, and not each of its trades."""
    return field in _PUBLIC and not (field == "trade" and event.span_match_id)
