"""Faults planted in the platform, one at a time: each must be seen by the checker whose invariant it breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from planted_activation_faults import ACTIVATION_FAULTS, Plant
from planted_balancing_faults import BALANCING_FAULTS, CALLED_FAULTS
from planted_day_ahead_faults import DAY_AHEAD_FAULTS
from planted_exchange_faults import EXCHANGE_FAULTS

from flexbourse_core.dedupe import DedupeWindow
from flexbourse_messages.catalogue import BOOK_FEED
from flexbourse_orderbook import projecting, public_feed
from flexbourse_orderbook.domain import book, hitting, matching, time_records, trial
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.agreements import executing
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.entry import admission
from flexbourse_orderbook.domain.entry.self_trade import Prevention
from flexbourse_orderbook.domain.grid import cleared_sets, gate
from flexbourse_orderbook.domain.groups import baskets
from flexbourse_orderbook.domain.groups.exclusive_groups import Groups
from flexbourse_orderbook.domain.orders import FillRule
from flexbourse_orderbook.domain.phases import evolving as evolve_phases
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.resting import book_side, evolving, replacement
from flexbourse_orderbook.processor import OrderBookProgram


def _changing(kind: type[Any], change: Callable[[Any], Any]) -> Plant:
    """Return a fault: every event of a kind is another before it is applied and journaled."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        emit = AreaBook.emit

        def emit_other(self: AreaBook, event: Any) -> None:
            emit(self, change(event) if isinstance(event, kind) else event)

        patch.setattr(AreaBook, "emit", emit_other)

    return plant


