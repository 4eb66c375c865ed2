"""An offer stands on a right, active units, a portfolio and its party: where one of them goes, the offer ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from activation_world import AREA, PARTIES, UP, World, window

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.events import OfferWithdrawn
from flexbourse_activation.domain.machine import Fact
from flexbourse_activation.domain.registry_state import (
    Area,
    MeteringPoint,
    Participant,
    Portfolio,
    RightToOffer,
    Unit,
)
from flexbourse_core.rejection import Code

RIGHT = RightToOffer("right-unit-a1", "unit-a1", "agr", 0, 10**10, revoked=False)
A1 = Unit("unit-a1", "mp-unit-a1", "agr", 10_000, -10_000, controllable=True, active=True, feeder_id="left")
OFFERS_END_S = window(0, 8).end_s


def offering() -> World:
    """Offers of a unit, of the portfolio that holds it, and of a unit that has nothing to do with it."""
    world = World()
    world.offer("own", "unit-a1", quantity=4_000)
    world.offer("pooled", portfolio="pool", quantity=4_000)
    world.offer("elsewhere", "unit-c1", quantity=4_000)
    return world


def standing(world: World) -> set[str]:
    return set(world.shard.desks[AREA].state.guard.offers)


LOSSES: list[tuple[str, Fact, set[str], Code]] = [
    ("right revoked", replace(RIGHT, revoked=True), {"own", "pooled"}, Code.NO_RIGHT_TO_OFFER),
    ("right shortened", replace(RIGHT, valid_to_s=OFFERS_END_S - 1), {"own", "pooled"}, Code.NO_RIGHT_TO_OFFER),
    ("unit suspended", replace(A1, active=False), {"own", "pooled"}, Code.UNIT_NOT_ACTIVE),
    ("unit not controllable", replace(A1, controllable=False), {"own", "pooled"}, Code.PRODUCT_NOT_ALLOWED),
    (
        "metering point closed", MeteringPoint("mp-unit-a1", AREA, "a1", active=False), {"own", "pooled"},
        Code.UNIT_NOT_ACTIVE,
    ),
    ("unit left the portfolio", Portfolio("pool", "agr", ("unit-a2",)), {"pooled"}, Code.NO_RIGHT_TO_OFFER),
    ("portfolio of another", Portfolio("pool", "brp", ("unit-a1", "unit-a2")), {"pooled"}, Code.NOT_OWNER),
    (
        "party left", Participant("agr", frozenset({int(PARTIES["agr"])}), active=False),
        {"own", "pooled", "elsewhere"}, Code.NOT_AUTHORISED,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "lost", "code"), [row[1:] for row in LOSSES], ids=[row[0] for row in LOSSES])
def test_an_offer_that_nobody_has_claimed_ends_at_once(fact: Fact, lost: set[str], code: Code) -> None:
    world = offering()
    world.fact(fact)
    assert standing(world) == {"own", "pooled", "elsewhere"} - lost
    ended = world.of(OfferWithdrawn)
    assert {event.offer_id for event in ended} == lost
    assert all(event.reason.endswith(f": {code.meaning}") for event in ended), ended
    world.fact(fact)
    assert len(world.of(OfferWithdrawn)) == len(lost)


def test_an_area_that_begins_to_ask_the_chain_ends_what_the_chain_does_not_grant() -> None:
    world = offering()
    world.fact(replace(RIGHT, granted_to_s=OFFERS_END_S))
    world.fact(Area(AREA, 0, "dso"))
    assert standing(world) == {"own", "pooled", "elsewhere"}
    world.fact(Area(AREA, 0, "dso", rights_on_chain=True))
    assert standing(world) == {"own"}
    assert {event.offer_id for event in world.of(OfferWithdrawn)} == {"pooled", "elsewhere"}
    world.fact(Area("another", 0, "dso", rights_on_chain=True))
    assert standing(world) == {"own"}


KEPT: list[tuple[str, Fact]] = [
    ("the right as it was", RIGHT),
    ("a right that ends with the offers", replace(RIGHT, valid_to_s=OFFERS_END_S)),
    ("a wider portfolio", Portfolio("pool", "agr", ("unit-b1", "unit-a2", "unit-a1"))),
    ("more power", replace(A1, max_power_w=20_000)),
]


@pytest.mark.parametrize("fact", [row[1] for row in KEPT], ids=[row[0] for row in KEPT])
def test_an_offer_whose_ground_stays_stands(fact: Fact) -> None:
    world = offering()
    world.fact(fact)
    assert standing(world) == {"own", "pooled", "elsewhere"}


def test_a_right_that_the_chain_takes_back_ends_its_offers() -> None:
    world = World()
    world.fact(replace(RIGHT, granted_to_s=10**10))
    world.fact(Area(AREA, 0, "dso", rights_on_chain=True))
    world.offer("own", "unit-a1", quantity=4_000)
    world.fact(RIGHT)
    assert standing(world) == set()
    assert world.of(OfferWithdrawn)[0].reason == f"unit-a1: {Code.RIGHT_NOT_ON_CHAIN.meaning}"


def test_what_is_claimed_stands_and_nobody_buys_more_until_the_offer_ends_with_the_last_claim() -> None:
    world = offering()
    assert world.reserve("held", "own", 1_000) == []
    assert world.activate("run", "own", 1_000) == []
    world.fact(replace(RIGHT, revoked=True))
    assert standing(world) == {"own", "pooled", "elsewhere"}, "claims on the unit lean on what is offered of it"
    assert (world.claimed("unit-a1"), world.of(OfferWithdrawn)) == (2_000, [])
    for problems in (
        world.activate("more", "own", 1_000),
        world.reserve("again", "own", 1_000),
        world.activate("pooled", "pooled", 1_000),
    ):
        assert [problem.code for problem in problems] == [Code.NO_RIGHT_TO_OFFER]
    world.need("need", "trunk", 9_000)
    world.serve("served", "need")
    assert world.claimed("unit-a1") == 2_000
    assert world.claimed("unit-c1") == 4_000, "the merit order goes on with what stands"
    world.ok(c.ReleaseReservation("held", "not needed"), "dso")
    assert standing(world) == {"own", "pooled", "elsewhere"}
    world.ok(c.EndActivation("run", "not needed"), "dso")
    assert standing(world) == {"elsewhere"}
    assert [event.offer_id for event in world.of(OfferWithdrawn)] == ["own", "pooled"]


def test_the_same_ground_can_be_offered_again_when_it_is_back() -> None:
    world = offering()
    world.fact(replace(RIGHT, revoked=True))
    world.fact(RIGHT)
    world.offer("own-2", "unit-a1", UP, 4_000)
    assert standing(world) == {"own-2", "elsewhere"}
