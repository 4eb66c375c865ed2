"""Faults planted in auctions of the running market over several lines. The twin sees each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from line_books import IN_A, OF_B, OUT_B1, OUT_B2, Limits, LineBooks
from test_day_twin_sees_planted_faults import BUY, SELL, level_segment
from test_twins_see_planted_faults import Fault, Told, block_without, instead

from flexbourse_auction import dispatch
from flexbourse_auction.market import Market
from flexbourse_auction.rules import Margin, Pricing
from flexbourse_orderbook.domain.auctions import orders as auction_orders
from flexbourse_orderbook.domain.auctions import rounds, uncrossing
from flexbourse_orderbook.domain.grid.capacity import NodeSum

B1, B2 = 2, 1
Step = tuple[bool, int, int, int]
Plant = Callable[[pytest.MonkeyPatch], None]
ToldBlock = tuple[bool, int, list[int], int, int]


def over_lines(
    limits: Limits, *steps: Step, lines: tuple[tuple[bool, int, int, int, int], ...] = (),
    blocks: tuple[ToldBlock, ...] = (), pricing: Pricing = Pricing.PAY_AS_CLEAR,
) -> Callable[[], None]:  # fmt: skip
    """Uncross a first quarter of steps (buys, home, W, ticks), lines (buys, home, W, ticks, length) and blocks (buys,
    home, W by quarter, ticks, least ppm)."""

    def tell() -> None:
        books = LineBooks()
        books.begin(pricing=pricing, margin=Margin.PRO_RATA, limits=limits)
        for buys, home, quantity, price in steps:
            books.submit(buys=buys, number=home, quantity=quantity, price=price, quarter=0)
        for buys, home, quantity, price, length in lines:
            books.submit_line(buys=buys, number=home, quantity=quantity, price=price, length=length)
        for buys, home, powers, price, least_ppm in blocks:
            books.submit_block(
                buys=buys, number=home, powers=powers, least_ppm=least_ppm, data=Told(price), tie=""
            )  # fmt: skip
        books.teardown()

    return tell


def with_market(owner: Any, name: str, change: Callable[..., Any]) -> Plant:
    """Return a fault: what a function of the market returns is another."""
    sound = getattr(owner, name)
    return lambda patch: patch.setattr(
        owner, name, lambda market, *own, **more: change(sound(market, *own, **more), market)
    )


def one_price(found: Any, market: Market) -> Any:
    own, shadows = found
    if own is None:
        return found
    dearest = {c: max(own[k] for k in spots) for c, spots in enumerate(market.spots_of)}
    return tuple(dearest[c] for c in market.contract_of), shadows


def all_rows(_found: list[int], market: Market) -> list[int]:
    return list(range(len(market.rows)))


WANTED = (BUY, B1, 2_000, 2_000)
# Both homes of street b have a line of their own, and share one.
NESTED: Limits = {(OUT_B1, 0): 5, (OF_B, 0): 8, (OUT_B2, 0): 20}
FULL = over_lines(NESTED, WANTED, (SELL, B1, 2_000, 900), (SELL, B2, 2_000, 1_000))
RISING = over_lines(NESTED, WANTED, (SELL, B1, 500, 1_100), lines=((SELL, B2, 2_000, 900, 700),))
HALF_FULL = over_lines({(OF_B, 0): 12, (IN_A, 0): 3}, WANTED, (SELL, B1, 300, 900), (SELL, B2, 2_000, 2_000))
BLOCKS = over_lines(NESTED, WANTED, (SELL, B1, 300, 1_100), blocks=((SELL, B2, [1_000], 947, 200_000),))
AT_ONE_LIMIT = over_lines({(OUT_B1, 0): 5}, (BUY, B1, 1_000, 1_000), (SELL, B2, 1_000, 1_000), (SELL, B1, 2_000, 900))

FAULTS = {
    "no rent of full lines": Fault(FULL, instead(uncrossing, "_rent_of", lambda *_: None)),
    "one price on both sides of a full line": Fault(FULL, with_market(dispatch, "choose_nodal_prices", one_price)),
    "limits are not looked at": Fault(FULL, instead(NodeSum, "room_w", lambda *_: None)),
    "rows lie two steps inside of limits": Fault(FULL, instead(rounds, "MARGIN_W", 1_200)),
    "a line is a step behind a full one": Fault(RISING, instead(auction_orders, "Segment", level_segment)),
    "a line that is not full has a price": Fault(HALF_FULL, with_market(dispatch, "full_rows", all_rows)),
    "a block stands at no home": Fault(BLOCKS, instead(auction_orders, "Block", block_without(node=""))),
    "over homes any volume": Fault(AT_ONE_LIMIT, instead(dispatch, "most_volume", lambda *_: None)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen_by_the_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    fault.tell()
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError):
        fault.tell()
