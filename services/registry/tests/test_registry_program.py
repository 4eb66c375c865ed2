"""The registry's shard: folding its journal gives the live state, whatever was asked of it."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from pathlib import Path

from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.rejection import Code
from flexbourse_log.port import Command
from flexbourse_messages.catalogue import REGISTRY_COMMAND, REGISTRY_ENTITY
from flexbourse_registry import wire
from flexbourse_registry.domain.entities import Entity, RightToOffer, Role, UnitType
from flexbourse_registry.processor import RegistryProgram

sys.path.insert(0, str(Path(__file__).parent))
from registry_builders import AREA, MARKET, PLATFORM, POINT, UNIT, VILLAGE, participant


def command(party: str, *entries: Entity, all_or_nothing: bool = False) -> Command:
    body = registry_pb2.RegisterEntities(
        entities=[wire.to_entity(entity) for entity in entries], all_or_nothing=all_or_nothing
    )
    return Command(REGISTRY_COMMAND, "c-1", party, body, 0)


def test_every_object_survives_the_wire() -> None:
    for entity in VILLAGE:
        assert wire.from_entity(wire.to_entity(entity)) == entity


def test_a_number_of_a_later_version_is_refused_by_rule() -> None:
    message = registry_pb2.Entity(participant=registry_pb2.Participant(participant_id="x", name="X", roles=[99]))
    program = RegistryProgram(PLATFORM)
    decision = program.on_command(
        Command(REGISTRY_COMMAND, "c", "operator", registry_pb2.RegisterEntities(entities=[message]), 0)
    )
    assert decision.results[0].rejection.code == Code.FIELD_MALFORMED.name


def test_an_empty_entry_refuses_the_command() -> None:
    body = registry_pb2.RegisterEntities(entities=[registry_pb2.Entity(), wire.to_entity(AREA)])
    decision = RegistryProgram(PLATFORM).on_command(Command(REGISTRY_COMMAND, "c", "operator", body, 0))
    assert decision.events == []
    assert [result.rejection.code for result in decision.results] == [Code.FIELD_MISSING.name] * 2


def test_projection_is_the_newest_version_under_its_key() -> None:
    program = RegistryProgram(PLATFORM)
    decision = program.on_command(command("operator", *VILLAGE))
    outputs = [output for event in decision.events for output in program.project(event)]
    assert [output.key for output in outputs][-1] == "enrolment/sun-in-village"
    assert {output.topic for output in outputs} == {REGISTRY_ENTITY}
    assert all(isinstance(output.message, registry_pb2.EntityState) for output in outputs)


def test_refused_entry_carries_all_its_problems() -> None:
    program = RegistryProgram(PLATFORM)
    (result,) = program.on_command(command("operator", replace(UNIT, name="", unit_id="bad id"))).results
    problems = common_pb2.Rejections()
    assert result.detail.Unpack(problems)
    assert len(problems.rejections) > 2
    assert problems.rejections[0] == result.rejection


def test_validation_registers_nothing() -> None:
    program = RegistryProgram(PLATFORM)
    before = program.snapshot()
    sent = command("operator", *VILLAGE, replace(UNIT, name=""))
    assert isinstance(sent.body, registry_pb2.RegisterEntities)
    sent.body.validate_only = True
    decision = program.on_command(sent)
    assert decision.events == []
    assert [result.rejection.code for result in decision.results if result.HasField("rejection")] == ["FIELD_MISSING"]
    assert program.snapshot() == before


ids = st.sampled_from(["a", "b", "c"])
entities: st.SearchStrategy[Entity] = st.one_of(
    st.builds(participant, ids, st.sampled_from([Role.AGR, Role.DSO, Role.BRP, Role.PROSUMER])),
    st.builds(lambda i, dso, shard: replace(AREA, area_id=i, dso_id=dso, shard=shard), ids, ids, st.integers(0, 3)),
    st.builds(lambda i, area, brp: replace(POINT, metering_point_id=i, area_id=area, brp_id=brp), ids, ids, ids),
    st.builds(
        lambda i, point, operator, kind: replace(
            UNIT, unit_id=i, metering_point_id=point, operator_id=operator, owner_id=operator, type=kind
        ),
        ids, ids, ids, st.sampled_from([UnitType.BATTERY, UnitType.SOLAR]),
    ),
    st.builds(
        lambda i, area, gate: replace(MARKET, market_id=i, area_id=area, gate_closure_s=gate),
        ids, ids, st.integers(0, 2),
    ),
    st.builds(
        lambda i, unit, holder, start, length, revoked: RightToOffer(i, unit, holder, start, start + length, revoked),
        ids, ids, ids, st.integers(0, 5), st.integers(0, 5), st.booleans(),
    ),
)  # fmt: skip
commands = st.lists(
    st.tuples(st.sampled_from(["operator", "a", "b"]), st.lists(entities, min_size=1, max_size=6), st.booleans()),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(commands, st.integers(0, 200))
def test_folding_the_journal_gives_the_live_state(
    sent: list[tuple[str, list[Entity], bool]], snapshot_after: int
) -> None:
    live, recovered = RegistryProgram(PLATFORM), RegistryProgram(PLATFORM)
    journal: list[Message] = []
    seed = [entity for entity in VILLAGE if not isinstance(entity, RightToOffer)]
    for party, entries, whole in [("operator", seed, False), *sent]:
        journal += live.on_command(command(party, *entries, all_or_nothing=whole)).events
    for index, event in enumerate(journal):
        if index == snapshot_after:
            kept, recovered = recovered.snapshot(), RegistryProgram(PLATFORM)
            recovered.restore(kept)
        recovered.fold(registry_pb2.EntityRegistered.FromString(event.SerializeToString(deterministic=True)))
    assert recovered.snapshot() == live.snapshot()


@settings(max_examples=150, deadline=None)
@given(commands)
def test_valid_rights_of_a_unit_never_overlap(sent: list[tuple[str, list[Entity], bool]]) -> None:
    live = RegistryProgram(PLATFORM)
    for party, entries, whole in [("operator", list(VILLAGE), False), *sent]:
        live.on_command(command(party, *entries, all_or_nothing=whole))
    rights: dict[str, list[registry_pb2.RightToOffer]] = {}
    for entry in registry_pb2.RegistrySnapshot.FromString(live.snapshot()).states:
        if entry.entity.HasField("right") and not entry.entity.right.revoked:
            rights.setdefault(entry.entity.right.unit_id, []).append(entry.entity.right)
    for found in rights.values():
        found.sort(key=lambda right: right.valid_from_s)
        assert all(one.valid_to_s <= two.valid_from_s for one, two in itertools.pairwise(found))
