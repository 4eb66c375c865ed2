"""Results, merit-order lists and prices: own documents, valid by the schemas, read as quantities, ticks and seconds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from gateway_builders import MTU, MW, NOW_S, PARTIES, START_S, ZONE, later

from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.kinds.allocation_result import (
    AllocationResultDocument,
    ResultPeriod,
    ResultPoint,
    ResultSeries,
)
from flexbourse_ancillary_gateway.documents.kinds.balancing import (
    BalancingDocument,
    BalancingPeriod,
    BalancingPoint,
    BalancingSeries,
)
from flexbourse_ancillary_gateway.documents.kinds.merit_order_list import (
    ListedPeriod,
    ListedPoint,
    ListedSeries,
    MeritOrderListDocument,
)
from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.results import accepted_of, activated_of, prices_of
from flexbourse_ancillary_gateway.documents.mappings.values import interval, second_text
from flexbourse_ancillary_gateway.documents.problems import DocumentError
from flexbourse_ancillary_gateway.documents.schemas import load_schemas
from flexbourse_ancillary_gateway.domain.bids.bid import Direction
from flexbourse_testkit.reference_data import reference_data

HALF_HOUR = interval(START_S, START_S + 1800)
AREA = CodedId(value=ZONE, coding_scheme="A01")
HEAD = {
    "mrid": "d1", "revision_number": "1", "sender": PARTIES.operator, "sender_role": "A04",
    "receiver": PARTIES.bidder, "receiver_role": "A46", "created_date_time": second_text(NOW_S),
}  # fmt: skip
SERIES = {
    "acquiring_domain": PARTIES.market_area, "connecting_domain": AREA, "quantity_unit": "MAW", "currency": "EUR",
}  # fmt: skip


@pytest.fixture(scope="module")
def codec() -> DocumentCodec:
    return DocumentCodec(load_schemas(reference_data("entsoe") / "xsd"))


def test_accepted_quantities_are_read_step_by_step(codec: DocumentCodec) -> None:
    points = (
        ResultPoint(position=1, quantity=Decimal("1.23"), energy_price=Decimal("45.44")),
        ResultPoint(position=2, quantity=Decimal(0), price=Decimal("-1.5")),
        ResultPoint(position=4, quantity=Decimal(7)),
    )
    series = ResultSeries(
        mrid="r1", bid_series="b1", business_type="B74", flow_direction="A02", **SERIES,
        periods=(ResultPeriod(time_interval=interval(START_S, START_S + 3600), resolution="PT15M", points=points),),
    )  # fmt: skip
    document = AllocationResultDocument(
        **HEAD, type="A38", process_type="A47", period=HALF_HOUR, domain=PARTIES.control_area,
        series=(series, replace(series, mrid="b2", bid_series=None)),
    )  # fmt: skip
    read = accepted_of(codec.read(codec.write(document)).document)
    assert [(each.bid_id, each.start_s, each.quantity_w, each.price_ticks) for each in read[:3]] == [
        ("b1", START_S, 1_230_000, 4_544),
        ("b1", later(1).start_s, 0, -150),
        ("b1", later(3).start_s, 7 * MW, None),
    ]
    assert {each.direction for each in read} == {Direction.DOWN}
    assert {each.length_s for each in read} == {MTU.length_s}
    assert [each.bid_id for each in read[3:]] == ["b2"] * 3
    with pytest.raises(DocumentError):
        accepted_of(replace(document, series=(replace(series, quantity_unit="KWT"),)))


def test_only_what_a_list_calls_activated_is(codec: DocumentCodec) -> None:
    points = (
        ListedPoint(position=1, quantity=Decimal(5), energy_price=Decimal("30"), activated_quantity=Decimal(2)),
        ListedPoint(position=2, quantity=Decimal(5)),
    )
    series = ListedSeries(
        agreement="b1", auction=codes.AUCTION, business_type="B74", bid_period=HALF_HOUR, direction="A01",
        status="A07", **SERIES,
        periods=(ListedPeriod(time_interval=HALF_HOUR, resolution="PT15M", points=points),),
    )  # fmt: skip
    document = MeritOrderListDocument(**HEAD, type="A43", process_type="A47", period=HALF_HOUR, series=(series,))
    (read,) = activated_of(codec.read(codec.write(document)).document)
    assert (read.bid_id, read.quantity_w, read.price_ticks, read.start_s) == ("b1", 2 * MW, 3_000, START_S)


def test_prices_are_those_of_their_zone_direction_and_process(codec: DocumentCodec) -> None:
    points = (
        BalancingPoint(position=1, activation_price=Decimal("-12.34")),
        BalancingPoint(position=2, quantity=Decimal(1)),
        BalancingPoint(position=3, activation_price=Decimal(7), flow_direction="A02"),
    )
    series = BalancingSeries(
        mrid="p1", business_type="A97", acquiring_domain=AREA, flow_direction="A01", currency="EUR", price_unit="MWH",
        periods=(BalancingPeriod(time_interval=interval(START_S, START_S + 2700), resolution="PT15M", points=points),),
    )  # fmt: skip
    document = BalancingDocument(**HEAD, type="B24", process_type="A60", period=HALF_HOUR, series=(series,))
    first, third = prices_of(codec.read(codec.write(document)).document)
    assert (first.zone, first.direction, first.process, first.price_ticks) == (ZONE, Direction.UP, "A60", -1_234)
    assert (third.direction, third.start_s, third.price_ticks) == (Direction.DOWN, later(2).start_s, 700)
    finer = replace(points[0], activation_price=Decimal("1.234"))
    wrong = replace(series, periods=(replace(series.periods[0], points=(finer,)),))
    with pytest.raises(DocumentError):
        prices_of(replace(document, series=(wrong,)))
