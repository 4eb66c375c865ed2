"""How many records a reader of some partitions has not read yet, asked for with one request for all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from flexbourse_log.kafka.settings import KafkaSettings

LAG_TIMEOUT_S = 1.0
ANSWER_TIMEOUT_S = 2.0
"""The client ends a request by its own bound; this one is for a client that does not."""

Place = tuple[str, int]


class Lag:
    """Asks for the ends of partitions; used by any thread, one at a time. Its client is made when it is first asked."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: AdminClient | None = None

    def behind(self, reached: Mapping[Place, int]) -> int:
        """Return how many committed records stand at or behind the offsets that were reached; markers are counted.

        A partition of which the broker says nothing in time counts as read.
        """
        with self._lock:
            ends = self._offsets(reached, OffsetSpec.latest())  # type: ignore[no-untyped-call]
            late = {place: offset for place, offset in reached.items() if ends.get(place, 0) > offset}
            # What the topic's retention took away is nothing to read, either.
            firsts = self._offsets(late, OffsetSpec.earliest()) if late else {}  # type: ignore[no-untyped-call]
            return sum(ends[place] - max(offset, firsts.get(place, 0)) for place, offset in late.items())

    def _offsets(self, places: Iterable[Place], which: OffsetSpec) -> dict[Place, int]:
        if self._client is None:
            self._client = AdminClient(self._settings.admin())
        asked = {TopicPartition(self._settings.topic(topic), partition): which for topic, partition in places}
        answers = self._client.list_offsets(
            asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=LAG_TIMEOUT_S
        )
        found = {}
        for where, answer in answers.items():
            try:
                offset = answer.result(ANSWER_TIMEOUT_S).offset
            except (KafkaException, TimeoutError):
                continue
            found[self._settings.name(where.topic), where.partition] = offset
        return found
