"""Whatever comes in, and wherever the process dies between two commits: the journal goes on as if it had not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_log.batch import Batch
from flexbourse_log.clock import Reading
from flexbourse_log.codec import encode, type_name
from flexbourse_log.port import CE_ID, CE_TYPE, EXPIRES_AT, PARTY, Position, Record
from flexbourse_log.shard import ShardRunner
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s

START_MS = 1_767_225_600_000
BIG = 70_000  # adopted by reference

names = st.integers(0, 6).map(lambda number: f"id-{number}")
accounts = st.sampled_from("abc")
adds = st.builds(
    lambda account, amount, hold, effect: m.Add(account=account, amount=amount, hold_ms=hold, effect=effect),
    accounts,
    st.integers(-5, 5) | st.just(2 * s.LIMIT),
    st.just(0) | st.integers(START_MS, START_MS + 30_000),
    st.sampled_from(["", "", s.MAIL]),
)
outcomes = st.integers(1, 9).map(lambda number: m.EffectDone(intent=f"{s.MAIL}-{number}"))
commands = st.tuples(st.just(s.ADD), names, adds | outcomes)
totals = st.tuples(
    st.just(s.TOTAL), accounts, st.none() | st.integers(0, 9).map(lambda n: m.Total(account="a", total=n))
)
tables = st.tuples(
    st.just(s.TABLE), names, st.sampled_from([10, BIG]).map(lambda size: m.Table(version=1, data=bytes(size)))
)
rounds = st.lists(
    st.tuples(st.integers(0, 4_000), st.lists(commands | totals | tables, max_size=4)), min_size=1, max_size=12
)


@dataclass
class Shard:
    """A runner over a log in memory."""

    log: dict[Position, Record]
    journal: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runner = ShardRunner(s.COUNTER, 0, 1, s.CounterProgram(), catalogue=s.CATALOGUE, fetch=self.log.get)

    def run(self, at_ms: int) -> None:
        batch = self.runner.run(Reading(at_ms, at_ms))
        if batch is not None:
            self.journal += records(batch)

    def digest(self) -> str:
        found = hashlib.sha256()
        for record in self.journal:
            found.update(record.headers[CE_TYPE].encode() + record.value + b"|")
        return found.hexdigest()


def records(batch: Batch) -> list[Record]:
    return [
        Record(out.topic, out.partition, batch.first_offset + index, out.key, out.value, out.headers)
        for index, out in enumerate(batch.journal)
    ]


def placed(plan: list[tuple[int, list[tuple[str, str, Any]]]]) -> list[tuple[int, list[Record]]]:
    """Give the inputs of each round their time and their places in the log."""
    ends: dict[str, int] = {}
    at_ms, found = START_MS, []
    for wait_ms, inputs in plan:
        at_ms += wait_ms
        row = []
        for topic, key, message in inputs:
            offset = ends[topic] = ends.get(topic, -1) + 1
            headers = {CE_ID: key, PARTY: "p", EXPIRES_AT: str(START_MS + 20_000)} if topic == s.ADD else {}
            if message is not None:
                headers[CE_TYPE] = type_name(message)
            row.append(Record(topic, 0, offset, key, b"" if message is None else encode(message), headers))
        found.append((at_ms, row))
    return found


@settings(max_examples=150, deadline=None)
@given(plan=rounds, data=st.data())
def test_a_crash_between_two_commits_changes_no_journal_record(
    plan: list[tuple[int, list[tuple[str, str, Any]]]], data: st.DataObject
) -> None:
    schedule = placed(plan)
    log = {Position(r.topic, r.partition, r.offset): r for _, row in schedule for r in row}
    whole = Shard(log)
    lengths = []
    for at_ms, row in schedule:
        lengths.append(len(whole.journal))
        for record in row:
            whole.runner.offer(record)
        whole.run(at_ms)
    died = data.draw(st.integers(0, len(schedule) - 1), label="died before round")
    kept = whole.journal[: lengths[died]]
    cut = data.draw(st.integers(0, len(kept)), label="snapshot holds this many records")
    again = Shard(log, list(kept))
    base = Shard(log)
    base.runner.recover(None, kept[:cut])
    again.runner.recover((base.runner.state.dump(), cut), kept[cut:])
    wanted = again.runner.next_inputs()
    for _, row in schedule[:died]:
        for record in row:
            if record.offset >= wanted[record.topic, record.partition]:
                again.runner.offer(record)
    for at_ms, row in schedule[died:]:
        for record in row:
            again.runner.offer(record)
        again.run(at_ms)
    assert again.digest() == whole.digest()
    assert again.runner.state.dump() == whole.runner.state.dump()
    assert [intent.intent_id for intent in again.runner.state.intents()] == [
        intent.intent_id for intent in whole.runner.state.intents()
    ]
