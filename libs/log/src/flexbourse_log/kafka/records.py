"""Records as they go over the wire: headers as UTF-8 text, an empty value is a tombstone, partitions are explicit."""

from __future__ import annotations

from confluent_kafka import Message as KafkaMessage

from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.port import Headers, Record


def wire_headers(headers: Headers) -> list[tuple[str, str | bytes | None]]:
    """Return headers as the client takes them."""
    return [(name, value.encode()) for name, value in headers.items()]


def read_record(message: KafkaMessage, settings: KafkaSettings) -> Record:
    """Return a client's message, which carries no error, as a record of the catalogue's topic."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if topic is None or partition is None or offset is None:
        raise ValueError("a message without its place cannot be a record")
    key = message.key() or b""
    headers = {str(header[0]): _text(header[1]) for header in message.headers() or ()}
    value = message.value() or b""
    return Record(settings.name(topic), partition, offset, _text(key), _bytes(value), headers)


def _text(value: str | bytes | None) -> str:
    # Whatever a participant put into a header must not end a reader: undecodable bytes become visible marks.
    return value if isinstance(value, str) else (value or b"").decode(errors="replace")


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
