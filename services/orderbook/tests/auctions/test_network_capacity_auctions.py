"""Auctions of network capacity in the running shard: who gets it, what it costs, and what happens if it is not used."""

from __future__ import annotations

import pytest
from book_world import AREA, DSO, NOON, World, mtu_message, order_of, two_streets
from capacity_world import (
    BID,
    CAPACITY,
    CLEAR_MS,
    FIRST,
    FREEZE_MS,
    H_2_MS,
    HIGHEST,
    INJECTS,
    ONE_PRICE,
    allocated,
    ask,
    declare,
    non_firm,
    of_the_day,
    paid,
    phases,
    until,
    withdraw,
)

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import BOOK_ORDER, BOOK_TRADE

FOK = pb.FILL_RULE_FILL_OR_KILL


def room(world: World) -> int:
    """Return how much more street a can draw, as a refusal says it."""
    if not any(order.terms.unit_id == "battery-b3" for order in world.drive.program._books[AREA].state.orders.values()):
        world.sell("battery-b3", 50_000, 1_000)
    return world.buy("battery-a2", 52_000, 400_000, fill_rule=FOK).rejection.headroom_w


# Street a takes 39 kW more. Three ask for 19 kW each, and less than 15 kW is of no use to them: the line takes two.
@pytest.mark.parametrize(
    ("rule", "prices", "kw", "income"),
    [
        (BID, (30, 20, 10), (19, 19, 0), 142_500 + 95_000),
        (BID, (10, 20, 30), (0, 19, 19), 95_000 + 142_500),
        (ONE_PRICE, (30, 20, 10), (19, 19, 0), 0),  # the line is not full with two of them: its one price is 0
        (FIRST, (0, 0, 0), (19, 19, 0), 0),
        (HIGHEST, (0, 0, 0), (19, 19, 0), 0),
    ],
)
def test_three_ask_and_the_line_takes_two(rule: int, prices: tuple[int, ...], kw: tuple[int, ...], income: int) -> None:
    world = of_the_day(rule)
    for unit, euro in zip(("battery-a1", "battery-a2", "battery-a3"), prices, strict=True):
        assert not ask(world, unit, 19, euro, least_kw=15).rejection.code
    until(world, CLEAR_MS)
    assert list(allocated(world).values()) == [power * 1_000 for power in kw]
    (cleared,) = world.events("capacity_cleared")
    assert cleared.agreed
    assert cleared.income_micro_euro == sum(paid(world).values())
    assert cleared.income_micro_euro == income
    # The exact check had something against the first round, named the cable, and agreed with the last.
    assert [cut.element_id for cut in cleared.rounds[0].cuts] == ["bar-a1"]
    assert cleared.rounds[0].cuts[0].value > cleared.rounds[0].cuts[0].limit
    assert not cleared.rounds[-1].cuts
    assert [event.rejection.code for event in world.events("capacity_allocated") if not event.quantity_w] == [
        "NO_MATCH"
    ]
    world.drive.recovered()


# 19, 22 and 25 kW, any part of them: first come fills from the first on, highest demand from the last on.
@pytest.mark.parametrize(("rule", "filled"), [(FIRST, (True, None, False)), (HIGHEST, (False, None, True))])
def test_social_equity_serves_the_first_or_the_largest_and_is_free(rule: int, filled: tuple[bool | None, ...]) -> None:
    world = of_the_day(rule)
    wanted = {"battery-a1": 19, "battery-a2": 22, "battery-a3": 25}
    for unit, kw in wanted.items():
        ask(world, unit, kw)
    until(world, CLEAR_MS)
    for (unit, quantity), whole in zip(allocated(world).items(), filled, strict=True):
        if whole is None:
            assert 0 < quantity < wanted[unit] * 1_000
        else:
            assert quantity == (wanted[unit] * 1_000 if whole else 0)
    assert 38_500 < sum(allocated(world).values()) < 39_500
    assert not any(paid(world).values())
    world.drive.recovered()


