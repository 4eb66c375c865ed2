"""From the request to the confirmation: each step, each deadline, each refusal."""

from __future__ import annotations

from datetime import date

import pytest
from activation_world import DOWN, NOON_S, START_S, UP, World, activation_of, offer_of, window

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.events import ActivationMoved, ClaimReduced, OrderKind, WindowsOver
from flexbourse_activation.domain.life import ACTIVATION_LIFE, OVER, ActivationState, ActivationStep, ReservationState
from flexbourse_activation.domain.terms import Purpose, Window
from flexbourse_core.market_time import day_bounds_s, mtus_of_day
from flexbourse_core.rejection import Code

A = ActivationState
ORDER_S = NOON_S - 900


@pytest.fixture
def world() -> World:
    found = World()
    found.offer("o1", "unit-a1", price=80)
    return found


def ordered(world: World, quantity: int = 6_000) -> World:
    assert world.activate("act", "o1", quantity) == []
    world.time(ORDER_S)
    return world


def acknowledged(world: World, **more: object) -> list[Code]:
    wanted = {"activation_id": "act", "order_revision": 1, "accepted": True, "reason": "", **more}
    return [problem.code for problem in world.send(c.AcknowledgeOrder(**wanted), "agr")]  # type: ignore[arg-type]


def test_an_activation_runs_from_request_to_confirmation(world: World) -> None:
    assert world.activate("act", "o1", 6_000) == []
    assert world.activation("act").state is A.GRANTED  # the order book takes everything here
    world.time(ORDER_S - 1)
    assert world.orders("act") == []
    world.time(ORDER_S)
    (order,) = world.orders("act")
    assert (order.kind, order.revision, order.operator_id) == (OrderKind.START, 1, "agr")
    assert order.shares[0].quantities_w == (6_000, 6_000)
    assert order.acknowledge_by_ms == (ORDER_S + 120) * 1000
    assert acknowledged(world) == []
    world.time(NOON_S)
    assert world.activation("act").state is A.DELIVERING
    world.time(NOON_S + 1800)
    assert world.activation("act").state is A.ENDED
    assert world.send(c.ConfirmDelivery("act", (6_000, 6_000), ""), "agr") == []
    assert world.activation("act").state is A.CONFIRMED
    steps = [event.step.name for event in world.of(ActivationMoved)]
    assert steps == ["GRANT", "ORDER", "ACKNOWLEDGE", "START", "END", "CONFIRM"]
    assert all(event.at_ms for event in world.of(ActivationMoved))
    assert world.claimed("unit-a1") == 6_000  # what was delivered stays on the record


def test_a_late_request_is_ordered_at_once(world: World) -> None:
    world.time(NOON_S - 60)
    assert world.activate("act", "o1", 6_000) == []
    assert world.activation("act").state is A.ORDERED


def test_an_order_without_an_answer_fails_and_frees_the_unit(world: World) -> None:
    ordered(world)
    world.time(ORDER_S + 119)
    assert world.activation("act").state is A.ORDERED
    world.time(ORDER_S + 120)
    assert world.activation("act").state is A.FAILED
    assert world.of(ActivationMoved)[-1].reason == "not acknowledged in time"
    assert [order.kind for order in world.orders("act")] == [OrderKind.START, OrderKind.STOP]
    assert world.claimed("unit-a1") == 0


def test_a_refused_order_fails_with_its_reason(world: World) -> None:
    ordered(world)
    assert acknowledged(world, accepted=False) == [Code.FIELD_MISSING]
    assert acknowledged(world, accepted=False, reason="battery empty") == []
    assert world.of(ActivationMoved)[-1].reason == "battery empty"
    assert world.claimed("unit-a1") == 0


def test_only_the_units_operator_takes_its_newest_order(world: World) -> None:
    ordered(world)
    assert [p.code for p in world.send(c.AcknowledgeOrder("act", 1, True, ""), "bsp")] == [Code.NOT_OWNER]  # noqa: FBT003
    assert acknowledged(world, order_revision=2) == [Code.REVISION_MISMATCH]
    assert acknowledged(world) == []
    assert acknowledged(world) == [Code.NOT_IN_THIS_STATE]


