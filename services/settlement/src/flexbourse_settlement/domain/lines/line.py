"""Lines of the ledger: each becomes one leaf of its batch, so everything that explains a number stands in it.

`net_micro_euro` is what the line gives its account; the lines of a run add up to zero over all accounts.
"""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.lines.blocked import BlockedLine
from flexbourse_settlement.domain.lines.capacity import CapacityLine
from flexbourse_settlement.domain.lines.external import AdjustmentLine, ExternalLine
from flexbourse_settlement.domain.lines.field import Field
from flexbourse_settlement.domain.lines.spreads import SpreadLine

DNUT = "DNUT"
IMBALANCE = "IMBALANCE"
FEES = "FEES"
PENALTIES = "PENALTIES"
COMPENSATION = "COMPENSATION"
# upper case: no participant id can have such a name
SYSTEM_ACCOUNTS = (DNUT, IMBALANCE, FEES, PENALTIES, COMPENSATION)
# Named in a batch only where it takes something, as venues are.
REINFORCEMENT = "REINFORCEMENT"

VENUE = "VENUE-"  # before the id of a venue outside


def is_platforms(account: str) -> bool:
    """Tell whether an account is the platform's own, or a venue's: no participant has such a name."""
    return account in SYSTEM_ACCOUNTS or account == REINFORCEMENT or account.startswith(VENUE)


@dataclass(frozen=True, slots=True)
class TradeLine:
    """One side of a match. Negative `dnut_micro_euro` is a refund, of which `withheld_micro_euro` is not paid."""

    account: str
    metering_point_id: str
    trade_id: str
    mtu: Mtu
    product: str
    side: str
    basis: str
    counterparty: str
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    dnut_micro_euro: int
    withheld_micro_euro: int

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"trade/{self.trade_id}/{self.side.lower()}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the side gets in all."""
        return self.amount_micro_euro - self.dnut_micro_euro - self.withheld_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "trade", "trade_id": self.trade_id, "product": self.product, "side": self.side,
            "basis": self.basis, "counterparty": self.counterparty, "quantity_w": self.quantity_w,
            "price_ticks": self.price_ticks, "tick_micro_euro_per_mwh": self.tick_micro_euro_per_mwh,
            "amount_micro_euro": self.amount_micro_euro, "dnut_micro_euro": self.dnut_micro_euro,
            "withheld_micro_euro": self.withheld_micro_euro,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PositionLine:
    """Position and deviation of a metering point; not settled means reported to its balance responsible party only.

    What activations and sales outside moved of the position stands in the leaf where it is not zero.
    """

    account: str
    metering_point_id: str
    mtu: Mtu
    base_w: int
    contracted_w: int
    position_w: int
    metered_w: int
    deviation_w: int
    settled: bool
    price_ticks: int
    amount_micro_euro: int
    activated_w: int = 0
    external_w: int = 0

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"position/{self.metering_point_id}/{self.mtu.start_s}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the deviation brings."""
        return self.amount_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "position", "base_w": self.base_w, "contracted_w": self.contracted_w,
            "position_w": self.position_w, "metered_w": self.metered_w, "deviation_w": self.deviation_w,
            "settled": self.settled, "price_ticks": self.price_ticks, "amount_micro_euro": self.amount_micro_euro,
            **({"activated_w": self.activated_w} if self.activated_w else {}),
            **({"external_w": self.external_w} if self.external_w else {}),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PotentialLine:
    """The network account in one MTU: tariffs billed and refunds withheld; with the memo of the whole potential."""

    area_id: str
    mtu: Mtu
    start_micro_euro: int
    end_micro_euro: int
    billed_micro_euro: int
    relief_micro_euro: int
    revision_micro_euro: int
    withheld_micro_euro: int
    amount_micro_euro: int

    account = DNUT
    metering_point_id = ""

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"potential/{self.area_id}/{self.mtu.start_s}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the network account takes."""
        return self.amount_micro_euro

    @property
    def gap_micro_euro(self) -> int:
        """Return by how much billed + relief + revision misses the change of the potential: 0."""
        explained = self.billed_micro_euro + self.relief_micro_euro + self.revision_micro_euro
        return self.end_micro_euro - self.start_micro_euro - explained

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "potential", "area_id": self.area_id, "start_micro_euro": self.start_micro_euro,
            "end_micro_euro": self.end_micro_euro, "billed_micro_euro": self.billed_micro_euro,
            "relief_micro_euro": self.relief_micro_euro, "revision_micro_euro": self.revision_micro_euro,
            "withheld_micro_euro": self.withheld_micro_euro, "amount_micro_euro": self.amount_micro_euro,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImbalanceLine:
    """What the imbalance account takes in one MTU: the other side of all settled deviations."""

    area_id: str
    mtu: Mtu
    amount_micro_euro: int

    account = IMBALANCE
    metering_point_id = ""

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"imbalance/{self.area_id}/{self.mtu.start_s}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the imbalance account takes."""
        return self.amount_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {"kind": "imbalance", "area_id": self.area_id, "amount_micro_euro": self.amount_micro_euro}


