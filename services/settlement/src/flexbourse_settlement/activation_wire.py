"""Messages of the activation service to facts of settlement; products and what is kept of activations to snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flexbourse.activation.v1 import activation_pb2 as life
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.settlement.v1 import activations_pb2 as pb
from flexbourse_messages.binding import Binding
from flexbourse_settlement.domain.activations import facts
from flexbourse_settlement.domain.activations.baselines import BaselineMethod
from flexbourse_settlement.domain.activations.owed import Activation, ActivationBook, Claim, History, Need, Reservation
from flexbourse_settlement.domain.activations.products import Product, ProductsSet

_METHOD = "BASELINE_METHOD_"
_OUTCOMES = {
    life.ACTIVATION_STEP_CONFIRM: facts.CONFIRMED,
    life.ACTIVATION_STEP_CANCEL: facts.CANCELLED,
    life.ACTIVATION_STEP_REFUSE: facts.CANCELLED,  # the grid does not take it: nothing was ordered
    life.ACTIVATION_STEP_FAIL: facts.FAILED,
}


def _method_from(number: int) -> BaselineMethod:
    name = pb.BaselineMethod.Name(number) if number in pb.BaselineMethod.values() else ""
    known = name.removeprefix(_METHOD)
    return BaselineMethod[known] if known in BaselineMethod.__members__ else BaselineMethod.FROZEN_BASE


_METHODS = {BaselineMethod: (lambda method: pb.BaselineMethod.Value(_METHOD + method.name), _method_from)}
PRODUCT = Binding(Product, pb.Product, _METHODS)
PRODUCTS_SET = Binding(ProductsSet, pb.ProductsSet, _METHODS)
SET_PRODUCTS = Binding(ProductsSet, pb.SetProducts, _METHODS)


def fact_from(message: life.ActivationEvent) -> facts.ActivationFact | None:
    """Return the fact in an event of the activation service, None where settlement needs none of it."""
    kind = str(message.WhichOneof("event"))
    read = _FACTS.get(kind)
    return None if read is None else read(getattr(message, kind))


def _quantities(window: life.Window, shares: Iterable[life.Share]) -> dict[facts.Slot, int]:
    starts = range(window.start_s, window.end_s, window.mtu_length_s)
    return {
        (share.unit_id, start): quantity
        for share in shares
        for start, quantity in zip(starts, share.quantities_w, strict=True)
    }


def scheduled_from(message: grid.ScheduleState) -> facts.Scheduled:
    """Return what a unit's operator announced."""
    return facts.Scheduled(message.area_id, message.unit_id, message.mtu.start_s, message.p_w)


def _claim_made(message: life.ClaimMade) -> facts.ClaimMade:
    claim = message.claim
    quantities = _quantities(claim.window, claim.shares)
    return facts.ClaimMade(claim.area_id, claim.claim_id, claim.window.start_s, quantities)


def _claim_reduced(message: life.ClaimReduced) -> facts.ClaimReduced:
    shares = {share.unit_id: tuple(share.quantities_w) for share in message.shares}
    return facts.ClaimReduced(message.area_id, message.claim_id, shares)


def _reserved(message: life.Reserved) -> facts.Reserved:
    own = message.reservation
    return facts.Reserved(
        message.area_id,
        own.terms.reservation_id,
        own.party,
        own.operator_id,
        _purpose(own.terms.purpose),
        own.price_micro_euro_per_mw_h,
        bool(own.call_id),
    )


def _purpose(number: int) -> str:
    return life.Purpose.Name(number).removeprefix("PURPOSE_")  # type: ignore[arg-type]


def _requested(message: life.ActivationRequested) -> facts.Activated:
    own = message.activation
    return facts.Activated(
        area_id=own.area_id,
        activation_id=own.activation_id,
        buyer=own.party,
        seller=own.operator_id,
        purpose=_purpose(own.purpose),
        up=own.direction == life.DIRECTION_UP,
        price_micro_euro_per_mwh=own.price_micro_euro_per_mwh,
        claim_id=own.claim_id,
        reservation_id=own.reservation_id,
        is_override=own.is_override,
        quantities_w=_quantities(own.window, own.shares),
    )


