"""What the order book is asked for and told about headroom, and what its answers say."""

from __future__ import annotations

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_activation.domain.answering import (
    AnswerFact,
    DeniedFact,
    FilledFact,
    GrantedFact,
    SettledFact,
    ShortFact,
)
from flexbourse_core.market_time import Mtu
from flexbourse_messages.rejections import rejection_from_message

HOLDER = "service:activation"  # as the order book names who holds headroom by this service's topic
PREFIX = "activation."  # of reservations in the book, before the number of the request


def instruction_of(moved: pb.HeadroomMoved) -> book.HeadroomInstruction | None:
    """Return what the book is told of a step, None where the step is none of its business."""
    own = moved.headroom
    name, order = f"{PREFIX}{own.number}", book.OrderCommand(area_id=own.area_id)
    if moved.step == pb.HEADROOM_STEP_ASK:
        order.reserve.CopyFrom(
            book.ReserveHeadroom(
                reservation_id=name, area_id=own.area_id, mtu=own.mtu, changes=_changes(own.changes),
                expires_at_ms=(own.mtu.start_s + own.mtu.length_s) * 1000, any_fill=own.any_fill,
            )
        )  # fmt: skip
    elif moved.step == pb.HEADROOM_STEP_CONFIRM:
        part = _changes(own.part) if own.any_fill else []
        order.confirm.CopyFrom(book.ConfirmHeadroom(reservation_id=name, changes=part))
    elif moved.step == pb.HEADROOM_STEP_RELEASE:
        order.release.CopyFrom(book.ReleaseHeadroom(reservation_id=name))
    elif moved.step == pb.HEADROOM_STEP_REDUCE:
        order.release.CopyFrom(book.ReleaseHeadroom(reservation_id=name, changes=_changes(own.part)))
    else:
        return None
    return book.HeadroomInstruction(order=order)


def _changes(changes: object) -> list[book.NodeChange]:
    return [book.NodeChange(node_id=change.node_id, p_w=change.p_w) for change in changes]  # type: ignore[attr-defined]


def answer_of(message: book.OrderEvent) -> AnswerFact | None:
    """Return what an event of the book says of headroom that is held here, None where it is none or another's."""
    field = message.WhichOneof("event")
    if field == "headroom_short":
        return _shortage(message.headroom_short)
    if field == "reserved":
        own = message.reserved
        return GrantedFact(own.reservation.area_id, _number(own.reservation.reservation_id)) if _is_own(own) else None
    if field == "headroom_denied" and _is_own(message.headroom_denied):
        denied = message.headroom_denied
        rejection = rejection_from_message(denied.rejection)
        return DeniedFact(denied.area_id, _number(denied.reservation_id), denied.asked, rejection)
    if field == "headroom_filled" and _is_own(message.headroom_filled):
        return FilledFact(message.headroom_filled.area_id, _number(message.headroom_filled.reservation_id))
    if field == "headroom_settled" and _is_own(message.headroom_settled):
        settled = message.headroom_settled
        return SettledFact(settled.area_id, _number(settled.reservation_id), settled.confirmed, settled.reason)
    return None


def _shortage(short: book.HeadroomShort) -> ShortFact | None:
    numbers = tuple(_number(name) for name in short.reservation_ids if name.startswith(PREFIX))
    mtu = Mtu(short.mtu.start_s, short.mtu.length_s)
    return ShortFact(short.area_id, mtu, numbers, short.element_id, short.reason) if numbers else None


def _is_own(
    event: book.HeadroomReserved | book.HeadroomDenied | book.HeadroomFilled | book.HeadroomSettled,
) -> bool:
    return event.party == HOLDER


def _number(reservation_id: str) -> int:
    """Return the number of a request; 0, which no request has, where the book names none."""
    digits = reservation_id.removeprefix(PREFIX)
    return int(digits) if digits.isdecimal() else 0
