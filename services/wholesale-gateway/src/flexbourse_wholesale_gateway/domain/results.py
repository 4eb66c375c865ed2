"""Trades of the exchange as results that others settle: split over the members of a pool, each correction a version."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256

from flexbourse_core.external_share import ExternalShare
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro, largest_remainder
from flexbourse_wholesale_gateway.domain.external_orders.order import ExternalTerms, Trade
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder, split_money

TICK_MICRO_EURO_PER_MWH = 10_000  # prices of the exchange have two decimals


class ResultKind(IntEnum):
    """What a result is."""

    UNSPECIFIED = 0
    TRADE = 1
    CLEARING = 2
    ACTIVATION = 3
    REDISPATCH = 4


@dataclass(frozen=True, slots=True)
class ExternalResult:
    """A result, whole; a correction takes the place of the version before."""

    venue_id: str
    result_id: str
    version: int
    kind: ResultKind
    final: bool
    mtu: Mtu
    shares: tuple[ExternalShare, ...]
    document_sha256: bytes
    reason: str


def result_id(trade_id: str, intent_id: str) -> str:
    """Return the id of a trade's result: both sides of a trade may be ours."""
    return f"{trade_id}/{intent_id}"


def trade_result(
    venue_id: str,
    operator_id: str,
    key: tuple[str, str],
    terms: ExternalTerms,
    trade: Trade,
    shares: Mapping[str, tuple[ForwardableOrder, int]],
    excess_w: int,
) -> ExternalResult:
    """Return the first version of a trade (`key`: trade and intent); `shares` by order, what exceeds is the operator's.

    Amounts are one rounding of the whole trade, split as its W.
    """
    seconds = terms.delivery_end_s - terms.delivery_start_s
    sign = terms.side.sign
    amount = sign * amount_micro_euro(trade.quantity_w, trade.price_ticks, seconds, TICK_MICRO_EURO_PER_MWH)
    watts = {order_id: part for order_id, (_, part) in shares.items()}
    if excess_w:
        watts[""] = excess_w
    money = split_money(amount, watts)
    parts = [
        ExternalShare(order.participant_id, order.area_id, order.metering_point_id, order.unit_id, order_id,
                      sign * part, money[order_id], scheduled=not order.moves)
        for order_id, (order, part) in sorted(shares.items())
    ]  # fmt: skip
    if excess_w:
        parts.append(ExternalShare(operator_id, "", "", "", "", sign * excess_w, money[""]))
    mtu = Mtu(terms.delivery_start_s, seconds)
    return ExternalResult(
        venue_id=venue_id, result_id=result_id(*key), version=1, kind=ResultKind.TRADE, final=True, mtu=mtu,
        shares=tuple(parts), document_sha256=document_hash(venue_id, key[0], trade), reason="",
    )  # fmt: skip


def intent_of(of_result_id: str) -> str:
    """Return the intent that a result's id names."""
    return of_result_id.rsplit("/", 1)[1]


def bearing(result: ExternalResult, dnut_micro_euro: int, moving: Collection[str]) -> ExternalResult:
    """Return a result that bears a tariff in all: `moving` orders, those that move the grid, as their W.

    Whole micro-euro by largest remainder, ties by the order of the shares. Raises ValueError where none of them moves.
    """
    weights = [abs(share.quantity_w) if share.order_id in moving else 0 for share in result.shares]
    parts = largest_remainder(dnut_micro_euro, weights)
    shares = tuple(replace(share, dnut_micro_euro=part) for share, part in zip(result.shares, parts, strict=True))
    return replace(result, shares=shares)


def charged(result: ExternalResult, dnut_micro_euro: int, moving: Collection[str]) -> ExternalResult:
    """Return the next version of a result, which bears a tariff beside what it bears already; as `bearing`."""
    borne = sum(share.dnut_micro_euro for share in result.shares)
    more = bearing(result, borne + dnut_micro_euro, moving)
    return replace(more, version=result.version + 1, reason="network tariff")


def document_hash(venue_id: str, trade_id: str, trade: Trade) -> bytes:
    """Return the hash of what the exchange said of a trade, in a canonical form."""
    said = f"{venue_id}|{trade_id}|{trade.external_id}|{trade.quantity_w}|{trade.price_ticks}|{trade.recalled}"
    return sha256(said.encode()).digest()