def test_a_request_is_cancelled_before_its_order_and_leaves_nothing(world: World) -> None:
    assert world.activate("act", "o1", 6_000) == []
    assert world.send(c.EndActivation("act", "forecast changed"), "dso") == []
    assert world.activation("act").state is A.CANCELLED
    assert (world.orders("act"), world.claimed("unit-a1")) == ([], 0)


def test_a_running_activation_stops_with_its_quarter_hour(world: World) -> None:
    ordered(world)
    assert acknowledged(world) == []
    world.time(NOON_S + 60)
    assert [p.code for p in world.send(c.EndActivation("act", ""), "tso")] == [Code.NOT_OWNER]
    assert world.send(c.EndActivation("act", "enough"), "dso") == []
    assert world.activation("act").state is A.DEACTIVATED
    assert world.orders("act")[-1].kind is OrderKind.STOP
    assert world.orders("act")[-1].shares[0].quantities_w == (6_000, 0)
    assert world.claimed("unit-a1") == 6_000
    assert world.claimed("unit-a1", start_s=NOON_S + 900) == 0
    assert world.send(c.ConfirmDelivery("act", (6_000, 0), ""), "agr") == []


def test_stopped_before_it_began_confirms_itself(world: World) -> None:
    ordered(world)
    assert world.send(c.EndActivation("act", ""), "dso") == []
    assert world.claimed("unit-a1") == 0
    world.time(NOON_S + 3_600)
    assert world.activation("act").state is A.CONFIRMED


def test_what_nobody_confirms_fails(world: World) -> None:
    ordered(world)
    assert acknowledged(world) == []
    world.time(NOON_S + 1800 + 3_599)
    assert world.activation("act").state is A.ENDED
    world.time(NOON_S + 1800 + 3_600)
    assert world.activation("act").state is A.FAILED


def test_less_than_ordered_needs_a_reason(world: World) -> None:
    ordered(world)
    assert acknowledged(world) == []
    world.time(NOON_S + 1800)
    assert [p.code for p in world.send(c.ConfirmDelivery("act", (6_000,), ""), "agr")] == [Code.FIELD_MALFORMED]
    assert [p.code for p in world.send(c.ConfirmDelivery("act", (6_000, 5_999), ""), "agr")] == [Code.FIELD_MISSING]
    assert world.send(c.ConfirmDelivery("act", (6_000, 5_999), "cloud"), "agr") == []


def test_a_suspended_unit_fails_what_stands_on_it(world: World) -> None:
    world.offer("o2", "unit-c1")
    assert world.reserve("res", "o2", 4_000) == []
    ordered(world)
    world.unit("unit-a1", "a1", active=False)
    assert world.activation("act").state is A.FAILED
    assert world.claimed("unit-a1") == 0
    assert world.claimed("unit-c1") == 4_000
    world.unit("unit-c1", "c1", active=False)
    held = world.shard.desks["village"].state.reservations["res"]
    assert held.state is ReservationState.WITHDRAWN
    assert world.claimed("unit-c1") == 0


def test_a_reservation_is_drawn_on_and_lapses(world: World) -> None:
    assert world.reserve("res", "o1", 6_000) == []
    assert world.claimed("unit-a1") == 6_000
    draw = activation_of("act", reservation_id="res", quantity_w=4_000)
    assert [p.code for p in world.send(draw, "tso")] == [Code.NOT_OWNER]
    assert world.send(draw, "dso") == []
    assert world.claimed("unit-a1") == 6_000  # it was claimed already
    (problem,) = world.send(activation_of("more", reservation_id="res", quantity_w=2_001), "dso")
    assert (problem.code, problem.headroom_w) == (Code.CLAIM_EXCEEDS_OFFER, 2_000)
    assert world.send(activation_of("more", reservation_id="res", quantity_w=2_000), "dso") == []
    assert [p.code for p in world.send(c.ReleaseReservation("res", ""), "dso")] == [Code.OFFER_CLAIMED]
    world.time(NOON_S + 3_600)
    assert world.shard.desks["village"].state.reservations["res"].state is ReservationState.LAPSED