def test_at_one_price_who_is_served_in_part_sets_it_for_all_at_the_same_cable() -> None:
    world = of_the_day(ONE_PRICE)
    for unit, kw, euro in (("battery-a1", 19, 30), ("battery-a2", 22, 20), ("battery-a3", 25, 10)):
        ask(world, unit, kw, euro)
    until(world, CLEAR_MS)
    got, money = allocated(world), paid(world)
    assert 19_000 < got["battery-a2"] < 22_000
    assert got["battery-a3"] == 0
    assert money["battery-a2"] == got["battery-a2"] * 20 // 4  # micro-euro: W · EUR/MWh · a quarter of an hour
    # Losses differ along the street, so the first home pays a little less for the same cable, far from its own 30 EUR.
    assert 0.98 < money["battery-a1"] / (19_000 * 20 / 4) <= 1
    world.drive.recovered()


def test_phases_follow_the_parameters_and_decide_what_is_taken() -> None:
    world = of_the_day(BID)
    assert phases(world) == ["CALL"]
    assert not world.program_period().phases.get(CAPACITY)  # such a market has no books
    kept, gone = ask(world, "battery-a1", 5, 10).id, ask(world, "battery-a2", 5, 10).id
    assert withdraw(world, kept, "agr-2") == "NOT_OWNER"
    assert withdraw(world, gone, "agr-2") == ""
    assert withdraw(world, gone, "agr-2") == "RESERVATION_UNKNOWN"
    assert world.drive.program.next_timer_ms() == FREEZE_MS
    until(world, FREEZE_MS)
    world.drive.recovered()
    assert ask(world, "battery-a3", 5, 10).rejection.code == "PHASE_NOT_ALLOWED"
    assert withdraw(world, kept, "agr-1") == "PHASE_NOT_ALLOWED"
    assert world.drive.program.next_timer_ms() == CLEAR_MS
    world.drive.restart(from_snapshot=True)
    until(world, CLEAR_MS)
    assert phases(world) == ["CALL", "FREEZE", "CLEARED"]
    assert allocated(world) == {"battery-a1": 5_000}
    assert ask(world, "battery-a3", 5, 10).rejection.code == "PHASE_NOT_ALLOWED"
    # Everybody hears of phases and results, and only the party of what it got.
    public = {event.WhichOneof("event") for event in world.drive.projected(BOOK_TRADE) if event is not None}
    assert {"capacity_phase", "capacity_cleared", "capacity_allocated"} <= public
    told = {(m.party, m.event.WhichOneof("event")) for m in world.drive.projected(BOOK_ORDER) if m is not None}
    assert ("agr-1", "capacity_allocated") in told
    assert not any(party.startswith("capacity:") for party, _ in told)
    world.drive.recovered()


REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("battery-a1", {"kw": 0}, "QUANTITY_OUT_OF_RANGE"),
    ("battery-a1", {"kw": 58}, "BASIS_EXCEEDED"),  # 60 kW registered, of which the base uses 3
    ("battery-a1", {"kw": 5, "least_kw": 6}, "FIELD_OUT_OF_RANGE"),
    ("battery-a1", {"kw": 5, "euro": 5_000}, "PRICE_OFF_TICK"),
    ("battery-a1", {"kw": 5, "party": "agr-2"}, "NO_RIGHT_TO_OFFER"),
    ("battery-a1", {"kw": 5, "party": "nobody"}, "NOT_AUTHORISED"),
    ("house-a1", {"kw": 5}, "PRODUCT_NOT_ALLOWED"),  # not controllable
    ("battery-a1", {"kw": 5, "use": INJECTS}, "PRODUCT_NOT_ALLOWED"),  # its connection is all firm
    ("battery-a1", {"kw": 5, "use": 0}, "FIELD_MISSING"),
    ("battery-zz", {"kw": 5, "party": "agr-1"}, "UNKNOWN_OBJECT"),
    ("battery-a1", {"kw": 5, "starts": ()}, "FIELD_OUT_OF_RANGE"),
    ("battery-a1", {"kw": 5, "starts": (NOON, NOON)}, "FIELD_OUT_OF_RANGE"),
    ("battery-a1", {"kw": 5, "starts": (NOON, NOON + 86_400)}, "FIELD_MALFORMED"),  # of two auctions
    ("battery-a1", {"kw": 5, "starts": (NOON + 86_400,)}, "BOOK_NOT_OPEN"),
    ("battery-a1", {"kw": 5, "market_id": "energy"}, "UNKNOWN_MARKET"),
]


