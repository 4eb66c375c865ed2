"""Nodes and branches out of the matrices into which pandapower compiles a network.

Joined buses, tap positions, phase shifts, shunts and the star equivalents of three-winding transformers are resolved
there; the columns are those of the MATPOWER case format, extended by conductance and asymmetry.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch, Node, charging_admittance
from flexbourse_networks.feeders import TRANSFORMER
from flexbourse_networks.from_pandapower import ratings
from flexbourse_networks.from_pandapower.sources import Source
from flexbourse_networks.from_pandapower.tables import text_of
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.voltage_bands import voltage_band

_GS, _BS, _VM, _VA, _BASE_KV = 4, 5, 7, 8, 9
_F_BUS, _T_BUS, _R, _X, _B, _TAP, _SHIFT, _STATUS, _G = 0, 1, 2, 3, 4, 8, 9, 10, 23
_ASYMMETRY = (21, 22, 24, 25)
_ENDS = {"line": ("from_bus", "to_bus"), "trafo": ("hv_bus", "lv_bus"), "impedance": ("from_bus", "to_bus")}
_ENDS |= {"switch": ("bus", "element")}


@dataclass(frozen=True, slots=True)
class Element:
    """A row of a table that has become a row of the branch matrix; ``winding`` of a three-winding transformer."""

    kind: str
    index: int
    row: Any
    matrix_row: Any
    winding: str = ""

    @property
    def branch_id(self) -> str:
        """The id of its branch."""
        return f"{self.kind}-{self.index}-{self.winding}" if self.winding else f"{self.kind}-{self.index}"

    @property
    def is_live(self) -> bool:
        """Whether it is in service with both ends, or with one end of a line."""
        return bool(self.matrix_row[_STATUS].real)


class Compiled:
    """The library's matrices of a solved network, with the tables they came from."""

    def __init__(self, net: Any, sources: Sequence[Source], options: ImportOptions) -> None:
        self.net, self.options = net, options
        self.base_mva = float(net._ppc["baseMVA"])
        self.bus, self.branch = net._ppc["bus"].real, net._ppc["branch"]
        self._lookup = net._pd2ppc_lookups["bus"]
        self._branch_rows = {table: range(*span) for table, span in net._pd2ppc_lookups["branch"].items()}
        stars = net._pd2ppc_lookups["aux"].get("trafo3w", [])
        self._stars = {int(self._lookup[bus]): int(i) for bus, i in zip(stars, net.trafo3w.index, strict=True)}
        source_rows = [int(self._lookup[source.bus]) for source in sources]
        self._joined = dict.fromkeys(source_rows, source_rows[0])
        self.members: dict[int, list[int]] = {}
        for bus in sorted(int(bus) for bus in net.bus.index[net.bus.in_service.astype(bool)]):
            self.members.setdefault(self.row_of(bus), []).append(bus)
        self._nodes = self.members.keys() | self._stars.keys()
        # Every branch of the matrix, in its order.
        self.elements = list(self._list_elements())
        self.source = self.node_id(source_rows[0])
        self.source_voltage = float(self.bus[source_rows[0], _VM])
        self.source_angle_rad = math.radians(float(self.bus[source_rows[0], _VA]))

    def row_of(self, bus: int) -> int:
        """The matrix row of a bus; of all sources the first one's."""
        row = int(self._lookup[bus])
        return self._joined.get(row, row)

    def node_of(self, bus: int) -> str | None:
        """The node of a bus, None where the bus is out of service."""
        if bus not in self.net.bus.index or not self.net.bus.in_service.at[bus]:
            return None
        return self.node_id(self.row_of(bus))

    def node_id(self, row: int) -> str:
        """The id of a matrix row's node: that of its first bus, or of the transformer whose star point it is."""
        row = self._joined.get(row, row)
        return f"bus-{self.members[row][0]}" if row in self.members else f"star-{self._stars[row]}"

    def rows(self) -> list[int]:
        """Matrix rows in the order of the nodes: buses by their table, then star points in service."""
        live = {self._end(x, side) for x in self.elements if x.is_live for side in (_F_BUS, _T_BUS)}
        return [*self.members, *(row for row in sorted(self._stars) if row in live)]

    def voltages(self) -> Any:
        """The solved state, complex [n] in pu, in the order of the nodes."""
        rows = self.rows()
        return self.bus[rows, _VM] * np.exp(1j * np.radians(self.bus[rows, _VA]))

    def _list_elements(self) -> Iterator[Element]:
        for kind, rows in self._branch_rows.items():
            table = self.net[kind]
            if kind == "switch":
                table = table[self.net._impedance_bb_switches]
            windings = ratings.WINDINGS if kind == "trafo3w" else ("",)
            elements = [(int(index), element) for index, element in table.iterrows()]
            each = [(winding, *element) for winding in windings for element in elements]
            for row, (winding, index, element) in zip(rows, each, strict=True):
                yield Element(kind, index, element, self.branch[row], winding)

    def problems(self) -> Iterator[str]:
        """What stands against the matrices: branches that are no pi section with an ideal transformer."""
        for element in self.elements:
            if element.is_live and any(abs(element.matrix_row[column]) > 0 for column in _ASYMMETRY):
                yield (
                    f"{element.kind} {element.index}: a branch with different shunts or impedances per direction "
                    "is not supported"
                )

    def nodes(self) -> list[Node]:
        """All nodes, without zones but for star points; charged ends of open lines count as shunts."""
        charging = self._charging()
        return [self._node(row, charging.get(self.node_id(row), 0j)) for row in self.rows()]

    def branches(self) -> list[Branch]:
        """Branches in service at both ends, without zones but for three-winding transformers."""
        return [self._branch(x, self._terminals(x)) for x in self.elements if x.is_live and not self._open_ends(x)]

    def open_branches(self) -> tuple[list[Branch], list[str], list[str]]:
        """Branches that could be switched in, and the ids of those whose from (to) end is under voltage.

        What ends at a node out of service, or has no rating, cannot be switched in and is left out.
        """
        branches: list[Branch] = []
        charged_from: list[str] = []
        charged_to: list[str] = []
        for element in self.elements:
            ends = self._open_ends(element)
            if element.is_live and not ends:
                continue
            terminals = self._terminals(element)
            if None in terminals:
                continue
            branch = self._branch(element, (str(terminals[0]), str(terminals[1])))
            if not self._usable(branch):
                continue
            branches.append(branch)
            if len(ends) == 1:
                charged = terminals[0 if ends == {_T_BUS} else 1]
                (charged_from if charged == branch.from_node else charged_to).append(branch.id)
        return branches, charged_from, charged_to

    def _usable(self, branch: Branch) -> bool:
        values = (branch.r_pu, branch.x_pu, branch.g_pu, branch.b_pu, branch.tap_ratio)
        rated = not math.isnan(branch.rating_from_ka) or self.options.default_rating_ka is not None
        return all(map(math.isfinite, values)) and abs(complex(*values[:2])) > 0 and rated

    def _charging(self) -> dict[str, complex]:
        """Admittance of branches that are open at one end, by the node at their other end."""
        found: dict[str, complex] = {}
        for element in self.elements:
            ends = self._open_ends(element)
            if len(ends) == 1:
                at_from = ends == {_T_BUS}
                node = self.node_id(self._end(element, _F_BUS if at_from else _T_BUS))
                found[node] = found.get(node, 0j) + charging_admittance(_pi_section(element), at_from=at_from)
        return found

    def _open_ends(self, element: Element) -> set[int]:
        """Ends of a live branch that are auxiliary buses: what is behind an open switch."""
        if not element.is_live:
            return set()
        return {side for side in (_F_BUS, _T_BUS) if self._end(element, side) not in self._nodes}

    def _end(self, element: Element, side: int) -> int:
        row = int(element.matrix_row[side].real)
        return self._joined.get(row, row)

    def _terminals(self, element: Element) -> tuple[Any, Any]:
        """The nodes of both ends by the tables, so that open switches do not matter; None for one out of service."""
        if element.winding:
            terminal = self.node_of(int(element.row[f"{element.winding}_bus"]))
            star = f"star-{element.index}" if element.row.in_service else None
            return (terminal, star) if element.winding == "hv" else (star, terminal)
        from_column, to_column = _ENDS[element.kind]
        return self.node_of(int(element.row[from_column])), self.node_of(int(element.row[to_column]))

    def _node(self, row: int, charging: complex) -> Node:
        name, members = self.node_id(row), self.members.get(row, [])
        nominal_kv = float(self.bus[row, _BASE_KV])
        low, high = self._band(members, nominal_kv)
        shunt = charging + sum(
            complex(self.bus[x, _GS], self.bus[x, _BS]) / self.base_mva for x in (self._same_as(row) or [row])
        )
        return Node(
            id=name,
            name=(text_of(self.net.bus.name.at[members[0]]) if members else "") or name,
            zone="" if members else f"trafo3w-{self._stars[row]}",
            nominal_kv=nominal_kv,
            v_low_micro_pu=low,
            v_high_micro_pu=high,
            shunt_g_pu=float(shunt.real),
            shunt_b_pu=float(shunt.imag),
            aliases=tuple(f"bus-{bus}" for bus in members) or (name,),
        )

    def _same_as(self, row: int) -> list[int]:
        return [other for other, first in self._joined.items() if first == row]

    def _band(self, members: list[int], nominal_kv: float) -> tuple[int, int]:
        """The narrowest band of the joined buses."""
        bus = self.net.bus
        given = []
        if "min_vm_pu" in bus and "max_vm_pu" in bus:
            given = [(_float(bus.min_vm_pu.at[i]), _float(bus.max_vm_pu.at[i])) for i in members]
        return voltage_band(nominal_kv, given)

    def _branch(self, element: Element, ends: tuple[str, str]) -> Branch:
        rating_from, rating_to = ratings.ends_ka(element.kind, element.row, self.options, element.winding)
        branch = replace(
            _pi_section(element),
            name=text_of(element.row.get("name")) or element.branch_id,
            zone=f"trafo3w-{element.index}" if element.winding else "",
            from_node=ends[0],
            to_node=ends[1],
            rating_from_ka=rating_from,
            rating_to_ka=rating_to,
            limit_mpct=ratings.limit_mpct(element.row, self.options),
        )
        if not element.winding:
            return branch
        # The star point is no terminal: only the winding's own current is rated, and it stands at the from end.
        own = branch if element.winding == "hv" else turned(branch)
        return replace(own, rating_to_ka=UNLIMITED_RATING_KA)


