"""Several sources, controls held where they are, three windings, open ends: against the library's own power flow."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pandapower
import pytest
from pandapower.control import ConstControl, ContinuousTapControl, DiscreteTapControl
from pandapower.control.controller.DERController import DERController, QModelQVCurve, QVCurve

from flexbourse_gridmath.model import UNLIMITED_RATING_KA, switched
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_networks import ImportedNetwork, NetworkProblems, OtherControl, PowerControl, TapChanger, VoltageSource
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import import_network
from flexbourse_networks.options import ImportOptions


@pytest.fixture
def village() -> Any:
    return library_network("create_kerber_dorfnetz")


def agrees(network: ImportedNetwork, net: Any, within_pu: float = 1e-7) -> None:
    """The model with its base case is the state that the library finds, controls included."""
    solved = copy.deepcopy(net)
    pandapower.runpp(solved, trafo_model="pi", numba=False, tolerance_mva=1e-9, run_control=len(net.controller) > 0)
    topology = compile_topology(network.model)
    point = solve_from_no_load(topology, network.base_p_w, network.base_q_var)
    assert not isinstance(point, NotConverged)
    for bus in solved.bus.index:
        ours = point.magnitude[topology.node_index[network.node_id(int(bus))]]
        assert ours == pytest.approx(solved.res_bus.vm_pu.at[bus], abs=within_pu)
    closed = [i for i in solved.trafo.index if f"trafo-{i}" in topology.branch_index]
    for index, loading in solved.res_trafo.loading_percent[closed].items():
        ours = point.loading[topology.branch_index[f"trafo-{index}"]] * 100
        assert ours == pytest.approx(loading, abs=1e-3)


def test_a_generator_is_held_at_its_solved_power(village: Any) -> None:
    pandapower.create_gen(village, 50, p_mw=0.02, vm_pu=1.0, min_q_mvar=-0.05, max_q_mvar=0.3, name="CHP")
    network = import_network(village)
    agrees(network, village)
    (held,) = network.controls
    assert isinstance(held, VoltageSource)
    assert (held.element, held.node, held.vm_pu, held.p_w) == ("gen 0", "bus-50", 1.0, 20_000)
    assert (held.q_min_var, held.q_max_var) == (-50_000, 300_000)
    assert held.q_var > 0
    loads = village.load[village.load.bus == 50]
    place = [node.id for node in network.model.nodes].index("bus-50")
    assert network.base_q_var[place] == pytest.approx(held.q_var - loads.q_mvar.sum() * 1e6, abs=1)


@pytest.mark.parametrize("kind", ["discrete", "continuous"])
def test_a_tap_changer_is_held_where_its_control_leads(village: Any, kind: str) -> None:
    village.trafo.loc[0, ["tap_pos", "tap_min", "tap_max", "tap_neutral"]] = [0, -6, 6, 0]
    village.trafo.loc[0, "tap_step_percent"] = 1.5
    if kind == "discrete":
        DiscreteTapControl(village, 0, vm_lower_pu=1.01, vm_upper_pu=1.03)
    else:
        ContinuousTapControl(village, 0, vm_set_pu=1.02)
    network = import_network(village)
    agrees(network, village)
    (tap,) = network.controls
    assert isinstance(tap, TapChanger)
    assert (tap.element, tap.branch, tap.node, tap.minimum, tap.maximum) == ("trafo 0", "trafo-0", "bus-1", -6, 6)
    assert tap.position < 0
    assert (tap.low_pu, tap.high_pu) == ((1.01, 1.03) if kind == "discrete" else (1.02, 1.02))
    assert village.trafo.tap_pos.at[0] == 0, "the network given stays as it is"


def test_a_tap_that_may_move_without_a_control_is_named(village: Any) -> None:
    village.trafo["oltc"] = True
    (tap,) = import_network(village).controls
    assert isinstance(tap, TapChanger)
    assert (tap.element, tap.node, tap.low_pu) == ("trafo 0", None, None)


def test_reactive_power_by_voltage_is_held_as_solved(village: Any) -> None:
    pandapower.create_sgen(village, 60, p_mw=0.05, sn_mva=0.06)
    curve = QVCurve(vm_points_pu=(0.0, 0.93, 1.03, 1.05, 1.07, 2.0), q_points_pu=(0.4, 0.4, 0.1, 0.0, -0.4, -0.4))
    DERController(village, 0, q_model=QModelQVCurve(curve))
    network = import_network(village)
    agrees(network, village, within_pu=2e-6)  # that control stops near its curve, not on it
    (held,) = network.controls
    assert isinstance(held, PowerControl)
    assert (held.element, held.node, held.p_w) == ("sgen 0", "bus-60", 50_000)
    assert held.rule == "DERController QModelQVCurve"
    assert held.q_var != 0


def test_a_control_of_another_kind_is_named(village: Any) -> None:
    ConstControl(village, "load", "p_mw", 0)
    assert import_network(village).controls == (OtherControl("controller 0", "ConstControl"),)


def test_two_substations_that_are_apart_have_one_source() -> None:
    net = library_network("oberrhein")
    network = import_network(net)
    assert network.node_id(58) == network.node_id(318) == "bus-58"
    assert network.model.slack == "bus-58"
    agrees(network, net)


def test_two_sources_of_one_grid_have_to_be_told_apart() -> None:
    net = library_network("oberrhein")
    net.switch["closed"] = True  # now the feeders of both are meshed
    with pytest.raises(NetworkProblems) as refused:
        import_network(net)
    assert refused.value.problems == (
        "network: 2 sources in service (ext_grid 0, ext_grid 1), must be exactly one: they feed the same grid",
    )
    network = import_network(net, ImportOptions(source="ext_grid 1"))
    agrees(network, net)
    assert network.model.slack == "bus-318"
    (held,) = network.controls
    assert (held.element, held.node) == ("ext_grid 0", "bus-58")
    with pytest.raises(NetworkProblems, match="ext_grid 7 is not a source in service"):
        import_network(net, ImportOptions(source="ext_grid 7"))


def three_windings(tap_side: str, shift: float) -> Any:
    net = pandapower.create_empty_network()
    high, middle, low = (pandapower.create_bus(net, kv) for kv in (110, 20, 10))
    pandapower.create_ext_grid(net, high, vm_pu=1.01)
    pandapower.create_transformer3w_from_parameters(
        net, high, middle, low, vn_hv_kv=112, vn_mv_kv=20.5, vn_lv_kv=10.4, sn_hv_mva=40, sn_mv_mva=25, sn_lv_mva=20,
        vk_hv_percent=10, vk_mv_percent=11, vk_lv_percent=12, vkr_hv_percent=0.3, vkr_mv_percent=0.31,
        vkr_lv_percent=0.32, pfe_kw=30, i0_percent=0.1, shift_mv_degree=shift, shift_lv_degree=shift + 30,
        tap_side=tap_side, tap_pos=3, tap_neutral=0, tap_min=-9, tap_max=9, tap_step_percent=1.5,
        tap_changer_type="Ratio",
    )  # fmt: skip
    pandapower.create_load(net, middle, 12, 4)
    pandapower.create_load(net, low, 9, 3)
    return net


@pytest.mark.parametrize("tap_side", ["hv", "mv", "lv"])
@pytest.mark.parametrize("shift", [0.0, 150.0])
def test_three_windings_are_a_star_rated_at_its_terminals(tap_side: str, shift: float) -> None:
    net = three_windings(tap_side, shift)
    network = import_network(net)
    agrees(network, net)
    pandapower.runpp(net, trafo_model="pi", numba=False, tolerance_mva=1e-9)
    topology = compile_topology(network.model)
    point = solve_from_no_load(topology, network.base_p_w, network.base_q_var)
    assert not isinstance(point, NotConverged)
    assert max(point.loading) * 100 == pytest.approx(net.res_trafo3w.loading_percent.at[0], abs=1e-4)
    assert [x.id for x in network.model.branches] == ["trafo3w-0-hv", "trafo3w-0-mv", "trafo3w-0-lv"]
    assert {x.rating_to_ka for x in network.model.branches} == {UNLIMITED_RATING_KA}
    assert {x.zone for x in network.model.branches} == {"trafo3w-0"}


@pytest.mark.parametrize("side", ["mv", "lv"])
def test_a_winding_that_is_open_can_be_closed(side: str) -> None:
    net = three_windings("hv", 0.0)
    middle, low = int(net.trafo3w.mv_bus.at[0]), int(net.trafo3w.lv_bus.at[0])
    pandapower.create_transformer_from_parameters(
        net, middle, low, sn_mva=20, vn_hv_kv=20, vn_lv_kv=10, vkr_percent=0.5, vk_percent=8, pfe_kw=10,
        i0_percent=0.1, shift_degree=30,
    )  # fmt: skip
    pandapower.create_switch(net, middle if side == "mv" else low, 0, et="t3", closed=False)
    opened = import_network(net)
    agrees(opened, net)
    assert [x.id for x in opened.model.open_branches] == [f"trafo3w-0-{side}"]
    net.switch["closed"] = True
    closed = replace(opened, model=switched(opened.model, [], [f"trafo3w-0-{side}"]))
    agrees(closed, net)


@pytest.mark.parametrize("end", ["hv_bus", "lv_bus"])
def test_a_transformer_that_is_open_at_one_side_still_has_its_iron_losses(end: str) -> None:
    net = library_network("create_kerber_dorfnetz")
    second = pandapower.create_transformer(net, 0, 1, "0.63 MVA 10/0.4 kV")
    pandapower.create_switch(net, int(net.trafo[end].at[second]), second, et="t", closed=False)
    network = import_network(net)
    assert [x.id for x in network.model.open_branches] == [f"trafo-{second}"]
    agrees(network, net)
    net.switch["closed"] = True
    agrees(replace(network, model=switched(network.model, [], [f"trafo-{second}"])), net)
