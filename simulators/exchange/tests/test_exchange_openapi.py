"""The published document and the server say the same: every route, and the body of every answer of a busy session."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from aiohttp import web
from exchange_process import BLOCK, ORDERS, Answer, Exchange, order
from jsonschema import Draft202012Validator

from flexbourse_exchange_simulator.config import Config
from flexbourse_exchange_simulator.server import application

DOCUMENT = json.loads((files("flexbourse_exchange_simulator") / "openapi.json").read_text())


def test_the_document_names_every_route_and_no_other() -> None:
    served = {
        (route.resource.canonical, route.method.lower())
        for route in application(Config()).router.routes()
        if isinstance(route.resource, web.Resource) and route.method != "HEAD"
    }
    written = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert served == written


def test_every_reference_leads_somewhere() -> None:
    for target in re.findall(r'"#/([^"]+)"', json.dumps(DOCUMENT)):
        place: Any = DOCUMENT
        for step in target.split("/"):
            assert step in place, target
            place = place[step]


def test_schemas_are_schemas() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def check(path: str, method: str, answer: Answer) -> None:
    """The document must know the status and allow the body."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert str(answer.status) in responses, (path, method, answer.status, answer.body)
    response = responses[str(answer.status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].split("/")[-1]]
    content = response.get("content")
    assert (content is None) == (answer.body is None), (path, method, answer.status)
    if content is not None:
        schema = {**content["application/json"]["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(answer.body)


@pytest.mark.parametrize("name", ["NewOrders", "NewBids", "Modification", "NewFaults"])
def test_requests_with_unknown_fields_are_no_requests_of_the_document(name: str) -> None:
    schema = {**DOCUMENT["components"]["schemas"][name], "components": DOCUMENT["components"]}
    assert not Draft202012Validator(schema).is_valid({"colour": "red"})


def test_answers_are_as_the_document_says(exchange: Exchange) -> None:
    ann, bob, operator = exchange.client("ann"), exchange.client("bob"), exchange.operator
    one = f"{ORDERS}/{{id}}"
    check(
        ORDERS, "post", created := ann.create(order(direction="sell", quantity=2), order(kind="block", delivery=BLOCK))
    )
    check(ORDERS, "post", ann.create(order(quantity=0), order()))
    check(ORDERS, "post", bob.create(order(direction="buy")))
    exchange.fault(kind="accepted", seconds=1)
    check(ORDERS, "post", ann.create(order()))
    first, block = (entry["id"] for entry in created.body["orders"])
    trade = bob.get("/api/v1/idm/trades?createdFrom=2026-01-01").body[0]["id"]
    check("/simulator/trades/{id}/recall", "post", operator.post(f"/simulator/trades/{trade}/recall"))
    check("/simulator/trades/{id}/recall", "post", operator.post("/simulator/trades/1/recall"))
    check(ORDERS, "get", ann.get(f"{ORDERS}?createdFrom=2026-01-01&expandTrades=true"))
    check(ORDERS, "get", ann.get(ORDERS))
    check(one, "get", ann.get(f"{ORDERS}/{first}"))
    check(one, "get", ann.get(f"{ORDERS}/1"))
    check(one, "patch", ann.ask("PATCH", f"{ORDERS}/{first}", {"price": 3}))
    check(one, "patch", ann.ask("PATCH", f"{ORDERS}/{first}", {"price": 3}))
    for operation in ("deactivate", "activate", "cancel", "cancel"):
        check(f"{one}/{{operation}}", "post", ann.post(f"{ORDERS}/{block}/{operation}"))
    check("/api/v1/idm/trades", "get", ann.get("/api/v1/idm/trades"))
    check("/api/v1/idm/periods", "get", ann.get("/api/v1/idm/periods"))
    check("/api/v1/idm/market-status", "get", ann.get("/api/v1/idm/market-status"))
    check("/api/v1/idm/market-status", "get", exchange.client("eve").get("/api/v1/idm/market-status"))
    check("/api/v1/idm/hub-to-hub", "get", ann.get("/api/v1/idm/hub-to-hub"))
    check("/simulator/clock", "get", operator.get("/simulator/clock"))
    check("/simulator/clock", "post", operator.post("/simulator/clock", {"advanceSeconds": -1}))
    check("/simulator/clock", "post", operator.post("/simulator/clock", {}))
    check("/simulator/faults", "get", operator.get("/simulator/faults"))
    check("/simulator/faults", "post", operator.post("/simulator/faults", {"faults": [{"kind": "fire"}]}))
    check("/simulator/faults", "delete", operator.ask("DELETE", "/simulator/faults"))
    check("/simulator/state", "get", operator.get("/simulator/state"))
    check("/simulator/market-status", "post", operator.post("/simulator/market-status", {"tradingStatus": "no"}))
    check("/simulator/reset", "post", operator.post("/simulator/reset"))
    check("/simulator/outage", "post", operator.post("/simulator/outage", {"seconds": 0}))


def test_answers_of_the_auction_are_as_the_document_says(exchange: Exchange) -> None:
    ann, operator = exchange.client("ann"), exchange.operator
    dam, day = "/api/v1/dam", "2026-01-16"
    quarter = {"deliveryStart": "2026-01-16T10:00:00Z", "deliveryEnd": "2026-01-16T10:15:00Z"}
    curves = [
        {"type": "curve", "direction": side, **quarter, "steps": [{"price": 20, "quantity": 1}]}
        for side in ("buy", "sell")
    ]
    block = {"type": "block", "direction": "sell", **quarter, "quantity": 0.5, "price": 7, "clientOrderId": "b"}
    block["minimumAcceptanceRatio"] = 0.2
    request = {"groupIndication": "rejectAll", "deliveryDay": day, "orders": [*curves, block]}
    check(f"{dam}/orders", "post", ann.post(f"{dam}/orders", request))
    check(f"{dam}/orders", "post", refused := ann.post(f"{dam}/orders", request))
    assert refused.status == 400
    check(f"{dam}/auctions", "get", ann.get(f"{dam}/auctions?deliveryDayFrom={day}&deliveryDayTo={day}"))
    check(f"{dam}/auctions", "get", ann.get(f"{dam}/auctions"))
    revision = {key: value for key, value in request.items() if key != "deliveryDay"}
    path = "/simulator/auctions/{day}/revision"
    check(path, "post", operator.post(f"/simulator/auctions/{day}/revision", {**revision, "orders": curves}))
    exchange.advance(5 * 3600)
    check(path, "post", operator.post(f"/simulator/auctions/{day}/revision", revision))
    correction = "/simulator/auctions/{day}/correction"
    check(correction, "post", operator.post(f"/simulator/auctions/{day}/correction", {**revision, "orders": curves}))
    check(correction, "post", operator.post("/simulator/auctions/2026-01-17/correction", revision))
    check(f"{dam}/orders", "get", ann.get(f"{dam}/orders?deliveryDay={day}"))
    check(f"{dam}/results", "get", ann.get(f"{dam}/results?deliveryDayFrom={day}&deliveryDayTo={day}"))
    check(f"{dam}/trades", "get", awards := ann.get(f"{dam}/trades?deliveryDay={day}"))
    assert len(awards.body) == 3
    number = awards.body[0]["orderId"]
    check(f"{dam}/orders/{{id}}/cancel", "post", ann.post(f"{dam}/orders/{number}/cancel"))
    check(f"{dam}/orders/{{id}}/cancel", "post", ann.post(f"{dam}/orders/1/cancel"))
