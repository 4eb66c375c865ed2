"""A slow, obvious auction: every set of blocks, every W of the curves; it shares nothing with the library's solver."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from flexbourse_auction.orders import Block, Contract, Curve, Orders, Side, step

LOWEST, HIGHEST = -500, 4000


def random_orders(seed: int, most_blocks: int = 10) -> Orders:
    """Return a small auction: up to 3 contracts, up to 6 curves a side in each, all-or-none blocks, links, a group."""
    draw = random.Random(seed)
    contracts = [Contract(900 * i) for i in range(draw.randint(1, 3))]
    curves: list[Curve] = []
    for contract in contracts:
        for side, low, high in ((Side.BUY, 30, 120), (Side.SELL, 5, 100)):
            for i in range(draw.randint(0, 6)):
                name = f"{side}-{contract.mtu}-{i}"
                curves.append(step(name, side, contract, draw.randint(1, 15), draw.randint(low, high)))
    blocks = []
    for i in range(draw.randint(1, most_blocks)):
        side = draw.choice((Side.BUY, Side.SELL))
        chosen = sorted(draw.sample(contracts, draw.randint(1, len(contracts))))
        powers = tuple((contract, draw.randint(1, 12)) for contract in chosen)
        parent = f"block-{draw.randrange(i)}" if i and draw.random() < 0.2 else ""
        group = "group" if draw.random() < 0.2 else ""
        blocks.append(Block(f"block-{i}", side, draw.randint(20, 110), powers, parent=parent, group=group))
    return Orders(tuple(curves), tuple(blocks))


class Units:
    """The curves of one contract, W by W."""

    def __init__(self, orders: Orders, contract: Contract) -> None:
        prices: dict[Side, list[int]] = {Side.BUY: [], Side.SELL: []}
        for curve in orders.curves:
            if curve.contract == contract:
                for piece in curve.segments:
                    prices[curve.side] += [piece.price_ticks] * piece.quantity_w
        self.buys, self.sells = sorted(prices[Side.BUY], reverse=True), sorted(prices[Side.SELL])

    def at(self, net: int) -> tuple[int, int, int, int] | None:
        """Return welfare, lowest and highest price, W bought at a net sale; None where the curves cannot have it."""
        best = None
        for bought in range(len(self.buys) + 1):
            sold = bought + net
            if 0 <= sold <= len(self.sells):
                welfare = sum(self.buys[:bought]) - sum(self.sells[:sold])
                if best is None or (welfare, bought) > best[:2]:
                    best = (welfare, bought)
        if best is None:
            return None
        welfare, bought = best
        sold = bought + net
        lows = [LOWEST, *self.sells[sold - 1 : sold], *self.buys[bought : bought + 1]]
        highs = [HIGHEST, *self.sells[sold : sold + 1], *self.buys[bought - 1 : bought]]
        if sold == 0:
            lows = [LOWEST, *self.buys[bought : bought + 1]]
        if bought == 0:
            highs = [HIGHEST, *self.sells[sold : sold + 1]]
        return welfare, max(lows), min(highs), bought


def allowed_sets(orders: Orders) -> Iterator[tuple[Block, ...]]:
    """Yield every set of blocks that links and groups allow."""
    for flags in product((False, True), repeat=len(orders.blocks)):
        used = tuple(block for block, flag in zip(orders.blocks, flags, strict=True) if flag)
        names = {block.order_id for block in used}
        groups = [block.group for block in used if block.group]
        if all(not block.parent or block.parent in names for block in used) and len(groups) == len(set(groups)):
            yield used


def supported(used: tuple[Block, ...], intervals: dict[Contract, tuple[int, int]]) -> bool:
    """Tell whether whole-tick prices inside the intervals let no block lose."""
    contracts = list(intervals)
    rows, least = [], []
    for block in used:
        sign = block.side.sign
        powers = dict(block.quantities)
        rows.append([sign * powers.get(contract, 0) for contract in contracts])
        least.append(sign * block.price_ticks * sum(powers.values()))
    if not rows:
        return True
    low, high = zip(*intervals.values(), strict=True)
    answer = milp(
        np.zeros(len(contracts)),
        constraints=LinearConstraint(np.array(rows), np.array(least), np.inf),
        bounds=Bounds(low, high),
        integrality=np.ones(len(contracts)),
    )
    return bool(answer.x is not None)


def best_by_enumeration(orders: Orders, *, priced: bool = True) -> tuple[int, frozenset[str]]:
    """Return the greatest welfare (ticks·W) of a set that prices support, and the set: most volume, first names."""
    contracts = sorted(
        {curve.contract for curve in orders.curves} | {c for block in orders.blocks for c, _ in block.quantities}
    )
    units = {contract: Units(orders, contract) for contract in contracts}
    tables: dict[tuple[Contract, int], tuple[int, int, int, int] | None] = {}
    found = []
    for used in allowed_sets(orders):
        welfare = -sum(block.side.sign * block.price_ticks * block.energy_w for block in used)
        places = {}
        for contract in contracts:
            net = -sum(block.side.sign * dict(block.quantities).get(contract, 0) for block in used)
            if (contract, net) not in tables:
                tables[contract, net] = units[contract].at(net)
            places[contract] = tables[contract, net]
        if None not in places.values():
            known = {contract: place for contract, place in places.items() if place is not None}
            welfare += sum(place[0] for place in known.values())
            intervals = {contract: (place[1], place[2]) for contract, place in known.items()}
            bought = sum(place[3] for place in known.values())
            bought += sum(block.energy_w for block in used if block.side is Side.BUY)
            found.append((welfare, bought, used, intervals))
    named = sorted(orders.blocks, key=lambda block: block.order_id)
    found.sort(key=lambda entry: (-entry[0], -entry[1], tuple(block not in entry[2] for block in named)))
    for welfare, _, used, intervals in found:
        if not priced or supported(used, intervals):
            return welfare, frozenset(block.order_id for block in used)
    raise AssertionError("no set is supported, not even none")
