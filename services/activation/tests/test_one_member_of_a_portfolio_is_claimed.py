"""A gateway claims one member of a portfolio's offer alone, within what the unit and the portfolio give."""

from __future__ import annotations

import pytest
from activation_world import NOON_S, World, window

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.events import ClaimMade
from flexbourse_core.rejection import Code


@pytest.fixture
def world() -> World:
    made = World()
    made.offer("o", portfolio="pool", quantity=15_000)
    return made


def claim(world: World, name: str, unit: str, quantity: int) -> list[Code]:
    terms = c.ClaimTerms(name, "o", window(0, 2), quantity, unit)
    return [problem.code for problem in world.send(terms, "ops")]


def test_a_member_gives_all_of_its_claim_and_the_others_nothing(world: World) -> None:
    assert claim(world, "m1", "unit-a1", 9_000) == []
    assert (world.claimed("unit-a1"), world.claimed("unit-a2")) == (9_000, 0)
    (made,) = world.of(ClaimMade)
    assert [(share.unit_id, share.quantities_w) for share in made.claim.shares] == [("unit-a1", (9_000, 9_000))]
    assert made.claim.portfolio_id == "pool"


def test_members_together_give_no_more_than_the_portfolio_offers(world: World) -> None:
    assert claim(world, "m1", "unit-a1", 9_000) == []
    assert claim(world, "m2", "unit-a2", 6_001) == [Code.CLAIM_EXCEEDS_OFFER]
    assert claim(world, "m2", "unit-a2", 6_000) == []
    assert claim(world, "m3", "unit-a1", 1) == [Code.CLAIM_EXCEEDS_OFFER]
    assert world.claimed("unit-a2", start_s=NOON_S + 900) == 6_000


def test_a_member_gives_no_more_than_its_unit_can_move(world: World) -> None:
    world.offer("more", portfolio="pool", quantity=40_000)
    assert claim(world, "m1", "unit-a1", 20_001) == [Code.CLAIM_EXCEEDS_OFFER]


def test_who_is_no_member_is_unknown(world: World) -> None:
    assert Code.UNKNOWN_OBJECT in claim(world, "m1", "unit-b1", 1_000)


def test_without_a_member_all_give_in_proportion(world: World) -> None:
    assert claim(world, "all", "", 15_000) == []
    assert world.claimed("unit-a1") + world.claimed("unit-a2") == 15_000
    assert min(world.claimed("unit-a1"), world.claimed("unit-a2")) > 0
