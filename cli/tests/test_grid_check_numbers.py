"""Every number of `flexbourse grid check` against two power flows that share nothing with ours."""

from __future__ import annotations

import csv
import json
import math
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flexbourse_cli.main import cli

sys.path.insert(0, str(Path(__file__).parent))
from independent_power_flows import Band, Pandapower, PowerGridModelFlow, Solver, State, Tariff

NETWORKS = ("case33bw", "cigre-lv", "kerber-dorf")
# A ring with a busbar in two joined sections, and medium voltage with taps and lines that are open at one end.
SPECIAL = ("ring", "cigre-mv")
SOLVERS = (Pandapower, PowerGridModelFlow)
CEILING_W = 100_000_000
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
SEEDS = range(20) if LONG else range(1)


@dataclass(frozen=True)
class Grid:
    """A network with loads that use it, and the size of a large trade on it."""

    name: str
    net: Any
    base: dict[int, complex]
    size_w: int
    solvers: dict[type, Solver]

    def scaled(self, factor: float) -> dict[int, complex]:
        return {bus: complex(round(s.real * factor), round(s.imag * factor)) for bus, s in self.base.items()}


@cache
def grid_of(name: str) -> Grid:
    import pandapower.networks

    random.seed(0)  # the Kerber grids draw the lengths of their house connections
    create = {
        "case33bw": pandapower.networks.case33bw,
        "cigre-lv": pandapower.networks.create_cigre_network_lv,
        "kerber-dorf": pandapower.networks.create_kerber_dorfnetz,
        "cigre-mv": pandapower.networks.create_cigre_network_mv,
        "ring": ring,
    }
    net = create[name]()
    if name == "case33bw":
        # The published feeder has no ratings.
        net.line["max_i_ka"] = [0.28 if i < 5 else 0.14 if i < 17 else 0.08 for i in net.line.index]
    net.line["in_service"] = net.line["in_service"].astype(bool)
    for column in ("min_vm_pu", "max_vm_pu"):
        net.bus[column] = 0.9 if column == "min_vm_pu" else 1.1
    base: dict[int, complex] = {}
    for load in net.load.itertuples():
        power = -complex(load.p_mw * load.scaling, load.q_mvar * load.scaling) * 1e6
        base[int(load.bus)] = base.get(int(load.bus), 0j) + complex(round(power.real), round(power.imag))
    size = {"case33bw": 800_000, "cigre-lv": 40_000, "kerber-dorf": 40_000, "ring": 40_000, "cigre-mv": 900_000}[name]
    # Lines that are open at one end are left to pandapower.
    known = SOLVERS if not (net.switch.et == "l").any() else (Pandapower,)
    return Grid(name, net, base, size, {solver: solver(net) for solver in known})


def ring() -> Any:
    import pandapower as pp

    net = pp.create_empty_network("ring", sn_mva=1.0)
    mains = pp.create_bus(net, 20, name="mains")
    pp.create_ext_grid(net, mains, vm_pu=1.01)
    sections = [pp.create_bus(net, 0.4, name=f"section {i}") for i in (1, 2)]
    pp.create_switch(net, *sections, et="b", closed=True)
    pp.create_transformer_from_parameters(net, mains, sections[0], 0.63, 20, 0.4, 1.2, 5.0, 1.1, 0.25, shift_degree=150)
    buses = [sections[0]]
    for i in range(8):
        buses.append(pp.create_bus(net, 0.4, name=f"street {i}"))
        pp.create_line(net, buses[-2], buses[-1], 0.06, "NAYY 4x150 SE")
    pp.create_line(net, buses[-1], sections[1], 0.06, "NAYY 4x150 SE")
    # A kiosk half way: two sections whose voltage is far from nominal, so that it matters whether both count.
    kiosk = pp.create_bus(net, 0.4, name="kiosk")
    pp.create_switch(net, buses[5], kiosk, et="b", closed=True)
    spur = pp.create_bus(net, 0.4, name="spur")
    pp.create_line(net, kiosk, spur, 0.05, "NAYY 4x50 SE")
    for bus, kw in zip([*buses[1:], kiosk, spur], (20, 35, 15, 40, 45, 30, 25, 20, 18, 22), strict=True):
        pp.create_load(net, bus, kw / 1000, kw / 4000)
    return net


