"""A document of bids is taken as a whole or refused as a whole, with every reason."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from bsp_documents import BSP, NO3, Series, bid_document, uid, utc
from mfrr_market import Market

BID = Series("a")


@pytest.mark.parametrize("version", ["7:2", "7:4"])
def test_a_correct_document_is_accepted_in_either_version(version: str) -> None:
    market = Market()
    market.accept(BID, Series("b", minimum="0", direction="A02"), version=version)
    assert market.status["bids"] == 2


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"quantity": "0.5"}, "A42", "allowed: 1 to 9999"),
    ({"quantity": "1.5"}, "A42", "its step is 1"),
    ({"quantity": "10000"}, "A42", "allowed: 1 to 9999"),
    ({"quantity": "-3"}, "A42", "allowed: 1 to 9999"),
    ({"price": "50.001"}, "B51", "its step is 0.01"),
    ({"price": "10000.01"}, "B51", "the limit is 10000"),
    ({"price": "-10000.01"}, "B51", "the limit is 10000"),
    ({"price": None}, "A69", "no price"),
    ({"divisible": "A01"}, "A69", "needs a minimum"),
    ({"minimum": "3", "divisible": "A02"}, "A42", "no minimum"),
    ({"minimum": "11"}, "A42", "allowed: 0 to 10"),
    ({"start": "12:05"}, "A04", "no quarter of an hour"),
    ({"minutes": 30}, "A41", "must be PT15M"),
    ({"start": "2026-03-11T12:00"}, "A04", "outside the document"),
    ({"start": "10:30"}, "A57", "gate closed 45 minutes"),
    ({"product": "A01"}, "A59", "marketProductType is A01"),
    ({"business": "B75"}, "A59", "businessType is B75"),
    ({"direction": "A03"}, "A59", "direction is A03"),
    ({"status": "A11"}, "A59", "status is A11"),
    ({"auction": "ANOTHER"}, "A59", "auction.mRID is ANOTHER"),
    ({"zone": "10Y1001A1001A44P"}, "A23", "not served"),
    ({"zone": "10YNO-2--------X"}, "A23", "no energy identification code"),
    ({"groups": {"exclusive": "g", "inclusive": "h"}}, "A59", "one group at most"),
    ({"status": "A65"}, "A59", "with 0 conditional links"),
]


@pytest.mark.parametrize(("change", "code", "text"), BROKEN)
def test_a_broken_series_refuses_the_document_and_its_sound_neighbour(
    change: dict[str, Any], code: str, text: str
) -> None:
    market = Market()
    received = market.bid(replace(BID, **change), Series("sound"))
    assert received.codes[:2] == ["A02", "A03"]
    assert code in received.codes
    assert text in received.reasons
    assert received.texts("Rejected_TimeSeries/mRID") == [uid("a")]
    assert market.status["bids"] == 0


HEADS: list[tuple[dict[str, Any], str, str]] = [
    ({"receiver": "10X1001A1001A264"}, "A53", "the receiver is"),
    ({"party": "9999909919999"}, "A22", "the message came from"),
    ({"revision": 2}, "A51", "always 1"),
    ({"kind": "A38"}, "A59", "bids are A37"),
    ({"process": "A51"}, "A59", "mFRR is A47"),
    ({"roles": ("A08", "A34")}, "A59", "role A46 to role A34"),
    ({"mrid": "159469d3-de12-4b14"}, "A59", "not a UUID"),
    ({"created": "10:06"}, "A04", "ahead of the platform"),
]


@pytest.mark.parametrize(("change", "code", "text"), HEADS)
def test_a_broken_head_refuses_the_document(change: dict[str, Any], code: str, text: str) -> None:
    received = Market().bid(BID, **change)
    assert received.codes[0] == "A02"
    assert code in received.codes
    assert text in received.reasons


def test_every_problem_of_a_document_is_named() -> None:
    received = Market().bid(Series("a", quantity="0.5", price="99999"), Series("b", start="12:05"), revision=2)
    assert {"A51", "A42", "B51", "A04"} <= set(received.codes)


def test_a_stale_document_is_dropped_without_an_answer() -> None:
    market = Market()
    assert market.send(bid_document(BID, created="09:44")) == []
    assert market.status["counts"]["dropped"] == 1
    market.accept(BID, created="09:45")


@pytest.mark.parametrize(
    ("profile", "closed", "open_"), [("nordic", "11:15:01", "11:15"), ("mari", "11:35:01", "11:35")]
)
def test_gate_closes_by_profile(profile: str, closed: str, open_: str) -> None:
    for time, codes in ((open_, ["A01"]), (closed, ["A02", "A03", "A57"])):
        market = Market({"simulator": {"profile": profile}}, start=time)
        assert market.bid(BID, created=time).codes == codes


def test_price_limit_by_profile() -> None:
    dear = Series("a", price="14999.99")
    assert Market({"simulator": {"profile": "nordic"}}).bid(dear).codes[-1] == "B51"
    assert Market({"simulator": {"profile": "mari"}}).bid(dear).codes == ["A01"]


def test_series_count_by_profile() -> None:
    series = [Series(f"s{i}", quantity="1", direction="A01" if i % 2 else "A02") for i in range(2001)]
    assert Market({"simulator": {"profile": "fingrid"}}).bid(*series).codes[0] == "A02"
    Market().accept(*series)


def test_portfolio_limit_counts_one_party_direction_and_mtu() -> None:
    market = Market()
    market.accept(Series("a", quantity="1500"), Series("b", quantity="1500", direction="A02"))
    received = market.bid(Series("c", quantity="501"))
    assert "2001 MW up in one MTU, at most 2000" in received.reasons
    market.accept(Series("c", quantity="500"))


def test_update_keeps_the_id_and_quantity_zero_cancels() -> None:
    market = Market()
    market.accept(BID)
    market.accept(replace(BID, quantity="7", price="60.00"), created="10:00:01")
    assert [bid.quantity_kw for bid in market.simulator.platform.state.book.bids.values()] == [7000]
    market.accept(replace(BID, quantity="0"), created="10:00:02")
    assert market.status["bids"] == 0
    assert "no such bid to cancel" in market.bid(replace(BID, quantity="0"), created="10:00:03").reasons


@pytest.mark.parametrize("change", [{"start": "12:15"}, {"resource": "OTHER"}, {"groups": {"exclusive": "g"}}])
def test_period_resource_and_group_of_a_bid_cannot_change(change: dict[str, Any]) -> None:
    market = Market()
    market.accept(BID)
    assert market.bid(replace(BID, **change), created="10:00:01").codes[0] == "A02"


def test_nothing_changes_after_the_gate_not_even_to_the_same() -> None:
    market = Market()
    market.accept(BID)
    market.until("11:15:01")
    assert "A57" in market.bid(BID, Series("later", start="14:00"), created="11:15:01").codes


def test_a_document_sent_again_is_answered_alike_and_done_once() -> None:
    market = Market()
    first, again = market.bid(BID, name="one"), market.bid(BID, name="one")
    assert first.data == again.data
    assert market.status["bids"] == 1
    other = market.bid(replace(BID, quantity="9"), name="one")
    assert "A51" in other.codes


def test_a_foreign_bid_cannot_be_touched() -> None:
    market = Market()
    market.accept(BID)
    received = market.send(bid_document(replace(BID, quantity="0"), party="9999909919999"), party="9999909919999")
    assert "another party" in received[0].reasons if received else market.read("9999909919999")[0].reasons
    assert market.status["bids"] == 1


def test_messages_per_quarter_are_limited() -> None:
    market = Market({"profile": {"max_messages": 2}})
    market.accept(BID, name="1")
    market.accept(BID, name="2")
    assert "more than 2 messages" in market.bid(BID, name="3").reasons
    market.until("10:15")
    market.accept(BID, name="4", created="10:15")


INCLUSIVE = {"groups": {"inclusive": "g"}}


def test_inclusive_members_have_two_decimals_and_a_whole_sum() -> None:
    Market().accept(Series("a", quantity="0.37", **INCLUSIVE), Series("b", quantity="0.63", **INCLUSIVE))
    received = Market().bid(Series("a", quantity="0.37", **INCLUSIVE), Series("b", quantity="0.64", **INCLUSIVE))
    assert "the sum is 1.01 MW" in received.reasons
    received = Market().bid(Series("a", quantity="0.375", **INCLUSIVE), Series("b", quantity="0.625", **INCLUSIVE))
    assert "its step is 0.01" in received.reasons


GROUPS: list[tuple[str, list[dict[str, Any]], str]] = [
    ("inclusive", [{"price": "50.00"}, {"price": "51.00"}], "differ in price"),
    ("inclusive", [{"direction": "A01"}, {"direction": "A02"}], "differ in direction"),
    ("multipart", [{"price": "50.00"}, {"price": "50.00"}], "must differ in price"),
    ("multipart", [{"price": "50.00"}, {"price": "51.00", "direction": "A02"}], "differ in direction"),
    ("exclusive", [{}, {"start": "12:15"}], "differ in mtu"),
    ("exclusive", [{}, {"zone": NO3}], "differ in zone"),
    ("exclusive", [{}, {"product": "A05"}], "differ in product"),
]


@pytest.mark.parametrize(("kind", "members", "text"), GROUPS)
def test_group_rules(kind: str, members: list[dict[str, Any]], text: str) -> None:
    series = [Series(f"m{i}", groups={kind: "g"}, **member) for i, member in enumerate(members)]
    assert text in Market().bid(*series).reasons


def test_exclusive_members_may_differ_in_direction_and_share_a_technical_link() -> None:
    groups = {"exclusive": "g", "linked": "t"}
    Market().accept(Series("a", groups=groups), Series("b", groups=groups, direction="A02"))
    received = Market().bid(Series("a", groups=groups), Series("b", groups={"exclusive": "g"}))
    assert "share one technical link" in received.reasons


def test_a_group_is_cancelled_as_a_whole() -> None:
    market = Market()
    members = [Series("a", quantity="2.50", **INCLUSIVE), Series("b", quantity="2.50", **INCLUSIVE)]
    market.accept(*members)
    assert "as a whole" in market.bid(replace(members[0], quantity="0"), created="10:00:01").reasons
    market.accept(*(replace(member, quantity="0") for member in members), created="10:00:02")
    assert market.status["bids"] == 0


def test_conditional_links_reach_one_or_two_quarters_back() -> None:
    first, second = Series("a"), Series("b", start="12:15", status="A65", links=(("a", "A55"),))
    third = Series("c", start="12:30", status="A66", links=(("a", "A67"), ("b", "A68")))
    Market().accept(first, second, third)
    for links, text in (
        ((("nobody", "A55"),), "is not in the book"),
        ((("a", "A67"),), "does not go with status A65"),
        ((("a", "A55"), ("a", "A56")), "more than one"),
    ):
        assert text in Market().bid(first, replace(second, links=links)).reasons
    assert "one or two quarters" in Market().bid(first, replace(second, start="12:45")).reasons
    four = [Series(f"p{i}") for i in range(4)]
    many = replace(second, links=tuple((s.name, "A55") for s in four))
    assert "4 to one quarter" in Market().bid(*four, many).reasons


def test_a_technical_link_has_one_bid_per_quarter() -> None:
    linked = {"groups": {"linked": "t"}}
    Market().accept(Series("a", **linked), Series("b", start="12:15", **linked))
    assert "one bid or group per MTU" in Market().bid(Series("a", **linked), Series("b", **linked)).reasons


@pytest.mark.parametrize(
    "data",
    [b"", b"not xml", b"<a", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a/>", b"\xff\xfe\x00",
     bid_document(BID).replace(b"10</quantity.quantity>", b"ten</quantity.quantity>"),
     bid_document(BID).replace(b"<divisible>A02</divisible>", b""),
     bid_document(BID).replace(b"2026-03-10T10:00:00Z", b"yesterday")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_named(data: bytes) -> None:
    market = Market()
    (received,) = market.send(data)
    assert received.codes[:2] == ["A02", "A94"]
    assert market.status["counts"]["unreadable"] == 1
    market.accept(BID)


def test_entities_are_not_expanded_and_files_not_fetched() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + bid_document(BID).decode().split("?>")[1]
    (received,) = Market().send(bomb.replace(">A37<", ">&x;<").encode())
    assert "document type is not allowed" in received.reasons
    assert b"root:" not in received.data


def test_gate_opens_thirty_days_before() -> None:
    early = (utc("12:00").timestamp() - 31 * 86_400) // 60 * 60
    market = Market(
        start=str(utc("12:00").fromtimestamp(early, tz=utc("12:00").tzinfo).replace(tzinfo=None).isoformat())
    )
    created = "2026-02-07T12:00:00"
    assert "gate opens 30 days" in market.bid(BID, created=created).reasons


def test_ids_of_answers_are_uuids_of_the_seed() -> None:
    ids = [Market().bid(BID).text("mRID") for _ in range(2)]
    assert ids[0] == ids[1]
    assert uuid.UUID(str(ids[0]))
    assert Market().bid(BID).text("receiver_MarketParticipant.mRID") == BSP
