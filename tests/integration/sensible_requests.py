"""Requests of the street whose fields fit each other, which the contract cannot say: with them a platform goes on far
enough to meet what is broken in one field. By method, each with who sends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import street
from google.protobuf.message import Message
from street import AGG_A, AGG_B, AREA, DSO, METERS, NOON_S, OPERATOR, mtu
from street_day import order

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

HOUR_MS = 3_600_000


def sensible_requests() -> Iterator[tuple[str, Message, str]]:
    """Yield method, request and who sends it."""
    yield from _of_the_book()
    yield from _of_operators()
    yield from _of_activation()
    yield from _of_meters()
    for entity in (*street.founding()[:1], *street.founding()[-3:], *street.homes()[:3]):
        entities = registry.RegisterEntities(entities=[entity])
        yield "RegistryService/Register", registry.RegisterRequest(entities=entities), OPERATOR
    steps = registry.AdvanceRequest(steps=registry.AdvanceUnits(steps=[_step()]))
    yield "RegistryService/Advance", steps, OPERATOR


def _of_the_book() -> Iterator[tuple[str, Message, str]]:
    wish = order("o", "buy", NOON_S, 1_000, 5_000, unit="pump-b1")
    sold = order("s", "sell", NOON_S, 1_000, 5_000, unit="battery-a2")
    agreed = book.AgreedTrade(
        product=book.PRODUCT_LOCAL_ENERGY, mtus=[mtu(NOON_S)], quantity_w=100, price_ticks=1_000,
        seller=book.AgreedSide(party=AGG_B, unit_id="battery-a2"),
        buyer=book.AgreedSide(party=AGG_A, unit_id="pump-b1"),
    )  # fmt: skip
    proposal = book.ProposeAgreement(client_agreement_id="agreed", market_id=street.ENERGY, trades=[agreed])
    for party, sent in ((AGG_A, wish), (AGG_B, sold), (DSO, _request()), (DSO, _request_with_targets())):
        yield "OrderBookService/SubmitOrders", _submission(sent), party
    hit = book.HitOrderRequest(area_id=AREA, hit=book.HitOrder(order=wish, resting_sequence=1))
    yield "OrderBookService/HitOrder", hit, AGG_A
    yield "OrderBookService/Agree", book.AgreeRequest(area_id=AREA, propose=proposal), AGG_A


def _submission(wish: book.NewOrder) -> book.SubmitOrdersRequest:
    return book.SubmitOrdersRequest(area_id=AREA, submit=book.SubmitOrders(orders=[wish]))


def _request() -> book.NewOrder:
    return order("r", "buy", street.EVENING_S, 1_000, 5_000, element="line-0", product=book.PRODUCT_FLEX_UP)


def _request_with_targets() -> book.NewOrder:
    wire = order("t", "buy", street.EVENING_S, 1_000, 5_000, element="line-0", product=book.PRODUCT_FLEX_UP)
    wire.relief_targets.add(element_id="line-0", value=50_000)
    return wire


def _of_operators() -> Iterator[tuple[str, Message, str]]:
    until_ms = street.OPENING_S * 1000 + 2 * HOUR_MS
    held = book.ReserveHeadroom(
        reservation_id="held", area_id=AREA, mtu=mtu(NOON_S), expires_at_ms=NOON_S * 1000,
        changes=[book.NodeChange(node_id="bus-3", p_w=100, q_var=10)],
    )  # fmt: skip
    limit = book.CapacityLimit(
        mtu=mtu(NOON_S), scope=book.CAPACITY_SCOPE_FEEDER, subject_id="feeder-2", max_injection_w=10**9,
        max_consumption_w=10**9,
    )  # fmt: skip
    schedule = book.SetCapacityLimits(limits=[limit])
    halt = book.HaltBooks(market_id="nowhere", mtu=mtu(NOON_S), reason="why", until_ms=NOON_S * 1000)
    forced = light.OverrideLight(
        area_id=AREA, zone_id="feeder-2", mtu=mtu(NOON_S), light=light.LIGHT_AMBER, valid_until_ms=until_ms,
        reason="works on the road",
    )  # fmt: skip
    thresholds = light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS)
    tariff = grid.SetTariffParameters(area_id=AREA, parameters=street.TARIFF)
    planned = grid.UnitSchedule(unit_id="house-a1", mtu=mtu(NOON_S), version=1, p_w=-100)
    schedules = grid.SubmitSchedules(area_id=AREA, schedules=[planned])
    yield "OrderBookService/Headroom", book.HeadroomRequest(area_id=AREA, reserve=held), DSO
    yield "OrderBookService/SetCapacityLimits", book.SetCapacityLimitsRequest(area_id=AREA, schedule=schedule), DSO
    yield "OrderBookService/OperateBook", book.OperateBookRequest(area_id=AREA, halt=halt), DSO
    yield "TrafficLightService/OverrideLight", light.OverrideLightRequest(override=forced), DSO
    yield "TrafficLightService/SetLightThresholds", light.SetLightThresholdsRequest(thresholds=thresholds), DSO
    yield "GridCheckService/SetTariffParameters", grid.SetTariffParametersRequest(parameters=tariff), DSO
    yield "GridCheckService/SubmitForecast", grid.SubmitForecastRequest(forecast=street.forecast((NOON_S,))), DSO
    yield "GridCheckService/SubmitSchedules", grid.SubmitSchedulesRequest(schedules=schedules), AGG_A


def _of_activation() -> Iterator[tuple[str, Message, str]]:
    window = activation.Window(start_s=NOON_S, end_s=NOON_S + street.MTU_S, mtu_length_s=street.MTU_S)
    common: dict[str, Any] = {"direction": activation.DIRECTION_UP, "window": window, "quantity_w": 1_000}
    offer = activation.OfferTerms(
        offer_id="of1", unit_id="battery-a2", activation_price_micro_euro_per_mwh=90_000_000, **common
    )
    need = activation.NeedTerms(
        need_id="ne1", element_id="line-0", purpose=activation.PURPOSE_CONGESTION, **common
    )  # fmt: skip
    call = activation.ReservationCallTerms(
        call_id="ca1", purpose=activation.PURPOSE_CONGESTION, freezes_at_ms=(NOON_S - 7_200) * 1000,
        clears_at_ms=(NOON_S - 3_600) * 1000, limit_price_micro_euro_per_mw_h=50_000_000, **common,
    )  # fmt: skip
    bodies: list[tuple[str, Any, str]] = [("offer", offer, AGG_B), ("state_need", need, DSO)]
    for name, body, party in [*bodies, ("call_reservations", call, DSO)]:
        command = activation.ActivationCommand(area_id=AREA, **{name: body})
        yield "ActivationService/Submit", activation.SubmitRequest(command=command), party


def _of_meters() -> Iterator[tuple[str, Message, str]]:
    readings = settlement.SubmitReadings(area_id=AREA, readings=street.readings(NOON_S)[:1])
    price = settlement.ImbalancePrice(mtu=mtu(NOON_S), price_ticks=9_000)
    complete = settlement.ReadingsComplete(area_id=AREA, run_id="run", mtus=[mtu(NOON_S)], imbalance_prices=[price])
    yield "SettlementService/SubmitReadings", settlement.SubmitReadingsRequest(readings=readings), METERS
    yield "SettlementService/CompleteReadings", settlement.CompleteReadingsRequest(complete=complete), METERS


def _step() -> registry.UnitStep:
    """Return a step that says everything that one can say."""
    return registry.UnitStep(
        unit_id="house-a1",
        kind=registry.UNIT_STEP_KIND_APPROVE_GRID,
        text="why",
        product=registry.PRODUCT_TYPE_ENERGY,
        conditions=registry.GridConditions(max_power_w=1000, min_power_w=-1000, valid_from_s=1, valid_to_s=2**33),
        terms=registry.TestTerms(power_w=1000, answer_s=1, response_s=1, sustain_s=1, tolerance_permille=1),
        test=registry.TestRecord(instructed_ms=1, acknowledged_ms=2, reached_ms=3, sustained_to_ms=4, least_power_w=5),
        suspension=registry.SUSPENSION_REASON_OTHER,
    )
