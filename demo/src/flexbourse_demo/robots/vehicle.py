"""A car needs its energy by departure and buys it where it is cheapest: the price at the substation, plus the
published network tariff to its own street, plus what waiting is worth to its owner.

What the grid refuses it takes elsewhere: at once the part that fits, later periods for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.seeds import stream
from flexbourse_demo.modelled.village import Charger, DeviceKind, Home
from flexbourse_demo.robots.base import Desk, Moment, supplier_cent
from flexbourse_demo.robots.market_view import TICKS_PER_CENT, Action, MarketView, OwnOrder, Product, Side
from flexbourse_demo.robots.supplier import STEPS_CENT

TARIFF_WATCHERS = 0.5  # of the cars plan with the published network tariff; the others learn from refusals
AVOID_FULL_S = 3600  # how long a car stays away from a period that the grid has refused


class VehicleRobot:
    """Plans and buys the charging of one car."""

    def __init__(self, home: Home, charger: Charger, model: DayModel) -> None:
        self.robot_id = home.unit(DeviceKind.VEHICLE)
        self.party = home.aggregator_id
        self._desk = Desk(self.robot_id, self.party, self.robot_id)
        self._node = home.node_id
        self._charger = charger
        self._model = model
        self._cent = supplier_cent(model)
        draw = stream(model.village.seed, "robot", self.robot_id)
        self._start_s = model.day.start_s + 900 * int(draw.integers(22, 36))
        self._every_s = 900 * int(draw.integers(2, 5))
        self._waiting_cent_per_h = float(draw.uniform(0.3, 1.6))
        self._watches_tariff = bool(draw.random() < TARIFF_WATCHERS)
        self._above_supplier_cent = float(draw.uniform(6.0, 14.0))  # what it pays more at a good hour
        self._worth_cent = float(draw.uniform(42.0, 70.0))  # what a public charger would cost
        self._window = range(charger.arrival_s // 900, min(charger.departure_s // 900, model.day.count))
        self._avoid_until: dict[int, int] = {}
        self._seen_refusals: set[str] = set()
        self._count = 0

    def decide(self, moment: Moment, view: MarketView) -> list[Action]:
        """Buy what is still missing in the periods that look cheapest now."""
        if moment.now_s < self._start_s or (moment.now_s - self._start_s) % self._every_s:
            return []
        mine = view.orders_of(self.robot_id)
        self._learn(mine, moment)
        bought, open_w = self._positions(mine)
        missing_w = self._charger.need_wh * 4 - sum(bought.values()) - sum(open_w.values())
        first = self._model.day.first_open(moment.now_s)
        periods = [i for i in self._window if i >= first]
        if missing_w < 200 or not periods:
            return []
        room = {i: self._charger.power_w - bought.get(i, 0) - open_w.get(i, 0) for i in periods}
        free = [i for i in periods if self._avoid_until.get(i, 0) <= moment.now_s and room[i] > 0]
        hurry = missing_w > 0.6 * sum(room.values())
        return self._buy(sorted(free, key=lambda i: (self._price(view, i), i)), room, missing_w, hurry)

    def _buy(self, periods: list[int], room: dict[int, int], missing_w: int, hurry: bool) -> list[Action]:
        actions: list[Action] = []
        for index in periods:
            quantity = min(room[index], missing_w)
            limit = self._worth_cent if hurry else float(self._cent[index]) + STEPS_CENT[-1] + self._above_supplier_cent
            self._count += 1
            order = self._desk.place(
                Product.LOCAL_ENERGY, Side.BUY, index, quantity, min(limit, self._worth_cent),
                tag=str(self._count), rests=False,
            )  # fmt: skip
            if not order:
                break
            actions += order
            missing_w -= quantity
        return actions

    def _price(self, view: MarketView, index: int) -> float:
        source = self._model.village.source_node
        tariff = view.tariff_ticks(index, self._node, source) / TICKS_PER_CENT if self._watches_tariff else 0.0
        hours_waited = (index - self._window.start) / 4.0
        return float(self._cent[index]) + tariff + self._waiting_cent_per_h * hours_waited

    def _learn(self, mine: Iterable[OwnOrder], moment: Moment) -> None:
        for order in mine:
            if order.refusal is not None and order.placed.client_order_id not in self._seen_refusals:
                self._seen_refusals.add(order.placed.client_order_id)
                self._avoid_until[order.placed.index] = moment.now_s + AVOID_FULL_S

    @staticmethod
    def _positions(mine: Iterable[OwnOrder]) -> tuple[dict[int, int], dict[int, int]]:
        """Return what was bought and what may still be bought, W per period."""
        bought: dict[int, int] = {}
        open_w: dict[int, int] = {}
        for order in mine:
            index = order.placed.index
            bought[index] = bought.get(index, 0) + order.filled_w
            if order.alive:
                open_w[index] = open_w.get(index, 0) + order.open_w
        return bought, open_w
