"""The life cycle of a unit: which step leads from which state to which, as two tables.

The unit's own table runs from registration over grid prequalification to retirement. Beside it each product has a table
of its own, because a unit that is active for one product may apply for another. What connects them: the first qualified
product makes an approved unit qualified, and a unit that loses its last one is only approved again.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from flexbourse_core.transition import TransitionTable
from flexbourse_registry.domain.entities import Unit
from flexbourse_registry.domain.pre_delivery import shortcomings
from flexbourse_registry.domain.unit_life import (
    GridConditions,
    ProductQualification,
    ProductState,
    ProductType,
    SuspensionReason,
    UnitLife,
    UnitState,
    UnitStep,
    UnitStepKind,
)


class ProductMove(Enum):
    """Steps of a product's table; PASS and FAIL are the two ends of a recorded test."""

    REQUEST = "request"
    ASK = "ask"
    ANSWER = "answer"
    ORDER_TEST = "order test"
    PASS = "pass"
    FAIL = "fail"
    REFUSE = "refuse"


# Kinds of step that are about one product; RECORD_TEST passes or fails.
PRODUCT_MOVES: dict[UnitStepKind, ProductMove] = {
    UnitStepKind.REQUEST_PRODUCT: ProductMove.REQUEST,
    UnitStepKind.ASK_PRODUCT: ProductMove.ASK,
    UnitStepKind.ANSWER_PRODUCT: ProductMove.ANSWER,
    UnitStepKind.ORDER_TEST: ProductMove.ORDER_TEST,
    UnitStepKind.RECORD_TEST: ProductMove.PASS,
    UnitStepKind.REFUSE_PRODUCT: ProductMove.REFUSE,
}

_APPROVED = (UnitState.GRID_APPROVED, UnitState.QUALIFIED, UnitState.ACTIVE, UnitState.SUSPENDED)
_LIVING = tuple(state for state in UnitState if state not in (UnitState.UNSPECIFIED, UnitState.RETIRED))

UNIT_TABLE: dict[tuple[UnitState, UnitStepKind], UnitState] = {
    (UnitState.REGISTERED, UnitStepKind.REQUEST_GRID): UnitState.GRID_REQUESTED,
    (UnitState.GRID_REFUSED, UnitStepKind.REQUEST_GRID): UnitState.GRID_REQUESTED,
    (UnitState.GRID_REQUESTED, UnitStepKind.ASK_GRID): UnitState.GRID_INFORMATION_REQUESTED,
    (UnitState.GRID_INFORMATION_REQUESTED, UnitStepKind.ANSWER_GRID): UnitState.GRID_REQUESTED,
    (UnitState.GRID_REQUESTED, UnitStepKind.APPROVE_GRID): UnitState.GRID_APPROVED,
    (UnitState.GRID_REQUESTED, UnitStepKind.REFUSE_GRID): UnitState.GRID_REFUSED,
    (UnitState.GRID_INFORMATION_REQUESTED, UnitStepKind.REFUSE_GRID): UnitState.GRID_REFUSED,
    **{(state, UnitStepKind.APPROVE_GRID): state for state in _APPROVED},  # other conditions
    **{(state, UnitStepKind.REFUSE_GRID): UnitState.GRID_REFUSED for state in _APPROVED},  # the approval is withdrawn
    **{(state, kind): state for state in _APPROVED for kind in PRODUCT_MOVES},
    (UnitState.QUALIFIED, UnitStepKind.ACTIVATE): UnitState.ACTIVE,
    (UnitState.ACTIVE, UnitStepKind.SUSPEND): UnitState.SUSPENDED,
    (UnitState.SUSPENDED, UnitStepKind.RESUME): UnitState.ACTIVE,
    **{(state, UnitStepKind.RETIRE): UnitState.RETIRED for state in _LIVING},
}
PRODUCT_TABLE: dict[tuple[ProductState, ProductMove], ProductState] = {
    (ProductState.UNSPECIFIED, ProductMove.REQUEST): ProductState.REQUESTED,
    (ProductState.REFUSED, ProductMove.REQUEST): ProductState.REQUESTED,
    (ProductState.REQUESTED, ProductMove.ASK): ProductState.INFORMATION_REQUESTED,
    (ProductState.INFORMATION_REQUESTED, ProductMove.ANSWER): ProductState.REQUESTED,
    (ProductState.REQUESTED, ProductMove.ORDER_TEST): ProductState.TESTING,
    (ProductState.TESTING, ProductMove.ORDER_TEST): ProductState.TESTING,  # other terms
    (ProductState.TESTING, ProductMove.PASS): ProductState.QUALIFIED,
    (ProductState.TESTING, ProductMove.FAIL): ProductState.REFUSED,
    **{
        (state, ProductMove.REFUSE): ProductState.REFUSED
        for state in (
            ProductState.REQUESTED,
            ProductState.INFORMATION_REQUESTED,
            ProductState.TESTING,
            ProductState.QUALIFIED,  # the qualification is taken back
        )
    },
}
UNIT_LIFE = TransitionTable("unit", UNIT_TABLE)
PRODUCT_LIFE = TransitionTable("product of a unit", PRODUCT_TABLE)
PRODUCTS = tuple(product for product in ProductType if product)
DECLARED = "declared by the market operator"


