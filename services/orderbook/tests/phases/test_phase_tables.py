"""Phases as data: every pair of phases with every cause, and every action in every phase, cell by cell."""

from __future__ import annotations

from itertools import product

import pytest

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.phases.table import (
    LEGAL,
    Action,
    BookPhase,
    Phase,
    PhaseCause,
    PhaseChanged,
    refuse_in_phase,
)

# Written from the rules, not from the code. s: schedule, l: light, c: collar, o: operator.
# before        none pre  cont call frz  unx  halt closed
FOLLOWS = """
UNSPECIFIED      -    s    s    s    s    -    -    -
PRE_OPEN         -    -    s    s    s    s    lo   s
CONTINUOUS       -    -    -    -    -    -    lco  s
CALL             -    -    -    -    s    s    lo   s
FREEZE           -    -    -    -    -    s    lo   s
UNCROSSING       -    -    s    -    -    -    lco  s
HALTED           -    slo  slo  slo  slo  slo  o    s
CLOSED           -    -    -    -    -    -    -    -
"""
LETTERS = {"s": PhaseCause.SCHEDULE, "l": PhaseCause.LIGHT, "c": PhaseCause.COLLAR, "o": PhaseCause.OPERATOR}
# action        none pre  cont call frz  unx  halt closed
TAKES = """
ENTER            -    x    x    x    -    -    -    -
CANCEL           -    x    x    x    -    -    x    -
REPLACE          -    x    x    x    -    -    -    -
HIT              -    -    x    -    -    -    -    -
CALL_HELD        -    -    x    -    -    -    -    -
MATCH            -    -    x    -    -    x    -    -
CANCEL_FOR       -    x    x    x    x    -    x    -
RECALL           -    x    x    x    x    -    x    -
"""


def cells(table: str) -> dict[tuple[str, Phase], str]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {(row[0], phase): cell for row in rows for phase, cell in zip(Phase, row[1:], strict=True)}


def changed(before: Phase, after: Phase, cause: PhaseCause) -> PhaseChanged:
    return PhaseChanged("area-1", "energy", Mtu(0, 900), before, after, cause, "", 0, 0)


@pytest.mark.parametrize(("before", "after"), list(product(Phase, Phase)))
def test_every_pair_of_phases_follows_for_the_causes_of_the_table_and_no_other(before: Phase, after: Phase) -> None:
    allowed = {LETTERS[letter] for letter in cells(FOLLOWS)[before.name, after] if letter != "-"}
    for cause in PhaseCause:
        if cause in allowed:
            assert changed(before, after, cause).after is after
        else:
            with pytest.raises(InvariantError, match=f"from {before.name} to {after.name} by {cause.name}"):
                changed(before, after, cause)


@pytest.mark.parametrize(("action", "phase"), list(product(Action, Phase)))
def test_every_action_is_taken_in_the_phases_of_the_table_and_no_other(action: Action, phase: Phase) -> None:
    takes = cells(TAKES)[action.name, phase] == "x"
    assert (action in LEGAL[phase]) is takes
    refusal = refuse_in_phase(BookPhase(phase), action, "energy")
    assert (refusal is None) is takes
    if refusal is not None:
        assert refusal.code.name == ("BOOK_HALTED" if phase is Phase.HALTED else "PHASE_NOT_ALLOWED")
