"""A busy book, trades and lights through the read models leave no reference cycles: a late collection finds nothing.

The worker's process holds what it recovered out of the garbage collector's sight, as the shards' processes do.
"""

from __future__ import annotations

from collections.abc import Iterable

from book_events import drawn
from google.protobuf.message import Message
from market_records import lit, trade

from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_log.port import Record
from flexbourse_market_data.view import MarketView
from flexbourse_testkit.late_collection import collector_asleep, left_behind

EVENTS = 2_000


def through(view: MarketView, messages: Iterable[Message]) -> None:
    """Fold messages as the feed of the embedded log does."""
    for offset, message in enumerate(messages):
        view.fold(Record("flex.test.event.v1", 0, offset, "", message.SerializeToString(), {}), message)


def others() -> list[Message]:
    """Return trades between zones, and lights that change."""
    colours = (light.LIGHT_GREEN, light.LIGHT_RED)
    found = [lit(f"zone-{number % 7}", colours[number % 2]) for number in range(EVENTS // 4)]
    return [*found, *(trade(f"n{number % 5}", f"n{number % 3}", 100) for number in range(EVENTS // 4))]


def test_a_late_collection_finds_nothing() -> None:
    view = MarketView()
    with collector_asleep():
        through(view, [*drawn(1, 200), *others()[:20]])  # what is made once and kept
        left_behind()
        through(view, [*drawn(2, EVENTS), *others()])
        assert left_behind() == {}
