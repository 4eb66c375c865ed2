"""What is found by an index is what a search of everything finds, and an event looks at its own order alone."""

from __future__ import annotations

import random
from typing import Any

import pytest
from gateway_world import GatewayWorld
from test_gateway_loses_and_doubles_nothing import Day

from flexbourse_core.market_time import Mtu
from flexbourse_wholesale_gateway.domain import following, machine
from flexbourse_wholesale_gateway.domain.due_times import SPARE, DueTimes
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, Status
from flexbourse_wholesale_gateway.domain.lots.exposure import ExposureBook
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder, Member, Side
from flexbourse_wholesale_gateway.domain.state import GatewayState, OrderFile
from flexbourse_wholesale_gateway.processor import WholesaleProgram

SEEDS, MOVES = 10, 25
ORDERS, LOT_W = 30, 100_000
NOON_S = 1_768_478_400


def searched_ms(state: GatewayState) -> int | None:
    """Return the next timer by a look at everything; no auction is open."""
    times = [following.next_follow_s(state, file) for file in state.files.values()]
    waiting = [left.retry_s for left in state.leftovers.values() if left.is_ready(left.retry_s)]
    times += [at_s for at_s in waiting if at_s > state.now_s and state.forwards]
    known = [at_s for at_s in times if at_s is not None]
    return max(min(known), state.now_s + 1) * 1000 if known else None


def program_of(world: GatewayWorld) -> WholesaleProgram:
    program = world.drive.program
    assert isinstance(program, WholesaleProgram)
    return program


class WatchedDay(Day):
    """A day on which the next timer is asked for before each answer, too."""

    def _exchange(self, asked: Any) -> None:
        program_of(self.world).next_timer_ms()
        super()._exchange(asked)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_next_timer_is_that_of_a_search_on_random_days(seed: int) -> None:
    day = WatchedDay(seed)
    day.begin()
    day.settle()
    program, seen = program_of(day.world), set()
    for number in range(MOVES):
        day.move()
        if number % 3:  # an engine need not ask after each event
            assert program.next_timer_ms() == searched_ms(program.state)
            seen.add(program.next_timer_ms())
    assert seen - {None}
    assert day.world.drive.recovered().next_timer_ms() == searched_ms(program.state)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_there_is_nothing_to_do_about_what_rests_quietly(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every time record of random days, looked at all the same, a quiet order does not move."""
    quiet, seen = OrderFile.is_quiet, []

    def watched(self: machine.Gateway) -> None:
        state = self.state
        for intent_id, file in sorted(state.files.items()):
            if quiet(file, state.now_s):
                before = len(self._desk._events)
                self._desk.change(intent_id, machine.deciding.advance(file.order, state.now_s))
                following.follow(self._desk, intent_id)
                assert len(self._desk._events) == before, file
                seen.append(intent_id)
        passed(self)

    passed = machine.Gateway._pass
    monkeypatch.setattr(machine.Gateway, "_pass", watched)
    day = Day(seed)
    day.begin()
    day.settle()
    for _ in range(MOVES):
        day.move()
    day.settle()
    assert seen


def test_an_event_of_one_order_looks_at_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world = GatewayWorld()
    world.connect()
    for number in range(ORDERS):
        world.leftover(1, LOT_W, 4_000 + number, order_id=f"o{number}", party=f"agr-{number}")
    world.close()
    for asked in world.headroom("reserve"):
        world.hold(asked)
    for entry in list(world.requests()):
        world.own(machine.c.RecordAnswer(entry.request_id, entry.intent_id, entry.attempt, Outcome.DONE, None, ()))
    program = program_of(world)
    program.next_timer_ms()
    looked: list[str] = []

    def noted(state: GatewayState, file: OrderFile) -> int | None:
        looked.append(file.order.intent_id)
        return following.next_follow_s(state, file)

    monkeypatch.setattr(machine, "next_follow_s", noted)
    intent_id = world.events("wanted")[ORDERS // 2].intent_id
    report = Report(external_id="7", client_order_id=client_order_id(intent_id), status=Status.RESTING,
                    updated_ms=world.drive.at_ms, remaining_w=LOT_W)  # fmt: skip
    world.tell(report)
    program.next_timer_ms()
    assert looked == [intent_id]


def test_what_a_participant_holds_is_that_of_a_search_where_mtus_overlap() -> None:
    draw = random.Random(3)
    book, held = ExposureBook(10**9), {}
    for number in range(400):
        name = f"i{draw.randrange(60)}"
        if name in held:
            book.end(name)
            del held[name]
            continue
        mtu = Mtu(NOON_S + 300 * draw.randrange(36), draw.choice((300, 900, 3600)))
        order = ForwardableOrder(
            order_id=f"o{number}", participant_id=draw.choice("pq"), unit_id="u", node_id="n", feeder_id="f",
            area_id=draw.choice("ab"), mtu=mtu, side=Side.SELL, open_w=1 + number, limit_ticks=0,
        )  # fmt: skip
        book.put(name, 0, (mtu,), (Member(order, order.open_w),))
        held[name] = order
        asked = Mtu(NOON_S + 300 * draw.randrange(36), draw.choice((300, 900)))
        found = [o.open_w for o in held.values() if o.participant_id == "p" and o.area_id == "a"
                 and o.mtu.start_s < asked.end_s and asked.start_s < o.mtu.end_s]  # fmt: skip
        assert book.unexecuted_w("p", "a", asked) == sum(found)


def test_times_that_are_over_are_not_kept() -> None:
    due = DueTimes()
    due.put("late", 9_000)
    for at_s in range(1_000):
        due.put("often", 10_000 - at_s)
    due.put("often", None)
    assert len(due._heap) <= SPARE + 3
    assert due.earliest_s({"late"}) == 9_000
    assert due.earliest_s({"late"}, 9_000) is None
    assert due.earliest_s({"late"}) is None
