"""Messages to and from the domain: bound and compared at import, by hand where the shapes differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.claims.headroom import Headroom, HeadroomMoved
from flexbourse_activation.domain.network.coordination import CoordinationModel, CoordinationRules, Verdict
from flexbourse_activation.domain.network.effects import EffectsSet
from flexbourse_activation.domain.network.interface import InterfaceReported, InterfaceValueKind
from flexbourse_activation.domain.network.network_effects import EffectsComputed, FlowsTurned
from flexbourse_activation.domain.objects import (
    Activation,
    Claim,
    Need,
    NeedTerms,
    Offer,
    OfferTerms,
    Reservation,
    ReservationBid,
    ReservationBidTerms,
    ReservationCall,
    ReservationCallTerms,
    ReservationTerms,
    UnitTotal,
)
from flexbourse_activation.domain.terms import Claimant, Direction, Purpose
from flexbourse_core.rejection import Rejection
from flexbourse_messages.binding import Binding
from flexbourse_messages.rejections import rejection_from_message, rejection_to_message

ACTIVATION = Binding(Activation, pb.Activation)
CLAIM = Binding(Claim, pb.Claim)
NEED = Binding(Need, pb.Need)
OFFER = Binding(Offer, pb.Offer)
RESERVATION = Binding(Reservation, pb.Reservation)
CALL = Binding(ReservationCall, pb.ReservationCall)
BID = Binding(ReservationBid, pb.ReservationBid)
COMPUTED = Binding(EffectsComputed, pb.EffectsComputed)
TURNED = Binding(FlowsTurned, pb.FlowsTurned)
HEADROOM = Binding(Headroom, pb.Headroom)
UNIT_TOTAL = Binding(UnitTotal, pb.UnitTotal)
RULES = Binding(CoordinationRules, pb.CoordinationRules)
EFFECTS_SET = Binding(EffectsSet, pb.EffectsSet)
REPORTED = Binding(InterfaceReported, pb.InterfaceReported)
OVER = Binding(e.WindowsOver, pb.WindowsOver)


def _lenient(kind: type[IntEnum]) -> tuple[Callable[[Any], int], Callable[[int], Any]]:
    """Return the conversion of an enumeration from outside: a number that is not known here counts as unspecified."""
    known = {int(entry): entry for entry in kind}
    return int, lambda value: known.get(value, known[0])


_FROM_OUTSIDE = {
    kind: _lenient(kind) for kind in (Direction, Claimant, Purpose, CoordinationModel, Verdict, InterfaceValueKind)
}

_GIVEN = {Rejection: (rejection_to_message, rejection_from_message)}

# Field of `ActivationCommand` → binding of what it holds.
_COMMANDS: Mapping[str, Binding[Any, Any]] = {
    "offer": Binding(OfferTerms, pb.OfferTerms, _FROM_OUTSIDE),
    "withdraw_offer": Binding(c.WithdrawOffer, pb.WithdrawOffer),
    "reserve": Binding(ReservationTerms, pb.ReservationTerms, _FROM_OUTSIDE),
    "call_reservations": Binding(ReservationCallTerms, pb.ReservationCallTerms, _FROM_OUTSIDE),
    "bid_reservation": Binding(ReservationBidTerms, pb.ReservationBidTerms),
    "withdraw_reservation_bid": Binding(c.WithdrawReservationBid, pb.WithdrawReservationBid),
    "release_reservation": Binding(c.ReleaseReservation, pb.ReleaseReservation),
    "state_need": Binding(NeedTerms, pb.NeedTerms, _FROM_OUTSIDE),
    "withdraw_need": Binding(c.WithdrawNeed, pb.WithdrawNeed),
    "activate": Binding(c.ActivationTerms, pb.ActivationTerms, _FROM_OUTSIDE),
    "end_activation": Binding(c.EndActivation, pb.EndActivation),
    "acknowledge": Binding(c.AcknowledgeOrder, pb.AcknowledgeOrder),
    "confirm": Binding(c.ConfirmDelivery, pb.ConfirmDelivery),
    "claim": Binding(c.ClaimTerms, pb.ClaimTerms, _FROM_OUTSIDE),
    "reduce_claim": Binding(c.ReduceClaim, pb.ReduceClaim),
    "override": Binding(c.OverrideTerms, pb.OverrideTerms, _FROM_OUTSIDE),
    "set_effects": Binding(c.SetEffects, pb.SetEffects),
    "set_coordination": Binding(c.SetCoordination, pb.SetCoordination, _FROM_OUTSIDE),
    "report_interface": Binding(c.ReportInterface, pb.ReportInterface, _FROM_OUTSIDE),
}

# Field of `ActivationEvent` → binding of what it holds.
_EVENTS: Mapping[str, Binding[Any, Any]] = {
    "offer_placed": Binding(e.OfferPlaced, pb.OfferPlaced),
    "offer_withdrawn": Binding(e.OfferWithdrawn, pb.OfferWithdrawn),
    "claim_made": Binding(e.ClaimMade, pb.ClaimMade),
    "claim_reduced": Binding(e.ClaimReduced, pb.ClaimReduced),
    "claim_denied": Binding(e.ClaimDenied, pb.ClaimDenied),
    "reserved": Binding(e.Reserved, pb.Reserved),
    "reservation_moved": Binding(e.ReservationMoved, pb.ReservationMoved),
    "reservation_called": Binding(e.ReservationCalled, pb.ReservationCalled),
    "reservation_bid_placed": Binding(e.ReservationBidPlaced, pb.ReservationBidPlaced),
    "reservation_bid_withdrawn": Binding(e.ReservationBidWithdrawn, pb.ReservationBidWithdrawn),
    "reservation_call_cleared": Binding(e.ReservationCallCleared, pb.ReservationCallCleared),
    "need_stated": Binding(e.NeedStated, pb.NeedStated),
    "need_ended": Binding(e.NeedEnded, pb.NeedEnded),
    "need_served": Binding(e.NeedServed, pb.NeedServed),
    "need_uncovered": Binding(e.NeedUncovered, pb.NeedUncovered),
    "requested": Binding(e.ActivationRequested, pb.ActivationRequested),
    "moved": Binding(e.ActivationMoved, pb.ActivationMoved, _GIVEN),
    "order_issued": Binding(e.OrderIssued, pb.OrderIssued),
    "overridden": Binding(e.ContractOverridden, pb.ContractOverridden),
    "effects_set": EFFECTS_SET,
    "effects_computed": COMPUTED,
    "flows_turned": TURNED,
    "coordination_set": Binding(e.CoordinationSet, pb.CoordinationSet),
    "interface_reported": REPORTED,
    "windows_over": OVER,
    "headroom_moved": Binding(HeadroomMoved, pb.HeadroomMoved, _GIVEN),
    "instruction_denied": Binding(e.InstructionDenied, pb.InstructionDenied, _GIVEN),
}
_FIELD_OF = {binding.domain: field for field, binding in _EVENTS.items()}

for _bound, _message in ((_EVENTS, pb.ActivationEvent), (_COMMANDS, pb.ActivationCommand)):
    _fields = {field.name for field in _message.DESCRIPTOR.oneofs[0].fields}
    if set(_bound) != _fields:
        raise TypeError(f"{_message.DESCRIPTOR.full_name} and the domain differ in {set(_bound) ^ _fields}")


def command_from_message(message: pb.ActivationCommand) -> c.Command | None:
    """Return what a command says; None where it says nothing."""
    field = message.WhichOneof("body")
    if field is None:
        return None
    command: c.Command = _COMMANDS[field].decode(getattr(message, field))
    return command


def event_to_message(event: e.Event) -> pb.ActivationEvent:
    """Return the journal record of an event."""
    field = _FIELD_OF[type(event)]
    return pb.ActivationEvent(**{field: _EVENTS[field].encode(event)})


def event_from_message(message: pb.ActivationEvent) -> e.Event:
    """Return the event of a journal record."""
    field = message.WhichOneof("event")
    event: e.Event = _EVENTS[field].decode(getattr(message, field))
    return event
