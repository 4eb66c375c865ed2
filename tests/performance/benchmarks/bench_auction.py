# ruff: noqa: E402 - the reference comes first
"""Speed of call auctions: 20,000 step orders against the same as a plain linear program, and 200 blocks among them.

``ratio`` is the program's time over ours, the program's from columns of numbers, its own form; ours from columns, and
from order objects to a result with every fill and bill. Volume and price must agree. The blocks lie over a day of 24
MTUs in which the same number of step orders stands; what is told of them is the proven gap.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/performance/reference"))

from plain_auction import plain_auction

from flexbourse_auction.clear import clear
from flexbourse_auction.columns import clear_columns
from flexbourse_auction.orders import Block, Contract, Curve, Orders, Side, step
from flexbourse_auction.rules import Rules
from flexbourse_auction.validate import validate

ORDERS, BLOCKS, MTUS, PASSES, SEED = 20_000, 200, 24, 3, 7
REFERENCE = "the same orders as a plain linear program in HiGHS, from columns"
AIM = 50


def step_orders(contracts: list[Contract]) -> tuple[Curve, ...]:
    """Return purchases and sales of 1 to 200 kW between 20 and 180 EUR/MWh.

    Purchases have even ticks, sales odd ones: where both have the same limit the program need not trade, and we do.
    """
    draw = random.Random(SEED)
    return tuple(
        step(
            f"o{i:05}", Side.SELL if i % 2 else Side.BUY, contracts[i // 2 % len(contracts)],
            draw.randint(1, 200) * 1_000, 2 * draw.randint(1_000, 9_000) + i % 2, time_us=i,
        )
        for i in range(ORDERS)
    )  # fmt: skip


def random_blocks(contracts: list[Contract]) -> tuple[Block, ...]:
    """Return blocks of 25 kW to 1 MW near the money, half of them all or none, the others from one half up."""
    draw = random.Random(SEED + 1)
    found = []
    for i in range(BLOCKS):
        length = draw.randint(1, 8)
        first = draw.randint(0, len(contracts) - length)
        power = draw.randint(1, 40) * 25_000
        found.append(
            Block(
                f"block-{i:03}", draw.choice(list(Side)), draw.randint(8_500, 11_500),
                tuple((contract, power) for contract in contracts[first : first + length]),
                minimum_ppm=draw.choice((1_000_000, 500_000)),
            )
        )  # fmt: skip
    return tuple(found)


def timed(work: Callable[[], Any], passes: int = PASSES) -> tuple[float, Any]:
    """Return the median time and the last result."""
    times = []
    for _ in range(passes):
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), result


def row(name: str, what: str, ratio: float, aim: str, figures: dict[str, Any]) -> None:
    print(
        json.dumps(
            {
                "name": name,
                "what": what,
                "ratio": round(ratio, 1),
                "aim": aim,
                "figures": figures,
                "reference": REFERENCE,
            }
        ),
        flush=True,
    )


def main() -> None:
    rules = Rules()
    curves = step_orders([Contract(0)])
    sells = np.array([curve.side is Side.SELL for curve in curves])
    price = np.array([curve.segments[0].price_ticks for curve in curves])
    quantity = np.array([curve.segments[0].quantity_w for curve in curves])
    plain_s, plain = timed(lambda: plain_auction(sells, price, quantity))
    columns_s, columns = timed(lambda: clear_columns(sells, price, quantity, rules), 10 * PASSES)
    objects_s, result = timed(lambda: clear(Orders(curves), rules), 3 * PASSES)
    found = result.prices[0]
    if not (columns.volume_w == result.volume_w == round(plain.volume_w) and columns.price_ticks == found.price_ticks):
        raise SystemExit(f"not the same auction: {columns}, {found}, {plain}")
    if not found.low_ticks - 1e-6 <= plain.price_ticks <= found.high_ticks + 1e-6:
        raise SystemExit(f"the reference has another price: {plain}, {found}")
    same = {"reference ms": round(plain_s * 1e3), "MW": found.sold_w / 1e6, "price ticks": found.price_ticks}
    what = f"auction of {ORDERS} step orders"
    row("auction, columns", f"{what}, columns to price and acceptance", plain_s / columns_s, f"≥ {AIM}",
        {"ms": round(columns_s * 1e3, 2), **same})  # fmt: skip
    row("auction, orders", f"{what}, orders checked, to fills and bills", plain_s / objects_s, f"≥ {AIM}",
        {"ms": round(objects_s * 1e3, 1), **same})  # fmt: skip
    day = [Contract(900 * i) for i in range(MTUS)]
    orders = Orders(step_orders(day), random_blocks(day))
    blocks_s, mixed = timed(lambda: clear(orders, rules), 1)
    broken = validate(orders, mixed)
    if broken:
        raise SystemExit(f"the result breaks the rules: {broken[:3]}")
    row("auction, blocks", f"the same over {MTUS} MTUs with {BLOCKS} blocks", plain_s / blocks_s, "gap proven",
        {"s": round(blocks_s, 2), "gap ppm": mixed.gap_ppm, "proven": mixed.proven, "nodes": mixed.nodes,
         "accepted": sum(block.accepted_ppm > 0 for block in mixed.blocks),
         "paradoxically rejected": sum(block.paradoxically_rejected for block in mixed.blocks)})  # fmt: skip


if __name__ == "__main__":
    main()
