"""The driver's memory: what was observed is kept, and folds to the same view again."""

import pytest
from village_fixtures import kerber_day

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.driving.feeds import marker_id
from flexbourse_demo.driving.fold import MarketFold, pack
from flexbourse_demo.driving.notebook import Notebook, NotebookError, Observation, claim, holds_a_day
from flexbourse_demo.driving.translate import mtu
from flexbourse_demo.robots.market_view import Light, OrderState, PlaceOrder, Product, Side


def placed(key: str, party: str, side: Side, quantity_w: int = 1_000) -> PlaceOrder:
    unit = key.partition(":")[0]
    return PlaceOrder(unit, party, key, unit, Product.LOCAL_ENERGY, side, 40, quantity_w, 20_000)


def folded() -> MarketFold:
    fold = MarketFold(kerber_day().day, ("bus-0",))
    fold.placed(placed("h-1-1.household:40:1", "alder-energy", Side.SELL))
    fold.placed(placed("h-3-2.vehicle:40:1", "beacon-power", Side.BUY))
    return fold


def observed(**events: list[book.OrderEvent]) -> Observation:
    packed = {party.replace("_", "-"): [pack(e.SerializeToString()) for e in found] for party, found in events.items()}
    return Observation(events=packed)


def trade(*, seller_sees: bool) -> book.OrderEvent:
    """A match as one of its parties sees it: the other side without names."""
    seller = book.MatchSide(basis=book.BASIS_SCHEDULED, node_id="bus-3")
    buyer = book.MatchSide(basis=book.BASIS_DEVIATION, node_id="bus-41", moved_w=-600)
    side, key, unit = (
        (seller, "h-1-1.household:40:1", "h-1-1.household")
        if seller_sees
        else (buyer, "h-3-2.vehicle:40:1", "h-3-2.vehicle")
    )
    side.client_order_id, side.unit_id, side.filled_w, side.open_w = key, unit, 600, 400
    match = book.TradeExecuted(
        trade_id="village.1.1", product=book.PRODUCT_LOCAL_ENERGY, mtu=mtu(kerber_day().day, 40), quantity_w=600,
        price_ticks=20_000, amount_micro_euro=30_000, seller=seller, buyer=buyer, buyer_is_aggressor=True,
    )  # fmt: skip
    return book.OrderEvent(trade=match)


def test_both_parties_reports_make_one_whole_trade():
    fold = folded()
    fold.take(0, observed(alder_energy=[trade(seller_sees=True)], beacon_power=[trade(seller_sees=False)]))
    (note,) = fold.notes.trades
    assert (note.seller_unit, note.buyer_unit) == ("h-1-1.household", "h-3-2.vehicle")
    assert (note.seller_moves, note.buyer_moves) == (False, True)
    assert fold.view.orders["h-3-2.vehicle:40:1"].filled_w == 600
    assert fold.view.orders["h-1-1.household:40:1"].open_w == 400


def test_a_killed_order_carries_its_reason():
    fold = folded()
    rejection = common_pb2.Rejection(code="GRID_LIMIT_EXCEEDED", element="line-36", value=104_000, limit=100_000)
    rejection.next_best.quantity_w = 4_200
    rejection.next_best.next_mtu.start_s = kerber_day().day.mtu_start_s(86)
    closed = book.OrderClosed(
        client_order_id="h-3-2.vehicle:40:1", status=book.ORDER_STATUS_KILLED, open_w=1_000, rejection=rejection
    )
    fold.take(7, observed(beacon_power=[book.OrderEvent(closed=closed)]))
    (note,) = fold.notes.refusals
    assert (note.refusal.value, note.refusal.fits_w, note.refusal.next_index) == (104_000, 4_200, 86)
    assert fold.view.orders["h-3-2.vehicle:40:1"].state is OrderState.CLOSED
    assert fold.notes.refused_wh() == 250


def test_markers_are_no_refusals():
    fold = folded()
    marker = book.OrderRefused(order_id=marker_id(9), rejection=common_pb2.Rejection(code="UNKNOWN_ORDER"))
    fold.take(0, observed(alder_energy=[book.OrderEvent(refused=marker)]))
    assert fold.notes.refusals == []


def test_lights_and_tariffs_are_kept_until_they_change():
    fold, day = folded(), kerber_day().day
    state = light.LightState(zone_id="feeder-3", mtu=mtu(day, 80), light=light.LIGHT_AMBER)
    fold.take(0, Observation(lights=[pack(state.SerializeToString())], tariffs={"80": [-700]}))
    fold.take(1, Observation())
    assert fold.view.light("feeder-3", 80).light is Light.AMBER
    assert fold.view.light("feeder-3", 81).light is Light.UNKNOWN
    assert fold.view.nodal_ticks[80] == {"bus-0": -700}


def test_notebook_returns_what_it_was_given(tmp_path):
    notebook = Notebook(tmp_path, {"seed": 1})
    written = observed(alder_energy=[trade(seller_sees=True)])
    notebook.write(7, written)
    notebook.close()
    again = Notebook(tmp_path, {"seed": 1})
    assert again.read(7) == written
    assert again.read(8) is None
    again.close()


def test_a_folder_is_a_demo_s_once_it_is_claimed(tmp_path):
    assert not holds_a_day(tmp_path)
    claim(tmp_path)
    assert holds_a_day(tmp_path)


def test_notebook_of_another_day_is_refused(tmp_path):
    Notebook(tmp_path, {"seed": 1, "date": "2026-02-26"}).close()
    with pytest.raises(NotebookError, match="seed was 1"):
        Notebook(tmp_path, {"seed": 2, "date": "2026-02-26"})
