"""Messages to and from the domain: bound and compared at import, by hand where the shapes differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from flexbourse.external.v1 import external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import snapshot_pb2 as kept
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_messages.binding import Binding
from flexbourse_messages.rejections import rejection_from_message, rejection_to_message
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain.auction_day.offering import DayAheadOffer
from flexbourse_wholesale_gateway.domain.day_ahead import state as a
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.reports import Status
from flexbourse_wholesale_gateway.domain.lots.leftovers import Leftover
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder, Member, Side
from flexbourse_wholesale_gateway.domain.results import ExternalResult


def _enumeration(kind: type[Enum], wire: Any, prefix: str) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return the conversions of an enumeration: its names are those on the wire behind a prefix."""
    numbers = {entry: wire.Value(prefix + entry.name) for entry in kind}
    entries = {number: entry for entry, number in numbers.items()}
    return numbers.__getitem__, entries.__getitem__


_GIVEN: Mapping[Any, Any] = {
    Side: _enumeration(Side, book.Side, "SIDE_"),
    x.Stage: _enumeration(x.Stage, pb.Stage, "STAGE_"),
    x.Step: _enumeration(x.Step, pb.Step, "STEP_"),
    x.OperationKind: _enumeration(x.OperationKind, pb.OperationKind, "OPERATION_KIND_"),
    x.Indication: _enumeration(x.Indication, pb.Indication, "INDICATION_"),
    Outcome: _enumeration(Outcome, pb.Outcome, "OUTCOME_"),
    Status: _enumeration(Status, pb.ReportStatus, "REPORT_STATUS_"),
    Rejection: (rejection_to_message, rejection_from_message),
}
RULES = Binding(e.ForwardingRules, pb.ForwardingRules)
TERMS = Binding(x.ExternalTerms, pb.ExternalTerms, _GIVEN)
OPERATION = Binding(x.Operation, pb.Operation, _GIVEN)
WATERMARK = Binding(x.Watermark, pb.Watermark)
RESERVATION = Binding(e.Reservation, book.ReserveHeadroom)
RESULT = Binding(ExternalResult, external_pb2.ExternalResult)
ORDER = Binding(ForwardableOrder, pb.ForwardableOrder, _GIVEN)
MEMBER = Binding(Member, kept.MemberSnapshot, _GIVEN)
LEFTOVER = Binding(Leftover, kept.LeftoverSnapshot, _GIVEN)
CURVE_WANTED = Binding(a.CurveWanted, pb.CurveWanted, _GIVEN)
CURVE_SENT = Binding(a.CurveSent, pb.CurveSent, _GIVEN)
CONNECTION = Binding(e.ConnectionChanged, pb.ConnectionChanged)
MARKET = Binding(e.MarketChanged, pb.MarketChanged)
STAGE = _GIVEN[x.Stage]


# Field of `ExternalStep` → binding of what it holds.
_STEPS: Mapping[str, Binding[Any, Any]] = {
    "moved": Binding(x.Moved, pb.Moved, _GIVEN),
    "id_given": Binding(x.IdGiven, pb.IdGiven),
    "seen": Binding(x.Seen, pb.Seen),
    "trade_counted": Binding(x.TradeCounted, pb.TradeCounted),
    "trade_recalled": Binding(x.TradeRecalled, pb.TradeRecalled),
    "operation_ended": Binding(x.OperationEnded, pb.OperationEnded),
    "end_seen": Binding(x.EndSeen, pb.EndSeen),
    "predecessor_ended": Binding(x.PredecessorEnded, pb.PredecessorEnded),
    "look_up_needed": Binding(x.LookUpNeeded, pb.LookUpNeeded),
    "looked_up": Binding(x.LookedUp, pb.LookedUp),
    "stray_found": Binding(x.StrayFound, pb.StrayFound),
}
_STEP_FIELD = {binding.domain: field for field, binding in _STEPS.items()}

# Field of `WholesaleEvent` → binding of what it holds; what happened to an order is written by hand.
_EVENTS: Mapping[str, Binding[Any, Any]] = {
    "rules_set": Binding(e.RulesSet, pb.RulesSet),
    "connection_changed": CONNECTION,
    "market_changed": MARKET,
    "released": Binding(e.LeftoverReleased, pb.LeftoverReleased),
    "withdrawn": Binding(e.LeftoverWithdrawn, pb.LeftoverWithdrawn),
    "wanted": Binding(e.ExternalWanted, pb.ExternalWanted, _GIVEN),
    "room_asked": Binding(e.RoomAsked, pb.RoomAsked),
    "room_held": Binding(e.RoomHeld, pb.RoomHeld),
    "room_confirmed": Binding(e.RoomConfirmed, pb.RoomConfirmed),
    "room_charged": Binding(e.RoomCharged, pb.RoomCharged),
    "room_released": Binding(e.RoomReleased, pb.RoomReleased),
    "room_denied": Binding(e.RoomDenied, pb.RoomDenied, _GIVEN),
    "withdrawal_wanted": Binding(e.WithdrawalWanted, pb.WithdrawalWanted),
    "entry_asked": Binding(e.EntryAsked, pb.EntryAsked, _GIVEN),
    "operation_sent": Binding(e.OperationSent, pb.OperationSent, _GIVEN),
    "stray_cancel_asked": Binding(e.StrayCancelAsked, pb.StrayCancelAsked),
    "look_up_asked": Binding(e.LookUpAsked, pb.LookUpAsked, _GIVEN),
    "request_ended": Binding(e.RequestEnded, pb.RequestEnded),
    "fill_split": Binding(e.FillSplit, pb.FillSplit),
    "ended": Binding(e.ExternalEnded, pb.ExternalEnded),
    "result": RESULT,
    "day_ahead_offered": Binding(a.DayAheadOffered, pb.DayAheadOffered, _GIVEN),
    "curve_wanted": CURVE_WANTED,
    "curve_moved": Binding(a.CurveMoved, pb.CurveMoved),
    "submission_asked": Binding(a.SubmissionAsked, pb.SubmissionAsked, _GIVEN),
    "awards_asked": Binding(a.AwardsAsked, pb.AwardsAsked),
    "curve_awarded": Binding(a.CurveAwarded, pb.CurveAwarded),
    "day_ahead_cancelled": Binding(a.DayAheadCancelled, pb.DayAheadCancelled),
    "award_beyond_room": Binding(a.AwardBeyondRoom, pb.AwardBeyondRoom, _GIVEN),
    "hibernation_wanted": Binding(e.HibernationWanted, pb.HibernationWanted),
    "area_rules_set": Binding(e.AreaRulesSet, pb.AreaRulesSet),
}
_FIELD_OF = {binding.domain: field for field, binding in _EVENTS.items()}

