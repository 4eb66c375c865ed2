"""What a record changes in read models: entries of groups, and what is told on to who follows a book."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a group as it is now; no value: it is gone. A group is what one query reads."""

    group: str
    field: str
    value: object | None


@dataclass(frozen=True, slots=True)
class Told:
    """An event that is passed on as it came; its number rises by one within a group."""

    group: str
    number: int
    event: bytes


@dataclass(frozen=True, slots=True)
class Changes:
    """All that one record changes, in the order in which it is to be kept; groups that are dropped whole."""

    entries: tuple[Entry, ...] = ()
    told: tuple[Told, ...] = ()
    dropped: tuple[str, ...] = ()


NOTHING = Changes()
