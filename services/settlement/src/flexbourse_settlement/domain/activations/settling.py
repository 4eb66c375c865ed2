"""Activations of one period become lines: what the meter shows is shared out, credited, paid, penalised, reported.

A metering point moves once, whoever asked for it: the difference between meter and baseline is shared out over the
activations on it, in proportion to what is payable of each; where they oppose each other, the smaller side counts as
delivered, since each undoes as much of the other. What is credited is taken out of the metering point's deviation, so
nobody pays for it a second time as imbalance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flexbourse_core.market_time import Mtu
from flexbourse_core.money import largest_remainder
from flexbourse_settlement.domain.activations.amounts import (
    compensation_micro_euro,
    fee_micro_euro,
    penalty_micro_euro,
    platform_fee_micro_euro,
)
from flexbourse_settlement.domain.activations.baselines import BaselineMethod, Evidence, baseline, method_used
from flexbourse_settlement.domain.activations.delivery import DeliveredPeriod, verify_delivery
from flexbourse_settlement.domain.activations.facts import GATEWAY, OUTSIDE, TRADE, ContractLost
from flexbourse_settlement.domain.activations.owed import Activation, ActivationBook, Reservation
from flexbourse_settlement.domain.lines.line import (
    COMPENSATION,
    FEES,
    PENALTIES,
    ActivationLine,
    CollectedLine,
    Line,
    PerimeterLine,
    ReservationLine,
)
from flexbourse_settlement.domain.matches import Compensation, Match

SELLER, BUYER = "SELLER", "BUYER"
NOT_VERIFIED = "NONE"  # neither a baseline nor evidence for one: nothing is credited, nothing is missing
_KNOWS_CONTRACTS = (BaselineMethod.METER_BEFORE_AFTER, BaselineMethod.NOMINATION)


@dataclass(frozen=True, slots=True)
class Point:
    """A metering point in one period. `planned_w`: what it traded, here and outside, on top of its frozen base."""

    metering_point_id: str
    brp_id: str
    base_w: int | None
    planned_w: int
    metered_w: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What activations of a period give: lines, movements of positions by metering point, what overrides owe."""

    lines: list[Line] = field(default_factory=list)
    activated_w: dict[str, int] = field(default_factory=dict)
    compensations: list[Compensation] = field(default_factory=list)

    def move(self, metering_point_id: str, moved_w: int) -> None:
        """Take a correction of a position."""
        self.activated_w[metering_point_id] = self.activated_w.get(metering_point_id, 0) + moved_w


@dataclass(frozen=True, slots=True)
class ToSettle:
    """Activations of one period and what is known of it. `evidence` is by activation and metering point."""

    area_id: str
    mtu: Mtu
    book: ActivationBook
    matches: Sequence[Match]
    points: Mapping[str, Point]
    point_of: Mapping[str, str]  # unit -> metering point
    external_w: Mapping[str, int]
    evidence: Mapping[tuple[str, str], tuple[Evidence, int]] = field(default_factory=dict)

    def amount_w(self, quantities_w: Mapping[tuple[str, int], int], metering_point_id: str = "") -> int:
        """Return the W of quantities in the period, of one metering point or of all."""
        return sum(
            quantity
            for (unit, start), quantity in quantities_w.items()
            if start == self.mtu.start_s and (not metering_point_id or self.point_of[unit] == metering_point_id)
        )


def settle_activations(period: ToSettle) -> Settled:
    """Return what the activations, reservations and overrides of a period give; its lines add up to zero."""
    settled = Settled()
    for lost in period.book.lost:
        _lose(period, settled, lost)
    before = len(settled.lines)
    for name in sorted(period.points):
        _settle_point(period, settled, period.points[name])
    of_points = settled.lines[before:]
    reservations = [own for _, own in sorted(period.book.reservations.items())]
    settled.lines[before:] = [
        *(line for own in reservations for line in _reservation_lines(period, own, _missing_w(period, own, of_points))),
        *of_points,
    ]
    settled.lines.extend(_collected(period, settled.lines))
    return settled


def _lose(period: ToSettle, settled: Settled, lost: ContractLost) -> None:
    """Take a contract that gave way to an override.

    What a trade or a venue pays stays paid, and the seller's position follows what he was told; the price of any other
    contract is compensated.
    """
    quantity = period.amount_w(lost.quantities_w)
    if not quantity:
        return
    point = period.point_of[lost.unit_id]
    source = f"{lost.override_id}/{lost.claim_id}"
    if lost.claim_id.startswith((TRADE, GATEWAY, OUTSIDE)):
        is_trade = lost.claim_id.startswith(TRADE)
        held = _traded_w(period, lost.claim_id, point) if is_trade else period.external_w.get(point, 0)
        moved = min(quantity, abs(held)) * (1 if held < 0 else -1)
        if moved:
            settled.move(point, moved)
            settled.lines.extend(_perimeter_lines(period, point, source, lost.buyer, moved))
        return
    amount = compensation_micro_euro([quantity], period.mtu.length_s, lost.price_micro_euro_per_mwh)
    contract = f"{source}/{period.mtu.start_s}"
    settled.compensations.append(Compensation(lost.seller, contract, quantity, amount))


