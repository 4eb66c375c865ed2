"""Faults planted in the activation service, one at a time: each must be seen by its checker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from flexbourse_activation import book_requests
from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.answering import GrantedFact
from flexbourse_activation.domain.claims.guard import Guard, Sums
from flexbourse_activation.domain.desk import Desk

Plant = Callable[[pytest.MonkeyPatch], None]
ALWAYS_LEFT_W = 1_000_000


def totals_leave_one_out(patch: pytest.MonkeyPatch) -> None:
    """A claim says nothing of the last total that it changes."""
    after = Guard.totals_after
    patch.setattr(Guard, "totals_after", lambda self, claim: after(self, claim)[:-1])


def nobody_is_opposed(patch: pytest.MonkeyPatch) -> None:
    """An operator's claim stands in nobody's way."""
    patch.setattr(Guard, "opposed", lambda *_: False)


def room_is_never_taken(patch: pytest.MonkeyPatch) -> None:
    """What is claimed leaves as much as before."""
    patch.setattr(Sums, "room_w", lambda *_: ALWAYS_LEFT_W)
    patch.setattr(Guard, "of_offer_w", lambda *_: 0)


def orders_keep_their_number(patch: pytest.MonkeyPatch) -> None:
    """Every order of an activation is its first."""
    record = Desk.record

    def record_first(self: Desk, event: Any) -> None:
        if isinstance(event, e.OrderIssued):
            event = replace(event, order=replace(event.order, revision=1))
        record(self, event)

    patch.setattr(Desk, "record", record_first)


def refusals_are_grants(patch: pytest.MonkeyPatch) -> None:
    """That the book has no headroom is taken for its word that it holds some."""
    patch.setattr(book_requests, "DeniedFact", lambda area_id, number, *_: GrantedFact(area_id, number))


ACTIVATION_FAULTS: dict[str, tuple[Plant, str]] = {
    "a claim is silent of a total": (totals_leave_one_out, "wrong_totals"),
    "an operator's claim stands in nobody's way": (nobody_is_opposed, "kilowatts_claimed_twice"),
    "what is claimed leaves as much as before": (room_is_never_taken, "kilowatts_claimed_twice"),
    "every order is the first": (orders_keep_their_number, "activations_out_of_their_life"),
    "a refusal of headroom is a grant": (refusals_are_grants, "headroom_that_nobody_holds"),
}
