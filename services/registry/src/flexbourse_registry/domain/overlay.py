"""A state over another one: what is decided in a command is seen by its later entries only."""

from __future__ import annotations

from flexbourse_registry.domain.entities import Entity, Key, RightToOffer
from flexbourse_registry.domain.state import State


class Overlay(State):
    """Objects of a command over those that were there before it."""

    def __init__(self, base: State) -> None:
        super().__init__()
        self._base = base

    def version(self, key: Key) -> int:
        """Return the version of an object, 0 where there is none."""
        return super().version(key) or self._base.version(key)

    def get(self, key: Key) -> Entity | None:
        """Return an object."""
        return super().get(key) or self._base.get(key)

    def rights_of(self, unit_id: str) -> tuple[RightToOffer, ...]:
        """Return all rights to offer a unit, by id."""
        mine = {right.right_id: right for right in self._base.rights_of(unit_id)}
        mine |= {right.right_id: right for right in super().rights_of(unit_id)}
        return tuple(mine[right_id] for right_id in sorted(mine))

    def points_ever_at(self, area_id: str, node_id: str) -> frozenset[str]:
        """Return the metering points that are, or were, at a node."""
        return self._base.points_ever_at(area_id, node_id) | super().points_ever_at(area_id, node_id)

    def portfolios_ever_with(self, unit_id: str) -> frozenset[str]:
        """Return the portfolios that hold, or held, a unit."""
        return self._base.portfolios_ever_with(unit_id) | super().portfolios_ever_with(unit_id)
