"""What is activated takes headroom in the order book first; what the grid does not take is refused or limited."""

from __future__ import annotations

import pytest
from activation_world import DOWN, NOON_S, UP, World, activation_of, window
from headroom_book import too_much

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.activations.instructing import InstructionFact
from flexbourse_activation.domain.answering import GrantedFact, SettledFact, ShortFact
from flexbourse_activation.domain.claims.headroom import (
    HEADROOM_LIFE,
    Headroom,
    HeadroomChange,
    HeadroomMoved,
    HeadroomState,
    HeadroomStep,
)
from flexbourse_activation.domain.events import ActivationMoved, NeedUncovered, OrderKind
from flexbourse_activation.domain.holding import HORIZON_MS
from flexbourse_activation.domain.life import ActivationState, ActivationStep, ReservationState
from flexbourse_activation.domain.terms import Purpose, Window
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, NextBest, Rejection

A, H, S = ActivationState, HeadroomState, HeadroomStep
ORDER_S = NOON_S - 900
MISSING = Rejection(Code.GRID_STATE_MISSING, "the grid's state of the period is known", "mtu")


@pytest.fixture
def world() -> World:
    found = World()
    found.offer("o1", "unit-a1", price=80)
    return found


def moves(world: World, step: HeadroomStep) -> list[Headroom]:
    return [event.headroom for event in world.of(HeadroomMoved) if event.step is step]


def last_move(world: World, name: str) -> ActivationMoved:
    return [event for event in world.of(ActivationMoved) if event.activation_id == name][-1]


def deliver(world: World, name: str = "act") -> None:
    world.time(ORDER_S)
    assert world.send(c.AcknowledgeOrder(name, 1, accepted=True, reason=""), "agr") == []
    world.time(NOON_S)


def test_an_activation_asks_for_each_quarter_hour_and_waits(world: World) -> None:
    world.book.silent = True
    assert world.activate("act", "o1", 6_000) == []
    first, second = moves(world, S.ASK)
    assert first.changes == (HeadroomChange("a1", 6_000),)
    assert (first.any_fill, first.claim_id, second.mtu) == (False, "activation/act", Mtu(NOON_S + 900, 900))
    world.fact(GrantedFact("village", first.number))
    assert world.activation("act").state is A.REQUESTED
    world.fact(GrantedFact("village", second.number))
    assert world.activation("act").state is A.GRANTED


def test_less_injection_is_negative(world: World) -> None:
    world.offer("d1", "unit-a2", DOWN)
    assert world.activate("act", "d1", 3_000) == []
    assert moves(world, S.ASK)[0].changes == (HeadroomChange("a2", -3_000),)


def test_what_is_delivered_is_confirmed_as_its_quarter_hour_begins(world: World) -> None:
    assert world.activate("act", "o1", 6_000) == []
    deliver(world)
    assert world.book.accepted_w == {("a1", NOON_S): 6_000}
    world.time(NOON_S + 900)
    assert world.book.accepted_w == {("a1", NOON_S): 6_000, ("a1", NOON_S + 900): 6_000}
    assert world.book.held == {}


def test_an_order_that_nobody_takes_gives_its_headroom_up(world: World) -> None:
    assert world.activate("act", "o1", 6_000) == []
    world.time(ORDER_S)
    world.time(ORDER_S + 120)
    assert world.activation("act").state is A.FAILED
    assert (world.book.held, world.book.accepted_w) == ({}, {})


def test_what_ends_early_gives_the_rest_up(world: World) -> None:
    assert world.activate("act", "o1", 6_000, own=window(0, 4)) == []
    deliver(world)
    assert world.send(c.EndActivation("act", "enough"), "dso") == []
    assert world.book.held == {}
    assert world.book.accepted_w == {("a1", NOON_S): 6_000}


def test_a_cancelled_request_gives_up_what_was_not_answered_yet(world: World) -> None:
    world.book.silent = True
    assert world.activate("act", "o1", 6_000) == []
    assert world.send(c.EndActivation("act", ""), "dso") == []
    assert len(moves(world, S.RELEASE)) == 2
    world.book.silent = False
    world.time(NOON_S - 3_600)  # the answers come late
    assert (world.book.held, world.activation("act").state) == ({}, A.CANCELLED)


