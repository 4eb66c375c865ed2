"""Reading pandapower networks: what comes out, and every reason to refuse named with its element."""

from __future__ import annotations

import random

import pandapower
import pandapower.networks
import pytest

from flexbourse_gridmath.model import ModelError
from flexbourse_networks.feeders import Link, assign_zones
from flexbourse_networks.pandapower_network import library_network, read_network


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


def test_open_end_of_a_line_is_a_node_without_a_name(village):
    line = village.line.index[-1]
    pandapower.create_switch(village, village.line.to_bus.at[line], line, et="l", closed=False)
    assert any("island" in text for text in reasons(village)), "what hangs behind it has no source"
    far = village.line.to_bus.at[line]
    village.bus.loc[far, "in_service"] = False
    village.load = village.load[village.load.bus != far]
    model = read_network(village)
    assert [node.id for node in model.nodes if node.id.startswith("open-end")]


def test_open_end_of_a_line_has_the_band_of_the_bus_that_the_line_hangs_on():
    net = library_network("create_cigre_network_mv")
    net.bus["min_vm_pu"], net.bus["max_vm_pu"] = 0.9, 1.1
    bands = {node.id: node.v_low_micro_pu for node in read_network(net).nodes}
    assert {low for name, low in bands.items() if name.startswith("open-end")} == {900_000}


def test_every_problem_is_listed_with_its_element(village):
    village.line.loc[3, "max_i_ka"] = float("nan")
    village.line.loc[4, "max_i_ka"] = 99_999.0
    village.line.loc[5, "length_km"] = 0.0
    village.trafo.loc[0, "sn_mva"] = 0.0
    village.trafo.loc[0, "oltc"] = True
    pandapower.create_gen(village, 7, p_mw=0.01)
    pandapower.create_ext_grid(village, 9)
    pandapower.create_bus(village, 0.4, name="lonely")
    text = "\n".join(reasons(village))
    for expected in (
        "network: 2 sources in service (ext_grid 0, ext_grid 1)",
        "gen 0: a generator that holds its voltage",
        "line 3: rating is missing",
        "line 4: rating 99999.0 kA",
        "line 5: zero impedance",
        "trafo 0: rating is missing (sn_mva 0.0)",
        "trafo 0: oltc",
        "bus 116 (lonely): not connected to the source, an island",
    ):
        assert expected in text


def test_free_controls_and_impedances_are_refused(village):
    pandapower.create_impedance(village, 3, 5, rft_pu=0.01, xft_pu=0.01, sn_mva=1.0)
    pandapower.create_switch(village, 7, 9, et="b", z_ohm=0.01)
    pandapower.control.DiscreteTapControl(village, 0, 0.98, 1.02)
    text = "\n".join(reasons(village))
    assert "impedance 0: a free impedance" in text
    assert "switch 0: the impedance of a closed switch" in text
    assert "controller 0: controls are not supported" in text


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
