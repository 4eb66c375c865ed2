"""The pages on the tariff and on accuracy say the truth: their figures and the picture are worked out again."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from flexbourse_gridmath.nodal import marginal_dnut, nodal_tariff
from flexbourse_gridmath.powerflow import NotConverged, apply_change
from flexbourse_gridmath.quotes import tariff_table
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_networks.second_solver import SecondSolver

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
POINTS = 20


def rows(page: str, header: str) -> list[list[str]]:
    """The cells of the table below a header."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    start = lines.index(header) + 2
    end = next(i for i in range(start, len(lines)) if not lines[i].startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:end]]


@pytest.fixture(scope="module")
def street() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_dnut_street", ROOT / "tools" / "draw_dnut_street.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_picture_of_the_street_is_what_is_worked_out(street: ModuleType) -> None:
    assert street.PICTURE.read_text(encoding="utf-8") == street.picture()


def test_each_trade_of_the_page_costs_what_it_says(street: ModuleType) -> None:
    point, stories = street.stories()
    told = rows("math-dnut.md", "| trade of 1 kWh | way | losses change by | DNUT |")
    assert [(row[0], row[2], row[3]) for row in told] == [
        (f"{s.seller} sells to {s.buyer}", f"{s.losses_w:+d} W" if s.losses_w else "0 W", f"{s.cents} ct")
        for s in stories
    ]
    assert street.loading_percent(point, "station-A") == 94
    assert street.QUANTITY_W * street.PARAMETERS.mtu_seconds == 3_600_000  # 1 kWh


def test_what_the_page_says_of_the_way_there(street: ModuleType) -> None:
    point, stories = street.stories()
    topology = point.topology
    parameters = TariffParameters(100_000_000, 300_000_000, monitored_nodes=feeder_ends(topology))
    at = topology.node_index
    there = Vector((Side(at["E"], 1), Side(at["D"], -1)))
    after = apply_change(topology, point, there.at(street.QUANTITY_W))
    assert not isinstance(after, NotConverged)
    first, last = (marginal_dnut(topology, parameters, state, there) for state in (point, after))
    tariff = nodal_tariff(topology, parameters, point).total
    table = tariff_table(topology, [parameters], [point], at["E"], street.QUANTITY_W)
    exact = next(s.micro_euro for s in stories if (s.seller, s.buyer) == ("E", "D"))
    full = [float(state.loading[topology.branch_index["station-A"]]) * 100 for state in (point, after)]
    text = " ".join((DOCS / "math-dnut.md").read_text(encoding="utf-8").split())
    for words in (
        f"The first watt from E to D costs {first / 10:.1f} ct per kWh, the last one {last / 10:.1f} ct",
        f"from {full[0]:.1f} to {full[1]:.1f} % on the way",
        f"The first watt back earns {first / 10:.1f} ct",
        f"n_D = −{-tariff[at['D']]:.1f} and n_E = −{-tariff[at['E']]:.1f}",
        f"that is {table.dnut()[0, at['D']]:.1f} EUR/MWh, against {exact / 1_000:.1f} exact",
        f"first order alone would say {first:.1f}",
    ):
        assert words in text


def test_states_are_as_near_to_two_solvers_as_the_page_says(grid, second_judge) -> None:
    random = np.random.default_rng(20261121)
    solver, found = SecondSolver(grid.model), {"power-grid-model": np.zeros(3), "pandapower": np.zeros(3)}
    for _ in range(POINTS):
        point = grid.stretched(random)
        ours = point.losses_pu * grid.topology.base_va
        (state,) = solver.solve([point.p_w], [point.q_var])
        assert state is not None
        verdict = second_judge.solve(point.p_w, point.q_var)
        drawn = point.p_w.sum() - point.p_w[grid.topology.slack]
        fed = float(second_judge._net.res_ext_grid.p_mw.sum() * 1e6)
        for name, voltage, loading, losses in (
            ("power-grid-model", state.voltage, state.loading, state.source_w + drawn),
            ("pandapower", verdict.voltage[0], verdict.loading[0], fed + point.p_w.sum()),
        ):
            apart = [
                np.abs(voltage - point.magnitude).max(),
                np.abs(loading - point.loading).max() * 100,
                abs(losses - ours),
            ]
            found[name] = np.maximum(found[name], apart)
    told = rows("accuracy.md", "| grid | nodes | solver | voltage pu | loading points | losses W |")
    mine = [row for row in told if row[0] == grid.name]
    assert {row[2] for row in mine} == set(found)
    for _, nodes, solver_name, *bounds in mine:
        assert int(nodes) == grid.topology.n_nodes
        assert (found[solver_name] <= np.array(bounds, dtype=float)).all()


def test_quotes_are_as_near_to_the_bill_as_the_page_says(grid) -> None:
    told = [
        row for row in rows("accuracy.md", "| grid | trade | load | quote | first order alone |") if row[0] == grid.name
    ]
    assert len(told) == 2
    topology, quantity_w, counter = grid.topology, grid.trade_size_w() // 5, grid.load_nodes[0]
    parameters = TariffParameters(100_000_000, monitored_nodes=feeder_ends(topology))
    for _, trade, load, quote, first in told:
        share, stated, alone = (float(re.match(r"\d+", cell)[0]) / 100 for cell in (load, quote, first))  # type: ignore[index]
        assert trade == f"{quantity_w // 1_000} kW"
        point = grid.point((grid.p_w * share).astype(np.int64), (grid.q_var * share).astype(np.int64))
        tables = [tariff_table(topology, [parameters], [point], counter, size).dnut()[0] for size in (quantity_w, 0)]
        viewers = grid.load_nodes[1:]
        exact = []
        for viewer in viewers:
            after = apply_change(topology, point, Vector((Side(counter, 1), Side(viewer, -1))).at(quantity_w))
            assert not isinstance(after, NotConverged)
            exact.append(dnut(topology, parameters, point, after) / (quantity_w * 0.25))
        size = np.abs(exact).mean()
        quoted, plain = (np.abs(table[viewers] - exact).mean() / size for table in tables)
        assert quoted <= stated
        assert plain == pytest.approx(alone, abs=0.02)
