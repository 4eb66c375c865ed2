"""RED light: the DSO orders whatever is contracted; every contract that gives way is an event with its compensation."""

from __future__ import annotations

import pytest
from activation_world import DOWN, NOON_S, UP, World, activation_of, window

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.activations.compensation import compensation_micro_euro
from flexbourse_activation.domain.events import ActivationMoved, ContractOverridden, OrderKind
from flexbourse_activation.domain.life import ActivationState, ReservationState
from flexbourse_activation.domain.terms import Claimant
from flexbourse_core.rejection import Code


@pytest.fixture
def world() -> World:
    found = World()
    found.offer("up", "unit-a1", price=80)
    return found


def test_an_override_needs_a_red_light_and_the_dso(world: World) -> None:
    assert [p.code for p in world.override("x", "unit-a1", DOWN, 5_000)] == [Code.LIGHT_NOT_RED]
    world.light("left", count=1)
    assert [p.code for p in world.override("x", "unit-a1", DOWN, 5_000)] == [Code.LIGHT_NOT_RED]  # two periods
    world.light("left")
    assert [p.code for p in world.override("x", "unit-a1", DOWN, 5_000, party="tso")] == [Code.NOT_AUTHORISED]
    assert [p.code for p in world.override("x", "unit-a1", DOWN, 20_001)] == [Code.QUANTITY_OUT_OF_RANGE]
    assert [p.code for p in world.override("x", "unit-c1", DOWN, 5_000)] == [Code.LIGHT_NOT_RED]  # another feeder
    assert world.override("x", "unit-a1", DOWN, 5_000) == []


def test_a_light_that_has_lapsed_is_not_red(world: World) -> None:
    world.light("left", first=0, count=200)
    world.time(NOON_S + 24 * 3600)
    assert [p.code for p in world.override("x", "unit-a1", DOWN, 1, own=window(150))] == [Code.LIGHT_NOT_RED]


def test_contracts_against_it_give_way_and_are_paid(world: World) -> None:
    assert world.activate("tso", "up", 6_000, "tso", own=window(0, 3)) == []
    world.light("left")
    assert world.override("x", "unit-a1", DOWN, 5_000) == []
    lost, curtailed = world.of(ContractOverridden)
    assert (lost.claim_id, lost.quantities_w, lost.paid_to, lost.paid_by) == (
        "activation/tso", (6_000, 6_000), "agr", "dso",
    )  # fmt: skip
    assert lost.compensation_micro_euro == 240_000  # 6 kW · 0.5 h · 80 EUR/MWh
    assert (curtailed.claim_id, curtailed.compensation_micro_euro) == ("", 250_000)  # 5 kW · 0.5 h · 100 EUR/MWh
    assert (world.claimed("unit-a1", UP), world.claimed("unit-a1", DOWN)) == (0, 5_000)
    assert world.claimed("unit-a1", UP, NOON_S + 1800) == 6_000  # the third quarter-hour stands
    own = world.activation("x")
    assert (own.is_override, own.claimant, own.state) == (True, Claimant.DSO, ActivationState.GRANTED)


def test_units_that_were_told_are_told_anew(world: World) -> None:
    assert world.activate("tso", "up", 6_000, "tso", own=window(0, 3)) == []
    world.light("left")
    world.time(NOON_S - 900)
    assert world.override("x", "unit-a1", DOWN, 5_000) == []
    assert [order.kind for order in world.orders("tso")] == [OrderKind.START, OrderKind.CHANGE]
    assert world.orders("tso")[-1].shares[0].quantities_w == (0, 0, 6_000)
    (order,) = world.orders("x")
    assert (order.is_override, order.shares[0].quantities_w) == (True, (5_000, 5_000))


def test_what_has_nothing_left_fails_and_reservations_are_withdrawn(world: World) -> None:
    assert world.reserve("res", "up", 6_000, "tso", own=window(0, 2)) == []
    assert world.send(activation_of("drawn", reservation_id="res", quantity_w=4_000), "tso") == []
    world.light("left")
    assert world.override("x", "unit-a1", DOWN, 5_000) == []
    assert world.activation("drawn").state is ActivationState.FAILED
    assert "overridden by x" in world.of(ActivationMoved)[-1].reason
    assert world.shard.desks["village"].state.reservations["res"].state is ReservationState.WITHDRAWN
    assert world.of(ContractOverridden)[0].compensation_micro_euro == 15_000  # 6 kW · 0.5 h · 5 EUR/MW/h


