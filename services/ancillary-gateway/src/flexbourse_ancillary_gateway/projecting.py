"""What others read of the gateway's events: the life of bids, and what it asks of the order book and of activation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.external.v1 import external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_log.port import Output
from flexbourse_messages.catalogue import ANCILLARY_BID, ANCILLARY_CLAIM, ANCILLARY_HEADROOM, ANCILLARY_RESULT

ANY_PRICE = 10**11  # what a unit's operator asks of the gateway is settled by the result, not limited here


class Projection:
    """What is projected of each event; a function of the event alone."""

    def __init__(self, party: str, venue: str) -> None:
        self._party = party
        self._venue = venue

    def of(self, event: pb.AncillaryEvent) -> Iterator[Output]:
        """Yield the records of an event."""
        name = event.WhichOneof("event") or ""
        body = getattr(event, name)
        if name == "result_found":
            result = external_pb2.ExternalResult()
            result.CopyFrom(body.result)
            result.venue_id = self._venue
            yield Output(ANCILLARY_RESULT, f"{self._venue}/{result.result_id}", result)
        order = _headroom(name, body)
        if order is not None:
            yield Output(ANCILLARY_HEADROOM, order.area_id, book.HeadroomInstruction(order=order))
        instruction = self._instruction(name, body)
        if instruction is not None:
            yield Output(ANCILLARY_CLAIM, instruction.command.area_id, instruction)
        yield Output(ANCILLARY_BID, name, event)

    def _instruction(self, name: str, body: object) -> activation.GatewayInstruction | None:
        match name, body:
            case "lot_asked", pb.LotAsked(lot=lot):
                window = activation.Window(
                    start_s=lot.mtu.start_s, end_s=_claimed_end_s(lot), mtu_length_s=lot.mtu.length_s
                )
                terms = activation.ClaimTerms(
                    claim_id=lot.lot_id, offer_id=lot.offer_id, window=window, quantity_w=lot.quantity_w,
                    unit_id=lot.unit_id if lot.of_portfolio else "",
                )  # fmt: skip
                return self._told(lot.lot_id, activation.ActivationCommand(area_id=lot.area_id, claim=terms))
            case "lot_cut", pb.LotCut() as cut if cut.ours:
                reduce = activation.ReduceClaim(claim_id=cut.lot_id, left_w=cut.left_w, reason=cut.reason)
                command = activation.ActivationCommand(area_id=cut.area_id, reduce_claim=reduce)
                return self._told(f"{cut.lot_id}.cut", command)
            case "unit_called", pb.UnitCalled() as called:
                wanted = activation.ActivationTerms(
                    activation_id=called.activation_id, claim_id=called.lot_id, window=called.window,
                    purpose=activation.PURPOSE_BALANCING, quantity_w=called.quantity_w,
                    limit_price_micro_euro_per_mwh=ANY_PRICE,
                )  # fmt: skip
                command = activation.ActivationCommand(area_id=called.area_id, activate=wanted)
                return self._told(called.activation_id, command)
            case "unit_stopped", pb.UnitStopped() as stopped:
                end = activation.EndActivation(activation_id=stopped.activation_id, reason=stopped.reason)
                command = activation.ActivationCommand(area_id=stopped.area_id, end_activation=end)
                return self._told(f"{stopped.activation_id}.end", command)
        return None

    def _told(self, name: str, command: activation.ActivationCommand) -> activation.GatewayInstruction:
        return activation.GatewayInstruction(instruction_id=name, party=self._party, command=command)


def _claimed_end_s(lot: pb.Lot) -> int:
    """Return until when a lot is claimed: a direct activation runs through the next period."""
    end_s = lot.mtu.start_s + lot.mtu.length_s
    return end_s + lot.mtu.length_s if lot.product in (pb.PRODUCT_DIRECT, pb.PRODUCT_BOTH) else end_s


def _headroom(name: str, body: object) -> book.OrderCommand | None:
    match name, body:
        case "headroom_asked", pb.HeadroomAsked() as asked:
            period_end_s = asked.mtu.start_s + asked.mtu.length_s
            wish = book.ReserveHeadroom(
                reservation_id=asked.reservation_id, area_id=asked.area_id, mtu=asked.mtu,
                changes=_changes(asked.changes), expires_at_ms=1000 * min(asked.expires_s, period_end_s),
                any_fill=not asked.whole,
            )  # fmt: skip
            return book.OrderCommand(area_id=asked.area_id, reserve=wish)
        case "confirm_asked", pb.ConfirmAsked() as asked:
            part = book.ConfirmHeadroom(reservation_id=asked.reservation_id, changes=_changes(asked.changes))
            return book.OrderCommand(area_id=asked.area_id, confirm=part)
        case "headroom_released", pb.HeadroomReleased() as released:
            given = book.ReleaseHeadroom(reservation_id=released.reservation_id)
            return book.OrderCommand(area_id=released.area_id, release=given)
    return None


def _changes(moved: Iterable[pb.NodePower]) -> list[book.NodeChange]:
    return [book.NodeChange(node_id=each.node_id, p_w=each.power_w) for each in moved]
