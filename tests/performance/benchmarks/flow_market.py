"""The flow of the reference on a running platform: every battery buys and sells, with a grid check or without."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from order_flow import MIDDLE, Operation
from small_market import Market, accepted, lasting
from village_day import AREA, FOUNDING, MARKET

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry

STILL_MARKET = "village-still"
STEP_W = 100
TICKS = 200  # of ours for one of the flow: more than the network tariff differs between two nodes of the village


class FlowMarket(Market):
    """The small market under the flow; beside its own market it has one without a gate."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self._number = 0
        self._numbers: dict[int, int] = {}
        self._calls = 0

    def found_flow(self) -> None:
        """Found both markets."""
        self.found()
        still = registry.Market()
        still.CopyFrom(next(entity.market for entity in map(lasting, FOUNDING) if entity.HasField("market")))
        still.market_id, still.gate_enabled = STILL_MARKET, False
        accepted(self._operator.registry.register([registry.Entity(market=still)]))
        self.first_trade()

    def learn_number(self) -> None:
        """Find out which number the area gives its next order: cancellations name orders that are not sent yet."""
        receipt = self.submit(self.resting(2))
        detail = book.Order()
        receipt.answer.results[-1].detail.Unpack(detail)
        self._number = int(detail.order_id.rpartition(".")[2])
        self._numbers.clear()

    def bodies(self, operations: Iterable[Operation], each: int, *, grid: bool) -> Iterator[book.OrderCommand]:
        """Iterate over commands with so many orders; a cancellation is a command of its own."""
        flow = iter(operations)
        while entries := list(islice(flow, each)):
            if entries[0].price is None:
                order_id = f"{AREA}.{self._numbers.pop(entries[0].name)}"
                yield book.OrderCommand(area_id=AREA, cancel=book.CancelOrders(order_ids=[order_id]))
                continue
            orders = [self._order(entry, grid=grid) for entry in entries]
            yield book.OrderCommand(area_id=AREA, submit=book.SubmitOrders(orders=orders))

    def _order(self, operation: Operation, *, grid: bool) -> book.NewOrder:
        self._number += 1
        self._numbers[operation.name] = self._number
        period = self.periods[operation.product % len(self.periods)]
        return book.NewOrder(
            client_order_id=f"{os.getpid()}-flow-{self._number}",
            market_id=MARKET if grid else STILL_MARKET,
            product=book.PRODUCT_LOCAL_ENERGY,
            side=book.SIDE_BUY if operation.buys else book.SIDE_SELL,
            mtu=common_pb2.Mtu(start_s=period.start_s, length_s=period.length_s),
            unit_id=f"battery-{operation.name % len(self.nodes)}",
            quantity_w=operation.quantity * STEP_W,
            limit_price_ticks=((operation.price or 0) - MIDDLE) * TICKS,
            fill_rule=book.FILL_RULE_NORMAL,
        )

    def requests(self, operations: Iterable[Operation], each: int, *, grid: bool) -> list[bytes]:
        """Return gRPC requests with so many orders each."""
        found = []
        for body in self.bodies(operations, each, grid=grid):
            self._calls += 1
            request = book.SubmitOrdersRequest(
                command_id=f"{os.getpid()}-call-{self._calls}", area_id=AREA, submit=body.submit
            )
            found.append(request.SerializeToString())
        return found

    def metadata(self) -> list[tuple[str, str]]:
        """Return what proves the trader on a call."""
        return list(self.trader._connection._metadata(""))


def refusals(answers: Iterable[common_pb2.Answer]) -> list[str]:
    """Return the codes of all that was refused."""
    return [result.rejection.code for answer in answers for result in answer.results if result.HasField("rejection")]
