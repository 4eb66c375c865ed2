"""What a study is given besides the network: operating point, trades, limits and what tightens them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from flexbourse_cli.gridstudy.network import Bus, Element, StudyNetwork
from flexbourse_cli.gridstudy.options import PointOptions
from flexbourse_cli.gridstudy.parameters import MAX_LOADING_PERCENT, StudyParameters
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.gridstudy.tables import MAX_POWER, Row, read_table
from flexbourse_gridmath.limits import Limits, tightened
from flexbourse_gridmath.tariff import TariffParameters
from flexbourse_gridmath.topology import Integer, frozen
from flexbourse_gridmath.trades import Trade, tan_phi_micro

SCHEDULED, DEVIATION = "SCHEDULED", "DEVIATION"
# At 0.1 a W comes with 10 var; below, a power factor says nothing about a trade of energy.
MIN_POWER_FACTOR = 0.1
MPCT, MICRO_PU = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class GivenTrade:
    """A trade as its row has it."""

    row: int
    seller: Bus
    buyer: Bus
    seller_basis: str
    buyer_basis: str
    power_factor: float | None
    trade: Trade


def read_operating_point(at: PointOptions, network: StudyNetwork, problems: Problems) -> tuple[Integer, Integer]:
    """Return injections per node in W and var; what buses without a row inject is the options' choice.

    Without a file it is the network's own base case. A row stands for everything at its node but other rows.
    """
    p_w, q_var = no_injections(network)
    if at.file is None:
        return network.base_p_w, network.base_q_var
    seen: dict[str, int] = {}
    named: set[int] = set()
    for row in read_table(at.file, ("bus", "p_w", "q_var"), (), problems):
        bus, p, q = bus_of(row, "bus", network), row.power("p_w"), row.power("q_var")
        if bus is None:
            continue
        if bus.id in seen:
            row.refuse("bus", f"the same bus stands in row {seen[bus.id]}: one row per bus, with the sum")
        seen.setdefault(bus.id, row.number)
        named.add(bus.node)
        if p is not None and q is not None:
            p_w[bus.node] += p
            q_var[bus.node] += q
    if at.unlisted == "network":
        others = [node for node in range(network.topology.n_nodes) if node not in named]
        p_w[others], q_var[others] = network.base_p_w[others], network.base_q_var[others]
    return p_w, q_var


def no_injections(network: StudyNetwork) -> tuple[Integer, Integer]:
    """Return the injections of a network that nobody uses."""
    p_w, q_var = (np.zeros(network.topology.n_nodes, dtype=np.int64) for _ in range(2))
    return p_w, q_var


def read_trades(path: Path, network: StudyNetwork, problems: Problems) -> list[GivenTrade]:
    """Return the trades in the order of their rows."""
    required = ("seller_bus", "buyer_bus", "quantity_w")
    optional = ("seller_basis", "buyer_basis", "power_factor")
    read = [trade_of(row, network) for row in read_table(path, required, optional, problems)]
    return [trade for trade in read if trade is not None]


def trade_of(row: Row, network: StudyNetwork) -> GivenTrade | None:
    """Return the trade of a row; None where it is none (reported)."""
    seller, buyer = bus_of(row, "seller_bus", network), bus_of(row, "buyer_bus", network)
    quantity = row.number_in("quantity_w", 0.5, MAX_POWER)
    bases = [row.word(column, (SCHEDULED, DEVIATION), DEVIATION) for column in ("seller_basis", "buyer_basis")]
    factor = row.number_in("power_factor", -1, 1, required=False)
    if factor is not None and abs(factor) < MIN_POWER_FACTOR:
        row.refuse("power_factor", f"must be at least {MIN_POWER_FACTOR} in magnitude")
        return None
    if seller is None or buyer is None or quantity is None:
        return None
    trade = Trade(
        seller.node,
        buyer.node,
        max(round(quantity), 1),
        seller_deviates=bases[0] == DEVIATION,
        buyer_deviates=bases[1] == DEVIATION,
        tan_phi_micro=tan_phi_micro(factor) if factor else 0,
    )
    return GivenTrade(row.number, seller, buyer, bases[0], bases[1], factor, trade)


def bus_of(row: Row, column: str, network: StudyNetwork) -> Bus | None:
    """Return the bus that a cell names; None where there is none (reported)."""
    found = network.find_bus(row.text(column))
    if isinstance(found, Bus):
        return found
    row.refuse(column, found)
    return None


def study_limits(network: StudyNetwork, parameters: StudyParameters) -> Limits:
    """Return every element's limit: the parameters' where they name one, else the network's own."""
    limits = Limits.of(network.topology)
    if parameters.loading_max_percent is not None:
        loading = round(parameters.loading_max_percent * MPCT)
        limits = replace(limits, loading_mpct=frozen(np.full_like(limits.loading_mpct, loading)))
    if parameters.vm_min_pu is not None:
        low = round(parameters.vm_min_pu * MICRO_PU)
        limits = replace(limits, v_low_micro_pu=frozen(np.full_like(limits.v_low_micro_pu, low)))
    if parameters.vm_max_pu is not None:
        high = round(parameters.vm_max_pu * MICRO_PU)
        limits = replace(limits, v_high_micro_pu=frozen(np.full_like(limits.v_high_micro_pu, high)))
    return limits


