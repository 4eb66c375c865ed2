"""A unit's life: each step by whom it may be taken, no step that the tables do not have, whatever is tried."""

# ruff: noqa: E501 - a table of cases reads best with one case per line

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse.registry.v1 import registry_pb2
from flexbourse_core.rejection import Code
from flexbourse_registry import wire
from flexbourse_registry.domain import unit_life
from flexbourse_registry.domain.advancing import MAX_STEPS, StepOutcome, advance
from flexbourse_registry.domain.entities import Role
from flexbourse_registry.domain.life_cycle import PRODUCT_TABLE, UNIT_TABLE, life_of
from flexbourse_registry.domain.pre_delivery import shortcomings
from flexbourse_registry.domain.state import State
from flexbourse_registry.domain.unit_life import (
    GridConditions,
    ProductState,
    ProductType,
    SuspensionReason,
    UnitLife,
    UnitState,
    UnitStep,
)
from flexbourse_registry.domain.unit_life import UnitStepKind as Kind

sys.path.insert(0, str(Path(__file__).parent))
from registry_builders import UNIT, participant, put, village

NEW = replace(UNIT, unit_id="unit-2", active=False)
TERMS = unit_life.TestTerms(power_w=2000, answer_s=10, response_s=60, sustain_s=900, tolerance_permille=50)
T0 = 1_700_000_000_000
PASSED = unit_life.TestRecord(T0, T0 + 9_000, T0 + 60_000, T0 + 960_000, 1900)
CONGESTION = ProductType.CONGESTION


def step(kind: Kind, **content: object) -> UnitStep:
    return UnitStep("unit-2", kind, **content)  # type: ignore[arg-type]


def world() -> State:
    state = village()
    put(state, "operator", participant("national", Role.TSO), participant("other-grid", Role.DSO))
    put(state, "sun-agg", NEW)
    return state


def take(state: State, party: str, *steps: UnitStep) -> list[StepOutcome]:
    events, outcomes = advance(state, "operator", party, steps)
    for event in events:
        state.evolve(event)
    return outcomes


def life(state: State) -> UnitLife:
    unit = state.unit("unit-2")
    assert unit is not None
    return life_of(unit)


REQUEST = step(Kind.REQUEST_GRID)
APPROVE = step(Kind.APPROVE_GRID)
APPLY = step(Kind.REQUEST_PRODUCT, product=CONGESTION)
TEST = step(Kind.ORDER_TEST, product=CONGESTION, terms=TERMS)
RESULT = step(Kind.RECORD_TEST, product=CONGESTION, test=PASSED)
ACTIVATE = step(Kind.ACTIVATE)
STRAIGHT: list[tuple[str, UnitStep, UnitState]] = [
    ("sun-agg", REQUEST, UnitState.GRID_REQUESTED),
    ("grid-co", step(Kind.ASK_GRID, text="Which inverter?"), UnitState.GRID_INFORMATION_REQUESTED),
    ("sun-agg", step(Kind.ANSWER_GRID, text="Type A"), UnitState.GRID_REQUESTED),
    ("grid-co", replace(APPROVE, conditions=GridConditions(max_power_w=3000, valid_to_s=2000, temporary=True)), UnitState.GRID_APPROVED),
    ("sun-agg", APPLY, UnitState.GRID_APPROVED),
    ("grid-co", step(Kind.ASK_PRODUCT, product=CONGESTION, text="How is it controlled?"), UnitState.GRID_APPROVED),
    ("sun-agg", step(Kind.ANSWER_PRODUCT, product=CONGESTION, text="By MQTT"), UnitState.GRID_APPROVED),
    ("grid-co", TEST, UnitState.GRID_APPROVED),
    ("meter-co", RESULT, UnitState.QUALIFIED),
    ("sun-agg", ACTIVATE, UnitState.ACTIVE),
    ("grid-co", step(Kind.SUSPEND, suspension=SuspensionReason.FAILED_VERIFICATION, text="Twice short"), UnitState.SUSPENDED),
    ("grid-co", step(Kind.RESUME), UnitState.ACTIVE),
    ("sun-agg", step(Kind.RETIRE), UnitState.RETIRED),
]  # fmt: skip


