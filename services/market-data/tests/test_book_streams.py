"""Streams of a book over gRPC: a picture first, resumed from any number, and what becomes of readers that are slow."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from book_events import MARKET, Feed, order
from google.rpc import error_details_pb2, status_pb2
from market_records import AREA, mtu, two_nodes

from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse.market_data.v1 import market_data_pb2_grpc as pb_grpc
from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse_log.engine import Phase, ShardStatus
from flexbourse_market_data import kept_models
from flexbourse_market_data.api import binding
from flexbourse_market_data.kept_models import MemoryModels
from flexbourse_market_data.model import MarketModel
from flexbourse_runtime import call_guard
from flexbourse_runtime.grpc_server import GrpcServer
from flexbourse_runtime.identity import TokenVerifier
from flexbourse_runtime.issuer import Issuer
from flexbourse_runtime.loop_thread import LoopThread
from flexbourse_runtime.metrics import Metrics

URL = "http://issuer.example"
WAIT_S = 60.0
STATUS = [ShardStatus("market-data", 0, Phase.RUNNING)]


class Served:
    """Read models behind a server, written to on the server's loop as the engine's feed does."""

    def __init__(self, folder: Path) -> None:
        self.own = Feed()
        self._model, self._models = MarketModel(), MemoryModels()
        self._loop = LoopThread("stream-test")
        issuer = Issuer(folder, "flexbourse", url=URL)
        verifier = TokenVerifier(issuer, URL, "flexbourse")
        self._server = GrpcServer([binding(self._models)], verifier, Metrics(), lambda: STATUS, reflection=False)
        self._loop.start()
        port = self._loop.run(self._server.start("127.0.0.1", 0), WAIT_S)
        token = issuer.issue("somebody")
        self.metadata = (("authorization", f"Bearer {token}"),)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = pb_grpc.MarketDataServiceStub(self._channel)

    def hear(self, *events: feed.FeedEvent) -> None:
        """Have events taken in."""

        async def take() -> None:
            for event in events:
                self._models.write(self._model.take(event, 0, event.SerializeToString()))

        self._loop.run(take(), WAIT_S)

    def open_streams(self) -> int:
        """Return how many streams the server holds open."""
        return self._server._guard._streams.count

    def stream(self, after: int = 0) -> Iterator[pb.StreamBookResponse]:
        """Follow the book."""
        request = pb.StreamBookRequest(area_id=AREA, market_id=MARKET, mtu=mtu(), after_sequence=after)
        return self._stub.StreamBook(request, metadata=self.metadata, timeout=10 * WAIT_S)

    def take(self, count: int, after: int = 0) -> list[feed.FeedEvent]:
        """Follow the book for so many events."""
        call = self.stream(after)
        found = [response.event for response in itertools.islice(call, count)]
        call.cancel()  # type: ignore[attr-defined]
        return found

    def stop(self) -> None:
        self._channel.close()
        self._loop.run(self._server.stop(), WAIT_S)
        self._loop.stop()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path)
    yield found
    found.stop()


def added(own: Feed, count: int) -> list[feed.FeedEvent]:
    return [own.add(order(own.sequence, 2, 1_000 + own.sequence % 50, 100)) for _ in range(count)]


def refused_because(error: grpc.RpcError) -> tuple[grpc.StatusCode, str]:
    status = status_pb2.Status()
    packed = dict(error.trailing_metadata())["grpc-status-details-bin"]  # type: ignore[attr-defined]
    status.ParseFromString(packed)
    info = error_details_pb2.ErrorInfo()
    assert any(detail.Unpack(info) for detail in status.details)
    return error.code(), info.reason  # type: ignore[attr-defined]


def test_who_joins_gets_a_picture_and_then_every_event(served: Served) -> None:
    served.hear(served.own.open(), *added(served.own, 30))
    call = served.stream()
    first = next(call).event
    assert (first.sequence, len(first.picture.orders)) == (31, 30)
    news = added(served.own, 20)
    served.hear(*news)
    assert [next(call).event for _ in range(20)] == news
    call.cancel()  # type: ignore[attr-defined]


def test_who_resumes_gets_what_is_behind_his_number_and_no_picture(served: Served) -> None:
    events = [served.own.open(), *added(served.own, 30)]
    served.hear(*events)
    assert served.take(11, after=20) == events[20:31]


def test_who_resumes_too_late_begins_with_a_picture(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_models, "MAX_TOLD", 10)
    served.hear(served.own.open(), *added(served.own, 30))
    (first,) = served.take(1, after=5)
    assert (first.sequence, first.WhichOneof("event")) == (31, "picture")


def test_a_stream_waits_for_a_book_that_is_not_there_yet(served: Served) -> None:
    call = served.stream()
    events = [served.own.open(), *added(served.own, 3)]
    served.hear(*events)
    assert next(response for response in call if response.event.sequence == len(events))
    call.cancel()  # type: ignore[attr-defined]


def test_who_reads_too_slowly_is_told_so_and_nobody_waits_for_him(served: Served) -> None:
    """He takes one event and then none, while far more come than are kept and than fit on the way to him."""
    served.hear(served.own.open())
    call = served.stream()
    assert next(call).event.sequence == 1
    for _ in range(40):
        served.hear(*added(served.own, 500))
        served.own.orders.clear()
    with pytest.raises(grpc.RpcError) as ended:
        list(call)
    assert refused_because(ended.value) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "READER_TOO_SLOW")
    assert served.take(1)[0].sequence == served.own.sequence, "he comes back with a picture"


def test_who_does_not_read_at_all_is_cut(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks nothing is sent to him, so the time that a write may take is what ends his call."""
    served.hear(served.own.open())
    call = served.stream()
    assert next(call).event.sequence == 1
    monkeypatch.setattr(call_guard, "MAX_STALL_S", 0.5)  # from now on: the first event takes its time on a busy machine
    served.hear(*added(served.own, 2_000))
    deadline = time.monotonic() + WAIT_S
    while served.open_streams() and time.monotonic() < deadline:
        served.hear(*added(served.own, 1_000))
        time.sleep(0.1)
    assert not served.open_streams(), "his call holds nothing any more"
    with pytest.raises(grpc.RpcError) as ended:
        list(call)
    assert refused_because(ended.value) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "READER_TOO_SLOW")


def test_who_looks_at_levels_is_a_node_of_the_area(served: Served) -> None:
    served.hear(served.own.open())

    def levels(node: str) -> pb.GetDepthResponse:
        request = pb.GetDepthRequest(area_id=AREA, market_id=MARKET, mtu=mtu(), product=1, node_id=node)
        response: pb.GetDepthResponse = served._stub.GetDepth(request, metadata=served.metadata, timeout=WAIT_S)
        return response

    levels("n9")  # no network is known yet
    served._models.write(served._model.take(two_nodes(), 0, b""))
    levels("")
    levels("n1")
    with pytest.raises(grpc.RpcError) as ended:
        levels("n9")
    assert refused_because(ended.value) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_OBJECT")


def test_a_book_without_a_name_is_refused(served: Served) -> None:
    call = served._stub.StreamBook(pb.StreamBookRequest(area_id=AREA), metadata=served.metadata, timeout=WAIT_S)
    with pytest.raises(grpc.RpcError) as ended:
        next(call)
    assert ended.value.code() == grpc.StatusCode.INVALID_ARGUMENT