def _pi_section(element: Element) -> Branch:
    """The electrical part of a branch, as it stands in the matrix."""
    row, name = element.matrix_row, element.branch_id
    return Branch(
        id=name,
        name=name,
        kind=TRANSFORMER if element.winding else element.kind,
        zone="",
        from_node="",
        to_node="",
        r_pu=float(row[_R].real),
        x_pu=float(row[_X].real),
        g_pu=float(row[_G].real),
        b_pu=float(row[_B].real),
        tap_ratio=float(row[_TAP].real) or 1.0,
        tap_shift_rad=math.radians(float(row[_SHIFT].real)),
        rating_from_ka=math.nan,
        rating_to_ka=math.nan,
    )


def _float(value: Any) -> float:
    return float(value) if ratings.positive(value) else math.nan


def turned(branch: Branch) -> Branch:
    """The same branch seen from its other end: the ideal transformer 1/t there, impedance times |t|², shunt over it."""
    square = branch.tap_ratio**2
    return replace(
        branch,
        from_node=branch.to_node,
        to_node=branch.from_node,
        r_pu=branch.r_pu * square,
        x_pu=branch.x_pu * square,
        g_pu=branch.g_pu / square,
        b_pu=branch.b_pu / square,
        tap_ratio=1 / branch.tap_ratio,
        tap_shift_rad=-branch.tap_shift_rad,
        rating_from_ka=branch.rating_to_ka,
        rating_to_ka=branch.rating_from_ka,
    )
