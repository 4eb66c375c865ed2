"""What stands against a pandapower network, found in its tables: every problem, each with its element."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from flexbourse_networks.from_pandapower import ratings
from flexbourse_networks.options import ImportOptions

# Numbers without which an element means nothing, by table.
_NUMBERS = {
    "bus": ("vn_kv",),
    "ext_grid": ("vm_pu", "va_degree"),
    "line": ("length_km", "r_ohm_per_km", "x_ohm_per_km", "c_nf_per_km", "g_us_per_km"),
    "trafo": ("vk_percent", "vkr_percent", "pfe_kw", "i0_percent", "shift_degree"),
    "trafo3w": (
        *(f"{what}_{side}_percent" for what in ("vk", "vkr") for side in ("hv", "mv", "lv")),
        *("pfe_kw", "i0_percent", "shift_mv_degree", "shift_lv_degree"),
    ),
    "impedance": ("rft_pu", "xft_pu", "rtf_pu", "xtf_pu", "sn_mva"),
    "load": ("p_mw", "q_mvar", "scaling"),
    "sgen": ("p_mw", "q_mvar", "scaling"),
    "storage": ("p_mw", "q_mvar", "scaling"),
    "gen": ("p_mw", "vm_pu", "scaling"),
    "shunt": ("p_mw", "q_mvar", "vn_kv", "step"),
    "ward": ("ps_mw", "qs_mvar", "pz_mw", "qz_mvar"),
    "motor": ("pn_mech_mw", "cos_phi", "efficiency_percent", "loading_percent", "scaling"),
    "asymmetric_load": ("p_a_mw", "p_b_mw", "p_c_mw", "q_a_mvar", "q_b_mvar", "q_c_mvar", "scaling"),
    "asymmetric_sgen": ("p_a_mw", "p_b_mw", "p_c_mw", "q_a_mvar", "q_b_mvar", "q_c_mvar", "scaling"),
}
_BUSES = {"line": ("from_bus", "to_bus"), "trafo": ("hv_bus", "lv_bus"), "trafo3w": ("hv_bus", "mv_bus", "lv_bus")}
_BUSES |= {"impedance": ("from_bus", "to_bus")}
_UNSUPPORTED = {
    "xward": "an extended ward equivalent",
    "dcline": "a DC line",
    "svc": "a static var compensator",
    "tcsc": "a thyristor-controlled capacitor",
    "ssc": "a static synchronous compensator",
    "vsc": "a voltage source converter",
}
_NOT_ELECTRICAL = ("controller",)
# A transformer is rated near the nominal voltage of its buses; farther off, one of the two is a mistake.
_MAX_VOLTAGE_RATIO = 1.5


def in_service(net: Any, table: str) -> Iterator[tuple[int, Any]]:
    """Index and row of every element of a table that is in service."""
    if table in net and len(net[table]):
        for index, element in net[table].iterrows():
            if is_on(element):
                yield int(index), element


def is_on(element: Any) -> bool:
    """Whether a row says that its element is in service."""
    return bool(element.get("in_service", True))


def text_of(value: Any) -> str:
    """A name as text, empty where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(value).strip()
    return "" if text in ("nan", "None", "<NA>") else text


def table_problems(net: Any, options: ImportOptions) -> list[str]:
    """Every problem of the tables; none means that the library can be asked for a power flow."""
    wiring = list(_bus_problems(net))
    problems = [*_kind_problems(net), *_number_problems(net), *wiring]
    named = ratings.rated_names(options)
    for kind, problems_of in (("line", _line_problems), ("trafo", _trafo_problems), ("trafo3w", _trafo3w_problems)):
        for index, element in in_service(net, kind):
            problems += [f"{kind} {index}: {text}" for text in problems_of(net, element)]
    for kind in ratings.KINDS:
        for index, element in in_service(net, kind):
            if ratings.needs_rating(kind, element):
                rating = ratings.rating_problem(kind, index, element, options, named)
                problems += [f"{kind} {index}: {rating}"] if rating else []
    problems += ratings.season_problems(net, options)
    if not wiring:
        problems += _island_problems(net)
    return problems


def _kind_problems(net: Any) -> Iterator[str]:
    for table in net:
        rows = net[table]
        if str(table).startswith(("_", "res_")) or not hasattr(rows, "columns") or "in_service" not in rows.columns:
            continue
        if table not in (*_NUMBERS, *_NOT_ELECTRICAL):
            what = _UNSUPPORTED.get(table, "an element of this kind")
            for index, _ in in_service(net, table):
                yield f"{table} {index}: {what} is not supported"


