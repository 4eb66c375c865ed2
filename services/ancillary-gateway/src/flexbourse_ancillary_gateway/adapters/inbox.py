"""What the platform sends, as commands to the gateway's shard; a message leaves the mailbox once that is durable.

A message that cannot be read becomes a dead letter; where its head can be read, its sender is told so. One that comes
again, or that was taken by a process that died before it could say so, is the same command again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_ancillary_gateway import reading
from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_ancillary_gateway.adapters.mailbox import Arrived, Mailbox
from flexbourse_ancillary_gateway.commands import own_command
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_core.errors import TransientError
from flexbourse_log.port import OutgoingCommand
from flexbourse_messages.topic import MAX_RECORD_BYTES

MAX_COMMAND_BYTES = MAX_RECORD_BYTES * 3 // 4  # headers and the journal's copy want room, too

_log = logging.getLogger(__name__)


class Inbox:
    """The source of the gateway's commands; see `flexbourse_log.port.Source`. `bidder` is whom messages are for."""

    def __init__(self, mailbox: Mailbox, codec: DocumentCodec, dead: DeadLetters, bidder: str) -> None:
        self._mailbox, self._codec, self._dead, self._bidder = mailbox, codec, dead, bidder
        self._offered: dict[str, str] = {}  # command → message, until it is confirmed
        self._durable: list[str] = []  # messages to be confirmed

    def poll(self) -> Sequence[OutgoingCommand]:
        """Return what has come; raises TransientError where the platform is away."""
        self._dead.look()
        self._confirm()
        self._offered = {}
        commands = []
        for message in self._mailbox.collect():
            command_id = _command_id(message)
            self._offered[command_id] = message.message_id
            commands.append(own_command(command_id, pb.AncillaryCommand(take=self._read(message))))
        return commands

    def taken(self, command: OutgoingCommand) -> None:
        """A command is durable: its message may leave the mailbox, now or at the next turn."""
        message_id = self._offered.pop(command.command_id, None)
        if message_id is not None:
            self._durable.append(message_id)
        try:
            self._confirm()
        except TransientError as error:
            _log.warning("messages stay in the mailbox for now: %s", error)

    def _confirm(self) -> None:
        while self._durable:
            self._mailbox.confirm(self._durable[0])
            self._durable.pop(0)

    def _read(self, message: Arrived) -> pb.TakeDocument:
        found = reading.read(message.content, self._codec, self._bidder)
        if not found.refusal and found.ByteSize() > MAX_COMMAND_BYTES:
            found = reading.refused(message.content, f"the document is larger than {MAX_COMMAND_BYTES} bytes, deflated")
        if found.refusal:
            letter = self._dead.put(message.content, f"message {message.message_id}: {found.refusal}")
            _log.error("message %s is refused and a dead letter: %s", message.message_id, letter.name)
        return found


def _command_id(message: Arrived) -> str:
    """Return the id of a message's command: the same for the same message, another for the same sent anew."""
    told = f"{message.message_id}\n{message.occurrence}\n".encode() + message.content
    return f"in:{hashlib.sha256(told).hexdigest()[:48]}"
