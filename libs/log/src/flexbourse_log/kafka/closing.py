"""Closing clients within a bound: a client whose broker is away may take its time, and nobody waits for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from confluent_kafka import Consumer, Producer

from flexbourse_log.kafka.faults import CLIENT_FAULTS
from flexbourse_log.kafka.settings import CLOSE_TIMEOUT_S


def close_consumer(consumer: Consumer, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
    """Close a consumer; return False if it is still closing in the background after the bound."""
    return _within(consumer.close, timeout_s)


def drop_producer(producer: Producer, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
    """Forget what a producer has not sent and end it; return False if it is still ending after the bound."""

    def close() -> None:
        producer.purge(in_queue=True, in_flight=True, blocking=False)
        producer.close()

    return _within(close, timeout_s)


def _within(close: Callable[[], object], timeout_s: float) -> bool:
    def closing() -> None:
        # A client that was fenced, or whose broker is away, reports it once more, in one way or another; whoever
        # closes it knows, and a thread that only closes must not take the process with it.
        with contextlib.suppress(*CLIENT_FAULTS, RuntimeError):
            close()

    thread = threading.Thread(target=closing, name="kafka-closing", daemon=True)
    thread.start()
    thread.join(timeout_s)
    return not thread.is_alive()
