"""Who may make which call: every method of every gRPC service of the contract, by every role, and by nobody.

The methods are taken from the descriptors, so that a new call fails here until it says who may make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import street
from every_call import CALL_TIMEOUT_S, METHODS, Caller, refusals_of
from street import AGG_A, AGG_B, AREA, AUDITOR, DSO, METERS, NOON_S, OPERATOR, SUPPLY, TSO, mtu
from street_day import RUN_ID, Sending, StreetDay, order, submit

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import activations_pb2 as activations
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale

MARKET, OTHER_DSO, STRANGER = "market", "other-dso", "stranger"
PARTIES = (OPERATOR, MARKET, DSO, OTHER_DSO, TSO, SUPPLY, METERS, AGG_A, AGG_B, AUDITOR, STRANGER)
EVERYBODY = frozenset(PARTIES)
GRID_OPERATORS = frozenset({OPERATOR, MARKET, DSO})
DENIED = {"NOT_AUTHORISED", "NOT_OWNER", "NO_RIGHT_TO_OFFER"}
LET_IN_S = 1.0


@dataclass(frozen=True)
class Call:
    """Fields of a request that everybody who may make it could send, and who may."""

    fields: dict[str, Any]
    allowed: frozenset[str]


def _participant(party_id: str, role: int) -> registry.Entity:
    participant = registry.Participant(participant_id=party_id, name=party_id, roles=[role], active=True)
    return registry.Entity(participant=participant)


def _wish(name: str) -> book.NewOrder:
    return order(name, "buy", NOON_S, 1_000, 1_000, unit="pump-b1")


def _book_calls(resting: dict[str, str]) -> dict[str, Call]:
    held = book.ReserveHeadroom(
        reservation_id="held", area_id=AREA, mtu=mtu(NOON_S), expires_at_ms=NOON_S * 1000,
        changes=[book.NodeChange(node_id="bus-3", p_w=100)],
    )  # fmt: skip
    limit = book.CapacityLimit(
        mtu=mtu(NOON_S), scope=book.CAPACITY_SCOPE_FEEDER, subject_id="feeder-2", max_injection_w=10**9
    )
    replacement = book.ReplaceOrder(
        order_id=resting["replaced"], quantity_w=900, limit_price_ticks=900, expected_revision=1
    )
    return {
        "OrderBookService/SubmitOrders": Call(
            {"area_id": AREA, "submit": book.SubmitOrders(orders=[_wish("mine")])}, frozenset({AGG_A})
        ),
        "OrderBookService/CancelOrders": Call(
            {"area_id": AREA, "cancel": book.CancelOrders(order_ids=[resting["cancelled"]])}, frozenset({AGG_A})
        ),
        "OrderBookService/ReplaceOrder": Call({"area_id": AREA, "replace": replacement}, frozenset({AGG_A})),
        "OrderBookService/Headroom": Call(
            {"area_id": AREA, "reserve": held}, frozenset({DSO, OTHER_DSO, TSO, MARKET, OPERATOR})
        ),
        "OrderBookService/ResumeArea": Call({"area_id": AREA, "reason": "a test"}, frozenset({DSO, MARKET, OPERATOR})),
        "OrderBookService/DecideCurtailment": Call(
            {"area_id": AREA, "decision": book.DecideCurtailment(proposal_id="none", confirm=True)}, GRID_OPERATORS
        ),
        "OrderBookService/SetCapacityLimits": Call(
            {"area_id": AREA, "schedule": book.SetCapacityLimits(limits=[limit])}, frozenset({DSO})
        ),
        "OrderBookService/ReleaseRelief": Call(
            {"area_id": AREA, "release": book.ReleaseRelief(trade_id="none")}, frozenset({DSO, OTHER_DSO, TSO})
        ),
        "OrderBookService/OperateBook": Call(
            {"area_id": AREA, "resume": book.ResumeBooks(market_id=street.ENERGY, mtu=mtu(NOON_S), reason="a test")},
            GRID_OPERATORS,
        ),
        "OrderBookService/ManageOrders": Call(
            {"area_id": AREA, "cancel_all": book.CancelAll(market_id="none")}, EVERYBODY
        ),
        "OrderBookService/HitOrder": Call(
            {"area_id": AREA, "hit": book.HitOrder(order=_wish("hit"), resting_sequence=1)}, frozenset({AGG_A})
        ),
        **_agreed_and_called(),
        "OrderBookService/EndCall": Call({"area_id": AREA, "end": book.EndCall(call_ids=["none"])}, EVERYBODY),
        "OrderBookService/ListCurtailments": Call(
            {"area_id": AREA}, frozenset({DSO, OTHER_DSO, TSO, MARKET, OPERATOR})
        ),
        "OrderBookService/ListCapacityLimits": Call(
            {"area_id": AREA}, frozenset({DSO, OTHER_DSO, TSO, MARKET, OPERATOR})
        ),
        "OrderBookService/GetBook": Call({"area_id": AREA, "market_id": street.ENERGY, "mtu": mtu(NOON_S)}, EVERYBODY),
        "OrderBookService/ListOrders": Call({"area_id": AREA}, EVERYBODY),
        "OrderBookService/StreamEvents": Call({"area_id": AREA, "public_trades": True}, EVERYBODY),
        "QuoteService/GetQuotes": Call({"area_id": AREA, "market_id": street.ENERGY, "mtu": mtu(NOON_S)}, EVERYBODY),
        "QuoteService/GetTariffTable": Call({"area_id": AREA}, EVERYBODY),
    }  # fmt: skip


def _agreed_and_called() -> dict[str, Call]:
    """Return calls of agreements, of network capacity and of auctions."""
    agreed = book.AgreedTrade(
        product=book.PRODUCT_LOCAL_ENERGY, mtus=[mtu(NOON_S)], quantity_w=100, price_ticks=1_000,
        seller=book.AgreedSide(party=AGG_B, unit_id="battery-a2"),
        buyer=book.AgreedSide(party=AGG_A, unit_id="pump-b1"),
    )  # fmt: skip
    proposal = book.ProposeAgreement(client_agreement_id="agreed", market_id=street.ENERGY, trades=[agreed])
    use = book.DeclareCapacityUse(request_id="none", mtu=mtu(NOON_S), quantity_w=100)
    return {
        "OrderBookService/Agree": Call({"area_id": AREA, "propose": proposal}, frozenset({AGG_A, AGG_B, SUPPLY})),
        "OrderBookService/ListAgreements": Call({"area_id": AREA}, EVERYBODY),
        "OrderBookService/NetworkCapacity": Call({"area_id": AREA, "declare_use": use}, EVERYBODY),  # none is known
        "OrderBookService/ListNetworkCapacity": Call({"area_id": AREA}, EVERYBODY),
        "OrderBookService/ListAuctions": Call({"area_id": AREA}, EVERYBODY),
    }


def _market_data_calls() -> dict[str, Call]:
    """Return the queries of the read models: all of it is public."""
    own = {"area_id": AREA, "market_id": street.ENERGY, "mtu": mtu(NOON_S)}
    of_books = ("GetPublicBook", "StreamBook", "GetDepth", "ListBestPrices")
    of_areas = ("ListFeeders", "ListStatistics", "ListActivationFigures")
    calls = {name: Call(own, EVERYBODY) for name in of_books}
    calls |= {name: Call({"area_id": AREA}, EVERYBODY) for name in of_areas}
    return {f"MarketDataService/{name}": call for name, call in calls.items()}


def _activation_calls() -> dict[str, Call]:
    """The area's rules are the default, `common`: both operators see both lists, commercial parties none."""
    rules = activation.ActivationCommand(area_id=AREA, set_coordination=activation.SetCoordination(preset="common"))
    merit = {"list": activation.CLAIMANT_DSO, "direction": activation.DIRECTION_UP, "mtu": mtu(NOON_S)}
    operators = frozenset({DSO, TSO, MARKET, OPERATOR})
    return {
        "ActivationService/Submit": Call({"command": rules}, frozenset({MARKET, OPERATOR})),
        "ActivationService/ListActivations": Call({"area_id": AREA}, EVERYBODY),
        "ActivationService/GetMeritOrder": Call({"area_id": AREA, **merit}, operators),
        "ActivationService/GetCoordination": Call({"area_id": AREA}, EVERYBODY),
        "ActivationService/GetUnitTotals": Call({"area_id": AREA, "unit_id": "battery-a2"}, operators | {AGG_B}),
        "ActivationService/ListInterface": Call({"area_id": AREA}, operators),
        "ActivationService/ListReservationCalls": Call({"area_id": AREA}, EVERYBODY),
        "ActivationService/WatchOrders": Call({"area_id": AREA}, EVERYBODY),
        "ActivationService/WatchActivations": Call({"area_id": AREA}, EVERYBODY),
    }


