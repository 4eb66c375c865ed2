"""What the registry says of a unit's life, a party's mandate and a market's terms binds at admission."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, DSO, ENERGY, FLEX, NOON, World, market

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry

QUALIFIED, TESTING = registry.PRODUCT_STATE_QUALIFIED, registry.PRODUCT_STATE_TESTING
ALL = (registry.PRODUCT_TYPE_ENERGY, registry.PRODUCT_TYPE_CONGESTION)


def approved(world: World, *, states: dict[int, int] | None = None, active: bool = True, **conditions: Any) -> None:
    """Let the registry publish the battery of home a1 with a life."""
    products = [
        registry.ProductQualification(product=product, state=state)
        for product, state in (states or dict.fromkeys(ALL, QUALIFIED)).items()
    ]
    unit = registry.Unit(
        unit_id="battery-a1", name="battery", metering_point_id="mp-battery-a1", owner_id="owner-a1",
        operator_id="agr-1", max_power_w=60_000, min_power_w=-60_000, controllable=True, active=active,
        feeder_id="street-a",
        life=registry.UnitLife(
            state=registry.UNIT_STATE_ACTIVE, grid=registry.GridConditions(**conditions), products=products
        ),
    )  # fmt: skip
    world.entity("unit", "battery-a1", unit)


def answer(world: World, product: int = pb.PRODUCT_LOCAL_ENERGY, quantity_w: int = 1_000) -> tuple[str, int, int]:
    order = world.order(pb.SIDE_SELL, "battery-a1", quantity_w, 1_000)
    order.product = product
    if product != pb.PRODUCT_LOCAL_ENERGY:
        order.market_id = FLEX
    rejection = world.submit(order, party="agr-1")[0].rejection
    return rejection.code, rejection.value, rejection.limit


PERIODS: list[tuple[str, dict[str, int], tuple[str, int, int]]] = [
    ("without an end", {"valid_from_s": NOON}, ("", 0, 0)),
    ("just long enough", {"valid_from_s": NOON, "valid_to_s": NOON + 900}, ("", 0, 0)),
    ("begins within", {"valid_from_s": NOON + 1}, ("NOT_PREQUALIFIED", NOON, NOON + 1)),
    ("ends within", {"valid_to_s": NOON + 899}, ("NOT_PREQUALIFIED", NOON + 900, NOON + 899)),
]


@pytest.mark.parametrize(("conditions", "expected"), [row[1:] for row in PERIODS], ids=[row[0] for row in PERIODS])
def test_the_period_of_an_approval_binds(conditions: dict[str, int], expected: tuple[str, int, int]) -> None:
    world = World().ready()
    approved(world, **conditions)
    assert answer(world) == expected
    world.drive.recovered()


def test_the_bound_of_an_approval_binds_all_that_is_offered_together() -> None:
    world = World().ready()
    base_w = world.base_w()[list(world.topology.node_ids).index("a1")]
    approved(world, max_power_w=base_w + 5_000)
    assert answer(world, quantity_w=4_000) == ("", 0, 0)
    assert answer(world, quantity_w=2_000) == ("BASIS_EXCEEDED", 2_000, 1_000)
    approved(world, max_power_w=base_w + 50_000)
    assert answer(world, quantity_w=2_000) == ("", 0, 0)
    world.drive.recovered()


def test_a_unit_is_offered_for_what_it_is_qualified() -> None:
    world = World().ready()
    approved(world, states={registry.PRODUCT_TYPE_ENERGY: QUALIFIED, registry.PRODUCT_TYPE_CONGESTION: TESTING})
    assert answer(world)[0] == ""
    assert answer(world, pb.PRODUCT_FLEX_UP)[0] == "NOT_QUALIFIED"
    approved(world)
    assert answer(world, pb.PRODUCT_FLEX_UP)[0] == ""


def test_a_suspended_unit_is_not_offered() -> None:
    world = World().ready()
    approved(world, active=False)
    assert answer(world)[0] == "UNIT_NOT_ACTIVE"


def test_what_rests_of_a_suspended_unit_leaves_the_book_at_once() -> None:
    world = World().ready()
    approved(world)
    assert answer(world)[0] == ""
    assert answer(world, pb.PRODUCT_FLEX_UP)[0] == ""
    other = world.submit(world.order(pb.SIDE_SELL, "battery-a2", 1_000, 1_000), party="agr-2")[0]
    assert not other.rejection.code
    before = len(world.events("closed"))
    approved(world, active=False)
    closed = world.events("closed")[before:]
    assert [(each.status, each.party) for each in closed] == [(pb.ORDER_STATUS_CANCELLED, "agr-1")] * 2
    assert {each.reason for each in closed} == {"the unit is no longer active"}
    approved(world, active=False)
    assert len(world.events("closed")) == before + 2
    world.drive.recovered()
    world.submit(world.order(pb.SIDE_BUY, "battery-b1", 2_000, 2_000), party="agr-1")
    assert [trade.quantity_w for trade in world.trades()] == [1_000]


def mandate(**changes: Any) -> registry.RightToOffer:
    """Return the mandate for the battery of home a1, as the world has it or changed."""
    whole: dict[str, Any] = {"valid_from_s": 0, "valid_to_s": NOON + 86_400}
    return registry.RightToOffer(
        right_id="right-battery-a1", unit_id="battery-a1", holder_id="agr-1", **{**whole, **changes}
    )


def closed_since(world: World, before: int) -> list[tuple[int, str, str]]:
    return [(each.status, each.party, each.reason) for each in world.events("closed")[before:]]


RIGHTS: list[tuple[str, dict[str, Any], tuple[int, int]]] = [  # energy, flexibility that leave
    ("revoked", {"revoked": True}, (1, 1)),
    ("shortened into the period", {"valid_to_s": NOON + 899}, (1, 1)),
    ("shortened behind the period", {"valid_to_s": NOON + 900}, (0, 0)),
    ("begins later", {"valid_from_s": NOON + 1}, (1, 1)),
    ("for flexibility alone", {"products": [registry.PRODUCT_TYPE_CONGESTION]}, (1, 0)),
    ("as it was", {}, (0, 0)),
]


@pytest.mark.parametrize(("changes", "leaving"), [row[1:] for row in RIGHTS], ids=[row[0] for row in RIGHTS])
def test_what_rests_by_a_right_that_is_changed_leaves_with_it(
    changes: dict[str, Any], leaving: tuple[int, int]
) -> None:
    world = World().ready()
    assert answer(world)[0] == answer(world, pb.PRODUCT_FLEX_UP)[0] == ""
    other = world.submit(world.order(pb.SIDE_SELL, "battery-a2", 1_000, 1_000), party="agr-2")[0]
    assert not other.rejection.code
    before = len(world.events("closed"))
    world.entity("right", "right-battery-a1", mandate(**changes))
    reason = "the party no longer holds the right to offer the unit for the period"
    assert closed_since(world, before) == [(pb.ORDER_STATUS_CANCELLED, "agr-1", reason)] * sum(leaving)
    world.drive.recovered()
    assert (answer(world)[0], answer(world, pb.PRODUCT_FLEX_UP)[0]) == tuple(
        "NO_RIGHT_TO_OFFER" if left else "" for left in leaving
    )


def test_a_trade_by_a_right_that_is_revoked_later_stands() -> None:
    world = World().ready()
    assert answer(world)[0] == ""
    world.submit(world.order(pb.SIDE_BUY, "battery-b1", 600, 2_000), party="agr-1")
    (trade,) = world.trades()
    before = len(world.events("closed"))
    world.entity("right", "right-battery-a1", mandate(revoked=True))
    assert [each.open_w for each in world.events("closed")[before:]] == [1_000 - trade.quantity_w]
    assert world.trades() == [trade]
    assert not world.events("trade_curtailed")
    world.drive.recovered()


def test_what_rests_of_a_right_that_the_chain_takes_back_leaves_the_book() -> None:
    world = World().ready()
    granted = registry.RightOnChain(status=registry.RIGHT_CHAIN_STATUS_GRANTED, valid_to_s=NOON + 86_400)
    revoked = registry.RightOnChain(status=registry.RIGHT_CHAIN_STATUS_REVOKED, valid_to_s=NOON + 86_400)
    area = registry.GridArea(area_id=AREA, name="x", dso_id=DSO, time_zone="Europe/Bucharest", rights_on_chain=True)
    world.entity("right", "right-battery-a1", mandate(on_chain=granted))
    world.entity("area", AREA, area)
    assert answer(world)[0] == ""
    before = len(world.events("closed"))
    world.entity("right", "right-battery-a1", mandate(on_chain=granted))
    assert closed_since(world, before) == []
    world.entity("right", "right-battery-a1", mandate(on_chain=revoked))
    assert len(closed_since(world, before)) == 1
    world.drive.recovered()


def test_what_rests_leaves_where_the_area_begins_to_ask_a_chain_that_grants_nothing() -> None:
    world = World().ready()
    assert answer(world)[0] == ""
    granted = registry.RightOnChain(status=registry.RIGHT_CHAIN_STATUS_GRANTED, valid_to_s=NOON + 86_400)
    right = registry.RightToOffer(
        right_id="right-battery-a2", unit_id="battery-a2", holder_id="agr-2", valid_from_s=0, valid_to_s=NOON + 86_400,
        on_chain=granted,
    )  # fmt: skip
    world.entity("right", "right-battery-a2", right)
    kept = world.submit(world.order(pb.SIDE_SELL, "battery-a2", 1_000, 1_000), party="agr-2")[0]
    before = len(world.events("closed"))
    area = registry.GridArea(area_id=AREA, name="x", dso_id=DSO, time_zone="Europe/Bucharest")
    world.entity("area", AREA, area)
    assert closed_since(world, before) == []
    area.rights_on_chain = True
    world.entity("area", AREA, area)
    reason = "the area asks the chain, which grants no right to offer the unit for the period"
    assert closed_since(world, before) == [(pb.ORDER_STATUS_CANCELLED, "agr-1", reason)]
    assert not kept.rejection.code
    world.entity("area", AREA, area)
    assert len(closed_since(world, before)) == 1
    world.drive.recovered()
    world.submit(world.order(pb.SIDE_BUY, "battery-b1", 2_000, 2_000), party="agr-1")
    assert world.trades() == []  # the buyer's own right is not on the chain either


def test_what_rests_of_a_party_that_left_the_market_leaves_the_book() -> None:
    world = World().ready()
    world.entity(
        "market", ENERGY,
        market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, enrolment=registry.ENROLMENT_RULE_SELF),
    )  # fmt: skip
    for name, party in (("e1", "agr-1"), ("e2", "agr-2")):
        joined = registry.Enrolment(enrolment_id=name, market_id=ENERGY, participant_id=party, active=True)
        world.entity("enrolment", name, joined)
    assert answer(world)[0] == answer(world, pb.PRODUCT_FLEX_UP)[0] == ""
    other = world.submit(world.order(pb.SIDE_SELL, "battery-a2", 1_000, 1_000), party="agr-2")[0]
    assert not other.rejection.code
    before = len(world.events("closed"))
    left = registry.Enrolment(enrolment_id="e1", market_id=ENERGY, participant_id="agr-1")
    world.entity("enrolment", "e1", left)
    assert closed_since(world, before) == [
        (pb.ORDER_STATUS_CANCELLED, "agr-1", "the party is no longer enrolled in the market")
    ]  # what it offers in the other market, which asks for no enrolment, rests on
    world.drive.recovered()


def test_where_nobody_enrols_the_end_of_an_enrolment_takes_nothing() -> None:
    world = World().ready()
    assert answer(world)[0] == ""
    left = registry.Enrolment(enrolment_id="e1", market_id=ENERGY, participant_id="agr-1")
    world.entity("enrolment", "e1", left)
    assert world.events("closed") == []


def test_what_rests_of_a_party_that_is_not_active_any_more_leaves_the_book() -> None:
    world = World().ready()
    assert answer(world)[0] == answer(world, pb.PRODUCT_FLEX_UP)[0] == ""
    other = world.submit(world.order(pb.SIDE_SELL, "battery-a2", 1_000, 1_000), party="agr-2")[0]
    assert not other.rejection.code
    gone = registry.Participant(participant_id="agr-1", roles=[registry.ROLE_AGR])
    world.entity("participant", "agr-1", gone)
    assert closed_since(world, 0) == [(pb.ORDER_STATUS_CANCELLED, "agr-1", "the party is no longer active")] * 2
    world.drive.recovered()


def test_a_mandate_names_the_products_that_it_covers() -> None:
    world = World().ready()
    world.entity(
        "right", "right-battery-a1",
        registry.RightToOffer(
            right_id="right-battery-a1", unit_id="battery-a1", holder_id="agr-1", valid_from_s=0,
            valid_to_s=NOON + 86_400, products=[registry.PRODUCT_TYPE_CONGESTION],
        ),
    )  # fmt: skip
    assert answer(world)[0] == "NO_RIGHT_TO_OFFER"
    assert answer(world, pb.PRODUCT_FLEX_UP)[0] == ""


@pytest.mark.parametrize("rule", [registry.ENROLMENT_RULE_SELF, registry.ENROLMENT_RULE_APPROVAL])
def test_a_market_that_asks_for_enrolment(rule: int) -> None:
    world = World().ready()
    world.entity("market", ENERGY, market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, enrolment=rule))
    assert answer(world)[0] == "NOT_ENROLLED"
    enrolment = registry.Enrolment(enrolment_id="e1", market_id=ENERGY, participant_id="agr-1", active=True)
    world.entity("enrolment", "e1", enrolment)
    assert answer(world)[0] == ""
    enrolment.active = False
    world.entity("enrolment", "e1", enrolment)
    assert answer(world)[0] == "NOT_ENROLLED"
    world.drive.recovered()


def test_a_market_held_at_some_feeders() -> None:
    world = World().ready()
    terms = market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY)
    terms.feeder_ids.append("street-b")
    world.entity("market", ENERGY, terms)
    assert answer(world)[0] == "OUTSIDE_MARKET_LOCATION"
    terms.feeder_ids.append("street-a")
    world.entity("market", ENERGY, terms)
    assert answer(world)[0] == ""


def test_where_rights_hold_on_the_chain_only_a_granted_one_admits() -> None:
    world = World().ready()
    area = registry.GridArea(area_id=AREA, name="x", dso_id=DSO, time_zone="Europe/Bucharest", rights_on_chain=True)
    world.entity("area", AREA, area)
    right = registry.RightToOffer(
        right_id="right-battery-a1", unit_id="battery-a1", holder_id="agr-1", valid_from_s=0, valid_to_s=NOON + 86_400
    )

    def said(status: int, to_s: int = NOON + 86_400) -> str:
        right.on_chain.CopyFrom(registry.RightOnChain(status=status, valid_to_s=to_s))  # type: ignore[arg-type]
        world.entity("right", "right-battery-a1", right)
        return answer(world)[0]

    assert answer(world)[0] == "RIGHT_NOT_ON_CHAIN"
    assert said(registry.RIGHT_CHAIN_STATUS_GRANTED) == ""
    assert said(registry.RIGHT_CHAIN_STATUS_GRANTED, NOON) == "RIGHT_NOT_ON_CHAIN"  # the chain has the end of before
    assert said(registry.RIGHT_CHAIN_STATUS_REFUSED) == "RIGHT_NOT_ON_CHAIN"
    assert said(registry.RIGHT_CHAIN_STATUS_REVOKED) == "RIGHT_NOT_ON_CHAIN"
    area.rights_on_chain = False
    world.entity("area", AREA, area)
    assert answer(world)[0] == ""
    world.drive.recovered()
