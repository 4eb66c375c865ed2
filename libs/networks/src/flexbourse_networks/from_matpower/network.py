"""MATPOWER cases: their branches are those of the model already, so nothing is interpreted anew.

Ids are the file's own numbers: ``bus-7``, and ``line-3`` or ``trafo-3`` for row 3 of the branch table. A branch with a
ratio or between two voltages is a transformer. ``rateA`` (MVA) is the rating of both ends; 0 means none there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.model import MAX_PLAUSIBLE_RATING_KA, Branch, NetworkModel, Node
from flexbourse_networks.assembly import Draft, assemble
from flexbourse_networks.feeders import TRANSFORMER
from flexbourse_networks.from_matpower.file import Case, Table, read_m, read_mat
from flexbourse_networks.imported import ImportedNetwork, NetworkProblems, VoltageSource, bus_names, rounded
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.power_balance import Complex, injections, solve_held
from flexbourse_networks.rating_sets import names_of, rated_names
from flexbourse_networks.voltage_bands import voltage_band

# Columns of the tables.
_BUS, _TYPE, _PD, _QD, _GS, _BS, _VA, _BASE_KV, _V_MAX, _V_MIN = 0, 1, 2, 3, 4, 5, 8, 9, 11, 12
_GEN_BUS, _PG, _QG, _Q_MAX, _Q_MIN, _VG, _GEN_STATUS = 0, 1, 2, 3, 4, 5, 7
_FROM, _TO, _R, _X, _B, _RATE_A, _RATIO, _ANGLE, _STATUS = 0, 1, 2, 3, 4, 5, 8, 9, 10
_DC_STATUS = 2
_PQ, _PV, _REF, _ISOLATED = 1, 2, 3, 4
_USED = {
    "bus": (_BUS, _TYPE, _PD, _QD, _GS, _BS, _VA, _BASE_KV),
    "gen": (_GEN_BUS, _PG, _QG, _VG, _GEN_STATUS),
    "branch": (_FROM, _TO, _R, _X, _B, _RATE_A, _RATIO, _ANGLE, _STATUS),
}


@dataclass(frozen=True, slots=True)
class _Generator:
    row: int
    bus: int
    p_mw: float
    q_mvar: float
    voltage_pu: float
    limits_mvar: tuple[float, float]


def read_matpower(name: str, content: bytes, options: ImportOptions) -> ImportedNetwork:
    """The network of a .m or .mat file; raises :class:`NetworkProblems` naming everything against it."""
    case = read_mat(content) if content.startswith(b"MATLAB") else read_m(content)
    problems = list(_problems(case))
    source = _source(case, options, problems)
    if source is None or problems:
        raise NetworkProblems([*problems, *_rating_problems(case, options).values()])
    return _import(name, case, source, options)


def _import(name: str, case: Case, source: int, options: ImportOptions) -> ImportedNetwork:
    unrated = _rating_problems(case, options)
    live = case.bus[case.bus[:, _TYPE] != _ISOLATED]
    branches, idle = _branches(case, {int(x[_BUS]): float(x[_BASE_KV]) for x in live})
    generators = _generators(case)
    at_source = [x for x in generators if x.bus == source]
    draft = Draft(
        name=name,
        base_mva=case.base_mva,
        slack=f"bus-{source}",
        slack_voltage_pu=at_source[0].voltage_pu,
        slack_angle_rad=math.radians(float(live[live[:, _BUS] == source][0, _VA])),
        nodes=[_node(case, row) for row in live],
        branches=branches,
        open_branches=[x for x in idle if not math.isnan(x.rating_from_ka) or options.default_rating_ka is not None],
        unrated=unrated.keys(),
    )
    model, temporary = assemble(draft, options, list(unrated.values()))
    others = [x for x in generators if x.bus != source]
    types = {int(x[_BUS]): int(x[_TYPE]) for x in live}
    held = {f"bus-{x.bus}": x.voltage_pu for x in reversed(others) if types[x.bus] in (_PV, _REF)}
    p_mw, q_mvar = _injections(model, live, others, held)
    voltage = _solved(model, p_mw, q_mvar, held)
    q_mvar = _reactive(model, voltage, q_mvar, held)
    names, ambiguous = _names(case, model, live)
    return ImportedNetwork(
        model=model,
        names=names,
        coordinates={node.id: None for node in model.nodes},
        base_p_w=rounded(p_mw * 1e6),
        base_q_var=rounded(q_mvar * 1e6),
        controls=tuple(_controls(others, held, live, model, q_mvar)),
        temporary_limits=temporary,
        ambiguous_names=ambiguous,
    )


def _problems(case: Case) -> Iterator[str]:
    for table, columns in _USED.items():
        rows: Table = getattr(case, table)
        for row, column in np.argwhere(~np.isfinite(rows[:, columns])):
            yield f"{table} {row + 1}: column {columns[column] + 1} is not a number"
    if not case.base_mva > 0:
        yield f"file: baseMVA must be positive ({case.base_mva})"
    for row, line in enumerate(case.dcline, start=1):
        if line[_DC_STATUS] > 0:
            yield f"dcline {row}: a DC line is not supported"
    yield from _bus_problems(case)


def _bus_problems(case: Case) -> Iterator[str]:
    rows = Counter(case.bus[:, _BUS].tolist())
    yield from (f"bus {number:g}: {count} rows" for number, count in rows.items() if count > 1)
    for row, bus in enumerate(case.bus, start=1):
        if bus[_TYPE] not in (_PQ, _PV, _REF, _ISOLATED):
            yield f"bus {row}: type must be 1 to 4 ({bus[_TYPE]:g})"
        if not bus[_BASE_KV] > 0:
            yield f"bus {row}: nominal voltage is missing (baseKV {bus[_BASE_KV]:g})"
    for table, columns in (("gen", (_GEN_BUS,)), ("branch", (_FROM, _TO))):
        for row, values in enumerate(getattr(case, table), start=1):
            for end in values[list(columns)]:
                if math.isfinite(end) and end not in rows:
                    yield f"{table} {row}: its bus does not exist ({end:g})"


def _source(case: Case, options: ImportOptions, problems: list[str]) -> int | None:
    """The bus of the source, with a generator in service; None and a problem where there is not just one."""
    with_generator = {x.bus for x in _generators(case)}
    sources = [int(x[_BUS]) for x in case.bus if x[_TYPE] == _REF and int(x[_BUS]) in with_generator]
    names = ", ".join(f"bus {x}" for x in sources) or "none"
    if options.source is not None:
        picked = [x for x in sources if options.source == f"bus {x}"]
        if not picked:
            problems.append(f"network: {options.source} is not a reference bus with a generator ({names})")
        return picked[0] if picked else None
    if len(sources) != 1:
        problems.append(f"network: {len(sources)} reference buses with a generator ({names}), must be exactly one")
        return None
    return sources[0]


def _generators(case: Case) -> list[_Generator]:
    return [
        _Generator(i, int(x[_GEN_BUS]), x[_PG], x[_QG], float(x[_VG]), (float(x[_Q_MIN]), float(x[_Q_MAX])))
        for i, x in enumerate(case.gen, start=1)
        if x[_GEN_STATUS] > 0 and math.isfinite(x[_GEN_BUS])
    ]


def _node(case: Case, row: Table) -> Node:
    name = f"bus-{int(row[_BUS])}"
    low, high = voltage_band(float(row[_BASE_KV]), [(float(row[_V_MIN]), float(row[_V_MAX]))])
    place = int(np.flatnonzero(case.bus[:, _BUS] == row[_BUS])[0])
    return Node(
        id=name,
        name=case.bus_names[place] if case.bus_names else name,
        zone="",
        nominal_kv=float(row[_BASE_KV]),
        v_low_micro_pu=low,
        v_high_micro_pu=high,
        shunt_g_pu=float(row[_GS]) / case.base_mva,
        shunt_b_pu=float(row[_BS]) / case.base_mva,
        aliases=(name,),
    )


def _branches(case: Case, base_kv: dict[int, float]) -> tuple[list[Branch], list[Branch]]:
    """Branches in service and out of service; one that ends at an isolated bus is neither."""
    live: list[Branch] = []
    idle: list[Branch] = []
    for number, row in enumerate(case.branch, start=1):
        ends = int(row[_FROM]), int(row[_TO])
        if any(end not in base_kv for end in ends):
            continue
        kind = TRANSFORMER if _is_transformer(row, (base_kv[ends[0]], base_kv[ends[1]])) else "line"
        rating = [_rating_ka(float(row[_RATE_A]), base_kv[end]) for end in ends]
        branch = Branch(
            id=f"{kind}-{number}",
            name=f"branch {number}",
            kind=kind,
            zone="",
            from_node=f"bus-{ends[0]}",
            to_node=f"bus-{ends[1]}",
            r_pu=float(row[_R]),
            x_pu=float(row[_X]),
            g_pu=0.0,
            b_pu=float(row[_B]),
            tap_ratio=float(row[_RATIO]) or 1.0,
            tap_shift_rad=math.radians(float(row[_ANGLE])),
            rating_from_ka=rating[0] if all(map(math.isfinite, rating)) else math.nan,
            rating_to_ka=rating[1] if all(map(math.isfinite, rating)) else math.nan,
        )
        (live if row[_STATUS] > 0 else idle).append(branch)
    return live, idle


def _is_transformer(row: Table, base_kv: tuple[float, float]) -> bool:
    return bool(row[_RATIO] not in (0.0, 1.0) or row[_ANGLE] != 0 or base_kv[0] != base_kv[1])


def _rating_ka(rate_mva: float, base_kv: float) -> float:
    """The rated current of an end; not a number where there is none or a placeholder."""
    current = rate_mva / base_kv / math.sqrt(3)
    return current if 0 < current <= MAX_PLAUSIBLE_RATING_KA else math.nan


def _rating_problems(case: Case, options: ImportOptions) -> dict[str, str]:
    """Why branches in service have no usable rating, by the branch's id."""
    base_kv = {int(x[_BUS]): float(x[_BASE_KV]) for x in case.bus if x[_BASE_KV] > 0 and x[_TYPE] != _ISOLATED}
    if options.default_rating_ka is not None:
        return {}
    named = rated_names(options)
    found = {}
    for branch in _branches(case, base_kv)[0]:
        if math.isnan(branch.rating_from_ka) and not named & set(names_of(branch.id, branch.name)):
            number = int(branch.id.rpartition("-")[2])
            rate = case.branch[number - 1, _RATE_A]
            why = "rating is missing" if rate <= 0 else "rating is a placeholder"
            found[branch.id] = (
                f"branch {number}: {why} (rateA {rate:g}, bus {branch.from_node[4:]} to {branch.to_node[4:]})"
            )
    return found


