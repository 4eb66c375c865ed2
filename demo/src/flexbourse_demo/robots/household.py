"""Homes sell the sun they do not use and buy a neighbour's instead of the contract's; both SCHEDULED energy.

Each home offers the larger part of its forecast on the day before and the rest when it knows more.
"""

from __future__ import annotations

from flexbourse_demo.loads import DayModel
from flexbourse_demo.market_view import Action, MarketView, Product, Side
from flexbourse_demo.robots.base import FEED_IN_CENT, Desk, Moment, supplier_cent
from flexbourse_demo.seeds import stream
from flexbourse_demo.village import DeviceKind, Home

EARLY_SHARE = 0.6
BELOW_SUPPLIER_CENT = 0.5  # a neighbour's energy is to be cheaper than the supplier's


class HouseholdRobot:
    """Trades the home's own use and sun."""

    def __init__(self, home: Home, model: DayModel) -> None:
        self.robot_id = home.unit(DeviceKind.HOUSEHOLD)
        self.party = home.aggregator_id
        self._desk = Desk(self.robot_id, self.party, self.robot_id)
        self._home = home
        self._model = model
        day = model.day
        draw = stream(model.village.seed, "robot", self.robot_id)
        early = day.opening_s + 900 * int(draw.integers(1, 17))
        lead = 900 * int(draw.integers(4, 14))
        self._early_s = [min(early, day.gate_s(i) - 900) for i in range(day.count)]
        self._late_s = [max(self._early_s[i] + 900, day.gate_s(i) - lead) for i in range(day.count)]
        self._first_bid = float(draw.uniform(9.5, 16.0))
        self._last_bid = float(draw.uniform(18.0, 27.0))
        self._first_ask = float(draw.uniform(14.0, 22.0))
        self._last_ask = float(draw.uniform(9.0, 13.0))
        self._supplier = supplier_cent(model)
        self._base_w: dict[int, int] = {}
        self._done = {"early": 0, "late": 0}
        self._to_place: list[int] = []

    def decide(self, moment: Moment, view: MarketView) -> list[Action]:
        """Place the early part of every open period once, and later the rest at a price nearer to the limit."""
        first = self._model.day.first_open(moment.now_s)
        due_early = [i for i in range(max(first, self._done["early"]), self._model.day.count)
                     if self._early_s[i] <= moment.now_s]  # fmt: skip
        due_late = [i for i in range(max(first, self._done["late"]), self._model.day.count)
                    if self._late_s[i] <= moment.now_s]  # fmt: skip
        actions: list[Action] = []
        if due_early:
            actions += self._early(due_early, moment)
            self._done["early"] = due_early[-1] + 1
        if self._to_place:
            actions += self._late([i for i in self._to_place if i >= first], view)
            self._to_place = []
        if due_late:
            actions += self._withdraw(due_late, view)
            self._done["late"] = due_late[-1] + 1
            self._to_place = due_late
        return actions

    def _early(self, periods: list[int], moment: Moment) -> list[Action]:
        forecast = self._model.home_forecast(self._home, moment.now_s)
        actions: list[Action] = []
        for index in periods:
            self._base_w[index] = base = int(forecast[index])
            actions += self._order(index, int(abs(base) * EARLY_SHARE), base > 0, "1", early=True)
        return actions

    def _withdraw(self, periods: list[int], view: MarketView) -> list[Action]:
        """Take back what rests; how much of it was filled until then shows in the next step."""
        return self._desk.cancel(o for o in view.orders_of(self.robot_id) if o.placed.index in periods)

    def _late(self, periods: list[int], view: MarketView) -> list[Action]:
        filled = dict.fromkeys(periods, 0)
        for order in view.orders_of(self.robot_id):
            if order.placed.index in filled:
                filled[order.placed.index] += order.filled_w
        actions: list[Action] = []
        for index in periods:
            base = self._base_w.get(index, 0)
            actions += self._order(index, abs(base) - filled[index], base > 0, "2", early=False)
        return actions

    def _order(self, index: int, quantity_w: int, sells: bool, tag: str, *, early: bool) -> list[Action]:
        if sells:
            cent = max(self._first_ask if early else self._last_ask, FEED_IN_CENT + 0.5)
            return self._desk.place(Product.LOCAL_ENERGY, Side.SELL, index, quantity_w, cent, tag=tag)
        below_supplier = float(self._supplier[index]) - BELOW_SUPPLIER_CENT
        cent = min(self._first_bid if early else self._last_bid, below_supplier)
        return self._desk.place(Product.LOCAL_ENERGY, Side.BUY, index, quantity_w, cent, tag=tag)
