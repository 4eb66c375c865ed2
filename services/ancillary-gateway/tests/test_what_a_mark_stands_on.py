"""A mark stands on the right to offer its units, on the chain where the area asks, and on enrolment in a market."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gateway_builders import MW, START_S
from mfrr_world import World
from test_mfrr_gateway_service import CLAIMED_S, GATE_S

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_messages.catalogue import ANCILLARY_CLAIM, REGISTRY_ENTITY

APPROVAL = registry.ENROLMENT_RULE_APPROVAL
GRANTED, REVOKED = registry.RIGHT_CHAIN_STATUS_GRANTED, registry.RIGHT_CHAIN_STATUS_REVOKED
END_S = START_S + 900


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    for name in ("u0", "u1"):
        made.offer(name, 700_000, count=1)
        right(made, name)
    return made


def entity(world: World, **kind: Any) -> None:
    world.input(REGISTRY_ENTITY, "x", registry.EntityState(entity=registry.Entity(**kind)))
    world.settle()


def right(world: World, name: str, **changes: Any) -> None:
    whole: dict[str, Any] = {"holder_id": "agr", "valid_from_s": START_S, "valid_to_s": END_S}
    stated = registry.RightToOffer(right_id=f"r-{name}", unit_id=f"unit-{name}", **{**whole, **changes})
    entity(world, right=stated)


def granted(until_s: int = END_S, status: int = GRANTED) -> registry.RightOnChain:
    return registry.RightOnChain(status=status, valid_to_s=until_s)  # type: ignore[arg-type]


def ask_the_chain(world: World, *, asks: bool = True) -> None:
    entity(world, area=registry.GridArea(area_id="village", rights_on_chain=asks))


def market(
    world: World, rule: int = registry.ENROLMENT_RULE_APPROVAL, name: str = "m1", *, active: bool = True
) -> None:
    stated = registry.Market(market_id=name, area_id="village", enrolment=rule, active=active)  # type: ignore[arg-type]
    entity(world, market=stated)


def enrol(world: World, *, active: bool = True) -> None:
    entity(world, enrolment=registry.Enrolment(enrolment_id="e", market_id="m1", participant_id="agr", active=active))


def codes(world: World, name: str = "u0") -> list[str]:
    rejection = world.mark(name)[0].rejection
    return [rejection.code] if rejection.code else []


def marked(world: World) -> list[str]:
    return sorted(offer_id for _, offer_id in world.gateway.lots.marks)


def forward(world: World) -> None:
    assert [*codes(world, "u0"), *codes(world, "u1")] == []
    world.at(CLAIMED_S)
    assert sum(bid.quantity_w for bid in world.bids()) == MW


@pytest.mark.parametrize(
    "changes",
    [{"revoked": True}, {"holder_id": "another"}, {"valid_to_s": END_S - 1}, {"valid_from_s": START_S + 1}],
    ids=["revoked", "another's", "too short", "too late"],
)
def test_without_the_right_for_all_of_the_offer_it_is_not_marked(world: World, changes: dict[str, Any]) -> None:
    right(world, "u0", **changes)
    assert codes(world) == ["NO_RIGHT_TO_OFFER"]
    assert codes(world, "u1") == []


def test_where_the_area_asks_the_chain_only_what_it_grants_is_marked(world: World) -> None:
    ask_the_chain(world)
    assert codes(world) == ["RIGHT_NOT_ON_CHAIN"]
    right(world, "u0", on_chain=granted(END_S - 1))
    assert codes(world) == ["RIGHT_NOT_ON_CHAIN"]
    right(world, "u0", on_chain=granted())
    assert codes(world) == []
    world.drive.recovered()


def test_who_takes_part_in_no_market_of_the_area_marks_nothing(world: World) -> None:
    market(world)
    assert codes(world) == ["NOT_ENROLLED"]
    enrol(world)
    assert codes(world) == []
    enrol(world, active=False)
    assert codes(world, "u1") == ["NOT_ENROLLED"]
    market(world, registry.ENROLMENT_RULE_UNSPECIFIED, "m2")
    assert codes(world, "u1") == []


def test_a_market_that_is_over_asks_for_nothing(world: World) -> None:
    market(world, active=False)
    assert codes(world) == []


def test_a_lost_right_unmarks_and_withdraws_what_is_forwarded(world: World) -> None:
    forward(world)
    right(world, "u0", revoked=True)
    assert marked(world) == ["u1"]
    (lost,) = world.events("offer_unmarked")
    assert lost.reason.startswith("unit-u0: ")
    withdrawn = [event for event in world.events("bids_sent") if event.withdraws]
    assert sum(len(event.bids) for event in withdrawn) == 2  # the group that the unit is in
    world.at(CLAIMED_S + 60)
    left = {
        each.command.reduce_claim.claim_id: each.command.reduce_claim.left_w
        for each in world.drive.projected(ANCILLARY_CLAIM)
        if each.command.HasField("reduce_claim")
    }
    of_u0 = [lot_id for lot_id, known in world.gateway.lots.lots.items() if known.lot.offer_id == "u0"]
    assert [left[lot_id] for lot_id in of_u0] == [0]
    world.drive.recovered()


def test_behind_the_gate_what_was_forwarded_stands(world: World) -> None:
    forward(world)
    world.at(GATE_S + 60)
    right(world, "u0", revoked=True)
    assert marked(world) == ["u1"]
    assert not [event for event in world.events("bids_sent") if event.withdraws]
    world.drive.recovered()


def test_an_area_that_begins_to_ask_the_chain_unmarks_what_it_does_not_grant(world: World) -> None:
    right(world, "u1", on_chain=granted())
    forward(world)
    ask_the_chain(world, asks=False)
    assert marked(world) == ["u0", "u1"]
    ask_the_chain(world)
    assert marked(world) == ["u1"]
    right(world, "u1", on_chain=granted(status=REVOKED))
    assert marked(world) == []
    world.drive.recovered()


def test_who_leaves_the_market_loses_his_marks(world: World) -> None:
    market(world)
    enrol(world)
    forward(world)
    enrol(world, active=False)
    assert marked(world) == []
    world.drive.recovered()


def test_a_right_of_another_unit_changes_nothing(world: World) -> None:
    forward(world)
    right(world, "elsewhere", revoked=True)
    assert marked(world) == ["u0", "u1"]
