"""A flood of one party is refused before it reaches the log; what the market would take of him is let in."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from book_world import AREA, ENERGY, FLAT, FLEX, World
from hypothesis import given
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.errors import ConfigurationError
from flexbourse_core.values import replace
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import REGISTRY_ENTITY
from flexbourse_orderbook import door as at_the_door
from flexbourse_orderbook.api import OrderBookServicer
from flexbourse_orderbook.config import Config
from flexbourse_orderbook.domain.entry.activity import Activity
from flexbourse_orderbook.door import TIMES_OF_QUOTA, Door
from flexbourse_orderbook.view import OrderBookView
from flexbourse_runtime import config as configuration

QUOTA = 5
PLAIN = World(parameters=FLAT).ready().drive.program._books[AREA].state.registry.markets[ENERGY]


class Clock:
    def __init__(self) -> None:
        self.s = 1_000.0

    def __call__(self) -> float:
        return self.s


def door(clock: Clock, *, entries_per_second: int = 0, **market: int) -> Door:
    made = Door(entries_per_second, clock)
    publish(made, **{"orders_per_second": QUOTA, "order_burst": QUOTA, **market})
    return made


def publish(made: Door, market_id: str = ENERGY, **market: int) -> None:
    entity = registry.Entity(market=registry.Market(market_id=market_id, **market))
    made.fold(Record(REGISTRY_ENTITY, 0, 0, "", b"", {}), registry.EntityState(entity=entity))


def submit(orders: int = 1, market_id: str = ENERGY) -> pb.OrderCommand:
    return pb.OrderCommand(submit=pb.SubmitOrders(orders=[pb.NewOrder(market_id=market_id)] * orders))


def let_in(made: Door, body: pb.OrderCommand, times: int, party: str = "a") -> int:
    known = {"o-1": ENERGY}
    return sum(made.refuse(party, body, lambda _, order_id: known.get(order_id)) is None for _ in range(times))


def test_a_hundred_times_the_quota_reaches_the_log_as_four_times_the_quota() -> None:
    clock = Clock()
    made = door(clock)
    assert let_in(made, submit(), 100 * QUOTA) == TIMES_OF_QUOTA * QUOTA
    for _ in range(3):
        clock.s += 1.0
        assert let_in(made, submit(), 100 * QUOTA) == TIMES_OF_QUOTA * QUOTA
    assert let_in(made, submit(), 7, party="b") == 7
    assert let_in(made, submit(market_id=FLEX), 1_000) == 1_000
    publish(made, orders_per_second=0)
    assert let_in(made, submit(), 1_000) == 1_000


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1_999)), min_size=1, max_size=40), st.integers(0, 12))
def test_what_the_market_would_take_is_let_in(sent: list[tuple[int, int]], burst: int) -> None:
    """Whatever comes when: the shard's time goes on by whole seconds, the door's runs."""
    market = replace(PLAIN, orders_per_second=2, order_burst=burst)
    clock, activity = Clock(), Activity()
    made = door(clock, orders_per_second=2, order_burst=burst)
    for orders, pause_ms in sent:
        clock.s += pause_ms / 1_000
        for _ in range(orders):
            at_ms = 1_000 * int(clock.s)
            taken = activity.refuse("a", market, at_ms, "today", enters=True) is None
            if taken:
                activity.count_order("a", market, at_ms, "today")
            assert let_in(made, submit(), 1) or not taken


def test_changes_and_hits_count_as_orders_and_withdrawals_do_not() -> None:
    clock = Clock()
    change = pb.OrderCommand(replace=pb.ReplaceOrder(order_id="o-1"))
    hit = pb.OrderCommand(hit=pb.HitOrder(order=pb.NewOrder(market_id=ENERGY)))
    for body in (change, hit):
        assert let_in(door(clock), body, 1_000) == TIMES_OF_QUOTA * QUOTA
    full = door(clock)
    let_in(full, submit(), 1_000)
    assert not let_in(full, change, 1)
    of_nobody = pb.OrderCommand(replace=pb.ReplaceOrder(order_id="nobodys"))
    assert let_in(full, of_nobody, 100) == 100
    assert let_in(full, pb.OrderCommand(cancel=pb.CancelOrders(order_ids=["o-1"])), 100) == 100


def test_a_large_batch_is_let_in_whole_and_paid_for_afterwards() -> None:
    clock = Clock()
    made = door(clock)
    assert let_in(made, submit(10 * TIMES_OF_QUOTA * QUOTA), 1) == 1
    clock.s += 8.9
    assert let_in(made, submit(), 1) == 0
    clock.s += 0.3
    assert let_in(made, submit(), 1) == 1


def test_a_process_bounds_what_no_market_bounds_and_who_sent_too_much_still_withdraws() -> None:
    clock = Clock()
    made = door(clock, entries_per_second=10, orders_per_second=0)
    assert let_in(made, submit(4), 100) == 5  # twenty at once, and the last batch pays later
    assert let_in(made, pb.OrderCommand(keep_session=pb.KeepSession(session_id="s")), 100) == 0
    cancel = pb.OrderCommand(cancel=pb.CancelOrders(order_ids=["a", "b"]))
    assert let_in(made, cancel, 100) == 10
    clock.s += 1.0
    assert let_in(made, submit(), 100) == 10
    with pytest.raises(ConfigurationError, match="entries_per_second is -1"):
        configuration.load(Config, "orderbook", {"FLEXBOURSE_ORDERBOOK_ENTRIES_PER_SECOND": "-1"})


def test_what_is_remembered_of_parties_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_the_door, "MAX_BUCKETS", 3)
    made = door(Clock())
    for number in range(10):
        let_in(made, submit(), 1, party=f"p-{number}")
    assert let_in(made, submit(), 100, party="p-9") == TIMES_OF_QUOTA * QUOTA - 1
    assert let_in(made, submit(), 100, party="p-0") == TIMES_OF_QUOTA * QUOTA


class Ended(Exception):  # noqa: N818 - stands for how gRPC ends a call
    """The call was ended with a status."""


class Calling:
    """A process whose log is the world's shard."""

    def __init__(self, world: World, clock: Clock, *, stepped: bool) -> None:
        self.world, self.party = world, ""
        self.commands = SimpleNamespace(stepped=stepped)
        self._views: dict[type, object] = {OrderBookView: OrderBookView(), Door: door(clock)}

    def view(self, kind: type) -> Any:
        return self._views[kind]

    def caller(self) -> SimpleNamespace:
        return SimpleNamespace(party=self.party)

    async def call(self, _rpc: object, *, body: pb.OrderCommand, **_: Any) -> common_pb2.CommandReceipt:
        answer = common_pb2.Answer(results=self.world.command(body, self.party))
        return common_pb2.CommandReceipt(answer=answer)

    async def abort_with_status(self, status: Any) -> None:
        raise Ended(status)


