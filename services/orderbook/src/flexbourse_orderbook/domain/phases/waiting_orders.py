"""What may enter a book that is in another phase than continuous trade."""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import FillRule, NewOrder
from flexbourse_orderbook.domain.phases.table import Action, BookPhase, Phase, refuse_in_phase
from flexbourse_orderbook.domain.pools.orders import is_pool, refuse_pool_order
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.state import Period

# What has to match at once has nothing to wait for.
_AT_ONCE = frozenset({FillRule.FILL_AND_KILL, FillRule.FILL_OR_KILL})


def refuse_entry(period: Period, own: BookPhase, market: Market, order: NewOrder) -> Rejection | None:
    """Return why an order does not enter a book in its phase, or None."""
    if is_pool(market) and own.phase is Phase.CONTINUOUS:
        return Rejection(
            Code.PHASE_NOT_ALLOWED, "a pool takes orders in its call", field="mtu", element=market.market_id,
            value=int(own.phase), unit="phase",
        )  # fmt: skip
    if own.phase is Phase.PRE_OPEN and market.refuses_before_opening:
        return Rejection(
            Code.PHASE_NOT_ALLOWED, "the market takes no orders before its opening", field="mtu",
            element=market.market_id, value=int(own.phase), unit="phase",
        )  # fmt: skip
    refusal = refuse_in_phase(own, Action.ENTER, market.market_id)
    if refusal is None and is_pool(market):
        return refuse_pool_order(market, period, order)
    if refusal is None and own.collects and order.fill_rule in _AT_ONCE:
        return Rejection(
            Code.PHASE_NOT_ALLOWED, "an order that waits for the opening rests; fill-and-kill and fill-or-kill do not",
            field="fill_rule", element=market.market_id, value=int(own.phase), unit="phase",
        )  # fmt: skip
    return refusal
