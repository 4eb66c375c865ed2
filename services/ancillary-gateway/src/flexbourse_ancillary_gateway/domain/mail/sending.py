"""Documents on their way to the platform: sent, sent again until a receipt comes, given up after a bound.

A platform drops a document that is too old without a word, so silence is all that tells; and a document is never sent
again once it would be dropped. What is given up or refused is an event of its own, for somebody to see.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flexbourse_core.errors import InvariantError

MAX_WAITING = 10_000  # documents without a receipt; beyond, nothing new is queued


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRules:
    """When to send again: after a pause that doubles, at most so often, and not within the margin of being stale."""

    first_pause_s: int = 20
    most_attempts: int = 5
    stale_after_s: int = 15 * 60
    stale_margin_s: int = 30


@dataclass(frozen=True, slots=True)
class DocumentQueued:
    """A document is to be sent; `until_s`: from when on it has no use, 0: once it is stale."""

    document_id: str
    created_s: int
    until_s: int = 0


@dataclass(frozen=True, slots=True)
class SendRequested:
    """The document is to be handed to the transport, for the first time or again."""

    document_id: str
    attempt: int
    at_s: int


@dataclass(frozen=True, slots=True)
class DocumentReceived:
    """The platform has taken the document."""

    document_id: str


@dataclass(frozen=True, slots=True)
class DocumentRefused:
    """The platform has refused the document; `reasons` are (series or "", code, text)."""

    document_id: str
    reasons: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class DocumentGivenUp:
    """No receipt came, and sending again would not help."""

    document_id: str
    attempts: int
    reason: str


Event = DocumentQueued | SendRequested | DocumentReceived | DocumentRefused | DocumentGivenUp


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document without a receipt."""

    created_s: int
    attempts: int = 0
    sent_s: int = 0
    until_s: int = 0


@dataclass(slots=True)
class Sendings:
    """All documents that wait for a receipt."""

    rules: SendingRules
    waiting: dict[str, Waiting] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Tell whether nothing new may be queued."""
        return len(self.waiting) >= MAX_WAITING

    def queue(self, document_id: str, created_s: int, now_s: int) -> list[Event]:
        """Queue a document and ask for it to be sent; raises InvariantError where there is no room, or it waits."""
        if self.is_full or document_id in self.waiting:
            raise InvariantError(f"document {document_id} cannot be queued beside {len(self.waiting)} others")
        return self._apply([DocumentQueued(document_id, created_s), SendRequested(document_id, 1, now_s)])

    def receipt(
        self, document_id: str, *, accepted: bool, reasons: tuple[tuple[str, str, str], ...] = ()
    ) -> list[Event]:
        """Take a receipt; one for what does not wait (any more) changes nothing."""
        if document_id not in self.waiting:
            return []
        if accepted:
            return self._apply([DocumentReceived(document_id)])
        return self._apply([DocumentRefused(document_id, reasons)])

    def advance(self, now_s: int) -> list[Event]:
        """Move to a time: send again what is due, give up what has no use any more."""
        events: list[Event] = []
        for document_id, each in sorted(self.waiting.items()):
            if self._due_s(each) > now_s:
                continue
            if now_s >= self._too_late_s(each):
                reason = "no receipt as long as it was of use"
            elif each.attempts >= self.rules.most_attempts:
                reason = "no receipt after the last attempt"
            else:
                events.append(SendRequested(document_id, each.attempts + 1, now_s))
                continue
            events.append(DocumentGivenUp(document_id, each.attempts, reason))
        return self._apply(events)

    def next_timer_s(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        return min((self._due_s(each) for each in self.waiting.values()), default=None)

    def evolve(self, event: Event) -> None:
        """Apply an event."""
        match event:
            case DocumentQueued():
                self.waiting[event.document_id] = Waiting(event.created_s, until_s=event.until_s)
            case SendRequested():
                known = self.waiting[event.document_id]
                self.waiting[event.document_id] = replace(known, attempts=event.attempt, sent_s=event.at_s)
            case DocumentReceived() | DocumentRefused() | DocumentGivenUp():
                del self.waiting[event.document_id]

    def _due_s(self, each: Waiting) -> int:
        pause = self.rules.first_pause_s << max(each.attempts - 1, 0)
        return min(each.sent_s + pause, max(self._too_late_s(each), each.sent_s))

    def _too_late_s(self, each: Waiting) -> int:
        stale_s = each.created_s + self.rules.stale_after_s - self.rules.stale_margin_s
        return min(stale_s, each.until_s or stale_s)

    def _apply(self, events: list[Event]) -> list[Event]:
        for event in events:
            self.evolve(event)
        return events
