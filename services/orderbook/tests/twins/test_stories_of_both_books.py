"""Stories that tell one rule each to the book and to its slow twin."""

from __future__ import annotations

import pytest
from book_world import AREA, ENERGY, FLAT, World
from both_books import BothBooks

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_orderbook.domain.matching import MAX_CANDIDATES, MAX_SKIPPED
from flexbourse_orderbook.domain.resting.retry import MAX_PAIRS


@pytest.fixture
def books() -> BothBooks:
    """Return both books where street b wants to leave its surplus to street a, and what goes that way is paid."""
    made = BothBooks()
    made.base_case_and_tariff_change("b sells", 1.0, dearer=False)
    return made


def test_a_killed_fill_or_kill_gives_no_relief_so_that_no_blocked_pair_is_tried_again(books: BothBooks) -> None:
    books.publish(ENERGY, dnut_budget_micro_euro=0)
    books.sell("battery-a1", 1_000, 1_000)
    books.buy("battery-b2", 1_000, 2_000)
    books.sell("battery-a2", 500, 990)
    books.both_agree()
    assert {skip[2] for skip in books.naive.skips} == {"DNUT_BUDGET_SPENT"}
    books.buy("battery-a3", 5_000, 30_000, fill="fok")
    assert books.naive.closed[-1][1] == "killed"
    books.publish(ENERGY, dnut_budget_micro_euro=None)
    books.time_passes()
    books.both_agree()
    assert not books.naive.deals
    books.margins_change(0, 0)
    books.both_agree()
    assert books.naive.deals


@pytest.mark.parametrize(("blocked", "filled"), [(MAX_SKIPPED - 1, 100), (MAX_SKIPPED, 0)])
def test_an_order_passes_over_so_many_candidates_and_no_more(books: BothBooks, blocked: int, filled: int) -> None:
    books.base_case_and_tariff_change("calm", 1.0, dearer=False)
    books.light_changes("street-b", "unknown")
    for index in range(blocked):
        books.sell(f"battery-b{1 + index % 3}", 100, -50_000)
    books.sell("battery-a2", 100, 1_000)
    books.buy("battery-a1", 100, 30_000, fill="fak")
    books.both_agree()
    assert len(books.naive.skips) == blocked
    assert sum(deal.quantity for deal in books.naive.deals) == filled


def test_an_order_meets_so_many_candidates_and_no_more() -> None:
    world = World(parameters=FLAT).ready()
    for _ in range(MAX_CANDIDATES + 1):
        world.sell("battery-b3", 100, 1_000)
    world.buy("battery-b1", 100 * (MAX_CANDIDATES + 1), 2_000)
    assert len(world.trades()) == MAX_CANDIDATES
    world.drive.recovered()


def test_red_stops_what_worsens_the_zone_though_the_grid_would_take_it(
    books: BothBooks,
) -> None:
    books.trade_under_a_light("street-a", "red", "battery", ["b1", "a1"], "a is amber", 500)
    books.both_agree()
    assert [skip[2] for skip in books.naive.skips] == ["LIGHT_RED"]
    books.trade_under_a_light("street-b", "red", "battery", ["b1", "a1"], "a is amber", 500)
    books.both_agree()
    assert len(books.naive.deals) == 1


def test_under_red_the_thresholds_of_the_light_tell_what_worsens(books: BothBooks) -> None:
    books.trade_under_a_light("street-a", "red", "battery", ["b1", "a1"], "a is amber", 500, (99_000, 90_000))
    books.both_agree()
    assert len(books.naive.deals) == 1
    books.trade_under_a_light("street-b", "red", "battery", ["b1", "a1"], "a is amber", 500, (1_000, 50_000))
    books.both_agree()
    assert [skip[2] for skip in books.naive.skips] == ["LIGHT_RED"]


