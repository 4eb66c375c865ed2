"""Agreements: trades that participants agreed on off the book, proposed by one and confirmed by all others.

One trade of two participants is the simplest of them; a community proposes trades of many members at once. All trades
of an agreement are executed together or none is. Values, events and what is kept until an agreement ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_orderbook.domain.orders import Product


class TariffBearer(IntEnum):
    """Who bears the network tariff of an agreed trade; numbers as on the wire.

    UNSPECIFIED: half each; where several trades of a period are accepted at once, each side what it moves.
    """

    UNSPECIFIED = 0
    SELLER = 1
    BUYER = 2
    HALVES = 3


class Answer(IntEnum):
    """What a party says to a proposed agreement; numbers as on the wire."""

    UNSPECIFIED = 0
    CONFIRM = 1
    DECLINE = 2


class AgreementOutcome(IntEnum):
    """How an agreement ended; numbers as on the wire."""

    UNSPECIFIED = 0
    EXECUTED = 1
    REFUSED = 2
    DECLINED = 3
    WITHDRAWN = 4
    EXPIRED = 5


@dataclass(frozen=True, slots=True)
class AgreedSide:
    """A side of an agreed trade: a unit, or the metering point of a balance responsible party that buys flexibility."""

    party: str
    unit_id: str
    metering_point_id: str
    reference: str


@dataclass(frozen=True, slots=True)
class AgreedTrade:
    """A trade that two participants agreed on, the same in each of some periods; the price is without the tariff."""

    product: Product
    mtus: tuple[Mtu, ...]
    quantity_w: int
    price_ticks: int
    seller: AgreedSide
    buyer: AgreedSide
    tariff_borne_by: TariffBearer = TariffBearer.UNSPECIFIED

    @property
    def sides(self) -> tuple[AgreedSide, AgreedSide]:
        """Return seller and buyer."""
        return self.seller, self.buyer


@dataclass(frozen=True, slots=True)
class ProposeAgreement:
    """Trades that a party proposes; `valid_until_ms` 0: as long as is usual."""

    client_agreement_id: str
    market_id: str
    trades: tuple[AgreedTrade, ...]
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class AnswerAgreement:
    """What a party says to a proposed agreement; of its proposer a DECLINE withdraws it."""

    agreement_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Agreement:
    """Trades that were proposed; `awaited` are the parties that have not confirmed yet."""

    agreement_id: str
    area_id: str
    market_id: str
    proposer: str
    client_agreement_id: str
    trades: tuple[AgreedTrade, ...]
    awaited: tuple[str, ...]
    valid_until_ms: int
    proposed_at_ms: int
    sequence: int

    @property
    def parties(self) -> tuple[str, ...]:
        """Return who has part in it: the proposer first, then the sides in their order."""
        return tuple(dict.fromkeys([self.proposer, *parties_of(self.trades)]))


@dataclass(frozen=True, slots=True)
class AgreementProposed:
    """Trades were proposed."""

    agreement: Agreement


@dataclass(frozen=True, slots=True)
class AgreementConfirmed:
    """A party has confirmed a proposed agreement."""

    area_id: str
    agreement_id: str
    party: str
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreementEnded:
    """A proposed agreement ended; `party` is who declined or withdrew it, or whose trade was refused."""

    area_id: str
    agreement_id: str
    outcome: AgreementOutcome
    party: str
    rejection: Rejection | None
    trade_ids: tuple[str, ...]
    parties: tuple[str, ...]


class Agreements:
    """Proposed agreements of one area that have not ended, by id and in the order in which they came."""

    def __init__(self) -> None:
        self.sequence = 0
        self.open: dict[str, Agreement] = {}

    def put(self, agreement: Agreement) -> None:
        """Keep an agreement, or what became of its awaited parties."""
        self.sequence = max(self.sequence, agreement.sequence)
        self.open[agreement.agreement_id] = agreement

    def of(self, party: str) -> list[Agreement]:
        """Return those in which a party has part, the earliest first."""
        return [each for each in self.open.values() if party in each.parties]

    def next_ms(self) -> int | None:
        """Return when the next one expires."""
        return min((each.valid_until_ms for each in self.open.values()), default=None)

    def due(self, now_ms: int) -> list[Agreement]:
        """Return those whose time has come, the earliest first."""
        return [each for each in self.open.values() if each.valid_until_ms <= now_ms]


def parties_of(trades: tuple[AgreedTrade, ...]) -> Iterator[str]:
    """Iterate over the parties of the sides of some trades, each as often as it stands there."""
    return (side.party for trade in trades for side in trade.sides)