# Field of `WholesaleCommand` → binding of what effects and sources say.
_OWN: Mapping[str, Binding[Any, Any]] = {
    "record_answer": Binding(c.RecordAnswer, pb.RecordAnswer, _GIVEN),
    "record_look_up": Binding(c.RecordLookUp, pb.RecordLookUp, _GIVEN),
    "record_reports": Binding(c.RecordReports, pb.RecordReports, _GIVEN),
    "record_connection": Binding(c.RecordConnection, pb.RecordConnection),
    "record_market": Binding(c.RecordMarket, pb.RecordMarket),
    "record_submission": Binding(c.RecordSubmission, pb.RecordSubmission),
    "record_awards": Binding(c.RecordAwards, pb.RecordAwards),
}
_OWN_FIELD = {binding.domain: field for field, binding in _OWN.items()}
OF_PARTICIPANTS = frozenset(
    {"release", "withdraw", "set_rules", "offer_day_ahead", "cancel_day_ahead", "set_area_rules"}
)

for _bound, _message in (
    ({*_STEPS}, pb.ExternalStep),
    ({*_EVENTS, "changed"}, pb.WholesaleEvent),
    ({*_OWN, *OF_PARTICIPANTS}, pb.WholesaleCommand),
):
    _fields = {field.name for field in _message.DESCRIPTOR.oneofs[0].fields}
    if _bound != _fields:
        raise TypeError(f"{_message.DESCRIPTOR.full_name} and the domain differ in {_bound ^ _fields}")


def own_command_from_message(message: pb.WholesaleCommand) -> c.OwnCommand:
    """Return what an effect or source says; raises KeyError for a command of participants."""
    field = message.WhichOneof("body") or ""
    said: c.OwnCommand = _OWN[field].decode(getattr(message, field))
    return said


def own_command_to_message(said: c.OwnCommand) -> pb.WholesaleCommand:
    """Return the command of an effect or source."""
    field = _OWN_FIELD[type(said)]
    return pb.WholesaleCommand(**{field: _OWN[field].encode(said)})


def offers_from_message(message: pb.OfferDayAhead) -> list[DayAheadOffer]:
    """Return what is offered; a side that is neither is none."""
    sides = {book.SIDE_BUY: Side.BUY, book.SIDE_SELL: Side.SELL}
    return [
        DayAheadOffer(
            own.offer_id, own.unit_id, Mtu(own.mtu.start_s, own.mtu.length_s), sides.get(own.side), own.quantity_w,
            own.limit_ticks, own.mtu_count, own.least_permille,
        )
        for own in message.offers
    ]  # fmt: skip


def event_to_message(event: e.Event) -> pb.WholesaleEvent:
    """Return the journal record of an event."""
    if isinstance(event, e.ExternalChanged):
        return pb.WholesaleEvent(changed=_changed_to_message(event))
    field = _FIELD_OF[type(event)]
    return pb.WholesaleEvent(**{field: _EVENTS[field].encode(event)})


def event_from_message(message: pb.WholesaleEvent) -> e.Event:
    """Return the event of a journal record."""
    field = message.WhichOneof("event") or ""
    if field == "changed":
        return _changed_from_message(message.changed)
    event: e.Event = _EVENTS[field].decode(getattr(message, field))
    return event


def _changed_to_message(event: e.ExternalChanged) -> pb.ExternalChanged:
    steps = []
    for step in event.steps:
        field = _STEP_FIELD[type(step)]
        steps.append(pb.ExternalStep(**{field: _STEPS[field].encode(step)}))
    return pb.ExternalChanged(
        intent_id=event.intent_id, steps=steps, stage=STAGE[0](event.stage), filled_w=event.filled_w,
        open_w=event.open_w, at_ms=event.at_ms,
    )  # fmt: skip


def _changed_from_message(message: pb.ExternalChanged) -> e.ExternalChanged:
    steps = []
    for step in message.steps:
        field = step.WhichOneof("step") or ""
        steps.append(_STEPS[field].decode(getattr(step, field)))
    return e.ExternalChanged(
        message.intent_id, tuple(steps), STAGE[1](message.stage), message.filled_w, message.open_w, message.at_ms
    )
