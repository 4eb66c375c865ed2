"""The ledger of one run: matches, meters and prices become lines that add up to zero.

Participants + operator purchases + DNUT + IMBALANCE + FEES + PENALTIES + COMPENSATION = 0, to the micro-euro.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.activations.blocked_calls import taken_by_imbalance
from flexbourse_settlement.domain.delivery import Position, imbalance_micro_euro, positions
from flexbourse_settlement.domain.external.settling import tariff_micro_euro
from flexbourse_settlement.domain.lines.line import (
    COMPENSATION,
    CompensationLine,
    ImbalanceLine,
    Line,
    PositionLine,
    PotentialLine,
    TradeLine,
)
from flexbourse_settlement.domain.lines.spreads import spread_lines
from flexbourse_settlement.domain.matches import Compensation, Match, check_amount
from flexbourse_settlement.domain.refunds import withheld_micro_euro


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who answers for a metering point's deviation, and whether it is settled here."""

    account: str
    imbalance_delegated: bool


@dataclass(frozen=True, slots=True)
class Period:
    """Everything settled together for one area and MTU. An imbalance price of None: deviations are only reported."""

    area_id: str
    mtu: Mtu
    matches: Sequence[Match]
    bases_w: Mapping[str, int]
    metered_w: Mapping[str, int]
    start_micro_euro: int
    end_micro_euro: int
    revision_micro_euro: int
    imbalance_price_ticks: int | None = None
    responsible: Mapping[str, Responsibility] = field(default_factory=dict)
    compensations: Sequence[Compensation] = ()
    activated_w: Mapping[str, int] = field(default_factory=dict)  # by metering point, as far as it was credited
    external_w: Mapping[str, int] = field(default_factory=dict)  # by metering point, sold outside
    other_lines: Sequence[Line] = ()  # of activations and of results from outside


def settle(period: Period) -> list[Line]:
    """Return the lines of one period; every metering point with a frozen base must have a reading."""
    moved = (period.activated_w, period.external_w)
    delivered = positions(period.mtu, period.matches, period.bases_w, period.metered_w, moved)
    withheld = withheld_micro_euro(period.matches, {each.metering_point_id: each for each in delivered})
    trades: list[Line] = []
    for match in period.matches:
        check_amount(match)
        trades.extend(_sides(match, withheld.get(match.trade_id, (0, 0))))
        trades.extend(spread_lines(match))
    deviations = [_position_line(period, each) for each in delivered]
    lines = [*trades, *deviations, _potential_line(period, sum(map(sum, withheld.values())))]
    taken = taken_by_imbalance(period.other_lines) - sum(line.amount_micro_euro for line in deviations)
    if taken:
        lines.append(ImbalanceLine(period.area_id, period.mtu, taken))
    lines += [*_compensation_lines(period), *period.other_lines]
    check_zero(lines)
    return lines


def _compensation_lines(period: Period) -> list[CompensationLine]:
    """Return what the curtailed get, and what the compensation account pays for it: the operator's matter."""
    paid = [
        CompensationLine(
            each.account, period.area_id, period.mtu, each.trade_id, each.quantity_w, each.amount_micro_euro
        )
        for each in period.compensations
    ]
    if not paid:
        return []
    quantity, amount = sum(line.quantity_w for line in paid), sum(line.amount_micro_euro for line in paid)
    return [*paid, CompensationLine(COMPENSATION, period.area_id, period.mtu, "", quantity, -amount)]


def _sides(match: Match, withheld: tuple[int, int]) -> list[TradeLine]:
    return [_trade_line(match, withheld[0], of_seller=True), _trade_line(match, withheld[1], of_seller=False)]


def _trade_line(match: Match, withheld: int, *, of_seller: bool) -> TradeLine:
    side, other = (match.seller, match.buyer) if of_seller else (match.buyer, match.seller)
    return TradeLine(
        account=side.party,
        metering_point_id=side.metering_point_id,
        trade_id=match.trade_id,
        mtu=match.mtu,
        product=match.product.value,
        side="SELLER" if of_seller else "BUYER",
        basis=side.basis.value,
        counterparty=other.party,
        quantity_w=match.quantity_w,
        price_ticks=match.price_ticks,
        tick_micro_euro_per_mwh=match.tick_micro_euro_per_mwh,
        amount_micro_euro=match.amount_micro_euro if of_seller else -match.amount_micro_euro,
        dnut_micro_euro=match.borne_micro_euro(by_seller=of_seller),
        withheld_micro_euro=withheld,
    )


def _position_line(period: Period, position: Position) -> PositionLine:
    who = period.responsible[position.metering_point_id]
    price = period.imbalance_price_ticks
    settled = who.imbalance_delegated and price is not None
    return PositionLine(
        account=who.account,
        metering_point_id=position.metering_point_id,
        mtu=position.mtu,
        base_w=position.base_w,
        contracted_w=position.contracted_w,
        position_w=position.position_w,
        metered_w=position.metered_w,
        deviation_w=position.deviation_w,
        activated_w=position.activated_w,
        external_w=position.external_w,
        settled=settled,
        price_ticks=price if settled and price is not None else 0,
        amount_micro_euro=imbalance_micro_euro(position, price) if settled and price is not None else 0,
    )


def _potential_line(period: Period, withheld: int) -> PotentialLine:
    sold_outside = tariff_micro_euro(period.other_lines)  # a part of the revisions until a result bills it
    billed = sum(match.dnut_micro_euro for match in period.matches) + sold_outside
    line = PotentialLine(
        area_id=period.area_id,
        mtu=period.mtu,
        start_micro_euro=period.start_micro_euro,
        end_micro_euro=period.end_micro_euro,
        billed_micro_euro=billed,
        relief_micro_euro=sum(match.relief_micro_euro for match in period.matches),
        revision_micro_euro=period.revision_micro_euro - sold_outside,
        withheld_micro_euro=withheld,
        amount_micro_euro=billed + withheld,
    )
    if line.gap_micro_euro:
        raise InvariantError(
            f"{line.leaf_id}: billed + relief + revision misses the change of the potential by {line.gap_micro_euro}"
        )
    return line


def net_by_account(lines: Iterable[Line]) -> dict[str, int]:
    """Return the net amount of every account that has a line, by account."""
    net: dict[str, int] = {}
    for line in lines:
        net[line.account] = net.get(line.account, 0) + line.net_micro_euro
    return dict(sorted(net.items()))


def check_zero(lines: Iterable[Line]) -> None:
    """Raise InvariantError where the lines do not add up to zero."""
    total = sum(line.net_micro_euro for line in lines)
    if total:
        raise InvariantError(f"the lines add up to {total} micro-euro instead of 0")
