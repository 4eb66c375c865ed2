"""Deduplication window: each command is decided once, however often it is sent.

Key (party, command id). The same content gets the stored answer, other content is refused. An entry is kept until
the command's own expiry, in shard time; a command that has expired is refused, so an id that has left the window can
never be decided again.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from flexbourse_core.rejection import Code, Rejection

MAX_LIFETIME_MS = 24 * 3600 * 1000
MAX_ENTRIES = 2_000_000


class Entry(NamedTuple):
    """A decided command: hash of its content, its expiry and its answer in bytes."""

    party: str
    command_id: str
    content_sha256: bytes
    expires_at_ms: int
    answer: bytes


class DedupeWindow:
    """The window of one shard; part of its replicated state."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._expiries: list[tuple[int, str, str]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Iterate in canonical order."""
        return (self._entries[key] for key in sorted(self._entries))

    def look_up(self, party: str, command_id: str, content_sha256: bytes) -> Entry | Rejection | None:
        """Return the stored entry, a refusal for other content under the same id, or None for a new id."""
        entry = self._entries.get((party, command_id))
        if entry is None:
            return None
        if entry.content_sha256 == content_sha256:
            return entry
        return Rejection(Code.DUPLICATE_IDENTIFIER, "an id names one content", field="command_id", element=command_id)

    def check_expiry(self, expires_at_ms: int, now_ms: int) -> Rejection | None:
        """Return why a new command may not be decided now, or None."""
        if expires_at_ms <= now_ms:
            return Rejection(
                Code.COMMAND_EXPIRED, "expires_at lies ahead of shard time", "expires_at_ms",
                value=expires_at_ms, limit=now_ms, unit="ms",
            )  # fmt: skip
        if expires_at_ms > now_ms + MAX_LIFETIME_MS:
            return Rejection(
                Code.EXPIRY_OUT_OF_RANGE, "expires_at is at most 24 h ahead", "expires_at_ms",
                value=expires_at_ms, limit=now_ms + MAX_LIFETIME_MS, unit="ms",
            )  # fmt: skip
        if len(self._entries) >= MAX_ENTRIES:
            return Rejection(Code.WINDOW_FULL, "the window is bounded", value=len(self._entries), limit=MAX_ENTRIES)
        return None

    def store(self, entry: Entry) -> None:
        """Keep a decided command until it expires."""
        self._entries[entry.party, entry.command_id] = entry
        heapq.heappush(self._expiries, (entry.expires_at_ms, entry.party, entry.command_id))

    def advance(self, now_ms: int) -> None:
        """Forget the entries that have expired by `now_ms`."""
        while self._expiries and self._expiries[0][0] <= now_ms:
            _, party, command_id = heapq.heappop(self._expiries)
            entry = self._entries.get((party, command_id))
            if entry is not None and entry.expires_at_ms <= now_ms:
                del self._entries[party, command_id]
