"""Icebergs: how much of an order is shown, and the clip that comes when that is used up.

The next clip comes with a new time, behind everything that rests at its price, and asks its step more or bids so much
less. An order that meets several clips takes them by price and time like those of different orders. Who aggresses
does so with all that is open; what is left of it shows a full clip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush

from flexbourse_core.values import replace
from flexbourse_orderbook.domain.orders import Basis, ExecutionInstructions, Order, Side
from flexbourse_orderbook.domain.resting.levels import RestingOrder, RestrictedOrder, shown_w
from flexbourse_orderbook.domain.state import AreaState


def hidden_of(instructions: ExecutionInstructions | None, open_w: int) -> int:
    """Return what of an open quantity stands behind a full clip."""
    if instructions is None or not instructions.clip_w:
        return 0
    return max(0, open_w - instructions.clip_w)


def hidden_after(order: RestingOrder, open_w: int, *, aggresses: bool) -> int:
    """Return what is hidden of an order of which a match leaves so much open."""
    if not isinstance(order, RestrictedOrder):
        return 0
    return hidden_of(order.terms.instructions, open_w) if aggresses else order.hidden_w


def hidden_replaced(order: RestingOrder, open_w: int, *, keeps: bool) -> int:
    """Return what is hidden of an order of which a replacement leaves so much open; one that keeps its place shows on.

    What is hidden goes first, so that the clip keeps its size as long as it can.
    """
    return max(0, open_w - shown_w(order)) if keeps else hidden_of(order.terms.instructions, open_w)


def is_used_up(order: RestingOrder) -> bool:
    """Tell whether nothing is left of a clip and another one follows."""
    return isinstance(order, RestrictedOrder) and 0 < order.open_w == order.hidden_w


def with_next_clip(terms: Order, sequence: int) -> Order:
    """Return an order whose clip is used up with the next one."""
    assert terms.instructions is not None
    step = terms.instructions.clip_step_ticks
    return replace(
        terms,
        hidden_w=hidden_of(terms.instructions, terms.open_w),
        limit_price_ticks=terms.limit_price_ticks + (step if terms.side is Side.SELL else -step),
        sequence=sequence,
    )


def still_crossing(state: AreaState, *pair: RestingOrder) -> Sequence[RestingOrder]:
    """Return a pair that crossed as it rests now; nothing where one has left, or its next clip asks too much."""
    names = [order.terms.order_id for order in pair]
    found = [state.orders[name] for name in names if name in state.orders]
    requests = any(order.terms.basis is Basis.OPERATOR_REQUEST for order in found)
    crosses = requests or sum(order.key for order in found) <= 0
    return found if crosses and len(found) == len(pair) else ()


class NextClips:
    """Candidates of one side, best first, and among them the clips that come while a plan uses others up.

    `limit` is the highest key that still crosses.
    """

    def __init__(self, candidates: Iterable[RestingOrder], limit: int, last_sequence: int) -> None:
        self._candidates = iter(candidates)
        self._ahead = next(self._candidates, None)
        self._limit = limit
        self._sequence = last_sequence
        self._clips: list[tuple[int, int, RestingOrder]] = []

    def __iter__(self) -> Iterator[RestingOrder]:
        """Iterate over candidates and clips by price and time."""
        while self._ahead is not None or self._clips:
            ahead = self._ahead
            # Every clip is later than all that rested before.
            if ahead is None or (self._clips and self._clips[0][0] < ahead.key):
                yield heappop(self._clips)[2]
            else:
                self._ahead = next(self._candidates, None)
                yield ahead

    def met(self, order: RestrictedOrder, quantity_w: int) -> None:
        """Let the next clip of an order follow if a plan takes all of its present one."""
        key = order.key + _step(order)
        if order.hidden_w == 0 or quantity_w < shown_w(order) or key > self._limit:
            return
        self._sequence += 1
        terms = replace(order.value(), open_w=order.hidden_w, filled_w=order.filled_w + quantity_w)
        clip = RestrictedOrder(with_next_clip(terms, self._sequence), order.node, order.moves, key)
        heappush(self._clips, (key, self._sequence, clip))


def _step(order: RestingOrder) -> int:
    """Return by how much the next clip of an iceberg stands worse in its side."""
    return 0 if order.terms.instructions is None else order.terms.instructions.clip_step_ticks
