"""Commands as messages to commands of the domain; what comes from outside may hold numbers that are not known here.

`SELF` is the party of the gateway's own reception and effects. It has the form of no participant id, so no caller can
prove to be it.
"""

from __future__ import annotations

from typing import Any

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_ancillary_gateway import wire
from flexbourse_ancillary_gateway.domain import facts as f
from flexbourse_ancillary_gateway.domain.bids.bid import Product
from flexbourse_ancillary_gateway.domain.lots.lot import MarkTerms
from flexbourse_log.port import OutgoingCommand
from flexbourse_messages.catalogue import ANCILLARY_COMMAND

SELF = "flexbourse.ancillary-gateway"
OWN_ONLY = ("take", "record_sent")
_PRODUCTS = {
    pb.PRODUCT_SCHEDULED: Product.SCHEDULED,
    pb.PRODUCT_DIRECT: Product.DIRECT,
    pb.PRODUCT_BOTH: Product.BOTH,
}  # every other number: refused as no standard product
_CONTENTS: dict[str, Any] = {
    "receipt": wire.RECEIPT.decode,
    "order": wire.ORDER.decode,
    "heartbeat": lambda _: f.Heartbeat(),
    "result": wire.ALLOCATION.decode,
    "needs": wire.NEEDS.decode,
    "other": lambda _: None,
}


def command_from_message(message: pb.AncillaryCommand) -> f.Command | None:
    """Return what a command says; None where it says nothing."""
    match message.WhichOneof("body"):
        case "mark":
            own = message.mark
            product = _PRODUCTS.get(own.product, Product.NON_STANDARD)
            return MarkTerms(own.area_id, own.offer_id, own.quantity_w, own.price_ticks, product, own.redispatch)
        case "unmark":
            return wire.UNMARK.decode(message.unmark)
        case "take":
            return _taken(message.take)
        case "record_sent":
            return wire.SENT.decode(message.record_sent)
    return None


def own_command(command_id: str, command: pb.AncillaryCommand) -> OutgoingCommand:
    """Return a command of the gateway's own to its shard; the runner sets its expiry."""
    return OutgoingCommand(
        topic=ANCILLARY_COMMAND, shard=0, command_id=command_id, party=SELF, body=command, expires_at_ms=0
    )


def _taken(message: pb.TakeDocument) -> f.TakeDocument:
    head = wire.HEAD.decode(message.head) if message.HasField("head") else None
    name = message.WhichOneof("content")
    content = _CONTENTS[name](getattr(message, name)) if name is not None else None
    return f.TakeDocument(head, message.sha256, message.refusal, content, message.document)
