"""What events of spread requests do to the state; what a pair takes off its request, its trade does."""

from __future__ import annotations

from flexbourse_orderbook.domain.spreads.events import SpreadEnded, SpreadRequested, SpreadsTried
from flexbourse_orderbook.domain.state import AreaState


def requested(state: AreaState, event: SpreadRequested) -> None:
    """Let a request wait."""
    period = state.period(event.mtu)
    period.use(event.party, event.client_request_id)
    period.spreads.put(event)


def ended(state: AreaState, event: SpreadEnded) -> None:
    """Forget a request."""
    state.period(event.mtu).spreads.end(event)


def tried(state: AreaState, event: SpreadsTried) -> None:
    """Note that requests were tried with all that had come."""
    state.period(event.mtu).spreads.due = False
