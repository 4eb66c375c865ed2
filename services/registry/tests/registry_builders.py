"""Sound objects of the registry, to be spoiled by tests."""

from __future__ import annotations

from flexbourse_registry.domain.entities import (
    Algorithm,
    Enrolment,
    Entity,
    GridArea,
    Market,
    MeteringPoint,
    Participant,
    Portfolio,
    RightToOffer,
    Role,
    Unit,
    UnitType,
)
from flexbourse_registry.domain.registration import Outcome, Platform, register
from flexbourse_registry.domain.state import Registered, State

PLATFORM = Platform("operator", 3)


def participant(participant_id: str, *roles: Role) -> Participant:
    return Participant(participant_id, f"Company {participant_id}", roles, active=True)


AREA = GridArea("village", "Village", 0, "grid-co", "Europe/Berlin")
POINT = MeteringPoint("mp-1", "village", "bus-1", "home-1", "supplier", imbalance_delegated=True, active=True)
UNIT = Unit(
    "unit-1", "Battery No 1", UnitType.BATTERY, "mp-1", "home-1", "sun-agg",
    max_power_w=5000, min_power_w=-5000, storage_capacity_wh=10_000, storage_max_wh=10_000,
    controllable=True, active=True,
)  # fmt: skip
MARKET = Market(
    "village-energy", "village", 0, Algorithm.CONTINUOUS_ENERGY, 900, 25_200, 7200, 10_000, 100, 100, 1_000_000,
    -50_000, 100_000, automatic_matching=True, either_side_missing=True, reliability_permille=800,
    gate_enabled=True, active=True,
)  # fmt: skip
RIGHT = RightToOffer("right-1", "unit-1", "sun-agg", 0, 1000)
PORTFOLIO = Portfolio("fleet", "sun-agg", ("unit-1",))
ENROLMENT = Enrolment("sun-in-village", "village-energy", "sun-agg", active=True)

VILLAGE: tuple[Entity, ...] = (
    participant("operator", Role.MARKET_OPERATOR),
    participant("grid-co", Role.DSO),
    participant("supplier", Role.BRP),
    participant("sun-agg", Role.AGR),
    participant("wind-agg", Role.AGR),
    participant("meter-co", Role.METER_OPERATOR),
    AREA,
    POINT,
    UNIT,
    PORTFOLIO,
    MARKET,
    RIGHT,
    ENROLMENT,
)


def put(
    state: State, party: str, *entries: Entity, all_or_nothing: bool = False
) -> tuple[list[Registered], list[Outcome]]:
    """Register and evolve."""
    events, outcomes = register(state, PLATFORM, party, entries, all_or_nothing=all_or_nothing)
    for event in events:
        state.evolve(event)
    return events, outcomes


def village() -> State:
    state = State()
    _, outcomes = put(state, "operator", *VILLAGE)
    assert not [outcome for outcome in outcomes if outcome.problems]
    return state
