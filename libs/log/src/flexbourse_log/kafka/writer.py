"""The one writer of a shard's partitions: each batch one transaction, never with input offsets in it.

`send_offsets_to_transaction` ignores its timeout and can stand still for ever when its coordinator dies
(librdkafka issues 5456 and 5511); input positions are headers of the journal's own records instead.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as KafkaMessage

from flexbourse_log.batch import Outgoing
from flexbourse_log.kafka.closing import drop_producer
from flexbourse_log.kafka.faults import CLIENT_FAULTS, ECHOES, BrokerAwayError, fault, reason
from flexbourse_log.kafka.records import wire_headers
from flexbourse_log.kafka.settings import COMMIT_TIMEOUT_S, CONNECT_TIMEOUT_S, KafkaSettings

BUFFER_WAIT_S = 0.01
BUFFER_ATTEMPTS = 500


class TransactionalWriter:
    """Writes batches of one shard, all of a batch or nothing. Used by one thread at a time."""

    def __init__(self, settings: KafkaSettings, context: str, shard: int, journal: str) -> None:
        """`journal`: the topic of whose new offsets `commit` returns the first and the last."""
        self._settings = settings
        self._producer = Producer(settings.transactional_producer(context, shard))
        self._refused: list[KafkaError] = []
        self._journal_offsets: list[int] = []
        self._journal = journal
        self.last_commit_s = 0.0

    def take_over(self, timeout_s: float = CONNECT_TIMEOUT_S) -> None:
        """Fence whoever wrote before and abort what he left open.

        Raises:
            BrokerAwayError: it did not come about within the bound.
            FencedError: yet another owner came at the same moment.
        """
        try:
            self._producer.init_transactions(timeout_s)
        except KafkaException as error:
            raise fault(error, "taking over the shard") from error

    def begin(self) -> None:
        """Begin a transaction."""
        try:
            self._producer.begin_transaction()
        except KafkaException as error:
            raise fault(error, "beginning a transaction") from error
        self._refused.clear()
        self._journal_offsets.clear()

    def produce(self, records: Sequence[Outgoing]) -> None:
        """Hand records over to the client, which reports at `flush` on the journal's first and last one.

        To ask it after each record, or to be told of each, would give the interpreter away as often, to threads that
        keep it. Of the others the commit itself says that one was refused.

        Raises:
            BrokerAwayError: the client takes no more.
            FencedError: another owner has the shard; nothing will be written.
        """
        try:
            reported = self._bounds_of_journal(records)
            for index, record in enumerate(records):
                self._produce(record, reported=index in reported)
        except CLIENT_FAULTS as error:
            raise self._fault(error, "writing a batch") from error

    def _bounds_of_journal(self, records: Sequence[Outgoing]) -> set[int]:
        """Return where among the records the journal's first and last one stand: those between have no gap."""
        places = [index for index, record in enumerate(records) if record.topic == self._journal]
        return {places[0], places[-1]} if places else set()

    def _produce(self, record: Outgoing, *, reported: bool) -> None:
        for _ in range(BUFFER_ATTEMPTS):
            try:
                self._producer.produce(
                    self._settings.topic(record.topic),
                    record.value or None,  # no value at all is what compaction takes for a tombstone
                    record.key.encode(),
                    record.partition,
                    on_delivery=self._delivered if reported else None,
                    headers=wire_headers(record.headers),
                )
            except BufferError:
                self._producer.poll(BUFFER_WAIT_S)
            else:
                return
        raise BrokerAwayError("writing a batch: the client's queue stays full")

    def flush(self) -> None:
        """Return when the broker has everything that was produced, or refused it; `commit` then says which."""
        try:
            left = self._producer.flush(COMMIT_TIMEOUT_S)
        except CLIENT_FAULTS as error:
            raise self._fault(error, "writing a batch") from error
        if left:
            raise BrokerAwayError("writing a batch: not delivered in time")

    def commit(self) -> list[int]:
        """Commit; return the offsets of the first and the last journal record of each `produce`, in order.

        Raises:
            BrokerAwayError: the outcome is unknown, or the batch was refused. Only the journal knows.
            FencedError: another owner has the shard; nothing was written.
        """
        try:
            self._producer.commit_transaction(COMMIT_TIMEOUT_S)
        except CLIENT_FAULTS as error:
            raise self._fault(error, "committing a batch") from error
        if self._refused:
            raise self._fault(self._refused[0], "committing a batch")
        self.last_commit_s = time.monotonic()
        return list(self._journal_offsets)

    def close(self) -> None:
        """End the producer; an open transaction is left to its successor, who aborts it."""
        drop_producer(self._producer)

    def _fault(self, error: KafkaException | KafkaError | SystemError, doing: str) -> Exception:
        """Return the fault: why the client has ended, or why a record was refused, or else the error itself."""
        known = [found for found in (reason(each) for each in (*self._refused, error)) if found is not None]
        said = [found for found in known if found.code() not in ECHOES]
        if len(said) < len(known) or not known:
            said = [*self._end_of_client(), *said]
        return fault(said[0] if said else error, doing)

    def _end_of_client(self) -> list[KafkaError]:
        """Return why the client has ended, nothing where it has not: it refuses each further transaction with that.

        Nobody uses a client after a fault, so that it does not matter if the transaction begins.
        """
        try:
            self._producer.begin_transaction()
        except CLIENT_FAULTS as error:
            found = reason(error)
            return [found] if found is not None and found.fatal() else []
        return []

    def _delivered(self, error: KafkaError | None, message: KafkaMessage) -> None:
        if error is not None:
            self._refused.append(error)
        else:
            self._journal_offsets.append(message.offset() or 0)
