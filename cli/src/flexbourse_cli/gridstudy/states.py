"""What is said of a state, a trade and an element, as JSON has it."""

from __future__ import annotations

from typing import Any

from flexbourse_cli.gridstudy.inputs import Amounts, GivenTrade
from flexbourse_cli.gridstudy.lights import Members, all_members, cause_document, find, light_of
from flexbourse_cli.gridstudy.network import StudyNetwork
from flexbourse_gridmath.check import Binding
from flexbourse_gridmath.extremes import extremes, outside
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint
from flexbourse_gridmath.trades import LargestTrade, Rules, Verdict
from flexbourse_traffic_light.domain.thresholds import LightThresholds

NOT_CONVERGED = "GRID_CHECK_NOT_CONVERGED"
LIMIT_VIOLATED = "GRID_LIMIT_VIOLATED"
CEILING = "SEARCH_CEILING"
# The variants of a check: the trade, and what is left of it with either side missing.
WHEN = ("whole", "seller alone", "buyer alone")
PU_DIGITS, PERCENT_DIGITS, WATT_DIGITS, PRICE_DIGITS = 9, 6, 6, 6
"""Digits that are written; more would be noise of the arithmetic."""


class StateWriter:
    """Writes states of one network, with the light by one set of thresholds."""

    def __init__(self, network: StudyNetwork, thresholds: LightThresholds) -> None:
        self._network, self._thresholds = network, thresholds
        self._members: Members = all_members(network)
        self._no_margin = Amounts.none(network)

    def state(self, point: OperatingPoint | NotConverged, limits: Limits) -> dict[str, Any]:
        """Return the worst of a state; every value is None where no state exists."""
        if isinstance(point, NotConverged):
            return dict.fromkeys(_STATE_KEYS) | {"light": light_of(None, self._thresholds).light.name}
        worst, network = extremes(point, network_nodes(self._network)), self._network
        branches, nodes = outside(point, limits)
        light = light_of(find(network, point, self._members, self._no_margin), self._thresholds)
        values = (
            round(worst.lowest_pu, PU_DIGITS), network.node_label(worst.lowest_node),
            self._index(worst.lowest_node), round(worst.highest_pu, PU_DIGITS),
            network.node_label(worst.highest_node), self._index(worst.highest_node),
            round(worst.loading * 100, PERCENT_DIGITS), network.topology.branch_ids[worst.branch],
            network.branch_name(worst.branch),
            round(point.losses_pu * network.topology.base_va, WATT_DIGITS), len(branches) + len(nodes),
            light.light.name, cause_document(light.cause),
        )  # fmt: skip
        return dict(zip(_STATE_KEYS, values, strict=True))

    def _index(self, node: int) -> int | None:
        return self._network.of_node[node][0].index

    def verdict(self, given: GivenTrade, verdict: Verdict, rules: Rules) -> dict[str, Any]:
        """Return the answer to a trade with the state after it."""
        reason = NOT_CONVERGED if verdict.not_converged else "" if verdict.accepted else LIMIT_VIOLATED
        parts, change = verdict.dnut_eur_per_mwh, verdict.loss_change_w
        prices = {
            name: None if parts is None else round(getattr(parts, name), PRICE_DIGITS)
            for name in ("loss", "congestion", "voltage")
        }
        total = None if parts is None else round(parts.loss + parts.congestion + parts.voltage, PRICE_DIGITS)
        return {
            "row": given.row,
            "quantity_w": given.trade.quantity_w,
            **self._sides(given),
            "accepted": verdict.accepted,
            "reason": reason,
            "refused_by": self._binding(verdict.refused_by),
            "quantity_max_w": verdict.largest_w,
            "limited_by": self._binding(verdict.limited_by) or _end_of_search(verdict.largest_w, rules),
            "applied": verdict.applied,
            **self.state(verdict.after, rules.limits),
            "loss_change_w": None if change is None else round(change, WATT_DIGITS),
            "dnut_eur_per_mwh": {**prices, "total": total},
        }

    def largest(self, given: GivenTrade, largest: LargestTrade, rules: Rules) -> dict[str, Any]:
        """Return the largest quantity of a trade with the state after it."""
        return {
            **self._sides(given),
            "quantity_max_w": largest.quantity_w,
            "limited_by": self._binding(largest.limited_by) or _end_of_search(largest.quantity_w, rules),
            **self.state(largest.after, rules.limits),
        }

    def _binding(self, binding: Binding | None) -> dict[str, Any] | None:
        """Return the element that decides, with its value and what it is held to: percent or pu."""
        if binding is None:
            return None
        is_branch = binding.kind == "branch"
        scale, unit = (1e3, "percent") if is_branch else (1e6, "pu")
        name = self._network.branch_name(binding.index) if is_branch else self._network.node_label(binding.index)
        return {
            "element": binding.element_id,
            "name": name,
            "kind": "loading" if is_branch else "voltage",
            "value": binding.value / scale,
            "limit": binding.limit / scale,
            "unit": unit,
            "when": WHEN[binding.variant],
        }

    def _sides(self, given: GivenTrade) -> dict[str, Any]:
        return {
            "seller_bus": self._network.label(given.seller),
            "buyer_bus": self._network.label(given.buyer),
            "seller_basis": given.seller_basis,
            "buyer_basis": given.buyer_basis,
            "power_factor": given.power_factor,
        }


def number(value: float | None, digits: int) -> str:
    """Return a number for people, a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def describe_state(state: dict[str, Any]) -> str:
    """Return a state in one line."""
    count = state["elements_outside_limits"]
    return (
        f"{state['light']}, voltage {number(state['vm_min_pu'], 4)} pu at {state['vm_min_bus']} to "
        f"{number(state['vm_max_pu'], 4)} pu at {state['vm_max_bus']}, loading "
        f"{number(state['loading_max_percent'], 2)} % at {state['loading_max_element']}, losses "
        f"{number(state['losses_w'], 0)} W, {count} element{'' if count == 1 else 's'} outside limits"
    )


def describe_limit(limit: dict[str, Any]) -> str:
    """Return what limits a quantity in one line."""
    if "reason" in limit:
        return str(limit["reason"])
    when = "" if limit["when"] == WHEN[0] else f", {limit['when']}"
    return f"{limit['kind']} of {limit['name']}, {limit['value']} {limit['unit']} against {limit['limit']}{when}"


_STATE_KEYS = (
    "vm_min_pu", "vm_min_bus", "vm_min_bus_index", "vm_max_pu", "vm_max_bus", "vm_max_bus_index",
    "loading_max_percent", "loading_max_element", "loading_max_element_name", "losses_w", "elements_outside_limits",
    "light", "light_cause",
)  # fmt: skip


def network_nodes(network: StudyNetwork) -> list[int]:
    """Return the nodes of all buses, in the order of the buses: ends of lines that are open there are none."""
    return list(dict.fromkeys(network.bus_nodes))


def _end_of_search(largest_w: int, rules: Rules) -> dict[str, Any]:
    """Return what ended the search for the largest quantity where no element did."""
    return {"reason": CEILING if largest_w >= rules.ceiling_w else NOT_CONVERGED}
