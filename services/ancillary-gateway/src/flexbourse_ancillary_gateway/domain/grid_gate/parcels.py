"""Parcels: what is forwarded together, the headroom it needs, and what happens to it.

A parcel is one bid or one whole group. In every MTU in which an activation of it can move power it holds headroom in
its area, at any fill from nothing to full; while it holds that, every call of the platform is covered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, BidVerdict, Cause
from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Direction
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection


@dataclass(frozen=True, slots=True)
class NodePower:
    """A change of injection at a node; injection is positive."""

    node_id: str
    power_w: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bids that are forwarded and withdrawn together, and the node behind each."""

    parcel_id: str
    area_id: str
    bids: tuple[Bid, ...]
    nodes: Mapping[str, str]  # bid id → node id
    need_id: str = ""  # of redispatch, where an operator's request is answered

    def power(self, quantities_w: Mapping[str, int]) -> tuple[NodePower, ...]:
        """Return what activating so much of its bids moves, each node and sense once."""
        moved: dict[tuple[str, Direction], int] = {}
        for bid in self.bids:
            key = (self.nodes[bid.bid_id], bid.direction)
            moved[key] = moved.get(key, 0) + quantities_w.get(bid.bid_id, 0)
        return tuple(
            NodePower(node_id, watts if direction is Direction.UP else -watts)
            for (node_id, direction), watts in moved.items()
            if watts
        )

    @property
    def mtus(self) -> tuple[Mtu, ...]:
        """Return the MTUs in which it can move power."""
        return tuple(sorted({mtu for bid in self.bids for mtu in bid.claimed_mtus}))

    @property
    def is_whole(self) -> bool:
        """Tell whether none or all of it is called: one indivisible bid, or an inclusive group of such."""
        groups = {bid.inclusive_group for bid in self.bids}
        together = len(self.bids) == 1 or (len(groups) == 1 and "" not in groups)
        return together and all(bid.minimum_w is None for bid in self.bids)

    @property
    def gate_mtu(self) -> Mtu:
        """Return the MTU whose gate it has to keep."""
        return min(bid.mtu for bid in self.bids)


class ParcelStage(Enum):
    """Where a parcel stands."""

    RESERVING = "RESERVING"
    RESERVED = "RESERVED"
    SENT = "SENT"
    STANDING = "STANDING"
    WITHDRAWING = "WITHDRAWING"
    UNCERTAIN = "UNCERTAIN"  # sent or withdrawn, and no receipt came: it may stand


# The platform may call a bid of a parcel in these stages.
CALLABLE = (ParcelStage.SENT, ParcelStage.STANDING, ParcelStage.WITHDRAWING, ParcelStage.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class ParcelOffered:
    """A parcel is to be forwarded once the grid has room for it."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class HeadroomAsked:
    """The area is asked to hold room for a parcel in one MTU: at any fill, or, if `whole`, for none or all of it.

    `order_id`: whose call asks for it, "" for the bids themselves. `undoes`: the reservation whose accepted change it
    takes back, of `bid_ids`.
    """

    reservation_id: str
    parcel_id: str
    area_id: str
    mtu: Mtu
    changes: tuple[NodePower, ...]
    expires_s: int
    whole: bool = False
    order_id: str = ""
    undoes: str = ""
    bid_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadroomHeld:
    """The area holds the room."""

    reservation_id: str


@dataclass(frozen=True, slots=True)
class HeadroomReleased:
    """The room is given up."""

    reservation_id: str
    area_id: str


@dataclass(frozen=True, slots=True)
class HeadroomLost:
    """The area no longer holds the room, for a reason of its own."""

    reservation_id: str


@dataclass(frozen=True, slots=True)
class VerdictAsked:
    """The grid is asked about an order: these reservations are to be confirmed in part."""

    order: ActivationOrder
    reservation_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfirmAsked:
    """The area is asked to turn the called part of what it holds into an accepted change; no changes: all of it."""

    order_id: str
    revision: int
    reservation_id: str
    area_id: str
    changes: tuple[NodePower, ...]


@dataclass(frozen=True, slots=True)
class ConfirmAnswered:
    """The area has taken the change, or not: which element stands against it, and who has tightened it.

    `dnut_micro_euro`: by what the change moved the network's cost potential.
    """

    order_id: str
    reservation_id: str
    confirmed: bool
    cause: Cause | None = None
    element_id: str = ""
    tightened_by: str = ""
    dnut_micro_euro: int = 0


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """The grid has spoken about every bid of an order; `confirmed` are the reservations that became changes."""

    order_id: str
    revision: int
    verdicts: tuple[BidVerdict, ...]
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoDenied:
    """The area does not take an accepted change back yet."""

    reservation_id: str
    at_s: int


@dataclass(frozen=True, slots=True)
class UndoDone:
    """The area has taken an accepted change back; by what that moved the network's cost potential."""

    reservation_id: str
    dnut_micro_euro: int


@dataclass(frozen=True, slots=True)
class ParcelRefused:
    """A parcel is not forwarded, or the platform does not take it; `reasons` of the platform are in words."""

    parcel_id: str
    rejections: tuple[Rejection, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BidsSent:
    """Bids, or withdrawals, of these parcels go to the platform in one document."""

    document_id: str
    parcel_ids: tuple[str, ...]
    bids: tuple[Bid, ...]
    withdraws: bool


@dataclass(frozen=True, slots=True)
class ParcelMoved:
    """The receipt of a document, or its absence, has moved a parcel on."""

    parcel_id: str
    stage: ParcelStage
    document_id: str


@dataclass(frozen=True, slots=True)
class ParcelLimited:
    """The grid has tightened after the gate of bids: the limit is published, its cost falls on who has tightened."""

    parcel_id: str
    allowed_w: int
    cause: Cause
    element_id: str
    tightened_by: str


@dataclass(frozen=True, slots=True)
class ParcelGone:
    """A parcel was withdrawn, or its time is over."""

    parcel_id: str


Event = (
    ParcelOffered
    | HeadroomAsked
    | HeadroomHeld
    | HeadroomReleased
    | HeadroomLost
    | VerdictAsked
    | ConfirmAsked
    | ConfirmAnswered
    | VerdictReached
    | ParcelRefused
    | BidsSent
    | ParcelMoved
    | ParcelLimited
    | ParcelGone
    | UndoDenied
    | UndoDone
)
