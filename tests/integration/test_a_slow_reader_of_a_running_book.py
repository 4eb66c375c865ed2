"""Who follows a running book and stops reading is cut, with a status; orders are answered, and others hear all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from every_call import Caller, refusals_of
from street import AGG_A, AGG_B, AREA, ENERGY, NOON_S, mtu
from street_day import Sending, StreetDay, order, submit

from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse.market_data.v1 import market_data_pb2_grpc as pb_grpc
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_market_data import kept_models

WAIT_S = 600.0  # the whole story, on a machine with neighbours
KEPT = 100  # events that a slow reader may be behind
# What is on its way to a reader is bounded by his window; a window that grows would only ask for more orders here.
SMALL_WINDOW = (("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 16_384))
PACES, ORDERS = 50, 20  # each order comes and goes: enough for what fits on the way to him, and what is kept


@pytest.fixture(scope="module")
def little_kept() -> Iterator[None]:
    """Keep few events, before the street opens: what is kept of a book is bounded when its first event comes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_models, "MAX_TOLD", KEPT)
        yield


@pytest.fixture
def caller(little_kept: None, open_street: StreetDay) -> Iterator[Caller]:
    found = Caller(open_street)
    yield found
    found.close()


def follow(caller: Caller, party: str) -> Any:
    """Follow the book of noon over a channel of its own."""
    channel = grpc.insecure_channel(caller.day.platform.endpoints.addresses()[0], options=SMALL_WINDOW)
    request = pb.StreamBookRequest(area_id=AREA, market_id=ENERGY, mtu=mtu(NOON_S))
    metadata = (("authorization", f"Bearer {caller.token(party)}"),)
    return pb_grpc.MarketDataServiceStub(channel).StreamBook(request, metadata=metadata, timeout=WAIT_S)


def test_he_is_cut_and_nobody_waits_for_him(caller: Caller) -> None:
    day = caller.day
    all_of_mine = book.CancelAll(market_id=ENERGY)
    slow, attentive = follow(caller, AGG_A), follow(caller, AGG_B)
    first = next(attentive).event.sequence
    assert next(slow).event.sequence == first
    heard = [first]
    for pace in range(PACES):
        wishes = [order(f"{pace}-{i}", "buy", NOON_S, 100, 1_000 + i, unit="pump-b1") for i in range(ORDERS)]
        answers = day.further(
            submit(AGG_A, "come", *wishes),
            Sending(AGG_A, "go", lambda c, i: c.orders.manage(AREA, all_of_mine, command_id=i)),
            seconds=1,
        )
        assert not any(result.HasField("rejection") for answer in answers.values() for result in answer.results)
        heard += [next(attentive).event.sequence for _ in range(2 * ORDERS)]
    assert heard == list(range(first, first + 1 + 2 * ORDERS * PACES))
    with pytest.raises(grpc.RpcError) as ended:
        list(slow)
    assert (ended.value.code(), refusals_of(ended.value)) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED, {"READER_TOO_SLOW"},
    )  # fmt: skip
