"""Where the controls of a network come to rest: taps step by step, reactive power by Newton's method in between.

At fixed taps the reactive powers ``q`` of all Q(U) curves and voltage sources are found together. With ``J = ∂|V|/∂q``
of the linearised network (:func:`flexbourse_gridmath.nodal.element_gradients`) a step solves, per control,

- Q(U): ``f'(V)·J·dq - dq = q - f(V)``,
- a source that holds its voltage: ``J·dq = V_target - V``; at a limit of its reactive power: ``dq = limit - q``.

Then every tap changer whose voltage lies outside its band moves by one step, and so on until none moves. Positions that
come back are hunting: the taps are left where they are and named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from flexbourse_gridmath.control_model import MICRO, TapChanger, VoltageSource, VoltVar, ratio_factor
from flexbourse_gridmath.model import Branch, NetworkModel
from flexbourse_gridmath.nodal import SolveError, element_gradients
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, SolvedState, solve_from_no_load, solve_power
from flexbourse_gridmath.topology import Complex, Integer, Real, Topology, compile_topology

MAX_ROUNDS = 300  # of taps
MAX_STEPS = 60  # of reactive power between two rounds
# Kinks of curves make whole steps swing; from then on only half of each is taken.
WHOLE_STEPS = 15
# At rest: reactive power to this share of the base, voltages to this many pu.
REST_PU = 1e-9

Compile = Callable[[NetworkModel], Topology]


@dataclass(frozen=True, eq=False)
class ControlledState:
    """The network with its controls at rest: the model with its taps, the operating point, what every control does.

    ``unsettled`` names the controls that found no rest; the state is then the last one they were in.
    """

    model: NetworkModel = field(repr=False)
    point: OperatingPoint
    positions: Mapping[str, int]
    reactive_var: Mapping[str, int]
    unsettled: tuple[str, ...]


def with_taps(model: NetworkModel, positions: Mapping[str, int]) -> NetworkModel:
    """The model with tap changers (by id) at other positions.

    A step of the *from* end turns the ratio alone, because impedances refer to the *to* end; one of the *to* end turns
    them with its square.
    """
    moved = {tap.branch: (tap, positions[tap.id]) for tap in model.tap_changers if positions[tap.id] != tap.position}
    if not moved:
        return model
    return replace(
        model,
        branches=tuple(
            _turned(branch, *moved[branch.id]) if branch.id in moved else branch for branch in model.branches
        ),
        tap_changers=tuple(replace(tap, position=positions[tap.id]) for tap in model.tap_changers),
    )


def _turned(branch: Branch, tap: TapChanger, position: int) -> Branch:
    change = ratio_factor(tap, position) / ratio_factor(tap, tap.position)
    if tap.on_from:
        return replace(branch, tap_ratio=branch.tap_ratio * change)
    return replace(
        branch,
        tap_ratio=branch.tap_ratio / change,
        r_pu=branch.r_pu * change**2,
        x_pu=branch.x_pu * change**2,
        g_pu=branch.g_pu / change**2,
        b_pu=branch.b_pu / change**2,
    )


def settle_controls(
    model: NetworkModel, p_w: Integer, q_var: Integer, compile_model: Compile = compile_topology
) -> ControlledState | NotConverged:
    """Let all controls of a network free at injections that hold them (int64[n]); NotConverged: no state at all."""
    positions = {tap.id: tap.position for tap in model.tap_changers}
    seen: set[tuple[int, ...]] = set()
    while True:
        turned = with_taps(model, positions)
        topology = compile_model(turned)
        found = _settle_reactive(model, topology, p_w, q_var)
        if isinstance(found, NotConverged):
            return found
        point, reactive, restless = found
        moves = {} if restless else _due_moves(turned, topology, point)
        state = tuple(positions.values())
        if not moves or state in seen or len(seen) == MAX_ROUNDS:
            hunting = tuple(moves) if moves else ()
            return ControlledState(turned, point, dict(positions), reactive, (*restless, *hunting))
        seen.add(state)
        positions |= moves


def _due_moves(model: NetworkModel, topology: Topology, point: OperatingPoint) -> dict[str, int]:
    """The next position of every tap changer whose voltage lies outside its band and that is not at its end."""
    moves = {}
    for tap in model.tap_changers:
        if tap.branch not in topology.branch_index:
            continue
        voltage = float(point.magnitude[topology.node_index[tap.node]]) * MICRO
        rise = (voltage < tap.v_low_micro_pu) - (voltage > tap.v_high_micro_pu)
        # A higher ratio of the from end lowers the voltage behind it, one of the to end raises it.
        step = rise * (-1 if tap.on_from else 1) * (1 if tap.step_micro > 0 else -1)
        following = tap.position + step
        if step and tap.minimum <= following <= tap.maximum:
            moves[tap.id] = following
    return moves


class _Reactive:
    """The reactive powers of one network at fixed taps, in pu; curves first, then sources."""

    def __init__(self, model: NetworkModel, topology: Topology) -> None:
        self.controls: tuple[VoltVar | VoltageSource, ...] = (*model.volt_vars, *model.voltage_sources)
        self._topology = topology
        self.nodes = [topology.node_index[control.node] for control in self.controls]
        self.q = np.array([control.held_var for control in self.controls], dtype=np.float64) / topology.base_va
        self._at_limit: dict[int, float] = {}

    def residual(self, magnitude: Real) -> tuple[Real, Real]:
        """What is missing per control, and its rule's slope: of a curve f', of a held voltage inf, at a limit 0."""
        missing, slopes = np.zeros(len(self.q)), np.zeros(len(self.q))
        for i, control in enumerate(self.controls):
            voltage = float(magnitude[self.nodes[i]])
            if isinstance(control, VoltVar):
                value, slopes[i] = _on_curve(control, voltage, self._topology.base_va)
                missing[i] = value - self.q[i]
            elif i in self._at_limit:
                missing[i] = self._at_limit[i] - self.q[i]
            else:
                missing[i], slopes[i] = control.target_micro_pu / MICRO - voltage, np.inf
        return missing, slopes

    def move(self, missing: Real, slopes: Real, sensitivity: Real, share: float) -> None:
        """Take one Newton step, or a share of it."""
        held = np.isinf(slopes)
        rows = np.where(
            held[:, None], sensitivity, np.eye(len(self.q)) - np.where(held, 0.0, slopes)[:, None] * sensitivity
        )
        self.q = self.q + share * np.linalg.solve(rows, missing)

    def switch_limits(self, magnitude: Real) -> bool:
        """Hold sources at the limit that they passed, free those whose voltage asks for it; whether any changed."""
        changed = False
        for i, control in enumerate(self.controls):
            if isinstance(control, VoltVar):
                continue
            low, high = control.q_min_var / self._topology.base_va, control.q_max_var / self._topology.base_va
            short = control.target_micro_pu / MICRO - float(magnitude[self.nodes[i]])
            if i not in self._at_limit and not low - REST_PU <= self.q[i] <= high + REST_PU:
                self._at_limit[i], changed = float(np.clip(self.q[i], low, high)), True
            elif i in self._at_limit and low < high and short * (1 if self._at_limit[i] == low else -1) > REST_PU:
                del self._at_limit[i]
                changed = True
        return changed

    def power(self, base: Complex) -> Complex:
        """Injections with these reactive powers instead of the held ones."""
        power = base.copy()
        for i, control in enumerate(self.controls):
            power[self.nodes[i]] += 1j * (self.q[i] - control.held_var / self._topology.base_va)
        return power

    def whole_var(self) -> dict[str, int]:
        """Reactive power by the control's id."""
        return {c.id: round(float(q) * self._topology.base_va) for c, q in zip(self.controls, self.q, strict=True)}