def _ordered(message: life.OrderIssued) -> facts.ActivationOrdered:
    order = message.order
    return facts.ActivationOrdered(order.area_id, order.activation_id, _quantities(order.window, order.shares))


def _moved(message: life.ActivationMoved) -> facts.ActivationEnded | None:
    outcome = _OUTCOMES.get(message.step)
    return None if outcome is None else facts.ActivationEnded(message.area_id, message.activation_id, outcome)


def _overridden(message: life.ContractOverridden) -> facts.ContractLost | None:
    """Return the contract that was lost; what no contract covered is paid with the override's own activation."""
    if not message.claim_id:
        return None
    lost = life.Share(unit_id=message.unit_id, quantities_w=message.quantities_w)
    return facts.ContractLost(
        message.area_id,
        message.override_id,
        message.unit_id,
        message.claim_id,
        message.paid_to,
        message.paid_by,
        message.price_micro_euro_per_mwh,
        _quantities(message.window, [lost]),
    )


def _need_stated(message: life.NeedStated) -> facts.NeedStated:
    need = message.need
    window = need.terms.window
    return facts.NeedStated(message.area_id, need.terms.need_id, need.party, window.start_s, window.end_s)


def _need_served(message: life.NeedServed) -> facts.NeedsWaived | None:
    waived = tuple(message.waived_need_ids)
    return facts.NeedsWaived(message.area_id, waived) if waived else None


_FACTS: Mapping[str, Callable[[Any], facts.ActivationFact | None]] = {
    "claim_made": _claim_made,
    "claim_reduced": _claim_reduced,
    "reserved": _reserved,
    "requested": _requested,
    "moved": _moved,
    "order_issued": _ordered,
    "overridden": _overridden,
    "need_stated": _need_stated,
    "need_served": _need_served,
    "windows_over": Binding(facts.WindowsOver, life.WindowsOver).decode,
}


def _to(quantities_w: Mapping[facts.Slot, int]) -> list[pb.UnitQuantity]:
    return [
        pb.UnitQuantity(unit_id=unit, start_s=start, quantity_w=quantity)
        for (unit, start), quantity in sorted(quantities_w.items())
    ]


def _from(messages: Iterable[pb.UnitQuantity]) -> dict[facts.Slot, int]:
    return {(each.unit_id, each.start_s): each.quantity_w for each in messages}


def book_to(book: ActivationBook) -> pb.ActivationBookState:
    """Return the message of an area's book, for snapshots; equal books give equal messages."""
    return pb.ActivationBookState(
        area_id=book.area_id,
        products=[PRODUCT.encode(product) for _, product in sorted(book.products.items())],
        from_s=book.from_s,
        before_s=book.before_s,
        claims=[
            pb.ClaimState(claim_id=name, start_s=claim.start_s, left=_to(claim.left_w))
            for name, claim in sorted(book.claims.items())
        ],
        reservations=[_reservation_to(own) for _, own in sorted(book.reservations.items())],
        activations=[_activation_to(own) for _, own in sorted(book.activations.items())],
        lost=[_lost_to(lost) for lost in book.lost],
        needs=[
            pb.NeedState(
                need_id=name, buyer=need.terms.buyer, start_s=need.terms.start_s, end_s=need.terms.end_s,
                is_waived=need.is_waived,
            )
            for name, need in sorted(book.needs.items())
        ],
        unit_ids=sorted(book.unit_ids),
        history=[
            pb.PointReading(metering_point_id=point, start_s=start, mean_w=w)
            for point, kept in sorted(book.history.items())
            for start, w in sorted(kept.items())
        ],
        schedules=_to(book.schedules),
    )  # fmt: skip