def _injections(
    model: NetworkModel, live: Table, others: list[_Generator], held: dict[str, float]
) -> tuple[Table, Table]:
    place = {node.id: i for i, node in enumerate(model.nodes)}
    p_mw, q_mvar = -live[:, _PD], -live[:, _QD]
    for generator in others:
        node = f"bus-{generator.bus}"
        p_mw[place[node]] += generator.p_mw
        q_mvar[place[node]] += 0.0 if node in held else generator.q_mvar
    return p_mw, q_mvar


def _solved(model: NetworkModel, p_mw: Table, q_mvar: Table, held: dict[str, float]) -> Complex:
    place = {node.id: i for i, node in enumerate(model.nodes)}
    voltage = solve_held(model, p_mw * 1e6, q_mvar * 1e6, {place[node]: v for node, v in held.items()})
    if voltage is None:
        raise NetworkProblems(["network: no power flow solution with its own loads and generators"])
    return voltage


def _reactive(model: NetworkModel, voltage: Complex, q_mvar: Table, held: dict[str, float]) -> Table:
    """The reactive injections, of nodes that hold their voltage as solved."""
    flows = injections(model, voltage).imag * model.base_mva
    return np.where([node.id in held for node in model.nodes], flows, q_mvar)


def _controls(
    others: list[_Generator], held: dict[str, float], live: Table, model: NetworkModel, q_mvar: Table
) -> Iterator[VoltageSource]:
    """Generators that hold a voltage; what they supply together is shared evenly among those of one bus."""
    place = {node.id: i for i, node in enumerate(model.nodes)}
    for generator in others:
        node = f"bus-{generator.bus}"
        if node in held:
            together = sum(1 for x in others if x.bus == generator.bus)
            share = (q_mvar[place[node]] + live[place[node], _QD]) / together
            low, high = (round(x * 1e6) if math.isfinite(x) else None for x in generator.limits_mvar)
            yield VoltageSource(
                f"gen {generator.row}", node, held[node], round(generator.p_mw * 1e6), round(share * 1e6), low, high
            )


def _names(case: Case, model: NetworkModel, live: Table) -> tuple[dict[str, str], frozenset[str]]:
    numbers = [int(x) for x in live[:, _BUS]]
    places = [int(np.flatnonzero(case.bus[:, _BUS] == number)[0]) for number in numbers]
    names = [case.bus_names[place] for place in places] if case.bus_names else []
    nodes = [f"bus-{number}" for number in numbers]
    return bus_names(model, zip(map(str, numbers), nodes, strict=True), zip(names, nodes, strict=False))
