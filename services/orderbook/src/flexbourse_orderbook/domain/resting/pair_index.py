"""Pairs by what stands against them: of one element all pairs, of one order all pairs, each pair under one element."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Generic, TypeVar

# The ids of both orders.
PairKey = tuple[str, str]
Blocker = TypeVar("Blocker", bound=Hashable)
Note = TypeVar("Note")


class PairIndex(Generic[Blocker, Note]):
    """Pairs under the element that refused them, each with a note."""

    __slots__ = ("_by_blocker", "_of_pair", "of_order")

    def __init__(self) -> None:
        self._by_blocker: dict[Blocker, dict[PairKey, Note]] = {}
        self._of_pair: dict[PairKey, Blocker] = {}
        self.of_order: dict[str, set[PairKey]] = {}  # to be read: whoever leaves or matches looks whether it is there

    def __len__(self) -> int:
        return len(self._of_pair)

    def __contains__(self, pair: PairKey) -> bool:
        return pair in self._of_pair

    def put(self, pair: PairKey, blocker: Blocker, note: Note) -> None:
        """Put a pair under an element, from wherever it stood."""
        self.drop(pair)
        self._of_pair[pair] = blocker
        self._by_blocker.setdefault(blocker, {})[pair] = note
        for order_id in pair:
            self.of_order.setdefault(order_id, set()).add(pair)

    def drop(self, pair: PairKey) -> None:
        """Take a pair out; it need not be there."""
        blocker = self._of_pair.pop(pair, None)
        if blocker is None:
            return
        pairs = self._by_blocker[blocker]
        del pairs[pair]
        if not pairs:
            del self._by_blocker[blocker]
        for order_id in pair:
            of_order = self.of_order.get(order_id)
            if of_order is not None:
                of_order.discard(pair)
                if not of_order:
                    del self.of_order[order_id]

    def forget(self, order_id: str) -> None:
        """Take every pair of an order out."""
        pairs = self.of_order.get(order_id)
        for pair in tuple(pairs) if pairs else ():
            self.drop(pair)

    def blockers(self) -> list[Blocker]:
        """Return the elements that stand against a pair."""
        return list(self._by_blocker)

    def under(self, blocker: Blocker) -> Mapping[PairKey, Note]:
        """Return the pairs that an element stands against, as they are."""
        return self._by_blocker.get(blocker, {})

    def entries(self) -> Iterator[tuple[PairKey, Blocker, Note]]:
        """Iterate over all pairs."""
        for blocker, pairs in self._by_blocker.items():
            for pair, note in pairs.items():
                yield pair, blocker, note
