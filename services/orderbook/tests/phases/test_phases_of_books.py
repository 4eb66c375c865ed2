"""Books go through their phases by time records; what waits is matched at the opening as if it entered only then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from book_world import AREA, ENERGY, NOON, World, market, order_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phased_world import PHASED, at, changes, halt, operate, phase, phased, resume

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_orderbook.domain.phases.schedule import next_change_ms, next_end_ms
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.phase_view import Phases

FAK, FOK = pb.FILL_RULE_FILL_AND_KILL, pb.FILL_RULE_FILL_OR_KILL


def code(result: object) -> str:
    return result.rejection.code if result.HasField("rejection") else ""


def test_a_market_without_parameters_of_phases_opens_as_ever_and_says_nothing_of_phases() -> None:
    world = World().ready()
    assert phase(world) is Phase.CONTINUOUS
    assert not world.events("phase_changed")
    assert {event.phase for event in world.events("opened")} == {pb.PHASE_CONTINUOUS}


def test_orders_rest_before_the_opening_and_match_at_it_the_earliest_first() -> None:
    world = phased()
    assert phase(world) is Phase.PRE_OPEN
    asks = [order_of(world.sell("house-a3", 1_000, 900)), order_of(world.sell("house-b3", 1_000, 800))]
    bid = order_of(world.buy("house-a1", 1_500, 1_000))
    assert {order.status for order in (*asks, bid)} == {pb.ORDER_STATUS_ACTIVE}
    assert not world.trades()
    at(world, 0)
    # The later order is the aggressor, as in continuous trade: it meets the cheaper ask first.
    assert [(t.seller.order_id, t.quantity_w, t.price_ticks, t.buyer_is_aggressor) for t in world.trades()] == [
        (asks[1].order_id, 1_000, 800, True), (asks[0].order_id, 500, 900, True),
    ]  # fmt: skip
    assert changes(world) == [
        ("UNSPECIFIED", "PRE_OPEN", "SCHEDULE"), ("UNCROSSING", "CONTINUOUS", "SCHEDULE"),
    ]  # fmt: skip
    opened = [event for event in world.events("opened") if event.mtu.start_s == NOON and event.market_id == ENERGY]
    assert [event.phase for event in opened] == [pb.PHASE_UNCROSSING]
    world.drive.recovered()


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["house-a3", "house-b3", "battery-a1", "battery-b2", "battery-a2"]), st.booleans(),
            st.sampled_from([500, 1_000, 2_500]), st.sampled_from([800, 900, 1_000, 5_000]),
        ),
        max_size=10,
    )
)  # fmt: skip
def test_what_waited_trades_as_if_it_had_been_sent_in_the_same_order_after_the_opening(
    wishes: list[tuple[str, bool, int, int]],
) -> None:
    before, after = phased(), at(phased(), 0)
    for world in (before, after):
        for subject, buys, quantity, price in wishes:
            (world.buy if buys else world.sell)(subject, quantity, price)
    at(before, 0)
    first, second = (
        [(t.seller.order_id, t.buyer.order_id, t.quantity_w, t.price_ticks, t.dnut_micro_euro) for t in world.trades()]
        for world in (before, after)
    )
    assert first == second
    resting = [
        [(o.terms.order_id, o.open_w, o.filled_w) for o in state.orders.values()]
        for state in (world.drive.program._books[AREA].state for world in (before, after))
    ]
    assert resting[0] == resting[1]
    before.drive.recovered()


def test_more_than_one_time_record_takes_is_uncrossed_at_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_orderbook.domain.phases.changes.MAX_RELEASED", 2)
    world = phased()
    for number in range(5):
        world.sell("house-b3", 100, 1_000 + number)
    at(world, 0)
    assert phase(world) is Phase.UNCROSSING
    assert code(world.sell("house-b3", 100, 1_000)) == "PHASE_NOT_ALLOWED"
    world.drive.recovered()
    assert world.drive.program.next_timer_ms() == world.clock_ms + 1
    world.tick(1)
    assert phase(world) is Phase.UNCROSSING
    world.tick(1)
    assert phase(world) is Phase.CONTINUOUS
    assert [event.sequence for event in world.events("order_released")] == [1, 2, 3, 4, 5]
    assert code(world.buy("house-a1", 300, 2_000)) == ""
    assert [trade.price_ticks for trade in world.trades()] == [1_000, 1_001, 1_002]


def test_what_is_remembered_of_the_next_change_is_what_the_books_say() -> None:
    world, seen = at(phased(), 0), []
    until_ms = world.clock_ms + 5_000
    steps: list[Callable[[], object]] = [
        lambda: world.sell("house-b3", 1_000, 800),
        lambda: world.buy("house-a1", 500, 1_000),
        lambda: operate(world, "dso-1", halt_books=halt(until_ms=until_ms)),
        lambda: operate(world, "dso-1", resume_books=resume()),
        lambda: world.buy("house-a1", 300, 1_000),
        lambda: world.tick(1),
    ]
    for step in steps:
        step()
        state = world.drive.program._books[AREA].state
        seen.append(min(time for time in (next_change_ms(state), next_end_ms(state)) if time is not None))
        assert world.drive.program.next_timer_ms() == seen[-1]
    assert len(world.trades()) == 2
    assert [number for number, time in enumerate(seen) if time == until_ms] == [2], "only the halt ends then"


def test_a_market_may_refuse_orders_before_its_opening() -> None:
    world = phased(refuses_before_opening=True)
    result = world.sell("house-b3", 100, 1_000)
    assert (code(result), result.rejection.rule) == (
        "PHASE_NOT_ALLOWED", "the market takes no orders before its opening",
    )  # fmt: skip
    at(world, 0)
    assert phase(world) is Phase.CONTINUOUS
    assert code(world.sell("house-b3", 100, 1_000)) == ""


def test_a_call_collects_freezes_and_is_uncrossed() -> None:
    world = phased(call_s=20, freeze_s=10)
    ask = order_of(world.sell("house-b3", 1_000, 800))
    at(world, 0)
    assert phase(world) is Phase.CALL
    bid = order_of(world.buy("house-a1", 1_000, 1_000))
    change = pb.ReplaceOrder(
        order_id=bid.order_id, quantity_w=600, limit_price_ticks=1_000, expected_revision=bid.revision
    )
    assert code(world.command(pb.OrderCommand(area_id=AREA, replace=change), "agr-1")[0]) == ""
    assert not world.trades()
    assert world.drive.program.next_timer_ms() == world.clock_ms + 20_000
    at(world, 20_000)
    assert phase(world) is Phase.FREEZE
    cancel = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[ask.order_id]))
    refusals = [world.sell("house-b3", 100, 900), *world.command(cancel, "agr-3")]
    assert list(map(code, refusals)) == ["PHASE_NOT_ALLOWED"] * 2
    world.drive.recovered()
    assert world.drive.program.next_timer_ms() == world.clock_ms + 10_000
    at(world, 30_000)
    assert [(trade.quantity_w, trade.price_ticks) for trade in world.trades()] == [(600, 800)]
    assert changes(world)[1:] == [
        ("CALL", "FREEZE", "SCHEDULE"), ("FREEZE", "UNCROSSING", "SCHEDULE"), ("UNCROSSING", "CONTINUOUS", "SCHEDULE"),
    ]  # fmt: skip


def test_a_late_time_record_leaves_no_step_of_a_call_out_that_matters() -> None:
    world = phased(call_s=20, freeze_s=10)
    world.sell("house-b3", 1_000, 800)
    world.buy("house-a1", 1_000, 1_000)
    at(world, 60_000)
    assert phase(world) is Phase.CONTINUOUS
    assert len(world.trades()) == 1


@pytest.mark.parametrize("fill", [FAK, FOK])
def test_what_must_match_at_once_does_not_wait(fill: int) -> None:
    world = phased()
    assert code(world.sell("house-b3", 100, 900, fill_rule=fill)) == "PHASE_NOT_ALLOWED"
    at(world, 0)
    assert code(world.sell("house-b3", 100, 900, fill_rule=fill)) == "NO_MATCH"


def test_what_waits_can_be_cancelled_and_matches_nothing_any_more() -> None:
    world = phased()
    ask = order_of(world.sell("house-b3", 1_000, 800))
    world.buy("house-a1", 1_000, 1_000)
    cancel = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[ask.order_id]))
    assert code(world.command(cancel, "agr-3")[0]) == ""
    world.drive.recovered()
    at(world, 0)
    assert not world.trades()


def test_a_book_whose_gate_comes_before_its_opening_is_done_closes_without_a_trade() -> None:
    world = phased()
    world.sell("house-b3", 1_000, 800)
    inactive = market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **(PHASED | {"active": False}))
    world.entity("market", ENERGY, inactive)
    world.tick()
    assert changes(world)[-1] == ("PRE_OPEN", "CLOSED", "SCHEDULE")
    assert [closed.status for closed in world.events("closed")] == [pb.ORDER_STATUS_EXPIRED]
    assert not world.events("book_closed")
    world.drive.recovered()


def test_books_halt_while_no_zone_has_a_known_light_and_go_on_by_themselves() -> None:
    world = World(market_changes={"halts_under_unknown_light": True}).ready()
    world.lights(light.LIGHT_UNKNOWN, zones=("street-a", "bar"))
    world.tick()
    assert phase(world) is Phase.CONTINUOUS
    world.lights(light.LIGHT_UNKNOWN)
    world.tick()
    assert changes(world) == [("CONTINUOUS", "HALTED", "LIGHT")]
    result = world.sell("house-b3", 100, 900)
    assert code(result) == "BOOK_HALTED"
    assert "no zone of the area has a known light" in result.rejection.rule
    world.drive.recovered()
    world.lights(light.LIGHT_GREEN, zones=("street-b",))
    world.tick()
    assert changes(world)[1:] == [("HALTED", "CONTINUOUS", "LIGHT")]
    assert code(world.sell("house-b3", 100, 900)) == ""


def test_the_next_clip_of_an_iceberg_stays_released_while_its_book_is_uncrossed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flexbourse_orderbook.domain.phases.changes.MAX_RELEASED", 2)
    world = phased()
    iceberg = order_of(world.sell("house-b3", 1_000, 900, instructions=pb.ExecutionInstructions(clip_w=400)))
    world.buy("house-a1", 400, 1_000)
    world.buy("house-a2", 300, 1_000)
    at(world, 0)
    assert phase(world) is Phase.UNCROSSING
    world.drive.recovered()
    world.tick(1)
    assert phase(world) is Phase.CONTINUOUS
    assert [(trade.seller.order_id, trade.quantity_w) for trade in world.trades()] == [
        (iceberg.order_id, 400), (iceberg.order_id, 300),
    ]  # fmt: skip
    world.drive.recovered()


@pytest.mark.parametrize(
    "changed",
    [
        {"call_s": 60}, {"opens_before_day_s": 3_600}, {"pre_open_s": 0, "opens_before_day_s": 60},
        {"call_s": 0, "freeze_s": 0},
    ],
)  # fmt: skip
def test_parameters_that_change_under_way_lead_no_book_back(changed: dict[str, int]) -> None:
    world = phased(call_s=20, freeze_s=10)
    for ms in (0, 20_000):
        at(world, ms)
        rules = PHASED | {"call_s": 20, "freeze_s": 10} | changed
        wire = market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **rules)
        world.entity("market", ENERGY, wire)
        world.tick()
        assert phase(world) in (Phase.CALL, Phase.FREEZE, Phase.CONTINUOUS)
    operate(world, "dso-1", halt_books=halt())
    assert operate(world, "dso-1", resume_books=resume()) == [""]
    world.drive.recovered()
    at(world, 7_200_000)
    assert phase(world) is Phase.CONTINUOUS


def test_the_read_model_follows_every_phase() -> None:
    world = phased(call_s=20, freeze_s=10)
    view, heard = Phases(), 0
    for ms in (-20_000, 0, 20_000, 30_000):
        at(world, ms)
        for event in world.drive.events[heard:]:
            if isinstance(event, pb.OrderEvent):
                view.hear(event)
        heard = len(world.drive.events)
        told = view.of(AREA, ENERGY, NOON)
        assert (told["phase"], told["open"]) == (int(phase(world)), ms >= 0)
    operate(world, "dso-1", halt_books=halt(until_ms=world.clock_ms + 5_000))
    for event in world.drive.events[heard:]:
        view.hear(event)
    assert view.of(AREA, ENERGY, NOON) == {
        "open": True, "phase": pb.PHASE_HALTED, "phase_reason": "because", "resumes_at_ms": world.clock_ms + 5_000,
    }  # fmt: skip
