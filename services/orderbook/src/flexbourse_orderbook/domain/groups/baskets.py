"""Linked baskets: fill-or-kill orders over periods and products of one area that all match whole, or none does.

They are admitted one after the other, so that each finds the room that those before leave it, then all are planned, the
later ones on the grid that the earlier ones would leave, and only then is anything done. Each is of a book of its own:
what one would take no other counts on. An area lies in one shard, so a basket does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.entry.admission import refuse
from flexbourse_orderbook.domain.entry.application import Application, apply_for
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.groups.exclusive_groups import Shares
from flexbourse_orderbook.domain.matching import Matcher
from flexbourse_orderbook.domain.matching_plan import Plan
from flexbourse_orderbook.domain.orders import MAX_TEXT, FillRule, NewOrder, OrderStatus
from flexbourse_orderbook.domain.phases.volatility import stop_at_collar
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook
    from flexbourse_orderbook.domain.outcome import Outcome

# Orders of one basket.
MAX_BASKET = 100
KILLED = "its basket does not match whole"


def submit_basket(book: AreaBook, party: str, wishes: Sequence[NewOrder]) -> list[Outcome]:
    """Let all orders of a basket match whole, or none."""
    misfits = list(_misfits(book, wishes))
    if any(misfits):
        first = next(number for number, misfit in enumerate(misfits) if misfit is not None)
        others = _because(misfits[first], first, wishes[first])
        return [book.refuse(party, wish, misfit or others) for wish, misfit in zip(wishes, misfits, strict=True)]
    legs: list[tuple[Market, RestingOrder]] = []
    for number, wish in enumerate(wishes):
        application = apply_for(book.state, party, wish)
        refusal = refuse(application)
        if refusal is not None:
            others = _because(refusal, number, wish)
            killed = [_kill(book, order, others) for _, order in legs]
            rest = [book.refuse(party, later, others) for later in wishes[number + 1 :]]
            return [*killed, book.refuse(party, wish, refusal), *rest]
        legs.append((_market_of(application), book.admit(application)))
    return _decide(book, legs)


def _market_of(application: Application) -> Market:
    assert application.market is not None
    return application.market


def _decide(book: AreaBook, legs: Sequence[tuple[Market, RestingOrder]]) -> list[Outcome]:
    plans = list(_plans(book, legs))
    for number, (_, order) in enumerate(legs):
        refusal = _refuse_leg(*plans[number], order)
        if refusal is not None:
            because = _because(refusal, number, order.terms)
            return [
                _kill(book, other, refusal if other is order else because, plan=plan, market=market)
                for (market, other), (_, plan) in zip(legs, plans, strict=True)
            ]
    for (market, order), (_, plan) in zip(legs, plans, strict=True):
        book.commit(market, order, plan)
    for mtu in dict.fromkeys(order.mtu for _, order in legs):
        book.try_blocked(book.state.period(mtu))
    for _, order in legs:
        book.try_waiting_beside(order)
    return [book.outcome_of(order) for _, order in legs]


def _plans(book: AreaBook, legs: Sequence[tuple[Market, RestingOrder]]) -> Iterator[tuple[Matcher, Plan]]:
    """Plan one after the other, each on the grid and the budget that those before leave."""
    views: dict[Mtu, GridView | None] = {}
    spent: dict[object, int] = {}
    shares: Shares = {}
    for market, order in legs:
        matcher = Matcher(book.state, market, book.state.period(order.mtu))
        resting = book.state.period(order.mtu).book(market.market_id, order.terms.product)
        day = market.market_id, book.state.local_day(order.mtu.start_s)
        begun = matcher.begin(order)
        begun.start = views.get(order.mtu, begun.start)
        begun.dnut_spent, begun.shares = spent.get(day, begun.dnut_spent), shares
        candidates = matcher.candidates(order, resting) if market.automatic_matching else ()
        plan = stop_at_collar(market, order, matcher.plan(order, candidates, begun))
        views[order.mtu], spent[day] = plan.view(), plan.dnut_spent
        yield matcher, plan


def _refuse_leg(matcher: Matcher, plan: Plan, order: RestingOrder) -> Rejection | None:
    if not plan.fills:
        return plan.stopped_by or matcher.refuse_not_whole(order, plan)
    return matcher.refuse_whole(order, plan)


def _kill(
    book: AreaBook, order: RestingOrder, reason: Rejection, *, plan: Plan | None = None, market: Market | None = None
) -> Outcome:
    """Kill an order of a basket that does not come about; what it passed over is told."""
    if plan is not None and market is not None:
        book.commit(market, order, plan, reason)
    book.close(order, OrderStatus.KILLED, KILLED, reason)
    return book.killed(order, reason)


def _because(refusal: Rejection | None, number: int, order: NewOrder | object) -> Rejection:
    """Return why another order of a basket stands against one."""
    assert refusal is not None
    return Rejection(
        refusal.code, "all orders of a basket match whole, or none does", field=f"orders[{number}]",
        element=getattr(order, "client_order_id", "")[:MAX_TEXT],
    )  # fmt: skip


def _misfits(book: AreaBook, wishes: Sequence[NewOrder]) -> Iterator[Rejection | None]:
    """Iterate over what keeps each order out of a basket."""
    books = [(wish.market_id, wish.product, wish.mtu) for wish in wishes]
    for number, wish in enumerate(wishes):
        field = f"orders[{number}]"
        market = book.state.registry.markets.get(wish.market_id)
        if len(wishes) > MAX_BASKET:
            yield Rejection(
                Code.TOO_MANY_ENTRIES, "a basket holds few orders", field="orders", value=len(wishes),
                limit=MAX_BASKET, unit="orders",
            )  # fmt: skip
        elif market is not None and market.area_id != book.state.area_id:
            rule = "a basket lies in one area, and so in one shard"
            yield Rejection(Code.CROSS_SHARD_BASKET, rule, field=f"{field}.market_id", element=market.area_id)
        elif wish.fill_rule is not FillRule.FILL_OR_KILL or wish.relief_targets or wish.exclusive_group:
            rule = "orders of a basket are fill-or-kill, without targets, and of no exclusive group"
            yield Rejection(Code.FIELD_MALFORMED, rule, field=f"{field}.fill_rule")
        elif market is not None and wish.mtu.length_s != market.mtu_length_s:
            rule = "orders of a basket are of single periods; an order over a span links its periods itself"
            yield Rejection(Code.FIELD_MALFORMED, rule, field=f"{field}.mtu", value=wish.mtu.length_s, unit="s")
        elif books[number] in books[:number]:
            rule = "orders of a basket are of one book each: market, product and period"
            yield Rejection(Code.FIELD_MALFORMED, rule, field=field, element=wish.market_id[:MAX_TEXT])
        else:
            yield None
