"""A platform of three shards with the street in the last one: the same statements, and checkers find nothing."""

from __future__ import annotations

from pathlib import Path

from all_checkers import all_problems
from log_access import EmbeddedLog, RecordedLog, event_digest, journal, statements_digest
from street_day import FinishedDay, StreetDay, options, script

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.starting import start
from flexbourse_messages.catalogue import BY_NAME
from flexbourse_messages.topic import Sharding

SHARDS, OWN = 3, 2


def test_the_street_in_the_third_shard_has_the_same_day(tmp_path: Path, finished_day: FinishedDay) -> None:
    platform = start(options(tmp_path / "data", shards=SHARDS))
    day = StreetDay(platform, script(OWN))
    day.run()
    day.close()
    platform.stop()
    assert statements_digest(tmp_path / "data") == statements_digest(finished_day.data_dir)
    log = EmbeddedLog(tmp_path / "data")
    for context in ("gridcheck", "traffic-light", "orderbook"):
        assert BY_NAME[context].sharding is Sharding.AREA
    for shard in range(SHARDS):
        events = [message for message in journal(log, "orderbook", shard) if isinstance(message, book.OrderEvent)]
        assert bool(events) == (shard == OWN)
    assert event_digest(log, "orderbook", OWN) == event_digest(finished_day.log, "orderbook")
    kept = RecordedLog(log, shard=OWN)
    assert all_problems(kept) == []
    log.close()
