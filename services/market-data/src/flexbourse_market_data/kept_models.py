"""Where read models are kept for queries: the port, and the one in memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

from flexbourse_market_data.domain.changes import Changes
from flexbourse_market_data.wire import kept

# Events of one book that are kept for who resumes, or reads slowly; who is further behind begins with a picture.
MAX_TOLD = 2_000


class ReadModels(Protocol):
    """Entries by group and field, and the last events of each book."""

    async def fields(self, group: str) -> Mapping[str, bytes]:
        """Return the fields of a group as of one moment, none where it does not exist."""

    async def groups(self, family: str, area_id: str) -> Sequence[str]:
        """Return the groups of an area in a family, by period."""

    async def told(self, group: str, after: int, wait_s: float) -> Sequence[tuple[int, bytes]]:
        """Return events behind a number, oldest first, as far as they are kept; waits so long for the first one."""


class MemoryModels:
    """Read models in memory, used on one asyncio loop."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, bytes]] = {}
        self._told: dict[str, deque[tuple[int, bytes]]] = {}
        self._news: dict[str, asyncio.Event] = {}

    def write(self, changes: Changes) -> None:
        """Keep what a record changed."""
        for entry in changes.entries:
            if entry.value is None:
                self._groups.get(entry.group, {}).pop(entry.field, None)
            else:
                self._groups.setdefault(entry.group, {})[entry.field] = kept(entry.value)
        for told in changes.told:
            self._told.setdefault(told.group, deque(maxlen=MAX_TOLD)).append((told.number, told.event))
            if (news := self._news.pop(told.group, None)) is not None:
                news.set()
        for group in changes.dropped:
            self._groups.pop(group, None)
            self._told.pop(group, None)

    async def fields(self, group: str) -> Mapping[str, bytes]:
        """Return the fields of a group."""
        return dict(self._groups.get(group, {}))

    async def groups(self, family: str, area_id: str) -> Sequence[str]:
        """Return the groups of an area in a family, by period."""
        found = [group for group in self._groups if group.startswith(f"{family}/{area_id}/")]
        return sorted(found, key=lambda group: (int(group.rpartition("/")[2]), group))

    async def told(self, group: str, after: int, wait_s: float) -> Sequence[tuple[int, bytes]]:
        """Return events behind a number."""
        found = self._behind(group, after)
        if not found:
            news = self._news.setdefault(group, asyncio.Event())
            try:
                async with asyncio.timeout(wait_s):
                    await news.wait()
            except TimeoutError:
                return []
            found = self._behind(group, after)
        return found

    def _behind(self, group: str, after: int) -> list[tuple[int, bytes]]:
        events = self._told.get(group)
        if not events or events[-1][0] <= after:
            return []
        return [event for event in events if event[0] > after]
