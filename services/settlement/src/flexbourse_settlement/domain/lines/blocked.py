"""Lines of calls that were blocked behind the gate of bids."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.lines.field import Field

BIDDER, CAUSE = "BIDDER", "CAUSE"


@dataclass(frozen=True, slots=True)
class BlockedLine:
    """What the missing energy of a blocked call costs: the bidder's, and of who has tightened the grid.

    The bidder is debited, and compensated where somebody else is the cause. A correction posts the difference. With
    what stands in it the hash of the version can be made again that the notary holds.
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
    counterparty: str
    order_id: str
    tightening: str
    quantity_w: int
    former_quantity_w: int
    bid_micro_euro: int
    former_bid_micro_euro: int
    settled: bool
    price_ticks: int
    cost_micro_euro: int
    former_cost_micro_euro: int
    amount_micro_euro: int
    compensation_micro_euro: int
    result_kind: str
    result_start_s: int
    result_length_s: int
    document_sha256: str
    shares_sha256: str
    reason: str

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        where = f"{self.metering_point_id}/{self.order_id}/{self.tightening}/{self.side.lower()}/{self.account}"
        return f"blocked/{self.venue_id}/{self.result_id}/{self.version}/{self.area_id}/{self.mtu.start_s}/{where}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the account gets."""
        return self.amount_micro_euro + self.compensation_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "blocked", "area_id": self.area_id, "venue_id": self.venue_id, "result_id": self.result_id,
            "version": self.version, "former_version": self.former_version, "side": self.side,
            "counterparty": self.counterparty, "order_id": self.order_id, "tightening": self.tightening,
            "quantity_w": self.quantity_w, "former_quantity_w": self.former_quantity_w,
            "bid_micro_euro": self.bid_micro_euro, "former_bid_micro_euro": self.former_bid_micro_euro,
            "settled": self.settled, "price_ticks": self.price_ticks, "cost_micro_euro": self.cost_micro_euro,
            "former_cost_micro_euro": self.former_cost_micro_euro, "amount_micro_euro": self.amount_micro_euro,
            "compensation_micro_euro": self.compensation_micro_euro, "result_kind": self.result_kind,
            "result_start_s": self.result_start_s, "result_length_s": self.result_length_s,
            "document_sha256": self.document_sha256, "shares_sha256": self.shares_sha256, "reason": self.reason,
        }  # fmt: skip
