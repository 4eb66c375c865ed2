"""The day-ahead auction as a client sees it: bids, closing, two publications, a revision between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from exchange_process import Client, Exchange, codes

DAM = "/api/v1/dam"
DAY = "2026-01-16"
QUARTER = ("2026-01-16T10:00:00Z", "2026-01-16T10:15:00Z")
NEXT = ("2026-01-16T10:15:00Z", "2026-01-16T10:30:00Z")

Steps = list[tuple[float, float]]


def curve(direction: str, steps: Steps, delivery: tuple[str, str] = QUARTER, **more: Any) -> dict[str, Any]:
    """Return a curve: quantities at prices."""
    said = [{"price": price, "quantity": quantity} for quantity, price in steps]
    ends = {"deliveryStart": delivery[0], "deliveryEnd": delivery[1]}
    return {"type": "curve", "direction": direction, **ends, "steps": said, **more}


def block(direction: str, quantity: float, price: float, **more: Any) -> dict[str, Any]:
    """Return a block over two quarter-hours."""
    ends = {"deliveryStart": QUARTER[0], "deliveryEnd": NEXT[1]}
    return {"type": "block", "direction": direction, **ends, "quantity": quantity, "price": price, **more}


def request(*orders: dict[str, Any], group: str = "rejectAll", day: str = DAY) -> dict[str, Any]:
    """Return a request to create orders."""
    return {"correlationId": "d", "groupIndication": group, "deliveryDay": day, "orders": list(orders)}


def prices(client: Client, day: str = DAY) -> dict[str, tuple[Any, Any, str, int]]:
    """Return price, volume, publication and revision by the start of the period."""
    answer = client.get(f"{DAM}/results?deliveryDayFrom={day}&deliveryDayTo={day}")
    assert answer.status == 200
    return {
        entry["deliveryStart"]: (entry["price"], entry["quantity"], entry["publicationStatus"], entry["revision"])
        for entry in answer.body
    }


@pytest.mark.parametrize(
    ("buys", "sells", "volume", "price"),
    [
        ([(10, 100), (10, 80), (10, 50), (5, 20)], [(8, 10), (8, 30), (8, 60), (8, 90)], 20, 60),
        ([(10, 100), (10, 50)], [(8, 10), (4, 30)], 12, 50),
        ([(10, 100)], [(5, 20), (5, 20), (5, 20)], 10, 20),
        ([(10, 100)], [(10, 20)], 10, 60),
        ([(1, 100)], [(1, 100.01)], 0, None),
    ],
)
def test_published_vectors(
    exchange: Exchange, ann: Client, buys: Steps, sells: Steps, volume: float, price: float | None
) -> None:
    assert ann.post(f"{DAM}/orders", request(curve("buy", buys), curve("sell", sells))).status == 201
    exchange.advance(4 * 3600)
    assert prices(ann)[QUARTER[0]] == (price, volume, "final", 2)


def test_the_day_of_an_auction(exchange: Exchange, ann: Client) -> None:
    created = ann.post(f"{DAM}/orders", request(curve("buy", [(2, 90)], clientOrderId="b")))
    assert created.headers["Location"] == f"{DAM}/orders/{created.body['orders'][0]['id']}"
    ann.post(f"{DAM}/orders", request(curve("sell", [(1.5, 30)], clientOrderId="s")))
    gone = ann.post(f"{DAM}/orders", request(curve("sell", [(1.5, 10)]))).body["orders"][0]["id"]
    assert ann.post(f"{DAM}/orders/{gone}/cancel", {}).status == 204

    def status() -> str:
        (auction,) = ann.get(f"{DAM}/auctions?deliveryDayFrom={DAY}&deliveryDayTo={DAY}").body
        assert (auction["closes"], auction["periods"]) == ("2026-01-15T11:00:00Z", 96)
        return str(auction["status"])

    assert (status(), prices(ann)) == ("open", {})
    exchange.advance(3 * 3600 - 1)
    assert status() == "open"
    exchange.advance(1)
    assert (status(), prices(ann)) == ("closed", {})
    assert codes(ann.post(f"{DAM}/orders", request(curve("buy", [(1, 1)])))) == {"[0]": ["AuctionClosedRule"]}
    assert codes(ann.post(f"{DAM}/orders/{gone}/cancel", {})) == {str(gone): ["AuctionClosedRule"]}
    exchange.advance(1800)
    assert (status(), len(prices(ann))) == ("preliminary", 96)
    assert prices(ann)[QUARTER[0]] == (90, 1.5, "preliminary", 1)
    more = {"groupIndication": "rejectAll", "orders": [curve("sell", [(1, 20)])]}
    assert exchange.operator.post(f"/simulator/auctions/{DAY}/revision", more).status == 200
    exchange.advance(1800)
    assert (status(), prices(ann)[QUARTER[0]]) == ("final", (30, 2, "final", 2))
    assert exchange.operator.post(f"/simulator/auctions/{DAY}/revision", more).status == 409
    final, first = (ann.get(f"{DAM}/trades?deliveryDay={DAY}{more}").body for more in ("", "&revision=1"))
    assert [(entry["clientOrderId"], entry["quantity"], entry["price"]) for entry in first] == [
        ("b", 1.5, 90),
        ("s", 1.5, 90),
    ]
    assert [(entry["clientOrderId"], entry["quantity"], entry["price"]) for entry in final] == [
        ("b", 2, 30),
        ("s", 1, 30),
    ]


def test_blocks_are_accepted_whole_or_not_at_all(exchange: Exchange, ann: Client) -> None:
    bids = [
        curve("buy", [(50, 100)]),
        curve("buy", [(50, 100)], NEXT),
        curve("sell", [(30, 20), (40, 70)]),
        curve("sell", [(60, 30)], NEXT),
        block("sell", 20, 45, clientOrderId="fits"),
        block("sell", 49, 80, clientOrderId="dear"),
    ]
    assert ann.post(f"{DAM}/orders", request(*bids)).status == 201
    exchange.advance(4 * 3600)
    accepted = {entry["clientOrderId"]: entry.get("accepted") for entry in orders(ann)}
    assert (accepted["fits"], accepted["dear"]) == (True, False)
    found = prices(ann)
    assert (found[QUARTER[0]][0], found[NEXT[0]][0]) == (70, 30)
    awards = ann.get(f"{DAM}/trades?deliveryDay={DAY}").body
    assert [entry["quantity"] for entry in awards if entry["clientOrderId"] == "fits"] == [20, 20]


def test_a_block_is_accepted_from_its_least_on(exchange: Exchange, ann: Client) -> None:
    bids = [
        *(curve("buy", [(5, 60)], delivery) for delivery in (QUARTER, NEXT)),
        block("sell", 8, 20, clientOrderId="part", minimumAcceptanceRatio=0.5),
        block("sell", 9, 30, clientOrderId="whole"),
    ]
    assert ann.post(f"{DAM}/orders", request(*bids)).status == 201
    exchange.advance(4 * 3600)
    found = {entry["clientOrderId"]: entry for entry in orders(ann)}
    shown = ("minimumAcceptanceRatio", "accepted", "acceptedQuantity")
    assert [[found[name][field] for field in shown] for name in ("part", "whole")] == [[0.5, True, 5], [1, False, 0]]


def test_a_correction_behind_the_final_result(exchange: Exchange, ann: Client) -> None:
    def correct(*bids: dict[str, Any]) -> Any:
        document = {"groupIndication": "rejectAll", "orders": list(bids)}
        return exchange.operator.post(f"/simulator/auctions/{DAY}/correction", document)

    ann.post(f"{DAM}/orders", request(curve("sell", [(2, 30)], clientOrderId="s"), curve("buy", [(1, 90)])))
    assert correct(curve("buy", [(1, 80)])).status == 409
    exchange.advance(4 * 3600)
    assert prices(ann)[QUARTER[0]] == (30, 1, "final", 2)
    assert correct(curve("buy", [(3, 80)])).status == 200
    assert prices(ann)[QUARTER[0]] == (80, 2, "final", 3)
    assert correct(curve("up", [(1, 80)])).status == 400
    sold = [
        [entry["quantity"] for entry in ann.get(f"{DAM}/trades?deliveryDay={DAY}{more}").body if entry["clientOrderId"]]
        for more in ("&revision=2", "&revision=3", "")
    ]
    assert sold == [[1], [2], [2]]


def orders(client: Client) -> list[dict[str, Any]]:
    """Return own orders of the day."""
    return list(client.get(f"{DAM}/orders?deliveryDay={DAY}").body)


def test_refusals(ann: Client) -> None:
    wrong = [
        (curve("buy", [(0, 10)]), ["QuantityRule"]),
        (curve("buy", [(1, 4_000.01)]), ["PriceRule"]),
        (curve("buy", [(1, -500.01)]), ["PriceRule"]),
        (curve("buy", []), ["CurveRule"]),
        (curve("buy", [(1, 1)] * 201), ["CurveRule"]),
        (curve("buy", [(1, 1.001)]), ["CurveRule"]),
        (curve("buy", [(1, 1)], ("2026-01-16T10:00:00Z", "2026-01-16T11:00:00Z")), ["PeriodRule"]),
        (curve("buy", [(1, 1)], ("2026-01-17T10:00:00Z", "2026-01-17T10:15:00Z")), ["PeriodRule"]),
        ({**block("buy", 1, 1), "deliveryEnd": "2026-01-17T10:00:00Z"}, ["PeriodRule"]),
        (block("buy", 1.25, 1), ["QuantityRule"]),
        (block("buy", 1, 1, minimumAcceptanceRatio=0), ["MinimumAcceptanceRatioRule"]),
        (block("buy", 1, 1, minimumAcceptanceRatio=1.001), ["MinimumAcceptanceRatioRule"]),
        (block("buy", 1, 1, minimumAcceptanceRatio=0.0001), ["MinimumAcceptanceRatioRule"]),
        (block("up", 1, 1), ["FormatRule"]),
    ]
    for place, (said, expected) in enumerate(wrong):
        answer = ann.post(f"{DAM}/orders", request({**said, "clientOrderId": f"w{place}"}))
        assert codes(answer) == {f"w{place}": expected}, said
    assert orders(ann) == []
    assert ann.post(f"{DAM}/orders", request(curve("buy", [(1, 1)], clientOrderId="k"))).status == 201
    again = ann.post(
        f"{DAM}/orders",
        request(curve("buy", [(1, 1)], clientOrderId="k"), curve("buy", [(1, 1)]), group="rejectPartially"),
    )
    assert codes(again) == {"k": ["DuplicateClientOrderIdRule"]}
    assert len(orders(ann)) == 2
    far = ann.post(f"{DAM}/orders", request(curve("buy", [(1, 1)]), day="2027-01-16"))
    assert codes(far) == {"[0]": ["AuctionClosedRule"]}


@pytest.mark.parametrize(
    ("eve", "day", "periods"), [("2026-03-28", "2026-03-29", 92), ("2026-10-24", "2026-10-25", 100)]
)
def test_days_on_which_the_clock_changes(start: Callable[..., Exchange], eve: str, day: str, periods: int) -> None:
    exchange = start("--driven", f"{eve}T08:00:00Z", "--user", "ann:a")
    ann = exchange.client("ann")
    (auction,) = ann.get(f"{DAM}/auctions?deliveryDayFrom={day}&deliveryDayTo={day}").body
    assert auction["periods"] == periods
    exchange.advance(6 * 3600)
    assert len(prices(ann, day)) == periods
    assert all(price is not None for price, _, _, _ in prices(ann, day).values())
    listed = ann.get(f"/api/v1/idm/periods?productType=15&deliveryFrom={eve}T12:00:00Z").body
    assert len([entry for entry in listed if entry["deliveryDay"] == day]) == periods
