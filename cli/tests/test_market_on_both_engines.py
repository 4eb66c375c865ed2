"""Two homes trade on the whole platform, in steps; on both engines the same comes of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.main import cli
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.services import CONTEXTS
from flexbourse_cli.starting import start

sys.path.insert(0, str(Path(__file__).parent))
from village_day import AREA, OPENING_S, VillageDay, order


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.slow])])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    running = start(PlatformOptions(engine=request.param, data_dir=tmp_path / "data", stepped=True))
    yield running
    running.stop()


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
    if platform.options.engine == "embedded":
        check_replay(platform.data_dir)


def check_replay(data_dir: Path) -> None:
    """Folded and decided again, every shard reaches the same state, and every decision is the one on record."""
    folded, decided = (
        CliRunner().invoke(cli, ["replay", *flags, "--json", "--data", str(data_dir)], catch_exceptions=False)
        for flags in ([], ["--decide"])
    )
    assert (folded.exit_code, decided.exit_code) == (0, 0), decided.stdout
    hashes = [
        {(shard["context"], shard["shard"]): shard["state_hash"] for shard in json.loads(run.stdout)}
        for run in (folded, decided)
    ]
    assert len(hashes[0]) == len(CONTEXTS)
    assert hashes[0] == hashes[1]
    assert all(shard["decisions"] > 0 for shard in json.loads(decided.stdout))
