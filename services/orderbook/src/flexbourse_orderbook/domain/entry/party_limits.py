"""What a party's own state and its order's end say against an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.entry.activity import limits_parties
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.state import AreaState

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.entry.application import Application


def party_is_not_stopped(a: Application) -> Rejection | None:
    """Nobody has stopped the party, and the session that the order names stands."""
    stopped = a.state.safeguards.stopped.get(a.party)
    if stopped is not None:
        return Rejection(Code.PARTY_STOPPED, f"a stopped party enters no order: {stopped.reason}", element=a.party)
    session_id = a.order.instructions.session_id if a.order.instructions is not None else ""
    if not session_id or (a.party, session_id) in a.state.safeguards.sessions:
        return None
    return Rejection(
        Code.SESSION_NOT_OPEN, "an order names an open session of its party", field="instructions.session_id",
        element=session_id,
    )  # fmt: skip


def is_valid_for_a_while(a: Application) -> Rejection | None:
    """An order with an end of its own ends later than now."""
    until_ms, now_ms = a.order.instructions.valid_until_ms if a.order.instructions else 0, a.state.now.at_ms
    if until_ms == 0 or until_ms > now_ms:
        return None
    return Rejection(
        Code.FIELD_OUT_OF_RANGE, "an order expires later than now", field="instructions.valid_until_ms",
        value=until_ms, limit=now_ms, unit="ms",
    )  # fmt: skip


def party_does_not_too_much(a: Application) -> Rejection | None:
    """Open orders, pace and ratio of the party stay within what the market takes of one."""
    assert a.market is not None
    return refuse_too_much(a.state, a.market, a.party, enters=True)


def refuse_too_much(state: AreaState, market: Market, party: str, *, enters: bool) -> Rejection | None:
    """Return why a market takes no further order of a party, or no change of one, or None."""
    if not limits_parties(market):
        return None
    return state.activity.refuse(party, market, state.now.at_ms, state.today(), enters=enters)
