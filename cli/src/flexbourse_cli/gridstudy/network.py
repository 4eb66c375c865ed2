"""The network of a study: its compiled model, and its buses and elements by index, name or id."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_gridmath.model import ModelError, NetworkModel
from flexbourse_gridmath.topology import Topology, compile_topology

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

    def __init__(
        self,
        source: str,
        model: NetworkModel,
        buses: Iterable[Bus],
        topology: Topology,
        positions: Mapping[int, tuple[float, float]],
    ) -> None:
        self.source, self.model, self.topology, self.buses = source, model, topology, tuple(buses)
        self.positions = positions
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
        }  # fmt: skip

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


def load_network(source: str, problems: Problems) -> StudyNetwork:
    """Load a network from a file or by the name of one of the library; raises Failure with everything wrong."""
    from flexbourse_networks.network_import import NetworkImport  # noqa: PLC0415 - pandapower takes seconds

    path = Path(source)
    try:
        imports = NetworkImport(None)
        data = imports.from_json(path.read_bytes()) if path.is_file() else imports.from_library(source)
        model = NetworkModel.from_bytes(data)
        topology = compile_topology(model)
    except ModelError as error:
        problems.add_all(source, error.problems)
        problems.stop()
        raise
    return StudyNetwork(source, model, _buses(model), topology, {})


def _buses(model: NetworkModel) -> Iterable[Bus]:
    for position, node in enumerate(model.nodes):
        for alias in node.aliases:
            number = _BUS_ID.fullmatch(alias)
            if number:
                yield Bus(alias, int(number[1]), node.name if alias == node.id else "", position)
