"""Faults planted in auctions of the running market: lines, blocks over quarters, ends and shares. The twins see each.

Two of them were once in doubt, since drawn stories may miss them; each has a story of its own here. A block that was
taken in part and is left open rests after its auction, where both books say who rests. Ties at the margin are between
sales of equal remainders, one of which is a step short; the earlier has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from auction_books import AuctionBooks
from day_books import DayBooks
from phased_world import OPENS_MS
from test_twins_see_planted_faults import Fault, Told, around, block_without, instead
from test_twins_see_planted_faults import blocks as blocks_of_one_book

from flexbourse_auction import clear as clearing
from flexbourse_auction import fills, margin, outcome
from flexbourse_auction.ladder import Integers
from flexbourse_auction.orders import Block, Segment
from flexbourse_auction.rules import Margin, Pricing
from flexbourse_orderbook.domain.auctions import check, uncrossing
from flexbourse_orderbook.domain.auctions import orders as auction_orders
from flexbourse_orderbook.domain.auctions import trades as auction_trades
from flexbourse_orderbook.domain.auctions.check import AuctionCheck
from flexbourse_orderbook.domain.auctions.trades import Share
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.phases.changes import AUCTION_IS_OVER

BUY, SELL = True, False
Step = tuple[bool, int, int, int]
ToldBlock = tuple[bool, list[int], int, int, str]


def day(
    *steps: Step, lines: tuple[tuple[bool, int, int, int], ...] = (), blocks: tuple[ToldBlock, ...] = (),
    pricing: Pricing = Pricing.PAY_AS_CLEAR, rule: Margin = Margin.PRO_RATA,
) -> Callable[[], None]:  # fmt: skip
    """Uncross a day of steps (buys, W, ticks, quarter), lines (buys, W, ticks, length) and blocks (buys, W by quarter,
    ticks, least ppm, what ties it to one before)."""

    def tell() -> None:
        books = DayBooks()
        books.begin(pricing=pricing, margin=rule)
        for buys, quantity, price, quarter in steps:
            books.submit(buys=buys, number=1, quantity=quantity, price=price, quarter=quarter)
        for buys, quantity, price, length in lines:
            books.submit_line(buys=buys, number=1, quantity=quantity, price=price, length=length)
        for buys, powers, price, least_ppm, tie in blocks:
            first = [own.order_id for own in books.blocks() if own.minimum_ppm][:1]
            draws = [*(first if tie == "parent" else []), price]
            books.submit_block(
                buys=buys, number=2, powers=powers, least_ppm=least_ppm, data=Told(*draws), tie=tie
            )  # fmt: skip
        books.teardown()

    return tell


def left_open(patch: pytest.MonkeyPatch) -> None:
    """Leave what was for the auction alone and was taken in part."""
    close = AreaBook.close

    def leaving(book: AreaBook, order: Any, status: Any, reason: str, *more: Any) -> None:
        if reason != AUCTION_IS_OVER or not order.filled_w:
            close(book, order, status, reason, *more)

    patch.setattr(AreaBook, "close", leaving)


sound_share = margin.shared


def ties_to_the_later(total_w: int, level: Integers, *rule: Any) -> Integers:
    return sound_share(total_w, level[::-1], *rule)[::-1]


def level_segment(quantity_w: int, start: int, _end: int | None) -> Segment:
    return Segment(quantity_w, start)


def first_quarter_alone(*own: Any, **more: Any) -> Block:
    made = Block(*own, **more)
    return replace(made, quantities=made.quantities[:1])


def within_its_limit(*own: Any) -> Share:
    return replace(Share(*own), on_average=False)


def as_clear(rules: Any) -> Any:
    return replace(rules, pricing=Pricing.PAY_AS_CLEAR)


def as_shared(rules: Any) -> Any:
    return replace(rules, margin=Margin.PRO_RATA)


# A block of 2 kW takes the half that curves leave it.
HALF = blocks_of_one_book((SELL, 2_000, 997, 300_000, ""), curves=((BUY, 1_000, 1_100), (SELL, 1_000, 2_000)))
CURVES = ((BUY, 2_000, 2_000, 0), (BUY, 2_000, 2_000, 1), (SELL, 1_000, 900, 0), (SELL, 2_000, 1_005, 1))
TWO_SALES = day((SELL, 300, 1_000, 0), (SELL, 300, 1_000, 0), (BUY, 300, 1_100, 0))
LINES = day((BUY, 1_000, 1_100, 0), lines=((SELL, 2_000, 900, 700),))
SALES_AS_BID = day((BUY, 1_000, 1_100, 0), lines=((SELL, 2_000, 900, 40),), pricing=Pricing.PAY_AS_BID)
# Who buys in the first quarter pays less than the block's limit, who buys in the second one pays more.
BLOCK_AS_BID = day(
    (BUY, 500, 900, 0), (BUY, 500, 2_000, 1), blocks=((SELL, [500, 500], 1_007, 1_000_000, ""),),
    pricing=Pricing.PAY_AS_BID,
)  # fmt: skip
OVER_QUARTERS = day(*CURVES, blocks=((SELL, [500, 500], 947, 1_000_000, ""),))
# With the block a sale at 900 is left over, so 900 is the price and it would lose, though it would raise welfare.
LOSING = day((BUY, 1_000, 2_000, 0), (SELL, 500, 900, 0), blocks=((SELL, [800], 1_507, 1_000_000, ""),))
LINKED = day(
    *CURVES, blocks=((SELL, [1_000, 1_000], 1_507, 1_000_000, ""), (SELL, [500, 500], 887, 1_000_000, "parent"))
)
EXCLUSIVE = day(
    *CURVES, blocks=((SELL, [500, 500], 887, 1_000_000, "group"), (SELL, [300, 500], 947, 1_000_000, "group"))
)


def one_margin() -> None:
    """Two sales of equal remainders for a purchase that leaves one of them a step short."""
    books = AuctionBooks()
    books.tick(OPENS_MS - books.world.clock_ms)
    for buys, quantity, price in ((SELL, 300, 1_000), (SELL, 300, 1_000), (BUY, 300, 1_100)):
        books.submit(buys=buys, number=1, quantity=quantity, price=price, fill="normal", as_block=False)
    books.teardown()


FAULTS = {
    "a block order taken in part is left open after the auction": Fault(HALF, left_open),
    "an order of a day's block taken in part is left open after it": Fault(
        day((BUY, 300, 2_000, 0), (BUY, 300, 2_000, 1), blocks=((SELL, [1_000, 1_000], 947, 200_000, ""),)), left_open
    ),
    "shares at the margin with ties reversed": Fault(one_margin, instead(fills, "shared", ties_to_the_later)),
    "shares of a day's margin with ties reversed": Fault(TWO_SALES, instead(fills, "shared", ties_to_the_later)),
    "time at the margin is no matter": Fault(
        day((SELL, 300, 1_000, 0), (SELL, 300, 1_000, 0), (BUY, 300, 1_100, 0), rule=Margin.TIME),
        around(uncrossing, "rules_of", as_shared),
    ),
    "a line is a step": Fault(LINES, instead(auction_orders, "Segment", level_segment)),
    "a line paid as bid has its first limit": Fault(
        SALES_AS_BID,
        instead(AuctionCheck, "_as_bid", lambda _own, _fill, entry, *_: entry.first.terms.limit_price_ticks),
    ),
    "paid as bid is paid as clear": Fault(
        day((BUY, 300, 2_000, 0), (SELL, 300, 900, 0), pricing=Pricing.PAY_AS_BID),
        around(uncrossing, "rules_of", as_clear),
    ),
    "a block paid as bid gets what its partners pay at most": Fault(
        BLOCK_AS_BID, instead(auction_trades, "_level", lambda met: max(each.buyer.node_ticks for each in met))
    ),
    "a block paid as bid keeps its limit in each quarter": Fault(
        BLOCK_AS_BID, instead(check, "Share", within_its_limit)
    ),
    "a block trades in its first quarter alone": Fault(
        OVER_QUARTERS, instead(auction_orders, "Block", first_quarter_alone)
    ),
    "an accepted block may lose": Fault(LOSING, instead(outcome, "demands_of", lambda *_: [])),
    "a block of a day needs no parent": Fault(LINKED, instead(auction_orders, "Block", block_without(parent=""))),
    "a group of a day excludes nothing": Fault(EXCLUSIVE, instead(auction_orders, "Block", block_without(group=""))),
    "a paradox of a day is silent": Fault(
        LOSING,
        around(clearing, "_block_result", lambda block: replace(block, paradoxically_rejected=False)),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen_by_a_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    fault.tell()
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError):
        fault.tell()
