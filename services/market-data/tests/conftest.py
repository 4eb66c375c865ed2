"""Lets the tests of this folder share `market_records` and `kafka_worker`; what each of them starts from."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from kafka_worker import Log

    from flexbourse_log.kafka.broker import LocalBroker


@pytest.fixture
def log(kafka_broker: "LocalBroker", kafka_prefix: str) -> "Log":
    """The topics of one test."""
    from kafka_worker import Log

    return Log(kafka_broker, kafka_prefix)


@pytest.fixture
def redis_of_this_test(redis_url: str) -> Iterator[str]:
    """A server that holds nothing."""
    from kafka_worker import empty

    asyncio.run(empty(redis_url))
    yield redis_url
    asyncio.run(empty(redis_url))