def test_beside_it_stands_what_the_unit_can_give_as_well(world: World) -> None:
    assert world.activate("first", "up", 3_000, "tso") == []
    assert world.activate("second", "up", 5_000, "tso") == []
    world.light("left")
    assert world.override("x", "unit-a1", UP, 4_000) == []  # 3 + 5 + 4 > 10: the newest gives 2 kW up
    lost = world.of(ContractOverridden)[0]
    assert (lost.claim_id, lost.quantities_w) == ("activation/second", (2_000, 2_000))
    assert world.claimed("unit-a1") == 10_000


def test_a_trade_gives_way_as_well(world: World) -> None:
    world.trade("t", "unit-a1", 7_000, price=60)
    world.light("left")
    assert world.override("x", "unit-a1", DOWN, 5_000) == []
    lost = world.of(ContractOverridden)[0]
    assert (lost.claim_id, lost.quantities_w) == ("trade/t/seller", (7_000, 0))
    assert lost.compensation_micro_euro == 105_000  # 7 kW · 0.25 h · 60 EUR/MWh


def test_a_later_override_the_other_way_ends_the_first_unpaid(world: World) -> None:
    world.light("left")
    assert world.override("x", "unit-a1", DOWN, 5_000) == []
    assert world.override("y", "unit-a1", UP, 3_000) == []
    assert [event.claim_id for event in world.of(ContractOverridden)] == ["", ""]
    assert world.activation("x").state is ActivationState.FAILED
    assert (world.claimed("unit-a1", UP), world.claimed("unit-a1", DOWN)) == (3_000, 0)


def test_an_override_may_begin_within_the_running_quarter_hour(world: World) -> None:
    world.light("left")
    world.time(NOON_S + 899)
    assert world.override("x", "unit-a1", DOWN, 5_000) == []
    assert world.orders("x")[0].kind is OrderKind.START
    world.time(NOON_S + 900)
    assert [p.code for p in world.override("y", "unit-a1", DOWN, 1_000)] == [Code.GATE_CLOSED]


def test_a_curtailment_of_the_book_takes_its_claims_and_is_not_paid_twice(world: World) -> None:
    """The book compensates its own curtailments; here the claim and the activation on it shrink, nothing else."""
    world.trade("t", "unit-a1", 7_000, by="dso", element="left")
    assert world.activation("trade/t").shares[0].quantities_w == (7_000,)
    assert world.activation("trade/t").element_id == "left"
    world.time(NOON_S - 900)
    world.curtail("t", 2_000)
    assert world.claimed("unit-a1") == 2_000
    assert world.orders("trade/t")[-1].kind is OrderKind.CHANGE
    assert world.orders("trade/t")[-1].shares[0].quantities_w == (2_000,)
    world.curtail("t", 0)
    assert world.orders("trade/t")[-1].kind is OrderKind.STOP
    assert world.of(ContractOverridden) == []


def test_compensation_is_rounded_once_half_to_even() -> None:
    # 1 W for 900 s at 2 micro-euro/MWh: 5e-7 of a micro-euro; at 2e6: 0.5 → 0; 3 W: 1.5 → 2
    assert compensation_micro_euro([1], 900, 2_000_000) == 0
    assert compensation_micro_euro([1, 2], 900, 2_000_000) == 2
    assert compensation_micro_euro([6_000, 6_000], 900, 80_000_000) == 240_000
    assert compensation_micro_euro([6_000], 900, -80_000_000) == 0


def test_an_override_is_ended_by_who_ordered_it(world: World) -> None:
    world.light("left")
    assert world.override("x", "unit-a1", DOWN, 5_000) == []
    assert world.send(c.EndActivation("x", "over"), "dso") == []
    assert world.claimed("unit-a1", DOWN) == 0