def life_of(unit: Unit) -> UnitLife:
    """Return a unit's life; a unit of a journal from before lives were kept was active at once, or not yet."""
    if unit.life is not None and unit.life.state:
        return unit.life
    return DECLARED_LIFE if unit.active else REGISTERED_LIFE


def states_before(kind: UnitStepKind) -> tuple[UnitState, ...]:
    """Return the states from which a step of a kind is taken."""
    return tuple(state for state in UnitState if (state, kind) in UNIT_TABLE)


def product_states_before(move: ProductMove) -> tuple[ProductState, ...]:
    """Return the states of a product from which a move is made."""
    return tuple(state for state in ProductState if (state, move) in PRODUCT_TABLE)


def after(unit: Unit, step: UnitStep, party: str) -> Unit:
    """Return the unit after a step that its rules allow; raises InvariantError for one that the tables do not have."""
    life = life_of(unit)
    life = replace(life, state=UNIT_LIFE.next(life.state, step.kind), text=step.text)
    if step.kind is UnitStepKind.APPROVE_GRID:
        life = replace(life, grid=_bounded(step.conditions or GridConditions(), unit))
    elif step.kind is UnitStepKind.REFUSE_GRID:
        life = replace(life, grid=None)
    elif step.kind in PRODUCT_MOVES:
        life = _with_product(life, _product_after(life.qualification(step.product), step))
    if step.kind is UnitStepKind.SUSPEND:
        life = replace(life, suspension=step.suspension, suspended_by=party)
    elif life.state is not UnitState.SUSPENDED:
        life = replace(life, suspension=SuspensionReason.UNSPECIFIED, suspended_by="")
    return with_life(unit, _connected(life))


def with_life(unit: Unit, life: UnitLife) -> Unit:
    """Return the unit with a life and what follows from it."""
    return replace(unit, life=life, active=life.state is UnitState.ACTIVE)


def declared(unit: Unit) -> Unit:
    """Return a unit that was just registered as a market operator declares it: qualified elsewhere, and active."""
    return with_life(unit, DECLARED_LIFE)


def _declared() -> UnitLife:
    """Return what a declaration leads to. It takes every step of the tables, so that it can do nothing else."""
    state = UnitState.REGISTERED
    for kind in (UnitStepKind.REQUEST_GRID, UnitStepKind.APPROVE_GRID):
        state = UNIT_LIFE.next(state, kind)
    life = UnitLife(state, grid=GridConditions(), text=DECLARED)
    for product in PRODUCTS:
        qualification = life.qualification(product)
        for move in (ProductMove.REQUEST, ProductMove.ORDER_TEST, ProductMove.PASS):
            qualification = replace(qualification, state=PRODUCT_LIFE.next(qualification.state, move))
        life = _with_product(life, replace(qualification, text=DECLARED))
    life = _connected(life)
    return replace(life, state=UNIT_LIFE.next(life.state, UnitStepKind.ACTIVATE))


def _bounded(conditions: GridConditions, unit: Unit) -> GridConditions:
    """An approval is of the unit as it is: without a bound of its own, the power registered now is the bound."""
    return replace(
        conditions,
        max_power_w=unit.max_power_w if conditions.max_power_w is None else conditions.max_power_w,
        min_power_w=unit.min_power_w if conditions.min_power_w is None else conditions.min_power_w,
    )


def _product_after(kept: ProductQualification, step: UnitStep) -> ProductQualification:
    move, text = PRODUCT_MOVES[step.kind], step.text
    if step.kind is UnitStepKind.RECORD_TEST and step.test is not None and kept.terms is not None:
        missing = shortcomings(kept.terms, step.test)
        move = ProductMove.FAIL if missing else ProductMove.PASS
        text = "; ".join(missing) or text
    return replace(
        kept,
        state=PRODUCT_LIFE.next(kept.state, move),
        terms=step.terms if step.kind is UnitStepKind.ORDER_TEST else kept.terms,
        test=step.test if step.kind is UnitStepKind.RECORD_TEST else kept.test,
        text=text,
    )


def _with_product(life: UnitLife, changed: ProductQualification) -> UnitLife:
    others = [each for each in life.products if each.product is not changed.product]
    return replace(life, products=tuple(sorted([*others, changed], key=lambda each: each.product)))


def _connected(life: UnitLife) -> UnitLife:
    qualified = any(each.state is ProductState.QUALIFIED for each in life.products)
    if qualified and life.state is UnitState.GRID_APPROVED:
        return replace(life, state=UnitState.QUALIFIED)
    if not qualified and life.state in (UnitState.QUALIFIED, UnitState.ACTIVE):
        return replace(life, state=UnitState.GRID_APPROVED)
    return life


REGISTERED_LIFE = UnitLife(UnitState.REGISTERED)
DECLARED_LIFE = _declared()
