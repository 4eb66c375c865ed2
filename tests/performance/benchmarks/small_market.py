"""A small market on a platform that runs on its clock: twenty batteries of one party on the Kerber village grid."""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "cli" / "tests"))

from village_day import AREA, FOUNDING, home, order

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.platform import AUDIENCE, issuer_url
from flexbourse_client.client import Client
from flexbourse_core.market_time import Mtu
from flexbourse_runtime.issuer import Issuer

TRADER, OPERATOR, DSO = "sun-agg", "operator", "grid-co"
HOMES = 20
PERIODS = 16
MTU_S = 900
FIRST_PERIOD_IN_S = 3 * 3600  # the gate closes two hours before delivery
OPEN_S = 3 * 86_400
QUANTITY_W = 100
POWER_W, ENERGY_WH = 100_000_000, 10_000_000_000
LOAD_W = 800
DEAR, CHEAP = 9_000, 1_000  # ticks
FIRST_TRADE_TIMEOUT_S = 60.0
POLL_S = 0.02
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 20.0


class Market:
    """Clients of a running platform, and the calls that make a market of it."""

    def __init__(self, data_dir: Path) -> None:
        """Logs in at the platform that serves this data folder."""
        issuer = Issuer(data_dir, AUDIENCE, url=issuer_url(data_dir))
        for party in (TRADER, DSO):
            issuer.enrol(party)
        self.trader, self._operator, self._dso = (Client.of(data_dir, party) for party in (TRADER, OPERATOR, DSO))
        start_s = (int(time.time()) + FIRST_PERIOD_IN_S) // MTU_S * MTU_S
        self.periods = [Mtu(start_s + MTU_S * index, MTU_S) for index in range(PERIODS)]
        self._random = random.Random(1)
        self._name, self._serial = secrets.token_hex(3), 0  # of its orders: others may have sent some before it
        self.nodes: list[str] = []  # with a battery each, once the market is founded

    def found(self) -> None:
        """Register, import the network by its name, forecast: everything a trade needs."""
        accepted(self._operator.registry.register([lasting(entity) for entity in FOUNDING]))
        network = self._dso.grid.import_network(AREA, pandapower_name="kerber-dorf")
        assert not network.problems, network.problems
        accepted(network.receipt)
        topology = self._dso.grid.topology(AREA, network.receipt.position)
        assert topology is not None
        nodes = self.nodes = sorted({node for zone in topology.zones for node in zone.node_ids})[-HOMES:]
        homes = [entity for number, node in enumerate(nodes) for entity in home(number, node, TRADER)]
        accepted(self._operator.registry.register([lasting(entity) for entity in homes]))
        loads = [
            grid.NodeForecast(node_id=node, p50_w=-LOAD_W, p95_consumption_w=-LOAD_W, p95_injection_w=-LOAD_W)
            for node in nodes
        ]
        periods = [
            grid.PeriodForecast(mtu=common_pb2.Mtu(start_s=period.start_s, length_s=MTU_S), nodes=loads)
            for period in self.periods
        ]
        accepted(self._dso.grid.submit_forecast(grid.SubmitForecast(area_id=AREA, periods=periods)))

    def first_trade(self) -> None:
        """Submit a pair that crosses and wait for its trade; the grid's state and its lights may still have to come."""
        known = {each.order_id for each in self.trader.orders.list(AREA)}
        deadline = time.monotonic() + FIRST_TRADE_TIMEOUT_S
        while refused := _refused(self.submit(self.pairs(2))):
            _pause(deadline, f"refused: {refused[0]}")
        while not any(self._is_filled(each) for each in self.trader.orders.list(AREA) if each.order_id not in known):
            _pause(deadline, "the orders rest")

    def submit(self, orders: Sequence[book.NewOrder]) -> common_pb2.CommandReceipt:
        """Send one batch and wait for its answer."""
        return self.trader.orders.submit(AREA, orders)

    def pairs(self, count: int) -> list[book.NewOrder]:
        """Return orders of which each second one crosses the one before."""
        return self._orders(count, sell=CHEAP, buy=DEAR)

    def resting(self, count: int) -> list[book.NewOrder]:
        """Return orders of which no two cross."""
        return self._orders(count, sell=DEAR, buy=CHEAP)

    def close(self) -> None:
        """Close the clients."""
        for client in (self.trader, self._operator, self._dso):
            client.close()

    @staticmethod
    def _is_filled(mine: book.Order) -> bool:
        return bool(mine.status == book.ORDER_STATUS_FILLED)

    def _orders(self, count: int, *, sell: int, buy: int) -> list[book.NewOrder]:
        found = []
        for _ in range(count // 2):
            seller, buyer = self._random.sample(range(HOMES), 2)
            period = self._random.choice(self.periods)
            for side, unit, price in ((book.SIDE_SELL, seller, sell), (book.SIDE_BUY, buyer, buy)):
                self._serial += 1
                found.append(order(side, f"battery-{unit}", QUANTITY_W, price, f"{self._name}-{self._serial}", period))
        return found


@contextmanager
def served(data_dir: Path, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run `flexbourse up` on a data folder; it serves inside the block."""
    command = [sys.executable, "-m", "flexbourse_cli.main", "up", "--json", "--data", str(data_dir)]
    said = data_dir.with_suffix(".stderr")
    with said.open("w") as stderr:
        process = subprocess.Popen(
            command, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    try:
        assert process.stdout is not None
        if not process.stdout.readline().startswith("{"):
            code = process.wait(START_TIMEOUT_S)
            raise RuntimeError(f"the platform did not start, exit code {code}: {said.read_text()}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def lasting(entity: registry.Entity) -> registry.Entity:
    """Return an entity of the village with books that open early, and units and rights that no benchmark exhausts."""
    found = registry.Entity()
    found.CopyFrom(entity)
    kind = found.WhichOneof("kind")
    if kind == "market":
        found.market.opens_before_day_s = OPEN_S
    elif kind == "right":
        found.right.valid_to_s = int(time.time()) + 10 * 86_400
    elif kind == "unit":
        found.unit.max_power_w, found.unit.min_power_w = POWER_W, -POWER_W
        found.unit.storage_capacity_wh = found.unit.storage_max_wh = ENERGY_WH
    return found


def _refused(receipt: common_pb2.CommandReceipt) -> list[common_pb2.Rejection]:
    return [result.rejection for result in receipt.answer.results if result.HasField("rejection")]


def accepted(receipt: common_pb2.CommandReceipt) -> None:
    """Raise RuntimeError where anything was refused."""
    refused = _refused(receipt)
    if refused:
        raise RuntimeError(f"refused: {refused[0]}")


def _pause(deadline: float, trouble: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"no trade came about: {trouble}")
    time.sleep(POLL_S)