def _number_problems(net: Any) -> Iterator[str]:
    for table, columns in _NUMBERS.items():
        for column in columns:
            if table not in net or column not in net[table].columns:
                continue
            for index, element in _not_finite(net[table], column):
                yield f"{table} {index}: {column} is not a number ({element[column]})"


def _not_finite(rows: Any, column: str) -> Iterator[tuple[int, Any]]:
    import pandas as pd  # noqa: PLC0415

    values = pd.to_numeric(rows[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    for index, element in rows[~np.isfinite(values)].iterrows():
        if is_on(element):
            yield int(index), element


def _bus_problems(net: Any) -> Iterator[str]:
    known = set(net.bus.index)
    for index, bus in in_service(net, "bus"):
        if not bus.vn_kv > 0:
            yield f"bus {index}: nominal voltage is missing (vn_kv {bus.vn_kv})"
    for table in _NUMBERS.keys() - {"bus"}:
        for index, element in in_service(net, table):
            for column in _BUSES.get(table, ("bus",)):
                if element[column] not in known:
                    yield f"{table} {index}: its bus does not exist ({column} {element[column]})"
    for index, switch in net.switch.iterrows():
        end = switch.element if switch.et == "b" else switch.bus
        if switch.bus not in known or end not in known:
            yield f"switch {index}: its bus does not exist ({switch.bus}, {switch.element})"
        elif switch.et == "b" and switch.closed and net.bus.vn_kv.at[switch.bus] != net.bus.vn_kv.at[end]:
            yield f"switch {index}: joins {net.bus.vn_kv.at[switch.bus]} kV and {net.bus.vn_kv.at[end]} kV"


def _line_problems(net: Any, line: Any) -> Iterator[str]:
    impedance = math.hypot(line.r_ohm_per_km, line.x_ohm_per_km) * line.length_km
    if not (math.isfinite(impedance) and impedance > 0):
        yield f"zero impedance ({line.length_km} km of {line.r_ohm_per_km} + j{line.x_ohm_per_km} ohm/km)"
    voltages = [net.bus.vn_kv.get(bus) for bus in (line.from_bus, line.to_bus)]
    if None not in voltages and voltages[0] != voltages[1]:
        yield f"joins {voltages[0]} kV and {voltages[1]} kV without a transformer"


def _trafo_problems(net: Any, trafo: Any) -> Iterator[str]:
    for column in ("sn_mva", "vn_hv_kv", "vn_lv_kv", "df", "parallel"):
        if not ratings.positive(trafo.get(column, 1.0)):
            yield f"rating is missing ({column} {trafo[column]})"
    if not ratings.positive(trafo.vk_percent):
        yield f"zero impedance (vk_percent {trafo.vk_percent})"
    elif trafo.vkr_percent > trafo.vk_percent:
        yield f"resistance above impedance (vkr_percent {trafo.vkr_percent}, vk_percent {trafo.vk_percent})"
    yield from _side_problems(net, trafo, ("hv", "lv"))


def _trafo3w_problems(net: Any, trafo: Any) -> Iterator[str]:
    for side in ("hv", "mv", "lv"):
        for column in (f"sn_{side}_mva", f"vn_{side}_kv"):
            if not ratings.positive(trafo[column]):
                yield f"rating is missing ({column} {trafo[column]})"
        if not ratings.positive(trafo[f"vk_{side}_percent"]):
            yield f"zero impedance (vk_{side}_percent {trafo[f'vk_{side}_percent']})"
    yield from _side_problems(net, trafo, ("hv", "mv", "lv"))


def _side_problems(net: Any, trafo: Any, sides: tuple[str, ...]) -> Iterator[str]:
    for side in sides:
        own, bus = trafo[f"vn_{side}_kv"], net.bus.vn_kv.get(trafo[f"{side}_bus"])
        if ratings.positive(own) and bus is not None and max(own / bus, bus / own) > _MAX_VOLTAGE_RATIO:
            yield f"vn_{side}_kv {own} at a bus of {bus} kV"


def _island_problems(net: Any) -> Iterator[str]:
    from pandapower.topology import unsupplied_buses  # noqa: PLC0415

    if not any(True for _ in in_service(net, "ext_grid")) and not net.gen.get("slack", np.zeros(1)).any():
        return  # nothing is supplied, which is said of the source
    for bus in sorted(unsupplied_buses(net)):
        if net.bus.in_service.at[bus]:
            yield f"bus {bus} ({text_of(net.bus.name.at[bus])}): not connected to the source, an island"
