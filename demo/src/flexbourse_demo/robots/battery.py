"""A battery buys the neighbours' sun over noon, sells it in the evening, and gives relief where the light is amber."""

from __future__ import annotations

from flexbourse_demo.modelled.loads import EFFICIENCY, STORED_AT_START, DayModel
from flexbourse_demo.modelled.seeds import stream
from flexbourse_demo.modelled.village import Battery, DeviceKind, Home
from flexbourse_demo.robots.base import Desk, Moment, supplier_cent
from flexbourse_demo.robots.market_view import Action, Light, MarketView, Product, Side

FILL_HOURS = (9, 16)
EMPTY_HOURS = (17, 23)
RELIEF_LEAD_S = 5 * 3600


class BatteryRobot:
    """Trades one home battery."""

    def __init__(self, home: Home, battery: Battery, model: DayModel) -> None:
        self.robot_id = home.unit(DeviceKind.BATTERY)
        self.party = home.aggregator_id
        self._desk = Desk(self.robot_id, self.party, self.robot_id)
        self._battery = battery
        self._feeder = home.feeder_id
        self._model = model
        draw = stream(model.village.seed, "robot", self.robot_id)
        day = model.day
        self._buy_s = day.opening_s + 900 * int(draw.integers(1, 24))
        self._raise_s = day.start_s + 900 * int(draw.integers(20, 27))
        self._sell_s = day.start_s + 900 * int(draw.integers(52, 58))
        self._bid = float(draw.uniform(12.0, 16.0))
        self._last_bid = float(draw.uniform(16.0, 19.0))
        self._below_supplier = float(draw.uniform(1.0, 4.0))
        self._relief_cent = float(draw.uniform(11.0, 17.0))
        self._supplier = supplier_cent(model)
        self._relief_offered: set[int] = set()
        self._done: set[str] = set()

    def decide(self, moment: Moment, view: MarketView) -> list[Action]:
        """Buy, raise the bid, sell, offer relief: each when its time has come."""
        actions: list[Action] = []
        if moment.now_s >= self._buy_s and "buy" not in self._done:
            self._done.add("buy")
            actions += self._fill(moment, view, self._bid, "b")
        if moment.now_s >= self._raise_s and "raise" not in self._done:
            self._done.add("raise")
            actions += self._desk.cancel(view.orders_of(self.robot_id))
            actions += self._fill(moment, view, self._last_bid, "r")
        if moment.now_s >= self._sell_s and "sell" not in self._done:
            self._done.add("sell")
            return actions + self._empty(moment, view)  # what is left for relief shows in the next step
        return actions + self._relieve(moment, view)

    def _fill(self, moment: Moment, view: MarketView, cent: float, tag: str) -> list[Action]:
        periods = self._periods(FILL_HOURS, moment)
        bought_wh, _ = self._traded_wh(view)
        room_wh = self._battery.capacity_wh * (1.0 - STORED_AT_START) / EFFICIENCY - bought_wh
        if not periods:
            return []
        power = min(self._battery.power_w, int(room_wh * 4 / len(periods)))
        return [a for i in periods for a in self._desk.place(Product.LOCAL_ENERGY, Side.BUY, i, power, cent, tag=tag)]

    def _empty(self, moment: Moment, view: MarketView) -> list[Action]:
        """Sell the larger part of what is stored; the rest is kept for relief."""
        periods = self._periods(EMPTY_HOURS, moment)
        if not periods:
            return []
        promised, spare_wh = self._promised(view)
        power = int(0.7 * spare_wh * 4 / len(periods))
        return [
            action
            for i in periods
            for action in self._desk.place(
                Product.LOCAL_ENERGY,
                Side.SELL,
                i,
                min(power, self._battery.power_w - promised.get(i, 0)),
                float(self._supplier[i]) - self._below_supplier,
                tag="s",
            )
        ]

    def _relieve(self, moment: Moment, view: MarketView) -> list[Action]:
        first = self._model.day.first_open(moment.now_s)
        last = self._model.day.first_open(moment.now_s + RELIEF_LEAD_S)
        amber = [
            i for i in range(max(first, EMPTY_HOURS[0] * 4), last)
            if i not in self._relief_offered and view.light(self._feeder, i).light is Light.AMBER
        ]  # fmt: skip
        if not amber:
            return []
        promised, spare_wh = self._promised(view)
        actions: list[Action] = []
        for index in amber:
            self._relief_offered.add(index)
            power = min(self._battery.power_w - promised.get(index, 0), int(spare_wh * 4 / len(amber)))
            actions += self._desk.place(Product.FLEX_UP, Side.SELL, index, power, self._relief_cent, tag="f")
        return actions

    def _promised(self, view: MarketView) -> tuple[dict[int, int], float]:
        """Return the power sold or offered per period, and the energy that is stored and not yet offered."""
        promised: dict[int, int] = {}
        spare_wh = self._stored_wh(view)
        for order in view.orders_of(self.robot_id):
            if order.placed.side is Side.SELL:
                waiting = order.open_w if order.alive else 0
                spare_wh -= waiting / 4.0
                index = order.placed.index
                promised[index] = promised.get(index, 0) + order.filled_w + waiting
        return promised, spare_wh

    def _stored_wh(self, view: MarketView) -> float:
        """Return what is left to sell: stored at the start, plus what was bought, less what was sold."""
        bought, sold = self._traded_wh(view)
        return self._battery.capacity_wh * STORED_AT_START + EFFICIENCY * bought - sold

    def _traded_wh(self, view: MarketView) -> tuple[float, float]:
        """Return the energy bought and sold so far."""
        bought = sold = 0.0
        for order in view.orders_of(self.robot_id):
            if order.placed.side is Side.BUY:
                bought += order.filled_w / 4.0
            else:
                sold += order.filled_w / 4.0
        return bought, sold

    def _periods(self, hours: tuple[int, int], moment: Moment) -> list[int]:
        first = self._model.day.first_open(moment.now_s)
        return list(range(max(first, hours[0] * 4), min(hours[1] * 4, self._model.day.count)))
