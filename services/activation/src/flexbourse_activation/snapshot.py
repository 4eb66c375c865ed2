"""The state of an area in canonical messages, and back."""

from __future__ import annotations

from flexbourse.activation.v1 import snapshot_pb2
from flexbourse_activation import wire
from flexbourse_activation.domain.network.coordination import DEFAULT
from flexbourse_activation.domain.network.interface import key_of
from flexbourse_activation.domain.network.network_effects import FlowsTurned
from flexbourse_activation.domain.state import AreaState

FORMAT = 1


def area_to_snapshot(state: AreaState) -> snapshot_pb2.ActivationArea:
    """Return a state; equal states give equal messages. Offers and claims stand in the order of their arrival."""
    guard = state.guard
    has_rules = bool(state.preset) or state.rules != DEFAULT
    return snapshot_pb2.ActivationArea(
        area_id=state.area_id,
        rules=snapshot_pb2.AreaRules(preset=state.preset, rules=wire.RULES.encode(state.rules)) if has_rules else None,
        effects=wire.EFFECTS_SET.encode(state.effects_set) if state.effects_set else None,
        offers=[wire.OFFER.encode(offer) for offer in guard.offers.values()],
        claims=[wire.CLAIM.encode(claim) for claim in guard.claims.values()],
        totals=[wire.UNIT_TOTAL.encode(total) for _, total in sorted(guard.totals.items())],
        reservations=[wire.RESERVATION.encode(own) for _, own in sorted(state.reservations.items())],
        reservation_calls=[wire.CALL.encode(own) for _, own in sorted(state.calls.items())],
        reservation_bids=[wire.BID.encode(own) for call_id in sorted(state.calls) for own in state.bids_in(call_id)],
        needs=[wire.NEED.encode(own) for _, own in sorted(state.needs.items())],
        activations=[wire.ACTIVATION.encode(own) for _, own in sorted(state.activations.items())],
        interface_values=[wire.REPORTED.encode(own) for _, own in sorted(state.interface.items())],
        over=wire.OVER.encode(state.over) if state.over else None,
        headroom=[wire.HEADROOM.encode(own) for own in state.headroom.all()],
        headroom_number=state.headroom.number,
        computed=[wire.COMPUTED.encode(own) for own in state.network.computed.values()],
        turned=[wire.TURNED.encode(own) for own in _distinct(state)],
    )


def _distinct(state: AreaState) -> list[FlowsTurned]:
    """Return what is known of flows, once per period, by start."""
    found = {own.mtu: own for _, own in sorted(state.network.turned.items())}
    return list(found.values())


def restore_area(state: AreaState, message: snapshot_pb2.ActivationArea) -> None:
    """Fill an empty state from such a message."""
    if message.HasField("rules"):
        state.preset, state.rules = message.rules.preset, wire.RULES.decode(message.rules.rules)
    _restore_effects(state, message)
    totals = map(wire.UNIT_TOTAL.decode, message.totals)
    state.guard.totals = {(total.unit_id, total.mtu.start_s): total for total in totals}
    for offer in map(wire.OFFER.decode, message.offers):
        state.guard.put_offer(offer)
    for claim in map(wire.CLAIM.decode, message.claims):
        state.guard.put_claim(claim, ())
    if message.HasField("over"):
        state.over = wire.OVER.decode(message.over)
    for reservation in map(wire.RESERVATION.decode, message.reservations):
        state.put_reservation(reservation)
    for call in map(wire.CALL.decode, message.reservation_calls):
        state.put_call(call)
    state.bids = {own.terms.bid_id: own for own in map(wire.BID.decode, message.reservation_bids)}
    for need in map(wire.NEED.decode, message.needs):
        state.put_need(need)
    for activation in map(wire.ACTIVATION.decode, message.activations):
        state.put_activation(activation)
    for headroom in map(wire.HEADROOM.decode, message.headroom):
        state.put_headroom(headroom)
    state.headroom.number = message.headroom_number
    state.interface = {key_of(own): own for own in map(wire.REPORTED.decode, message.interface_values)}


def _restore_effects(state: AreaState, message: snapshot_pb2.ActivationArea) -> None:
    if message.HasField("effects"):
        state.set_effects(wire.EFFECTS_SET.decode(message.effects))
    for computed in map(wire.COMPUTED.decode, message.computed):
        state.network.put(computed)
    for turned in map(wire.TURNED.decode, message.turned):
        state.network.turn(turned)
