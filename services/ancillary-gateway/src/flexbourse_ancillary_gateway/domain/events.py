"""Events of the gateway as a whole, beside those of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_ancillary_gateway.domain.activations import events as activation_events
from flexbourse_ancillary_gateway.domain.grid_gate import parcels
from flexbourse_ancillary_gateway.domain.lots import events as lot_events
from flexbourse_ancillary_gateway.domain.mail import outbox
from flexbourse_ancillary_gateway.domain.redispatch import NeedMoved
from flexbourse_ancillary_gateway.domain.results import ResultFound


@dataclass(frozen=True, slots=True)
class OrderKept:
    """The document of an order, deflated, is kept for its response."""

    order_id: str
    revision: int
    document: bytes


@dataclass(frozen=True, slots=True)
class DocumentTaken:
    """A document of the platform was taken, or refused as a whole."""

    document_id: str
    type: str
    sha256: bytes
    refusal: str
    at_s: int


@dataclass(frozen=True, slots=True)
class CallWindow:
    """Quarter-hours [start_s, end_s) in which a unit is called."""

    start_s: int
    end_s: int
    mtu_length_s: int


@dataclass(frozen=True, slots=True)
class UnitCalled:
    """Activation is asked to activate a lot for a bid of an order."""

    activation_id: str
    order_id: str
    bid_id: str
    lot_id: str
    area_id: str
    window: CallWindow
    quantity_w: int


@dataclass(frozen=True, slots=True)
class UnitStopped:
    """Activation is asked to end it early."""

    activation_id: str
    area_id: str
    reason: str


OwnEvent = OrderKept | DocumentTaken | UnitCalled | UnitStopped | ResultFound
Event = lot_events.Event | parcels.Event | activation_events.Event | outbox.Event | NeedMoved | OwnEvent
