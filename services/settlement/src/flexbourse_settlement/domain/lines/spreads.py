"""Lines of pairs over two locations: what an operator paid so that a buyer met a seller who asked for more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement.domain.lines.field import Field
from flexbourse_settlement.domain.matches import Match

OPERATOR, BUYER = "OPERATOR", "BUYER"


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """The spread of a pair, from the operator to the buyer. The pair's trade lines are at the seller's price.

    The amount is that of the trade at the seller's price less that at the buyer's, each rounded once.
    """

    account: str
    metering_point_id: str
    trade_id: str
    mtu: Mtu
    side: str
    counterparty: str
    quantity_w: int
    price_ticks: int
    spread_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int

    @property
    def leaf_id(self) -> str:
        """Return the name of the line in its run."""
        return f"spread/{self.trade_id}/{self.side.lower()}"

    @property
    def net_micro_euro(self) -> int:
        """Return what the account gets."""
        return self.amount_micro_euro

    def fields(self) -> dict[str, Field]:
        """Return everything that the leaf binds."""
        return {
            "kind": "spread", "trade_id": self.trade_id, "side": self.side, "counterparty": self.counterparty,
            "quantity_w": self.quantity_w, "price_ticks": self.price_ticks, "spread_ticks": self.spread_ticks,
            "tick_micro_euro_per_mwh": self.tick_micro_euro_per_mwh, "amount_micro_euro": self.amount_micro_euro,
        }  # fmt: skip


def spread_lines(match: Match) -> list[SpreadLine]:
    """Return both sides of what an operator paid for a pair; none where there is no operator."""
    if not match.spread_operator:
        return []
    return [_line(match, of_operator=True), _line(match, of_operator=False)]


def _line(match: Match, *, of_operator: bool) -> SpreadLine:
    operator, buyer = match.spread_operator, match.buyer
    amount = match.spread_micro_euro
    return SpreadLine(
        account=operator if of_operator else buyer.party,
        metering_point_id="" if of_operator else buyer.metering_point_id,
        trade_id=match.trade_id,
        mtu=match.mtu,
        side=OPERATOR if of_operator else BUYER,
        counterparty=buyer.party if of_operator else operator,
        quantity_w=match.quantity_w,
        price_ticks=match.price_ticks,
        spread_ticks=match.spread_ticks,
        tick_micro_euro_per_mwh=match.tick_micro_euro_per_mwh,
        amount_micro_euro=-amount if of_operator else amount,
    )


def spread_rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield field, the value that the other fields of a spread line give it, and how."""
    sold, bought = (
        amount_micro_euro(fields["quantity_w"], price, fields["mtu_length_s"], fields["tick_micro_euro_per_mwh"])
        for price in (fields["price_ticks"], fields["price_ticks"] - fields["spread_ticks"])
    )
    amount = sold - bought if fields["side"] == BUYER else bought - sold
    yield "amount_micro_euro", amount, "W × seller's ticks × seconds less W × buyer's, each rounded once"
    yield "net_micro_euro", fields["amount_micro_euro"], "the amount"
