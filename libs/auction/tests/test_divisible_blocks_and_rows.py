"""Divisible blocks, nodes and network rows against a plain linear program per set of blocks, curve by curve."""

from __future__ import annotations

import os
from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from random_auctions import full_auction, tied_auction
from scipy.optimize import linprog

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Block, Contract, Orders, Row, Side, step
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_auction.validate import validate

SEEDS = 250 if os.environ.get("FLEXBOURSE_LONG") == "1" else 30
MOST_BLOCKS = 4
# What whole W and ticks leave is far below.
TOLERANCE = 1e-4
# What the plain program may give of the welfare for volume: what solvers leave.
WELFARE_SLACK = 1e-9


class PlainProgram:
    """All step curves and blocks as variables; ratios of blocks run from their minimum to one where they are used."""

    def __init__(self, orders: Orders, rows: tuple[Row, ...]) -> None:
        self.orders, self.rows = orders, rows
        pieces = [(c, p) for c in orders.curves for p in c.segments]
        self.gain = np.array(
            [-c.side.sign * p.price_ticks * p.quantity_w for c, p in pieces]
            + [-b.side.sign * b.price_ticks * b.energy_w for b in orders.blocks], dtype=float,
        )  # fmt: skip
        self.powers = [{c.contract: c.side.sign * p.quantity_w} for c, p in pieces]
        self.powers += [{c: b.side.sign * q for c, q in b.quantities} for b in orders.blocks]
        self.nodes = [c.node for c, _ in pieces] + [b.node for b in orders.blocks]
        self.first_block = len(pieces)
        self.contracts = sorted({contract for own in self.powers for contract in own})
        self.balance = np.array([[own.get(c, 0) for own in self.powers] for c in self.contracts], dtype=float)
        self.limits = np.array([row.limit for row in rows])
        self.uses = np.array([self._row(row) for row in rows]).reshape(len(rows), len(self.powers))

    def _row(self, row: Row) -> list[float]:
        weights = {(contract, node): weight for contract, node, weight in row.coefficients}
        return [
            sum(weights.get((c, node), 0.0) * w for c, w in own.items())
            for own, node in zip(self.powers, self.nodes, strict=True)
        ]

    def best(self, used: tuple[bool, ...]) -> tuple[float, np.ndarray] | None:
        """Return the greatest welfare with a set of blocks, and the ratios; None where there is no answer."""
        groups: dict[str, list[int]] = defaultdict(list)
        for b, block in enumerate(self.orders.blocks):
            if block.group:
                groups[block.group].append(self.first_block + b)
        group_rows = np.zeros((len(groups), len(self.powers)))
        for row, members in zip(group_rows, groups.values(), strict=True):
            row[members] = 1.0
        bounds = [(0.0, 1.0)] * self.first_block
        bounds += [
            (b.minimum_ppm / 1e6, 1.0) if u else (0.0, 0.0) for b, u in zip(self.orders.blocks, used, strict=True)
        ]
        answer = linprog(
            -self.gain, np.vstack([self.uses, group_rows]), np.concatenate([self.limits, np.ones(len(groups))]),
            self.balance, np.zeros(len(self.contracts)), bounds,
        )  # fmt: skip
        return None if answer.x is None else (-answer.fun, answer.x)

    def powers_sold(self, shares: np.ndarray) -> float:
        """Return what shares of orders sell, W."""
        sold = (share * max(w, 0) for share, own in zip(shares, self.powers, strict=True) for w in own.values())
        return float(sum(sold))

    def most_volume(self, welfare: float) -> float:
        """Return the most that is sold at a welfare, W, without blocks."""
        sold = np.array([sum(w for w in own.values() if w > 0) for own in self.powers], dtype=float)
        answer = linprog(
            -sold, np.vstack([self.uses, -self.gain]), np.append(self.limits, -welfare * (1 - WELFARE_SLACK)),
            self.balance, np.zeros(len(self.contracts)), (0.0, 1.0),
        )  # fmt: skip
        return float(-answer.fun)

    def supported(self, used: tuple[bool, ...], shares: np.ndarray, rules: Rules) -> bool:
        """Tell whether prices exist at which everybody has what he wants and no accepted block loses."""
        columns = len(self.contracts) + len(self.rows)
        surplus = np.hstack([self.balance.T, -self.uses.T])  # of a whole order, by prices and shadow prices
        rows, least = [], []
        full = self._full_groups(shares)
        for i, share in enumerate(shares):
            block = self.orders.blocks[i - self.first_block] if i >= self.first_block else None
            switched = block is not None and (block.minimum_ppm > 0 or block.parent)
            if share > 1e-7:
                rows.append(surplus[i])
                least.append(-self.gain[i])
            waits = share < 1 - 1e-7 and (not switched or used[i - self.first_block])
            if waits and not (block and block.group in full):
                rows.append(-surplus[i])
                least.append(self.gain[i])
        scale = np.abs(np.array(rows)).max(axis=1, keepdims=True)
        uses = self.uses @ shares if len(self.rows) else np.zeros(0)
        free = [(0, None if limit - use < 1e-3 else 0) for limit, use in zip(self.limits, uses, strict=True)]
        answer = linprog(
            np.zeros(columns), -np.array(rows) / scale, -np.array(least) / scale[:, 0] + 1e-6,
            bounds=[(rules.lowest_ticks, rules.highest_ticks)] * len(self.contracts) + free,
        )  # fmt: skip
        return answer.status == 0

    def _full_groups(self, shares: np.ndarray) -> set[str]:
        sums: dict[str, float] = defaultdict(float)
        for block, share in zip(self.orders.blocks, shares[self.first_block :], strict=True):
            sums[block.group] += share
        return {group for group, total in sums.items() if group and total > 1 - 1e-7}


