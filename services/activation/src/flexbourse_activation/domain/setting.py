"""What an area is told once: effects, coordination rules; and values at the interface of both operators."""

from __future__ import annotations

from flexbourse_activation.domain.commands import ReportInterface, SetCoordination, SetEffects
from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.events import CoordinationSet
from flexbourse_activation.domain.network.coordination import PRESETS, rules_problems
from flexbourse_activation.domain.network.effects import EffectsSet, effect_problems
from flexbourse_activation.domain.network.interface import MAX_VALUES_KEPT, InterfaceReported, value_problems
from flexbourse_activation.domain.registry_state import Role
from flexbourse_activation.domain.terms import Claimant
from flexbourse_core.rejection import Code, Rejection


def set_effects(desk: Desk, command: SetEffects, party: str) -> list[Rejection]:
    """Set the effects of an area; returns every rule that stands against it."""
    problems = effect_problems(command.effects)
    is_dso = desk.registry.operator_of(desk.area_id, party) is Claimant.DSO
    if not is_dso and not desk.registry.has_role(party, Role.MARKET_OPERATOR):
        problems.append(Rejection(Code.NOT_AUTHORISED, "the area's DSO or the market operator", "party", party))
    if not problems:
        desk.record(EffectsSet(desk.area_id, party, command.topology_version, command.effects))
    return problems


def set_coordination(desk: Desk, command: SetCoordination, party: str) -> list[Rejection]:
    """Set an area's rules; what was claimed under others stands. Returns every rule that stands against it."""
    problems = []
    if not desk.registry.has_role(party, Role.MARKET_OPERATOR):
        problems.append(Rejection(Code.NOT_AUTHORISED, "the market operator", "party", party))
    if bool(command.preset) == (command.rules is not None):
        problems.append(Rejection(Code.FIELD_MISSING, "either a preset or rules in full", "preset"))
    elif command.preset and command.preset not in PRESETS:
        problems.append(Rejection(Code.UNKNOWN_OBJECT, f"a preset: {', '.join(PRESETS)}", "preset", command.preset))
    rules = PRESETS.get(command.preset, command.rules)
    if rules is None:
        return problems
    problems += rules_problems(rules)
    if not problems:
        desk.record(CoordinationSet(desk.area_id, party, command.preset, rules))
    return problems


def report_interface(desk: Desk, command: ReportInterface, party: str) -> list[Rejection]:
    """Take values at the interface; returns every rule that stands against them."""
    problems = value_problems(command.values)
    claimant = desk.registry.operator_of(desk.area_id, party)
    if claimant is Claimant.UNSPECIFIED:
        problems.append(Rejection(Code.NOT_AUTHORISED, "the area's DSO or a TSO", "party", party))
    count = len(desk.state.interface) + len(command.values)
    if count > MAX_VALUES_KEPT:
        rule = "values of an area"
        problems.append(Rejection(Code.TOO_MANY_ENTRIES, rule, "values", value=count, limit=MAX_VALUES_KEPT))
    for value in () if problems else command.values:
        desk.record(InterfaceReported(desk.area_id, party, claimant, value))
    return problems
