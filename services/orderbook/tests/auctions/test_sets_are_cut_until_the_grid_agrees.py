"""The rounds of a set: what the exact gate refuses becomes rows, and the solver runs again until the gate agrees."""

from __future__ import annotations

from collections import Counter

import pytest
from book_world import FLAT, NOON, World

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Contract, Orders, Row, Side, step
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Rules
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.auctions.rounds import (
    Known,
    Settled,
    change_of_set,
    cuts_of_refusal,
    refuse_set,
    solve_in_rounds,
)
from flexbourse_orderbook.domain.grid.gate import refuse_whole
from flexbourse_orderbook.domain.grid.grid_view import GridView

CONTRACT = Contract(NOON)
RULES = Rules()
# Who sells at the end of the thin street and buys on the thick one, W and ticks.
WISHES = {"far": ("a3", Side.SELL, 55_000, 1_000), "near": ("b1", Side.SELL, 55_000, 3_000)}
WANTED = ("b2", Side.BUY, 50_000, 9_000)


def view_of(world: World) -> GridView:
    view = world.program_period().grid.view()
    assert view is not None
    return view


def orders() -> Orders:
    wishes = {**WISHES, "want": WANTED}
    return Orders(tuple(step(name, side, CONTRACT, w, p, node=node) for name, (node, side, w, p) in wishes.items()))


def moved(view: GridView, result: Result) -> dict[int, int]:
    found: Counter[int] = Counter()
    for fill in result.fills:
        found[view.topology.node_index[fill.node]] += fill.side.sign * fill.quantity_w
    return dict(found)


def cuts_of_set(
    view: GridView, contract: Contract, moved_w: dict[int, int], reach: frozenset[int], number: int
) -> tuple[Row, ...]:
    change = change_of_set(moved_w)
    refusal = refuse_set(view, change)
    return () if refusal is None else cuts_of_refusal(view, contract, change, refusal, reach, number)


def settle(view: GridView, max_rounds: int = 20) -> Settled[Result]:
    reach = frozenset(view.topology.node_index[node] for node in ("a3", "b1", "b2"))

    def check(result: Result, number: int) -> Known | None:
        rows = cuts_of_set(view, CONTRACT, moved(view, result), reach, number)
        return Known(rows) if rows else None

    return solve_in_rounds(lambda known: clear(orders(), RULES, known.rows), check, max_rounds)


def test_what_overloads_a_line_is_cut_until_the_gate_agrees() -> None:
    view = view_of(World(parameters=FLAT).ready())
    alone = clear(orders(), RULES)
    sold = {fill.order_id: fill.quantity_w for fill in alone.fills if fill.side is Side.SELL}
    assert sold == {"far": 50_000}  # without the grid the far one alone is served
    found = settle(view)
    assert found.agreed
    assert found.rounds >= 2
    assert found.known.rows
    sold = {fill.order_id: fill.quantity_w for fill in found.result.fills if fill.side is Side.SELL}
    assert 0 < sold["far"] < 50_000
    assert sold["far"] + sold["near"] == 50_000
    # Exactly as much as the gate takes, up to the margin of a few hundred W.
    change = moved(view, found.result)
    nodes = tuple(sorted(change))
    assert refuse_whole(view, Change(nodes, tuple(change[n] for n in nodes), (0,) * len(nodes))) is None
    more = {n: change[n] + (view.topology.node_index["a3"] == n) * 600 for n in nodes}
    more[view.topology.node_index["b1"]] -= 600
    assert refuse_whole(view, Change(nodes, tuple(more[n] for n in nodes), (0,) * len(nodes))) is not None


def test_prices_part_where_the_line_is_full() -> None:
    found = settle(view_of(World(parameters=FLAT).ready()))
    prices = {price.node: price.price_ticks for price in found.result.prices}
    assert prices == {"a3": 1_000, "b1": 3_000, "b2": pytest.approx(3_000, abs=150)}


def test_rounds_are_bounded_and_what_is_not_agreed_says_so() -> None:
    found = settle(view_of(World(parameters=FLAT).ready()), max_rounds=1)
    assert (found.rounds, found.agreed) == (1, False)


def test_what_fits_is_not_cut() -> None:
    view = view_of(World(parameters=FLAT).ready())
    node = view.topology.node_index["b1"]
    assert cuts_of_set(view, CONTRACT, {}, frozenset(), 1) == ()
    assert cuts_of_set(view, CONTRACT, {node: 1_000}, frozenset((node,)), 1) == ()


def test_costs_only_rise_from_round_to_round() -> None:
    known = Known(cost_ticks={"a": 3, "b": -2}).plus(Known(cost_ticks={"a": 1, "b": 4, "c": -1}))
    assert known.cost_ticks == {"a": 3, "b": 4, "c": -1}


def test_a_set_without_a_solution_is_cut_too() -> None:
    view = view_of(World(parameters=FLAT).ready())
    node = view.topology.node_index["a3"]
    rows = cuts_of_set(view, CONTRACT, {node: -2_000_000}, frozenset((node,)), 1)
    assert rows
    for row in rows:
        used = sum(weight * -2_000_000 for _, name, weight in row.coefficients if name == "a3")
        assert used > row.limit
