"""What events of sessions, stopped parties and hibernated orders do to the state."""

from __future__ import annotations

from flexbourse_orderbook.domain.orders import Order
from flexbourse_orderbook.domain.safeguards.events import KillSwitchSet, SessionKept
from flexbourse_orderbook.domain.state import AreaState


def keep_asleep(state: AreaState, terms: Order) -> None:
    """Keep an order out of every book, for its party to bring back."""
    state.hibernated[terms.order_id] = state.place(terms, state.period(terms.mtu))
    if terms.instructions is not None:
        state.safeguards.timed.add(terms, state.orders, state.hibernated)


def session_kept(state: AreaState, event: SessionKept) -> None:
    """Let a session stand, or end."""
    state.safeguards.keep(event)


def kill_switch(state: AreaState, event: KillSwitchSet) -> None:
    """Stop a participant, or release him."""
    state.safeguards.set(event)
