"""Steps of units' lives: who may take which, what each must say, and what a step leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flexbourse_core.market_time import LAST_SECOND
from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.authority import OPERATING, runs_market
from flexbourse_registry.domain.entities import GridArea, Role, Unit, key_of
from flexbourse_registry.domain.field_rules import between, ordered, too_long
from flexbourse_registry.domain.life_cycle import (
    PRODUCT_MOVES,
    PRODUCT_TABLE,
    UNIT_TABLE,
    after,
    life_of,
    product_states_before,
    states_before,
)
from flexbourse_registry.domain.overlay import Overlay
from flexbourse_registry.domain.pre_delivery import record_problems, terms_problems
from flexbourse_registry.domain.state import Registered, State
from flexbourse_registry.domain.unit_life import (
    GridConditions,
    ProductType,
    SuspensionReason,
    UnitStep,
    UnitStepKind,
)

MAX_STEPS = 5000
MAX_TEXT_LENGTH = 1000
# Kinds whose text is the question, the answer or the reason, and cannot be empty.
SPEAKING = frozenset(
    {
        UnitStepKind.ASK_GRID,
        UnitStepKind.ANSWER_GRID,
        UnitStepKind.REFUSE_GRID,
        UnitStepKind.ASK_PRODUCT,
        UnitStepKind.ANSWER_PRODUCT,
        UnitStepKind.REFUSE_PRODUCT,
    }
)
_GRID = frozenset({UnitStepKind.ASK_GRID, UnitStepKind.APPROVE_GRID, UnitStepKind.REFUSE_GRID})
_QUALIFYING = frozenset(
    {UnitStepKind.ASK_PRODUCT, UnitStepKind.ORDER_TEST, UnitStepKind.RECORD_TEST, UnitStepKind.REFUSE_PRODUCT}
)


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of one step: the unit's version, or all that speaks against it."""

    unit_id: str
    version: int
    problems: tuple[Rejection, ...] = ()


def advance(
    state: State, operator_id: str, party: str, steps: Sequence[UnitStep]
) -> tuple[list[Registered], list[StepOutcome]]:
    """Decide steps in order, each on what the ones before it left; `state` is left unchanged."""
    if len(steps) > MAX_STEPS:
        rule = f"a command holds at most {MAX_STEPS} steps"
        refusal = Rejection(Code.TOO_MANY_ENTRIES, rule, "steps", value=len(steps), limit=MAX_STEPS)
        return [], [StepOutcome(step.unit_id, 0, (refusal,)) for step in steps]
    scratch = Overlay(state)
    events, outcomes = [], []
    for step in steps:
        unit = scratch.unit(step.unit_id)
        if unit is None:
            unknown = Rejection(Code.UNKNOWN_OBJECT, "a step names a registered unit", "unit_id", step.unit_id[:64])
            outcomes.append(StepOutcome(step.unit_id, 0, (unknown,)))
            continue
        version = scratch.version(key_of(unit))
        found = _problems(_Step(scratch, operator_id, party, unit, step))
        if not found:
            version += 1
            event = Registered(after(unit, step, party), version, party, step)
            scratch.evolve(event)
            events.append(event)
        outcomes.append(StepOutcome(step.unit_id, version, tuple(found)))
    return events, outcomes


@dataclass(frozen=True, slots=True)
class _Step:
    """A step with what its rules look at."""

    state: State
    operator_id: str
    party: str
    unit: Unit
    step: UnitStep

    @property
    def element(self) -> str:
        return f"unit/{self.unit.unit_id}"


def _problems(a: _Step) -> list[Rejection]:
    if not a.step.kind:
        names = ", ".join(kind.name for kind in UnitStepKind if kind)
        return [Rejection(Code.FIELD_MALFORMED, f"a step is one of {names}", "kind", a.element)]
    denied = _denied(a)
    found = [denied] if denied is not None else []
    found += _state_problems(a)
    found += _content_problems(a)
    return found


def _denied(a: _Step) -> Rejection | None:
    roles = a.state.roles(a.party)
    if runs_market(roles, a.party, a.operator_id):
        return None
    point = a.state.metering_point(a.unit.metering_point_id)
    area = a.state.area(point.area_id) if point is not None else None
    is_dso = Role.DSO in roles and area is not None and area.dso_id == a.party
    operates = bool(roles & OPERATING) and a.unit.operator_id == a.party
    kind = a.step.kind
    if kind in _GRID:
        return None if is_dso else _only(a, f"the DSO of the unit's area{_named(area)}")
    if kind in _QUALIFYING:
        return _qualifier_denied(a, roles, is_dso=is_dso, area=area)
    if kind in (UnitStepKind.SUSPEND, UnitStepKind.RESUME, UnitStepKind.RETIRE):
        return _interruption_denied(a, operates=operates, system=is_dso or Role.TSO in roles)
    return None if operates else _only(a, f"the unit's operator {a.unit.operator_id}")


