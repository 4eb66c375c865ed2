"""What settlement takes over from other services: participants, metering points, units, and the life of books."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.activations.facts import ActivationFact
from flexbourse_settlement.domain.lines.capacity_settling import CapacityFact
from flexbourse_settlement.domain.matches import Match

METER_OPERATOR = "METER_OPERATOR"
OPERATOR_ROLES = frozenset({"DSO", "TSO"})


@dataclass(frozen=True, slots=True)
class Participant:
    """A legal person. `chain_account` is empty where the platform keeps its address."""

    participant_id: str
    roles: frozenset[str]
    chain_account: str
    active: bool


@dataclass(frozen=True, slots=True)
class MeteringPoint:
    """Where energy is metered, who owns it and who balances it."""

    metering_point_id: str
    area_id: str
    owner_id: str
    brp_id: str
    imbalance_delegated: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit behind a metering point, who operates it, and between which injections it can move, in W."""

    unit_id: str
    metering_point_id: str
    operator_id: str
    max_power_w: int = 0
    min_power_w: int = 0

    @property
    def span_w(self) -> int:
        """Return the most by which it can deviate in one direction."""
        return max(0, self.max_power_w - self.min_power_w)


@dataclass(frozen=True, slots=True)
class Area:
    """An area, the shard of the order book that it lies in, what of its units is kept on the chain, and its DSO."""

    area_id: str
    shard: int
    rights_on_chain: bool = False
    totals_on_chain: bool = False
    dso_id: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A shard uses no more of a participant's collateral than a version of his allotment asks for."""

    participant_id: str
    shard: int
    version: int


@dataclass(frozen=True, slots=True)
class RightToOffer:
    """The exclusive right of a participant to offer a unit in [valid_from_s, valid_to_s); no products: all of them."""

    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    products: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnitTotal:
    """All that is claimed of a unit in a period; `operated`: an operator's claim is among them. Revisions grow."""

    area_id: str
    unit_id: str
    start_s: int
    up_w: int
    down_w: int
    revision: int
    operated: bool


@dataclass(frozen=True, slots=True)
class BaseFrozen:
    """The base of a metering point and MTU is frozen for its owner."""

    area_id: str
    mtu: Mtu
    metering_point_id: str
    base_w: int


@dataclass(frozen=True, slots=True)
class BookOpened:
    """The book of a market and MTU opened."""

    area_id: str
    market_id: str
    mtu: Mtu


@dataclass(frozen=True, slots=True)
class BookClosed:
    """The book of a market and MTU closed; no trade of it follows."""

    area_id: str
    market_id: str
    mtu: Mtu
    last_trade_sequence: int
    potential_start_micro_euro: int
    potential_end_micro_euro: int
    revision_micro_euro: int


@dataclass(frozen=True, slots=True)
class Curtailment:
    """An operator took a part of an accepted trade off: what is left of it, and what is paid for what is not."""

    area_id: str
    mtu: Mtu
    trade_id: str
    quantity_w: int
    left_w: int
    compensation_micro_euro: int
    compensates_seller: bool
    dnut_refund_micro_euro: int
    relief_refund_micro_euro: int


@dataclass(frozen=True, slots=True)
class Recall:
    """The market operator took a trade back whole: nothing is left of it, and nothing is paid for that."""

    area_id: str
    mtu: Mtu
    trade_id: str
    quantity_w: int
    dnut_refund_micro_euro: int
    relief_refund_micro_euro: int


Fact = (
    Participant
    | MeteringPoint
    | Unit
    | Area
    | Acknowledged
    | RightToOffer
    | UnitTotal
    | BaseFrozen
    | BookOpened
    | BookClosed
    | Match
    | Curtailment
    | Recall
    | CapacityFact
    | ActivationFact
)
