"""Reading pandapower networks: what comes out, and every reason to refuse named with its element."""

from __future__ import annotations

import random
from dataclasses import replace

import pandapower
import pandapower.networks
import pytest

from flexbourse_gridmath.model import ModelError, switched
from flexbourse_networks.feeders import Link, assign_zones
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import read_network


@pytest.fixture
def village():
    return library_network("create_kerber_dorfnetz")


def reasons(net) -> list[str]:
    with pytest.raises(ModelError) as refused:
        read_network(net)
    return list(refused.value.problems)


def test_library_network_is_the_same_each_time_and_leaves_the_generator_alone():
    random.seed(99)
    expected = random.random()
    random.seed(99)
    first = read_network(library_network("create_kerber_dorfnetz"))
    assert random.random() == expected
    assert read_network(library_network("create_kerber_dorfnetz")).to_bytes() == first.to_bytes()


def test_village_has_six_feeders_and_zones_of_their_own_for_transformer_and_busbars(village):
    model = read_network(village)
    assert (len(model.nodes), len(model.branches)) == (116, 115)
    zones = {zone for element in (*model.nodes, *model.branches) for zone in [element.zone]}
    assert zones == {"busbar-bus-0", "busbar-bus-1", "trafo-0", *(f"feeder-{i}" for i in range(1, 7))}
    trafo = model.branches[-1]
    assert (trafo.kind, trafo.zone) == ("trafo", "trafo-0")
    assert trafo.rating_to_ka == pytest.approx(0.4 / 0.4 / 3**0.5)
    assert model.slack == "bus-0"


def test_reading_does_not_change_the_network(village):
    loads, results = village.load.copy(), len(village.res_bus)
    read_network(village)
    assert village.load.equals(loads)
    assert len(village.res_bus) == results


def test_joined_buses_become_one_node_that_answers_to_all_names():
    model = read_network(library_network("create_cigre_network_lv"))
    assert len(model.nodes) == 41
    source = next(node for node in model.nodes if node.id == model.slack)
    assert source.aliases == ("bus-0", "bus-1", "bus-20", "bus-23")
    assert {"feeder-1", "feeder-2", "feeder-3", "trafo-0", "trafo-1", "trafo-2"} <= {b.zone for b in model.branches}


def test_a_line_that_is_open_at_one_end_is_charged_and_can_be_closed():
    net = library_network("create_cigre_network_mv")
    model = read_network(net)
    assert [branch.id for branch in model.open_branches] == ["line-12", "line-13", "line-14"]
    assert len(model.charged_from) + len(model.charged_to) == 3
    net.switch["closed"] = True
    closed = read_network(net)
    switched_in = switched(model, [], ["line-12", "line-13", "line-14"])
    assert (switched_in.charged_from, switched_in.charged_to) == ((), ())
    ours, theirs = ({x.id: x for x in m.nodes} for m in (switched_in, closed))
    for name, node in theirs.items():
        assert ours[name].shunt_b_pu == pytest.approx(node.shunt_b_pu, abs=1e-15)
    for branch in switched_in.branches:
        other = next(x for x in closed.branches if x.id == branch.id)
        assert replace(branch, zone="") == replace(other, zone="")


def test_what_hangs_behind_an_open_switch_has_no_source(village):
    line = village.line.index[-1]
    far = village.line.to_bus.at[line]
    pandapower.create_switch(village, far, line, et="l", closed=False)
    assert reasons(village) == [f"bus {far} ({village.bus.name.at[far]}): not connected to the source, an island"]
    village.bus.loc[far, "in_service"] = False
    village.load = village.load[village.load.bus != far]
    assert not read_network(village).open_branches, "it ends at a bus that is out of service"


def test_every_problem_is_listed_with_its_element(village):
    village.line.loc[3, "max_i_ka"] = float("nan")
    village.line.loc[4, "max_i_ka"] = 99_999.0
    village.line.loc[5, "length_km"] = 0.0
    village.trafo.loc[0, "sn_mva"] = 0.0
    pandapower.create_ext_grid(village, 9, vm_pu=1.01)
    pandapower.create_bus(village, 0.4, name="lonely")
    text = "\n".join(reasons(village))
    for expected in (
        "network: 2 sources in service (ext_grid 0, ext_grid 1)",
        "line 3: rating is missing",
        "line 4: rating 99999.0 kA",
        "line 5: zero impedance",
        "trafo 0: rating is missing (sn_mva 0.0)",
        "bus 116 (lonely): not connected to the source, an island",
    ):
        assert expected in text


