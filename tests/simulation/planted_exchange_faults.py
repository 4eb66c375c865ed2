"""Faults planted in the wholesale gateway, one at a time: each must be seen by its checker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from planted_activation_faults import Plant

from flexbourse_wholesale_gateway.domain import following, grid_answers
from flexbourse_wholesale_gateway.domain.desk import Desk
from flexbourse_wholesale_gateway.domain.events import EntryAsked
from flexbourse_wholesale_gateway.domain.lots.leftovers import Leftover
from flexbourse_wholesale_gateway.domain.results import ExternalResult
from flexbourse_wholesale_gateway.domain.state import GatewayState
from flexbourse_wholesale_gateway.first_sending import FirstSendings


def refusals_are_room(patch: pytest.MonkeyPatch) -> None:
    """That an area has no room is taken for its word that it holds some."""
    answered = grid_answers.headroom_answered
    patch.setattr(grid_answers, "headroom_answered", lambda order, _: answered(order, None))


def room_is_kept(patch: pytest.MonkeyPatch) -> None:
    """An order that is over gives nothing back."""
    patch.setattr(following, "release_room", lambda *_: None)


def attempts_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    """Every sending of an order is its second."""
    record = Desk.record

    def record_second(self: Desk, event: Any) -> None:
        record(self, replace(event, attempt=2) if isinstance(event, EntryAsked) else event)

    patch.setattr(Desk, "record", record_second)


def everything_is_sent_anew(patch: pytest.MonkeyPatch) -> None:
    """A process sends what one before it may have sent, and the exchange is not asked what it has."""
    patch.setattr(FirstSendings, "take", lambda *_: True)


def recalls_are_not_told(patch: pytest.MonkeyPatch) -> None:
    """The result of a trade stands when the trade is undone."""
    patch.setattr(following, "_undo_recalled", lambda *_: None)


def results_are_rounded(patch: pytest.MonkeyPatch) -> None:
    """Results say whole megawatts."""
    record = Desk.record

    def record_rounded(self: Desk, event: Any) -> None:
        if isinstance(event, ExternalResult):
            shares = tuple(replace(own, quantity_w=own.quantity_w // 1_000_000 * 1_000_000) for own in event.shares)
            event = replace(event, shares=shares)
        record(self, event)

    patch.setattr(Desk, "record", record_rounded)


def leftovers_stay(patch: pytest.MonkeyPatch) -> None:
    """What has gone out is left all the same."""
    ready = Leftover.is_ready
    patch.setattr(
        Leftover, "is_ready", lambda self, now_s: ready(replace(self, left_w=self.order.open_w, retry_s=0), now_s)
    )
    wanted = GatewayState.evolve

    def evolve_and_keep(self: GatewayState, event: Any) -> None:
        before = dict(self.leftovers)
        wanted(self, event)
        for name, leftover in before.items():
            now = self.leftovers.get(name)
            if now is not None and now.left_w < leftover.left_w:
                self.leftovers[name] = replace(now, left_w=leftover.left_w)

    patch.setattr(GatewayState, "evolve", evolve_and_keep)


EXCHANGE_FAULTS: dict[str, tuple[Plant, str]] = {
    "a refusal of room is room": (refusals_are_room, "orders_out_without_room"),
    "what is over keeps its room": (room_is_kept, "room_that_is_lost"),
    "every sending is the second": (attempts_are_not_counted, "external_orders_out_of_their_life"),
    "what may have been sent is sent again": (everything_is_sent_anew, "exchange"),
    "a recalled trade's result stands": (recalls_are_not_told, "external_fills_told_otherwise"),
    "results are rounded": (results_are_rounded, "external_fills_told_otherwise"),
    "what has gone out is left all the same": (leftovers_stay, "leftovers_offered_twice"),
}
