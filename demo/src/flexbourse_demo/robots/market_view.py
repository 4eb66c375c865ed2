"""What a robot can know: its own orders and trades, and what the platform publishes to everybody.

The view is a fold of answers and events of the public API; two runs that see the same events hold the same view.
Periods are named by their index in the day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

TICKS_PER_CENT = 1_000  # one tick is 0.01 EUR/MWh, a cent per kWh is 10 EUR/MWh


class Product(StrEnum):
    """What is traded."""

    LOCAL_ENERGY = "local energy"
    FLEX_UP = "flexibility up"


class Side(StrEnum):
    """Side of an order."""

    BUY = "buy"
    SELL = "sell"


class Light(StrEnum):
    """Colour of a light."""

    GREEN = "G"
    AMBER = "A"
    RED = "R"
    UNKNOWN = "?"


class OrderState(StrEnum):
    """Where an order stands; `SENT` until the platform answers."""

    SENT = "sent"
    ACTIVE = "active"
    FILLED = "filled"
    CLOSED = "closed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was refused or cut, in the platform's words; numbers that are unknown are None."""

    code: str
    rule: str
    element_id: str
    value: int | None
    limit: int | None
    unit: str
    headroom_w: int | None
    fits_w: int | None
    next_index: int | None
    nearest_node_id: str


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """A wish to trade."""

    robot_id: str
    party: str
    client_order_id: str
    unit_id: str
    product: Product
    side: Side
    index: int
    quantity_w: int
    price_ticks: int
    rests: bool = True  # else: what does not match at once is given up
    element_id: str = ""  # of an operator's request


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Take a resting order back."""

    robot_id: str
    party: str
    client_order_id: str


Action = PlaceOrder | CancelOrder


@dataclass(slots=True)
class OwnOrder:
    """An order as its owner knows it."""

    placed: PlaceOrder
    state: OrderState = OrderState.SENT
    order_id: str = ""
    open_w: int = 0
    filled_w: int = 0
    refusal: Refusal | None = None

    @property
    def alive(self) -> bool:
        """Whether it can still match."""
        return self.state in (OrderState.SENT, OrderState.ACTIVE)


@dataclass(frozen=True, slots=True)
class ZoneLight:
    """A published light, with what turned it."""

    light: Light
    element_id: str = ""
    kind: str = ""
    value: int = 0
    limit: int = 0
    headroom_down_w: int = 0
    headroom_up_w: int = 0


@dataclass(slots=True)
class MarketView:
    """The fold. Robots read it and never write it."""

    orders: dict[str, OwnOrder] = field(default_factory=dict)
    of_robot: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lights: dict[tuple[str, int], ZoneLight] = field(default_factory=dict)
    nodal_ticks: dict[int, dict[str, int]] = field(default_factory=dict)

    def placed(self, order: PlaceOrder) -> None:
        """Remember an order that was sent."""
        self.orders[order.client_order_id] = OwnOrder(order, open_w=order.quantity_w)
        self.of_robot[order.robot_id].append(order.client_order_id)

    def orders_of(self, robot_id: str) -> list[OwnOrder]:
        """Return a robot's orders in the order in which it placed them."""
        return [self.orders[key] for key in self.of_robot.get(robot_id, ())]

    def light(self, zone_id: str, index: int) -> ZoneLight:
        """Return the newest light of a zone, UNKNOWN where none was published."""
        return self.lights.get((zone_id, index), ZoneLight(Light.UNKNOWN))

    def tariff_ticks(self, index: int, node_id: str, source_node: str) -> int:
        """Return the published nodal tariff from the substation to a node, 0 where none is published."""
        nodal = self.nodal_ticks.get(index)
        return nodal.get(source_node, 0) - nodal.get(node_id, 0) if nodal else 0

    def position_w(self, robot_id: str, index: int) -> int:
        """Return what a robot has sold (positive) or bought (negative) for a period."""
        return sum(
            order.filled_w if order.placed.side is Side.SELL else -order.filled_w
            for order in self.orders_of(robot_id)
            if order.placed.index == index
        )
