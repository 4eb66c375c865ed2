# ruff: noqa: E402 - the paths of the world and the reference come first
"""Speed of the order book, as ratios to a bare reference book measured in the same run. One JSON line per row.

    python services/orderbook/benchmarks/bench_book.py [--operations N]

Rows: the structure alone (levels, heap, queues) with a matching loop; then the whole service behind its log, protobuf
included, without a match, with matches that move nothing, and with matches that pass the grid check.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

from book_world import AREA, HOMES, NOON, PARTIES, World, mtu_message
from reference_book import ReferenceBook

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_log.port import Command
from flexbourse_messages.catalogue import BOOK_COMMAND
from flexbourse_orderbook.domain.book_side import BookSide
from flexbourse_orderbook.domain.levels import NO_NODE, RestingOrder
from flexbourse_orderbook.domain.orders import Basis, FillRule, Order, OrderStatus, Product, Side

PRODUCTS = 16
REPEATS = 5
BATCH = 100
REFERENCE = "a bare price-time book in Python: no registry, rights, grid, money or events"
KINDS = {"rest": "orders that rest", "scheduled": "matches that move nothing", "checked": "matches with a grid check"}


@dataclass(frozen=True, slots=True)
class Operation:
    """A new order, or a cancellation where the price is None."""

    product: int
    name: int
    buys: bool
    price: int | None
    quantity: int


def flow(count: int, seed: int = 11) -> list[Operation]:
    """Return 70 % passive orders, 20 % cancellations, 10 % that cross, around a drifting middle."""
    draw = random.Random(seed)
    middle = [5_000] * PRODUCTS
    found: list[Operation] = []
    for name in range(count):
        product = draw.randrange(PRODUCTS)
        middle[product] += draw.choice((-1, 0, 0, 0, 1))
        kind, buys = draw.random(), draw.random() < 0.5
        if kind < 0.2 and found:
            target = found[draw.randrange(max(0, len(found) - 4_000), len(found))]
            found.append(Operation(target.product, target.name, target.buys, None, 0))
            continue
        away = -40 if kind > 0.9 else 1 + int(draw.expovariate(1 / 12))
        price = middle[product] - away if buys else middle[product] + away
        found.append(Operation(product, name, buys, price, draw.randint(1, 50)))
    return found


def run_reference(operations: list[Operation]) -> int:
    """Run the reference; returns its matches."""
    book, matches = ReferenceBook(PRODUCTS), 0
    for operation in operations:
        if operation.price is None:
            book.cancel(operation.name)
        else:
            matches += book.submit(
                operation.product, operation.name, operation.buys, operation.price, operation.quantity
            )
    return matches


def terms(*, buys: bool) -> Order:
    """Return terms that all orders of a side share: only the structure is measured."""
    return Order(
        "o", "c", "p", "m", AREA, Product.LOCAL_ENERGY, Side.BUY if buys else Side.SELL, Mtu(NOON), "u", "mp", "n", "",
        Basis.SCHEDULED, 1, 1, 0, 0, FillRule.NORMAL, OrderStatus.ACTIVE, 1, 1, 0,
    )  # fmt: skip


def run_structure(operations: list[Operation]) -> int:
    """Run the book's own levels, heap and queues; returns its matches."""
    sides = [(BookSide(), BookSide()) for _ in range(PRODUCTS)]
    shared = {True: terms(buys=True), False: terms(buys=False)}
    resting: dict[int, RestingOrder] = {}
    matches = 0
    for operation in operations:
        if operation.price is None:
            found = resting.pop(operation.name, None)
            if found is not None:
                BookSide.remove(found)
            continue
        asks, bids = sides[operation.product]
        buys, left = operation.buys, operation.quantity
        key = -operation.price if buys else operation.price
        other, own = (asks, bids) if buys else (bids, asks)
        gone: list[RestingOrder] = []
        for order in other.crossing(-key):
            matches += 1
            if order.open_w > left:
                order.open_w -= left
                left = 0
                break
            left -= order.open_w
            gone.append(order)
            if not left:
                break
        for order in gone:
            BookSide.remove(order)
            del resting[order.sequence]
        if left:
            order = RestingOrder(shared[buys], NO_NODE, 0, key)
            order.sequence, order.open_w = operation.name, left
            own.add(order)
            resting[operation.name] = order
    return matches


