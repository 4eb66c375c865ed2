"""A member of a consumer group in a thread of its own, which joins again whenever the group or the broker was lost.

Its static name gives a process that comes back at once its share back at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException

from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.settings import RECONNECT_PAUSE_MAX_S, KafkaSettings

SESSION_TIMEOUT_MS = 10_000
HEARTBEAT_MS = 500
"""Members learn by it that shares are dealt anew: between two of them, what one gave up is nobody's."""
ENDED = frozenset({KafkaError._FATAL, KafkaError.FENCED_INSTANCE_ID})
"""Errors after which a consumer does nothing more; what a poll returns does not always say that it is fatal."""

log = logging.getLogger(__name__)


class GroupMember:
    """Runs a session with a consumer again and again until it is stopped."""

    def __init__(
        self,
        settings: KafkaSettings,
        name: str,
        options: Mapping[str, str | int],
        session: Callable[[Consumer], None],
    ) -> None:
        """`session` subscribes and reads while `joined` says so; it tells `note` of every error that a read returns."""
        self._settings = settings
        self._name = name
        self._options = dict(options)
        self._session = session
        self._stop = threading.Event()
        self._broken = ""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Join the group."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Finish what is in hand and leave."""
        self._stop.set()
        self._thread.join(timeout_s)

    @property
    def leaving(self) -> bool:
        """Tell whether it was asked to stop."""
        return self._stop.is_set()

    def joined(self) -> bool:
        """Tell whether the session goes on; raises BrokerAwayError where the consumer has ended by itself."""
        if self._broken:
            # A broker that starts again may take the returning member for a second one and end the first.
            raise BrokerAwayError(f"{self._name}: {self._broken}")
        return not self._stop.is_set()

    def note(self, error: KafkaError) -> None:
        """Remember an error after which the consumer does nothing more."""
        if error.fatal() or error.code() in ENDED:
            self._broken = error.str()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._join()
            except BrokerAwayError as error:
                log.warning("%s: %s", self._name, error)
                self._stop.wait(RECONNECT_PAUSE_MAX_S)

    def _join(self) -> None:
        self._broken = ""
        consumer = Consumer(
            {
                "error_cb": self.note,
                **self._settings.consumer(self._name),
                "group.instance.id": self._settings.process_id,
                "session.timeout.ms": SESSION_TIMEOUT_MS,
                "heartbeat.interval.ms": HEARTBEAT_MS,
                **self._options,
            }
        )
        try:
            self._session(consumer)
        except KafkaException as error:
            raise fault(error, self._name) from error
        finally:
            close_consumer(consumer)
