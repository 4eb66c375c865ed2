"""What the benchmark case came to, hour by hour: as figures, as a table in the terminal, and as one small page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
from rich.table import Table

from flexbourse_demo.scenarios.lfm_benchmark.files import DAYS, HOURS, BenchmarkFiles
from flexbourse_demo.scenarios.lfm_benchmark.market import Hour, MarketRun
from flexbourse_demo.scenarios.lfm_benchmark.network import BenchmarkGrid, injections, solve
from flexbourse_demo.scenarios.lfm_benchmark.optimum import Optimum
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.relief_offers import find_needs

HEADER = (
    "day",
    "hour",
    "violations",
    "worst pu",
    "worst %",
    "left",
    "worst pu",
    "worst %",
    "bought kW",
    "EUR",
    "OPF EUR",
)
CITATION = (
    "S. Panagi, A Benchmarking Case Study for Local Flexibility Markets: Network, Scenarios, and Open Inputs, 2026, "
    "doi.org/10.5281/zenodo.21775990"
)


def violations(grid: BenchmarkGrid, point: OperatingPoint) -> list[dict[str, Any]]:
    """Return every element outside its limit, with by how much: percent points or pu."""
    topology, found = grid.topology, []
    for need in find_needs([point], [Limits.of(topology)]):
        is_branch = need.kind == "branch"
        found.append(
            {
                "element": topology.branch_ids[need.index] if is_branch else topology.node_ids[need.index],
                "value": round(float(point.loading[need.index]) * 100, 4)
                if is_branch
                else round(float(point.magnitude[need.index]), 6),
                "beyond": need.relief / (1e3 if is_branch else 1e6),
                "unit": "percent" if is_branch else "pu",
            }
        )
    return found


def figures(
    grid: BenchmarkGrid, published: BenchmarkFiles, run: MarketRun, optima: dict[Hour, Optimum]
) -> dict[str, Any]:
    """Return everything as JSON has it."""
    hours = [_hour(grid, run, optima, day, hour) for day in DAYS for hour in range(HOURS)]
    return {
        "days": {day: _day([entry for entry in hours if entry["day"] == day]) for day in DAYS},
        "hours": hours,
        "market": {
            "matches": len(run.bought),
            "rounds": run.rounds,
            "refusals": run.refusals,
            "audited_by_second_solver": run.audited,
            "audit_disagreements": run.disagreements,
        },
        "reference": _reference(grid, published),
        "citation": CITATION,
    }


def _hour(grid: BenchmarkGrid, run: MarketRun, optima: dict[Hour, Optimum], day: str, hour: int) -> dict[str, Any]:
    bought = [one for one in run.bought if (one.day, one.hour) == (day, hour)]
    optimum = optima.get((day, hour))
    return {
        "day": day,
        "hour": hour,
        "before": _state(grid, run.before[day, hour]),
        "after": _state(grid, run.after[day, hour]),
        "bought_w": sum(one.quantity_w for one in bought),
        "cost_eur": sum(one.amount_micro_euro for one in bought) / 1e6,
        "optimal_power_flow_eur": optimum.cost_eur if optimum else 0.0,
        "bought": [
            {"transformer": one.trafo, "quantity_w": one.quantity_w, "eur_per_mwh": one.price_ct_per_mwh / 100}
            for one in bought
        ],
    }


def _state(grid: BenchmarkGrid, point: OperatingPoint) -> dict[str, Any]:
    return {
        "vm_min_pu": round(float(point.magnitude.min()), 6),
        "loading_max_percent": round(float(point.loading.max()) * 100, 4),
        "losses_w": point.losses_w(),
        "violations": violations(grid, point),
    }


def _day(hours: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a day's sums; hours that no optimal power flow can bring inside the limits are compared by nobody."""
    compared = [entry for entry in hours if entry["optimal_power_flow_eur"] is not None]
    return {
        "violations_before": sum(len(entry["before"]["violations"]) for entry in hours),
        "violations_after": sum(len(entry["after"]["violations"]) for entry in hours),
        "hours_left_outside": [entry["hour"] for entry in hours if entry["after"]["violations"]],
        "hours_without_optimum": [e["hour"] for e in hours if e["optimal_power_flow_eur"] is None],
        "cost_eur": sum(entry["cost_eur"] for entry in hours),
        "compared_cost_eur": sum(entry["cost_eur"] for entry in compared),
        "optimal_power_flow_eur": sum(entry["optimal_power_flow_eur"] for entry in compared),
    }


