"""Faust's Kafka transport, reading what was committed and nothing else.

Faust reads uncommitted records unless it writes in transactions itself. The platform's topics are written in
transactions, and those of a dead owner are aborted: what they hold never happened.
"""

from __future__ import annotations

from typing import Any

import aiokafka
from faust.transport.drivers import aiokafka as driver

READ_COMMITTED = "read_committed"


class CommittedConsumerThread(driver.AIOKafkaConsumerThread):
    """Makes consumers that pass over aborted records."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = READ_COMMITTED
        return consumer


class CommittedConsumer(driver.Consumer):
    """Runs them."""

    def _new_consumer_thread(self) -> CommittedConsumerThread:
        return CommittedConsumerThread(self, loop=self.loop, beacon=self.beacon)


class CommittedTransport(driver.Transport):
    """Connects to Kafka so."""

    Consumer = CommittedConsumer
