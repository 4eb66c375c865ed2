"""Importing networks: what is kept, what is refused, with every problem listed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandapower
import pytest

from flexbourse_gridmath.model import ModelError, NetworkModel
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.network_import import MAX_JSON_BYTES, NetworkImport


def as_json(net: pandapower.pandapowerNet) -> bytes:
    text = pandapower.to_json(net)
    assert isinstance(text, str)
    return text.encode()


def problems(content: bytes) -> tuple[str, ...]:
    with pytest.raises(ModelError) as refused:
        NetworkImport(None).from_json(content)
    return refused.value.problems


def test_a_network_by_name_and_the_same_as_json_are_one_model() -> None:
    by_name = NetworkImport(None).from_library("kerber-dorf")
    assert NetworkImport(None).from_json(as_json(library_network("create_kerber_dorfnetz"))) == by_name
    assert len(NetworkModel.from_bytes(by_name).nodes) == 116


def test_every_problem_of_a_bad_network_is_listed() -> None:
    net = library_network("create_cigre_network_lv")
    net.line.loc[0, "max_i_ka"] = float("nan")
    net.line.loc[1, ["r_ohm_per_km", "x_ohm_per_km"]] = 0.0
    pandapower.create_bus(net, 0.4, name="lonely")
    found = problems(as_json(net))
    assert len(found) == 3
    for element, what in (("line 0", "rating is missing"), ("line 1", "zero impedance"), ("(lonely)", "an island")):
        assert any(element in problem and what in problem for problem in found), (element, found)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a": 1}', b"\xff\xfe", b"x" * (MAX_JSON_BYTES + 1)])
def test_what_is_no_network_is_refused(content: bytes) -> None:
    assert problems(content)


@pytest.mark.parametrize(
    "content",
    [
        b'{"_module": "os", "_class": "system", "_object": "id"}',
        b'{"_module": "pandapower.auxiliary", "_object": "{\\"_module\\": \\"subprocess\\"}"}',
        b'{"\\u005fmodule": "os\\u002epath", "_class": "x"}',
    ],
)
def test_a_file_cannot_name_modules_of_its_choice(content: bytes) -> None:
    assert all("objects of the module" in problem for problem in problems(content))


@pytest.mark.parametrize("name", ["no_such_net", "create_nothing", "../etc", "os.system", "create_empty_network"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ModelError):
        NetworkImport(None).from_library(name)


def test_a_kept_import_needs_no_pandapower(tmp_path: Path) -> None:
    model = NetworkImport(tmp_path).from_library("cigre-lv")
    program = (
        "import sys, pathlib\n"
        "from flexbourse_networks.network_import import NetworkImport\n"
        "model = NetworkImport(pathlib.Path(sys.argv[1])).from_library('cigre-lv')\n"
        "assert 'pandapower' not in sys.modules and 'pandas' not in sys.modules\n"
        "sys.stdout.buffer.write(model)\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, check=True)
    assert run.stdout == model
