"""What every API process knows of the registry: in which shard an area lies and which roles a party has."""

from __future__ import annotations

import asyncio

from google.protobuf.message import Message

from flexbourse.registry.v1 import registry_pb2
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import REGISTRY_ENTITY

ROLE_PREFIX = "ROLE_"


class Directory:
    """A view of areas and participants, folded from the registry's state topic."""

    topics: tuple[str, ...] = (REGISTRY_ENTITY,)

    def __init__(self) -> None:
        self._shards: dict[str, int] = {}
        self._roles: dict[str, frozenset[str]] = {}
        self._changed = asyncio.Event()

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one object of the registry in; objects are never removed."""
        if not isinstance(message, registry_pb2.EntityState):
            return
        kind = message.entity.WhichOneof("kind")
        if kind == "area":
            self._shards[message.entity.area.area_id] = message.entity.area.shard
            self._changed.set()
        elif kind == "participant":
            participant = message.entity.participant
            roles = [registry_pb2.Role.Name(role).removeprefix(ROLE_PREFIX) for role in participant.roles]
            self._roles[participant.participant_id] = frozenset(roles) if participant.active else frozenset()

    def roles(self, party: str) -> frozenset[str]:
        """Return the roles of an active participant by their names, DSO for ROLE_DSO."""
        return self._roles.get(party, frozenset())

    def areas(self) -> tuple[str, ...]:
        """Return all areas by id."""
        return tuple(sorted(self._shards))

    def participants(self) -> frozenset[str]:
        """Return the ids of all active participants."""
        return frozenset(party for party, roles in dict(self._roles).items() if roles)

    def known_shard(self, area_id: str) -> int | None:
        """Return an area's shard as far as it is known, from any thread."""
        return self._shards.get(area_id)

    async def shard_of(self, area_id: str, timeout_s: float) -> int | None:
        """Return an area's shard; one that was registered a moment ago is waited for."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while area_id not in self._shards:
            remaining = deadline - asyncio.get_running_loop().time()
            if remaining <= 0:
                return None
            self._changed.clear()
            try:
                async with asyncio.timeout(remaining):
                    await self._changed.wait()
            except TimeoutError:
                return self._shards.get(area_id)
        return self._shards[area_id]
