"""The page on the feed: its reader, run as it is printed, keeps the same book as ours; its table is what he sees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from book_events import Feed, drawn, order
from test_public_books import Reader

from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse.orderbook.v1 import orderbook_pb2 as book

PAGE = Path(__file__).parents[3] / "docs" / "feed.md"
SELL, BUY = book.SIDE_SELL, book.SIDE_BUY


@pytest.fixture(scope="module")
def printed() -> Any:
    """Return the class that the page prints."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["Book"]


def copies(events: list[feed.FeedEvent]) -> list[feed.FeedEvent]:
    return [feed.FeedEvent.FromString(event.SerializeToString()) for event in events]


@pytest.mark.parametrize("first", [0, 30, 61])
def test_the_reader_of_the_page_keeps_the_book(printed: Any, first: int) -> None:
    events = list(drawn(5, 200, pictures=20))
    theirs, ours = printed(), Reader()
    for event in copies(events)[first:]:
        theirs.take(event)
        ours.hear(event)
        known = ours.book()
        assert theirs.known == known.head.whole
        if theirs.known:
            assert sorted(theirs.orders.values(), key=lambda o: o.sequence) == list(known.orders)
    assert theirs.known


def test_a_gap_is_mended_by_a_picture(printed: Any) -> None:
    events = copies(list(drawn(6, 120, pictures=20)))
    theirs = printed()
    for event in [*events[:33], *events[34:36]]:
        theirs.take(event)
    assert not theirs.known
    for event in events[36:]:
        theirs.take(event)
    assert theirs.known


def test_the_table_of_the_page(printed: Any) -> None:
    own = Feed()
    clip = order(18, SELL, 1_020, 200)
    told = [own.open(), own.add(order(17, SELL, 1_010, 500)), own.add(clip), own.add(order(21, BUY, 1_020, 900))]
    told.append(own.execute(17, 21, 500, 1_010))
    for sequence in (22, 23):
        told.append(own.execute(18, 21, 200, 1_020))
        own.orders[18] = order(18, SELL, 1_020, 200, sequence=sequence)
        told.append(own.say(changed=own.orders[18]))
    assert [event.sequence for event in told] == list(range(1, 10))
    table = re.findall(r"^\|( \d+ \| `.*)\|$", PAGE.read_text(), re.MULTILINE)
    rows = [line.split("|")[2:] for line in table]
    assert len(rows) == len(told)
    theirs = printed()
    for event, row in zip(copies(told), rows, strict=True):
        theirs.take(event)
        for side, cell in zip((SELL, BUY), row, strict=True):
            shown = [f"{o.key}: {o.shown_w}" for o in theirs.orders.values() if o.side == side]
            assert ", ".join(shown) == cell.strip(), (event.sequence, row)