def _traded_w(period: ToSettle, claim_id: str, point: str) -> int:
    """Return what is left of a trade's movement of a metering point."""
    trade_id = claim_id.removeprefix(TRADE).rpartition("/")[0]
    sides = (side for match in period.matches if match.trade_id == trade_id for side in match.sides)
    return sum(side.moved_w for side in sides if side.metering_point_id == point)


def _missing_w(period: ToSettle, own: Reservation, lines: Sequence[Line]) -> int:
    """Return what was ordered of a reservation that was won in a call, and not delivered: it is not paid."""
    if not own.terms.won_in_call:
        return 0
    drawn = {
        each.terms.activation_id
        for each in period.book.activations.values()
        if each.terms.reservation_id == own.terms.reservation_id
    }
    return sum(
        max(0, line.owed_w - line.credited_w)
        for line in lines
        if isinstance(line, ActivationLine)
        and (line.side, line.activation_id in drawn) == (SELLER, True)
        and line.baseline_method != NOT_VERIFIED
    )


def _reservation_lines(period: ToSettle, own: Reservation, missing_w: int) -> Iterator[Line]:
    """Iterate over both sides of a reservation: the fee for all that is held, but for what was missing."""
    terms, product = own.terms, own.product
    held = period.amount_w(period.book.claims[terms.claim_id].left_w)
    if not held:
        return
    drawn = sum(
        period.amount_w(each.owed_w)
        for each in period.book.activations.values()
        if each.terms.reservation_id == terms.reservation_id
    )
    unused, price, seconds = max(0, held - drawn), terms.price_micro_euro_per_mw_h, period.mtu.length_s
    waived = period.book.is_waived(terms.buyer, period.mtu.start_s)
    permille = 0 if waived else product.unused_permille
    paid = max(0, held - missing_w)
    fee = fee_micro_euro([paid], seconds, price)
    penalty = penalty_micro_euro([unused], seconds, price, permille)
    for side, account, other in ((SELLER, terms.seller, terms.buyer), (BUYER, terms.buyer, terms.seller)):
        is_buyer = side == BUYER
        yield ReservationLine(
            account, terms.reservation_id, period.mtu, side, other, paid, unused, price, permille,
            -fee if is_buyer else fee, penalty if is_buyer else 0,
        )  # fmt: skip


def _settle_point(period: ToSettle, settled: Settled, point: Point) -> None:
    """Settle all activations of one metering point."""
    own = [
        activation
        for _, activation in sorted(period.book.activations.items())
        if period.amount_w(activation.owed_w, point.metering_point_id)
        or period.amount_w(activation.payable_w, point.metering_point_id)
    ]
    planned = point.planned_w + settled.activated_w.get(point.metering_point_id, 0)  # contracts given way already
    payable = [period.amount_w(activation.payable_w, point.metering_point_id) for activation in own]
    for place, activation in enumerate(own):
        method, base = _baseline(period, activation, point, planned)
        delivered = shared_out(point.metered_w - base, [each.terms.up for each in own], payable)[place]
        _settle_one(period, settled, activation, point, (method, base), (payable[place], delivered))


def _baseline(period: ToSettle, activation: Activation, point: Point, planned_w: int) -> tuple[str, int]:
    """Return by which method an activation is judged, and the baseline in W."""
    key = (activation.terms.activation_id, point.metering_point_id)
    evidence, place = period.evidence.get(key, (Evidence(None), 0))
    count = max(1, len(evidence.frozen_w or ()), place + 1)
    frozen = None if point.base_w is None else (point.base_w,) * count
    known = Evidence(
        frozen, evidence.days_w, evidence.before_w, evidence.after_w, evidence.expected_w, evidence.nominated_w
    )
    rule = activation.product.baseline
    method, found = method_used(rule, known), baseline(rule, known, count)
    if method is None or found is None:
        return NOT_VERIFIED, point.metered_w
    return method.value, found[place] + (0 if method in _KNOWS_CONTRACTS else planned_w)