def best_of(*actions: Callable[[], int]) -> list[tuple[float, int]]:
    """Return the shortest time of each action and what it returned; in turns, so that noise is shared."""
    times: list[list[float]] = [[] for _ in actions]
    results = [0] * len(actions)
    for _ in range(REPEATS):
        for i, action in enumerate(actions):
            gc.collect()
            started = time.perf_counter()
            results[i] = action()
            times[i].append(time.perf_counter() - started)
    return [(min(found), result) for found, result in zip(times, results, strict=True)]


def orders_of(world: World, kind: str, count: int) -> list[pb.NewOrder]:
    """Return orders: `rest` never cross, `scheduled` and `checked` come as pairs that match."""
    draw, found = random.Random(3), []
    for i in range(count):
        start = world.starts[i // 2 % len(world.starts)]
        buys = i % 2 == 1
        if kind == "scheduled":
            subject, quantity = ("house-a1" if buys else "house-b3"), 100
        else:
            subject, quantity = f"battery-{HOMES[draw.randrange(3) + (0 if buys else 3)]}", 100
        low, high = (1_000, 9_000) if kind == "rest" else (9_000, 1_000)
        price = low if buys else high
        found.append(
            world.order(pb.SIDE_BUY if buys else pb.SIDE_SELL, subject, quantity, price, mtu=mtu_message(start))
        )
    return found


def whole_domain(kind: str, count: int, batch: int) -> tuple[float, int]:
    """Return seconds and matches of `count` orders through the program, protobuf included, in commands of a size."""
    world = World(starts=tuple(NOON + 900 * i for i in range(8)))
    world.ready()
    program = world.drive.program
    for home in HOMES:
        for subject in (f"battery-{home}", f"house-{home}"):
            world.right(subject, PARTIES[0])
    orders = orders_of(world, kind, count)
    commands = [
        pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=orders[i : i + batch]))
        for i in range(0, count, batch)
    ]
    gc.collect()
    matches = 0
    started = time.perf_counter()
    for number, body in enumerate(commands):
        decision = program.on_command(Command(BOOK_COMMAND, f"b{number}", PARTIES[0], body, 0))
        for event in decision.events:
            event.SerializeToString(deterministic=True)
            matches += event.WhichOneof("event") == "trade"
            list(program.project(event))
    return time.perf_counter() - started, matches


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=1_000)
    chosen = parser.parse_args()
    operations = flow(chosen.operations)
    (reference_s, reference_matches), (structure_s, structure_matches) = best_of(
        lambda: run_reference(operations), lambda: run_structure(operations)
    )
    assert reference_matches == structure_matches, "the two books disagree"
    reference = len(operations) / reference_s
    show("structure", "book structure with a matching loop", "≥ 0.5", len(operations) / structure_s, reference)
    for kind, words in KINDS.items():
        seconds, matches = whole_domain(kind, chosen.orders, BATCH)
        assert (matches > 0) == (kind != "rest"), f"{kind}: {matches} matches"
        what = f"book service, protobuf and events included, {words}, {BATCH} orders per command"
        show(kind, what, "–", chosen.orders / seconds, reference)


def show(name: str, what: str, aim: str, rate: float, reference: float) -> None:
    """Print one row; rates are orders per second."""
    row = {
        "name": f"book, {name}",
        "what": what,
        "ratio": round(rate / reference, 4),
        "aim": aim,
        "figures": {"orders/s": round(rate), "reference orders/s": round(reference)},
        "reference": REFERENCE,
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
