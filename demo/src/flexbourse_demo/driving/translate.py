"""Between the robots' words and the platform's messages."""

from __future__ import annotations

import numpy as np

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.driving.notes import TradeNote
from flexbourse_demo.driving.scene import AREA_ID, MARKET_IDS
from flexbourse_demo.modelled.loads import DayModel, Forecast
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S, MarketDay
from flexbourse_demo.modelled.physics import reactive_var
from flexbourse_demo.robots.market_view import Light, PlaceOrder, Product, Refusal, Side, ZoneLight

PRODUCTS = {Product.LOCAL_ENERGY: book.PRODUCT_LOCAL_ENERGY, Product.FLEX_UP: book.PRODUCT_FLEX_UP}
PRODUCT_OF = {number: product for product, number in PRODUCTS.items()}
LIGHTS = {
    light.LIGHT_GREEN: Light.GREEN,
    light.LIGHT_AMBER: Light.AMBER,
    light.LIGHT_RED: Light.RED,
}


def mtu(day: MarketDay, index: int) -> common_pb2.Mtu:
    """Return a period of the day."""
    return common_pb2.Mtu(start_s=day.mtu_start_s(index), length_s=MTU_LENGTH_S)


def new_order(day: MarketDay, placed: PlaceOrder) -> book.NewOrder:
    """Return a robot's wish as an order."""
    return book.NewOrder(
        client_order_id=placed.client_order_id,
        market_id=MARKET_IDS[placed.product],
        product=PRODUCTS[placed.product],
        side=book.SIDE_BUY if placed.side is Side.BUY else book.SIDE_SELL,
        mtu=mtu(day, placed.index),
        unit_id=placed.unit_id,
        element_id=placed.element_id,
        quantity_w=placed.quantity_w,
        limit_price_ticks=placed.price_ticks,
        fill_rule=book.FILL_RULE_NORMAL if placed.rests else book.FILL_RULE_FILL_AND_KILL,
    )


def refusal_of(rejection: common_pb2.Rejection, day: MarketDay) -> Refusal:
    """Return why something was refused."""
    best = rejection.next_best
    return Refusal(
        code=rejection.code,
        rule=rejection.rule,
        element_id=rejection.element,
        value=rejection.value if rejection.HasField("value") else None,
        limit=rejection.limit if rejection.HasField("limit") else None,
        unit=rejection.unit,
        headroom_w=rejection.headroom_w if rejection.HasField("headroom_w") else None,
        fits_w=best.quantity_w if best.HasField("quantity_w") else None,
        next_index=day.index_of(best.next_mtu.start_s) if best.HasField("next_mtu") else None,
        nearest_node_id=best.nearest_node_id,
    )


def trade_note(trade: book.TradeExecuted, day: MarketDay) -> TradeNote:
    """Return a match as the driver notes it."""
    deviates = (book.BASIS_DEVIATION,)
    return TradeNote(
        trade_id=trade.trade_id,
        at_s=trade.executed_at_ms // 1000,
        index=day.index_of(trade.mtu.start_s),
        product=PRODUCT_OF[trade.product],
        quantity_w=trade.quantity_w,
        price_ticks=trade.price_ticks,
        amount_micro_euro=trade.amount_micro_euro,
        dnut_micro_euro=trade.dnut_micro_euro,
        seller_order=trade.seller.client_order_id,
        seller_unit=trade.seller.unit_id,
        seller_moves=trade.seller.basis in deviates,
        buyer_order=trade.buyer.client_order_id,
        buyer_unit=trade.buyer.unit_id,
        buyer_moves=trade.buyer.basis in deviates,
        buyer_is_aggressor=trade.buyer_is_aggressor,
    )


def zone_light(state: light.LightState) -> ZoneLight:
    """Return a published light."""
    return ZoneLight(
        light=LIGHTS.get(state.light, Light.UNKNOWN),
        element_id=state.cause.element_id,
        kind=state.cause.kind,
        value=state.cause.value,
        limit=state.cause.limit,
        headroom_down_w=state.headroom_down_w,
        headroom_up_w=state.headroom_up_w,
    )


def forecast_message(model: DayModel, forecast: Forecast) -> grid.SubmitForecast:
    """Return a forecast of every node and period of the day.

    The spread of a home is the root of the sum of squares of its devices' spreads.
    """
    village = model.village
    median = {h.home_id: np.sum([forecast.median_w[h.unit(k)] for k in h.kinds()], axis=0) for h in village.homes}
    spread = {
        h.home_id: np.sqrt(np.sum([forecast.spread_w[h.unit(k)].astype(float) ** 2 for k in h.kinds()], axis=0))
        for h in village.homes
    }
    periods = []
    for index in range(model.day.count):
        nodes = []
        for home in village.homes:
            p50, margin = int(median[home.home_id][index]), round(float(spread[home.home_id][index]))
            nodes.append(
                grid.NodeForecast(
                    node_id=home.node_id,
                    p50_w=p50,
                    q50_var=reactive_var(p50),
                    p95_consumption_w=p50 - margin,
                    p95_injection_w=p50 + margin,
                )
            )
        periods.append(grid.PeriodForecast(mtu=mtu(model.day, index), nodes=nodes))
    return grid.SubmitForecast(area_id=AREA_ID, periods=periods)