def test_each_worsened_zone_is_asked_for_its_light(books: BothBooks) -> None:
    for zone in ("street-a", "street-b"):
        books.trade_under_a_light(zone, "red", "battery", ["b3", "a1"], "both are amber", 500)
        books.both_agree()
    assert {skip[2] for skip in books.naive.skips} == {"LIGHT_RED"}
    assert not books.naive.deals


def test_an_unknown_light_binds_a_match_that_moves_the_zone_without_a_side_in_it(books: BothBooks) -> None:
    books.trade_under_a_light("bar", "unknown", "house", ["b3", "b2"], "calm", 3_000)
    assert not books.naive.skips
    books.base_case_and_tariff_change("b sells", 1.0, dearer=False)
    books.trade_under_a_light("bar", "unknown", "house", ["b3", "b2"], "b sells", 3_000)
    books.both_agree()
    assert [skip[2] for skip in books.naive.skips] == ["LIGHT_UNKNOWN"]


def test_scheduled_energy_too_is_traded_in_whole_steps(books: BothBooks) -> None:
    books.sell("house-b3", 500, 1_000)
    books.publish(ENERGY, quantity_step_w=300)
    books.buy("house-a3", 600, 1_000)
    books.both_agree()
    assert [deal.quantity for deal in books.naive.deals] == [300]


def test_a_higher_quantity_at_the_same_price_is_a_later_order(books: BothBooks) -> None:
    for home in ("b1", "b2"):
        books.sell(f"house-{home}", 500, 1_000)
    known = books.world.drive.program._books[AREA].state.orders["area-1.1"].terms.revision
    change = pb.ReplaceOrder(order_id="area-1.1", quantity_w=600, limit_price_ticks=1_000, expected_revision=known)
    books.world.command(pb.OrderCommand(area_id=AREA, replace=change), books.world.party_of("house-b1"))
    books.naive.change(0, 600, 1_000)
    books.buy("house-a3", 500, 1_000)
    books.both_agree()
    assert books.naive.deals[0].seller.subject == "house-b2"


def test_pairs_behind_those_that_one_time_record_tries_have_their_turn_at_the_next(books: BothBooks) -> None:
    books.base_case_and_tariff_change("calm", 1.0, dearer=False)
    for zone in ("street-a", "street-b"):
        books.light_changes(zone, "unknown")
    for turn in range(10):
        books.sell(f"battery-b{1 + turn % 3}", 100, 900)
    books.sell("battery-a1", 100, 1_000)
    for _ in range(10):
        books.buy("battery-a2", 100, 2_000)
    books.light_changes("street-a", "green")
    books.both_agree()
    assert not books.naive.deals
    live, restored = (
        {mtu: period.retry_places for mtu, period in program._books[AREA].state.periods.items() if period.retry_places}
        for program in (books.world.drive.program, books.world.drive.recovered())
    )
    assert live == restored != {}
    books.time_passes()
    books.both_agree()
    assert [deal.seller.subject for deal in books.naive.deals] == ["battery-a1"]
    # The trade asks for one more pass, through what is left, and that one ends.
    tried = []
    for _ in range(3):
        before = len(books.naive.skips)
        books.time_passes()
        books.both_agree()
        tried.append(len(books.naive.skips) - before)
    assert tried == [MAX_PAIRS, 10 * 9 - MAX_PAIRS, 0]
    books.world.drive.recovered()


def test_what_the_grid_leaves_is_no_match_where_a_unit_cannot_deliver_so_little(books: BothBooks) -> None:
    books.base_case_and_tariff_change("a is amber", 1.0, dearer=False)
    books.least_power_of_a_unit_changes("b1", 5_000)
    books.sell("battery-b1", 8_000, 1_000)
    books.buy("battery-a1", 8_000, 400_000, fill="fak")
    books.both_agree()
    assert [skip[2] for skip in books.naive.skips] == ["GRID_LIMIT_EXCEEDED"]
    books.least_power_of_a_unit_changes("b1", 500)
    books.buy("battery-a1", 8_000, 400_000, fill="fak")
    books.both_agree()
    assert 500 < sum(deal.quantity for deal in books.naive.deals) < 5_000


