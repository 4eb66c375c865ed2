"""The market operator halts, resumes, cancels for others, takes trades back, changes parameters; with a reason each."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, DSO, ENERGY, NOON, World, market, mtu_message, order_of
from phased_world import OPERATOR, at, changes, halt, operate, phase, phased, resume, with_operator

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.tariff import potential
from flexbourse_orderbook.domain.phases.table import Phase

LATER = NOON + 900


@pytest.fixture
def world() -> World:
    return with_operator(World(market_changes={"recall_window_s": 60}).ready())


def acted(world: World) -> list[tuple[str, str, str, str]]:
    return [
        (pb.OperatorAction.Name(e.action)[16:], e.operator_id, e.subject, e.reason)
        for e in world.events("operator_acted")
    ]


def code(result: Any) -> str:
    return result.rejection.code if result.HasField("rejection") else ""


# --- halts


def test_one_book_halts_and_the_others_go_on(world: World) -> None:
    assert operate(world, halt_books=halt()) == [""]
    assert (phase(world), phase(world, start_s=LATER), phase(world, "flex")) == (
        Phase.HALTED, Phase.CONTINUOUS, Phase.CONTINUOUS,
    )  # fmt: skip
    result = world.sell("house-b3", 100, 900)
    assert code(result) == "BOOK_HALTED"
    assert result.rejection.rule == "the book runs; it is halted by operator: because"
    assert acted(world) == [("HALT", OPERATOR, "", "because")]
    world.drive.recovered()
    assert operate(world, resume_books=resume()) == [""]
    assert code(world.sell("house-b3", 100, 900)) == ""
    assert changes(world) == [("CONTINUOUS", "HALTED", "OPERATOR"), ("HALTED", "CONTINUOUS", "OPERATOR")]


def test_a_halted_book_matches_nothing_whatever_changes_and_its_orders_can_be_cancelled(world: World) -> None:
    world.lights(2, zones=("street-b",))
    world.tick()
    ask = order_of(world.sell("house-b3", 1_000, 900))
    world.lights(4, zones=("street-b",))
    world.tick()
    bid = order_of(world.buy("house-a1", 1_000, 1_000))
    assert not world.trades()
    operate(world, halt_books=halt())
    world.lights(1)
    world.tick()
    assert not world.trades()
    change = pb.ReplaceOrder(
        order_id=bid.order_id, quantity_w=600, limit_price_ticks=1_000, expected_revision=bid.revision
    )
    assert code(world.command(pb.OrderCommand(area_id=AREA, replace=change), "agr-1")[0]) == "BOOK_HALTED"
    operate(world, resume_books=resume())
    world.tick()
    assert len(world.trades()) == 1
    operate(world, halt_books=halt())
    other = order_of(world.sell("house-b3", 500, 900, mtu=mtu_message(LATER)))
    cancel = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[other.order_id]))
    assert code(world.command(cancel, "agr-3")[0]) == ""
    assert ask.order_id != other.order_id


def test_a_halt_until_a_time_ends_by_itself_at_a_time_record(world: World) -> None:
    assert operate(world, halt_books=halt(until_ms=world.clock_ms + 5_000)) == [""]
    assert world.drive.program.next_timer_ms() == world.clock_ms + 5_000
    world.tick(4_999)
    assert phase(world) is Phase.HALTED
    world.drive.recovered()
    world.tick(1)
    assert changes(world)[-1] == ("HALTED", "CONTINUOUS", "SCHEDULE")


def test_a_halted_market_halts_what_opens_later_until_it_is_resumed() -> None:
    world = with_operator(phased())
    assert operate(world, halt_books=halt(start_s=0)) == [""]
    assert (phase(world), phase(world, "flex")) == (Phase.HALTED, Phase.PRE_OPEN)
    at(world, 0)
    assert (phase(world), phase(world, "flex")) == (Phase.HALTED, Phase.CONTINUOUS)
    world.tick(86_400_000 - (world.clock_ms - 1_780_254_030_000))  # the next day's books open, too
    next_day = NOON + 86_400
    assert phase(world, start_s=next_day) is Phase.HALTED
    assert changes(world, start_s=next_day) == [("CONTINUOUS", "HALTED", "OPERATOR")]
    world.drive.recovered()
    assert operate(world, resume_books=resume(start_s=0)) == [""]
    assert phase(world, start_s=next_day) is Phase.CONTINUOUS
    assert operate(world, resume_books=resume(start_s=0)) == ["NOT_IN_THIS_STATE"]


def test_what_waited_when_its_book_was_halted_is_uncrossed_when_it_goes_on_after_the_opening() -> None:
    world = with_operator(phased())
    world.sell("house-b3", 1_000, 900)
    world.buy("house-a1", 1_000, 1_000)
    operate(world, halt_books=halt())
    at(world, 0)
    assert (phase(world), len(world.trades())) == (Phase.HALTED, 0)
    world.drive.recovered()
    operate(world, resume_books=resume())
    assert (phase(world), len(world.trades())) == (Phase.CONTINUOUS, 1)
    assert changes(world)[-2:] == [("HALTED", "UNCROSSING", "OPERATOR"), ("UNCROSSING", "CONTINUOUS", "SCHEDULE")]


def test_the_area_halts_and_goes_on_as_after_a_failed_audit(world: World) -> None:
    assert operate(world, DSO, halt_books=halt("", 0)) == [""]
    result = world.sell("house-b3", 100, 900)
    assert (code(result), result.rejection.rule) == ("AREA_HALTED", "the area runs; it is halted: because")
    assert operate(world, resume_books=resume("", 0)) == [""]
    assert code(world.sell("house-b3", 100, 900)) == ""
    assert acted(world)[0] == ("HALT", DSO, "", "because")


@pytest.mark.parametrize(
    ("party", "body", "codes"),
    [
        ("agr-1", {"halt_books": halt()}, ["NOT_AUTHORISED"]),
        ("agr-1", {"resume_books": resume()}, ["NOT_AUTHORISED"]),
        ("agr-1", {"halt_books": halt("nowhere", reason="")}, ["NOT_AUTHORISED", "FIELD_MISSING", "UNKNOWN_MARKET"]),
        (OPERATOR, {"halt_books": halt(reason="x" * 201)}, ["FIELD_OUT_OF_RANGE"]),
        (OPERATOR, {"halt_books": halt(start_s=NOON - 86_400)}, ["BOOK_NOT_OPEN"]),
        (OPERATOR, {"halt_books": halt(until_ms=5)}, ["FIELD_OUT_OF_RANGE"]),
        (OPERATOR, {"halt_books": halt(start_s=0, until_ms=5)}, ["FIELD_OUT_OF_RANGE"]),
        (OPERATOR, {"resume_books": resume()}, ["NOT_IN_THIS_STATE"]),
        (OPERATOR, {"resume_books": resume("", 0)}, ["NOT_IN_THIS_STATE"]),
        (DSO, {"cancel_for": pb.CancelFor(all=True, reason="r")}, ["NOT_AUTHORISED"]),
        (OPERATOR, {"cancel_for": pb.CancelFor(reason="r")}, ["FIELD_MISSING"]),
        (OPERATOR, {"cancel_for": pb.CancelFor(order_ids=["x"], all=True, reason="r")}, ["FIELD_MISSING"]),
        (OPERATOR, {"cancel_for": pb.CancelFor(order_ids=["area-1.9"], reason="r")}, ["ORDER_NOT_OPEN"]),
        (OPERATOR, {"cancel_for": pb.CancelFor(party="agr-1", reason="r")}, ["ORDER_NOT_OPEN"]),
        (OPERATOR, {"cancel_for": pb.CancelFor(order_ids=["x"] * 501, reason="r")}, ["TOO_MANY_ENTRIES"]),
        ("agr-1", {"recall_trade": pb.RecallTrade(trade_id="t")}, ["NOT_AUTHORISED", "FIELD_MISSING"]),
        (OPERATOR, {"recall_trade": pb.RecallTrade(trade_id="t", reason="r")}, ["RECALL_WINDOW_OVER"]),
    ],
)  # fmt: skip
def test_who_may_and_what_is_missing_is_said_whole(
    world: World, party: str, body: dict[str, Any], codes: list[str]
) -> None:
    assert operate(world, party, **body) == codes
    if body != {"cancel_for": pb.CancelFor(order_ids=["area-1.9"], reason="r")}:
        assert not world.events("operator_acted")
    assert not world.events("phase_changed")


# --- orders of others


def test_orders_are_cancelled_for_others_by_name_by_party_or_all(world: World) -> None:
    orders = [order_of(world.sell(f"house-{home}", 500, 900)).order_id for home in ("b3", "a3")]
    more = [order_of(world.buy(f"house-{home}", 500, 100)).order_id for home in ("a1", "b1", "a2")]
    assert operate(world, cancel_for=pb.CancelFor(order_ids=orders[:1], reason="fat finger")) == [""]
    assert operate(world, cancel_for=pb.CancelFor(party="agr-1", reason="member in default")) == [""] * 2
    assert operate(world, cancel_for=pb.CancelFor(all=True, market_id=ENERGY, reason="wrong tariff")) == [""] * 2
    closed = world.events("closed")
    assert [event.order_id for event in closed] == [orders[0], more[0], more[1], orders[1], more[2]]
    assert closed[0].reason == "cancelled by the market operator: fat finger"
    assert [entry[2:] for entry in acted(world)] == [
        ("", "fat finger"), ("agr-1", "member in default"), ("", "wrong tariff"),
    ]  # fmt: skip
    world.drive.recovered()


def test_all_orders_are_cancelled_a_bounded_number_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_orderbook.domain.operation.operating.MAX_CANCELLED", 2)
    for price in (100, 101, 102):
        world.buy("house-a1", 500, price)
    assert operate(world, cancel_for=pb.CancelFor(all=True, reason="r")) == ["", ""]
    assert operate(world, cancel_for=pb.CancelFor(all=True, reason="r")) == [""]
    assert operate(world, cancel_for=pb.CancelFor(all=True, reason="r")) == ["ORDER_NOT_OPEN"]


# --- recall


def recall(world: World, trade_id: str) -> list[str]:
    return operate(world, recall_trade=pb.RecallTrade(trade_id=trade_id, reason="clearly wrong"))


def accounts(world: World) -> tuple[Any, ...]:
    """Return what a trade changes and a recall restores: positions, operating point, limits, budget, potential."""
    period = world.program_period()
    grid = period.grid
    positions = {
        name: (p.deviation_w, p.scheduled_sold_w, p.scheduled_bought_w) for name, p in period.positions.items()
    }  # fmt: skip
    wear = tuple(tuple(getattr(grid.wear, name).tolist()) for name in grid.wear.__slots__)
    return positions, grid.accepted_p.tolist(), wear, grid.potential, list(period.moving_trades)


def test_a_recall_restores_every_account_and_refunds_what_was_billed(world: World) -> None:
    world.sell("battery-a1", 1_000, 900)  # so that positions exist before
    world.buy("battery-a3", 2_000, 400)
    before = accounts(world)
    world.buy("battery-a3", 1_000, 5_000)
    (trade,) = world.trades()
    assert trade.dnut_micro_euro
    assert recall(world, trade.trade_id) == [""]
    assert accounts(world) == before
    (recalled,) = world.events("trade_recalled")
    assert (recalled.quantity_w, recalled.amount_micro_euro, recalled.dnut_refund_micro_euro) == (
        1_000, trade.amount_micro_euro, trade.dnut_micro_euro,
    )  # fmt: skip
    assert acted(world) == [("RECALL", OPERATOR, trade.trade_id, "clearly wrong")]
    # Billed + relief + revisions = change of the potential: nothing is billed any more, and the potential is back.
    grid = world.program_period().grid
    view = grid.view()
    assert view is not None
    assert potential(view.topology, view.parameters, view.point) == grid.potential == grid.potential_start
    assert grid.revision == 0
    world.drive.recovered()
    assert recall(world, trade.trade_id) == ["RECALL_WINDOW_OVER"]


def test_the_orders_of_a_recalled_trade_stay_as_filled_as_they_were(world: World) -> None:
    world.sell("house-b3", 1_000, 900)
    bid = order_of(world.buy("house-a1", 3_000, 1_000))
    assert recall(world, world.trades()[0].trade_id) == [""]
    order = world.drive.program._books[AREA].state.orders[bid.order_id]
    assert (order.filled_w, order.open_w) == (1_000, 2_000)
    assert len(world.trades()) == 1


def test_after_its_window_a_trade_stands(world: World) -> None:
    world.sell("house-b3", 1_000, 900)
    world.buy("house-a1", 1_000, 1_000)
    trade_id = world.trades()[0].trade_id
    world.tick(60_000)
    world.drive.recovered()
    assert trade_id in world.program_period().recallable
    world.tick(1)
    assert not world.program_period().recallable
    assert recall(world, trade_id) == ["RECALL_WINDOW_OVER"]


def test_a_trade_of_a_closed_book_stands(world: World) -> None:
    world.tick((NOON - 7_200) * 1_000 - world.clock_ms - 1_000)
    world.sell("house-b3", 1_000, 900)
    world.buy("house-a1", 1_000, 1_000)
    world.tick(1_000)
    assert recall(world, world.trades()[0].trade_id) == ["PHASE_NOT_ALLOWED"]


def test_a_trade_with_an_operators_request_was_activated_and_stands(world: World) -> None:
    world.lights(2)
    world.tick()
    world.sell("battery-a3", 1_000, 900, product=pb.PRODUCT_FLEX_UP)
    world.request("bar-a1", 1_000, 5_000)
    assert recall(world, world.trades()[0].trade_id) == ["RECALL_WINDOW_OVER"]
    assert not world.program_period().recallable


def test_a_recall_that_the_grid_does_not_take_is_refused() -> None:
    """Somebody traded on the room that the trade made: taking it back would overload the cable."""
    rules = {"recall_window_s": 60, "either_side_missing": False, "reliability_permille": 1_000}
    world = with_operator(World(market_changes=rules).ready())
    # Street a: more consumption first makes room for what a3 feeds in after it.
    world.buy("battery-a3", 20_000, 5_000)
    world.sell("battery-b3", 20_000, 0)
    (first,) = world.trades()
    world.buy("battery-b2", 50_000, 5_000)
    world.sell("battery-a2", 50_000, 0)
    second = world.trades()[1:]
    assert second
    assert recall(world, first.trade_id) == ["GRID_LIMIT_EXCEEDED"]
    assert recall(world, second[0].trade_id) == [""]
    assert recall(world, first.trade_id) == [""]
    world.drive.recovered()


# --- parameters at the next phase


def test_parameters_may_take_effect_at_the_next_phase_of_each_book(world: World) -> None:
    changed = market(
        ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, min_quantity_w=5_000, at_next_phase=True, recall_window_s=60
    )
    world.entity("market", ENERGY, changed)
    world.drive.recovered()
    assert code(world.sell("house-b3", 1_000, 900)) == ""
    operate(world, halt_books=halt())
    operate(world, resume_books=resume())
    assert code(world.sell("house-b3", 1_000, 900)) == "QUANTITY_OUT_OF_RANGE"
    later = mtu_message(LATER)
    assert code(world.sell("house-b3", 1_000, 900, mtu=later)) == ""
    state = world.drive.program._books[AREA].state
    assert state.market_of(ENERGY, Mtu(LATER, 900)).min_quantity_w == 100
    changed.at_next_phase = False
    world.entity("market", ENERGY, changed)
    assert code(world.sell("house-b3", 1_000, 900, mtu=later)) == "QUANTITY_OUT_OF_RANGE"
