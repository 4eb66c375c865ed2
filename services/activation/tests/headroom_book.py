"""An order book that is only asked for headroom: it takes everything, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_activation.book_requests import HOLDER
from flexbourse_activation.domain.answering import (
    CONFIRM,
    RESERVE,
    AnswerFact,
    DeniedFact,
    FilledFact,
    GrantedFact,
    SettledFact,
)
from flexbourse_activation.domain.claims.headroom import Headroom, HeadroomMoved, HeadroomStep, less, plus
from flexbourse_core.rejection import Code, Rejection
from flexbourse_messages.catalogue import ACTIVATION_HEADROOM, BOOK_HEADROOM
from flexbourse_testkit.drive import Drive

Verdict = Callable[[Headroom], Rejection | None]
NOT_NOW = Rejection(Code.GRID_STATE_MISSING, "a reservation is confirmed on a known state of the grid", "mtu")
UNKNOWN = Rejection(Code.RESERVATION_UNKNOWN, "the reservation is held", "reservation_id")


def too_much(element: str = "left", headroom_w: int | None = None) -> Rejection:
    """Return the refusal of a request that overloads an element."""
    rule = "an element stays inside its limit"
    return Rejection(Code.GRID_LIMIT_EXCEEDED, rule, "", element, 1_050, 1_000, "permille", headroom_w)


class HeadroomBook:
    """Holds what it grants; `silent`: says nothing, what it is told waits in `unanswered`."""

    def __init__(self) -> None:
        self.verdict: Verdict = lambda _own: None
        self.silent = False
        self.confirms = True
        self.held: dict[int, Headroom] = {}
        self.accepted_w: dict[tuple[str, int], int] = {}  # by node and quarter-hour
        self.unanswered: list[HeadroomMoved] = []

    def hear(self, event: Any) -> None:
        """Take note of an event of activation."""
        if isinstance(event, HeadroomMoved):
            self.unanswered.append(event)

    def answers(self) -> list[AnswerFact]:
        """Return what it says to what it has heard."""
        if self.silent:
            return []
        heard, self.unanswered = self.unanswered, []
        return [answer for event in heard if (answer := self._answer(event)) is not None]

    def _answer(self, event: HeadroomMoved) -> AnswerFact | None:
        own, area = event.headroom, event.headroom.area_id
        if event.step is HeadroomStep.ASK:
            refusal = self.verdict(own)
            if refusal is not None:
                return DeniedFact(area, own.number, RESERVE, refusal)
            assert own.changes
            assert own.number not in self.held
            self.held[own.number] = own
            return GrantedFact(area, own.number)
        if event.step is HeadroomStep.REDUCE:
            held = self.held[own.number]
            assert plus(own.changes, own.part) == held.changes
            self.held[own.number] = replace(held, changes=own.changes)
            return None
        if event.step is HeadroomStep.RELEASE and self.held.pop(own.number, None) is not None:
            return SettledFact(area, own.number, confirmed=False, reason="released")
        return self._confirm(own) if event.step is HeadroomStep.CONFIRM else None

    def _confirm(self, own: Headroom) -> AnswerFact:
        held = self.held.get(own.number)
        if not self.confirms:
            return DeniedFact(own.area_id, own.number, CONFIRM, NOT_NOW)
        if held is None:
            return DeniedFact(own.area_id, own.number, CONFIRM, UNKNOWN)
        assert own.any_fill or own.part == own.changes  # what is held whole is confirmed whole
        for change in own.part:
            key = change.node_id, own.mtu.start_s
            self.accepted_w[key] = self.accepted_w.get(key, 0) + change.p_w
        if own.part == held.changes:
            del self.held[own.number]
            return SettledFact(own.area_id, own.number, confirmed=True, reason="confirmed")
        self.held[own.number] = replace(held, changes=less(held.changes, own.part))
        return FilledFact(own.area_id, own.number)


class AnsweredDrive(Drive):
    """A shard whose requests for headroom are all granted, by records as the order book writes them."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.answering = True
        self._told = 0
        super().__init__(*args, **more)

    def command(self, *args: Any, **more: Any) -> common_pb2.Answer:
        """Have a command decided; the book's answers follow."""
        answer = super().command(*args, **more)
        self._answer()
        return answer

    def input(self, *args: Any, **more: Any) -> None:
        """Have a record taken in; the book's answers follow."""
        super().input(*args, **more)
        self._answer()

    def time(self, at_ms: int, step: int = 0) -> None:
        """Advance the time; the book's answers follow."""
        super().time(at_ms, step)
        self._answer()

    def _answer(self) -> None:
        asked = [own for own in self.projected(ACTIVATION_HEADROOM) if isinstance(own, book.HeadroomInstruction)]
        while self.answering and self._told < len(asked):
            self._told += 1
            answer = answer_to(asked[self._told - 1].order)
            if answer is not None:
                self.input(BOOK_HEADROOM, asked[self._told - 1].order.area_id, answer)


def answer_to(order: book.OrderCommand) -> Message | None:
    """Return what a book that takes everything says."""
    if order.HasField("reserve"):
        return book.OrderEvent(reserved=book.HeadroomReserved(reservation=order.reserve, party=HOLDER))
    if order.HasField("confirm"):
        name = order.confirm.reservation_id
        if order.confirm.changes:
            filled = book.HeadroomFilled(reservation_id=name, party=HOLDER, area_id=order.area_id)
            return book.OrderEvent(headroom_filled=filled)
        settled = book.HeadroomSettled(
            reservation_id=name, confirmed=True, reason="confirmed", party=HOLDER, area_id=order.area_id
        )
        return book.OrderEvent(headroom_settled=settled)
    return None
