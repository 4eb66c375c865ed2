"""Faults planted in the fast code of capacity, pools, auctions and agreements: the slow twins see each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from agreed_books import AgreedBooks
from auction_books import AuctionBooks
from capacity_books import FREE, CapacityBooks
from hypothesis import strategies as st
from naive_agreed_sets import Agreed
from naive_capacity import STARTS
from phased_world import OPENS_MS
from pool_books import PoolBooks
from pool_world import CONNECTED, ISLANDED
from test_auctions_on_a_line_equal_their_slow_twin import test_a_drawn_auction_behind_a_line as behind_a_line
from test_capacity_goes_to_whom_the_rules_say import test_a_drawn_auction as capacity_is_allocated
from test_checkers_see_rare_faults import a_tick_more, changing

from flexbourse_auction import capacity as capacity_library
from flexbourse_auction.capacity import Equity
from flexbourse_auction.orders import Block, Segment
from flexbourse_orderbook.domain import book
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.agreements import agreeing, evolving, executing
from flexbourse_orderbook.domain.auctions import orders as auction_orders
from flexbourse_orderbook.domain.capacity_auction import clearing, grid_cuts
from flexbourse_orderbook.domain.capacity_auction import evolving as evolving_capacity
from flexbourse_orderbook.domain.capacity_auction.events import CapacityUsed
from flexbourse_orderbook.domain.capacity_auction.state import CapacityAuctions, Right
from flexbourse_orderbook.domain.entry import position_room
from flexbourse_orderbook.domain.grid import cleared_sets
from flexbourse_orderbook.domain.pools import clearing as pool_clearing
from flexbourse_orderbook.domain.pools import trades as pool_trades

Plant = Callable[[pytest.MonkeyPatch], None]


# --- stories: each compares both as it goes


def schedules(*seeds: int) -> Callable[[], None]:
    """Allocate capacity under the operator's schedule."""

    def tell() -> None:
        for seed in seeds:
            capacity_is_allocated(seed)

    return tell


def used_capacity() -> None:
    """Two allocations of one connection: an order takes over, use is declared, the rest goes back to who waits."""
    books = CapacityBooks()
    books.begin(capacity_rule=FREE[0])
    for kw in (3, 12, 19):
        books.ask(unit="battery-a1", sign=-1, kw=kw, share=0, starts=STARTS, euro=1)
    books.ask(unit="battery-a2", sign=-1, kw=25, share=0, starts=STARTS[:1], euro=1)
    books.ask(unit="battery-b2", sign=1, kw=8, share=0, starts=STARTS[:1], euro=1)
    for _ in range(2):
        books.the_next_phase_comes()
    books.both_agree()
    for unit, kw in (("battery-a1", 8), ("battery-a3", 19)):
        books.trade(unit=unit, kw=kw)
        books.both_agree()
    right = next(own for own in books.naive.rights if own.held)
    books.use(right, 1_000)
    books.both_agree()
    books.submit(unit="battery-b2", buys=False, kw=25, price=1_000, fill="normal")
    books.both_agree()
    books.teardown()


def pool(*orders: tuple[str, str, int, int], wide: bool = True, **terms: Any) -> Callable[[], None]:
    """Clear a pool of (sell or buy, unit, W, ticks)."""

    def tell() -> None:
        books = PoolBooks()
        connection = ISLANDED if "forming_reserve_w" in terms else CONNECTED
        books.begin(terms=connection | terms, wide=wide, careful=False)
        for side, unit, quantity, price in orders:
            books.enter(unit=unit, buys=side == "buy", quantity=quantity, price=price)
        books.teardown()

    return tell


