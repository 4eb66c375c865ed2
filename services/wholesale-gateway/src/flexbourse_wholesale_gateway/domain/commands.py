"""What the gateway's own effects and sources say; what participants say are ids and rules."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_wholesale_gateway.domain.day_ahead.curves import Award
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """An answer to an entry, or to an operation."""

    request_id: str
    intent_id: str
    number: int
    outcome: Outcome
    report: Report | None
    reasons: tuple[str, ...]
    is_operation: bool = False
    is_stray: bool = False


@dataclass(frozen=True, slots=True)
class RecordLookUp:
    """All that the exchange has under a client order id; failed: it did not answer."""

    request_id: str
    intent_id: str
    asked_s: int
    failed: bool
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The exchange refuses what it had taken; the key is a client order id, or an id of the exchange."""

    key: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordReports:
    """Orders as they stand, and refusals."""

    reports: tuple[Report, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class RecordConnection:
    """The exchange can be heard, or not."""

    connected: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RecordMarket:
    """Whether the exchange takes orders."""

    takes_orders: bool
    name: str


@dataclass(frozen=True, slots=True)
class RecordSubmission:
    """What the auction says of curves that were submitted, by intent."""

    request_id: str
    taken: tuple[str, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class RecordAwards:
    """The newest revision of an auction's result; 0: none yet, or no answer."""

    request_id: str
    day: str
    revision: int
    final: bool
    awards: tuple[Award, ...]


OwnCommand = (
    RecordAnswer | RecordLookUp | RecordReports | RecordConnection | RecordMarket | RecordSubmission | RecordAwards
)