def test_a_released_reservation_frees_its_unit(world: World) -> None:
    assert world.reserve("res", "o1", 10_000) == []
    assert [p.code for p in world.activate("act", "o1", 1)] == [Code.CLAIM_EXCEEDS_OFFER]
    assert world.send(c.ReleaseReservation("res", "no need"), "dso") == []
    assert world.activate("act", "o1", 10_000) == []


def test_every_rule_that_a_request_breaks_is_named(world: World) -> None:
    world.offer("big", "unit-c1", least=5_000)
    bad = activation_of(
        "?", offer_id="big", quantity_w=10, own=window(-99), limit_price_micro_euro_per_mwh=1, element="?"
    )
    codes = {problem.code for problem in world.send(bad, "dso")}
    assert codes >= {Code.FIELD_MALFORMED, Code.GATE_CLOSED}
    codes = {p.code for p in world.activate("act", "big", 10, limit_price_micro_euro_per_mwh=1)}
    assert codes == {Code.BELOW_MINIMUM_POWER, Code.LIMIT_PRICE}
    assert [p.code for p in world.activate("act", "nothing", 10)] == [Code.UNKNOWN_OBJECT]
    assert {p.code for p in world.activate("act", "big", 6_000, party="nobody")} == {Code.NOT_AUTHORISED}


def test_an_offer_needs_right_unit_and_span(world: World) -> None:
    def codes(party: str = "agr", **more: object) -> set[Code]:
        unit = str(more.pop("unit", "unit-a2"))
        return {p.code for p in world.send(offer_of("x", unit, UP, int(more.pop("quantity", 1)), **more), party)}  # type: ignore[call-overload]

    assert codes("bsp") == {Code.NO_RIGHT_TO_OFFER}
    assert codes(unit="nowhere") == {Code.UNKNOWN_OBJECT}
    assert codes(quantity=20_001) == {Code.QUANTITY_OUT_OF_RANGE}
    assert codes(quantity=5, least=6) == {Code.QUANTITY_OUT_OF_RANGE}
    assert codes(portfolio="pool") == {Code.FIELD_MISSING}
    assert codes(unit="", portfolio="pool", quantity=40_000) == set()


def test_an_offer_that_is_claimed_stays(world: World) -> None:
    assert world.activate("act", "o1", 6_000) == []
    assert [p.code for p in world.send(c.WithdrawOffer("o1"), "agr")] == [Code.OFFER_CLAIMED]
    assert world.send(c.EndActivation("act", ""), "dso") == []
    assert world.send(c.WithdrawOffer("o1"), "agr") == []
    assert [p.code for p in world.activate("act2", "o1", 1)] == [Code.UNKNOWN_OBJECT]


@pytest.mark.parametrize(("day", "count"), [(date(2026, 3, 29), 92), (date(2026, 6, 1), 96), (date(2026, 10, 25), 100)])
def test_a_whole_local_day_is_one_activation(day: date, count: int) -> None:
    """On the days of the clock changes, too: 92 and 100 quarter-hours."""
    world = World()
    first, last = day_bounds_s(day, "Europe/Ljubljana")
    world.time(first - 12 * 3_600)
    whole = Window(first, last, 900)
    assert [mtu.start_s for mtu in mtus_of_day(day, "Europe/Ljubljana")] == list(whole.starts())
    world.offer("day", "unit-a1", own=whole)
    assert world.reserve("res", "day", 7_000, own=whole) == []
    assert world.send(activation_of("act", reservation_id="res", quantity_w=7_000, own=whole), "dso") == []
    assert len(world.activation("act").shares[0].quantities_w) == count
    world.time(first - 900)
    assert acknowledged(world) == []
    for start in (*whole.starts(), last):
        world.time(start)
    assert world.book.accepted_w == {("a1", start): 7_000 for start in whole.starts()}
    assert world.send(c.ConfirmDelivery("act", (7_000,) * count, ""), "agr") == []
    assert world.claimed("unit-a1", start_s=last - 900) == 7_000


