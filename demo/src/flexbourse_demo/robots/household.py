"""Homes sell the sun they do not use and buy a neighbour's instead of the contract's; both SCHEDULED energy.

Each home offers the larger part of its forecast on the day before and the rest when it knows more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flexbourse_demo.modelled.loads import DayModel, Watts
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S, MarketDay
from flexbourse_demo.modelled.seeds import stream
from flexbourse_demo.modelled.village import DeviceKind, Home
from flexbourse_demo.robots.base import FEED_IN_CENT, Desk, Moment, supplier_cent
from flexbourse_demo.robots.market_view import Action, MarketView, Product, Side

EARLY_SHARE = 0.6
BELOW_SUPPLIER_CENT = 0.5  # a neighbour's energy is to be cheaper than the supplier's

# The home's newest forecast at a time, injection in W per period of the day.
HomeForecast = Callable[[int], Watts]


@dataclass(frozen=True, slots=True)
class HouseholdTerms:
    """When a home trades and at what prices: the larger part early, the rest late and nearer to its limit.

    ``early_s`` and ``late_s`` hold a time per period, not falling; prices are ct/kWh, ``ceiling_cent`` what it pays at
    most in each period.
    """

    early_s: Sequence[int]
    late_s: Sequence[int]
    first_bid: float
    last_bid: float
    first_ask: float
    last_ask: float
    ceiling_cent: Sequence[float]


def terms_from(
    day: MarketDay, early_s: int, lead_s: int, bids: tuple[float, float], asks: tuple[float, float],
    ceiling_cent: Sequence[float],
) -> HouseholdTerms:  # fmt: skip
    """Return terms with one early time for all periods and a late time so long before each gate."""
    early = [min(early_s, day.gate_s(i) - MTU_LENGTH_S) for i in range(day.count)]
    late = [max(early[i] + MTU_LENGTH_S, day.gate_s(i) - lead_s) for i in range(day.count)]
    return HouseholdTerms(early, late, *bids, *asks, ceiling_cent)


def household_robot(home: Home, model: DayModel) -> HouseholdRobot:
    """Return the robot of a home of the village; the seed draws its terms."""
    name = home.unit(DeviceKind.HOUSEHOLD)
    draw = stream(model.village.seed, "robot", name)
    early_s = model.day.opening_s + MTU_LENGTH_S * int(draw.integers(1, 17))
    lead_s = MTU_LENGTH_S * int(draw.integers(4, 14))
    bids = (float(draw.uniform(9.5, 16.0)), float(draw.uniform(18.0, 27.0)))
    asks = (float(draw.uniform(14.0, 22.0)), float(draw.uniform(9.0, 13.0)))
    ceiling = [float(cent) - BELOW_SUPPLIER_CENT for cent in supplier_cent(model)]
    terms = terms_from(model.day, early_s, lead_s, bids, asks, ceiling)
    desk = Desk(name, home.aggregator_id, name)
    return HouseholdRobot(desk, model.day, lambda now_s: model.home_forecast(home, now_s), terms)


class HouseholdRobot:
    """Trades a home's own use and sun."""

    def __init__(self, desk: Desk, day: MarketDay, forecast: HomeForecast, terms: HouseholdTerms) -> None:
        self.robot_id = desk.robot_id
        self.party = desk.party
        self._desk = desk
        self._day = day
        self._forecast = forecast
        self._terms = terms
        self._base_w: dict[int, int] = {}
        self._done = {"early": 0, "late": 0}
        self._to_place: list[int] = []

    def decide(self, moment: Moment, view: MarketView) -> list[Action]:
        """Place the early part of every open period once, and later the rest at a price nearer to the limit."""
        first, count = self._day.first_open(moment.now_s), self._day.count
        terms = self._terms
        due_early = [i for i in range(max(first, self._done["early"]), count) if terms.early_s[i] <= moment.now_s]
        due_late = [i for i in range(max(first, self._done["late"]), count) if terms.late_s[i] <= moment.now_s]
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
        forecast = self._forecast(moment.now_s)
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
            cent = max(self._terms.first_ask if early else self._terms.last_ask, FEED_IN_CENT + 0.5)
            return self._desk.place(Product.LOCAL_ENERGY, Side.SELL, index, quantity_w, cent, tag=tag)
        cent = min(self._terms.first_bid if early else self._terms.last_bid, self._terms.ceiling_cent[index])
        return self._desk.place(Product.LOCAL_ENERGY, Side.BUY, index, quantity_w, cent, tag=tag)
