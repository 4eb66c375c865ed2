"""How much is left of an order that loses a part for another reason than a match."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from flexbourse_orderbook.domain.groups.exclusive_groups import GroupKey
from flexbourse_orderbook.domain.orders import ExecutionInstructions, FillRule
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.state import AreaState


def least_w(market: Market, unit_w: int, instructions: ExecutionInstructions | None) -> int:
    """Return the least quantity that an order may be lowered to: the market's, its unit's, its own."""
    return max(1, market.min_quantity_w, unit_w, instructions.min_quantity_w if instructions else 0)


def kept_w(state: AreaState, order: RestingOrder, most_w: int) -> int:
    """Return what an order keeps that is to be lowered to so much at most, in the market's steps; 0: nothing."""
    market = state.market_of(order.terms.market_id, order.mtu)
    left_w = max(0, most_w) // market.quantity_step_w * market.quantity_step_w
    too_little = left_w < least_w(market, state.minimum_w(order), order.terms.instructions)
    return 0 if too_little or order.terms.fill_rule is FillRule.ALL_OR_NONE else left_w


def allowed_w(
    state: AreaState, order: RestingOrder, planned: Mapping[GroupKey, Fraction] = MappingProxyType({})
) -> int:
    """Return what its exclusive group leaves of what is open of an order, beside what a plan would execute."""
    if not order.terms.exclusive_group:
        return order.open_w
    left_w = state.groups.left_w(order.terms, planned)
    return order.open_w if left_w >= order.open_w else kept_w(state, order, left_w)