def test_a_window_is_whole_quarter_hours_of_a_day_at_most(world: World) -> None:
    for own in (
        Window(NOON_S + 1, NOON_S + 901, 900),
        Window(NOON_S, NOON_S + 3600, 3600),
        window(0, 101),
        window(0, 0),
    ):
        assert world.send(offer_of("x", "unit-a2", DOWN, 1, own=own), "agr"), own


def test_the_table_has_an_end_and_no_dead_end() -> None:
    for state in ActivationState:
        if state is A.UNSPECIFIED:
            continue
        leads_on = any(ACTIVATION_LIFE.allows(state, step) for step in ActivationStep)
        assert leads_on is (state not in OVER)


def test_what_was_over_long_ago_is_forgotten(world: World) -> None:
    ordered(world)
    acknowledged(world)
    world.time(NOON_S + 1800)
    world.time(NOON_S + 3 * 3600)
    world.time(NOON_S + 60 * 3600)
    state = world.shard.desks["village"].state
    assert (state.activations, state.guard.claims, state.guard.totals, state.guard.offers) == ({}, {}, {}, {})


def test_a_gateway_claims_and_activates_what_it_forwarded(world: World) -> None:
    assert world.send(c.ClaimTerms("bid-7", "o1", window(0, 2), 8_000), "bsp") == []
    assert [p.code for p in world.activate("act", "o1", 2_001)] == [Code.CLAIM_EXCEEDS_OFFER]
    drawn = activation_of("mfrr", claim_id="bid-7", quantity_w=5_000, purpose=Purpose.BALANCING)
    assert world.send(drawn, "bsp") == []
    assert world.claimed("unit-a1") == 8_000
    assert [p.code for p in world.send(c.ReduceClaim("bid-7", 0, ""), "bsp")] == [Code.OFFER_CLAIMED]
    assert world.send(c.EndActivation("mfrr", "called off"), "bsp") == []
    assert world.send(c.ReduceClaim("bid-7", 3_000, "partly withdrawn"), "bsp") == []
    assert world.claimed("unit-a1") == 3_000
    assert world.of(ClaimReduced)[-1].reason == "partly withdrawn"


def test_a_trade_does_not_hold_an_offer_back(world: World) -> None:
    world.trade("t", "unit-a1", 3_000)
    assert world.send(c.WithdrawOffer("o1"), "agr") == []
    assert world.claimed("unit-a1") == 3_000


def test_ids_of_activations_are_used_once(world: World) -> None:
    assert world.activate("act", "o1", 1_000) == []
    assert [p.code for p in world.activate("act", "o1", 1_000)] == [Code.IDENTIFIER_IN_USE]
    world.need("n", "left", 2_000)
    assert world.serve("served", "n") == []
    assert [p.code for p in world.serve("served", "n")] == [Code.IDENTIFIER_IN_USE]


def test_what_is_over_is_told_once_per_quarter_hour_and_never_before_its_end() -> None:
    world = World()
    world.time(START_S)
    first = world.of(WindowsOver)
    assert [(told.from_s, told.before_s) for told in first] == [(START_S, START_S)]  # nothing is over yet
    world.time(START_S + 899)
    world.time(START_S + 900)
    world.time(START_S + 901)
    world.time(START_S + 3_600)
    told = world.of(WindowsOver)[len(first) :]
    assert [(own.from_s, own.before_s) for own in told] == [(START_S, START_S + 900), (START_S, START_S + 3_600)]


def test_a_quarter_hour_that_is_over_has_its_last_event_behind_it() -> None:
    world = World()
    world.offer("o", "unit-a1")
    assert world.activate("a", "o", 5_000) == []
    world.time(NOON_S + 900)
    kinds = [type(event) for event in world.events]
    over = max(place for place, event in enumerate(world.events) if isinstance(event, WindowsOver))
    assert over == len(kinds) - 1
