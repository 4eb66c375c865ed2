"""The file of the embedded log: its tables, and how a place in the log becomes one integer key."""

from __future__ import annotations

FILE = "log.sqlite"
LOCK = "lock"
CRASHES = "crashes.json"
FORMAT = 1

# A record's key is its stream's id and its offset in one integer: one table, one tree, ranges by key.
OFFSET_BITS = 40
OFFSET_MASK = (1 << OFFSET_BITS) - 1

TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    part INTEGER NOT NULL,
    compacted_to INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, part)
);
CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    headers TEXT NOT NULL,
    at_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS newest (
    stream INTEGER NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (stream, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shards (
    context TEXT NOT NULL, shard INTEGER NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (context, shard)
) WITHOUT ROWID;
"""


def sequence(stream: int, offset: int) -> int:
    """Return the key of a record."""
    return stream << OFFSET_BITS | offset
