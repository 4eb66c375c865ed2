"""The driver's notebook: what it observed after each step, kept in its data folder.

A day that was interrupted is gone through again from here, robots included, and goes on where it stopped. The notebook
holds nothing but the platform's public answers; a step whose observation is missing is observed again, because the
platform has not moved since.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE_NAME = "demo-driver.sqlite"
MARK_NAME = "flexbourse-demo.txt"


class NotebookError(Exception):
    """The notebook belongs to another day, or lacks a step."""


@dataclass(slots=True)
class Observation:
    """What was observed after a step: serialized events by party, lights and books, nodal tariffs by period."""

    events: dict[str, list[str]] = field(default_factory=dict)
    lights: list[str] = field(default_factory=list)
    tariffs: dict[str, list[int]] = field(default_factory=dict)
    books: list[str] = field(default_factory=list)


class Notebook:
    """Observations by step, durable when `write` returns."""

    def __init__(self, folder: Path, identity: dict[str, str | int]) -> None:
        """Open or create it.

        Args:
            folder: the data folder.
            identity: what names the day; it must be the same each time.

        Raises:
            NotebookError: the folder holds another day.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / FILE_NAME)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE IF NOT EXISTS day (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self._database.execute("CREATE TABLE IF NOT EXISTS step (number INTEGER PRIMARY KEY, content BLOB NOT NULL)")
        kept = dict(self._database.execute("SELECT name, value FROM day").fetchall())
        wanted = {name: str(value) for name, value in identity.items()}
        if kept and kept != wanted:
            different = ", ".join(f"{name} was {kept.get(name)}" for name in wanted if kept.get(name) != wanted[name])
            raise NotebookError(f"{folder} holds another day: {different}")
        self._database.executemany("INSERT OR REPLACE INTO day VALUES (?, ?)", wanted.items())
        self._database.commit()

    def read(self, step: int) -> Observation | None:
        """Return what was observed after a step, None where it was not written."""
        row = self._database.execute("SELECT content FROM step WHERE number = ?", (step,)).fetchone()
        return Observation(**json.loads(zlib.decompress(row[0]))) if row else None

    def write(self, step: int, observation: Observation) -> None:
        """Keep what was observed after a step."""
        packed = zlib.compress(json.dumps(asdict(observation), separators=(",", ":")).encode(), 1)
        self._database.execute("INSERT OR REPLACE INTO step VALUES (?, ?)", (step, packed))
        self._database.commit()

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def claim(folder: Path) -> None:
    """Say that a folder is a demo's, before anything else is in it."""
    (folder / MARK_NAME).write_text("the data folder of a Flexbourse demo; may be deleted\n")


def holds_a_day(folder: Path) -> bool:
    """Tell whether a folder is a demo's."""
    return (folder / MARK_NAME).exists()
