"""Cost of an audit beside the second solver alone, in one run; prints one JSON object per line.

96 operating points of a day on 129 nodes, each with the base case that it is held against: the whole effect, from the
journal's message to the command with the verdicts, over power-grid-model's own batch of the same 192 power flows: a
plain call, its solver and tolerance as in the audit. ``ratio`` is time over time, of pairs measured in turn; time is
processor time, because the machine may be shared and both work in one thread. The figures also give the ratio to a
batch that is told to return nodes, branches and source alone, as the audit tells it, and the parts of the audit besides
the library's flows: reading the message, our own states with the comparison, writing the command.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import cast

import numpy as np
from power_grid_model import CalculationMethod, PowerGridModel, initialize_array

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid_pb2
from flexbourse_gridcheck import wire
from flexbourse_gridcheck.domain.grid import Grid, compile_grid
from flexbourse_gridcheck.domain.verdict import verdicts
from flexbourse_gridcheck.effects import AuditEffect
from flexbourse_gridcheck.processor import AUDIT_INTENT
from flexbourse_gridmath.arrays import Integer
from flexbourse_log.port import Intent
from flexbourse_networks.second_solver import ERROR_TOLERANCE_PU, MAX_ITERATIONS, SecondSolver
from flexbourse_networks.solver_input import SolverInput
from flexbourse_networks.synthetic_network import synthetic_area

NODES, MTUS, PASSES = 129, 96, 31
TRADES, TRADE_W = 10, 3_000
AIM = "≤ 1.3"


def injections(p_w: Integer) -> tuple[Integer, Integer]:
    """A day's base cases and the same with matches, int64[MTUs, n]."""
    random, houses = np.random.default_rng(1), np.flatnonzero(p_w)
    base = np.rint(p_w * random.uniform(0.3, 1.2, (MTUS, 1))).astype(np.int64)
    accepted = base.copy()
    for row in accepted:
        row[random.choice(houses, TRADES, replace=False)] += TRADE_W
        row[random.choice(houses, TRADES, replace=False)] -= TRADE_W
    return base, accepted


def intent_of(grid: Grid, base: Integer, accepted: Integer) -> Intent:
    zeros, branches = [0] * NODES, [0] * grid.topology.n_branches
    points = [
        grid_pb2.AuditPoint(
            mtu=common_pb2.Mtu(start_s=900 * k, length_s=900), operating_point_sequence=1, p_w=after.tolist(),
            q_var=zeros, reference_p_w=before.tolist(), reference_q_var=zeros, loading_margin_mpct=branches,
            voltage_margin_upu=zeros,
        )
        for k, (before, after) in enumerate(zip(base, accepted, strict=True))
    ]  # fmt: skip
    body = grid_pb2.AuditIntended(
        intent_id="audit-1", area_id="village", topology_version=1, topology_sha256=grid.sha256, points=points
    )
    return Intent("audit-1", AUDIT_INTENT, body)


def parts_of(grid: Grid, intent: Intent) -> dict[str, Callable[[], object]]:
    """What an audit does besides the library's flows."""
    body = cast("grid_pb2.AuditIntended", intent.body)
    read = wire.audit_batch_from_message(body)
    states = SecondSolver(grid.model).solve_all(*read.second_injections())
    judged = verdicts(grid, read, states)
    return {
        "read": lambda: wire.audit_batch_from_message(body),
        "own states and verdicts": lambda: verdicts(grid, read, states),
        "write": lambda: [wire.audit_to_message(entry) for entry in judged],
    }


def seconds(operation: Callable[[], object]) -> float:
    begin = time.process_time()
    operation()
    return time.process_time() - begin


def seconds_of(operation: Callable[[], object]) -> float:
    """Median of several runs."""
    return statistics.median(seconds(operation) for _ in range(PASSES))


def main() -> None:
    area = synthetic_area(NODES)
    grid = compile_grid(area.model.to_bytes())
    base, accepted = injections(area.p_w)
    intent, effect = intent_of(grid, base, accepted), AuditEffect(lambda _: grid)
    injecting = [i for i, node in enumerate(area.model.nodes) if node.id != area.model.slack]
    given = SolverInput(area.model, injecting)
    solver = PowerGridModel(given.data())
    both = np.empty((2 * MTUS, NODES))
    both[0::2], both[1::2] = accepted, base
    update = initialize_array("update", "sym_gen", (2 * MTUS, len(injecting)))
    update["id"] = given.injection_ids()
    update["p_specified"], update["q_specified"] = both[:, injecting], 0.0

    def batch(kinds: list[str] | None = None) -> None:
        solver.calculate_power_flow(
            symmetric=True, error_tolerance=ERROR_TOLERANCE_PU, max_iterations=MAX_ITERATIONS,
            calculation_method=CalculationMethod.newton_raphson, update_data={"sym_gen": update}, threading=-1,
            output_component_types=kinds,
        )  # fmt: skip

    def short_batch() -> None:
        batch(["node", "generic_branch", "source"])

    def audit() -> None:
        effect.perform(intent)

    batch()
    audit()
    pairs, short_pairs = ([(seconds(audit), seconds(raw)) for _ in range(PASSES)] for raw in (batch, short_batch))
    parts = {name: seconds_of(part) for name, part in parts_of(grid, intent).items()}
    row = {
        "name": "P9",
        "what": f"audit of {MTUS} MTUs with their base cases, {NODES} nodes",
        "ratio": round(statistics.median(own / raw for own, raw in pairs), 2),
        "aim": AIM,
        "figures": {
            "ms": round(statistics.median(own for own, _ in pairs) * 1e3, 1),
            "reference ms": round(statistics.median(raw for _, raw in pairs) * 1e3, 1),
            "ratio to the batch of fewer outputs": round(statistics.median(own / raw for own, raw in short_pairs), 2),
            **{f"{name} ms": round(spent * 1e3, 1) for name, spent in parts.items()},
        },
        "reference": "power-grid-model's batch of the same power flows (time over time)",
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
