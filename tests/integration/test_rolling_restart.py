"""A rolling restart on a real Kafka: the order book's shard moves twice between two processes, under orders.

Nothing is lost and nothing decided twice: what was acknowledged stands in the journal once. How long nobody answered is
measured by `bench_recovery.py`; here it only has to be shorter than a dead process would be waited for.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from log_access import KafkaLog, journal

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_log.kafka.member import SESSION_TIMEOUT_MS

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
BENCHMARKS = Path(__file__).parents[1] / "performance" / "benchmarks"


def test_a_shard_moves_twice_and_no_order_is_lost_or_decided_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    from moving_shard import moved, order_books

    with order_books(tmp_path / "data") as (books, market):
        books.start(1)  # a process without a shard serves, too
        away = moved(books, market, leaves=0, stays=1)
        books.start(0)
        back = moved(books, market, leaves=1, stays=0)
        with closing(KafkaLog(books.settings())) as log:
            events = list(journal(log, "orderbook"))
    assert books.left_running() == []

    acknowledged = [name for orders in (away, back) for _, name in orders.acknowledged]
    assert min(len(away.acknowledged), len(back.acknowledged)) > 2
    admitted = Counter(
        message.admitted.order.client_order_id
        for message in events
        if isinstance(message, book.OrderEvent) and message.WhichOneof("event") == "admitted"
    )
    assert [name for name in acknowledged if admitted[name] != 1] == []
    assert max(admitted.values()) == 1
    assert max(away.longest_pause_s(), back.longest_pause_s()) < SESSION_TIMEOUT_MS / 1_000
