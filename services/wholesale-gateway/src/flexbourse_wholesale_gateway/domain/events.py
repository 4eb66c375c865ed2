"""What happens in the gateway, beside what happens to each order on the exchange."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain.day_ahead.state import AuctionEvent
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.results import ExternalResult

DEFAULT_LIMIT_W = 5_000_000
DEFAULT_GATE_BEFORE_S = 1_800


@dataclass(frozen=True, slots=True)
class ForwardingRules:
    """How much of an area's headroom one participant may hold unexecuted, and when the exchange's trading ends."""

    limit_w: int = DEFAULT_LIMIT_W
    paused: bool = False
    gate_before_s: int = DEFAULT_GATE_BEFORE_S


class OnTightening(IntEnum):
    """What becomes of orders on the exchange that a tightened grid does not carry; numbers as on the wire."""

    UNSPECIFIED = 0
    CANCEL = 1
    HIBERNATE = 2


@dataclass(frozen=True, slots=True)
class AreaRulesSet:
    """The rules of an area were set."""

    party: str
    area_id: str
    on_tightening: OnTightening


@dataclass(frozen=True, slots=True)
class RulesSet:
    """The rules of forwarding were set."""

    party: str
    rules: ForwardingRules


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The exchange is heard again, or no more."""

    connected: bool
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarketChanged:
    """The exchange takes orders, or not."""

    takes_orders: bool
    name: str


@dataclass(frozen=True, slots=True)
class LeftoverReleased:
    """What is left of an order may go on."""

    order_id: str
    party: str


@dataclass(frozen=True, slots=True)
class LeftoverWithdrawn:
    """What is left of an order goes nowhere any more."""

    order_id: str
    party: str


@dataclass(frozen=True, slots=True)
class Piece:
    """W of one order, in a pool or of a fill."""

    order_id: str
    quantity_w: int


@dataclass(frozen=True, slots=True)
class ExternalWanted:
    """A pool is to go out once its area holds headroom for every fill; a deadline of step 0 is one of time alone."""

    intent_id: str
    area_id: str
    terms: x.ExternalTerms
    headroom_deadline_s: int
    headroom_deadline_step: int
    members: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A change of injection."""

    node_id: str
    p_w: int
    q_var: int = 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """Headroom to be held."""

    reservation_id: str
    area_id: str
    mtu: Mtu
    changes: tuple[NodeChange, ...]
    expires_at_ms: int
    any_fill: bool


@dataclass(frozen=True, slots=True)
class RoomAsked:
    """Headroom is asked for: of an order's fills, or of the opposite of a trade that was recalled."""

    intent_id: str
    reservation: Reservation
    trade_id: str = ""


@dataclass(frozen=True, slots=True)
class RoomHeld:
    """The area holds headroom."""

    reservation_id: str


@dataclass(frozen=True, slots=True)
class RoomConfirmed:
    """Headroom became an accepted change; without changes all of it. `result_id`: what bears its tariff."""

    reservation_id: str
    area_id: str
    changes: tuple[NodeChange, ...]
    result_id: str = ""


@dataclass(frozen=True, slots=True)
class RoomCharged:
    """An area took the next part that was confirmed; by what that changed its network's cost potential."""

    reservation_id: str
    dnut_micro_euro: int


@dataclass(frozen=True, slots=True)
class RoomReleased:
    """Headroom is given back."""

    reservation_id: str
    area_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RoomDenied:
    """An area refused what was asked of headroom."""

    reservation_id: str
    asked: str
    rejection: Rejection


RoomEvent = RoomAsked | RoomHeld | RoomConfirmed | RoomCharged | RoomReleased | RoomDenied


@dataclass(frozen=True, slots=True)
class WithdrawalWanted:
    """An order is to be taken off the exchange."""

    intent_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class HibernationWanted:
    """An order is to sleep on the exchange until its area has headroom for it again."""

    intent_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class EntryAsked:
    """An order is sent."""

    request_id: str
    intent_id: str
    attempt: int
    at_s: int
    terms: x.ExternalTerms


@dataclass(frozen=True, slots=True)
class OperationSent:
    """An operation is sent."""

    request_id: str
    intent_id: str
    external_id: str
    operation: x.Operation


@dataclass(frozen=True, slots=True)
class StrayCancelAsked:
    """A stray is cancelled."""

    request_id: str
    intent_id: str
    external_id: str


@dataclass(frozen=True, slots=True)
class LookUpAsked:
    """The exchange is asked for all it has under the client order id."""

    request_id: str
    intent_id: str
    at_s: int
    terms: x.ExternalTerms


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """A request is over."""

    request_id: str


# What happened to an order on the exchange, of those that no event above says.
ExternalStep = (
    x.Moved
    | x.IdGiven
    | x.Seen
    | x.TradeCounted
    | x.TradeRecalled
    | x.OperationEnded
    | x.EndSeen
    | x.PredecessorEnded
    | x.LookUpNeeded
    | x.LookedUp
    | x.StrayFound
)


@dataclass(frozen=True, slots=True)
class ExternalChanged:
    """Steps of an order, and how it stands after them."""

    intent_id: str
    steps: tuple[ExternalStep, ...]
    stage: x.Stage
    filled_w: int
    open_w: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class FillSplit:
    """A fill was split over the members of its pool; what was not out is the operator's."""

    intent_id: str
    trade_id: str
    shares: tuple[Piece, ...]
    excess_w: int


@dataclass(frozen=True, slots=True)
class ExternalEnded:
    """An order is over; what was not filled is left again, and may go out again from `retry_s` on."""

    intent_id: str
    reason: str
    retry_s: int


Event = (
    RulesSet
    | AreaRulesSet
    | ConnectionChanged
    | MarketChanged
    | LeftoverReleased
    | LeftoverWithdrawn
    | ExternalWanted
    | RoomEvent
    | WithdrawalWanted
    | HibernationWanted
    | EntryAsked
    | OperationSent
    | StrayCancelAsked
    | LookUpAsked
    | RequestEnded
    | ExternalChanged
    | FillSplit
    | ExternalEnded
    | ExternalResult
    | AuctionEvent
)
