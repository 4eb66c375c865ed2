"""The read model of a world, for tests of queries."""

from __future__ import annotations

from book_world import World

from flexbourse_log.port import Record
from flexbourse_orderbook.adopting import from_snapshot
from flexbourse_orderbook.view import OrderBookView


def view_of(world: World) -> OrderBookView:
    """Return the view of everything that the world read and wrote so far, in this order."""
    view = OrderBookView()
    state = world.drive.program._adopted
    for entry in state.to_snapshot():
        record = from_snapshot(entry)
        view.fold(Record(entry.topic, 0, 0, entry.key, entry.value, {}), record.message)
    for offset, output in enumerate(world.drive.projections):
        view.fold(Record(output.topic, 0, offset, output.key, b"", {}), output.message)
    return view