def with_element_limits(limits: Limits, path: Path, network: StudyNetwork, problems: Problems) -> Limits:
    """Return the limits with those of single elements in place of what applied to them.

    Of buses that are one node the narrowest band applies.
    """
    loading, low, high = (np.array(x) for x in (limits.loading_mpct, limits.v_low_micro_pu, limits.v_high_micro_pu))
    columns = {
        "loading_max_percent": (1e-3, MAX_LOADING_PERCENT), "vm_min_pu": (1e-6, 1 - 1e-6), "vm_max_pu": (1 + 1e-6, 2),
    }  # fmt: skip
    given_low: set[int] = set()
    given_high: set[int] = set()
    for element, values in _element_rows(path, columns, network, problems):
        at = element.position
        if "loading_max_percent" in values:
            loading[at] = round(values["loading_max_percent"] * MPCT)
        if "vm_min_pu" in values:
            own = round(values["vm_min_pu"] * MICRO_PU)
            low[at] = max(own, low[at]) if at in given_low else own
            given_low.add(at)
        if "vm_max_pu" in values:
            own = round(values["vm_max_pu"] * MICRO_PU)
            high[at] = min(own, high[at]) if at in given_high else own
            given_high.add(at)
    return replace(limits, loading_mpct=frozen(loading), v_low_micro_pu=frozen(low), v_high_micro_pu=frozen(high))


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """What is taken off limits: loading per branch (0.001 %), voltage per node at either end of its band (micro-pu)."""

    loading_mpct: Integer
    low_micro_pu: Integer
    high_micro_pu: Integer

    @classmethod
    def none(cls, network: StudyNetwork) -> Amounts:
        """Return nothing to be taken off."""
        nodes = np.zeros(network.topology.n_nodes, dtype=np.int64)
        return cls(np.zeros(network.topology.n_branches, dtype=np.int64), nodes, nodes.copy())

    def off(self, limits: Limits) -> Limits:
        """Return the limits less these amounts."""
        return tightened(limits, self.loading_mpct, self.low_micro_pu, self.high_micro_pu)


def read_amounts(path: Path, network: StudyNetwork, problems: Problems) -> Amounts:
    """Return the amounts of a file: forecast margins, or relief that somebody has bought."""
    voltage = (0.0, 1.0)
    columns = {"loading_percent": (0.0, MAX_LOADING_PERCENT), "low_voltage_pu": voltage, "high_voltage_pu": voltage}
    found = Amounts.none(network)
    for element, values in _element_rows(path, columns, network, problems):
        for column, amounts, scale in (
            ("loading_percent", found.loading_mpct, MPCT),
            ("low_voltage_pu", found.low_micro_pu, MICRO_PU),
            ("high_voltage_pu", found.high_micro_pu, MICRO_PU),
        ):
            if column in values:
                amounts[element.position] = max(amounts[element.position], round(values[column] * scale))
    return found


def _element_rows(
    path: Path, columns: dict[str, tuple[float, float]], network: StudyNetwork, problems: Problems
) -> list[tuple[Element, dict[str, float]]]:
    """Return elements with the cells that are filled; the first column is about branches, the others about buses."""
    of_branches, *of_buses = columns
    seen: dict[str, int] = {}
    found = []
    for row in read_table(path, ("element",), tuple(columns), problems):
        element = network.find_element(row.text("element"))
        values = {name: row.number_in(name, *columns[name], required=False) for name in columns}
        if isinstance(element, str):
            row.refuse("element", element)
            continue
        if element.id in seen:
            row.refuse("element", f"the same element stands in row {seen[element.id]}: one row per element")
        seen.setdefault(element.id, row.number)
        for name in of_buses if element.is_branch else [of_branches]:
            if row.text(name):
                kind, own = ("branch", of_branches) if element.is_branch else ("bus", " or ".join(of_buses))
                row.refuse(name, f"{element.id} is a {kind}: only {own} can be given")
        if not any(row.text(name) for name in columns):
            row.refuse("element", f"names no value; give {', '.join(columns)}")
        found.append((element, {name: value for name, value in values.items() if value is not None}))
    return [(e, {k: v for k, v in values.items() if (k == of_branches) == e.is_branch}) for e, values in found]


def tariff_parameters(network: StudyNetwork, parameters: StudyParameters) -> TariffParameters:
    """Return the parameters of Φ; every bus is a monitored node, also one joined to another by a closed switch."""
    return TariffParameters(
        energy_price_micro_eur_per_mwh=round(parameters.pi_energy_eur_per_mwh * 1e6),
        scarcity_price_micro_eur_per_mwh=round(parameters.pi_congestion_eur_per_mwh * 1e6),
        voltage_price_micro_eur_per_pu_h=round(parameters.pi_voltage_eur_per_pu_h * 1e6),
        loading_amber_mpct=round(parameters.amber_loading_percent * MPCT),
        loading_red_mpct=round(parameters.red_loading_percent * MPCT),
        deviation_amber_micro_pu=round(parameters.amber_voltage_deviation_pu * MICRO_PU),
        deviation_red_micro_pu=round(parameters.red_voltage_deviation_pu * MICRO_PU),
        monitored_nodes=network.bus_nodes,
        exponent=parameters.exponent,
    )
