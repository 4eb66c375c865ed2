"""The published benchmark case: our grid gives the flows that lie beside it, our relief costs what an OPF costs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from flexbourse_demo.scenarios.lfm_benchmark.files import DAYS, HOURS, BenchmarkFiles, FilesError, read_files
from flexbourse_demo.scenarios.lfm_benchmark.network import BenchmarkGrid, build_grid, injections, solve
from flexbourse_demo.scenarios.lfm_benchmark.optimum import optimal_power_flow
from flexbourse_demo.scenarios.lfm_benchmark.report import violations
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.relief import CheapestRelief, cheapest_relief
from flexbourse_gridmath.relief_offers import Offer
from flexbourse_testkit.reference_data import reference_data


@pytest.fixture(scope="module")
def folder() -> Path:
    return reference_data("lfm-benchmark-cigre")


@cache
def case(folder: Path) -> tuple[BenchmarkFiles, BenchmarkGrid]:
    files = read_files(folder)
    return files, build_grid(files)


def state(folder: Path, day: str, hour: int, share: float = 0.0) -> OperatingPoint:
    """The state of an hour with a share of every offer used."""
    files, grid = case(folder)
    p_w, q_var = injections(grid, files, day, hour)
    for offer in files.offers:
        if offer.hour == hour:
            p_w[grid.trafo_nodes[offer.trafo]] += round(offer.quantity_w * share)
    return solve(grid, p_w, q_var)


def relief(folder: Path, day: str, hour: int) -> CheapestRelief:
    files, grid = case(folder)
    offers = [
        Offer(str(offer.trafo), grid.trafo_nodes[offer.trafo], 1, offer.quantity_w, offer.price_ct_per_mwh * 10_000)
        for offer in files.offers
        if offer.hour == hour
    ]
    limits = Limits.of(grid.topology)
    return cheapest_relief(grid.topology, [state(folder, day, hour)], [limits], offers, mtu_seconds=3600)


def test_the_grid_has_the_published_size(folder: Path) -> None:
    files, grid = case(folder)
    net = grid.net
    assert (len(net.bus), len(net.line), len(net.trafo), len(net.load)) == (29, 15, 16, 21)
    assert len(files.offers) == 14 * HOURS
    assert {offer.trafo for offer in files.offers} == set(range(2, 16))


def test_every_hour_has_the_flow_that_lies_beside_the_files(folder: Path) -> None:
    files, grid = case(folder)
    assert len(files.reference) == len(DAYS) * HOURS
    lines = np.array([name.startswith("line") for name in grid.topology.branch_ids])
    for flow in files.reference:
        point = state(folder, flow.day, flow.hour)
        # The other flow has transformers as a T, ours as a pi; and its voltages are rounded to 1e-5.
        assert point.magnitude.min() == pytest.approx(flow.vm_min_pu, abs=1.5e-5)
        assert point.loading[lines].max() * 100 == pytest.approx(flow.line_percent, abs=2e-3)
        assert point.loading[~lines].max() * 100 == pytest.approx(flow.trafo_percent, abs=3e-3)
        assert point.losses_w() / 1e6 == pytest.approx(flow.losses_mw, abs=3e-4)


def test_the_base_day_violates_in_three_hours_and_the_stress_day_in_seven(folder: Path) -> None:
    _, grid = case(folder)
    found = {day: [h for h in range(HOURS) if violations(grid, state(folder, day, h))] for day in DAYS}
    assert found == {"base": [18, 19, 20], "stress": [15, 16, 17, 18, 19, 20, 21]}


@pytest.mark.parametrize(("day", "hour"), [("base", 19), ("stress", 16), ("stress", 18), ("stress", 20)])
def test_relief_costs_what_an_optimal_power_flow_costs(folder: Path, day: str, hour: int) -> None:
    files, grid = case(folder)
    found, optimum = relief(folder, day, hour), optimal_power_flow(grid, files, day, hour)
    assert found.met
    assert violations(grid, found.after[0]) == []
    assert optimum.cost_eur is not None
    # The optimal power flow leaves its constraints by some 1e-6 and has transformers as a T.
    assert found.cost_micro_eur / 1e6 == pytest.approx(optimum.cost_eur, rel=1.5e-3)


def test_the_hour_that_stays_outside_does_so_with_every_offer_used(folder: Path) -> None:
    files, grid = case(folder)
    found = relief(folder, "stress", 19)
    assert not found.met
    assert found.settled
    left = {outcome.element_id: outcome.shortfall for outcome in found.needs if outcome.shortfall}
    assert set(left) == {"trafo-10", "bus-23"}
    everything = {one["element"] for one in violations(grid, state(folder, "stress", 19, share=1.0))}
    assert set(left) <= everything
    assert optimal_power_flow(grid, files, "stress", 19).cost_eur is None


def test_bad_files_are_named_all_at_once(folder: Path, tmp_path: Path) -> None:
    for path in folder.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    offers = tmp_path / "bids_offers.csv"
    offers.write_text(offers.read_text().replace("83.22", "much", 1))
    (tmp_path / "stress_load_Q_mvar.csv").unlink()
    loads = (tmp_path / "base_load_P_mw.csv").read_text().splitlines()
    (tmp_path / "base_load_P_mw.csv").write_text("\n".join(loads[:-1]))
    with pytest.raises(FilesError) as refused:
        read_files(tmp_path)
    said = "\n".join(refused.value.problems)
    for words in ("bids_offers.csv, row 2, price_eur_per_mwh", "stress_load_Q_mvar.csv: cannot be read",
                  "base_load_P_mw.csv, hour: must count"):  # fmt: skip
        assert words in said
