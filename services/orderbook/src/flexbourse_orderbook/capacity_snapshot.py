"""Network capacity in the snapshot: auctions, requests that are not cleared, and what is allocated."""

from __future__ import annotations

from flexbourse.orderbook.v1 import snapshot_pb2 as pb
from flexbourse_orderbook.capacity_wire import REQUESTED, RIGHT, SESSION
from flexbourse_orderbook.domain.state import AreaState


def add_area(wire: pb.AreaSnapshot, state: AreaState) -> None:
    """Add what an area keeps of network capacity."""
    auctions = state.capacity_auctions
    wire.capacity_sequence = auctions.sequence
    wire.capacity_sessions.extend(SESSION.encode(auctions.sessions[key]) for key in sorted(auctions.sessions))
    ranked = sorted(auctions.requests.values(), key=lambda request: request.sequence)
    wire.capacity_requests.extend(map(REQUESTED.encode, ranked))
    wire.capacity_rights.extend(RIGHT.encode(auctions.rights[name]) for name in sorted(auctions.rights))


def restore_area(state: AreaState, wire: pb.AreaSnapshot) -> None:
    """Put back what an area keeps of network capacity."""
    auctions = state.capacity_auctions
    auctions.sequence = wire.capacity_sequence
    for session in map(SESSION.decode, wire.capacity_sessions):
        auctions.sessions[session.market_id, session.mtu.start_s] = session
    auctions.requests = {request.request_id: request for request in map(REQUESTED.decode, wire.capacity_requests)}
    for right in map(RIGHT.decode, wire.capacity_rights):
        auctions.put(right)
