"""Waiting until a partition on Kafka shows all that was committed to it.

A producer hears that its transaction is committed before every partition has the marker, and for a reader of committed
records a partition without it ends in front of that transaction.
"""

from __future__ import annotations

import time

from flexbourse_log.kafka.ends import EndsOf
from flexbourse_log.kafka.settings import KafkaSettings

WAIT_S = 60.0  # a transaction that nobody ends is timed out long before
ASK_INTERVAL_S = 0.05


def wait_until_settled(settings: KafkaSettings, topic: str, partition: int) -> None:
    """Return once each transaction that the partition holds now has ended; raises TimeoutError."""
    committed, with_open = EndsOf(settings), EndsOf(settings, counting_open=True)
    try:
        end = with_open.high((topic, partition))
        deadline = time.monotonic() + WAIT_S
        while committed.high((topic, partition)) < end:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{topic}/{partition} holds an open transaction")
            time.sleep(ASK_INTERVAL_S)
    finally:
        committed.close()
        with_open.close()