def flood(calling: Calling, unit: str, times: int) -> list[str]:
    """Submit one after the other; return what each call came to: "", the shard's code, or the door's status."""
    servicer, told = OrderBookServicer(calling), []  # type: ignore[arg-type]
    calling.party = calling.world.party_of(unit.removeprefix("battery-"))
    for _ in range(times):
        order = calling.world.order("SIDE_SELL", unit, 100, 1_000)
        request = pb.SubmitOrdersRequest(area_id=AREA, submit=pb.SubmitOrders(orders=[order]))
        try:
            response = asyncio.run(servicer.SubmitOrders(request, calling))  # type: ignore[arg-type]
            told.append(response.receipt.answer.results[0].rejection.code)
        except Ended as ended:
            told.append(ended.args[0].code.name)
    return told


def test_the_shard_keeps_its_rule_behind_the_door_and_nobody_else_is_refused() -> None:
    limits = {"orders_per_second": QUOTA, "order_burst": QUOTA}
    clock = Clock()
    calling = Calling(World(parameters=FLAT, market_changes=limits).ready(), clock, stepped=False)
    before = len(calling.world.drive.events)
    told = flood(calling, "battery-b1", 100 * QUOTA)
    at_shard = TIMES_OF_QUOTA * QUOTA
    expected = [""] * QUOTA + ["RATE_LIMITED"] * (at_shard - QUOTA) + ["RESOURCE_EXHAUSTED"] * (100 * QUOTA - at_shard)
    assert told == expected
    events = [event.WhichOneof("event") for event in calling.world.drive.events[before:] if hasattr(event, "refused")]
    assert events.count("refused") == at_shard - QUOTA  # what the door refused left nothing in the journal
    assert flood(calling, "battery-b2", QUOTA) == [""] * QUOTA
    stepped = Calling(World(parameters=FLAT, market_changes=limits).ready(), clock, stepped=True)
    assert "RESOURCE_EXHAUSTED" not in flood(stepped, "battery-b1", 100 * QUOTA)
