"""The three methods, and doing nothing.

corrective   all bids are forwarded; after the call, what the grid cannot take is moved to the next bids that it can
filtering    so much of each bid is forwarded that every subset of them, at any fill, keeps every limit
aggregation  the bids stand as one staircase at the interface; each step, at any fill, is safe on those before it

Filtering and aggregation accept by bounds alone (`gridmath.conditional`), so that parts of a bid are covered too. All
go by price and never return to a cheaper bid: they are safe, not optimal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from flexbourse_ancillary_gateway.domain.forwarding.market import Forwarded, GridBid, GridMarket, find_violations
from flexbourse_gridmath.check import Gate
from flexbourse_gridmath.conditional import MAX_CALLS, NOTHING, Call, CallsVerdict, check_with_calls, merged
from flexbourse_gridmath.largest import largest_quantity
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.vector import Change, Vector


class ForwardingPolicy(Protocol):
    """How bids are forwarded, and what becomes of a call."""

    def forward(self, market: GridMarket) -> Forwarded:
        """Return what the operator is offered."""

    def activate(self, market: GridMarket, called_w: Mapping[str, int]) -> dict[str, int]:
        """Return what is activated of a call, W by bid."""


class Unchecked:
    """All bids are forwarded and every call is activated: what happens without a gate."""

    def forward(self, market: GridMarket) -> Forwarded:
        """Return all bids."""
        return Forwarded({bid.bid_id: bid.quantity_w for bid in market.in_merit_order()}, in_order=False)

    def activate(self, market: GridMarket, called_w: Mapping[str, int]) -> dict[str, int]:  # noqa: ARG002
        """Return the call."""
        return dict(called_w)


class Corrective(Unchecked):
    """A third layer after the call: what the grid cannot take is bought from the next bids by price, or not at all."""

    def activate(self, market: GridMarket, called_w: Mapping[str, int]) -> dict[str, int]:
        """Return the call where it is feasible, else the cheapest bids by price that reach it as far as they can."""
        if not find_violations(market.gate, market.change(called_w)):
            return dict(called_w)
        left = sum(called_w.values())
        activated: dict[str, int] = {}
        for bid in market.in_merit_order():
            base = market.change(activated)
            quantity = _largest_beside(market.gate, base, bid.vector, min(bid.quantity_w, left), market.step_w)
            if quantity:
                activated[bid.bid_id] = quantity
                left -= quantity
        return activated


class Filtering(Unchecked):
    """Bids are cut before they are forwarded; every call of what is left is safe."""

    def forward(self, market: GridMarket) -> Forwarded:
        """Return so much of each bid, from the cheapest on, as is safe beside all before it at any fill of all.

        More bids than one check holds are not forwarded.
        """
        held: list[Call] = []
        quantities: dict[str, int] = {}
        for bid in market.in_merit_order():
            if len(held) == MAX_CALLS:
                break
            quantity = _largest_call(market, bid, NOTHING, held)
            if quantity:
                quantities[bid.bid_id] = quantity
                held.append(_call(market, bid, quantity))
        return Forwarded(quantities, in_order=False)


class Aggregation(Unchecked):
    """One staircase at the interface; the operator climbs it from the bottom."""

    def forward(self, market: GridMarket) -> Forwarded:
        """Return so much of each bid, from the cheapest on, as is safe at any fill on top of all before it in full."""
        base = NOTHING
        quantities: dict[str, int] = {}
        for bid in market.in_merit_order():
            quantity = _largest_call(market, bid, base, [])
            if quantity:
                quantities[bid.bid_id] = quantity
                base = merged([base, bid.vector.at(quantity)])
        return Forwarded(quantities, in_order=True)


POLICIES: Mapping[str, Callable[[], ForwardingPolicy]] = MappingProxyType(
    {"unchecked": Unchecked, "corrective": Corrective, "filtering": Filtering, "aggregation": Aggregation}
)


def _call(market: GridMarket, bid: GridBid, quantity_w: int) -> Call:
    return Call(bid.vector.at(quantity_w), bid.bid_id, 1 if market.is_up else -1)


def _largest_call(market: GridMarket, bid: GridBid, base: Change, held: list[Call]) -> int:
    """The largest quantity of a bid that is safe at any fill, on top of `base` and beside any fill of `held`."""

    def fits(steps: int) -> bool:
        calls = [*held, _call(market, bid, steps * market.step_w)]
        verdict = check_with_calls(market.gate, base, calls, enumerate_up_to=0)
        return isinstance(verdict, CallsVerdict) and verdict.covers_partial_calls

    return _bisect(fits, bid.quantity_w // market.step_w) * market.step_w


def _largest_beside(gate: Gate, base: Change, vector: Vector, most_w: int, step_w: int) -> int:
    """The largest quantity that an exact power flow finds feasible beside `base`."""
    if most_w < step_w:
        return 0
    if not base.nodes:
        alone = largest_quantity(gate, vector, most_w, step_w, either_side=False)
        return 0 if isinstance(alone, NotConverged) else alone.quantity_w
    return (
        _bisect(lambda n: not find_violations(gate, merged([base, vector.at(n * step_w)])), most_w // step_w) * step_w
    )


def _bisect(fits: Callable[[int], bool], most: int) -> int:
    """The largest number up to `most` that fits, where smaller ones do too; 0 fits by agreement."""
    if most <= 0:
        return 0
    if fits(most):
        return most
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
