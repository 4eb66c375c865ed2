"""Lines of results from outside."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.lines.field import Field


@dataclass(frozen=True, slots=True)
class ExternalLine:
    """A participant's part of a result in a period, or the venue's of all parts; a correction posts the difference.

    With what stands in it the hash of the version can be made again that the notary holds.
    """

    account: str
    metering_point_id: str
    area_id: str
    venue_id: str
    result_id: str
    version: int
    former_version: int
    mtu: Mtu
    side: str
    order_id: str
    quantity_w: int
    former_quantity_w: int
    total_micro_euro: int
    former_micro_euro: int
    amount_micro_euro: int
    result_kind: str
    result_start_s: int
    result_length_s: int
    document_sha256: str
    shares_sha256: str
    reason: str
    dnut_micro_euro: int = 0
    former_dnut_micro_euro: int = 0
    scheduled_w: int = 0  # of a participant's quantity: in the base already, it moves no position
    former_scheduled_w: int = 0

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        where = f"{self.metering_point_id}/{self.order_id}/{self.account}"
        return f"external/{self.venue_id}/{self.result_id}/{self.version}/{self.area_id}/{self.mtu.start_s}/{where}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the account gets: its money, less what it bears of the network."""
        return self.amount_micro_euro - self.dnut_micro_euro + self.former_dnut_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds; a tariff and what is scheduled stand in it where there is any."""
        return {
            "kind": "external", "area_id": self.area_id, "venue_id": self.venue_id, "result_id": self.result_id,
            "version": self.version, "former_version": self.former_version, "side": self.side,
            "order_id": self.order_id, "quantity_w": self.quantity_w, "former_quantity_w": self.former_quantity_w,
            "total_micro_euro": self.total_micro_euro, "former_micro_euro": self.former_micro_euro,
            "amount_micro_euro": self.amount_micro_euro, "result_kind": self.result_kind,
            "result_start_s": self.result_start_s, "result_length_s": self.result_length_s,
            "document_sha256": self.document_sha256, "shares_sha256": self.shares_sha256, "reason": self.reason,
            **({"dnut_micro_euro": self.dnut_micro_euro} if self.dnut_micro_euro else {}),
            **({"former_dnut_micro_euro": self.former_dnut_micro_euro} if self.former_dnut_micro_euro else {}),
            **({"scheduled_w": self.scheduled_w} if self.scheduled_w else {}),
            **({"former_scheduled_w": self.former_scheduled_w} if self.former_scheduled_w else {}),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """What a correction moves of a deviation that was settled before: less position is more deviation."""

    account: str
    metering_point_id: str
    area_id: str
    source: str
    mtu: Mtu
    moved_w: int
    price_ticks: int
    amount_micro_euro: int

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"adjustment/{self.source}/{self.metering_point_id}/{self.mtu.start_s}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the account gets."""
        return self.amount_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "adjustment", "area_id": self.area_id, "source": self.source, "moved_w": self.moved_w,
            "price_ticks": self.price_ticks, "amount_micro_euro": self.amount_micro_euro,
        }  # fmt: skip
