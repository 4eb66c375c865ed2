"""The mFRR gateway as the log runs it: records in, records out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.log.v1 import log_pb2
from flexbourse_ancillary_gateway import adopting, projecting, snapshot, wire
from flexbourse_ancillary_gateway.commands import OWN_ONLY, SELF, command_from_message
from flexbourse_ancillary_gateway.domain.events import Event
from flexbourse_ancillary_gateway.domain.facts import STATE_FACTS
from flexbourse_ancillary_gateway.domain.gateway import Connection, Gateway
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, decision

SEND = "send"  # the kind of intent that a document is sent by


class AncillaryProgram:
    """The one shard of the gateway; `party` claims and activates for it."""

    def __init__(self, connection: Connection, party: str, venue: str) -> None:
        self._connection = connection
        self._party = party
        self._projection = projecting.Projection(party, venue)
        self._gateway = Gateway(connection)

    @property
    def gateway(self) -> Gateway:
        """Return the state machine, to be read."""
        return self._gateway

    def on_command(self, command: Command) -> Decision:
        """Decide a command."""
        body = command.body
        if not isinstance(body, pb.AncillaryCommand):
            raise InvalidMessageError(f"the mFRR gateway takes no {body.DESCRIPTOR.full_name}")
        wanted = command_from_message(body)
        decided: list[Event] | list[Rejection]
        if wanted is None:
            decided = [Rejection(Code.FIELD_MISSING, "a command says what is to be done", "body")]
        elif body.WhichOneof("body") in OWN_ONLY and command.party != SELF:
            decided = [Rejection(Code.NOT_AUTHORISED, "what comes from the platform the gateway takes itself", "party")]
        else:
            decided = self._gateway.decide(wanted, command.party)
        return decision(command, decided, _messages)

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record of another service in and decide what follows."""
        events: list[Event] = []
        for fact in adopting.facts_of(record.message, self._party):
            self._gateway.take(fact)
            events += self._gateway.react(fact)
        return _messages(events)

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:  # noqa: ARG002 - the port's signature
        """Claim, pool, send, answer what is due, give back what is over."""
        return _messages(self._gateway.advance(at_ms))

    def next_timer_ms(self) -> int | None:
        """Return when time itself changes something."""
        return self._gateway.next_timer_ms()

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journaled record."""
        if isinstance(event, AdoptedRecord):
            for fact in adopting.facts_of(event.message, self._party):
                if isinstance(fact, STATE_FACTS):
                    self._gateway.take(fact)
        elif isinstance(event, log_pb2.TimeAdvanced):
            self._gateway.tick(event.at_ms)
        elif isinstance(event, pb.AncillaryEvent):
            self._gateway.fold(wire.event_from_message(event))
        else:
            raise InvalidMessageError(f"the journal of the mFRR gateway holds no {event.DESCRIPTOR.full_name}")

    def project(self, event: Message) -> Iterable[Output]:
        """Return the life of bids, instructions to other services, and results."""
        if not isinstance(event, pb.AncillaryEvent):
            raise InvalidMessageError(f"the mFRR gateway projects no {event.DESCRIPTOR.full_name}")
        return self._projection.of(event)

    def intents(self, event: Message) -> Iterable[Intent]:
        """Return the document that goes out."""
        if isinstance(event, pb.AncillaryEvent) and event.HasField("document_goes"):
            goes = event.document_goes
            yield Intent(intent_id(goes.document.document_id, goes.attempt), SEND, goes)

    def settled_intents(self, event: Message) -> Iterable[str]:
        """Return the attempt that was made."""
        if isinstance(event, pb.AncillaryEvent) and event.HasField("document_sent"):
            sent = event.document_sent
            yield intent_id(sent.document_id, sent.attempt)

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes."""
        return snapshot.to_bytes(self._gateway)

    def restore(self, snapshot_bytes: bytes) -> None:
        """Take a state from such bytes."""
        self._gateway = Gateway(self._connection)
        snapshot.restore(self._gateway, snapshot_bytes)


def intent_id(document_id: str, attempt: int) -> str:
    """Return the id of the intent to send a document, for the nth time."""
    return f"{SEND}/{document_id}/{attempt}"


def _messages(events: Iterable[Event]) -> list[Message]:
    return [wire.event_to_message(event) for event in events]
