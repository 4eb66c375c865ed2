"""A new topology in the running market: reservations and accepted trades are looked at again, period by period.

Reservations that no longer fit are given up, but for external orders, whose holders are told (`held_headroom`).
Accepted trades that no longer fit are not touched: the cheapest set of reductions that makes them fit is proposed, and
carried out when the area's operator confirms it on the very state it was made for. A proposal that the state has
overtaken is withdrawn, and made again where it is still needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.flexibility.calls import TOPOLOGY, give_back
from flexbourse_orderbook.domain.grid import curtailment_events as c
from flexbourse_orderbook.domain.grid.curtailment import propose
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved
from flexbourse_orderbook.domain.headroom.still_fitting import CURTAILMENT, held_to_give_up, tell_shortages
from flexbourse_orderbook.domain.registry_state import Role
from flexbourse_orderbook.domain.settling import operating_point
from flexbourse_orderbook.domain.state import AreaState, Period, has_topology_due

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Decision:
    """What an operator decides on a proposal."""

    proposal_id: str
    confirm: bool
    reason: str


def recheck_topologies(book: AreaBook) -> None:
    """Look again at every period whose topology changed, or whose proposal was overtaken, once its grid is known."""
    for mtu in sorted(book.state.periods):
        period = book.state.periods[mtu]
        if period.grid.missing():
            continue
        overtaken = period.proposal is not None and not _still_stands(period, period.proposal)
        if overtaken or has_topology_due(period):
            _recheck(book, period)


def renew_proposals(book: AreaBook, mtus: Iterable[Mtu]) -> None:
    """Make proposals again whose periods have other capacity limits now; trades that had to give nothing still do."""
    for mtu in sorted(mtus):
        period = book.state.periods.get(mtu)
        if period is not None and period.proposal is not None and not period.grid.missing():
            _recheck(book, period)


def _recheck(book: AreaBook, period: Period) -> None:
    state, area = book.state, period.grid.area
    assert area is not None  # nothing is missing
    for held in held_to_give_up(state, period.grid):
        if isinstance(held, HeadroomReserved):
            book.settle_reservation(held.reservation.reservation_id, TOPOLOGY)
        else:
            give_back(book, period, held, TOPOLOGY)
    following = propose(state, period)
    if period.proposal is not None:
        _withdraw(book, period.proposal, "superseded" if following is not None else "fits")
    book.emit(c.TopologyRechecked(state.area_id, period.mtu, area.version, fits=following is None))
    if following is not None:
        book.emit(following)


def _still_stands(period: Period, proposal: c.CurtailmentProposed) -> bool:
    grid = period.grid
    return (
        grid.area is not None
        and grid.base is not None
        and (grid.area.version, grid.base.version, grid.sequence)
        == (proposal.topology_version, proposal.base_case_version, proposal.operating_point_sequence)
    )


def decide(book: AreaBook, party: str, decision: Decision) -> Rejection | None:
    """Carry a proposal out or give it up; returns why not."""
    state = book.state
    refusal = _refuse_party(state, party) or _refuse_reason(decision)
    if refusal is not None:
        return refusal
    period = next((p for p in state.periods.values() if _is(p.proposal, decision.proposal_id)), None)
    proposal = period.proposal if period is not None else None
    if period is None or proposal is None or not _still_stands(period, proposal):
        return Rejection(
            Code.PROPOSAL_UNKNOWN, "a proposal is decided on the state that it was made for", field="proposal_id",
            element=decision.proposal_id[:MAX_REASON],
        )  # fmt: skip
    if decision.confirm:
        _carry_out(book, period, proposal, decision.reason)
    else:
        _withdraw(book, proposal, "rejected")
    return None


def _is(proposal: c.CurtailmentProposed | None, proposal_id: str) -> bool:
    return proposal is not None and proposal.proposal_id == proposal_id


def _carry_out(book: AreaBook, period: Period, proposal: c.CurtailmentProposed, reason: str) -> None:
    state = book.state
    moved: dict[int, int] = {}
    for taken in proposal.curtailments:
        trade = period.moving_trades[taken.trade_id]
        for side in trade.sides:
            if side.moves:
                node = state.node(side.node_id)
                moved[node] = moved.get(node, 0) - side.moves * taken.quantity_w
        book.emit(
            c.TradeCurtailed(
                proposal.proposal_id, state.area_id, trade.market_id, period.mtu, taken,
                trade.seller.metering_point_id, trade.buyer.metering_point_id, state.now.at_ms, reason,
            )
        )  # fmt: skip
    nodes = tuple(moved)
    book.emit(operating_point(state, period.grid, nodes, tuple(moved.values()), (0,) * len(nodes)))
    book.revise_potential(period)
    _recheck(book, period)  # nobody has to take it on trust that it fits now
    tell_shortages(book, {period.mtu: CURTAILMENT})


def _withdraw(book: AreaBook, proposal: c.CurtailmentProposed, reason: str) -> None:
    book.emit(
        c.CurtailmentWithdrawn(proposal.proposal_id, proposal.area_id, proposal.mtu, reason, proposal.operator_id)
    )


def _refuse_reason(decision: Decision) -> Rejection | None:
    if len(decision.reason) <= MAX_REASON:
        return None
    return Rejection(
        Code.FIELD_OUT_OF_RANGE, "a reason is of bounded length", field="reason", value=len(decision.reason),
        limit=MAX_REASON, unit="characters",
    )  # fmt: skip


def _refuse_party(state: AreaState, party: str) -> Rejection | None:
    area = state.registry.areas.get(state.area_id)
    is_dso = area is not None and area.dso_id == party and state.registry.has_role(party, Role.DSO)
    if is_dso or state.registry.has_role(party, Role.MARKET_OPERATOR):
        return None
    return Rejection(Code.NOT_AUTHORISED, "the area's DSO or the market operator curtails trades", element=party)
