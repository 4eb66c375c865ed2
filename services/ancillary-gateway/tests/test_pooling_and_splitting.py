"""Kilowatts become whole megawatts and orders become shares of units again, nothing lost, nothing doubled."""

from __future__ import annotations

import pytest
from gateway_builders import MTU, MW, NOW_S, ZONE, later
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_ancillary_gateway.domain.bids.bid import Direction, Product
from flexbourse_ancillary_gateway.domain.bids.rules import find_bid_problems
from flexbourse_ancillary_gateway.domain.lots.pooling import PoolMember, PoolOffer, pool_offers, split_order
from flexbourse_ancillary_gateway.domain.platform_rules import QH_45


def offer(unit: str, quantity_w: int, price: int = 100, **changes) -> PoolOffer:
    fields = {
        "unit_id": unit, "node_id": f"node-{unit}", "area_id": "area", "mtu": MTU, "direction": Direction.UP,
        "quantity_w": quantity_w, "price_ticks": price, "product": Product.SCHEDULED, "zone": ZONE,
    }  # fmt: skip
    return PoolOffer(**{**fields, **changes})


def test_the_cheapest_fill_the_first_group_and_the_rest_stays_local() -> None:
    plan = pool_offers([offer("a", 704_321, 50), offer("b", 904_999, 70), offer("c", 600_000, 90)], QH_45, str)
    assert [pool.quantity_w for pool in plan.pools] == [MW, MW]
    first, second = plan.pools
    assert [(m.unit_id, m.quantity_w) for m in first.members] == [("a", 700_000), ("b", 300_000)]
    assert [(m.unit_id, m.quantity_w) for m in second.members] == [("b", 600_000), ("c", 400_000)]
    assert {bid.price_ticks for bid in first.bids} == {70}
    assert {bid.price_ticks for bid in second.bids} == {90}
    assert plan.remainder_w == {"a": 4_321, "b": 4_999, "c": 200_000}
    assert first.members[0].node_id == "node-a"


def test_for_down_the_bidder_pays_so_the_highest_price_comes_first() -> None:
    down = {"direction": Direction.DOWN}
    plan = pool_offers([offer("a", MW // 2, 50, **down), offer("b", MW // 2, 70, **down)], QH_45, str)
    (pool,) = plan.pools
    assert [member.unit_id for member in pool.members] == ["b", "a"]
    assert {bid.price_ticks for bid in pool.bids} == {50}


def test_areas_zones_periods_directions_and_products_are_never_mixed() -> None:
    others = [
        {}, {"area_id": "other"}, {"zone": "10YNO-3--------J"}, {"mtu": later(1)},
        {"direction": Direction.DOWN}, {"product": Product.BOTH},
    ]  # fmt: skip
    plan = pool_offers([offer(f"u{i}", MW // 2, **other) for i, other in enumerate(others)], QH_45, str)
    assert plan.pools == ()
    assert sum(plan.remainder_w.values()) == len(others) * MW // 2


@pytest.mark.parametrize("offers", [[offer("a", 0)], [offer("a", MW), offer("a", MW)]])
def test_offers_without_power_or_twice_are_refused(offers: list[PoolOffer]) -> None:
    with pytest.raises(ValueError, match="offers"):
        pool_offers(offers, QH_45, str)


powers = st.lists(st.tuples(st.integers(1, 3 * MW), st.integers(-500, 500)), min_size=1, max_size=30)


@given(powers, st.sampled_from(Direction))
def test_pools_are_valid_and_conserve_every_watt(units: list[tuple[int, int]], direction: Direction) -> None:
    offers = [offer(f"u{i}", watts, price, direction=direction) for i, (watts, price) in enumerate(units)]
    plan = pool_offers(offers, QH_45, str)
    pooled: dict[str, int] = {}
    for pool in plan.pools:
        for member, bid in zip(pool.members, pool.bids, strict=True):
            pooled[member.unit_id] = pooled.get(member.unit_id, 0) + member.quantity_w
            assert (bid.bid_id, bid.quantity_w) == (member.bid_id, member.quantity_w)
            (asked,) = (o.price_ticks for o in offers if o.unit_id == member.unit_id)
            assert bid.price_ticks >= asked if direction is Direction.UP else bid.price_ticks <= asked
    for each in offers:
        assert pooled.get(each.unit_id, 0) + plan.remainder_w.get(each.unit_id, 0) == each.quantity_w
    hundredths = sum(o.quantity_w // 10_000 for o in offers)
    assert sum(pool.quantity_w for pool in plan.pools) == hundredths // 100 * MW
    bids = [bid for pool in plan.pools for bid in pool.bids]
    assert not bids or find_bid_problems(bids, {}, QH_45, NOW_S) == []
    assert pool_offers(list(reversed(offers)), QH_45, str) == plan


@given(st.lists(st.integers(1, 100), min_size=1, max_size=20), st.data())
def test_orders_split_exactly_in_proportion(hundredths: list[int], data) -> None:
    members = [PoolMember(f"b{i}", f"u{i}", "n", h * 10_000) for i, h in enumerate(hundredths)]
    offered = sum(member.quantity_w for member in members)
    wanted = data.draw(st.integers(0, offered))
    shares = split_order(wanted, members)
    assert sum(shares.values()) == wanted
    for member in members:
        exact = wanted * member.quantity_w / offered
        assert 0 <= shares[member.bid_id] <= member.quantity_w
        assert abs(shares[member.bid_id] - exact) < 1
    with pytest.raises(ValueError, match="ordered"):
        split_order(offered + 1, members)
