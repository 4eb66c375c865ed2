"""Reads a pandapower network into the platform's network model, or refuses it with every reason.

The network is solved once with its own loads, generators and controls. What nodes inject in that state is the base
case, not the network: generators and controls are held there. pandapower takes three seconds to import, so it is
imported where it is used.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from flexbourse_gridmath.model import NetworkModel, Node
from flexbourse_networks.assembly import Draft, assemble
from flexbourse_networks.from_pandapower.compiled import Compiled
from flexbourse_networks.from_pandapower.controls import find_controls
from flexbourse_networks.from_pandapower.sources import Source, find_sources
from flexbourse_networks.from_pandapower.tables import in_service, table_problems, text_of
from flexbourse_networks.imported import ImportedNetwork, NetworkProblems, Position, bus_names, rounded
from flexbourse_networks.options import PLAIN, ImportOptions
from flexbourse_networks.power_balance import imbalance, injections

# Tables that inject: sign of their results (consumption counts as positive in some) and their columns.
_INJECTIONS = {
    "load": (-1, "res_load", "p_mw", "q_mvar"),
    "motor": (-1, "res_motor", "p_mw", "q_mvar"),
    "storage": (-1, "res_storage", "p_mw", "q_mvar"),
    "asymmetric_load": (-1, "res_asymmetric_load", "p_mw", "q_mvar"),
    "asymmetric_sgen": (1, "res_asymmetric_sgen", "p_mw", "q_mvar"),
    "sgen": (1, "res_sgen", "p_mw", "q_mvar"),
    "gen": (1, "res_gen", "p_mw", "q_mvar"),
    "ext_grid": (1, "res_ext_grid", "p_mw", "q_mvar"),
    "ward": (-1, "ward", "ps_mw", "qs_mvar"),  # its constant impedance is a shunt of the matrices
}
_SINGLE_PHASE = ("asymmetric_load", "asymmetric_sgen")
MAX_CONTROL_STEPS = 100


def read_network(net: Any, options: ImportOptions = PLAIN) -> NetworkModel:
    """The model of a pandapower network alone; raises as :func:`import_network`."""
    return import_network(net, options).model


def import_network(net: Any, options: ImportOptions = PLAIN, notices: Iterable[str] = ()) -> ImportedNetwork:
    """Everything of a pandapower network; raises :class:`NetworkProblems` naming every element that is against it."""
    sources, problems = find_sources(net, options)
    problems += table_problems(net, options)
    if problems:
        raise NetworkProblems(problems)
    solved = _solve(net)
    compiled = Compiled(solved, sources, options)
    problems = list(compiled.problems())
    if problems:
        raise NetworkProblems(problems)
    return _assemble(solved, compiled, sources, options, notices)


def _solve(net: Any) -> Any:
    """A copy of the network, solved with its controls."""
    import pandapower  # noqa: PLC0415
    from pandapower.control import ControllerNotConverged, NetCalculationNotConverged  # noqa: PLC0415

    solved = copy.deepcopy(net)
    solved.bus["in_service"] = solved.bus["in_service"].astype(bool)
    controlled = any(True for _ in in_service(solved, "controller"))
    try:
        pandapower.runpp(
            solved, trafo_model="pi", calculate_voltage_angles=True, numba=False, init="dc", tolerance_mva=1e-9,
            check_connectivity=True, run_control=controlled, max_iter=MAX_CONTROL_STEPS,
        )  # fmt: skip
    except (pandapower.LoadflowNotConverged, NetCalculationNotConverged) as e:
        raise NetworkProblems(["network: no power flow solution with its own loads and generators"]) from e
    except ControllerNotConverged as e:
        raise NetworkProblems([f"network: its controls find no common state in {MAX_CONTROL_STEPS} steps"]) from e
    return solved


def _assemble(
    net: Any, compiled: Compiled, sources: list[Source], options: ImportOptions, notices: Iterable[str]
) -> ImportedNetwork:
    idle, charged_from, charged_to = compiled.open_branches()
    draft = Draft(
        name=text_of(net.name) or "network",
        base_mva=compiled.base_mva,
        slack=compiled.source,
        slack_voltage_pu=compiled.source_voltage,
        slack_angle_rad=compiled.source_angle_rad,
        nodes=compiled.nodes(),
        branches=compiled.branches(),
        open_branches=idle,
        charged_from=charged_from,
        charged_to=charged_to,
    )
    model, temporary = assemble(draft, options, ())
    p_w, q_var = _injections(net, compiled, sources, model)
    problems = imbalance(model, compiled.voltages(), p_w, q_var)
    if problems:
        raise NetworkProblems(problems)
    names, ambiguous = _names(net, compiled, model)
    return ImportedNetwork(
        model=model,
        names=names,
        coordinates=_coordinates(net, model.nodes),
        base_p_w=p_w,
        base_q_var=q_var,
        controls=find_controls(net, compiled, sources),
        notices=(*notices, *_notices(net)),
        temporary_limits=temporary,
        ambiguous_names=ambiguous,
    )


def _injections(net: Any, compiled: Compiled, sources: list[Source], model: NetworkModel) -> tuple[Any, Any]:
    """What every node injects in the solved state, but for what the sources balance.

    Where loads depend on the voltage, the library mixes those of one bus; there the state itself says what they take.
    """
    place = {node.id: i for i, node in enumerate(model.nodes)}
    p_mw, q_mvar = np.zeros(len(place)), np.zeros(len(place))
    slack = {(source.table, source.index) for source in sources}
    for table, (sign, results, p_column, q_column) in _INJECTIONS.items():
        for index, element in in_service(net, table):
            if (table, index) in slack:
                continue
            node = compiled.node_of(int(element.bus))
            if node is not None:
                p_mw[place[node]] += sign * net[results][p_column].at[index]
                q_mvar[place[node]] += sign * net[results][q_column].at[index]
    dependent = [place[str(compiled.node_of(int(bus)))] for bus in _voltage_dependent(net).bus]
    if dependent:
        flows = injections(model, compiled.voltages())[dependent] * model.base_mva
        p_mw[dependent], q_mvar[dependent] = flows.real, flows.imag
    return rounded(p_mw * 1e6), rounded(q_mvar * 1e6)


def _voltage_dependent(net: Any) -> Any:
    """The rows of loads in service that depend on the voltage."""
    columns = [name for name in net.load.columns if name.startswith(("const_z", "const_i"))]
    return net.load[net.load.in_service.astype(bool) & (net.load[columns] > 0).any(axis=1)]


def _names(net: Any, compiled: Compiled, model: NetworkModel) -> tuple[dict[str, str], frozenset[str]]:
    buses = [(int(bus), str(compiled.node_of(int(bus)))) for members in compiled.members.values() for bus in members]
    return bus_names(
        model,
        [(str(bus), node) for bus, node in buses],
        [(text_of(net.bus.name.at[bus]), node) for bus, node in buses],
    )


def _coordinates(net: Any, nodes: Iterable[Node]) -> dict[str, Position | None]:
    """The first position that any of a node's buses has."""
    return {
        node.id: next(
            (p for alias in node.aliases if (p := _position(net, alias.removeprefix("bus-"))) is not None), None
        )
        for node in nodes
    }


def _position(net: Any, bus: str) -> Position | None:
    if not bus.isdigit() or "geo" not in net.bus:
        return None
    text = net.bus.geo.at[int(bus)]
    try:
        x, y = json.loads(text)["coordinates"][:2]
        return float(x), float(y)
    except (TypeError, ValueError, KeyError):
        return None


def _notices(net: Any) -> list[str]:
    counts = {table: sum(1 for _ in in_service(net, table)) for table in _SINGLE_PHASE}
    dependent = len(_voltage_dependent(net))
    return [
        *(
            f"{table}: {count} elements with values per phase count as their sum, balanced"
            for table, count in counts.items()
            if count
        ),
        *([f"load: {dependent} that depend on the voltage are held at their power as solved"] if dependent else []),
    ]
