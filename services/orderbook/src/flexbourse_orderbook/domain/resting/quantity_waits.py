"""Orders that wait for quantity: all-or-none and with a minimum quantity, beside others that cross them.

After everything that changes their book they are tried again, the earliest first, until none matches. All-or-none
meets all that crosses it, at the prices of what it meets: it is executable only now, and so it is the aggressor. A
minimum quantity is tried pair by pair, the later order as the aggressor, like all pairs that wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING

from flexbourse_orderbook.domain.matching import Matcher
from flexbourse_orderbook.domain.orders import FillRule, Product
from flexbourse_orderbook.domain.phases.table import Action
from flexbourse_orderbook.domain.phases.volatility import stop_at_collar
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder, RestrictedOrder
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.spans.matching import matcher_of
from flexbourse_orderbook.domain.state import Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook


def try_waiting(area: AreaBook, market: Market, period: Period, product: Product) -> None:
    """Let what waits for quantity in a book match, as far as this command may still try."""
    book = period.find_book(market.market_id, product)
    if book is None or not book.restricted or not _runs(area, market, period):
        return
    waits = _Waiting(area, market, period, book)
    while any(waits.matches(order) for order in waits.orders()):
        pass


def _runs(area: AreaBook, market: Market, period: Period) -> bool:
    runs = market.automatic_matching and not area.state.halted_reason
    return runs and period.takes(market.market_id, Action.MATCH)


class _Waiting:
    def __init__(self, area: AreaBook, market: Market, period: Period, book: Book) -> None:
        self._area, self._market, self._period, self._book = area, market, period, book

    def orders(self) -> list[RestrictedOrder]:
        """Return what waits, by time."""
        restricted = self._book.restricted
        return [restricted[sequence] for sequence in sorted(restricted) if restricted[sequence].waits_for_quantity]

    def matches(self, order: RestrictedOrder) -> bool:
        """Try an order; tell whether it matched."""
        if order.terms.fill_rule is FillRule.ALL_OR_NONE:
            return self._matches_whole(order)
        matcher = matcher_of(self._area.state, self._market, self._period)
        others = list(matcher.candidates(order, self._book))
        return any(self._pair_matches(matcher, order, other) for other in others)

    def _matches_whole(self, order: RestrictedOrder) -> bool:
        matcher = matcher_of(self._area.state, self._market, self._period)
        crossing = (other.open_w for other in matcher.candidates(order, self._book))
        if not any(total >= order.open_w for total in accumulate(crossing)):
            return False
        return self._try(matcher, order, matcher.candidates(order, self._book))

    def _pair_matches(self, matcher: Matcher, order: RestrictedOrder, other: RestingOrder) -> bool:
        earlier, later = sorted((order, other), key=lambda one: one.sequence)
        return matcher.is_enough(later, earlier, later.open_w) and self._try(matcher, later, (earlier,))

    def _try(self, matcher: Matcher, aggressor: RestingOrder, candidates: Iterable[RestingOrder]) -> bool:
        area = self._area
        if area.attempts_left <= 0:
            return False
        area.attempts_left -= 1
        plan = stop_at_collar(self._market, aggressor, matcher.plan(aggressor, candidates))
        if not plan.fills or matcher.refuse_whole(aggressor, plan) is not None:
            return False
        area.commit(self._market, aggressor, plan)
        return True
