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
    """A unit, where it is connected, and who operates it."""

    unit_id: str
    feeder_id: str
    metering_point_id: str = ""
    operator_id: str = ""
    controllable: bool = False
    max_power_w: int = 0
    min_power_w: int = 0
    active: bool = False


@dataclass(frozen=True, slots=True)
class MeteringPoint:
    """Where units are connected."""

    metering_point_id: str
    area_id: str
    node_id: str
    active: bool


@dataclass(frozen=True, slots=True)
class RightToOffer:
    """Who may offer a unit, and when; `granted_to_s` is until when the chain grants it, 0 where it does not."""

    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    granted_to_s: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """An area and its operator."""

    area_id: str
    dso_id: str
    rights_on_chain: bool = False


@dataclass(frozen=True, slots=True)
class Market:
    """A local market and what its tick is worth."""

    market_id: str
    price_tick_micro_euro_per_mwh: int


RegistryFact = Participant | Unit | MeteringPoint | RightToOffer | Area | Market


@dataclass(slots=True)
class Registry:
    """The newest version of each object."""

    participants: dict[str, Participant] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    points: dict[str, MeteringPoint] = field(default_factory=dict)
    rights: dict[str, RightToOffer] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    markets: dict[str, Market] = field(default_factory=dict)

    def put(self, fact: RegistryFact) -> None:
        """Take a version in."""
        match fact:
            case Participant():
                self.participants[fact.participant_id] = fact
            case Unit():
                self.units[fact.unit_id] = fact
            case MeteringPoint():
                self.points[fact.metering_point_id] = fact
            case RightToOffer():
                self.rights[fact.right_id] = fact
            case Area():
                self.areas[fact.area_id] = fact
            case Market():
                self.markets[fact.market_id] = fact

    def is_market_operator(self, party: str) -> bool:
        """Tell whether a party runs the market."""
        known = self.participants.get(party)
        return known is not None and known.active and MARKET_OPERATOR in known.roles

    def may_offer(self, unit_id: str, party: str, start_s: int, end_s: int) -> bool:
        """Tell whether a party holds the right to offer a unit for a whole period, on the chain where that is asked."""
        asks = self._asks_the_chain(unit_id)
        return any(
            right.unit_id == unit_id and right.holder_id == party and not right.revoked
            and right.valid_from_s <= start_s and end_s <= (right.granted_to_s if asks else right.valid_to_s)
            for right in self.rights.values()
        )  # fmt: skip

    def has_lost(self, unit_id: str, party: str, start_s: int, end_s: int) -> bool:
        """Tell whether a party may no longer offer a unit of which rights are known."""
        known = any(right.unit_id == unit_id for right in self.rights.values())
        return known and not self.may_offer(unit_id, party, start_s, end_s)

    def _asks_the_chain(self, unit_id: str) -> bool:
        unit = self.units.get(unit_id)
        point = self.points.get(unit.metering_point_id) if unit is not None else None
        area = self.areas.get(point.area_id) if point is not None else None
        return area is not None and area.rights_on_chain

    def is_operator_of(self, area_id: str, party: str) -> bool:
        """Tell whether a party operates an area's grid."""
        area = self.areas.get(area_id)
        return area is not None and bool(party) and area.dso_id == party