def _reservation_to(own: Reservation) -> pb.ReservationState:
    terms = own.terms
    return pb.ReservationState(
        reservation_id=terms.reservation_id, buyer=terms.buyer, seller=terms.seller, purpose=terms.purpose,
        price_micro_euro_per_mw_h=terms.price_micro_euro_per_mw_h, product=PRODUCT.encode(own.product),
        won_in_call=terms.won_in_call,
    )  # fmt: skip


def _activation_to(own: Activation) -> pb.ActivationState:
    terms = own.terms
    return pb.ActivationState(
        activation_id=terms.activation_id, buyer=terms.buyer, seller=terms.seller, purpose=terms.purpose, up=terms.up,
        price_micro_euro_per_mwh=terms.price_micro_euro_per_mwh, claim_id=terms.claim_id,
        reservation_id=terms.reservation_id, is_override=terms.is_override, product=PRODUCT.encode(own.product),
        requested=_to(terms.quantities_w), owed=_to(own.owed_w), payable=_to(own.payable_w),
        is_ordered=own.is_ordered, outcome=own.outcome,
    )  # fmt: skip


def _lost_to(lost: facts.ContractLost) -> pb.LostState:
    return pb.LostState(
        override_id=lost.override_id, unit_id=lost.unit_id, claim_id=lost.claim_id, seller=lost.seller,
        buyer=lost.buyer, price_micro_euro_per_mwh=lost.price_micro_euro_per_mwh, quantities=_to(lost.quantities_w),
    )  # fmt: skip


def book_from(message: pb.ActivationBookState) -> ActivationBook:
    """Return the book of a snapshot."""
    area = message.area_id
    return ActivationBook(
        area_id=area,
        products={each.purpose: PRODUCT.decode(each) for each in message.products},
        from_s=message.from_s,
        before_s=message.before_s,
        claims={each.claim_id: Claim(each.claim_id, each.start_s, _from(each.left)) for each in message.claims},
        reservations={each.reservation_id: _reservation_from(area, each) for each in message.reservations},
        activations={each.activation_id: _activation_from(area, each) for each in message.activations},
        lost=[_lost_from(area, each) for each in message.lost],
        needs={
            each.need_id: Need(
                facts.NeedStated(area, each.need_id, each.buyer, each.start_s, each.end_s), each.is_waived
            )
            for each in message.needs
        },
        unit_ids=set(message.unit_ids),
        history=_history_from(message.history),
        schedules=_from(message.schedules),
    )


def _history_from(messages: Iterable[pb.PointReading]) -> History:
    found: History = {}
    for each in messages:
        found.setdefault(each.metering_point_id, {})[each.start_s] = each.mean_w
    return found


def _reservation_from(area_id: str, each: pb.ReservationState) -> Reservation:
    terms = facts.Reserved(
        area_id, each.reservation_id, each.buyer, each.seller, each.purpose, each.price_micro_euro_per_mw_h,
        each.won_in_call,
    )  # fmt: skip
    return Reservation(terms, PRODUCT.decode(each.product))


def _activation_from(area_id: str, each: pb.ActivationState) -> Activation:
    terms = facts.Activated(
        area_id, each.activation_id, each.buyer, each.seller, each.purpose, each.up, each.price_micro_euro_per_mwh,
        each.claim_id, each.reservation_id, each.is_override, _from(each.requested),
    )  # fmt: skip
    product = PRODUCT.decode(each.product)
    return Activation(terms, product, _from(each.owed), _from(each.payable), each.is_ordered, each.outcome)


def _lost_from(area_id: str, each: pb.LostState) -> facts.ContractLost:
    return facts.ContractLost(
        area_id, each.override_id, each.unit_id, each.claim_id, each.seller, each.buyer,
        each.price_micro_euro_per_mwh, _from(each.quantities),
    )  # fmt: skip
