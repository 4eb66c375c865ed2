"""Rules of the registry: each broken alone, and all of them reported together."""

# ruff: noqa: E501 - a table of cases reads best with one case per line

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flexbourse_core.errors import InvariantError
from flexbourse_core.rejection import Code
from flexbourse_registry.domain.entities import (
    Algorithm,
    EnrolmentRule,
    Entity,
    Key,
    Market,
    MeteringScheme,
    Participant,
    PoolTerms,
    Portfolio,
    PortfolioMember,
    Role,
    UnitType,
)
from flexbourse_registry.domain.registration import MAX_ENTRIES, Outcome
from flexbourse_registry.domain.state import Registered, State
from flexbourse_registry.domain.unit_life import ProductType

sys.path.insert(0, str(Path(__file__).parent))
from registry_builders import (
    AREA,
    ENROLMENT,
    MARKET,
    POINT,
    PORTFOLIO,
    RIGHT,
    UNIT,
    VILLAGE,
    participant,
    put,
    village,
)


def problems(outcome: Outcome) -> set[tuple[Code, str]]:
    return {(problem.code, problem.field) for problem in outcome.problems}


POOL = replace(
    MARKET,
    market_id="pool",
    algorithm=Algorithm.POOL,
    call_s=600,
    pool=PoolTerms("sun-agg", 3_000, 800, 50_000, 50_000),
)
ISLAND = replace(POOL, pool=PoolTerms(forming_unit_id=UNIT.unit_id, forming_reserve_w=2_000))

