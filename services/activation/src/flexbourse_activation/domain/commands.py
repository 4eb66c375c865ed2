"""Commands beside the terms of offers, reservations and needs."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_activation.domain.network.coordination import CoordinationRules
from flexbourse_activation.domain.network.effects import Effect
from flexbourse_activation.domain.network.interface import InterfaceValue
from flexbourse_activation.domain.objects import (
    NeedTerms,
    OfferTerms,
    ReservationBidTerms,
    ReservationCallTerms,
    ReservationTerms,
)
from flexbourse_activation.domain.terms import Direction, Purpose, Window


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Take an offer back."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class ReleaseReservation:
    """Give a reservation up."""

    reservation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawReservationBid:
    """Take a bid for a reservation back."""

    bid_id: str


@dataclass(frozen=True, slots=True)
class WithdrawNeed:
    """Seek no longer."""

    need_id: str


@dataclass(frozen=True, slots=True)
class ActivationTerms:
    """Activate of an offer, of a reservation, of a gateway's claim, or by merit order for a need."""

    activation_id: str
    offer_id: str
    reservation_id: str
    claim_id: str
    need_id: str
    purpose: Purpose
    window: Window | None
    quantity_w: int
    element_id: str
    limit_price_micro_euro_per_mwh: int


@dataclass(frozen=True, slots=True)
class EndActivation:
    """Cancel an activation, or have its units stop."""

    activation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AcknowledgeOrder:
    """Take an order, or say why not."""

    activation_id: str
    order_revision: int
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmDelivery:
    """Say what was delivered, mean W per period."""

    activation_id: str
    delivered_w: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """Claim part of an offer that is forwarded to a market outside; of one member of a portfolio where it is named."""

    claim_id: str
    offer_id: str
    window: Window
    quantity_w: int
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class ReduceClaim:
    """Give part of a claim back."""

    claim_id: str
    left_w: int
    reason: str


@dataclass(frozen=True, slots=True)
class OverrideTerms:
    """Order a unit at a red light, whatever is contracted."""

    override_id: str
    unit_id: str
    direction: Direction
    window: Window
    quantity_w: int
    reason: str


@dataclass(frozen=True, slots=True)
class SetEffects:
    """Set the effects of an area's nodes on its elements."""

    topology_version: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class SetCoordination:
    """Set an area's rules, by preset or in full."""

    preset: str
    rules: CoordinationRules | None


@dataclass(frozen=True, slots=True)
class ReportInterface:
    """Tell the other operator what happens at the interface."""

    values: tuple[InterfaceValue, ...]


Command = (
    OfferTerms
    | WithdrawOffer
    | ReservationTerms
    | ReleaseReservation
    | NeedTerms
    | WithdrawNeed
    | ActivationTerms
    | EndActivation
    | AcknowledgeOrder
    | ConfirmDelivery
    | ClaimTerms
    | ReduceClaim
    | OverrideTerms
    | SetEffects
    | SetCoordination
    | ReportInterface
    | ReservationCallTerms
    | ReservationBidTerms
    | WithdrawReservationBid
)
