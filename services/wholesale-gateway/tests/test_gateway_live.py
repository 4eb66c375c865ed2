"""The gateway by the machine's clock and the exchange's stream: 429, disconnected, woken, filled, recalled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from gateway_process import LOT_W, ORDERS, HoldingBook, ScriptedRegistry, closing
from google.protobuf.message import Message

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.engine import EngineOptions
from flexbourse_log.port import Service
from flexbourse_messages.catalogue import WHOLESALE_GATEWAY
from flexbourse_testkit.killed_process import journal
from flexbourse_testkit.simulated_exchange import SimulatedExchange
from flexbourse_wholesale_gateway.config import Config
from flexbourse_wholesale_gateway.service import build

PATIENCE_S = 90.0
NOW_S = int(time.time())
DELIVERY_S = (NOW_S // 900 + 12) * 900


class LiveRegistry(ScriptedRegistry):
    """Says its one market at its first time record."""

    def on_time(self, at_ms: int, _step: int) -> Sequence[Message]:
        first, self._step = self._step == 0, 1
        return super().on_time(at_ms, 1) if first else []

    def fold(self, event: Any) -> None:
        self._step = 1 if isinstance(event, registry.EntityRegistered) else self._step


class LiveBook(HoldingBook):
    """Closes its one period at its third time record."""

    def on_time(self, _at_ms: int, _step: int) -> Sequence[Message]:
        self._step += 1
        return closing(DELIVERY_S) if self._step == 3 else []

    def next_timer_ms(self) -> int | None:
        return self.next_ms if self._step < 3 else None

    next_ms = NOW_S * 1000


def until(fits: Callable[[], bool], what: str) -> None:
    """Wait for something."""
    deadline = time.monotonic() + PATIENCE_S
    while not fits():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def exchange() -> Iterator[SimulatedExchange]:
    running = SimulatedExchange(NOW_S)
    yield running
    running.stop()


def statuses(exchange: SimulatedExchange) -> list[str]:
    return sorted(order["status"] for order in exchange.orders())


def test_disconnected_woken_filled_and_recalled(tmp_path: Path, exchange: SimulatedExchange) -> None:
    (tmp_path / "password").write_text("a")
    exchange.fault("rate-limit", method="POST", path="/api/v1/idm/orders", times=2)
    book = LiveBook()
    config = Config(
        data_dir=tmp_path, exchange_url=exchange.url, exchange_user="ann", exchange_password_file=tmp_path / "password"
    )
    crashes: list[Any] = []
    services = [Service("registry", lambda _: LiveRegistry()), Service("orderbook", lambda _: book), build(config)]
    engine = EmbeddedEngine(services, EngineOptions(crashed=crashes.append), tmp_path / "log")
    engine.start()
    try:
        until(lambda: statuses(exchange) == ["active"] * ORDERS, f"orders on the exchange {crashes}")
        exchange.fault("disconnect")
        exchange.operator("market-status", {"tradingStatus": "xbidNok"})  # news on the stream, which ends with it
        until(lambda: "inactive" in statuses(exchange), "hibernated by the exchange")
        until(lambda: statuses(exchange) == ["active"] * ORDERS, "woken")
        exchange.trade_against("buy", 0.1, 60.0, DELIVERY_S, minutes=15)
        until(lambda: book.accepted_w == LOT_W, "the fill accepted by the area")
        trade = next(trade for order in exchange.orders() for trade in order["trades"])
        exchange.operator(f"trades/{trade['id']}/recall")
        until(lambda: book.accepted_w == 0, "the opposite change accepted by the area")
    finally:
        engine.stop()
    assert not crashes
    results = [
        event.result for event in journal(tmp_path, WHOLESALE_GATEWAY, pb.WholesaleEvent) if event.HasField("result")
    ]
    assert [(result.version, len(result.shares)) for result in results] == [(1, 1), (2, 0)]
    assert len(exchange.orders()) == ORDERS
    assert sum(book.held.values()) == LOT_W * (ORDERS - 1)
