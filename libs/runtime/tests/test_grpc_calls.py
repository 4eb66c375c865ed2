"""The gRPC server: identity, bounds, deadlines, rich errors, health and metrics, on a fake engine."""

# ruff: noqa: ARG002, ARG005 - fakes have the signatures of what they replace

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from flexbourse.common.v1 import common_pb2, common_pb2_grpc
from flexbourse.log.v1 import log_pb2, log_pb2_grpc
from flexbourse_core.errors import ConfigurationError
from flexbourse_log.engine import EngineStoppedError, Phase, ShardStatus
from flexbourse_log.figures import ShardFigures
from flexbourse_log.port import (
    OutgoingCommand,
    OverloadedError,
    Position,
    Program,
    Service,
    ShardHaltedError,
    View,
)
from flexbourse_messages.topic import MAX_COMMAND_BYTES
from flexbourse_runtime import api, service_metrics
from flexbourse_runtime import host as hosting
from flexbourse_runtime.call_guard import MAX_UNARY_OF_PARTY
from flexbourse_runtime.identity import TokenVerifier
from flexbourse_runtime.issuer import Issuer

URL = "http://issuer.example"
PATIENCE_S = 60.0
BEYOND = 30  # calls more than a party may have open
SHARD = ShardStatus("registry", 0, Phase.RUNNING, journal_offset=7, at_ms=1000)


class FakePort:
    """Answers every command, unless it was told to fail."""

    def __init__(self) -> None:
        self.stepped = False
        self.pause_s = 0.0
        self.held: set[str] = set()  # parties that get no answer for now
        self.sent: list[OutgoingCommand] = []
        self.failure: Callable[[], Exception] | None = None

    async def call(self, command: OutgoingCommand, timeout_s: float) -> common_pb2.CommandReceipt:
        self.sent.append(command)
        await asyncio.sleep(self.pause_s)
        while command.party in self.held:
            await asyncio.sleep(0.2)
        if self.failure is not None:
            raise self.failure()
        return self.answer(command.party, command.command_id) or common_pb2.CommandReceipt()

    async def append(self, command: OutgoingCommand) -> Position:
        raise AssertionError("servicers call")

    def answer(self, party: str, command_id: str) -> common_pb2.CommandReceipt | None:
        known = [entry for entry in self.sent if (entry.party, entry.command_id) == (party, command_id)]
        if not known:
            return None
        answer = common_pb2.Answer(command_id=command_id, party=party, results=[common_pb2.Result(id="done")])
        return common_pb2.CommandReceipt(command_id=command_id, answer=answer)


class FakeFeed:
    caught_up = False

    async def wait_until_caught_up(self, timeout_s: float) -> None:
        raise TimeoutError

    async def wait_for_first(self, timeout_s: float) -> None:
        """What there is to be known is known."""

    async def wait_for(self, position: Position, timeout_s: float) -> None:
        raise TimeoutError

    def follow(self, topic: str, partition: int, after_offset: int) -> Any:
        raise AssertionError("nobody follows")


class FakeEngine:
    """One registry shard; everything else as told."""

    def __init__(self) -> None:
        self.port = FakePort()
        self.shards: Sequence[ShardStatus] = [replace(SHARD, phase=Phase.RECOVERING)]
        self.stopped = False

    def start(self) -> None:
        time.sleep(0.05)  # a recovery, in which the watch looks
        self.shards = [SHARD]

    def stop(self, timeout_s: float = 5.0) -> bool:
        self.stopped = True
        return True

    def commands(self, context: str) -> FakePort:
        return self.port

    def feed(self, context: str, views: Sequence[View] | None = None) -> FakeFeed:
        return FakeFeed()

    def step(self, step: int, at_ms: int, timeout_s: float = 1.0) -> None:
        raise AssertionError("nobody steps")

    def last_step(self) -> int:
        return 0

    def status(self) -> Sequence[ShardStatus]:
        return self.shards

    def figures(self) -> Sequence[ShardFigures]:
        return [ShardFigures("wholesale-gateway", 0, (service_metrics.WHOLESALE_REQUESTS.at(3),))]

    def state_hash(self, context: str, shard: int) -> str:
        raise AssertionError("nobody asks")