def test_impedances_need_ratings_and_equivalents_are_refused(village):
    pandapower.create_impedance(village, 3, 5, rft_pu=0.01, xft_pu=0.01, sn_mva=1.0)
    pandapower.create_switch(village, 7, 9, et="b", z_ohm=0.01)
    pandapower.create_xward(village, 7, 0, 0, 0, 0, 0.1, 0.1, 1.0)
    pandapower.create_dcline(village, 7, 9, p_mw=0.01, loss_percent=1, loss_mw=0, vm_from_pu=1, vm_to_pu=1)
    assert set(reasons(village)) == {
        "impedance 0: rating is missing (max_i_ka None)",
        "switch 0: rating is missing (in_ka nan)",
        "xward 0: an extended ward equivalent is not supported",
        "dcline 0: a DC line is not supported",
    }


def test_an_element_of_a_kind_unknown_here_is_refused(village):
    village["converter_dc"] = village.load.iloc[:1].copy()
    assert reasons(village) == ["converter_dc 0: an element of this kind is not supported"]


def test_numbers_that_are_none_and_buses_that_are_not_there_are_named(village):
    village.load.loc[4, "p_mw"] = float("nan")
    village.line.loc[7, "to_bus"] = 999
    village.trafo.loc[0, "vk_percent"] = float("nan")
    village.bus.loc[3, "vn_kv"] = 10.0
    found = reasons(village)
    assert "load 4: p_mw is not a number (nan)" in found
    assert "line 7: its bus does not exist (to_bus 999)" in found
    assert "trafo 0: vk_percent is not a number (nan)" in found
    assert any("joins 0.4 kV and 10.0 kV without a transformer" in text for text in found)


def test_loads_without_a_solution_are_said(village):
    village.load["p_mw"] = 10.0
    assert reasons(village) == ["network: no power flow solution with its own loads and generators"]


def test_no_source_is_said_once(village):
    village.ext_grid.loc[0, "in_service"] = False
    assert reasons(village) == ["network: 0 sources in service (none), must be exactly one"]


def test_published_feeder_without_ratings_is_refused_line_by_line():
    text = reasons(pandapower.networks.case33bw())
    assert len(text) == 32
    assert text[0].startswith("line 0: rating 99999.0 kA")


def test_own_voltage_band_and_loading_limit_are_read(village):
    village.bus["min_vm_pu"], village.bus["max_vm_pu"] = 0.94, 1.06
    village.line["max_loading_percent"] = 90.0
    model = read_network(village)
    assert {(node.v_low_micro_pu, node.v_high_micro_pu) for node in model.nodes} == {(940_000, 1_060_000)}
    assert {branch.limit_mpct for branch in model.branches} == {90_000, 100_000}


def test_line_between_two_busbars_and_parallel_transformers():
    links = [
        Link("t1", is_transformer=True, from_node="hv", to_node="a"),
        Link("t2", is_transformer=True, from_node="hv", to_node="b"),
        Link("tie", is_transformer=False, from_node="a", to_node="b"),
        Link("l1", is_transformer=False, from_node="a", to_node="x"),
        Link("l2", is_transformer=False, from_node="y", to_node="b"),
    ]
    zones = assign_zones(["hv", "a", "b", "x", "y"], links, "hv")
    assert zones.of_node == {
        "hv": "busbar-hv",
        "a": "busbar-a",
        "b": "busbar-b",
        "x": "feeder-1",
        "y": "feeder-2",
    }
    assert zones.of_branch == {"t1": "t1", "t2": "t2", "tie": "busbar-a", "l1": "feeder-1", "l2": "feeder-2"}


def test_a_network_of_the_library_comes_without_talk(caplog: pytest.LogCaptureFixture) -> None:
    # This one solves a power flow on the way, which warns where a compiler for it is not installed.
    library_network("mv_oberrhein")
    assert caplog.records == []
