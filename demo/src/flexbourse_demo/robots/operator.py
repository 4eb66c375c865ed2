"""The network operator asks for relief where a light is amber and the gate is near: as much as brings the element
back to the amber threshold, for at most its price, again if it gets less than it asked for.
"""

from __future__ import annotations

from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.seeds import stream
from flexbourse_demo.modelled.village import OPERATOR_ID, Street
from flexbourse_demo.robots.base import Desk, Moment
from flexbourse_demo.robots.market_view import Action, Light, MarketView, Product, Side

RELIEF_LEAD_S = 4 * 3600
AMBER_MPCT = 80_000
LARGEST_REQUEST_W = 60_000


class OperatorRobot:
    """Buys relief for the streets of the village."""

    def __init__(self, model: DayModel, rating_w: dict[str, int]) -> None:
        """Take the rated power of every element of the grid, by element id."""
        self.robot_id = OPERATOR_ID
        self.party = OPERATOR_ID
        self._desk = Desk(self.robot_id, self.party, "")
        self._model = model
        self._rating_w = rating_w
        self._cent = float(stream(model.village.seed, "robot", self.robot_id).uniform(16.0, 20.0))
        self._asked: set[tuple[str, int]] = set()

    def decide(self, moment: Moment, view: MarketView) -> list[Action]:
        """Ask once for each amber period of each street."""
        first = self._model.day.first_open(moment.now_s)
        last = self._model.day.first_open(moment.now_s + RELIEF_LEAD_S)
        return [
            action
            for street in self._model.village.streets
            for index in range(first, last)
            for action in self._ask(street, index, view)
        ]

    def _ask(self, street: Street, index: int, view: MarketView) -> list[Action]:
        light = view.light(street.feeder_id, index)
        wanted = (street.feeder_id, index)
        if light.light is not Light.AMBER or light.kind != "loading" or wanted in self._asked:
            return []
        self._asked.add(wanted)
        excess_mpct = max(light.value - AMBER_MPCT, 0)
        need_w = min(self._rating_w.get(light.element_id, 0) * excess_mpct // 100_000, LARGEST_REQUEST_W)
        tag = street.feeder_id
        return self._desk.place(
            Product.FLEX_UP, Side.BUY, index, need_w, self._cent, tag=tag, element_id=light.element_id
        )
