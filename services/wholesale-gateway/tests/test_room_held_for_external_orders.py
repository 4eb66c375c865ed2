"""Room asked for, confirmed in parts, released and withdrawn, for orders that rest on an exchange."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain.lots.exposure import MAX_NODES, ExposureBook, NodePower, RoomConfirm, RoomWish
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder, Member, Side

NOON = Mtu(1_768_478_400)
LATER = Mtu(NOON.end_s)
HOUR = [Mtu(NOON.start_s + 900 * quarter) for quarter in range(4)]


def member(order_id: str, watts: int, node: str = "n", side: Side = Side.SELL, participant: str = "p",
           area: str = "a") -> Member:  # fmt: skip
    """Return a member of a pool."""
    order = ForwardableOrder(
        order_id=order_id, participant_id=participant, unit_id="u", node_id=node, feeder_id="f", area_id=area,
        mtu=NOON, side=side, open_w=watts, limit_ticks=0,
    )  # fmt: skip
    return Member(order, watts)


def codes(found: list[RoomWish] | list[Rejection]) -> list[Code]:
    """Return why an order is not taken up."""
    return [entry.code for entry in found if isinstance(entry, Rejection)]


def test_a_wish_names_each_node_once_in_each_mtu_of_delivery() -> None:
    book = ExposureBook(10**6)
    wishes = book.expose("i", 5, HOUR, [member("1", 40_000), member("2", 60_000, "m"), member("3", 100_000)])
    assert wishes == [
        RoomWish(f"i:{mtu.start_s}", "a", mtu, (NodePower("m", 60_000), NodePower("n", 140_000))) for mtu in HOUR
    ]
    bought = ExposureBook(10**6).expose("i", 5, [NOON], [member("1", 100_000, side=Side.BUY)])
    assert bought == [RoomWish(f"i:{NOON.start_s}", "a", NOON, (NodePower("n", -100_000),))]


def test_a_trade_confirms_its_part_once_and_the_end_releases_the_rest() -> None:
    book = ExposureBook(10**6)
    book.expose("i", 5, [NOON], [member("1", 50_000), member("2", 150_000, "m")])
    confirmed = book.fill("i", "t", 100_000)
    assert confirmed == [RoomConfirm(f"i:{NOON.start_s}", "t", (NodePower("m", 75_000), NodePower("n", 25_000)))]
    assert book.fill("i", "t", 100_000) == []
    assert book.unexecuted_w("p", "a", NOON) == 100_000
    assert book.end("i") == [f"i:{NOON.start_s}"]
    assert book.end("i") == []


def test_what_was_filled_whole_has_nothing_to_release() -> None:
    book = ExposureBook(10**6)
    book.expose("i", 5, [NOON], [member("1", 100_000)])
    book.fill("i", "t", 100_000)
    assert book.end("i") == []


@given(
    st.lists(st.tuples(st.integers(1, 10**5), st.sampled_from("mno")), min_size=1, max_size=8),
    st.lists(st.integers(1, 10**5), max_size=10),
    st.sampled_from(Side),
)
def test_confirmed_parts_never_exceed_what_is_held_at_any_node(
    parts: list[tuple[int, str]], fills: list[int], side: Side
) -> None:
    book = ExposureBook(10**9)
    members = [member(str(number), watts, node, side) for number, (watts, node) in enumerate(parts)]
    wish = book.expose("i", 5, [NOON], members)[0]
    assert isinstance(wish, RoomWish)
    left = {change.node_id: change.power_w for change in wish.changes}
    for number, fill in enumerate(fills):
        filled = min(fill, book.exposures["i"].open_w)
        for change in book.fill("i", str(number), filled)[0].changes:
            left[change.node_id] -= change.power_w
            filled -= abs(change.power_w)
            assert left[change.node_id] * side.sign >= 0
        assert filled == 0
    assert sum(map(abs, left.values())) == book.exposures["i"].open_w


def test_a_participants_unexecuted_room_is_limited_in_each_area_and_mtu() -> None:
    book = ExposureBook(250_000)
    book.expose("i", 5, HOUR, [member("1", 100_000), member("2", 100_000, participant="q")])
    over = book.expose("j", 5, [LATER], [member("3", 200_000, side=Side.BUY)])
    assert [(r.code, r.element, r.value, r.headroom_w) for r in over if isinstance(r, Rejection)] == [
        (Code.GRID_LIMIT_EXCEEDED, "p", 300_000, 150_000)
    ]
    assert not codes(book.expose("j", 5, [LATER], [member("3", 150_000)]))
    assert not codes(book.expose("k", 5, [Mtu(HOUR[-1].end_s)], [member("4", 250_000)]))
    assert not codes(book.expose("l", 5, [LATER], [member("5", 250_000, area="b")]))
    book.fill("i", "t", 200_000)
    assert book.unexecuted_w("p", "a", LATER) == 150_000


def test_every_rule_against_an_order_is_told() -> None:
    book = ExposureBook(10**6)
    book.expose("i", 5, [NOON], [member("1", 5)])
    many = [member(str(number), 1, f"n{number}") for number in range(MAX_NODES + 1)]
    assert codes(book.expose("i", 5, [NOON], [*many, member("x", 1, area="b")])) == [
        Code.DUPLICATE_IDENTIFIER, Code.ENTITY_INVALID, Code.TOO_MANY_ENTRIES,
    ]  # fmt: skip
    assert codes(book.expose("j", 5, [], [member("1", 5)])) == [Code.FIELD_MISSING]
    with pytest.raises(ValueError, match="filled"):
        book.fill("i", "t", 6)


def test_the_dearest_is_withdrawn_first_and_no_more_than_is_needed() -> None:
    book = ExposureBook(10**7)
    for intent, price, node in [("cheap", 10, "n"), ("dear", 90, "n"), ("middle", 50, "m"), ("far", 99, "z")]:
        book.expose(intent, price, [NOON], [member(intent, 100_000, node)])
    book.expose("other way", 5, [NOON], [member("b", 100_000, side=Side.BUY)])
    loads = {"n": 1_000_000, "m": 500_000, "z": -1_000_000}
    assert book.withdraw("a", NOON, loads, 100_000) == ["dear"]
    assert book.withdraw("a", NOON, loads, 150_000) == ["dear", "middle"]
    assert book.withdraw("a", NOON, loads, 150_001) == ["dear", "middle", "cheap"]
    assert book.withdraw("a", NOON, loads, 900_000) == ["dear", "middle", "cheap"]
    assert book.withdraw("a", NOON, {"n": -1}, 1) == ["other way"]
    assert book.withdraw("a", LATER, loads, 1) == []
    assert book.withdraw("b", NOON, loads, 1) == []
    assert book.withdraw("a", NOON, loads, 0) == []


def test_only_the_nodes_that_load_the_element_count() -> None:
    book = ExposureBook(10**7)
    book.expose("mixed", 90, [NOON], [member("1", 100_000, "n"), member("2", 100_000, "z")])
    book.expose("plain", 10, [NOON], [member("3", 100_000, "n")])
    assert book.withdraw("a", NOON, {"n": 10**6, "z": -(10**6)}, 100_000) == ["mixed"]


def test_the_purchase_that_offers_least_goes_first() -> None:
    book = ExposureBook(10**7)
    for intent, price in [("high", 90), ("low", 10)]:
        book.expose(intent, price, [NOON], [member(intent, 100_000, side=Side.BUY)])
    assert book.withdraw("a", NOON, {"n": -(10**6)}, 1) == ["low"]
