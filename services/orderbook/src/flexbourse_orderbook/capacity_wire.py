"""Messages and domain values of network capacity."""

from __future__ import annotations

from typing import Any

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse_core.rejection import Rejection
from flexbourse_messages.binding import Binding
from flexbourse_messages.rejections import rejection_from_message, rejection_to_message
from flexbourse_orderbook.domain.capacity_auction import events as ca
from flexbourse_orderbook.domain.capacity_auction.state import Right, Session

_GIVEN = {Rejection: (rejection_to_message, rejection_from_message)}
_USES = {int(use): use for use in ca.CapacityUse}
_FROM_OUTSIDE = {ca.CapacityUse: (int, lambda number: _USES.get(number, ca.CapacityUse.UNSPECIFIED))}

REQUEST = Binding(ca.RequestCapacity, pb.RequestCapacity, _FROM_OUTSIDE)
WITHDRAW = Binding(ca.WithdrawCapacity, pb.WithdrawCapacity)
DECLARE_USE = Binding(ca.DeclareCapacityUse, pb.DeclareCapacityUse)
REQUESTED = Binding(ca.CapacityRequest, pb.CapacityRequest)
RIGHT = Binding(Right, snapshot_pb2.CapacityRightSnapshot)
SESSION = Binding(Session, snapshot_pb2.CapacitySessionSnapshot)

# Field of `OrderEvent` → binding of what it holds.
EVENTS: dict[str, Binding[Any, Any]] = {
    "capacity_phase": Binding(ca.CapacityPhaseChanged, pb.CapacityPhaseChanged),
    "capacity_requested": Binding(ca.CapacityRequested, pb.CapacityRequested),
    "capacity_withdrawn": Binding(ca.CapacityWithdrawn, pb.CapacityWithdrawn),
    "capacity_refused": Binding(ca.CapacityRefused, pb.CapacityRefused, _GIVEN),
    "capacity_cleared": Binding(ca.CapacityCleared, pb.CapacityCleared),
    "capacity_allocated": Binding(ca.CapacityAllocated, pb.CapacityAllocated, _GIVEN),
    "capacity_used": Binding(ca.CapacityUsed, pb.CapacityUsed),
    "capacity_lapsed": Binding(ca.CapacityLapsed, pb.CapacityLapsed),
}
