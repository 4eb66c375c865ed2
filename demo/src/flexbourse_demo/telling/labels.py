"""How people call the parts of the grid and of the market."""

from __future__ import annotations

import re

from flexbourse_demo.driving.notes import home_of
from flexbourse_demo.modelled.village import OPERATOR_ID, SUPPLIER_ID, Village
from flexbourse_demo.robots.market_view import TICKS_PER_CENT
from flexbourse_gridmath.model import Branch, NetworkModel

_NUMBERED = re.compile(r"(?P<kind>[a-z]*)_?line_(?P<street>\d+)_(?P<number>\d+)$", re.IGNORECASE)
NETWORK_WORDS = {
    "kerber-dorf": "Kerber Dorfnetz, a published rural German grid",
    "cigre-lv": "CIGRE LV, a published European benchmark grid",
}


def branch_label(branch: Branch) -> str:
    """Return what a cable or transformer is called."""
    if branch.kind != "line":
        return "transformer"
    found = _NUMBERED.search(branch.name)
    if found is None:
        return f"cable {branch.name}"
    own = "service cable" if "branch" in branch.name else "cable"
    return f"{own} {found['street']}-{found['number']}"


def branch_labels(model: NetworkModel) -> dict[str, str]:
    """Return the label of every branch by its id."""
    return {branch.id: branch_label(branch) for branch in model.branches}


def element_label(element_id: str, labels: dict[str, str], village: Village) -> str:
    """Return what an element is called: a cable, the transformer, or the connection of a home."""
    if element_id in labels:
        return labels[element_id]
    home = next((home for home in village.homes if home.node_id == element_id), None)
    return f"voltage at {home.name}" if home else f"voltage at {element_id}" if element_id else "the grid"


def unit_label(unit_id: str, village: Village) -> str:
    """Return who a unit is to a reader."""
    owner = home_of(unit_id)
    if owner in village.by_id:
        return village.home(owner).name
    return {SUPPLIER_ID: "the supplier", OPERATOR_ID: "the network operator"}.get(owner, owner or "the operator")


def device_label(unit_id: str, village: Village) -> str:
    """Return who a unit is, with the device where it is not the household itself."""
    device = {"vehicle": ", car", "heat-pump": ", heat pump", "battery": ", battery"}
    return unit_label(unit_id, village) + device.get(unit_id.partition(".")[2], "")


def cents(ticks: int) -> float:
    """Return a price in ct/kWh."""
    return ticks / TICKS_PER_CENT


def network_words(network: str) -> str:
    """Return what a network is called in a sentence."""
    return NETWORK_WORDS.get(network, f"the network {network}")