def _ancillary_calls() -> dict[str, Call]:
    """Return the calls of the mFRR gateway; without a platform it tells everybody that nothing is forwarded."""
    operators = frozenset({DSO, OTHER_DSO, TSO, MARKET, OPERATOR})
    mark = ancillary.MarkTerms(area_id=AREA, offer_id="of", price_ticks=1, product=ancillary.PRODUCT_SCHEDULED)
    return {
        "AncillaryGatewayService/MarkOffer": Call({"mark": mark}, EVERYBODY),
        "AncillaryGatewayService/UnmarkOffer": Call(
            {"unmark": ancillary.Unmark(area_id=AREA, offer_id="of")}, EVERYBODY
        ),
        "AncillaryGatewayService/ListBids": Call({}, EVERYBODY),
        "AncillaryGatewayService/ListPlatformOrders": Call({}, operators),
        "AncillaryGatewayService/GetConnection": Call({}, operators),
    }


def _exchange_calls() -> dict[str, Call]:
    rules = wholesale.WholesaleCommand(set_rules=wholesale.ForwardingRules(limit_w=1_000_000, gate_before_s=1_800))
    return {
        "WholesaleService/Submit": Call({"command": rules}, frozenset({MARKET, OPERATOR})),
        "WholesaleService/ListExternalOrders": Call({"area_id": AREA}, EVERYBODY),
        "WholesaleService/ListLeftovers": Call({}, EVERYBODY),
        "WholesaleService/ListDayAheadOffers": Call({}, EVERYBODY),
        "WholesaleService/GetStatus": Call({}, EVERYBODY),
    }


