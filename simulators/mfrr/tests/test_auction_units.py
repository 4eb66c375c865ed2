"""How bids of one MTU become orders of the optimisation, and how a group's activation comes back to its members."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flexbourse_mfrr_simulator.domain.auction import make_auction, shares
from flexbourse_mfrr_simulator.domain.bids import Bid
from flexbourse_mfrr_simulator.domain.messages import Code


def bid(name: str, kilowatts: int, **named: Any) -> Bid:
    values = {"minimum_kw": 0, "price": 5000, "direction": "A01", "sequence": 0, **named}
    return Bid(mrid=name, party="p", document="d", zone="A", mtu=0, quantity_kw=kilowatts, product="A07", status="A06",
               provider=Code("p"), acquiring=Code("A"), resource=None, **values)  # fmt: skip


def orders(bids: list[Bid], offered: dict[str, int] | None = None) -> dict[str, tuple[int, int]]:
    given_ = offered if offered is not None else {one.mrid: one.quantity_kw for one in bids}
    problem = make_auction(bids, given_, [], ["A"], [], counter_activation=True).problem
    return {order.key: (order.minimum, order.quantity) for order in problem.orders}


def test_an_inclusive_group_is_bound_by_its_tightest_member() -> None:
    group = [bid("a", 4000, inclusive="g", minimum_kw=1000), bid("b", 1000, inclusive="g", minimum_kw=500)]
    assert orders(group) == {"inclusive g": (3, 5)}  # half of it, so 2.5 MW, so 3
    assert orders(group, {"a": 4000, "b": 850}) == {"inclusive g": (3, 4)}
    assert orders(group, {"a": 4000, "b": 400}) == {}
    assert orders(group, {"a": 4000}) == {}
    assert orders([bid("a", 4000, inclusive="g", minimum_kw=4000), group[1]]) == {"inclusive g": (5, 5)}


def test_a_limit_rounds_down_and_below_the_minimum_the_bid_is_out() -> None:
    assert orders([bid("a", 9000, minimum_kw=3000)], {"a": 3900}) == {"a": (3, 3)}
    assert orders([bid("a", 9000, minimum_kw=3000)], {"a": 2900}) == {}
    assert orders([bid("a", 9000)], {"a": 900}) == {}


def test_parts_behind_a_missing_one_cannot_be_reached() -> None:
    for direction, prices in (("A01", (10, 20, 30)), ("A02", (30, 20, 10))):
        parts = [bid(name, 1000, multipart="g", price=price, direction=direction)
                 for name, price in zip("abc", prices, strict=True)]  # fmt: skip
        assert set(orders(parts)) == {"a", "b", "c"}
        assert set(orders(parts, {"a": 1000, "c": 1000})) == {"a"}
        assert orders(parts, {"b": 1000, "c": 1000}) == {}


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.data())
def test_shares_are_exact_in_steps_and_never_above_the_bid(steps: list[int], data: st.DataObject) -> None:
    steps[0] += -sum(steps) % 100  # whole MW in steps of 10 kW
    bids = [bid(f"m{i}", step * 10, inclusive="g", sequence=i) for i, step in enumerate(steps)]
    taken = data.draw(st.integers(0, sum(steps) // 100)) * 1000
    split = shares(bids, taken)
    assert sum(split.values()) == taken
    for one in bids:
        assert 0 <= split[one.mrid] <= one.quantity_kw
        exact = one.quantity_kw * taken / sum(b.quantity_kw for b in bids)
        assert abs(split[one.mrid] - exact) < 10 or len(bids) == 1
