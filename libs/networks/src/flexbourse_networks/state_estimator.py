"""A state estimate from readings, by power-grid-model's weighted least squares; says so where they do not suffice.

Known without a reading: the network, the voltage of its source, and that nodes without any connection inject nothing.
Everything else has to be read, or is taken from a forecast with its own uncertainty where the caller allows it. The
library is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Integer, Real
from flexbourse_networks.solver_input import SolverInput

# The source holds its voltage; so well is that known.
SOURCE_SIGMA_PU = 1e-4
MAX_ITERATIONS = 50
ERROR_TOLERANCE = 1e-8
# Readings farther off than so many standard deviations are named.
SUSPICIOUS_SIGMAS = 4.0


class Quantity(Enum):
    """What a value is of."""

    NODE_POWER = "node power"
    BRANCH_POWER = "branch power"
    VOLTAGE = "voltage"


@dataclass(frozen=True, slots=True)
class Value:
    """A measured or forecast value of an element: W and var, or pu; standard deviation in W or pu.

    Branch power flows into the branch at its *from* end.
    """

    quantity: Quantity
    element: str
    p_w: float = 0.0
    q_var: float = 0.0
    voltage_pu: float = 0.0
    sigma: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The most likely state: injections int64[n] in W and var (0 at the source), voltage magnitude in pu.

    ``suspicious`` names the elements whose values lie more than four standard deviations off.
    """

    p_w: Integer
    q_var: Integer
    voltage: Real
    suspicious: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotObservable:
    """The values do not determine the state, and why as far as is known."""

    reason: str


def estimate_state(
    model: NetworkModel, values: Sequence[Value], silent: Sequence[str] = ()
) -> Estimate | NotObservable:
    """The most likely state; ``silent`` are ids of nodes that inject nothing. Raises KeyError for unknown elements."""
    from power_grid_model import CalculationMethod, PowerGridModel  # noqa: PLC0415
    from power_grid_model.errors import (  # type: ignore[attr-defined]  # noqa: PLC0415
        NotObservableError,
        PowerGridError,
    )

    quiet = set(silent)
    index = {alias: i for i, node in enumerate(model.nodes) for alias in (node.id, *node.aliases)}
    slack = index[model.slack]
    injecting = [i for i, node in enumerate(model.nodes) if i != slack and node.id not in quiet]
    read = {index[value.element] for value in values if value.quantity is Quantity.NODE_POWER}
    missing = [model.nodes[i].id for i in injecting if i not in read]
    powers = sum(value.quantity is not Quantity.VOLTAGE for value in values)
    if len(values) - powers + powers * 2 < 2 * len(injecting):
        return NotObservable(
            f"{len(injecting)} nodes inject, {powers} powers and {len(values) - powers} voltages are known"
        )
    made = SolverInput(model, injecting)
    data = made.data() | _sensors(model, made, injecting, index, values)
    try:
        output: Any = PowerGridModel(data).calculate_state_estimation(
            symmetric=True,
            error_tolerance=ERROR_TOLERANCE,
            max_iterations=MAX_ITERATIONS,
            calculation_method=CalculationMethod.newton_raphson,
        )
    except NotObservableError:
        return NotObservable(f"the values do not determine the state; nothing is known of {_listed(missing)}")
    except PowerGridError as e:
        return NotObservable(f"the estimate has no solution: {str(e).splitlines()[0][:200]}")
    return _read(model, output, injecting, values, index)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:10])
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown or "some branches"


def _sensors(
    model: NetworkModel, made: SolverInput, injecting: list[int], index: dict[str, int], values: Sequence[Value]
) -> dict[str, Any]:
    from power_grid_model import MeasuredTerminalType, initialize_array  # noqa: PLC0415

    generator = dict(zip(injecting, made.injection_ids().tolist(), strict=True))
    branch = {own.id: len(model.nodes) + i for i, own in enumerate(model.branches)}
    powers = [value for value in values if value.quantity is not Quantity.VOLTAGE]
    voltages = [value for value in values if value.quantity is Quantity.VOLTAGE]
    power = initialize_array("input", "sym_power_sensor", len(powers))
    power["id"] = made.free_id + np.arange(len(powers))
    for i, value in enumerate(powers):
        at_node = value.quantity is Quantity.NODE_POWER
        power["measured_object"][i] = generator[index[value.element]] if at_node else branch[value.element]
        power["measured_terminal_type"][i] = (
            MeasuredTerminalType.generator if at_node else MeasuredTerminalType.branch_from
        )
        power["p_measured"][i], power["q_measured"][i], power["power_sigma"][i] = value.p_w, value.q_var, value.sigma
    voltage = initialize_array("input", "sym_voltage_sensor", len(voltages) + 1)
    voltage["id"] = made.free_id + len(powers) + np.arange(len(voltages) + 1)
    known = [(index[value.element], value.voltage_pu, value.sigma) for value in voltages]
    known.append((index[model.slack], model.slack_voltage_pu, SOURCE_SIGMA_PU))
    for i, (node, magnitude, sigma) in enumerate(known):
        nominal = model.nodes[node].nominal_kv * 1e3
        voltage["measured_object"][i] = node
        voltage["u_measured"][i], voltage["u_sigma"][i] = magnitude * nominal, sigma * nominal
    found: dict[str, Any] = {"sym_voltage_sensor": voltage}
    return found | ({"sym_power_sensor": power} if powers else {})


def _read(
    model: NetworkModel, output: Any, injecting: list[int], values: Sequence[Value], index: dict[str, int]
) -> Estimate:
    p_w, q_var = (np.zeros(len(model.nodes), dtype=np.int64) for _ in range(2))
    p_w[injecting] = np.rint(output["sym_gen"]["p"]).astype(np.int64)
    q_var[injecting] = np.rint(output["sym_gen"]["q"]).astype(np.int64)
    voltage: Real = np.array(output["node"]["u_pu"])
    branch = {own.id: i for i, own in enumerate(model.branches)}
    off = []
    for value in values:
        if value.quantity is Quantity.VOLTAGE:
            gap = abs(float(voltage[index[value.element]]) - value.voltage_pu)
        elif value.quantity is Quantity.NODE_POWER:
            node = index[value.element]
            gap = abs(complex(p_w[node] - value.p_w, q_var[node] - value.q_var))
        else:
            row = output["generic_branch"][branch[value.element]]
            gap = abs(complex(row["p_from"] - value.p_w, row["q_from"] - value.q_var))
        if gap > SUSPICIOUS_SIGMAS * value.sigma:
            off.append(value.element)
    return Estimate(p_w, q_var, voltage, tuple(dict.fromkeys(off)))
