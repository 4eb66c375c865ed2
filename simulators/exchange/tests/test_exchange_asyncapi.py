"""The AsyncAPI document and the WebSocket say the same: every type of message, and each one of a busy session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from exchange_process import BLOCK, Client, Exchange, Stream, order
from jsonschema import Draft7Validator

from flexbourse_exchange_simulator import stream, streaming

FOLDER = files("flexbourse_exchange_simulator")
DOCUMENT = json.loads((FOLDER / "asyncapi.json").read_text())
MESSAGES = DOCUMENT["components"]["messages"]
SPECIFICATION = Path(__file__).parents[3] / "tools/npm/node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
TOLD = {
    "orderbook-snapshot", "orderbook-change", "order-change", "order-detail", "order-error", "hubtohub-snapshot",
    "hubtohub-change", "marketstatus", "ratelimit-error", "trade-recall",
}  # fmt: skip


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def resolved(part: Any, beside: str = "asyncapi.json") -> Any:
    """Return a part with what it refers to in its place."""
    if isinstance(part, list):
        return [resolved(one, beside) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name, _, path = part["$ref"].partition("#/")
        file = name or beside
        found = json.loads((FOLDER / file).read_text())
        for step in path.split("/"):
            found = found[step]
        return resolved(found, file)
    return {key: resolved(value, beside) for key, value in part.items()}


def validator(direction: str, kind: str) -> Draft7Validator:
    return Draft7Validator(resolved(MESSAGES[f"{direction}-{kind}"]["payload"]))


def test_the_document_is_one_of_asyncapi_3() -> None:
    problems = [error.message for error in Draft7Validator(json.loads(SPECIFICATION.read_text())).iter_errors(DOCUMENT)]
    assert problems == []


def test_every_reference_leads_somewhere() -> None:
    assert set(references(resolved(DOCUMENT))) == set()
    for name, message in MESSAGES.items():
        Draft7Validator.check_schema(resolved(message["payload"]))
        assert name.partition("-")[2] == message["name"]


def test_the_document_names_every_message_and_no_other() -> None:
    operations = DOCUMENT["operations"]
    told, asked = ([entry["$ref"].rpartition("/")[2] for entry in operations[o]["messages"]] for o in ("tell", "obey"))
    assert set(told) == {f"told-{kind}" for kind in TOLD}
    assert set(asked) == {f"asked-{kind}" for kind in streaming._REQUESTS}
    assert set(DOCUMENT["channels"]["intraday"]["messages"]) == set(MESSAGES) == {*told, *asked}


def test_the_document_names_every_topic() -> None:
    query = DOCUMENT["channels"]["intraday"]["bindings"]["ws"]["query"]["properties"]
    assert all(topic in query["topics"]["description"] for topic in stream.TOPICS)
    assert query["orderbookfrequency"]["maximum"] == stream.MAX_FREQUENCY_MS


class Session:
    """A stream whose messages, both ways, are held against the document."""

    def __init__(self, open_stream: Stream) -> None:
        self._stream = open_stream
        self.seen: set[str] = set()

    def ask(self, kind: str, payload: Any = None) -> None:
        validator("asked", kind).validate({"type": kind, "payload": payload})
        self._stream.send(kind, payload)

    def hear(self, until: str) -> Any:
        """Take messages until one of a type has come; returns its payload."""
        while True:
            message = json.loads(self._stream.socket.recv(timeout=60))
            assert message["type"] in TOLD
            validator("told", message["type"]).validate(message)
            self.seen.add(message["type"])
            if message["type"] == until:
                return message["payload"]


def busy(exchange: Exchange, ann: Client, bob: Client, session: Session) -> None:
    """Ask for everything once, and let everything be told."""
    for kind in ("orderbook-snapshot", "hubtohub-snapshot", "marketstatus"):
        session.hear(kind)
    sent = {"correlationId": "c", "groupIndication": "rejectAll", "orders": [order(direction="sell", quantity=2)]}
    session.ask("orders-create", sent)
    mine = session.hear("order-change")["id"]
    bob.placed(direction="buy", quantity=0.5)
    bob.placed(kind="block", delivery=BLOCK)
    session.ask("order-modify", {"id": mine, "correlationId": "m", "price": 51.0})
    while (change := session.hear("order-change"))["id"] == mine:
        pass
    for kind in ("order-deactivate", "order-activate", "order-detail", "order-cancel", "order-cancel"):
        session.ask(kind, {"id": change["id"], "correlationId": kind})
    session.hear("order-detail")
    session.hear("order-error")
    for kind in ("orderbook-snapshot", "orderbook-snapshot-request"):
        session.ask(kind)
        session.hear("orderbook-snapshot")
    session.ask("hubtohub-snapshot")
    session.hear("hubtohub-snapshot")
    trade = ann.get("/api/v1/idm/trades?createdFrom=2026-01-01").body[0]["id"]
    assert exchange.operator.post(f"/simulator/trades/{trade}/recall").status == 204
    session.hear("trade-recall")
    exchange.operator.post("/simulator/market-status", {"tradingStatus": "xbidHalt"})
    session.hear("marketstatus")
    capacity = {"countryCode": "CZ", "availableCapacityIn": 1, "availableCapacityOut": 2}
    exchange.operator.post("/simulator/hub-to-hub", capacity)
    session.hear("hubtohub-change")


def test_messages_are_as_the_document_says(exchange: Exchange) -> None:
    ann, bob = exchange.client("ann"), exchange.client("bob")
    with ann.stream("all") as open_stream:
        session = Session(open_stream)
        busy(exchange, ann, bob, session)
    assert session.seen == TOLD - {"ratelimit-error"}


def test_a_message_beyond_the_limit_is_as_the_document_says(start: Any) -> None:
    limited = start("--driven", "2026-01-15T08:00:00Z", "--user", "ann:a", "--rate-limit", "1;w=10")
    with limited.client("ann").stream("orders") as open_stream:
        session = Session(open_stream)
        session.ask("hubtohub-snapshot")
        session.ask("hubtohub-snapshot")
        session.hear("ratelimit-error")


@pytest.mark.parametrize("kind", ["orders-create", "order-modify", "order-cancel"])
def test_requests_with_unknown_fields_are_no_requests_of_the_document(kind: str) -> None:
    assert not validator("asked", kind).is_valid({"type": kind, "payload": {"colour": "red"}})
    assert not validator("asked", kind).is_valid({"type": "another", "payload": {}})


def test_the_document_is_served_to_everybody(exchange: Exchange) -> None:
    assert exchange.client("nobody").get("/asyncapi.json").body == DOCUMENT