def shared_out(moved_w: int, ups: Sequence[bool], payable_w: Sequence[int]) -> list[int]:
    """Return what each activation at a metering point delivered, in its own direction, of a movement of injection.

    The larger direction gets the movement and what the smaller one undid; the smaller one counts as delivered.
    """
    totals = {up: sum(w for own, w in zip(ups, payable_w, strict=True) if own is up) for up in (True, False)}
    larger = totals[True] >= totals[False]
    whole = (moved_w if larger else -moved_w) + totals[not larger]
    weights = [w if up is larger else 0 for up, w in zip(ups, payable_w, strict=True)]
    parts = largest_remainder(abs(whole), weights) if any(weights) else [0] * len(weights)
    sign = 1 if whole >= 0 else -1
    return [sign * part if up is larger else w for up, w, part in zip(ups, payable_w, parts, strict=True)]


def _settle_one(
    period: ToSettle,
    settled: Settled,
    activation: Activation,
    point: Point,
    judged_by: tuple[str, int],
    moved: tuple[int, int],
) -> None:
    """Credit and pay one activation at a metering point: `moved` is what is payable and what was delivered."""
    terms, product = activation.terms, activation.product
    payable, delivered = moved
    verified = _verified(payable, delivered, product.pays_from_permille)
    owed = period.amount_w(activation.owed_w, point.metering_point_id)
    buyer = COMPENSATION if terms.is_override else terms.buyer
    for side, account, other in ((SELLER, terms.seller, buyer), (BUYER, buyer, terms.seller)):
        settled.lines.append(
            activation_line(activation, point, period.mtu, judged_by, (owed, verified), (side, account, other))
        )
    if verified.credited_w:
        signed = verified.credited_w if terms.up else -verified.credited_w
        settled.move(point.metering_point_id, signed)
        source = terms.activation_id
        settled.lines.extend(_perimeter_lines(period, point.metering_point_id, source, terms.buyer, signed))


def _verified(payable_w: int, delivered_w: int, pays_from_permille: int) -> DeliveredPeriod:
    (found,) = verify_delivery([payable_w], [0], [delivered_w], up=True, pays_from_permille=pays_from_permille)
    return found


def activation_line(
    activation: Activation,
    point: Point,
    mtu: Mtu,
    judged_by: tuple[str, int],
    result: tuple[int, DeliveredPeriod],
    sides: tuple[str, str, str],
) -> ActivationLine:
    """Return one side: by which baseline an activation was judged, what was owed and verified, and whose side it is."""
    terms, product = activation.terms, activation.product
    (method, base), (owed, verified), (side, account, other) = judged_by, result, sides
    price, seconds, is_buyer = terms.price_micro_euro_per_mwh, mtu.length_s, side == BUYER
    fee = fee_micro_euro([verified.credited_w], seconds, price)
    missing = 0 if method == NOT_VERIFIED else owed - verified.credited_w
    penalty = penalty_micro_euro([max(0, missing)], seconds, price, product.penalty_permille)
    platform = platform_fee_micro_euro(fee, product.platform_fee_permille)
    return ActivationLine(
        account=account,
        metering_point_id=point.metering_point_id,
        activation_id=terms.activation_id,
        mtu=mtu,
        side=side,
        counterparty=other,
        purpose=terms.purpose,
        direction="UP" if terms.up else "DOWN",
        baseline_method=method,
        baseline_w=base,
        metered_w=point.metered_w,
        owed_w=owed,
        ordered_w=verified.ordered_w,
        delivered_w=verified.delivered_w,
        credited_w=verified.credited_w,
        pays_from_permille=product.pays_from_permille,
        price_micro_euro_per_mwh=price,
        penalty_permille=product.penalty_permille,
        platform_fee_permille=product.platform_fee_permille,
        amount_micro_euro=-fee if is_buyer else fee,
        penalty_micro_euro=0 if is_buyer else penalty,
        platform_fee_micro_euro=platform if is_buyer else 0,
    )


def _perimeter_lines(period: ToSettle, point: str, source: str, other: str, moved_w: int) -> Iterator[Line]:
    """Iterate over the reports of a correction: to the metering point's balance responsible party, and the other's."""
    brp = period.points[point].brp_id
    if brp == other:
        return
    for account, counterparty, quantity in ((brp, other, moved_w), (other, brp, -moved_w)):
        if account:
            yield PerimeterLine(account, point, source, period.mtu, counterparty, quantity)


def _collected(period: ToSettle, lines: Sequence[Line]) -> Iterator[Line]:
    """Iterate over what the platform's accounts collect of the lines of a period."""
    penalties = sum(line.penalty_micro_euro for line in lines if isinstance(line, ActivationLine | ReservationLine))
    fees = sum(line.platform_fee_micro_euro for line in lines if isinstance(line, ActivationLine))
    for account, amount in ((PENALTIES, penalties), (FEES, fees)):
        if amount:
            yield CollectedLine(account, period.area_id, period.mtu, amount)
