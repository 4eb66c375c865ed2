"""What all robots share: when they act, how they name and count their orders, what they may know of prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.seeds import stream
from flexbourse_demo.modelled.weather import Series
from flexbourse_demo.robots.market_view import Action, CancelOrder, MarketView, OwnOrder, PlaceOrder, Product, Side

RETAIL_CENT = 32.0  # what a kWh from the contract costs, all included
FEED_IN_CENT = 8.0  # what a kWh into the grid earns without a local market
QUANTITY_STEP_W = 10
MIN_QUANTITY_W = 50


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the market: its number and its time."""

    step: int
    now_s: int


class Robot(Protocol):
    """A bidder."""

    robot_id: str
    party: str

    def decide(self, moment: Moment, view: MarketView, /) -> list[Action]:
        """Return what to send now."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a robot writes its orders: its name, its party and the unit it trades."""

    robot_id: str
    party: str
    unit_id: str

    def place(
        self,
        product: Product,
        side: Side,
        index: int,
        quantity_w: int,
        cent: float,
        *,
        tag: str,
        rests: bool = True,
        element_id: str = "",
    ) -> list[Action]:
        """Return an order in whole steps of quantity and tenths of a cent, or nothing where it is too small."""
        quantity = quantity_w // QUANTITY_STEP_W * QUANTITY_STEP_W
        if quantity < MIN_QUANTITY_W:
            return []
        name = f"{self.robot_id}:{index}:{tag}"
        ticks = round(cent * 10) * 100
        return [
            PlaceOrder(
                self.robot_id, self.party, name, self.unit_id, product, side, index, quantity, ticks, rests, element_id
            )
        ]

    def cancel(self, orders: Iterable[OwnOrder]) -> list[Action]:
        """Return cancellations of those orders that can still match."""
        return [CancelOrder(self.robot_id, self.party, o.placed.client_order_id) for o in orders if o.alive]


def supplier_cent(model: DayModel) -> Series:
    """Return the supplier's published price per period: taxes and fees on a wholesale price that the seed draws.

    The shape is that of a winter day: dear in the morning and in the early evening, cheap at noon and at night.
    """
    draw = stream(model.village.seed, "supplier")
    hours = np.arange(model.day.count) * 24.0 / model.day.count
    level = float(draw.uniform(7.5, 9.5))
    evening = float(draw.uniform(4.5, 6.5)) * np.exp(-(((hours - 18.0) / 1.7) ** 2))
    morning = float(draw.uniform(2.5, 4.0)) * np.exp(-(((hours - 7.5) / 1.6) ** 2))
    noon = -float(draw.uniform(1.5, 2.5)) * np.exp(-(((hours - 13.0) / 2.5) ** 2))
    night = -float(draw.uniform(0.5, 1.5)) * np.exp(-(((hours - 3.0) / 3.0) ** 2))
    fees = 17.5
    return np.round(level + evening + morning + noon + night + fees, 1)