BROKEN: list[tuple[str, Entity, Code, str]] = [
    ("a pool without terms", replace(POOL, pool=None), Code.ENTITY_INVALID, "pool"),
    ("terms of a pool elsewhere", replace(MARKET, market_id="x", pool=POOL.pool), Code.ENTITY_INVALID, "pool"),
    ("a pool without a call", replace(POOL, call_s=0), Code.ENTITY_INVALID, "call_s"),
    ("a pool of hours", replace(POOL, span_lengths_s=(3600,)), Code.ENTITY_INVALID, "span_lengths_s"),
    ("nobody upstream", replace(POOL, pool=PoolTerms("", 3_000, 800)), Code.FIELD_MISSING, "pool.upstream_id"),
    ("export dearer than import", replace(POOL, pool=PoolTerms("sun-agg", 800, 3_000)), Code.ENTITY_INVALID, "pool.export_price_ticks"),
    ("imports below nothing", replace(POOL, pool=PoolTerms("sun-agg", 3_000, 800, -1)), Code.FIELD_OUT_OF_RANGE, "pool.import_limit_w"),
    ("an island of an unknown unit", replace(ISLAND, pool=PoolTerms(forming_unit_id="diesel")), Code.REFERENCE_UNKNOWN, "pool.forming_unit_id"),
    ("an island with somebody upstream", replace(ISLAND, pool=PoolTerms("sun-agg", forming_unit_id=UNIT.unit_id)), Code.ENTITY_INVALID, "pool.upstream_id"),
    ("participant id in capitals", replace(participant("x", Role.AGR), participant_id="Sun"), Code.FIELD_MALFORMED, "participant_id"),
    ("no name", replace(participant("x", Role.AGR), name=" "), Code.FIELD_MISSING, "name"),
    ("long name", replace(participant("x", Role.AGR), name="n" * 201), Code.FIELD_OUT_OF_RANGE, "name"),
    ("no role", participant("x"), Code.FIELD_MISSING, "roles"),
    ("unknown role", participant("x", Role.UNSPECIFIED), Code.FIELD_MALFORMED, "roles"),
    ("role twice", participant("x", Role.AGR, Role.AGR), Code.FIELD_MALFORMED, "roles"),
    ("short account", replace(participant("x", Role.AGR), chain_account="0x12"), Code.FIELD_MALFORMED, "chain_account"),
    ("point without area", replace(POINT, metering_point_id="m", area_id="nowhere"), Code.REFERENCE_UNKNOWN, "area_id"),
    ("point at no node", replace(POINT, metering_point_id="m", node_id=""), Code.FIELD_MISSING, "node_id"),
    ("second point at a node", replace(POINT, metering_point_id="m"), Code.ENTITY_INVALID, "node_id"),
    ("BRP without the role", replace(POINT, brp_id="sun-agg"), Code.ENTITY_INVALID, "brp_id"),
    ("point moves to another area", replace(POINT, area_id="other"), Code.FROZEN_FIELD, "area_id"),
    ("unit of no type", replace(UNIT, type=UnitType.UNSPECIFIED), Code.FIELD_MALFORMED, "type"),
    ("unit without meter", replace(UNIT, unit_id="u", metering_point_id="mp-9"), Code.REFERENCE_UNKNOWN, "metering_point_id"),
    ("least above most power", replace(UNIT, min_power_w=6000), Code.ENTITY_INVALID, "min_power_w"),
    ("power beyond reason", replace(UNIT, max_power_w=10**12), Code.FIELD_OUT_OF_RANGE, "max_power_w"),
    ("activation above the span", replace(UNIT, min_activation_w=20_000), Code.FIELD_OUT_OF_RANGE, "min_activation_w"),
    ("battery of no capacity", replace(UNIT, storage_capacity_wh=0, storage_max_wh=0), Code.FIELD_OUT_OF_RANGE, "storage_capacity_wh"),
    ("more stored than fits", replace(UNIT, storage_max_wh=10_001), Code.FIELD_OUT_OF_RANGE, "storage_max_wh"),
    ("least stored above most", replace(UNIT, storage_min_wh=5000, storage_max_wh=10), Code.ENTITY_INVALID, "storage_min_wh"),
    ("foreign unit in a portfolio", replace(PORTFOLIO, portfolio_id="p", operator_id="wind-agg"), Code.ENTITY_INVALID, "unit_ids"),
    ("empty portfolio", replace(PORTFOLIO, unit_ids=()), Code.FIELD_OUT_OF_RANGE, "unit_ids"),
    ("unit twice in a portfolio", replace(PORTFOLIO, unit_ids=("unit-1", "unit-1")), Code.FIELD_MALFORMED, "unit_ids"),
    ("area in a shard that is not there", replace(AREA, area_id="a2", shard=3), Code.FIELD_OUT_OF_RANGE, "shard"),
    ("area of no zone", replace(AREA, area_id="a2", time_zone="Europe/Nowhere"), Code.FIELD_MALFORMED, "time_zone"),
    ("area moves its shard", replace(AREA, shard=1), Code.FROZEN_FIELD, "shard"),
    ("DSO without the role", replace(AREA, dso_id="sun-agg"), Code.ENTITY_INVALID, "dso_id"),
    ("odd period length", replace(MARKET, market_id="m2", mtu_length_s=700), Code.FIELD_OUT_OF_RANGE, "mtu_length_s"),
    ("odd longer product", replace(MARKET, span_lengths_s=(2_700,)), Code.FIELD_OUT_OF_RANGE, "span_lengths_s"),
    ("longer product as its periods", replace(MARKET, market_id="m2", mtu_length_s=1800, span_lengths_s=(1800,)), Code.FIELD_OUT_OF_RANGE, "span_lengths_s"),
    ("longer product twice", replace(MARKET, span_lengths_s=(1800, 1800)), Code.FIELD_MALFORMED, "span_lengths_s"),
    ("blocks beyond a day", replace(MARKET, max_block_mtus=101), Code.FIELD_OUT_OF_RANGE, "max_block_mtus"),
    ("no tick", replace(MARKET, market_id="m2", price_tick_micro_euro_per_mwh=0), Code.FIELD_OUT_OF_RANGE, "price_tick_micro_euro_per_mwh"),
    ("quantity off step", replace(MARKET, min_quantity_w=150), Code.ENTITY_INVALID, "min_quantity_w"),
    ("least above most quantity", replace(MARKET, min_quantity_w=2_000_000), Code.ENTITY_INVALID, "min_quantity_w"),
    ("least above most price", replace(MARKET, min_price_ticks=200_000), Code.ENTITY_INVALID, "min_price_ticks"),
    ("reliability above one", replace(MARKET, reliability_permille=1001), Code.FIELD_OUT_OF_RANGE, "reliability_permille"),
    ("negative budget", replace(MARKET, dnut_budget_micro_euro=-1), Code.FIELD_OUT_OF_RANGE, "dnut_budget_micro_euro"),
    ("budget beyond reason", replace(MARKET, dnut_budget_micro_euro=10**15 + 1), Code.FIELD_OUT_OF_RANGE, "dnut_budget_micro_euro"),
    ("tick changes", replace(MARKET, price_tick_micro_euro_per_mwh=1), Code.FROZEN_FIELD, "price_tick_micro_euro_per_mwh"),
    ("right to no unit", replace(RIGHT, right_id="r", unit_id="u-9"), Code.REFERENCE_UNKNOWN, "unit_id"),
    ("right ends before it begins", replace(RIGHT, right_id="r", valid_from_s=2000, valid_to_s=2000), Code.FIELD_OUT_OF_RANGE, "valid_to_s"),
    ("right overlaps by a second", replace(RIGHT, right_id="r", holder_id="wind-agg", valid_from_s=999, valid_to_s=2000), Code.RIGHT_OVERLAPS, "valid_from_s"),
    ("EIC with a wrong last character", replace(participant("x", Role.AGR), eic="10Y1001A1001A91H"), Code.CHECK_DIGIT_WRONG, "eic"),
    ("GLN with two digits swapped", replace(participant("x", Role.AGR), gln="5790000432725"), Code.CHECK_DIGIT_WRONG, "gln"),
    ("GSRN with a wrong digit", replace(POINT, metering_point_id="735999000000000007", scheme=MeteringScheme.GSRN), Code.CHECK_DIGIT_WRONG, "metering_point_id"),
    ("MPAN with a wrong digit", replace(POINT, metering_point_id="1012345678909", scheme=MeteringScheme.MPAN), Code.CHECK_DIGIT_WRONG, "metering_point_id"),
    ("own id that claims to be an EIC", replace(POINT, scheme=MeteringScheme.EIC), Code.CHECK_DIGIT_WRONG, "metering_point_id"),
    ("feeder twice", replace(MARKET, feeder_ids=("f1", "f1")), Code.FIELD_MALFORMED, "feeder_ids"),
    ("feeder of no form", replace(MARKET, feeder_ids=("f 1",)), Code.FIELD_MALFORMED, "feeder_ids"),
    ("endless market name", replace(MARKET, name="n" * 201), Code.FIELD_OUT_OF_RANGE, "name"),
    ("mandate for no product", replace(RIGHT, right_id="r", valid_from_s=1000, valid_to_s=2000, products=(ProductType.UNSPECIFIED,)), Code.FIELD_MALFORMED, "products"),
    ("mandate grows to other products", replace(RIGHT, products=(ProductType.ENERGY,)), Code.FROZEN_FIELD, "products"),
    ("enrolment in no market", replace(ENROLMENT, enrolment_id="e", market_id="m9"), Code.REFERENCE_UNKNOWN, "market_id"),
    ("enrolment moves to another", replace(ENROLMENT, participant_id="wind-agg"), Code.FROZEN_FIELD, "participant_id"),
    ("unit in two portfolios", replace(PORTFOLIO, portfolio_id="p"), Code.PORTFOLIO_OVERLAPS, "members"),
    ("member beyond the mandate", replace(PORTFOLIO, unit_ids=(), members=(PortfolioMember("unit-1", 500, 1001),)), Code.NO_RIGHT_TO_OFFER, "members.unit_id"),
    ("member of another's mandate", Portfolio("p", "wind-agg", (), (PortfolioMember("unit-1", 0, 1000),)), Code.NO_RIGHT_TO_OFFER, "members.unit_id"),
    ("membership of no length", replace(PORTFOLIO, unit_ids=(), members=(PortfolioMember("unit-1", 500, 500),)), Code.FIELD_OUT_OF_RANGE, "members.valid_to_s"),
    ("right changes its holder", replace(RIGHT, holder_id="wind-agg"), Code.FROZEN_FIELD, "holder_id"),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "code", "field"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_broken_rule_is_named_with_its_field(entity: Entity, code: Code, field: str) -> None:
    events, (outcome,) = put(village(), "operator", entity)
    assert events == []
    assert (code, field) in problems(outcome)
    assert all(problem.rule for problem in outcome.problems)


def test_all_problems_come_at_once() -> None:
    entity = replace(UNIT, unit_id="bad id", name="", metering_point_id="mp-9", operator_id="", min_power_w=9000)
    _, (outcome,) = put(village(), "operator", entity)
    assert problems(outcome) >= {
        (Code.FIELD_MALFORMED, "unit_id"),
        (Code.FIELD_MISSING, "name"),
        (Code.REFERENCE_UNKNOWN, "metering_point_id"),
        (Code.FIELD_MISSING, "operator_id"),
        (Code.ENTITY_INVALID, "min_power_w"),
    }


def test_rights_that_touch_or_are_revoked_do_not_overlap() -> None:
    state = village()
    after = replace(RIGHT, right_id="right-2", holder_id="wind-agg", valid_from_s=1000, valid_to_s=2000)
    assert not put(state, "operator", after)[1][0].problems
    revoked = replace(RIGHT, revoked=True)
    instead = replace(RIGHT, right_id="right-3", holder_id="wind-agg", valid_to_s=900)
    assert [outcome.problems for outcome in put(state, "operator", revoked, instead)[1]] == [(), ()]
    _, (back,) = put(state, "operator", RIGHT)
    assert (Code.FROZEN_FIELD, "revoked") in problems(back)


def test_entries_of_one_command_see_the_ones_before() -> None:
    events, outcomes = put(State(), "operator", *VILLAGE)
    assert len(events) == len(VILLAGE)
    assert all(outcome.version == 1 and not outcome.problems for outcome in outcomes)
    _, reversed_outcomes = put(State(), "operator", *reversed(VILLAGE))
    assert any(outcome.problems for outcome in reversed_outcomes)


def test_same_content_is_no_new_version() -> None:
    state = village()
    events, outcomes = put(state, "operator", *VILLAGE)
    assert events == []
    assert {outcome.version for outcome in outcomes} == {1}


def test_market_carries_its_version() -> None:
    state = village()
    (event,), _ = put(state, "operator", replace(MARKET, gate_closure_s=3600))
    assert isinstance(event.entity, Market)
    assert (event.version, event.entity.version) == (2, 2)


def test_all_or_nothing_withholds_the_sound_entries() -> None:
    state = village()
    sound, broken = participant("new-agg", Role.AGR), participant("other", Role.UNSPECIFIED)
    events, outcomes = put(state, "operator", sound, broken, all_or_nothing=True)
    assert events == []
    assert [outcome.problems[0].code for outcome in outcomes] == [Code.IMPORT_REFUSED, Code.FIELD_MALFORMED]
    assert state.participant("new-agg") is None
    events, _ = put(state, "operator", sound, broken)
    assert [event.entity for event in events] == [sound]


def test_too_many_entries_are_refused_whole() -> None:
    entries = [participant("a", Role.AGR)] * (MAX_ENTRIES + 1)
    events, outcomes = put(village(), "operator", *entries)
    assert events == []
    assert {outcome.problems[0].code for outcome in outcomes} == {Code.TOO_MANY_ENTRIES}


def test_a_version_that_does_not_follow_is_a_bug() -> None:
    state = village()
    with pytest.raises(InvariantError, match="does not follow"):
        state.evolve(Registered(UNIT, 3, "operator"))


RENAMED = replace(participant("sun-agg", Role.AGR), name="Sun Ltd")
NEW_UNIT = replace(UNIT, unit_id="unit-2")
NEW_POINT = replace(POINT, metering_point_id="mp-2", node_id="bus-2")
OWNED = replace(UNIT, owner_id="sun-agg")
AUTHORITY: list[tuple[str, Entity, bool]] = [
    ("sun-agg", RENAMED, True),
    ("wind-agg", RENAMED, False),
    ("sun-agg", replace(RENAMED, roles=(Role.AGR, Role.DSO)), False),
    ("sun-agg", participant("friend", Role.AGR), False),
    ("sun-agg", NEW_UNIT, True),
    ("wind-agg", NEW_UNIT, False),
    ("wind-agg", replace(UNIT, operator_id="wind-agg"), False),
    ("supplier", replace(NEW_UNIT, operator_id="supplier"), False),
    ("grid-co", NEW_POINT, True),
    ("meter-co", NEW_POINT, True),
    ("sun-agg", NEW_POINT, False),
    ("sun-agg", replace(PORTFOLIO, portfolio_id="p2"), True),
    ("wind-agg", replace(PORTFOLIO, portfolio_id="p2"), False),
    ("grid-co", replace(AREA, name="Mine"), False),
    ("grid-co", replace(MARKET, gate_closure_s=0), False),
    ("sun-agg", replace(RIGHT, right_id="r", valid_from_s=1000, valid_to_s=1001), False),
    ("home-1", replace(RIGHT, right_id="r", valid_from_s=1000, valid_to_s=1001), False),
    ("sun-agg", replace(ENROLMENT, active=False), True),
    ("wind-agg", replace(ENROLMENT, enrolment_id="e2", participant_id="wind-agg"), True),
    ("wind-agg", replace(ENROLMENT, enrolment_id="e2"), False),
    ("nobody", replace(ENROLMENT, enrolment_id="e2", participant_id="nobody"), False),
    ("nobody", participant("nobody", Role.MARKET_OPERATOR), False),
    ("operator", participant("friend", Role.AGR), True),
]


@pytest.mark.parametrize(("party", "entity", "allowed"), AUTHORITY)
def test_authority_follows_the_roles_in_the_registry(party: str, entity: Entity, allowed: bool) -> None:
    _, (outcome,) = put(village(), party, entity)
    denied = {Code.NOT_AUTHORISED, Code.NOT_OWNER} & {problem.code for problem in outcome.problems}
    assert bool(denied) is not allowed


def test_owner_of_a_unit_grants_the_right_to_offer_it() -> None:
    state = village()
    put(state, "operator", replace(UNIT, unit_id="unit-2", owner_id="sun-agg"))
    _, (outcome,) = put(state, "sun-agg", replace(RIGHT, right_id="r", unit_id="unit-2", holder_id="wind-agg"))
    assert not outcome.problems


def test_an_inactive_participant_has_no_roles() -> None:
    state = village()
    operator = state.participant("operator")
    assert operator is not None
    put(state, "operator", Participant("second", "Second", (Role.MARKET_OPERATOR,), active=True))
    assert not put(state, "second", participant("friend", Role.AGR))[1][0].problems
    put(state, "operator", Participant("second", "Second", (Role.MARKET_OPERATOR,), active=False))
    assert put(state, "second", participant("friend-2", Role.AGR))[1][0].problems
    assert state.version(Key("participant", "second")) == 2


def test_metering_points_of_each_scheme() -> None:
    state = village()
    for number, (scheme, name) in enumerate(
        [
            (MeteringScheme.GSRN, "735999000000000006"),
            (MeteringScheme.MPAN, "1012345678903"),
            (MeteringScheme.EIC, "10Y1001A1001A91G"),
            (MeteringScheme.UNSPECIFIED, "735999000000000007"),
        ]
    ):
        point = replace(POINT, metering_point_id=name, node_id=f"bus-{number + 2}", scheme=scheme)
        assert not put(state, "meter-co", point)[1][0].problems


def test_a_market_of_approval_is_entered_by_its_operator_and_left_by_oneself() -> None:
    state = village()
    put(state, "operator", replace(MARKET, enrolment=EnrolmentRule.APPROVAL))
    wish = replace(ENROLMENT, enrolment_id="e2", participant_id="wind-agg")
    _, (refused,) = put(state, "wind-agg", wish)
    assert Code.NOT_AUTHORISED in {problem.code for problem in refused.problems}
    assert not put(state, "operator", wish)[1][0].problems
    assert not put(state, "wind-agg", replace(wish, active=False))[1][0].problems


def test_a_unit_passes_from_portfolio_to_portfolio_with_its_mandates() -> None:
    state = village()
    later = replace(RIGHT, right_id="right-2", holder_id="wind-agg", valid_from_s=1000, valid_to_s=3000)
    last = replace(RIGHT, right_id="right-3", valid_from_s=3000, valid_to_s=4000)
    put(state, "operator", later, last)
    dated = replace(PORTFOLIO, unit_ids=(), members=(PortfolioMember("unit-1", 0, 1000),))
    assert not put(state, "sun-agg", dated)[1][0].problems
    taken = Portfolio("wind", "wind-agg", (), (PortfolioMember("unit-1", 1000, 3000),))
    assert not put(state, "wind-agg", taken)[1][0].problems
    back = replace(dated, members=(*dated.members, PortfolioMember("unit-1", 2999, 4000)))
    _, (refused,) = put(state, "operator", back)
    assert problems(refused) == {(Code.NO_RIGHT_TO_OFFER, "members.unit_id"), (Code.PORTFOLIO_OVERLAPS, "members")}
    back = replace(dated, members=(*dated.members, PortfolioMember("unit-1", 3000, 4000)))
    assert not put(state, "sun-agg", back)[1][0].problems


def test_adjoining_mandates_cover_a_membership_together() -> None:
    state = village()
    put(state, "operator", replace(RIGHT, right_id="right-2", valid_from_s=1000, valid_to_s=2000))
    whole = replace(PORTFOLIO, unit_ids=(), members=(PortfolioMember("unit-1", 0, 2000),))
    assert not put(state, "sun-agg", whole)[1][0].problems
