"""What a platform would refuse is refused here first, each rule by a document that breaks it and one that keeps it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gateway_builders import MTU, MW, NOW_S, START_S, bid, later
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_ancillary_gateway.domain.bids.bid import (
    Availability,
    Bid,
    ConditionalLink,
    Direction,
    LinkKind,
    Product,
)
from flexbourse_ancillary_gateway.domain.bids.document_day import document_bounds_s, document_day, split_into_documents
from flexbourse_ancillary_gateway.domain.bids.eic import check_character, is_eic
from flexbourse_ancillary_gateway.domain.bids.links import left_without_link
from flexbourse_ancillary_gateway.domain.bids.rules import find_bid_problems
from flexbourse_ancillary_gateway.domain.platform_rules import QH_25, QH_45
from flexbourse_core.market_time import Mtu, mtus_of_day
from flexbourse_core.rejection import Code

STATNETT = replace(QH_45, minimum_w=10 * MW, small_bid_w=5 * MW)


def codes(*bids: Bid, live: tuple[Bid, ...] = (), rules=QH_45, now_s: int = NOW_S) -> set[Code]:
    found = find_bid_problems(bids, {each.bid_id: each for each in live}, rules, now_s)
    return {problem.code for problem in found}


def test_a_plain_bid_is_fine() -> None:
    assert codes(bid()) == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quantity_w": 500_000}, Code.QUANTITY_OUT_OF_RANGE),
        ({"quantity_w": 10_000 * MW}, Code.QUANTITY_OUT_OF_RANGE),
        ({"quantity_w": 1_500_000}, Code.QUANTITY_OFF_STEP),
        ({"minimum_w": 6 * MW}, Code.QUANTITY_OUT_OF_RANGE),
        ({"minimum_w": 1_500_000}, Code.QUANTITY_OFF_STEP),
        ({"price_ticks": 1_500_001}, Code.PRICE_OFF_TICK),
        ({"price_ticks": -1_500_001}, Code.PRICE_OFF_TICK),
        ({"zone": "10YNO-2--------S"}, Code.FIELD_MALFORMED),
        ({"bid_id": "x" * 61}, Code.FIELD_MALFORMED),
        ({"bid_id": ""}, Code.FIELD_MALFORMED),
        ({"resource_id": "x" * 61}, Code.FIELD_MALFORMED),
        ({"note": "x" * 101}, Code.FIELD_MALFORMED),
        ({"resting_s": 900}, Code.FIELD_MISSING),
        ({"technical_link": "t", "resting_s": 800}, Code.FIELD_OUT_OF_RANGE),
        ({"availability": Availability.CONDITIONALLY_AVAILABLE}, Code.FIELD_MALFORMED),
        ({"mtu": Mtu(START_S + 60)}, Code.FIELD_MALFORMED),
        ({"mtu": Mtu(START_S, 3600)}, Code.FIELD_MALFORMED),
        ({"exclusive_group": "g", "multipart_group": "h"}, Code.FIELD_MALFORMED),
    ],
)
def test_each_rule_of_a_bid_has_its_refusal(changes, code) -> None:
    assert code in codes(bid(**changes))


def test_limits_themselves_are_allowed() -> None:
    at_limit = bid("x" * 60, resource_id="x" * 60, note="x" * 100, price_ticks=-1_500_000, minimum_w=5 * MW)
    assert codes(at_limit) == set()
    assert codes(bid(quantity_w=2_000 * MW)) == set()
    assert codes(bid(quantity_w=MW)) == set()


def test_all_problems_are_told_at_once() -> None:
    wrong = bid(quantity_w=1_500_000, price_ticks=2_000_000, zone="nowhere", note="x" * 200)
    found = find_bid_problems([wrong], {}, QH_45, NOW_S)
    assert {problem.field for problem in found} == {"quantity", "price", "zone", "note"}
    assert all(problem.element == "b1" for problem in found)


@pytest.mark.parametrize(("rules", "gate_s"), [(QH_45, 2700), (QH_25, 1500)])
def test_the_gate_closes_to_the_second(rules, gate_s: int) -> None:
    assert codes(bid(), rules=rules, now_s=START_S - gate_s - 1) == set()
    assert codes(bid(), rules=rules, now_s=START_S - gate_s) == {Code.GATE_CLOSED}
    unchanged = bid()
    assert Code.GATE_CLOSED in codes(unchanged, live=(bid(),), rules=rules, now_s=START_S - gate_s)


def test_the_gate_opens_thirty_days_before() -> None:
    assert codes(bid(), now_s=START_S - 30 * 86_400) == set()
    assert codes(bid(), now_s=START_S - 30 * 86_400 - 1) == {Code.BOOK_NOT_OPEN}


def test_a_document_has_so_many_series_and_each_once() -> None:
    many = [bid(f"b{i}", quantity_w=MW) for i in range(5)]
    assert codes(*many, rules=replace(QH_45, max_series=5)) == set()
    assert codes(*many, rules=replace(QH_45, max_series=4)) == {Code.TOO_MANY_ENTRIES}
    assert codes(bid(), bid(price_ticks=1)) == {Code.DUPLICATE_IDENTIFIER}
    assert codes() == {Code.FIELD_MISSING}


def test_the_portfolio_counts_live_bids_and_the_largest_of_an_exclusive_group() -> None:
    live = (bid("old", quantity_w=1_996 * MW),)
    assert codes(bid(quantity_w=4 * MW), live=live) == set()
    assert codes(bid(quantity_w=5 * MW), live=live) == {Code.QUANTITY_OUT_OF_RANGE}
    assert codes(bid(quantity_w=5 * MW, direction=Direction.DOWN), live=live) == set()
    group = [bid(f"e{i}", quantity_w=(1 + i) * MW, exclusive_group="g") for i in range(4)]
    assert codes(*group, live=live) == set()
    assert codes(bid("old", quantity_w=0), bid("new", quantity_w=2_000 * MW), live=live) == set()


def test_one_small_bid_per_resource_direction_and_period() -> None:
    small = [bid(f"s{i}", quantity_w=6 * MW) for i in range(2)]
    assert codes(small[0], rules=STATNETT) == set()
    assert codes(*small, rules=STATNETT) == {Code.QUANTITY_OUT_OF_RANGE}
    assert codes(small[0], replace(small[1], resource_id="other"), rules=STATNETT) == set()
    assert codes(bid(quantity_w=4 * MW), rules=STATNETT) == {Code.QUANTITY_OUT_OF_RANGE}


def inclusive(*watts: int, **changes) -> list[Bid]:
    return [bid(f"i{n}", quantity_w=w, inclusive_group="g", **changes) for n, w in enumerate(watts)]


def test_inclusive_members_are_hundredths_and_their_sum_is_whole() -> None:
    assert codes(*inclusive(1_230_000, 770_000)) == set()
    assert codes(*inclusive(1_230_000, 760_000)) == {Code.QUANTITY_OFF_STEP}
    assert Code.QUANTITY_OFF_STEP in codes(*inclusive(1_235_000, 765_000))
    assert Code.QUANTITY_OUT_OF_RANGE in codes(*inclusive(300_000, 200_000))


@pytest.mark.parametrize("kind", ["exclusive_group", "multipart_group", "inclusive_group"])
@pytest.mark.parametrize(
    "other", [{"mtu": later(1)}, {"zone": "10YNO-3--------J"}, {"product": Product.BOTH}, {"technical_link": "t"}]
)
def test_members_of_a_group_share_period_zone_product_and_link(kind: str, other) -> None:
    group = {kind: "g"}
    price = 5_000 if kind == "inclusive_group" else 6_000
    assert codes(bid("a", **group), bid("b", price_ticks=price, **group)) == set()
    assert Code.FIELD_MALFORMED in codes(bid("a", **group), bid("b", price_ticks=price, **group, **other))


def test_parts_of_a_multipart_bid_differ_in_price_and_those_of_an_inclusive_one_do_not() -> None:
    assert codes(bid("a", multipart_group="g"), bid("b", multipart_group="g")) == {Code.FIELD_MALFORMED}
    assert codes(bid("a", inclusive_group="g"), bid("b", inclusive_group="g", price_ticks=1)) == {Code.FIELD_MALFORMED}
    down = bid("b", price_ticks=1, direction=Direction.DOWN)
    assert codes(bid("a", multipart_group="g"), replace(down, multipart_group="g")) == {Code.FIELD_MALFORMED}
    assert codes(bid("a", exclusive_group="g"), replace(down, exclusive_group="g")) == set()


def linked(bid_id: str, mtu: Mtu, *targets: str, kind: LinkKind = LinkKind.UNAVAILABLE_IF_ACTIVATED) -> Bid:
    state = Availability.CONDITIONALLY_UNAVAILABLE if kind.makes_available else Availability.CONDITIONALLY_AVAILABLE
    return bid(
        bid_id,
        mtu=mtu,
        quantity_w=MW,
        availability=state,
        conditional_links=tuple(ConditionalLink(target, kind) for target in targets),
    )


def test_conditional_links_lead_one_or_two_periods_back_three_each() -> None:
    first = [bid(f"a{i}", quantity_w=MW) for i in range(4)]
    second = [bid(f"b{i}", quantity_w=MW, mtu=later(1)) for i in range(4)]
    fine = linked("c", later(2), "a0", "a1", "a2", "b0", "b1", "b2")
    assert codes(*first, *second, fine) == set()
    assert codes(*first, *second, linked("c", later(2), "a0", "a1", "a2", "a3")) == {Code.TOO_MANY_ENTRIES}
    assert codes(*first, linked("c", later(3), "a0")) == {Code.FIELD_OUT_OF_RANGE}
    assert codes(*first, linked("c", MTU, "a0")) == {Code.FIELD_OUT_OF_RANGE}
    assert codes(linked("c", later(1), "nobody")) == {Code.UNKNOWN_OBJECT}
    assert codes(*first, linked("c", later(1), "a0", "a0")) == {Code.FIELD_MALFORMED}
    grouped = replace(linked("c", later(1), "a0"), exclusive_group="g")
    assert codes(*first, grouped) == {Code.FIELD_MALFORMED}


def test_links_never_mix_taking_and_giving_availability() -> None:
    first = [bid(f"a{i}", quantity_w=MW) for i in range(2)]
    mixed = linked("c", later(1), "a0")
    gives = ConditionalLink("a1", LinkKind.AVAILABLE_IF_SA)
    assert codes(*first, replace(mixed, conditional_links=(*mixed.conditional_links, gives))) == {Code.FIELD_MALFORMED}
    wrong = replace(mixed, availability=Availability.CONDITIONALLY_UNAVAILABLE)
    assert codes(*first, wrong) == {Code.FIELD_MALFORMED}
    assert codes(*first, linked("c", later(1), "a0", kind=LinkKind.AVAILABLE_IF_ACTIVATED)) == set()


def test_technical_links_run_through_consecutive_periods_once_each() -> None:
    chain = [bid(f"t{i}", mtu=later(i), technical_link="t") for i in range(3)]
    assert codes(*chain) == set()
    assert codes(chain[0], chain[2]) == {Code.FIELD_OUT_OF_RANGE}
    assert codes(*chain, bid("again", technical_link="t")) == {Code.FIELD_MALFORMED}
    group = [bid(f"g{i}", technical_link="t", exclusive_group="g") for i in range(2)]
    assert codes(*group, chain[1]) == set()


def test_only_changes_are_sent_and_some_things_never_change() -> None:
    assert codes(bid(), live=(bid(),)) == {Code.FIELD_MALFORMED}
    assert codes(bid(price_ticks=1), live=(bid(),)) == set()
    for fixed in ({"mtu": later(1)}, {"resource_id": "x"}, {"zone": "10YNO-3--------J"}, {"direction": Direction.DOWN}):
        assert Code.FROZEN_FIELD in codes(bid(**fixed), live=(bid(),)), fixed
    assert codes(bid(exclusive_group="g"), live=(bid(),)) == {Code.FROZEN_FIELD}
    assert codes(bid(quantity_w=0), live=(bid(),)) == set()
    assert codes(bid(quantity_w=0)) == {Code.UNKNOWN_OBJECT}


def test_a_group_is_withdrawn_as_a_whole() -> None:
    group = tuple(inclusive(1_230_000, 770_000))
    gone = [replace(member, quantity_w=0) for member in group]
    assert codes(*gone, live=group) == set()
    assert Code.FIELD_MISSING in codes(gone[0], live=group)


def test_withdrawing_a_bid_breaks_the_chain_behind_it() -> None:
    live = (bid("a", quantity_w=MW), linked("b", later(1), "a"), linked("c", later(2), "b"))
    assert left_without_link({each.bid_id: each for each in live}, {"a"}) == ["b", "c"]
    assert Code.FIELD_MISSING in codes(replace(live[0], quantity_w=0), live=live)
    assert codes(*(replace(each, quantity_w=0) for each in live), live=live) == set()


@pytest.mark.parametrize(("day", "count"), [("2026-03-29", 92), ("2026-06-01", 96), ("2026-10-25", 100)])
def test_documents_follow_central_european_days_when_clocks_change(day: str, count: int) -> None:
    from datetime import date

    mtus = mtus_of_day(date.fromisoformat(day), "Europe/Brussels")
    assert len(mtus) == count
    first_s, last_s = document_bounds_s(date.fromisoformat(day))
    assert (mtus[0].start_s, mtus[-1].end_s) == (first_s, last_s)
    bids = [bid(f"b{i}", mtu=mtu, quantity_w=MW) for i, mtu in enumerate(mtus)]
    beside = [bid("before", mtu=Mtu(first_s - 900)), bid("after", mtu=Mtu(last_s))]
    documents = split_into_documents([*bids, *beside], 2_000)
    assert [len(document) for document in documents] == [1, count, 1]
    for document in documents:
        assert codes(*document, now_s=first_s - 86_400) == set()
    assert codes(*bids, beside[0], now_s=first_s - 86_400) == {Code.FIELD_OUT_OF_RANGE}
    assert len({document_day(mtu.start_s) for mtu in mtus}) == 1


@given(st.lists(st.sampled_from(["", "g", "h"]), min_size=1, max_size=40), st.integers(3, 9))
def test_splitting_keeps_every_bid_once_and_no_group_apart(groups: list[str], size: int) -> None:
    bids = [bid(f"b{i}", exclusive_group=group) for i, group in enumerate(groups)]
    documents = split_into_documents(bids, size)
    assert sorted(each.bid_id for document in documents for each in document) == sorted(b.bid_id for b in bids)
    for group in ("g", "h"):
        assert sum(any(each.exclusive_group == group for each in document) for document in documents) <= 1
    for document in documents:
        assert len(document) <= size or len({each.groups for each in document}) <= 1


PUBLISHED = [
    "10Y1001A1001A91G", "10YFI-1--------U", "10X1001A1001A264", "10X1001A1001A38Y", "10X1001A1001A418",
    "10YNO-2--------T", "10Y1001A1001A44P", "10YNO-0--------C", "50VF00000000001T",
]  # fmt: skip


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_have_their_check_character(code: str) -> None:
    assert is_eic(code)
    assert check_character(code[:-1]) == code[-1]
    for place in range(15):
        wrong = code[:place] + ("1" if code[place] != "1" else "2") + code[place + 1 :]
        assert not is_eic(wrong), wrong
    assert not is_eic(code.lower())
    assert not is_eic(code[:-1])
