"""Nodes of areas and nodal tariffs of periods: what turns a limit into a price at the node that looks."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_market_data.domain.changes import NOTHING, Changes, Entry
from flexbourse_market_data.domain.feeders import KEPT_S


@dataclass(frozen=True, slots=True)
class NodeList:
    """Nodes of an area's newest topology, in its order, and the zone of each."""

    area_id: str
    topology_version: int
    node_ids: tuple[str, ...]
    zone_ids: tuple[str, ...]
    offset: int = -1

    @property
    def group(self) -> str:
        """Return its group."""
        return f"nodes/{self.area_id}"


@dataclass(frozen=True, slots=True)
class NodalTariff:
    """Nodal tariff of a period in ticks, in the order of its topology's nodes."""

    area_id: str
    mtu: Mtu
    version: int
    topology_version: int
    ticks: tuple[int, ...]
    offset: int = -1

    @property
    def group(self) -> str:
        """Return its group."""
        return f"tariff/{self.area_id}/{self.mtu.start_s}"


class Networks:
    """The newest of each."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeList] = {}
        self._tariffs: dict[str, dict[int, int]] = {}  # area → start of the period → offset

    def take_nodes(self, nodes: NodeList) -> Changes:
        """Take a topology in; an older version, or one that is in already, changes nothing."""
        known = self._nodes.get(nodes.area_id)
        if known is not None and (nodes.offset <= known.offset or nodes.topology_version <= known.topology_version):
            return NOTHING
        self._nodes[nodes.area_id] = nodes
        return Changes((Entry(nodes.group, "n", nodes),))

    def take_tariff(self, tariff: NodalTariff) -> Changes:
        """Take a tariff in; one that is in already, or of a period that is kept no longer, changes nothing."""
        known, start_s = self._tariffs.setdefault(tariff.area_id, {}), tariff.mtu.start_s
        newest_s = max(known, default=0)
        if tariff.offset <= known.get(start_s, -1) or start_s < newest_s - KEPT_S:
            return NOTHING
        known[start_s] = tariff.offset
        gone = [other for other in known if other < start_s - KEPT_S] if start_s > newest_s else []
        for other in gone:
            del known[other]
        dropped = tuple(f"tariff/{tariff.area_id}/{other}" for other in gone)
        return Changes((Entry(tariff.group, "t", tariff),), dropped=dropped)

    def restore(self, value: NodeList | NodalTariff) -> None:
        """Take an entry in as it was kept."""
        if isinstance(value, NodeList):
            self._nodes[value.area_id] = value
        else:
            self._tariffs.setdefault(value.area_id, {})[value.mtu.start_s] = value.offset
