"""Reads the file of a continuous flexibility market: network, set points, and orders as they arrive."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from flexbourse_cli.gridstudy.network import Bus, StudyNetwork, load_network
from flexbourse_cli.gridstudy.options import NetworkOptions
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.ptdf import LinearBranch, LinearNetwork, compile_linear, linear_of
from flexbourse_orderbook.domain.continuous_flexibility.blocks import MAX_BLOCK_PARTS
from flexbourse_orderbook.domain.continuous_flexibility.ledger import EPSILON_W
from flexbourse_orderbook.domain.continuous_flexibility.orders import Direction, FlexOrder, Kind

MAX_BYTES = 64 * 1024 * 1024
MAX_ARRIVALS, MAX_MTUS = 100_000, 3_000
MAX_MW, MAX_PRICE = 1e6, 1e6
WATTS_PER_MW, MICRO = 1e6, 1e6

# What an arrival may hold; the last three are the writer's own.
_ARRIVAL_KEYS = {
    "kind", "bus", "direction", "quantity_mw", "price_eur_per_mwh", "conditional", "mtu", "block",
    "id", "name", "comment",
}  # fmt: skip
_KINDS = {kind.value: kind for kind in Kind}
_DIRECTIONS = {"up": Direction.UP, "down": Direction.DOWN}


@dataclass(frozen=True, slots=True, eq=False)
class MarketNetwork:
    """Buses by label in the order of a set point, each with its node; the full network where there is one."""

    labels: tuple[str, ...]
    nodes: tuple[int, ...]
    find: Callable[[str], int | str]
    linear: LinearNetwork | None
    study: StudyNetwork | None


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """The bus of an order: its place in a set point, and what the file calls it."""

    bus: int
    name: str | int


@dataclass(frozen=True, slots=True)
class MarketFile:
    """What the file says: set points per MTU and bus, arrivals as single orders or all parts of a block."""

    network: MarketNetwork
    setpoints_w: list[list[int]]
    setpoints_var: list[list[int]]
    one_list: bool
    as_mapping: bool
    arrivals: list[tuple[FlexOrder, ...]]
    places: dict[str, OrderPlace]


def read_market(path: Path, problems: Problems) -> MarketFile:
    """Return the market of a file; raises Failure with every problem of it."""
    document = _document(path, problems)
    network = _network(path, document, problems)
    reader = _Reader(path, network or _UNKNOWN, problems)
    setpoints, shape = reader.setpoints(document, "setpoint_mw", required=True)
    reactive, _ = reader.setpoints(document, "setpoint_mvar", required=False)
    if reactive and len(reactive) != len(setpoints):
        problems.add(path, 0, "setpoint_mvar", f"{len(reactive)} MTUs", f"must be for {len(setpoints)}, as setpoint_mw")
    arrivals, places = reader.arrivals(document, len(setpoints) or MAX_MTUS)
    problems.stop()
    if network is None:
        raise AssertionError("a network that cannot be read is a problem")
    none = [[0] * len(network.labels) for _ in setpoints]
    return MarketFile(network, setpoints, reactive or none, shape[0], shape[1], arrivals, places)


def _document(path: Path, problems: Problems) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.add(path, 0, "", "", f"cannot be read: {error.strerror}")
        content = b"{}"
    if len(content) > MAX_BYTES:
        problems.add(path, 0, "", f"{len(content)} bytes", f"must be at most {MAX_BYTES}")
        content = b"{}"
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        problems.add(path, 0, "", "", f"must be JSON: {error}")
        document = {}
    if not isinstance(document, dict):
        problems.add(path, 0, "", type(document).__name__, "must be an object")
        document = {}
    problems.stop()
    return document


# Stands for a network that cannot be read, while the rest of the file is looked through: it has any bus.
_UNKNOWN = MarketNetwork((), (0,), lambda _: 0, None, None)


def _network(path: Path, document: dict[str, Any], problems: Problems) -> MarketNetwork | None:
    """Return the network, None where it cannot be read (reported)."""
    given = document.get("network")
    if given is None and "branches" in document:
        given = {key: document[key] for key in ("branches", "buses") if key in document}
    if isinstance(given, list):
        given = {"branches": given}
    if isinstance(given, dict) and "branches" not in given:
        given = given.get("name", given.get("file"))
    if isinstance(given, str):
        beside = path.parent / given
        asked = NetworkOptions(str(beside) if beside.is_file() else given)
        return _full_network(load_network(asked, problems), path, problems)
    if isinstance(given, dict) and isinstance(given.get("branches"), list):
        return _linear_network(path, given, problems)
    rule = "must be the name of a network, a file, or an object with branches"
    problems.add(path, 0, "network", _shown(given), rule)
    return None


def _full_network(study: StudyNetwork, path: Path, problems: Problems) -> MarketNetwork:
    buses = sorted(study.buses, key=lambda bus: (bus.index is None, bus.index or 0, bus.id))
    place = {bus.id: i for i, bus in enumerate(buses)}

    def find(text: str) -> int | str:
        found = study.find_bus(text)
        return place[found.id] if isinstance(found, Bus) else found

    try:
        linear = linear_of(study.model)
    except ModelError as error:
        problems.add_all(path, error.problems)
        problems.stop()
        raise
    return MarketNetwork(
        tuple(study.label(bus) for bus in buses), tuple(bus.node for bus in buses), find, linear, study
    )


def _linear_network(path: Path, given: dict[str, Any], problems: Problems) -> MarketNetwork | None:
    before = len(problems.found)
    branches = [
        branch
        for i, entry in enumerate(given["branches"])
        if (branch := _branch(path, f"network.branches[{i}]", i, entry, problems)) is not None
    ]
    named = given.get("buses")
    if named is not None and not isinstance(named, list):
        problems.add(path, 0, "network.buses", json.dumps(named)[:80], "must be a list of buses")
        named = None
    if len(problems.found) > before:
        return None
    labels = _bus_order([_label(bus) for bus in named] if named else None, branches)
    try:
        linear = compile_linear(labels, branches)
    except ModelError as error:
        problems.add_all(path, (f"network: {problem}" for problem in error.problems))
        return None
    place = {label: i for i, label in enumerate(labels)}

    def find(text: str) -> int | str:
        return place.get(text, f"must be a bus of the network, such as {', '.join(labels[:3])}")

    return MarketNetwork(tuple(labels), tuple(range(len(labels))), find, linear, None)


def _branch(path: Path, where: str, index: int, entry: Any, problems: Problems) -> LinearBranch | None:
    if not isinstance(entry, dict):
        problems.add(path, 0, where, json.dumps(entry)[:80], "must be an object with from, to and capacity_mw")
        return None
    before = len(problems.found)
    ends = [_label(entry.get(end)) for end in ("from", "to")]
    for end, label in zip(("from", "to"), ends, strict=True):
        if not label:
            problems.add(path, 0, f"{where}.{end}", _shown(entry.get(end)), "must name a bus")
    reactance = next((entry[key] for key in ("x", "reactance") if entry.get(key) is not None), 1.0)
    if not (_is_number(reactance) and reactance > 0):
        problems.add(path, 0, f"{where}.x", _shown(reactance), "must be a number above 0")
    capacity = entry.get("capacity_mw")
    if "capacity_mw" not in entry:
        problems.add(path, 0, f"{where}.capacity_mw", "", "is missing; null stands for a branch without limit")
    elif capacity is not None and not (_is_number(capacity) and 0 <= capacity <= MAX_MW):
        problems.add(path, 0, f"{where}.capacity_mw", _shown(capacity), f"must be 0 to {MAX_MW:g} MW, or null")
    if len(problems.found) > before or not _is_number(reactance):
        return None
    name = _label(entry.get("id", entry.get("name"))) or f"branch-{index}"
    return LinearBranch(name, ends[0], ends[1], float(reactance), None if capacity is None else float(capacity))


def _bus_order(named: list[str] | None, branches: Sequence[LinearBranch]) -> list[str]:
    """Buses as listed; else by number where all are numbers, else as the branches come by them."""
    if named:
        return named
    found = list(dict.fromkeys(end for branch in branches for end in (branch.from_bus, branch.to_bus)))
    return sorted(found, key=int) if all(label.isdecimal() for label in found) else found


class _Reader:
    """Reads set points and arrivals against a network; reports what is wrong by its path in the document."""

    def __init__(self, path: Path, network: MarketNetwork, problems: Problems) -> None:
        self._path, self._network, self._problems = path, network, problems

    def refuse(self, where: str, value: Any, rule: str) -> None:
        """Report one value."""
        self._problems.add(self._path, 0, where, _shown(value), rule)

    def setpoints(
        self, document: Mapping[str, Any], key: str, *, required: bool
    ) -> tuple[list[list[int]], tuple[bool, bool]]:
        """Return injections in W per MTU and bus; and whether one list was given, and whether by bus names."""
        given = document.get(key)
        if given is None:
            if required:
                self.refuse(key, "", "is missing: MW per bus, or a list of such lists, one per MTU")
            return [], (True, False)
        one = isinstance(given, dict) or (
            isinstance(given, list) and not any(isinstance(x, list | dict) for x in given)
        )
        hours = [given] if one else given
        if not isinstance(hours, list) or not 0 < len(hours) <= MAX_MTUS:
            self.refuse(key, given, f"must be MW per bus, or a list of such lists for 1 to {MAX_MTUS} MTUs")
            return [], (True, False)
        names = [key if one else f"{key}[{mtu}]" for mtu in range(len(hours))]
        read = [self._setpoint(where, hour) for where, hour in zip(names, hours, strict=True)]
        return read, (one, all(isinstance(hour, dict) for hour in hours))

    def _setpoint(self, where: str, hour: Any) -> list[int]:
        labels = self._network.labels
        result = [0] * len(labels)
        if isinstance(hour, dict):
            injected: dict[int, int] = {}
            for name, value in hour.items():
                place = self._network.find(str(name))
                if isinstance(place, str):
                    self.refuse(f"{where}.{name}", name, place)
                else:
                    injected[place] = self._megawatts(f"{where}.{name}", value)
            result = [injected.get(place, 0) for place in range(len(labels))]
        elif isinstance(hour, list) and (len(hour) == len(labels) or not labels):
            result = [self._megawatts(f"{where}[{i}]", value) for i, value in enumerate(hour)]
        else:
            found = f"{len(hour)} values" if isinstance(hour, list) else hour
            self.refuse(where, found, f"must be {len(labels)} values, one per bus")
        return result

    def _megawatts(self, where: str, value: Any) -> int:
        if not (_is_number(value) and abs(value) <= MAX_MW):
            self.refuse(where, value, f"must be a number of at most {MAX_MW:g} MW")
            return 0
        return round(value * WATTS_PER_MW)

    def arrivals(
        self, document: Mapping[str, Any], mtus: int
    ) -> tuple[list[tuple[FlexOrder, ...]], dict[str, OrderPlace]]:
        """Return what arrives, in order, and the place of each order; a block arrives with its last part."""
        given = document.get("arrivals")
        if not isinstance(given, list) or len(given) > MAX_ARRIVALS:
            found = f"{len(given)} entries" if isinstance(given, list) else given
            self.refuse("arrivals", found, f"must be a list of at most {MAX_ARRIVALS}")
            return [], {}
        places: dict[str, OrderPlace] = {}
        orders = [
            order
            for i, entry in enumerate(given)
            if (order := self._order(f"arrivals[{i}]", i, entry, mtus, places)) is not None
        ]
        return list(self._grouped(orders)), places

    def _order(self, where: str, i: int, entry: Any, mtus: int, places: dict[str, OrderPlace]) -> FlexOrder | None:
        if not isinstance(entry, dict):
            self.refuse(where, entry, "must be an object")
            return None
        before = len(self._problems.found)
        for key in sorted(entry.keys() - _ARRIVAL_KEYS):
            self.refuse(f"{where}.{key}", key, f"is unknown; known are {', '.join(sorted(_ARRIVAL_KEYS))}")
        kind = self._word(where, entry, "kind", _KINDS)
        direction = self._word(where, entry, "direction", _DIRECTIONS)
        bus = self._bus(f"{where}.bus", entry.get("bus"))
        least = EPSILON_W / WATTS_PER_MW
        quantity = self._number(where, entry, "quantity_mw", least, MAX_MW, f"must be above {least:g} and at most")
        price = self._number(where, entry, "price_eur_per_mwh", -MAX_PRICE, MAX_PRICE, "must be a number of at most")
        conditional, mtu, block = entry.get("conditional"), entry.get("mtu"), entry.get("block")
        if conditional is not None and not isinstance(conditional, bool):
            self.refuse(f"{where}.conditional", conditional, "must be true or false")
        if mtu is not None and not (isinstance(mtu, int) and not isinstance(mtu, bool) and 0 <= mtu < mtus):
            self.refuse(f"{where}.mtu", mtu, f"must be a whole number from 0 to {max(mtus - 1, 0)}: one per set point")
        if block is not None and not _label(block):
            self.refuse(f"{where}.block", block, "must be a name or a number")
        if len(self._problems.found) > before or kind is None or direction is None or bus is None:
            return None
        places[str(i)] = OrderPlace(bus, entry["bus"])
        return FlexOrder(
            id=str(i), sequence=i, kind=kind, node=self._network.nodes[bus], direction=direction,
            quantity_w=round((quantity or 0.0) * WATTS_PER_MW), price=round((price or 0.0) * MICRO),
            mtu=mtu or 0, conditional=bool(conditional), block=_label(block),
        )  # fmt: skip

    def _bus(self, where: str, value: Any) -> int | None:
        found = self._network.find(_label(value)) if _label(value) else "must name a bus"
        if isinstance(found, int):
            return found
        self.refuse(where, value, found)
        return None

    def _word(self, where: str, entry: Mapping[str, Any], key: str, words: Mapping[str, Any]) -> Any:
        value = entry.get(key)
        found = words.get(value.lower()) if isinstance(value, str) else None
        if found is None:
            self.refuse(f"{where}.{key}", value, f"must be one of {', '.join(words)}")
        return found

    def _number(
        self, where: str, entry: Mapping[str, Any], key: str, low: float, high: float, rule: str
    ) -> float | None:
        value = entry.get(key)
        if _is_number(value) and low <= value <= high and not (key == "quantity_mw" and value <= low):
            return float(value)
        self.refuse(f"{where}.{key}", value, f"{rule} {high:g}")
        return None

    def _grouped(self, orders: Sequence[FlexOrder]) -> Iterator[tuple[FlexOrder, ...]]:
        parts: dict[str, list[FlexOrder]] = {}
        for order in orders:
            if order.block:
                parts.setdefault(order.block, []).append(order)
        for name, members in parts.items():
            if len(members) > MAX_BLOCK_PARTS:
                self.refuse(f"arrivals, block {name}", f"{len(members)} parts", f"must be at most {MAX_BLOCK_PARTS}")
        for order in orders:
            if not order.block:
                yield (order,)
            elif parts[order.block][-1] is order:
                yield tuple(parts[order.block])


def _label(value: Any) -> str:
    """Return a bus or block as text; "" for what is none."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, int) else value if isinstance(value, str) else ""


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)[:80]
