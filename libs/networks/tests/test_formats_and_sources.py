"""One entrance for every format: the same grid out of each, and what a file of no use says for itself."""

from __future__ import annotations

import json
import math
import sys
import types
from pathlib import Path

import numpy as np
import pandapower
import pandas as pd
import pytest
from pandapower.converter.matpower.to_mpc import to_mpc
from pandapower.io_utils import to_dict_of_dfs

from flexbourse_gridmath.model import UNLIMITED_RATING_KA
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_networks import ImportedNetwork, NetworkProblems, UnknownBusError, load
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.simbench import NOTICE


def voltages(network: ImportedNetwork) -> dict[str, float]:
    topology = compile_topology(network.model)
    point = solve_from_no_load(topology, network.base_p_w, network.base_q_var)
    assert not isinstance(point, NotConverged)
    return dict(zip(topology.node_ids, point.magnitude.tolist(), strict=True))


def problems(source: str | Path, **options: object) -> tuple[str, ...]:
    with pytest.raises(NetworkProblems) as refused:
        load(source, **options)  # type: ignore[arg-type]
    return refused.value.problems


def write_excel(net: pandapower.pandapowerNet, path: Path) -> None:
    """What the library's own function writes, without the package that it asks for."""
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for name, table in to_dict_of_dfs(net, include_std_types=True).items():
            table.to_excel(writer, sheet_name=name)


def test_json_excel_and_library_are_one_network(tmp_path: Path) -> None:
    net = library_network("cigre-lv")
    pandapower.to_json(net, str(tmp_path / "net.json"))
    write_excel(net, tmp_path / "net.xlsx")
    named = load("cigre-lv")
    for file in ("net.json", "net.xlsx"):
        read = load(file, base_dir=tmp_path)
        assert read.model.to_bytes() == named.model.to_bytes()
        assert read.base_p_w.tolist() == named.base_p_w.tolist()
        assert dict(read.names) == dict(named.names)


def test_base_case_names_and_coordinates() -> None:
    network, net = load("cigre-lv"), library_network("cigre-lv")
    index = {node.id: i for i, node in enumerate(network.model.nodes)}
    expected = np.zeros(len(index), dtype=np.int64)
    for row in net.load.itertuples():
        expected[index[network.node_id(row.bus)]] -= round(row.p_mw * row.scaling * 1e6)
    assert network.base_p_w.dtype == np.int64
    assert network.base_p_w.tolist() == expected.tolist()
    bus = int(net.bus.index[net.bus.name == "Bus R11"][0])
    assert network.node_id("Bus R11") == network.node_id(bus) == network.node_id(f"bus-{bus}") == f"bus-{bus}"
    x, y = json.loads(net.bus.geo.at[bus])["coordinates"]
    assert network.coordinates[f"bus-{bus}"] == (x, y)
    with pytest.raises(UnknownBusError, match="not in the network"):
        network.node_id("Bus R99")


def test_an_index_wins_over_a_name_and_a_shared_name_is_none(tmp_path: Path) -> None:
    net = library_network("kerber-landnetz")
    net.bus["name"] = net.bus["name"].astype(object)
    net.bus.loc[2, "name"], net.bus.loc[3, "name"] = "5", "7"  # another bus's index
    net.bus.loc[4, "name"], net.bus.loc[6, "name"], net.bus.loc[8, "name"] = "twice", "twice", "900"
    pandapower.to_json(net, str(tmp_path / "net.json"))
    network = load(tmp_path / "net.json")
    assert (network.node_id("5"), network.node_id(7)) == ("bus-5", "bus-7")
    with pytest.raises(UnknownBusError, match="more than one"):
        network.node_id("twice")
    with pytest.raises(UnknownBusError, match="not in the network"):
        network.node_id("900")  # where names and indices are mixed up, no number is taken for a name


def test_published_cases_without_ratings_have_no_limit_and_say_so() -> None:
    network = load("case33bw")
    assert {branch.rating_from_ka for branch in network.model.branches} == {UNLIMITED_RATING_KA}
    assert network.notices == ("branches that the published case gives no rating have no current limit",)
    assert {branch.rating_to_ka for branch in load("case33bw", default_rating_ka=0.3).model.branches} == {0.3}


@pytest.mark.parametrize("name", ["case9", "case30", "case57"])
def test_a_matpower_file_is_the_case_it_came_from(name: str, tmp_path: Path) -> None:
    net = library_network(name)
    pandapower.runpp(net, numba=False, trafo_model="pi", tolerance_mva=1e-9)
    to_mpc(net, str(tmp_path / "case.mat"))
    network = load(tmp_path / "case.mat", default_rating_ka=math.inf)
    found, rows = voltages(network), net._pd2ppc_lookups["bus"]
    assert len(network.controls) == len(net.gen)
    for bus in net.bus.index:
        assert found[network.node_id(rows[bus] + 1)] == pytest.approx(net.res_bus.vm_pu.at[bus], abs=1e-7)


@pytest.mark.parametrize("source", ["gone.json", "gone.xlsx", "gone.m", "gone.zip", Path("gone")])
def test_a_file_that_is_not_there(source: str | Path, tmp_path: Path) -> None:
    assert any("gone" in text for text in problems(source, base_dir=tmp_path))


@pytest.mark.parametrize("name", ["net.json", "net.xlsx", "net.m", "net.mat", "net.zip", "net.xml"])
@pytest.mark.parametrize("content", [b"", b"\0\1\2\3", b"{}", b"PK\3\4broken", b"<a><b></a>", b"MATLAB 5.0 MAT-file"])
def test_rubbish_is_a_problem_of_the_file(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert problems(name, base_dir=tmp_path)


def test_an_excel_file_cannot_name_modules_of_its_choice(tmp_path: Path) -> None:
    net = library_network("kerber-landnetz")
    write_excel(net, tmp_path / "net.xlsx")
    import openpyxl

    book = openpyxl.load_workbook(tmp_path / "net.xlsx")
    book["load"].cell(row=2, column=2).value = '{"_module": "subprocess", "_class": "Popen", "_object": "id"}'
    book.save(tmp_path / "net.xlsx")
    assert problems(tmp_path / "net.xlsx") == ("file: objects of the module subprocess",)


def test_simbench_names_its_extra_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simbench", None)
    (text,) = problems("simbench:1-LV-rural1--0-sw")
    assert "flexbourse-networks[simbench]" in text


def test_simbench_networks_come_with_their_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    package = types.ModuleType("simbench")
    package.collect_all_simbench_codes = lambda: ["1-LV-rural1--0-sw"]  # type: ignore[attr-defined]
    package.get_simbench_net = lambda _: library_network("kerber-landnetz")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "simbench", package)
    network = load("simbench:1-LV-rural1--0-sw")
    assert network.notices == (NOTICE,)
    assert "Open Database License 1.0" in NOTICE
    assert network.model.name == "1-LV-rural1--0-sw"
    assert problems("simbench:none") == ("simbench:none: not a code of SimBench",)
