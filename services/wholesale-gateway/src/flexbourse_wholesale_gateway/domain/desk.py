"""The gateway at work: its state, and the events recorded since they were last taken.

Every change goes through an event, which is applied as it is recorded; so folding the events leads to the same state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.lots.exposure import Exposure, NodePower
from flexbourse_wholesale_gateway.domain.state import GatewayState, OrderFile


class Desk:
    """What decisions are made with."""

    def __init__(self, state: GatewayState, venue_id: str) -> None:
        self.state = state
        self.venue_id = venue_id
        self._events: list[e.Event] = []

    def record(self, event: e.Event) -> None:
        """Apply an event and keep it for the journal."""
        self.state.evolve(event)
        self._events.append(event)

    def take_events(self) -> list[e.Event]:
        """Return the events since the last time."""
        taken, self._events = self._events, []
        return taken

    def file(self, intent_id: str) -> OrderFile:
        """Return all about an order on the exchange."""
        return self.state.files[intent_id]

    def change(self, intent_id: str, steps: Sequence[x.Event]) -> None:
        """Record what happened to an order; nothing where nothing did."""
        kept = tuple(step for step in steps if isinstance(step, e.ExternalStep))
        if not kept:
            return
        order = self.file(intent_id).order
        for step in kept:
            order = x.evolve(order, step)
        self.record(e.ExternalChanged(intent_id, kept, order.stage, order.filled_w, order.open_w, self.state.now_ms))

    @property
    def next_request(self) -> str:
        """Return the id of the next request."""
        return f"request-{self.state.requests_made + 1}"


def confirm(desk: Desk, exposure: Exposure, shares: Mapping[str, int], result_id: str) -> None:
    """Let the area take what came of an exposure; the result bears by what that changes the network's potential."""
    for reservation_id in exposure.reservation_ids:
        confirm_part(desk, exposure, reservation_id, shares, result_id)


def confirm_part(
    desk: Desk, exposure: Exposure, reservation_id: str, shares: Mapping[str, int], result_id: str
) -> None:
    """Let the area take what came of one reservation of an exposure; nothing where that moves nothing."""
    changes = changes_of(exposure.power(shares))
    if changes:
        desk.record(e.RoomConfirmed(reservation_id, exposure.area_id, changes, result_id))


def changes_of(powers: Sequence[NodePower]) -> tuple[e.NodeChange, ...]:
    """Return changes of injection as headroom is asked for."""
    return tuple(e.NodeChange(power.node_id, power.power_w) for power in powers)


def release_room(desk: Desk, intent_id: str, reason: str) -> None:
    """Give back what an order that is out still holds, or asks for."""
    exposure = desk.state.exposures.exposures.get(intent_id)
    if exposure is None:
        return
    for name in exposure.reservation_ids:
        if name in desk.state.rooms:
            desk.record(e.RoomReleased(name, exposure.area_id, reason[:200]))