def allowed(blocks: tuple[Block, ...]) -> list[tuple[bool, ...]]:
    """Return the sets that links allow; blocks without a minimum and a parent are always open."""
    names = [block.order_id for block in blocks]
    choices = [(False, True) if block.minimum_ppm or block.parent else (True,) for block in blocks]
    return [
        used
        for used in product(*choices)
        if all(not u or not b.parent or used[names.index(b.parent)] for b, u in zip(blocks, used, strict=True))
    ]


def plain_best(orders: Orders, rows: tuple[Row, ...], rules: Rules) -> float:
    """Return the greatest welfare, ticks·W, of a set that prices support."""
    program, found = PlainProgram(orders, rows), []
    for used in allowed(orders.blocks):
        best = program.best(used)
        if best is not None:
            found.append((best[0], used, best[1]))
    for welfare, used, shares in sorted(found, key=lambda entry: -entry[0]):
        if rules.pricing is Pricing.PAY_AS_BID or program.supported(used, shares, rules):
            return welfare
    raise AssertionError("no set is supported")


def steps_only(orders: Orders) -> Orders:
    """Return orders without straight lines and with few blocks: the plain program knows no more."""
    curves = tuple(curve for curve in orders.curves if all(piece.end_ticks is None for piece in curve.segments))
    return Orders(curves, orders.blocks[:MOST_BLOCKS])


@pytest.mark.parametrize("nodes", [False, True], ids=["one place", "nodes and rows"])
def test_welfare_is_that_of_the_plain_program(nodes: bool) -> None:
    partly = binding = 0
    for seed in range(SEEDS):
        orders, rules, rows = full_auction(seed, nodes=nodes)
        orders = steps_only(orders)
        result = clear(orders, rules, rows)
        assert validate(orders, result, rows) == [], seed
        assert result.proven, seed
        expected = plain_best(orders, rows, rules) * rules.mtu_seconds * rules.tick_micro_euro_per_mwh / 3.6e9
        assert result.welfare_micro_euro == pytest.approx(expected, rel=TOLERANCE, abs=500), seed
        assert result.gap_micro_euro <= TOLERANCE * abs(expected) + 500, seed
        partly += any(0 < block.accepted_ppm < 1_000_000 for block in result.blocks)
        binding += any(use.shadow_ticks > 0 for use in result.rows)
    assert partly
    assert binding or not nodes


