"""Orders that nobody may place, through client and log into the book: each is refused by name and leaves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import street
from log_access import EmbeddedLog, book_events
from street import AGG_A, AGG_B, AREA, DSO, NOON_S, OPERATOR, SUPPLY, TSO, mtu
from street_day import Sending, StreetDay, order, submit

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_client.errors import RefusedError
from flexbourse_core.rejection import Code

GOOD = order("good", "buy", NOON_S, 1_000, 20_000, unit="pump-b1")
UP = book.PRODUCT_FLEX_UP


def changed(wish: book.NewOrder, **values: Any) -> book.NewOrder:
    """Return an order with some fields changed."""
    found = book.NewOrder()
    found.CopyFrom(wish)
    for name, value in values.items():
        if name == "mtu":
            found.mtu.CopyFrom(value)
        else:
            setattr(found, name, value)
    return found


def request(name: str, element: str, party_point: str = "") -> book.NewOrder:
    """Return a request for relief."""
    wish = order(name, "buy", NOON_S, 1_000, 20_000, element=element, product=UP)
    wish.metering_point_id = party_point
    return wish


CASES: dict[str, tuple[str, book.NewOrder, Code, str]] = {
    "no client order id": (AGG_A, changed(GOOD, client_order_id=""), Code.FIELD_MALFORMED, "client_order_id"),
    "malformed client order id": (AGG_A, changed(GOOD, client_order_id="a b"), Code.FIELD_MALFORMED, "client_order_id"),
    "too long client order id": (
        AGG_A, changed(GOOD, client_order_id="x" * 65), Code.FIELD_MALFORMED, "client_order_id",
    ),
    "no market": (AGG_A, changed(GOOD, market_id=""), Code.UNKNOWN_MARKET, "market_id"),
    "unknown market": (AGG_A, changed(GOOD, market_id="elsewhere"), Code.UNKNOWN_MARKET, "market_id"),
    "no product": (AGG_A, changed(GOOD, product=0), Code.PRODUCT_NOT_ALLOWED, "product"),
    "product of a later version": (AGG_A, changed(GOOD, product=77), Code.PRODUCT_NOT_ALLOWED, "product"),
    "product of another market": (AGG_A, changed(GOOD, product=UP), Code.PRODUCT_NOT_ALLOWED, "product"),
    "no side": (AGG_A, changed(GOOD, side=0), Code.FIELD_MISSING, "side"),
    "side of a later version": (AGG_A, changed(GOOD, side=9), Code.FIELD_MISSING, "side"),
    "no fill rule": (AGG_A, changed(GOOD, fill_rule=0), Code.FIELD_MISSING, "fill_rule"),
    "no period": (AGG_A, changed(GOOD, mtu=common_pb2.Mtu()), Code.FIELD_MALFORMED, "mtu"),
    "period between two quarters": (AGG_A, changed(GOOD, mtu=mtu(NOON_S + 60)), Code.FIELD_MALFORMED, "mtu"),
    "period of an hour": (
        AGG_A, changed(GOOD, mtu=common_pb2.Mtu(start_s=NOON_S, length_s=3600)), Code.FIELD_MALFORMED, "mtu",
    ),
    "period that is not open yet": (AGG_A, changed(GOOD, mtu=mtu(NOON_S + 86_400)), Code.BOOK_NOT_OPEN, "mtu"),
    "period behind its gate": (AGG_A, changed(GOOD, mtu=mtu(NOON_S - 86_400)), Code.GATE_CLOSED, "mtu"),
    "period far beyond all calendars": (AGG_A, changed(GOOD, mtu=mtu(900 * 2**50)), Code.FIELD_OUT_OF_RANGE, "mtu"),
    "nothing": (AGG_A, changed(GOOD, quantity_w=0), Code.QUANTITY_OUT_OF_RANGE, "quantity_w"),
    "less than nothing": (AGG_A, changed(GOOD, quantity_w=-1_000), Code.QUANTITY_OUT_OF_RANGE, "quantity_w"),
    "more than the market takes": (AGG_A, changed(GOOD, quantity_w=500_100), Code.QUANTITY_OUT_OF_RANGE, "quantity_w"),
    "quantity off step": (AGG_A, changed(GOOD, quantity_w=1_050), Code.QUANTITY_OFF_STEP, "quantity_w"),
    "price off the market's range": (
        AGG_A, changed(GOOD, limit_price_ticks=100_001), Code.PRICE_OFF_TICK, "limit_price_ticks",
    ),
    "price of 2^62 ticks": (AGG_A, changed(GOOD, limit_price_ticks=2**62), Code.PRICE_OFF_TICK, "limit_price_ticks"),
    "unregistered party": ("stranger", GOOD, Code.NOT_AUTHORISED, ""),
    "no unit": (AGG_A, changed(GOOD, unit_id=""), Code.FIELD_MISSING, "unit_id"),
    "unit and element": (AGG_A, changed(GOOD, element_id="line-0"), Code.FIELD_MISSING, "unit_id"),
    "unknown unit": (AGG_A, changed(GOOD, unit_id="ghost"), Code.UNKNOWN_OBJECT, "unit_id"),
    "another party's unit": (AGG_B, GOOD, Code.NO_RIGHT_TO_OFFER, "unit_id"),
    "expired right": (AGG_A, changed(GOOD, unit_id="old-unit"), Code.NO_RIGHT_TO_OFFER, "unit_id"),
    "inactive unit": (AGG_A, changed(GOOD, unit_id="sold-unit"), Code.UNIT_NOT_ACTIVE, "unit_id"),
    "more than the base lets it sell": (
        AGG_A, order("o", "sell", NOON_S, 9_100, 1_000, unit="solar-a3"), Code.BASIS_EXCEEDED, "quantity_w",
    ),
    "solar that buys": (
        AGG_A, order("o", "buy", NOON_S, 100, 1_000, unit="solar-a3"), Code.BASIS_EXCEEDED, "quantity_w",
    ),
    "period without a forecast": (AGG_A, changed(GOOD, mtu=mtu(NOON_S + 7200)), Code.GRID_STATE_MISSING, ""),
    "relief for a green element": (DSO, request("r", "line-0"), Code.PRODUCT_NOT_ALLOWED, ""),
    "relief for an unknown element": (DSO, request("r", "line-99"), Code.UNKNOWN_OBJECT, "element_id"),
    "relief asked for by an aggregator": (AGG_A, request("r", "line-0"), Code.NOT_AUTHORISED, ""),
    "request at another's metering point": (AGG_A, request("r", "", "b1"), Code.NOT_AUTHORISED, "metering_point_id"),
    "request at no metering point": (SUPPLY, request("r", "", "ghost"), Code.UNKNOWN_OBJECT, "metering_point_id"),
    "flexibility by what nobody controls": (
        AGG_A, order("o", "sell", NOON_S, 1_000, 1_000, unit="house-a1", product=UP), Code.PRODUCT_NOT_ALLOWED,
        "product",
    ),
    "a unit that requests": (
        AGG_A, order("o", "buy", NOON_S, 1_000, 1_000, unit="pump-b1", product=UP), Code.PRODUCT_NOT_ALLOWED, "product",
    ),
    "relief asked for by a TSO in green": (TSO, request("r", "line-0"), Code.PRODUCT_NOT_ALLOWED, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def refused(open_street: StreetDay) -> dict[str, common_pb2.Rejection]:
    """Send every case in one step; returns the refusal of each."""
    _register_old_units(open_street)
    sendings = [submit(party, f"case-{index}", wish) for index, (party, wish, _, _) in enumerate(CASES.values())]
    answers = open_street.further(*sendings)
    return {
        name: answers[f"case-{index}"].results[0].rejection
        for index, name in enumerate(CASES)
        if answers[f"case-{index}"].results[0].HasField("rejection")
    }


def _register_old_units(day: StreetDay) -> None:
    entities: list[registry.Entity] = []
    for unit_id, valid_to_s, active in (("old-unit", NOON_S, True), ("sold-unit", NOON_S + 3600, False)):
        unit = registry.Unit(
            unit_id=unit_id, name=unit_id, type=registry.UNIT_TYPE_HEAT_PUMP, metering_point_id="b1", owner_id="b1",
            operator_id=AGG_A, max_power_w=1_000, min_power_w=-9_000, controllable=True, active=active,
        )  # fmt: skip
        right = registry.RightToOffer(
            right_id=f"{unit_id}.right",
            unit_id=unit_id,
            holder_id=AGG_A,
            valid_from_s=street.DAY_S,
            valid_to_s=valid_to_s,
        )
        entities += [registry.Entity(unit=unit), registry.Entity(right=right)]
    answers = day.further(Sending(OPERATOR, "units", lambda c, i: c.registry.register(entities, command_id=i)))
    assert not any(result.HasField("rejection") for result in answers["units"].results)


@pytest.mark.parametrize("name", CASES)
def test_bad_order_is_refused_by_name(refused: dict[str, common_pb2.Rejection], name: str) -> None:
    _, _, code, field = CASES[name]
    assert name in refused, "it was admitted"
    found = refused[name]
    assert (found.code, found.number, found.field) == (code.name, code.number, field)
    assert found.rule


def test_refused_orders_leave_nothing_in_the_book(
    open_street: StreetDay, refused: dict[str, common_pb2.Rejection]
) -> None:
    log = EmbeddedLog(open_street.platform.data_dir)
    names = [name for name, _ in book_events(log) if name not in ("opened", "book_closed")]
    log.close()
    assert set(names) == {"refused"}
    assert len(names) == len(CASES)


def test_a_client_order_id_names_one_order_of_its_period(open_street: StreetDay) -> None:
    wish = order("twice", "buy", NOON_S, 1_000, 5_000, unit="pump-b1")
    answers = open_street.further(submit(AGG_A, "first", wish), submit(AGG_A, "second", wish))
    codes = [answers[name].results[0].rejection.code for name in ("first", "second")]
    assert codes == ["", "DUPLICATE_CLIENT_ORDER_ID"]


def test_a_repeated_command_gets_its_first_answer_and_another_content_none(open_street: StreetDay) -> None:
    wish = order("once", "buy", NOON_S, 1_000, 5_000, unit="pump-b1")
    client = open_street.client(AGG_A)
    client.orders.submit(AREA, [wish], command_id="the-same")
    client.orders.submit(AREA, [wish], command_id="the-same")
    open_street.further()
    first = open_street.answer(AGG_A, "the-same")
    client.orders.submit(AREA, [changed(wish, quantity_w=2_000)], command_id="the-same")
    open_street.further()
    log = EmbeddedLog(open_street.platform.data_dir)
    answers = _answers(log, "the-same")
    log.close()
    assert [answer.already_submitted for answer in answers] == [False, True, False]
    assert answers[1].results == first.results
    assert answers[2].results[0].rejection.code == "DUPLICATE_IDENTIFIER"


def _answers(log: EmbeddedLog, command_id: str) -> Sequence[common_pb2.Answer]:
    return [
        common_pb2.Answer.FromString(record.value)
        for record in log.records("flex.orderbook.request.answer.v1")
        if record.key == command_id
    ]


@pytest.mark.parametrize(("hours", "code"), [(-2, "COMMAND_EXPIRED"), (30, "EXPIRY_OUT_OF_RANGE")])
def test_a_command_out_of_its_time_is_refused(open_street: StreetDay, hours: int, code: str) -> None:
    now_ms = open_street.now_ms
    open_street.now_ms += hours * 3_600_000
    client = open_street.client(AGG_A)
    client.orders.submit(AREA, [GOOD], command_id=f"late{hours}")
    open_street.now_ms = now_ms
    open_street.further()
    assert open_street.answer(AGG_A, f"late{hours}").results[0].rejection.code == code


def test_a_batch_is_bounded_and_not_empty(open_street: StreetDay) -> None:
    answers = open_street.further(submit(AGG_A, "many", *[GOOD] * 501), submit(AGG_A, "none"))
    assert [result.rejection.code for result in answers["many"].results] == ["TOO_MANY_ENTRIES"]
    assert [result.rejection.code for result in answers["none"].results] == ["FIELD_MISSING"]


def test_an_unknown_area_and_a_malformed_command_id_end_the_call(open_street: StreetDay) -> None:
    client = open_street.client(AGG_A)
    with pytest.raises(RefusedError) as unknown:
        client.orders.submit("atlantis", [GOOD])
    assert [(r.code, r.field) for r in unknown.value.rejections] == [("UNKNOWN_OBJECT", "area_id")]
    with pytest.raises(RefusedError) as malformed:
        client.orders.submit(AREA, [GOOD], command_id="not an id")
    assert [(r.code, r.field) for r in malformed.value.rejections] == [("FIELD_MALFORMED", "command_id")]
