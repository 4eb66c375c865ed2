"""A log in memory that keeps the promises of the real ones: a batch is there whole or not at all, offsets have no gaps,
and who has lost a journal to another owner writes nothing any more.

A fork shares what was there before; both go on from it alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from flexbourse_log.batch import Batch
from flexbourse_log.port import Position, Record

Place = tuple[str, int]


class FencedError(Exception):
    """Somebody else owns the journal by now."""


class ModelLog:
    """All partitions of all topics."""

    def __init__(self) -> None:
        self._kept: dict[Place, list[Record]] = defaultdict(list)
        self._epochs = Counter[Place]()

    def fork(self) -> ModelLog:
        """Return a log that begins with what is here now."""
        other = ModelLog()
        for place, records in self._kept.items():
            other._kept[place] = list(records)
        return other

    def claim(self, journal: str, shard: int) -> int:
        """Return the epoch of a new owner of a journal."""
        self._epochs[journal, shard] += 1
        return self._epochs[journal, shard]

    def append(self, topic: str, partition: int, key: str, value: bytes, headers: Mapping[str, str]) -> Record:
        """Append one record."""
        kept = self._kept[topic, partition]
        record = Record(topic, partition, len(kept), key, value, headers)
        kept.append(record)
        return record

    def commit(self, batch: Batch, epoch: int) -> None:
        """Append everything of a batch; raises FencedError where the journal has another owner."""
        place = (batch.journal[0].topic, batch.journal[0].partition)
        if epoch != self._epochs[place]:
            raise FencedError(place)
        assert len(self._kept[place]) == batch.first_offset, "two owners of one shard"
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

    def journals(self) -> Iterable[tuple[Place, list[Record]]]:
        """Return every journal, for digests."""
        return sorted((place, records) for place, records in self._kept.items() if place[0].endswith(".journal.v1"))
