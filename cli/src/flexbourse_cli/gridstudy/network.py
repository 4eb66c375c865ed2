"""The network of a study: its compiled model, and its buses and elements by index, name or id."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from propcache.api import cached_property

from flexbourse_cli.gridstudy.options import NetworkOptions
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.topology import Topology, compile_topology

if TYPE_CHECKING:
    from flexbourse_networks import ImportedNetwork

_INDEX = re.compile(r"(\d{1,9})(\.0+)?")
_BUS_ID = re.compile(r"bus-(\d+)")
MAX_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Bus:
    """A bus of the network as its file has it; several may be one electrical node of the model."""

    id: str
    index: int | None
    name: str
    node: int


@dataclass(frozen=True, slots=True)
class Element:
    """A branch or a bus that a limit is about; ``position`` is the branch or the node in the topology."""

    id: str
    is_branch: bool
    position: int


class StudyNetwork:
    """A network for reading files against it and for naming what was found."""

    def __init__(self, source: str, imported: ImportedNetwork, topology: Topology) -> None:
        self.source, self.model, self.topology = source, imported.model, topology
        self.base_p_w, self.base_q_var, self.notices = imported.base_p_w, imported.base_q_var, imported.notices
        self.controls = imported.controls
        self.buses = tuple(_buses(imported, topology))
        places = ((topology.node_index[node], place) for node, place in imported.coordinates.items() if place)
        self.positions: dict[int, tuple[float, float]] = dict(places)
        self.of_node: dict[int, list[Bus]] = defaultdict(list)
        for bus in self.buses:
            self.of_node[bus.node].append(bus)
        self._by_index = {bus.index: bus for bus in self.buses if bus.index is not None}
        self._by_id = {bus.id: bus for bus in self.buses}
        self._by_name: dict[str, list[Bus]] = defaultdict(list)
        for bus in self.buses:
            if bus.name:
                self._by_name[bus.name].append(bus)

    @property
    def title(self) -> str:
        """Return what the network is called: its name in the library, in its file, or the file's."""
        path = Path(self.source)
        if not path.is_file():
            return self.source
        return self.model.name if self.model.name not in ("", "network") else path.stem

    @property
    def has_coordinates(self) -> bool:
        """Tell whether it is known where every node lies."""
        return len(self.positions) == self.topology.n_nodes

    @cached_property
    def bus_nodes(self) -> tuple[int, ...]:
        """Node of every bus, in the order of the buses: a node of joined buses stands there once for each."""
        return tuple(bus.node for bus in self.buses)

    def find_bus(self, text: str) -> Bus | str:
        """Return the bus of an index, an id (`bus-7`) or a name, looked for in this order; or the rule it breaks."""
        number = _INDEX.fullmatch(text)
        if number and int(number[1]) in self._by_index:
            return self._by_index[int(number[1])]
        if text in self._by_id:
            return self._by_id[text]
        named = self._by_name.get(text, [])
        if len(named) == 1:
            return named[0]
        if named:
            return f"is the name of {len(named)} buses ({_some(bus.id for bus in named)}): use an index"
        return f"must be the index or the name of a bus in service, such as {_some(self.label(b) for b in self.buses)}"

    def find_buses(self, texts: Iterable[str], problems: Problems) -> list[Bus]:
        """Return the buses that are named, all where none is; a name of none is reported."""
        found = [(text, self.find_bus(text)) for text in texts]
        for text, bus in found:
            if isinstance(bus, str):
                problems.add("--bus", 0, "", text, bus)
        return [bus for _, bus in found if isinstance(bus, Bus)] or list(self.buses)

    def find_element(self, text: str) -> Element | str:
        """Return the branch or bus of an id (`line-3`, `trafo-0`, `bus-7`) or of a name; or the rule it breaks."""
        position = self.topology.branch_index.get(text)
        if position is not None:
            return Element(text, is_branch=True, position=position)
        if text in self._by_id:
            return self._element(self._by_id[text])
        branches = [i for i, branch in enumerate(self.model.branches) if branch.name == text]
        found = [Element(self.topology.branch_ids[i], is_branch=True, position=i) for i in branches]
        found += [self._element(bus) for bus in self._by_name.get(text, [])]
        if len(found) == 1:
            return found[0]
        if found:
            return f"is the name of {len(found)} elements: use an id, {_some(element.id for element in found)}"
        ids = [*self.topology.branch_ids[:MAX_SUGGESTIONS], *(bus.id for bus in self.buses[:1])]
        return f"must be the id or the name of a branch or bus in service, such as {', '.join(ids)}"

    def label(self, bus: Bus) -> str:
        """Return how a bus is called here: by its name where that finds it again, else by its index or id."""
        found = self.find_bus(bus.name) if bus.name and bus.name != bus.id else None
        if isinstance(found, Bus) and found is bus:
            return bus.name
        return bus.id if bus.index is None else str(bus.index)

    def description(self) -> dict[str, Any]:
        """Return what the network is."""
        return {
            "name": self.title, "buses": len(self.buses), "nodes": self.topology.n_nodes,
            "branches": self.topology.n_branches, "source_bus": self.node_label(self.topology.slack),
            "base_mva": self.model.base_mva, "model_sha256": self.topology.model_digest,
            "notices": self.all_notices(),
        }  # fmt: skip

    def all_notices(self) -> list[str]:
        """Return what one should know of the import: of the file, and of controls that are held."""
        held = [control.element for control in self.controls]
        text = (
            f"controls are held as the network's own base case has them, their injections included in it: {_some(held)}"
        )
        return [*self.notices, *([text] if held else [])]

    def node_label(self, node: int) -> str:
        """Return the name of a node: that of its first bus, or its id where it has none."""
        return self.label(self.of_node[node][0]) if node in self.of_node else self.topology.node_ids[node]

    def branch_name(self, branch: int) -> str:
        """Return the name of a branch, its id where it has none."""
        return self.model.branches[branch].name or self.topology.branch_ids[branch]

    @staticmethod
    def _element(bus: Bus) -> Element:
        return Element(bus.id, is_branch=False, position=bus.node)


