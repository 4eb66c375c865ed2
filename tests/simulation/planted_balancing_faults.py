"""Faults planted in the ancillary gateway, one at a time: each must be seen by its checker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from planted_activation_faults import Plant

from flexbourse_ancillary_gateway.domain.activations.life import Activations
from flexbourse_ancillary_gateway.domain.grid_gate.book import ForwardingBook
from flexbourse_ancillary_gateway.projecting import Projection
from flexbourse_messages.catalogue import ANCILLARY_RESULT


def refusals_are_room(patch: pytest.MonkeyPatch) -> None:
    """That an area has no room is taken for its word that it holds some."""
    answered = ForwardingBook.headroom_answered
    patch.setattr(ForwardingBook, "headroom_answered", lambda self, name, _: answered(self, name, None))


def parcels_keep_their_room(patch: pytest.MonkeyPatch) -> None:
    """A parcel that is gone gives nothing back."""
    patch.setattr(ForwardingBook, "_release", lambda *_: [])


def twice_is_called(patch: pytest.MonkeyPatch) -> None:
    """Twice as much is called as was ordered."""
    answer = Activations._answer

    def answer_for_more(self: Activations, order: Any, *others: Any) -> Any:
        bids = tuple(replace(bid, quantity_w=2 * bid.quantity_w) for bid in order.bids)
        return answer(self, replace(order, bids=bids), *others)

    patch.setattr(Activations, "_answer", answer_for_more)


def results_stay_private(patch: pytest.MonkeyPatch) -> None:
    """A result is not published."""
    of = Projection.of
    patch.setattr(Projection, "of", lambda self, event: [
        output for output in of(self, event) if output.topic != ANCILLARY_RESULT
    ])  # fmt: skip


BALANCING_FAULTS: dict[str, tuple[Plant, str]] = {
    "bids go out where there is no room": (refusals_are_room, "bids_out_without_room"),
    "a parcel that is gone keeps its room": (parcels_keep_their_room, "room_that_parcels_lose"),
    "twice as much is called": (twice_is_called, "orders_answered_or_called_twice"),
    "a result of the platform is not published": (results_stay_private, "balancing_results_told_otherwise"),
}
