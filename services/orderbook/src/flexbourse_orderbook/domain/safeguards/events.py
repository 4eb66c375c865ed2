"""Events about sessions and stopped participants."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.orders import Order


@quickly_made
@dataclass(frozen=True, slots=True)
class OrderHibernated:
    """An order was taken out of the book, and may come back."""

    order: Order


@quickly_made
@dataclass(frozen=True, slots=True)
class SessionKept:
    """Until when a party's session stands; 0: it ended or lapsed."""

    area_id: str
    party: str
    session_id: str
    until_ms: int


@quickly_made
@dataclass(frozen=True, slots=True)
class KillSwitchSet:
    """A participant was stopped or released, by `party`."""

    area_id: str
    participant_id: str
    engaged: bool
    by_operator: bool
    reason: str
    party: str
