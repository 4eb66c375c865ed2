"""Lines of network capacity."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.lines.field import Field


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """What a participant pays for capacity in a period, less refunds; or the reinforcement account's income."""

    account: str
    metering_point_id: str
    area_id: str
    mtu: Mtu
    request_id: str
    quantity_w: int
    unused_w: int
    refund_micro_euro: int
    amount_micro_euro: int

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"capacity/{self.request_id or self.area_id}/{self.mtu.start_s}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the account gets."""
        return self.amount_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "capacity", "area_id": self.area_id, "request_id": self.request_id, "quantity_w": self.quantity_w,
            "unused_w": self.unused_w, "refund_micro_euro": self.refund_micro_euro,
            "amount_micro_euro": self.amount_micro_euro,
        }  # fmt: skip
