"""Day-ahead auctions: offers, curves and where they stand, as the fold of their events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_wholesale_gateway.domain.day_ahead import Curve
from flexbourse_wholesale_gateway.domain.pooling import ForwardableOrder, Member, Pool, Side


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
class CurveStep:
    """A step of a curve."""

    price_ticks: int
    members: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class CurveWanted:
    """A curve waits for its headroom."""

    intent_id: str
    day: str
    area_id: str
    mtu: Mtu
    side: Side
    steps: tuple[CurveStep, ...]
    deadline_s: int
    deadline_step: int


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
    """A curve was awarded, by a revision."""

    intent_id: str
    revision: int
    quantity_w: int
    price_ticks: int
    shares: tuple[Piece, ...]


AuctionEvent = DayAheadOffered | CurveWanted | CurveMoved | SubmissionAsked | AwardsAsked | CurveAwarded


@dataclass(frozen=True, slots=True)
class CurveFile:
    """All about one curve; settled: its headroom is what was awarded, no more."""

    wanted: CurveWanted
    curve: Curve
    stage: CurveStage = CurveStage.WANTED
    revision: int = 0
    awarded_w: int = 0
    shares: Mapping[str, int] = field(default_factory=dict)

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
            case CurveWanted():
                self.curves[event.intent_id] = CurveFile(event, self.curve_of(event))
                self._day(event.day, built=True)
            case CurveMoved():
                self.curves[event.intent_id] = replace(self.curves[event.intent_id], stage=event.stage)
            case SubmissionAsked():
                self._day(event.day, submitted_s=event.at_s)
            case AwardsAsked():
                self._day(event.day, asked_s=event.at_s)
            case CurveAwarded():
                shares = {piece.order_id: piece.quantity_w for piece in event.shares}
                self.curves[event.intent_id] = replace(
                    self.curves[event.intent_id], revision=event.revision, awarded_w=event.quantity_w, shares=shares
                )

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
        for name in [key for key, file in self.curves.items() if file.wanted.mtu.end_s <= before_s]:
            del self.curves[name]
        for name in [key for key, order in self.offers.items() if order.mtu.end_s <= before_s]:
            del self.offers[name]
        known = {file.wanted.day for file in self.curves.values()}
        self.days = {day: found for day, found in self.days.items() if day in known or not found.built}

    def _day(self, day: str, **changes: object) -> None:
        self.days[day] = replace(self.days.get(day, AuctionDay()), **changes)  # type: ignore[arg-type]
