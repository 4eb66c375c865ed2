"""Builders of bids, parties and orders for the gateway's tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId
from flexbourse_ancillary_gateway.documents.mappings.envelope import Parties
from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, OrderedBid, OrderKind
from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Direction, Product
from flexbourse_core.market_time import Mtu

MW = 1_000_000
ZONE = "10YNO-2--------T"
START_S = 1_780_315_200  # 2026-06-01 12:00 UTC
NOW_S = START_S - 4 * 3600
MTU = Mtu(START_S)

PARTIES = Parties(
    bidder=CodedId(value="9999909919920", coding_scheme="A10"),
    operator=CodedId(value="10X1001A1001A38Y", coding_scheme="A01"),
    control_area=CodedId(value="10YNO-0--------C", coding_scheme="A01"),
    market_area=CodedId(value="10Y1001A1001A91G", coding_scheme="A01"),
    dso=CodedId(value="10X1001A1001A264", coding_scheme="A01"),
    resource_scheme="NNO",
)


def bid(bid_id: str = "b1", **changes: Any) -> Bid:
    """A simple divisible bid of 5 MW at noon."""
    plain = Bid(
        bid_id=bid_id,
        mtu=MTU,
        direction=Direction.UP,
        quantity_w=5 * MW,
        minimum_w=0,
        price_ticks=5_000,
        product=Product.SCHEDULED,
        zone=ZONE,
        resource_id="NOKG90901",
    )
    return replace(plain, **changes)


def later(count: int) -> Mtu:
    """The MTU so many quarter-hours after noon."""
    return Mtu(START_S + 900 * count)


def ordered(bid_id: str = "b1", quantity_w: int = 5 * MW, start_s: int = START_S, end_s: int = START_S + 900) -> Any:
    """One called bid."""
    return OrderedBid(bid_id, Direction.UP, quantity_w, start_s, end_s)


def order(*bids: OrderedBid, **changes: Any) -> ActivationOrder:
    """An order as it comes seven and a half minutes before the MTU."""
    plain = ActivationOrder(
        document_id="d1",
        order_id="o1",
        revision=1,
        kind=OrderKind.SCHEDULED,
        created_s=START_S - 450,
        bids=bids or (ordered(),),
    )
    return replace(plain, **changes)
