"""The whole process killed with SIGKILL at named places and started again, with an exchange that takes an id twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gateway_process import DELIVERIES_S, LOT_W, ORDERS, START_S, STEP_S, STEPS

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_log.embedded import open_reader
from flexbourse_log.killpoints import VARIABLE
from flexbourse_log.port import CE_TYPE
from flexbourse_messages.catalogue import WHOLESALE_GATEWAY
from flexbourse_testkit.simulated_exchange import SimulatedExchange

SCRIPT = Path(__file__).parent / "gateway_process.py"
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
TIMEOUT_S = 180
BUY_STEP, RECALL_STEP = 8, 11
RECALLED = 1
EFFECTS = 11  # outcomes and what is told, in all
SHORT = (
    ("inside-effect:3", "inside-effect:2"),  # entered, not told; then a look-up
    ("inside-effect:5", "after-commit:9", "inside-effect:1"),
    ("before-commit:9", "inside-effect:6", "after-produce:7"),
)
PLAN = [*SHORT, *((f"inside-effect:{n}", f"before-commit:{2 * n}") for n in range(1, EFFECTS + 1))] if LONG else SHORT


class Outside:
    """What happens outside while the process lives, dies and lives again: each thing once."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self.exchange = exchange
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


def run(folder: Path, outside: Outside, kill: str = "", kill_step: int = 0) -> dict[str, Any] | None:
    """Run the process to its end, or until it is killed: then None."""
    environ = {**os.environ, VARIABLE: kill} if kill else dict(os.environ)
    command = [sys.executable, str(SCRIPT), str(folder), outside.exchange.url]
    found: dict[str, Any] = {}
    with (
        (folder.parent / "errors").open("w+") as errors,
        subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "begins" not in said:
                found = said
                continue
            outside.before(said["begins"])
            process.stdin.write("\n")
            process.stdin.flush()
            if said["begins"] == kill_step:
                process.send_signal(signal.SIGKILL)
        process.wait(TIMEOUT_S)
        errors.seek(0)
        text = errors.read()
    if process.returncode == -signal.SIGKILL:
        return None
    assert process.returncode == 0, text
    return found


def journal(folder: Path) -> list[pb.WholesaleEvent]:
    """Return the gateway's journal."""
    reader = open_reader(folder / "log")
    name = pb.WholesaleEvent.DESCRIPTOR.full_name
    try:
        records = list(reader.read_all(WHOLESALE_GATEWAY.journal.name, 0))
    finally:
        reader.close()
    return [pb.WholesaleEvent.FromString(record.value) for record in records if record.headers[CE_TYPE] == name]


def check(folder: Path, outside: Outside, found: dict[str, Any]) -> None:
    """Nothing is lost or doubled: exchange, results, headroom and leftovers tell of the same W."""
    own = outside.exchange.orders()
    assert max(Counter(order["clientOrderId"] for order in own).values()) == 1, "an order was doubled"
    assert len(own) == ORDERS * len(DELIVERIES_S)
    trades = {trade["id"]: trade for order in own for trade in order["trades"]}
    standing = [trade for trade in trades.values() if trade["status"] != "recalled"]
    assert len(trades) - len(standing) == RECALLED
    events = journal(folder)
    newest = {event.result.result_id: event.result for event in events if event.HasField("result")}
    versions = Counter(event.result.result_id for event in events if event.HasField("result"))
    assert {name: result.version for name, result in newest.items()} == dict(versions)
    sold_w = sum(share.quantity_w for result in newest.values() for share in result.shares)
    assert sold_w == LOT_W * len(standing)
    assert len(newest) == len(trades)
    assert found["accepted_w"] == sold_w
    rests = [order for order in own if order["status"] == "active"]
    assert sum(found["held"].values()) == LOT_W * len(rests) == LOT_W * len(DELIVERIES_S)


@pytest.fixture
def outside() -> Iterator[Outside]:
    exchange = SimulatedExchange(START_S, "--client-order-ids", "ignore")
    yield Outside(exchange)
    exchange.stop()


def test_undisturbed(tmp_path: Path, outside: Outside) -> None:
    found = run(tmp_path / "data", outside)
    assert found is not None
    check(tmp_path / "data", outside, found)


@pytest.mark.parametrize("kills", PLAN, ids="+".join)
def test_killed_and_started_again_loses_and_doubles_nothing(
    kills: tuple[str, ...], tmp_path: Path, outside: Outside
) -> None:
    killed = [run(tmp_path / "data", outside, kill) is None for kill in kills]
    assert killed[0], "the first kill did not hit"
    found = run(tmp_path / "data", outside)
    assert found is not None
    check(tmp_path / "data", outside, found)


@pytest.mark.parametrize("seed", range(12 if LONG else 1))
def test_killed_at_any_instant(seed: int, tmp_path: Path, outside: Outside) -> None:
    draw = random.Random(seed)
    for kill_step in sorted(draw.sample(range(2, STEPS), 3)):
        run(tmp_path / "data", outside, kill_step=kill_step)
    found = run(tmp_path / "data", outside)
    assert found is not None
    check(tmp_path / "data", outside, found)
