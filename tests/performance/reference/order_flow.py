"""One flow of orders for every book: 70 % rest, 20 % cancel, 10 % cross, around a middle that drifts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bare_book import BareBook, Trade

MIDDLE = 5_000  # ticks
FAR = 40  # a crossing order goes so far beyond the middle
MEAN_AWAY = 12  # ticks between the middle and an order that rests, on average
MOST = 50  # units of quantity


@dataclass(frozen=True, slots=True)
class Operation:
    """A new order, or a cancellation where the price is None; names count from 1, prices in ticks."""

    product: int
    name: int
    buys: bool
    price: int | None
    quantity: int


def operations(count: int, products: int = 16, seed: int = 11, *, cancels: bool = True) -> Iterator[Operation]:
    """Iterate over so many operations; what is cancelled rests in a bare book that took the same flow."""
    draw = random.Random(seed)
    middle = [MIDDLE] * products
    book, resting, name = BareBook(products), [], 0
    trades: list[Trade] = []
    for _ in range(count):
        kind = draw.random()
        if cancels and kind < 0.2 and (target := _open_one(book, resting, draw)) is not None:
            book.cancel(target.name)
            yield Operation(target.product, target.name, target.buys, None, 0)
            continue
        name += 1
        product, buys = draw.randrange(products), draw.random() < 0.5
        middle[product] += draw.choice((-1, 0, 0, 0, 1))
        away = -FAR if kind > 0.9 else 1 + int(draw.expovariate(1 / MEAN_AWAY))
        price = middle[product] - away if buys else middle[product] + away
        new = Operation(product, name, buys, price, draw.randint(1, MOST))
        if book.submit(product, name, buys, price, new.quantity, trades):
            resting.append(new)
        trades.clear()
        yield new


def _open_one(book: BareBook, resting: list[Operation], draw: random.Random) -> Operation | None:
    """Take one order that still rests out of those that once did."""
    while resting:
        place = draw.randrange(len(resting))
        resting[place], resting[-1] = resting[-1], resting[place]
        found = resting.pop()
        if found.name in book.open:
            return found
    return None
