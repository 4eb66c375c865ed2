"""Registration: decide which of the entries of a command become new versions of their objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain import authority, rules
from flexbourse_registry.domain.entities import Entity, Key, Market, RightToOffer, key_of
from flexbourse_registry.domain.state import Registered, State

MAX_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry: its object's version, or all that speaks against it."""

    key: Key
    version: int
    problems: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """What the registry is told when it is built: the first market operator, and how many area shards there are."""

    operator_id: str
    area_shards: int


def register(
    state: State, platform: Platform, party: str, entries: Sequence[Entity], *, all_or_nothing: bool
) -> tuple[list[Registered], list[Outcome]]:
    """Decide entries in order, each on what the ones before it left; returns events and one outcome per entry.

    `state` is left unchanged. An entry that says what is already registered makes no event, so that a repetition
    changes nothing. With `all_or_nothing` one refused entry refuses the others with IMPORT_REFUSED.
    """
    if len(entries) > MAX_ENTRIES:
        rule = f"a command holds at most {MAX_ENTRIES} entries"
        refusal = Rejection(Code.TOO_MANY_ENTRIES, rule, "entities", value=len(entries), limit=MAX_ENTRIES)
        return [], [Outcome(key_of(entity), 0, (refusal,)) for entity in entries]
    scratch = _Overlay(state)
    events, outcomes = [], []
    for entity in entries:
        key = key_of(entity)
        version = scratch.version(key)
        candidate = _numbered(entity, version)
        found = _problems(candidate, scratch, platform, party)
        if found:
            outcomes.append(Outcome(key, version, tuple(found)))
            continue
        if candidate != scratch.get(key):
            event = Registered(_numbered(entity, version + 1), version + 1, party)
            scratch.evolve(event)
            events.append(event)
        outcomes.append(Outcome(key, scratch.version(key)))
    if all_or_nothing and any(outcome.problems for outcome in outcomes):
        return [], [outcome if outcome.problems else _withheld(outcome, state) for outcome in outcomes]
    return events, outcomes


def _problems(entity: Entity, state: State, platform: Platform, party: str) -> list[Rejection]:
    denied = authority.refusal(entity, state, party, platform.operator_id)
    found = [denied] if denied is not None else []
    return found + rules.problems(entity, state, platform.area_shards)


def _withheld(outcome: Outcome, state: State) -> Outcome:
    rule = "another entry of the command was refused, and all or nothing was asked"
    refusal = Rejection(Code.IMPORT_REFUSED, rule, element=str(outcome.key))
    return Outcome(outcome.key, state.version(outcome.key), (refusal,))


def _numbered(entity: Entity, version: int) -> Entity:
    """Markets carry their version as a parameter, because every match names it."""
    return replace(entity, version=version) if isinstance(entity, Market) else entity


class _Overlay(State):
    """A state over another one: what is decided in a command is seen by its later entries only."""

    def __init__(self, base: State) -> None:
        super().__init__()
        self._base = base

    def version(self, key: Key) -> int:
        return super().version(key) or self._base.version(key)

    def get(self, key: Key) -> Entity | None:
        return super().get(key) or self._base.get(key)

    def rights_of(self, unit_id: str) -> tuple[RightToOffer, ...]:
        mine = {right.right_id: right for right in self._base.rights_of(unit_id)}
        mine |= {right.right_id: right for right in super().rights_of(unit_id)}
        return tuple(mine[right_id] for right_id in sorted(mine))

    def points_ever_at(self, area_id: str, node_id: str) -> frozenset[str]:
        return self._base.points_ever_at(area_id, node_id) | super().points_ever_at(area_id, node_id)
