"""The supplier offers every quarter-hour at its published price, delivered at the substation."""

from __future__ import annotations

from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.village import SUPPLIER_ID
from flexbourse_demo.robots.base import Desk, Moment, supplier_cent
from flexbourse_demo.robots.market_view import Action, MarketView, Product, Side

SUPPLIER_UNIT_ID = "village-supply.substation"
SUPPLIER_POWER_W = 400_000
STEPS_CENT = (0.0, 0.3, 0.8)  # the more is bought, the dearer


class SupplierRobot:
    """Three offers for each period, placed when the books open."""

    def __init__(self, model: DayModel) -> None:
        self.robot_id = SUPPLIER_UNIT_ID
        self.party = SUPPLIER_ID
        self._desk = Desk(self.robot_id, self.party, SUPPLIER_UNIT_ID)
        self._cent = supplier_cent(model)
        self._day = model.day
        self._done = False

    def decide(self, moment: Moment, _view: MarketView) -> list[Action]:
        """Offer the whole day once."""
        if self._done or moment.now_s < self._day.opening_s:
            return []
        self._done = True
        share = SUPPLIER_POWER_W // len(STEPS_CENT)
        return [
            action
            for index in range(self._day.first_open(moment.now_s), self._day.count)
            for number, extra in enumerate(STEPS_CENT)
            for action in self._desk.place(
                Product.LOCAL_ENERGY, Side.SELL, index, share, float(self._cent[index]) + extra, tag=str(number)
            )
        ]
