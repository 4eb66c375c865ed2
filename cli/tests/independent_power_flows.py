"""Power flows that share nothing with ours: pandapower's own on its tables, power-grid-model built from them."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Injections = Mapping[int, complex]  # bus index to W + j var, injection positive


@dataclass(frozen=True)
class State:
    """Voltage in pu by bus, loading in percent by element id, losses in W."""

    vm: dict[int, float]
    loading: dict[str, float]
    losses_w: float


class Solver(Protocol):
    """Something that solves injections; None where there is no solution."""

    def solve(self, injections: Injections) -> State | None: ...


def bare(net: Any) -> Any:
    """The network without its loads."""
    empty = copy.deepcopy(net)
    for table in ("load", "sgen"):
        empty[table] = empty[table].iloc[0:0]
    return empty


class Pandapower:
    """`runpp` with one static generator per bus."""

    def __init__(self, net: Any) -> None:
        import pandapower

        self._net = bare(net)
        for bus in self._net.bus.index:
            pandapower.create_sgen(self._net, bus, p_mw=0.0)

    def solve(self, injections: Injections) -> State | None:
        import pandapower

        net = self._net
        power = np.array([injections.get(int(bus), 0j) for bus in net.sgen.bus])
        net.sgen["p_mw"], net.sgen["q_mvar"] = power.real / 1e6, power.imag / 1e6
        try:
            pandapower.runpp(
                net, trafo_model="pi", calculate_voltage_angles=True, numba=False, init="dc", tolerance_mva=1e-10
            )
        except pandapower.LoadflowNotConverged:
            return None
        loading = {f"line-{i}": float(x) for i, x in net.res_line.loading_percent.items() if net.line.in_service.at[i]}
        loading |= {f"trafo-{i}": float(x) for i, x in net.res_trafo.loading_percent.items()}
        losses = float(net.res_line.pl_mw.sum()) + (float(net.res_trafo.pl_mw.sum()) if len(net.trafo) else 0.0)
        vm = {int(bus): float(u) for bus, u in net.res_bus.vm_pu.items() if not math.isnan(u)}
        return State(vm, loading, losses * 1e6)


class PowerGridModelFlow:
    """power-grid-model with lines and transformers made from pandapower's tables by hand."""

    def __init__(self, net: Any) -> None:
        from power_grid_model import PowerGridModel, initialize_array

        self._net = net
        self._buses = [int(bus) for bus in net.bus.index]
        self._row = self._joined_rows()
        nodes = initialize_array("input", "node", len(self._buses))
        nodes["id"], nodes["u_rated"] = np.arange(len(self._buses)), net.bus.vn_kv.to_numpy() * 1e3
        nodes = nodes[sorted(set(self._row.values()))]
        self._next = len(self._buses)
        data = {"node": nodes}
        self._lines = [i for i in net.line.index if net.line.in_service.at[i]]
        data["line"] = self._line_table()
        if len(net.trafo):
            data["transformer"] = self._transformer_table()
        source = initialize_array("input", "source", 1)
        grid = net.ext_grid.iloc[0]
        source["id"], source["node"], source["status"] = self._ids(1)[0], self._row[int(grid.bus)], 1
        source["u_ref"], source["sk"] = grid.vm_pu, 1e20
        data["source"] = source
        self._generators = initialize_array("input", "sym_gen", len(self._buses))
        self._generators["id"] = self._ids(len(self._buses))
        self._generators["node"] = [self._row[bus] for bus in self._buses]
        self._generators["status"], self._generators["type"] = 1, 0
        self._generators["p_specified"] = self._generators["q_specified"] = 0.0
        data["sym_gen"] = self._generators
        self._model = PowerGridModel(data)

    def _joined_rows(self) -> dict[int, int]:
        """Row of the node of each bus; closed switches between buses make one node of them."""
        row = {bus: i for i, bus in enumerate(self._buses)}
        for switch in self._net.switch.itertuples():
            if switch.et == "b" and switch.closed:
                gone, kept = row[int(switch.bus)], row[int(switch.element)]
                row = {bus: kept if own == gone else own for bus, own in row.items()}
        return row

    def _ids(self, count: int) -> Any:
        first, self._next = self._next, self._next + count
        return np.arange(first, self._next)

    def _line_table(self) -> Any:
        from power_grid_model import initialize_array

        lines = self._net.line.loc[self._lines]
        table = initialize_array("input", "line", len(lines))
        table["id"] = self._ids(len(lines))
        table["from_node"] = [self._row[int(bus)] for bus in lines.from_bus]
        table["to_node"] = [self._row[int(bus)] for bus in lines.to_bus]
        table["from_status"] = table["to_status"] = 1
        table["r1"] = lines.r_ohm_per_km * lines.length_km / lines.parallel
        table["x1"] = lines.x_ohm_per_km * lines.length_km / lines.parallel
        table["c1"] = lines.c_nf_per_km * 1e-9 * lines.length_km * lines.parallel
        table["tan1"] = 0.0
        table["i_n"] = lines.max_i_ka * 1e3 * lines.df * lines.parallel
        return table

    def _transformer_table(self) -> Any:
        from power_grid_model import initialize_array

        trafos = self._net.trafo
        table = initialize_array("input", "transformer", len(trafos))
        table["id"] = self._ids(len(trafos))
        table["from_node"] = [self._row[int(bus)] for bus in trafos.hv_bus]
        table["to_node"] = [self._row[int(bus)] for bus in trafos.lv_bus]
        table["from_status"] = table["to_status"] = 1
        table["u1"], table["u2"], table["sn"] = trafos.vn_hv_kv * 1e3, trafos.vn_lv_kv * 1e3, trafos.sn_mva * 1e6
        table["uk"], table["pk"] = trafos.vk_percent / 100, trafos.vkr_percent / 100 * trafos.sn_mva * 1e6
        table["i0"], table["p0"] = trafos.i0_percent / 100, trafos.pfe_kw * 1e3
        table["winding_from"], table["winding_to"] = 2, 1  # delta, grounded star; symmetrical, so of no effect
        table["clock"] = [round(shift / 30) % 12 for shift in trafos.shift_degree]
        table["tap_side"], table["tap_pos"], table["tap_nom"], table["tap_size"] = 0, 0, 0, 0
        table["tap_min"] = table["tap_max"] = 0
        return table

    def solve(self, injections: Injections) -> State | None:
        from power_grid_model import initialize_array
        from power_grid_model.errors import PowerGridError

        power = np.array([injections.get(bus, 0j) for bus in self._buses])
        update = initialize_array("update", "sym_gen", len(self._buses))
        update["id"] = self._generators["id"]
        update["p_specified"], update["q_specified"] = power.real, power.imag
        self._model.update(update_data={"sym_gen": update})
        try:
            result = self._model.calculate_power_flow(error_tolerance=1e-12, max_iterations=40)
        except PowerGridError:
            return None
        lines = result["line"]
        loading = {f"line-{i}": 100 * float(x) for i, x in zip(self._lines, lines["loading"], strict=True)}
        losses = float((lines["p_from"] + lines["p_to"]).sum())
        if "transformer" in result:
            for index, row in zip(self._net.trafo.index, result["transformer"], strict=True):
                trafo = self._net.trafo.loc[index]
                hv = row["i_from"] * trafo.vn_hv_kv * 1e3
                lv = row["i_to"] * trafo.vn_lv_kv * 1e3
                loading[f"trafo-{index}"] = 100 * math.sqrt(3) * float(max(hv, lv)) / (trafo.sn_mva * 1e6)
                losses += float(row["p_from"] + row["p_to"])
        voltage = dict(zip(result["node"]["id"].tolist(), result["node"]["u_pu"].tolist(), strict=True))
        vm = {bus: float(voltage[self._row[bus]]) for bus in self._buses}
        return State(vm, loading, losses)


