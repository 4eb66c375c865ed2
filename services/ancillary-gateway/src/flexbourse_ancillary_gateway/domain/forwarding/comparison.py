"""What a method costs and does to the grid, for one need of the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flexbourse_ancillary_gateway.domain.forwarding.market import GridMarket, call, find_violations
from flexbourse_ancillary_gateway.domain.forwarding.policies import ForwardingPolicy


@dataclass(frozen=True, slots=True)
class Outcome:
    """One need under one method.

    `violations_called` are elements outside their limits if the call were activated as it is, `violations` after the
    method has acted. `cost` is what activation costs (UP) or earns (DOWN, negative) in tick·W; what is missing is met
    from the transmission grid at the price stated.
    """

    forwarded_w: int
    called_w: int
    activated_w: int
    violations_called: int
    violations: int
    cost: int


def compare(market: GridMarket, policy: ForwardingPolicy, need_w: int, elsewhere_ticks: int) -> Outcome:
    """Return what a method makes of one need; the rest of the need is met elsewhere at `elsewhere_ticks`."""
    forwarded = policy.forward(market)
    called = call(forwarded, market.in_merit_order(), need_w)
    activated = policy.activate(market, called)
    missing_w = need_w - sum(activated.values())
    sign = 1 if market.is_up else -1
    return Outcome(
        forwarded.total_w,
        sum(called.values()),
        sum(activated.values()),
        len(find_violations(market.gate, market.change(called))),
        len(find_violations(market.gate, market.change(activated))),
        sign * (_cost(market, activated) + missing_w * elsewhere_ticks),
    )


def _cost(market: GridMarket, activated: Mapping[str, int]) -> int:
    return sum(activated.get(bid.bid_id, 0) * bid.price_ticks for bid in market.bids)
