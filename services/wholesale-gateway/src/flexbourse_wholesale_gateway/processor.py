"""The wholesale gateway as the log runs it: leftovers and answers of the grid in; orders, headroom and results out.

`SELF` is the party of the gateway's own commands. It has the form of no participant id: no caller can prove to be it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import snapshot_pb2
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, all_rejected, rejected
from flexbourse_messages.catalogue import WHOLESALE_HEADROOM, WHOLESALE_ORDER, WHOLESALE_RESULT
from flexbourse_wholesale_gateway import adopting, snapshot, wire
from flexbourse_wholesale_gateway.domain.events import OnTightening
from flexbourse_wholesale_gateway.domain.machine import MAX_ENTRIES, Fact, Gateway
from flexbourse_wholesale_gateway.domain.state import GatewayState
from flexbourse_wholesale_gateway.first_sending import FirstSendings

SELF = "flexbourse.wholesale-gateway"

ENTER = "enter"
OPERATE = "operate"
CANCEL_STRAY = "cancel-stray"
LOOK_UP = "look-up"
SUBMIT = "submit"
ASK_AWARDS = "ask-awards"
# Field of `WholesaleEvent` → kind of the effect that it asks for.
_EFFECTS = {
    "entry_asked": ENTER,
    "operation_sent": OPERATE,
    "stray_cancel_asked": CANCEL_STRAY,
    "look_up_asked": LOOK_UP,
    "submission_asked": SUBMIT,
    "awards_asked": ASK_AWARDS,
}

_OWN_ONLY = Rejection(Code.NOT_AUTHORISED, "what the exchange says comes from the gateway itself", "party")


class WholesaleProgram:
    """The one shard of the wholesale gateway; `sendings` learns which entries this process itself has decided."""

    def __init__(
        self, operator_id: str = "", venue_id: str = "", zone: str = "UTC", sendings: FirstSendings | None = None
    ) -> None:
        self._identity = (operator_id, venue_id, zone)
        self._sendings = sendings
        self._gateway = Gateway(*self._identity)
        self._adopted = adopting.AdoptedRegistry()
        self._timer: tuple[int | None] | None = None

    @property
    def state(self) -> GatewayState:
        """Return the state, to be read."""
        return self._gateway.state

    def on_command(self, command: Command) -> Decision:
        """Decide what a participant wants, or take in what an effect or source says."""
        body = command.body
        if not isinstance(body, pb.WholesaleCommand):
            raise InvalidMessageError(f"the wholesale gateway takes no {body.DESCRIPTOR.full_name}")
        name = body.WhichOneof("body") or ""
        decide = {
            "set_rules": self._set_rules, "release": self._move, "withdraw": self._move,
            "offer_day_ahead": self._offer, "cancel_day_ahead": self._cancel_offers,
            "set_area_rules": self._set_area_rules,
        }.get(name)  # fmt: skip
        if decide is not None:
            return decide(command, body)
        if not name:
            return _refused([Rejection(Code.FIELD_MISSING, "a command says what is to be done", "body")])
        if command.party != SELF:
            return _refused([_OWN_ONLY])
        self._gateway.record(wire.own_command_from_message(body))
        return self._decided([command.command_id], [[]])

    def _set_rules(self, command: Command, body: pb.WholesaleCommand) -> Decision:
        problems = self._gateway.set_rules(wire.RULES.decode(body.set_rules), command.party)
        return _refused(problems) if problems else self._decided([command.command_id], [[]])

    def _set_area_rules(self, command: Command, body: pb.WholesaleCommand) -> Decision:
        wish = body.set_area_rules
        number = int(wish.on_tightening)
        if number not in (OnTightening.CANCEL, OnTightening.HIBERNATE):
            return _refused([Rejection(Code.FIELD_MISSING, "cancel or hibernate", "on_tightening", value=number)])
        problems = self._gateway.set_area_rules(wish.area_id, OnTightening(number), command.party)
        return _refused(problems) if problems else self._decided([command.command_id], [[]])

    def _move(self, command: Command, body: pb.WholesaleCommand) -> Decision:
        """Release leftovers, or take them back."""
        name = body.WhichOneof("body") or ""
        order_ids = list(getattr(body, name).order_ids)
        if not 0 < len(order_ids) <= MAX_ENTRIES:
            return _refused([_too_many("order_ids", len(order_ids))])
        decide = self._gateway.release if name == "release" else self._gateway.withdraw
        return self._decided(order_ids, decide(order_ids, command.party))

    def _offer(self, command: Command, body: pb.WholesaleCommand) -> Decision:
        wishes = wire.offers_from_message(body.offer_day_ahead)
        if not 0 < len(wishes) <= MAX_ENTRIES:
            return _refused([_too_many("offers", len(wishes))])
        problems = self._gateway.offer_day_ahead(wishes, command.party)
        return self._decided([wish.offer_id for wish in wishes], problems)

    def _cancel_offers(self, command: Command, body: pb.WholesaleCommand) -> Decision:
        offer_ids = list(body.cancel_day_ahead.offer_ids)
        if not 0 < len(offer_ids) <= MAX_ENTRIES:
            return _refused([_too_many("offer_ids", len(offer_ids))])
        return self._decided(offer_ids, self._gateway.cancel_day_ahead(offer_ids, command.party))

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record of another service in and decide what follows."""
        fact = self._adopt(record)
        if fact is not None:
            self._gateway.react(fact)
        return self._taken()

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:
        """Send again, look up, give up what the grid has not answered, forward what is left."""
        self._gateway.advance(at_ms, step)
        return self._taken()

    def next_timer_ms(self) -> int | None:
        """Return when time itself changes something; computed anew after each change."""
        if self._timer is None:
            self._timer = (self._gateway.next_timer_ms(),)
        return self._timer[0]

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journaled record."""
        self._timer = None
        if isinstance(event, AdoptedRecord):
            self._adopt(event)
        elif isinstance(event, log_pb2.TimeAdvanced):
            self._gateway.tick(event.at_ms, event.step)
        elif isinstance(event, pb.WholesaleEvent):
            self.state.evolve(wire.event_from_message(event))
        else:
            raise InvalidMessageError(f"the wholesale gateway's journal holds a {event.DESCRIPTOR.full_name}")

    def project(self, event: Message) -> Iterable[Output]:
        """Return the lives of orders, what is done with headroom, and results."""
        if not isinstance(event, pb.WholesaleEvent):
            raise InvalidMessageError(f"the wholesale gateway projects no {event.DESCRIPTOR.full_name}")
        name = event.WhichOneof("event") or ""
        body: Any = getattr(event, name)
        yield Output(WHOLESALE_ORDER, getattr(body, "intent_id", ""), event)
        if name == "room_asked":
            yield _instruction(body.reservation.area_id, reserve=body.reservation)
        elif name == "room_confirmed":
            confirm = book.ConfirmHeadroom(reservation_id=body.reservation_id, changes=body.changes)
            yield _instruction(body.area_id, confirm=confirm)
        elif name == "room_released":
            yield _instruction(body.area_id, release=book.ReleaseHeadroom(reservation_id=body.reservation_id))
        elif name == "result":
            yield Output(WHOLESALE_RESULT, f"{body.venue_id}/{body.result_id}", body)

    def intents(self, event: Message) -> Iterable[Intent]:
        """Return what is to be asked of the exchange."""
        if isinstance(event, pb.WholesaleEvent):
            name = event.WhichOneof("event") or ""
            if name in _EFFECTS:
                body = getattr(event, name)
                yield Intent(body.request_id, _EFFECTS[name], body)

    def settled_intents(self, event: Message) -> Iterable[str]:
        """Return what an event ends."""
        if isinstance(event, pb.WholesaleEvent) and event.HasField("request_ended"):
            yield event.request_ended.request_id

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes."""
        message = snapshot.write(self.state)
        message.registry.extend(self._adopted.to_snapshot())
        return message.SerializeToString(deterministic=True)

    def restore(self, snapshot_bytes: bytes) -> None:
        """Take a state from such bytes."""
        message = snapshot_pb2.WholesaleSnapshot.FromString(snapshot_bytes)
        if message.format != snapshot.FORMAT:
            raise InvalidMessageError(f"a snapshot of the wholesale gateway has format {message.format}")
        self._gateway = Gateway(*self._identity)
        self._adopted = adopting.AdoptedRegistry()
        self._timer = None
        for entry in message.registry:
            self._adopt(adopting.from_snapshot(entry))
        snapshot.restore(self.state, message)

    def _adopt(self, record: AdoptedRecord) -> Fact | None:
        """Take a record into the state, live and at recovery alike; returns what it says."""
        self._timer = None
        message = record.message
        fact = adopting.fact_of(message, self.state.registry) if message is not None else None
        if fact is not None:
            self._adopted.keep(record)
            self._gateway.take(fact)
        return fact

    def _taken(self) -> list[Message]:
        self._timer = None
        events = [wire.event_to_message(event) for event in self._gateway.take_events()]
        for event in events:
            name = event.WhichOneof("event") or ""
            if self._sendings is not None and name in ("entry_asked", "submission_asked"):
                self._sendings.note(getattr(event, name).request_id)
        return list(events)

    def _decided(self, ids: Sequence[str], problems: Sequence[Sequence[Rejection]]) -> Decision:
        results = [
            all_rejected(wrong) if wrong else common_pb2.Result(id=name)
            for name, wrong in zip(ids, problems, strict=True)
        ]
        return Decision(self._taken(), results)


def _refused(problems: Sequence[Rejection]) -> Decision:
    return Decision([], [all_rejected(problems) if len(problems) > 1 else rejected(problems[0])])


def _too_many(field: str, count: int) -> Rejection:
    return Rejection(
        Code.TOO_MANY_ENTRIES, "a command has entries, not too many", field, value=count, limit=MAX_ENTRIES
    )


def _instruction(area_id: str, **body: Any) -> Output:
    order = book.OrderCommand(area_id=area_id, **body)
    return Output(WHOLESALE_HEADROOM, area_id, book.HeadroomInstruction(order=order))
