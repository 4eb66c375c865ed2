"""All checkers of a log, in one place: what is looked at after every simulated day, every demo and every chaos test."""

from __future__ import annotations

from collections.abc import Callable, Collection

from activation_checkers import ACTIVATION_CHECKERS
from auction_checkers import wrong_auctions
from balancing_checkers import BALANCING_CHECKERS
from called_bid_checkers import CALLED_BID_CHECKERS
from day_ahead_checkers import DAY_AHEAD_CHECKERS
from exchange_checkers import EXCHANGE_CHECKERS
from feed_checkers import FEED_CHECKERS
from grid_checkers import GRID_CHECKERS
from group_checkers import GROUP_CHECKERS
from log_access import Log, ParsedLog
from market_checkers import MARKET_CHECKERS
from order_checkers import ORDER_CHECKERS
from price_checkers import PRICE_CHECKERS
from tariff_checkers import TARIFF_CHECKERS

Checker = Callable[[Log], list[str]]
# Those of the market alone; what was planted in the grid is not theirs to see.
OF_THE_BOOK: tuple[Checker, ...] = (
    *MARKET_CHECKERS, *ORDER_CHECKERS, *GROUP_CHECKERS, *PRICE_CHECKERS, *FEED_CHECKERS, wrong_auctions,
)  # fmt: skip
CHECKERS: tuple[Checker, ...] = (
    *OF_THE_BOOK,
    *GRID_CHECKERS,
    *TARIFF_CHECKERS,
    *ACTIVATION_CHECKERS,
    *EXCHANGE_CHECKERS,
    *DAY_AHEAD_CHECKERS,
    *BALANCING_CHECKERS,
    *CALLED_BID_CHECKERS,
)


def all_problems(log: Log, but: Collection[str] = (), checkers: Collection[Checker] = CHECKERS) -> list[str]:
    """Return what the checkers find, but for those named, whose invariant a test breaks on purpose."""
    assert {checker.__name__ for checker in CHECKERS} >= set(but)
    parsed = ParsedLog(log)
    return [
        f"{checker.__name__}: {text}"
        for checker in checkers
        if checker.__name__ not in but
        for text in checker(parsed)
    ]  # fmt: skip
