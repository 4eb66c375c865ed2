"""Registration: decide which of the entries of a command become new versions of their objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain import authority, rules
from flexbourse_registry.domain.entities import Entity, Key, Market, RightToOffer, Unit, key_of
from flexbourse_registry.domain.life_cycle import REGISTERED_LIFE, after, declared, life_of, with_life
from flexbourse_registry.domain.overlay import Overlay
from flexbourse_registry.domain.state import Registered, State
from flexbourse_registry.domain.unit_life import SuspensionReason, UnitState, UnitStep, UnitStepKind

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
    events, outcomes = decide(state, platform, party, entries)
    if all_or_nothing and any(outcome.problems for outcome in outcomes):
        return [], [outcome if outcome.problems else _withheld(outcome, state) for outcome in outcomes]
    return events, outcomes


def decide(
    state: State, platform: Platform, party: str, entries: Iterable[Entity]
) -> tuple[list[Registered], list[Outcome]]:
    """Decide any number of entries in order, each alone; see `register`."""
    scratch = Overlay(state)
    events, outcomes = [], []
    for entity in entries:
        key = key_of(entity)
        version = scratch.version(key)
        candidate, refused = _candidate(entity, scratch, platform, party)
        found = [*refused, *_problems(candidate, scratch, platform, party)]
        if found:
            outcomes.append(Outcome(key, version, tuple(found)))
            continue
        if candidate != scratch.get(key):
            event = Registered(_numbered(candidate, version + 1), version + 1, party)
            scratch.evolve(event)
            events.append(event)
        outcomes.append(Outcome(key, scratch.version(key)))
    return events, outcomes


def _problems(entity: Entity, state: State, platform: Platform, party: str) -> list[Rejection]:
    denied = authority.refusal(entity, state, party, platform.operator_id)
    found = [denied] if denied is not None else []
    return found + rules.problems(entity, state, platform.area_shards)


def _withheld(outcome: Outcome, state: State) -> Outcome:
    rule = "another entry of the command was refused, and all or nothing was asked"
    refusal = Rejection(Code.IMPORT_REFUSED, rule, element=str(outcome.key))
    return Outcome(outcome.key, state.version(outcome.key), (refusal,))


def _candidate(entity: Entity, state: State, platform: Platform, party: str) -> tuple[Entity, list[Rejection]]:
    """Return the entry with what the registry itself gives, and why its claim to be active cannot stand."""
    if isinstance(entity, RightToOffer):
        right = state.get(key_of(entity))
        return replace(entity, on_chain=right.on_chain if isinstance(right, RightToOffer) else None), []
    if not isinstance(entity, Unit):
        return _numbered(entity, state.version(key_of(entity))), []
    kept = state.unit(entity.unit_id)
    life = life_of(kept) if kept is not None else REGISTERED_LIFE
    living = with_life(entity, life)
    if life.state is UnitState.RETIRED and kept is not None and living != kept:
        return living, [_not_allowed("a retired unit is changed no more", entity)]
    if entity.active is living.active:
        return living, []
    if not authority.runs_market(state.roles(party), party, platform.operator_id):
        # `active` left out of an entry is no wish to suspend; only the claim to be active is refused.
        rule = f"a unit becomes active by the steps of its life; it is {life.state.name}"
        return living, [_not_allowed(rule, entity)] if entity.active else []
    return _as_declared(living, party)


def _as_declared(unit: Unit, party: str) -> tuple[Unit, list[Rejection]]:
    """Return the unit with `active` turned, as a market operator declares it."""
    life = life_of(unit)
    state = life.state
    if state is UnitState.ACTIVE:
        step = UnitStep(unit.unit_id, UnitStepKind.SUSPEND, suspension=SuspensionReason.OTHER)
        return after(unit, step, party), []
    if state is UnitState.SUSPENDED and life.suspended_by == party:
        return after(unit, UnitStep(unit.unit_id, UnitStepKind.RESUME), party), []
    if state is UnitState.REGISTERED:
        return declared(unit), []
    rule = f"a unit is declared active from REGISTERED, or from SUSPENDED by the same party; it is {state.name}"
    return unit, [_not_allowed(rule, unit)]


def _not_allowed(rule: str, unit: Unit) -> Rejection:
    return Rejection(Code.STEP_NOT_ALLOWED, rule, "active", str(key_of(unit)))


def _numbered(entity: Entity, version: int) -> Entity:
    """Markets carry their version as a parameter, because every match names it."""
    return replace(entity, version=version) if isinstance(entity, Market) else entity