def test_refused_requests_say_why() -> None:
    world = of_the_day(BID)
    for unit, changes, code in REFUSED:
        kw = changes.pop("kw")
        assert ask(world, unit, kw, **changes).rejection.code == code, (unit, changes)  # type: ignore[arg-type]
    assert len(world.events("capacity_refused")) == len(REFUSED)
    free = of_the_day(FIRST)
    assert ask(free, "battery-a1", 5, 1).rejection.code == "PRICE_OFF_TICK"  # there is nothing to pay
    world.drive.recovered()


def test_allocated_capacity_is_held_from_everybody_else_until_it_is_declared() -> None:
    world = of_the_day(BID)
    free = room(world)
    request = ask(world, "battery-a1", 10, 10).id
    until(world, CLEAR_MS)
    held = room(world)
    assert 9_500 < free - held < 10_500
    release = pb.OrderCommand(area_id=AREA, release=pb.ReleaseHeadroom(reservation_id=f"{request}.{NOON}"))
    assert world.command(release, "agr-1")[0].rejection.code == "NOT_OWNER"
    assert declare(world, request, 11, "agr-1") == "CAPACITY_NOT_ALLOCATED"
    assert declare(world, request, 4, "agr-2") == "NOT_OWNER"
    assert declare(world, request, 4, "agr-1", NOON + 900) == "RESERVATION_UNKNOWN"
    assert declare(world, request, 4, "agr-1") == ""
    assert [(c.node_id, c.p_w) for c in world.events("operating_point")[-1].accepted] == [("a1", -4_000)]
    assert world.program_period().positions["mp-battery-a1"].deviation_w == -4_000
    assert abs(room(world) - held) < 200  # what was held is used now: nobody else gains or loses
    world.drive.recovered()
    world.drive.restart(from_snapshot=True)
    assert declare(world, request, 6, "agr-1") == ""
    assert declare(world, request, 1, "agr-1") == "CAPACITY_NOT_ALLOCATED"
    until(world, H_2_MS)
    assert not world.events("capacity_lapsed")
    world.drive.recovered()


def test_two_hours_before_delivery_what_is_not_used_goes_to_who_waits() -> None:
    world = of_the_day(FIRST)
    request = ask(world, "battery-a1", 35).id
    until(world, CLEAR_MS)
    world.sell("battery-b3", 20_000, 1_000)
    waiting = order_of(world.buy("battery-a2", 20_000, 400_000))
    before = sum(trade.quantity_w for trade in world.trades())
    assert before < 8_000
    declare(world, request, 5, "agr-1")
    until(world, H_2_MS - 1_000)
    assert sum(trade.quantity_w for trade in world.trades()) == before
    assert world.drive.program.next_timer_ms() == H_2_MS
    world.drive.recovered()
    until(world, H_2_MS)
    (lapsed,) = world.events("capacity_lapsed")
    assert (lapsed.request_id, lapsed.unused_w, lapsed.refund_micro_euro) == (request, 30_000, 0)
    assert sum(trade.quantity_w for trade in world.trades()) == 20_000
    assert {trade.buyer.order_id for trade in world.trades()} == {waiting.order_id}
    assert declare(world, request, 1, "agr-1") == "CAPACITY_NOT_ALLOCATED"
    world.drive.recovered()


def test_an_order_of_the_holder_takes_its_headroom_over_and_matches_on_it_first() -> None:
    world = of_the_day(FIRST)
    ask(world, "battery-a1", 35)
    until(world, CLEAR_MS)
    world.sell("battery-b3", 50_000, 1_000)
    assert order_of(world.buy("battery-a2", 20_000, 400_000)).filled_w < 8_000
    own = order_of(world.buy("battery-a1", 20_000, 400_000))
    assert own.filled_w > 19_000
    (used,) = world.events("capacity_used")
    assert (used.quantity_w, used.moved_w, used.order_id) == (20_000, 0, own.order_id)
    assert used.by == pb.CAPACITY_USE_BY_ORDER
    until(world, H_2_MS)
    assert [event.unused_w for event in world.events("capacity_lapsed")] == [15_000]
    world.drive.recovered()


