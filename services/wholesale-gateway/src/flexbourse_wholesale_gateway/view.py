"""Read model: the shard's own state, folded from its journal."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_log.port import AdoptedRecord, Record
from flexbourse_messages.catalogue import WHOLESALE_GATEWAY, message_class
from flexbourse_wholesale_gateway.config import Config
from flexbourse_wholesale_gateway.domain.state import GatewayState
from flexbourse_wholesale_gateway.processor import WholesaleProgram


class WholesaleView:
    """The gateway as it stands."""

    topics: tuple[str, ...] = (WHOLESALE_GATEWAY.journal.name,)

    def __init__(self, config: Config, *, is_configured: bool) -> None:
        self.is_configured = is_configured
        self._program = WholesaleProgram(config.operator_id, config.venue_id, config.exchange_zone)

    @property
    def state(self) -> GatewayState:
        """Return the state, to be read."""
        return self._program.state

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one journal record in."""
        if isinstance(message, log_pb2.Adopted) and message.value:
            adopted = message_class(message.topic, message.type).FromString(message.value)
            self._program.fold(AdoptedRecord(message.topic, message.key, adopted))
        elif isinstance(message, pb.WholesaleEvent | log_pb2.TimeAdvanced):
            self._program.fold(message)
