"""What the gateway knows of the registry: who and what stands behind an order."""

from __future__ import annotations

from dataclasses import dataclass, field

MARKET_OPERATOR = 6


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant and his roles."""

    participant_id: str
    roles: frozenset[int]
    active: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and the feeder that it loads."""

    unit_id: str
    feeder_id: str


@dataclass(frozen=True, slots=True)
class Area:
    """An area and its operator."""

    area_id: str
    dso_id: str


@dataclass(frozen=True, slots=True)
class Market:
    """A local market and what its tick is worth."""

    market_id: str
    price_tick_micro_euro_per_mwh: int


RegistryFact = Participant | Unit | Area | Market


@dataclass(slots=True)
class Registry:
    """The newest version of each object."""

    participants: dict[str, Participant] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    markets: dict[str, Market] = field(default_factory=dict)

    def put(self, fact: RegistryFact) -> None:
        """Take a version in."""
        match fact:
            case Participant():
                self.participants[fact.participant_id] = fact
            case Unit():
                self.units[fact.unit_id] = fact
            case Area():
                self.areas[fact.area_id] = fact
            case Market():
                self.markets[fact.market_id] = fact

    def is_market_operator(self, party: str) -> bool:
        """Tell whether a party runs the market."""
        known = self.participants.get(party)
        return known is not None and known.active and MARKET_OPERATOR in known.roles

    def is_operator_of(self, area_id: str, party: str) -> bool:
        """Tell whether a party operates an area's grid."""
        area = self.areas.get(area_id)
        return area is not None and bool(party) and area.dso_id == party
