"""Reception of messages: read, hand over, acknowledge, confirm, in this order, so that nothing is lost at any instant.

A message that cannot be read becomes a dead letter; where at least its head can be read, its sender is told so. One
that comes again is handed over again: who takes it knows it by its id. Acknowledgements are never acknowledged.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_ancillary_gateway.adapters.mailbox import Arrived, Mailbox
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.dialects import Document
from flexbourse_ancillary_gateway.documents.head import head_of
from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.kinds.parts import Header
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import acknowledge
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.documents.problems import DocumentError
from flexbourse_core.ids import is_object_id

_log = logging.getLogger(__name__)

Handle = Callable[[Document, bytes], str]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one round brought."""

    handled: int
    dead: int


class Reception:
    """Takes in what a mailbox holds.

    `handle` keeps a document durably before it returns: an empty text, or the reason why it is refused as a whole.
    """

    def __init__(
        self, mailbox: Mailbox, codec: DocumentCodec, dead: DeadLetters, handle: Handle, now_s: Callable[[], int]
    ) -> None:
        self._mailbox, self._codec, self._dead = mailbox, codec, dead
        self._handle, self._now_s = handle, now_s

    def collect(self) -> Collected:
        """Take in one round; raises TransientError, after which the rest comes again."""
        handled = dead = 0
        for message in self._mailbox.collect():
            try:
                document = self._codec.read(message.content).document
            except DocumentError as error:
                self._bury(message, error)
                dead += 1
            else:
                self._take(document, message.content)
                handled += 1
            self._mailbox.confirm(message.message_id)
        return Collected(handled, dead)

    def _take(self, document: Document, content: bytes) -> None:
        refusal = self._handle(document, content)
        if isinstance(document, AcknowledgementDocument):
            return
        self._answer(document, refusal)

    def _answer(self, received: Header, refusal: str) -> None:
        name = _acknowledgement_id(received.mrid)
        answer = acknowledge(received, Stamp(name, self._now_s()), refusal=refusal)
        self._mailbox.send(f"{name}.xml", self._codec.write(answer))

    def _bury(self, message: Arrived, error: DocumentError) -> None:
        letter = self._dead.put(message.content, f"message {message.message_id}: {error}")
        head = head_of(message.content)
        if head is not None:
            self._answer(head, str(error))
        _log.error("message %s cannot be read and is a dead letter: %s", message.message_id, letter.name)


def _acknowledgement_id(document_id: str) -> str:
    """Return the id of the acknowledgement of a document: the same each time, so that a repeat replaces it."""
    if is_object_id(document_id) and len(document_id) <= 54:
        return f"ack-{document_id}"
    return f"ack-{hashlib.sha256(document_id.encode()).hexdigest()[:32]}"
