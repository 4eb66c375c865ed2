"""State of the registry: the newest version of every object, and the indexes that its rules ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from flexbourse_core.errors import InvariantError
from flexbourse_registry.domain.entities import (
    Entity,
    GridArea,
    Key,
    Market,
    MeteringPoint,
    Participant,
    Portfolio,
    RightToOffer,
    Role,
    Unit,
    key_of,
)
from flexbourse_registry.domain.unit_life import UnitStep

Kind = TypeVar("Kind", bound=Entity)


@dataclass(frozen=True, slots=True)
class Registered:
    """The event: an object was registered or changed, and this is its version, from 1.

    `step` is the step of a unit's life that made it, where one did.
    """

    entity: Entity
    version: int
    party: str
    step: UnitStep | None = None


class State:
    """Objects by key. Changed by `evolve` alone."""

    def __init__(self) -> None:
        self._objects: dict[Key, tuple[Entity, int]] = {}
        self._rights: dict[str, dict[str, RightToOffer]] = {}
        self._points_at: dict[tuple[str, str], set[str]] = {}
        self._portfolios_with: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[tuple[Entity, int]]:
        """Iterate over objects and versions in the order of their keys."""
        return (self._objects[key] for key in sorted(self._objects))

    def evolve(self, event: Registered) -> None:
        """Apply an event; raises InvariantError where it is not the next version of its object."""
        key = key_of(event.entity)
        if event.version != self.version(key) + 1:
            raise InvariantError(f"{key} is at version {self.version(key)}, {event.version} does not follow")
        self.load(event.entity, event.version)

    def load(self, entity: Entity, version: int) -> None:
        """Put an object at a version: recovery from a snapshot."""
        self._objects[key_of(entity)] = (entity, version)
        if isinstance(entity, RightToOffer):
            self._rights.setdefault(entity.unit_id, {})[entity.right_id] = entity
        if isinstance(entity, MeteringPoint):
            self._points_at.setdefault((entity.area_id, entity.node_id), set()).add(entity.metering_point_id)
        if isinstance(entity, Portfolio):
            for unit_id in (*entity.unit_ids, *(member.unit_id for member in entity.members)):
                self._portfolios_with.setdefault(unit_id, set()).add(entity.portfolio_id)

    def version(self, key: Key) -> int:
        """Return the version of an object, 0 where there is none."""
        found = self._objects.get(key)
        return found[1] if found else 0

    def get(self, key: Key) -> Entity | None:
        """Return an object."""
        found = self._objects.get(key)
        return found[0] if found else None

    def participant(self, participant_id: str) -> Participant | None:
        """Return a participant."""
        found = self.get(Key("participant", participant_id))
        return found if isinstance(found, Participant) else None

    def metering_point(self, metering_point_id: str) -> MeteringPoint | None:
        """Return a metering point."""
        found = self.get(Key("metering_point", metering_point_id))
        return found if isinstance(found, MeteringPoint) else None

    def points_ever_at(self, area_id: str, node_id: str) -> frozenset[str]:
        """Return the metering points that are, or in an earlier version were, at a node."""
        return frozenset(self._points_at.get((area_id, node_id), ()))

    def active_points_at(self, area_id: str, node_id: str) -> tuple[str, ...]:
        """Return the active metering points of a node, by id."""
        points = (self.metering_point(point) for point in sorted(self.points_ever_at(area_id, node_id)))
        return tuple(p.metering_point_id for p in points if p is not None and p.active and p.node_id == node_id)

    def portfolios_ever_with(self, unit_id: str) -> frozenset[str]:
        """Return the portfolios that hold, or in an earlier version held, a unit."""
        return frozenset(self._portfolios_with.get(unit_id, ()))

    def portfolios_with(self, unit_id: str) -> tuple[Portfolio, ...]:
        """Return the portfolios that hold a unit at some time, by id."""
        found = (self.get(Key("portfolio", name)) for name in sorted(self.portfolios_ever_with(unit_id)))
        return tuple(each for each in found if isinstance(each, Portfolio) and each.periods_of(unit_id))

    def unit(self, unit_id: str) -> Unit | None:
        """Return a unit."""
        found = self.get(Key("unit", unit_id))
        return found if isinstance(found, Unit) else None

    def area(self, area_id: str) -> GridArea | None:
        """Return a grid area."""
        found = self.get(Key("area", area_id))
        return found if isinstance(found, GridArea) else None

    def market(self, market_id: str) -> Market | None:
        """Return a market."""
        found = self.get(Key("market", market_id))
        return found if isinstance(found, Market) else None

    def rights_of(self, unit_id: str) -> tuple[RightToOffer, ...]:
        """Return all rights to offer a unit, revoked ones included, by id."""
        rights = self._rights.get(unit_id, {})
        return tuple(rights[right_id] for right_id in sorted(rights))

    def roles(self, party: str) -> frozenset[Role]:
        """Return the roles of an active participant."""
        found = self.participant(party)
        return frozenset(found.roles) if found is not None and found.active else frozenset()
