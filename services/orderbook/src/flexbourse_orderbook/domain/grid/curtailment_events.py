"""Events of a topology change: what was looked at again, what is proposed to be taken off trades, and what was."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu


@dataclass(frozen=True, slots=True)
class ElementExcess:
    """An element that accepted trades hold beyond what they may; value and limit in `unit`."""

    element_id: str
    value: int
    limit: int
    unit: str


@dataclass(frozen=True, slots=True)
class Curtailment:
    """What is taken off one trade, what flows back between its sides, and what is paid for it."""

    trade_id: str
    quantity_w: int
    left_w: int
    seller_party: str
    buyer_party: str
    amount_micro_euro: int
    compensation_micro_euro: int
    compensates_seller: bool
    dnut_refund_micro_euro: int
    relief_refund_micro_euro: int


@dataclass(frozen=True, slots=True)
class CurtailmentProposed:
    """The cheapest set of reductions that makes the accepted trades of a period fit its topology."""

    proposal_id: str
    area_id: str
    mtu: Mtu
    topology_version: int
    base_case_version: int
    operating_point_sequence: int
    elements: tuple[ElementExcess, ...]
    curtailments: tuple[Curtailment, ...]
    compensation_micro_euro: int
    operator_id: str
    sufficient: bool


@dataclass(frozen=True, slots=True)
class CurtailmentWithdrawn:
    """A proposal ended without being carried out."""

    proposal_id: str
    area_id: str
    mtu: Mtu
    reason: str
    operator_id: str


@dataclass(frozen=True, slots=True)
class TradeCurtailed:
    """An accepted trade was reduced after it was matched."""

    proposal_id: str
    area_id: str
    market_id: str
    mtu: Mtu
    curtailment: Curtailment
    seller_metering_point_id: str
    buyer_metering_point_id: str
    curtailed_at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class TopologyRechecked:
    """Reservations and accepted trades of a period were looked at again on a topology."""

    area_id: str
    mtu: Mtu
    topology_version: int
    fits: bool
