"""The operator's budget for negative DNUT: what each market has paid per delivery day, and what it no longer funds.

Only negative bills count: neither a positive DNUT nor a match with an operator's request fills the budget again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.registry_state import Market


class DnutSpending:
    """What markets have paid for negative DNUT, in micro-euro per market and local delivery day."""

    def __init__(self) -> None:
        self._spent: dict[tuple[date, str], int] = {}

    def of(self, market_id: str, day: date) -> int:
        """Return what a market has paid for a day."""
        return self._spent.get((day, market_id), 0)

    def add(self, market_id: str, day: date, micro_euro: int) -> None:
        """Count what a market has paid for a day."""
        self._spent[day, market_id] = self.of(market_id, day) + micro_euro

    def first_day(self) -> date | None:
        """Return the earliest day for which something was paid."""
        return min(self._spent, default=(None, ""))[0]

    def forget(self, before: date) -> None:
        """Drop the days before one."""
        for key in [key for key in self._spent if key[0] < before]:
            del self._spent[key]

    def entries(self) -> Iterator[tuple[str, date, int]]:
        """Iterate over (market, day, micro-euro) by day and market."""
        for (day, market_id), micro_euro in sorted(self._spent.items()):
            yield market_id, day, micro_euro


def paid(dnut_micro_euro: int) -> int:
    """Return what a budget pays for a match: the DNUT where it is negative, as an amount."""
    return max(0, -dnut_micro_euro)


def refuse_unfunded(market: Market, spent_micro_euro: int, dnut_micro_euro: int) -> Rejection | None:
    """Return that a match would take what a market has paid for its delivery day over the budget, or None."""
    budget, payment = market.dnut_budget_micro_euro, paid(dnut_micro_euro)
    if budget is None or payment == 0 or spent_micro_euro + payment <= budget:
        return None
    return Rejection(
        Code.DNUT_BUDGET_SPENT, "negative DNUT of a market and delivery day stays within the operator's budget",
        element=market.market_id, value=spent_micro_euro + payment, limit=budget, unit="micro-euro",
    )  # fmt: skip
