"""The robots, on a toy exchange: enough orders, within their means, and the same for the same seed."""

import re
from functools import cache

from toy_exchange import ToyExchange
from village_fixtures import kerber_day, kerber_topology

from flexbourse_demo.modelled.loads import EFFICIENCY, STORED_AT_START
from flexbourse_demo.modelled.village import DeviceKind
from flexbourse_demo.robots import Moment, build_crew
from flexbourse_demo.robots.market_view import CancelOrder, MarketView, OrderState, PlaceOrder, Product, Side


@cache
def traded(seed: int = 1, checked: bool = True) -> ToyExchange:
    exchange = ToyExchange(kerber_day(seed), kerber_topology(), checked=checked)
    exchange.run()
    return exchange


def test_a_day_has_at_least_ten_thousand_orders_with_names_of_their_own():
    orders = traded().view.orders
    assert len(orders) >= 10_000
    assert all(re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", key) for key in orders)
    assert all(key.startswith(order.placed.robot_id) for key, order in orders.items())


def test_same_seed_same_orders():
    again = ToyExchange(kerber_day(1), kerber_topology())
    again.run()
    assert [o.placed for o in again.view.orders.values()] == [o.placed for o in traded().view.orders.values()]


def test_orders_lie_on_the_market_s_steps_and_before_the_gate():
    for order in traded().view.orders.values():
        placed = order.placed
        assert placed.quantity_w % 10 == 0
        assert placed.quantity_w >= 50
        assert placed.price_ticks % 100 == 0
        assert 0 < placed.price_ticks <= 100_000


def test_a_household_never_trades_more_than_its_forecast():
    exchange = traded()
    sold: dict[tuple[str, int], int] = {}
    for order in exchange.view.orders.values():
        if order.placed.robot_id.endswith(DeviceKind.HOUSEHOLD):
            key = (order.placed.robot_id, order.placed.index)
            sold[key] = sold.get(key, 0) + order.filled_w
    model = exchange.model
    for (robot, index), quantity in sold.items():
        home = model.village.home(robot.partition(".")[0])
        known = [abs(int(model.home_forecast(home, f.published_s)[index])) for f in model.forecasts]
        assert quantity <= max(known)


def test_every_car_has_what_it_needs_and_no_more():
    exchange = traded()
    for home in exchange.model.village.homes:
        if home.charger:
            energy_wh = -int(exchange.moved[home.unit(DeviceKind.VEHICLE)].sum()) // 4
            assert home.charger.need_wh - 50 <= energy_wh <= home.charger.need_wh


def test_no_car_draws_more_than_its_charger_or_outside_its_stay():
    exchange = traded()
    for home in exchange.model.village.homes:
        if home.charger:
            series = exchange.moved[home.unit(DeviceKind.VEHICLE)]
            assert series.min() >= -home.charger.power_w
            assert not series[: home.charger.arrival_s // 900].any()


def test_no_battery_sells_what_it_does_not_have():
    exchange = traded()
    for home in exchange.model.village.homes:
        if DeviceKind.BATTERY in home.kinds():
            series = exchange.moved.get(home.unit(DeviceKind.BATTERY))
            if series is None:
                continue
            stored = home.battery.capacity_wh * STORED_AT_START
            for power in series:
                stored -= power / 4.0 * (EFFICIENCY if power < 0 else 1.0)
                assert -1.0 <= stored <= home.battery.capacity_wh * 1.01
            assert abs(series).max() <= home.battery.power_w


def test_relief_is_asked_and_sold_where_it_is_amber():
    orders = traded().view.orders.values()
    relief = [order for order in orders if order.placed.product is Product.FLEX_UP]
    assert any(order.placed.side is Side.BUY and order.filled_w for order in relief)
    assert all(order.placed.element_id for order in relief if order.placed.side is Side.BUY)


def test_a_robot_that_sees_the_same_decides_the_same():
    model = kerber_day(2)
    first, second = build_crew(model, {}), build_crew(model, {})
    view = MarketView()
    for step in range(8):
        moment = Moment(step, model.day.opening_s + 900 * step)
        for one, other in zip(first, second, strict=True):
            assert one.decide(moment, view) == other.decide(moment, view)


def test_a_refused_period_is_left_alone_for_an_hour():
    exchange = traded(2)
    refused = {placed.client_order_id: placed for placed, _ in exchange.refused if "vehicle" in placed.robot_id}
    assert refused
    for placed in refused.values():
        keys = exchange.view.of_robot[placed.robot_id]
        following = keys[keys.index(placed.client_order_id) + 1 :][:3]
        assert all(exchange.view.orders[key].placed.index != placed.index for key in following[:1])


def test_cancellations_name_orders_that_were_placed():
    model = kerber_day(1)
    crew, view = build_crew(model, {}), MarketView()
    for step in range(80):
        for robot in crew:
            for action in robot.decide(Moment(step, model.day.opening_s + 900 * step), view):
                if isinstance(action, PlaceOrder):
                    view.placed(action)
                    view.orders[action.client_order_id].state = OrderState.ACTIVE
                else:
                    assert isinstance(action, CancelOrder)
                    assert view.orders[action.client_order_id].placed.robot_id == robot.robot_id
                    view.orders[action.client_order_id].state = OrderState.CLOSED
