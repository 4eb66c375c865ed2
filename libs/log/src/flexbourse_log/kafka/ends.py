"""Where partitions begin and end at this moment."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaException, TopicPartition

from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.faults import fault
from flexbourse_log.kafka.settings import CONNECT_TIMEOUT_S, KafkaSettings

Bounds = tuple[int, int]


def partition_bounds(
    settings: KafkaSettings, places: Iterable[tuple[str, int]], consumer: Consumer | None = None
) -> dict[tuple[str, int], Bounds]:
    """Return of each (catalogue topic, partition) the first offset and the one behind the last record.

    Open transactions and their markers are counted. Raises BrokerAwayError.
    """
    asking = consumer if consumer is not None else Consumer(settings.consumer("ends"))
    try:
        return {place: _bounds(settings, asking, *place) for place in places}
    except KafkaException as error:
        raise fault(error, "asking for ends") from error
    finally:
        if consumer is None:
            close_consumer(asking)


def _bounds(settings: KafkaSettings, consumer: Consumer, topic: str, partition: int) -> Bounds:
    where = TopicPartition(settings.topic(topic), partition)
    low, high = consumer.get_watermark_offsets(where, timeout=CONNECT_TIMEOUT_S) or (0, 0)
    return low, high
