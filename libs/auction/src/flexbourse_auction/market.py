"""The orders of an auction in canonical order, as ladders per place and vectors per block.

Everything is sorted by what the orders say, never by where they stood, so the same orders give the same answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from propcache.api import cached_property

from flexbourse_auction.ladder import Integers, Ladder, Place
from flexbourse_auction.linear import Meter
from flexbourse_auction.orders import Block, Contract, Curve, Orders, Row, Side
from flexbourse_auction.rules import Rules

PlaceKey = tuple[Contract, str]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentTable:
    """The segments of one side at one place: their curve and their ladder."""

    curves: tuple[Curve, ...]
    owner: Integers
    ladder: Ladder


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """One place with its tables; ``coefficients`` of the rows that its net injection counts in."""

    key: PlaceKey
    sells: SegmentTable
    buys: SegmentTable
    place: Place


@dataclass(frozen=True, slots=True)
class BlockPart:
    """One power of a block: the index of its place and of its contract, W."""

    spot: int
    contract: int
    quantity_w: int


@dataclass(frozen=True, eq=False)
class Market:
    """An auction ready to be solved. Without rows all nodes of a contract are one place, with the node ""."""

    rules: Rules
    contracts: tuple[Contract, ...]
    spots: tuple[Spot, ...]
    spots_of: tuple[tuple[int, ...], ...]
    blocks: tuple[Block, ...]
    parts: tuple[tuple[BlockPart, ...], ...]
    parents: tuple[int | None, ...]
    groups: tuple[tuple[int, ...], ...]
    rows: tuple[Row, ...]
    row_weights: tuple[dict[int, float], ...]
    meter: Meter

    @cached_property
    def contract_of(self) -> tuple[int, ...]:
        """Return the index of each place's contract."""
        index = {contract: i for i, contract in enumerate(self.contracts)}
        return tuple(index[spot.key[0]] for spot in self.spots)

    def is_switched(self, b: int) -> bool:
        """Tell whether a block asks if it is used at all: it has a minimum (as all with children have) or a parent."""
        return self.blocks[b].minimum_ppm > 0 or self.parents[b] is not None


def compile_market(orders: Orders, rules: Rules, rows: tuple[Row, ...] = (), meter: Meter | None = None) -> Market:
    """Sort orders into places; they must be free of problems (`find_problems`)."""
    blocks = tuple(sorted(orders.blocks, key=lambda block: block.order_id))
    curves: dict[PlaceKey, list[Curve]] = defaultdict(list)
    for curve in orders.curves:
        curves[curve.contract, curve.node if rows else ""].append(curve)
    for block in blocks:
        for contract, _ in block.quantities:
            curves[contract, block.node if rows else ""] += ()
    keys = sorted(curves)
    contracts = tuple(sorted({contract for contract, _ in keys}))
    spot_index = {key: i for i, key in enumerate(keys)}
    contract_index = {contract: i for i, contract in enumerate(contracts)}
    parts = tuple(
        tuple(
            BlockPart(spot_index[contract, block.node if rows else ""], contract_index[contract], quantity)
            for contract, quantity in sorted(block.quantities)
        )
        for block in blocks
    )
    place_of = {block.order_id: i for i, block in enumerate(blocks)}
    weights = tuple(
        {
            spot_index[contract, node]: weight
            for contract, node, weight in row.coefficients
            if (contract, node) in spot_index
        }
        for row in rows
    )
    return Market(
        rules=rules,
        contracts=contracts,
        spots=tuple(_spot(key, curves[key], rules) for key in keys),
        spots_of=tuple(tuple(i for i, key in enumerate(keys) if key[0] == contract) for contract in contracts),
        blocks=blocks,
        parts=parts,
        parents=tuple(place_of[block.parent] if block.parent else None for block in blocks),
        groups=_groups(blocks),
        rows=rows,
        row_weights=weights,
        meter=meter or Meter(rules.max_seconds),
    )


def _groups(blocks: tuple[Block, ...]) -> tuple[tuple[int, ...], ...]:
    members: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.group:
            members[block.group].append(index)
    return tuple(tuple(members[group]) for group in sorted(members))


def _spot(key: PlaceKey, curves: list[Curve], rules: Rules) -> Spot:
    ranked = sorted(curves, key=lambda curve: (curve.time_us, curve.order_id))
    sells = segment_table([curve for curve in ranked if curve.side is Side.SELL])
    buys = segment_table([curve for curve in ranked if curve.side is Side.BUY])
    return Spot(key, sells, buys, Place(sells.ladder, buys.ladder, rules.lowest_ticks, rules.highest_ticks))


def segment_table(curves: Iterable[Curve]) -> SegmentTable:
    """Return the segments of curves of one side, in the order of the curves."""
    ranked = tuple(curves)
    found = [
        (index, piece.price_ticks, piece.last_ticks, piece.quantity_w)
        for index, curve in enumerate(ranked)
        for piece in curve.segments
    ]
    table = np.array(found, dtype=np.int64).reshape(-1, 4)
    owner, first, last, quantity = (np.ascontiguousarray(column) for column in table.T)
    sign = ranked[0].side.sign if ranked else 1
    return SegmentTable(ranked, owner, Ladder(sign * first, sign * last, quantity))
