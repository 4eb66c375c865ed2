"""Which waiting pairs are refused because of which element: after a match only those that it relieved are tried again.

An entry is one waiting offer (and with it one request, or the whole block that the offer belongs to). It stands under
the element that refused it, with the room that the element had then; while the element has no more room than that, a
new try could only fail again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flexbourse_orderbook.domain.continuous_flexibility.network_test import Element
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexOrder
from flexbourse_orderbook.domain.resting.pair_index import PairIndex


class Entry(NamedTuple):
    """An offer and the request it was refused with, in the order in which a scan of the book would come by them."""

    offer: FlexOrder
    request: FlexOrder

    @property
    def block(self) -> str:
        """Return the block that is tried in the pair's place, "" where none is."""
        return self.offer.block or self.request.block

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Return the place in a scan: offers by rank, for each the requests by rank."""
        return (*self.offer.rank, *self.request.rank)


# Stands for whatever may block a pair that was not tried on the present state: it is tried at the next occasion.
UNTRIED = Element("untried", 0, 0)
_ANY = 1 << 62


class BlockedBy:
    """The index of one MTU. A pair stands under one element at a time."""

    __slots__ = ("_index",)

    def __init__(self) -> None:
        self._index: PairIndex[Element, tuple[Entry, int]] = PairIndex()

    @property
    def is_empty(self) -> bool:
        """Tell whether no pair is refused."""
        return not self._index.of_order

    def put(self, entry: Entry, element: Element, room: int) -> None:
        """Note that an element, with this room left, stands against a pair."""
        self._index.put((entry.offer.id, entry.request.id), element, (entry, room))

    def forget(self, order_id: str) -> None:
        """Drop every pair of an order that waits no longer."""
        if order_id in self._index.of_order:
            self._index.forget(order_id)

    def entries(self) -> list[Entry]:
        """Return all pairs in the order in which a scan would come by them."""
        return sorted((entry for _, _, (entry, _) in self._index.entries()), key=lambda entry: entry.place)

    def relieved_blocks(self, room: Callable[[Element], int]) -> set[str]:
        """Return the blocks of which a pair's element has gained room; the pairs stay."""
        found: set[str] = set()
        for element in self._index.blockers():
            of_blocks = [(entry.block, before) for entry, before in self._index.under(element).values() if entry.block]
            if of_blocks:
                now = _ANY if element == UNTRIED else room(element)
                found.update(block for block, before in of_blocks if now > before)
        return found

    def holds(self, entry: Entry) -> bool:
        """Tell whether a pair stands under an element."""
        return (entry.offer.id, entry.request.id) in self._index

    def image(self) -> list[tuple[str, str, str, int, int, int]]:
        """Return all pairs with what blocks them, sorted."""
        return sorted(
            (*pair, element.kind, element.index, element.sense, room)
            for pair, element, (_, room) in self._index.entries()
        )

    def take_relieved(self, room: Callable[[Element], int]) -> list[tuple[Entry, Element]]:
        """Take out and return the pairs whose element has gained room since they were refused."""
        taken: list[tuple[Entry, Element]] = []
        for element in self._index.blockers():
            now = _ANY if element == UNTRIED else room(element)
            relieved = [(pair, entry) for pair, (entry, before) in self._index.under(element).items() if now > before]
            for pair, entry in relieved:
                self._index.drop(pair)
                taken.append((entry, element))
        return taken
