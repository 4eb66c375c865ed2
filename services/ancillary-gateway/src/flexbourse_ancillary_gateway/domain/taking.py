"""What the gateway does with a document of the platform: acknowledge it, and decide what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_ancillary_gateway.domain import facts as f
from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder
from flexbourse_ancillary_gateway.domain.events import DocumentTaken, OrderKept
from flexbourse_ancillary_gateway.domain.mail.outbox import AcknowledgementContent, DocumentHead, ResponseContent
from flexbourse_ancillary_gateway.domain.redispatch import NeedMoved
from flexbourse_ancillary_gateway.domain.results import Accepted, CalledUnit

if TYPE_CHECKING:
    from flexbourse_ancillary_gateway.domain.gateway import Gateway


def take_document(gateway: Gateway, command: f.TakeDocument) -> None:
    """Take a document: note it, acknowledge it where its sender waits for that, and follow what it says."""
    head, now_s = command.head, gateway.now_s
    name, kind = (head.document_id, head.type) if head is not None else ("", "")
    gateway.record_own(DocumentTaken(name, kind, command.sha256, command.refusal, now_s))
    if head is not None:
        gateway.send(AcknowledgementContent(head, command.refusal))
    if not command.refusal:
        _follow(gateway, command, head)


def _follow(gateway: Gateway, command: f.TakeDocument, head: DocumentHead | None) -> None:
    match command.content:
        case f.Receipt() as receipt:
            _take_receipt(gateway, receipt)
        case ActivationOrder() as order:
            taken = gateway.activations.take_order(order, gateway.bids(), gateway.now_s)
            gateway.record(taken)
            known = gateway.activations.by_order.get(order.order_id)
            if known is not None and known.order == order:
                gateway.record_own(OrderKept(order.order_id, order.revision, command.document))
        case f.Heartbeat():
            name = head.document_id if head is not None else ""
            gateway.record(gateway.activations.take_heartbeat(name, gateway.now_s))
            until_s = gateway.now_s + gateway.connection.rules.response_within_s
            gateway.send(ResponseContent(command.document), until_s=until_s)
        case f.AllocationResult() as result:
            take_result(gateway, result.accepted, command.sha256)
        case f.RedispatchNeeds() as asked:
            for need in asked.needs:
                found = gateway.redispatch.request(need, gateway.connection.rules.bid_gate_s, gateway.now_s)
                gateway.record([each for each in found if isinstance(each, NeedMoved)])


def _take_receipt(gateway: Gateway, receipt: f.Receipt) -> None:
    document_id = receipt.document_id
    gateway.record(gateway.outbox.receipt(document_id, accepted=receipt.accepted, reasons=receipt.reasons))
    response = gateway.responses.get(document_id)
    if response is not None and receipt.accepted:
        gateway.record(gateway.activations.take_acknowledgement(*response, gateway.now_s))


def take_result(gateway: Gateway, accepted: tuple[Accepted, ...], sha256: bytes) -> None:
    """Take what the platform says was accepted: final for the orders whose bids it names."""
    said = {entry.bid_id for entry in accepted}
    by_order: dict[str, list[CalledUnit]] = {}
    for unit in gateway.units.values():
        by_order.setdefault(unit.order_id, []).append(unit)
    for order_id, units in sorted(by_order.items()):
        known = gateway.activations.by_order.get(order_id)
        if known is not None and any(unit.called.bid_id in said for unit in units):
            rules = gateway.connection.rules
            gateway.record(gateway.results.final(known.order, units, rules.mtu_s, accepted, sha256))
