"""Events about participants' money: what moved, what is allotted to shards of the book, what settled matches free.

Names and fields are those of the journal's messages; `flexbourse_settlement.funds_wire` binds one to the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Move(IntEnum):
    """Where money goes to; numbers as on the wire."""

    UNSPECIFIED = 0
    DEPOSIT = 1
    HOLD = 2
    RELEASE = 3
    WITHDRAW = 4
    PAY = 5
    RETURN = 6


@dataclass(frozen=True, slots=True)
class FundsMoved:
    """Money of an account moved. `reference` is that of a payment, or why money is held or given free."""

    number: int
    move: Move
    participant_id: str
    amount_micro_euro: int
    reference: str = ""
    withdrawal_id: str = ""


@dataclass(frozen=True, slots=True)
class Allotment:
    """What of a participant's held money belongs to one shard of the order book, as it is from now on.

    The shard admits orders up to `wanted`; `granted` stays held until it says that it uses no more than that. `freed`
    is what its matches took and have given back since ever, because they are settled and not owed.
    """

    participant_id: str
    shard: int
    version: int = 0
    granted_micro_euro: int = 0
    wanted_micro_euro: int = 0
    freed_micro_euro: int = 0


@dataclass(frozen=True, slots=True)
class ExposureSettled:
    """Matches that took collateral were settled; what is owed of it stays taken until it is paid."""

    batch_id: str
    participant_id: str
    shard: int
    collateral_micro_euro: int
    owed_micro_euro: int


@dataclass(frozen=True, slots=True)
class DebtPaid:
    """What was owed of settled matches was paid."""

    participant_id: str
    shard: int
    amount_micro_euro: int
    reference: str


FundsEvent = FundsMoved | Allotment | ExposureSettled | DebtPaid
