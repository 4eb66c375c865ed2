"""The servicer alone: each call becomes the right command, queries are paged, streams can be resumed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from book_views import view_of
from book_world import AREA, DSO, FLAT, World

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.rejection import Rejection
from flexbourse_log.port import CE_TYPE, Record
from flexbourse_messages.catalogue import BOOK_COMMAND, BOOK_ORDER, BOOK_TRADE, GRID_BASE_CASE
from flexbourse_orderbook import api, quoting
from flexbourse_orderbook.api import OrderBookServicer, servicers
from flexbourse_orderbook.door import Door
from flexbourse_orderbook.view import OrderBookView


@dataclass
class Calls:
    """Stands for the process: remembers commands and hands out records."""

    view_: OrderBookView
    records: dict[str, list[Record]] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)
    followed: list[tuple[str, int, int]] = field(default_factory=list)
    party: str = "agr-1"
    commands: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(stepped=False))
    door: Door = field(default_factory=Door)

    @property
    def feed(self) -> Calls:
        return self

    def view(self, kind: type[OrderBookView | Door]) -> OrderBookView | Door:
        return self.door if kind is Door else self.view_

    def roles(self) -> frozenset[str]:
        return frozenset({"DSO"})

    def caller(self) -> SimpleNamespace:
        return SimpleNamespace(party=self.party)

    async def call(self, _rpc: object, **made: Any) -> common_pb2.CommandReceipt:
        self.made.append(made)
        return common_pb2.CommandReceipt(command_id=made["command_id"])

    async def wait_for(self, _rpc: object, _position: object) -> None:
        return None

    async def shard_of(self, _rpc: object, _area_id: str) -> int:
        return 3

    def follow(self, topic: str, shard: int, after: int) -> Following:
        self.followed.append((topic, shard, after))
        return Following([record for record in self.records[topic] if record.offset > after])


class Following:
    """A stream of given records."""

    def __init__(self, records: list[Record]) -> None:
        self._records = iter(records)
        self.closed = False

    def __aiter__(self) -> Following:
        return self

    async def __anext__(self) -> Record:
        for record in self._records:
            return record
        raise StopAsyncIteration

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def calls() -> Calls:
    world = World(parameters=FLAT).ready()
    for _ in range(5):
        world.sell("battery-b1", 1_000, 1_000)
    world.buy("battery-a2", 1_000, 1_000)
    view, records = OrderBookView(), {BOOK_ORDER: [], BOOK_TRADE: []}
    for output in world.drive.projections:
        view.fold(Record(output.topic, 0, 0, output.key, b"", {}), output.message)
        if output.topic in records and output.message is not None:
            kept = records[output.topic]
            kind = {CE_TYPE: output.message.DESCRIPTOR.full_name}
            kept.append(Record(output.topic, 3, len(kept), output.key, output.message.SerializeToString(), kind))
    return Calls(view, records)


def test_each_call_is_one_command_of_its_area(calls: Calls) -> None:
    servicer = OrderBookServicer(calls)
    order = pb.NewOrder(client_order_id="x")
    requests = [
        (servicer.SubmitOrders, pb.SubmitOrdersRequest(submit=pb.SubmitOrders(orders=[order])), "submit"),
        (servicer.CancelOrders, pb.CancelOrdersRequest(cancel=pb.CancelOrders(order_ids=["a"])), "cancel"),
        (servicer.ReplaceOrder, pb.ReplaceOrderRequest(replace=pb.ReplaceOrder(order_id="a")), "replace"),
        (servicer.Headroom, pb.HeadroomRequest(confirm=pb.ConfirmHeadroom(reservation_id="r")), "confirm"),
        (servicer.Headroom, pb.HeadroomRequest(), None),
        (
            servicer.SetCapacityLimits,
            pb.SetCapacityLimitsRequest(schedule=pb.SetCapacityLimits(expected_version=2)),
            "set_capacity_limits",
        ),
        (servicer.ReleaseRelief, pb.ReleaseReliefRequest(release=pb.ReleaseRelief(trade_id="t")), "release_relief"),
        (servicer.EndCall, pb.EndCallRequest(end=pb.EndCall(order_id="o", made=True)), "end_call"),
        (servicer.ResumeArea, pb.ResumeAreaRequest(reason="because"), "resume_area"),
    ]
    for number, (call, request, body) in enumerate(requests):
        request.area_id, request.command_id, request.expires_at_ms = AREA, f"id-{number}", 77
        response = asyncio.run(call(request, None))
        assert response.receipt.command_id == f"id-{number}"
        made = calls.made[-1]
        assert (made["topic"], made["area"], made["expires_at_ms"]) == (BOOK_COMMAND, AREA, 77)
        assert made["body"].area_id == AREA
        assert made["body"].WhichOneof("body") == body
    assert calls.made[0]["body"].submit.orders[0] == order
    assert [binding.name for binding in servicers(calls)] == [
        "flexbourse.orderbook.v1.OrderBookService",
        "flexbourse.orderbook.v1.QuoteService",
    ]


def test_operators_see_the_capacity_limits_in_force(calls: Calls) -> None:
    world, view = World(parameters=FLAT).ready(), OrderBookView()
    starts = world.starts

    def limit(start_s: int, **bounds: int) -> pb.CapacityLimit:
        mtu = common_pb2.Mtu(start_s=start_s, length_s=900)
        return pb.CapacityLimit(mtu=mtu, scope=pb.CAPACITY_SCOPE_FEEDER, subject_id="street-b", **bounds)

    def set_and_ask(*limits: pb.CapacityLimit) -> pb.ListCapacityLimitsResponse:
        body = pb.SetCapacityLimits(limits=limits)
        world.command(pb.OrderCommand(area_id=AREA, set_capacity_limits=body), DSO)
        for output in world.drive.projections:
            view.fold(Record(output.topic, 0, 0, output.key, b"", {}), output.message)
        world.drive.projections.clear()
        return ask(calls, pb.ListCapacityLimitsRequest(area_id=AREA))

    calls.view_ = view
    both = set_and_ask(*(limit(start, max_injection_w=5_000) for start in starts))
    assert [own.mtu.start_s for own in both.limits] == list(starts)
    found = set_and_ask(limit(starts[0]))
    assert [own.mtu.start_s for own in found.limits] == [starts[1]]
    assert (found.version, found.limits[0].max_injection_w) == (2, 5_000)
    assert not ask(calls, pb.ListCapacityLimitsRequest(area_id=AREA, to_s=starts[1])).limits
    assert not ask(calls, pb.ListCapacityLimitsRequest(area_id=AREA, from_s=starts[1] + 900)).limits
    assert ask(calls, pb.ListCapacityLimitsRequest(area_id=AREA, from_s=starts[1] + 899)).limits
    assert not ask(calls, pb.ListCapacityLimitsRequest(area_id="elsewhere")).version
    view.fold(Record(GRID_BASE_CASE, 0, 0, f"{AREA}/{starts[1]}", b"", {}), None)
    assert not ask(calls, pb.ListCapacityLimitsRequest(area_id=AREA)).limits


def ask(calls: Calls, request: pb.ListCapacityLimitsRequest) -> pb.ListCapacityLimitsResponse:
    return asyncio.run(OrderBookServicer(calls).ListCapacityLimits(request, None))


def test_own_orders_come_in_pages(calls: Calls) -> None:
    servicer, found, token = OrderBookServicer(calls), [], ""
    for _ in range(3):
        page = asyncio.run(servicer.ListOrders(pb.ListOrdersRequest(page_size=2, page_token=token), None))
        found += [order.sequence for order in page.orders]
        token = page.next_page_token
    assert found == [1, 2, 3, 4, 5]
    assert token == ""


def test_a_stream_goes_on_behind_the_last_event(calls: Calls) -> None:
    servicer = OrderBookServicer(calls)

    async def read(request: pb.StreamEventsRequest) -> list[pb.StreamEventsResponse]:
        return [response async for response in servicer.StreamEvents(request, None)]

    everything = asyncio.run(read(pb.StreamEventsRequest(area_id=AREA)))
    assert [response.event.WhichOneof("event") for response in everything] == ["admitted"] * 5 + ["trade"]
    rest = asyncio.run(read(pb.StreamEventsRequest(area_id=AREA, after_offset=everything[2].offset)))
    assert rest == everything[3:]
    public = asyncio.run(read(pb.StreamEventsRequest(area_id=AREA, public_trades=True)))
    assert public[-1].event.trade.quantity_w == 1_000
    assert [topic for topic, _, _ in calls.followed] == [BOOK_ORDER, BOOK_ORDER, BOOK_TRADE]
    assert calls.followed[0][2] == -1


def test_who_looks_is_a_node_of_the_area(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 1_000, 1_000)
    servicer = OrderBookServicer(Calls(view_of(world)))
    refused: list[tuple[str, str, str]] = []

    async def refuse(_rpc: object, rejection: Rejection) -> None:
        refused.append((rejection.code.name, rejection.field, rejection.element))

    monkeypatch.setattr(api, "refuse", refuse)
    for node in ("", "a1", "elsewhere"):
        request = pb.GetBookRequest(area_id=AREA, market_id="energy", product=pb.PRODUCT_LOCAL_ENERGY, node_id=node)
        request.mtu.start_s = world.starts[0]
        asyncio.run(servicer.GetBook(request, None))
    assert refused == [("UNKNOWN_OBJECT", "node_id", "elsewhere")]


def test_for_a_look_from_a_node_the_grid_is_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 1_000, 1_000)
    servicer, solved, solve = OrderBookServicer(Calls(view_of(world))), [], quoting.solve_from_no_load

    def counted(*given: Any) -> Any:
        solved.append(given)
        return solve(*given)

    monkeypatch.setattr(quoting, "solve_from_no_load", counted)
    request = pb.GetBookRequest(area_id=AREA, market_id="energy", product=pb.PRODUCT_LOCAL_ENERGY, node_id="a1")
    request.mtu.start_s = world.starts[0]
    assert len(asyncio.run(servicer.GetBook(request, None)).asks) == len(solved) == 1


def test_the_book_is_shown(calls: Calls) -> None:
    request = pb.GetBookRequest(area_id=AREA, market_id="energy", product=pb.PRODUCT_LOCAL_ENERGY)
    request.mtu.start_s = World().starts[0]
    shown = asyncio.run(OrderBookServicer(calls).GetBook(request, None))
    assert [entry.open_w for entry in shown.asks] == [1_000] * 4