def _on_curve(curve: VoltVar, voltage: float, base_va: float) -> tuple[float, float]:
    """Value and slope of a curve at a voltage, in pu."""
    x = np.array(curve.voltage_micro_pu) / MICRO
    y = np.array(curve.q_var) / base_va
    place = int(np.searchsorted(x, voltage))
    if place in (0, len(x)):
        return float(y[0] if place == 0 else y[-1]), 0.0
    slope = float((y[place] - y[place - 1]) / (x[place] - x[place - 1]))
    return float(y[place - 1] + slope * (voltage - x[place - 1])), slope


def _settle_reactive(
    model: NetworkModel, topology: Topology, p_w: Integer, q_var: Integer
) -> tuple[OperatingPoint, dict[str, int], tuple[str, ...]] | NotConverged:
    reactive = _Reactive(model, topology)
    base = (p_w + 1j * q_var.astype(np.complex128)) / topology.base_va
    at_rest = not reactive.controls
    for step in range(MAX_STEPS if reactive.controls else 0):
        solved = solve_power(topology, reactive.power(base))
        if isinstance(solved, NotConverged):
            return solved
        missing, slopes = reactive.residual(solved.magnitude)
        if float(np.abs(missing).max()) < REST_PU:
            if not reactive.switch_limits(solved.magnitude):
                at_rest = True
                break
            continue
        sensitivity = _sensitivity(topology, solved, reactive.nodes)
        if sensitivity is None:
            break
        reactive.move(missing, slopes, sensitivity, 1.0 if step < WHOLE_STEPS else 0.5)
    whole, final_q = reactive.whole_var(), q_var.copy()
    for control, node in zip(reactive.controls, reactive.nodes, strict=True):
        final_q[node] += whole[control.id] - control.held_var
    point = solve_from_no_load(topology, p_w, final_q)
    if isinstance(point, NotConverged):
        return point
    return point, whole, () if at_rest else tuple(whole)


def _sensitivity(topology: Topology, solved: SolvedState, nodes: list[int]) -> Real | None:
    """∂|V_i|/∂q_j among the controlled nodes, pu per pu."""
    try:
        gradients = element_gradients(topology, solved, tuple(("node", node) for node in nodes))
    except SolveError:
        return None
    found: Real = gradients[:, nodes].imag
    return found
