"""Records as they go over the wire: headers as UTF-8 text, an empty value is a tombstone, partitions are explicit."""

from __future__ import annotations

from confluent_kafka import Message as KafkaMessage

from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.port import Headers, Record


def wire_headers(headers: Headers) -> dict[str, str | bytes | None]:
    """Return headers as the client takes them; it writes text as UTF-8, in this order."""
    return {**headers}


def read_record(message: KafkaMessage, settings: KafkaSettings) -> Record:
    """Return a client's message, which carries no error, as a record of the catalogue's topic."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if topic is None or partition is None or offset is None:
        raise ValueError("a message without its place cannot be a record")
    # Whatever a participant put into a header must not end a reader: undecodable bytes become visible marks.
    headers = {str(header[0]): _text(header[1]) for header in message.headers() or ()}
    value = message.value() or b""
    return Record(settings.name(topic), partition, offset, _text(message.key()), _bytes(value), headers)


def _text(value: str | bytes | None) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value or ""


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
