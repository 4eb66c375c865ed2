"""Faults planted in the wholesale gateway's day-ahead auction, one at a time: each must be seen by its checker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from planted_activation_faults import Plant

from flexbourse_wholesale_gateway.domain import grid_answers, machine
from flexbourse_wholesale_gateway.domain.auction_day import awarding
from flexbourse_wholesale_gateway.domain.day_ahead.state import AuctionState, CurveMoved, CurveStage


def refusals_are_room(patch: pytest.MonkeyPatch) -> None:
    """That an area has no room for a curve is taken for its word that it holds some."""

    def answered(desk: Any, intent_id: str, _rejection: Any) -> None:
        if desk.state.auctions.curves[intent_id].stage is CurveStage.WANTED:
            desk.record(CurveMoved(intent_id, CurveStage.HELD, ""))

    patch.setattr(grid_answers, "curve_answered", answered)


def days_are_built_again(patch: pytest.MonkeyPatch) -> None:
    """Nobody notes that the offers of a day are in curves already."""
    note = AuctionState._day
    patch.setattr(AuctionState, "_day", lambda self, day, **changes: note(self, day, **{**changes, "built": False}))


def worst_steps_are_awarded_first(patch: pytest.MonkeyPatch) -> None:
    """An award fills the dearest step of a curve first."""
    split = awarding.split_award
    patch.setattr(awarding, "split_award", lambda curve, watts: split(replace(curve, steps=curve.steps[::-1]), watts))


def corrections_are_not_told(patch: pytest.MonkeyPatch) -> None:
    """What has been published once stands, whatever the exchange says later."""
    publish = awarding._publish

    def publish_once(desk: Any, file: Any, mtu: Any, shares: Mapping[str, int], *, final: bool) -> None:
        if awarding.result_of(file, mtu.start_s) not in desk.state.results:
            publish(desk, file, mtu, shares, final=final)

    patch.setattr(awarding, "_publish", publish_once)


def every_result_is_new(patch: pytest.MonkeyPatch) -> None:
    """Nobody notes which result of the exchange was the newest, so that each counts, again or late."""
    award = AuctionState._award

    def award_and_forget(self: AuctionState, event: Any) -> None:
        award(self, event)
        self.curves[event.intent_id] = replace(self.curves[event.intent_id], revision=1)

    patch.setattr(AuctionState, "_award", award_and_forget)


def corrections_stay_off_the_grid(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks the area to take what a correction changes."""
    for module in (awarding, machine):
        patch.setattr(module, "ask_difference", lambda *_: None)


def awards_are_not_taken(patch: pytest.MonkeyPatch) -> None:
    """A final award gives all of its room back."""
    patch.setattr(awarding, "confirm_part", lambda *_: None)


DAY_AHEAD_FAULTS: dict[str, tuple[Plant, str]] = {
    "a curve goes out where there is no room": (refusals_are_room, "curves_out_without_room"),
    "offers are put into curves again": (days_are_built_again, "offers_in_two_curves"),
    "the dearest step is awarded first": (worst_steps_are_awarded_first, "awards_told_otherwise"),
    "a corrected award is not told": (corrections_are_not_told, "awards_told_otherwise"),
    "every result is the newest": (every_result_is_new, "results_that_are_not_new"),
    "a correction stays off the grid": (corrections_stay_off_the_grid, "awards_that_nobody_holds"),
    "an award gives its room back": (awards_are_not_taken, "awards_that_nobody_holds"),
}