def no_program(shard: int) -> Program:
    raise AssertionError("the fake engine runs none")


class Served:
    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine()
        self.issuer = Issuer(folder, "flexbourse", url=URL)
        self.host = hosting.Host(
            self.engine,
            [hosting.Hosted(Service("registry", no_program), lambda context: [])],
            TokenVerifier(self.issuer, URL, "flexbourse"),
            hosting.Listening(),
            "operator",
        )
        self.host.start()
        self.channel = grpc.insecure_channel(self.host.grpc_address)
        self.shards = log_pb2_grpc.ShardServiceStub(self.channel)
        self.answers = common_pb2_grpc.AnswerServiceStub(self.channel)

    def login(self, party: str) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.issuer.issue(party)}"),)

    def resume(self, party: str = "operator", timeout_s: float | None = 5.0, **changes: Any) -> Any:
        order = log_pb2.ControlCommand(reason="test", resume=log_pb2.Resume())
        fields: dict[str, Any] = {"command_id": "c-1", "context": "registry", "order": order, **changes}
        request = log_pb2.ControlShardRequest(**fields)
        return self.shards.ControlShard(request, timeout=timeout_s, metadata=self.login(party))

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"{self.host.http_address}{path}", timeout=PATIENCE_S) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    running = Served(tmp_path)
    yield running
    running.channel.close()
    assert running.host.stop()
    assert running.engine.stopped


