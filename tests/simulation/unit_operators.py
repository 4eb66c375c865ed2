"""Who operates units hears the orders of activations, takes most of them, and says afterwards what was delivered."""

from __future__ import annotations

from random import Random

from model_log import ModelLog
from sending import Sent

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse_log.port import PARTY
from flexbourse_messages.catalogue import ACTIVATION_COMMAND, ACTIVATION_ORDER

TAKEN_PERCENT, REFUSED_PERCENT = 85, 7  # of the orders; what is left is never answered
CONFIRMED_PERCENT = 85  # of those that are over
LESS_PERCENT = 25  # of what is confirmed


class UnitOperators:
    """All of them, of the area of shard 0."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._offset = 0
        self._running: dict[str, pb.ActivationOrder] = {}  # the order of each activation that was taken

    def say(self, log: ModelLog, now_ms: int) -> list[Sent]:
        """Return what they say of new orders, and of those whose window is over."""
        new = log.after(ACTIVATION_ORDER, 0, self._offset, log.end(ACTIVATION_ORDER, 0))
        self._offset += len(new)
        said = []
        for record in new:
            if record.value:
                order = pb.ActivationOrder.FromString(record.value)
                assert record.headers[PARTY] == order.operator_id
                said += self._hear(order)
        over = [order for order in self._running.values() if order.window.end_s * 1000 <= now_ms]
        return [*said, *(sent for order in over for sent in self._report(order))]

    def _hear(self, order: pb.ActivationOrder) -> list[Sent]:
        if order.kind == pb.ORDER_KIND_STOP:
            return []
        drawn = self._draw.randrange(100)
        if drawn >= TAKEN_PERCENT + REFUSED_PERCENT:
            return []
        taken = drawn < TAKEN_PERCENT
        if taken:
            self._running[order.activation_id] = order
        said = pb.AcknowledgeOrder(
            activation_id=order.activation_id, order_revision=order.revision, accepted=taken,
            reason="" if taken else "out of order",
        )  # fmt: skip
        return [_sent(order, f"answer-{order.activation_id}-{order.revision}", acknowledge=said)]

    def _report(self, order: pb.ActivationOrder) -> list[Sent]:
        del self._running[order.activation_id]
        if self._draw.randrange(100) >= CONFIRMED_PERCENT:
            return []
        delivered = [sum(share.quantities_w[place] for share in order.shares) for place in range(periods(order))]
        less = self._draw.randrange(100) < LESS_PERCENT
        report = pb.ConfirmDelivery(
            activation_id=order.activation_id, delivered_w=[each * (3 if less else 4) // 4 for each in delivered],
            reason="less wind" if less else "",
        )  # fmt: skip
        return [_sent(order, f"report-{order.activation_id}", confirm=report)]


def periods(order: pb.ActivationOrder) -> int:
    """Return how many quarter-hours an order is for."""
    return (order.window.end_s - order.window.start_s) // order.window.mtu_length_s


def _sent(order: pb.ActivationOrder, command_id: str, **body: pb.AcknowledgeOrder | pb.ConfirmDelivery) -> Sent:
    command = pb.ActivationCommand(area_id=order.area_id, **body)
    return Sent(ACTIVATION_COMMAND, order.operator_id, command_id, command)
