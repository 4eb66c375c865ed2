"""Random days of a shard against a naive exchange and a naive area: fills, recalls, silence, cut lines, short grids."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import pytest
from gateway_world import AREA, GatewayWorld
from naive_exchange import NaiveExchange

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.domain.external_orders.reports import Status
from flexbourse_wholesale_gateway.processor import WholesaleProgram

SEEDS, MOVES = (400, 120) if os.environ.get("FLEXBOURSE_LONG") == "1" else (30, 60)
STEP_S = 31  # what was sent before a step can no longer arrive after it


class Day:
    """A shard, an exchange without prices, and what the area holds and has accepted by node."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)
        self.world = GatewayWorld()
        self.exchange = NaiveExchange(refuses_known_ids=bool(seed % 2))
        self.performed = self.instructed = 0
        self.held: dict[str, Counter[str]] = {}
        self.accepted: Counter[str] = Counter()
        self.connected = True

    def begin(self) -> None:
        self.world.connect()
        for number in range(1, 5):
            self.world.leftover(number, 100_000 * self.source.randint(1, 3), 4_000 + 2_000 * number)
        self.world.close()

    def settle(self) -> None:
        """Let area and exchange do what was asked, until nothing more is asked."""
        for _ in range(200):
            self._area()
            if self.performed == len(self.world.drive.intents):
                return
            intent = self.world.drive.intents[self.performed]
            self.performed += 1
            self._exchange(intent.body)
        raise AssertionError("requests without an end")

    def _area(self) -> None:
        told = self.world.drive.projected("flex.wholesale-gateway.headroom.event.v1")
        for instruction in told[self.instructed :]:
            assert isinstance(instruction, book.HeadroomInstruction)
            self.instructed += 1
            order = instruction.order
            what = order.WhichOneof("body") or ""
            name = getattr(order, what).reservation_id
            if what == "reserve":
                assert name not in self.held
                self.held[name] = Counter({change.node_id: change.p_w for change in order.reserve.changes})
                self.world.hold(instruction)
            elif what == "release":
                self.held.pop(name, None)
            else:
                part = {change.node_id: change.p_w for change in order.confirm.changes} or dict(self.held[name])
                for node, watts in part.items():
                    assert abs(watts) <= abs(self.held[name][node]), "more came than was held"
                    self.held[name][node] -= watts
                    self.accepted[node] += watts

    def _exchange(self, asked: Any) -> None:
        silent = self.source.random() < 0.3 or not self.connected
        if isinstance(asked, pb.EntryAsked):
            arrives = self.connected and self.source.random() < 0.8
            report = self.exchange.create(client_order_id(asked.intent_id), asked.terms.quantity_w) if arrives else None
            outcome = Outcome.NO_ANSWER if silent or not arrives else Outcome.DONE if report else Outcome.KNOWN
            shown = report if outcome is Outcome.DONE else None
            self._answer(asked, asked.attempt, outcome, shown)
        elif isinstance(asked, pb.OperationSent):
            status = {pb.OPERATION_KIND_CANCEL: Status.CANCELLED, pb.OPERATION_KIND_ACTIVATE: Status.RESTING}
            done = self.connected and self.exchange.move(asked.external_id, status[asked.operation.kind])
            outcome = Outcome.NO_ANSWER if silent else Outcome.DONE if done else Outcome.REFUSED
            self._answer(asked, asked.operation.number, outcome, None, is_operation=True)
        elif isinstance(asked, pb.StrayCancelAsked):
            self.exchange.move(asked.external_id, Status.CANCELLED)
            self._answer(asked, 0, Outcome.DONE, None, is_stray=True)
        else:
            mine = [o for o in self.exchange.orders.values() if o.client_order_id == client_order_id(asked.intent_id)]
            reports = () if silent else tuple(mine)
            self.world.own(c.RecordLookUp(asked.request_id, asked.intent_id, asked.at_s, silent, reports))

    def _answer(self, asked: Any, number: int, outcome: Outcome, report: Any, **more: bool) -> None:
        self.world.own(c.RecordAnswer(asked.request_id, asked.intent_id, number, outcome, report, (), **more))

    def move(self) -> None:
        """Let one thing happen outside."""
        self.exchange.now_ms += 1_000
        resting = [order for order in self.exchange.open() if order.status is Status.RESTING]
        match self.source.choice(("fill", "fill", "tell", "tell", "recall", "line", "ask", "ask", "time", "time")):
            case "fill" if resting:
                self.exchange.fill(self.source.choice(resting).external_id, 100_000)
            case "tell" if self.exchange.told and self.connected:
                for report in self.source.sample(self.exchange.told, min(3, len(self.exchange.told))):
                    self.world.tell(report)
            case "recall" if self.source.random() < 0.4:
                self._recall()
            case "line":
                self._cut_or_mend()
            case "ask":
                self._ask_back()
            case "time":
                self.world.later(STEP_S)
        self.settle()

    def _recall(self) -> None:
        trades = [trade.trade_id for order in self.exchange.orders.values() for trade in order.trades]
        if trades:
            self.exchange.recall(self.source.choice(trades))

    def _cut_or_mend(self) -> None:
        """Cut the line, whereupon the exchange puts our orders to sleep, or mend it."""
        self.connected = not self.connected
        self.world.own(c.RecordConnection(connected=self.connected, reason="" if self.connected else "cut"))
        for order in self.exchange.open() if not self.connected else ():
            self.exchange.move(order.external_id, Status.INACTIVE)

    def _ask_back(self) -> None:
        """Let the area be short of what an order holds, or a party take its leftover back."""
        if self.held and self.source.random() < 0.15:
            names = [self.source.choice(sorted(self.held))]
            short = book.HeadroomShort(area_id=AREA, mtu=self.world.mtu, reservation_ids=names, reason="margins")
            self.world.grid(headroom_short=short)
        elif self.source.random() < 0.1:
            order_id = f"o{self.source.randint(1, 4)}"
            self.world.send("platform", withdraw=pb.WithdrawFromExchange(order_ids=[order_id]))

    def end(self) -> None:
        """Let everything be said: the exchange ends what rests, every report arrives, every look-up is answered."""
        if not self.connected:
            self.connected = True
            self.world.connect()
        self.source.random = lambda: 1.0  # type: ignore[method-assign]  # everybody answers from now on
        self.settle()
        self.world.drive.time((self.world.mtu.start_s - 1_700) * 1_000)
        self.settle()
        for order in self.exchange.open():
            self.exchange.move(order.external_id, Status.EXPIRED)
        for _ in range(8):
            for report in list(self.exchange.orders.values()):
                self.world.tell(report)
            self.world.later(STEP_S)
            self.settle()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_exchange_area_and_results_tell_of_the_same_watts(seed: int) -> None:
    day = Day(seed)
    day.begin()
    day.settle()
    for _ in range(MOVES):
        day.move()
    day.end()
    world, program = day.world, day.world.drive.program
    assert isinstance(program, WholesaleProgram)
    ids = Counter(order.client_order_id for order in day.exchange.orders.values())
    assert max(ids.values(), default=0) <= 1, "an order was doubled"
    traded_w = sum(t.quantity_w for o in day.exchange.orders.values() for t in o.trades if not t.recalled)
    newest = {result.result_id: result for result in world.results()}
    assert sum(share.quantity_w for result in newest.values() for share in result.shares) == traded_w
    assert sum(day.accepted.values()) == traded_w
    assert not any(+held for held in day.held.values()), "headroom was not given back"
    for result in world.results():
        assert {share.party for share in result.shares} <= {"agr-a", "agr-b"}, "more was filled than was out"
    for leftover in program.state.leftovers.values():
        filled_w = sum(s.quantity_w for r in world.results() if r.version == 1 for s in r.shares
                       if s.order_id == leftover.order.order_id)  # fmt: skip
        assert filled_w + leftover.left_w == leftover.order.open_w
    world.drive.recovered()
