"""Queries that see every step that is over, on Kafka too, where a service's read models come behind its journal."""

from __future__ import annotations

from functools import partial
from typing import Any

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse_client.client import Client
from flexbourse_messages.catalogue import CATALOGUE


def read_what_is_written(client: Client) -> None:
    """Have each query of a client, where it names no position, wait for all that its service has written by then."""
    for facet in vars(client).values():
        sender = getattr(facet, "_sender", None)
        if sender is not None:
            sender.query = partial(_query, client, sender._context, sender.query)


def _query(client: Client, context: str, ask: Any, method: Any, request: Message) -> Any:
    if "min_position" in request.DESCRIPTOR.fields_by_name and not request.HasField("min_position"):
        request.min_position.CopyFrom(_newest(client, context))  # type: ignore[attr-defined]
    return ask(method, request)


def _newest(client: Client, context: str) -> common_pb2.LogPosition:
    (shard,) = client.shards(context)
    journal = CATALOGUE.by_name[context].journal.name
    return common_pb2.LogPosition(topic=journal, partition=shard.shard, offset=max(0, shard.journal_offset))
