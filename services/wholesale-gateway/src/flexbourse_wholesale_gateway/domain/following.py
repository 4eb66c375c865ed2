"""What follows from where an order stands: trades are split and published, requests sent, headroom given back."""

from __future__ import annotations

from dataclasses import replace

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain.desk import Desk, confirm, release_room
from flexbourse_wholesale_gateway.domain.external_orders import deciding
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.forwarder import ask_room
from flexbourse_wholesale_gateway.domain.lots.exposure import Exposure
from flexbourse_wholesale_gateway.domain.lots.pooling import split_fill
from flexbourse_wholesale_gateway.domain.results import document_hash, result_id, trade_result
from flexbourse_wholesale_gateway.domain.state import GatewayState, OrderFile

LOOK_AGAIN_S = 10
SEND_AGAIN_S = deciding.QUIET_S
MAX_REASON = 200
RETRY_S = 300  # what was refused or withdrawn goes out again at earliest


def follow(desk: Desk, intent_id: str) -> None:
    """Do what follows from where an order stands; to be called after each change."""
    _split_trades(desk, intent_id)
    _undo_recalled(desk, intent_id)
    _cancel_strays(desk, intent_id)
    _operate(desk, intent_id)
    _sleep(desk, intent_id)
    _look_up(desk, intent_id)
    _enter(desk, intent_id)
    _end(desk, intent_id)


def next_follow_s(state: GatewayState, file: OrderFile) -> int | None:
    """Return when `follow` or `advance` has something to do by time alone; None for never."""
    check_s = deciding.recall_check_s(file.order, file.looked_s)
    if file.over and not file.order.look_up:
        return check_s
    times = [deciding.next_timer_s(file.order), check_s]
    is_asked = state.is_asked(file.order.intent_id)
    if file.order.look_up and state.connection.connected and not is_asked:
        times.append(file.looked_s + LOOK_AGAIN_S)
    if file.hibernation and file.order.stage is x.Stage.INACTIVE and not state.holds_room(file.order.intent_id):
        times.append(max(file.wake_s, state.now_s + 1))
    if file.order.stage is x.Stage.RESERVED and state.forwards and not is_asked:
        times.append(file.order.sent_s + SEND_AGAIN_S)
    return min((at_s for at_s in times if at_s is not None), default=None)


def _split_trades(desk: Desk, intent_id: str) -> None:
    file = desk.file(intent_id)
    for trade_id, trade in file.order.trades.items():
        if trade_id in file.splits:
            continue
        exposure = desk.state.exposures.exposures.get(intent_id)
        out_w = min(trade.quantity_w, exposure.open_w) if exposure is not None else 0
        shares = split_fill(out_w, exposure.left_w) if exposure is not None else {}
        pieces = tuple(e.Piece(order_id, watts) for order_id, watts in sorted(shares.items()))
        desk.record(e.FillSplit(intent_id, trade_id, pieces, trade.quantity_w - out_w))
        if exposure is not None:
            confirm(desk, exposure, shares, result_id(trade_id, intent_id))
        orders = {member.order.order_id: member.order for member in file.members}
        named = {order_id: (orders[order_id], watts) for order_id, watts in shares.items()}
        counted = replace(trade, recalled=False)
        key = (trade_id, intent_id)
        desk.record(
            trade_result(
                desk.venue_id, desk.state.operator_id, key, file.order.terms, counted, named,
                trade.quantity_w - out_w,
            )
        )  # fmt: skip


def _undo_recalled(desk: Desk, intent_id: str) -> None:
    """Publish that nothing is left of a recalled trade, and ask for the opposite change while it has a future."""
    state, file = desk.state, desk.file(intent_id)
    for trade_id, trade in file.order.trades.items():
        published = state.results.get(result_id(trade_id, intent_id))
        if not trade.recalled or published is None or not published.shares:
            continue
        digest = document_hash(desk.venue_id, trade_id, trade)
        gone = replace(published, version=published.version + 1, shares=(), document_sha256=digest, reason="recalled")
        desk.record(gone)
        ask_opposite(desk, intent_id, trade_id)


def ask_opposite(desk: Desk, intent_id: str, trade_id: str) -> None:
    """Ask for the opposite of a recalled trade's change; nothing where delivery is over or nothing moved."""
    file = desk.file(intent_id)
    terms = file.order.terms
    mtu = Mtu(terms.delivery_start_s, terms.delivery_end_s - terms.delivery_start_s)
    exposure = Exposure(intent_id, file.area_id, terms.side, terms.price_ticks, (mtu,), file.members, {})
    moved = exposure.power(file.splits[trade_id])
    if not moved or desk.state.now_s >= mtu.end_s:
        return
    place = list(file.order.trades).index(trade_id)  # in the order in which they came: it never changes
    changes = tuple(e.NodeChange(power.node_id, -power.power_w) for power in moved)
    wish = e.Reservation(f"{intent_id}.recall{place}", file.area_id, mtu, changes, mtu.end_s * 1000, any_fill=False)
    desk.record(e.RoomAsked(intent_id, wish, trade_id))