def _reference(grid: BenchmarkGrid, published: BenchmarkFiles) -> dict[str, float]:
    """Return the largest differences of our power flow from the one that lies beside the files, if one does."""
    lines = np.array([name.startswith("line") for name in grid.topology.branch_ids])
    largest = dict.fromkeys(("vm_min_pu", "line_percent", "trafo_percent", "losses_mw"), 0.0)
    for flow in published.reference:
        point = solve(grid, *injections(grid, published, flow.day, flow.hour))
        ours = {
            "vm_min_pu": float(point.magnitude.min()),
            "line_percent": float(point.loading[lines].max()) * 100,
            "trafo_percent": float(point.loading[~lines].max()) * 100,
            "losses_mw": point.losses_pu * grid.topology.base_va / 1e6,
        }
        largest = {name: max(largest[name], abs(ours[name] - getattr(flow, name))) for name in largest}
    return largest if published.reference else {}


def rows(found: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Yield the hours in which something violates or is bought, as text."""
    for entry in found["hours"]:
        before, after = entry["before"], entry["after"]
        if before["violations"] or entry["bought_w"]:
            optimum = entry["optimal_power_flow_eur"]
            yield (
                entry["day"], f"{entry['hour']:02d}", str(len(before["violations"])), f"{before['vm_min_pu']:.4f}",
                f"{before['loading_max_percent']:.1f}", str(len(after["violations"])), f"{after['vm_min_pu']:.4f}",
                f"{after['loading_max_percent']:.1f}", f"{entry['bought_w'] / 1e3:.1f}", f"{entry['cost_eur']:.3f}",
                "none" if optimum is None else f"{optimum:.3f}",
            )  # fmt: skip


def terminal_table(found: dict[str, Any]) -> Table:
    """Return the hours as a table of the terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(HEADER):
        table.add_column(name, justify="left" if index == 0 else "right")
    for row in rows(found):
        table.add_row(*row)
    return table


def sentences(found: dict[str, Any]) -> list[str]:
    """Return what the days came to in words."""
    said = []
    for day, total in found["days"].items():
        left = total["hours_left_outside"]
        words = f"{day}: {total['violations_before']} violations before, {total['violations_after']} after"
        words += f", relief for {total['cost_eur']:.2f} EUR"
        if total["optimal_power_flow_eur"]:
            share = total["compared_cost_eur"] / total["optimal_power_flow_eur"] - 1
            words += f"; {share * 100:+.3f} % against the optimal power flow over the hours that it solves"
        said.append(words)
        said += [_left(entry) for entry in found["hours"] if entry["day"] == day and entry["hour"] in left]
    if found["reference"]:
        largest = found["reference"]
        said.append(
            f"our power flow differs from the one beside the files by at most {largest['vm_min_pu']:.0e} pu, "
            f"{largest['line_percent']:.4f} points of lines and {largest['trafo_percent']:.4f} of transformers"
        )
    return said


def _left(entry: dict[str, Any]) -> str:
    named = ", ".join(
        f"{one['element']} by {one['beyond']:.3g} {one['unit'].replace('percent', 'points')}"
        for one in entry["after"]["violations"]
    )
    return f"  hour {entry['hour']} stays outside with all helpful offers bought: {named}"


def render(found: dict[str, Any]) -> str:
    """Return one HTML page that loads nothing."""
    style = files("flexbourse_demo.report").joinpath("style.css").read_text(encoding="utf-8")
    head = "".join(f"<th>{escape(name)}</th>" for name in HEADER)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows(found))
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences(found))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Flexbourse: the published benchmark case</title><style>{style}</style></head><body><main><section>"
        "<h2>The published benchmark case on this flexibility market</h2>"
        f"{said}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        "<p>Before and after relief: elements outside their limits (100 % of the rating, 0.90 to 1.10 pu), the lowest "
        "voltage and the highest loading. OPF: the cost of the same offers in an optimal power flow.</p>"
        f"<p>Data: {escape(found['citation'])}</p></section></main></body></html>\n"
    )
