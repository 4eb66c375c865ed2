"""Documents of ours, before they are XML, and their way to the platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, BidAnswer, BidLimit
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.mail import sending
from flexbourse_ancillary_gateway.domain.mail.sending import (
    DocumentGivenUp,
    DocumentQueued,
    DocumentReceived,
    DocumentRefused,
    SendingRules,
    Sendings,
    SendRequested,
)


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """Head of a document that came, as its acknowledgement repeats it."""

    document_id: str
    revision: str
    type: str
    process_type: str
    sender: str
    sender_scheme: str
    sender_role: str
    receiver: str
    receiver_scheme: str
    receiver_role: str
    created: str


@dataclass(frozen=True, slots=True)
class BidsContent:
    """Bids, or withdrawals; `need_id` where they answer a request for redispatch."""

    bids: tuple[Bid, ...]
    need_id: str = ""


@dataclass(frozen=True, slots=True)
class ResponseContent:
    """The response to an order, or to a heartbeat where nothing is answered; `document` is what came, deflated."""

    document: bytes
    order_id: str = ""
    revision: int = 0
    answers: tuple[BidAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitedBid:
    """A limit, its bid, and the document in which the platform has the bid."""

    limit: BidLimit
    bid: Bid
    bid_document_id: str


@dataclass(frozen=True, slots=True)
class LimitsContent:
    """Limits of bids of one MTU."""

    limited: tuple[LimitedBid, ...]


@dataclass(frozen=True, slots=True)
class AcknowledgementContent:
    """What is said about a document that came; an empty refusal accepts it."""

    received: DocumentHead
    refusal: str


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What was moved by an order of redispatch, and the bids it called."""

    order: ActivationOrder
    bids: tuple[Bid, ...]


Content = BidsContent | ResponseContent | LimitsContent | AcknowledgementContent | NoticeContent


@dataclass(frozen=True, slots=True)
class OutgoingDocument:
    """A document of ours; `until_s`: from when on it has no use, 0: once it is stale."""

    document_id: str
    created_s: int
    content: Content
    until_s: int = 0

    @property
    def waits_for_receipt(self) -> bool:
        """Tell whether the platform acknowledges it: it does all but acknowledgements."""
        return not isinstance(self.content, AcknowledgementContent)


@dataclass(frozen=True, slots=True)
class DocumentGoes:
    """A document goes out, for the first time or again."""

    document: OutgoingDocument
    attempt: int
    at_s: int


@dataclass(frozen=True, slots=True)
class DocumentSent:
    """An attempt was made; `trouble` says why it came to nothing."""

    document_id: str
    attempt: int
    trouble: str


Event = DocumentGoes | DocumentSent | DocumentReceived | DocumentRefused | DocumentGivenUp


@dataclass(slots=True)
class Outbox:
    """Documents that wait for a receipt, acknowledgements until they were handed over."""

    rules: SendingRules
    sendings: Sendings = field(init=False)
    documents: dict[str, OutgoingDocument] = field(default_factory=dict)
    sequence: int = 0

    def __post_init__(self) -> None:
        """Begin empty."""
        self.sendings = Sendings(self.rules)

    def send(
        self, content: Content, now_s: int, new_id: Callable[[str], str], document_id: str = "", until_s: int = 0
    ) -> list[Event]:
        """Send a document; where too many wait for receipts, none: the platform has not spoken for long."""
        if self.sendings.is_full:
            return []
        name = document_id or new_id(f"document/{self.sequence + 1}")
        return self._apply([DocumentGoes(OutgoingDocument(name, now_s, content, until_s), 1, now_s)])

    def sent(self, document_id: str, attempt: int, trouble: str, refusal: str) -> list[Event]:
        """Take the outcome of an attempt; one that was recorded already changes nothing more."""
        events: list[Event] = self._apply([DocumentSent(document_id, attempt, trouble)])
        known = self.documents.get(document_id)
        if known is not None and refusal:
            events += self._apply([DocumentRefused(document_id, (("", "", refusal),))])
        elif known is not None and not trouble and not known.waits_for_receipt:
            events += self._apply([DocumentReceived(document_id)])
        return events

    def receipt(self, document_id: str, *, accepted: bool, reasons: tuple[tuple[str, str, str], ...]) -> list[Event]:
        """Take a receipt; one for what does not wait changes nothing."""
        return self._taken(self.sendings.receipt(document_id, accepted=accepted, reasons=reasons))

    def advance(self, now_s: int) -> list[Event]:
        """Move to a time: send again what is due, give up what has no use any more."""
        return self._taken(self.sendings.advance(now_s))

    def next_timer_s(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        return self.sendings.next_timer_s()

    def evolve(self, event: Event) -> None:
        """Apply an event."""
        match event:
            case DocumentGoes():
                document = event.document
                if event.attempt == 1:
                    self.sequence += 1
                    self.documents[document.document_id] = document
                    self.sendings.evolve(DocumentQueued(document.document_id, document.created_s, document.until_s))
                self.sendings.evolve(SendRequested(document.document_id, event.attempt, event.at_s))
            case DocumentReceived() | DocumentRefused() | DocumentGivenUp():
                self.sendings.evolve(event)
                del self.documents[event.document_id]
            case DocumentSent():
                pass  # it ends the effect's intent

    def _taken(self, events: list[sending.Event]) -> list[Event]:
        """Return what `sendings` decided and applied, with whole documents in place of their ids."""
        found: list[Event] = []
        for event in events:
            match event:
                case SendRequested():
                    document = self.documents[event.document_id]
                    found.append(DocumentGoes(document, event.attempt, event.at_s))
                case DocumentReceived() | DocumentRefused() | DocumentGivenUp():
                    del self.documents[event.document_id]
                    found.append(event)
                case DocumentQueued():
                    pass
        return found

    def _apply(self, events: list[Event]) -> list[Event]:
        for event in events:
            self.evolve(event)
        return events
