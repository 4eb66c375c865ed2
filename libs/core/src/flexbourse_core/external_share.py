"""What of a result from outside falls to whom: the same for exchanges and platforms of balancing energy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExternalShare:
    """What falls to one participant at one connection; injection, income and what the network takes are positive."""

    party: str
    area_id: str
    metering_point_id: str
    unit_id: str
    order_id: str
    quantity_w: int
    amount_micro_euro: int
    dnut_micro_euro: int = 0
