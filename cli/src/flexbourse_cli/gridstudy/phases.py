"""A study phase by phase: what connects where, in which phase, and what a balanced check of it would overlook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from flexbourse_cli.gridstudy.inputs import MIN_POWER_FACTOR, MPCT
from flexbourse_cli.gridstudy.parameters import StudyParameters
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.gridstudy.tables import MAX_POWER, Row, read_table
from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.three_phase import PHASES, ThreePhasePoint, compile_three_phase, solve_three_phase
from flexbourse_gridmath.three_phase_check import (
    PHASE_NAMES,
    Phase,
    PhaseSide,
    check_three_phase,
    largest_three_phase,
    spread_over,
    unbalance_margins,
)
from flexbourse_gridmath.three_phase_model import ThreePhaseModel
from flexbourse_gridmath.trades import tan_phi_micro
from flexbourse_networks.from_pandapower.three_phase import ImportedThreePhase, load_three_phase

PHASE_WORDS = ("A", "B", "C", "ABC")
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class PhaseTrade:
    """A trade with the phase of either side; the buyer takes its quantity with a power factor."""

    row: int
    seller: str
    seller_phase: Phase
    buyer: str
    buyer_phase: Phase
    quantity_w: int
    tan_phi_micro: int

    def sides(self) -> list[PhaseSide]:
        """Return what the trade feeds in and draws."""
        reactive = self.quantity_w * self.tan_phi_micro // MICRO
        return [
            PhaseSide(self.seller, self.seller_phase, self.quantity_w),
            PhaseSide(self.buyer, self.buyer_phase, -self.quantity_w, -reactive),
        ]


class PhaseStudy:
    """A network with an operating point, phase by phase."""

    def __init__(self, imported: ImportedThreePhase, point: ThreePhasePoint, buses: dict[str, str]) -> None:
        self._imported, self.point, self._buses = imported, point, buses

    def state(self, point: ThreePhasePoint) -> dict[str, Any]:
        """Return the worst of a state."""
        low, high = (np.unravel_index(int(f(point.magnitude)), point.magnitude.shape) for f in (np.argmin, np.argmax))
        load = np.unravel_index(int(point.loading.argmax()), point.loading.shape)
        node, branch = point.topology.node_ids, point.topology.branch_ids
        return {
            "vm_min_pu": float(point.magnitude[low]), "vm_min_bus": self._label(node[low[0]]),
            "vm_min_phase": PHASE_NAMES[low[1]],
            "vm_max_pu": float(point.magnitude[high]), "vm_max_bus": self._label(node[high[0]]),
            "vm_max_phase": PHASE_NAMES[high[1]],
            "loading_max_percent": float(point.loading[load]) * 100, "loading_max_element": branch[load[0]],
            "loading_max_phase": PHASE_NAMES[load[1]],
            "voltage_unbalance_max_percent": float(point.unbalance.max()) * 100,
        }  # fmt: skip

    def overlooked(self) -> dict[str, float]:
        """Return what a balanced check of the same totals would overlook at the operating point."""
        topology, point = self.point.topology, self.point
        thirds = [np.repeat(x.sum(axis=1, keepdims=True) // PHASES, PHASES, axis=1) for x in (point.p_w, point.q_var)]
        balanced = solve_three_phase(topology, *thirds)
        if isinstance(balanced, NotConverged):
            return {}
        loading, voltage = unbalance_margins(point, balanced.loading.max(axis=1), balanced.magnitude.mean(axis=1))
        return {"loading_percent": loading / MPCT, "voltage_pu": voltage / MICRO}

    def verdict(self, trade: PhaseTrade, ceiling_w: int) -> dict[str, Any]:
        """Return the answer to a trade on the operating point."""
        found: dict[str, Any] = {
            "row": trade.row, "seller_bus": self._label(trade.seller), "seller_phase": trade.seller_phase,
            "buyer_bus": self._label(trade.buyer), "buyer_phase": trade.buyer_phase, "quantity_w": trade.quantity_w,
        }  # fmt: skip
        answer = check_three_phase(self.point, trade.sides())
        found["quantity_max_w"] = largest_three_phase(self.point, trade.sides(), ceiling_w)
        if isinstance(answer, NotConverged):
            return {**found, "accepted": False, "reason": "GRID_CHECK_NOT_CONVERGED"}
        binding = answer.binding
        name = self._label(binding.element_id) if binding.kind == "node" else binding.element_id
        scale = 1e-3 if binding.unit == "mpct" else 1e-6
        limited = {
            "element": name, "phase": binding.phase, "value": round(binding.value * scale, 6),
            "limit": round(binding.limit * scale, 6),
            "unit": "percent" if binding.unit == "mpct" else "pu",
        }  # fmt: skip
        return {**found, "accepted": answer.feasible, "limited_by": limited, **self.state(answer.after)}

    def _label(self, node: str) -> str:
        return self._buses.get(node, node)


def open_phase_study(
    source: str, point_file: Path | None, trades_file: Path, parameters: StudyParameters, problems: Problems
) -> tuple[PhaseStudy, list[PhaseTrade]]:
    """Read everything and solve the operating point; raises Failure with everything wrong."""
    powers = _rows(point_file, ("bus", "p_w", "q_var"), ("phase",), problems)
    trades = _rows(
        trades_file,
        ("seller_bus", "buyer_bus", "quantity_w"),
        ("seller_phase", "buyer_phase", "power_factor"),
        problems,
    )
    named = [row.text("bus") for row in powers] + [row.text(c) for row in trades for c in ("seller_bus", "buyer_bus")]
    try:
        imported = load_three_phase(source, tuple(dict.fromkeys(named)))
        topology = compile_three_phase(_with_limits(imported.model, parameters))
    except ModelError as error:
        problems.add_all(source, error.problems)
        problems.stop()
        raise
    index = topology.connection_index
    if point_file is not None:
        imported = replace(imported, p_w=np.zeros_like(imported.p_w), q_var=np.zeros_like(imported.q_var))
        for row in powers:
            _add(row, index[imported.names[row.text("bus")]], imported)
    read = [trade for row in trades if (trade := _trade(row, imported)) is not None]
    problems.stop()
    point = solve_three_phase(topology, imported.p_w, imported.q_var)
    if isinstance(point, NotConverged):
        problems.add(point_file or source, 0, "", "", "the operating point has no power flow solution")
        problems.stop()
        raise AssertionError("a problem was added")
    labels = {node: name for name, node in imported.names.items() if name != node}
    return PhaseStudy(imported, point, labels), read


def _rows(path: Path | None, required: tuple[str, ...], optional: tuple[str, ...], problems: Problems) -> list[Row]:
    return [] if path is None else read_table(path, required, optional, problems)


def _with_limits(model: ThreePhaseModel, parameters: StudyParameters) -> ThreePhaseModel:
    """The model with the limits that the parameters name in place of its own."""
    low, high = (None if x is None else round(x * MICRO) for x in (parameters.vm_min_pu, parameters.vm_max_pu))
    nodes = (
        replace(
            node,
            v_low_micro_pu=node.v_low_micro_pu if low is None else low,
            v_high_micro_pu=node.v_high_micro_pu if high is None else high,
        )
        for node in model.nodes
    )
    model = replace(model, nodes=tuple(nodes))
    if parameters.loading_max_percent is None:
        return model
    limit = round(parameters.loading_max_percent * MPCT)
    return replace(model, branches=tuple(replace(branch, limit_mpct=limit) for branch in model.branches))


def _add(row: Row, place: int, imported: ImportedThreePhase) -> None:
    """Add a row of the operating point to its phase, or a third of it to each."""
    phase = row.word("phase", PHASE_WORDS, "ABC").lower()
    for column, powers in (("p_w", imported.p_w), ("q_var", imported.q_var)):
        value = row.power(column)
        if value is not None:
            powers[place] += spread_over(value, phase)  # type: ignore[arg-type]


def _trade(row: Row, imported: ImportedThreePhase) -> PhaseTrade | None:
    quantity = row.number_in("quantity_w", 0.5, MAX_POWER)
    factor = row.number_in("power_factor", -1, 1, required=False)
    if factor is not None and abs(factor) < MIN_POWER_FACTOR:
        row.refuse("power_factor", f"must be at least {MIN_POWER_FACTOR} in magnitude")
        return None
    if quantity is None:
        return None
    seller, buyer = (row.word(f"{side}_phase", PHASE_WORDS, "ABC").lower() for side in ("seller", "buyer"))
    return PhaseTrade(
        row=row.number,
        seller=imported.names[row.text("seller_bus")],
        seller_phase=seller,  # type: ignore[arg-type]
        buyer=imported.names[row.text("buyer_bus")],
        buyer_phase=buyer,  # type: ignore[arg-type]
        quantity_w=max(round(quantity), 1),
        tan_phi_micro=tan_phi_micro(factor) if factor else 0,
    )