def _cancel_strays(desk: Desk, intent_id: str) -> None:
    file = desk.file(intent_id)
    for external_id in sorted(file.order.strays - file.strays_cancelled):
        desk.record(e.StrayCancelAsked(desk.next_request, intent_id, external_id))


def _operate(desk: Desk, intent_id: str) -> None:
    """Take off what is to be withdrawn, and wake what the exchange has put to sleep while its room is held."""
    state, file = desk.state, desk.file(intent_id)
    order = file.order
    if file.withdrawal and order.stage in x.AT_HOME:
        desk.change(intent_id, [x.Moved(x.Step.CANCEL, (file.withdrawal,))])
        return
    if order.stage not in x.LIVE or order.operation is not None or order.look_up or state.now_s >= order.terms.gate_s:
        return
    if file.withdrawal:
        _send_operation(desk, file, x.OperationKind.CANCEL)
    elif file.hibernation:
        if order.stage is not x.Stage.INACTIVE:
            _send_operation(desk, file, x.OperationKind.DEACTIVATE)
    elif order.stage is x.Stage.INACTIVE and state.forwards:
        _send_operation(desk, file, x.OperationKind.ACTIVATE)


def _sleep(desk: Desk, intent_id: str) -> None:
    """Give the headroom of an order back once it is seen to sleep, and ask for it again from time to time."""
    state, file = desk.state, desk.file(intent_id)
    if not file.hibernation or file.withdrawal or file.order.stage is not x.Stage.INACTIVE or file.order.look_up:
        return
    exposure = state.exposures.exposures[intent_id]
    if any(name in state.rooms and state.rooms[name].held for name in exposure.reservation_ids):
        release_room(desk, intent_id, file.hibernation)
    elif not state.holds_room(intent_id) and file.wake_s <= state.now_s < file.order.terms.gate_s:
        ask_room(desk, intent_id)


def refuse_sleep(desk: Desk, intent_id: str) -> None:
    """Withdraw an order that the exchange does not put to sleep."""
    file = desk.file(intent_id)
    if file.hibernation and not file.withdrawal and file.order.stage in x.LIVE - {x.Stage.INACTIVE}:
        desk.record(e.WithdrawalWanted(intent_id, f"cannot be put to sleep; {file.hibernation}"[:MAX_REASON]))


def _send_operation(desk: Desk, file: OrderFile, kind: x.OperationKind) -> None:
    order = file.order
    for asked in deciding.operate(order, kind, desk.state.now_s):
        if not isinstance(asked, Rejection) and isinstance(asked, x.OperationAsked):
            desk.record(e.OperationSent(desk.next_request, order.intent_id, order.external_id, asked.operation))


def _look_up(desk: Desk, intent_id: str) -> None:
    state, file = desk.state, desk.file(intent_id)
    is_due = file.order.look_up and state.now_s >= file.looked_s + LOOK_AGAIN_S
    if is_due and state.connection.connected and not state.is_asked(intent_id):
        desk.record(e.LookUpAsked(desk.next_request, intent_id, state.now_s, file.order.terms))


def _enter(desk: Desk, intent_id: str) -> None:
    state, file = desk.state, desk.file(intent_id)
    order = file.order
    waits = order.attempts > 0 and state.now_s < order.sent_s + SEND_AGAIN_S
    if order.stage is not x.Stage.RESERVED or not state.forwards or waits or state.is_asked(intent_id):
        return
    for event in deciding.submit(order, state.now_s):
        if isinstance(event, x.Submitted):
            desk.record(e.EntryAsked(desk.next_request, intent_id, event.attempt, event.at_s, order.terms))
        else:
            desk.change(intent_id, [event])


def _end(desk: Desk, intent_id: str) -> None:
    """Give the room back once nothing can be filled any more; what was not filled is left again."""
    state, file = desk.state, desk.file(intent_id)
    order = file.order
    if file.over or order.stage not in x.FINAL or order.most_open_w or order.look_up:
        return
    reason = "; ".join(order.reasons) or file.withdrawal or order.stage.value.lower()
    release_room(desk, intent_id, reason)
    desk.record(e.ExternalEnded(intent_id, reason[:200], state.now_s + RETRY_S))
