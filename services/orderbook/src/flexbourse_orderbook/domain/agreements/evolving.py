"""What events of agreements do to the state."""

from __future__ import annotations

from flexbourse_core.values import replace
from flexbourse_orderbook.domain.agreements.agreed import AgreementConfirmed, AgreementEnded, AgreementProposed
from flexbourse_orderbook.domain.events import TradeExecuted
from flexbourse_orderbook.domain.state import AreaState, Period


def proposed(state: AreaState, event: AgreementProposed) -> None:
    """Keep an agreement until it ends."""
    state.agreements.put(event.agreement)


def confirmed(state: AreaState, event: AgreementConfirmed) -> None:
    """Wait for one party less."""
    agreement = state.agreements.open[event.agreement_id]
    awaited = tuple(party for party in agreement.awaited if party != event.party)
    state.agreements.put(replace(agreement, awaited=awaited))


def ended(state: AreaState, event: AgreementEnded) -> None:
    """Forget an agreement."""
    del state.agreements.open[event.agreement_id]


def trade(period: Period, event: TradeExecuted) -> None:
    """Count an agreed trade in the positions of its sides; no order has part in it."""
    for side, sold in ((event.seller, True), (event.buyer, False)):
        if side.metering_point_id:
            moves = (side.moved_w > 0) - (side.moved_w < 0)
            period.positions[side.metering_point_id].accept(moves, event.quantity_w, sold=sold)
