"""The book's pure core under the flow of the reference: registry, rights, limits, collars, collateral, grid, events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from order_flow import Operation

from flexbourse_gridmath.topology import Topology
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.entry.collateral import Allotment
from flexbourse_orderbook.domain.entry.self_trade import Prevention
from flexbourse_orderbook.domain.grid.lights import Now
from flexbourse_orderbook.domain.orders import FillRule, NewOrder, Product, Side
from flexbourse_orderbook.domain.registry_state import PriceCollar
from flexbourse_orderbook.replay.world import AREA, DELIVERY, PLENTY_W, ReplayWorld

PARTIES = 20  # on each side, so that nobody meets himself
NODES = 20  # where they are connected, if there is a network
STEP_W = 100
BAND_TICKS = 1_000_000
MANY = 10**9
BEGINNING = Now(1)
# Party, name of the operation, and what makes the order; none where the operation cancels. Whoever is beside us in a
# row makes his orders while the clock runs, and so do we.
Wish = tuple[str, int, Callable[[], NewOrder] | None]


@dataclass
class Taken:
    """What a flow did to a book; `took_ns` holds the processor's time of each operation where asked for."""

    trades: int
    refused: int
    events: int
    took_ns: list[int]


class CoreBook:
    """One area, a market for each product, every rule of the market in force."""

    def __init__(self, topology: Topology | None = None) -> None:
        self._world = ReplayWorld(topology)
        self._world.state.now = BEGINNING
        self._book = self._world.book
        nodes = [name for i, name in enumerate(self._world.topology.node_ids) if i != self._world.topology.slack]
        self._nodes = nodes[-NODES:]
        self._ids: dict[int, str] = {}
        self._known: set[str] = set()

    def wishes(self, operations: Iterable[Operation]) -> list[Wish]:
        """Return party, name and what makes the order of each operation; markets and units come into being."""
        found: list[Wish] = []
        for operation in operations:
            side = "buyer" if operation.buys else "seller"
            party = f"{side}-{operation.name % PARTIES}"
            if operation.price is None:
                found.append((party, operation.name, None))
                continue
            self._know(party, f"product-{operation.product}")
            node = self._nodes[operation.name % len(self._nodes)]
            unit = self._world.unit(party, node, buys=operation.buys)
            order = partial(
                NewOrder, str(operation.name), f"product-{operation.product}", Product.LOCAL_ENERGY,
                Side.BUY if operation.buys else Side.SELL, DELIVERY, unit, "", "", operation.quantity * STEP_W,
                operation.price, FillRule.NORMAL,
            )  # fmt: skip
            found.append((party, operation.name, order))
        return found

    def _know(self, party: str, product: str) -> None:
        """Open a market with every parameter that takes something to look at, and allot collateral to a party."""
        if product not in self._known:
            self._known.add(product)
            collar = PriceCollar(int(Product.LOCAL_ENERGY), 5_000, BAND_TICKS, BAND_TICKS, 60)
            ruled = replace(
                self._world.market(product), collateral_required=True, price_collars=(collar,),
                self_trade_prevention=int(Prevention.OLDEST), max_open_orders=MANY, orders_per_second=MANY,
                order_burst=MANY, free_orders=MANY, max_orders_per_trade=MANY, quantity_step_w=STEP_W,
            )  # fmt: skip
            self._world.registry.put(ruled)
        if party not in self._known:
            self._known.add(party)
            self._world.state.collateral.adopt(Allotment(party, 0, 1, PLENTY_W, PLENTY_W, 0))

    def take(self, wishes: Sequence[Wish], *, each: bool = False) -> Taken:
        """Decide them all, one command each, and hand over the events of each; `each` also times each one."""
        book, ids, taken, traded = self._book, self._ids, Taken(0, 0, 0, []), e.TradeExecuted
        clock = time.thread_time_ns  # as every row here: whoever else wants a core does not count
        for party, name, wish in wishes:
            begun = clock() if each else 0
            book.begin()
            if wish is None:
                outcome = book.cancel(party, ids.pop(name))
            else:
                outcome = book.submit(party, wish())
                ids[name] = outcome.entry_id
            events = book.take_events()
            if each:
                taken.took_ns.append(clock() - begun)
            if outcome.rejection is not None:
                taken.refused += 1
            taken.events += len(events)
            for event in events:
                if type(event) is traded:
                    taken.trades += 1
        return taken


def state_of(book: CoreBook) -> int:
    """Return how many orders rest in a book."""
    assert book._world.state.area_id == AREA
    return len(book._world.state.orders)
