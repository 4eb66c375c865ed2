"""What areas say of headroom: held, denied, too little; and which orders leave the exchange for it."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain.auction_day.auctioning import curve_answered, withdraw_curve
from flexbourse_wholesale_gateway.domain.auction_day.awarding import difference_denied, result_of
from flexbourse_wholesale_gateway.domain.desk import Desk
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.external_orders.deciding import headroom_answered
from flexbourse_wholesale_gateway.domain.following import follow
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
            for intent_id in _dearest(desk, fact.lack):
                withdraw(desk, intent_id, "a firm local order needs the headroom")
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
    if room.trade_id:  # of a recalled trade or a corrected award: all of it has come already
        curve = desk.state.auctions.curves.get(room.intent_id)
        bears = result_of(curve, room.reservation.mtu.start_s) if curve is not None else ""
        desk.record(e.RoomConfirmed(fact.reservation_id, room.reservation.area_id, (), bears))
        return
    _answer(desk, room.intent_id, None)


def _denied(desk: Desk, fact: Denied) -> None:
    room = desk.state.rooms.get(fact.reservation_id)
    if room is None and not (fact.asked == "confirm" and fact.reservation_id in desk.state.charges):
        return
    desk.record(e.RoomDenied(fact.reservation_id, fact.asked, fact.rejection))
    if room is None:
        return
    if fact.asked != "reserve":
        return
    if not room.trade_id:
        _answer(desk, room.intent_id, fact.rejection)
    elif room.intent_id in desk.state.auctions.curves:
        difference_denied(desk, desk.state.rooms[fact.reservation_id], fact.rejection)


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
    """Take off as much as helps, dearest first, in the area's way; all that is named where nobody knows what would."""
    reason = f"the grid was tightened: {fact.reason}"[:MAX_REASON]
    chosen = _dearest(desk, fact.lack)
    if not chosen:
        named = (desk.state.rooms.get(name) for name in fact.reservation_ids)
        chosen = [room.intent_id for room in named if room is not None and not room.trade_id]
    sleeps = desk.state.area_rules.get(fact.lack.area_id) is e.OnTightening.HIBERNATE
    for intent_id in chosen:
        if sleeps:
            hibernate(desk, intent_id, reason)
        else:
            withdraw(desk, intent_id, reason)


def hibernate(desk: Desk, intent_id: str, reason: str) -> None:
    """Put an order to sleep on the exchange until there is headroom again; what is not there yet is withdrawn."""
    file = desk.state.files.get(intent_id)
    if file is None or file.order.stage in x.AT_HOME:
        withdraw(desk, intent_id, reason)
    elif not (file.over or file.withdrawal or file.hibernation or file.order.stage in x.FINAL):
        desk.record(e.HibernationWanted(intent_id, reason))
        follow(desk, intent_id)


def _dearest(desk: Desk, lack: Lack) -> list[str]:
    """Return the dearest orders that hold headroom, until the element has what it lacks."""
    state = desk.state
    asleep = {key for key, file in state.files.items() if file.hibernation and not state.holds_room(key)}
    return state.exposures.withdraw(lack.area_id, lack.mtu, dict(lack.effects), lack.short, asleep)
