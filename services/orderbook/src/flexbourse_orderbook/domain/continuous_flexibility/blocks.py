"""Blocks: orders over several MTUs that are filled whole and all at once, or wait.

A block is tried on a draft: each part takes the best opposite orders until it is full. What the draft holds are the
temporary matches; they bind nobody until every part is full, then all become matches at the same moment. An opposite
order that itself belongs to a block joins the draft: both blocks are filled, or it is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic

from flexbourse_orderbook.domain.continuous_flexibility.ledger import Ledger
from flexbourse_orderbook.domain.continuous_flexibility.network_test import Element, State
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexOrder, pair

MAX_BLOCK_PARTS = 96
# Blocks that may be filled together; each more multiplies what has to be tried.
MAX_JOINED_BLOCKS = 4

Parts = tuple[FlexOrder, ...]


@dataclass(slots=True)
class Attempt(Generic[State]):
    """One try of a block: where opposite orders are found, and the pairs that the network refused on the way."""

    crossing: Callable[[FlexOrder], list[FlexOrder]]
    blocks: Mapping[str, Parts]
    refused: list[tuple[FlexOrder, FlexOrder, Element]] = field(default_factory=list)

    def fill(self, draft: Ledger[State], block: str, joined: tuple[str, ...] = ()) -> bool:
        """Enter in a draft what fills every part of a block; False: it cannot be filled, throw the draft away."""
        together = (*joined, block)
        return all(self._fill_part(draft, part, together) for part in self.blocks[block])

    def _fill_part(self, draft: Ledger[State], part: FlexOrder, joined: tuple[str, ...]) -> bool:
        for candidate in self.crossing(part):
            if draft.is_filled(part):
                break
            if draft.is_filled(candidate) or (candidate.block and candidate.block == part.block):
                continue
            if candidate.block and candidate.block not in joined:
                self._join(draft, part, candidate, joined)
            else:
                self._try(draft, part, candidate)
        return draft.is_filled(part)

    def _join(self, draft: Ledger[State], part: FlexOrder, candidate: FlexOrder, joined: tuple[str, ...]) -> None:
        """Take a candidate together with the block that it belongs to, if that can be filled too."""
        if len(joined) == MAX_JOINED_BLOCKS:
            return
        further = draft.draft()
        if self._try(further, part, candidate) and self.fill(further, candidate.block, joined):
            draft.enter(further)

    def _try(self, ledger: Ledger[State], part: FlexOrder, candidate: FlexOrder) -> bool:
        offer, request = pair(part, candidate)
        room = ledger.try_pair(offer, request)
        if room.blocked_by is not None:
            self.refused.append((offer, request, room.blocked_by))
        return room.quantity_w > 0
