"""Books of the package index that report trades, under the flow of the reference. Yardsticks only.

They are installed apart (`requirements/bench.txt` into `build/published-books`): nothing of the product needs them.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from order_flow import Operation

FOLDER = Path(__file__).resolve().parents[3] / "build" / "published-books"
Runner = Callable[[Sequence[Operation]], int]


class AbsentError(Exception):
    """A book is not installed."""


def _module(name: str) -> Any:
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise AbsentError(f"{name} is not in {FOLDER.relative_to(FOLDER.parents[1])}: run `make bench`") from error


def pyorderbook(operations: Sequence[Operation]) -> int:
    """Run pyorderbook; returns the quantity that matched."""
    found = _module("pyorderbook")
    logging.getLogger("pyorderbook").setLevel(logging.WARNING)
    book, orders, quantity = found.Book(), {}, 0
    for operation in operations:
        if operation.price is None:
            order = orders.pop(operation.name)
            if book.get_order(order.id) is not None:
                book.cancel(order)
            continue
        make = found.bid if operation.buys else found.ask
        order = orders[operation.name] = make(str(operation.product), operation.price, operation.quantity)
        quantity += sum(trade.fill_quantity for trade in book.match(order).trades)
    return quantity


def lightmatchingengine(operations: Sequence[Operation]) -> int:
    """Run lightmatchingengine; returns the quantity that matched."""
    found = _module("lightmatchingengine.lightmatchingengine")
    engine, ids, quantity = found.LightMatchingEngine(), {}, 0
    for operation in operations:
        product = str(operation.product)
        if operation.price is None:
            engine.cancel_order(ids.pop(operation.name), product)
            continue
        side = found.Side.BUY if operation.buys else found.Side.SELL
        order, trades = engine.add_order(product, operation.price, operation.quantity, side)
        ids[operation.name] = order.order_id
        quantity += sum(trade.trade_qty for trade in trades if trade.order_id == order.order_id)
    return quantity


def akhil4n(operations: Sequence[Operation]) -> int:
    """Run akhil4n-orderbook; returns the quantity that matched."""
    found = _module("orderbook")
    books: dict[int, Any] = {}
    ids, quantity = {}, 0
    for operation in operations:
        book = books.get(operation.product)
        if book is None:
            book = books[operation.product] = found.OrderBook()
        if operation.price is None:
            book.cancel_order(ids.pop(operation.name))
            continue
        side = found.OrderSide.BID if operation.buys else found.OrderSide.ASK
        order = found.Order(side, Decimal(operation.price), operation.quantity)
        known = len(book.trade_log)
        book.add_limit_order(order)
        ids[operation.name] = order.order_id
        quantity += sum(trade.quantity_filled for trade in book.trade_log[known:])
    return quantity


BOOKS: dict[str, Runner] = {
    "pyorderbook": pyorderbook,
    "lightmatchingengine": lightmatchingengine,
    "akhil4n-orderbook": akhil4n,
}
