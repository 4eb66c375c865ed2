"""Bad input: each refusal names code, rule, field or element, value, limit, and where it makes sense headroom."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, BRP, DSO, ENERGY, FLEX, NOON, World, mtu_message, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("client order id", {"client_order_id": "no spaces"}, "FIELD_MALFORMED", "client_order_id"),
    ("client order id missing", {"client_order_id": ""}, "FIELD_MALFORMED", "client_order_id"),
    ("endless unit", {"unit_id": "u" * 300_000}, "FIELD_MALFORMED", "unit_id"),
    ("unknown market", {"market_id": "nowhere"}, "UNKNOWN_MARKET", "market_id"),
    ("product missing", {"product": 0, "market_id": ENERGY}, "PRODUCT_NOT_ALLOWED", "product"),
    ("product of a later release", {"product": 77, "market_id": ENERGY}, "PRODUCT_NOT_ALLOWED", "product"),
    ("product of the other market", {"product": pb.PRODUCT_FLEX_UP, "market_id": ENERGY}, "PRODUCT_NOT_ALLOWED", ""),
    ("side missing", {"side": 0}, "FIELD_MISSING", "side"),
    ("fill rule missing", {"fill_rule": 0}, "FIELD_MISSING", "fill_rule"),
    ("period off its grid", {"mtu": common_pb2.Mtu(start_s=NOON + 60, length_s=900)}, "FIELD_MALFORMED", "mtu"),
    ("period of another length", {"mtu": common_pb2.Mtu(start_s=NOON, length_s=3600)}, "FIELD_MALFORMED", "mtu"),
    ("period beyond time", {"mtu": common_pb2.Mtu(start_s=9 * 10**18, length_s=900)}, "FIELD_OUT_OF_RANGE", "mtu"),
    ("book not open", {"mtu": mtu_message(NOON + 3 * 86_400)}, "BOOK_NOT_OPEN", "mtu"),
    ("after the gate", {"mtu": mtu_message(NOON - 86_400)}, "GATE_CLOSED", "mtu"),
    ("quantity off step", {"quantity_w": 1_050}, "QUANTITY_OFF_STEP", "quantity_w"),
    ("quantity zero", {"quantity_w": 0}, "QUANTITY_OUT_OF_RANGE", "quantity_w"),
    ("quantity negative", {"quantity_w": -1_000}, "QUANTITY_OUT_OF_RANGE", "quantity_w"),
    ("quantity too large", {"quantity_w": 2_000_000}, "QUANTITY_OUT_OF_RANGE", "quantity_w"),
    ("price below the market's", {"limit_price_ticks": -50_001}, "PRICE_OFF_TICK", "limit_price_ticks"),
    ("price above the market's", {"limit_price_ticks": 400_001}, "PRICE_OFF_TICK", "limit_price_ticks"),
    ("unknown unit", {"unit_id": "battery-x9"}, "UNKNOWN_OBJECT", "unit_id"),
    ("no subject", {"unit_id": ""}, "FIELD_MISSING", "unit_id"),
    ("two subjects", {"element_id": "a1-a2"}, "FIELD_MISSING", "unit_id"),
    ("another's unit", {"unit_id": "battery-a2"}, "NO_RIGHT_TO_OFFER", "unit_id"),
    ("period without a grid", {"mtu": mtu_message(NOON + 3_600)}, "GRID_STATE_MISSING", ""),
    ("beyond the unit's power", {"quantity_w": 90_000}, "BASIS_EXCEEDED", "quantity_w"),
]


@pytest.mark.parametrize(("changes", "code", "field"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_order_with_one_fault(changes: dict[str, Any], code: str, field: str) -> None:
    world = World().ready()
    order = world.order(pb.SIDE_SELL, "battery-a1", 1_000, 1_000)
    for name, value in changes.items():
        if isinstance(value, common_pb2.Mtu):
            order.mtu.CopyFrom(value)
        else:
            setattr(order, name, value)
    result = world.submit(order, party="agr-1")[0]
    assert result.rejection.code == code
    assert result.rejection.number > 0
    assert result.rejection.rule
    if field:
        assert result.rejection.field == field
    refused = world.events("refused")[0]
    assert refused.rejection == result.rejection
    assert refused.order.client_order_id == order.client_order_id[:64]
    assert refused.ByteSize() < 2_000
    assert refused.order.quantity_w == order.quantity_w
    world.drive.recovered()


def refusal(world: World, party: str = "", **changes: Any) -> common_pb2.Rejection:
    order = world.order(pb.SIDE_SELL, "battery-a1", 1_000, 1_000)
    for name, value in changes.items():
        if isinstance(value, common_pb2.Mtu):
            order.mtu.CopyFrom(value)
        else:
            setattr(order, name, value)
    if order.product != pb.PRODUCT_LOCAL_ENERGY:
        order.market_id = FLEX
    return world.submit(order, party=party or "agr-1")[0].rejection


def test_numbers_stand_in_a_refusal() -> None:
    world = World().ready()
    step = refusal(world, quantity_w=1_050)
    assert (step.value, step.limit, step.unit, step.headroom_w) == (1_050, 100, "W", 1_000)
    assert step.next_best.quantity_w == 1_000
    power = refusal(world, quantity_w=90_000)
    assert (power.value, power.limit, power.headroom_w) == (90_000, 63_000, 63_000)
    assert power.next_best.quantity_w == 63_000
    late = refusal(world, mtu=mtu_message(NOON - 86_400))
    assert late.limit == (NOON - 86_400 - 7_200) * 1_000
    assert late.next_best.next_mtu.start_s == NOON


def test_an_expired_or_revoked_right() -> None:
    world = World().ready()
    world.right("battery-a1", "agr-1", valid_to_s=NOON + 899)
    assert refusal(world).code == "NO_RIGHT_TO_OFFER"
    world.right("battery-a1", "agr-1", valid_to_s=NOON + 900)
    assert not refusal(world).code
    world.right("battery-a1", "agr-1", revoked=True)
    assert refusal(world).code == "NO_RIGHT_TO_OFFER"


def test_what_the_registry_says_now_counts() -> None:
    world = World().ready()
    point = registry.MeteringPoint(metering_point_id="mp-battery-a1", area_id=AREA, node_id="a1", active=False)
    world.entity("metering_point", "mp-battery-a1", point)
    assert refusal(world).code == "UNIT_NOT_ACTIVE"
    point.active = True
    world.entity("metering_point", "mp-battery-a1", point)
    assert not refusal(world).code
    world.entity("participant", "agr-1", registry.Participant(participant_id="agr-1", active=False))
    assert refusal(world).code == "NOT_AUTHORISED"


def test_a_client_order_id_is_used_once_in_a_period() -> None:
    world = World().ready()
    assert not refusal(world, client_order_id="twice").code
    assert refusal(world, client_order_id="twice").code == "DUPLICATE_CLIENT_ORDER_ID"
    assert not refusal(world, client_order_id="twice", mtu=mtu_message(NOON + 900)).code


def test_flexibility_has_its_own_roles() -> None:
    world = World().ready()
    world.lights(light.LIGHT_AMBER)
    world.tick()
    flex = {"product": pb.PRODUCT_FLEX_UP}
    assert refusal(world, side=pb.SIDE_BUY, **flex).code == "PRODUCT_NOT_ALLOWED"
    assert refusal(world, unit_id="house-a1", **flex).code == "PRODUCT_NOT_ALLOWED"
    request = {**flex, "side": pb.SIDE_BUY, "unit_id": ""}
    assert refusal(world, element_id="a1-a2", **request).code == "NOT_AUTHORISED"
    assert refusal(world, DSO, element_id="a1-zz", **request).code == "UNKNOWN_OBJECT"
    assert not refusal(world, DSO, element_id="a1-a2", **request).code
    assert refusal(world, metering_point_id="mp-house-a1", **request).code == "NOT_AUTHORISED"
    assert not refusal(world, BRP, metering_point_id="mp-house-a1", **request).code
    world.lights(light.LIGHT_GREEN)
    world.tick()
    assert refusal(world, DSO, element_id="a1-a2", **request).rule == "operators' requests are open at amber and red"
    world.lights(light.LIGHT_UNKNOWN)
    world.tick()
    assert refusal(world, DSO, element_id="a1-a2", **request).code == "LIGHT_UNKNOWN"


def test_commands_that_are_no_commands() -> None:
    world = World().ready()
    order = world.order(pb.SIDE_SELL, "battery-a1", 1_000, 1_000)
    many = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=[order] * 501))
    refused = world.command(many, "agr-1")
    assert [result.rejection.code for result in refused] == ["TOO_MANY_ENTRIES"]
    assert refused[0].rejection.limit == 500
    none = world.command(pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders()), "agr-1")
    assert none[0].rejection.code == "FIELD_MISSING"
    assert world.command(pb.OrderCommand(area_id=AREA), "agr-1")[0].rejection.field == "body"
    other = pb.OrderCommand(area_id="elsewhere", submit=pb.SubmitOrders(orders=[order]))
    assert world.command(other, "agr-1")[0].rejection.code == "UNKNOWN_OBJECT"


def test_cancel_and_replace_of_what_is_not_ones_own() -> None:
    world = World().ready()
    resting = world.sell("battery-a1", 2_000, 1_000).id
    cancel = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[resting, "area-1.99"]))
    assert [r.rejection.code for r in world.command(cancel, "agr-2")] == ["NOT_OWNER", "ORDER_NOT_OPEN"]
    assert [r.rejection.code for r in world.command(cancel, "agr-1")] == ["", "ORDER_NOT_OPEN"]
    assert [r.rejection.code for r in world.command(cancel, "agr-1")] == ["ORDER_NOT_OPEN", "ORDER_NOT_OPEN"]
    again = world.sell("battery-a1", 2_000, 1_000).id
    for change, code in (
        ({"expected_revision": 2}, "REVISION_MISMATCH"),
        ({"quantity_w": 150}, "QUANTITY_OFF_STEP"),
        ({"limit_price_ticks": 500_000}, "PRICE_OFF_TICK"),
        ({"quantity_w": 90_000}, "BASIS_EXCEEDED"),
    ):
        wish = {"order_id": again, "quantity_w": 2_000, "limit_price_ticks": 1_000, "expected_revision": 1, **change}
        refused = world.command(pb.OrderCommand(area_id=AREA, replace=pb.ReplaceOrder(**wish)), "agr-1")
        assert refused[0].rejection.code == code
    assert order_of(world.buy("battery-b1", 100, -50_000)).status == pb.ORDER_STATUS_ACTIVE
    world.drive.recovered()


def test_a_halted_area_takes_no_orders_but_lets_them_go() -> None:
    world = World().ready()
    resting = world.sell("battery-a1", 2_000, 1_000).id
    world.audit(disagreement=True)
    world.tick()
    assert refusal(world).code == "AREA_HALTED"
    cancel = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[resting]))
    assert world.command(cancel, "agr-1")[0].id == resting
    resume = pb.OrderCommand(area_id=AREA, resume_area=pb.ResumeArea(reason="model corrected"))
    assert world.command(resume, "agr-1")[0].rejection.code == "NOT_AUTHORISED"
    assert not world.command(resume, DSO)[0].rejection.code
    assert not refusal(world).code
    world.drive.recovered()
