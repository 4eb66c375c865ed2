"""Readings of meters and SCADA made into measured injections: directly, or by a state estimate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flexbourse.gridcheck.v1 import gridcheck_pb2 as pb
from flexbourse_gridcheck.domain.events import BaseCaseState
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.domain.period import injections
from flexbourse_networks.state_estimator import Estimate, NotObservable, Quantity, Value, estimate_state

MAX_READINGS = 10_000
MAX_PROBLEMS = 100
# Without a stated accuracy: one percent of the value, and never better than this.
RELATIVE_SIGMA, LEAST_SIGMA_W, LEAST_SIGMA_PU = 0.01, 100.0, 0.001
# Between the 5 % and the 95 % quantile of a normal distribution lie so many standard deviations.
SIGMAS_BETWEEN_QUANTILES = 2 * 1.645
PU_UPU = 1e6
_QUANTITIES = {
    pb.READING_KIND_NODE_POWER: Quantity.NODE_POWER,
    pb.READING_KIND_BRANCH_POWER: Quantity.BRANCH_POWER,
    pb.READING_KIND_VOLTAGE: Quantity.VOLTAGE,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Injections as measured, and what an estimate says of its readings; problems where there are no injections."""

    nodes: tuple[pb.MeasuredNode, ...] = ()
    problems: tuple[str, ...] = ()
    observable: bool = False
    forecast_count: int = 0
    suspicious: tuple[str, ...] = ()


def find_problems(grid: Grid, readings: Sequence[pb.Reading]) -> list[str]:
    """Return everything that is wrong with readings, up to `MAX_PROBLEMS`."""
    if not 0 < len(readings) <= MAX_READINGS:
        return [f"{len(readings)} readings, must be 1 to {MAX_READINGS}"]
    found = [problem for number, reading in enumerate(readings) for problem in _problems(grid, number, reading)]
    return found[:MAX_PROBLEMS]


def _problems(grid: Grid, number: int, reading: pb.Reading) -> Iterator[str]:
    name = reading.element_id[:64]
    if reading.kind not in _QUANTITIES:
        yield f"reading {number}: kind {reading.kind} is not known"
    elif reading.kind == pb.READING_KIND_BRANCH_POWER:
        if reading.element_id not in grid.topology.branch_index:
            yield f"reading {number}: {name} is no branch of the topology"
    elif grid.index_of(reading.element_id) is None:
        yield f"reading {number}: {name} is no node of the topology"
    elif reading.kind == pb.READING_KIND_NODE_POWER and grid.index_of(reading.element_id) == grid.topology.slack:
        yield f"reading {number}: {name} is the source, whose power follows from all others"
    if reading.sigma < 0:
        yield f"reading {number}: sigma {reading.sigma} must not be negative"


def as_read(readings: Sequence[pb.Reading]) -> Measured:
    """Return the injections that were read at the nodes themselves; other readings say nothing without an estimate."""
    nodes = tuple(
        pb.MeasuredNode(node_id=reading.element_id, p_w=reading.p_w, q_var=reading.q_var)
        for reading in readings
        if reading.kind == pb.READING_KIND_NODE_POWER
    )
    problems = () if nodes else ("no node was read; branches and voltages need a state estimate",)
    return Measured(nodes, problems)


def estimated(
    grid: Grid,
    case: BaseCaseState,
    accepted: Mapping[str, tuple[int, int]],
    readings: Sequence[pb.Reading],
    *,
    with_forecast: bool,
) -> Measured:
    """Return the injections of all nodes by a state estimate, or why the readings do not suffice."""
    values = [_value(reading) for reading in readings]
    read = {grid.topology.node_index[value.element] for value in values if value.quantity is Quantity.NODE_POWER}
    expected = list(_expected(grid, case, accepted))
    silent = [
        name
        for i, (name, value) in enumerate(zip(grid.topology.node_ids, expected, strict=True))
        if value is None and i not in read and i != grid.topology.slack
    ]
    leaning = [
        value
        for i, value in enumerate(expected)
        if with_forecast and value is not None and i not in read and i != grid.topology.slack
    ]
    found = estimate_state(grid.model, [*values, *leaning], silent)
    if isinstance(found, NotObservable):
        return Measured(problems=(found.reason,), forecast_count=len(leaning))
    return _measured(grid, found, silent, len(leaning))


def _measured(grid: Grid, found: Estimate, silent: Sequence[str], leaning: int) -> Measured:
    quiet = set(silent)
    nodes = tuple(
        pb.MeasuredNode(node_id=name, p_w=int(found.p_w[i]), q_var=int(found.q_var[i]))
        for i, name in enumerate(grid.topology.node_ids)
        if name not in quiet and i != grid.topology.slack
    )
    return Measured(nodes, observable=True, forecast_count=leaning, suspicious=found.suspicious)


def _expected(grid: Grid, case: BaseCaseState, accepted: Mapping[str, tuple[int, int]]) -> Iterator[Value | None]:
    """Yield what the forecast and the accepted trades say of each node; None where nothing is connected."""
    p_w, q_var = injections(grid, case, accepted)
    for i, name in enumerate(grid.topology.node_ids):
        width = case.p95_injection_w[i] - case.p95_consumption_w[i]
        if not (p_w[i] or q_var[i] or width):
            yield None
            continue
        sigma = max(width / SIGMAS_BETWEEN_QUANTILES, LEAST_SIGMA_W)
        yield Value(Quantity.NODE_POWER, name, float(p_w[i]), float(q_var[i]), sigma=sigma)


def _value(reading: pb.Reading) -> Value:
    quantity = _QUANTITIES[reading.kind]
    if quantity is Quantity.VOLTAGE:
        voltage = reading.voltage_micro_pu / PU_UPU
        sigma = reading.sigma / PU_UPU if reading.sigma else max(RELATIVE_SIGMA * voltage / 10, LEAST_SIGMA_PU)
        return Value(quantity, reading.element_id, voltage_pu=voltage, sigma=sigma)
    size = abs(complex(reading.p_w, reading.q_var))
    sigma = float(reading.sigma) or max(RELATIVE_SIGMA * size, LEAST_SIGMA_W)
    return Value(quantity, reading.element_id, float(reading.p_w), float(reading.q_var), sigma=sigma)
