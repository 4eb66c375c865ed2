"""What others read of the journal: lives of activations, orders to units' operators, totals of claims, headroom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse_activation import book_requests
from flexbourse_log.port import PARTY, Output
from flexbourse_messages.catalogue import ACTIVATION_CLAIM, ACTIVATION_HEADROOM, ACTIVATION_LIFE, ACTIVATION_ORDER


def project(event: pb.ActivationEvent) -> Iterator[Output]:
    """Iterate over the projections of one event."""
    body: Any = getattr(event, event.WhichOneof("event") or "")
    yield Output(ACTIVATION_LIFE, area_of(event), event)
    for total in getattr(body, "totals", ()):
        yield Output(ACTIVATION_CLAIM, f"{total.area_id}/{total.unit_id}/{total.mtu.start_s}", total)
    if event.HasField("order_issued"):
        order = event.order_issued.order
        yield Output(ACTIVATION_ORDER, order_key(order), order, {PARTY: order.operator_id})
    elif event.HasField("moved") and event.moved.step == pb.ACTIVATION_STEP_CONFIRM:
        # What is done needs no order any more; that of what has failed, to stop, stays.
        yield Output(ACTIVATION_ORDER, order_key(event.moved), None)
    elif event.HasField("headroom_moved"):
        instruction = book_requests.instruction_of(event.headroom_moved)
        if instruction is not None:
            yield Output(ACTIVATION_HEADROOM, event.headroom_moved.headroom.area_id, instruction)


def area_of(event: pb.ActivationEvent) -> str:
    """Return the area of an event."""
    field = event.WhichOneof("event") or ""
    body: Any = getattr(event, field)
    inner = {
        "claim_made": "claim", "claim_denied": "claim", "requested": "activation", "order_issued": "order",
        "headroom_moved": "headroom",
    }  # fmt: skip
    area: str = getattr(body, inner[field]).area_id if field in inner else body.area_id
    return area


def order_key(own: pb.ActivationOrder | pb.ActivationMoved) -> str:
    """Return the key of an activation's orders: the newest of each is kept."""
    return f"{own.area_id}/{own.activation_id}"
