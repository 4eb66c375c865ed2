"""What the forwarding book keeps of a parcel, and of an order that the grid is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, BidVerdict, Cause, OrderedBid
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import ConfirmAnswered, Parcel, ParcelLimited, ParcelStage


@dataclass(frozen=True, slots=True)
class Entry:
    """A parcel, its stage, the room it holds or has asked for (reservation id → held), and its last document.

    `limited` says what the grid had against it behind the gate of bids.
    """

    parcel: Parcel
    stage: ParcelStage = ParcelStage.RESERVING
    reservations: Mapping[str, bool] = field(default_factory=dict)
    document_id: str = ""
    limited: ParcelLimited | None = None


@dataclass(frozen=True, slots=True)
class PendingVerdict:
    """An order whose confirmations are under way; `waits` are reservation ids, `refused` what the area said no to."""

    order: ActivationOrder
    waits: frozenset[str]
    refused: tuple[ConfirmAnswered, ...] = ()
    confirmed: tuple[str, ...] = ()


def without_room(called: OrderedBid, entry: Entry | None) -> BidVerdict:
    """Say why a called bid has no room: what has limited its parcel, or that nobody said."""
    known = entry.limited if entry is not None else None
    if known is None:
        return BidVerdict(called.bid_id, 0, Cause.NO_ANSWER)
    return BidVerdict(called.bid_id, 0, known.cause, known.element_id, known.tightened_by)


def refused_by(called: OrderedBid, against: ConfirmAnswered, entry: Entry | None) -> BidVerdict:
    """Say what an area has against a called bid; what had limited its parcel meanwhile is what has tightened."""
    known = entry.limited if entry is not None else None
    by = against.tightened_by if known is None else known.tightened_by
    return BidVerdict(called.bid_id, 0, against.cause or Cause.THERMAL, against.element_id, by)


def places_of(parcel: Parcel) -> set[int | str]:
    """Return where a parcel is found: the starts of its MTUs, and its technical links."""
    return {bid.mtu.start_s for bid in parcel.bids} | {bid.technical_link for bid in parcel.bids} - {""}