def test_what_the_price_leaves_is_no_match_where_a_unit_cannot_deliver_so_little(books: BothBooks) -> None:
    def buy() -> None:
        books.sell("battery-b3", 20_000, 1_000)
        books.buy("battery-b1", 20_000, 1_040, fill="fak")
        books.both_agree()
        books.all_cancel()

    books.base_case_and_tariff_change("calm", 1.0, dearer=False)
    books.least_power_of_a_unit_changes("b1", 15_000)
    buy()
    assert [skip[2] for skip in books.naive.skips] == ["LIMIT_PRICE"]
    books.least_power_of_a_unit_changes("b1", 500)
    buy()
    assert 500 < sum(deal.quantity for deal in books.naive.deals) < 15_000


@pytest.mark.parametrize("ends", ["given up", "in part", "filled"])
def test_a_firm_order_waits_for_external_ones_and_comes_first_then(books: BothBooks, ends: str) -> None:
    """Street a takes 20 kW: what rests elsewhere takes most of it, and a firm order of 9 kW waits."""
    books.base_case_and_tariff_change("calm", 1.0, dearer=False)
    books.hold_headroom({"a2": -13_000}, 10**6, any_fill=True, by_service=True)
    books.sell("battery-b3", 45_000, 900)
    books.buy("battery-a1", 9_000, 400_000)
    books.both_agree()
    ((order_id, _, lacks),) = books.naive.contests.told
    assert 2_000 < lacks < 9_000
    node = books.naive.topology.node_index["a2"]
    (hold,) = books.naive.held
    if ends == "filled":
        wish = pb.ConfirmHeadroom(reservation_id=hold.name)
        books.about_headroom(hold.by_service, lambda: books.naive.settle(0, confirm=True), confirm=wish)
    else:
        part = -13_000 if ends == "given up" else -1_000
        wish = pb.ReleaseHeadroom(reservation_id=hold.name, changes=[pb.NodeChange(node_id="a2", p_w=part)])
        books.about_headroom(hold.by_service, lambda: books.naive.give_up(0, node, part), release=wish)
    books.both_agree()
    bought = sum(deal.quantity for deal in books.naive.deals)
    told = [told[0] for told in books.naive.contests.told]
    assert told == [order_id] * (2 if ends == "in part" else 1)
    assert (bought == 9_000) is (ends == "given up")
    books.teardown()


def test_who_waited_for_external_orders_is_not_tried_where_a_new_tariff_has_parted_the_pair() -> None:
    books = BothBooks()
    books.rest_elsewhere("a1", 15, buys=False, fill="normal", quantity=8_000, ends="stays")
    books.both_agree()
    assert [told[:2] for told in books.naive.contests.told] == [("area-1.2", "area-1.1")]
    books.base_case_and_tariff_change("a sells", 1.0, dearer=False)
    node, (hold,) = books.naive.topology.node_index["a1"], books.naive.held
    change = pb.NodeChange(node_id="a1", p_w=9_000)
    wish = pb.ReleaseHeadroom(reservation_id=hold.name, changes=[change])
    books.about_headroom(hold.by_service, lambda: books.naive.give_up(0, node, 9_000), release=wish)
    books.both_agree()
    assert not books.world.events("skipped")
    books.teardown()


def test_room_is_asked_for_beside_an_order_that_waits_for_all_of_its_quantity_too(books: BothBooks) -> None:
    books.base_case_and_tariff_change("calm", 1.0, dearer=False)
    books.hold_headroom({"a2": -13_000}, 10**6, any_fill=True, by_service=True)
    books.sell("battery-b3", 9_000, 900, fill="aon")
    books.buy("battery-a1", 9_000, 400_000)
    books.both_agree()
    assert [told[:2] for told in books.naive.contests.told] == [("area-1.2", "area-1.1")]
    books.teardown()
