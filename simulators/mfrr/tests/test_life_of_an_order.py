"""From bids to orders, answers, reports and prices, in memory with a driven clock."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from bsp_documents import (
    NO2,
    NO3,
    Received,
    Series,
    acknowledge,
    answer,
    availability_document,
    bid_document,
    uid,
)
from mfrr_market import BEATS, Market, need

OTHER = "9999909919913"


def kinds(received: Iterable[Received]) -> list[str]:
    return [one.kind for one in received]


def of_kind(received: Iterable[Received], kind: str) -> Received:
    (found,) = [one for one in received if one.kind == kind]
    return found


def ordered(document: Received) -> dict[str | None, str | None]:
    return dict(zip(document.texts("TimeSeries/mRID"), document.texts("TimeSeries/Period/Point/quantity"), strict=True))


def test_a_scheduled_order_goes_its_way(schema_folder: Path) -> None:
    market = Market(need(6), schema_folder)
    market.accept(Series("a", minimum="0"), Series("b", price="40.00", minimum="0", quantity="4"))
    assert market.until("11:52:29") == []
    received = market.until("11:52:30")
    assert kinds(received) == ["A39", "A43", "B24"]
    order = received[0]
    assert ordered(order) == {uid("a"): "2", uid("b"): "4"}
    assert order.text("type") == "A39"
    assert order.texts("TimeSeries/marketObjectStatus.status") == ["A10", "A10"]
    assert order.texts("TimeSeries/Reason/code") == ["B49", "B49"]
    assert order.text("activation_Time_Period.timeInterval/start") == "2026-03-10T12:00Z"
    assert order.text("activation_Time_Period.timeInterval/end") == "2026-03-10T12:15Z"
    assert order.text("createdDateTime") == "2026-03-10T11:52:30Z"
    prices = received[2]
    assert (prices.text("type"), prices.text("process.processType")) == ("B24", "A60")
    assert prices.texts("TimeSeries/Period/Point/activation_Price.amount") == ["50.00"]
    merit = received[1]
    assert merit.texts("TimeSeries/marketAgreement.mRID") == [uid("b"), uid("a")]
    assert merit.texts("TimeSeries/Period/Point/activated_Quantity.quantity") == ["4", "2"]

    market.until("11:54")
    (taken,) = market.send(answer(order, "11:54"))
    assert taken.codes == ["A01"]
    later = market.until("13:00")
    result = of_kind(later, "A38")
    assert result.texts("TimeSeries/bid_Original_MarketDocument.bid_BidTimeSeries.mRID") == [uid("a"), uid("b")]
    assert result.texts("TimeSeries/Period/Point/quantity") == ["2", "4"]
    assert result.texts("TimeSeries/Period/Point/energy_Price.amount") == ["50.00", "50.00"]
    assert result.text("createdDateTime") == "2026-03-10T12:16:00Z"
    assert "B45" not in kinds(later)
    assert market.status["counts"]["invalid"] == 0


def test_without_an_answer_in_two_minutes_the_bids_are_unavailable(schema_folder: Path) -> None:
    market = Market(need(6), schema_folder)
    market.accept(Series("a", minimum="0"))
    order = of_kind(market.until("11:52:30"), "A39")
    market.until("11:54:31")
    (late,) = market.send(answer(order, "11:54:31"))
    assert late.codes == ["A02", "A57"]
    later = market.until("13:00")
    report = of_kind(later, "B45")
    assert report.texts("BidTimeSeries/mRID") == [uid("a")]
    assert report.texts("BidTimeSeries/Reason/text") == ["no answer"]
    assert report.texts("BidTimeSeries/requestingParty_MarketParticipant.marketRole.type") == ["A46"]
    assert of_kind(later, "A38").texts("TimeSeries/Period/Point/quantity") == ["0"]
    assert market.status["counts"]["invalid"] == 0


def test_the_last_second_counts_as_in_time() -> None:
    market = Market(need(6))
    market.accept(Series("a", minimum="0"))
    order = of_kind(market.until("11:52:30"), "A39")
    market.until("11:54:30")
    assert market.send(answer(order, "11:54:30"))[0].codes == ["A01"]


def test_refused_bids_are_reported_with_the_reason_given() -> None:
    market = Market(need(14))
    market.accept(Series("a", minimum="0"), Series("b", minimum="0"))
    order = of_kind(market.until("11:52:30"), "A39")
    assert market.send(answer(order, "11:58", refused=("b",)))[0].codes == ["A02", "A04"]  # created ahead of time
    market.until("11:53")
    assert market.send(answer(order, "11:53:00", refused=("b",)))[0].codes == ["A01"]
    later = market.until("13:00")
    assert of_kind(later, "B45").texts("BidTimeSeries/mRID") == [uid("b")]
    assert of_kind(later, "A38").texts("TimeSeries/Period/Point/quantity") == ["10", "0"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"<quantity>6</quantity>", b"<quantity>5</quantity>"), "A42"),
        ((b">A07<", b">A09<"), "A59"),
        ((uid("a").encode(), uid("b").encode()), "A55"),
        ((b"<order_MarketDocument.revisionNumber>1", b"<order_MarketDocument.revisionNumber>2"), "A51"),
    ],
)
def test_a_wrong_answer_is_refused_and_a_right_one_still_counts(change: tuple[bytes, bytes], code: str) -> None:
    market = Market(need(6))
    market.accept(Series("a", minimum="0"))
    order = of_kind(market.until("11:52:30"), "A39")
    wrong = answer(order, "11:52:30").replace(*change)
    assert wrong != answer(order, "11:52:30")
    (refused,) = market.send(wrong)
    assert code in refused.codes
    assert market.status["orders"][-1]["state"] == "sent"
    market.until("11:53")
    assert market.send(answer(order, "11:53"))[0].codes == ["A01"]


def test_our_acknowledgements_are_noted() -> None:
    market = Market(need(6))
    market.accept(Series("a", minimum="0"))
    received = market.until("11:52:30")
    assert len(market.status["unacknowledged"]) == len(received)
    for document in received:
        assert market.send(acknowledge(document, "11:52:30")) == []
    assert market.status["unacknowledged"] == []


def test_heartbeats_go_before_each_quarter_with_bids(schema_folder: Path) -> None:
    market = Market(BEATS, schema_folder)
    market.accept(Series("a"))
    times = [one.text("createdDateTime") for one in market.until("12:00") if one.kind == "HEARTBEAT"]
    assert times == ["2026-03-10T11:48:00Z", "2026-03-10T11:52:30Z", "2026-03-10T11:57:00Z"]
    assert market.status["counts"]["invalid"] == 0


def test_with_an_order_there_is_no_heartbeat_beside_it() -> None:
    market = Market({**need(6), **BEATS})
    market.accept(Series("a", minimum="0"))
    beat = of_kind(market.until("11:48"), "HEARTBEAT")
    assert market.send(answer(beat, "11:48"))[0].codes == ["A01"]
    assert kinds(market.until("11:52:30")) == ["A39", "A43", "B24"]
    assert kinds(market.until("11:57")) == ["HEARTBEAT"]


def test_a_missing_heartbeat_keeps_bids_out_until_one_is_answered() -> None:
    content = {"needs": [{"zone": "NO2", "direction": "up", "quantity": 5}], **BEATS}
    market = Market(content)
    market.accept(*(Series(f"q{i}", start=f"12:{15 * i:02}", minimum="0") for i in range(4)))
    market.until("11:50:01")
    assert market.status["suspended_until"]
    received = market.until("11:52:30")
    assert "A39" not in kinds(received)
    beat = of_kind(market.until("11:57"), "HEARTBEAT")
    assert beat.texts("TimeSeries/mRID") == ["ACTIVATION_HEARTBEAT"]
    assert market.send(answer(beat, "11:57"))[0].codes == ["A01"]
    assert market.status["suspended_until"] == {}
    beat = of_kind(market.until("12:03"), "HEARTBEAT")
    assert market.send(answer(beat, "12:03"))[0].codes == ["A01"]
    assert "A39" in kinds(market.until("12:07:30"))


def test_an_unavailable_heartbeat_keeps_bids_out_too() -> None:
    market = Market({**need(6), **BEATS})
    market.accept(Series("a", minimum="0"))
    beat = of_kind(market.until("11:48"), "HEARTBEAT")
    assert market.send(answer(beat, "11:48", status="A11"))[0].codes == ["A01"]
    assert "A39" not in kinds(market.until("12:00"))
    assert of_kind(market.until("12:30"), "B45").texts("BidTimeSeries/Reason/text") == ["no sign of life"]


def direct(market: Market, quantity: int, zone: str = "NO2", **named: str) -> list[Received]:
    market.simulator.command("direct", {"zone": zone, "direction": "up", "quantity": quantity, **named})
    return market.read()


def test_a_direct_order_runs_to_the_end_of_the_next_quarter(schema_folder: Path) -> None:
    market = Market(None, schema_folder)
    market.accept(Series("a", minimum="0"), Series("only-scheduled", price="1.00", product="A05"))
    market.until("12:04:13")
    (order,) = direct(market, 3)
    assert (order.kind, order.text("type")) == ("A40", "A40")
    assert ordered(order) == {uid("a"): "3"}
    assert order.text("activation_Time_Period.timeInterval/end") == "2026-03-10T12:30Z"
    assert order.text("TimeSeries/Period/timeInterval/start") == "2026-03-10T12:14Z"
    assert order.text("TimeSeries/Period/timeInterval/end") == "2026-03-10T12:30Z"
    assert order.text("TimeSeries/Period/resolution") == "PT16M"
    assert market.send(answer(order, "12:04:13"))[0].codes == ["A01"]
    later = market.until("13:00")
    assert of_kind(later, "A38").text("createdDateTime") == "2026-03-10T12:31:00Z"
    prices = [one for one in later if one.text("process.processType") == "A61"]
    assert prices[0].texts("TimeSeries/Period/Point/activation_Price.amount") == ["50.00"]
    assert market.status["counts"]["invalid"] == 0


def test_a_deactivation_is_the_same_order_with_an_earlier_end(schema_folder: Path) -> None:
    market = Market(None, schema_folder)
    market.accept(Series("a", minimum="0"))
    market.until("12:04:13")
    (order,) = direct(market, 3)
    market.send(answer(order, "12:04:13"))
    market.until("12:20")
    market.simulator.command("deactivate", {"party": "9999909919920", "end": "2026-03-10T12:25:00Z"})
    (update,) = market.read()
    assert update.text("order_MarketDocument.mRID") == order.text("order_MarketDocument.mRID")
    assert update.text("order_MarketDocument.revisionNumber") == "2"
    assert update.text("TimeSeries/Period/timeInterval/end") == "2026-03-10T12:25Z"
    assert market.send(answer(update, "12:20"))[0].codes == ["A01"]
    results = [one for one in market.until("13:00") if one.kind == "A38"]
    assert [one.text("TimeSeries/Period/timeInterval/end") for one in results] == ["2026-03-10T12:25Z"]
    assert results[0].texts("TimeSeries/Period/Point/quantity") == ["3"]


def test_after_a_direct_activation_the_linked_bid_is_gone() -> None:
    content = {"needs": [{"zone": "NO2", "direction": "up", "quantity": 4, "from": "2026-03-10T12:15:00Z",
                          "to": "2026-03-10T12:30:00Z"}]}  # fmt: skip
    for linked, orders in ((True, 0), (False, 1)):
        groups = {"linked": "t"} if linked else {}
        market = Market(content)
        market.accept(Series("a", minimum="0", groups=groups), Series("b", minimum="0", start="12:15", groups=groups))
        market.until("11:55")
        (order,) = direct(market, 3)
        market.send(answer(order, "11:55"))
        assert kinds(market.until("12:15")).count("A39") == orders


def test_no_direct_activation_before_a_linked_bid_that_is_taken() -> None:
    content = {"needs": [{"zone": "NO2", "direction": "up", "quantity": 4, "from": "2026-03-10T12:15:00Z",
                          "to": "2026-03-10T12:30:00Z"}]}  # fmt: skip
    market = Market(content)
    groups = {"linked": "t"}
    market.accept(Series("a", minimum="0", groups=groups), Series("b", minimum="0", start="12:15", groups=groups))
    market.until("12:02")
    assert direct(market, 3) == []


@pytest.mark.parametrize(
    ("status", "link", "first_taken", "available"),
    [("A65", "A55", True, False), ("A65", "A55", False, True), ("A65", "A56", False, False), ("A65", "A56", True, True),
     ("A65", "A59", True, False), ("A65", "A60", True, True), ("A66", "A67", True, True), ("A66", "A67", False, False),
     ("A66", "A68", False, True), ("A66", "A69", True, True), ("A66", "A70", True, False)],
)  # fmt: skip
def test_conditional_links_decide_over_the_next_quarter(
    status: str, link: str, first_taken: bool, available: bool
) -> None:
    needs = [{"zone": "NO2", "direction": "up", "quantity": 4, "from": "2026-03-10T12:15:00Z"}]
    if first_taken:
        needs.append({"zone": "NO2", "direction": "up", "quantity": 4, "from": "2026-03-10T12:00:00Z",
                      "to": "2026-03-10T12:15:00Z"})  # fmt: skip
    market = Market({"needs": needs})
    market.accept(
        Series("a", minimum="0"), Series("b", start="12:15", minimum="0", status=status, links=(("a", link),))
    )
    market.until("12:02")
    (*_, record) = market.status["mtus"]
    assert record["start"] == "2026-03-10T12:15Z"
    assert (uid("b") in record["scheduled_kw"]) == available


def test_cancelling_a_linked_bid_invalidates_the_chain() -> None:
    market = Market({"needs": [{"zone": "NO2", "direction": "up", "quantity": 4}]})
    first = Series("a", minimum="0")
    market.accept(first, Series("b", start="12:15", minimum="0", status="A65", links=(("a", "A55"),)))
    market.accept(Series("a", quantity="0", minimum="0"), created="10:00:01")
    received = market.until("13:00")
    assert "A39" not in kinds(received)
    assert of_kind(received, "B45").texts("BidTimeSeries/Reason/text") == ["a linked bid was cancelled"]


def test_an_inclusive_group_is_taken_in_one_proportion(schema_folder: Path) -> None:
    market = Market(need(2), schema_folder)
    members = [
        Series(f"m{i}", quantity=q, minimum="0.00", groups={"inclusive": "g"})
        for i, q in enumerate(("1.25", "0.80", "0.95"))
    ]
    market.accept(*members)
    order = of_kind(market.until("11:52:30"), "A39")
    assert ordered(order) == {uid("m0"): "0.84", uid("m1"): "0.53", uid("m2"): "0.63"}
    assert market.send(answer(order, "11:52:30"))[0].codes == ["A01"]


def test_limits_of_the_grid_operator_hold(schema_folder: Path) -> None:
    market = Market(need(9), schema_folder)
    market.accept(
        Series("a", minimum="0"), Series("b", minimum="0", price="80.00"), Series("c", minimum="0", price="90.00")
    )
    (taken,) = market.send(availability_document(("a", "C41", "3.5"), ("b", "C43", None), created="10:00"))
    assert taken.codes == ["A01"], taken.reasons
    order = of_kind(market.until("11:52:30"), "A39")
    assert ordered(order) == {uid("a"): "3", uid("c"): "6"}
    report = of_kind(market.until("13:00"), "B45")
    assert report.texts("BidTimeSeries/businessType") == ["C41", "C43", "C46"]  # c: not answered
    assert report.texts("BidTimeSeries/requestingParty_MarketParticipant.marketRole.type") == ["A50", "A50", "A46"]
    assert report.texts("BidTimeSeries/operationalLimit_Quantity.quantity") == ["3.5", "0"]
    assert market.status["counts"]["invalid"] == 0


@pytest.mark.parametrize(
    ("entry", "role", "code"),
    [(("nobody", "C41", None), "A50", "A55"), (("a", "B59", None), "A50", "A59"), (("a", "C41", "11"), "A50", "A42"),
     (("a", "C41", None), "A08", "A59")],
)  # fmt: skip
def test_a_wrong_availability_is_refused(entry: tuple[str, str, str | None], role: str, code: str) -> None:
    market = Market()
    market.accept(Series("a"))
    (refused,) = market.send(availability_document(entry, created="10:00", role=role))
    assert code in refused.codes


def test_zones_are_coupled_up_to_the_lower_capacity_of_both_sides() -> None:
    border = {"borders": [{"name": "x", "from": "NO2", "to": "NO3"}]}
    sides = [{"border": "x", "side": "NO2", "forward": 4}, {"border": "x", "side": "NO3", "forward": 7}]
    for capacities, taken in ((sides, 4), (sides[1:], 7), ([], 0)):
        market = Market({**need(9, zone="NO3"), **border, "capacities": capacities})
        market.accept(Series("a", minimum="0"), Series("b", minimum="0", zone=NO3, price="70.00"))
        quantities = ordered(of_kind(market.until("11:52:30"), "A39"))
        assert quantities == {uid("a"): str(taken), uid("b"): str(9 - taken)} if taken else {uid("b"): "9"}
        prices = market.status["mtus"][-1]["prices"]
        assert prices == {NO2: 50.0 if taken else None, NO3: 70.0}


def test_other_parties_compete_and_get_their_own_orders() -> None:
    bids = [{"zone": "NO2", "direction": "up", "quantity": 5, "price": 10.0}]
    market = Market({**need(12), "bids": bids})
    market.accept(Series("a", minimum="0"))
    market.simulator.submit(OTHER, bid_document(Series("z", price="45.00", quantity="3"), party=OTHER))
    assert market.read(OTHER)[0].codes == ["A01"]
    order = of_kind(market.until("11:52:30"), "A39")
    assert ordered(order) == {uid("a"): "4"}
    assert ordered(of_kind(market.read(OTHER), "A39")) == {uid("z"): "3"}


def test_drawn_needs_and_bids_are_the_same_for_a_seed() -> None:
    content = {"random": {"need_mw": 40, "need_chance": 0.8, "bids": 3}, "simulator": {"seed": 5}}
    runs = []
    for _ in range(2):
        market = Market(content)
        market.accept(Series("a", minimum="0"))
        runs.append([one.data for one in market.until("14:00")])
    assert runs[0] == runs[1]
    assert sum(bool(record["scheduled_kw"]) for record in market.status["mtus"]) > 5
    other = Market({**content, "simulator": {"seed": 6}})
    other.accept(Series("a", minimum="0"))
    assert [one.data for one in other.until("14:00")] != runs[0]


@pytest.mark.parametrize("start", ["2026-03-28T20:00", "2026-10-24T19:00"])
def test_days_on_which_the_clocks_change_have_their_quarters(start: str) -> None:
    market = Market({"needs": [{"zone": "NO2", "direction": "up", "quantity": 1}], "bids": [
        {"zone": "NO2", "direction": "up", "quantity": 5, "price": 10.0}]}, start=start)  # fmt: skip
    day, quarters = ("2026-03-28T23:00", 92) if "03-28" in start else ("2026-10-24T22:00", 100)
    end = "2026-03-29T22:00" if quarters == 92 else "2026-10-25T23:00"
    market.until(end)
    records = [record for record in market.status["mtus"] if f"{day}Z" <= record["start"] < f"{end}Z"]
    assert len(records) == quarters
    assert all(record["scheduled_kw"] for record in records)


def test_a_direct_need_takes_what_the_scheduled_left_of_border_and_bids() -> None:
    border = {"borders": [{"name": "x", "from": "NO2", "to": "NO3"}]}
    capacity = [{"border": "x", "side": "NO2", "forward": 6, "backward": 6}]
    market = Market({**need(4, zone="NO3"), **border, "capacities": capacity})
    market.accept(
        Series("a", minimum="0"),
        Series("b", minimum="0", price="55.00"),
        Series("c", minimum="0", zone=NO3, price="70.00"),
    )
    assert ordered(of_kind(market.until("11:52:30"), "A39")) == {uid("a"): "4"}
    (order,) = direct(market, 5, zone="NO3")
    assert ordered(order) == {uid("b"): "2", uid("c"): "3"}
    assert market.status["mtus"][-1]["flows"] == {"x": 6}
    assert direct(market, 2, zone="NO2") == []  # a and b are taken, c is across a full border


def test_a_linked_bid_open_to_scheduled_activation_alone() -> None:
    needs = [{"zone": "NO2", "direction": "up", "quantity": 4, "from": "2026-03-10T12:00:00Z",
              "to": "2026-03-10T12:15:00Z"}]  # fmt: skip
    for link, open_to_direct in (("A58", False), ("A57", True)):
        market = Market({"needs": needs})
        second = Series("b", start="12:15", minimum="0", status="A65", links=(("a", link),))
        market.accept(Series("a", minimum="0"), second)
        market.until("12:10")
        assert bool(direct(market, 2)) == open_to_direct


def test_after_a_direct_activation_a_link_can_close_the_next_to_direct_alone() -> None:
    for link, open_to_direct in (("A57", False), ("A58", True), ("A60", False), ("A59", True)):
        market = Market()
        second = Series("b", start="12:15", minimum="0", status="A65", links=(("a", link),))
        market.accept(Series("a", minimum="0"), second)
        market.until("11:55")
        assert direct(market, 2)
        market.until("12:10")
        assert bool(direct(market, 2)) == open_to_direct


def test_a_bid_given_anew_is_no_longer_invalid() -> None:
    market = Market({"needs": [{"zone": "NO2", "direction": "up", "quantity": 4}]})
    second = Series("b", start="12:15", minimum="0", status="A65", links=(("a", "A55"),))
    market.accept(Series("a", minimum="0"), second)
    market.accept(Series("a", quantity="0", minimum="0"), created="10:00:01")
    market.accept(Series("b", start="12:15", minimum="0"), created="10:00:02")
    assert "A39" in kinds(market.until("13:00"))
