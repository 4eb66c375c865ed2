"""Matches of the order book and their messages: settlement keeps less of a trade than the book tells."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.market_time import Mtu
from flexbourse_messages.binding import Binding
from flexbourse_settlement.domain.matches import Basis, Match, Product, Side

MTU = Binding(Mtu, common_pb2.Mtu)

_BASIS_PREFIX = "BASIS_"
_PRODUCT_PREFIX = "PRODUCT_"


def match_from(message: book.TradeExecuted) -> Match:
    """Return what settlement keeps of a trade; raises InvalidMessageError for a product or basis it does not know."""
    try:
        return Match(
            trade_id=message.trade_id,
            area_id=message.area_id,
            product=Product(book.Product.Name(message.product).removeprefix(_PRODUCT_PREFIX)),
            mtu=MTU.decode(message.mtu),
            quantity_w=message.quantity_w,
            price_ticks=message.price_ticks,
            tick_micro_euro_per_mwh=message.tick_micro_euro_per_mwh,
            amount_micro_euro=message.amount_micro_euro,
            seller=_side_from(message.seller),
            buyer=_side_from(message.buyer),
            buyer_is_aggressor=message.buyer_is_aggressor,
            dnut_micro_euro=message.dnut_micro_euro,
            relief_micro_euro=message.relief_micro_euro,
            sequence=message.sequence,
            other_dnut_micro_euro=message.other_dnut_micro_euro,
            spread_operator=message.spread.party,
            spread_ticks=message.spread.spread_ticks,
        )
    except ValueError as unknown:
        raise InvalidMessageError(f"trade {message.trade_id}: {unknown}") from unknown


def _side_from(message: book.MatchSide) -> Side:
    return Side(
        party=message.party,
        metering_point_id=message.metering_point_id,
        owner_id=message.owner_id,
        feeder_id=message.feeder_id,
        basis=Basis(book.Basis.Name(message.basis).removeprefix(_BASIS_PREFIX)),
        moved_w=message.moved_w,
        collateral_micro_euro=message.collateral_micro_euro,
    )


def match_to(match: Match) -> book.TradeExecuted:
    """Return the message of what settlement keeps of a trade, for snapshots."""
    spread = book.Spread(party=match.spread_operator, spread_ticks=match.spread_ticks)
    return book.TradeExecuted(
        trade_id=match.trade_id,
        area_id=match.area_id,
        product=_PRODUCT_PREFIX + match.product.value,
        mtu=MTU.encode(match.mtu),
        quantity_w=match.quantity_w,
        price_ticks=match.price_ticks,
        tick_micro_euro_per_mwh=match.tick_micro_euro_per_mwh,
        amount_micro_euro=match.amount_micro_euro,
        seller=_side_to(match.seller),
        buyer=_side_to(match.buyer),
        buyer_is_aggressor=match.buyer_is_aggressor,
        dnut_micro_euro=match.dnut_micro_euro,
        relief_micro_euro=match.relief_micro_euro,
        sequence=match.sequence,
        other_dnut_micro_euro=match.other_dnut_micro_euro,
        spread=spread if match.spread_operator else None,
    )


def _side_to(side: Side) -> book.MatchSide:
    return book.MatchSide(
        party=side.party,
        metering_point_id=side.metering_point_id,
        owner_id=side.owner_id,
        feeder_id=side.feeder_id,
        basis=_BASIS_PREFIX + side.basis.value,
        moved_w=side.moved_w,
        collateral_micro_euro=side.collateral_micro_euro,
    )
