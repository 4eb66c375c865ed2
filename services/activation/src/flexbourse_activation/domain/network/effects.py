"""Effects of nodes on elements: how much of one W more injection an element carries, in permille; given as data.

They are power transfer factors of the area's network (`flexbourse_gridmath.ptdf`, or impact factors of an operator's
own tool), signed so that a positive effect loads the element more. In a radial network the sum of absolute differences
of two nodes' effects over all elements counts the branches between them; in a meshed one it weighs them by their part
of the flow. That is the distance by which a *nearest* location is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from flexbourse_activation.domain.terms import Direction, Share
from flexbourse_core.ids import is_object_id
from flexbourse_core.money import divide_half_even
from flexbourse_core.rejection import Code, Rejection

MAX_EFFECTS = 5_000  # of an area
MAX_EFFECT_PERMILLE = 1_000_000
WHOLE = 1000  # permille: at the interface a W counts as a W


@dataclass(frozen=True, slots=True)
class Effect:
    """How much an element carries of one W more injection at a node."""

    element_id: str
    node_id: str
    effect_permille: int


@dataclass(frozen=True, slots=True)
class EffectsSet:
    """Event: the effects of an area, all of them."""

    area_id: str
    party: str
    topology_version: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class EffectTable:
    """Effects of an area's nodes by element; missing ones are zero."""

    by_element: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, effects: Iterable[Effect]) -> EffectTable:
        """Return a table."""
        found: dict[str, dict[str, int]] = {}
        for effect in effects:
            found.setdefault(effect.element_id, {})[effect.node_id] = effect.effect_permille
        return cls(found)

    def effect_permille(self, element_id: str, node_id: str) -> int:
        """Return an effect."""
        return self.by_element.get(element_id, {}).get(node_id, 0)

    def relief_permille(self, element_id: str, node_id: str, direction: Direction) -> int:
        """Return what one W in a direction takes off an element; no element: what it gives at the interface."""
        if not element_id:
            return WHOLE
        return -direction.sign * self.effect_permille(element_id, node_id)

    def relief_milliwatts(
        self, element_id: str, shares: Iterable[Share], period: int, node_of: Callable[[str], str], direction: Direction
    ) -> int:
        """Return what shares take off an element in one period, in mW; negative: they load it more.

        `period` is the place in the shares' window, `node_of` says where each unit is.
        """
        return sum(
            share.quantities_w[period] * self.relief_permille(element_id, node_of(share.unit_id), direction)
            for share in shares
        )

    def distance(self, node_id: str, other_id: str) -> int:
        """Return how far two nodes are apart."""
        return sum(abs(effects.get(node_id, 0) - effects.get(other_id, 0)) for effects in self.by_element.values())

    def nearest(self, node_id: str, candidates: Iterable[str]) -> str:
        """Return the candidate that is nearest to a node, by id among equals; "" where there is none."""
        return min(candidates, key=lambda other: (self.distance(node_id, other), other), default="")


def mean_relief_permille(table: EffectTable, element_id: str, weights: Mapping[str, int], direction: Direction) -> int:
    """Return the relief of one W that nodes give together, by what each can give, in W."""
    whole = sum(weights.values())
    if not whole:
        return 0
    relief = sum(weight * table.relief_permille(element_id, node, direction) for node, weight in weights.items())
    return divide_half_even(relief, whole)


def effect_problems(effects: tuple[Effect, ...]) -> list[Rejection]:
    """Return every rule that effects break."""
    if len(effects) > MAX_EFFECTS:
        return [
            Rejection(Code.TOO_MANY_ENTRIES, "effects of an area", "effects", value=len(effects), limit=MAX_EFFECTS)
        ]
    found = []
    seen: set[tuple[str, str]] = set()
    for index, effect in enumerate(effects):
        name = f"effects[{index}]"
        if not is_object_id(effect.element_id) or not is_object_id(effect.node_id):
            found.append(Rejection(Code.FIELD_MALFORMED, "an effect names an element and a node", name))
        if abs(effect.effect_permille) > MAX_EFFECT_PERMILLE:
            found.append(
                Rejection(
                    Code.FIELD_OUT_OF_RANGE, "an effect is small", f"{name}.effect_permille",
                    value=effect.effect_permille, limit=MAX_EFFECT_PERMILLE, unit="permille",
                )
            )  # fmt: skip
        if (effect.element_id, effect.node_id) in seen:
            rule = "one effect per element and node"
            found.append(Rejection(Code.FIELD_MALFORMED, rule, name, effect.element_id))
        seen.add((effect.element_id, effect.node_id))
    return found
