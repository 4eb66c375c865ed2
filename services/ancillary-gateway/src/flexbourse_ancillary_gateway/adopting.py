"""Records of other services as facts of the domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_ancillary_gateway.domain import facts as f
from flexbourse_ancillary_gateway.domain.activations.orders import Cause
from flexbourse_ancillary_gateway.domain.bids.bid import Direction
from flexbourse_ancillary_gateway.domain.grid_gate.giving_up import Shortage
from flexbourse_ancillary_gateway.domain.lots import grounds as g
from flexbourse_ancillary_gateway.domain.lots.lot import StandingOffer
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.market_time import Mtu
from flexbourse_messages.rejections import rejection_from_message

HOLDER = "service:ancillary-gateway"  # as the order book names who holds headroom
CLAIM = "claim/"  # before the id of a gateway's claim
_DIRECTIONS = {activation.DIRECTION_UP: Direction.UP, activation.DIRECTION_DOWN: Direction.DOWN}
_LOST = (activation.ACTIVATION_STATE_CANCELLED, activation.ACTIVATION_STATE_FAILED)
VOLTAGE = "micro_pu"  # the unit of a shortage of voltage


def facts_of(message: Message | None, party: str) -> Iterator[f.Fact]:
    """Yield what an adopted record says; nothing where the gateway does not depend on it. `party` claims for it."""
    if isinstance(message, registry.EntityState):
        kind = message.entity.WhichOneof("kind") or ""
        read = _REGISTRY.get(kind)
        if read is not None:
            yield read(getattr(message.entity, kind))
    elif isinstance(message, activation.ActivationEvent):
        yield from _of_activation(message, party)
    elif isinstance(message, book.OrderEvent):
        yield from _of_the_book(message)
    elif message is not None:
        raise InvalidMessageError(f"the mFRR gateway reads no {message.DESCRIPTOR.full_name}")


def _is_qualified(unit: registry.Unit) -> bool:
    """Tell whether a unit is qualified for mFRR; one whose qualifications the registry does not keep is."""
    qualified = (own.product for own in unit.life.products if own.state == registry.PRODUCT_STATE_QUALIFIED)
    return not unit.HasField("life") or registry.PRODUCT_TYPE_MFRR in qualified


def _right(own: registry.RightToOffer) -> g.KnownRight:
    granted = own.on_chain.status == registry.RIGHT_CHAIN_STATUS_GRANTED
    return g.KnownRight(
        own.right_id, own.unit_id, own.holder_id, own.valid_from_s, own.valid_to_s, own.revoked,
        own.on_chain.valid_to_s if granted else 0,
    )  # fmt: skip


_REGISTRY: Mapping[str, Callable[[Any], f.Fact]] = {
    "unit": lambda own: f.UnitConnected(own.unit_id, own.metering_point_id, _is_qualified(own)),
    "right": _right,
    "area": lambda own: g.KnownArea(own.area_id, own.rights_on_chain),
    "market": lambda own: g.KnownMarket(
        own.market_id, own.area_id, own.enrolment != registry.ENROLMENT_RULE_UNSPECIFIED, own.active
    ),
    "enrolment": lambda own: g.KnownEnrolment(own.enrolment_id, own.market_id, own.participant_id, own.active),
}


def _of_activation(message: activation.ActivationEvent, party: str) -> Iterator[f.Fact]:
    name = message.WhichOneof("event") or ""
    read = _ACTIVATION.get(name)
    if read is not None:
        yield from read(getattr(message, name), party)


def _placed(own: activation.OfferPlaced, _party: str) -> Iterator[f.Fact]:
    yield _offer(own)


def _withdrawn(own: activation.OfferWithdrawn, _party: str) -> Iterator[f.Fact]:
    yield f.OfferGone(own.area_id, own.offer_id)


def _claimed(own: activation.ClaimMade, party: str) -> Iterator[f.Fact]:
    claim = own.claim
    if claim.party == party and claim.claim_id.startswith(CLAIM):
        yield f.ClaimStands(claim.claim_id.removeprefix(CLAIM), _least_w(claim.shares), made=True, reason="")


def _reduced(own: activation.ClaimReduced, _party: str) -> Iterator[f.Fact]:
    if own.claim_id.startswith(CLAIM):
        yield f.ClaimStands(own.claim_id.removeprefix(CLAIM), _least_w(own.shares), made=False, reason=own.reason)


def _instruction_denied(own: activation.InstructionDenied, party: str) -> Iterator[f.Fact]:
    if own.party == party:
        yield f.InstructionRefused(own.instruction_id, tuple(map(rejection_from_message, own.rejections)))


def _moved(own: activation.ActivationMoved, _party: str) -> Iterator[f.Fact]:
    if own.state in _LOST:
        yield f.ActivationLost(own.activation_id, own.reason)


_ACTIVATION: Mapping[str, Callable[[Any, str], Iterator[f.Fact]]] = {
    "offer_placed": _placed,
    "offer_withdrawn": _withdrawn,
    "claim_made": _claimed,
    "claim_reduced": _reduced,
    "instruction_denied": _instruction_denied,
    "moved": _moved,
}


def _offer(placed: activation.OfferPlaced) -> StandingOffer:
    offer, terms = placed.offer, placed.offer.terms
    return StandingOffer(
        placed.area_id, terms.offer_id, offer.party, {member.unit_id: member.node_id for member in offer.members},
        _DIRECTIONS.get(terms.direction), terms.window.start_s, terms.window.end_s, terms.quantity_w,
        terms.min_quantity_w, {member.unit_id: member.span_w for member in offer.members}, bool(terms.portfolio_id),
    )  # fmt: skip


def _least_w(shares: Sequence[activation.Share]) -> int:
    """Return what a claim holds of all its units in the period in which it holds least."""
    return min(map(sum, zip(*(share.quantities_w for share in shares), strict=True)), default=0)


def _of_the_book(message: book.OrderEvent) -> Iterator[f.Fact]:
    name = message.WhichOneof("event")
    if name == "headroom_short":
        yield _short(message.headroom_short)
    elif name in _OF_HOLDERS and getattr(message, name).party == HOLDER:
        yield from _OF_HOLDERS[name](getattr(message, name))


def _short(own: book.HeadroomShort) -> f.RoomShort:
    effects = {effect.node_id: effect.effect for effect in own.short.effects}
    shortage = Shortage(own.element_id, own.short.short, effects)
    cause = Cause.VOLTAGE if own.short.unit == VOLTAGE else Cause.THERMAL
    mtu = Mtu(own.mtu.start_s, own.mtu.length_s)
    return f.RoomShort(own.area_id, mtu, tuple(own.reservation_ids), shortage, own.reason, cause)


def _reserved(own: book.HeadroomReserved) -> Iterator[f.Fact]:
    yield f.RoomAnswered(own.reservation.reservation_id, None)


def _filled(own: book.HeadroomFilled) -> Iterator[f.Fact]:
    yield f.RoomConfirmed(own.reservation_id, confirmed=True, rejection=None, dnut_micro_euro=own.dnut_micro_euro)


def _settled(own: book.HeadroomSettled) -> Iterator[f.Fact]:
    if own.confirmed:
        yield f.RoomConfirmed(own.reservation_id, confirmed=True, rejection=None, dnut_micro_euro=own.dnut_micro_euro)
    elif own.reason != "released":
        yield f.RoomLost(own.reservation_id, own.reason)


def _denied(denied: book.HeadroomDenied) -> Iterator[f.Fact]:
    rejection = rejection_from_message(denied.rejection)
    if denied.asked == "reserve":
        yield f.RoomAnswered(denied.reservation_id, rejection)
    elif denied.asked == "confirm":
        yield f.RoomConfirmed(denied.reservation_id, confirmed=False, rejection=rejection)


_OF_HOLDERS: Mapping[str, Callable[[Any], Iterator[f.Fact]]] = {
    "reserved": _reserved,
    "headroom_denied": _denied,
    "headroom_filled": _filled,
    "headroom_settled": _settled,
}