@dataclass(frozen=True, slots=True)
class CompensationLine:
    """Compensation for what an operator took off a trade; of a period's whole on the account that pays it."""

    account: str
    area_id: str
    mtu: Mtu
    trade_id: str
    quantity_w: int
    amount_micro_euro: int

    metering_point_id = ""

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"compensation/{self.trade_id or f'{self.area_id}/{self.mtu.start_s}'}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the account gets."""
        return self.amount_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "compensation", "area_id": self.area_id, "trade_id": self.trade_id, "quantity_w": self.quantity_w,
            "amount_micro_euro": self.amount_micro_euro,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReservationLine:
    """One side of a reservation in a quarter-hour: its fee, used or not; of its buyer, the penalty for what is not."""

    account: str
    reservation_id: str
    mtu: Mtu
    side: str
    counterparty: str
    quantity_w: int
    unused_w: int
    price_micro_euro_per_mw_h: int
    unused_permille: int
    amount_micro_euro: int
    penalty_micro_euro: int

    metering_point_id = ""

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"reservation/{self.reservation_id}/{self.mtu.start_s}/{self.side.lower()}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the side gets in all."""
        return self.amount_micro_euro - self.penalty_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "reservation", "reservation_id": self.reservation_id, "side": self.side,
            "counterparty": self.counterparty, "quantity_w": self.quantity_w, "unused_w": self.unused_w,
            "price_micro_euro_per_mw_h": self.price_micro_euro_per_mw_h, "unused_permille": self.unused_permille,
            "amount_micro_euro": self.amount_micro_euro, "penalty_micro_euro": self.penalty_micro_euro,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActivationLine:
    """One side of an activation at a metering point in a quarter-hour.

    The fee is for what is credited; the seller bears the penalty for what is owed and not credited, the buyer what the
    platform takes. An override is bought by the compensation account.
    """

    account: str
    metering_point_id: str
    activation_id: str
    mtu: Mtu
    side: str
    counterparty: str
    purpose: str
    direction: str
    baseline_method: str
    baseline_w: int
    metered_w: int
    owed_w: int
    ordered_w: int
    delivered_w: int
    credited_w: int
    pays_from_permille: int
    price_micro_euro_per_mwh: int
    penalty_permille: int
    platform_fee_permille: int
    amount_micro_euro: int
    penalty_micro_euro: int
    platform_fee_micro_euro: int

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        where = f"{self.metering_point_id}/{self.mtu.start_s}"
        return f"activation/{self.activation_id}/{where}/{self.side.lower()}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the side gets in all."""
        return self.amount_micro_euro - self.penalty_micro_euro - self.platform_fee_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "activation", "activation_id": self.activation_id, "side": self.side,
            "counterparty": self.counterparty, "purpose": self.purpose, "direction": self.direction,
            "baseline_method": self.baseline_method, "baseline_w": self.baseline_w, "metered_w": self.metered_w,
            "owed_w": self.owed_w, "ordered_w": self.ordered_w, "delivered_w": self.delivered_w,
            "credited_w": self.credited_w, "pays_from_permille": self.pays_from_permille,
            "price_micro_euro_per_mwh": self.price_micro_euro_per_mwh, "penalty_permille": self.penalty_permille,
            "platform_fee_permille": self.platform_fee_permille, "amount_micro_euro": self.amount_micro_euro,
            "penalty_micro_euro": self.penalty_micro_euro, "platform_fee_micro_euro": self.platform_fee_micro_euro,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class CollectedLine:
    """What an account of the platform collects in one MTU: penalties, or fees."""

    account: str
    area_id: str
    mtu: Mtu
    amount_micro_euro: int

    metering_point_id = ""

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"collected/{self.account.lower()}/{self.area_id}/{self.mtu.start_s}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the account takes."""
        return self.amount_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {"kind": "collected", "area_id": self.area_id, "amount_micro_euro": self.amount_micro_euro}


@dataclass(frozen=True, slots=True)
class PerimeterLine:
    """A correction of a balance perimeter, reported and not paid: who moved how much injection, and for whom.

    The balance responsible party of the metering point reads it with its sign, the other side with the opposite one.
    """

    account: str
    metering_point_id: str
    source: str
    mtu: Mtu
    counterparty: str
    quantity_w: int

    net_micro_euro = 0

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"perimeter/{self.source}/{self.metering_point_id}/{self.mtu.start_s}/{self.account}"

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "perimeter", "source": self.source, "counterparty": self.counterparty,
            "quantity_w": self.quantity_w,
        }  # fmt: skip


Line = (
    TradeLine
    | PositionLine
    | PotentialLine
    | ImbalanceLine
    | CompensationLine
    | ReservationLine
    | ActivationLine
    | CollectedLine
    | PerimeterLine
    | ExternalLine
    | AdjustmentLine
    | BlockedLine
    | CapacityLine
    | SpreadLine
)