def _every_other(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a change of the trades with an even number, so that a sound one comes before."""
    return lambda trade: change(trade) if trade.sequence % 2 == 0 else trade


def forget_commands(patch: pytest.MonkeyPatch) -> None:
    """The window knows no command."""
    patch.setattr(DedupeWindow, "look_up", lambda *_: None)


def everything_is_hit(patch: pytest.MonkeyPatch) -> None:
    """A hit takes whatever rests on the other side."""
    patch.setattr(hitting, "_named", lambda a, wish: [
        resting for resting in a.period.book(wish.order.market_id, wish.order.product).orders()
        if resting.terms.side is not wish.order.side
    ])  # fmt: skip


def best_comes_last(patch: pytest.MonkeyPatch) -> None:
    """Candidates come worst first."""
    crossing = book_side.BookSide.crossing
    patch.setattr(book_side.BookSide, "crossing", lambda self, limit: list(crossing(self, limit))[::-1])


def everybody_may_change(patch: pytest.MonkeyPatch) -> None:
    """Whose an order is does not matter."""
    refuse = book.refuse_foreign

    def refuse_unknown(order: Any, party: str, order_id: str) -> Any:
        return refuse(order, party if order is None else order.terms.party, order_id)

    patch.setattr(book, "refuse_foreign", refuse_unknown)


def fill_and_kill_rests(patch: pytest.MonkeyPatch) -> None:
    """What is left of a fill-and-kill order stays."""
    close = AreaBook.close

    def close_others(self: AreaBook, order: Any, status: Any, reason: str, refusal: Any = None) -> None:
        if order.terms.fill_rule is not FillRule.FILL_AND_KILL or not reason.startswith("fill_and"):
            close(self, order, status, reason, refusal)

    patch.setattr(AreaBook, "close", close_others)


def little_is_enough(patch: pytest.MonkeyPatch) -> None:
    """No match is too small for an order."""
    patch.setattr(matching, "least_match", lambda *_: 1)


def ids_are_free(patch: pytest.MonkeyPatch) -> None:
    """A client order id may name any number of orders."""
    rules = tuple(rule for rule in admission.RULES if rule.__name__ != "id_is_fresh")
    patch.setattr(admission, "RULES", rules)


def groups_do_not_count(patch: pytest.MonkeyPatch) -> None:
    """What a group has executed is forgotten."""
    patch.setattr(Groups, "taken", lambda *_: Fraction(0))


def agreed_in_the_dark(patch: pytest.MonkeyPatch) -> None:
    """No light stops what was agreed upon."""
    for module in (executing, cleared_sets):  # of what moves nothing, and of what does
        patch.setattr(module, "refuse_by_light", lambda *_: None)


def legs_stand_alone(patch: pytest.MonkeyPatch) -> None:
    """Each order of a basket matches for itself."""
    decide = baskets._decide
    patch.setattr(baskets, "_decide", lambda book, legs: [own for leg in legs for own in decide(book, [leg])])


def halts_are_ignored(patch: pytest.MonkeyPatch) -> None:
    """An area whose audit failed goes on."""
    for module in (admission, replacement):
        patch.setattr(module, "refuse_halted", lambda _state: None)
    rules = tuple(rule for rule in admission.RULES if rule.__name__ != "area_runs")
    patch.setattr(admission, "RULES", rules)


def gate_lets_all_pass(patch: pytest.MonkeyPatch) -> None:
    """The grid takes whatever is wanted."""

    def fit_all(view: Any, _vector: Any, wanted_w: int, *_: Any, **__: Any) -> Any:
        return gate.Fit(wanted_w, gate.finding_of(view, None, wanted_w, 0), None, None)

    patch.setattr(trial, "fit", fit_all)


def the_dark_is_light(patch: pytest.MonkeyPatch) -> None:
    """No light stops anything."""
    patch.setattr(matching, "refuse_by_light", lambda *_: None)
    patch.setattr(trial, "refuse_by_light", lambda *_: None)


def trades_stay_private(patch: pytest.MonkeyPatch) -> None:
    """A trade is not on the public topic."""
    project = OrderBookProgram.project

    def project_less(self: OrderBookProgram, event: Any) -> Any:
        for output in project(self, event):
            if output.topic != projecting.BOOK_TRADE or event.WhichOneof("event") != "trade":
                yield output

    patch.setattr(OrderBookProgram, "project", project_less)


def nothing_is_said_of_skips(patch: pytest.MonkeyPatch) -> None:
    """A candidate is passed over without an event."""
    emit = AreaBook.emit

    def emit_less(self: AreaBook, event: Any) -> None:
        if not isinstance(event, e.CandidateSkipped):
            emit(self, event)

    patch.setattr(AreaBook, "emit", emit_less)


def recovery_forgets(patch: pytest.MonkeyPatch) -> None:
    """An order that is restored from a snapshot is in its first revision."""
    rest = evolving.rest

    def rest_anew(state: Any, terms: Any, **more: Any) -> None:
        rest(state, replace(terms, revision=1) if terms.revision > 1 else terms, **more)

    patch.setattr("flexbourse_orderbook.snapshot.rest", rest_anew)


def parties_meet_themselves(patch: pytest.MonkeyPatch) -> None:
    """No market prevents that a party trades with itself."""
    patch.setattr(matching, "prevention_of", lambda *_: Prevention.NONE)


def halts_of_books_are_ignored(patch: pytest.MonkeyPatch) -> None:
    """An order enters and matches in a book that the operator has halted."""
    rule = admission.book_is_open

    def is_open(application: Any) -> Any:
        own = application.period.phases.get(application.order.market_id) if application.period else None
        return None if own is not None and own.phase is Phase.HALTED else rule(application)

    patch.setattr(admission, "RULES", tuple(is_open if own is rule else own for own in admission.RULES))


def closed_books_go_on(patch: pytest.MonkeyPatch) -> None:
    """Books with trades say at every time record that they close, and go on."""
    patch.setattr(time_records, "due_closings", lambda state: [
        (period, market_id) for period in state.periods.values() for market_id, own in period.phases.items()
        if own.phase is Phase.CONTINUOUS and period.trade_sequence
    ])  # fmt: skip
    patch.setattr(evolve_phases, "_end", lambda *_: None)


def clips_are_shown_whole(patch: pytest.MonkeyPatch) -> None:
    """The feed shows what an iceberg hides."""
    shown = public_feed.public_order

    def show_all(order: Any) -> Any:
        return {**shown(order), "shown_w": order.open_w}

    patch.setattr(public_feed, "public_order", show_all)


def ends_stay_off_the_feed(patch: pytest.MonkeyPatch) -> None:
    """The feed does not say that an order left."""
    project = OrderBookProgram.project

    def project_less(self: OrderBookProgram, event: Any) -> Any:
        for output in project(self, event):
            if output.topic != BOOK_FEED or event.WhichOneof("event") != "closed":
                yield output

    patch.setattr(OrderBookProgram, "project", project_less)


def more_keeps_its_place(patch: pytest.MonkeyPatch) -> None:
    """A replacement with more quantity stands where the order stood."""
    emit = AreaBook.emit

    def emit_other(self: AreaBook, event: Any) -> None:
        if isinstance(event, e.OrderReplaced):
            old = self.state.orders[event.order.order_id]
            event = replace(event, order=replace(event.order, sequence=old.sequence))
        emit(self, event)

    patch.setattr(AreaBook, "emit", emit_other)


def moves_more(trade: e.TradeExecuted) -> e.TradeExecuted:
    """Return a trade whose seller moves a kilowatt more than he sold."""
    moved = trade.seller.moved_w + 1_000 * (trade.seller.moved_w > 0)
    return replace(trade, seller=replace(trade.seller, moved_w=moved))


def aggressors_price(trade: e.TradeExecuted) -> e.TradeExecuted:
    """Return a trade at a better price for the resting side."""
    return replace(trade, price_ticks=trade.price_ticks + (1 if trade.buyer_is_aggressor else -1))


def open_as_before(trade: e.TradeExecuted) -> e.TradeExecuted:
    """Return a trade that takes nothing off its seller's order."""
    seller = trade.seller
    return replace(trade, seller=replace(seller, open_w=seller.open_w + 100, filled_w=seller.filled_w))


FAULTS: dict[str, tuple[Plant, str]] = {
    "the window forgets what was decided": (forget_commands, "commands_decided_twice"),
    "a trade's number is used twice": (
        _changing(e.TradeExecuted, _every_other(lambda t: replace(t, sequence=t.sequence - 1))), "sequence_gaps"),
    "a fill is not taken off its order": (_changing(e.TradeExecuted, open_as_before), "order_lives"),
    "a side moves more than it traded": (_changing(e.TradeExecuted, moves_more), "broken_promises"),
    "an amount is rounded up": (
        _changing(e.TradeExecuted, lambda t: replace(t, amount_micro_euro=t.amount_micro_euro + 1)), "wrong_money"),
    "a candidate is passed over without a word": (nothing_is_said_of_skips, "silent_crossings"),
    "the aggressor's price is taken": (_changing(e.TradeExecuted, aggressors_price), "wrong_prices"),
    "a party trades with itself": (parties_meet_themselves, "self_trades"),
    "a book that is halted takes orders": (halts_of_books_are_ignored, "trades_out_of_phase"),
    "a book that has closed goes on": (closed_books_go_on, "late_trades"),
    "the feed shows what an iceberg hides": (clips_are_shown_whole, "feeds_that_differ"),
    "the feed is silent of who left": (ends_stay_off_the_feed, "feeds_that_differ"),
    "a hit takes whatever rests": (everything_is_hit, "trades_beside_their_hit"),
    "the worst comes first": (best_comes_last, "broken_priority"),
    "everybody may cancel": (everybody_may_change, "changes_by_others"),
    "more quantity keeps its place": (more_keeps_its_place, "wrong_replacements"),
    "fill-and-kill rests": (fill_and_kill_rests, "orders_that_must_not_rest"),
    "no match is too small": (little_is_enough, "broken_instructions"),
    "a group counts nothing": (groups_do_not_count, "groups_beyond_one"),
    "the legs of a basket stand alone": (legs_stand_alone, "baskets_in_part"),
    "an unknown light stops no agreement": (agreed_in_the_dark, "trades_in_the_dark"),
    "ids are not remembered": (ids_are_free, "ids_used_twice"),
    "a halted area goes on": (halts_are_ignored, "trades_while_halted"),
    "the gate lets everything pass": (gate_lets_all_pass, "broken_promises"),
    "an unknown light stops nothing": (the_dark_is_light, "trades_in_the_dark"),
    "a recovered order forgets its revision": (recovery_forgets, "recovery"),
    "a trade is not published": (trades_stay_private, "projections_that_differ"),
    "the tariff is a micro-euro off": (
        _changing(e.TradeExecuted, lambda t: replace(t, potential_after_micro_euro=t.potential_after_micro_euro + 9)),
        "wrong_potentials"),
    **ACTIVATION_FAULTS,
    **EXCHANGE_FAULTS,
    **DAY_AHEAD_FAULTS,
    **BALANCING_FAULTS,
    **CALLED_FAULTS,
}  # fmt: skip
