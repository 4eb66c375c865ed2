"""Views that have much to catch up after a start leave the loop to calls again and again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from google.protobuf.message import Message

from flexbourse_log.batch import Outgoing
from flexbourse_log.codec import encode, type_name
from flexbourse_log.embedded.store import Store
from flexbourse_log.embedded.view_feed import SLICE_RECORDS, EmbeddedViewFeed
from flexbourse_log.engine import Crash, EngineOptions
from flexbourse_log.headers import event_headers
from flexbourse_log.port import Record
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s

RECORDS = 2_000
TABLES = 1_200  # several pages
PATIENCE_S = 60.0


class Counting:
    """Counts what it folds."""

    def __init__(self, topic: str = s.TOTAL) -> None:
        self.topics = (topic,)
        self.offsets: list[int] = []

    def fold(self, record: Record, message: Message | None) -> None:
        assert isinstance(message, m.Total | m.Table)
        self.offsets.append(record.offset)


def not_expected(crash: Crash) -> None:
    raise AssertionError(f"crashed: {crash}") from crash.error


def written(folder: Path) -> None:
    """Write a log of two long topics."""
    store = Store(folder, 1)
    topics = [topic.name for topic in s.CATALOGUE.topics.values()]
    store.create((name, shard) for name in topics for shard in range(s.CATALOGUE.partitions(name, 1)))
    for number in range(RECORDS):
        headers = event_headers(type_name(m.Total), f"test/{number}", "test")
        store.stage(Outgoing(s.TOTAL, 0, "a", encode(m.Total(account="a", total=number)), headers), 0)
    for number in range(TABLES):
        headers = event_headers(type_name(m.Table), f"test/table/{number}", "test")
        store.stage(Outgoing(s.TABLE, 0, str(number), encode(m.Table(version=number)), headers), 0)
    store.commit()
    store.close()


async def turns_while_it_catches_up(folder: Path, view: Counting) -> int:
    """Return how often somebody else's turn came until the view had everything."""
    options = EngineOptions(not_expected, catalogue=s.CATALOGUE)
    feed = EmbeddedViewFeed("counter", options, folder, (view,))
    turns = 0
    while len(view.offsets) < RECORDS:
        await asyncio.sleep(0)
        turns += 1
    feed.close()
    return turns


def test_calls_have_their_turn_while_views_catch_up(tmp_path: Path) -> None:
    written(tmp_path)
    view = Counting()
    turns = asyncio.run(turns_while_it_catches_up(tmp_path, view))
    assert view.offsets == list(range(RECORDS))
    assert turns >= RECORDS // SLICE_RECORDS


async def had_first(folder: Path, first: Counting, other: Counting) -> tuple[int, int]:
    """Return how much each view had when the first was said to have everything."""
    feed = EmbeddedViewFeed("counter", EngineOptions(not_expected, catalogue=s.CATALOGUE), folder, (first, other))
    assert not feed.caught_up
    await feed.wait_for_first(PATIENCE_S)
    had = len(first.offsets), len(other.offsets)
    assert not feed.caught_up
    await feed.wait_until_caught_up(PATIENCE_S)
    assert feed.caught_up
    feed.close()
    return had


def test_the_first_view_goes_before_the_others(tmp_path: Path) -> None:
    written(tmp_path)
    first, other = Counting(s.TABLE), Counting()
    had, others_had = asyncio.run(had_first(tmp_path, first, other))
    assert had == TABLES
    assert others_had < RECORDS
    assert (len(first.offsets), len(other.offsets)) == (TABLES, RECORDS)
