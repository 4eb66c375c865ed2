"""The file of the embedded log: headers, compaction, retention, and what must never be removed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_log.batch import Outgoing
from flexbourse_log.clock import Reading
from flexbourse_log.embedded.headers import pack, unpack
from flexbourse_log.embedded.maintenance import DAY_MS, PASS_PAUSE_MS, SLICE_BYTES, SLICE_RECORDS
from flexbourse_log.embedded.schema import FILE
from flexbourse_log.embedded.store import Store
from flexbourse_messages.topic import Topic
from flexbourse_testkit.conformance import services as s

BALANCE = s.CATALOGUE.topics[s.BALANCE]
COMMANDS = s.CATALOGUE.topics[s.ADD]
TABLES = s.CATALOGUE.topics[s.TABLE]
NOW_MS = 100 * DAY_MS
LARGE = SLICE_BYTES // 4


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_headers_survive_any_text(headers: dict[str, str]) -> None:
    assert unpack(pack(headers)) == headers


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path, 1)
    found.create((topic.name, 0) for topic in (BALANCE, COMMANDS, TABLES))
    yield found
    found.close()


def write(store: Store, topic: str, keys: list[str], at_ms: int = NOW_MS, value: bytes = b"value") -> None:
    for key in keys:
        store.stage(Outgoing(topic, 0, key, value, {}), at_ms)
    store.commit()


def left(store: Store, topic: str) -> list[tuple[int, str]]:
    return [(record.offset, record.key) for record in store.reader.read_all(topic, 0)]


def test_compaction_keeps_the_newest_of_each_key_and_offsets(store: Store) -> None:
    write(store, s.BALANCE, ["a", "b", "a", "c", "a", "b"])
    work = store.maintenance([(BALANCE, 0)])
    assert work.slice(BALANCE, 0, limit=6, now_ms=NOW_MS).looked == 5
    assert left(store, s.BALANCE) == [(1, "b"), (3, "c"), (4, "a"), (5, "b")], "the last record is not looked at yet"
    write(store, s.BALANCE, ["d"])
    work.slice(BALANCE, 0, limit=7, now_ms=NOW_MS)
    assert left(store, s.BALANCE) == [(3, "c"), (4, "a"), (5, "b"), (6, "d")]
    assert store.end(s.BALANCE, 0) == 7


def test_compaction_leaves_what_a_shard_has_not_taken(store: Store) -> None:
    write(store, s.BALANCE, ["a"] * 6)
    store.maintenance([(BALANCE, 0)]).slice(BALANCE, 0, limit=2, now_ms=NOW_MS)
    assert [offset for offset, _ in left(store, s.BALANCE)] == [1, 2, 3, 4, 5]


def test_keys_that_carry_a_version_are_never_removed(store: Store) -> None:
    write(store, s.TABLE, ["table/1", "table/1", "table/2"])
    work = store.maintenance([(TABLES, 0)])
    assert work.work(Reading(NOW_MS, 0), lambda _topic, _partition: 100) == 0
    assert len(left(store, s.TABLE)) == 3


def test_retention_removes_old_records_up_to_what_was_taken(store: Store) -> None:
    write(store, s.ADD, ["old"] * 4, at_ms=NOW_MS - 8 * DAY_MS)
    write(store, s.ADD, ["young"] * 2, at_ms=NOW_MS - 6 * DAY_MS)
    work = store.maintenance([(COMMANDS, 0)])
    work.slice(COMMANDS, 0, limit=3, now_ms=NOW_MS)
    assert [offset for offset, _ in left(store, s.ADD)] == [3, 4, 5]
    work.slice(COMMANDS, 0, limit=6, now_ms=NOW_MS)
    assert [offset for offset, _ in left(store, s.ADD)] == [4, 5]


def test_the_last_record_stays_so_that_offsets_go_on(store: Store, tmp_path: Path) -> None:
    write(store, s.ADD, ["old"] * 3, at_ms=0)
    work = store.maintenance([(COMMANDS, 0)])
    work.slice(COMMANDS, 0, limit=3, now_ms=NOW_MS)
    assert [offset for offset, _ in left(store, s.ADD)] == [2]
    again = Store(tmp_path, 1, lock=False)
    assert again.end(s.ADD, 0) == 3
    again.close()


def test_work_comes_in_bounded_slices_and_rests_after_a_pass(store: Store) -> None:
    write(store, s.BALANCE, ["a"] * (2 * SLICE_RECORDS + 10))
    work = store.maintenance([(BALANCE, 0)])
    at_ms, looked = 0, []
    for _ in range(3):
        looked.append(work.work(Reading(NOW_MS, at_ms), lambda _topic, _partition: 10_000))
        assert work.work(Reading(NOW_MS, at_ms), lambda _topic, _partition: 10_000) == 0, "not due yet"
        at_ms += work.wait_ms(Reading(NOW_MS, at_ms))
    assert looked == [SLICE_RECORDS, SLICE_RECORDS, 9]
    assert at_ms >= PASS_PAUSE_MS


@pytest.mark.parametrize(("topic", "records"), [(BALANCE, 10), (COMMANDS, 10)])
def test_a_slice_of_large_records_is_bounded_in_bytes(store: Store, topic: Topic, records: int) -> None:
    write(store, topic.name, ["a"] * (records + 1), at_ms=0, value=bytes(LARGE))
    work, looked, more = store.maintenance([(topic, 0)]), list[int](), True
    while more:
        done = work.slice(topic, 0, limit=records + 1, now_ms=NOW_MS)
        looked.append(done.looked)
        more = done.more
    assert looked == [4, 4, 2]
    assert len(left(store, topic.name)) == (2 if topic.compacted else 1)


def test_what_is_removed_is_not_written_once_more(store: Store, tmp_path: Path) -> None:
    write(store, s.BALANCE, ["a"] * 9, value=bytes(LARGE))
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert store.maintenance([(BALANCE, 0)]).slice(BALANCE, 0, limit=9, now_ms=NOW_MS).looked == 4
    assert len(left(store, s.BALANCE)) == 6
    assert (tmp_path / f"{FILE}-wal").stat().st_size < LARGE


def test_the_newest_of_each_key_is_read_without_what_came_before(store: Store) -> None:
    write(store, s.BALANCE, ["a", "b", "a", "c", "b"])
    newest = [(record.offset, record.key, record.value) for record in store.reader.read_newest(s.BALANCE, 0)]
    assert newest == [(2, "a", b"value"), (3, "c", b"value"), (4, "b", b"value")]
    assert list(store.reader.read_newest("no.such.topic", 0)) == []


def test_dead_letters_are_kept_for_a_fortnight(store: Store) -> None:
    letters = COMMANDS.dead_letter_topic()
    assert letters in s.CATALOGUE.dead_letter_topics()
    store.create([(letters.name, 0)])
    write(store, letters.name, ["old"] * 2, at_ms=NOW_MS - 15 * DAY_MS)
    write(store, letters.name, ["young"] * 2, at_ms=NOW_MS - 13 * DAY_MS)
    work = store.maintenance([(letters, 0)])
    work.slice(letters, 0, limit=4, now_ms=NOW_MS)
    assert [offset for offset, _ in left(store, letters.name)] == [2, 3]