def _registry_calls() -> dict[str, Call]:
    newcomer = registry.RegisterEntities(entities=[_participant("newcomer", registry.ROLE_AGR)])
    csv = b"participant_id,name,roles,active\nnew-agg,New,AGR,true\n"
    step = registry.UnitStep(unit_id="pump-b1", kind=registry.UNIT_STEP_KIND_APPROVE_GRID)
    part = registry.StageImport(import_id="whose", entities=[_participant("newcomer", registry.ROLE_AGR)])
    commit = registry.CommitImport(import_id="none", chunk_count=1)
    return {
        "RegistryService/Register": Call({"entities": newcomer}, frozenset({OPERATOR, MARKET})),
        "RegistryService/Import": Call({"kind": "participant", "csv": csv}, frozenset({OPERATOR, MARKET})),
        "RegistryService/Advance": Call(
            {"steps": registry.AdvanceUnits(steps=[step])}, frozenset({OPERATOR, MARKET, DSO})
        ),
        "RegistryService/Stage": Call({"part": part}, EVERYBODY),
        "RegistryService/Commit": Call({"commit": commit}, EVERYBODY),
        "RegistryService/GetEntity": Call({"kind": "area", "id": AREA}, EVERYBODY),
        "RegistryService/ListEntities": Call({"kind": "area"}, EVERYBODY),
    }


