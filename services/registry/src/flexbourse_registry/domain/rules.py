"""What an object must look like. Every rule returns what is wrong; all are asked, so that a sender sees all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flexbourse_core.check_digits import is_eic, is_gln, is_gsrn, is_mpan
from flexbourse_core.ids import is_object_id, is_participant_id
from flexbourse_core.market_time import LAST_SECOND
from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.capacity_rules import refuse_capacity_market, refuse_connection
from flexbourse_registry.domain.entities import (
    Algorithm,
    Enrolment,
    Entity,
    GridArea,
    Market,
    MeteringPoint,
    MeteringScheme,
    Participant,
    Portfolio,
    RightToOffer,
    Role,
    Unit,
    UnitType,
    key_of,
)
from flexbourse_registry.domain.field_rules import between, malformed, ordered, too_long
from flexbourse_registry.domain.known import Known
from flexbourse_registry.domain.phase_rules import refuse_phases
from flexbourse_registry.domain.pool_rules import refuse_pool
from flexbourse_registry.domain.portfolio_rules import portfolio_problems
from flexbourse_registry.domain.references import reference
from flexbourse_registry.domain.span_rules import refuse_spans
from flexbourse_registry.domain.state import State
from flexbourse_registry.domain.unit_life import ProductType

MAX_NAME_LENGTH = 200
MAX_PREFERENCE_LENGTH = 64
MAX_POWER_W = 10_000_000_000
MAX_ENERGY_WH = 100_000_000_000
MTU_LENGTHS_S = (300, 900, 1800, 3600)
MAX_OPENING_S = 14 * 86_400
MAX_GATE_CLOSURE_S = 7 * 86_400
MAX_TICK_MICRO_EURO = 1_000_000_000
MAX_PRICE_TICKS = 10_000_000
MAX_RELIABILITY_PERMILLE = 1000
MAX_DNUT_BUDGET_MICRO_EURO = 10**15
MAX_FEEDERS = 1000
CHAIN_ACCOUNT = re.compile(r"0x[0-9a-fA-F]{40}")
STORING = (UnitType.BATTERY, UnitType.VEHICLE)
SCHEMES: dict[MeteringScheme, Callable[[str], bool]] = {
    MeteringScheme.GSRN: is_gsrn,
    MeteringScheme.MPAN: is_mpan,
    MeteringScheme.EIC: is_eic,
}

# Fields that keep the value with which their object was registered.
FROZEN: dict[type[Entity], tuple[str, ...]] = {
    Participant: (),
    MeteringPoint: ("area_id",),
    Unit: ("metering_point_id",),
    Portfolio: ("operator_id",),
    GridArea: ("shard", "time_zone"),
    Market: ("area_id", "algorithm", "mtu_length_s", "price_tick_micro_euro_per_mwh"),
    RightToOffer: ("unit_id", "holder_id", "valid_from_s", "products"),
    Enrolment: ("market_id", "participant_id"),
}


def problems(entity: Entity, state: State, area_shards: int) -> list[Rejection]:
    """Return everything that is wrong with an object, given what is registered."""
    found = list(_id_problems(entity))
    found += _RULES[type(entity)](entity, state)
    if isinstance(entity, GridArea):
        found += between("shard", entity.shard, 0, area_shards - 1, "")
    found += _frozen_problems(entity, state.get(key_of(entity)))
    return found


def _id_problems(entity: Entity) -> Iterator[Rejection]:
    key = key_of(entity)
    if isinstance(entity, Participant):
        if not is_participant_id(key.id):
            yield malformed("participant_id", "[a-z0-9-]{1,40}: it becomes part of topic names", key.id)
    elif not is_object_id(key.id):
        yield malformed(f"{key.kind}_id", "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", key.id)


def _frozen_problems(entity: Entity, kept: Entity | None) -> Iterator[Rejection]:
    if kept is None:
        return
    for name in FROZEN[type(entity)]:
        if getattr(entity, name) != getattr(kept, name):
            rule = f"{name} stays {getattr(kept, name)}"
            yield Rejection(Code.FROZEN_FIELD, rule, name, str(key_of(entity)))
    if isinstance(kept, RightToOffer) and kept.revoked and not getattr(entity, "revoked", True):
        yield Rejection(Code.FROZEN_FIELD, "a revoked right stays revoked", "revoked", str(key_of(entity)))


def _participant(entity: Participant, _state: State) -> Iterator[Rejection]:
    yield from _named(entity.name)
    if not entity.roles:
        yield Rejection(Code.FIELD_MISSING, "a participant has at least one role", "roles")
    if Role.UNSPECIFIED in entity.roles:
        yield Rejection(Code.FIELD_MALFORMED, f"a role is one of {_names(Role)}", "roles")
    if len(set(entity.roles)) != len(entity.roles):
        yield Rejection(Code.FIELD_MALFORMED, "each role is named once", "roles")
    if entity.chain_account and CHAIN_ACCOUNT.fullmatch(entity.chain_account) is None:
        yield malformed("chain_account", "0x and 40 hexadecimal digits, or empty", entity.chain_account)
    for name, sound in (("eic", is_eic), ("gln", is_gln)):
        value = getattr(entity, name)
        if value and not sound(value):
            yield _wrong_digit(name, name.upper(), value)


def _metering_point(entity: MeteringPoint, state: State) -> Iterator[Rejection]:
    sound = SCHEMES.get(entity.scheme)
    if sound is not None and not sound(entity.metering_point_id):
        yield _wrong_digit("metering_point_id", entity.scheme.name, entity.metering_point_id)
    yield from reference("area_id", "area", entity.area_id, state)
    for name in ("node_id", "owner_id"):
        if not is_object_id(getattr(entity, name)):
            yield malformed(name, "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", getattr(entity, name))
    yield from _with_role("brp_id", entity.brp_id, Role.BRP, state)
    yield from refuse_connection(entity)
    others = [p for p in state.active_points_at(entity.area_id, entity.node_id) if p != entity.metering_point_id]
    if entity.active and others:
        # The base case is forecast per node: a second point would freeze, and could sell, the same base once more.
        rule = "a node has one active metering point, because its base case is forecast for the node as a whole"
        yield Rejection(Code.ENTITY_INVALID, rule, "node_id", others[0], value=len(others) + 1, limit=1)


def _unit(entity: Unit, state: State) -> Iterator[Rejection]:
    yield from _named(entity.name)
    if entity.type is UnitType.UNSPECIFIED:
        yield Rejection(Code.FIELD_MALFORMED, f"a type is one of {_names(UnitType)}", "type")
    yield from reference("metering_point_id", "metering_point", entity.metering_point_id, state)
    yield from reference("operator_id", "participant", entity.operator_id, state)
    if not is_object_id(entity.owner_id):
        yield malformed("owner_id", "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", entity.owner_id)
    if entity.feeder_id and not is_object_id(entity.feeder_id):
        yield malformed("feeder_id", "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}, or empty", entity.feeder_id)
    if len(entity.charging_preference) > MAX_PREFERENCE_LENGTH:
        yield too_long("charging_preference", entity.charging_preference, MAX_PREFERENCE_LENGTH)
    yield from _unit_power(entity)
    yield from _unit_storage(entity)


def _unit_power(entity: Unit) -> Iterator[Rejection]:
    yield from between("min_power_w", entity.min_power_w, -MAX_POWER_W, MAX_POWER_W, "W")
    yield from between("max_power_w", entity.max_power_w, -MAX_POWER_W, MAX_POWER_W, "W")
    yield from ordered("min_power_w", entity.min_power_w, "max_power_w", entity.max_power_w, "W")
    span = max(0, entity.max_power_w - entity.min_power_w)
    yield from between("min_activation_w", entity.min_activation_w, 0, span, "W")
    yield from between("max_reactive_var", entity.max_reactive_var, 0, MAX_POWER_W, "var")
    yield from between("ramp_w_per_min", entity.ramp_w_per_min, 0, MAX_POWER_W, "W/min")
    yield from between("sustained_energy_wh", entity.sustained_energy_wh, 0, MAX_ENERGY_WH, "Wh")


def _unit_storage(entity: Unit) -> Iterator[Rejection]:
    least = 1 if entity.type in STORING else 0
    yield from between("storage_capacity_wh", entity.storage_capacity_wh, least, MAX_ENERGY_WH, "Wh")
    capacity = max(0, entity.storage_capacity_wh)
    yield from between("storage_min_wh", entity.storage_min_wh, 0, capacity, "Wh")
    yield from between("storage_max_wh", entity.storage_max_wh, 0, capacity, "Wh")
    yield from ordered("storage_min_wh", entity.storage_min_wh, "storage_max_wh", entity.storage_max_wh, "Wh")


def _area(entity: GridArea, state: State) -> Iterator[Rejection]:
    yield from _named(entity.name)
    yield from _with_role("dso_id", entity.dso_id, Role.DSO, state)
    try:
        ZoneInfo(entity.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield malformed("time_zone", "a name of the IANA time zone database, Europe/Berlin", entity.time_zone)


def _market(entity: Market, state: State) -> Iterator[Rejection]:
    yield from reference("area_id", "area", entity.area_id, state)
    if entity.algorithm is Algorithm.UNSPECIFIED:
        yield Rejection(Code.FIELD_MALFORMED, f"an algorithm is one of {_names(Algorithm)}", "algorithm")
    if entity.mtu_length_s not in MTU_LENGTHS_S:
        rule = f"the length of a period is one of {', '.join(map(str, MTU_LENGTHS_S))} s"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, "mtu_length_s", value=entity.mtu_length_s, unit="s")
    yield from between("opens_before_day_s", entity.opens_before_day_s, 0, MAX_OPENING_S, "s")
    yield from between("gate_closure_s", entity.gate_closure_s, 0, MAX_GATE_CLOSURE_S, "s")
    tick = entity.price_tick_micro_euro_per_mwh
    yield from between("price_tick_micro_euro_per_mwh", tick, 1, MAX_TICK_MICRO_EURO, "micro-euro/MWh")
    yield from _market_quantities(entity)
    yield from _market_place(entity)
    yield from refuse_phases(entity)
    yield from refuse_spans(entity)
    yield from refuse_capacity_market(entity)
    yield from refuse_pool(entity, state)
    for name in ("min_price_ticks", "max_price_ticks"):
        yield from between(name, getattr(entity, name), -MAX_PRICE_TICKS, MAX_PRICE_TICKS, "ticks")
    yield from ordered("min_price_ticks", entity.min_price_ticks, "max_price_ticks", entity.max_price_ticks, "ticks")
    yield from between("reliability_permille", entity.reliability_permille, 0, MAX_RELIABILITY_PERMILLE, "permille")
    yield from between("penalty_cover_ticks", entity.penalty_cover_ticks, 0, MAX_PRICE_TICKS, "ticks")
    budget = entity.dnut_budget_micro_euro
    if budget is not None:
        yield from between("dnut_budget_micro_euro", budget, 0, MAX_DNUT_BUDGET_MICRO_EURO, "micro-euro")


def _market_place(entity: Market) -> Iterator[Rejection]:
    if len(entity.name) > MAX_NAME_LENGTH:
        yield too_long("name", entity.name, MAX_NAME_LENGTH)
    yield from between("feeder_ids", len(entity.feeder_ids), 0, MAX_FEEDERS, "feeders")
    if len(set(entity.feeder_ids)) != len(entity.feeder_ids):
        yield Rejection(Code.FIELD_MALFORMED, "each feeder is named once", "feeder_ids")
    for feeder_id in entity.feeder_ids:
        if not is_object_id(feeder_id):
            yield malformed("feeder_ids", "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", feeder_id)


def _market_quantities(entity: Market) -> Iterator[Rejection]:
    step = entity.quantity_step_w
    yield from between("quantity_step_w", step, 1, MAX_POWER_W, "W")
    for name in ("min_quantity_w", "max_quantity_w"):
        quantity = getattr(entity, name)
        yield from between(name, quantity, 1, MAX_POWER_W, "W")
        if step > 0 and quantity % step:
            rule = f"a quantity is a multiple of the step of {step} W"
            yield Rejection(Code.ENTITY_INVALID, rule, name, value=quantity, limit=step, unit="W")
    yield from ordered("min_quantity_w", entity.min_quantity_w, "max_quantity_w", entity.max_quantity_w, "W")


def _right(entity: RightToOffer, state: State) -> Iterator[Rejection]:
    yield from reference("unit_id", "unit", entity.unit_id, state)
    yield from reference("holder_id", "participant", entity.holder_id, state)
    yield from between("valid_from_s", entity.valid_from_s, 0, LAST_SECOND, "s")
    earliest_end_s = min(max(entity.valid_from_s, 0), LAST_SECOND - 1) + 1
    yield from between("valid_to_s", entity.valid_to_s, earliest_end_s, LAST_SECOND, "s")
    if len(set(entity.products)) != len(entity.products) or not all(entity.products):
        rule = f"each product is named once and one of {_names(ProductType)}"
        yield Rejection(Code.FIELD_MALFORMED, rule, "products")
    if entity.revoked:
        return
    for other in state.rights_of(entity.unit_id):
        if other.right_id != entity.right_id and not other.revoked and entity.overlaps(other):
            rule = f"right {other.right_id} of {other.holder_id} is valid in part of the period"
            yield Rejection(Code.RIGHT_OVERLAPS, rule, "valid_from_s", str(key_of(other)))


def _enrolment(entity: Enrolment, state: State) -> Iterator[Rejection]:
    yield from reference("market_id", "market", entity.market_id, state)
    yield from reference("participant_id", "participant", entity.participant_id, state)


def _named(name: str) -> Iterator[Rejection]:
    if not name.strip():
        yield Rejection(Code.FIELD_MISSING, "an object has a name", "name")
    if len(name) > MAX_NAME_LENGTH:
        yield too_long("name", name, MAX_NAME_LENGTH)


def _with_role(field: str, participant_id: str, role: Role, state: State) -> Iterator[Rejection]:
    missing = list(reference(field, "participant", participant_id, state))
    yield from missing
    participant = state.participant(participant_id)
    if not missing and participant is not None and role not in participant.roles:
        rule = f"{field} names a participant with role {role.name}"
        yield Rejection(Code.ENTITY_INVALID, rule, field, participant_id)


def _wrong_digit(field: str, scheme: str, value: str) -> Rejection:
    return Rejection(Code.CHECK_DIGIT_WRONG, f"{field} is a {scheme} with its check digit", field, value[:64])


def _names(kind: type[Known]) -> str:
    return ", ".join(member.name for member in kind if member.value)


_RULES: dict[type[Entity], Callable[..., Iterator[Rejection]]] = {
    Participant: _participant,
    MeteringPoint: _metering_point,
    Unit: _unit,
    Portfolio: portfolio_problems,
    GridArea: _area,
    Market: _market,
    RightToOffer: _right,
    Enrolment: _enrolment,
}
