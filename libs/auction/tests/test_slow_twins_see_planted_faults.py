"""Faults planted in the library: straight lines, prices, blocks over several MTUs, and lines. The twins see each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from drawn_auctions import drawn_auction, drawn_network
from test_auctions_equal_their_slow_twin import TWO_EQUAL_BLOCKS, compare
from test_networks_equal_their_slow_twin import LOT_W
from test_networks_equal_their_slow_twin import compare as compare_network

from flexbourse_auction import clear as clearing
from flexbourse_auction import dispatch, fills, margin, nodal_prices, outcome, prices
from flexbourse_auction.ladder import Integers, Ladder
from flexbourse_auction.market import Market
from flexbourse_auction.orders import Segment
from flexbourse_auction.result import BlockResult
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_auction.search import Found, Search, search
from flexbourse_auction.welfare_program import WelfareProgram

Plant = Callable[[pytest.MonkeyPatch], None]
# Each of the stories is one that the twins agree on without a fault.
STORIES = 150


def auctions() -> None:
    for seed in range(STORIES):
        compare(*drawn_auction(seed))


def equal_blocks() -> None:
    compare(TWO_EQUAL_BLOCKS, Rules())


def networks() -> None:
    for seed in range(STORIES):
        compare_network(*drawn_network(seed, LOT_W))


def instead(owner: Any, name: str, value: Any) -> Plant:
    """Return a fault: something is another."""
    return lambda patch: patch.setattr(owner, name, value)


def around(owner: Any, name: str, change: Callable[..., Any]) -> Plant:
    """Return a fault: what a function returns is another; the change is given it and what the function was given."""
    sound = getattr(owner, name)
    return lambda patch: patch.setattr(owner, name, lambda *own, **more: change(sound(*own, **more), *own))


def both(*plants: Plant) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        for each in plants:
            each(patch)

    return plant


def market_with(change: Callable[[Market], dict[str, Any]]) -> Plant:
    """Return a fault: what is solved is another auction."""
    return around(clearing, "compile_market", lambda market, *_: replace(market, **change(market)))


def last_limit(piece: Segment, power_w: int) -> int:
    return piece.last_ticks * power_w


def ties_to_the_later(total_w: int, level: Integers, *_: Any) -> Integers:
    return sound_share(total_w, level[::-1], *_)[::-1]


def a_tick_late(offered: Integers, ladder: Ladder, limit: int) -> Integers:
    return np.where(limit == ladder.first[ladder._slopes] + 1, 0, offered)


def searched_as_clear(market: Market) -> Found:
    """Search as for one price, and let everybody pay what he bids all the same."""
    found = search(replace(market, rules=replace(market.rules, pricing=Pricing.PAY_AS_CLEAR)))
    as_bid = market.rules.pricing is Pricing.PAY_AS_BID
    return replace(found, outcome=replace(found.outcome, prices=None)) if as_bid else found


def rounded_up(low: int, high: int) -> int:
    return -(-(low + high) // 2)


def less_volume(rank: tuple[int, int, Any], *_: Any) -> tuple[int, int, Any]:
    return rank[0], -rank[1], rank[2]


def last_name(rank: tuple[int, int, tuple[int, ...]], *_: Any) -> tuple[int, int, tuple[int, ...]]:
    return rank[0], rank[1], rank[2][::-1]


def first_mtu_alone(market: Market) -> dict[str, Any]:
    return {"parts": tuple(parts[:1] for parts in market.parts)}


def rows_kept(market: Market, kept: list[int]) -> dict[str, Any]:
    return {"rows": tuple(market.rows[r] for r in kept), "row_weights": tuple(market.row_weights[r] for r in kept)}


def outward_rows(market: Market) -> dict[str, Any]:
    return rows_kept(market, [r for r, own in enumerate(market.row_weights) if max(own.values(), default=0) > 0])


def one_price(found: Any, market: Market, *_: Any) -> Any:
    """Let all nodes of a contract have the price of the dearest one: nobody gets the rent."""
    own, shadows = found
    if own is None:
        return found
    dearest = {c: max(own[k] for k in spots) for c, spots in enumerate(market.spots_of)}
    return tuple(dearest[c] for c in market.contract_of), shadows


def blocks_weigh_nothing(patch: pytest.MonkeyPatch) -> None:
    """Let blocks flow over lines as if they were not there."""
    sound = WelfareProgram._network_row

    def row(program: WelfareProgram, r: int, coefficients: dict[int, float]) -> tuple[int | None, float]:
        market, program.market = program.market, replace(program.market, blocks=(), parts=())
        found = sound(program, r, coefficients)
        program.market = market
        return found

    patch.setattr(WelfareProgram, "_network_row", row)


def silent_paradox(block: BlockResult, *_: Any) -> BlockResult:
    return replace(block, paradoxically_rejected=False)


def no_demands(*_: Any) -> list[Any]:
    return []


def all_switched(*_: Any) -> bool:
    return True


sound_share = margin.shared


@dataclass(frozen=True)
class Fault:
    """Stories that both agree on, and what is wrong in them once it is planted."""

    tell: Callable[[], None]
    plant: Plant


FAULTS = {
    "a line begins a tick too late": Fault(auctions, around(Ladder, "_sloped", a_tick_late)),
    "a line gains a tick more": Fault(auctions, around(Ladder, "_sloped_profit", lambda profit, *_: profit + 1)),
    "a line is paid its last limit as bid": Fault(auctions, instead(fills, "limits_tick_w", last_limit)),
    "the lowest price instead of the middle": Fault(auctions, instead(prices, "midpoint", lambda low, _high: low)),
    "middles are rounded up": Fault(auctions, instead(prices, "midpoint", rounded_up)),
    "shares at the margin with ties reversed": Fault(auctions, instead(fills, "shared", ties_to_the_later)),
    "prices have to support blocks paid as bid": Fault(auctions, instead(clearing, "search", searched_as_clear)),
    "accepted blocks may lose": Fault(auctions, instead(outcome, "demands_of", no_demands)),
    "a block without a minimum may be left out": Fault(auctions, instead(Market, "is_switched", all_switched)),
    "a block trades in its first MTU alone": Fault(auctions, market_with(first_mtu_alone)),
    "children need no parent": Fault(auctions, market_with(lambda own: {"parents": (None,) * len(own.blocks)})),
    "groups exclude nothing": Fault(auctions, market_with(lambda _: {"groups": ()})),
    "of equal welfare the least volume": Fault(auctions, around(Search, "_rank", less_volume)),
    "of equal volume the last name": Fault(equal_blocks, around(Search, "_rank", last_name)),
    "blocks in part take what they like": Fault(auctions, instead(WelfareProgram, "favour_volume", lambda _: None)),
    "what is left out is silent of its paradox": Fault(auctions, around(clearing, "_block_result", silent_paradox)),
    "only the first line is looked at": Fault(networks, market_with(lambda own: rows_kept(own, [0]))),
    "lines bind one way": Fault(networks, market_with(outward_rows)),
    "over nodes any volume": Fault(networks, instead(dispatch, "most_volume", lambda *_: None)),
    "no rent of a full line": Fault(networks, around(dispatch, "choose_nodal_prices", one_price)),
    "the lowest price of a node": Fault(networks, instead(nodal_prices, "midpoint", lambda low, _high: low)),
    "blocks do not load lines": Fault(networks, blocks_weigh_nothing),
    "blocks may lose behind a line": Fault(networks, instead(nodal_prices, "demands_of", no_demands)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen_by_a_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test of the twins has the stories without a fault; here the first that differs is enough."""
    fault = FAULTS[name]
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError):
        fault.tell()
