"""The effect of the gateway: a document goes to the platform, once for each attempt that was decided.

When to send again is the domain's to say, because a document must not go once it is stale; so a platform that is away
is an outcome here, and never waited for.
"""

from __future__ import annotations

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_ancillary_gateway import wire
from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_ancillary_gateway.adapters.mailbox import Mailbox, TransportRefusedError
from flexbourse_ancillary_gateway.commands import own_command
from flexbourse_ancillary_gateway.drafting import Drafter
from flexbourse_ancillary_gateway.processor import SEND
from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_log.port import Intent, OutgoingCommand

MAX_REASON = 500


class SendEffect:
    """Sends documents; without a mailbox every attempt fails, and says so."""

    kind = SEND

    def __init__(self, mailbox: Mailbox | None, drafter: Drafter, dead: DeadLetters | None) -> None:
        self._mailbox, self._drafter, self._dead = mailbox, drafter, dead

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return what became of the attempt; what can never be sent is a dead letter."""
        if not isinstance(intent.body, pb.DocumentGoes):
            raise TypeError(f"intent {intent.intent_id} holds {type(intent.body).__name__}")
        goes = intent.body
        record = pb.RecordSent(document_id=goes.document.document_id, attempt=goes.attempt)
        trouble, refusal = self._send(goes.document)
        record.trouble, record.refusal = trouble[:MAX_REASON], refusal[:MAX_REASON]
        name = f"sent:{goes.document.document_id}:{goes.attempt}"[:64]
        return own_command(name, pb.AncillaryCommand(record_sent=record))

    def _send(self, message: pb.OutgoingDocument) -> tuple[str, str]:
        if self._mailbox is None:
            return "no platform is configured", ""
        content = message.SerializeToString(deterministic=True)
        try:
            content = self._drafter.draft(wire.document_from_message(message))
            self._mailbox.send(f"{message.document_id}.xml", content)
        except TransientError as error:
            return str(error), ""
        except (InvalidMessageError, TransportRefusedError) as error:
            if self._dead is not None:
                self._dead.put(content, f"document {message.document_id} cannot be sent: {error}")
            return "", str(error)
        return "", ""
