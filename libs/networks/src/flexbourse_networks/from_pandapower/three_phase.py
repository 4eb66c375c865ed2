"""An unbalanced pandapower net as a three-phase model: lines and transformers with their zero-sequence data.

What the model does not hold is refused by name: delta-connected loads, other vector groups than Dyn, YNyn and Yzn,
switches that are open or between buses, shunts, more than one source.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.three_phase_model import (
    PhaseBranch,
    PhaseNode,
    PhaseSource,
    ThreePhaseModel,
    Winding,
    require_sound,
)
from flexbourse_gridmath.topology import Integer
from flexbourse_networks.from_pandapower import files
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.imported import NetworkProblems

BASE_MVA = 1.0
# What pandapower takes for the voltage factor of IEC 60909 where a source's short-circuit power is the greatest.
SOURCE_VOLTAGE_FACTOR = 1.1
# Its positive sequence is ideal there: the voltage is held at the bus itself.
IDEAL_PU = 1e-9
DEFAULT_BAND_MICRO_PU = (900_000, 1_100_000)
WINDINGS = {"dyn": Winding.GROUNDED_AT_TO, "yzn": Winding.GROUNDED_AT_TO, "ynyn": Winding.THROUGH}
PHASE_NAMES = ("a", "b", "c")
_ABSENT = ("shunt", "ward", "xward", "gen", "trafo3w", "impedance", "dcline", "switch")


@dataclass(frozen=True, slots=True, eq=False)
class ImportedThreePhase:
    """A three-phase model with the powers of its loads and generators: ``p_w``, ``q_var`` int64[C, 3], injection +.

    ``names`` gives the node of a bus by its index and, where unique, by its name.
    """

    model: ThreePhaseModel
    p_w: Integer
    q_var: Integer
    names: Mapping[str, str]


def load_three_phase(source: str, connections: Collection[str] = ()) -> ImportedThreePhase:
    """Read a pandapower JSON file, or a network of its library by name.

    ``connections`` are buses, by index or name, at which somebody connects besides the network's own loads. Raises
    NetworkProblems or ModelError with everything wrong.
    """
    path = Path(source)
    if not path.is_file():
        return read_three_phase(library_network(source), connections)
    content = path.read_bytes()
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as e:
        raise NetworkProblems([f"file: not JSON: {e}"]) from e
    return read_three_phase(files.read_json(document, content), connections)


def read_three_phase(net: Any, connections: Collection[str] = ()) -> ImportedThreePhase:
    """Read a net; raises ModelError with everything that is not modelled, or missing, by element."""
    names = _names(net)
    problems = list(_problems(net))
    problems += [f"bus {name[:64]!r}: not in the network" for name in connections if name not in names]
    if problems:
        raise ModelError(problems)
    p_w, q_var = _powers(net)
    for name in connections:
        for powers in (p_w, q_var):
            powers.setdefault(int(names[name]), [0, 0, 0])
    used = [int(bus) for bus in net.bus.index if int(bus) in p_w]
    model = ThreePhaseModel(
        name=net.name or "network",
        base_mva=BASE_MVA,
        source=_source(net),
        nodes=tuple(_node(int(bus), row) for bus, row in net.bus.iterrows()),
        branches=(*_lines(net), *_transformers(net)),
        connections=tuple(str(bus) for bus in used),
    )
    require_sound(model)
    active, reactive = (np.array([powers[bus] for bus in used], dtype=np.int64) for powers in (p_w, q_var))
    return ImportedThreePhase(model, active, reactive, names)


def _names(net: Any) -> dict[str, str]:
    named = Counter(str(name) for name in net.bus.name)
    found = {str(name): str(bus) for bus, name in net.bus.name.items() if named[str(name)] == 1}
    return {**found, **{str(bus): str(bus) for bus in net.bus.index}}


def _problems(net: Any) -> Iterator[str]:
    for table in _ABSENT:
        for index in net[table].index if table in net else ():
            yield f"{table} {index}: not part of the three-phase model"
    if len(net.ext_grid) != 1:
        yield f"{len(net.ext_grid)} sources, must be one"
    for table in ("asymmetric_load", "asymmetric_sgen", "load", "sgen"):
        for index, row in net[table].iterrows():
            if "type" in row and str(row["type"]) == "delta":
                yield f"{table} {index}: delta connection is not modelled"
    for index, row in net.trafo.iterrows():
        if str(row.get("vector_group")).lower() not in WINDINGS:
            yield f"trafo {index}: vector group {row.get('vector_group')} must be Dyn, YNyn or Yzn"
    yield from _missing_columns(net)


def _missing_columns(net: Any) -> Iterator[str]:
    needed = {"line": ("r0_ohm_per_km", "x0_ohm_per_km", "c0_nf_per_km"), "trafo": ("vk0_percent", "vkr0_percent")}
    for table, columns in needed.items():
        for column in columns:
            if len(net[table]) and (column not in net[table] or net[table][column].isna().any()):
                yield f"{table}: zero-sequence column {column} is missing"


def _node(bus: int, row: Any) -> PhaseNode:
    low, high = (row.get(name) for name in ("min_vm_pu", "max_vm_pu"))
    band = (low, high) if low is not None and high is not None and low > 0 and high > 0 else None
    low_micro, high_micro = (round(x * 1e6) for x in band) if band else DEFAULT_BAND_MICRO_PU
    return PhaseNode(str(bus), str(row.get("zone") or "feeder"), float(row["vn_kv"]), low_micro, high_micro)


def _source(net: Any) -> PhaseSource:
    row = net.ext_grid.iloc[0]
    size = SOURCE_VOLTAGE_FACTOR / float(row["s_sc_max_mva"]) * BASE_MVA
    x = size / math.hypot(1.0, float(row["rx_max"]))
    x0 = float(row["x0x_max"]) * x
    return PhaseSource(
        node=str(int(row["bus"])),
        voltage_pu=float(row["vm_pu"]),
        angle_rad=math.radians(float(row["va_degree"])),
        z1_pu=complex(0.0, IDEAL_PU),
        z2_pu=complex(float(row["rx_max"]) * x, x),
        z0_pu=complex(float(row["r0x0_max"]) * x0, x0),
    )


def _lines(net: Any) -> Iterator[PhaseBranch]:
    for index, row in net.line.iterrows():
        if not row["in_service"]:
            continue
        kv = float(net.bus.vn_kv.at[row["from_bus"]])
        base_ohm, length, parallel = kv**2 / BASE_MVA, float(row["length_km"]), int(row["parallel"])
        series = {s: complex(row[f"r{s}_ohm_per_km"], row[f"x{s}_ohm_per_km"]) * length for s in ("", "0")}
        charging = {s: 2 * math.pi * net.f_hz * float(row[f"c{s}_nf_per_km"]) * 1e-9 * length for s in ("", "0")}
        rating = float(row["max_i_ka"]) * float(row["df"]) * parallel
        yield PhaseBranch(
            id=f"line-{index}",
            zone="feeder",
            from_node=str(int(row["from_bus"])),
            to_node=str(int(row["to_bus"])),
            z1_pu=series[""] / base_ohm / parallel,
            z0_pu=series["0"] / base_ohm / parallel,
            y1_pu=1j * charging[""] * base_ohm * parallel,
            y0_pu=1j * charging["0"] * base_ohm * parallel,
            tap_ratio=1.0,
            tap_shift_rad=0.0,
            winding=Winding.THROUGH,
            rating_from_ka=rating,
            rating_to_ka=rating,
            limit_mpct=_limit(row),
        )


def _transformers(net: Any) -> Iterator[PhaseBranch]:
    for index, row in net.trafo.iterrows():
        if not row["in_service"]:
            continue
        sn, parallel = float(row["sn_mva"]), int(row["parallel"])
        hv_kv, lv_kv = _tapped(row)
        bus_hv, bus_lv = (float(net.bus.vn_kv.at[row[side]]) for side in ("hv_bus", "lv_bus"))
        scale = (lv_kv / bus_lv) ** 2 * BASE_MVA / sn / parallel
        magnetising = complex(row["pfe_kw"] / 1e3 / sn, 0.0)
        magnetising -= 1j * math.sqrt(max((row["i0_percent"] / 100) ** 2 - magnetising.real**2, 0.0))
        shift = -math.radians(float(row["shift_degree"]))
        yield PhaseBranch(
            id=f"trafo-{index}",
            zone=f"trafo-{index}",
            from_node=str(int(row["hv_bus"])),
            to_node=str(int(row["lv_bus"])),
            z1_pu=_impedance(row["vk_percent"], row["vkr_percent"]) * scale,
            z0_pu=_zero_impedance(row) * scale,
            y1_pu=magnetising / scale,
            y0_pu=0j,
            tap_ratio=(hv_kv / bus_hv) / (lv_kv / bus_lv),
            tap_shift_rad=-shift,
            winding=WINDINGS[str(row["vector_group"]).lower()],
            rating_from_ka=sn * parallel / math.sqrt(3) / float(row["vn_hv_kv"]) * float(row["df"]),
            rating_to_ka=sn * parallel / math.sqrt(3) / float(row["vn_lv_kv"]) * float(row["df"]),
            limit_mpct=_limit(row),
        )


def _zero_impedance(row: Any) -> complex:
    """Impedance to earth in the zero sequence: leakage in two parts with the magnetising impedance between them."""
    leakage = _impedance(row["vk0_percent"], row["vkr0_percent"])
    ratio = float(row.get("mag0_percent") or 0.0) / 100
    if ratio == 0 or WINDINGS[str(row["vector_group"]).lower()] is Winding.THROUGH:
        return leakage
    x = ratio * float(row["vk0_percent"]) / 100 / math.hypot(1.0, float(row["mag0_rx"]))
    magnetising = complex(x * float(row["mag0_rx"]), x)
    upper = float(row["si0_hv_partial"]) * leakage
    return leakage - upper + upper * magnetising / (upper + magnetising)


def _impedance(vk_percent: float, vkr_percent: float) -> complex:
    return complex(vkr_percent, math.sqrt(vk_percent**2 - vkr_percent**2)) / 100


def _tapped(row: Any) -> tuple[float, float]:
    """Rated voltages of both sides at the tap's position, kV."""
    hv_kv, lv_kv = float(row["vn_hv_kv"]), float(row["vn_lv_kv"])
    position, neutral, step = (row.get(name) for name in ("tap_pos", "tap_neutral", "tap_step_percent"))
    if any(value is None or math.isnan(value) for value in (position, neutral, step)):
        return hv_kv, lv_kv
    factor = 1 + (position - neutral) * step / 100
    return (hv_kv * factor, lv_kv) if row.get("tap_side") == "hv" else (hv_kv, lv_kv * factor)


def _limit(row: Any) -> int:
    limit = row.get("max_loading_percent")
    return 100_000 if limit is None or math.isnan(limit) else round(float(limit) * 1000)


def _powers(net: Any) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """W and var per bus and phase of all loads and generators; a balanced one is a third in each phase."""
    p_w: dict[int, list[int]] = {}
    q_var: dict[int, list[int]] = {}
    for table, sign in (("asymmetric_load", -1), ("asymmetric_sgen", 1), ("load", -1), ("sgen", 1)):
        for _, row in net[table].iterrows():
            bus, factor = int(row["bus"]), sign * float(row["scaling"]) * bool(row["in_service"]) * 1e6
            for powers, name in ((p_w, "p{}_mw"), (q_var, "q{}_mvar")):
                own = powers.setdefault(bus, [0, 0, 0])
                for k, phase in enumerate(PHASE_NAMES):
                    share = row[name.format(f"_{phase}")] if table.startswith("asym") else row[name.format("")] / 3
                    own[k] += round(factor * float(share))
    return p_w, q_var
