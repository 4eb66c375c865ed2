"""Bids, orders and limits as documents: published pairs come out of our rules, what we write is read the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gateway_builders import MTU, MW, NOW_S, PARTIES, ZONE, bid, later, order, ordered

from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.kinds.activation import ActivationDocument
from flexbourse_ancillary_gateway.documents.kinds.reserve_bid import ReserveBidDocument
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import acknowledge, receipt_of
from flexbourse_ancillary_gateway.documents.mappings.activations import (
    is_heartbeat,
    order_of,
    response_to,
    response_to_heartbeat,
)
from flexbourse_ancillary_gateway.documents.mappings.availability import LimitedBid, to_bid_availability
from flexbourse_ancillary_gateway.documents.mappings.bids import bids_of, to_reserve_bid
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.documents.mappings.redispatch import (
    is_redispatch_need,
    needs_of,
    to_redispatch_notice,
)
from flexbourse_ancillary_gateway.documents.mappings.values import megawatts, to_second
from flexbourse_ancillary_gateway.documents.problems import DocumentError
from flexbourse_ancillary_gateway.documents.schemas import load_schemas
from flexbourse_ancillary_gateway.domain.activations.life import Activations
from flexbourse_ancillary_gateway.domain.activations.orders import (
    BidAnswer,
    BidLimit,
    BidVerdict,
    Cause,
    OrderKind,
    Refusal,
)
from flexbourse_ancillary_gateway.domain.bids.bid import Availability, ConditionalLink, Direction, LinkKind, Product
from flexbourse_ancillary_gateway.domain.bids.document_day import document_day
from flexbourse_ancillary_gateway.domain.bids.rules import find_bid_problems
from flexbourse_ancillary_gateway.domain.platform_rules import QH_45
from flexbourse_ancillary_gateway.domain.redispatch import NeedStage, Redispatch, RedispatchNeed
from flexbourse_core.rejection import Code
from flexbourse_testkit.reference_data import reference_data

STAMP = Stamp("372e873c-aa65-482a-88f2-1a76e3560955", NOW_S)


@pytest.fixture(scope="module")
def codec() -> DocumentCodec:
    return DocumentCodec(load_schemas(reference_data("entsoe") / "xsd"))


def folder() -> Path:
    return reference_data("entsoe") / "samples/nbm-statnett"


def sample(name: str) -> Path:
    return folder() / name


def comparable(document: ActivationDocument) -> ActivationDocument:
    """Without what differs between any two responses: the id, the time, and zeros behind the point."""
    series = tuple(
        replace(
            one,
            periods=tuple(
                replace(period, points=tuple(replace(p, quantity=p.quantity.normalize()) for p in period.points))
                for period in one.periods
            ),
        )
        for one in document.series
    )
    return replace(document, mrid="", created_date_time="", series=series)


@pytest.mark.parametrize("kind", ["Scheduled", "Direct"])
def test_published_orders_get_their_published_responses(kind: str, codec: DocumentCodec) -> None:
    request = codec.read(sample(f"SN_Activation_MarketDocument_{kind}_Request.xml").read_bytes()).document
    published = codec.read(sample(f"SN_Activation_MarketDocument_{kind}_Response.xml").read_bytes()).document
    assert isinstance(request, ActivationDocument)
    assert isinstance(published, ActivationDocument)
    call = order_of(request)
    offered = {
        each.bid_id: bid(
            each.bid_id, quantity_w=each.quantity_w, product=Product.BOTH,
            mtu=replace(MTU, start_s=each.start_s - each.start_s % 900),
        )
        for each in call.bids
    }  # fmt: skip
    state = Activations(QH_45)
    state.take_order(call, offered, call.created_s + 1)
    events = state.take_verdict(call.order_id, call.revision, [BidVerdict(b, 10**9) for b in offered], offered)
    answers = {answer.bid_id: answer for answer in events[0].answers}
    response = response_to(request, answers, STAMP)
    assert comparable(codec.read(codec.write(response)).document) == comparable(published)


def test_a_refused_order_says_unavailable_and_why(codec: DocumentCodec) -> None:
    request = codec.read(sample("SN_Activation_MarketDocument_Scheduled_Request.xml").read_bytes()).document
    first, second = (series.mrid for series in request.series)
    answers = {first: BidAnswer(first, Refusal.GRID, "line 4"), second: BidAnswer(second, Refusal.NOT_OFFERED)}
    response = codec.read(codec.write(response_to(request, answers, STAMP))).document
    assert [series.status for series in response.series] == ["A11", "A11"]
    assert [series.reasons[0].code for series in response.series] == ["B59", "999"]
    assert response.series[0].reasons[0].text == "line 4"
    unanswered = response_to(request, {}, STAMP)
    assert {series.status for series in unanswered.series} == {"A11"}


def test_heartbeats_are_told_from_orders(codec: DocumentCodec) -> None:
    request = codec.read(sample("SN_Activation_MarketDocument_Scheduled_Request.xml").read_bytes()).document
    beat = replace(request, series=(replace(request.series[0], mrid=codes.HEARTBEAT),))
    assert not is_heartbeat(request)
    assert is_heartbeat(beat)
    response = codec.read(codec.write(response_to_heartbeat(beat, STAMP))).document
    assert (response.type, response.series[0].status, response.receiver) == ("A41", "A07", request.sender)


def test_orders_that_are_none_are_refused_with_all_that_is_wrong(codec: DocumentCodec) -> None:
    request = codec.read(sample("SN_Activation_MarketDocument_Scheduled_Request.xml").read_bytes()).document
    one, two = request.series
    for wrong in (
        replace(request, order_mrid=None),
        replace(request, series=()),
        replace(request, series=(one, one)),
        replace(request, type="A41"),
        replace(request, series=(replace(one, periods=()), two)),
    ):
        with pytest.raises(DocumentError):
            order_of(wrong)
    with pytest.raises(DocumentError) as refused:
        order_of(replace(request, series=(replace(one, unit="KWT"), replace(two, flow_direction="A03"))))
    assert len(refused.value.problems) == 2


def test_published_bids_are_bids_of_ours_and_keep_our_rules(codec: DocumentCodec) -> None:
    names = ["Complex_Exclusive", "Complex_Multipart", "Simple_ConditionallyLinked", "Simple_FasterActivation",
             "Simple_MaxDurationAndRestingTime", "Simple", "Simple_Techlinked"]  # fmt: skip
    for name in names:
        path = sample(f"SN_{name}_ReserveBid_MarketDocument.xml")
        document = codec.read(path.read_bytes()).document
        assert isinstance(document, ReserveBidDocument)
        bids = bids_of(document)
        now_s = to_second(document.created_date_time)
        problems = find_bid_problems(bids, {}, QH_45, min(now_s, bids[0].mtu.start_s - 86_400))
        assert problems == [], (path.name, problems)
        again = codec.read(codec.write(to_reserve_bid(bids, PARTIES, STAMP))).document
        assert bids_of(again) == bids


def test_every_field_of_a_bid_survives_the_document(codec: DocumentCodec) -> None:
    bids = [
        bid("simple", minimum_w=None, price_ticks=-1_234, direction=Direction.DOWN, note="our name"),
        bid("direct", product=Product.DIRECT, resource_id=""),
        bid("member", inclusive_group="g", quantity_w=1_230_000, technical_link="t"),
        bid("part", multipart_group="m", product=Product.NON_STANDARD),
        bid("one", exclusive_group="e", resting_s=1800, maximum_duration_s=900, technical_link="u"),
        bid("gone", quantity_w=0),
        *(
            bid(
                f"linked{i}", mtu=later(1), conditional_links=(ConditionalLink("simple", kind),),
                availability=Availability.CONDITIONALLY_UNAVAILABLE,
            )
            for i, kind in enumerate(LinkKind)
        ),
    ]  # fmt: skip
    document = to_reserve_bid(bids, PARTIES, STAMP)
    again = codec.read(codec.write(document)).document
    assert bids_of(again) == bids
    assert document.period.start.endswith("T22:00Z")
    assert document_day(to_second(document.period.start)) == document_day(MTU.start_s)


@pytest.mark.parametrize(
    ("watts", "text"), [(0, "0"), (10_000, "0.01"), (1_230_000, "1.23"), (MW, "1"), (70 * MW, "70")]
)
def test_powers_have_the_decimals_they_need(watts: int, text: str) -> None:
    assert str(megawatts(watts)) == text


@pytest.mark.parametrize(("cause", "code"), [(Cause.THERMAL, "C41"), (Cause.VOLTAGE, "C43"), (Cause.CURRENT, "C44")])
def test_limits_are_published_with_the_codes_of_their_cause(cause: Cause, code: str, codec: DocumentCodec) -> None:
    limits = [
        LimitedBid(BidLimit("b1", 3 * MW, cause, "line 4", "dso"), bid(), "document"),
        LimitedBid(BidLimit("b2", 0, cause, "", ""), bid("b2", resource_id=""), "document"),
    ]
    document = codec.read(codec.write(to_bid_availability(limits, PARTIES, STAMP))).document
    assert (document.type, document.process_type) == ("B45", "A47")
    limited, blocked = document.series
    assert (limited.requesting_role, limited.business_type, limited.reasons[0].code) == ("A50", code, "B46")
    assert (limited.limit_quantity, limited.limit_unit, limited.domain.value) == (3, "MAW", ZONE)
    assert limited.reasons[0].text == "limit of line 4"
    assert (blocked.limit_quantity, blocked.limit_unit, blocked.resources) == (None, None, ())
    other = LimitedBid(limits[0].limit, bid(mtu=later(1)), "document")
    with pytest.raises(ValueError, match="MTUs"):
        to_bid_availability([*limits, other], PARTIES, STAMP)


def test_acknowledgements_are_written_and_read(codec: DocumentCodec) -> None:
    request = codec.read(sample("SN_Activation_MarketDocument_Scheduled_Request.xml").read_bytes()).document
    for refusal in ("", "no such order"):
        document = codec.read(codec.write(acknowledge(request, STAMP, refusal=refusal))).document
        receipt = receipt_of(document)
        assert (receipt.document_id, receipt.accepted) == (request.mrid, not refusal)
    for name, accepted in (("Positive", True), ("Negative", False)):
        found = list(folder().glob(f"*{name}_Ack*.xml"))
        assert found
        for path in found:
            document = codec.read(path.read_bytes()).document
            assert isinstance(document, AcknowledgementDocument)
            receipt = receipt_of(document)
            assert receipt.accepted is accepted
    series_level = codec.read(
        sample("SN_Negative_Acknowledgement_MarketDocument_TimeSeries_level.xml").read_bytes()
    ).document
    assert len(receipt_of(series_level).reasons) == 4


def test_a_redispatch_runs_from_the_request_to_the_notice(codec: DocumentCodec) -> None:
    offers = [bid("b1", price_ticks=90), bid("b2", price_ticks=10), bid("b3", price_ticks=50)]
    needed = bid("need1", quantity_w=8 * MW)
    need_document = to_reserve_bid([needed], PARTIES, STAMP, process=codes.REDISPATCH_PROCESS)
    need_document = replace(
        need_document, type=codes.NEEDS, series=(replace(need_document.series[0], business_type=codes.NEED),)
    )
    received = codec.read(codec.write(need_document)).document
    assert is_redispatch_need(received)
    (need,) = needs_of(received)
    process = Redispatch()
    assert process.request(need, 1800, NOW_S)[0].stage is NeedStage.REQUESTED
    assert process.request(need, 1800, NOW_S) == []
    process.offer("need1", offers[1:2])
    (offered,) = process.offer("need1", offers)  # another unit's room came later
    assert offered.bid_ids == ("b2", "b1", "b3")
    chosen = [each for each in offers if each.bid_id in offered.bid_ids]
    document = to_reserve_bid(chosen, PARTIES, STAMP, process=codes.REDISPATCH_PROCESS)
    assert codec.read(codec.write(document)).document.process_type == "A41"

    call = order(ordered("b2"), ordered("b3", quantity_w=3 * MW), kind=OrderKind.REDISPATCH)
    base = codec.read(sample("SN_Activation_MarketDocument_Scheduled_Request.xml").read_bytes()).document
    assert order_of(replace(base, type="A96", process_type="A41")).kind is OrderKind.REDISPATCH
    (under_way,) = process.ordered(call.order_id, [each.bid_id for each in call.bids])
    assert under_way.stage is NeedStage.ORDERED
    state = Activations(QH_45)
    by_id = {each.bid_id: each for each in chosen}
    state.take_order(call, by_id, call.created_s)
    answer, _ = state.take_verdict("o1", 1, [BidVerdict("b2", 9 * MW), BidVerdict("b3", 9 * MW)], by_id)
    assert all(each.is_activated for each in answer.answers)
    assert process.answered("o1", accepted=True)[0].stage is NeedStage.CONFIRMED
    assert process.delivered("o1")[0].stage is NeedStage.NOTIFIED
    notice = codec.read(codec.write(to_redispatch_notice(call, by_id, "Flexbourse", PARTIES, STAMP))).document
    assert (notice.type, [series.business_type for series in notice.series]) == ("A63", ["A46", "A46"])
    assert [series.periods[0].points[0].quantity for series in notice.series] == [5, 3]


def test_requests_too_late_doubled_or_empty_are_refused_and_unused_ones_lapse() -> None:
    process = Redispatch()
    need = RedispatchNeed(need_id="n", mtu=MTU, direction=Direction.UP, quantity_w=MW, zone=ZONE)
    assert {p.code for p in process.request(replace(need, quantity_w=0), 1800, MTU.start_s - 1800)} == {
        Code.QUANTITY_OUT_OF_RANGE, Code.GATE_CLOSED,
    }  # fmt: skip
    process.request(need, 1800, NOW_S)
    assert [p.code for p in process.request(replace(need, quantity_w=1), 1800, NOW_S)] == [Code.DUPLICATE_IDENTIFIER]
    assert process.offer("n", [bid(direction=Direction.DOWN), bid(mtu=later(1)), bid(zone="10YNO-3--------J")]) == []
    assert process.advance(MTU.start_s - 1) == []
    assert [moved.stage for moved in process.advance(MTU.start_s)] == [NeedStage.LAPSED]
    assert process.advance(MTU.end_s + 86_400) == []
    assert process.needs == {}


def test_each_request_follows_its_own_order() -> None:
    process = Redispatch()
    for name in ("n1", "n2"):
        need = RedispatchNeed(need_id=name, mtu=MTU, direction=Direction.UP, quantity_w=MW, zone=ZONE)
        process.request(need, 1800, NOW_S)
        process.offer(name, [bid(f"{name}-b")])
    assert process.ordered("o0", ["elsewhere"]) == []
    assert [moved.need.need_id for moved in process.ordered("o2", ["n2-b"])] == ["n2"]
    assert [moved.need.need_id for moved in process.ordered("o1", ["n1-b"])] == ["n1"]
    assert [moved.need.need_id for moved in process.answered("o1", accepted=False)] == ["n1"]
    assert process.answered("o1", accepted=True) == []
    assert process.delivered("o1") == []
    assert [moved.stage for moved in process.answered("o2", accepted=True)] == [NeedStage.CONFIRMED]
    assert {key: known.stage for key, known in process.needs.items()} == {
        "n1": NeedStage.REFUSED, "n2": NeedStage.CONFIRMED,
    }  # fmt: skip
