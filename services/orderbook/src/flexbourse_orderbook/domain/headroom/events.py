"""What is asked of headroom, and events of what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_orderbook.domain.findings import GateFinding, NodeChange


@dataclass(frozen=True, slots=True)
class ReserveHeadroom:
    """Headroom that somebody wants held; with `any_fill` each node's change may come by any share, on its own."""

    reservation_id: str
    area_id: str
    mtu: Mtu
    changes: tuple[NodeChange, ...]
    expires_at_ms: int
    any_fill: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmHeadroom:
    """What came of a reservation: all of it, or of one with any fill the part that is said."""

    reservation_id: str
    changes: tuple[NodeChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseHeadroom:
    """What of a reservation is given up: all of it, or of one with any fill the part that is said."""

    reservation_id: str
    changes: tuple[NodeChange, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadroomReserved:
    """Headroom is held; all of it would change the potential by an amount, None where the power flow does not say."""

    reservation: ReserveHeadroom
    party: str
    gate: GateFinding | None
    dnut_micro_euro: int | None = None


@dataclass(frozen=True, slots=True)
class HeadroomFilled:
    """A part of a reservation came and is accepted; what is left of it stays held."""

    reservation_id: str
    party: str
    area_id: str
    left: tuple[NodeChange, ...]
    dnut_micro_euro: int | None = None


@dataclass(frozen=True, slots=True)
class HeadroomSettled:
    """A reservation ended: confirmed, released or expired."""

    reservation_id: str
    confirmed: bool
    reason: str
    party: str
    area_id: str
    dnut_micro_euro: int | None = None


@dataclass(frozen=True, slots=True)
class HeadroomDenied:
    """What another service asked of headroom is refused."""

    reservation_id: str
    party: str
    area_id: str
    asked: str
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class HeadroomReduced:
    """A part of a reservation was given up; what is left of it stays held."""

    reservation_id: str
    party: str
    area_id: str
    left: tuple[NodeChange, ...]


@dataclass(frozen=True, slots=True)
class HeldEffect:
    """What one W at a node does to an element that is short, in millionths of its unit; positive: as it binds."""

    node_id: str
    effect: int


@dataclass(frozen=True, slots=True)
class ElementShort:
    """An element that does not take what is held at its worst fill, and what the nodes do to it where it is held."""

    element_id: str
    value: int
    limit: int
    unit: str
    short: int
    effects: tuple[HeldEffect, ...]


@dataclass(frozen=True, slots=True)
class HeadroomContested:
    """A firm order would match but for headroom of external orders; it lacks a quantity at an element."""

    area_id: str
    mtu: Mtu
    order_id: str
    quantity_w: int
    element_id: str
    effect: tuple[NodeChange, ...]
    resting_order_id: str
    short: ElementShort | None


@dataclass(frozen=True, slots=True)
class HeadroomShort:
    """The grid was tightened: what external orders hold at any fill does not fit any more."""

    area_id: str
    mtu: Mtu
    reservation_ids: tuple[str, ...]
    element_id: str
    reason: str
    short: ElementShort | None
