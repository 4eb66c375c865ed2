"""Firm orders against headroom of external orders: who waits for it is told once, and first in line for what is freed.

A contest lasts from `HeadroomContested` until one of its orders leaves, or something else stands against the pair; when
headroom is given up all contests of the period begin anew, so that a holder hears that it was not enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.conditional import NOTHING, sides_as_calls
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.shortage import find_shortage
from flexbourse_orderbook.domain.headroom.events import HeadroomContested, HeadroomReserved
from flexbourse_orderbook.domain.headroom.external_orders import is_external
from flexbourse_orderbook.domain.orders import FillRule, OrderStatus
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook
    from flexbourse_orderbook.domain.matching_plan import Plan

# Contests of one period that holders are told of; further orders wait as well, and are told of when others are settled.
MAX_CONTESTED = 64


@dataclass(frozen=True, slots=True)
class Contest:
    """What a pair lacks at a view because external orders hold it: `lacks` W, and what they and what fits would move.

    `either_side` tells whether it must fit with a side missing too; `mtu` is the period, of a span's order.
    """

    view: GridView
    element_id: str
    lacks_w: int
    lacking: Change
    whole: Change
    either_side: bool
    mtu: Mtu | None = None


def pending(reason: Rejection) -> Rejection:
    """Return the refusal of a match that the grid would take but for external orders."""
    return Rejection(
        Code.HEADROOM_PENDING, "a firm order waits until external orders that hold the headroom are withdrawn",
        element=reason.element, value=reason.value, limit=reason.limit, unit=reason.unit, headroom_w=reason.headroom_w,
    )  # fmt: skip


def tell_contest(book: AreaBook, order: RestingOrder, plan: Plan) -> None:
    """Tell the holders of headroom, once, that an order that rests now would match but for external orders."""
    for step in plan.steps:
        if step.contest is not None:
            resting, contest = step.resting, step.contest
            break
    else:
        return
    if order.status is not OrderStatus.ACTIVE or order.terms.fill_rule is not FillRule.NORMAL:
        return
    period = book.state.period(contest.mtu or order.mtu)
    if order.terms.order_id in period.contested:
        return
    if resting.status is OrderStatus.ACTIVE and len(period.contested) < MAX_CONTESTED:
        book.emit(_event(period, order, resting, contest, book.state.area_id))


def _event(
    period: Period, order: RestingOrder, resting: RestingOrder, contest: Contest, area_id: str
) -> HeadroomContested:
    view = contest.view
    change, calls = contest.whole, list(view.held.calls)
    if contest.either_side:
        change, calls = NOTHING, [*calls, *sides_as_calls(contest.whole, "sides of the order")]
    short = find_shortage(view.gatekeeper.gate().lifted, view.schedule, calls, change=change, in_part=True)
    ids, lacking = view.topology.node_ids, contest.lacking
    return HeadroomContested(
        area_id=area_id,
        mtu=period.mtu,
        order_id=order.terms.order_id,
        quantity_w=contest.lacks_w,
        element_id=short.element_id if short is not None else contest.element_id,
        effect=tuple(
            NodeChange(ids[node], p_w, q_var)
            for node, p_w, q_var in zip(lacking.nodes, lacking.p_w, lacking.q_var, strict=True)
        ),
        resting_order_id=resting.terms.order_id,
        short=None if short is None else short.told(view.topology, external(period.grid.held.values())),
    )


def external(reservations: Iterable[HeadroomReserved]) -> list[HeadroomReserved]:
    """Return the reservations of external orders that are not executed yet."""
    return [reserved for reserved in reservations if is_external(reserved)]


Pair = tuple[RestingOrder, RestingOrder]


def contested_pairs(state: AreaState, period: Period) -> list[Pair]:
    """Return the pairs that wait for headroom of external orders, by time."""
    pairs = [
        (state.orders[contested.order_id], state.orders[contested.resting_order_id])
        for contested in period.contested.values()
    ]
    return sorted(pairs, key=lambda pair: pair[0].sequence)
