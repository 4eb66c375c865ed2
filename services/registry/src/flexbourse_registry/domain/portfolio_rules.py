"""Rules of portfolios: a unit is in one at a time, and whoever offers it holds its owner's mandate for that time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from flexbourse_core.market_time import LAST_SECOND
from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import Portfolio, PortfolioMember
from flexbourse_registry.domain.field_rules import between
from flexbourse_registry.domain.references import reference
from flexbourse_registry.domain.state import State

MAX_PORTFOLIO_UNITS = 1000

Period = tuple[int, int]


def portfolio_problems(entity: Portfolio, state: State) -> Iterator[Rejection]:
    """Yield everything that is wrong with a portfolio."""
    yield from reference("operator_id", "participant", entity.operator_id, state)
    count = len(entity.unit_ids) + len(entity.members)
    yield from between("unit_ids", count, 1, MAX_PORTFOLIO_UNITS, "units")
    if len(set(entity.unit_ids)) != len(entity.unit_ids):
        yield Rejection(Code.FIELD_MALFORMED, "each unit is named once", "unit_ids")
    for unit_id in entity.unit_ids:
        unit = state.unit(unit_id)
        if unit is None:
            yield from reference("unit_ids", "unit", unit_id, state)
        elif unit.operator_id != entity.operator_id:
            rule = f"the undated units of a portfolio have its operator, not {unit.operator_id}"
            yield Rejection(Code.ENTITY_INVALID, rule, "unit_ids", unit_id)
    for member in entity.members:
        yield from _member_problems(entity, member, state)
    yield from _overlaps(entity, state)


def _member_problems(entity: Portfolio, member: PortfolioMember, state: State) -> Iterator[Rejection]:
    yield from reference("members.unit_id", "unit", member.unit_id, state)
    yield from between("members.valid_from_s", member.valid_from_s, 0, LAST_SECOND, "s")
    earliest_end_s = min(max(member.valid_from_s, 0), LAST_SECOND - 1) + 1
    yield from between("members.valid_to_s", member.valid_to_s, earliest_end_s, LAST_SECOND, "s")
    rights = state.rights_of(member.unit_id)
    held = [r for r in rights if r.holder_id == entity.operator_id and not r.revoked]
    uncovered_s = _first_uncovered(member, [(right.valid_from_s, right.valid_to_s) for right in held])
    if uncovered_s is not None:
        rule = f"{entity.operator_id} holds the right to offer the unit for the whole period"
        yield Rejection(Code.NO_RIGHT_TO_OFFER, rule, "members.unit_id", member.unit_id, value=uncovered_s, unit="s")


def _first_uncovered(member: PortfolioMember, periods: list[Period]) -> int | None:
    """Return the first second of a membership that no period covers, None where all are."""
    reached_s = member.valid_from_s
    for from_s, to_s in sorted(periods):
        if from_s <= reached_s < to_s:
            reached_s = to_s
    return reached_s if reached_s < member.valid_to_s else None


def _overlaps(entity: Portfolio, state: State) -> Iterator[Rejection]:
    for unit_id in dict.fromkeys((*entity.unit_ids, *(member.unit_id for member in entity.members))):
        own = sorted(entity.periods_of(unit_id))
        if any(later[0] < former[1] for former, later in itertools.pairwise(own)):
            yield Rejection(Code.PORTFOLIO_OVERLAPS, "the periods of a unit do not overlap", "members", unit_id)
        for other in state.portfolios_with(unit_id):
            if other.portfolio_id == entity.portfolio_id:
                continue
            if any(_overlap(one, two) for one in own for two in other.periods_of(unit_id)):
                rule = f"the unit is in portfolio {other.portfolio_id} of {other.operator_id} in part of the period"
                yield Rejection(Code.PORTFOLIO_OVERLAPS, rule, "members", unit_id)


def _overlap(one: Period, two: Period) -> bool:
    return one[0] < two[1] and two[0] < one[1]
