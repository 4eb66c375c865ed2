"""What an auction says, as documents and as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from flexbourse_auction.orders import Block, Curve, Orders
from flexbourse_auction.result import Result
from flexbourse_cli.console import print_table
from flexbourse_cli.gridstudy.problems import writing

# More orders are not shown on the terminal; the file has them all.
MAX_SHOWN = 40
MICRO = 1_000_000


def records(orders: Orders, result: Result) -> Iterator[dict[str, Any]]:
    """Yield a result as flat objects: the whole, then each price, order and MTU, block and network row."""
    yield {"record": "auction"} | summary(result)
    for price in result.prices:
        yield {
            "record": "price", "product": price.contract.product, "mtu": price.contract.mtu, "node": price.node,
            "price_ticks": price.price_ticks, "low_ticks": price.low_ticks, "high_ticks": price.high_ticks,
            "bought_w": price.bought_w, "sold_w": price.sold_w,
        }  # fmt: skip
    fills = {(fill.order_id, fill.contract): fill for fill in result.fills}
    for order in sorted((*orders.curves, *orders.blocks), key=lambda order: order.order_id):
        for contract, offered in _offers(order):
            fill = fills.get((order.order_id, contract))
            yield {
                "record": "order", "order_id": order.order_id, "side": str(order.side), "product": contract.product,
                "mtu": contract.mtu, "offered_w": offered, "accepted_w": fill.quantity_w if fill else 0,
                "amount_micro_euro": fill.amount_micro_euro if fill else 0,
            }  # fmt: skip
    for block in result.blocks:
        yield {
            "record": "block", "order_id": block.order_id, "accepted_ppm": block.accepted_ppm,
            "surplus_micro_euro": block.surplus_micro_euro, "paradoxically_rejected": block.paradoxically_rejected,
        }  # fmt: skip
    for use in result.rows:
        yield {
            "record": "row", "row_id": use.row_id, "value_w": use.value, "limit_w": use.limit,
            "shadow_ticks": round(use.shadow_ticks, 6),
        }  # fmt: skip


def summary(result: Result) -> dict[str, Any]:
    """Return what holds for the auction as a whole."""
    return {
        "pricing": str(result.rules.pricing), "margin": str(result.rules.margin), "volume_w": result.volume_w,
        "welfare_micro_euro": result.welfare_micro_euro, "income_micro_euro": result.income_micro_euro,
        "gap_micro_euro": result.gap_micro_euro, "gap_ppm": result.gap_ppm, "proven": result.proven,
        "timed_out": result.timed_out, "nodes": result.nodes,
    }  # fmt: skip


def write(path: Path, orders: Orders, result: Result) -> None:
    """Write all records, one JSON object a line."""
    with writing(path), path.open("w", encoding="utf-8") as out:
        for record in records(orders, result):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def show(orders: Orders, result: Result) -> None:
    """Print a result."""
    found = list(records(orders, result))
    _table(found, "price", ("product", "mtu", "node", "price_ticks", "low_ticks", "high_ticks", "bought_w", "sold_w"))
    lines = [record for record in found if record["record"] == "order"]
    if len(lines) <= MAX_SHOWN:
        columns = ("order_id", "side", "product", "mtu", "offered_w", "accepted_w", "amount_micro_euro")
        _table(found, "order", columns)
    else:
        accepted = sum(1 for line in lines if line["accepted_w"])
        click.echo(f"\n{accepted} of {len(lines)} orders trade; --out writes them all")
    _table(found, "block", ("order_id", "accepted_ppm", "surplus_micro_euro", "paradoxically_rejected"))
    _table(found, "row", ("row_id", "value_w", "limit_w", "shadow_ticks"))
    proof = "proven the best" if result.proven else "stopped early"
    click.echo(
        f"\n{result.volume_w} W traded, welfare {result.welfare_micro_euro / MICRO:.6f} EUR, "
        f"income {result.income_micro_euro / MICRO:.6f} EUR; {proof}, gap {result.gap_micro_euro / MICRO:.6f} EUR"
    )


def _offers(order: Curve | Block) -> list[tuple[Any, int]]:
    if isinstance(order, Block):
        return sorted(order.quantities)
    return [(order.contract, sum(piece.quantity_w for piece in order.segments))]


def _table(found: list[dict[str, Any]], kind: str, columns: tuple[str, ...]) -> None:
    rows = [["" if record[c] is None else record[c] for c in columns] for record in found if record["record"] == kind]
    if rows:
        click.echo("")
        numbers = [i for i, column in enumerate(columns) if column.rsplit("_", 1)[-1] in ("ticks", "w", "euro", "ppm")]
        print_table(columns, rows, right=numbers)
