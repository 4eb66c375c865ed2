"""What events of headroom do to the state: it is held, comes, is given up, and ends."""

from __future__ import annotations

from flexbourse_core.values import replace
from flexbourse_orderbook.domain.headroom import events as h
from flexbourse_orderbook.domain.state import AreaState, Period


def reserved(state: AreaState, event: h.HeadroomReserved) -> None:
    """Hold headroom of a period, also of one that has no book yet."""
    name = event.reservation.reservation_id
    state.reservations[name] = event
    if state.is_past(event.reservation.mtu):
        return
    period = state.make_period(event.reservation.mtu)
    if event.gate is not None:
        period.rechecked_version = max(period.rechecked_version, event.gate.topology_version)
    period.grid.held[name] = event
    period.grid.held_changed()


def filled(state: AreaState, event: h.HeadroomFilled) -> None:
    """Let a part of what is held have come."""
    _leave(state, event)


def reduced(state: AreaState, event: h.HeadroomReduced) -> None:
    """Let a part of what is held be given up."""
    period = _leave(state, event)
    if period is not None:
        _room_came(period)


def _leave(state: AreaState, event: h.HeadroomFilled | h.HeadroomReduced) -> Period | None:
    """Keep what is left of a reservation; returns its period, None where that ended before."""
    held = state.reservations[event.reservation_id]
    left = replace(held, reservation=replace(held.reservation, changes=event.left))
    state.reservations[event.reservation_id] = left
    period = state.periods.get(left.reservation.mtu)
    if period is not None:
        period.grid.held[event.reservation_id] = left
        period.grid.held_changed()
    return period


def _room_came(period: Period) -> None:
    """Let all be tried that headroom stood against; who still lacks some is told again."""
    period.retry_due = True
    period.blocked.release()
    period.contested.clear()


def settled(state: AreaState, event: h.HeadroomSettled) -> None:
    """Let nothing be held any more."""
    reserved = state.reservations.pop(event.reservation_id)
    period = state.periods.get(reserved.reservation.mtu)
    if period is None:  # the period ended before its reservation
        return
    del period.grid.held[event.reservation_id]
    period.grid.held_changed()
    if event.confirmed:
        period.blocked.release()
    else:
        _room_came(period)
