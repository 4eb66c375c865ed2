# ruff: noqa: E402 - the paths of the references come first
"""Speed of the order book alone, as ratios to a bare reference book measured in the same run. One JSON line per row.

    python services/orderbook/benchmarks/bench_book.py [--operations N] [--tail-seconds S]

Rows: the structure alone (levels, heap, queues) with a matching loop; the core with every rule in force and no grid;
the same with a grid, and the share of it; books of the package index; ten times the products; the tail of the times.
The tail is looked at for ten minutes; `--tail-seconds` for less.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
PERFORMANCE = HERE.parents[2] / "tests" / "performance"
sys.path[:0] = [str(HERE), str(PERFORMANCE / "reference"), str(PERFORMANCE / "benchmarks")]

from bare_book import BareBook, Trade
from core_book import CoreBook, Taken, state_of
from measuring import best_in_turns, percentile, profile_of, show, timed
from order_flow import Operation, operations
from published_books import BOOKS, AbsentError

from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.topology import Topology
from flexbourse_orderbook.domain.orders import Basis, FillRule, Order, OrderStatus, Product, Side
from flexbourse_orderbook.domain.resting.book_side import BookSide
from flexbourse_orderbook.domain.resting.levels import NO_NODE, RestingOrder
from flexbourse_testkit.late_collection import collector_asleep

PRODUCTS = 16
REPEATS = 3
CORE_PART = 10  # of the operations, for what takes so much longer than the reference
PUBLISHED_PART = 2
GRID_PART = 50
TAIL_ROUND = 5_000  # operations between two looks at the clock
WARM_UP = 500
MOST_RESTING = 150_000  # of the 200,000 that an area takes
NETWORK = "kerber-dorf"
REFERENCE = "a bare price-time book in Python: no registry, rights, grid, money or events"
EXPLAINED_BY = "P1 book, every rule"  # the row whose profile says where our book's time goes


def run_reference(flow: Sequence[Operation], products: int = PRODUCTS) -> tuple[int, int]:
    """Run the reference; returns its matches and the quantity of them."""
    book, found, matches, quantity = BareBook(products), list[Trade](), 0, 0
    for operation in flow:
        if operation.price is None:
            book.cancel(operation.name)
            continue
        book.submit(operation.product, operation.name, operation.buys, operation.price, operation.quantity, found)
        if found:
            matches += len(found)
            quantity += sum(trade[3] for trade in found)
            found.clear()
    return matches, quantity


@cache
def terms(*, buys: bool) -> Order:
    """Return terms that all orders of a side share: only the structure is measured."""
    return Order(
        "o", "c", "p", "m", "a", Product.LOCAL_ENERGY, Side.BUY if buys else Side.SELL, Mtu(0), "u", "mp", "n", "",
        Basis.SCHEDULED, 1, 1, 0, 0, FillRule.NORMAL, OrderStatus.ACTIVE, 1, 1, 0,
    )  # fmt: skip


def run_structure(flow: Sequence[Operation]) -> int:
    """Run the book's own levels, heap and queues; returns its matches."""
    sides = [(BookSide(), BookSide()) for _ in range(PRODUCTS)]
    resting: dict[int, RestingOrder] = {}
    matches = 0
    for operation in flow:
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
            order = RestingOrder(terms(buys=buys), NO_NODE, 0, key)
            order.sequence, order.open_w = operation.name, left
            own.add(order)
            resting[operation.name] = order
    return matches


def run_core(flow: Sequence[Operation], topology: Topology | None = None) -> tuple[float, Taken]:
    """Run the core with all rules; returns the seconds inside it and what it did."""
    book = CoreBook(topology)
    wishes = book.wishes(flow)
    return timed(lambda: book.take(wishes))


def structure_rows(flow: Sequence[Operation]) -> None:
    """Print the row of the structure alone."""
    (reference_s, (matches, _)), (structure_s, structure_matches) = best_in_turns(
        REPEATS, lambda: timed(lambda: run_reference(flow)), lambda: timed(lambda: run_structure(flow))
    )
    if matches != structure_matches:
        raise RuntimeError(f"the two books disagree: {matches} and {structure_matches} matches")
    figures = rates(len(flow) / structure_s, len(flow) / reference_s)
    show("book, structure", "book structure with a matching loop", reference_s / structure_s, "≥ 0.5", REFERENCE,
         figures)  # fmt: skip


