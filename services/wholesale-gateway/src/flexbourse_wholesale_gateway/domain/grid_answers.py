"""What areas say of headroom: held, denied, too little; and which orders leave the exchange for it."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain import external_order as x
from flexbourse_wholesale_gateway.domain.auctioning import curve_answered, withdraw_curve
from flexbourse_wholesale_gateway.domain.desk import Desk
from flexbourse_wholesale_gateway.domain.following import follow
from flexbourse_wholesale_gateway.domain.forwarding import headroom_answered
from flexbourse_wholesale_gateway.domain.results import charged, intent_of

MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Held:
    """An area holds a reservation of ours."""

    reservation_id: str


@dataclass(frozen=True, slots=True)
class Denied:
    """An area refuses what we asked."""

    reservation_id: str
    asked: str
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class Lack:
    """What an element lacks, and what one W injected at each node does to it, in millionths of its unit."""

    area_id: str
    mtu: Mtu
    short: int
    effects: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Contested:
    """A firm local order waits for room that is held for fills to come."""

    lack: Lack


@dataclass(frozen=True, slots=True)
class Short:
    """The grid was tightened; what is held does not fit any more."""

    lack: Lack
    reservation_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """An area took what was confirmed; by what that changed its network's cost potential."""

    reservation_id: str
    dnut_micro_euro: int


GridFact = Held | Denied | Taken | Contested | Short


def react(desk: Desk, fact: GridFact) -> None:
    """Do what an answer of the grid means."""
    match fact:
        case Held():
            _held(desk, fact)
        case Denied():
            _denied(desk, fact)
        case Taken():
            _taken(desk, fact)
        case Contested():
            _withdraw_dearest(desk, fact.lack, "a firm local order needs the headroom")
        case Short():
            _short(desk, fact)


def withdraw(desk: Desk, intent_id: str, reason: str) -> None:
    """Take an order off the exchange, once the exchange says that it is there."""
    if intent_id in desk.state.auctions.curves:
        withdraw_curve(desk, intent_id, reason)
        return
    file = desk.file(intent_id)
    if file.over or file.withdrawal or file.order.stage in x.FINAL:
        return
    desk.record(e.WithdrawalWanted(intent_id, reason))
    follow(desk, intent_id)


def _held(desk: Desk, fact: Held) -> None:
    room = desk.state.rooms.get(fact.reservation_id)
    if room is None or room.held:
        return
    desk.record(e.RoomHeld(fact.reservation_id))
    if room.trade_id:  # the opposite of a recalled trade: all of it has come already
        desk.record(e.RoomConfirmed(fact.reservation_id, room.reservation.area_id, ()))
        return
    _answer(desk, room.intent_id, None)


def _denied(desk: Desk, fact: Denied) -> None:
    room = desk.state.rooms.get(fact.reservation_id)
    if room is None and not (fact.asked == "confirm" and fact.reservation_id in desk.state.charges):
        return
    desk.record(e.RoomDenied(fact.reservation_id, fact.asked, fact.rejection))
    if room is None:
        return
    if fact.asked == "reserve" and not room.trade_id:
        _answer(desk, room.intent_id, fact.rejection)


def _taken(desk: Desk, fact: Taken) -> None:
    """Publish what the oldest result that waits for it bears; nothing of one that was recalled meanwhile."""
    waiting = desk.state.charges.get(fact.reservation_id)
    if not waiting:
        return  # the opposite of a recalled trade: nobody bears it
    desk.record(e.RoomCharged(fact.reservation_id, fact.dnut_micro_euro))
    published, members = desk.state.results.get(waiting[0]), desk.state.members_of(intent_of(waiting[0]))
    if published is not None and published.shares and members and fact.dnut_micro_euro:
        moving = {member.order.order_id for member in members if member.order.moves}
        desk.record(charged(published, fact.dnut_micro_euro, moving))


def _answer(desk: Desk, intent_id: str, rejection: Rejection | None) -> None:
    if intent_id in desk.state.auctions.curves:
        curve_answered(desk, intent_id, rejection)
        return
    desk.change(intent_id, headroom_answered(desk.file(intent_id).order, rejection))
    follow(desk, intent_id)


def _short(desk: Desk, fact: Short) -> None:
    """Withdraw as much as helps, dearest first; all that is named where it is not known what would."""
    reason = f"the grid was tightened: {fact.reason}"[:MAX_REASON]
    if _withdraw_dearest(desk, fact.lack, reason):
        return
    for name in fact.reservation_ids:
        room = desk.state.rooms.get(name)
        if room is not None and not room.trade_id:
            withdraw(desk, room.intent_id, reason)


def _withdraw_dearest(desk: Desk, lack: Lack, reason: str) -> int:
    """Withdraw the dearest first until the element has what it lacks; returns how many that are."""
    chosen = desk.state.exposures.withdraw(lack.area_id, lack.mtu, dict(lack.effects), lack.short)
    for intent_id in chosen:
        withdraw(desk, intent_id, reason)
    return len(chosen)
