"""What others read of the order book's journal: the public feed, trades, operating points, what each party hears."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_log.enclosing import Enclosure
from flexbourse_log.port import Output
from flexbourse_messages.catalogue import (
    BOOK_COLLATERAL,
    BOOK_HEADROOM,
    BOOK_LEFTOVER,
    BOOK_OPERATING_POINT,
    BOOK_ORDER,
    BOOK_TRADE,
)
from flexbourse_orderbook.domain.capacity_auction.state import is_holder
from flexbourse_orderbook.domain.headroom.external_orders import is_service
from flexbourse_orderbook.public_feed import feed_of

# Fields of `OrderEvent` for settlement and read models; each names its area and period.
_TRADE_TOPIC = frozenset(
    {
        "trade", "base_frozen", "opened", "book_closed", "potential_revised", "skipped", "curtailment_proposed",
        "curtailment_withdrawn", "trade_curtailed", "phase_changed", "trade_recalled",
        "auction_cleared",
        "pool_cleared",
    }
)  # fmt: skip
# Fields about a whole area, for everybody.
_OF_THE_AREA = frozenset(
    {
        "halted", "market_halted", "operator_acted", "capacity_phase", "capacity_cleared", "capacity_allocated",
        "capacity_used", "capacity_lapsed",
    }
)  # fmt: skip
# Fields about headroom that concern everybody who holds some, and all that other services hear of.
_HEADROOM_OF_ALL = frozenset({"headroom_contested", "headroom_short"})
_OF_HEADROOM = _HEADROOM_OF_ALL | {
    "reserved", "headroom_filled", "headroom_reduced", "headroom_settled", "headroom_denied",
}  # fmt: skip
# Fields of a side that the other side does not see.
_PRIVATE = (
    "order_id", "client_order_id", "party", "unit_id", "metering_point_id", "owner_id", "filled_w", "open_w",
    "collateral_micro_euro", "open_collateral_micro_euro", "hidden_w",
)  # fmt: skip


def project(event: pb.OrderEvent) -> Iterator[Output]:
    """Iterate over the projections of one event."""
    field = event.WhichOneof("event") or ""
    body = getattr(event, field)
    if field == "book_closed" or (field == "closed" and body.HasField("leftover")):
        yield Output(BOOK_LEFTOVER, period_key(body.area_id, body.mtu), event)
    yield from _public_and_own(field, body, event)
    yield from feed_of(event)


def _public_and_own(field: str, body: Any, event: pb.OrderEvent) -> Iterator[Output]:
    if field in _TRADE_TOPIC:
        yield Output(BOOK_TRADE, period_key(body.area_id, body.mtu), event)
    elif field in _OF_THE_AREA:
        yield Output(BOOK_TRADE, body.area_id, event)
    if field == "operating_point":
        yield Output(BOOK_OPERATING_POINT, period_key(body.area_id, body.mtu), body)
    elif field in _OF_SEVERAL:
        parties, seen = _OF_SEVERAL[field]
        for party in dict.fromkeys(parties(body)):
            yield _to_party(party, seen(party, event))
    elif field in _OF_HEADROOM and (field in _HEADROOM_OF_ALL or is_service(body.party)):
        yield Output(BOOK_HEADROOM, _headroom_key(body), event)
    elif field == "allotment_acknowledged":
        yield Output(BOOK_COLLATERAL, body.participant_id, event)
    elif field in _OF_ONE and not is_holder(_OF_ONE[field](body)):
        yield _to_party(_OF_ONE[field](body), event)


def _headroom_key(body: Any) -> str:
    """Return the key of what became of headroom: its area."""
    held = body.reservation if isinstance(body, pb.HeadroomReserved) else body
    area_id: str = held.area_id
    return area_id


def period_key(area_id: str, mtu: common_pb2.Mtu) -> str:
    """Return the key of a period on the topics."""
    return f"{area_id}/{mtu.start_s}"


_PARTY_EVENT = Enclosure(pb.PartyEvent, "event")
MAX_HEADS = 4_096  # of parties, about 100 bytes each


@lru_cache(maxsize=MAX_HEADS)
def _head(party: str) -> bytes:
    return _PARTY_EVENT.head(party=party)


def _to_party(party: str, event: pb.OrderEvent) -> Output:
    return Output(BOOK_ORDER, party, _PARTY_EVENT.around(_head(party), event))


def curtailment_seen_by(party: str, event: pb.OrderEvent) -> pb.OrderEvent:
    """Return a curtailment, or a proposal of some, as a party sees it: the operator all of it, others their own.

    An empty party sees every trade of a proposal, without who stands on its sides.
    """
    own = pb.OrderEvent()
    own.CopyFrom(event)
    if own.HasField("trade_curtailed"):
        body = own.trade_curtailed
        for side in ("seller", "buyer"):
            if not party or getattr(body.curtailment, f"{side}_party") != party:
                body.ClearField(f"{side}_metering_point_id")  # type: ignore[arg-type]
        _hide_others(party, body.curtailment)
    elif party != own.curtailment_proposed.operator_id:
        cuts = event.curtailment_proposed.curtailments
        del own.curtailment_proposed.curtailments[:]
        for cut in cuts:
            if not party or party in (cut.seller_party, cut.buyer_party):
                _hide_others(party, own.curtailment_proposed.curtailments.add(**_copied(cut)))
    return own


def _copied(cut: pb.Curtailment) -> dict[str, Any]:
    return {field.name: value for field, value in cut.ListFields()}


def _hide_others(party: str, cut: pb.Curtailment) -> None:
    if cut.seller_party != party:
        cut.ClearField("seller_party")
    if cut.buyer_party != party:
        cut.ClearField("buyer_party")


def seen_by(party: str, event: pb.OrderEvent) -> pb.OrderEvent:
    """Return a match, held, over a span or traded, without what identifies its other side; an empty party sees none."""
    own = pb.OrderEvent()
    own.CopyFrom(event)
    match = getattr(own, own.WhichOneof("event") or "")
    if isinstance(match, pb.TradeExecuted):
        match.ClearField("effect")
    elif isinstance(match, pb.FlexibilityHeld) and not any(
        side.party == party and side.order_id == match.order_id for side in (match.seller, match.buyer)
    ):
        match.ClearField("order_id")
    for side in (match.seller, match.buyer):
        if side.party != party:
            for name in _PRIVATE:
                side.ClearField(name)
    return own


def recall_seen_by(party: str, event: pb.OrderEvent) -> pb.OrderEvent:
    """Return a recall without its other side; an empty party sees neither."""
    own = pb.OrderEvent()
    own.CopyFrom(event)
    body = own.trade_recalled
    body.ClearField("effect")
    for side in ("seller", "buyer"):
        if not party or getattr(body, f"{side}_party") != party:
            body.ClearField(f"{side}_party")  # type: ignore[arg-type]
            body.ClearField(f"{side}_metering_point_id")  # type: ignore[arg-type]
    return own


def call_ended_seen_by(party: str, event: pb.OrderEvent) -> pb.OrderEvent:
    """Return the end of a held match without its other side."""
    own = pb.OrderEvent()
    own.CopyFrom(event)
    for name in ("seller_party", "buyer_party"):
        if getattr(own.call_ended, name) != party:
            own.call_ended.ClearField(name)  # type: ignore[arg-type]
    return own


def agreement_seen_by(party: str, event: pb.OrderEvent) -> pb.OrderEvent:
    """Return an agreement as a party sees it: who proposed it all of its trades, others their own."""
    own = pb.OrderEvent()
    own.CopyFrom(event)
    match own.WhichOneof("event"):
        case "agreement_proposed":
            agreement = own.agreement_proposed.agreement
            if party != agreement.proposer:
                trades = [each for each in agreement.trades if party in (each.seller.party, each.buyer.party)]
                del agreement.trades[:], agreement.awaited[:]
                agreement.trades.extend(trades)
        case "agreement_confirmed":
            del own.agreement_confirmed.parties[:]
        case "agreement_ended":
            del own.agreement_ended.parties[:], own.agreement_ended.trade_ids[:]
    return own


def _parties_of_agreement(body: pb.AgreementProposed) -> list[str]:
    agreement = body.agreement
    return [agreement.proposer, *(side.party for each in agreement.trades for side in (each.seller, each.buyer))]


def _sides_of_trade(body: pb.TradeExecuted) -> list[str]:
    """Return the parties of a trade, and the operator who paid for a pair over two locations."""
    parties = [body.seller.party, body.buyer.party]
    return [*parties, body.spread.party] if body.HasField("spread") else parties


def _sides_of_proposal(body: pb.CurtailmentProposed) -> list[str]:
    parties = [party for cut in body.curtailments for party in (cut.seller_party, cut.buyer_party)]
    return [body.operator_id, *parties]


# Fields that one party hears.
_OF_ONE: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("admitted", "replaced", "hibernated"), lambda body: body.order.party),
    **dict.fromkeys(("capacity_requested", "capacity_allocated"), lambda body: body.request.party),
    **dict.fromkeys(
        (
            "refused",
            "closed",
            "reserved",
            "headroom_filled",
            "headroom_reduced",
            "headroom_settled",
            "capacity_limits_set",
            "session_kept",
            "capacity_withdrawn",
            "capacity_refused",
            "capacity_used",
            "capacity_lapsed",
            "spread_requested",
            "spread_skipped",
            "spread_ended",
        ),
        lambda body: body.party,
    ),
    "curtailment_withdrawn": lambda body: body.operator_id,
    "kill_switch_set": lambda body: body.participant_id,
}
# Fields that several parties hear, each in its own way.
_OF_SEVERAL: dict[str, tuple[Callable[[Any], Iterable[str]], Callable[[str, pb.OrderEvent], pb.OrderEvent]]] = {
    "trade": (_sides_of_trade, seen_by),
    "agreement_proposed": (_parties_of_agreement, agreement_seen_by),
    "agreement_confirmed": (lambda body: body.parties, agreement_seen_by),
    "agreement_ended": (lambda body: body.parties, agreement_seen_by),
    "held": (lambda body: (body.seller.party, body.buyer.party), seen_by),
    "span_matched": (lambda body: (body.seller.party, body.buyer.party), seen_by),
    "call_ended": (lambda body: (body.seller_party, body.buyer_party), call_ended_seen_by),
    "curtailment_proposed": (_sides_of_proposal, curtailment_seen_by),
    "trade_recalled": (lambda body: (body.seller_party, body.buyer_party), recall_seen_by),
    "trade_curtailed": (
        lambda body: (body.curtailment.seller_party, body.curtailment.buyer_party),
        curtailment_seen_by,
    ),
}
