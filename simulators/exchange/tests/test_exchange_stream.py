"""WebSockets as a client sees them: the order book and its sequence, own orders, what happens when they break off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_process import BLOCK, HOUR, ORDERS, Client, Exchange, order
from websockets.exceptions import InvalidStatus


def eventually(ann: Client, order_id: int, status: str) -> None:
    """Ask until an order has a status: the end of a connection is noticed a moment later."""
    for _ in range(200):
        if ann.order(order_id)["status"] == status:
            return
    raise AssertionError(f"order {order_id} did not become {status}")


def test_a_new_stream_is_told_the_present_state_of_each_topic(ann: Client) -> None:
    ann.placed(direction="sell", quantity=1.5)
    with ann.stream("all") as stream:
        book = stream.next("orderbook-snapshot")
        assert len(stream.next("hubtohub-snapshot")["list"]) > 0
        assert stream.next("marketstatus")["tradingStatus"] == "xbidOk"
    assert (book["seqNo"], book["timeDelta"]) == (1, 0)
    (entry,) = book["data"]
    assert entry["period"] == {
        "start": HOUR[0],
        "end": HOUR[1],
        "isBlock": False,
        "tradingEnd": "2026-01-15T19:30:00Z",
    }
    assert entry["sellList"] == [{"price": 50, "quantity": 1.5, "ownQuantity": 1.5}]
    assert entry["ownStatistics"]["sell"] == {"quantity": 0, "remainingQuantity": 1.5, "weigtedAveragePrice": None}


def test_changes_of_the_book_are_numbered_and_tell_whole_periods(exchange: Exchange, ann: Client, bob: Client) -> None:
    with ann.stream("orderbook") as stream:
        assert stream.next("orderbook-snapshot")["data"] == []
        bob.placed(direction="sell", quantity=2)
        exchange.advance(1.5)
        ann.placed(direction="buy", quantity=0.5)
        bob.placed(kind="block", delivery=BLOCK, indication="aon")
        first, second, third = (stream.next("orderbook-change") for _ in range(3))
    assert [entry["seqNo"] for entry in (first, second, third)] == [2, 3, 4]
    assert (second["timeDelta"], third["timeDelta"]) == (1500, 0)
    (level,) = second["data"][0]["sellList"]
    assert level == {"price": 50, "quantity": 1.5, "ownQuantity": 0}
    assert second["data"][0]["statistics"]["lastPrice"] == 50
    assert second["data"][0]["ownStatistics"]["buy"]["quantity"] == 0.5
    assert third["data"][0]["blockOrders"] == [{"price": 50, "quantity": 1, "direction": "buy"}]


def test_a_client_may_have_changes_gathered(exchange: Exchange, ann: Client, bob: Client) -> None:
    with ann.stream("orderbook", frequency=500) as stream:
        stream.next("orderbook-snapshot")
        for price in (40, 41, 42):
            bob.placed(price=price)
        exchange.advance(0.5)
        change = stream.next("orderbook-change")
        assert (change["seqNo"], len(change["data"][0]["buyList"])) == (2, 3)


def test_a_gap_is_seen_and_healed_by_a_snapshot(exchange: Exchange, ann: Client, bob: Client) -> None:
    exchange.fault(kind="skip-sequence", message="orderbook-change", after=1)
    with ann.stream("orderbook") as stream:
        expected = stream.next("orderbook-snapshot")["seqNo"] + 1
        for price in (40, 41, 42):
            bob.placed(price=price)
        assert stream.next("orderbook-change")["seqNo"] == expected
        late = stream.next("orderbook-change")
        assert late["seqNo"] == expected + 2
        for request in ("orderbook-snapshot", "orderbook-snapshot-request"):
            stream.send(request)
            book = stream.next("orderbook-snapshot")
            assert [level["price"] for level in book["data"][0]["buyList"]] == [42, 41, 40]
        bob.placed(price=43)
        assert stream.next("orderbook-change")["seqNo"] == book["seqNo"] + 1


def test_own_orders_are_told_step_by_step_and_others_are_not(ann: Client, bob: Client) -> None:
    with ann.stream() as stream, bob.stream() as other:
        offer = ann.placed(direction="sell", quantity=2, clientOrderId="s")
        added = stream.next("order-change")
        assert (added["action"], added["status"], added["isPending"]) == ("added", "inactive", True)
        assert (added["clientOrderId"], added["correlationId"], added["createdBy"]) == ("s", "c", "ann")
        assert stream.actions(1) == [("activated", "active")]
        bob.placed(direction="buy", quantity=0.5)
        matched = stream.next("order-change")
        assert (matched["action"], matched["remainingQuantity"], matched["correlationId"]) == ("matched", 1.5, None)
        assert [trade["quantity"] for trade in matched["trades"]] == [0.5]
        ann.ask("PATCH", f"{ORDERS}/{offer['id']}", {"price": 51})
        old, new, active = (stream.next("order-change") for _ in range(3))
        assert (old["id"], old["action"], old["status"]) == (offer["id"], "removed", "canceled")
        assert (new["action"], new["previousOrderId"], new["clientOrderId"]) == ("added", offer["id"], "s")
        assert active["action"] == "activated"
        ann.post(f"{ORDERS}/{new['id']}/deactivate")
        ann.post(f"{ORDERS}/{new['id']}/cancel")
        assert stream.actions(2) == [("deactivated", "inactive"), ("canceled", "canceled")]
        assert other.actions(3) == [("added", "inactive"), ("activated", "active"), ("matched", "matched")]


def test_fill_or_kill_is_told_as_canceled(ann: Client) -> None:
    with ann.stream() as stream:
        ann.placed(indication="fok")
        assert stream.actions(3) == [("added", "inactive"), ("activated", "active"), ("canceled", "canceled")]


def test_orders_over_the_stream(ann: Client) -> None:
    with ann.stream() as stream:
        request = {"correlationId": "ws", "groupIndication": "rejectAll", "orders": [order(clientOrderId="w")]}
        stream.send("orders-create", request)
        created = stream.next("order-change")
        assert created["correlationId"] == "ws"
        stream.next("order-change")
        stream.send("order-modify", {"id": created["id"], "price": 49, "correlationId": "m"})
        assert [entry[0] for entry in stream.actions(2)] == ["removed", "added"]
        new = stream.next("order-change")["id"]
        stream.send("order-deactivate", {"id": new})
        stream.send("order-activate", {"id": new})
        stream.send("order-cancel", {"id": new})
        assert [entry[0] for entry in stream.actions(3)] == ["deactivated", "activated", "canceled"]
        stream.send("order-detail", {"id": new})
        assert stream.next("order-detail") == ann.order(new)


def test_refusals_over_the_stream(ann: Client) -> None:
    with ann.stream() as stream:
        late = {**order(clientOrderId="l"), "expiration": "2026-01-15T20:00:00Z"}
        stream.send("orders-create", {"correlationId": "tst", "groupIndication": "rejectAll", "orders": [late]})
        error = stream.next("order-error")
        assert (error["correlationId"], error["code"]) == ("tst", "ValidationProblem")
        assert [problem["code"] for problem in error["errors"]["l"]] == ["ExpTimeEndRule"]
        stream.send("orders-create", {"orders": []})
        assert set(stream.next("order-error")["errors"]) == {""}
        stream.send("order-cancel", {"id": 1})
        assert set(stream.next("order-error")["errors"]) == {"1"}


@pytest.mark.parametrize("text", ['{"type": "order-burn"}', "[]", "no JSON", '{"type": ["x"]}'])
def test_a_message_of_an_unknown_type_ends_the_connection(ann: Client, text: str) -> None:
    with ann.stream() as stream:
        stream.socket.send(text)
        assert stream.end() == (1001, "Invalid message type")


def test_the_limit_of_requests_holds_for_messages_too(start: Callable[..., Exchange]) -> None:
    exchange = start("--driven", "2026-01-15T08:00:00Z", "--seed", "0", "--user", "ann:a", "--rate-limit", "2;w=10")
    with exchange.client("ann").stream("orderbook") as stream:
        stream.next("orderbook-snapshot")
        stream.send("orderbook-snapshot")
        stream.next("orderbook-snapshot")
        stream.send("orderbook-snapshot")
        assert stream.next("ratelimit-error") == {"policy": "2;w=10", "reset": 10}


def test_orders_sleep_when_their_members_last_stream_of_orders_breaks(ann: Client, bob: Client) -> None:
    mine, theirs = ann.placed(price=40)["id"], bob.placed(price=40)["id"]
    with ann.stream("orders") as last:
        with ann.stream("orders") as first:
            first.socket.socket.close()  # no farewell
        ann.get("/api/v1/idm/market-status")
        assert ann.order(mine)["status"] == "active"
        last.socket.close()
    eventually(ann, mine, "inactive")
    assert bob.order(theirs)["status"] == "active"
    assert ann.post(f"{ORDERS}/{mine}/activate").status == 204


def test_the_end_of_another_topics_stream_changes_nothing(exchange: Exchange, ann: Client) -> None:
    mine = ann.placed()["id"]
    with ann.stream("orderbook"):
        assert exchange.operator.get("/simulator/state").body["streams"] == 1
    while exchange.operator.get("/simulator/state").body["streams"]:
        pass
    assert ann.order(mine)["status"] == "active"


def test_a_member_may_want_his_orders_to_stay(start: Callable[..., Exchange]) -> None:
    exchange = start("--driven", "2026-01-15T08:00:00Z", "--seed", "0", "--user", "ann:a", "--stay-active")
    ann = exchange.client("ann")
    mine = ann.placed()["id"]
    with ann.stream("orders"):
        pass
    while exchange.operator.get("/simulator/state").body["streams"]:
        pass
    assert ann.order(mine)["status"] == "active"


def test_a_recalled_trade_is_told_to_both_sides_and_counts_no_longer(
    exchange: Exchange, ann: Client, bob: Client
) -> None:
    whole = ann.placed(direction="sell", quantity=1)
    partly = bob.placed(direction="buy", quantity=1.5)
    (trade,) = partly["trades"]
    with ann.stream() as seller, bob.stream() as buyer:
        assert exchange.operator.post(f"/simulator/trades/{trade['id']}/recall").status == 204
        changes = {}
        for name, stream in (("seller", seller), ("buyer", buyer)):
            changes[name] = stream.next("order-change")
            recall = stream.next("trade-recall")
            assert (recall["id"], recall["status"], recall["orderId"]) == (trade["id"], "recalled", changes[name]["id"])
            assert recall["recalledAt"] == "2026-01-15T08:00:00Z"
        assert [changes[name]["action"] for name in changes] == ["changed", "changed"]
        assert (changes["seller"]["status"], changes["seller"]["realizedQuantity"]) == ("canceled", 0)
        after = bob.order(partly["id"])
        assert ann.placed(direction="sell", quantity=0.5)["status"] == "matched"  # the rest goes on
    assert (after["status"], after["realizedQuantity"], after["remainingQuantity"]) == ("active", 0, 0.5)
    assert [entry["status"] for entry in after["trades"]] == ["recalled"]
    listed = ann.get("/api/v1/idm/trades?updatedFrom=2026-01-15T00:00:00Z").body
    assert [(entry["id"], entry["orderId"], entry["status"]) for entry in listed[:1]] == [
        (trade["id"], whole["id"], "recalled")
    ]
    assert exchange.operator.post("/simulator/trades/1/recall").status == 404


def test_status_and_capacities_are_told(exchange: Exchange, ann: Client) -> None:
    with ann.stream("marketstatus,hubtohub") as stream:
        stream.next("hubtohub-snapshot")
        stream.next("marketstatus")
        exchange.operator.post("/simulator/market-status", {"tradingStatus": "localOff"})
        assert stream.next("marketstatus")["tradingStatus"] == "localOff"
        change = {"countryCode": "CZ", "availableCapacityIn": 1, "availableCapacityOut": 2}
        exchange.operator.post("/simulator/hub-to-hub", change)
        assert {entry["countryCode"] for entry in stream.next("hubtohub-change")["list"]} == {"CZ"}
        stream.send("hubtohub-snapshot")
        assert len(stream.next("hubtohub-snapshot")["list"]) > 0


@pytest.mark.parametrize(("topics", "frequency"), [("orders,news", 0), ("orders", 60_001)])
def test_streams_of_unknown_topics_are_refused(ann: Client, topics: str, frequency: int) -> None:
    with pytest.raises(InvalidStatus) as refused, ann.stream(topics, frequency):
        pass
    assert refused.value.response.status_code == 400


def test_who_reads_too_slowly_is_disconnected(start: Callable[..., Exchange], tmp_path: Path) -> None:
    settings = tmp_path / "exchange.toml"
    settings.write_text("[server]\nwaiting_messages = 50\n[liquidity]\nseed = 0\n")
    ann = start("--config", str(settings), "--driven", "2026-01-15T08:00:00Z", "--user", "ann:a").client("ann")
    with ann.stream() as stream:
        assert ann.create(*[order(active=False)] * 100).status == 201
        assert stream.end()[1] == "Message processing delays"
