"""Counts crashes per shard and input, outside the replayed state: a file that is replaced as a whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flexbourse_log.durable_files import write_whole
from flexbourse_log.headers import format_position, parse_position
from flexbourse_log.port import Position
from flexbourse_log.shard import MAX_CRASHES

TIME = "time"  # the crash came while time advanced, at no input


@dataclass(frozen=True, slots=True)
class CrashFile:
    """The crashes of the shards of one data folder. Only the newest input per shard is counted."""

    path: Path

    def record(self, context: str, shard: int, source: Position | None) -> int:
        """Count a crash durably; returns how often it happened at this input."""
        found = self._read()
        where = format_position(source) if source else TIME
        before = found.get(f"{context}/{shard}", {})
        count: int = before.get("count", 0) + 1 if before.get("input") == where else 1
        found[f"{context}/{shard}"] = {"input": where, "count": count}
        self._write(found)
        return count

    def exhausted(self, context: str, shard: int) -> tuple[str, Position | None] | None:
        """Return reason and input where a shard crashed too often at one input, else None."""
        entry = self._read().get(f"{context}/{shard}")
        if entry is None or entry["count"] < MAX_CRASHES:
            return None
        source = None if entry["input"] == TIME else parse_position(entry["input"])
        return f"crashed {entry['count']} times at {entry['input']}", source

    def allow_one(self, context: str, shard: int) -> None:
        """Let the shard try its halted input once more."""
        found = self._read()
        entry = found.get(f"{context}/{shard}")
        if entry is not None:
            entry["count"] = MAX_CRASHES - 1
            self._write(found)

    def _read(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return found

    def _write(self, found: object) -> None:
        write_whole(self.path, json.dumps(found).encode())