def _settlement_calls() -> dict[str, Call]:
    readings = settlement.SubmitReadings(area_id=AREA, readings=street.readings(NOON_S)[:1])
    complete = settlement.ReadingsComplete(area_id=AREA, mtus=[mtu(NOON_S)], run_id="roles")
    paid_in = settlement.RecordDeposit(participant_id=AGG_A, amount_micro_euro=10**6, payment_reference="bank 1")
    attestation = settlement.AttestRecord(record_id="none", version=1, agree=True)
    congestion = activations.Product(purpose="CONGESTION", count=5, of_days=10, penalty_permille=1_000)
    products = activations.SetProducts(area_id=AREA, products=[congestion])
    return {
        "SettlementService/SubmitReadings": Call({"readings": readings}, frozenset({METERS})),
        "SettlementService/CompleteReadings": Call({"complete": complete}, frozenset({METERS})),
        "SettlementService/GetStatement": Call(
            {"run_id": RUN_ID, "participant_id": AGG_A}, frozenset({OPERATOR, MARKET, AUDITOR, AGG_A})
        ),
        "SettlementService/ListBatches": Call({}, EVERYBODY),
        "SettlementService/Attest": Call({"attestation": attestation}, frozenset()),  # nobody is a member
        "SettlementService/ListRecords": Call({}, EVERYBODY),
        "SettlementService/SetProducts": Call({"products": products}, frozenset({OPERATOR, MARKET})),
        "SettlementService/ListExternalResults": Call({}, EVERYBODY),
        "SettlementService/MoveFunds": Call(
            {"funds": settlement.FundsCommand(deposit=paid_in)}, frozenset({OPERATOR, MARKET})
        ),
        "SettlementService/GetFunds": Call(
            {"participant_id": AGG_A}, frozenset({OPERATOR, MARKET, AUDITOR, AGG_A})
        ),
        "SettlementService/ListUnitTotals": Call(
            {"unit_id": "battery-a2"}, GRID_OPERATORS | {TSO, AUDITOR, AGG_B}
        ),
    }  # fmt: skip


