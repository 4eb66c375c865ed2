"""Read model of the registry: objects by kind and id, folded from the state topic."""

from __future__ import annotations

import bisect

from google.protobuf.message import Message

from flexbourse.registry.v1 import registry_pb2
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import REGISTRY_ENTITY


class EntityView:
    """The newest version of every object."""

    topics: tuple[str, ...] = (REGISTRY_ENTITY,)

    def __init__(self) -> None:
        self._states: dict[str, dict[str, registry_pb2.EntityState]] = {}
        self._ids: dict[str, list[str]] = {}

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record of the state topic in; objects are never removed."""
        if not isinstance(message, registry_pb2.EntityState):
            return
        kind, _, object_id = record.key.partition("/")
        states = self._states.setdefault(kind, {})
        if object_id not in states:
            bisect.insort(self._ids.setdefault(kind, []), object_id)
        states[object_id] = message

    def get(self, kind: str, object_id: str) -> registry_pb2.EntityState | None:
        """Return an object."""
        return self._states.get(kind, {}).get(object_id)

    def page(self, kind: str, after_id: str, size: int) -> tuple[list[registry_pb2.EntityState], str]:
        """Return up to `size` objects behind an id, and the id to go on from, empty at the end."""
        ids = self._ids.get(kind, [])
        start = bisect.bisect_right(ids, after_id)
        found = ids[start : start + size]
        more = start + size < len(ids)
        return [self._states[kind][object_id] for object_id in found], found[-1] if more else ""