def test_over_nodes_the_volume_is_that_of_the_plain_program() -> None:
    """Rows have coefficients of any kind; what whole W leave is a few W."""
    fuller = 0
    for seed in range(2 * SEEDS):
        orders, rows = tied_auction(seed)
        result = clear(orders, Rules(), rows)
        assert validate(orders, result, rows) == [], seed
        program = PlainProgram(orders, rows)
        best = program.best(())
        assert best is not None
        volume = program.most_volume(best[0])
        assert result.volume_w == pytest.approx(volume, rel=TOLERANCE, abs=10), seed
        fuller += volume > 1.001 * program.powers_sold(best[1])
    assert fuller


@pytest.mark.parametrize("pricing", list(Pricing))
@pytest.mark.parametrize(("limit", "sold"), [(10_000.0, 5_000), (3_000.0, 3_000), (500.0, 500)])
def test_over_nodes_equal_limits_trade_as_much_as_the_line_takes(pricing: Pricing, limit: float, sold: int) -> None:
    noon = Contract(0)
    orders = Orders((
        step("sale", Side.SELL, noon, 5_000, 2_000, node="A"), step("same", Side.BUY, noon, 4_000, 2_000, node="B"),
        step("more", Side.BUY, noon, 1_000, 2_500, node="C"),
    ))  # fmt: skip
    rows = (Row("line", ((noon, "A", 1.0),), limit),)
    result = clear(orders, Rules(pricing), rows)
    assert validate(orders, result, rows) == []
    assert result.volume_w == result.quantity_of("sale") == sold
    assert result.quantity_of("more") == min(sold, 1_000)


def test_two_nodes_and_a_full_line_have_two_prices_and_the_difference_is_income() -> None:
    """20 wanted at B for 90; 20 sold at A for 20, 20 at B for 60; the line carries 8."""
    noon = Contract(0)
    orders = Orders((
        step("want", Side.BUY, noon, 20_000_000, 9_000, node="B"),
        step("far", Side.SELL, noon, 20_000_000, 2_000, node="A"),
        step("near", Side.SELL, noon, 20_000_000, 6_000, node="B"),
    ))  # fmt: skip
    line = Row("line", ((noon, "A", 1.0),), 8_000_000.0)
    result = clear(orders, rows=(line,))
    assert validate(orders, result, (line,)) == []
    assert [result.price_of(noon, node).price_ticks for node in ("A", "B")] == [2_000, 6_000]
    assert (result.quantity_of("far"), result.quantity_of("near")) == (8_000_000, 12_000_000)
    assert result.income_micro_euro == 8 * (60 - 20) * 1_000_000 // 4
    assert result.rows[0].shadow_ticks == pytest.approx(4_000, abs=1)
    wide = Row("line", ((noon, "A", 1.0),), 30_000_000.0)
    uniform = clear(orders, rows=(wide,))
    # who sells at B is left out, so nobody pays more than his 60: the middle of 20 and 60, everywhere
    assert {price.price_ticks for price in uniform.prices} == {4_000}


def test_a_row_that_is_short_of_full_by_few_w_has_no_price() -> None:
    """The purchase draws all of 3 W that its line takes; of the 6 W of the other line 3 are left."""
    noon = Contract(0)
    orders = Orders((
        step("want", Side.BUY, noon, 10, 990, node="A"), step("sale", Side.SELL, noon, 10, -100, node="B"),
    ))  # fmt: skip
    rows = (Row("out", ((noon, "B", 1.0),), 6.0), Row("in", ((noon, "A", -1.0),), 3.0))
    result = clear(orders, Rules(), rows)
    assert validate(orders, result, rows) == []
    assert [price.price_ticks for price in result.prices] == [990, -100]
    assert [use.shadow_ticks for use in result.rows] == pytest.approx([0.0, 1_090.0])