def _some(names: Iterable[str]) -> str:
    shown = list(names)
    more = ", ..." if len(shown) > MAX_SUGGESTIONS else ""
    return ", ".join(shown[:MAX_SUGGESTIONS]) + more


def load_network(asked: NetworkOptions, problems: Problems) -> StudyNetwork:
    """Load a network from a file or by the name of one of the library; raises Failure with everything wrong."""
    import flexbourse_networks  # noqa: PLC0415 - pandapower takes seconds

    try:
        imported = flexbourse_networks.load(
            asked.source,
            season=asked.season,
            ratings=asked.ratings_file,
            default_rating_ka=asked.default_rating_ka,
            slack=asked.source_element,
        )
        topology = compile_topology(imported.model)
    except ModelError as error:
        problems.add_all(asked.source, (text.removeprefix(f"{asked.source}: ") for text in error.problems))
        problems.stop()
        raise
    except ValueError as error:
        problems.add_all("options", [str(error)])
        problems.stop()
        raise
    network = StudyNetwork(asked.source, imported, topology)
    for notice in network.all_notices():
        click.echo(f"note: {notice}", err=True)
    return network


def _buses(imported: ImportedNetwork, topology: Topology) -> Iterator[Bus]:
    """Give every bus its name. Names of buses that are one node come in the order of those buses."""
    model = imported.model
    ids = {alias for node in model.nodes for alias in (node.id, *node.aliases)}
    indices = {found[1] for alias in ids if (found := _BUS_ID.fullmatch(alias))}
    names: dict[str, list[str]] = defaultdict(list)
    for name, node_id in imported.names.items():
        if name not in ids and name not in indices:
            names[node_id].append(name)
    for node in model.nodes:
        aliases = [alias for alias in node.aliases if _BUS_ID.fullmatch(alias)]
        own = names[node.id] if len(names[node.id]) == len(aliases) else [node.name]
        for alias, name in zip_longest(aliases, own[: len(aliases)], fillvalue=""):
            yield Bus(alias, int(alias.removeprefix("bus-")), name.strip(), topology.node_index[node.id])
