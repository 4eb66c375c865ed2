"""An aggregator that speaks Kafka alone: his own topics, his own login, and nothing else."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start

sys.path.insert(0, str(Path(__file__).parent))
from patience import WAIT_S, until
from village_day import FOUNDING, order

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    running = start(PlatformOptions(engine="kafka", data_dir=tmp_path / "data"))
    yield running
    running.stop()


def sent(producer: Producer, topic: str, headers: dict[str, str]) -> bytes | None:
    """Send an order; returns None when it arrived, or the error's text."""
    command = orderbook_pb2.OrderCommand(
        area_id="village",
        submit=orderbook_pb2.SubmitOrders(orders=[order(orderbook_pb2.SIDE_SELL, "no-unit", 1000, 10, "o-1")]),
    )
    outcome: list[bytes] = []
    try:
        producer.produce(
            topic,
            command.SerializeToString(),
            headers=list(headers.items()),
            on_delivery=lambda error, _message: outcome.append(str(error).encode()) if error else None,
        )
    except KafkaException as known:  # the client has heard already that the topic is not his
        outcome.append(str(known).encode())
    producer.flush(WAIT_S)
    return outcome[0] if outcome else None


def test_orders_by_topic(platform: Platform) -> None:
    platform.client("operator").registry.register(FOUNDING)
    credentials = platform.data_dir / "credentials"
    until((credentials / "wind-agg.kafka.json").exists, "both aggregators' logins")
    login = json.loads((credentials / "sun-agg.kafka.json").read_text())
    assert (credentials / "sun-agg.kafka.json").stat().st_mode & 0o077 == 0
    producer = Producer({**login, "partitioner": "murmur2_random", "message.timeout.ms": int(WAIT_S * 1000)})
    consumer = Consumer(
        {**login, "group.id": "sun-agg.reader", "auto.offset.reset": "earliest", "isolation.level": "read_committed"}
    )
    consumer.subscribe(["flex.out.sun-agg.answer.event.v1"])
    headers = {
        "ce_id": "from-kafka-1",
        "ce_type": "flexbourse.orderbook.v1.OrderCommand",
        "area": "village",
        "expires_at": str(int(time.time() * 1000) + 60_000),
        "party": "wind-agg",  # what he claims to be is of no account
    }
    assert sent(producer, "flex.in.sun-agg.order.command.v1", headers) is None

    def answer() -> Any:
        message = consumer.poll(0.5)
        return message.value() if message is not None and message.error() is None else None

    found = common_pb2.Answer.FromString(until(answer, "the answer"))
    assert (found.command_id, found.party) == ("from-kafka-1", "sun-agg")
    assert found.results[0].rejection.code
    refused = sent(producer, "flex.in.wind-agg.order.command.v1", headers)
    assert refused is not None
    assert b"authorization" in refused.lower()
    consumer.close()
    spy = Consumer({**login, "group.id": "sun-agg.spy", "auto.offset.reset": "earliest"})
    spy.subscribe(["flex.out.wind-agg.answer.event.v1"])

    def error() -> Any:
        message = spy.poll(0.5)
        return message.error() if message is not None else None

    assert until(error, "the broker's refusal").code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
    spy.close()
