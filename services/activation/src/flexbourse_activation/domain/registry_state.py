"""What the registry says, as far as activations depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_activation.domain.terms import Claimant, Window


class Role(IntEnum):
    """Roles that the rules ask for; numbers as on the wire."""

    AGR = 1
    BSP = 2
    BRP = 3
    DSO = 4
    TSO = 5
    MARKET_OPERATOR = 6


@dataclass(frozen=True, slots=True)
class Participant:
    """A legal person with its roles."""

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
    """A unit; powers as injections."""

    unit_id: str
    metering_point_id: str
    operator_id: str
    max_power_w: int
    min_power_w: int
    controllable: bool
    active: bool
    feeder_id: str
    reservable: bool = True  # qualified for reservations, or its qualifications are not kept

    @property
    def span_w(self) -> int:
        """Return what lies between its least and most injection."""
        return self.max_power_w - self.min_power_w


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Units that are offered as one."""

    portfolio_id: str
    operator_id: str
    unit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The network below one primary substation."""

    area_id: str
    shard: int
    dso_id: str
    rights_on_chain: bool = False


@dataclass(frozen=True, slots=True)
class RightToOffer:
    """The right of a participant to offer a unit, in [valid_from_s, valid_to_s).

    `granted_to_s` is until when the chain grants it, 0 where it does not.
    """

    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    granted_to_s: int = 0


RegistryFact = Participant | MeteringPoint | Unit | Portfolio | Area | RightToOffer


class Registry:
    """The newest version of every object; `operator_id` runs the platform."""

    def __init__(self, operator_id: str = "") -> None:
        self.operator_id = operator_id
        self.participants: dict[str, Participant] = {}
        self.metering_points: dict[str, MeteringPoint] = {}
        self.units: dict[str, Unit] = {}
        self.portfolios: dict[str, Portfolio] = {}
        self.areas: dict[str, Area] = {}
        self._rights: dict[str, dict[str, RightToOffer]] = {}

    def put(self, fact: RegistryFact) -> None:
        """Take the newest version of an object."""
        match fact:
            case Participant():
                self.participants[fact.participant_id] = fact
            case MeteringPoint():
                self.metering_points[fact.metering_point_id] = fact
            case Unit():
                self.units[fact.unit_id] = fact
            case Portfolio():
                self.portfolios[fact.portfolio_id] = fact
            case Area():
                self.areas[fact.area_id] = fact
            case RightToOffer():
                self._rights.setdefault(fact.unit_id, {})[fact.right_id] = fact

    def point_of(self, unit_id: str) -> MeteringPoint | None:
        """Return where a unit is connected, None where it, or that, is not known."""
        unit = self.units.get(unit_id)
        return self.metering_points.get(unit.metering_point_id) if unit else None

    def is_live(self, unit_id: str) -> bool:
        """Tell whether a unit and its metering point are active."""
        unit, point = self.units.get(unit_id), self.point_of(unit_id)
        return unit is not None and point is not None and unit.active and point.active

    def right_held(self, party: str, unit_id: str, window: Window) -> RightToOffer | None:
        """Return by which right a party may offer a unit for a whole window."""
        held = (
            right
            for right in self._rights.get(unit_id, {}).values()
            if right.holder_id == party
            and not right.revoked
            and right.valid_from_s <= window.start_s
            and window.end_s <= right.valid_to_s
        )
        return next(held, None)

    def asks_the_chain(self, unit_id: str) -> bool:
        """Tell whether rights to offer a unit hold only once the chain has granted them."""
        point = self.point_of(unit_id)
        area = None if point is None else self.areas.get(point.area_id)
        return area is not None and area.rights_on_chain

    def has_role(self, party: str, *roles: Role) -> bool:
        """Tell whether an active participant has one of the roles; the platform's own operator runs the market."""
        if Role.MARKET_OPERATOR in roles and party == self.operator_id:
            return True
        participant = self.participants.get(party)
        return participant is not None and participant.active and not participant.roles.isdisjoint(roles)

    def operator_of(self, area_id: str, party: str) -> Claimant:
        """Return whether a party is the area's DSO or a TSO; UNSPECIFIED where it is neither."""
        area = self.areas.get(area_id)
        if area is not None and area.dso_id == party and self.has_role(party, Role.DSO):
            return Claimant.DSO
        return Claimant.TSO if self.has_role(party, Role.TSO) else Claimant.UNSPECIFIED

    def claimant_of(self, area_id: str, party: str) -> Claimant:
        """Return on whose behalf a party buys: an operator, a market outside (BSP), or the area's own market."""
        operator = self.operator_of(area_id, party)
        if operator is not Claimant.UNSPECIFIED:
            return operator
        if self.has_role(party, Role.BSP):
            return Claimant.WHOLESALE
        return Claimant.LOCAL if self.has_role(party, Role.BRP, Role.AGR) else Claimant.UNSPECIFIED