def test_of_several_allocations_the_oldest_is_taken_over_first_also_the_tenth_after_the_ninth() -> None:
    world = of_the_day(FIRST)
    asked = [ask(world, "battery-a1", 1).id for _ in range(11)]
    until(world, CLEAR_MS)
    world.buy("battery-a1", 10_000, 400_000)
    assert [used.request_id for used in world.events("capacity_used")] == asked[:10]
    world.drive.recovered()


def test_a_generator_with_a_connection_that_is_not_all_firm() -> None:
    world = of_the_day(BID)
    non_firm(world, "b2", injection_w=10_000, consumption_w=60_000)
    beyond = world.sell("battery-b2", 20_000, 1_000).rejection
    # The base consumes 3 kW, so with 10 kW firm 13 kW more can be fed in.
    assert (beyond.code, beyond.headroom_w, beyond.limit) == ("CAPACITY_NOT_ALLOCATED", 13_000, 10_000)
    assert order_of(world.sell("battery-b2", 13_000, 1_000)).open_w == 13_000
    assert world.sell("battery-b2", 1_000, 1_000).rejection.code == "CAPACITY_NOT_ALLOCATED"
    request = ask(world, "battery-b2", 25, 5, use=INJECTS).id
    assert request
    until(world, CLEAR_MS)
    assert allocated(world) == {"battery-b2": 25_000}
    assert paid(world) == {"battery-b2": 25_000 * 5 // 4}
    assert order_of(world.sell("battery-b2", 20_000, 1_000)).open_w == 20_000
    assert world.sell("battery-b2", 6_000, 1_000).rejection.headroom_w == 5_000
    world.drive.recovered()
    until(world, H_2_MS)  # 5 kW of the allocation were never used
    assert [event.unused_w for event in world.events("capacity_lapsed")] == [5_000]
    gone = world.sell("battery-b2", 1_000, 1_000).rejection
    assert (gone.code, gone.headroom_w, gone.limit) == ("CAPACITY_NOT_ALLOCATED", 0, 30_000)
    world.drive.recovered()


def test_an_auction_of_each_period_is_cleared_at_its_gate() -> None:
    world = of_the_day(BID, capacity_per_period=True, gate_closure_s=14_400)
    assert ask(world, "battery-a1", 5, 10).rejection.code == "BOOK_NOT_OPEN"
    gate_ms = (NOON - 14_400) * 1000
    until(world, gate_ms - 900_000)
    assert {event.periods for event in world.events("capacity_phase")} == {1}
    assert ask(world, "battery-a1", 5, 10, starts=(NOON, NOON + 900)).rejection.code == "FIELD_MALFORMED"
    ask(world, "battery-a1", 5, 10)
    until(world, gate_ms - 1)
    assert not allocated(world)
    until(world, gate_ms)
    assert allocated(world) == {"battery-a1": 5_000}
    world.drive.recovered()


def test_the_same_power_in_all_periods_or_nothing_where_the_grid_is_not_known() -> None:
    world = of_the_day(BID)
    both = ask(world, "battery-a1", 5, 10, starts=(NOON + 900, NOON)).id
    dark = ask(world, "battery-a2", 5, 10, starts=(NOON, NOON + 1_800)).id
    until(world, CLEAR_MS)
    events = {event.request.request_id: event for event in world.events("capacity_allocated")}
    assert [payment.mtu.start_s for payment in events[both].payments] == [NOON, NOON + 900]
    assert [payment.amount_micro_euro for payment in events[both].payments] == [12_500, 12_500]
    assert events[dark].rejection.code == "GRID_STATE_MISSING"
    assert events[dark].quantity_w == 0


def test_limits_of_the_operators_schedule_and_lights_bind_an_auction() -> None:
    world = of_the_day(BID)
    limit = pb.CapacityLimit(
        mtu=mtu_message(NOON), scope=pb.CAPACITY_SCOPE_FEEDER, subject_id="street-a", max_consumption_w=12_000
    )
    set_limits = pb.OrderCommand(area_id=AREA, set_capacity_limits=pb.SetCapacityLimits(limits=[limit]))
    assert not world.command(set_limits, DSO)[0].rejection.code
    for unit, euro in (("battery-a1", 10), ("battery-a2", 30), ("battery-b1", 5)):
        ask(world, unit, 8, euro)
    until(world, CLEAR_MS)
    # Street a consumes 2 kW in the base case; the schedule was known from the start, so no cut was needed.
    assert allocated(world) == {"battery-a1": 2_000, "battery-a2": 8_000, "battery-b1": 8_000}
    assert [len(r.cuts) for r in world.events("capacity_cleared")[0].rounds] == [0]
    world.drive.recovered()
    red = of_the_day(BID)
    for unit in ("battery-a1", "battery-b1"):
        ask(red, unit, 8, 10)
    red.lights(light.LIGHT_RED, zones=("street-a",))
    until(red, CLEAR_MS)
    assert allocated(red) == {"battery-a1": 0, "battery-b1": 8_000}
    codes = [event.rejection.code for event in red.events("capacity_allocated")]
    assert codes == ["LIGHT_RED", ""]


def test_a_unit_is_not_allocated_more_than_it_has_by_asking_twice() -> None:
    world = of_the_day(BID)
    for euro in (10, 20):
        assert not ask(world, "battery-b1", 40, euro).rejection.code
    until(world, CLEAR_MS)
    amounts = [event.quantity_w for event in world.events("capacity_allocated")]
    assert amounts == [17_000, 40_000]  # 60 kW less the 3 kW of its base
    world.drive.recovered()


def test_what_the_grid_takes_back_is_refunded() -> None:
    world = of_the_day(BID)
    request = ask(world, "battery-a1", 30, 10).id
    until(world, CLEAR_MS)
    declare(world, request, 6, "agr-1")
    world.model = two_streets(thin_ka=0.02)
    world.publish_topology(2)
    for start in world.starts:
        world.publish_period(start, version=2, topology=2)
    world.tick()
    (lapsed,) = world.events("capacity_lapsed")
    assert (lapsed.unused_w, lapsed.refund_micro_euro) == (24_000, 75_000 * 24 // 30)
    assert not world.drive.program._books[AREA].state.reservations
    world.drive.recovered()


def test_what_came_last_is_taken_back_first_also_the_tenth_before_the_ninth() -> None:
    world = of_the_day(FIRST)
    asked = [ask(world, "battery-a1", 3).id for _ in range(11)]
    until(world, CLEAR_MS)
    world.model = two_streets(thin_ka=0.02)
    world.publish_topology(2)
    for start in world.starts:
        world.publish_period(start, version=2, topology=2)
    world.tick()
    lapsed = {event.request_id for event in world.events("capacity_lapsed")}
    assert 0 < len(lapsed) < len(asked)
    assert lapsed == set(asked[-len(lapsed) :])
    world.drive.recovered()


def test_a_market_that_is_closed_or_a_stopped_party_is_allocated_nothing() -> None:
    world = of_the_day(BID)
    ask(world, "battery-a1", 5, 10)
    ask(world, "battery-b2", 5, 10)
    stop = pb.SetKillSwitch(participant_id="agr-1", engaged=True, reason="lost its key")
    assert not world.command(pb.OrderCommand(area_id=AREA, set_kill_switch=stop), "agr-1")[0].rejection.code
    until(world, CLEAR_MS)
    codes = {event.request.unit_id: event.rejection.code for event in world.events("capacity_allocated")}
    assert codes == {"battery-a1": "PARTY_STOPPED", "battery-b2": ""}


def test_an_auction_without_requests_is_cleared_and_the_next_day_is_called() -> None:
    world = of_the_day(BID)
    until(world, CLEAR_MS)
    (cleared,) = world.events("capacity_cleared")
    assert (cleared.requests, cleared.allocated_w, cleared.agreed) == (0, 0, True)
    until(world, CLEAR_MS + 86_400_000)
    assert phases(world) == ["CALL", "FREEZE", "CLEARED"]  # no time record came while the next one was called
    until(world, CLEAR_MS + 2 * 86_400_000 - 600_000)
    assert phases(world)[3:] == ["CALL"]
    world.drive.recovered()
