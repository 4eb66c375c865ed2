"""Redispatch: an operator asks for power against a congestion, is offered it, orders it, and gets it confirmed.

The order and its response run through `activations`; here stands the request before it, and the notice after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Direction
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.transition import TransitionTable

MAX_NEEDS = 10_000  # open at a time; beyond, the operator has to wait
MOST_NOTICES = 8  # of one delivery; the pauses between them add up to two hours
FIRST_PAUSE_S = 60  # doubled each time
REMEMBERED_S = 86_400  # behind the period
OPEN_S = 7 * 86_400  # the same of what waits for something, and of a delivery: nobody may have heard of it


class NeedStage(Enum):
    """Where a request stands."""

    REQUESTED = "REQUESTED"
    OFFERED = "OFFERED"
    ORDERED = "ORDERED"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    NOTIFIED = "NOTIFIED"
    LAPSED = "LAPSED"
    UNHEARD = "UNHEARD"
    UNTOLD = "UNTOLD"


NEED_LIFE = TransitionTable[NeedStage, NeedStage](
    "redispatch",
    {
        (NeedStage.REQUESTED, NeedStage.OFFERED): NeedStage.OFFERED,
        (NeedStage.REQUESTED, NeedStage.LAPSED): NeedStage.LAPSED,
        (NeedStage.OFFERED, NeedStage.OFFERED): NeedStage.OFFERED,
        (NeedStage.OFFERED, NeedStage.ORDERED): NeedStage.ORDERED,
        (NeedStage.OFFERED, NeedStage.LAPSED): NeedStage.LAPSED,
        (NeedStage.ORDERED, NeedStage.CONFIRMED): NeedStage.CONFIRMED,
        (NeedStage.ORDERED, NeedStage.REFUSED): NeedStage.REFUSED,
        (NeedStage.CONFIRMED, NeedStage.NOTIFIED): NeedStage.NOTIFIED,
        (NeedStage.NOTIFIED, NeedStage.UNHEARD): NeedStage.UNHEARD,
        (NeedStage.NOTIFIED, NeedStage.UNTOLD): NeedStage.UNTOLD,
        (NeedStage.UNHEARD, NeedStage.NOTIFIED): NeedStage.NOTIFIED,
    },
)
_OPEN = (NeedStage.ORDERED, NeedStage.CONFIRMED, NeedStage.NOTIFIED, NeedStage.UNHEARD, NeedStage.UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedispatchNeed:
    """What an operator asks for."""

    need_id: str
    mtu: Mtu
    direction: Direction
    quantity_w: int
    zone: str


@dataclass(frozen=True, slots=True)
class NeedMoved:
    """A request has moved on; `bid_ids` are the bids offered or ordered.

    `notices` of its delivery went out; where the last came to nothing, `again_s` says when the next goes.
    """

    need: RedispatchNeed
    stage: NeedStage
    bid_ids: tuple[str, ...] = ()
    order_id: str = ""
    notices: int = 0
    again_s: int = 0

    @property
    def notice_name(self) -> str:
        """Return our name for the newest notice."""
        return f"notice/{self.order_id}/{self.notices}"


@dataclass(slots=True)
class Redispatch:
    """All requests of one operator."""

    needs: dict[str, NeedMoved] = field(default_factory=dict)

    def request(self, need: RedispatchNeed, gate_s: int, now_s: int) -> list[NeedMoved] | list[Rejection]:
        """Take a request; the same again changes nothing."""
        known = self.needs.get(need.need_id)
        if known is not None and known.need == need:
            return []
        found = []
        if known is not None:
            found.append(Rejection(Code.DUPLICATE_IDENTIFIER, "another request has the id", "need_id", need.need_id))
        if need.quantity_w <= 0:
            rule = "more than nothing is asked for"
            found.append(Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity", need.need_id, need.quantity_w, 1, "W"))
        if now_s >= need.mtu.start_s - gate_s:
            rule = "the request comes before its gate"
            found.append(Rejection(Code.GATE_CLOSED, rule, "mtu", need.need_id, now_s, need.mtu.start_s - gate_s, "s"))
        if len(self.needs) >= MAX_NEEDS:
            found.append(Rejection(Code.BOOK_FULL, "requests at a time", "need_id", limit=MAX_NEEDS))
        return found or self._apply([NeedMoved(need, NeedStage.REQUESTED)])

    def offer(self, need_id: str, bids: Sequence[Bid]) -> list[NeedMoved]:
        """Note which bids answer a request, those sent later beside those sent before; nothing suitable leaves it open.

        Any of them may be ordered: which and how many of them meet the request, the operator chooses.
        """
        known = self.needs[need_id]
        suitable = suitable_bids(known.need, bids)
        if not suitable or known.stage not in (NeedStage.REQUESTED, NeedStage.OFFERED):
            return []
        bid_ids = (*known.bid_ids, *(bid.bid_id for bid in suitable if bid.bid_id not in known.bid_ids))
        return self._apply([replace(known, stage=NeedStage.OFFERED, bid_ids=bid_ids)])

    def ordered(self, order_id: str, bid_ids: Sequence[str]) -> list[NeedMoved]:
        """An order came for bids of a request: it is under way."""
        for known in self.needs.values():
            if known.stage is NeedStage.OFFERED and set(bid_ids) <= set(known.bid_ids):
                return self._apply([replace(known, stage=NeedStage.ORDERED, order_id=order_id)])
        return []

    def answered(self, order_id: str, *, accepted: bool) -> list[NeedMoved]:
        """The order of a request was answered."""
        stage = NeedStage.CONFIRMED if accepted else NeedStage.REFUSED
        return self._follow(order_id, NeedStage.ORDERED, stage)

    def delivered(self, order_id: str) -> list[NeedMoved]:
        """The order of a request was delivered: the notice is due."""
        known = [k for k in self.needs.values() if k.order_id == order_id and k.stage is NeedStage.CONFIRMED]
        return self._apply([_notified(each) for each in known])

    def unheard(self, known: NeedMoved, now_s: int) -> list[NeedMoved]:
        """The newest notice of a delivery came to nothing: another goes after a pause, up to a bound.

        An operator whose clock is behind refuses a delivery that is not over for him yet.
        """
        if known.notices >= MOST_NOTICES:
            return self._apply([replace(known, stage=NeedStage.UNTOLD)])
        again_s = now_s + (FIRST_PAUSE_S << (known.notices - 1))
        return self._apply([replace(known, stage=NeedStage.UNHEARD, again_s=again_s)])

    def at(self, stage: NeedStage) -> list[NeedMoved]:
        """Return the requests that stand there, in the order of their ids."""
        found = [known for known in self.needs.values() if known.stage is stage]
        return sorted(found, key=lambda known: known.need.need_id)

    def advance(self, now_s: int) -> list[NeedMoved]:
        """Move to a time: what was not ordered before its MTU began has lapsed, what nobody heard is told again."""
        self.tick(now_s)  # before what follows, as whoever folds the journal does
        waiting = (*self.at(NeedStage.REQUESTED), *self.at(NeedStage.OFFERED))
        moved = [replace(known, stage=NeedStage.LAPSED) for known in waiting if known.need.mtu.start_s <= now_s]
        moved += [_notified(known) for known in self.at(NeedStage.UNHEARD) if known.again_s <= now_s]
        return self._apply(moved)

    def next_timer_s(self) -> int | None:
        """Return when a notice goes again."""
        return min((known.again_s for known in self.at(NeedStage.UNHEARD)), default=None)

    def tick(self, now_s: int) -> None:
        """Time has advanced: forget requests whose day is over and that wait for nothing."""
        self.needs = {key: known for key, known in self.needs.items() if _kept_until_s(known) > now_s}

    def evolve(self, event: NeedMoved) -> None:
        """Apply an event."""
        known = self.needs.get(event.need.need_id)
        if known is not None:
            NEED_LIFE.next(known.stage, event.stage)
        self.needs[event.need.need_id] = event

    def _follow(self, order_id: str, stage: NeedStage, following: NeedStage) -> list[NeedMoved]:
        known = [k for k in self.needs.values() if k.order_id == order_id and k.stage is stage]
        return self._apply([replace(each, stage=following) for each in known])

    def _apply(self, events: list[NeedMoved]) -> list[NeedMoved]:
        for event in events:
            self.evolve(event)
        return events


def _notified(known: NeedMoved) -> NeedMoved:
    return replace(known, stage=NeedStage.NOTIFIED, notices=known.notices + 1, again_s=0)


def _kept_until_s(known: NeedMoved) -> int:
    return known.need.mtu.end_s + (OPEN_S if known.stage in _OPEN else REMEMBERED_S)


def suitable_bids(need: RedispatchNeed, bids: Sequence[Bid]) -> list[Bid]:
    """Return the bids of the need's MTU, direction and zone."""
    return [
        bid
        for bid in bids
        if bid.mtu == need.mtu and bid.direction is need.direction and bid.zone == need.zone and bid.quantity_w
    ]
