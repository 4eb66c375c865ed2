"""The halt of a book instead of a trade that leaves the price band of its product.

What rests may have come to lie beyond the dynamic band, as the last trade moved on: a trade at its price is not made,
what was to come after it is not either, and the book halts for the time that the collar says. From then on the dynamic
band starts anew with the next trade. Beyond the static band alone a trade is not made, and nothing halts; nor does a
span, which has no phase of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.entry.collars import collar_of, refuse_beyond
from flexbourse_orderbook.domain.matching_plan import Fill, Plan, Skip
from flexbourse_orderbook.domain.phases.changes import change_phase
from flexbourse_orderbook.domain.phases.table import Action, Phase, PhaseCause
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

REASON = "a trade would have left the price band"


def stop_at_collar(market: Market, order: RestingOrder, plan: Plan) -> Plan:
    """Return a plan that ends before the first match whose price leaves the collar."""
    collar = collar_of(market, order.terms.product) if market.price_collars else None
    if collar is None:
        return plan
    last = order.book.last_ticks
    for place, step in enumerate(plan.steps):
        if not isinstance(step, Fill):
            continue
        refusal = refuse_beyond(collar, last, step.price_ticks)
        if refusal is not None:
            return _cut(plan, place, step, refusal)
        last = step.price_ticks
    return plan


def _cut(plan: Plan, place: int, beyond: Fill, refusal: Rejection) -> Plan:
    """Return what of a plan comes before a step, and that it stops there."""
    kept = plan.steps[:place]
    moving = [step for step in kept if isinstance(step, Fill) and step.after is not None]
    gone = sum(step.quantity_w for step in plan.steps[place:] if isinstance(step, Fill))
    spent = sum(max(0, -step.billed_micro_euro) for step in plan.steps[place:] if isinstance(step, Fill))
    sequence = beyond.before.sequence if beyond.before is not None else 0
    return Plan(
        open_w=plan.open_w + gone,
        start=moving[-1].before if moving else beyond.before,
        dnut_spent=plan.dnut_spent - spent,
        steps=[*kept, Skip(beyond.resting, replace(refusal, headroom_w=0), sequence)],
        stopped_by=replace(refusal, headroom_w=0),
        last=moving[-1] if moving else None,
    )


def halt_beyond_collar(book: AreaBook, market: Market, order: RestingOrder, plan: Plan) -> None:
    """Halt the book of an order whose plan ended at the dynamic band, where the collar says for how long."""
    end = plan.steps[-1] if plan.steps else None
    if not isinstance(end, Skip) or end.reason.code is not Code.PRICE_COLLAR:
        return
    collar = collar_of(market, order.terms.product)
    if collar is None or collar.halt_s == 0:
        return
    beyond_static = refuse_beyond(collar, None, end.resting.terms.limit_price_ticks) is not None
    period = book.state.period(order.mtu)
    if not beyond_static and not period.is_span and period.takes(market.market_id, Action.MATCH):
        until_ms = book.state.now.at_ms + collar.halt_s * 1000
        change_phase(book, period, market.market_id, Phase.HALTED, PhaseCause.COLLAR, REASON, until_ms)
