"""What an auction awards: split over offers, published by revision, settled by the first final one, corrected later.

A revision counts once, the newest one. Until the final result nothing of the headroom moves; that confirms what was
awarded and gives the rest back. A later revision is a correction: the next version of the result is published at once,
for the exchange's word binds, and the area is asked to take the difference. What it lacks for a larger award is told as
an event and asked for again until delivery ends; the award stands meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain.day_ahead import state as a
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Award, entry_closes_s, split_award
from flexbourse_wholesale_gateway.domain.desk import Desk, changes_of, confirm_part, release_room
from flexbourse_wholesale_gateway.domain.external_orders.order import ExternalTerms, Trade, client_order_id
from flexbourse_wholesale_gateway.domain.lots.exposure import Exposure
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder
from flexbourse_wholesale_gateway.domain.results import ResultKind, bearing, result_id, trade_result
from flexbourse_wholesale_gateway.domain.state import GatewayState, Room

RESULTS_AFTER_S = 3_600  # from the end of entry: preliminary results
ASK_AGAIN_S = 300  # until the final result
CORRECTIONS_EVERY_S = 1_800  # after it
Grown = tuple[ForwardableOrder, int]
CORRECTED_S = 86_400  # so long after the day's last delivery corrections are asked for


@dataclass(slots=True)
class _Known:
    """Curves of a day that the auction has: the first start, the last end, and whether one waits for a final result."""

    first: Mtu
    end_s: int
    waits: bool = False


def ask_results(desk: Desk, zone: str) -> None:
    """Ask for the result of each day for which that is due."""
    state = desk.state
    for day, due_s in sorted(_due(desk, zone).items()):
        if state.connection.connected and state.now_s >= due_s and not state.is_asked(f"auction/{day}"):
            desk.record(a.AwardsAsked(desk.next_request, day, state.now_s))


def next_result_s(desk: Desk, zone: str) -> list[int]:
    """Return when results are asked for next."""
    return list(_due(desk, zone).values())


def awarded(desk: Desk, day: str, revision: int, awards: Sequence[Award], *, final: bool) -> list[Grown]:
    """Take a revision of a day's result in; one that is known, or older, changes nothing.

    Returns the offers of which a correction awards more than before, and in which quarter-hour.
    """
    grown: list[Grown] = []
    by_place = {(award.client_order_id, award.start_s): award for award in awards}
    for intent_id, file in sorted(desk.state.auctions.curves.items()):
        is_taken = file.stage is a.CurveStage.TAKEN
        if file.wanted.day != day or not revision or not (is_taken or file.is_cleared):
            continue
        is_news = revision > file.revision or (is_taken and final and revision == file.revision)
        changed = _take_awards(desk, file, revision, by_place, final=final) if is_news else []
        if is_taken and final:
            _settle(desk, intent_id)
        elif not is_taken:
            for start_s in changed:
                grown += _grown(desk.state.auctions.curves[intent_id], file, start_s)
                ask_difference(desk, intent_id, start_s)
    return grown


def _grown(now: a.CurveFile, before: a.CurveFile, start_s: int) -> list[Grown]:
    known = before.awards[start_s].shares if start_s in before.awards else {}
    shares = now.awards[start_s].shares
    orders = (member.order for member in now.members)
    return [(one, start_s) for one in orders if shares.get(one.order_id, 0) > known.get(one.order_id, 0)]


def end_curve(desk: Desk, file: a.CurveFile, reason: str) -> None:
    """Let a curve be over and give back what is left of its headroom."""
    release_room(desk, file.wanted.intent_id, reason)
    desk.record(a.CurveMoved(file.wanted.intent_id, a.CurveStage.OVER, reason[:200]))


def ask_difference(desk: Desk, intent_id: str, start_s: int) -> None:
    """Ask the area to take what a correction changes in a quarter-hour, in the place of one that it has not taken.

    Nothing where delivery is over, or where what the grid has is what was awarded.
    """
    state = desk.state
    file = state.auctions.curves[intent_id]
    name = f"{intent_id}.r{file.revision}:{start_s}"
    for other, room in sorted(state.rooms.items()):
        is_same = room.intent_id == intent_id and room.reservation.mtu.start_s == start_s
        if is_same and room.trade_id and other != name:
            desk.record(e.RoomReleased(other, file.wanted.area_id, "another revision"))
    changes = changes_of(_exposure(file, start_s).power(_difference(file.awards[start_s])))
    mtu = Mtu(start_s, file.wanted.mtu.length_s)
    if not changes or state.now_s >= mtu.end_s:
        return
    wish = e.Reservation(name, file.wanted.area_id, mtu, changes, mtu.end_s * 1000, any_fill=False)
    desk.record(e.RoomAsked(intent_id, wish, f"revision {file.revision}"))


def difference_denied(desk: Desk, room: Room, rejection: Rejection) -> None:
    """Tell, once, that the grid has no room for what a correction awards more."""
    file = desk.state.auctions.curves[room.intent_id]
    mtu = room.reservation.mtu
    more_w = sum(_difference(file.awards[mtu.start_s]).values())
    if more_w > 0 and room.denials == 1:
        desk.record(a.AwardBeyondRoom(room.intent_id, file.wanted.area_id, mtu, file.revision, more_w, rejection))


def unheld_w(state: GatewayState) -> int:
    """Return what corrections award beyond what the grid holds, in all quarter-hours that have not ended."""
    found = 0
    for room in state.rooms.values():
        mtu = room.reservation.mtu
        if room.denied_s and room.intent_id in state.auctions.curves and mtu.end_s > state.now_s:
            found += max(0, sum(_difference(state.auctions.curves[room.intent_id].awards[mtu.start_s]).values()))
    return found


def result_of(file: a.CurveFile, start_s: int) -> str:
    """Return the id of the result of a quarter-hour: a curve has one, a block one for each."""
    day = f"dam-{file.wanted.day}"
    trade = day if not file.wanted.mtu_count else f"{day}.{start_s}"
    return result_id(trade, file.wanted.intent_id)


def _due(desk: Desk, zone: str) -> dict[str, int]:
    known: dict[str, _Known] = {}
    for file in desk.state.auctions.curves.values():
        waits = file.stage is a.CurveStage.TAKEN
        if waits or file.is_cleared:
            found = known.setdefault(file.wanted.day, _Known(file.wanted.mtu, file.wanted.end_s))
            found.first = min(found.first, file.wanted.mtu)
            found.end_s = max(found.end_s, file.wanted.end_s)
            found.waits |= waits
    due = {}
    for day, found in known.items():
        asked_s = desk.state.auctions.days.get(day, a.AuctionDay()).asked_s
        again_s = asked_s + (ASK_AGAIN_S if found.waits else CORRECTIONS_EVERY_S)
        due_s = max(entry_closes_s(found.first, zone) + RESULTS_AFTER_S, again_s)
        if due_s <= found.end_s + CORRECTED_S:
            due[day] = due_s
    return due


def _take_awards(
    desk: Desk, file: a.CurveFile, revision: int, by_place: Mapping[tuple[str, int], Award], *, final: bool
) -> list[int]:
    """Record what each quarter-hour is awarded now; returns the starts of those where that is another quantity."""
    wanted, changed = file.wanted, []
    key = client_order_id(wanted.intent_id)
    for place, mtu in enumerate(wanted.mtus):
        award = by_place.get((key, mtu.start_s)) or (None if place else by_place.get((key, 0)))
        award = award or Award(key, 0, 0, mtu.start_s)
        shares = split_award(file.curve, min(award.quantity_w, file.curve.quantity_w))
        pieces = tuple(a.Piece(order_id, watts) for order_id, watts in sorted(shares.items()))
        desk.record(
            a.CurveAwarded(wanted.intent_id, revision, award.quantity_w, award.price_ticks, pieces, mtu.start_s)
        )
        before = file.awards.get(mtu.start_s)
        if before is None or before.shares != shares:
            changed.append(mtu.start_s)
        _publish(desk, file, mtu, shares, final=final)
    return changed


def _publish(desk: Desk, file: a.CurveFile, mtu: Mtu, shares: Mapping[str, int], *, final: bool) -> None:
    """Publish the next version of a result; nothing where it would say what the one before said."""
    wanted, now = file.wanted, desk.state.auctions.curves[file.wanted.intent_id]
    award = now.awards[mtu.start_s]
    name = result_of(file, mtu.start_s)
    before = desk.state.results.get(name)
    if before is None and not award.quantity_w:
        return
    orders = {member.order.order_id: member.order for member in file.members}
    named = {order_id: (orders[order_id], watts) for order_id, watts in shares.items()}
    terms = ExternalTerms(
        delivery_start_s=mtu.start_s, delivery_end_s=mtu.end_s, gate_s=mtu.start_s, side=wanted.side,
        quantity_w=file.curve.quantity_w, price_ticks=award.price_ticks,
    )  # fmt: skip
    trade = Trade(f"revision {now.revision}", award.quantity_w, award.price_ticks)
    key = (name.rsplit("/", 1)[0], wanted.intent_id)
    excess_w = award.quantity_w - sum(shares.values())
    result = trade_result(desk.venue_id, desk.state.operator_id, key, terms, trade, named, excess_w)
    result = replace(result, kind=ResultKind.CLEARING, final=final)
    if before is None:
        desk.record(result)
        return
    if before.final and award == file.awards.get(mtu.start_s):
        return
    dnut = sum(share.dnut_micro_euro for share in before.shares)
    if any(share.order_id in orders and orders[share.order_id].moves for share in result.shares):
        result = bearing(result, dnut, {name for name, order in orders.items() if order.moves})
    desk.record(replace(result, version=before.version + 1, reason=f"revision {now.revision}"))


def _settle(desk: Desk, intent_id: str) -> None:
    """Confirm what was awarded and give the rest of the headroom back."""
    file = desk.state.auctions.curves[intent_id]
    exposure = desk.state.exposures.exposures.get(intent_id)
    for mtu, name in zip(exposure.mtus, exposure.reservation_ids, strict=True) if exposure is not None else ():
        award = file.awards.get(mtu.start_s)
        if exposure is not None and award is not None and award.shares:
            confirm_part(desk, exposure, name, award.shares, result_of(file, mtu.start_s))
    end_curve(desk, file, "cleared")


def _exposure(file: a.CurveFile, start_s: int) -> Exposure:
    wanted = file.wanted
    mtus = (Mtu(start_s, wanted.mtu.length_s),)
    price_ticks = wanted.steps[0].price_ticks
    return Exposure(wanted.intent_id, wanted.area_id, wanted.side, price_ticks, mtus, file.members, {})


def _difference(award: a.MtuAward) -> dict[str, int]:
    """Return what the grid has yet to take of each offer, in W; negative: to give back."""
    return {
        order_id: award.shares.get(order_id, 0) - award.held.get(order_id, 0)
        for order_id in sorted(award.shares.keys() | award.held.keys())
    }
