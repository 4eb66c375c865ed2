"""Quotes for every node in one call: near what each viewer's own exact view says, and honest about the budget."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from book_views import view_of
from book_world import AREA, BRP, ENERGY, FLAT, FLEX, NOON, World, mtu_message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import quotes_pb2 as wire
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.nodal import SolveError
from flexbourse_orderbook import quote_api, viewer_quotes
from flexbourse_orderbook.quote_api import QuoteServicer
from flexbourse_orderbook.view import OrderBookView


class RefusedCallError(Exception):
    """A call was refused, with these rules."""

    def __init__(self, rejections: tuple[Rejection, ...]) -> None:
        super().__init__(rejections)
        self.rejections = rejections


class Calls:
    """Stands for the process: one view, no waiting."""

    def __init__(self, view: OrderBookView) -> None:
        self._view = view

    def view(self, _kind: type[OrderBookView]) -> OrderBookView:
        return self._view

    async def wait_for(self, _rpc: object, _position: common_pb2.LogPosition) -> None:
        return None


@pytest.fixture(autouse=True)
def refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_rpc: object, *rejections: Rejection) -> None:
        raise RefusedCallError(rejections)

    monkeypatch.setattr(quote_api, "refuse", refuse)


def request(**changes: Any) -> wire.GetQuotesRequest:
    fields: dict[str, Any] = {
        "area_id": AREA, "market_id": ENERGY, "product": pb.PRODUCT_LOCAL_ENERGY, "mtu": mtu_message(NOON),
        "quantity_w": 2_000, "depth": 25,
    }  # fmt: skip
    return wire.GetQuotesRequest(**{**fields, **changes})


def quotes(view: OrderBookView, **changes: Any) -> wire.GetQuotesResponse:
    return asyncio.run(QuoteServicer(Calls(view)).GetQuotes(request(**changes), None))


def table(view: OrderBookView, **changes: Any) -> wire.GetTariffTableResponse:
    asked = wire.GetTariffTableRequest(area_id=AREA, **changes)
    return asyncio.run(QuoteServicer(Calls(view)).GetTariffTable(asked, None))


def exact(view: OrderBookView, node: str, quantity_w: int = 2_000, **changes: Any) -> pb.GetBookResponse:
    fields: dict[str, Any] = {"area_id": AREA, "market_id": ENERGY, "product": pb.PRODUCT_LOCAL_ENERGY}
    fields |= changes
    return view.book(pb.GetBookRequest(mtu=mtu_message(NOON), node_id=node, quantity_w=quantity_w, **fields))


def traded() -> World:
    """Return a world with both sides in the book and one match done."""
    world = World().ready()
    world.sell("battery-b3", 5_000, 1_000)
    world.buy("battery-a1", 2_000, 4_000)
    world.sell("house-a3", 2_000, 4_900)
    world.sell("battery-a2", 4_000, 5_000)
    world.buy("battery-b1", 3_000, -3_000)
    world.buy("battery-a3", 3_000, -2_900)
    return world


def test_every_node_is_told_what_its_own_exact_view_says() -> None:
    world = traded()
    view = view_of(world)
    answer = quotes(view)
    assert [viewer.node_id for viewer in answer.viewers] == list(world.topology.node_ids)
    assert (answer.operating_point_sequence, answer.tariff_version, answer.topology_version) == (1, 1, 1)
    assert answer.open
    costs = set()
    for viewer in answer.viewers:
        own = exact(view, viewer.node_id)
        for quoted, entries in ((viewer.asks, own.asks), (viewer.bids, own.bids)):
            by_sequence = {entry.sequence: entry for entry in entries}
            assert {quote.sequence for quote in quoted} == set(by_sequence)
            for quote in quoted:
                entry = by_sequence[quote.sequence]
                assert (quote.node_id, quote.open_w, quote.price_ticks) == (
                    entry.node_id, entry.open_w, entry.price_ticks,
                )  # fmt: skip
                assert quote.quantity_w == 2_000
                away = entry.availability_ticks - entry.price_ticks
                assert abs(quote.availability_ticks - entry.availability_ticks) <= 1
                costs.add(away)
    assert max(costs) > 50  # the comparison says something
    assert min(costs) < -50


def test_the_best_comes_first_and_depth_is_kept() -> None:
    view = view_of(traded())
    deep, best = quotes(view), quotes(view, depth=1)
    for all_of, one in zip(deep.viewers, best.viewers, strict=True):
        asks = [quote.availability_ticks for quote in all_of.asks]
        bids = [quote.availability_ticks for quote in all_of.bids]
        assert asks == sorted(asks)
        assert bids == sorted(bids, reverse=True)
        assert list(one.asks) == list(all_of.asks)[:1]
        assert list(one.bids) == list(all_of.bids)[:1]
    assert len(deep.viewers[2].asks) == 3
    assert list(quotes(view, depth=0).viewers) == list(best.viewers)


def test_some_viewers_in_the_order_asked_for_and_no_more_than_is_open() -> None:
    view = view_of(traded())
    few = quotes(view, viewer_node_ids=["b2", "a1"], quantity_w=50_000)
    assert [viewer.node_id for viewer in few.viewers] == ["b2", "a1"]
    assert {quote.quantity_w for quote in few.viewers[0].asks} == {3_000, 2_000, 4_000}
    assert all(quote.quantity_w == quote.open_w for quote in few.viewers[0].asks)


def test_down_is_the_other_way_round_and_an_operators_request_has_no_tariff() -> None:
    world = World().ready()
    world.lights(light.LIGHT_AMBER)
    world.tick()
    down = {"product": pb.PRODUCT_FLEX_DOWN}
    world.sell("battery-b3", 3_000, 1_000, **down)
    wish = world.order(pb.SIDE_BUY, "", 1_000, -9_000, metering_point_id="mp-house-a1", **down)
    world.submit(wish, party=BRP)
    world.request("bar-a1", 1_000, 500, product=pb.PRODUCT_FLEX_UP)
    view = view_of(world)
    answer = quotes(view, market_id=FLEX, product=pb.PRODUCT_FLEX_DOWN)
    for viewer in answer.viewers:
        own = exact(view, viewer.node_id, market_id=FLEX, product=pb.PRODUCT_FLEX_DOWN)
        for quoted, entries in ((viewer.asks, own.asks), (viewer.bids, own.bids)):
            if viewer.node_id == "a3" and quoted:
                assert quoted[0].availability_ticks != quoted[0].price_ticks
            assert [quote.availability_ticks for quote in quoted] == pytest.approx(
                [entry.availability_ticks for entry in entries], abs=5
            )
    (bid,) = {
        (bid.price_ticks, bid.availability_ticks, bid.slope_milliticks_per_kw, bid.dnut_unfunded)
        for viewer in quotes(view, market_id=FLEX, product=pb.PRODUCT_FLEX_UP).viewers
        for bid in viewer.bids
    }
    assert bid == (500, 500, 0, False)


@pytest.mark.parametrize("surplus_w", [27_000, -26_000])
def test_a_cable_that_the_quantity_itself_fills_is_priced_for_its_direction(surplus_w: int) -> None:
    """One direction of the trade comes into amber, the other leaves it alone: quotes know which."""
    world = World().ready()
    world.publish_period(NOON, 2, [surplus_w if name == "a2" else 0 for name in world.topology.node_ids])
    world.tick()
    world.sell("battery-b2", 8_000, 5_000)
    world.buy("battery-b3", 8_000, -4_000)
    view = view_of(world)
    grown = set()
    for viewer in quotes(view, quantity_w=8_000).viewers:
        own = exact(view, viewer.node_id, 8_000)
        for (quote,), (entry,) in ((viewer.asks, own.asks), (viewer.bids, own.bids)):
            away = entry.availability_ticks - entry.price_ticks
            assert abs(quote.availability_ticks - entry.availability_ticks) <= 10 + abs(away) // 10
            grown.add(abs(away))
    assert max(grown) > 200
    assert min(grown) < 30
    (only,) = table(view, node_id="b3", quantity_w=8_000, to_s=NOON + 1).tables
    (period,), counter = only.periods, list(only.node_ids).index("b3")
    for place, viewer in enumerate(quotes(view, quantity_w=8_000).viewers):
        (bid,) = viewer.bids  # of b3, which would draw what the viewer injects
        away = period.nodal_ticks[place] - period.nodal_ticks[counter]
        dnut = away + period.slope_injecting_milliticks_per_kw[place] * 8 / 1_000
        assert dnut == pytest.approx(bid.price_ticks - bid.availability_ticks, abs=2)


def test_what_cannot_be_answered_is_refused_with_every_reason() -> None:
    view = view_of(traded())
    with pytest.raises(RefusedCallError) as refused:
        quotes(view, viewer_node_ids=["b2", "nowhere", "elsewhere", "nowhere"], depth=26)
    assert [(r.code, r.field, r.element) for r in refused.value.rejections] == [
        (Code.FIELD_OUT_OF_RANGE, "depth", ""),
        (Code.UNKNOWN_OBJECT, "viewer_node_ids", "nowhere"),
        (Code.UNKNOWN_OBJECT, "viewer_node_ids", "elsewhere"),
    ]
    with pytest.raises(RefusedCallError, match="TOO_MANY_ENTRIES"):
        quotes(view, viewer_node_ids=["b2"] * 401)
    with pytest.raises(RefusedCallError, match="nowhere"):
        table(view, node_id="nowhere")


def test_a_period_whose_grid_is_not_known_has_no_quotes() -> None:
    view = view_of(traded())
    answer = quotes(view, mtu=mtu_message(NOON + 8 * 900))
    assert not answer.viewers
    assert answer.operating_point_sequence == answer.topology_version == 0
    assert not table(view, from_s=NOON + 8 * 900).tables


def test_the_budget_that_would_refuse_is_said_with_each_quote() -> None:
    """Street a has a surplus and street b a deficit: selling from b to a relieves, and the operator pays."""

    def turned(**changes: object) -> World:
        world = World(market_changes=changes).ready()
        base = [{"a": 9_000, "b": -9_000}.get(name[0], 0) if len(name) == 2 else 0 for name in world.topology.node_ids]
        world.publish_period(NOON, 2, base)
        world.tick()
        return world

    def flags(world: World) -> dict[str, tuple[bool, bool]]:
        world.sell("battery-b3", 1_000, 90_000)
        view = view_of(world)
        estimated = {v.node_id: v.asks[0].dnut_unfunded for v in quotes(view).viewers}
        return {
            node: (unfunded, exact(view, node, 1_000).asks[0].dnut_unfunded) for node, unfunded in estimated.items()
        }

    assert set(flags(turned()).values()) == {(False, False)}
    nothing = flags(turned(dnut_budget_micro_euro=0))
    assert nothing["a1"] == nothing["a3"] == (True, True)
    assert nothing["b3"] == (False, False)

    def trade(world: World) -> int:
        world.sell("battery-b2", 1_000, 1_000)
        world.buy("battery-a2", 1_000, 2_000)
        (done,) = world.trades()
        return -int(done.dnut_micro_euro)

    spent = trade(turned())
    budget = spent * 3 // 2
    assert flags(turned(dnut_budget_micro_euro=budget))["a2"] == (False, False)
    world = turned(dnut_budget_micro_euro=budget)
    assert trade(world) == spent > 100
    assert flags(world)["a2"] == (True, True)


def test_the_table_prices_every_viewer_of_every_period() -> None:
    world = traded()
    view = view_of(world)
    answer = table(view, node_id="b3", quantity_w=2_000)
    (one,) = answer.tables
    assert answer.quantity_w == 2_000
    assert list(one.node_ids) == list(world.topology.node_ids)
    assert [period.mtu.start_s for period in one.periods] == [NOON, NOON + 900]
    assert [period.operating_point_sequence for period in one.periods] == [1, 0]
    assert one.periods[0].nodal_ticks != one.periods[1].nodal_ticks
    period, counter = one.periods[0], list(one.node_ids).index("b3")
    own = {viewer.node_id: viewer for viewer in quotes(view).viewers}
    for place, name in enumerate(one.node_ids):
        quote = next(ask for ask in own[name].asks if ask.node_id == "b3")
        away = period.nodal_ticks[counter] - period.nodal_ticks[place]
        price = away + period.slope_drawing_milliticks_per_kw[place] * 2 / 1_000
        assert price == pytest.approx(quote.availability_ticks - quote.price_ticks, abs=2)
        assert period.slope_injecting_milliticks_per_kw[place] >= 0
    only = table(view, node_id="b3", from_s=NOON + 900, to_s=NOON + 901).tables[0]
    assert [period.mtu.start_s for period in only.periods] == [NOON + 900]
    assert table(view).tables[0].periods[0].nodal_ticks[0] == 0


def test_a_period_at_voltage_collapse_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    view = view_of(traded())
    whole = table(view)
    work_out = viewer_quotes.tariff_table
    lost = whole.tables[0].periods[1].mtu.start_s

    def collapsing(topology: Any, parameters: Any, points: Any, *rest: Any) -> Any:
        if any(not np.array_equal(point.p_w, first) for point in points):
            raise SolveError("collapse")
        return work_out(topology, parameters, points, *rest)

    (period, _), *_ = view.quoted_periods(wire.GetTariffTableRequest(area_id=AREA, from_s=NOON))
    solved = view._solved(AREA, period)
    assert solved is not None
    first = solved.point.p_w
    monkeypatch.setattr(viewer_quotes, "tariff_table", collapsing)
    assert [p.mtu.start_s for p in table(view).tables[0].periods] == [NOON] != [lost]


def test_in_a_grid_that_costs_nothing_every_quote_is_the_limit() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 2_000, 1_000)
    answer = quotes(view_of(world))
    assert {(ask.availability_ticks, ask.slope_milliticks_per_kw) for v in answer.viewers for ask in v.asks} == {
        (1_000, 0)
    }


def test_what_the_tariff_puts_first_is_shown_although_many_ask_less() -> None:
    """25 asks at the far end of the full street are cheaper by their limits, one near the transformer is better."""
    world = World(market_changes={"quantity_step_w": 1, "min_quantity_w": 1}).ready()
    base = [-8_000 if len(name) == 2 else 0 for name in world.topology.node_ids]
    base[world.topology.node_index["a3"]] = 50_000  # street a feeds in to its limit: more from there costs most
    world.publish_period(NOON, 2, base)
    world.tick()
    for _ in range(25):
        world.sell("battery-a3", 100, 1_000)
    near = world.sell("battery-b2", 100, 1_010)
    assert not near.HasField("rejection")
    view = view_of(world)
    for entries in (exact(view, "b1", 100).asks, next(v.asks for v in quotes(view).viewers if v.node_id == "b1")):
        assert entries[0].node_id == "b2"
        assert len(entries) == 25
        assert entries[1].availability_ticks > entries[0].availability_ticks + 500
    assert {entry.node_id for entry in exact(view, "").asks} == {"a3"}
