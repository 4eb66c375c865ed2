"""The order book's path on one core, behind its log: command bytes in, the batch that an engine would commit out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from book_world import AREA, BRP, FLAT, HOMES, NOON, PARTIES, World, mtu_message, two_streets
from order_flow import Operation

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_log.batch import Batch
from flexbourse_log.clock import Reading
from flexbourse_log.codec import encode, type_name
from flexbourse_log.port import (
    CE_ID,
    CE_TYPE,
    CORRELATION_ID,
    EXPIRES_AT,
    PARTY,
    WRITER,
    WRITER_SEQUENCE,
    Record,
)
from flexbourse_log.shard import MAX_BATCH_RECORDS, ShardRunner
from flexbourse_messages.catalogue import BOOK_COMMAND

PERIODS = 16
STEP_W = 100
LIFETIME_MS = 3_600_000
RUN_MS = 10  # of the shard's time from one batch to the next
TRADER = PARTIES[0]
BUYER, SELLER = "buyer", "seller"
POWER_W = 10**9
CABLE_KA = 0.6  # so that most matches fit


@dataclass
class Written:
    """What a path wrote: records and bytes of all its batches, and what became of the orders."""

    records: int = 0
    bytes: int = 0
    refused: int = 0
    trades: int = 0


class ServicePath:
    """One shard with sixteen books; with `grid` every match moves power, else both sides lie at one node."""

    def __init__(self, *, grid: bool) -> None:
        starts = tuple(NOON + 900 * number for number in range(PERIODS))
        changes = {"max_quantity_w": 10**9} | ({} if grid else {"gate_enabled": False})
        self._world = World(model=two_streets(CABLE_KA, CABLE_KA), starts=starts, market_changes=changes)
        self._world.parameters = FLAT  # so that prices stop no match
        self._world.ready()
        self._homes = HOMES if grid else HOMES[:1]
        for home in self._homes:
            self._battery(home, BUYER)
            self._battery(home, SELLER)
        self._runner: ShardRunner = self._world.drive._runner
        self._at_ms = self._world.clock_ms
        self._first = self._world.drive.program.areas[0].order_sequence
        self._numbers: dict[int, int] = {}
        self._offset = 0

    def _battery(self, home: str, role: str) -> None:
        """Register a battery that no flow exhausts; two at a node, as a metering point does not trade with itself."""
        point, unit = f"mp-{role}-{home}", f"{role}-{home}"
        metering_point = registry.MeteringPoint(
            metering_point_id=point, area_id=AREA, node_id=home, owner_id="owner", brp_id=BRP, active=True
        )
        self._world.entity("metering_point", point, metering_point)
        battery = registry.Unit(
            unit_id=unit, name=unit, metering_point_id=point, owner_id="owner", operator_id=TRADER,
            max_power_w=POWER_W, min_power_w=-POWER_W, controllable=True, active=True, feeder_id=f"street-{home[0]}",
        )  # fmt: skip
        self._world.entity("unit", unit, battery)
        self._world.right(unit, TRADER)

    def commands(self, operations: Iterable[Operation], each: int) -> list[Record]:
        """Return the records of commands with so many orders; a cancellation is a command of its own."""
        flow, records = iter(operations), []
        while entries := list(islice(flow, each)):
            if entries[0].price is None:
                order_id = f"{AREA}.{self._first + self._numbers[entries[0].name]}"
                body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[order_id]))
            else:
                orders = [self._order(entry) for entry in entries]
                body = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=orders))
            records.append(self._record(body))
        return records

    def _order(self, operation: Operation) -> pb.NewOrder:
        self._numbers[operation.name] = len(self._numbers) + 1
        home = self._homes[operation.name % len(self._homes)]
        unit = f"{BUYER if operation.buys else SELLER}-{home}"
        order = self._world.order(
            pb.SIDE_BUY if operation.buys else pb.SIDE_SELL, unit, operation.quantity * STEP_W, operation.price or 0
        )
        order.mtu.CopyFrom(mtu_message(self._world.starts[operation.product % PERIODS]))
        return order

    def _record(self, body: pb.OrderCommand) -> Record:
        offset = self._offset
        self._offset += 1
        command_id = f"bench-{offset}"
        headers = {
            CE_ID: command_id, CE_TYPE: type_name(body), PARTY: TRADER, CORRELATION_ID: command_id, WRITER: "bench",
            EXPIRES_AT: str(self._at_ms + LIFETIME_MS), WRITER_SEQUENCE: str(offset + 1),
        }  # fmt: skip
        return Record(BOOK_COMMAND, 0, offset, command_id, encode(body), headers)

    def take(self, records: Sequence[Record]) -> Iterator[Batch]:
        """Decide them in batches as an engine offers them."""
        for first in range(0, len(records), MAX_BATCH_RECORDS):
            for record in records[first : first + MAX_BATCH_RECORDS]:
                self._runner.offer(record)
            while self._runner.waiting:  # one batch does not take more events than a transaction is to hold
                self._at_ms += RUN_MS
                batch = self._runner.run(Reading(self._at_ms, self._at_ms))
                if batch is None:
                    raise RuntimeError(f"the shard wrote nothing; halted: {self._runner.halted or 'no'}")
                yield batch


def written(batches: Iterable[Batch]) -> Written:
    """Return what batches hold."""
    found = Written()
    for batch in batches:
        outputs = batch.outputs
        found.records += len(outputs)
        found.bytes += sum(len(each.value) for each in outputs)
        found.refused += sum(
            result.HasField("rejection") for receipt in batch.answers for result in receipt.answer.results
        )
        found.trades += sum(
            isinstance(event, pb.OrderEvent) and event.WhichOneof("event") == "trade" for event in batch.events
        )
    return found
