"""Faults planted in the ancillary gateway, one at a time: each must be seen by its checker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from planted_activation_faults import Plant

from flexbourse_ancillary_gateway.domain.activations import life
from flexbourse_ancillary_gateway.domain.activations.life import Activations
from flexbourse_ancillary_gateway.domain.grid_gate.book import ForwardingBook
from flexbourse_ancillary_gateway.domain.lots.book import LotBook
from flexbourse_ancillary_gateway.domain.redispatch import Redispatch
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


def room_of_calls_is_kept(patch: pytest.MonkeyPatch) -> None:
    """What an area took for a call stays there when the call ends early, fails or is refused."""
    patch.setattr(ForwardingBook, "take_back", lambda *_: [])


def everything_is_taken_back(patch: pytest.MonkeyPatch) -> None:
    """A call that ends earlier is taken back whole, also where it still runs."""
    take_back = ForwardingBook.take_back
    patch.setattr(ForwardingBook, "take_back", lambda self, order_id, _, now_s: take_back(self, order_id, (), now_s))


def half_of_a_lot_counts(patch: pytest.MonkeyPatch) -> None:
    """Of what stands in bids, half is offered again."""
    pool = LotBook.pool

    def pool_again(self: LotBook, *when: Any) -> Any:
        used, self.used_w = self.used_w, {name: watts // 2 for name, watts in self.used_w.items()}
        try:
            return pool(self, *when)
        finally:
            self.used_w = used

    patch.setattr(LotBook, "pool", pool_again)


def redispatch_is_not_reported(patch: pytest.MonkeyPatch) -> None:
    """Nobody tells an operator what was delivered of its request."""
    patch.setattr(Redispatch, "delivered", lambda *_: [])


def orders_of_redispatch_are_nobodys(patch: pytest.MonkeyPatch) -> None:
    """An order for redispatch is of no request."""
    patch.setattr(Redispatch, "ordered", lambda *_: [])


def early_ends_are_not_heard(patch: pytest.MonkeyPatch) -> None:
    """That an order ends earlier is taken for a mistake."""
    patch.setattr(life, "_is_shortened", lambda *_: False)


BALANCING_FAULTS: dict[str, tuple[Plant, str]] = {
    "bids go out where there is no room": (refusals_are_room, "bids_out_without_room"),
    "a parcel that is gone keeps its room": (parcels_keep_their_room, "room_that_parcels_lose"),
    "twice as much is called": (twice_is_called, "orders_answered_or_called_twice"),
    "a result of the platform is not published": (results_stay_private, "balancing_results_told_otherwise"),
}
# Where bids are called at once, ended early and asked for against congestion.
CALLED_FAULTS: dict[str, tuple[Plant, str]] = {
    "what was taken for a call stays taken": (room_of_calls_is_kept, "changes_kept_behind_their_call"),
    "what still runs is taken back": (everything_is_taken_back, "changes_kept_behind_their_call"),
    "half of what stands in bids is offered again": (half_of_a_lot_counts, "lots_in_too_many_bids"),
    "redispatch is not reported": (redispatch_is_not_reported, "requests_out_of_their_life"),
    "an order for redispatch is nobody's": (orders_of_redispatch_are_nobodys, "requests_out_of_their_life"),
    "an early end is not heard": (early_ends_are_not_heard, "platform"),
}
