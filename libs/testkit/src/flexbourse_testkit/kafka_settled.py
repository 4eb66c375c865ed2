"""Waiting until a partition on Kafka shows all that was committed to it.

A producer hears that its transaction is committed before every partition has the marker, and for a reader of committed
records a partition without it ends in front of that transaction.
"""

from __future__ import annotations

import time
from contextlib import closing

from flexbourse_log.kafka.ends import EndsOf
from flexbourse_log.kafka.settings import KafkaSettings

WAIT_S = 60.0  # a transaction that nobody ends is timed out long before
ASK_INTERVAL_S = 0.05


class Settling:
    """Waits for one partition after the other with the same two clients."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._committed, self._with_open = EndsOf(settings), EndsOf(settings, counting_open=True)

    def wait(self, topic: str, partition: int) -> bool:
        """Return once each transaction that the partition holds now has ended; tells whether it holds anything.

        Raises:
            TimeoutError: one does not end.
        """
        begin, end = self._with_open.bounds((topic, partition))
        deadline = time.monotonic() + WAIT_S
        while self._committed.high((topic, partition)) < end:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{topic}/{partition} holds an open transaction")
            time.sleep(ASK_INTERVAL_S)
        return begin < end

    def close(self) -> None:
        """End the clients."""
        self._committed.close()
        self._with_open.close()


def wait_until_settled(settings: KafkaSettings, topic: str, partition: int) -> None:
    """Return once each transaction that the partition holds now has ended; raises TimeoutError."""
    with closing(Settling(settings)) as settling:
        settling.wait(topic, partition)