class Told:
    """Draws what a story says it draws."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)

    def draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        del strategy
        return self.values.pop(0)


def blocks(*told: tuple[bool, int, int, int, str], curves: tuple[tuple[bool, int, int], ...]) -> Callable[[], None]:
    """Uncross curves of (buys, W, ticks) and blocks of (buys, W, ticks, least ppm, what ties it to the one before)."""

    def tell() -> None:
        books = AuctionBooks()
        books.tick(OPENS_MS - books.world.clock_ms)
        for buys, quantity, price in curves:
            books.submit(buys=buys, number=1, quantity=quantity, price=price, fill="normal", as_block=False)
        for buys, quantity, price, least_ppm, tie in told:
            own = books.wished[-1]
            draws = [price, (own[0], own[1])] if tie == "parent" else [price]
            books.submit_block(
                buys=buys, number=2, quantity=quantity, least_ppm=least_ppm, data=Told(*draws), tie=tie
            )  # fmt: skip
        books.teardown()

    return tell


def behind_lines() -> None:
    for seed in range(2):
        behind_a_line(seed)


SET = [
    Agreed("battery-b1", "battery-a1", 8_000, 1_000),
    Agreed("battery-b2", "battery-a2", 3_000, 1_000, "buyer"),
    Agreed("battery-b3", "battery-a3", 3_000, 1_000, "halves"),
]
ACROSS = [Agreed("battery-b1", "battery-a1", 40_000, 1_000), Agreed("battery-a2", "battery-b2", 15_000, 1_000)]
TWICE = [Agreed("battery-b1", "battery-b2", 40_000, 1_000), Agreed("battery-b1", "battery-b3", 25_000, 1_000)]
ALONE = [Agreed("battery-b1", "battery-a3", 15_000, 1_000)]


def agreed(*sets: list[Agreed], waits: int = 0) -> Callable[[], None]:
    """Let a community propose sets that all confirm, one party alone, or nobody in time."""

    def tell() -> None:
        books = AgreedBooks()
        books.begin(careful=True)
        for own in sets:
            books.propose(trades=own, by="community", lasts_ms=2_500 if waits else 0, all_agree=not waits)
            books.both_agree()
            if waits == 1:
                books.say(books.naive.proposals[0], books.naive.proposals[0].awaited[0], confirm=True)
                books.both_agree()
        books.time_passes(seconds=3)
        books.both_agree()

    return tell


# --- faults


def instead(owner: Any, name: str, value: Any) -> Plant:
    """Return a fault: something is another."""
    return lambda patch: patch.setattr(owner, name, value)


def around(owner: Any, name: str, change: Callable[[Any], Any]) -> Plant:
    """Return a fault: what a function returns is another."""
    sound = getattr(owner, name)
    return lambda patch: patch.setattr(owner, name, lambda *own, **more: change(sound(*own, **more)))


def having(name: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a change of what has a field, and of nothing else: refusals stay."""
    return lambda own: change(own) if hasattr(own, name) else own


def nothing(*_: Any, **__: Any) -> None:
    return None


def later_lapse(*terms: Any) -> Right:
    return Right(*terms[:-1], terms[-1] + 3_600_000)


def sold_out(quantity_w: int, price_ticks: int, *more: Any) -> Segment:
    return Segment(quantity_w - (price_ticks == 0), price_ticks, *more)


def block_without(**terms: Any) -> Callable[..., Block]:
    """Return what makes blocks that lack something."""
    return lambda *own, **more: replace(Block(*own, **more), **terms)


def whole_alone(change: Any, *, either_side: bool) -> Any:
    del either_side
    yield change


@dataclass(frozen=True)
class Fault:
    """A story that both sides agree on, and what is wrong in it once it is planted."""

    tell: Callable[[], None]
    plant: Plant


HIGHEST_ONLY = SimpleNamespace(FIRST_COME=Equity.HIGHEST_DEMAND, HIGHEST_DEMAND=Equity.HIGHEST_DEMAND)
CLAIM = clearing._Claims
AN_IMPORT = pool(
    ("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b2", 8_000, 4_000), ("sell", "battery-b3", 1_000, 1_000)
)
AN_ISLAND = pool(
    ("sell", "battery-b1", 20_000, 1_000), ("buy", "battery-b3", 20_000, 4_000), forming_reserve_w=50_000
)  # fmt: skip
# A sale of 2 kW at 9.97 beside curves that leave it 1 kW.
IN_PART = blocks((False, 2_000, 997, 600_000, ""), curves=((True, 1_000, 1_100), (False, 1_000, 2_000)))
A_CHILD = blocks(
    (False, 1_000, 1_507, 600_000, ""), (False, 1_000, 887, 600_000, "parent"), curves=((True, 1_000, 1_100),)
)
A_GROUP = blocks(
    (False, 500, 887, 0, "group"), (False, 500, 947, 0, "group"), curves=((True, 1_000, 1_100), (False, 1_000, 1_005))
)

