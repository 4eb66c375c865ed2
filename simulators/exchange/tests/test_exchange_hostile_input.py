"""Requests that no client should send: each gets an answer of the protocol, none an error of the program."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from exchange_process import BLOCK, HOUR, ORDERS, Exchange, order
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_exchange_simulator.agenda import Agenda
from flexbourse_exchange_simulator.auction_house import AuctionHouse
from flexbourse_exchange_simulator.config import AuctionSettings
from flexbourse_exchange_simulator.domain.market import IntradayMarket
from flexbourse_exchange_simulator.domain.periods import TradingHours
from flexbourse_exchange_simulator.domain.rules import Rules
from flexbourse_exchange_simulator.faults import read_faults
from flexbourse_exchange_simulator.reading import RefusedRequest, read_bids, read_modification, read_orders
from flexbourse_exchange_simulator.values import ValueProblem, read_json

NOW = 1_768_464_000_000  # 2026-01-15T08:00:00Z
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["buy", "block", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-15"])
    | st.sampled_from([1e300, 10**400, -0.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
INTRADAY = {
    "correlationId": "c",
    "groupIndication": "rejectAll",
    "orders": [
        order(expiration="2026-01-15T18:00:00Z", indication="noIndication", peakQuantity=0.5, note="n"),
        order(kind="block", delivery=BLOCK, indication="aon", clientOrderId="b"),
    ],
}
DAY_AHEAD = {
    "correlationId": "c",
    "groupIndication": "rejectPartially",
    "deliveryDay": "2026-01-16",
    "orders": [
        {
            "type": "curve",
            "direction": "buy",
            "deliveryStart": "2026-01-16T10:00:00Z",
            "deliveryEnd": "2026-01-16T10:15:00Z",
            "steps": [{"price": 10, "quantity": 1}, {"price": 9, "quantity": 1.5}],
        },
    ],
}
FAULTS = [{"kind": "drop", "method": "GET", "path": "/", "after": 1, "times": 2, "seconds": 0.5}]


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """Return a good document with some of its values replaced, as it arrives: through JSON."""
    whole: Any = {"": deepcopy(document)}
    for _ in range(draw(st.integers(1, 3))):
        place = whole
        key: Any = ""
        while isinstance(place[key], dict | list) and place[key] and draw(st.integers(0, 3)):
            place = place[key]
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        place[key] = draw(junk)
    try:
        return read_json(json.dumps(whole[""]))
    except (ValueProblem, ValueError):
        return None


@settings(max_examples=300, deadline=None)
@given(spoiled(INTRADAY))
def test_intraday_requests(document: Any) -> None:
    market = IntradayMarket(Rules())
    try:
        request = read_orders(document, 100)
    except RefusedRequest:
        return
    outcome = market.create("ann", request.entries, NOW, all_or_nothing=request.all_or_nothing)
    assert len(outcome.orders) + len(outcome.errors) >= 1
    for entry in request.entries:
        assert bool(entry.problems) <= (entry.key in outcome.errors)


@settings(max_examples=300, deadline=None)
@given(spoiled(DAY_AHEAD))
def test_day_ahead_requests(document: Any) -> None:
    house = AuctionHouse(AuctionSettings(), TradingHours(), Agenda(), None)
    try:
        request = read_bids(document, 100)
    except RefusedRequest:
        return
    outcome = house.submit("ann", request, NOW)
    assert len(outcome.orders) + len(outcome.errors) >= 1
    auction = house.auction(date(2026, 1, 16), NOW)
    assert auction is not None
    auction.publish()


@settings(max_examples=200, deadline=None)
@given(
    spoiled({"quantity": 1, "price": 2, "peakQuantity": 0.5, "peakPriceDelta": 1, "expiration": HOUR[0], "note": "n"})
)
def test_modifications(document: Any) -> None:
    market = IntradayMarket(Rules())
    created = market.create("ann", read_orders(read_json(json.dumps(INTRADAY)), 100).entries, NOW, all_or_nothing=True)
    found = market.orders[created.orders[0]]
    try:
        _, terms = read_modification(document, found)
    except RefusedRequest:
        return
    if not market.modification_problems(found.id, terms, NOW):
        market.modify(found.id, terms, NOW)


@settings(max_examples=200, deadline=None)
@given(spoiled(FAULTS))
def test_scripts_of_faults(document: Any) -> None:
    faults, problems = read_faults(document)
    assert problems or all(fault.times >= 1 for fault in faults)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{ORDERS}/{'9' * 5000}", 404),
        ("GET", f"{ORDERS}/-1", 404),
        ("GET", f"{ORDERS}?createdFrom=9999-12-31T23:59:59Z", 400),
        ("GET", f"{ORDERS}?createdFrom=2026-01-01&limit={'9' * 5000}", 400),
        ("GET", "/api/v1/idm/periods?deliveryFrom=0001-01-01T00:00:00Z", 400),
        ("GET", "/api/v1/idm/periods?deliveryFrom=2026-01-15&deliveryTo=2099-01-15", 200),
        ("GET", "/api/v1/dam/results?deliveryDayFrom=2026-01-01&deliveryDayTo=2099-01-01", 400),
        ("GET", "/api/v1/dam/results?deliveryDayFrom=2099-01-01&deliveryDayTo=2099-01-02", 200),
        ("POST", f"/api/v1/dam/orders/{'9' * 5000}/cancel", 404),
        ("GET", "/api/v1/idm/ws?orderbookfrequency=-1", 400),
    ],
)
def test_addresses(exchange: Exchange, method: str, path: str, status: int) -> None:
    assert exchange.client("ann").ask(method, path).status == status


def test_logins_that_are_none(exchange: Exchange) -> None:
    for header in ("Basic", "Basic \xe9", "Basic !!!", "Bearer YW5uOmE=", "Basic /w=="):
        ann = exchange.client("ann")
        ann._headers["Authorization"] = header
        assert ann.get("/api/v1/idm/market-status").status == 401
