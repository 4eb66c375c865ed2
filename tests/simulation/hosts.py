"""One shard on the model log, with everything that may happen to the process that owns it."""

from __future__ import annotations

from dataclasses import dataclass, field

from model_log import ModelLog

from flexbourse_log.batch import Batch
from flexbourse_log.clock import Reading
from flexbourse_log.port import Intent, Program, ProgramFactory
from flexbourse_log.shard import ShardRunner
from flexbourse_messages.catalogue import BY_NAME, CATALOGUE

Snapshot = tuple[bytes, int]


@dataclass
class Host:
    """A shard and its owner. `snapshot` is the newest one: recovery starts from it.

    `open` are intents whose outcome is not known to be in the journal; a new owner performs them again.
    """

    context: str
    shard: int
    factory: ProgramFactory
    log: ModelLog
    hosted: frozenset[str]  # contexts that run at all
    snapshot: Snapshot | None = None
    area_shards: int = 1
    open: dict[str, Intent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.take_over()

    @property
    def name(self) -> str:
        """Return context and shard."""
        return f"{self.context}/{self.shard}"

    @property
    def program(self) -> Program:
        """Return the live program."""
        return self.runner.state.program

    def recovered(self, snapshot: Snapshot | None) -> ShardRunner:
        """Return a runner recovered from a snapshot and the journal behind it, as a new owner does."""
        runner = ShardRunner(
            BY_NAME[self.context], self.shard, self.area_shards, self.factory(self.shard), catalogue=CATALOGUE,
            fetch=self.log.get, hosted=self.hosted,
        )  # fmt: skip
        first = 0 if snapshot is None else snapshot[1]
        journal = BY_NAME[self.context].journal.name
        runner.recover(snapshot, self.log.after(journal, self.shard, first, self.log.end(journal, self.shard)))
        return runner

    def take_over(self) -> None:
        """Let a new owner take the shard, after a crash or because it was moved; the one before can write no more."""
        self.epoch = self.log.claim(BY_NAME[self.context].journal.name, self.shard)
        self.runner = self.recovered(self.snapshot)
        self._next = self.runner.next_inputs()
        self.open = {intent.intent_id: intent for intent in self.runner.state.intents()}
        self.has_read_clock = False

    def news(self) -> list[tuple[str, int]]:
        """Return the sources that have something that was not read."""
        return [place for place, offset in self._next.items() if offset < self.log.end(*place)]

    def read(self, place: tuple[str, int], most: int) -> None:
        """Offer at most so many new records of a source."""
        found = self.log.after(*place, self._next[place], most)
        for record in found:
            self.runner.offer(record)
        self._next[place] += len(found)

    def is_due(self, reading: Reading) -> bool:
        """Tell whether an engine would call it now: something waits, or time itself does something."""
        return self.runner.waiting > 0 or self.runner.wait_ms(reading) == 0

    def decide(self, reading: Reading) -> Batch | None:
        """Decide what was offered; nothing is in the log yet."""
        self.has_read_clock = True
        return self.runner.run(reading)

    def commit(self, batch: Batch) -> None:
        """Write a batch, and note what it asks of the outside world."""
        self.log.commit(batch, self.epoch)
        for name in batch.settled:
            self.open.pop(name, None)
        for intent in batch.intents:
            self.open[intent.intent_id] = intent

    def is_behind(self) -> bool:
        """Tell whether records wait for it."""
        return self.runner.waiting > 0 or bool(self.news())

    def state(self) -> Snapshot:
        """Return what its owner knows, as a snapshot."""
        return (self.runner.state.dump(), self.runner.state.next_offset)
