"""Reads a pandapower network into the platform's network model, or refuses it with every reason.

The electrical data are taken from the library's own compiled matrices (``net._ppc``): joined buses, open line ends, tap
positions, phase shifts and shunts are resolved there. Loads and generators are left out: what nodes inject is the base
case, not the network. pandapower takes three seconds to import, so it is imported where it is used.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from flexbourse_gridmath.model import MAX_PLAUSIBLE_RATING_KA, Branch, ModelError, NetworkModel, Node, find_problems
from flexbourse_networks.feeders import Link, Zones, assign_zones

_INJECTIONS = ("load", "sgen", "storage", "asymmetric_load", "asymmetric_sgen", "motor")
_UNSUPPORTED = {
    "gen": "a generator that holds its voltage",
    "trafo3w": "a three-winding transformer",
    "ward": "a ward equivalent",
    "xward": "an extended ward equivalent",
    "impedance": "a free impedance",
    "dcline": "a DC line",
    "svc": "a static var compensator",
    "tcsc": "a thyristor-controlled capacitor",
    "ssc": "a static synchronous compensator",
    "vsc": "a voltage source converter",
}
_LOW_VOLTAGE_KV = 1.0
# Bands used where the network has none: EN 50160 at low voltage, the usual planning band above.
_LOW_VOLTAGE_BAND_MICRO_PU = (900_000, 1_100_000)
_MEDIUM_VOLTAGE_BAND_MICRO_PU = (965_000, 1_055_000)
# Columns of the compiled matrices (the MATPOWER case format, extended by conductance and asymmetry).
_GS, _BS, _BASE_KV = 4, 5, 9
_F_BUS, _T_BUS, _R, _X, _B, _TAP, _SHIFT, _STATUS, _G = 0, 1, 2, 3, 4, 8, 9, 10, 23
_ASYMMETRY = (21, 22, 24, 25)


# Some library grids draw part of themselves (cable types of house connections): always with this seed.
_LIBRARY_SEED = 0


def library_network(function: str) -> Any:
    """A network of the library by the name of its function, the same at every call; raises AttributeError if unknown.

    The Kerber grids draw from the global random generator, so it is seeded for the call and then put back.
    """
    import pandapower.networks  # noqa: PLC0415

    create = getattr(pandapower.networks, function)
    state = random.getstate()
    random.seed(_LIBRARY_SEED)
    try:
        return create()
    finally:
        random.setstate(state)


def read_network(net: Any) -> NetworkModel:
    """The model of a pandapower network; raises :class:`ModelError` naming every element that stands against it."""
    problems = list(_table_problems(net))
    if problems:
        raise ModelError(problems)
    compiled = _compile(net)
    problems = list(_compiled_problems(compiled))
    if problems:
        raise ModelError(problems)
    model = _build(compiled)
    problems = find_problems(model)
    if problems:
        raise ModelError(problems)
    return model


def _table_problems(net: Any) -> Iterator[str]:
    sources = [f"ext_grid {i}" for i in net.ext_grid.index[net.ext_grid.in_service.astype(bool)]]
    if len(sources) != 1:
        yield f"network: {len(sources)} sources in service ({', '.join(sources) or 'none'}), must be exactly one"
    for table, what in _UNSUPPORTED.items():
        for index, _ in _in_service(net, table):
            yield f"{table} {index}: {what} is not supported"
    for index, _ in _in_service(net, "controller"):
        yield f"controller {index}: controls are not supported, fix their set points first"
    for index, line in _in_service(net, "line"):
        yield from (f"line {index}: {text}" for text in _line_problems(line))
    for index, trafo in _in_service(net, "trafo"):
        yield from (f"trafo {index}: {text}" for text in _trafo_problems(trafo))
    if "z_ohm" in net.switch:
        for index in net.switch.index[(net.switch.z_ohm > 0) & net.switch.closed & (net.switch.et == "b")]:
            yield f"switch {index}: the impedance of a closed switch is not modelled"
    yield from _island_problems(net, bool(sources))


def _line_problems(line: Any) -> Iterator[str]:
    rating = line.max_i_ka * line.df * line.parallel
    if not _positive(rating):
        yield f"rating is missing (max_i_ka {line.max_i_ka}, df {line.df}, parallel {line.parallel})"
    elif rating > MAX_PLAUSIBLE_RATING_KA:
        yield f"rating {rating} kA is above {MAX_PLAUSIBLE_RATING_KA} kA, a placeholder"
    impedance = math.hypot(line.r_ohm_per_km, line.x_ohm_per_km) * line.length_km
    if not (math.isfinite(impedance) and impedance > 0):
        yield f"zero impedance ({line.length_km} km of {line.r_ohm_per_km} + j{line.x_ohm_per_km} ohm/km)"


def _trafo_problems(trafo: Any) -> Iterator[str]:
    for field in ("sn_mva", "vn_hv_kv", "vn_lv_kv", "df", "parallel"):
        if not _positive(trafo[field]):
            yield f"rating is missing ({field} {trafo[field]})"
    if not _positive(trafo.vk_percent):
        yield f"zero impedance (vk_percent {trafo.vk_percent})"
    for field in ("oltc", "tap_dependency_table"):
        if trafo.get(field) is True or (isinstance(trafo.get(field), np.bool_) and trafo[field]):
            yield f"{field}: a tap that moves by itself is not supported, fix its position first"


def _island_problems(net: Any, has_source: bool) -> Iterator[str]:
    from pandapower.topology import unsupplied_buses  # noqa: PLC0415

    if has_source:
        for bus in sorted(unsupplied_buses(net)):
            if net.bus.in_service.at[bus]:
                yield f"bus {bus} ({net.bus.name.at[bus]}): not connected to the source, an island"


class _Compiled:
    """The library's matrices of the unloaded network, with the tables they came from."""

    def __init__(self, net: Any) -> None:
        self.net = net
        ppc = net._ppc
        self.base_mva = float(ppc["baseMVA"])
        self.bus, self.branch = ppc["bus"].real, ppc["branch"]
        self.rows = {table: range(*span) for table, span in net._pd2ppc_lookups["branch"].items()}
        lookup = net._pd2ppc_lookups["bus"]
        live = [int(bus) for bus in net.bus.index if net.bus.in_service.at[bus]]
        self.members: dict[int, list[int]] = {}
        for bus in sorted(live):
            self.members.setdefault(int(lookup[bus]), []).append(bus)
        source = net.ext_grid[net.ext_grid.in_service.astype(bool)].iloc[0]
        self.source_row = int(lookup[source.bus])
        self.source_voltage = complex(ppc["bus"][self.source_row, 7].real, 0.0)
        self.source_angle_rad = math.radians(float(ppc["bus"][self.source_row, 8].real))

    def used_rows(self) -> list[int]:
        """Bus rows in the order of the table's buses; the ends of lines that are open there come last."""
        live = self.branch[:, _STATUS].real.astype(bool)
        touched = {int(row) for row in self.branch[live][:, [_F_BUS, _T_BUS]].real.ravel()}
        return [*self.members, *sorted(touched - self.members.keys())]

    def node_id(self, row: int) -> str:
        return f"bus-{self.members[row][0]}" if row in self.members else f"open-end-{row}"

    def beyond(self, row: int) -> list[int]:
        """Buses at the other end of the line that is open at a row: nobody gave its end a band of its own."""
        ends = self.branch[:, [_F_BUS, _T_BUS]].real.astype(int)
        live = self.branch[:, _STATUS].real.astype(bool)
        other = [int(b if a == row else a) for a, b in ends[live] if row in (a, b)]
        return self.members.get(other[0], []) if other else []

    def elements(self) -> Iterator[tuple[str, Any, Any]]:
        """Kind, table row and matrix row of every branch in service."""
        for table in ("line", "trafo"):
            rows = self.rows.get(table, range(0))
            for row, (_, element) in zip(rows, self.net[table].iterrows(), strict=True):
                if self.branch[row, _STATUS].real:
                    yield table, element, self.branch[row]


