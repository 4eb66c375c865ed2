"""Day-ahead auctions: offers, curves and blocks and where they stand, as the fold of their events.

A block is a curve of one step over several quarter-hours, each with an award of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Curve
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder, Member, Pool, Side


class CurveStage(IntEnum):
    """Where a curve stands; numbers as on the wire."""

    UNSPECIFIED = 0
    WANTED = 1
    HELD = 2
    TAKEN = 3
    OVER = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """W of one offer, in a step or of an award."""

    order_id: str
    quantity_w: int


@dataclass(frozen=True, slots=True)
class DayAheadOffered:
    """An offer stands."""

    order: ForwardableOrder


@dataclass(frozen=True, slots=True)
class DayAheadCancelled:
    """An offer was taken back."""

    order_id: str
    party: str


@dataclass(frozen=True, slots=True)
class CurveStep:
    """A step of a curve."""

    price_ticks: int
    members: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class CurveWanted:
    """A curve waits for its headroom, or a block of `mtu_count` quarter-hours (0: no block)."""

    intent_id: str
    day: str
    area_id: str
    mtu: Mtu
    side: Side
    steps: tuple[CurveStep, ...]
    deadline_s: int
    deadline_step: int
    mtu_count: int = 0
    least_permille: int = 0

    @property
    def mtus(self) -> tuple[Mtu, ...]:
        """Return the quarter-hours that it covers."""
        length_s = self.mtu.length_s
        return tuple(Mtu(self.mtu.start_s + place * length_s, length_s) for place in range(max(1, self.mtu_count)))

    @property
    def end_s(self) -> int:
        """Return when the last of them ends."""
        return self.mtus[-1].end_s


@dataclass(frozen=True, slots=True)
class CurveMoved:
    """A curve moved on."""

    intent_id: str
    stage: CurveStage
    reason: str


@dataclass(frozen=True, slots=True)
class CurveLevel:
    """Price and quantity of a step."""

    price_ticks: int
    quantity_w: int


@dataclass(frozen=True, slots=True)
class CurveSent:
    """A curve as it is sent."""

    intent_id: str
    mtu: Mtu
    side: Side
    steps: tuple[CurveLevel, ...]
    mtu_count: int = 0
    least_permille: int = 0

    @property
    def delivery(self) -> Mtu:
        """Return all that it covers as one period."""
        return Mtu(self.mtu.start_s, self.mtu.length_s * max(1, self.mtu_count))


@dataclass(frozen=True, slots=True)
class SubmissionAsked:
    """Curves of a day are submitted."""

    request_id: str
    day: str
    at_s: int
    curves: tuple[CurveSent, ...]


@dataclass(frozen=True, slots=True)
class AwardsAsked:
    """The result of a day is asked for."""

    request_id: str
    day: str
    at_s: int


@dataclass(frozen=True, slots=True)
class CurveAwarded:
    """A curve was awarded, by a revision, in the quarter-hour of a start (0: its only one)."""

    intent_id: str
    revision: int
    quantity_w: int
    price_ticks: int
    shares: tuple[Piece, ...]
    start_s: int = 0


@dataclass(frozen=True, slots=True)
class AwardBeyondRoom:
    """A correction awards more than the grid has room for."""

    intent_id: str
    area_id: str
    mtu: Mtu
    revision: int
    unheld_w: int
    rejection: Rejection


AuctionEvent = (
    DayAheadOffered
    | DayAheadCancelled
    | CurveWanted
    | CurveMoved
    | SubmissionAsked
    | AwardsAsked
    | CurveAwarded
    | AwardBeyondRoom
)


@dataclass(frozen=True, slots=True)
class MtuAward:
    """What one quarter-hour was awarded, W by offer as it was split, and what of that the grid has taken."""

    quantity_w: int
    price_ticks: int
    shares: Mapping[str, int]
    held: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CurveFile:
    """All about one curve; awards by the start of their quarter-hour."""

    wanted: CurveWanted
    curve: Curve
    stage: CurveStage = CurveStage.WANTED
    revision: int = 0
    awards: Mapping[int, MtuAward] = field(default_factory=dict)
    reason: str = ""

    @property
    def is_cleared(self) -> bool:
        """Tell whether a final result has settled it; corrections may follow."""
        return self.stage is CurveStage.OVER and self.revision > 0

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the pieces of all steps, one per offer."""
        watts: dict[str, Member] = {}
        for step in self.curve.steps:
            for member in step.members:
                name = member.order.order_id
                before = watts[name].quantity_w if name in watts else 0
                watts[name] = Member(member.order, before + member.quantity_w)
        return tuple(watts.values())