FAULTS = {
    "first come is highest demand": Fault(schedules(4, 8), instead(clearing, "Equity", HIGHEST_ONLY)),
    "the least that is of use does not count": Fault(
        schedules(4, 9), around(CLAIM, "_claim", having("minimum_w", lambda own: replace(own, minimum_w=1)))
    ),
    "the cheapest comes first": Fault(
        schedules(2, 6),
        around(CLAIM, "_claim", having("price_ticks", lambda own: replace(own, price_ticks=3_000 - own.price_ticks))),
    ),
    "capacity is sold out": Fault(schedules(3, 7), instead(capacity_library, "Segment", sold_out)),
    "the grid is not asked": Fault(used_capacity, instead(grid_cuts, "shortage_of", nothing)),
    "orders take nothing over": Fault(used_capacity, instead(book, "take_over", nothing)),
    "the youngest is taken over first": Fault(
        used_capacity, around(CapacityAuctions, "rights_at", lambda rights: rights[::-1])
    ),
    "what is declared moves nothing": Fault(
        used_capacity, changing(lambda event: replace(event, moved_w=0) if isinstance(event, CapacityUsed) else event)
    ),
    "what is not used is kept": Fault(used_capacity, instead(evolving_capacity, "Right", later_lapse)),
    "every connection is firm": Fault(used_capacity, instead(position_room, "refuse_beyond_connection", nothing)),
    "upstream has no limit": Fault(
        pool(("buy", "battery-b2", 8_000, 4_000), import_limit_w=2_000),
        around(pool_clearing, "upstream_of", lambda own: replace(own, import_w=10**6)),
    ),
    "a pool's trades are a tick off": Fault(AN_IMPORT, changing(a_tick_more(e.TradeExecuted))),
    "the latest sells first": Fault(AN_IMPORT, around(pool_trades, "pairs_of", lambda pairs: list(pairs)[::-1])),
    "one may meet himself": Fault(
        pool(("sell", "battery-b1", 2_500, 1_000), ("buy", "battery-b1", 2_500, 2_000)),
        instead(pool_clearing, "stranded", nothing),
    ),
    "an island's unit has no reserve": Fault(
        AN_ISLAND, around(pool_clearing, "forming_of", having("reserve_w", lambda own: replace(own, reserve_w=0)))
    ),
    "an island need not balance": Fault(
        pool(("sell", "house-b3", 8_000, 1_000), ("buy", "battery-b2", 8_000, 4_000), forming_reserve_w=1_000),
        instead(pool_clearing._Pool, "_look_at_island", nothing),
    ),
    "the grid takes any pool": Fault(
        pool(("buy", "battery-a1", 25_000, 9_000), ("buy", "battery-a2", 25_000, 8_000), wide=False),
        instead(pool_clearing, "refused_part", nothing),
    ),
    "blocks have no least": Fault(IN_PART, instead(auction_orders, "Block", block_without(minimum_ppm=0))),
    "blocks need no parent": Fault(A_CHILD, instead(auction_orders, "Block", block_without(parent=""))),
    "groups exclude nothing": Fault(A_GROUP, instead(auction_orders, "Block", block_without(group=""))),
    "an auction's trades are a tick off": Fault(behind_lines, changing(a_tick_more(e.TradeExecuted))),
    "the grid takes any agreed set": Fault(agreed(ACROSS), instead(cleared_sets, "refused_part", nothing)),
    "no side of a set may be missing": Fault(agreed(ACROSS), instead(cleared_sets, "_parts", whole_alone)),
    "each trade has all the room": Fault(agreed(TWICE), instead(executing, "_hold", nothing)),
    "halves instead of the path": Fault(
        agreed(SET), instead(executing, "_borne", lambda _by, s, b, **_: ((s + b) // 2, s + b - (s + b) // 2))
    ),
    "the seller bears the odd micro-euro": Fault(
        agreed(ALONE), around(executing, "_borne", lambda parts: (parts[0] + 1, parts[1] - 1))
    ),
    "one word is enough": Fault(
        agreed(SET, waits=1),
        instead(evolving, "replace", lambda own, **_: replace(own, awaited=())),
    ),
    "proposals wait for ever": Fault(agreed(SET, waits=2), instead(agreeing, "pass_time", nothing)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen_by_a_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    fault.tell()
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError):
        fault.tell()