def core_rows(flow: Sequence[Operation]) -> None:
    """Print the rows of the core without and with a grid, and of the published books against it."""
    part, few = flow[: len(flow) // CORE_PART], flow[: len(flow) // GRID_PART]
    (reference_s, (matches, _)), (core_s, core), (grid_s, grid), (still_s, _) = best_in_turns(
        REPEATS,
        lambda: timed(lambda: run_reference(part)),
        lambda: run_core(part),
        lambda: run_core(few, network()),
        lambda: run_core(few),
    )
    if (core.trades, core.refused) != (matches, 0):
        raise RuntimeError(f"the core made {core.trades} of {matches} matches and refused {core.refused}")
    figures = rates(len(part) / core_s, len(part) / reference_s) | {"matches": matches}
    wishes = (profiled := CoreBook()).wishes(part)
    show(EXPLAINED_BY, "book with every rule in force, one command each, no grid", reference_s / core_s,
         "≥ 0.8", REFERENCE, figures, profile_of(lambda: profiled.take(wishes)))  # fmt: skip
    rate = len(few) / grid_s
    figures = rates(rate, len(part) / reference_s) | {
        "trades": grid.trades, "grid's share of the time": f"{1 - still_s / grid_s:.0%}",
        "µs of it per operation": round((grid_s - still_s) / len(few) * 1e6, 1),
    }  # fmt: skip
    gridded = (profiled_grid := CoreBook(network())).wishes(few)
    show("P1 book, grid check on", f"the same on {NETWORK}, {len(few)} operations, every match checked and priced",
         still_s / grid_s, "–", "the same operations without a grid", figures,
         profile_of(lambda: profiled_grid.take(gridded)))  # fmt: skip
    longer = flow[: len(flow) // PUBLISHED_PART]
    published_rows(longer, lambda: run_core(longer))


def published_rows(
    flow: Sequence[Operation], run_own: Callable[[], tuple[float, object]], own: str = "P1 book"
) -> None:
    """Print a row for each book of the package index, and a loud one for each that is not there.

    `run_own` runs ours, called `own`, on the same flow: each book and ours take turns, the best of each counts.
    """
    _, wanted = run_reference(flow)
    for name, run in BOOKS.items():
        what = f"book with every rule in force against {name} of the package index"
        try:
            (seconds, quantity), (own_s, _) = best_in_turns(REPEATS, partial(timed, partial(run, flow)), run_own)
        except AbsentError as absent:
            missing = f"NOT MEASURED: {absent}"
            show(f"{own}, {name}", what, 0.0, "≥ 1", missing, {}, explained_by=EXPLAINED_BY)
            continue
        figures = rates(len(flow) / own_s, len(flow) / seconds) | {"operations": len(flow)}
        if quantity != wanted:
            figures["quantity it matched, of what price and time give"] = f"{quantity / wanted:.1%}"
        show(f"{own}, {name}", what, seconds / own_s, "≥ 1", name, figures, explained_by=EXPLAINED_BY)


def growth_row(count: int) -> None:
    """Print what ten times the products cost per order."""
    few, many = (list(operations(count, products)) for products in (PRODUCTS, 10 * PRODUCTS))
    (few_s, _), (many_s, _), (bare_few_s, _), (bare_many_s, _) = best_in_turns(
        REPEATS,
        lambda: run_core(few),
        lambda: run_core(many),
        lambda: timed(lambda: run_reference(few)),
        lambda: timed(lambda: run_reference(many, 10 * PRODUCTS)),
    )
    figures: dict[str, float | str] = {
        f"µs at {PRODUCTS}": round(few_s / count * 1e6, 1), f"µs at {10 * PRODUCTS}": round(many_s / count * 1e6, 1),
        "the bare book's ratio": round(bare_many_s / bare_few_s, 2),
    }  # fmt: skip
    show("P12 book, ten times the products", f"an order's cost with {10 * PRODUCTS} products", many_s / few_s, "≤ 1.1",
         f"its cost with {PRODUCTS}", figures)  # fmt: skip


def tail_row(seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
    """Print the tail of the times of single commands over some seconds, with the collector as the service has it.

    More rests than goes, so that a book begins anew before its bound: what is refused there is not what is looked for.
    """
    took: list[float] = []
    book, flow = begun(seed=5)
    until = clock() + seconds
    with collector_asleep():
        while clock() < until or not took:
            if state_of(book) > MOST_RESTING:
                book, flow = begun(seed=len(took))
            wishes = book.wishes(next(flow) for _ in range(TAIL_ROUND))
            took += [each / 1_000 for each in book.take(wishes, each=True).took_ns]
    took.sort()
    p50, p99, p999 = (percentile(took, percent) for percent in (50, 99, 99.9))
    figures = {
        "µs p50": round(p50, 1), "µs p99": round(p99, 1), "µs p99.9": round(p999, 1), "µs worst": round(took[-1]),
        "operations": len(took), "seconds": round(seconds),
    }  # fmt: skip
    show("P8 book, tail", f"p99.9 of one command in the book over {seconds:g} s, processor time", p999 / p50, "≤ 10",
         "its p50", figures)  # fmt: skip


def begun(seed: int) -> tuple[CoreBook, Iterator[Operation]]:
    """Return a book that has taken some of a flow, and the rest of that."""
    book, flow = CoreBook(), operations(sys.maxsize, PRODUCTS, seed)
    book.take(book.wishes(next(flow) for _ in range(WARM_UP)))
    return book, flow


def rates(own: float, reference: float) -> dict[str, float | str]:
    """Return the figures of two rates, operations per second."""
    return {"orders/s": round(own), "reference orders/s": round(reference)}


@cache
def network() -> Topology:
    """Return the village's network, compiled."""
    from flexbourse_cli.gridstudy.network import load_network  # noqa: PLC0415 - pandapower takes seconds to import
    from flexbourse_cli.gridstudy.options import NetworkOptions  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415

    problems = Problems()
    found: Topology = load_network(NetworkOptions(NETWORK), problems).topology
    problems.stop()
    return found


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--tail-seconds", type=float, default=600.0, help="how long the tail is looked at")
    chosen = parser.parse_args()
    flow = list(operations(chosen.operations, PRODUCTS))
    structure_rows(flow)
    core_rows(flow)
    growth_row(chosen.operations // CORE_PART)
    tail_row(chosen.tail_seconds)


if __name__ == "__main__":
    main()
