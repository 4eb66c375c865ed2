"""Orders as a client sees them: every kind, every step of their life, every refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from exchange_process import BLOCK, HOUR, ORDERS, Client, Exchange, codes, order


def test_the_earlier_order_sets_the_price_and_both_sides_see_the_trade(ann: Client, bob: Client) -> None:
    resting = ann.placed(direction="sell", quantity=2.5, price=49.99, clientOrderId="a-1")
    assert (resting["status"], resting["remainingQuantity"]) == ("active", 2.5)
    taken = bob.placed(direction="buy", quantity=1.2, price=60)
    assert (taken["status"], taken["realizedPriceWeighted"]) == ("matched", 49.99)
    seen = ann.order(resting["id"])
    assert (seen["status"], seen["realizedQuantity"], seen["remainingQuantity"]) == ("partiallyMatched", 1.2, 1.3)
    assert seen["trades"] == taken["trades"]
    trades = [client.get("/api/v1/idm/trades?createdFrom=2026-01-15T00:00:00Z").body for client in (ann, bob)]
    assert [(trade["direction"], trade["orderId"]) for (trade,) in trades] == [
        ("sell", resting["id"]),
        ("buy", taken["id"]),
    ]
    assert trades[0][0]["clientOrderId"] == "a-1"


def test_price_goes_before_time(ann: Client, bob: Client) -> None:
    late = [ann.placed(direction="sell", price=price)["id"] for price in (52, 50, 50, 49)]
    bob.placed(direction="buy", quantity=3, price=51)
    assert [ann.order(number)["status"] for number in late] == ["active", "matched", "matched", "matched"]
    bob.placed(direction="buy", quantity=1, price=52)
    assert ann.order(late[0])["status"] == "matched"


@pytest.mark.parametrize(
    ("indication", "quantity", "status", "realized"),
    [
        ("fok", 1.5, "canceled", 0),
        ("fok", 1, "matched", 1),
        ("ioc", 1.5, "canceled", 1),
        ("noIndication", 1.5, "partiallyMatched", 1),
        (None, 1.5, "partiallyMatched", 1),
    ],
)
def test_indications(
    ann: Client, bob: Client, indication: str | None, quantity: float, status: str, realized: float
) -> None:
    ann.placed(direction="sell", quantity=1)
    taken = bob.placed(direction="buy", quantity=quantity, indication=indication)
    assert (taken["status"], taken["realizedQuantity"]) == (status, realized)


def test_a_block_is_matched_with_blocks_of_its_period_and_all_or_none_stays_whole(ann: Client, bob: Client) -> None:
    whole = ann.placed(direction="sell", quantity=5, kind="block", delivery=BLOCK, indication="aon")
    bob.placed(direction="buy", quantity=5, price=99, delivery=HOUR)
    small = bob.placed(direction="buy", quantity=3, kind="block", delivery=BLOCK)
    assert (ann.order(whole["id"])["status"], small["status"]) == ("active", "active")
    other = bob.placed(direction="buy", quantity=2, kind="block", delivery=BLOCK)
    assert ann.order(whole["id"])["status"] == "matched"
    assert (bob.order(small["id"])["status"], other["status"]) == ("matched", "matched")


def test_an_iceberg_shows_its_peak_and_moves_by_its_delta(ann: Client, bob: Client) -> None:
    ice = ann.placed(direction="sell", quantity=3, price=50, peakQuantity=1, peakPriceDelta=0.5)
    with bob.stream("orderbook") as stream:
        assert stream.next("orderbook-snapshot")["data"][0]["sellList"] == [
            {"price": 50, "quantity": 1, "ownQuantity": 0}
        ]
        taken = bob.placed(direction="buy", quantity=1.5, price=50.5)
        assert [trade["price"] for trade in taken["trades"]] == [50, 50.5]
        assert stream.next("orderbook-change")["data"][0]["sellList"] == [
            {"price": 50.5, "quantity": 0.5, "ownQuantity": 0}
        ]
    assert ann.order(ice["id"])["realizedPriceWeighted"] == 50.17


def test_a_modification_gives_a_new_id_and_the_end_of_the_queue(ann: Client, bob: Client) -> None:
    first, second = (ann.placed(direction="sell", clientOrderId=name) for name in ("one", "two"))
    bob.placed(direction="buy", quantity=0.4)
    answer = ann.ask("PATCH", f"{ORDERS}/{first['id']}", {"note": "later"})
    assert answer.status == 204
    new = ann.get(answer.headers["Location"]).body
    old = ann.order(first["id"])
    assert (old["status"], old["realizedQuantity"], len(old["trades"])) == ("canceled", 0.4, 1)
    assert (new["previousOrderId"], new["originalOrderId"], new["clientOrderId"]) == (first["id"], first["id"], "one")
    assert (new["status"], new["quantity"], new["note"], new["trades"]) == ("active", 0.6, "later", [])
    bob.placed(direction="buy", quantity=0.6)
    assert ann.order(second["id"])["remainingQuantity"] == 0.4
    again = ann.ask("PATCH", f"{ORDERS}/{new['id']}", {"price": 51.5, "quantity": 2, "peakQuantity": 1})
    newest = ann.get(again.headers["Location"]).body
    assert (newest["previousOrderId"], newest["originalOrderId"]) == (new["id"], first["id"])
    assert (newest["price"], newest["quantity"], newest["peakQuantity"]) == (51.5, 2, 1)
    assert codes(ann.ask("PATCH", f"{ORDERS}/{new['id']}", {"price": 1})) == {"one": ["OrderStatusRule"]}


def test_a_modified_order_that_crosses_is_matched(ann: Client, bob: Client) -> None:
    bob.placed(direction="buy", price=40)
    offer = ann.placed(direction="sell", price=50)
    moved = ann.ask("PATCH", f"{ORDERS}/{offer['id']}", {"price": 39})
    assert ann.get(moved.headers["Location"]).body["realizedPriceWeighted"] == 40


def test_sleeping_waking_and_canceling(ann: Client, bob: Client) -> None:
    offer = ann.placed(direction="sell", active=False)
    assert offer["status"] == "inactive"
    assert bob.placed(direction="buy", quantity=0.5)["status"] == "active"
    steps = [
        ("deactivate", 400, "inactive"),
        ("activate", 204, "partiallyMatched"),
        ("activate", 400, "partiallyMatched"),
        ("deactivate", 204, "inactive"),
        ("activate", 204, "partiallyMatched"),
        ("cancel", 204, "canceled"),
        ("cancel", 400, "canceled"),
        ("activate", 400, "canceled"),
    ]
    for operation, status, after in steps:
        answer = ann.post(f"{ORDERS}/{offer['id']}/{operation}", {"correlationId": "x"})
        assert (answer.status, ann.order(offer["id"])["status"]) == (status, after), operation


def test_orders_expire_by_their_own_time_and_at_the_end_of_trading(exchange: Exchange, ann: Client) -> None:
    early = ann.placed(expiration="2026-01-15T08:00:10Z")
    asleep = ann.placed(active=False, expiration="2026-01-15T08:00:10Z")
    late = ann.placed(delivery=("2026-01-15T09:00:00Z", "2026-01-15T09:15:00Z"))
    exchange.advance(9.999)
    assert ann.order(early["id"])["status"] == "active"
    exchange.advance(0.001)
    assert [ann.order(entry["id"])["status"] for entry in (early, asleep)] == ["expired", "expiredInactive"]
    exchange.advance(1_850)  # what is due on the way happens at its own time
    assert ann.order(late["id"])["status"] == "expired"
    assert ann.order(late["id"])["updatedAt"] == "2026-01-15T08:30:00Z"


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"quantity": 0}, ["QuantityRule"]),
    ({"quantity": 1.25}, ["QuantityRule"]),
    ({"quantity": 999.1}, ["QuantityRule"]),
    ({"quantity": "1"}, ["QuantityRule"]),
    ({"quantity": True}, ["QuantityRule"]),
    ({"price": 10.001}, ["PriceRule"]),
    ({"price": 10_000}, ["PriceRule"]),
    ({"price": -9_999.01}, ["PriceRule"]),
    ({"direction": "up"}, ["FormatRule"]),
    ({"kind": "linked"}, ["TypeRule"]),
    ({"indication": "gtc"}, ["IndicationRule"]),
    ({"indication": "aon"}, ["IndicationRule"]),
    ({"indication": "fok", "active": False}, ["IndicationRule"]),
    ({"indication": "ioc", "expiration": "2026-01-15T18:00:00Z"}, ["IndicationRule"]),
    ({"delivery": ("2026-01-15T20:05:00Z", "2026-01-15T20:20:00Z")}, ["PeriodRule"]),
    ({"delivery": ("2026-01-15T20:00:00Z", "2026-01-15T20:45:00Z")}, ["PeriodRule"]),
    ({"delivery": ("2026-01-15T20:00:00Z", "today")}, ["PeriodRule"]),
    ({"delivery": ("2026-01-15T22:00:00Z", "2026-01-16T00:00:00Z"), "kind": "block"}, ["PeriodRule"]),
    ({"delivery": ("2026-01-16T20:00:00Z", "2026-01-16T21:00:00Z")}, ["PeriodNotOpenRule"]),
    ({"delivery": ("2026-01-15T08:30:00Z", "2026-01-15T08:45:00Z")}, ["TradingEndRule"]),
    ({"expiration": "2026-01-15T19:30:01Z"}, ["ExpTimeEndRule"]),
    ({"expiration": "2026-01-15T08:00:00Z"}, ["ExpTimePastRule"]),
    ({"peakQuantity": 1}, ["PeakQuantityRule"]),
    ({"quantity": 20, "peakQuantity": 0.1}, ["PeakQuantityRule"]),
    ({"quantity": 2, "peakQuantity": 1, "indication": "ioc"}, ["PeakQuantityRule"]),
    ({"peakPriceDelta": 1}, ["PeakPriceDeltaRule"]),
    ({"quantity": 2, "peakQuantity": 1, "peakPriceDelta": -1}, ["PeakPriceDeltaRule"]),
    ({"note": "n" * 65}, ["TextLengthRule"]),
    ({"colour": "red"}, ["FormatRule"]),
    ({"quantity": 0, "price": 10_000, "note": "n" * 65}, ["QuantityRule", "PriceRule", "TextLengthRule"]),
]  # fmt: skip


def test_every_broken_rule_is_named_with_its_order(ann: Client) -> None:
    for place, (said, expected) in enumerate(WRONG):
        answer = ann.create(order(clientOrderId=f"w{place}", **said))
        assert codes(answer) == {f"w{place}": expected}, said
        assert answer.body["orders"] == []
    assert ann.get(f"{ORDERS}?createdFrom=2026-01-01").body == []


def test_requests_that_cannot_be_read_as_a_whole(ann: Client) -> None:
    assert ann.ask("POST", ORDERS, raw="{").status == 400
    assert ann.ask("POST", ORDERS, raw='{"orders": NaN}').status == 400
    assert codes(ann.post(ORDERS, [])) == {"": ["FormatRule"]}
    assert codes(ann.post(ORDERS, {"groupIndication": "all", "orders": []})) == {"": ["FormatRule", "OrdersCountRule"]}
    assert codes(ann.create(*[order()] * 101)) == {"": ["OrdersCountRule"]}
    assert ann.ask("POST", ORDERS, raw=" " * 1_100_000).status == 413
    assert ann.get("/api/v1/idm/nothing").status == 404
    assert ann.ask("DELETE", ORDERS).status == 405


def test_a_group_is_taken_in_part_or_not_at_all(ann: Client) -> None:
    mixed = [order(clientOrderId="good"), order(clientOrderId="bad", quantity=0), order(quantity=0)]
    refused = ann.create(*mixed, group="rejectAll")
    assert codes(refused) == {"bad": ["QuantityRule"], "[2]": ["QuantityRule"]}
    assert refused.body["orders"] == []
    partly = ann.create(*mixed)
    assert codes(partly) == {"bad": ["QuantityRule"], "[2]": ["QuantityRule"]}
    assert [entry["clientOrderId"] for entry in partly.body["orders"]] == ["good"]


def test_a_used_client_id_is_refused_and_names_the_order(ann: Client, bob: Client) -> None:
    first = ann.placed(clientOrderId="k")
    again = ann.create(order(clientOrderId="k"))
    assert codes(again) == {"k": ["DuplicateClientOrderIdRule"]}
    assert again.body["errors"]["k"][0]["messageArgs"] == [first["id"]]
    assert codes(ann.create(order(clientOrderId="t"), order(clientOrderId="t"))) == {
        "t": ["DuplicateClientOrderIdRule"]
    }
    assert bob.placed(clientOrderId="k")["id"] != first["id"]


def test_client_ids_as_repeats_or_as_plain_labels(start: Callable[..., Exchange]) -> None:
    options = ("--driven", "2026-01-15T08:00:00Z", "--seed", "0", "--user", "ann:a", "--client-order-ids")
    repeating = start(*options, "repeat").client("ann")
    first = repeating.placed(clientOrderId="k")
    assert repeating.placed(clientOrderId="k")["id"] == first["id"]
    assert codes(repeating.create(order(clientOrderId="k", price=51))) == {"k": ["DuplicateClientOrderIdRule"]}
    labelling = start(*options, "ignore").client("ann")
    assert labelling.placed(clientOrderId="k")["id"] != labelling.placed(clientOrderId="k")["id"]


def test_lists_by_range_status_product_and_page(exchange: Exchange, ann: Client, bob: Client) -> None:
    quarter = ("2026-01-15T20:00:00Z", "2026-01-15T20:15:00Z")
    first = ann.placed(delivery=quarter)["id"]
    exchange.advance(60)
    second, third = ann.placed()["id"], ann.placed(active=False)["id"]
    bob.placed()

    def listed(query: str) -> list[int]:
        answer = ann.get(f"{ORDERS}?{query}")
        assert answer.status == 200, answer.body
        return [entry["id"] for entry in answer.body]

    everything = "deliveryFrom=2026-01-15T00:00:00Z"
    assert listed(everything) == [first, second, third]
    assert listed("createdFrom=2026-01-15T08:00:30Z") == [second, third]
    assert listed("createdFrom=2026-01-15T08:00:00Z&createdTo=2026-01-15T08:00:30Z") == [first]
    assert listed(f"{everything}&productType=15") == [first]
    assert listed(f"{everything}&status=inactive,matched") == [third]
    assert listed(f"{everything}&offset=1&limit=1") == [second]
    assert listed(f"{everything}&skip=2&take=5") == [third]
    assert "trades" not in ann.get(f"{ORDERS}?{everything}").body[0]
    assert ann.get(f"{ORDERS}?{everything}&expandTrades=true").body[0]["trades"] == []
    assert ann.get(ORDERS).status == 400
    assert codes(ann.get(f"{ORDERS}?{everything}&status=dead&limit=x&productType=7")) == {"": ["FormatRule"] * 3}


def test_nobody_sees_or_touches_orders_of_others(ann: Client, bob: Client) -> None:
    mine = ann.placed()["id"]
    assert bob.get(f"{ORDERS}/{mine}").status == 404
    assert bob.post(f"{ORDERS}/{mine}/cancel").status == 404
    assert bob.ask("PATCH", f"{ORDERS}/{mine}", {"price": 1}).status == 404
    assert ann.post(f"{ORDERS}/{mine}/burn").status == 404


def test_logins(exchange: Exchange, ann: Client) -> None:
    for stranger in (exchange.client("ann", "wrong"), exchange.client("eve")):
        answer = stranger.get("/api/v1/idm/market-status")
        assert (answer.status, "WWW-Authenticate" in answer.headers) == (401, True)
    assert ann.get("/simulator/state").status == 403
    assert exchange.operator.get("/api/v1/idm/market-status").status == 403


def test_periods_and_their_phases(exchange: Exchange, ann: Client) -> None:
    periods = ann.get("/api/v1/idm/periods?productType=60").body
    assert len(periods) == 48
    shown = {entry["deliveryStart"]: entry for entry in periods}
    assert shown["2026-01-15T08:00:00Z"]["phase"] == "closed"
    assert shown["2026-01-15T09:00:00Z"]["phase"] == "trading"
    tomorrow = shown["2026-01-15T23:00:00Z"]
    assert (tomorrow["phase"], tomorrow["opens"]) == ("notOpened", "2026-01-15T14:00:00Z")
    assert tomorrow["tradingEnd"] == "2026-01-15T22:30:00Z"
    exchange.advance(6 * 3600)
    ann.placed(delivery=("2026-01-15T23:00:00Z", "2026-01-16T00:00:00Z"))


def test_a_halted_market_takes_no_orders_but_lets_members_leave(exchange: Exchange, ann: Client) -> None:
    resting, asleep = ann.placed()["id"], ann.placed(active=False)["id"]
    assert exchange.operator.post("/simulator/market-status", {"tradingStatus": "xbidHalt"}).status == 204
    assert ann.get("/api/v1/idm/market-status").body == {
        "systemTime": "2026-01-15T08:00:00Z",
        "tradeDay": "2026-01-15",
        "tradingStatus": "xbidHalt",
    }
    assert codes(ann.create(order(clientOrderId="n"))) == {"n": ["MarketStatusRule"]}
    assert codes(ann.post(f"{ORDERS}/{asleep}/activate")) == {str(asleep): ["MarketStatusRule"]}
    assert codes(ann.ask("PATCH", f"{ORDERS}/{resting}", {"price": 1})) == {str(resting): ["MarketStatusRule"]}
    assert ann.post(f"{ORDERS}/{resting}/deactivate").status == 204
    assert ann.post(f"{ORDERS}/{resting}/cancel").status == 204


def test_the_limit_of_requests_is_told_and_kept(start: Callable[..., Exchange]) -> None:
    exchange = start("--driven", "2026-01-15T08:00:00Z", "--user", "ann:a", "--user", "bob:b", "--rate-limit", "3;w=10")
    ann = exchange.client("ann")
    seen = [ann.get("/api/v1/idm/market-status") for _ in range(4)]
    assert [answer.status for answer in seen] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in seen] == ["2", "1", "0", "0"]
    assert {answer.headers["X-RateLimit-Policy"] for answer in seen} == {"3;w=10"}
    assert (seen[3].headers["X-RateLimit-Limit"], seen[3].headers["X-RateLimit-Reset"]) == ("3", "10")
    assert exchange.client("bob").get("/api/v1/idm/market-status").status == 200
    exchange.advance(9.5)
    assert ann.get("/api/v1/idm/market-status").headers["X-RateLimit-Reset"] == "1"
    exchange.advance(0.5)
    assert ann.get("/api/v1/idm/market-status").status == 200


def test_capacities_to_neighbours(exchange: Exchange, ann: Client) -> None:
    change = {"countryCode": "AT", "availableCapacityIn": 7, "availableCapacityOut": 9}
    assert exchange.operator.post("/simulator/hub-to-hub", change).status == 204
    shown = ann.get("/api/v1/idm/hub-to-hub?countryCodes=AT&deliveryFrom=2026-01-15T22:00:00Z").body
    assert [(entry["availableCapacityIn"], entry["availableCapacityOut"]) for entry in shown] == [(7, 9)]
