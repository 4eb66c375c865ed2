"""The same offers in an optimal power flow: pandapower's interior point solver, which shares nothing with our relief.

Loads are fixed, offers are generators of active power alone with a linear cost, the source is free of charge; limits
are those of the market. pandapower is imported where it is used.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from flexbourse_demo.scenarios.lfm_benchmark.files import BenchmarkFiles
from flexbourse_demo.scenarios.lfm_benchmark.network import BenchmarkGrid

FREE_MW = 1e3
STEP = 1e-8


@dataclass(frozen=True, slots=True)
class Optimum:
    """Cost of an hour in EUR with what is bought in W; ``cost_eur`` is None where the solver finds no solution."""

    cost_eur: float | None
    bought_w: int


def optimal_power_flow(grid: BenchmarkGrid, files: BenchmarkFiles, day: str, hour: int) -> Optimum:
    """Return the cheapest use of the offers of an hour that keeps all limits."""
    import pandapower  # noqa: PLC0415

    net = copy.deepcopy(grid.net)
    for column, load in enumerate(files.load_ids):
        net.load.loc[load, ["p_mw", "q_mvar"]] = files.p_mw[day][hour, column], files.q_mvar[day][hour, column]
    net.load["controllable"] = False
    for table in (net.line, net.trafo):
        table["max_loading_percent"] = 100.0
    for column in ("p_mw", "q_mvar"):
        net.ext_grid[f"min_{column}"], net.ext_grid[f"max_{column}"] = -FREE_MW, FREE_MW
    for offer in files.offers:
        if offer.hour == hour:
            _add_offer(pandapower, net, int(net.trafo.lv_bus.at[offer.trafo]), offer.quantity_w, offer.price_ct_per_mwh)
    try:
        pandapower.runopp(net, calculate_voltage_angles=False, delta=STEP, numba=False)
    except pandapower.OPFNotConverged:
        return Optimum(None, 0)
    return Optimum(float(net.res_cost), round(float(net.res_sgen.p_mw.sum()) * 1e6))


def _add_offer(pandapower: Any, net: Any, bus: int, quantity_w: int, price_ct_per_mwh: int) -> None:
    generator = pandapower.create_sgen(
        net, bus, 0.0, 0.0, controllable=True, min_p_mw=0.0, max_p_mw=quantity_w / 1e6, min_q_mvar=0.0, max_q_mvar=0.0
    )
    pandapower.create_poly_cost(net, generator, "sgen", cp1_eur_per_mw=price_ct_per_mwh / 100)