def failed(call: Callable[[], Any]) -> tuple[grpc.StatusCode, error_details_pb2.ErrorInfo, list[Any]]:
    """Return status, error info and the other details of a call that fails."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error: Any = caught.value
    found = dict(error.trailing_metadata())["grpc-status-details-bin"]
    info = error_details_pb2.ErrorInfo()
    others = [detail for detail in status_pb2.Status.FromString(found).details if not detail.Unpack(info)]
    assert info.domain == "flexbourse"
    return error.code(), info, others


def test_without_a_token_nothing_is_served(served: Served) -> None:
    code, info, others = failed(lambda: served.shards.ListShards(log_pb2.ListShardsRequest(), timeout=PATIENCE_S))
    assert (code, info.reason) == (grpc.StatusCode.UNAUTHENTICATED, "NOT_AUTHENTICATED")
    bad_request, rejection = error_details_pb2.BadRequest(), common_pb2.Rejection()
    assert any(detail.Unpack(rejection) for detail in others)
    assert rejection.number == 1001
    assert any(detail.Unpack(bad_request) for detail in others)
    assert bad_request.field_violations[0].field == "authorization"
    assert b'flexbourse_tokens_refused_total{reason="missing"} 1.0' in served.get("/metrics")[1]


def test_a_command_carries_the_proven_party_and_a_bounded_life(served: Served) -> None:
    assert served.resume().receipt.answer.results[0].id == "done"
    (command,) = served.engine.port.sent
    assert (command.party, command.topic, command.shard) == ("operator", "flex.registry.control.command.v1", 0)
    assert command.correlation_id == "c-1"
    assert command.expires_at_ms > 0


def test_only_a_market_operator_controls_shards(served: Served) -> None:
    code, info, _ = failed(lambda: served.resume("sun-agg"))
    assert (code, info.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_AUTHORISED")
    code, info, _ = failed(lambda: served.resume(shard=3))
    assert (code, info.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_OBJECT")
    assert served.engine.port.sent == []


@pytest.mark.parametrize(
    ("failure", "code", "reason"),
    [
        (TimeoutError, grpc.StatusCode.DEADLINE_EXCEEDED, "NOT_ANSWERED_IN_TIME"),
        (lambda: OverloadedError("full"), grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED"),
        (lambda: EngineStoppedError("ended"), grpc.StatusCode.UNAVAILABLE, "STOPPING"),
        (lambda: ShardHaltedError("crashed thrice"), grpc.StatusCode.FAILED_PRECONDITION, "SHARD_HALTED"),
    ],
)
def test_what_was_not_decided_says_so(
    served: Served, failure: Callable[[], Exception], code: grpc.StatusCode, reason: str
) -> None:
    served.engine.port.failure = failure
    found, info, _ = failed(served.resume)
    assert (found, info.reason) == (code, reason)
    # A caller may have its answer before the server has counted the call.
    wanted = f'flexbourse_grpc_calls_total{{code="{code.name}",'
    until(lambda: wanted in served.get("/metrics")[1].decode())
    if reason == "NOT_ANSWERED_IN_TIME":
        assert info.metadata["command_id"] == "c-1"


@pytest.mark.parametrize("command_id", ["", "with space", "x" * 65])
def test_malformed_command_ids_are_refused(served: Served, command_id: str) -> None:
    code, info, _ = failed(lambda: served.resume(command_id=command_id))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert info.reason in ("FIELD_MISSING", "FIELD_MALFORMED")
    assert served.engine.port.sent == []


def test_a_command_that_fits_no_record_is_refused(served: Served) -> None:
    order = log_pb2.ControlCommand(reason="x" * MAX_COMMAND_BYTES, resume=log_pb2.Resume())
    code, info, _ = failed(lambda: served.resume(order=order))
    assert (code, info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "TOO_MANY_ENTRIES")
    assert info.metadata["limit"] == str(MAX_COMMAND_BYTES)
    assert served.engine.port.sent == []


def test_stepped_commands_need_an_expiry(served: Served) -> None:
    served.engine.port.stepped = True
    code, info, _ = failed(served.resume)
    assert (code, info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_MISSING")
    assert served.resume(expires_at_ms=5).receipt.answer.results[0].id == "done"
    assert served.engine.port.sent[0].expires_at_ms == 5


def test_a_call_without_time_left_is_refused(served: Served) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        served.resume(timeout_s=0.03)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert served.engine.port.sent == []


def test_a_call_without_a_deadline_ends_with_a_status_of_its_own(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "DEFAULT_TIMEOUT_S", 0.1)
    served.engine.port.pause_s = 2 * PATIENCE_S
    code, info, _ = failed(lambda: served.resume(timeout_s=None))
    assert (code, info.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "NOT_ANSWERED_IN_TIME")


def test_who_floods_is_refused_and_nobody_else(served: Served) -> None:
    port = served.engine.port
    port.held.add("operator")
    order = log_pb2.ControlCommand(reason="test", resume=log_pb2.Resume())
    flood = [
        served.shards.ControlShard.future(
            log_pb2.ControlShardRequest(order=order, command_id=f"f-{number}", context="registry"),
            timeout=4 * PATIENCE_S,  # what is held must outlast the wait for what is refused
            metadata=served.login("operator"),
        )
        for number in range(MAX_UNARY_OF_PARTY + BEYOND)
    ]
    until(lambda: sum(call.done() for call in flood) == BEYOND)
    request = common_pb2.GetAnswersRequest(command_ids=["unknown"])
    for _ in range(20):
        served.answers.GetAnswers(request, metadata=served.login("sun-agg"), timeout=PATIENCE_S)
    refused = [call for call in flood if call.done()]
    for call in refused:
        code, info, _ = failed(call.result)
        assert (code, info.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
    port.held.clear()
    kept = [call for call in flood if call not in refused]
    assert [call.result().receipt.command_id for call in kept] == [f"f-{number}" for number in range(len(kept))]
    assert served.resume().receipt.command_id == "c-1"


def test_answers_are_their_parties_own(served: Served) -> None:
    served.resume()
    request = common_pb2.GetAnswersRequest(command_ids=["c-1", "unknown"])
    mine = served.answers.GetAnswers(request, metadata=served.login("operator"), timeout=PATIENCE_S)
    assert [receipt.command_id for receipt in mine.receipts] == ["c-1"]
    assert not served.answers.GetAnswers(request, metadata=served.login("sun-agg"), timeout=PATIENCE_S).receipts
    many = common_pb2.GetAnswersRequest(command_ids=["c"] * 1001)
    code, info, _ = failed(
        lambda: served.answers.GetAnswers(many, metadata=served.login("operator"), timeout=PATIENCE_S)
    )
    assert (code, info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "TOO_MANY_ENTRIES")


def until(condition: Callable[[], bool]) -> None:
    async def wait() -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.02)

    asyncio.run(wait())


@pytest.mark.parametrize("phase", [Phase.RECOVERING, Phase.HALTED, Phase.FAULTY])
def test_health_follows_the_shards(served: Served, phase: Phase) -> None:
    health = health_pb2_grpc.HealthStub(served.channel)

    def serving(name: str) -> bool:
        status = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=PATIENCE_S).status
        return bool(status == health_pb2.HealthCheckResponse.SERVING)

    assert serving("")
    assert served.get("/ready")[0] == 200
    served.engine.shards = [replace(SHARD, phase=phase, reason="why")]
    until(lambda: not serving("flexbourse.log.v1.ShardService"))
    code, body = served.get("/ready")
    assert (code, json.loads(body)["shards"][0]["reason"]) == (503, "why")
    assert json.loads(body)["views"] == {"registry": False}
    assert b'flexbourse_views_current{context="registry"} 0.0' in served.get("/metrics")[1]
    assert served.get("/live")[0] == 200
    assert b'flexbourse_shard_ready{context="registry",shard="0"} 0.0' in served.get("/metrics")[1]
    assert b'flexbourse_wholesale_requests{shard="0"} 3.0' in served.get("/metrics")[1]
    served.engine.shards = [SHARD]
    until(lambda: serving(""))


def test_a_process_to_which_no_shard_fell_serves_for_the_others(served: Served) -> None:
    served.engine.shards = []
    until(lambda: json.loads(served.get("/ready")[1])["shards"] == [])
    assert served.get("/ready")[0] == 200


def test_reflection_names_the_services(served: Served) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(served.channel)
    requests = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    answers = stub.ServerReflectionInfo(requests)
    names = {service.name for answer in answers for service in answer.list_services_response.service}
    assert {"flexbourse.log.v1.ShardService", "flexbourse.common.v1.AnswerService", "grpc.health.v1.Health"} <= names


def test_calls_are_counted(served: Served) -> None:
    served.resume()
    until(lambda: b"flexbourse_grpc_calls_total{" in served.get("/metrics")[1])
    text = served.get("/metrics")[1].decode()
    method = "/flexbourse.log.v1.ShardService/ControlShard"
    assert f'flexbourse_grpc_calls_total{{code="OK",method="{method}"}} 1.0' in text
    assert f'flexbourse_grpc_call_seconds_count{{method="{method}"}} 1.0' in text
    assert 'flexbourse_entries_total{context="registry"} 1.0' in text


def test_one_task_waits_for_the_calls_of_all_methods(served: Served) -> None:
    served.resume()
    waiting = [repr(task) for task in asyncio.all_tasks(served.host._api.loop) if "AioServer._request" in repr(task)]
    assert len(waiting) == 1


def test_a_taken_port_is_a_configuration_error(served: Served) -> None:
    port = int(served.host.grpc_address.rpartition(":")[2])
    second = hosting.Host(
        FakeEngine(),
        [],
        TokenVerifier(served.issuer, URL, "flexbourse"),
        hosting.Listening(grpc_port=port),
        "operator",
    )
    with pytest.raises(ConfigurationError, match="grpc_port"):
        second.start()
    second.stop()


def test_http_is_bounded(served: Served) -> None:
    assert served.get("/nothing")[0] == 404
    request = urllib.request.Request(f"{served.host.http_address}/live", data=b"x", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=PATIENCE_S)
    caught.value.close()
    assert caught.value.code == 404
