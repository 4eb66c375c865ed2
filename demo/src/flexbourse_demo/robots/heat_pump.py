"""A heat pump can pause for a while: it sells the pause as relief where its street is amber, and heats later."""

from __future__ import annotations

from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.seeds import stream
from flexbourse_demo.modelled.village import DeviceKind, Home
from flexbourse_demo.robots.base import Desk, Moment, supplier_cent
from flexbourse_demo.robots.market_view import Action, Light, MarketView, Product, Side

PAUSE_SHARE = 0.5
LONGEST_PAUSES = 6  # quarter-hours of the day that a home accepts to be colder
CATCH_UP_PERIODS = 6  # it heats again this much later
CATCH_UP_CENT = 8.0  # what it pays above the supplier's price to be warm again
RELIEF_LEAD_S = 5 * 3600


class HeatPumpRobot:
    """Sells pauses of one heat pump."""

    def __init__(self, home: Home, model: DayModel) -> None:
        self.robot_id = home.unit(DeviceKind.HEAT_PUMP)
        self.party = home.aggregator_id
        self._desk = Desk(self.robot_id, self.party, self.robot_id)
        self._feeder = home.feeder_id
        self._model = model
        self._cent = float(stream(model.village.seed, "robot", self.robot_id).uniform(12.0, 19.0))
        self._supplier = supplier_cent(model)
        self._offered: set[int] = set()
        self._caught_up: set[int] = set()

    def decide(self, moment: Moment, view: MarketView) -> list[Action]:
        """Offer pauses in amber periods that are near; buy the heat back after a pause was sold."""
        return self._offer(moment, view) + self._catch_up(moment, view)

    def _offer(self, moment: Moment, view: MarketView) -> list[Action]:
        first = self._model.day.first_open(moment.now_s)
        last = self._model.day.first_open(moment.now_s + RELIEF_LEAD_S)
        known = self._model.forecast_at(moment.now_s).median_w[self.robot_id]
        actions: list[Action] = []
        for index in range(first, last):
            if len(self._offered) >= LONGEST_PAUSES:
                break
            if index in self._offered or view.light(self._feeder, index).light is not Light.AMBER:
                continue
            self._offered.add(index)
            power = int(-known[index] * PAUSE_SHARE)
            actions += self._desk.place(Product.FLEX_UP, Side.SELL, index, power, self._cent, tag="f")
        return actions

    def _catch_up(self, moment: Moment, view: MarketView) -> list[Action]:
        first = self._model.day.first_open(moment.now_s)
        actions: list[Action] = []
        for order in view.orders_of(self.robot_id):
            index = order.placed.index
            later = index + CATCH_UP_PERIODS
            sold = order.placed.side is Side.SELL and order.filled_w > 0
            if not sold or index in self._caught_up or not first <= later < self._model.day.count:
                continue
            self._caught_up.add(index)
            cent = float(self._supplier[later]) + CATCH_UP_CENT
            actions += self._desk.place(
                Product.LOCAL_ENERGY, Side.BUY, later, order.filled_w, cent, tag="c", rests=False
            )
        return actions