def walked(state: State, last: UnitState) -> State:
    """Take the straight way until the unit is in a state for the first time."""
    for party, each, reached in STRAIGHT:
        if life(state).state is last:
            break
        (outcome,) = take(state, party, each)
        assert not outcome.problems, outcome
        assert life(state).state is reached
    assert life(state).state is last
    return state


def test_the_whole_way_by_those_who_may_take_it() -> None:
    state = walked(world(), UnitState.ACTIVE)
    unit = state.unit("unit-2")
    assert unit is not None
    assert unit.active
    assert life_of(unit).grid == GridConditions(3000, -5000, 0, 2000, temporary=True)
    assert life_of(unit).qualification(CONGESTION).test == PASSED
    walked(state, UnitState.ACTIVE)
    for party, each, _ in STRAIGHT[10:]:
        assert not take(state, party, each)[0].problems
    unit = state.unit("unit-2")
    assert unit is not None
    assert not unit.active
    assert life_of(unit).state is UnitState.RETIRED


REFUSED: list[tuple[str, UnitState, str, UnitStep, Code, str]] = [
    ("activation of what is only registered", UnitState.REGISTERED, "sun-agg", ACTIVATE, Code.STEP_NOT_ALLOWED, "REGISTERED"),
    ("approval without a request", UnitState.REGISTERED, "grid-co", APPROVE, Code.STEP_NOT_ALLOWED, "REGISTERED"),
    ("a product before the grid", UnitState.GRID_REQUESTED, "sun-agg", APPLY, Code.STEP_NOT_ALLOWED, "GRID_REQUESTED"),
    ("approval while a question is open", UnitState.GRID_INFORMATION_REQUESTED, "grid-co", APPROVE, Code.STEP_NOT_ALLOWED, "GRID_INFORMATION_REQUESTED"),
    ("a test that nobody applied for", UnitState.GRID_APPROVED, "grid-co", TEST, Code.STEP_NOT_ALLOWED, "UNSPECIFIED"),
    ("a result that nobody asked for", UnitState.GRID_APPROVED, "grid-co", RESULT, Code.STEP_NOT_ALLOWED, "UNSPECIFIED"),
    ("activation without a product", UnitState.GRID_APPROVED, "sun-agg", ACTIVATE, Code.STEP_NOT_ALLOWED, "GRID_APPROVED"),
    ("resumption of an active unit", UnitState.ACTIVE, "grid-co", step(Kind.RESUME), Code.STEP_NOT_ALLOWED, "ACTIVE"),
    ("retirement twice", UnitState.RETIRED, "sun-agg", step(Kind.RETIRE), Code.STEP_NOT_ALLOWED, "RETIRED"),
    ("approval by its own operator", UnitState.GRID_REQUESTED, "sun-agg", APPROVE, Code.NOT_AUTHORISED, "grid-co"),
    ("approval by the DSO of elsewhere", UnitState.GRID_REQUESTED, "other-grid", APPROVE, Code.NOT_AUTHORISED, "grid-co"),
    ("request by another aggregator", UnitState.REGISTERED, "wind-agg", REQUEST, Code.NOT_AUTHORISED, "sun-agg"),
    ("test ordered by a TSO", UnitState.GRID_APPROVED, "national", TEST, Code.NOT_AUTHORISED, "grid-co"),
    ("mFRR qualified by the DSO", UnitState.GRID_APPROVED, "grid-co", replace(TEST, product=ProductType.MFRR), Code.NOT_AUTHORISED, "TSO"),
    ("suspension by its operator for others", UnitState.ACTIVE, "sun-agg", step(Kind.SUSPEND, suspension=SuspensionReason.OTHER), Code.NOT_AUTHORISED, "own wish"),
    ("resumption by who did not suspend", UnitState.SUSPENDED, "sun-agg", step(Kind.RESUME), Code.NOT_AUTHORISED, "grid-co"),
    ("suspension without a reason", UnitState.ACTIVE, "grid-co", step(Kind.SUSPEND), Code.FIELD_MISSING, "reason"),
    ("a question without words", UnitState.GRID_REQUESTED, "grid-co", step(Kind.ASK_GRID), Code.FIELD_MISSING, "question"),
    ("a step of no kind", UnitState.REGISTERED, "sun-agg", step(Kind.UNSPECIFIED), Code.FIELD_MALFORMED, "REQUEST_GRID"),
    ("application for no product", UnitState.GRID_APPROVED, "sun-agg", step(Kind.REQUEST_PRODUCT), Code.FIELD_MISSING, "ENERGY"),
    ("temporary without an end", UnitState.GRID_REQUESTED, "grid-co", replace(APPROVE, conditions=GridConditions(temporary=True)), Code.FIELD_MISSING, "end"),
    ("ends before it begins", UnitState.GRID_REQUESTED, "grid-co", replace(APPROVE, conditions=GridConditions(valid_from_s=9, valid_to_s=9)), Code.FIELD_OUT_OF_RANGE, "valid_to_s"),
    ("bounds in the wrong order", UnitState.GRID_REQUESTED, "grid-co", replace(APPROVE, conditions=GridConditions(1, 2)), Code.ENTITY_INVALID, "min_power_w"),
    ("a test without terms", UnitState.GRID_APPROVED, "grid-co", replace(TEST, terms=None), Code.FIELD_MISSING, "terms"),
    ("a test beyond the unit's power", UnitState.GRID_APPROVED, "grid-co", replace(TEST, terms=replace(TERMS, power_w=-10_001)), Code.FIELD_OUT_OF_RANGE, "power_w"),
    ("an answer before the instruction", UnitState.GRID_APPROVED, "grid-co", replace(RESULT, test=replace(PASSED, acknowledged_ms=1)), Code.ENTITY_INVALID, "acknowledged_ms"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "party", "wish", "code", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_refusal_names_rule_and_state(at: UnitState, party: str, wish: UnitStep, code: Code, said: str) -> None:
    state = walked(world(), at)
    before = state.unit("unit-2")
    (outcome,) = take(state, party, wish)
    assert any(problem.code is code and said in problem.rule for problem in outcome.problems), outcome.problems
    assert state.unit("unit-2") == before


SHORT: list[tuple[str, unit_life.TestRecord, list[str]]] = [
    ("all in time", PASSED, []),
    ("never answered", replace(PASSED, acknowledged_ms=0), ["answer"]),
    ("answered a millisecond late", replace(PASSED, acknowledged_ms=T0 + 10_001), ["answer"]),
    ("delivered a millisecond late", replace(PASSED, reached_ms=T0 + 60_001, sustained_to_ms=T0 + 960_001), ["response"]),
    ("never delivered", replace(PASSED, reached_ms=0, sustained_to_ms=0, least_power_w=0), ["response", "sustained", "power"]),
    ("sustained a millisecond short", replace(PASSED, sustained_to_ms=T0 + 959_999), ["sustained"]),
    ("a watt short", replace(PASSED, least_power_w=1899), ["power"]),
    ("in the wrong direction", replace(PASSED, least_power_w=-1900), ["power"]),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "missing"), [row[1:] for row in SHORT], ids=[row[0] for row in SHORT])
def test_a_test_proves_answer_response_and_endurance(seen: unit_life.TestRecord, missing: list[str]) -> None:
    assert [sentence.split()[0].rstrip(":") for sentence in shortcomings(TERMS, seen)] == missing
    state = world()
    for party, each, _ in STRAIGHT[:8]:
        take(state, party, each)
    (outcome,) = take(state, "meter-co", replace(RESULT, test=seen))
    assert not outcome.problems
    qualification = life(state).qualification(CONGESTION)
    assert qualification.state is (ProductState.REFUSED if missing else ProductState.QUALIFIED)
    assert life(state).state is (UnitState.GRID_APPROVED if missing else UnitState.QUALIFIED)
    if missing:
        assert not take(state, "sun-agg", APPLY)[0].problems  # it may be tried again


def test_downwards_a_test_asks_for_less_power() -> None:
    down = replace(TERMS, power_w=-2000)
    assert shortcomings(down, replace(PASSED, least_power_w=-1900)) == []
    assert shortcomings(down, replace(PASSED, least_power_w=1900)) != []


def test_the_last_product_lost_ends_the_activity_and_a_withdrawn_approval_too() -> None:
    state = walked(world(), UnitState.ACTIVE)
    take(state, "grid-co", step(Kind.REFUSE_PRODUCT, product=CONGESTION, text="Meter replaced"))
    assert life(state).state is UnitState.GRID_APPROVED
    take(state, "grid-co", step(Kind.REFUSE_GRID, text="Line out of service"))
    assert life(state).state is UnitState.GRID_REFUSED
    assert life(state).grid is None


def test_an_active_unit_applies_for_a_second_product_and_stays_active() -> None:
    state = walked(world(), UnitState.ACTIVE)
    mfrr = ProductType.MFRR
    take(state, "sun-agg", replace(APPLY, product=mfrr))
    take(state, "national", replace(TEST, product=mfrr), replace(RESULT, product=mfrr))
    assert life(state).qualification(mfrr).state is ProductState.QUALIFIED
    assert life(state).state is UnitState.ACTIVE


def test_conditions_are_revised_while_the_unit_is_active_and_the_power_of_approval_bounds_it() -> None:
    state = walked(world(), UnitState.ACTIVE)
    take(state, "grid-co", APPROVE)
    assert life(state).state is UnitState.ACTIVE
    assert life(state).grid == GridConditions(5000, -5000)
    unit = state.unit("unit-2")
    assert unit is not None
    _, (outcome,) = put(state, "sun-agg", replace(unit, max_power_w=9000))
    assert not outcome.problems
    assert life(state).grid == GridConditions(5000, -5000)


def test_a_market_operator_declares_what_was_qualified_elsewhere() -> None:
    state = world()
    _, (outcome,) = put(state, "operator", replace(NEW, active=True))
    assert not outcome.problems
    assert life(state).state is UnitState.ACTIVE
    assert {each.state for each in life(state).products} == {ProductState.QUALIFIED}
    take(state, "grid-co", step(Kind.SUSPEND, suspension=SuspensionReason.UNSAFE_OPERATION))
    _, (outcome,) = put(state, "operator", replace(NEW, active=True))
    assert [problem.code for problem in outcome.problems] == [Code.STEP_NOT_ALLOWED]
    assert not take(state, "operator", step(Kind.RESUME))[0].problems


def test_nobody_else_declares_and_a_left_out_word_suspends_nothing() -> None:
    state = world()
    _, (outcome,) = put(state, "sun-agg", replace(NEW, active=True))
    assert [problem.code for problem in outcome.problems] == [Code.STEP_NOT_ALLOWED]
    walked(state, UnitState.ACTIVE)
    _, (outcome,) = put(state, "sun-agg", NEW)
    assert not outcome.problems
    assert life(state).state is UnitState.ACTIVE


def test_a_life_that_a_sender_makes_up_counts_for_nothing() -> None:
    state = world()
    put(state, "sun-agg", replace(NEW, life=UnitLife(UnitState.ACTIVE), name="New name"))
    assert life(state).state is UnitState.REGISTERED


def test_a_retired_unit_is_changed_no_more() -> None:
    state = walked(world(), UnitState.ACTIVE)
    take(state, "sun-agg", step(Kind.RETIRE))
    _, (outcome,) = put(state, "sun-agg", replace(NEW, name="Again"))
    assert [problem.code for problem in outcome.problems] == [Code.STEP_NOT_ALLOWED]


def test_units_of_older_journals_are_read_as_they_were_meant() -> None:
    active, idle = replace(UNIT, life=None), replace(UNIT, life=None, active=False)
    assert life_of(active).state is UnitState.ACTIVE
    assert life_of(active).qualification(ProductType.MFRR).state is ProductState.QUALIFIED
    assert life_of(idle) == UnitLife(UnitState.REGISTERED)


def test_steps_see_the_ones_before_and_are_bounded() -> None:
    state = world()
    everything = [replace(each, text=each.text) for _, each, _ in STRAIGHT]
    assert [outcome.problems for outcome in take(state, "operator", *everything)] == [()] * len(STRAIGHT)
    unknown, too_many = (
        take(state, "operator", UnitStep("nobody")),
        take(state, "operator", *([REQUEST] * (MAX_STEPS + 1))),
    )
    assert unknown[0].problems[0].code is Code.UNKNOWN_OBJECT
    assert {outcome.problems[0].code for outcome in too_many} == {Code.TOO_MANY_ENTRIES}


def test_a_step_survives_the_journal() -> None:
    state = world()
    for party, each, _ in STRAIGHT:
        events, _ = advance(state, "operator", party, [each])
        for event in events:
            message = registry_pb2.EntityRegistered.FromString(wire.to_registered(event).SerializeToString())
            assert wire.from_registered(message) == event
            state.evolve(event)


KINDS_OF_STEP = st.sampled_from([kind for kind in Kind if kind])
steps = st.builds(
    UnitStep, st.just("unit-2"), KINDS_OF_STEP, st.sampled_from(["", "word"]), st.sampled_from(list(ProductType)[:3]),
    st.sampled_from([None, GridConditions(), GridConditions(1000, -1000, 0, 5000, temporary=True)]),
    st.sampled_from([None, TERMS]), st.sampled_from([None, PASSED, replace(PASSED, reached_ms=0, sustained_to_ms=0)]),
    st.sampled_from([SuspensionReason.UNSPECIFIED, SuspensionReason.OWN_WISH]),
)  # fmt: skip
PARTIES = ["operator", "sun-agg", "grid-co", "national", "meter-co", "home-1", "wind-agg"]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([UnitState.REGISTERED, UnitState.GRID_APPROVED, UnitState.ACTIVE, UnitState.SUSPENDED]),
    st.lists(st.tuples(st.sampled_from(PARTIES), steps), max_size=40),
)
def test_no_sequence_of_steps_leaves_the_tables(begin: UnitState, tried: list[tuple[str, UnitStep]]) -> None:
    state = walked(world(), begin)
    for party, each in tried:
        before = life(state)
        (outcome,) = take(state, party, each)
        after = life(state)
        unit = state.unit("unit-2")
        assert unit is not None
        assert unit.active is (after.state is UnitState.ACTIVE)
        assert bool(after.suspended_by) is (after.state is UnitState.SUSPENDED)
        qualified = any(product.state is ProductState.QUALIFIED for product in after.products)
        if after.state in (UnitState.QUALIFIED, UnitState.ACTIVE):
            assert qualified
            assert after.grid is not None
        assert not (qualified and after.state is UnitState.GRID_APPROVED)
        if outcome.problems:
            assert after == before
        else:
            reached = UNIT_TABLE[before.state, each.kind]
            if reached in (UnitState.QUALIFIED, UnitState.ACTIVE) and not qualified:
                reached = UnitState.GRID_APPROVED
            elif reached is UnitState.GRID_APPROVED and qualified:
                reached = UnitState.QUALIFIED
            assert after.state is reached


def test_every_state_of_the_tables_is_reached_and_only_retirement_is_final() -> None:
    assert {*UNIT_TABLE.values(), UnitState.REGISTERED} | {UnitState.QUALIFIED} == set(UnitState) - {
        UnitState.UNSPECIFIED
    }
    assert {state for state, _ in UNIT_TABLE} == set(UnitState) - {UnitState.UNSPECIFIED, UnitState.RETIRED}
    assert set(PRODUCT_TABLE.values()) == set(ProductState) - {ProductState.UNSPECIFIED}
