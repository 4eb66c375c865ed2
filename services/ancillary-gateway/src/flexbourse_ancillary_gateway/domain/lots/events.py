"""What happens to marks and lots; each is a fact of the journal."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_ancillary_gateway.domain.lots.lot import Lot, Mark, Piece
from flexbourse_core.rejection import Rejection


@dataclass(frozen=True, slots=True)
class OfferMarked:
    """An offer may go to the platform."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class OfferUnmarked:
    """It may no longer."""

    area_id: str
    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class LotAsked:
    """Activation is asked to claim a lot, for the first time or for less."""

    lot: Lot


@dataclass(frozen=True, slots=True)
class LotHeld:
    """Activation has claimed it."""

    lot_id: str


@dataclass(frozen=True, slots=True)
class LotCut:
    """A lot shrank; `ours`: we give the rest back, and activation is told."""

    lot_id: str
    area_id: str
    left_w: int
    ours: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LotEnded:
    """A lot is not forwarded."""

    lot_id: str
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class PiecesPooled:
    """Pieces of lots make a parcel."""

    parcel_id: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class LotPart:
    """How much of a lot may be pooled."""

    lot_id: str
    quantity_w: int


@dataclass(frozen=True, slots=True)
class LotsLowered:
    """A parcel was refused, so less of these lots is tried."""

    parts: tuple[LotPart, ...]


Event = OfferMarked | OfferUnmarked | LotAsked | LotHeld | LotCut | LotEnded | PiecesPooled | LotsLowered