@dataclass(frozen=True)
class Tariff:
    """The parameters of the potential as the published formula names them."""

    energy: float = 100.0
    congestion: float = 300.0
    voltage: float = 400.0
    amber_loading: float = 80.0
    red_loading: float = 100.0
    amber_deviation: float = 0.05
    red_deviation: float = 0.10
    k: float = 2.0

    def psi(self, z: float) -> float:
        if z <= 0:
            return 0.0
        return z ** (self.k + 1) / (self.k + 1) if z <= 1 else 1 / (self.k + 1) + (z - 1)

    def parts(self, net: Any, state: State) -> tuple[float, float, float]:
        """Loss, congestion and voltage part of the potential in EUR/h."""
        span = (self.red_loading - self.amber_loading) / 100
        congestion = sum(
            self.congestion * rating_mva(net, name) * span * self.psi((rho - self.amber_loading) / 100 / span)
            for name, rho in state.loading.items()
        )
        width = self.red_deviation - self.amber_deviation
        voltage = sum(
            self.voltage * width * self.psi((abs(u - 1) - self.amber_deviation) / width) for u in state.vm.values()
        )
        return self.energy * state.losses_w / 1e6, congestion, voltage

    def light(self, net: Any, state: State) -> str:
        """The worst colour of the whole network, the source's own bus left out."""
        source = int(net.ext_grid.bus.iloc[0])
        deviation = max(abs(u - 1) for bus, u in state.vm.items() if bus != source)
        loading = max(state.loading.values())
        if loading > self.red_loading or deviation > self.red_deviation:
            return "RED"
        return "AMBER" if loading > self.amber_loading or deviation > self.amber_deviation else "GREEN"


def rating_mva(net: Any, name: str) -> float:
    """√3·U·I of a line, the rated power of a transformer."""
    table, index = name.split("-")
    row = net[table].loc[int(index)]
    if table == "trafo":
        return float(row.sn_mva * row.parallel * row.df)
    return math.sqrt(3) * float(net.bus.vn_kv.at[row.from_bus]) * float(row.max_i_ka * row.df * row.parallel)


@dataclass(frozen=True)
class Band:
    """Limits of every element by name or bus; the tolerances for what is outside them already."""

    loading: dict[str, float]
    low: dict[int, float]
    high: dict[int, float]
    loading_tolerance: float = 0.01
    voltage_tolerance: float = 1e-5

    def holds(self, net: Any, before: State, after: State | None, slack: float = 1e-9) -> bool:
        """Whether everything stays inside, and what was outside gets no worse."""
        if after is None:
            return False
        source = int(net.ext_grid.bus.iloc[0])
        for name, limit in self.loading.items():
            own = before.loading[name]
            ceiling = own + self.loading_tolerance if own > limit else limit
            if after.loading[name] > ceiling + slack:
                return False
        for bus, u in after.vm.items():
            if bus == source:
                continue
            own = before.vm[bus]
            floor = own - self.voltage_tolerance if own < self.low[bus] else self.low[bus]
            top = own + self.voltage_tolerance if own > self.high[bus] else self.high[bus]
            if not floor - slack <= u <= top + slack:
                return False
        return True
