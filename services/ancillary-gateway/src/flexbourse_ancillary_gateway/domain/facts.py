"""What other services say, as far as the gateway depends on it, and what its own reception takes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, Cause
from flexbourse_ancillary_gateway.domain.grid_gate.giving_up import Shortage
from flexbourse_ancillary_gateway.domain.lots.grounds import Ground
from flexbourse_ancillary_gateway.domain.lots.lot import MarkTerms, StandingOffer, Unmark
from flexbourse_ancillary_gateway.domain.mail.outbox import DocumentHead
from flexbourse_ancillary_gateway.domain.redispatch import RedispatchNeed
from flexbourse_ancillary_gateway.domain.results import Accepted
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection


@dataclass(frozen=True, slots=True)
class UnitConnected:
    """A unit has a metering point, and is qualified to be forwarded to the platform, or not."""

    unit_id: str
    metering_point_id: str
    qualified: bool


@dataclass(frozen=True, slots=True)
class OfferGone:
    """An offer stands no longer."""

    area_id: str
    offer_id: str


@dataclass(frozen=True, slots=True)
class ClaimStands:
    """A claim of ours was made; or it was cut to so much, the least of its periods."""

    lot_id: str
    left_w: int
    made: bool
    reason: str


@dataclass(frozen=True, slots=True)
class InstructionRefused:
    """What we asked of activation is refused."""

    instruction_id: str
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class ActivationLost:
    """An activation of ours has failed, or was cancelled."""

    activation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RoomAnswered:
    """An area holds room, or not."""

    reservation_id: str
    rejection: Rejection | None


@dataclass(frozen=True, slots=True)
class RoomConfirmed:
    """An area has accepted a called part, or not; by what that changed its network's cost potential."""

    reservation_id: str
    confirmed: bool
    rejection: Rejection | None
    dnut_micro_euro: int = 0


@dataclass(frozen=True, slots=True)
class RoomLost:
    """An area no longer holds room, for a reason of its own."""

    reservation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RoomShort:
    """The grid was tightened: what these reservations hold does not fit any more."""

    area_id: str
    mtu: Mtu
    reservation_ids: tuple[str, ...]
    shortage: Shortage
    reason: str
    cause: Cause


Fact = (
    UnitConnected
    | Ground
    | StandingOffer
    | OfferGone
    | ClaimStands
    | InstructionRefused
    | ActivationLost
    | RoomAnswered
    | RoomConfirmed
    | RoomLost
    | RoomShort
)
STATE_FACTS = (UnitConnected, StandingOffer, OfferGone, *get_args(Ground))  # what follows of the others is events


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform says about a document of ours; reasons are (series or "", code, text)."""

    document_id: str
    accepted: bool
    reasons: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The platform asks whether we are there."""


@dataclass(frozen=True, slots=True)
class AllocationResult:
    """What the platform says was accepted."""

    accepted: tuple[Accepted, ...]


@dataclass(frozen=True, slots=True)
class RedispatchNeeds:
    """An operator asks for power against a congestion."""

    needs: tuple[RedispatchNeed, ...]


Received = Receipt | ActivationOrder | Heartbeat | AllocationResult | RedispatchNeeds | None


@dataclass(frozen=True, slots=True)
class TakeDocument:
    """A document has come; no content where it is refused, or nothing follows from it."""

    head: DocumentHead | None
    sha256: bytes
    refusal: str
    content: Received
    document: bytes


@dataclass(frozen=True, slots=True)
class RecordSent:
    """What became of sending a document: `trouble` may pass, a `refusal` never does."""

    document_id: str
    attempt: int
    trouble: str
    refusal: str


Command = MarkTerms | Unmark | TakeDocument | RecordSent
