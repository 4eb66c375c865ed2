"""Ids that were used come back from snapshots: as they are written, and as they were written before."""

from __future__ import annotations

from book_world import World

from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse_orderbook.processor import OrderBookProgram

IDS = ("ask-3", "ask-1", "ask-2")


def traded() -> World:
    """Return a world in which ids were used, not in their order."""
    world = World().ready()
    for number, name in enumerate(IDS):
        world.sell("battery-a1", 1_000, 9_000 + number, client_order_id=name)
    world.buy("battery-a2", 1_000, 100, client_order_id="bid")
    return world


def restored(snapshot: bytes) -> OrderBookProgram:
    program = OrderBookProgram(0, "operator")
    program.restore(snapshot)
    return program


def test_ids_are_written_sorted_by_party_and_come_back() -> None:
    snapshot = traded().drive.program.snapshot()
    assert restored(snapshot).snapshot() == snapshot
    state = snapshot_pb2.OrderBookSnapshot.FromString(snapshot)
    used = [entry for period in state.areas[0].periods for entry in period.used_by_party]
    assert sorted(IDS) in [list(entry.ids) for entry in used]
    assert [entry.party for entry in used] == sorted(entry.party for entry in used)


def test_ids_of_a_snapshot_of_before_are_read() -> None:
    snapshot = traded().drive.program.snapshot()
    old = snapshot_pb2.OrderBookSnapshot.FromString(snapshot)
    for period in old.areas[0].periods:
        for entry in period.used_by_party:
            period.used_ids.extend(
                snapshot_pb2.UsedClientOrderId(party=entry.party, client_order_id=name) for name in entry.ids
            )
        period.ClearField("used_by_party")
    assert old.SerializeToString() != snapshot
    assert restored(old.SerializeToString(deterministic=True)).snapshot() == snapshot
