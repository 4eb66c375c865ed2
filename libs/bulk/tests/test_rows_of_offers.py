"""Files of offers: own columns, and ReserveBid documents, whose points become the same rows."""

# ruff: noqa: E501 - a table of cases reads best with one case per line

from __future__ import annotations

from typing import Any

import pytest

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_bulk.files import Form, annotated, read
from flexbourse_bulk.offers import offers_of, parse_start
from flexbourse_core.rejection import Code
from flexbourse_testkit.reference_data import reference_data

NAMESPACE = "urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:4"
START_S = 1_774_779_300  # 2026-03-29T10:15:00Z


def test_a_file_of_offers() -> None:
    text = (
        "client_order_id,product,side,mtu_start,unit_id,quantity_w,limit_price_ticks\n"
        "o1,FLEX_UP,SELL,2026-03-29T10:15:00Z,u1,5000,7500\n"
        "o2,local_energy,BUY,2026-03-29T12:15:00+02:00,u2,100,-5\n"
        f"o3,FLEX_DOWN,SELL,{START_S},u3,1,1\n"
    )
    found = offers_of(read(text.encode()), {"market_id": "relief", "fill_rule": "NORMAL"})
    assert not found.errors
    first, second, third = [row.order for row in found.rows]
    assert {order.mtu.start_s for order in (first, second, third)} == {START_S}
    assert (first.product, first.side, first.mtu.length_s) == (book.PRODUCT_FLEX_UP, book.SIDE_SELL, 900)
    assert (second.product, second.side, second.limit_price_ticks) == (book.PRODUCT_LOCAL_ENERGY, book.SIDE_BUY, -5)
    assert (third.market_id, third.fill_rule) == ("relief", book.FILL_RULE_NORMAL)


def test_broken_offers_are_named() -> None:
    text = (
        "client_order_id,product,mtu_start,quantity_w\n"
        "o1,FLEX,2026-03-29T10:15:00Z,1\no2,FLEX_UP,2026-03-29T10:15:00,1\no3,FLEX_UP,,1\no4,FLEX_UP,0,1\no4,FLEX_UP,0,1\n"
    )
    found = offers_of(read(text.encode()))
    assert [(e.row, e.column, e.code) for e in found.errors] == [
        (2, "product", "FIELD_MALFORMED"), (3, "mtu_start", "FIELD_MALFORMED"), (4, "mtu_start", "FIELD_MISSING"),
        (6, "client_order_id", "DUPLICATE_CLIENT_ORDER_ID"),
    ]  # fmt: skip
    assert [row.order.client_order_id for row in found.rows] == ["o4"]
    assert [e.code for e in offers_of(read(b"product\nFLEX_UP\n")).errors] == ["FIELD_MISSING"]


@pytest.mark.parametrize("cell", ["yesterday", "2026-03-29T10:15:00.5Z", "2026-03-29", ""])
def test_a_start_that_is_none(cell: str) -> None:
    with pytest.raises(ValueError, match=r"moment|second"):
        parse_start(cell)


def bid(**changes: Any) -> bytes:
    """Return a document of one series with two points."""
    terms = {
        "namespace": NAMESPACE, "name": "s1", "direction": "A01", "unit": "KWT", "currency": "EUR", "per": "MWH",
        "divisible": "A01", "extra": "", "resolution": "PT15M",
        "begin": "2026-03-29T10:15Z", "end": "2026-03-29T10:45Z",
        "quantity": "12.5", "price": "75.25", "least": "", "second": "2",
    } | changes  # fmt: skip
    return """<?xml version="1.0"?>
    <ReserveBid_MarketDocument xmlns="{namespace}"><mRID>d1</mRID><Bid_TimeSeries>
      <mRID>{name}</mRID><quantity_Measure_Unit.name>{unit}</quantity_Measure_Unit.name>
      <currency_Unit.name>{currency}</currency_Unit.name><divisible>{divisible}</divisible>{extra}
      <registeredResource.mRID codingScheme="A01">unit-1</registeredResource.mRID>
      <flowDirection.direction>{direction}</flowDirection.direction>
      <energyPrice_Measure_Unit.name>{per}</energyPrice_Measure_Unit.name>
      <Period><timeInterval><start>{begin}</start><end>{end}</end></timeInterval><resolution>{resolution}</resolution>
        <Point><position>1</position><quantity.quantity>{quantity}</quantity.quantity>{least}
          <energy_Price.amount>{price}</energy_Price.amount></Point>
        <Point><position>{second}</position><quantity.quantity>1</quantity.quantity>
          <energy_Price.amount>0</energy_Price.amount></Point>
      </Period></Bid_TimeSeries></ReserveBid_MarketDocument>""".format(**terms).encode()


