"""Bulk imports: parts lie ready, one commit lets all take effect, and a recovery ends where the shard stands."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse.log.v1 import log_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.rejection import Code
from flexbourse_log.port import Command, Decision
from flexbourse_messages.catalogue import REGISTRY_COMMAND
from flexbourse_messages.topic import MAX_RECORD_BYTES
from flexbourse_registry import wire
from flexbourse_registry.domain import staging
from flexbourse_registry.domain.entities import Entity, Role, Unit
from flexbourse_registry.processor import RegistryProgram

sys.path.insert(0, str(Path(__file__).parent))
from registry_builders import PLATFORM, UNIT, VILLAGE, participant

START_MS = 1_700_000_000_000


class Shard:
    """A registry with its journal."""

    def __init__(self) -> None:
        self.program = RegistryProgram(PLATFORM)
        self.journal: list[Message] = []
        self.time(START_MS)
        self.send("operator", registry_pb2.RegisterEntities(entities=[wire.to_entity(entity) for entity in VILLAGE]))

    def send(self, party: str, body: Message) -> Decision:
        decision = self.program.on_command(Command(REGISTRY_COMMAND, "c", party, body, 0))
        self.journal += decision.events
        return decision

    def time(self, at_ms: int) -> None:
        self.journal.append(log_pb2.TimeAdvanced(at_ms=at_ms))
        self.journal += self.program.on_time(at_ms, 0)

    def stage(self, chunk: int, *entities: Entity, party: str = "operator", name: str = "i") -> Decision:
        parts = [wire.to_entity(entity) for entity in entities]
        return self.send(party, registry_pb2.StageImport(import_id=name, chunk=chunk, entities=parts))

    def commit(self, chunk_count: int, party: str = "operator", **how: bool) -> registry_pb2.ImportOutcome:
        (result,) = self.send(party, registry_pb2.CommitImport(import_id="i", chunk_count=chunk_count, **how)).results
        outcome = registry_pb2.ImportOutcome()
        assert result.detail.Unpack(outcome), result
        return outcome

    def kept(self) -> registry_pb2.RegistrySnapshot:
        return registry_pb2.RegistrySnapshot.FromString(self.program.snapshot())

    def names(self) -> set[str]:
        return {wire.key_in(state.entity) for state in self.kept().states}

    def recovered(self, snapshot_after: int | None = None) -> bytes:
        program = RegistryProgram(PLATFORM)
        for index, event in enumerate(self.journal):
            if index == snapshot_after:
                kept, program = program.snapshot(), RegistryProgram(PLATFORM)
                program.restore(kept)
            program.fold(type(event).FromString(event.SerializeToString(deterministic=True)))
        return program.snapshot()


def unit(number: int, **changes: object) -> Unit:
    return replace(UNIT, unit_id=f"u{number}", **changes)  # type: ignore[arg-type]


def code(decision: Decision) -> str:
    return decision.results[0].rejection.code


def test_nothing_takes_effect_before_the_commit_and_all_of_it_then() -> None:
    shard = Shard()
    before = shard.names()
    shard.stage(1, unit(3), unit(4))
    shard.stage(0, unit(1), unit(2))
    assert shard.names() == before
    outcome = shard.commit(2)
    assert (outcome.accepted_count, outcome.changed_count, outcome.refused_count) == (4, 4, 0)
    assert shard.names() - before == {"unit/u1", "unit/u2", "unit/u3", "unit/u4"}
    assert not shard.kept().staged
    assert shard.recovered() == shard.program.snapshot()


def test_the_same_import_again_changes_nothing() -> None:
    shard = Shard()
    for changed in (2, 0):
        shard.stage(0, unit(1), unit(2))
        outcome = shard.commit(1)
        assert (outcome.accepted_count, outcome.changed_count) == (2, changed)


def test_a_wrong_entry_refuses_the_import_until_its_part_is_replaced() -> None:
    shard = Shard()
    shard.stage(0, unit(1))
    shard.stage(1, unit(2), unit(3, name="", min_power_w=9000))
    outcome = shard.commit(2)
    assert (outcome.accepted_count, outcome.refused_count) == (2, 1)
    assert [(each.chunk, each.index, each.rejection.field) for each in outcome.problems] == [
        (1, 1, "name"), (1, 1, "min_power_w"),
    ]  # fmt: skip
    assert "unit/u1" not in shard.names()
    shard.stage(1, unit(2), unit(3))
    assert shard.commit(2).refused_count == 0
    assert {"unit/u1", "unit/u2", "unit/u3"} <= shard.names()
    assert shard.recovered() == shard.program.snapshot()


def test_a_partial_import_takes_the_good_entries() -> None:
    shard = Shard()
    shard.stage(0, unit(1, name=""), unit(2))
    assert shard.commit(1, validate_only=True).refused_count == 1
    assert "unit/u2" not in shard.names()
    outcome = shard.commit(1, partial=True)
    assert (outcome.accepted_count, outcome.changed_count, outcome.refused_count) == (1, 1, 1)
    assert {"unit/u2"} == shard.names() & {"unit/u1", "unit/u2"}


def test_what_is_discarded_is_forgotten() -> None:
    shard = Shard()
    shard.stage(0, unit(1))
    for _ in range(2):
        discarded = shard.send("operator", registry_pb2.CommitImport(import_id="i", discard=True))
        assert not code(discarded)
    assert not shard.kept().staged
    assert "unit/u1" not in shard.names()
    assert shard.recovered() == shard.program.snapshot()


def test_later_entries_see_earlier_ones_across_parts() -> None:
    shard = Shard()
    shard.stage(0, participant("new-agg", Role.AGR))
    shard.stage(1, unit(1, operator_id="new-agg"))
    assert shard.commit(2).changed_count == 2


def test_an_import_belongs_to_who_staged_it() -> None:
    shard = Shard()
    shard.stage(0, unit(1))
    stranger = shard.send("sun-agg", registry_pb2.CommitImport(import_id="i", chunk_count=1))
    assert code(stranger) == Code.IMPORT_UNKNOWN.name
    shard.stage(0, unit(2, operator_id="wind-agg", active=False), party="sun-agg")
    assert shard.commit(1, party="sun-agg").problems[0].rejection.code == Code.NOT_AUTHORISED.name


@pytest.mark.parametrize(("staged", "said"), [((0, 1), 1), ((0, 1), 3), ((0, 2), 2), ((), 0), ((), 1), ((0,), -1)])
def test_a_commit_that_does_not_fit_its_parts(staged: tuple[int, ...], said: int) -> None:
    shard = Shard()
    for chunk in staged:
        shard.stage(chunk, unit(chunk))
    assert code(shard.send("operator", registry_pb2.CommitImport(import_id="i", chunk_count=said))) == "IMPORT_UNKNOWN"


def test_bounds_of_what_may_be_staged(monkeypatch: pytest.MonkeyPatch) -> None:
    shard = Shard()
    monkeypatch.setattr(staging, "MAX_PART_ENTRIES", 3)
    monkeypatch.setattr(staging, "MAX_IMPORT_ENTRIES", 5)
    monkeypatch.setattr(staging, "MAX_STAGED_ENTRIES", 6)
    monkeypatch.setattr(staging, "MAX_OPEN_IMPORTS", 2)
    assert code(shard.stage(0)) == "TOO_MANY_ENTRIES"
    assert code(shard.stage(0, *[unit(n) for n in range(4)])) == "TOO_MANY_ENTRIES"
    assert code(shard.stage(-1, unit(1))) == "FIELD_OUT_OF_RANGE"
    assert code(shard.stage(staging.MAX_PARTS, unit(1))) == "FIELD_OUT_OF_RANGE"
    assert code(shard.stage(0, unit(1), name="no name")) == "FIELD_MALFORMED"
    assert not code(shard.stage(0, *[unit(n) for n in range(3)]))
    assert code(shard.stage(1, *[unit(n) for n in range(3)])) == "TOO_MANY_ENTRIES"  # of this import
    assert not code(shard.stage(0, *[unit(n) for n in range(2)]))  # a part is replaced, not added
    assert not code(shard.stage(1, *[unit(n) for n in range(3)]))
    assert not code(shard.stage(0, unit(9), name="j"))
    assert code(shard.stage(1, unit(9), name="j")) == "TOO_MANY_ENTRIES"  # of all imports
    assert code(shard.stage(0, unit(9), name="k")) == "TOO_MANY_ENTRIES"  # a third import
    empty = shard.send("operator", registry_pb2.StageImport(import_id="i", entities=[registry_pb2.Entity()]))
    assert code(empty) == "FIELD_MISSING"


def test_an_import_that_nobody_commits_is_forgotten() -> None:
    shard = Shard()
    shard.stage(0, unit(1))
    end_ms = shard.program.next_timer_ms()
    assert end_ms == START_MS + staging.KEPT_MS
    shard.time(end_ms - 1)
    assert shard.kept().staged
    shard.time(end_ms)
    assert not shard.kept().staged
    assert shard.program.next_timer_ms() is None
    assert shard.recovered() == shard.program.snapshot()


def test_no_record_of_a_large_import_outgrows_the_log() -> None:
    shard = Shard()
    for chunk in range(4):
        shard.stage(chunk, *[unit(chunk * 1000 + n, name="n" * 200) for n in range(1000)])
    shard.commit(4)
    sizes = [event.ByteSize() for event in shard.journal]
    assert max(sizes) < MAX_RECORD_BYTES
    assert sum(isinstance(event, registry_pb2.EntitiesRegistered) for event in shard.journal) > 1
    assert shard.recovered() == shard.program.snapshot()


numbers = st.integers(0, 3)
moves = st.one_of(
    st.tuples(
        st.just("stage"), st.sampled_from(["operator", "sun-agg"]), numbers,
        st.lists(numbers, min_size=1, max_size=3),
    ),
    st.tuples(st.just("commit"), st.sampled_from(["operator", "sun-agg"]), numbers, st.booleans()),
    st.tuples(st.just("time"), st.just(""), numbers, st.just(0)),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(moves, max_size=20), st.integers(0, 40))
def test_a_recovery_stands_where_the_live_shard_does(tried: list[tuple[str, str, int, object]], at: int) -> None:
    shard, now_ms = Shard(), START_MS
    for kind, party, number, content in tried:
        if kind == "stage":
            assert isinstance(content, list)
            entities = [unit(n, name="" if n == 3 else f"v{number}", active=party == "operator") for n in content]
            shard.stage(number, *entities, party=party)
        elif kind == "commit":
            commit = registry_pb2.CommitImport(import_id="i", chunk_count=number, partial=bool(content))
            shard.send(party, commit)
        else:
            now_ms += number * staging.KEPT_MS // 2
            shard.time(now_ms)
    assert shard.recovered(at) == shard.program.snapshot()
