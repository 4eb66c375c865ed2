"""What is left of local orders once their books have closed: what is still there to go on, and who lets it.

A book that is open sells what rests in it; so nothing of an order goes on before the book says that it has expired with
its period, and what goes on is never more than was open then. What the exchange does not take comes back here.
"""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder

MAX_LEFTOVERS = 50_000
MAX_TRIES = 3  # of one leftover; a grid that has refused it so often is not asked again


@dataclass(frozen=True, slots=True)
class Leftover:
    """One order's rest: `order.open_w` was open when its book closed, `left_w` is neither filled nor out."""

    order: ForwardableOrder
    released: bool
    left_w: int
    closed: bool = False
    withdrawn: bool = False
    tries: int = 0
    retry_s: int = 0

    def is_ready(self, now_s: int) -> bool:
        """Tell whether it may go out now."""
        is_let = self.closed and self.released and not self.withdrawn
        return is_let and self.left_w > 0 and self.tries < MAX_TRIES and now_s >= self.retry_s