@dataclass(frozen=True)
class Trade:
    seller: int
    buyer: int
    quantity_w: int
    seller_basis: str = ""
    buyer_basis: str = ""
    power_factor: float | None = None

    def change(self, quantity_w: float) -> dict[int, complex]:
        tan = math.copysign(math.sqrt(1 / self.power_factor**2 - 1), self.power_factor) if self.power_factor else 0.0
        moved: dict[int, complex] = {}
        for bus, sign, basis in ((self.seller, 1, self.seller_basis), (self.buyer, -1, self.buyer_basis)):
            if basis != "SCHEDULED":
                q_var = round(tan * quantity_w) if quantity_w == round(quantity_w) else tan * quantity_w
                moved[bus] = moved.get(bus, 0j) + sign * complex(quantity_w, q_var)
        return moved


def random_trades(grid: Grid, count: int, seed: int) -> list[Trade]:
    draw = random.Random(seed)
    buses = sorted(grid.base)
    trades = []
    for i in range(count):
        seller, buyer = draw.sample(buses, 2)
        bases = [("", ""), ("", ""), ("SCHEDULED", ""), ("", "SCHEDULED"), ("DEVIATION", "deviation")][i % 5]
        factor = [None, 0.95, -0.9, None][i % 4]
        trades.append(Trade(seller, buyer, draw.randint(grid.size_w // 50, grid.size_w), *bases, factor))
    return trades


class Files:
    """The files of one run, as a stranger would write them."""

    def __init__(self, folder: Path, grid: Grid) -> None:
        import pandapower

        self.folder, self.grid = folder, grid
        pandapower.to_json(grid.net, str(folder / "network.json"))

    def write(self, name: str, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
        with (self.folder / name).open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return str(self.folder / name)

    def run(self, base: dict[int, complex], trades: list[Trade], *options: str) -> dict[str, Any]:
        name_of = self.grid.net.bus.name
        point = self.write(
            "point.csv",
            ("bus", "p_w", "q_var"),
            [(name_of.at[bus] if bus % 2 else bus, int(s.real), int(s.imag)) for bus, s in base.items()],
        )
        listed = self.write(
            "trades.csv",
            ("seller_bus", "buyer_bus", "quantity_w", "seller_basis", "buyer_basis", "power_factor"),
            [(t.seller, t.buyer, t.quantity_w, t.seller_basis, t.buyer_basis, t.power_factor or "") for t in trades],
        )
        network = str(self.folder / "network.json")
        command = ["grid", "check", "--network", network, "--operating-point", point, "--trades", listed, "--json"]
        done = CliRunner().invoke(cli, [*command, *options], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        assert len(found["trades"]) == len(trades)
        return found


@pytest.fixture(params=[*NETWORKS, *SPECIAL])
def every(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(tmp_path, grid_of(request.param))


@pytest.fixture(params=NETWORKS)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(tmp_path, grid_of(request.param))


def added(base: dict[int, complex], change: dict[int, complex]) -> dict[int, complex]:
    return {bus: base.get(bus, 0j) + change.get(bus, 0j) for bus in {**base, **change}}


def assert_state(found: dict[str, Any], grid: Grid, state: State, tariff: Tariff, rough: int = 1) -> None:
    """Compare every field; ``rough``: how many times reactive power was rounded to a whole var on the way."""
    assert found["vm_min_pu"] == pytest.approx(min(state.vm.values()), abs=2e-7 * rough)
    assert found["vm_max_pu"] == pytest.approx(max(state.vm.values()), abs=2e-7 * rough)
    assert found["loading_max_percent"] == pytest.approx(max(state.loading.values()), abs=1e-4 * rough)
    assert found["losses_w"] == pytest.approx(state.losses_w, abs=0.3 * rough)
    # Ties are real: buses joined by a switch have one voltage, the ends of unloaded spurs too.
    assert state.vm[found["vm_min_bus_index"]] == pytest.approx(min(state.vm.values()), abs=2e-7 * rough)
    assert state.vm[found["vm_max_bus_index"]] == pytest.approx(max(state.vm.values()), abs=2e-7 * rough)
    assert state.loading[found["loading_max_element"]] == pytest.approx(max(state.loading.values()), abs=1e-4 * rough)
    name = str(grid.net.bus.name.at[found["vm_min_bus_index"]])
    assert found["vm_min_bus"] in (name, str(found["vm_min_bus_index"]))
    assert found["light"] == tariff.light(grid.net, state)


def assert_trade(
    found: dict[str, Any],
    grid: Grid,
    trade: Trade,
    states: tuple[State, State | None],
    tariff: Tariff,
    band: Band,
    rough: int = 1,
) -> None:
    before, after = states
    assert after is not None
    assert_state(found, grid, after, tariff, rough)
    assert found["quantity_w"] == trade.quantity_w
    assert found["loss_change_w"] == pytest.approx(after.losses_w - before.losses_w, abs=0.3)
    mw = trade.quantity_w / 1e6
    first, second = tariff.parts(grid.net, before), tariff.parts(grid.net, after)
    expected = [(b - a) / mw for a, b in zip(first, second, strict=True)]
    parts = found["dnut_eur_per_mwh"]
    for name, value in zip(("loss", "congestion", "voltage"), expected, strict=True):
        assert parts[name] == pytest.approx(value, rel=1e-4, abs=2e-3), name
    assert parts["total"] == pytest.approx(sum(expected), rel=1e-4, abs=5e-3)
    assert found["accepted"] == band.holds(grid.net, before, after), found
    assert found["reason"] == ("" if found["accepted"] else "GRID_LIMIT_VIOLATED")


def bisected(solver: Solver, grid: Grid, base: dict[int, complex], trade: Trade, band: Band) -> float:
    """The largest feasible quantity by plain bisection, to 0.02 %."""
    before = solver.solve(base)
    assert before is not None

    def fits(quantity: float) -> bool:
        return band.holds(grid.net, before, solver.solve(added(base, trade.change(quantity))))

    low, high = 0.0, 1_000.0
    while fits(high):
        low, high = high, high * 2
        if high > CEILING_W:
            return CEILING_W
    while high - low > max(1e-4 * low, 0.2):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def assert_largest(found: dict[str, Any], reference: float) -> None:
    assert found["quantity_max_w"] <= reference * (1 + 2e-4) + 1
    assert found["quantity_max_w"] >= 0.99 * reference - 1


def band_of(grid: Grid, low: float = 0.9, high: float = 1.1, loading: float = 100.0) -> Band:
    solved = grid.solvers[Pandapower].solve(grid.base)
    assert solved is not None
    return Band(dict.fromkeys(solved.loading, loading), dict.fromkeys(solved.vm, low), dict.fromkeys(solved.vm, high))


def judged(
    files: Files, base: dict[int, complex], trades: list[Trade], tariff: Tariff, band: Band, *options: str
) -> list[dict[str, Any]]:
    """Run independent trades and compare every field of every one with both power flows."""
    grid = files.grid
    found = files.run(base, trades, *options)
    for solver in grid.solvers.values():
        before = solver.solve(base)
        assert before is not None
        assert_state(found["base"], grid, before, tariff)
        for trade, answer in zip(trades, found["trades"], strict=True):
            after = solver.solve(added(base, trade.change(trade.quantity_w)))
            assert_trade(answer, grid, trade, (before, after), tariff, band)
            assert answer["applied"] is False
    answers: list[dict[str, Any]] = found["trades"]
    return answers


@pytest.mark.parametrize("seed", SEEDS)
def test_random_trades_alone(every: Files, seed: int) -> None:
    grid = every.grid
    solver = grid.solvers.get(PowerGridModelFlow, grid.solvers[Pandapower])
    trades = random_trades(grid, 12 if PowerGridModelFlow in grid.solvers else 5, seed=100 + seed)
    answers = judged(every, grid.base, trades, Tariff(), band_of(grid))
    assert {answer["accepted"] for answer in answers} >= {True}
    for trade, answer in zip(trades, answers, strict=True):
        assert_largest(answer, bisected(solver, grid, grid.base, trade, band_of(grid)))


def test_largest_quantity_against_bisection_with_runpp(files: Files) -> None:
    grid = files.grid
    trades = random_trades(grid, 3, seed=2)
    answers = files.run(grid.base, trades)["trades"]
    for trade, answer in zip(trades, answers, strict=True):
        assert_largest(answer, bisected(grid.solvers[Pandapower], grid, grid.base, trade, band_of(grid)))


PARAMETERS = """
vm_min_pu = 0.935
vm_max_pu = 1.02
loading_max_percent = 60
pi_energy_eur_per_mwh = 87.5
pi_congestion_eur_per_mwh = 250
pi_voltage_eur_per_pu_h = 1200.0
amber_loading_percent = 30
red_loading_percent = 75.5
amber_voltage_deviation_pu = 0.01
red_voltage_deviation_pu = 0.06
exponent = 3
"""
OTHER_TARIFF = Tariff(87.5, 250, 1200, 30, 75.5, 0.01, 0.06, 3)


def test_parameters_reach_every_number(every: Files) -> None:
    grid = every.grid
    solver = grid.solvers.get(PowerGridModelFlow, grid.solvers[Pandapower])
    (every.folder / "parameters.toml").write_text(PARAMETERS)
    base = grid.scaled(0.6)
    band = band_of(grid, 0.935, 1.02, 60.0)
    options = ("--parameters", str(every.folder / "parameters.toml"))
    trades = random_trades(grid, 10 if PowerGridModelFlow in grid.solvers else 5, seed=3)
    answers = judged(every, base, trades, OTHER_TARIFF, band, *options)
    for trade, answer in zip(trades, answers, strict=True):
        assert_largest(answer, bisected(solver, grid, base, trade, band))


def test_limits_of_single_elements(files: Files) -> None:
    grid = files.grid
    before = grid.solvers[Pandapower].solve(grid.base)
    assert before is not None
    branch = max(before.loading, key=lambda name: before.loading[name] if name.startswith("line") else 0)
    low = min(before.vm, key=lambda bus: before.vm[bus])
    limits = files.write(
        "limits.csv",
        ("element", "loading_max_percent", "vm_min_pu", "vm_max_pu"),
        [(branch, before.loading[branch] + 2, "", ""), (f"bus-{low}", "", before.vm[low] - 0.004, 1.01)],
    )
    band = band_of(grid)
    band.loading[branch] = round(before.loading[branch] + 2, 3)
    band.low[low], band.high[low] = round(before.vm[low] - 0.004, 6), 1.01
    trades = random_trades(grid, 10, seed=4)
    answers = judged(files, grid.base, trades, Tariff(), band, "--limits", limits)
    assert {answer["accepted"] for answer in answers} == {True, False}
    for trade, answer in zip(trades, answers, strict=True):
        assert_largest(answer, bisected(grid.solvers[PowerGridModelFlow], grid, grid.base, trade, band))


def violated(grid: Grid) -> tuple[dict[int, complex], Band]:
    """A base case with its worst line above its limit."""
    before = grid.solvers[Pandapower].solve(grid.base)
    assert before is not None
    worst = max((x for name, x in before.loading.items() if name.startswith("line")), default=0.0)
    band = band_of(grid, loading=100.0)
    return grid.base, Band(dict.fromkeys(band.loading, worst - 5.0), band.low, band.high)


def test_in_a_violated_base_case_relief_is_accepted_and_worsening_refused(files: Files) -> None:
    grid = files.grid
    base, band = violated(grid)
    (files.folder / "p.toml").write_text(f"loading_max_percent = {next(iter(band.loading.values()))}\n")
    band = Band(dict.fromkeys(band.loading, round(next(iter(band.loading.values())), 3)), band.low, band.high)
    before = grid.solvers[Pandapower].solve(base)
    assert before is not None
    outside = [name for name, rho in before.loading.items() if rho > band.loading[name]]
    source = int(grid.net.ext_grid.bus.iloc[0])
    buses = sorted(grid.base)
    single = [Trade(bus, source, grid.size_w // 40) for bus in buses] + [
        Trade(source, bus, grid.size_w // 40) for bus in buses
    ]
    random.Random(5).shuffle(single)
    trades = single[:10]
    answers = judged(files, base, trades, Tariff(), band, "--parameters", str(files.folder / "p.toml"))
    assert outside
    assert {answer["accepted"] for answer in answers} == {True, False}
    for trade, answer in zip(trades, answers, strict=True):
        assert answer["elements_outside_limits"] >= (0 if answer["accepted"] else 1)
        assert_largest(answer, bisected(grid.solvers[PowerGridModelFlow], grid, base, trade, band))


def sequence(grid: Grid, base: dict[int, complex], trades: list[Trade], solver: Solver, band: Band) -> Iterator[Any]:
    """Judge trades one after the other; without elements outside their limits there is no budget to keep."""
    point = base
    for trade in trades:
        before = solver.solve(point)
        assert before is not None
        after_point = added(point, trade.change(trade.quantity_w))
        after = solver.solve(after_point)
        accepted = band.holds(grid.net, before, after)
        yield trade, before, after, accepted, point
        if accepted:
            point = after_point


@pytest.mark.parametrize("seed", SEEDS)
def test_in_sequence_accepted_trades_move_the_operating_point(files: Files, seed: int) -> None:
    grid = files.grid
    trades = random_trades(grid, 16, seed=600 + seed)
    found = files.run(grid.base, trades, "--sequential")
    band = band_of(grid)
    for solver in grid.solvers.values():
        steps = list(sequence(grid, grid.base, trades, solver, band))
        for answer, (trade, before, after, accepted, point) in zip(found["trades"], steps, strict=True):
            assert_trade(answer, grid, trade, (before, after), Tariff(), band, rough=len(trades))
            assert answer["applied"] == accepted
            if solver is grid.solvers[PowerGridModelFlow]:
                assert_largest(answer, bisected(solver, grid, point, trade, band))
    alone = files.run(grid.base, trades)["trades"]
    assert [a["loss_change_w"] for a in alone] != [a["loss_change_w"] for a in found["trades"]]


def test_many_small_trades_cannot_ratchet_an_overloaded_element(files: Files) -> None:
    grid = files.grid
    base, band = violated(grid)
    (files.folder / "p.toml").write_text(f"loading_max_percent = {next(iter(band.loading.values()))}\n")
    before = grid.solvers[Pandapower].solve(base)
    assert before is not None
    worst = max(before.loading, key=lambda name: before.loading[name] if name.startswith("line") else 0)
    source = int(grid.net.ext_grid.bus.iloc[0])
    heavy = max(sorted(base), key=lambda bus: _loading_with(grid, base, bus, worst))
    trades = [Trade(source, heavy, 35)] * 300
    answers = files.run(base, trades, "--sequential", "--parameters", str(files.folder / "p.toml"))["trades"]
    accepted = sum(answer["accepted"] for answer in answers)
    after = grid.solvers[PowerGridModelFlow].solve(added(base, {heavy: complex(-35 * accepted, 0)}))
    assert after is not None
    assert after.loading[worst] - before.loading[worst] <= 0.0101
    assert accepted < 300


def _loading_with(grid: Grid, base: dict[int, complex], bus: int, element: str) -> float:
    state = grid.solvers[PowerGridModelFlow].solve(added(base, {bus: complex(-1000, 0)}))
    assert state is not None
    return state.loading[element]
