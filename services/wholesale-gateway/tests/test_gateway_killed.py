"""The whole process killed with SIGKILL at named places and started again, with an exchange that takes an id twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gateway_process import DELIVERIES_S, LOT_W, ORDERS, START_S, STEP_S, STEPS

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import WHOLESALE_GATEWAY
from flexbourse_testkit.killed_process import KilledProcess, journal
from flexbourse_testkit.simulated_exchange import SimulatedExchange

BUY_STEP, RECALL_STEP = 8, 11
RECALLED = 1


class Outside:
    """What happens outside while the process lives, dies and lives again: each thing once."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self.exchange = exchange
        self.url = exchange.url
        self.done: set[int] = set()

    def before(self, step: int) -> None:
        """Do what belongs before a step."""
        self.exchange.drive(START_S + STEP_S * step)
        if step in self.done:
            return
        self.done.add(step)
        if step == BUY_STEP:
            for start_s in DELIVERIES_S:
                self.exchange.trade_against("buy", 0.1 * (ORDERS - 1), 60.0, start_s, minutes=15)
        if step == RECALL_STEP:
            trade = next(trade for order in self.exchange.orders() for trade in order["trades"])
            self.exchange.operator(f"trades/{trade['id']}/recall")


@pytest.fixture
def outside() -> Iterator[Outside]:
    exchange = SimulatedExchange(START_S, "--client-order-ids", "ignore")
    yield Outside(exchange)
    exchange.stop()


class TestGatewayKilled(KilledProcess):
    """The process of `gateway_process`."""

    script = Path(__file__).parent / "gateway_process.py"
    steps = STEPS
    effects = 11  # outcomes and what is told, in all
    short = (
        ("inside-effect:3", "inside-effect:2"),  # entered, not told; then a look-up
        ("inside-effect:5", "after-commit:9", "inside-effect:1"),
        ("before-commit:9", "inside-effect:6", "after-produce:7"),
    )

    def check(self, folder: Path, outside: Outside, found: dict[str, Any]) -> None:
        """Nothing is lost or doubled: exchange, results, headroom and leftovers tell of the same W."""
        own = outside.exchange.orders()
        assert max(Counter(order["clientOrderId"] for order in own).values()) == 1, "an order was doubled"
        assert len(own) == ORDERS * len(DELIVERIES_S)
        trades = {trade["id"]: trade for order in own for trade in order["trades"]}
        standing = [trade for trade in trades.values() if trade["status"] != "recalled"]
        assert len(trades) - len(standing) == RECALLED
        events = journal(folder, WHOLESALE_GATEWAY, pb.WholesaleEvent)
        newest = {event.result.result_id: event.result for event in events if event.HasField("result")}
        versions = Counter(event.result.result_id for event in events if event.HasField("result"))
        assert {name: result.version for name, result in newest.items()} == dict(versions)
        sold_w = sum(share.quantity_w for result in newest.values() for share in result.shares)
        assert sold_w == LOT_W * len(standing)
        assert len(newest) == len(trades)
        assert found["accepted_w"] == sold_w
        rests = [order for order in own if order["status"] == "active"]
        assert sum(found["held"].values()) == LOT_W * len(rests) == LOT_W * len(DELIVERIES_S)
