"""Blocks of call auctions: orders of several periods that enter, change and leave as one.

Each period of a block is an order of its own, which takes room in its position and in its party's collateral like any
other. The orders of a block know each other by the number of the first one: their numbers follow each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.auctions.terms import MAX_BLOCKS, refuse_line
from flexbourse_orderbook.domain.entry.admission import refuse
from flexbourse_orderbook.domain.entry.application import apply_for
from flexbourse_orderbook.domain.events import OrderReplaced
from flexbourse_orderbook.domain.orders import MAX_TEXT, NewOrder, OrderStatus
from flexbourse_orderbook.domain.phases.table import Action
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.replacement import (
    Replacement,
    collateral_replaced,
    keeps_its_place,
    refuse_change,
    refuse_replacement,
    replaced,
    wish_of,
)
from flexbourse_orderbook.domain.state import AreaState

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook
    from flexbourse_orderbook.domain.outcome import Outcome

# Periods of one block: a day of quarter-hours, also the longest.
MAX_LEGS = 100
NOT_WHOLE = "its block does not enter whole"


def orders_of_block(state: AreaState, order: RestingOrder) -> list[RestingOrder]:
    """Return the open orders of an order's block by their number, itself alone where it is of none."""
    first, size = order.terms.block_sequence, order.terms.block_size
    if not first:
        return [order]
    names = (f"{state.area_id}.{number}" for number in range(first, first + size))
    return [found for name in names if (found := state.orders.get(name)) is not None]


def submit_block(book: AreaBook, party: str, wishes: Sequence[NewOrder]) -> list[Outcome]:
    """Let all orders of a block enter, or none."""
    misfit = _misfit(book, wishes)
    if misfit is not None:
        return [book.refuse(party, wish, misfit) for wish in wishes]
    first, entered = book.state.order_sequence + 1, list[RestingOrder]()
    for number, wish in enumerate(wishes):
        application = apply_for(book.state, party, wish)
        refusal = refuse(application)
        if refusal is not None:
            others = replace(refusal, rule=f"all of a block enters, or nothing: {refusal.rule}", headroom_w=None)
            for order in entered:
                book.close(order, OrderStatus.KILLED, NOT_WHOLE, others)
            killed = [book.killed(order, others) for order in entered]
            rest = [book.refuse(party, later, others) for later in wishes[number + 1 :]]
            return [*killed, book.refuse(party, wish, refusal), *rest]
        entered.append(book.admit(application, block=(first, len(wishes))))
    return [book.outcome_of(order) for order in entered]


def cancel_others(book: AreaBook, order: RestingOrder) -> None:
    """Cancel the rest of the block of an order that was cancelled."""
    for other in orders_of_block(book.state, order):
        if other is not order:
            book.close(other, OrderStatus.CANCELLED, "cancelled with its block")


def replace_in_auction(book: AreaBook, order: RestingOrder, change: Replacement) -> Rejection | None:
    """Change the quantity of an order for auctions and the price of its whole block; returns what stands against it."""
    state = book.state
    changes = [(each, change if each is order else _repriced(each, change)) for each in orders_of_block(state, order)]
    for each, own in changes:
        refusal = (
            refuse_change(state, each, Action.REPLACE)
            or refuse_replacement(state, each, own)
            or _line(state, each, own)
        )
        if refusal is not None:
            return refusal
    refusal = _refuse_uncovered(state, changes)
    if refusal is None:
        for each, own in changes:
            book.emit(OrderReplaced(replaced(state, each, own, keeps=keeps_its_place(each, own))))
    return refusal


def _repriced(order: RestingOrder, change: Replacement) -> Replacement:
    return Replacement(order.terms.order_id, order.open_w, change.limit_price_ticks, order.terms.revision)


def _line(state: AreaState, order: RestingOrder, change: Replacement) -> Rejection | None:
    terms = order.value()
    wish = replace(wish_of(terms), limit_price_ticks=change.limit_price_ticks)
    return refuse_line(wish, state.market_of(terms.market_id, terms.mtu))


def _refuse_uncovered(state: AreaState, changes: Sequence[tuple[RestingOrder, Replacement]]) -> Rejection | None:
    """Return that the changes of a block together do not fit into the allotment, or None."""
    party, held = changes[0][0].terms.party, state.collateral
    needed = [
        collateral_replaced(state, order, change, keeps=keeps_its_place(order, change)) for order, change in changes
    ]
    more = sum(needed) - sum(order.collateral_micro_euro for order, _ in changes)
    if more <= 0 or held.used(party) + more <= held.limit(party):
        return None
    return Rejection(
        Code.COLLATERAL_INSUFFICIENT, "what orders and unsettled matches may cost fits into the party's allotment",
        field="limit_price_ticks", element=party, value=held.used(party) + more, limit=held.limit(party),
        unit="micro-euro",
    )  # fmt: skip


def _misfit(book: AreaBook, wishes: Sequence[NewOrder]) -> Rejection | None:
    """Return why orders are no block, or None."""
    if len(wishes) > MAX_LEGS:
        return Rejection(
            Code.TOO_MANY_ENTRIES, "a block has few periods", field="orders", value=len(wishes), limit=MAX_LEGS,
            unit="orders",
        )  # fmt: skip
    first = wishes[0]
    terms = first.auction
    if terms is None or terms.end_price_ticks is not None:
        rule = "orders of a block have the terms of one"
        return Rejection(Code.FIELD_MISSING, rule, field="orders[0].auction", element=first.market_id[:MAX_TEXT])
    for number, wish in enumerate(wishes):
        alike = replace(first, client_order_id=wish.client_order_id, mtu=wish.mtu, quantity_w=wish.quantity_w)
        if wish != alike:
            rule = "orders of a block are alike but for id, period and quantity"
            return Rejection(Code.FIELD_MALFORMED, rule, field=f"orders[{number}]")
    if len({wish.mtu for wish in wishes}) != len(wishes):
        return Rejection(Code.FIELD_MALFORMED, "a block has one power per period", field="orders")
    waiting = len(book.state.open_blocks.get(first.market_id, ()))  # no block goes on behind its auction
    if waiting >= MAX_BLOCKS:
        return Rejection(
            Code.BOOK_FULL, "the blocks that wait for auctions of a market are bounded", field="orders",
            element=first.market_id[:MAX_TEXT], value=waiting, limit=MAX_BLOCKS, unit="blocks",
        )  # fmt: skip
    return None
