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
class MeteringPoint:
    """Where a unit is connected."""

    metering_point_id: str
    area_id: str
    node_id: str
    active: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, as far as it matters here."""

    unit_id: str
    metering_point_id: str
    operator_id: str
    feeder_id: str
    max_power_w: int
    min_power_w: int
    controllable: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Area:
    """An area and its operator."""

    area_id: str
    dso_id: str


@dataclass(frozen=True, slots=True)
class RightToOffer:
    """Who may offer a unit, and when."""

    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool


RegistryFact = Participant | MeteringPoint | Unit | Area | RightToOffer


@dataclass(slots=True)
class Registry:
    """The newest version of each object."""

    participants: dict[str, Participant] = field(default_factory=dict)
    points: dict[str, MeteringPoint] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    rights: dict[str, RightToOffer] = field(default_factory=dict)

    def put(self, fact: RegistryFact) -> None:
        """Take a version in."""
        match fact:
            case Participant():
                self.participants[fact.participant_id] = fact
            case MeteringPoint():
                self.points[fact.metering_point_id] = fact
            case Unit():
                self.units[fact.unit_id] = fact
            case Area():
                self.areas[fact.area_id] = fact
            case RightToOffer():
                self.rights[fact.right_id] = fact

    def is_market_operator(self, party: str) -> bool:
        """Tell whether a party runs the market."""
        known = self.participants.get(party)
        return known is not None and known.active and MARKET_OPERATOR in known.roles