def test_a_denied_activation_is_refused_with_the_element_and_the_nearest_location(world: World) -> None:
    world.offer("far", "unit-c1")
    second = NOON_S + 900
    world.book.verdict = lambda own: too_much("left", 2_500) if own.mtu.start_s == second else None
    # Less injection loads what carries consumption, in this world; so more of it does harm nowhere.
    world.offer("near", "unit-a2", DOWN)
    world.offer("away", "unit-c1", DOWN)
    assert world.activate("act", "near", 6_000, party="tso", purpose=Purpose.BALANCING) == []
    own = last_move(world, "act")
    assert (own.step, own.state) == (ActivationStep.REFUSE, A.REFUSED)
    (why,) = own.rejections
    assert (why.code, why.element, why.limit, why.headroom_w) == (Code.GRID_LIMIT_EXCEEDED, "left", 1_000, 2_500)
    assert why.next_best == NextBest(quantity_w=6_000, nearest_node_id="c1")
    assert world.claimed("unit-a2", DOWN) == 0
    assert world.book.held == {}
    assert world.orders("act") == []


def test_no_answer_by_the_order_is_a_failure(world: World) -> None:
    world.book.silent = True
    assert world.activate("act", "o1", 6_000) == []
    world.time(ORDER_S - 1)
    assert world.activation("act").state is A.REQUESTED
    world.time(ORDER_S)
    assert (world.activation("act").state, last_move(world, "act").reason) == (
        A.FAILED, "no answer about headroom in time",
    )  # fmt: skip
    assert world.claimed("unit-a1") == 0
    world.book.silent = False
    world.time(ORDER_S + 60)  # the answers come late: granted, and given up at once
    assert (world.book.held, world.orders("act")) == ({}, [])


def test_a_late_request_waits_a_minute_for_its_answer(world: World) -> None:
    world.time(NOON_S - 120)
    world.book.silent = True
    assert world.activate("act", "o1", 6_000) == []
    world.time(NOON_S - 61)
    assert world.activation("act").state is A.REQUESTED
    world.book.silent = False
    world.light("right")  # any fact: the answers come with it
    assert world.activation("act").state is A.ORDERED


def test_in_stepped_mode_an_answer_has_until_the_step_after_the_next(world: World) -> None:
    def step_to(at_s: int, step: int) -> None:
        world.now_ms = at_s * 1000
        world.copy.tick(world.now_ms, step)
        world._fold(world.shard.advance(world.now_ms, step))

    step_to(NOON_S - 3_600, 4)
    world.book.silent = True
    assert world.activate("act", "o1", 6_000) == []
    step_to(ORDER_S, 5)
    assert world.activation("act").state is A.REQUESTED
    world.book.silent = False
    world.light("right")
    assert world.activation("act").state is A.ORDERED
    world.book.silent = True
    assert world.activate("more", "o1", 1_000, own=window(2)) == []
    step_to(NOON_S + 900, 6)
    assert world.activation("more").state is A.REQUESTED
    step_to(NOON_S + 900, 7)
    assert world.activation("more").state is A.FAILED


def test_a_grid_that_is_not_known_yet_is_asked_again(world: World) -> None:
    world.book.verdict = lambda _own: MISSING
    assert world.activate("act", "o1", 6_000, own=window(0)) == []
    assert len(moves(world, S.POSTPONE)) == 1
    world.time(NOON_S - 3_600)
    assert len(moves(world, S.ASK)) == 2
    assert world.activation("act").state is A.REQUESTED
    world.book.verdict = lambda _own: None
    world.time(NOON_S - 3_600 + 224)
    assert len(moves(world, S.ASK)) == 2
    world.time(NOON_S - 3_600 + 225)  # a sixteenth of the time that is left
    assert world.activation("act").state is A.GRANTED


def test_a_grid_that_stays_unknown_fails_the_activation(world: World) -> None:
    world.book.verdict = lambda _own: MISSING
    assert world.activate("act", "o1", 6_000) == []
    world.time(ORDER_S)
    assert last_move(world, "act").reason == "the grid's state was not known in time to hold headroom"


