"""A model that does not reproduce the state that the file's own solver finds is refused; held voltages are solved."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from flexbourse_networks import ImportedNetwork, NetworkProblems, load
from flexbourse_networks.from_pandapower import network as pandapower_network
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_power_grid_model.network import read_power_grid_model
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.power_balance import deviation, imbalance, injections, solve_held

TRAFO = {
    "id": 3, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1, "u1": 21e3, "u2": 410.0, "sn": 630e3,
    "uk": 0.06, "pk": 7e3, "i0": 0.004, "p0": 1.2e3, "winding_from": 2, "winding_to": 1, "clock": 5, "tap_side": 0,
    "tap_pos": 3, "tap_min": -4, "tap_max": 4, "tap_nom": 0, "tap_size": 400.0,
}  # fmt: skip


def document(**trafo: Any) -> Any:
    return {
        "version": "1.0", "type": "input", "is_batch": False, "attributes": {},
        "data": {
            "node": [{"id": 1, "u_rated": 20e3}, {"id": 2, "u_rated": 400.0}],
            "source": [{"id": 4, "node": 1, "status": 1, "u_ref": 1.0, "u_ref_angle": 0.1}],
            "sym_load": [{"id": 5, "node": 2, "status": 1, "type": 1, "p_specified": 3e5, "q_specified": 1e5}],
            "shunt": [{"id": 6, "node": 2, "status": 1, "g1": 0.01, "b1": 0.1}],
            "transformer": [{**TRAFO, **trafo}],
        },
    }  # fmt: skip


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("ends", [(-4, 4), (4, -4)])
@pytest.mark.parametrize("nominal", [0, 2, -4])
@pytest.mark.parametrize("position", [-3, 3])
def test_every_tap_of_power_grid_model(side: int, ends: tuple[int, int], nominal: int, position: int) -> None:
    """The import itself compares the model with that library's state, to 5 W at each node."""
    size = 400.0 if side == 0 else 8.0
    trafo = {"tap_side": side, "tap_min": ends[0], "tap_max": ends[1], "tap_nom": nominal, "tap_pos": position}
    spread = {"uk_min": 0.05, "uk_max": 0.08, "pk_min": 6e3, "pk_max": 9e3}
    read_power_grid_model(document(**trafo, tap_size=size), ImportOptions())
    read_power_grid_model(document(**trafo, **spread, tap_size=size), ImportOptions())


@pytest.mark.parametrize("status", [(1, 0), (0, 1)])
def test_a_transformer_of_power_grid_model_that_is_open_at_one_side(status: tuple[int, int]) -> None:
    open_ = document(from_status=status[0], to_status=status[1])
    second = {**TRAFO, "id": 7}
    open_["data"]["transformer"].append(second)
    network = read_power_grid_model(open_, ImportOptions())
    assert [x.id for x in network.model.open_branches] == ["trafo-3"]
    assert (network.model.charged_from, network.model.charged_to) == (
        (("trafo-3",), ()) if status[0] else ((), ("trafo-3",))
    )


def test_an_injection_that_the_reader_overlooks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    net = library_network("cigre-mv-der")
    monkeypatch.delitem(pandapower_network._INJECTIONS, "sgen")
    with pytest.raises(NetworkProblems) as refused:
        pandapower_network.import_network(net)
    assert len(refused.value.problems) == net.sgen.bus.nunique()
    assert all("the file's solver injects" in text for text in refused.value.problems)


@pytest.fixture(scope="module")
def meshed() -> ImportedNetwork:
    return load("case30")


def state(network: ImportedNetwork) -> Any:
    voltage = solve_held(network.model, network.base_p_w, network.base_q_var, {})
    assert voltage is not None
    return voltage


def test_a_state_balances_and_another_does_not(meshed: ImportedNetwork) -> None:
    voltage = state(meshed)
    p_w, q_var = meshed.base_p_w, meshed.base_q_var
    assert imbalance(meshed.model, voltage, p_w, q_var) == []
    assert deviation(meshed.model, voltage, p_w, q_var) == []
    place = next(i for i, node in enumerate(meshed.model.nodes) if node.id == "bus-7")
    moved = p_w.copy()
    moved[place] += 1_000
    (text,) = imbalance(meshed.model, voltage, moved, q_var)
    assert text.startswith("node bus-7: the file's solver injects")
    moved[place] += 5_000_000
    assert any(
        text.startswith("node bus-7: the file's solver finds")
        for text in deviation(meshed.model, voltage, moved, q_var)
    )
    branch = replace(meshed.model.branches[0], x_pu=meshed.model.branches[0].x_pu * 1.001)
    other = replace(meshed.model, branches=(branch, *meshed.model.branches[1:]))
    assert imbalance(other, voltage, p_w, q_var)


def test_held_nodes_stand_where_they_are_held(meshed: ImportedNetwork) -> None:
    held = {place: 1.02 for place, node in enumerate(meshed.model.nodes) if node.id in ("bus-12", "bus-21")}
    voltage = solve_held(meshed.model, meshed.base_p_w, meshed.base_q_var, held)
    assert voltage is not None
    assert np.abs(voltage)[list(held)] == pytest.approx(1.02, abs=1e-12)
    flows = injections(meshed.model, voltage) * meshed.model.base_mva * 1e6
    for place, node in enumerate(meshed.model.nodes):
        if node.id != meshed.model.slack:
            assert flows[place].real == pytest.approx(meshed.base_p_w[place], abs=1e-2)
            if place not in held:
                assert flows[place].imag == pytest.approx(meshed.base_q_var[place], abs=1e-2)


def test_what_has_no_solution_has_none(meshed: ImportedNetwork) -> None:
    assert solve_held(meshed.model, meshed.base_p_w * 100, meshed.base_q_var * 100, {}) is None
    text = deviation(meshed.model, state(meshed), meshed.base_p_w * 100, meshed.base_q_var * 100)
    assert text == ["network: the model has no power flow solution where the file's solver has one"]


def test_the_document_given_stays_as_it_is() -> None:
    given = document()
    before = copy.deepcopy(given)
    read_power_grid_model(given, ImportOptions())
    assert json.dumps(given) == json.dumps(before)
