"""What goes wrong on purpose: each fault by script, as a client suffers it."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_process import ORDERS, Client, Exchange, codes, order

CREATED = f"{ORDERS}?createdFrom=2026-01-15T00:00:00Z"
CUT = (ConnectionError, http.client.HTTPException)


def test_still_processing_is_finished_later_by_the_exchanges_clock(exchange: Exchange, ann: Client) -> None:
    exchange.fault(kind="accepted", method="POST", path=ORDERS, seconds=5)
    with ann.stream() as stream:
        answer = ann.create(order(clientOrderId="p"))
        assert (answer.status, answer.body) == (202, {"correlationId": "c"})
        assert "Location" not in answer.headers
        (pending,) = ann.get(CREATED).body
        assert (pending["status"], pending["isPending"], pending["clientOrderId"]) == ("inactive", True, "p")
        assert codes(ann.post(f"{ORDERS}/{pending['id']}/cancel")) == {"p": ["OrderPendingRule"]}
        exchange.advance(5)
        assert stream.actions(2) == [("added", "inactive"), ("activated", "active")]
    assert ann.get(CREATED).body[0]["isPending"] is False


def test_what_is_still_processed_does_not_wake_up_for_a_member_who_is_gone(exchange: Exchange, ann: Client) -> None:
    exchange.fault(kind="accepted", method="POST", path=ORDERS, seconds=5)
    with ann.stream():
        assert ann.create(order()).status == 202
    while exchange.operator.get("/simulator/state").body["streams"]:
        pass
    exchange.advance(5)
    (settled,) = ann.get(CREATED).body
    assert (settled["status"], settled["isPending"]) == ("inactive", False)


def test_still_processing_may_end_in_a_refusal(exchange: Exchange, ann: Client) -> None:
    exchange.fault(kind="accepted", seconds=1, outcome="rejected")
    with ann.stream() as stream:
        assert ann.create(order(clientOrderId="p")).status == 202
        exchange.advance(1)
        assert stream.actions(2) == [("added", "inactive"), ("removed", "canceled")]
        error = stream.next("order-error")
        assert (error["correlationId"], list(error["errors"])) == ("c", ["p"])


@pytest.mark.parametrize("operation", ["cancel", "deactivate", "modify"])
def test_an_operation_that_is_still_processed_may_come_too_late(
    exchange: Exchange, ann: Client, bob: Client, operation: str
) -> None:
    offer = ann.placed(direction="sell", clientOrderId="o")["id"]
    exchange.fault(kind="accepted", path=f"{ORDERS}/{offer}", seconds=2, times=2)

    def ask() -> int:
        if operation == "modify":
            return ann.ask("PATCH", f"{ORDERS}/{offer}", {"price": 60}).status
        return ann.post(f"{ORDERS}/{offer}/{operation}").status

    with ann.stream() as stream:
        assert ask() == 202
        assert stream.next("order-change")["isPending"] is True
        bob.placed(direction="buy", price=50)
        assert stream.next("order-change")["action"] == "matched"
        exchange.advance(2)
        settled = stream.next("order-change")
        assert (settled["status"], settled["isPending"]) == ("matched", False)
        assert [problem["code"] for problem in stream.next("order-error")["errors"]["o"]] == ["OrderStatusRule"]


def test_a_modification_that_is_still_processed_gives_its_id_over_the_stream(exchange: Exchange, ann: Client) -> None:
    offer = ann.placed()["id"]
    exchange.fault(kind="accepted", method="PATCH", seconds=2)
    with ann.stream() as stream:
        assert ann.ask("PATCH", f"{ORDERS}/{offer}", {"price": 60}).status == 202
        exchange.advance(2)
        changes = [stream.next("order-change") for _ in range(4)]
    assert [change["action"] for change in changes] == ["changed", "removed", "added", "activated"]
    assert (changes[2]["previousOrderId"], changes[2]["price"]) == (offer, 60)


@pytest.mark.parametrize(("kind", "orders"), [("drop", 0), ("swallow", 1)])
def test_the_connection_ends_before_or_after_the_deed(exchange: Exchange, ann: Client, kind: str, orders: int) -> None:
    exchange.fault(kind=kind, method="POST", path=ORDERS)
    with pytest.raises(CUT):
        ann.create(order(clientOrderId="x"))
    assert len(ann.get(CREATED).body) == orders
    again = ann.create(order(clientOrderId="x"))
    assert again.status == (400 if orders else 201)
    assert len(ann.get(CREATED).body) == 1


@pytest.mark.parametrize(("kind", "orders"), [("error", 0), ("error-after", 1)])
def test_errors_before_and_after_the_deed(exchange: Exchange, ann: Client, kind: str, orders: int) -> None:
    exchange.fault(kind=kind, user="ann")
    assert ann.create(order()).status == 500
    assert len(ann.get(CREATED).body) == orders


def test_a_late_answer_is_late(exchange: Exchange, ann: Client) -> None:
    exchange.fault(kind="delay", method="POST", seconds=0.3)
    begun = time.monotonic()
    assert ann.create(order()).status == 201
    assert time.monotonic() - begun >= 0.3


def test_a_burst_of_refusals_for_too_many_requests(exchange: Exchange, ann: Client, bob: Client) -> None:
    exchange.fault(kind="rate-limit", user="ann", after=1, times=2, seconds=3)
    assert [ann.get("/api/v1/idm/market-status").status for _ in range(4)] == [200, 429, 429, 200]
    assert bob.get("/api/v1/idm/market-status").status == 200


def test_the_headers_of_a_scripted_refusal(start: Callable[..., Exchange]) -> None:
    exchange = start("--driven", "2026-01-15T08:00:00Z", "--seed", "0", "--user", "ann:a", "--rate-limit", "50;w=10")
    exchange.fault(kind="rate-limit", seconds=3)
    headers = exchange.client("ann").get("/api/v1/idm/market-status").headers
    assert headers["X-RateLimit-Policy"] == "50;w=10"


def test_an_outage_answers_nobody_until_it_is_over(exchange: Exchange, ann: Client) -> None:
    mine = ann.placed()["id"]
    with ann.stream() as stream:
        assert exchange.operator.post("/simulator/outage", {"seconds": 30}).status == 204
        assert stream.end()[1] == "Service interruption"
    with pytest.raises(CUT):
        ann.get(CREATED)
    exchange.advance(29.9)
    with pytest.raises(CUT):
        ann.get(CREATED)
    exchange.advance(0.1)
    assert ann.order(mine)["status"] == "inactive"


def test_an_outage_that_begins_with_a_request(exchange: Exchange, ann: Client) -> None:
    exchange.fault(kind="outage", method="POST", seconds=1)
    with pytest.raises(CUT):
        ann.create(order())
    with pytest.raises(CUT):
        ann.get(CREATED)
    exchange.advance(1)
    assert ann.get(CREATED).body == []


def test_messages_twice_never_in_another_order_and_none_at_all(exchange: Exchange, ann: Client) -> None:
    for kind in ("duplicate", "lose", "reorder"):
        exchange.fault(kind=kind, user="ann", message="order-change")
    with ann.stream() as stream:
        ann.placed(price=1)
        ann.placed(price=2)
        seen = [stream.next("order-change") for _ in range(4)]
    assert [(change["price"], change["action"]) for change in seen] == [
        (1, "added"),
        (1, "added"),  # twice; its "activated" is lost
        (2, "activated"),
        (2, "added"),
    ]


def test_a_stream_that_breaks_in_the_middle_of_a_message(exchange: Exchange, ann: Client) -> None:
    exchange.fault(kind="disconnect", message="order-change", after=1)
    with ann.stream() as stream:
        ann.placed()
        assert stream.actions(1) == [("added", "inactive")]
        assert stream.end()[1] == "disconnected"


def test_the_second_trade_is_recalled_after_a_while(exchange: Exchange, ann: Client, bob: Client) -> None:
    exchange.fault(kind="recall", user="ann", after=1, seconds=60)
    for _ in range(3):
        ann.placed(direction="sell")
        bob.placed(direction="buy")
    exchange.advance(60)
    listed = ann.get("/api/v1/idm/trades?createdFrom=2026-01-15T00:00:00Z").body
    assert [trade["status"] for trade in listed] == ["completed", "recalled", "completed"]


def test_the_script_is_listed_counted_and_forgotten(exchange: Exchange, ann: Client) -> None:
    exchange.fault(kind="error", after=1)
    ann.get(CREATED)
    (listed,) = exchange.operator.get("/simulator/faults").body["faults"]
    assert (listed["kind"], listed["hits"]) == ("error", 1)
    assert exchange.operator.ask("DELETE", "/simulator/faults").status == 204
    assert ann.get(CREATED).status == 200


def test_everything_that_is_wrong_with_a_script_is_told(exchange: Exchange) -> None:
    wrong = [{"kind": "fire"}, {"kind": "drop", "times": 0, "seconds": -1, "colour": 1, "path": 3}, "drop"]
    answer = exchange.operator.post("/simulator/faults", {"faults": wrong})
    assert answer.status == 400
    assert [problem.split(":")[0] for problem in answer.body["problems"]] == [
        "faults[0].kind",
        "faults[1].colour",
        "faults[1].path",
        "faults[1].times",
        "faults[1].seconds",
        "faults[2] must be an object",
    ]
    assert exchange.operator.post("/simulator/faults", {}).status == 400


def test_faults_and_orders_by_file(start: Callable[..., Exchange], tmp_path: Path) -> None:
    script = tmp_path / "exchange.toml"
    script.write_text("""
driven_from = "2026-01-15T08:00:00Z"
[liquidity]
seed = 0
[[users]]
name = "ann"
password = "a"
[[users]]
name = "operator"
password = "operator"
operator = true
[[orders]]
at = "2026-01-15T08:00:01Z"
user = "somebody"
type = "simple"
direction = "sell"
deliveryStart = "2026-01-15T20:00:00Z"
deliveryEnd = "2026-01-15T21:00:00Z"
quantity = 1.5
price = 20.25
[[faults]]
kind = "error"
method = "PATCH"
seconds = 0.5
""")
    exchange = start("--config", str(script), "--rate-limit", "none")
    ann = exchange.client("ann")
    assert ann.placed(quantity=1)["status"] == "active"
    exchange.advance(1)
    (mine,) = ann.get(CREATED).body
    assert (mine["status"], mine["realizedPriceWeighted"]) == ("matched", 50)
    assert ann.ask("PATCH", f"{ORDERS}/{mine['id']}", {"price": 1}).status == 500
