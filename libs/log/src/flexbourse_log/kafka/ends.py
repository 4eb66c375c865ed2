"""Where partitions begin and end at this moment."""

from __future__ import annotations

import threading

from confluent_kafka import Consumer, KafkaException, TopicPartition

from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.faults import fault
from flexbourse_log.kafka.settings import CONNECT_TIMEOUT_S, KafkaSettings

Place = tuple[str, int]


class EndsOf:
    """Asks the broker for the bounds of partitions; one client, used by any thread, one at a time.

    `counting_open`: whether records of transactions that are still open count. A producer hears that its transaction
    is committed before every partition has the marker, and a partition without it ends, for a reader of committed
    records, in front of that transaction. Who knows of a commit and looks for its records has to count them.
    """

    def __init__(self, settings: KafkaSettings, *, counting_open: bool = False) -> None:
        self._settings = settings
        isolation = {"isolation.level": "read_uncommitted"} if counting_open else {}
        self._consumer = Consumer({**settings.consumer("ends"), **isolation})
        self._lock = threading.Lock()

    def bounds(self, place: Place) -> tuple[int, int]:
        """Return the first offset and the one behind the last record; markers are counted.

        Raises:
            BrokerAwayError: no answer in time.
        """
        where = TopicPartition(self._settings.topic(place[0]), place[1])
        try:
            with self._lock:
                low, high = self._consumer.get_watermark_offsets(where, timeout=CONNECT_TIMEOUT_S) or (0, 0)
        except (KafkaException, RuntimeError) as error:  # RuntimeError: it was closed meanwhile
            raise _fault(error) from error
        return low, high

    def high(self, place: Place) -> int:
        """Return the offset behind the last record; raises BrokerAwayError."""
        return self.bounds(place)[1]

    def wait_for_broker(self, timeout_s: float) -> None:
        """Return when a broker answers; raises BrokerAwayError."""
        try:
            self._consumer.list_topics(timeout=timeout_s)
        except KafkaException as error:
            raise fault(error, "looking for the broker") from error

    def close(self) -> None:
        """End the client."""
        with self._lock:
            close_consumer(self._consumer)


def _fault(error: KafkaException | RuntimeError) -> Exception:
    if isinstance(error, KafkaException):
        return fault(error, "asking for the end of a topic")
    return fault(SystemError(str(error)), "asking for the end of a topic")
