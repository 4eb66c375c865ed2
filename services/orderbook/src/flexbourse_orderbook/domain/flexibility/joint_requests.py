"""Requests of an operator for several periods that are decided as one.

They are admitted all or none; what each would buy is looked at before anything is bought; and where they are
fill-or-kill, all of it is bought if every target of every period is reached, and nothing if one is missed. Offers are
of one period each, so the cheapest set over all periods is the cheapest set of every period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.entry.admission import refuse
from flexbourse_orderbook.domain.entry.application import Application, apply_for
from flexbourse_orderbook.domain.groups.exclusive_groups import Shares
from flexbourse_orderbook.domain.orders import MAX_TEXT, Basis, NewOrder

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook
    from flexbourse_orderbook.domain.outcome import Outcome

# Every period's set is an optimisation in the shard's thread.
MAX_PERIODS = 16


def submit_together(book: AreaBook, party: str, wishes: Sequence[NewOrder]) -> list[Outcome]:
    """Admit requests and decide them as one, or refuse them all."""
    applications = [apply_for(book.state, party, wish) for wish in wishes]
    found = [
        misfit or refuse(application)
        for misfit, application in zip(_misfits(applications), applications, strict=True)
    ]  # fmt: skip
    first = next((number for number, refusal in enumerate(found) if refusal is not None), None)
    if first is not None:
        because = found[first]
        assert because is not None
        others = Rejection(
            because.code, "requests that are decided together are admitted all or none", field=f"orders[{first}]",
            element=wishes[first].client_order_id[:MAX_TEXT],
        )  # fmt: skip
        return [book.refuse(party, wish, refusal or others) for wish, refusal in zip(wishes, found, strict=True)]
    return _decide(book, applications)


def _decide(book: AreaBook, applications: Sequence[Application]) -> list[Outcome]:
    market = applications[0].market
    assert market is not None
    orders = [book.admit(application) for application in applications]
    shares: Shares = {}
    planned = [(order, *book.plan(market, order, shares)) for order in orders]
    refusals = [matcher.refuse_whole(order, plan) for order, matcher, plan in planned]
    spoiled = next((refusal for refusal in refusals if refusal is not None), None)
    return [
        book.carry_out(market, order, plan, application.order, refusal or spoiled)
        for application, (order, _, plan), refusal in zip(applications, planned, refusals, strict=True)
    ]


def _misfits(applications: Sequence[Application]) -> Iterator[Rejection | None]:
    """Iterate over what keeps each order out of requests that are decided together."""
    first = applications[0].order
    starts = [application.order.mtu for application in applications]
    for number, application in enumerate(applications):
        order, field = application.order, f"orders[{number}]"
        if len(applications) > MAX_PERIODS:
            yield Rejection(
                Code.TOO_MANY_ENTRIES, "requests that are decided together are of few periods", field="orders",
                value=len(applications), limit=MAX_PERIODS, unit="periods",
            )  # fmt: skip
        elif application.basis is not Basis.OPERATOR_REQUEST or not order.relief_targets:
            rule = "an operator's requests with targets can be decided together"
            yield Rejection(Code.FIELD_MALFORMED, rule, field=f"{field}.relief_targets")
        elif (order.market_id, order.product, order.fill_rule) != (first.market_id, first.product, first.fill_rule):
            rule = "requests that are decided together share market, product and fill rule"
            yield Rejection(Code.FIELD_MALFORMED, rule, field=field, element=order.market_id[:MAX_TEXT])
        elif order.mtu in starts[:number]:
            rule = "requests that are decided together are of one period each"
            yield Rejection(Code.FIELD_MALFORMED, rule, field=f"{field}.mtu", value=order.mtu.start_s, unit="s")
        else:
            yield None
