"""What the TSOs bring: needs, capacities of borders, calls for redispatch. Quantities in whole MW."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from flexbourse_mfrr_simulator.domain.bids import Bid
from flexbourse_mfrr_simulator.domain.clearing import Border
from flexbourse_mfrr_simulator.domain.messages import Interval


@dataclass(frozen=True, slots=True)
class Need:
    """A need of one zone and MTU; without a price it is inelastic; `tolerance` may be taken beyond it."""

    zone: str
    direction: str
    quantity: int
    price: int | None = None
    tolerance: int = 0


@dataclass(frozen=True, slots=True)
class DirectNeed:
    """A need that arises at a time within the direct activation window of an MTU; inelastic."""

    zone: str
    direction: str
    quantity: int
    at: int
    mtu: int


@dataclass(frozen=True, slots=True)
class Deactivation:
    """An order of a party that is to end earlier; without an id it is the party's latest that still runs."""

    party: str
    at: int
    end: int
    order: str = ""


@dataclass(frozen=True, slots=True)
class RedispatchCall:
    """A call for redispatch: announced, offers until a time, ordered at a time, delivered in an interval."""

    name: str
    zone: str
    direction: str
    quantity: int
    interval: Interval
    announced: int
    offers_until: int
    ordered: int
    business_type: str = "A85"


class Inputs(Protocol):
    """Where a platform gets what the TSOs and other BSPs bring for an MTU."""

    def needs(self, mtu: int) -> Sequence[Need]:
        """Return the needs of an MTU."""

    def borders(self, mtu: int) -> Sequence[Border]:
        """Return the borders with the capacity agreed for an MTU."""

    def other_bids(self, mtu: int) -> Sequence[Bid]:
        """Return the bids of BSPs that are not connected."""


def agreed_capacity(sent: Iterable[int | None]) -> int:
    """Return the capacity of a border from what its sides sent: the lowest; of one that alone sent; none: 0."""
    return max(0, min((value for value in sent if value is not None), default=0))