@dataclass(frozen=True, slots=True)
class AuctionDay:
    """When the auction of a day was last asked."""

    submitted_s: int = 0
    asked_s: int = 0
    built: bool = False


@dataclass(slots=True)
class AuctionState:
    """Offers that stand, curves by intent, days."""

    offers: dict[str, ForwardableOrder] = field(default_factory=dict)
    curves: dict[str, CurveFile] = field(default_factory=dict)
    days: dict[str, AuctionDay] = field(default_factory=dict)

    def of_day(self, day: str, stage: CurveStage) -> list[CurveFile]:
        """Return the curves of a day in a stage, by intent."""
        return [file for _, file in sorted(self.curves.items()) if file.wanted.day == day and file.stage is stage]

    def evolve(self, event: AuctionEvent) -> None:
        """Apply an event."""
        match event:
            case DayAheadOffered():
                self.offers[event.order.order_id] = event.order
            case DayAheadCancelled():
                del self.offers[event.order_id]
            case CurveWanted():
                self.curves[event.intent_id] = CurveFile(event, self.curve_of(event))
                self._day(event.day, built=True)
            case CurveMoved():
                self._move(event)
            case SubmissionAsked():
                self._day(event.day, submitted_s=event.at_s)
            case AwardsAsked():
                self._day(event.day, asked_s=event.at_s)
            case CurveAwarded():
                self._award(event)
            case AwardBeyondRoom():
                pass  # the room that was denied says it

    def take_held(self, intent_id: str, start_s: int) -> None:
        """Note that the grid has taken all that a quarter-hour was awarded."""
        file = self.curves[intent_id]
        award = file.awards[start_s]
        taken = replace(award, held=award.shares)
        self.curves[intent_id] = replace(file, awards={**file.awards, start_s: taken})

    def _move(self, event: CurveMoved) -> None:
        file = replace(self.curves[event.intent_id], stage=event.stage, reason=event.reason)
        self.curves[event.intent_id] = file
        for start_s in file.awards if file.is_cleared else ():
            self.take_held(event.intent_id, start_s)

    def _award(self, event: CurveAwarded) -> None:
        file = self.curves[event.intent_id]
        start_s = event.start_s or file.wanted.mtu.start_s
        before = file.awards.get(start_s)
        shares = {piece.order_id: piece.quantity_w for piece in event.shares}
        held = before.held if before is not None else {}
        award = MtuAward(event.quantity_w, event.price_ticks, shares, held)
        self.curves[event.intent_id] = replace(file, revision=event.revision, awards={**file.awards, start_s: award})

    def curve_of(self, event: CurveWanted) -> Curve:
        """Return the curve of an event, its offers as they stand."""
        steps = tuple(
            Pool(event.area_id, event.mtu, event.side, step.price_ticks,
                 tuple(Member(self.offers[piece.order_id], piece.quantity_w) for piece in step.members))
            for step in event.steps
        )  # fmt: skip
        return Curve(event.area_id, event.mtu, event.side, steps)

    def forget(self, before_s: int) -> None:
        """Drop what was delivered before a time."""
        for name in [key for key, file in self.curves.items() if file.wanted.end_s <= before_s]:
            del self.curves[name]
        for name in [key for key, order in self.offers.items() if order.mtu.end_s <= before_s]:
            del self.offers[name]
        known = {file.wanted.day for file in self.curves.values()}
        self.days = {day: found for day, found in self.days.items() if day in known or not found.built}

    def _day(self, day: str, **changes: object) -> None:
        self.days[day] = replace(self.days.get(day, AuctionDay()), **changes)  # type: ignore[arg-type]
