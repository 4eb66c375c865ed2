"""Plain, idempotent appends: commands, step markers, snapshots. Durable when the future is done; used by any thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as KafkaMessage

from flexbourse_log.batch import Outgoing
from flexbourse_log.kafka.closing import drop_producer
from flexbourse_log.kafka.faults import CLIENT_FAULTS, BrokerAwayError, fault
from flexbourse_log.kafka.records import wire_headers
from flexbourse_log.kafka.settings import COMMIT_TIMEOUT_S, POLL_S, KafkaSettings
from flexbourse_log.port import OverloadedError, Position

log = logging.getLogger(__name__)


class Appender:
    """One producer of this process. A producer that can go no further is replaced at the next append."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._producer: Producer | None = None
        self._retired: list[Producer] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kafka-appender", daemon=True)

    def start(self) -> None:
        """Begin to hand out delivery reports."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Send what is in hand and end."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            producer.flush(timeout_s)
            drop_producer(producer)
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def append(self, record: Outgoing) -> Future[Position]:
        """Append a record; the future holds its place, or a LogFaultError.

        Raises:
            OverloadedError: too many records wait for the broker; nothing was appended.
        """
        future: Future[Position] = Future()
        future.set_running_or_notify_cancel()  # whoever stops waiting does not take the record back
        with self._lock:
            if self._producer is None:
                self._producer = Producer(self._settings.producer())
            try:
                self._producer.produce(
                    self._settings.topic(record.topic),
                    record.value or None,
                    record.key.encode(),
                    record.partition,
                    on_delivery=self._reporting(future),
                    headers=wire_headers(record.headers),
                )
            except BufferError as error:
                raise OverloadedError("the log takes nothing more at the moment") from error
            except KafkaException as error:
                self._retire(self._producer)
                raise fault(error, f"appending to {record.topic}") from error
        return future

    def append_now(self, record: Outgoing, timeout_s: float = COMMIT_TIMEOUT_S) -> Position:
        """Append a record and wait until it is durable.

        Raises:
            BrokerAwayError: that did not come about in time; it may still.
        """
        try:
            return self.append(record).result(timeout_s)
        except TimeoutError as error:
            raise BrokerAwayError(f"appending to {record.topic}: not durable in time") from error

    def _reporting(self, future: Future[Position]) -> Callable[[KafkaError | None, KafkaMessage], None]:
        def report(error: KafkaError | None, message: KafkaMessage) -> None:
            if error is None:
                topic = self._settings.name(message.topic() or "")
                future.set_result(Position(topic, message.partition() or 0, message.offset() or 0))
                return
            future.set_exception(fault(error, "appending"))

        return report

    def _run(self) -> None:
        while not self._stopping.is_set():
            producer = self._producer
            if producer is None:
                self._stopping.wait(POLL_S)
            else:
                self._poll(producer)
            while self._retired:
                drop_producer(self._retired.pop())  # what it did not send is reported as failed

    def _poll(self, producer: Producer) -> None:
        try:
            producer.poll(POLL_S)
        except CLIENT_FAULTS as error:
            log.warning("appending: %s; going on with a new producer", error)
            with self._lock:
                self._retire(producer)

    def _retire(self, producer: Producer) -> None:
        """A fatal error of an idempotent producer lasts as long as the producer; the next append makes another."""
        if self._producer is producer:
            self._producer = None
            self._retired.append(producer)
