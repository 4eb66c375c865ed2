"""What of a result from outside falls to whom: the same for exchanges and platforms of balancing energy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Tightening(IntEnum):
    """What has tightened the grid after the gate of bids, so that a call was refused."""

    NONE = 0
    TOPOLOGY = 1
    CAPACITY_LIMITS = 2
    CURTAILMENT = 3
    OVERRIDE = 4
    FORECAST = 5
    AREA = 6


@dataclass(frozen=True, slots=True)
class ExternalShare:
    """What falls to one participant at one connection; injection, income and what the network takes are positive.

    `scheduled`: the energy is in the base case already and moves no position; else it is a deviation.
    Of a call that was blocked: what is missing, what it would have brought, and what has tightened the grid.
    """

    party: str
    area_id: str
    metering_point_id: str
    unit_id: str
    order_id: str
    quantity_w: int
    amount_micro_euro: int
    dnut_micro_euro: int = 0
    tightening: Tightening = Tightening.NONE
    scheduled: bool = False
