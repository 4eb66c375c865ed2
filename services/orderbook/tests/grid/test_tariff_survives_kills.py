"""3,000 matches, once without interruption and once with a kill after every 50th: the same tariff to the micro-euro."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from book_world import AREA, HOMES, NOON, PARAMETERS, World, mtu_message
from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.tariff import feeder_ends, potential
from flexbourse_log.port import Command
from flexbourse_messages.catalogue import BOOK_COMMAND
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_orderbook.wire import parameters_in

MATCHES = 3_000
KILL_AFTER = 50
SNAPSHOT_AFTER = 500
STARTS = tuple(NOON + 900 * i for i in range(4))


def commands(world: World) -> list[tuple[str, pb.OrderCommand]]:
    """Return pairs of orders that match, small enough to stay inside every limit."""
    draw = random.Random(7)
    found = []
    for _ in range(MATCHES):
        seller, buyer = draw.sample(HOMES, 2)
        start, quantity = draw.choice(STARTS), 100 * draw.randint(1, 9)
        for side, home, price in ((pb.SIDE_SELL, seller, -50_000), (pb.SIDE_BUY, buyer, 400_000)):
            order = world.order(side, f"battery-{home}", quantity, price, mtu=mtu_message(start))
            body = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=[order]))
            found.append((world.party_of(order.unit_id), body))
    return found


def run(start: bytes, orders: list[tuple[str, pb.OrderCommand]], *, kills: bool) -> tuple[list[Message], bytes]:
    """Run all commands; returns the trades and the last state."""
    program = OrderBookProgram(0)
    program.restore(start)
    trades: list[Message] = []
    journal: list[bytes] = []
    for count, (party, body) in enumerate(orders):
        events = program.on_command(Command(BOOK_COMMAND, f"c{count}", party, body, 0)).events
        journal += [event.SerializeToString(deterministic=True) for event in events]
        found = [event.trade for event in events if event.WhichOneof("event") == "trade"]
        trades += found
        if found and len(trades) % SNAPSHOT_AFTER == 0:
            start, journal = program.snapshot(), []
        if kills and found and len(trades) % KILL_AFTER == 0:
            program = OrderBookProgram(0)
            program.restore(start)
            for record in journal:
                program.fold(pb.OrderEvent.FromString(record))
    return trades, program.snapshot()


def test_a_kill_after_every_fiftieth_match_changes_no_micro_euro() -> None:
    world = World(starts=STARTS).ready()
    world.drive.program.fold(log_pb2.TimeAdvanced(at_ms=world.clock_ms))
    start, orders = world.drive.program.snapshot(), commands(world)
    trades, state = run(start, orders, kills=False)
    again, recovered = run(start, orders, kills=True)
    assert len(trades) >= MATCHES * 0.95
    assert [trade.dnut_micro_euro for trade in trades] == [trade.dnut_micro_euro for trade in again]
    assert trades == again
    assert state == recovered
    for start_s in STARTS:
        judge(world, [trade for trade in trades if trade.mtu.start_s == start_s])


def judge(world: World, trades: list[Message]) -> None:
    """Each potential is that of base case and all deviations so far; what is billed is its change."""
    topology = world.topology
    parameters = replace(parameters_in(PARAMETERS), mtu_seconds=900, monitored_nodes=feeder_ends(topology))
    p_w = np.array(world.base_w(), dtype=np.int64)
    none = np.zeros(len(p_w), dtype=np.int64)
    for trade in trades:
        for side in (trade.seller, trade.buyer):
            p_w[topology.node_index[side.node_id]] += side.moved_w
        point = solve_from_no_load(topology, p_w, none)
        assert isinstance(point, OperatingPoint)
        assert trade.potential_after_micro_euro == potential(topology, parameters, point)
        assert trade.dnut_micro_euro == trade.potential_after_micro_euro - trade.potential_before_micro_euro
    billed = sum(trade.dnut_micro_euro for trade in trades)
    assert billed == trades[-1].potential_after_micro_euro - trades[0].potential_before_micro_euro
