"""Effects as they follow from an area's network: power transfer factors in permille, signed by where power flows.

The factor of an element and a node is the part of one W more injection at the node, taken out at the source, that flows
through the element (`flexbourse_gridmath.ptdf`). More injection *loads* an element through which power flows away from
consumers, and relieves one through which it flows towards them. Which it is, the base case of each period says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flexbourse_activation.domain.network.effects import WHOLE, EffectTable
from flexbourse_activation.domain.terms import PERIOD_S, Window, window_around
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.model import ModelError, NetworkModel
from flexbourse_gridmath.ptdf import linear_of

MAX_COMPUTED = 100_000  # effects of an area that are not zero: a few bytes each, so that one record holds them
MAX_TOPOLOGIES = 20  # that are in force for some period or other
MAX_PROBLEM = 200
CACHED_TABLES = 200


@dataclass(frozen=True, slots=True)
class TopologyFact:
    """A topology of an area, for periods that start then or later."""

    area_id: str
    version: int
    effective_from_s: int
    model: NetworkModel


@dataclass(frozen=True, slots=True)
class BaseCaseFact:
    """Injection of every node in a period without the market, in the order of the topology's nodes."""

    area_id: str
    mtu: Mtu
    version: int
    topology_version: int
    p_w: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ElementEffects:
    """Effects on one element of nodes, by their places, as far as they are not zero."""

    element_id: str
    nodes: tuple[int, ...]
    effects_permille: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EffectsComputed:
    """Event: the effects of an area's nodes by its topology, where power flows to consumers; or why there are none."""

    area_id: str
    topology_version: int
    effective_from_s: int
    node_ids: tuple[str, ...]
    elements: tuple[ElementEffects, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class FlowsTurned:
    """Event: through which elements power flows to the source in a period."""

    area_id: str
    mtu: Mtu
    topology_version: int
    base_case_version: int
    element_ids: tuple[str, ...]


def compute_effects(fact: TopologyFact) -> EffectsComputed:
    """Return the effects that follow from a topology, as where every node consumes."""
    node_ids = tuple(node.id for node in fact.model.nodes)
    try:
        network = linear_of(fact.model)
    except ModelError as error:
        return _none(fact, node_ids, str(error))
    permille = np.rint(network.factors * WHOLE).astype(np.int64)
    if np.count_nonzero(permille) > MAX_COMPUTED:
        return _none(fact, node_ids, f"more than {MAX_COMPUTED} effects")
    against = permille.sum(axis=1) > 0  # consumption everywhere would flow against the direction of these
    permille[against] *= -1
    elements = []
    for row, element_id in enumerate(network.branches):
        nodes = np.flatnonzero(permille[row])
        if nodes.size:
            effects = tuple(permille[row, nodes].tolist())
            elements.append(ElementEffects(element_id, tuple(nodes.tolist()), effects))
    return EffectsComputed(fact.area_id, fact.version, fact.effective_from_s, node_ids, tuple(elements), "")


def _none(fact: TopologyFact, node_ids: tuple[str, ...], problem: str) -> EffectsComputed:
    return EffectsComputed(fact.area_id, fact.version, fact.effective_from_s, node_ids, (), problem[:MAX_PROBLEM])


def turned_elements(computed: EffectsComputed, p_w: tuple[int, ...]) -> tuple[str, ...]:
    """Return the elements through which injections of all nodes flow to the source, by exact integers."""
    return tuple(
        own.element_id
        for own in computed.elements
        if sum(effect * p_w[node] for node, effect in zip(own.nodes, own.effects_permille, strict=True)) < 0
    )


class NetworkEffects:
    """Effects of one area by topology and period."""

    def __init__(self) -> None:
        self.computed: dict[int, EffectsComputed] = {}  # by version, the oldest first
        self.turned: dict[int, FlowsTurned] = {}  # by start of the quarter-hour
        self._tables: dict[tuple[int, tuple[str, ...]], EffectTable] = {}

    def put(self, own: EffectsComputed) -> None:
        """Take effects; older ones that hold for no period any more are dropped."""
        kept = [old for old in self.computed.values() if old.effective_from_s < own.effective_from_s]
        kept = [*kept, own][-MAX_TOPOLOGIES:]
        self.computed = {each.topology_version: each for each in sorted(kept, key=lambda each: each.topology_version)}
        self._tables.clear()

    def turn(self, own: FlowsTurned) -> None:
        """Take the directions of flows in a period."""
        for start in window_around(own.mtu).starts():
            self.turned[start] = own

    def in_force(self, start_s: int) -> EffectsComputed | None:
        """Return the effects by the topology that holds for a period."""
        found = [own for own in self.computed.values() if own.effective_from_s <= start_s]
        return found[-1] if found else None

    def at(self, start_s: int) -> EffectTable:
        """Return the effects in a quarter-hour; the same table where nothing differs."""
        own, turned = self.in_force(start_s), self.turned.get(start_s)
        if own is None:
            return NOTHING_KNOWN
        elements = turned.element_ids if turned and turned.topology_version == own.topology_version else ()
        key = own.topology_version, elements
        if key not in self._tables:
            if len(self._tables) >= CACHED_TABLES:
                self._tables.clear()
            self._tables[key] = _table(own, frozenset(elements))
        return self._tables[key]

    def forget(self, now_s: int) -> None:
        """Drop what holds for no period to come."""
        for start in [start for start in self.turned if start + PERIOD_S <= now_s]:
            del self.turned[start]
        past = [own.topology_version for own in self.computed.values() if own.effective_from_s <= now_s]
        for version in past[:-1]:
            del self.computed[version]


NOTHING_KNOWN = EffectTable()


def _table(own: EffectsComputed, turned: frozenset[str]) -> EffectTable:
    return EffectTable(
        {
            each.element_id: {
                own.node_ids[node]: -effect if each.element_id in turned else effect
                for node, effect in zip(each.nodes, each.effects_permille, strict=True)
            }
            for each in own.elements
        }
    )


def tables_over(window: Window, at: dict[int, EffectTable]) -> tuple[EffectTable, ...]:
    """Return the different tables of a window's quarter-hours, in their order."""
    found: list[EffectTable] = []
    for start in window.starts():
        if not any(at[start] is table for table in found):
            found.append(at[start])
    return tuple(found)