def _interruption_denied(a: _Step, *, operates: bool, system: bool) -> Rejection | None:
    if a.step.kind is UnitStepKind.SUSPEND:
        own = operates and a.step.suspension is SuspensionReason.OWN_WISH
        return None if system or own else _only(a, "the DSO of the area, a TSO, or the operator by his own wish")
    if a.step.kind is UnitStepKind.RESUME:
        by = life_of(a.unit).suspended_by
        return None if a.party == by else _only(a, f"who suspended the unit, {by or 'nobody'},")
    return None if operates or a.unit.owner_id == a.party else _only(a, "the unit's operator or owner")


def _qualifier_denied(a: _Step, roles: frozenset[Role], *, is_dso: bool, area: GridArea | None) -> Rejection | None:
    """Who buys a product qualifies for it: the DSO of the area, of mFRR a TSO; meter operators may report a test."""
    by_tso = a.step.product is ProductType.MFRR
    if (Role.TSO in roles) if by_tso else is_dso:
        return None
    if a.step.kind is UnitStepKind.RECORD_TEST and Role.METER_OPERATOR in roles:
        return None
    return _only(a, "a TSO" if by_tso else f"the DSO of the unit's area{_named(area)}")


def _named(area: GridArea | None) -> str:
    return f", {area.dso_id}," if area is not None else ""


def _only(a: _Step, who: str) -> Rejection:
    return Rejection(
        Code.NOT_AUTHORISED, f"{who} or a market operator takes the step {a.step.kind.name}", "kind", a.element
    )


def _state_problems(a: _Step) -> Iterator[Rejection]:
    kind, life = a.step.kind, life_of(a.unit)
    if (life.state, kind) not in UNIT_TABLE:
        before = ", ".join(state.name for state in states_before(kind))
        rule = f"{kind.name} is taken from {before}; the unit is {life.state.name}"
        yield Rejection(Code.STEP_NOT_ALLOWED, rule, "kind", a.element)
        return
    move = PRODUCT_MOVES.get(kind)
    if move is None or not a.step.product:
        return
    kept = life.qualification(a.step.product)
    if (kept.state, move) not in PRODUCT_TABLE:
        before = ", ".join(state.name for state in product_states_before(move))
        rule = f"{kind.name} is taken from {before}; {a.step.product.name} of the unit is {kept.state.name}"
        yield Rejection(Code.STEP_NOT_ALLOWED, rule, "product", a.element)


def _content_problems(a: _Step) -> Iterator[Rejection]:
    step = a.step
    if len(step.text) > MAX_TEXT_LENGTH:
        yield too_long("text", step.text, MAX_TEXT_LENGTH)
    if step.kind in SPEAKING and not step.text.strip():
        yield Rejection(Code.FIELD_MISSING, "the text holds the question, the answer or the reason", "text", a.element)
    if step.kind in PRODUCT_MOVES and not step.product:
        names = ", ".join(product.name for product in ProductType if product)
        yield Rejection(Code.FIELD_MISSING, f"a product is one of {names}", "product", a.element)
    if step.kind is UnitStepKind.APPROVE_GRID and step.conditions is not None:
        yield from _condition_problems(step.conditions)
    elif step.kind is UnitStepKind.ORDER_TEST:
        yield from terms_problems(step.terms, max(0, a.unit.max_power_w - a.unit.min_power_w))
    elif step.kind is UnitStepKind.RECORD_TEST:
        yield from record_problems(step.test)
    elif step.kind is UnitStepKind.SUSPEND and not step.suspension:
        names = ", ".join(reason.name for reason in SuspensionReason if reason)
        yield Rejection(Code.FIELD_MISSING, f"a reason is one of {names}", "suspension", a.element)


def _condition_problems(conditions: GridConditions) -> Iterator[Rejection]:
    yield from between("conditions.valid_from_s", conditions.valid_from_s, 0, LAST_SECOND, "s")
    if conditions.valid_to_s:
        least = min(max(conditions.valid_from_s, 0), LAST_SECOND - 1) + 1
        yield from between("conditions.valid_to_s", conditions.valid_to_s, least, LAST_SECOND, "s")
    elif conditions.temporary:
        yield Rejection(Code.FIELD_MISSING, "a temporary approval has an end", "conditions.valid_to_s")
    if conditions.min_power_w is not None and conditions.max_power_w is not None:
        low, high = conditions.min_power_w, conditions.max_power_w
        yield from ordered("conditions.min_power_w", low, "conditions.max_power_w", high, "W")
    if len(conditions.text) > MAX_TEXT_LENGTH:
        yield too_long("conditions.text", conditions.text, MAX_TEXT_LENGTH)
