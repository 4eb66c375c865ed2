"""The quick look at an order of which what it names has a standing: do its own numbers break no rule?

The rules say why an order is refused, one after the other, each a function. Nearly every order breaks none, and then
only that is asked: here in one pass over its numbers. In doubt the answer is no, and the rules are asked.
"""

from __future__ import annotations

from flexbourse_core.ids import is_command_id
from flexbourse_orderbook.domain.entry.application import Application
from flexbourse_orderbook.domain.entry.collars import refuse_price
from flexbourse_orderbook.domain.entry.covered_orders import refuse_uncovered
from flexbourse_orderbook.domain.entry.party_limits import refuse_too_much
from flexbourse_orderbook.domain.entry.position_room import refuse_in_period
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.resting.levels import NO_NODE

# Open orders of one area, all periods together.
MAX_OPEN_ORDERS = 200_000

_CONTINUOUS = Phase.CONTINUOUS


def is_clear(a: Application) -> bool:
    """Tell that an order breaks no rule; its names have a standing, so what they say is not asked again."""
    state, order = a.state, a.order
    market, period, point, unit = a.market, a.period, a.metering_point, a.unit
    assert market is not None
    assert period is not None
    assert point is not None
    assert unit is not None
    own, quantity_w, price_ticks = period.phases.get(order.market_id), order.quantity_w, order.limit_price_ticks
    return (
        own is not None
        and own.phase is _CONTINUOUS
        and quantity_w > 0
        and market.min_quantity_w <= quantity_w <= market.max_quantity_w
        and quantity_w % market.quantity_step_w == 0
        and market.min_price_ticks <= price_ticks <= market.max_price_ticks
        and (not market.price_collars or refuse_price(market, period, order.product, price_ticks) is None)
        and not state.halted_reason
        and a.party not in state.safeguards.stopped
        and not period.is_used(a.party, order.client_order_id)
        and is_command_id(order.client_order_id)
        and len(state.orders) < MAX_OPEN_ORDERS
        and not period.grid.missing()
        and state.node(point.node_id) != NO_NODE
        and refuse_too_much(state, market, a.party, enters=True) is None
        and refuse_in_period(a, point, unit, period, quantity_w) is None
        and refuse_uncovered(a) is None
    )
