"""What became of one entry of a command."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.rejection import Rejection
from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.orders import Order
from flexbourse_orderbook.domain.resting.levels import Left


@quickly_made
@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry of a command: an order (perhaps killed, with the reason), an id, or a refusal.

    Of an order the terms, and what was left of them then.
    """

    entry_id: str = ""
    terms: Order | None = None
    rejection: Rejection | None = None
    left: Left | None = None

    @property
    def order(self) -> Order | None:
        """Return the order as it stood then; few who submit in a process ask for it."""
        return self.terms if self.terms is None or self.left is None else self.left.of(self.terms)
