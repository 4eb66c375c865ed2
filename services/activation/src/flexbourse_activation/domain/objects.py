"""What stands: offers, claims, reservations, needs, activations; each with the terms it was sent with."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_activation.domain.life import ActivationState, ReservationState
from flexbourse_activation.domain.terms import Claimant, Direction, Purpose, Share, Window
from flexbourse_core.market_time import Mtu


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """A standing offer of a unit or portfolio, in micro-euro per MWh activated and per MW and hour reserved."""

    offer_id: str
    unit_id: str
    portfolio_id: str
    direction: Direction
    window: Window
    quantity_w: int
    min_quantity_w: int
    activation_price_micro_euro_per_mwh: int
    reservation_price_micro_euro_per_mw_h: int


@dataclass(frozen=True, slots=True)
class Member:
    """A unit behind an offer; `span_w` lies between its least and most injection."""

    unit_id: str
    node_id: str
    span_w: int


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as it stands."""

    terms: OfferTerms
    party: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A right to part of what a unit or portfolio offers; units of a portfolio are claimed one by one.

    `headroom_elsewhere`: its holder, a gateway, holds the area's headroom for it.
    """

    claim_id: str
    area_id: str
    claimant: Claimant
    party: str
    operator_id: str
    unit_id: str
    portfolio_id: str
    offer_id: str
    trade_id: str
    direction: Direction
    window: Window
    shares: tuple[Share, ...]
    price_micro_euro_per_mwh: int
    headroom_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class UnitTotal:
    """All that is claimed of a unit in a period; the newest revision holds. `operated`: an operator claims of it."""

    area_id: str
    unit_id: str
    mtu: Mtu
    up_w: int
    down_w: int
    revision: int
    operated: bool = False


@dataclass(frozen=True, slots=True)
class ReservationTerms:
    """The right to activate part of an offer, bought at most at a limit price."""

    reservation_id: str
    offer_id: str
    purpose: Purpose
    window: Window
    quantity_w: int
    limit_price_micro_euro_per_mw_h: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation as it stands."""

    terms: ReservationTerms
    party: str
    claimant: Claimant
    operator_id: str
    price_micro_euro_per_mw_h: int
    state: ReservationState
    call_id: str = ""

    @property
    def claim_id(self) -> str:
        """Return the id of its claim."""
        return f"reservation/{self.terms.reservation_id}"


@dataclass(frozen=True, slots=True)
class ReservationCallTerms:
    """A call for reservations: a quantity in every quarter-hour of a window, at most at a limit price."""

    call_id: str
    purpose: Purpose
    direction: Direction
    window: Window
    quantity_w: int
    limit_price_micro_euro_per_mw_h: int
    freezes_at_ms: int
    clears_at_ms: int
    pay_as_bid: bool


@dataclass(frozen=True, slots=True)
class ReservationCall:
    """A call as it stands."""

    terms: ReservationCallTerms
    party: str
    claimant: Claimant


@dataclass(frozen=True, slots=True)
class ReservationBidTerms:
    """A bid of an offer in a call; it becomes a reservation of its own id."""

    bid_id: str
    call_id: str
    offer_id: str
    quantity_w: int
    min_quantity_w: int
    price_micro_euro_per_mw_h: int


@dataclass(frozen=True, slots=True)
class ReservationBid:
    """A bid as it stands; `sequence` is its place in its call."""

    terms: ReservationBidTerms
    party: str
    at_ms: int
    sequence: int


@dataclass(frozen=True, slots=True)
class NeedTerms:
    """What an operator seeks: W off an element, or at the interface where none is named."""

    need_id: str
    element_id: str
    purpose: Purpose
    direction: Direction
    window: Window
    quantity_w: int


@dataclass(frozen=True, slots=True)
class Need:
    """A need as it stands; `served_w` when it was last looked at, the other operator's activations included."""

    terms: NeedTerms
    party: str
    claimant: Claimant
    served_w: int = 0


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation as it stands; `shares` as ordered, `order_revision` 0 before the first order."""

    activation_id: str
    area_id: str
    party: str
    claimant: Claimant
    purpose: Purpose
    operator_id: str
    unit_id: str
    portfolio_id: str
    direction: Direction
    window: Window
    shares: tuple[Share, ...]
    price_micro_euro_per_mwh: int
    claim_id: str
    reservation_id: str
    need_id: str
    is_override: bool
    state: ActivationState
    order_at_ms: int
    acknowledge_by_ms: int
    confirm_by_ms: int
    order_revision: int
    element_id: str
    answer_by_ms: int
    answer_by_step: int
