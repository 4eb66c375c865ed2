"""A trade is taken back: by the market operator, within the market's window, while its book has not closed.

Positions, operating point and the gate's accounts of limits and budgets go back to where they were without it; whether
the grid takes that is checked like any change, because others may have traded on the room that it made. The billed
tariff is refunded; what the potential really changes by is a revision, so the difference is the network account's. Its
orders stay filled. Of a match over a span all trades are taken back, or none. What a match took of collateral stays
taken until the period is settled. A trade with an operator's request, or of a call, was activated as it was made; one
that was curtailed has an amendment already: neither is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.events import TradeExecuted
from flexbourse_orderbook.domain.findings import GridEffect, Sparse
from flexbourse_orderbook.domain.grid.gate import refuse_whole
from flexbourse_orderbook.domain.operation.events import OperatorAction, TradeRecalled
from flexbourse_orderbook.domain.operation.operating import act, refuse_operator, refuse_reason
from flexbourse_orderbook.domain.orders import MAX_TEXT
from flexbourse_orderbook.domain.phases.table import Action, refuse_in_phase
from flexbourse_orderbook.domain.resting.levels import NO_NODE
from flexbourse_orderbook.domain.settling import operating_point
from flexbourse_orderbook.domain.state import AreaState, Period, has_topology_due

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook


@dataclass(frozen=True, slots=True)
class RecallTrade:
    """A trade that is to be taken back."""

    trade_id: str
    reason: str


def recall_trade(book: AreaBook, party: str, wish: RecallTrade) -> list[Rejection]:
    """Take a trade back; returns everything that stands against it."""
    state = book.state
    found = (refuse_operator(state, party, dso_may=False), refuse_reason(wish.reason))
    problems = [refusal for refusal in found if refusal is not None]
    period = next((p for p in state.periods.values() if wish.trade_id in p.recallable), None)
    if not problems and period is None:
        problems = [_over(wish.trade_id)]
    if problems or period is None:
        return problems
    trades = _together(state, period.recallable[wish.trade_id])
    if trades is None:
        return [_over(wish.trade_id)]
    parts = [(state.period(trade.mtu), trade, _reversed(state, trade)) for trade in trades]
    for part, trade, change in parts:
        refusal = _refuse(part, trade) or _refuse_change(state, part, trade, change)
        if refusal is not None:
            return [refusal]
    first = trades[0]
    act(book, party, OperatorAction.RECALL, wish.reason, first.market_id, first.span or first.mtu, wish.trade_id)
    for part, trade, change in parts:
        book.emit(_recalled(state, trade, party, wish.reason))
        if change.nodes:
            book.emit(operating_point(state, part.grid, change.nodes, change.p_w, change.q_var))
            book.revise_potential(part)
    return []


def _together(state: AreaState, trade: TradeExecuted) -> list[TradeExecuted] | None:
    """Return all trades of a match, of a span those of each period; None where one is no longer taken back."""
    if trade.span is None:
        return [trade]
    starts = range(trade.span.start_s, trade.span.end_s, trade.mtu.length_s)
    parts = (state.periods.get(Mtu(start, trade.mtu.length_s)) for start in starts)
    found = [
        own
        for part in parts
        for own in (part.recallable.values() if part is not None else ())
        if own.span_match_id == trade.span_match_id
    ]
    return found if len(found) == len(starts) else None


def _over(trade_id: str) -> Rejection:
    rule = "a trade is taken back within its market's window; what was called or relieves for an operator is not"
    return Rejection(Code.RECALL_WINDOW_OVER, rule, field="trade_id", element=trade_id[:MAX_TEXT])


def _refuse(period: Period, trade: TradeExecuted) -> Rejection | None:
    refusal = refuse_in_phase(period.phases.get(trade.market_id), Action.RECALL, trade.market_id)
    if refusal is not None:
        return refusal
    moving = period.moving_trades.get(trade.trade_id)
    moves = bool(trade.seller.moved_w or trade.buyer.moved_w)
    if moves and (moving is None or moving.quantity_w != trade.quantity_w):
        rule = "a trade is taken back whole; this one was curtailed"
        return Rejection(Code.TRADE_NOT_RECALLABLE, rule, field="trade_id", element=trade.trade_id)
    return None


def _reversed(state: AreaState, trade: TradeExecuted) -> Change:
    """Return what the grid does without the trade."""
    sides = [side for side in (trade.seller, trade.buyer) if side.moved_w or side.moved_var]
    nodes = tuple(state.node(side.node_id) for side in sides)
    return Change(nodes, tuple(-side.moved_w for side in sides), tuple(-side.moved_var for side in sides))


def _refuse_change(state: AreaState, period: Period, trade: TradeExecuted, change: Change) -> Rejection | None:
    """Return why the grid does not take what a recall moves, or None."""
    if not change.nodes:
        return None
    grid, effect = period.grid, trade.effect
    view = grid.view()
    assert effect is not None  # of every trade that moves something
    known = view is not None and not has_topology_due(period) and NO_NODE not in change.nodes
    if view is None or not known or view.topology_version != effect.topology_version:
        rule = "a trade is taken back on a known state of the grid, in the topology that it was made in"
        missing = grid.missing() or "topology"
        return Rejection(Code.GRID_STATE_MISSING, rule, field="trade_id", element=missing)
    if not state.market_of(trade.market_id, trade.mtu).gate_enabled:
        return None
    return refuse_whole(view.giving_back(_given_back(effect)), change)


def _given_back(effect: GridEffect) -> GridEffect:
    """Return an effect that takes off what another took from limits and budgets."""
    return replace(
        effect,
        weight_permille=-effect.weight_permille,
        loading_budget_micro_pct=_negative(effect.loading_budget_micro_pct),
        voltage_budget_npu=_negative(effect.voltage_budget_npu),
    )


def _negative(entries: Sparse) -> Sparse:
    return Sparse(entries.indices, tuple(-amount for amount in entries.amounts))


def _recalled(state: AreaState, trade: TradeExecuted, party: str, reason: str) -> TradeRecalled:
    return TradeRecalled(
        area_id=state.area_id,
        market_id=trade.market_id,
        mtu=trade.mtu,
        trade_id=trade.trade_id,
        product=trade.product,
        quantity_w=trade.quantity_w,
        seller_party=trade.seller.party,
        buyer_party=trade.buyer.party,
        amount_micro_euro=trade.amount_micro_euro,
        dnut_refund_micro_euro=trade.dnut_micro_euro,
        relief_refund_micro_euro=trade.relief_micro_euro,
        seller_metering_point_id=trade.seller.metering_point_id,
        buyer_metering_point_id=trade.buyer.metering_point_id,
        effect=None if trade.effect is None else _given_back(trade.effect),
        operator_id=party,
        reason=reason,
        recalled_at_ms=state.now.at_ms,
    )