def calls(resting: dict[str, str]) -> dict[str, Call]:
    """Return a call for every method; `resting` holds ids of orders of AGG_A."""
    table = b"start,node,p50_w,q50_var,p95_consumption_w,p95_injection_w\n2026-06-15T12:00:00+02:00,bus-2,-9,0,-9,-9\n"
    forced = light.OverrideLight(
        area_id=AREA, zone_id="feeder-2", mtu=mtu(street.EVENING_S), light=light.LIGHT_AMBER,
        valid_until_ms=(street.OPENING_S + 7_200) * 1000, reason="a test",
    )  # fmt: skip
    tariff = grid.SetTariffParameters(area_id=AREA, parameters=street.TARIFF)
    thresholds = light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS)
    order_to_shard = log_pb2.ControlCommand(reason="a test", resume=log_pb2.Resume())
    switching = grid.ApplySwitching(area_id=AREA, open_branch_ids=["no-such-line"], reason="a test")
    measured = grid.Reading(kind=grid.READING_KIND_NODE_POWER, element_id="bus-3", p_w=-1_000)
    what_if = {"seller_node_id": "bus-3", "buyer_node_id": "bus-2", "quantity_w": 100}
    schedule = grid.UnitSchedule(unit_id="pump-b1", mtu=mtu(NOON_S), version=1, p_w=-500)
    return {
        "AnswerService/GetAnswers": Call({"command_ids": ["unknown"]}, EVERYBODY),
        "ShardService/ListShards": Call({}, EVERYBODY),
        "ShardService/ControlShard": Call(
            {"context": "registry", "order": order_to_shard}, frozenset({OPERATOR, MARKET})
        ),
        **_registry_calls(),
        "GridCheckService/ImportNetwork": Call(
            {"area_id": AREA, "pandapower_json": street.network_json()}, GRID_OPERATORS
        ),
        "GridCheckService/ApplySwitching": Call({"switching": switching}, GRID_OPERATORS),
        "GridCheckService/SubmitMeasurements": Call(
            {"area_id": AREA, "mtu": mtu(NOON_S), "measured_at_ms": NOON_S * 1000, "readings": [measured]},
            GRID_OPERATORS,
        ),
        "GridCheckService/SubmitForecast": Call({"forecast": street.forecast()}, GRID_OPERATORS),
        "GridCheckService/ImportForecast": Call({"area_id": AREA, "csv": table}, GRID_OPERATORS),
        "GridCheckService/SetTariffParameters": Call({"parameters": tariff}, GRID_OPERATORS),
        "GridCheckService/WhatIf": Call({"area_id": AREA, "mtu": mtu(NOON_S), **what_if}, EVERYBODY),
        "GridCheckService/GetTopology": Call({"area_id": AREA}, EVERYBODY),
        "GridCheckService/ListGridResults": Call({"area_id": AREA}, EVERYBODY),
        "GridCheckService/SubmitSchedules": Call(
            {"schedules": grid.SubmitSchedules(area_id=AREA, schedules=[schedule])},
            frozenset({AGG_A, MARKET, OPERATOR}),
        ),
        "GridCheckService/ListSchedules": Call({"area_id": AREA}, EVERYBODY),
        **_market_data_calls(),
        "TrafficLightService/ListLights": Call({"area_id": AREA}, EVERYBODY),
        "TrafficLightService/WatchLights": Call({"area_id": AREA}, EVERYBODY),
        "TrafficLightService/OverrideLight": Call({"override": forced}, frozenset({DSO, TSO})),
        "TrafficLightService/SetLightThresholds": Call({"thresholds": thresholds}, frozenset({DSO})),
        **_book_calls(resting),
        **_activation_calls(),
        **_exchange_calls(),
        **_ancillary_calls(),
        **_settlement_calls(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def caller(open_street: StreetDay) -> Iterator[Caller]:
    """A caller at the open street, with a market operator and another DSO registered."""
    found = Caller(open_street)
    entities = [_participant(MARKET, registry.ROLE_MARKET_OPERATOR), _participant(OTHER_DSO, registry.ROLE_DSO)]
    open_street.further(Sending(OPERATOR, "more", lambda c, i: c.registry.register(entities, command_id=i)))
    open_street.further()
    yield found
    found.close()


@pytest.fixture(scope="module")
def denied(caller: Caller) -> dict[str, set[str]]:
    """Make every call as every party, those last who may; returns who was denied which."""
    day = caller.day
    day.further(submit(AGG_A, "resting", _wish("cancelled"), _wish("replaced")))
    mine = {found.client_order_id: found.order_id for found in day.client(AGG_A).orders.list(AREA)}
    found: dict[str, set[str]] = {}
    waiting: dict[str, tuple[str, str]] = {}
    for name, call in calls(mine).items():
        found[name] = set()
        for party in sorted(PARTIES, key=call.allowed.__contains__):
            command_id = f"{name.replace('/', '.')}-{party}"  # two services may name a call alike
            fields = {**call.fields, **caller.envelope(name, command_id)}
            try:
                # A refusal is waited for; who may follow a stream may also find nothing in it.
                follow_s = LET_IN_S if party in call.allowed else CALL_TIMEOUT_S
                caller.make(name, fields, f"Bearer {caller.token(party)}", follow_s)
            except grpc.RpcError as error:
                if refusals_of(error) & DENIED:
                    found[name].add(party)
                continue
            if "command_id" in fields:
                waiting[command_id] = (name, party)
    day.further()
    for command_id, (name, party) in waiting.items():
        results = day.answer(party, command_id).results
        if any(result.rejection.code in DENIED for result in results):
            found[name].add(party)
    return found


def test_every_method_of_the_contract_says_who_may_make_it() -> None:
    assert set(calls({"cancelled": "", "replaced": ""})) == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_a_call_is_denied_to_all_others(denied: dict[str, set[str]], name: str) -> None:
    allowed = calls({"cancelled": "", "replaced": ""})[name].allowed
    assert denied[name] == set(PARTIES) - allowed


TOKENS: dict[str, Callable[[Caller], str]] = {
    "none": lambda _: "",
    "no bearer": lambda caller: caller.token(AGG_A),
    "garbage": lambda _: "Bearer abc.def.ghi",
    "another signature": lambda caller: f"Bearer {caller.token(AGG_A)[:-8]}AAAAAAAA",
    "no algorithm": lambda caller: "Bearer eyJhbGciOiJub25lIn0." + caller.token(AGG_A).split(".")[1] + ".",
}


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("name", METHODS)
def test_a_call_without_a_proven_party_is_not_made(caller: Caller, name: str, kind: str) -> None:
    fields = calls({"cancelled": "", "replaced": ""})[name].fields
    with pytest.raises(grpc.RpcError) as refused:
        caller.make(name, {**fields, **caller.envelope(name, "x")}, TOKENS[kind](caller))
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert refusals_of(refused.value) == {"NOT_AUTHENTICATED"}


def test_own_events_and_orders_are_seen_by_their_party_alone(caller: Caller) -> None:
    day = caller.day
    day.further(submit(AGG_A, "private", _wish("private")))
    assert "private" in {found.client_order_id for found in day.client(AGG_A).orders.list(AREA)}
    assert {found.client_order_id for found in day.client(AGG_B).orders.list(AREA)} == set()
    assert day.client(AGG_B).answers([f"s{day.platform.last_step()}-{AGG_A}-private"]) == {}
