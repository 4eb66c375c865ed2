"""Brings the committed answers of one context to the calls of this process that wait for them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from confluent_kafka import KafkaException

from flexbourse_log.commanding import MAX_STORED_ANSWERS, GivenAnswer
from flexbourse_log.engine import EngineOptions
from flexbourse_log.kafka.ends import EndsOf
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.reader import InputReader
from flexbourse_log.kafka.settings import (
    CONNECT_TIMEOUT_S,
    MAX_BATCH_RECORDS,
    POLL_S,
    RECONNECT_PAUSE_MAX_S,
    KafkaSettings,
)
from flexbourse_log.port import CE_TYPE, JOURNAL_OFFSET, PARTY, Record
from flexbourse_log.writing import ANSWER_TYPE
from flexbourse_messages.topic import Context

Answers = Sequence[GivenAnswer]
log = logging.getLogger(__name__)


class AnswerReader:
    """Reads a context's answer topic in a thread of its own, beginning with the newest answers of earlier runs."""

    def __init__(
        self, settings: KafkaSettings, options: EngineOptions, context: Context, deliver: Callable[[Answers], None]
    ) -> None:
        self._settings = settings
        self._options = options
        self._context = context
        self._deliver = deliver
        self._places: dict[tuple[str, int], int] = {}
        self._old: dict[tuple[str, int], int] = {}
        self._caught_up = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"answers-{context.name}", daemon=True)

    def start(self) -> None:
        """Read the newest answers of earlier runs, then go on in the thread; raises BrokerAwayError.

        They are there when this returns, so that none of them is taken for the answer to a later call.
        """
        topic = self._context.answer.name
        count = self._options.catalogue.partitions(topic, self._options.area_shards)
        ends = EndsOf(self._settings)
        for partition in range(count):
            low, high = ends.bounds((topic, partition))
            self._places[topic, partition] = max(low, high - MAX_STORED_ANSWERS // count)
            self._old[topic, partition] = high
        ends.close()
        self._thread.start()
        if not self._caught_up.wait(CONNECT_TIMEOUT_S):
            raise BrokerAwayError(f"the answers of {self._context.name} could not be read in time")

    def stop(self, timeout_s: float) -> None:
        """End."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except BrokerAwayError as error:
                log.warning("answers of %s: %s", self._context.name, error)
                self._stop.wait(RECONNECT_PAUSE_MAX_S)

    def _follow(self) -> None:
        reader = InputReader(self._settings, f"answers.{self._context.name}", self._places)
        try:
            while not self._stop.is_set():
                records = reader.read(1, POLL_S)
                if records:
                    records += reader.read(MAX_BATCH_RECORDS, 0)
                    self._take(records)
                if not self._caught_up.is_set() and reader.has_reached(self._old):
                    self._caught_up.set()
        except KafkaException as error:
            raise fault(error, "reading answers") from error
        finally:
            reader.close()

    def _take(self, records: Sequence[Record]) -> None:
        found = []
        for record in records:
            topic, partition, offset, key, value, headers = record
            self._places[topic, partition] = offset + 1
            if headers.get(CE_TYPE) == ANSWER_TYPE:
                place = (self._context.journal.name, partition, int(headers[JOURNAL_OFFSET]))
                found.append(GivenAnswer(headers[PARTY], key, value, *place))
        if found:
            self._deliver(found)
