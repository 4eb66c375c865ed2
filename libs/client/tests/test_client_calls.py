"""The client against a server that fails on purpose: what is repeated, with which id, and what is raised."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from flexbourse.common.v1 import common_pb2, common_pb2_grpc
from flexbourse.orderbook.v1 import orderbook_pb2, orderbook_pb2_grpc
from flexbourse.registry.v1 import registry_pb2, registry_pb2_grpc
from flexbourse_client import connection, resuming
from flexbourse_client.aio import AsyncClient
from flexbourse_client.client import Client
from flexbourse_client.connection import MAX_ATTEMPTS, Endpoints
from flexbourse_client.errors import NotAuthenticatedError, NotDecidedError, RefusedError
from flexbourse_client.login import Credentials


class Issuer(BaseHTTPRequestHandler):
    issued = 0
    code = 200

    def do_POST(self) -> None:
        type(self).issued += 1
        body = json.dumps({"access_token": f"token-{self.issued}", "expires_in": 300}).encode()
        self.send_response(self.code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name given by the base class
        pass


def abort(context: grpc.ServicerContext, code: int, reason: str, *details: Any) -> None:
    status = status_pb2.Status(code=code, message=reason)
    for detail in (error_details_pb2.ErrorInfo(reason=reason, domain="flexbourse"), *details):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    context.abort_with_status(rpc_status.to_status(status))


class Platform(
    orderbook_pb2_grpc.OrderBookServiceServicer,
    registry_pb2_grpc.RegistryServiceServicer,
    common_pb2_grpc.AnswerServiceServicer,
):
    """Fails as often as told, then answers."""

    def __init__(self) -> None:
        self.failures: list[Callable[[grpc.ServicerContext], None]] = []
        self.requests: list[Any] = []
        self.metadata: list[dict[str, str]] = []
        self.events: list[list[int]] = []

    def _take(self, request: Any, context: grpc.ServicerContext) -> None:
        self.requests.append(request)
        self.metadata.append({str(key): str(value) for key, value in context.invocation_metadata()})
        if self.failures:
            self.failures.pop(0)(context)

    def SubmitOrders(self, request: Any, context: grpc.ServicerContext) -> orderbook_pb2.SubmitOrdersResponse:
        self._take(request, context)
        receipt = common_pb2.CommandReceipt(command_id=request.command_id)
        return orderbook_pb2.SubmitOrdersResponse(receipt=receipt)

    def StreamEvents(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        self._take(request, context)
        for offset in self.events.pop(0) if self.events else ():
            yield orderbook_pb2.StreamEventsResponse(offset=offset)
        if self.events:
            context.abort(grpc.StatusCode.UNAVAILABLE, "broken")

    def ListEntities(self, request: Any, context: grpc.ServicerContext) -> registry_pb2.ListEntitiesResponse:
        self._take(request, context)
        names = {"": ("a", "b"), "b": ("c", "")}[request.page_token]
        entity = registry_pb2.Entity(unit=registry_pb2.Unit(unit_id=names[0]))
        return registry_pb2.ListEntitiesResponse(
            states=[registry_pb2.EntityState(entity=entity)], next_page_token=names[1]
        )

    def GetAnswers(self, request: Any, context: grpc.ServicerContext) -> common_pb2.GetAnswersResponse:
        self._take(request, context)
        known = [name for name in request.command_ids if name.startswith("known")]
        return common_pb2.GetAnswersResponse(receipts=[common_pb2.CommandReceipt(command_id=name) for name in known])


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(resuming, "FIRST_PAUSE_S", 0.001)


@pytest.fixture
def issuer() -> Iterator[str]:
    Issuer.issued, Issuer.code = 0, 200
    server = HTTPServer(("127.0.0.1", 0), Issuer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/token"
    server.shutdown()
    server.server_close()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def client(platform: Platform, issuer: str) -> Iterator[Client]:
    server = grpc.server(ThreadPoolExecutor(4))
    orderbook_pb2_grpc.add_OrderBookServiceServicer_to_server(platform, server)
    registry_pb2_grpc.add_RegistryServiceServicer_to_server(platform, server)
    common_pb2_grpc.add_AnswerServiceServicer_to_server(platform, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    found = Client(
        Endpoints({"*": f"127.0.0.1:{port}"}), Credentials("sun-agg", "s3cret", issuer), now_ms=lambda: 1_000
    )
    with found:
        yield found
    server.stop(0)


def fails(code: int, reason: str, *details: Any) -> Callable[[grpc.ServicerContext], None]:
    return lambda context: abort(context, code, reason, *details)


def test_a_command_is_repeated_with_the_same_id(client: Client, platform: Platform) -> None:
    platform.failures = [
        fails(code_pb2.UNAVAILABLE, "STOPPING"),
        fails(code_pb2.DEADLINE_EXCEEDED, "NOT_ANSWERED_IN_TIME"),
        fails(code_pb2.RESOURCE_EXHAUSTED, "OVERLOADED"),
    ]
    receipt = client.orders.submit("village", [orderbook_pb2.NewOrder(client_order_id="o")])
    assert len(platform.requests) == 4
    assert {request.command_id for request in platform.requests} == {receipt.command_id}
    assert {request.expires_at_ms for request in platform.requests} == {1_000 + 3_600_000}
    assert platform.metadata[0]["authorization"] == "Bearer token-1"
    assert platform.metadata[0]["x-correlation-id"] == receipt.command_id


def test_repetition_has_an_end(client: Client, platform: Platform) -> None:
    platform.failures = [fails(code_pb2.UNAVAILABLE, "STOPPING")] * 50
    with pytest.raises(NotDecidedError, match="STOPPING"):
        client.orders.submit("village", [])
    assert len(platform.requests) == MAX_ATTEMPTS


def test_who_is_too_fast_waits_and_learns_the_rule_at_the_end(client: Client, platform: Platform) -> None:
    # No refusal: an attempt before this one may have been let in.
    fast = common_pb2.Rejection(code="RATE_LIMITED", number=3063, field="market_id")
    platform.failures = [fails(code_pb2.RESOURCE_EXHAUSTED, "RATE_LIMITED", fast)] * MAX_ATTEMPTS
    with pytest.raises(NotDecidedError, match="RATE_LIMITED"):
        client.orders.submit("village", [])
    receipt = client.orders.submit("village", [])
    assert [request.command_id for request in platform.requests].count(receipt.command_id) == 1
    assert len({request.command_id for request in platform.requests}) == 2


def test_a_refusal_is_not_repeated_and_carries_all_rejections(client: Client, platform: Platform) -> None:
    rejections = [
        common_pb2.Rejection(code="GATE_CLOSED", number=3003, field="mtu"),
        common_pb2.Rejection(code="PRICE_OFF_TICK", number=3004, field="limit_price_ticks"),
    ]
    platform.failures = [fails(code_pb2.FAILED_PRECONDITION, "GATE_CLOSED", *rejections)]
    with pytest.raises(RefusedError) as caught:
        client.orders.submit("village", [])
    assert list(caught.value.rejections) == rejections
    assert caught.value.reason == "GATE_CLOSED"
    assert len(platform.requests) == 1


def test_a_token_that_is_not_taken_is_renewed_once(client: Client, platform: Platform) -> None:
    platform.failures = [fails(code_pb2.UNAUTHENTICATED, "NOT_AUTHENTICATED")]
    client.orders.submit("village", [])
    assert [entry["authorization"] for entry in platform.metadata] == ["Bearer token-1", "Bearer token-2"]
    platform.failures = [fails(code_pb2.UNAUTHENTICATED, "NOT_AUTHENTICATED")] * 2
    with pytest.raises(NotAuthenticatedError):
        client.orders.submit("village", [])


def test_a_refused_login(client: Client, platform: Platform) -> None:
    Issuer.code = 401
    with pytest.raises(NotAuthenticatedError, match="LOGIN_REFUSED"):
        client.orders.submit("village", [])
    assert platform.requests == []


def test_one_token_serves_many_calls(client: Client, platform: Platform) -> None:
    for _ in range(5):
        client.orders.submit("village", [])
    assert Issuer.issued == 1


def test_events_go_on_behind_the_last_one(client: Client, platform: Platform) -> None:
    platform.events = [[1, 2], [3], [7]]
    found = client.orders.events("village", public_trades=True)
    assert [next(found).offset for _ in range(4)] == [1, 2, 3, 7]
    found.close()
    assert [request.after_offset for request in platform.requests][:3] == [0, 2, 3]
    assert all(request.public_trades for request in platform.requests)


def test_pages_are_walked(client: Client) -> None:
    assert [state.entity.unit.unit_id for state in client.registry.list("unit")] == ["a", "c"]


def test_answers_come_in_bounded_calls(client: Client, platform: Platform) -> None:
    names = [f"known-{index}" for index in range(1500)] + ["other"]
    found = client.answers(names)
    assert len(found) == 1500
    assert [len(request.command_ids) for request in platform.requests] == [1000, 501]


def test_asyncio_programs_keep_their_loop(client: Client, platform: Platform) -> None:
    platform.events = [[4, 5]]

    async def run() -> tuple[str, list[int]]:
        aio = AsyncClient(client)
        receipt = await aio.call(client.orders.submit, "village", [], command_id="mine")
        offsets = []
        async for event in aio.follow(client.orders.events("village")):
            offsets.append(event.offset)
            if len(offsets) == 2:
                break
        return receipt.command_id, offsets

    assert asyncio.run(run()) == ("mine", [4, 5])


def test_secrets_are_not_printed(client: Client) -> None:
    assert "s3cret" not in repr(Credentials("a", "s3cret", "http://x"))


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="endpoints"):
        Client.of(tmp_path, "sun-agg")
