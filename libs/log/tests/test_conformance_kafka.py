"""The conformance suite on a real Kafka broker, one for the whole test run."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "flexbourse_testkit.conformance.cases",
    "flexbourse_testkit.conformance.showing",
    "flexbourse_testkit.conformance.sources",
    "flexbourse_testkit.conformance.killing",
)

from flexbourse_log.kafka.broker import LocalBroker  # noqa: E402 - after its asserts are registered
from flexbourse_testkit.conformance.kafka import KafkaHarness  # noqa: E402
from flexbourse_testkit.conformance.showing import FigureConformance  # noqa: E402

pytestmark = pytest.mark.kafka


class TestKafkaEngine(FigureConformance):
    """Every case on topics of its own."""

    @pytest.fixture
    def harness(self, kafka_broker: LocalBroker, kafka_prefix: str) -> KafkaHarness:
        """Return an empty log with one shard."""
        return KafkaHarness(KafkaHarness.place(kafka_broker.client_config(), kafka_prefix))

    @pytest.fixture
    def stepped_harness(
        self, kafka_broker: LocalBroker, kafka_prefix: str, request: pytest.FixtureRequest
    ) -> KafkaHarness:
        """Return an empty log with as many shards as the case asks for."""
        shards = request.node.callspec.params.get("area_shards", 1) if hasattr(request.node, "callspec") else 1
        return KafkaHarness(KafkaHarness.place(kafka_broker.client_config(), kafka_prefix), shards)