def test_points_of_a_reserve_bid_are_offers() -> None:
    found = offers_of(read(bid()), {"market_id": "relief"})
    assert not found.errors
    first, second = [row.order for row in found.rows]
    assert first == book.NewOrder(
        client_order_id="s1.1", market_id="relief", product=book.PRODUCT_FLEX_UP, side=book.SIDE_SELL,
        mtu={"start_s": START_S, "length_s": 900}, unit_id="unit-1", quantity_w=12_500, limit_price_ticks=7525,
        fill_rule=book.FILL_RULE_NORMAL,
    )  # fmt: skip
    assert (second.client_order_id, second.mtu.start_s, second.limit_price_ticks) == ("s1.2", START_S + 900, 0)
    down = offers_of(read(bid(direction="A02", unit="MAW"))).rows[0].order
    assert (down.product, down.quantity_w) == (book.PRODUCT_FLEX_DOWN, 12_500_000)
    coarse = offers_of(read(bid(), tick_micro_euro_per_mwh=250_000)).rows[0].order
    assert coarse.limit_price_ticks == 301


WRONG: list[tuple[str, dict[str, str], str, Code]] = [
    ("both directions", {"direction": "A03"}, "product", Code.FIELD_MALFORMED),
    ("other currency", {"currency": "NOK"}, "limit_price_ticks", Code.FIELD_MALFORMED),
    ("price of a fraction of a tick", {"price": "75.253"}, "limit_price_ticks", Code.FIELD_MALFORMED),
    ("price that is no number", {"price": "NaN"}, "limit_price_ticks", Code.FIELD_MALFORMED),
    ("quantity of a fraction of a watt", {"quantity": "0.0001"}, "quantity_w", Code.FIELD_MALFORMED),
    ("unit unknown", {"unit": "MAR"}, "quantity_w", Code.FIELD_MALFORMED),
    ("indivisible", {"divisible": "A02"}, "quantity_w", Code.PRODUCT_NOT_ALLOWED),
    ("least quantity", {"least": "<minimum_Quantity.quantity>5</minimum_Quantity.quantity>"}, "quantity_w", Code.PRODUCT_NOT_ALLOWED),
    ("exclusive", {"extra": "<exclusiveBidsIdentification>g</exclusiveBidsIdentification>"}, "", Code.PRODUCT_NOT_ALLOWED),
    ("beyond the period", {"second": "3"}, "mtu_start", Code.FIELD_MALFORMED),
    ("odd resolution", {"resolution": "PT7M"}, "mtu_length_s", Code.FIELD_MALFORMED),
    ("no name", {"name": ""}, "client_order_id", Code.FIELD_MALFORMED),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "column", "code"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_a_series_asks_for_beyond_the_book_is_refused_by_row(
    changes: dict[str, str], column: str, code: Code
) -> None:
    sheet = read(bid(**changes))
    assert (column, code.name) in {(error.column, error.code) for error in sheet.errors}
    assert len(sheet.rows) + len({error.row for error in sheet.errors}) == 2


def test_other_documents_are_refused() -> None:
    assert read(bid(namespace="urn:other")).errors[0].code == Code.FIELD_MALFORMED.name
    doctype = b"<!DOCTYPE x []>" + bid().split(b"?>", 1)[1]
    assert read(doctype).errors[0].code == Code.FIELD_MALFORMED.name


def test_a_reserve_bid_comes_back_as_rows_of_offers() -> None:
    sheet = read(bid(second="3"))
    found = offers_of(sheet, {"market_id": "relief"})
    again = read(annotated(Form.XML, "offer", sheet, found.errors, {1: "ACCEPTED"}))
    assert [(row.cells.get("client_order_id"), row.cells["status"]) for row in again.rows] == [
        ("s1.1", "ACCEPTED"), (None, "REFUSED"),
    ]  # fmt: skip


def test_published_samples_are_read_to_the_last_point() -> None:
    files = sorted((reference_data("entsoe") / "samples" / "nbm-statnett").glob("*ReserveBid*.xml"))
    assert len(files) >= 9
    taken = {}
    for file in files:
        content = file.read_bytes()
        sheet = read(content)
        assert len(sheet.rows) + len({error.row for error in sheet.errors}) == content.count(b"<Point>"), file
        taken[file.name] = len(offers_of(sheet, {"market_id": "m"}).rows)
    assert sum(taken.values()) > 0
