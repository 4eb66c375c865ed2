"""Compare the three methods of forwarding on the CIGRE medium-voltage network; writes the table in docs/forwarding.md.

    python services/ancillary-gateway/benchmarks/compare_forwarding.py

Loads stand at a share of the published ones, bids are drawn with a fixed seed at the nodes that have loads. Quantities
are in MW, cost in EUR per hour; costs are negative where the operator is paid.
"""

from __future__ import annotations

import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flexbourse_ancillary_gateway.domain.forwarding.comparison import Outcome, compare
from flexbourse_ancillary_gateway.domain.forwarding.market import GridBid, GridMarket
from flexbourse_ancillary_gateway.domain.forwarding.policies import POLICIES
from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_networks.options import PLAIN
from flexbourse_networks.sources import read_library

PAGE = Path(__file__).resolve().parent.parent / "docs" / "forwarding.md"
START, END = "<!-- table: written by the run -->", "<!-- end of table -->"
NETWORK = "cigre-mv"
LOAD_SHARE = 0.35
SEEDS = (1, 2, 3, 4, 5)
BIDS = 24
NEEDS_MW = (4, 8, 16, 24)
ELSEWHERE_TICKS = {True: 15_000, False: 500}  # the operator's own: 150 EUR/MWh up, 5 EUR/MWh down
STEP_W = 10_000
TICK_W_PER_EURO_HOUR = 100_000_000
MW = 1_000_000


@dataclass(frozen=True)
class Row:
    """Sums of one method over all seeds, for one need."""

    is_up: bool
    need_mw: int
    policy: str
    outcomes: tuple[Outcome, ...]


def markets(seed: int) -> list[GridMarket]:
    """Return the UP and the DOWN market of a seed."""
    network = read_library(NETWORK, PLAIN)
    topology = compile_topology(network.model)
    p_w = np.round(network.base_p_w * LOAD_SHARE).astype(np.int64)
    q_var = np.round(network.base_q_var * LOAD_SHARE).astype(np.int64)
    point = solve_from_no_load(topology, p_w, q_var)
    if isinstance(point, NotConverged):
        raise SystemExit(f"{NETWORK} has no solution at {LOAD_SHARE} of its load")
    gate = open_gate(topology, [point], [Limits.of(topology)])
    nodes = [int(node) for node in np.flatnonzero(network.base_p_w) if node != topology.slack]
    draw = random.Random(seed)
    found = []
    for is_up in (True, False):
        bids = []
        for number in range(BIDS):
            price = draw.randint(5_000, 14_000) if is_up else draw.randint(600, 5_000)
            side = Side(draw.choice(nodes), 1 if is_up else -1)
            quantity = draw.randint(20, 250) * STEP_W
            bids.append(GridBid(bid_id=f"{number:02}", vector=Vector((side,)), quantity_w=quantity, price_ticks=price))
        found.append(GridMarket(gate, tuple(bids), is_up, STEP_W))
    return found


def run() -> list[Row]:
    """Compare every method for every need, with a line of progress."""
    drawn = [markets(seed) for seed in SEEDS]
    rows = []
    cases = [(side, need, name) for side in (0, 1) for need in NEEDS_MW for name in POLICIES]
    for done, (side, need, name) in enumerate(cases, 1):
        outcomes = [
            compare(pair[side], POLICIES[name](), need * MW, ELSEWHERE_TICKS[pair[side].is_up]) for pair in drawn
        ]
        rows.append(Row(side == 0, need, name, tuple(outcomes)))
        print(f"\r{done} of {len(cases)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return rows


def table(rows: list[Row]) -> str:
    """Return the rows as a table: means over the seeds, violations summed."""
    lines = [
        "| need | method | forwarded MW | called MW | activated MW | outside, as called | after | cost EUR/h |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        count = len(row.outcomes)
        mean = [sum(getattr(o, name) for o in row.outcomes) / count / MW for name in
                ("forwarded_w", "called_w", "activated_w")]  # fmt: skip
        outside = [sum(getattr(o, name) for o in row.outcomes) for name in ("violations_called", "violations")]
        cost = sum(o.cost for o in row.outcomes) / count / TICK_W_PER_EURO_HOUR
        need = f"{'UP' if row.is_up else 'DOWN'} {row.need_mw} MW"
        numbers = " | ".join(f"{value:.2f}" for value in mean)
        lines.append(f"| {need} | {row.policy} | {numbers} | {outside[0]} | {outside[1]} | {cost:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Run, and write the table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    written = re.sub(f"{START}.*{END}", lambda _: f"{START}\n{table(run())}\n{END}", text, flags=re.DOTALL)
    PAGE.write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