def _compile(net: Any) -> _Compiled:
    import pandapower  # noqa: PLC0415

    unloaded = copy.deepcopy(net)
    for table in _INJECTIONS:
        if table in unloaded:
            unloaded[table] = unloaded[table].iloc[0:0]
    try:
        pandapower.runpp(
            unloaded, trafo_model="pi", calculate_voltage_angles=True, numba=False, init="dc", check_connectivity=True
        )
    except pandapower.LoadflowNotConverged as e:
        raise ModelError(["network: the unloaded network has no power flow solution"]) from e
    return _Compiled(unloaded)


def _compiled_problems(compiled: _Compiled) -> Iterator[str]:
    for table in compiled.rows:
        if table not in ("line", "trafo"):
            yield f"{table}: branches of this kind are not supported"
    for kind, element, row in compiled.elements():
        if any(abs(row[column]) > 0 for column in _ASYMMETRY):
            yield f"{kind} {element.name}: a branch with different shunts or impedances per direction is not supported"


def _build(compiled: _Compiled) -> NetworkModel:
    links = [
        Link(
            id=f"{kind}-{element.name}",
            is_transformer=kind == "trafo",
            from_node=compiled.node_id(_at(row, _F_BUS)),
            to_node=compiled.node_id(_at(row, _T_BUS)),
        )
        for kind, element, row in compiled.elements()
    ]
    rows = compiled.used_rows()
    source = compiled.node_id(compiled.source_row)
    zones = assign_zones([compiled.node_id(row) for row in rows], links, source)
    return NetworkModel(
        name=str(compiled.net.name or "network"),
        base_mva=compiled.base_mva,
        slack=source,
        slack_voltage_pu=abs(compiled.source_voltage),
        slack_angle_rad=compiled.source_angle_rad,
        nodes=tuple(_node(compiled, row, zones) for row in rows),
        branches=tuple(_branch(compiled, *parts, zones) for parts in compiled.elements()),
    )


