"""Random auctions with everything in them: lines and steps, divisible blocks, links, groups, nodes and network rows."""

from __future__ import annotations

import random

from flexbourse_auction.orders import Block, Contract, Curve, Orders, Row, Segment, Side, step
from flexbourse_auction.rules import Margin, Pricing, Rules

NODES = ("north", "south", "west")
# Only the last one has no children for sure, so it may have no minimum.
LAST_BLOCK = 5


def full_auction(seed: int, *, nodes: bool = False) -> tuple[Orders, Rules, tuple[Row, ...]]:
    """Return orders, rules and rows; rows only with nodes."""
    draw = random.Random(seed)
    contracts = [Contract(900 * i) for i in range(draw.randint(1, 4))]
    curves = [
        _curve(draw, f"{side}-{contract.mtu}-{i}", side, contract, draw.choice(NODES) if nodes else "")
        for contract in contracts
        for side in Side
        for i in range(draw.randint(1, 8))
    ]
    blocks = [_block(draw, i, contracts, draw.choice(NODES) if nodes else "") for i in range(draw.randint(0, 6))]
    rules = Rules(
        pricing=draw.choice([Pricing.PAY_AS_CLEAR] * 3 + [Pricing.PAY_AS_BID]), margin=draw.choice(list(Margin))
    )
    rows = [_row(draw, i, contracts) for i in range(draw.randint(1, 3))] if nodes else []
    return Orders(tuple(curves), tuple(blocks)), rules, tuple(rows)


def tied_auction(seed: int) -> tuple[Orders, tuple[Row, ...]]:
    """Return steps at few prices over nodes, so that many limits are equal, and rows."""
    draw = random.Random(seed)
    contracts = [Contract(900 * i) for i in range(draw.randint(1, 2))]
    curves = [
        step(
            f"{side}-{contract.mtu}-{i}", side, contract, draw.randint(1, 200_000), draw.randint(1, 5) * 1_000,
            node=draw.choice(NODES),
        )
        for contract in contracts
        for side in Side
        for i in range(draw.randint(1, 8))
    ]  # fmt: skip
    return Orders(tuple(curves)), tuple(_row(draw, i, contracts) for i in range(draw.randint(1, 3)))


def _curve(draw: random.Random, name: str, side: Side, contract: Contract, node: str) -> Curve:
    low = 3_000 if side is Side.BUY else 500
    start = low + draw.randrange(9) * 1_000
    if draw.random() < 0.4:
        direction = 1 if side is Side.SELL else -1
        pieces, price = [], start
        for _ in range(draw.randint(1, 3)):
            end = price + direction * draw.choice([0, draw.randint(1, 3_000)])
            pieces.append(Segment(draw.randint(1, 90_000), price, None if end == price else end))
            price = end + direction * draw.randint(0, 500)
        return Curve(name, side, contract, tuple(pieces), node, draw.randrange(1_000))
    return step(name, side, contract, draw.randint(1, 200_000), start, node=node, time_us=draw.randrange(1_000))


def _block(draw: random.Random, index: int, contracts: list[Contract], node: str) -> Block:
    chosen = sorted(draw.sample(contracts, draw.randint(1, len(contracts))))
    return Block(
        f"block-{index}",
        draw.choice(list(Side)),
        draw.randint(2_000, 10_000),
        tuple((contract, draw.randint(1_000, 150_000)) for contract in chosen),
        draw.choice([0 if index == LAST_BLOCK else 1, 300_000, 1_000_000, 1_000_000]),
        node,
        f"block-{draw.randrange(index)}" if index and draw.random() < 0.2 else "",
        "group" if draw.random() < 0.25 else "",
    )


def _row(draw: random.Random, index: int, contracts: list[Contract]) -> Row:
    contract = draw.choice(contracts)
    coefficients = tuple((contract, node, round(draw.uniform(-1, 1), 2)) for node in NODES)
    return Row(f"row-{index}", coefficients, float(draw.choice([0, 5_000, 20_000, 60_000])))
