"""A driven clock makes a run repeatable; played members give an only client somebody to trade with."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from exchange_process import BLOCK, HOUR, ORDERS, Client, Exchange, order

DRIVEN = ("--driven", "2026-01-15T08:00:00Z", "--user", "ann:a", "--user", "bob:b")
EVERYTHING = "createdFrom=2026-01-01T00:00:00Z&limit=500"


def session(exchange: Exchange) -> list[Any]:
    """Do the same things in the same order and return everything that was seen."""
    ann, seen = exchange.client("ann"), []
    exchange.fault(kind="accepted", method="POST", path=ORDERS, after=2, seconds=30)
    exchange.fault(kind="recall", seconds=90)
    for price in (60, 80, 100, 120):
        seen.append(ann.create(order(quantity=7, price=price), order("sell", quantity=3, price=price)).body)
        exchange.advance(61)
    resting = ann.get(f"{ORDERS}?{EVERYTHING}&status=active").body
    modified = [ann.ask("PATCH", f"{ORDERS}/{entry['id']}", {"price": 90}) for entry in resting[:2]]
    seen.append([answer.headers.get("Location") for answer in modified])
    exchange.advance(1800)
    seen.append(ann.get(f"{ORDERS}?{EVERYTHING}&expandTrades=true").body)
    seen.append(ann.get(f"/api/v1/idm/trades?{EVERYTHING}").body)
    seen.append(ann.get("/api/v1/dam/results?deliveryDayFrom=2026-01-15&deliveryDayTo=2026-01-15").body)
    with ann.stream("orderbook") as stream:
        seen.append(stream.next("orderbook-snapshot"))
    return seen


def test_the_same_steps_give_the_same_ids_trades_and_books(start: Callable[..., Exchange]) -> None:
    first, second, other = (session(start(*DRIVEN, "--seed", seed)) for seed in ("7", "7", "8"))
    assert json.dumps(first) == json.dumps(second)
    assert json.dumps(first) != json.dumps(other)
    assert any(entry["trades"] for entry in first[-4])


def test_a_reset_begins_the_same_run_again(start: Callable[..., Exchange]) -> None:
    exchange = start(*DRIVEN, "--seed", "7", "--rate-limit", "500;w=10")
    with exchange.client("ann").stream() as stream:
        first = session(exchange)
        assert exchange.operator.post("/simulator/reset").status == 204
        assert stream.end()[1] == "Service interruption"
    assert json.dumps(session(exchange)) == json.dumps(first)


def test_a_driven_clock_stands_and_goes_forward_only(start: Callable[..., Exchange]) -> None:
    exchange = start(*DRIVEN, "--seed", "0")
    operator = exchange.operator
    assert operator.get("/simulator/clock").body == {"now": "2026-01-15T08:00:00Z", "driven": True}
    assert operator.post("/simulator/clock", {"now": "2026-01-15T08:00:00.250Z"}).body["now"].endswith("00.250Z")
    assert operator.post("/simulator/clock", {"now": "2026-01-15T08:00:00Z"}).status == 409
    assert operator.post("/simulator/clock", {"now": "2026-03-15T08:00:00Z"}).status == 409
    assert operator.post("/simulator/clock", {"now": "soon"}).status == 400
    assert operator.post("/simulator/clock", {"now": "2026-01-15T09:00:00Z", "advanceSeconds": 1}).status == 400
    assert exchange.client("ann").placed()["createdAt"] == "2026-01-15T08:00:00.250Z"


def test_the_machines_clock_moves_by_itself_and_cannot_be_driven(start: Callable[..., Exchange]) -> None:
    exchange = start("--user", "ann:a")
    ann = exchange.client("ann")
    assert exchange.operator.post("/simulator/clock", {"advanceSeconds": 1}).status == 409
    (period, *_) = [entry for entry in ann.get("/api/v1/idm/periods").body if entry["phase"] == "trading"]
    delivery = (period["deliveryStart"], period["deliveryEnd"])
    exchange.fault(kind="accepted", seconds=0.2)
    with ann.stream() as stream:
        assert ann.create(order(delivery=delivery, price=-9_000)).status == 202
        begun = time.monotonic()
        assert stream.actions(2) == [("added", "inactive"), ("activated", "active")]
        assert time.monotonic() - begun < 10


def levels(client: Client) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the levels of the hour's book."""
    with client.stream("orderbook") as stream:
        books = stream.next("orderbook-snapshot")["data"]
    (book,) = [entry for entry in books if entry["period"]["start"] == HOUR[0] and entry["period"]["end"] == HOUR[1]]
    return book["buyList"], book["sellList"]


def test_an_only_client_finds_counterparties_again_and_again(start: Callable[..., Exchange]) -> None:
    exchange = start(*DRIVEN, "--seed", "3")
    ann = exchange.client("ann")
    for _ in range(3):
        buys, sells = levels(ann)
        assert len(buys) == len(sells) == 3
        assert buys[0]["price"] < sells[0]["price"]
        assert ann.placed(quantity=12, price=sells[-1]["price"], indication="fok")["status"] == "matched"
        assert ann.placed("sell", quantity=1, price=buys[0]["price"], indication="fok")["status"] == "matched"
        exchange.advance(60)


def test_blocks_at_a_good_price_are_taken(start: Callable[..., Exchange]) -> None:
    exchange = start(*DRIVEN, "--seed", "3")
    ann = exchange.client("ann")
    cheap = ann.placed("sell", 5, 1, BLOCK, "block", indication="aon")["id"]
    dear = ann.placed("sell", 5, 999, BLOCK, "block", indication="aon")["id"]
    exchange.advance(60)
    assert (ann.order(cheap)["status"], ann.order(dear)["status"]) == ("matched", "active")


def test_played_members_leave_closed_periods_behind(start: Callable[..., Exchange]) -> None:
    exchange = start(*DRIVEN, "--seed", "3")
    before = exchange.operator.get("/simulator/state").body["books"]
    exchange.advance(4 * 3600)
    after = exchange.operator.get("/simulator/state").body["books"]
    assert before - after == 4 * 5  # four hours and sixteen quarters