def _node(compiled: _Compiled, row: int, zones: Zones) -> Node:
    name = compiled.node_id(row)
    members = compiled.members.get(row, [])
    nominal_kv = float(compiled.bus[row, _BASE_KV])
    low, high = _band(compiled.net, members or compiled.beyond(row), nominal_kv)
    return Node(
        id=name,
        name=str(compiled.net.bus.name.at[members[0]] or name) if members else name,
        zone=zones.of_node[name],
        nominal_kv=nominal_kv,
        v_low_micro_pu=low,
        v_high_micro_pu=high,
        shunt_g_pu=float(compiled.bus[row, _GS]) / compiled.base_mva,
        shunt_b_pu=float(compiled.bus[row, _BS]) / compiled.base_mva,
        aliases=tuple(f"bus-{bus}" for bus in members) or (name,),
    )


def _band(net: Any, members: list[int], nominal_kv: float) -> tuple[int, int]:
    """The narrowest band of the joined buses, where it is one; a fixed voltage (1.0 to 1.0) is not."""
    low, high = _LOW_VOLTAGE_BAND_MICRO_PU if nominal_kv < _LOW_VOLTAGE_KV else _MEDIUM_VOLTAGE_BAND_MICRO_PU
    if "min_vm_pu" in net.bus and "max_vm_pu" in net.bus:
        own = [(net.bus.min_vm_pu.at[bus], net.bus.max_vm_pu.at[bus]) for bus in members]
        given = [(float(a), float(b)) for a, b in own if _positive(a) and _positive(b) and a < 1.0 < b < 2.0]
        if given:
            low, high = round(max(a for a, _ in given) * 1e6), round(min(b for _, b in given) * 1e6)
    return low, high


def _branch(compiled: _Compiled, kind: str, element: Any, row: Any, zones: Zones) -> Branch:
    name = f"{kind}-{element.name}"
    if kind == "line":
        rating_from = rating_to = float(element.max_i_ka * element.df * element.parallel)
    else:
        power = element.sn_mva * element.parallel * element.df / math.sqrt(3)
        rating_from, rating_to = float(power / element.vn_hv_kv), float(power / element.vn_lv_kv)
    limit = element.get("max_loading_percent", 100.0)
    return Branch(
        id=name,
        name=str(element["name"] or name),
        kind=kind,
        zone=zones.of_branch[name],
        from_node=compiled.node_id(_at(row, _F_BUS)),
        to_node=compiled.node_id(_at(row, _T_BUS)),
        r_pu=float(row[_R].real),
        x_pu=float(row[_X].real),
        g_pu=float(row[_G].real),
        b_pu=float(row[_B].real),
        tap_ratio=float(row[_TAP].real) or 1.0,
        tap_shift_rad=math.radians(float(row[_SHIFT].real)),
        rating_from_ka=rating_from,
        rating_to_ka=rating_to,
        limit_mpct=round(float(limit) * 1000) if _positive(limit) else 100_000,
    )


def _at(row: Any, column: int) -> int:
    return int(row[column].real)


def _in_service(net: Any, table: str) -> Iterator[tuple[int, Any]]:
    if table in net and len(net[table]):
        for index, element in net[table].iterrows():
            if bool(element.get("in_service", True)):
                yield int(index), element


def _positive(value: Any) -> bool:
    try:
        return math.isfinite(value) and value > 0
    except TypeError:
        return False
