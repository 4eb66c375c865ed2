"""What the activation service journals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_activation.domain.claims.headroom import HeadroomMoved
from flexbourse_activation.domain.life import ActivationState, ActivationStep, ReservationState
from flexbourse_activation.domain.network.coordination import CoordinationRules
from flexbourse_activation.domain.network.effects import EffectsSet
from flexbourse_activation.domain.network.interface import InterfaceReported
from flexbourse_activation.domain.network.network_effects import EffectsComputed, FlowsTurned
from flexbourse_activation.domain.objects import (
    Activation,
    Claim,
    Need,
    Offer,
    Reservation,
    ReservationBid,
    ReservationCall,
    UnitTotal,
)
from flexbourse_activation.domain.terms import Direction, Share, Window
from flexbourse_core.rejection import Rejection


@dataclass(frozen=True, slots=True)
class OfferPlaced:
    """An offer stands."""

    area_id: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferWithdrawn:
    """An offer stands no longer."""

    area_id: str
    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimMade:
    """A claim was made; `totals` are those that changed."""

    claim: Claim
    totals: tuple[UnitTotal, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimReduced:
    """A claim shrank to these shares."""

    area_id: str
    claim_id: str
    shares: tuple[Share, ...]
    totals: tuple[UnitTotal, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimDenied:
    """Part of a trade claims what is not left, or stands against an operator's claim; `rule` is the code's name."""

    claim: Claim
    denied: tuple[Share, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation stands."""

    area_id: str
    reservation: Reservation


@dataclass(frozen=True, slots=True)
class ReservationMoved:
    """A reservation changed its state."""

    area_id: str
    reservation_id: str
    state: ReservationState
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ReservationCalled:
    """An operator calls for reservations."""

    area_id: str
    call: ReservationCall


@dataclass(frozen=True, slots=True)
class ReservationBidPlaced:
    """An offer bids in a call."""

    area_id: str
    bid: ReservationBid


@dataclass(frozen=True, slots=True)
class ReservationBidWithdrawn:
    """A bid was taken back."""

    area_id: str
    bid_id: str


@dataclass(frozen=True, slots=True)
class ReservationBidResult:
    """What a bid came to; `rule` is what stood against what the auction gave it."""

    bid_id: str
    quantity_w: int
    price_micro_euro_per_mw_h: int
    rule: str


@dataclass(frozen=True, slots=True)
class ReservationCallCleared:
    """A call is cleared; the reservations that it made stand before it."""

    area_id: str
    call_id: str
    reserved_w: int
    bids: tuple[ReservationBidResult, ...]


@dataclass(frozen=True, slots=True)
class NeedStated:
    """An operator seeks something."""

    area_id: str
    need: Need


@dataclass(frozen=True, slots=True)
class NeedEnded:
    """An operator seeks it no longer."""

    area_id: str
    need_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class NeedServed:
    """A need was served: what counted already, what was chosen, what nothing offered covers."""

    area_id: str
    need_id: str
    covered_w: int
    chosen_w: int
    short_w: int
    waived_need_ids: tuple[str, ...]
    activation_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedUncovered:
    """An activation that a need relied on ended early; the need may be served anew."""

    area_id: str
    need_id: str
    served_w: int
    short_w: int


@dataclass(frozen=True, slots=True)
class ActivationRequested:
    """An activation was requested."""

    activation: Activation
    reason: str


@dataclass(frozen=True, slots=True)
class ActivationMoved:
    """An activation took a step; no party: time did, or the order book's answer, with why it refused."""

    area_id: str
    activation_id: str
    step: ActivationStep
    state: ActivationState
    reason: str
    at_ms: int
    delivered_w: tuple[int, ...]
    party: str
    rejections: tuple[Rejection, ...] = ()
    answer_by_ms: int = 0
    answer_by_step: int = 0


class OrderKind(IntEnum):
    """What a unit is to do."""

    UNSPECIFIED = 0
    START = 1
    CHANGE = 2
    STOP = 3


@dataclass(frozen=True, slots=True)
class ActivationOrder:
    """Order to the operator of units; the newest revision of an activation holds."""

    area_id: str
    activation_id: str
    revision: int
    kind: OrderKind
    operator_id: str
    unit_id: str
    portfolio_id: str
    direction: Direction
    window: Window
    shares: tuple[Share, ...]
    acknowledge_by_ms: int
    issued_at_ms: int
    is_override: bool
    reason: str


@dataclass(frozen=True, slots=True)
class OrderIssued:
    """An order went out."""

    order: ActivationOrder


@dataclass(frozen=True, slots=True)
class ContractOverridden:
    """An operator took a contract away at a red light, or curtailed without one: who pays whom how much."""

    area_id: str
    override_id: str
    unit_id: str
    claim_id: str
    paid_to: str
    paid_by: str
    direction: Direction
    window: Window
    quantities_w: tuple[int, ...]
    price_micro_euro_per_mwh: int
    compensation_micro_euro: int


@dataclass(frozen=True, slots=True)
class CoordinationSet:
    """An area's rules were set."""

    area_id: str
    party: str
    preset: str
    rules: CoordinationRules


@dataclass(frozen=True, slots=True)
class InstructionDenied:
    """What a gateway asked is refused; its own id of the instruction, and every rule that stands against it."""

    area_id: str
    instruction_id: str
    party: str
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class WindowsOver:
    """Nothing that is claimed, ordered or overridden in quarter-hours [from_s, before_s) changes any more."""

    area_id: str
    from_s: int
    before_s: int


Event = (
    OfferPlaced
    | OfferWithdrawn
    | ClaimMade
    | ClaimReduced
    | ClaimDenied
    | Reserved
    | ReservationCalled
    | ReservationBidPlaced
    | ReservationBidWithdrawn
    | ReservationCallCleared
    | ReservationMoved
    | NeedStated
    | NeedEnded
    | NeedServed
    | NeedUncovered
    | ActivationRequested
    | ActivationMoved
    | OrderIssued
    | ContractOverridden
    | EffectsSet
    | CoordinationSet
    | InterfaceReported
    | InstructionDenied
    | WindowsOver
    | HeadroomMoved
    | EffectsComputed
    | FlowsTurned
)
