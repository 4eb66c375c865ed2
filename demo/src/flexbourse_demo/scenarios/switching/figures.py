"""What the switching scenario comes to: loadings before, during and after, and the figures for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flexbourse_demo.scenarios.switching.play import Played
from flexbourse_demo.scenarios.town import scene as town
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology

SHOWN = town.OUT_FROM + 1 - town.FIRST  # the quarter-hour of the pictures: 18:45


@dataclass(frozen=True)
class Flow:
    """One network with one set of trades: loading per branch in percent, voltage per home in pu."""

    title: str
    words: str
    model: NetworkModel
    loading_percent: dict[str, float]
    voltage_pu: dict[str, float]

    @property
    def worst_percent(self) -> float:
        """Return the highest loading."""
        return max(self.loading_percent.values())

    @property
    def lowest_pu(self) -> float:
        """Return the lowest voltage."""
        return min(self.voltage_pu.values())


def flows(played: Played) -> list[Flow]:
    """Return the three pictures of one quarter-hour: as traded, switched with all trades, switched and curtailed."""
    before, after = _moved(played, curtailed=False), _moved(played, curtailed=True)
    return [
        _flow("Before", "each street on its own cable", played.before, before),
        _flow("Switched, as traded", "both streets through one cable: too much", played.during, before),
        _flow("Switched and curtailed", "what had to give way gave way", played.during, after),
    ]


def _moved(played: Played, *, curtailed: bool) -> dict[str, int]:
    """Return what the trades of the evening before the switching moved per node in the shown quarter-hour."""
    start_s = town.periods()[SHOWN].start_s
    left = {body.curtailment.trade_id: body.curtailment.left_w for _, body in played.of("trade_curtailed")}  # type: ignore[attr-defined]
    first_s = played.moments[7].at_s  # the step of the switching
    moved: dict[str, int] = {}
    for trade in played.trades():
        if trade.mtu.start_s == start_s and trade.executed_at_ms < first_s * 1000:
            quantity = left.get(trade.trade_id, trade.quantity_w) if curtailed else trade.quantity_w
            moved[trade.buyer.node_id] = moved.get(trade.buyer.node_id, 0) - quantity
    return moved


def _flow(title: str, words: str, model: NetworkModel, moved: dict[str, int]) -> Flow:
    topology = compile_topology(model)
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    for _, home in town.homes():
        p_w[topology.node_index[home]] = moved.get(home, 0) - town.HOME_W
    point = solve_from_no_load(topology, p_w, np.zeros_like(p_w))
    assert isinstance(point, OperatingPoint)  # the platform has accepted it
    loading = dict(zip(topology.branch_ids, (point.loading * 100).tolist(), strict=True))
    voltage = dict(zip(topology.node_ids, point.magnitude.tolist(), strict=True))
    return Flow(title, words, model, loading, {home: voltage[home] for _, home in town.homes()})


def figures(played: Played) -> dict[str, Any]:
    """Return what programs read of the run."""
    cuts = [cut for proposal in played.proposals for cut in proposal.curtailments]
    return {
        "trades": len(played.trades()),
        "proposals": len(played.proposals),
        "curtailed_kwh": sum(cut.quantity_w for cut in cuts) / 4000,
        "compensation_euro": sum(p.compensation_micro_euro for p in played.proposals) / 1e6,
        "curtailments_carried_out": len(played.of("trade_curtailed")),
        "unknown_light_quarters": sum(
            row.count("UNKNOWN") for moment in played.moments for row in moment.lights.values()
        ),
        "flows": [
            {"title": f.title, "worst_percent": round(f.worst_percent, 3), "lowest_pu": round(f.lowest_pu, 5)}
            for f in flows(played)
        ],
        "refused": [
            {"step": step, "code": body.rejection.code, "element": body.rejection.element}  # type: ignore[attr-defined]
            for step, body in played.of("closed")
            if body.rejection.code  # type: ignore[attr-defined]
        ],
        "accounts_euro": {name: amount / 1e6 for name, amount in played.accounts_micro_euro.items()},
        "sum_micro_euro": sum(played.accounts_micro_euro.values()),
        "audits": {
            "checked": played.audit.checked_count,
            "disagreements": played.audit.disagreement_count,
            "violations": played.audit.violation_count,
        },
    }


def told(found: dict[str, Any]) -> list[str]:
    """Return the end of the story in lines for the terminal."""
    return [
        *(
            f"{flow['title']:<24} highest loading {flow['worst_percent']:6.1f} %, lowest {flow['lowest_pu']:.3f} pu"
            for flow in found["flows"]
        ),
        f"\ncurtailed {found['curtailed_kwh']:.1f} kWh for {found['compensation_euro']:.2f} EUR; "
        f"all accounts add up to {found['sum_micro_euro']} micro-euro",
    ]
