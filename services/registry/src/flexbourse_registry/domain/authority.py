"""Who may register or change what; decided by the party's roles in the registry itself."""

from __future__ import annotations

from dataclasses import replace

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import (
    Enrolment,
    EnrolmentRule,
    Entity,
    GridArea,
    Market,
    MeteringPoint,
    Participant,
    Portfolio,
    RightToOffer,
    Role,
    Unit,
    key_of,
)
from flexbourse_registry.domain.state import State

OPERATING = frozenset({Role.AGR, Role.BSP, Role.COMMUNITY, Role.PROSUMER})


def runs_market(roles: frozenset[Role], party: str, operator_id: str) -> bool:
    """Tell whether a party may do everything: a market operator, or the platform's own operator."""
    return party == operator_id or Role.MARKET_OPERATOR in roles


def refusal(entity: Entity, state: State, party: str, operator_id: str) -> Rejection | None:
    """Return why a party may not put an object, or None. The platform's own operator may put everything."""
    roles = state.roles(party)
    if runs_market(roles, party, operator_id):
        return None
    kept = state.get(key_of(entity))
    rule = _RULES[type(entity)]
    if _may(entity, kept, state, party, roles):
        return None
    code = Code.NOT_AUTHORISED if kept is None else Code.NOT_OWNER
    return Rejection(code, rule, element=str(key_of(entity)))


_RULES: dict[type[Entity], str] = {
    Participant: "a market operator registers participants; a participant changes his own name and chain account",
    MeteringPoint: "a meter operator, or the DSO of the area, registers metering points",
    Unit: "a market operator registers units; who operates a unit registers it as his own and keeps it so",
    Portfolio: "who operates the units registers their portfolio",
    GridArea: "a market operator registers areas",
    Market: "a market operator registers markets",
    RightToOffer: "a market operator or the owner of the unit grants the right to offer it",
    Enrolment: "a participant enrols himself where the market lets him, else a market operator does",
}


def _may(entity: Entity, kept: Entity | None, state: State, party: str, roles: frozenset[Role]) -> bool:
    match entity:
        case Participant():
            return _changes_himself(entity, kept, party)
        case MeteringPoint():
            area = state.area(entity.area_id)
            return Role.METER_OPERATOR in roles or (Role.DSO in roles and area is not None and area.dso_id == party)
        case Unit() | Portfolio():
            own = isinstance(kept, Unit | Portfolio) and kept.operator_id == party
            return bool(roles & OPERATING) and entity.operator_id == party and (kept is None or own)
        case RightToOffer():
            unit = state.unit(entity.unit_id)
            return bool(roles) and unit is not None and unit.owner_id == party
        case Enrolment():
            return bool(roles) and entity.participant_id == party and _enrols_himself(entity, state)
        case GridArea() | Market():
            return False


def _enrols_himself(entity: Enrolment, state: State) -> bool:
    """Leaving a market is always one's own affair; entering it where approval is asked for is not."""
    market = state.market(entity.market_id)
    return not entity.active or market is None or market.enrolment is not EnrolmentRule.APPROVAL


def _changes_himself(entity: Participant, kept: Entity | None, party: str) -> bool:
    if not isinstance(kept, Participant) or kept.participant_id != party:
        return False
    return replace(kept, name=entity.name, chain_account=entity.chain_account) == entity
