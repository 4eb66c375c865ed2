"""Two homes trade on the whole platform, in steps; on both engines the same comes of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.platform import Platform, PlatformOptions, start

sys.path.insert(0, str(Path(__file__).parent))
from village_day import AREA, OPENING_S, VillageDay, order


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.slow])])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    running = start(PlatformOptions(engine=request.param, data_dir=tmp_path / "data", stepped=True))
    yield running
    assert running.stop()


def test_two_homes_trade(platform: Platform) -> None:
    day = VillageDay(platform)
    day.found()
    day.open()
    sun, wind = day.client("sun-agg"), day.client("wind-agg")
    ask = sun.orders.submit(AREA, [order(book.SIDE_SELL, "battery-1", 2000, 1000, "ask")])
    day.step(OPENING_S + 3600)
    day.accepted("sun-agg", ask)
    bid = wind.orders.submit(AREA, [order(book.SIDE_BUY, "battery-2", 2000, 5000, "bid")])
    day.step(OPENING_S + 4500)
    day.accepted("wind-agg", bid)
    sold = list(sun.orders.list(AREA, min_position=day.position("orderbook")))
    assert [(mine.client_order_id, mine.filled_w, mine.status) for mine in sold] == [
        ("ask", 2000, book.ORDER_STATUS_FILLED)
    ]
    events = []
    for event in sun.orders.events(AREA):
        events.append(event.event.WhichOneof("event"))
        if events[-1] == "trade":
            break
    assert events[0] == "admitted"
