"""Read model, folded from the gateway's events: the state that the shard has, without what it adopted."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_ancillary_gateway import wire
from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_ancillary_gateway.domain.events import DocumentTaken
from flexbourse_ancillary_gateway.domain.gateway import Connection, Gateway
from flexbourse_ancillary_gateway.domain.lots.events import LotAsked
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import ANCILLARY_BID


@dataclass(frozen=True, slots=True)
class Link:
    """What this process knows of the connection."""

    configured: bool
    unvalidated: tuple[str, ...]
    dead: DeadLetters | None

    @property
    def dead_letters(self) -> int:
        """Return how many messages wait for somebody to look at them."""
        return self.dead.count if self.dead is not None else 0


class AncillaryView:
    """Bids, orders and the connection."""

    topics: tuple[str, ...] = (ANCILLARY_BID,)

    def __init__(self, connection: Connection, link: Link) -> None:
        self.gateway = Gateway(connection)
        self.link = link

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one record in; what it says of time lets what is long over be forgotten."""
        if not isinstance(message, pb.AncillaryEvent):
            return
        event = wire.event_from_message(message)
        self.gateway.fold(event)
        at_s = event.at_s if isinstance(event, DocumentTaken) else 0
        if isinstance(event, LotAsked):
            rules, times = self.gateway.connection.rules, self.gateway.connection.times
            at_s = event.lot.mtu.start_s - rules.bid_gate_s - times.claim_lead_s
        if at_s > self.gateway.now_s:
            self.gateway.tick(at_s * 1000)