def test_what_is_far_ahead_is_asked_for_two_days_before(world: World) -> None:
    day = NOON_S + 5 * 86_400
    own = Window(day, day + 1_800, 900)
    world.offer("later", "unit-a2", own=own)
    assert world.activate("act", "later", 1_000, own=own) == []
    assert moves(world, S.ASK) == []
    world.time(day - HORIZON_MS // 1000 - 1)
    assert moves(world, S.ASK) == []
    world.time(day - HORIZON_MS // 1000)
    assert [held.mtu.start_s for held in moves(world, S.ASK)] == [day]
    world.time(day - HORIZON_MS // 1000 + 900)
    assert world.activation("act").state is A.GRANTED


def test_a_reservation_is_held_at_any_fill_and_its_activation_needs_no_more(world: World) -> None:
    assert world.reserve("res", "o1", 8_000) == []
    assert [held.any_fill for held in world.book.held.values()] == [True] * 4
    draw = activation_of("act", reservation_id="res", quantity_w=3_000)
    asked = len(moves(world, S.ASK))
    assert world.send(draw, "dso") == []
    assert (world.activation("act").state, len(moves(world, S.ASK))) == (A.GRANTED, asked)
    deliver(world)
    assert world.book.accepted_w == {("a1", NOON_S): 3_000}
    held = world.shard.desks["village"].state.headroom.of("reservation/res", NOON_S)
    assert held is not None
    assert (held.state, held.changes, held.came) == (
        H.HELD, (HeadroomChange("a1", 5_000),), (HeadroomChange("a1", 3_000),),
    )  # fmt: skip


def test_two_activations_of_a_reservation_fill_it_one_after_the_other(world: World) -> None:
    assert world.reserve("res", "o1", 8_000) == []
    for name, quantity in (("one", 3_000), ("two", 5_000)):
        assert world.send(activation_of(name, reservation_id="res", quantity_w=quantity), "dso") == []
    world.time(ORDER_S)
    for name in ("one", "two"):
        assert world.send(c.AcknowledgeOrder(name, 1, accepted=True, reason=""), "agr") == []
    world.time(NOON_S)
    assert world.book.accepted_w == {("a1", NOON_S): 8_000}


def test_a_released_reservation_gives_its_headroom_up(world: World) -> None:
    assert world.reserve("res", "o1", 8_000) == []
    assert world.send(c.ReleaseReservation("res", "no need"), "dso") == []
    assert world.book.held == {}


def test_a_reservation_is_limited_to_what_the_grid_takes(world: World) -> None:
    world.book.verdict = lambda own: too_much("left", 2_000) if own.changes[0].p_w > 2_000 else None
    assert world.reserve("res", "o1", 8_000, own=window(0, 2)) == []
    assert [world.claimed("unit-a1", start_s=NOON_S + 900 * place) for place in range(2)] == [2_000, 2_000]
    assert [held.changes for held in world.book.held.values()] == [(HeadroomChange("a1", 2_000),)] * 2


def test_a_reservation_that_the_grid_does_not_take_at_all_is_withdrawn(world: World) -> None:
    world.book.verdict = lambda _own: too_much("left", 0)
    assert world.reserve("res", "o1", 8_000, own=window(0, 2)) == []
    held = world.shard.desks["village"].state.reservations["res"]
    assert (held.state, world.claimed("unit-a1")) == (ReservationState.WITHDRAWN, 0)


def test_what_a_need_chose_is_limited_and_served_anew_elsewhere(world: World) -> None:
    world.offer("o2", "unit-a2", price=90)
    world.need("n", "left", 6_000)

    def verdict(own: Headroom) -> Rejection | None:
        taken = sum(held.changes[0].p_w for held in world.book.held.values() if held.mtu == own.mtu)
        room = 2_000 - taken
        return too_much("left", room) if own.changes[0].node_id == "a1" and own.changes[0].p_w > room else None

    world.book.verdict = verdict
    assert world.serve("first", "n") == []
    assert [share.quantities_w for share in world.activation("first/1").shares] == [(2_000,) * 4]
    assert world.activation("first/1").state is A.GRANTED
    assert (world.of(NeedUncovered)[-1].served_w, world.of(NeedUncovered)[-1].short_w) == (2_000, 4_000)
    assert world.serve("second", "n") == []  # of the cheaper offer once more: the grid takes no more of it
    assert world.activation("second/1").state is A.REFUSED
    assert world.serve("third", "n") == []
    assert (world.activation("third/1").unit_id, world.activation("third/1").state) == ("unit-a2", A.GRANTED)


def test_headroom_that_the_book_gives_up_changes_the_order(world: World) -> None:
    assert world.activate("act", "o1", 6_000, own=window(0, 2)) == []
    world.time(ORDER_S)
    lost = next(number for number, held in world.book.held.items() if held.mtu.start_s == NOON_S + 900)
    del world.book.held[lost]
    world.fact(SettledFact("village", lost, confirmed=False, reason="topology"))
    assert [order.kind for order in world.orders("act")] == [OrderKind.START, OrderKind.CHANGE]
    assert world.orders("act")[-1].shares[0].quantities_w == (6_000, 0)
    assert world.claimed("unit-a1", start_s=NOON_S + 900) == 0


def test_a_shortage_takes_the_newest_reservation_but_what_is_drawn(world: World) -> None:
    world.offer("o2", "unit-a2")
    assert world.reserve("old", "o2", 4_000, own=window(0)) == []
    assert world.reserve("new", "o1", 8_000, own=window(0)) == []
    assert world.send(activation_of("act", reservation_id="new", quantity_w=3_000, own=window(0)), "dso") == []
    short = ShortFact("village", Mtu(NOON_S, 900), tuple(sorted(world.book.held)), "left", "limits")
    world.fact(short)
    assert (world.claimed("unit-a2"), world.claimed("unit-a1")) == (4_000, 3_000)
    assert sorted(held.changes[0].p_w for held in world.book.held.values()) == [3_000, 4_000]


def test_trades_gateways_and_overrides_ask_for_nothing(world: World) -> None:
    world.trade("t1", "unit-a1", 4_000, by="dso")
    terms = c.ClaimTerms("bid", "o1", window(0), 3_000)
    world.fact(InstructionFact("i1", "village", "bsp", terms))
    world.send(activation_of("mfrr", claim_id="bid", quantity_w=3_000, own=window(0)), "bsp")
    world.light("left")
    assert world.override("x", "unit-a2", DOWN, 1_000) == []
    assert world.of(HeadroomMoved) == []
    assert {world.activation(name).state for name in ("trade/t1", "mfrr", "x")} == {A.GRANTED}


def test_a_claim_by_command_takes_headroom_like_a_reservation(world: World) -> None:
    assert world.send(c.ClaimTerms("own", "o1", window(0), 3_000), "bsp") == []
    assert [held.any_fill for held in world.book.held.values()] == [True]
    assert world.send(c.ReduceClaim("own", 1_000, ""), "bsp") == []
    assert [held.changes for held in world.book.held.values()] == [(HeadroomChange("a1", 1_000),)]
    (given_up,) = moves(world, S.REDUCE)  # a part is given up; what is left was never let go
    assert (given_up.part, given_up.number) == ((HeadroomChange("a1", 2_000),), 1)


def test_what_cannot_be_confirmed_now_is_confirmed_later(world: World) -> None:
    assert world.activate("act", "o1", 6_000, own=window(0)) == []
    world.time(ORDER_S)
    assert world.send(c.AcknowledgeOrder("act", 1, accepted=True, reason=""), "agr") == []
    world.book.confirms = False
    world.time(NOON_S)
    assert moves(world, S.REFUSE)[-1].state is H.HELD
    world.book.confirms = True
    world.time(NOON_S + 59)
    assert world.book.accepted_w == {}
    world.time(NOON_S + 60)
    assert world.book.accepted_w == {("a1", NOON_S): 6_000}


def test_a_portfolio_asks_at_every_node_of_its_units(world: World) -> None:
    world.offer("pooled", portfolio="pool", quantity=30_000)
    assert world.reserve("res", "pooled", 15_000, own=window(0)) == []
    (held,) = world.book.held.values()
    assert {change.node_id for change in held.changes} == {"a1", "a2"}
    assert sum(change.p_w for change in held.changes) == 15_000


def test_an_override_gives_back_what_gave_way(world: World) -> None:
    assert world.activate("act", "o1", 6_000, own=window(0, 2)) == []
    world.light("left")
    assert world.override("x", "unit-a1", DOWN, 5_000, own=window(0)) == []
    assert [held.mtu.start_s for held in world.book.held.values()] == [NOON_S + 900]


def test_a_grant_that_is_cut_before_the_order_waits_for_the_grid_again(world: World) -> None:
    assert world.activate("act", "o1", 6_000, own=window(0)) == []
    world.light("left")
    world.book.silent = True
    assert world.override("x", "unit-a1", UP, 5_000, own=window(0)) == []  # leaves 5 of 6 kW
    assert world.activation("act").state is A.REQUESTED
    assert moves(world, S.ASK)[-1].changes == (HeadroomChange("a1", 5_000),)
    world.time(ORDER_S - 1)
    assert world.orders("act") == []
    world.book.silent = False
    world.light("right")
    world.time(ORDER_S)
    (order,) = world.orders("act")
    assert order.shares[0].quantities_w == (5_000,)


def test_a_grid_that_takes_ever_less_is_asked_three_times(world: World) -> None:
    world.book.verdict = lambda own: too_much("left", own.changes[0].p_w - 1)
    assert world.reserve("res", "o1", 8_000, own=window(0)) == []
    assert [held.changes[0].p_w for held in moves(world, S.ASK)] == [8_000, 7_999, 7_998]
    assert world.claimed("unit-a1") == 0


def test_no_state_of_headroom_is_a_dead_end() -> None:
    for state in HeadroomState:
        if state is not H.UNSPECIFIED:
            assert any(HEADROOM_LIFE.allows(state, step) for step in HeadroomStep), state


def test_the_number_of_a_request_is_never_used_again(world: World) -> None:
    for name in ("a", "b", "c"):
        assert world.activate(name, "o1", 1_000, own=window(0)) == []
        assert world.send(c.EndActivation(name, ""), "dso") == []
    numbers = [held.number for held in moves(world, S.ASK)]
    assert numbers == [1, 2, 3]
