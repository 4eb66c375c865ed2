"""A log in memory that keeps the promises of the real ones: a batch is there whole or not at all, offsets have no gaps.

A fork shares what was there before; both go on from it alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from flexbourse_log.batch import Batch
from flexbourse_log.port import Position, Record


class ModelLog:
    """All partitions of all topics."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], list[Record]] = defaultdict(list)

    def fork(self) -> ModelLog:
        """Return a log that begins with what is here now."""
        other = ModelLog()
        for place, records in self._kept.items():
            other._kept[place] = list(records)
        return other

    def append(self, topic: str, partition: int, key: str, value: bytes, headers: Mapping[str, str]) -> Record:
        """Append one record."""
        kept = self._kept[topic, partition]
        record = Record(topic, partition, len(kept), key, value, headers)
        kept.append(record)
        return record

    def commit(self, batch: Batch) -> None:
        """Append everything of a batch; raises AssertionError where somebody else wrote to the journal meanwhile."""
        journal = self._kept[batch.journal[0].topic, batch.journal[0].partition]
        assert len(journal) == batch.first_offset, "two owners of one shard"
        for out in batch.outputs:
            self.append(out.topic, out.partition, out.key, out.value, out.headers)

    def end(self, topic: str, partition: int) -> int:
        """Return the offset of the next record."""
        return len(self._kept.get((topic, partition), ()))

    def after(self, topic: str, partition: int, offset: int, most: int) -> list[Record]:
        """Return records from an offset on."""
        return self._kept.get((topic, partition), [])[offset : offset + most]

    def get(self, place: Position) -> Record | None:
        """Return the record at a place."""
        kept = self._kept.get((place.topic, place.partition), [])
        return kept[place.offset] if place.offset < len(kept) else None

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over a partition, for the checkers."""
        return iter(self._kept.get((topic, partition), ()))

    def journals(self) -> Iterable[tuple[tuple[str, int], list[Record]]]:
        """Return every journal, for digests."""
        return sorted((place, records) for place, records in self._kept.items() if place[0].endswith(".journal.v1"))