def test_the_grid_check_is_asked_until_it_agrees() -> None:
    noon = Contract(0)
    orders = Orders((
        step("want", Side.BUY, noon, 20_000, 9_000, node="B"), step("far", Side.SELL, noon, 20_000, 2_000, node="A"),
    ))  # fmt: skip
    asked = []

    def check(result: object) -> list[Row]:
        """Allow 4 kW less each time, down to 12 kW."""
        asked.append(result)
        limit = 20_000.0 - 4_000 * len(asked)
        return [Row(f"cut-{len(asked)}", ((noon, "A", 1.0),), limit)] if limit >= 12_000 else []

    result = clear(orders, check=check)
    assert result.agreed
    assert [len(each.cuts) for each in result.rounds] == [1, 1, 0]
    assert result.quantity_of("far") == 12_000
    assert validate(orders, result) == []
    asked.clear()
    impatient = clear(orders, Rules(max_rounds=2), check=check)
    assert not impatient.agreed
    assert [each.number for each in impatient.rounds] == [1, 2]


def test_beside_a_block_at_its_minimum_no_curve_is_a_w_short() -> None:
    """At 9.47 the block would have to take 6 W and the cheaper sale 5, of which one is not wanted: the block is out."""
    noon = Contract(0)
    curves = (step("want", Side.BUY, noon, 10, 1_505), step("cheap", Side.SELL, noon, 5, 900))
    result = clear(Orders(curves, (Block("block", Side.SELL, 947, ((noon, 10),), 600_000),)))
    assert (result.blocks[0].accepted_ppm, result.volume_w, result.prices[0].price_ticks) == (0, 5, 1_505)
    fits = clear(Orders(curves, (Block("block", Side.SELL, 947, ((noon, 10),), 500_000),)))
    assert (fits.blocks[0].accepted_ppm, fits.volume_w, fits.prices[0].price_ticks) == (500_000, 10, 947)


def test_beside_a_block_of_exact_shares_no_curve_trades_beyond_its_limit() -> None:
    """The block takes a fifth, which is whole W: the sale at 16 sells one of its W, and for 16."""
    noon, later = Contract(0), Contract(900)
    curves = (step("dear", Side.SELL, noon, 1, 20), step("cheap", Side.SELL, later, 8, 16))
    block = Block("block", Side.BUY, 19, ((noon, 5), (later, 5)), minimum_ppm=0)
    result = clear(Orders(curves, (block,)), Rules(lowest_ticks=-5, highest_ticks=40))
    assert (result.quantity_of("dear"), result.quantity_of("cheap"), result.quantity_of("block")) == (1, 1, 2)
    assert [price.price_ticks for price in result.prices] == [22, 16]


@pytest.mark.parametrize("pricing", list(Pricing))
def test_of_equal_welfare_a_block_takes_what_is_most_volume(pricing: Pricing) -> None:
    noon = Contract(0)
    curves = (step("want", Side.BUY, noon, 9_000, 1_900), step("cheap", Side.SELL, noon, 4_000, 1_200))
    block = Block("block", Side.SELL, 1_900, ((noon, 10_000),), minimum_ppm=200_000)
    result = clear(Orders(curves, (block,)), Rules(pricing))
    assert (result.volume_w, result.quantity_of("block")) == (9_000, 5_000)


def test_prices_of_nodes_part_for_no_block_where_no_row_binds() -> None:
    """A sells at 2, so C does; the block that wants 4 on its least is out, though it would raise welfare."""
    noon = Contract(0)
    curves = (
        step("want", Side.BUY, noon, 300, 19, node="A"), step("cheap", Side.SELL, noon, 1_800, 2, node="A"),
        step("dear", Side.SELL, noon, 400, 18, node="C"),
    )  # fmt: skip
    blocks = (
        Block("sale", Side.SELL, 4, ((noon, 1_000),), 200_000, "C"),
        Block("purchase", Side.BUY, 9, ((noon, 500),), 200_000, "C"),
    )
    rows = (Row("line", ((noon, "A", 1.0),), 400.0),)
    orders, rules = Orders(curves, blocks), Rules(lowest_ticks=0, highest_ticks=40)
    result = clear(orders, rules, rows)
    assert validate(orders, result, rows) == []
    assert (result.quantity_of("sale"), result.quantity_of("purchase")) == (0, 400)
