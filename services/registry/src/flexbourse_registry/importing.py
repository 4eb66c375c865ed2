"""Bulk imports as commands: parts are staged, a commit decides all of them, in one batch of the shard."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import Decision, rejected
from flexbourse_registry import wire
from flexbourse_registry.domain.registration import Outcome, Platform, decide
from flexbourse_registry.domain.staging import ImportEnded, Part, Staged, Staging, missing_parts, places
from flexbourse_registry.domain.state import State

MAX_PROBLEMS = 1000


def stage(staging: Staging, party: str, body: registry_pb2.StageImport) -> Decision:
    """Stage a part; the same part again changes nothing."""
    if any(entity.WhichOneof("kind") is None for entity in body.entities):
        return Decision(
            [], [rejected(Rejection(Code.FIELD_MISSING, "every entry of a part holds an object", "entities"))]
        )
    part = wire.from_part(body)
    refusal = staging.refusal(party, part)
    if refusal is not None:
        return Decision([], [rejected(refusal)])
    event = Staged(part, party)
    staging.stage(event)
    return Decision([wire.to_staged(event)], [common_pb2.Result(id=part.import_id)])


def commit(state: State, staging: Staging, platform: Platform, party: str, body: registry_pb2.CommitImport) -> Decision:
    """Let an import take effect: all of it, its good entries where it is partial, or nothing.

    One that is refused stays staged, so that wrong parts can be replaced.
    """
    parts = staging.parts(party, body.import_id)
    if body.discard:
        return _discarded(staging, ImportEnded(body.import_id, party, committed=False), staged=bool(parts))
    missing = missing_parts(parts, body.chunk_count)
    if missing is not None:
        return Decision([], [rejected(missing)])
    entries = (entity for chunk in sorted(parts) for entity in parts[chunk].entities)
    events, outcomes = decide(state, platform, party, entries)
    refused = sum(bool(outcome.problems) for outcome in outcomes)
    detail = _outcome(parts, outcomes, changed=len(events))
    if body.validate_only or (refused and not body.partial):
        return Decision([], [_result(body.import_id, detail, refused=refused)])
    for event in events:
        state.evolve(event)
    ended = ImportEnded(body.import_id, party, committed=True)
    staging.end(ended)
    journal: list[Message] = [*wire.to_bulk(events), wire.ENDED.encode(ended)]
    return Decision(journal, [_result(body.import_id, detail, refused=0)])


def _discarded(staging: Staging, ended: ImportEnded, *, staged: bool) -> Decision:
    """Forget an import; one that is not there is forgotten already."""
    staging.end(ended)
    return Decision([wire.ENDED.encode(ended)] if staged else [], [common_pb2.Result(id=ended.import_id)])


def _outcome(parts: dict[int, Part], outcomes: Sequence[Outcome], *, changed: int) -> registry_pb2.ImportOutcome:
    detail = registry_pb2.ImportOutcome(changed_count=changed)
    for (chunk, index), outcome in zip(places(parts), outcomes, strict=True):
        if not outcome.problems:
            detail.accepted_count += 1
            continue
        detail.refused_count += 1
        for problem in outcome.problems[: MAX_PROBLEMS - len(detail.problems)]:
            detail.problems.add(chunk=chunk, index=index, rejection=rejected(problem).rejection)
    return detail


def _result(import_id: str, detail: registry_pb2.ImportOutcome, *, refused: int) -> common_pb2.Result:
    result = common_pb2.Result()
    if refused:
        rule = f"{refused} entries are refused, and all or nothing was asked"
        result = rejected(Rejection(Code.IMPORT_REFUSED, rule, element=import_id, value=refused, limit=0))
    result.id = import_id
    result.detail.Pack(detail, deterministic=True)
    return result
