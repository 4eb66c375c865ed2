"""A command as somebody sends it."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message
from street import OPERATOR

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_messages.catalogue import BOOK_COMMAND


@dataclass(frozen=True)
class Sent:
    """A command and where it goes."""

    topic: str
    party: str
    command_id: str
    body: Message
    shard: int = 0


def told(command: OutgoingCommand) -> Sent:
    """Return what a service tells itself: the outcome of an effect, or what came from outside."""
    return Sent(command.topic, command.party, command.command_id, command.body, command.shard)


def resume(intent: Intent, number: int) -> Sent:
    """Return that the operator lets an audited area go on, once it knows why the solvers disagreed."""
    audited = intent.body
    assert isinstance(audited, grid.AuditIntended)
    body = book.OrderCommand(area_id=audited.area_id, resume_area=book.ResumeArea(reason="looked into"))
    return Sent(BOOK_COMMAND, OPERATOR, f"sim-resume-{number}", body, audited.shard)
