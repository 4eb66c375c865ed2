"""What keeps orders, rows or rules from being an auction: everything at once, each with order, field, rule and
limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from flexbourse_auction.orders import WHOLE_PPM, Block, Curve, Orders, Row, Side
from flexbourse_auction.rules import Rules

MAX_CURVES = 1_000_000
MAX_BLOCKS = 5_000
MAX_SEGMENTS = 256
MAX_ROWS = 100_000
MAX_QUANTITY_W = 100_000_000_000
MAX_PRICE_TICKS = 1_000_000
MAX_ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class OrderProblem:
    """One thing wrong: whose (an order or a row, "" for the auction), in which field, by which rule, at which limit."""

    order_id: str
    field: str
    value: str
    rule: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.order_id or 'auction'}, {self.field}: was {self.value}, {self.rule}"


class OrdersError(ValueError):
    """Orders that are no auction; ``problems`` names everything."""

    def __init__(self, problems: list[OrderProblem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def find_problems(orders: Orders, rules: Rules, rows: tuple[Row, ...] = ()) -> list[OrderProblem]:
    """Return everything that is wrong with an auction; an empty list means that it can be cleared."""
    return [*_rules(rules), *_whole(orders, rows), *_curves(orders, rules), *_blocks(orders, rules), *_rows(rows)]


def _rules(rules: Rules) -> Iterator[OrderProblem]:
    if not -MAX_PRICE_TICKS <= rules.lowest_ticks < rules.highest_ticks <= MAX_PRICE_TICKS:
        found = f"{rules.lowest_ticks} to {rules.highest_ticks}"
        yield OrderProblem("", "price limits", found, f"must rise, within ±{MAX_PRICE_TICKS} ticks")
    for field in ("tick_micro_euro_per_mwh", "mtu_seconds", "max_nodes", "max_seconds", "max_rounds"):
        if not getattr(rules, field) > 0:  # no number is neither
            yield OrderProblem("", field, str(getattr(rules, field)), "must be more than 0")


def _whole(orders: Orders, rows: tuple[Row, ...]) -> Iterator[OrderProblem]:
    counts = (
        ("curves", len(orders.curves), MAX_CURVES),
        ("blocks", len(orders.blocks), MAX_BLOCKS),
        ("rows", len(rows), MAX_ROWS),
    )
    for field, count, limit in counts:
        if count > limit:
            yield OrderProblem("", field, str(count), f"must be at most {limit}")
    names = Counter([curve.order_id for curve in orders.curves] + [block.order_id for block in orders.blocks])
    for name, count in names.items():
        if count > 1:
            yield OrderProblem(name, "order_id", name, f"stands {count} times; each order has its own")
        if not 0 < len(name) <= MAX_ID_LENGTH:
            yield OrderProblem(name, "order_id", name, f"must have 1 to {MAX_ID_LENGTH} characters")


def _curves(orders: Orders, rules: Rules) -> Iterator[OrderProblem]:
    for curve in orders.curves:
        if _is_sound_step(curve, rules):
            continue
        if not 0 < len(curve.segments) <= MAX_SEGMENTS:
            yield OrderProblem(curve.order_id, "segments", str(len(curve.segments)), f"must be 1 to {MAX_SEGMENTS}")
        yield from _segments(curve, rules)


def _is_sound_step(curve: Curve, rules: Rules) -> bool:
    """Tell at once that the usual order, one step, is all right."""
    if len(curve.segments) != 1:
        return False
    piece = curve.segments[0]
    sound = 0 < piece.quantity_w <= MAX_QUANTITY_W and piece.end_ticks is None
    return sound and rules.lowest_ticks <= piece.price_ticks <= rules.highest_ticks


def _segments(curve: Curve, rules: Rules) -> Iterator[OrderProblem]:
    before = None
    rising = curve.side is Side.SELL
    for piece in curve.segments:
        if not 0 < piece.quantity_w <= MAX_QUANTITY_W:
            yield OrderProblem(curve.order_id, "quantity_w", str(piece.quantity_w), f"must be 1 to {MAX_QUANTITY_W}")
        for price in {piece.price_ticks, piece.last_ticks}:
            if not rules.lowest_ticks <= price <= rules.highest_ticks:
                limit = f"must be {rules.lowest_ticks} to {rules.highest_ticks}"
                yield OrderProblem(curve.order_id, "price_ticks", str(price), limit)
        order = (
            [piece.price_ticks, piece.last_ticks] if before is None else [before, piece.price_ticks, piece.last_ticks]
        )
        if order != sorted(order, reverse=not rising):
            word = "rise" if rising else "fall"
            yield OrderProblem(curve.order_id, "segments", str(order), f"prices of a {curve.side} must not but {word}")
        before = piece.last_ticks


def _blocks(orders: Orders, rules: Rules) -> Iterator[OrderProblem]:
    parents = {block.order_id: block.parent for block in orders.blocks}
    with_children = set(parents.values())
    for block in orders.blocks:
        if not rules.lowest_ticks <= block.price_ticks <= rules.highest_ticks:
            limit = f"must be {rules.lowest_ticks} to {rules.highest_ticks}"
            yield OrderProblem(block.order_id, "price_ticks", str(block.price_ticks), limit)
        if not 0 <= block.minimum_ppm <= WHOLE_PPM:
            yield OrderProblem(block.order_id, "minimum_ppm", str(block.minimum_ppm), f"must be 0 to {WHOLE_PPM}")
        yield from _block_quantities(block)
        if block.order_id in with_children and block.minimum_ppm == 0:
            yield OrderProblem(block.order_id, "minimum_ppm", "0", "must be at least 1 for a block with children")
        if block.parent and block.parent not in parents:
            yield OrderProblem(block.order_id, "parent", block.parent, "must name a block of the auction")
        elif block.parent and _is_its_own_ancestor(block.order_id, parents):
            yield OrderProblem(block.order_id, "parent", block.parent, "a block must not descend from itself")


def _block_quantities(block: Block) -> Iterator[OrderProblem]:
    if not block.quantities:
        yield OrderProblem(block.order_id, "quantities", "none", "must name at least one contract")
    for contract, quantity in block.quantities:
        if not 0 < quantity <= MAX_QUANTITY_W:
            yield OrderProblem(
                block.order_id, "quantity_w", str(quantity), f"must be 1 to {MAX_QUANTITY_W} at {contract}"
            )
    for contract, count in Counter(contract for contract, _ in block.quantities).items():
        if count > 1:
            yield OrderProblem(
                block.order_id, "quantities", str(contract), f"stands {count} times; one power per contract"
            )


def _is_its_own_ancestor(name: str, parents: dict[str, str]) -> bool:
    seen, at = set(), parents.get(name, "")
    while at and at not in seen:
        if at == name:
            return True
        seen.add(at)
        at = parents.get(at, "")
    return False


def _rows(rows: tuple[Row, ...]) -> Iterator[OrderProblem]:
    for row in rows:
        if not (isfinite(row.limit) and row.limit >= 0):
            yield OrderProblem(
                row.row_id, "limit", str(row.limit), "must be 0 or more: to trade nothing is always allowed"
            )
        for contract, node, weight in row.coefficients:
            if not isfinite(weight):
                yield OrderProblem(row.row_id, "coefficients", str(weight), f"must be a number at {contract} {node}")
    for name, count in Counter(row.row_id for row in rows).items():
        if count > 1:
            yield OrderProblem(name, "row_id", name, f"stands {count} times; each row has its own")
