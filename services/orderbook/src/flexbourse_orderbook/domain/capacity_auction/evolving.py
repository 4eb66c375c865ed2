"""What events of network capacity do to the state of an area."""

from __future__ import annotations

from flexbourse_orderbook.domain.capacity_auction.events import (
    CapacityAllocated,
    CapacityLapsed,
    CapacityPhaseChanged,
    CapacityRequested,
    CapacityUsed,
    CapacityWithdrawn,
)
from flexbourse_orderbook.domain.capacity_auction.state import Right, Session, right_id
from flexbourse_orderbook.domain.state import AreaState


def phase_changed(state: AreaState, event: CapacityPhaseChanged) -> None:
    """Bring an auction into a phase."""
    session = Session(event.market_id, event.mtu, event.periods, event.phase)
    state.capacity_auctions.sessions.setdefault((event.market_id, event.mtu.start_s), session).phase = event.phase


def requested(state: AreaState, event: CapacityRequested) -> None:
    """Let a request stand until its auction is cleared."""
    state.capacity_auctions.requests[event.request.request_id] = event.request
    state.capacity_auctions.sequence = event.request.sequence


def withdrawn(state: AreaState, event: CapacityWithdrawn) -> None:
    """Let a request stand no more."""
    del state.capacity_auctions.requests[event.request_id]


def allocated(state: AreaState, event: CapacityAllocated) -> None:
    """Give a request what it got."""
    auctions, request = state.capacity_auctions, event.request
    del auctions.requests[request.request_id]
    lead_s = state.registry.markets[request.market_id].use_or_lose_s
    for payment in event.payments:
        auctions.put(
            Right(
                request.request_id, request.party, request.market_id, request.metering_point_id, request.node_id,
                request.use.sign, payment.mtu, event.quantity_w, event.quantity_w, payment.amount_micro_euro,
                (payment.mtu.start_s - lead_s) * 1000,
            )
        )  # fmt: skip


def used(state: AreaState, event: CapacityUsed) -> None:
    """Let a part be held no more; what is declared is a deviation of the position."""
    right = state.capacity_auctions.rights[right_id(event.request_id, event.mtu)]
    right.held_w -= event.quantity_w
    if event.moved_w:
        state.period(event.mtu).positions[event.metering_point_id].deviation_w += event.moved_w


def lapsed(state: AreaState, event: CapacityLapsed) -> None:
    """Let what was not used be gone."""
    right = state.capacity_auctions.rights[right_id(event.request_id, event.mtu)]
    right.quantity_w -= event.unused_w
    right.held_w = 0
    right.amount_micro_euro -= event.refund_micro_euro
