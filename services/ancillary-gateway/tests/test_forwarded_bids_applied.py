"""What a method forwards becomes bids that a platform takes, and whatever it calls of them keeps the grid's limits."""

from __future__ import annotations

import os
import uuid

import pytest
from gateway_builders import MTU, MW, NOW_S, ZONE
from hypothesis import given, settings
from hypothesis import strategies as st
from test_grid_safe_forwarding import GATE, market

from flexbourse_ancillary_gateway.domain.bids.bid import Direction, Product
from flexbourse_ancillary_gateway.domain.bids.rules import find_bid_problems
from flexbourse_ancillary_gateway.domain.forwarding.applied import climb, cut_offers, to_staircase
from flexbourse_ancillary_gateway.domain.forwarding.market import Forwarded, GridMarket, find_violations
from flexbourse_ancillary_gateway.domain.forwarding.policies import Aggregation, Filtering
from flexbourse_ancillary_gateway.domain.lots.pooling import PoolMember, PoolOffer, pool_offers, split_order
from flexbourse_ancillary_gateway.domain.platform_rules import QH_45

EXAMPLES = 150 if os.getenv("FLEXBOURSE_LONG") else 10


def uid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def offers_of(offered: GridMarket) -> list[PoolOffer]:
    return [
        PoolOffer(
            unit_id=bid.bid_id,
            node_id=str(bid.vector.sides[0].node),
            area_id="village",
            mtu=MTU,
            direction=Direction.UP if offered.is_up else Direction.DOWN,
            quantity_w=bid.quantity_w,
            price_ticks=bid.price_ticks,
            product=Product.SCHEDULED,
            zone=ZONE,
        )
        for bid in offered.bids
    ]


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.integers(0, 1000))
def test_any_call_of_the_staircase_is_safe(seed: int, is_up: bool, height: int) -> None:
    offered = market(seed, is_up)
    stairs = to_staircase(offers_of(offered), Aggregation().forward(offered), QH_45, uid)
    assert not stairs.bids or find_bid_problems(stairs.bids, {}, QH_45, NOW_S) == []
    prices = [bid.price_ticks if is_up else -bid.price_ticks for bid in stairs.bids]
    assert prices == sorted(set(prices))
    left = sum(bid.quantity_w for bid in stairs.bids) * height // 1000
    activated: dict[str, int] = {}
    for bid, members in zip(stairs.bids, stairs.members, strict=True):
        called = min(bid.quantity_w, left)
        left -= called
        for unit_id, watts in climb(called, members).items():
            activated[unit_id] = activated.get(unit_id, 0) + watts
    assert find_violations(GATE, offered.change(activated)) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.data())
def test_any_call_of_pooled_filtered_offers_is_safe(seed: int, is_up: bool, data) -> None:
    offered = market(seed, is_up)
    cut = cut_offers(offers_of(offered), Filtering().forward(offered))
    plan = pool_offers(cut, QH_45, uid)
    activated: dict[str, int] = {}
    for pool in plan.pools:
        called = data.draw(st.integers(0, pool.quantity_w))
        shares = split_order(called, pool.members)
        for member in pool.members:
            activated[member.unit_id] = activated.get(member.unit_id, 0) + shares[member.bid_id]
    assert find_violations(GATE, offered.change(activated)) == []


def offer(unit: str, quantity_w: int, price: int, **changes) -> PoolOffer:
    fields = {
        "unit_id": unit, "node_id": f"node-{unit}", "area_id": "area", "mtu": MTU, "direction": Direction.UP,
        "quantity_w": quantity_w, "price_ticks": price, "product": Product.SCHEDULED, "zone": ZONE,
    }  # fmt: skip
    return PoolOffer(**{**fields, **changes})


def all_of(*offers: PoolOffer, in_order: bool = True) -> Forwarded:
    return Forwarded({each.unit_id: each.quantity_w for each in offers}, in_order=in_order)


def test_steps_are_cut_from_the_bottom_and_equal_prices_are_one_part() -> None:
    offers = [offer("c", 1_700_000, 90), offer("a", 704_321, 50), offer("b", 2_400_000, 70)]
    stairs = to_staircase(offers, all_of(*offers), QH_45, uid)
    assert [(bid.price_ticks, bid.quantity_w) for bid in stairs.bids] == [(70, 3 * MW), (90, MW)]
    assert [(m.unit_id, m.quantity_w) for m in stairs.members[0]] == [
        ("a", 700_000), ("b", 300_000), ("b", MW), ("b", MW),
    ]  # fmt: skip
    assert [(m.unit_id, m.quantity_w) for m in stairs.members[1]] == [("b", 100_000), ("c", 900_000)]
    assert {bid.multipart_group for bid in stairs.bids} == {stairs.bids[0].multipart_group}
    assert climb(1_200_000, stairs.members[0]) == {"a": 700_000, "b": 500_000}


def test_what_is_not_forwarded_stays_local() -> None:
    offers = [offer("a", MW, 50), offer("b", MW, 70)]
    assert to_staircase(offers, Forwarded({"b": 999_999}, in_order=True), QH_45, uid).bids == ()
    cut = cut_offers(offers, Forwarded({"b": 640_000}, in_order=False))
    assert [(each.unit_id, each.quantity_w) for each in cut] == [("b", 640_000)]


def test_what_does_not_belong_together_is_refused() -> None:
    offers = [offer("a", MW, 50), offer("b", MW, 70, direction=Direction.DOWN)]
    with pytest.raises(ValueError, match="kinds"):
        to_staircase(offers, all_of(*offers), QH_45, uid)
    with pytest.raises(ValueError, match="in order"):
        cut_offers(offers, all_of(*offers))
    for wrong in (-1, MW + 1):
        with pytest.raises(ValueError, match="ordered"):
            climb(wrong, [PoolMember("b", "u", "n", MW)])
