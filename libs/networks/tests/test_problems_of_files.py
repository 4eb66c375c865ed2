"""Files of MATPOWER, power-grid-model and CGMES: what is against them is named by element, all of it at once."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flexbourse_networks import NetworkProblems, TapChanger, load
from flexbourse_networks.from_matpower.file import read_m
from flexbourse_networks.from_matpower.network import read_matpower
from flexbourse_networks.from_power_grid_model.network import read_power_grid_model
from flexbourse_networks.options import ImportOptions

PHYSICS = Path(__file__).resolve().parents[3] / "tests" / "physics"
CASE = (PHYSICS / "two-bus" / "network.m").read_text()
RING = json.loads((PHYSICS / "ring-of-power-grid-model" / "network.json").read_text())


def matpower(text: str, **options: Any) -> tuple[str, ...]:
    with pytest.raises(NetworkProblems) as refused:
        read_matpower("case", text.encode(), ImportOptions(**options))
    return refused.value.problems


def changed(*pairs: tuple[str, str]) -> str:
    text = CASE
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


NO_SOURCE = "network: 0 reference buses with a generator (none), must be exactly one"
BRANCH = "1    2  0.03 0.06 0 1.2   0     0     0     0     1      -360   360;"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("0 1.2 ", "0 0   ")], ["branch 1: rating is missing (rateA 0, bus 1 to 2)"]),
        ([("0 1.2 ", "0 9900")], ["branch 1: rating is a placeholder (rateA 9900, bus 1 to 2)"]),
        ([("0.03 0.06", "0    0   ")], ["branch line-1: zero impedance (below 1e-09 pu)"]),
        ([("0.03 0.06", "NaN  0.06")], ["branch 1: column 3 is not a number"]),
        ([("1    2  0.03", "1    9  0.03")], ["branch 1: its bus does not exist (9)"]),
        ([("mpc.baseMVA = 1;", "mpc.baseMVA = -1;")], ["file: baseMVA must be positive (-1.0)"]),
        ([("    1   3 ", "    1   1 ")], [NO_SOURCE]),
        ([("1     1      10", "1     0      10")], [NO_SOURCE]),
        ([("    2   1    0.8", "    1   1    0.8"), ("1    2  0.03", "1    1  0.03")], ["bus 1: 2 rows"]),
        ([("0  10     1    1.1  0.9;\n];", "0  0 1 1.1 0.9;\n];")], ["bus 2: nominal voltage is missing (baseKV 0)"]),
        ([("mpc.version = '2';", "mpc.version = '1';")], ["file: not a MATPOWER case of version 2 (mpc.version)"]),
        ([(BRANCH, BRANCH + "\n    1 2 3;")], ["file: mpc.branch has rows of different length (3, 13)"]),
        ([(BRANCH, BRANCH.replace("0.03", "R"))], ["file: mpc.branch row 1: not a number (R)"]),
        ([("mpc.gen = [", "mpc.sources = [")], ["file: mpc.gen is missing"]),
        ([("0.8  0.4", "8e3  0.4")], ["network: no power flow solution with its own loads and generators"]),
    ],
)  # fmt: skip
def test_a_matpower_file_names_its_rows(pairs: list[tuple[str, str]], expected: list[str]) -> None:
    found = matpower(changed(*pairs))
    for text in expected:
        assert any(problem.startswith(text) for problem in found), found


def test_a_matpower_file_lists_everything_at_once() -> None:
    third = BRANCH.replace("1    2 ", "2    3 ").replace("1.2", "0  ")
    islands = CASE.replace(
        "];\n%   bus Pg", "    3 1 0.1 0 0 0 1 1 0 10 1 1.1 0.9;\n    4 1 0 0 0 0 1 1 0 10 1 1.1 0.9;\n];\n%   bus Pg"
    )
    found = matpower(islands.replace(BRANCH, f"{BRANCH}\n    {third}"))
    assert found == (
        "branch 2: rating is missing (rateA 0, bus 2 to 3)",
        "node bus-4: not connected to the source bus-1",
    )


def test_a_matpower_program_is_not_half_understood() -> None:
    (text,) = matpower(CASE + "mpc.branch(1, 3) = 0.5;\n")
    assert text == "file: a statement that is no plain table, save the case from MATPOWER (mpc.branch(1, 3) = 0.5)"


def test_the_conversions_of_published_distribution_cases_are_made() -> None:
    code = """
    %% convert branch impedances from Ohms to p.u.
    [PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...
        VA, BASE_KV, ZONE, VMAX, VMIN, LAM_P, LAM_Q, MU_VMAX, MU_VMIN] = idx_bus;
    [F_BUS, T_BUS, BR_R, BR_X, BR_B, RATE_A, RATE_B, RATE_C, ...
        TAP, SHIFT, BR_STATUS, PF, QF, PT, QT] = idx_brch;
    Vbase = mpc.bus(1, BASE_KV) * 1e3;      %% in Volts
    Sbase = mpc.baseMVA * 1e6;              %% in VA
    mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);

    %% convert loads from kW to MW
    mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;
    """
    plain, converted = read_m(CASE.encode()), read_m((CASE + code).encode())
    assert converted.branch[0, 2:4] == pytest.approx(plain.branch[0, 2:4] / 100)  # (10 kV)² over 1 MVA are 100 ohm
    assert converted.bus[1, 2:4] == pytest.approx(plain.bus[1, 2:4] / 1000)


def test_comments_names_and_isolated_buses() -> None:
    text = CASE.replace("];\n%   bus Pg", "    7 4 5 5 0 0 1 1 0 10 1 1.1 0.9;\n];\n%   bus Pg").replace(
        BRANCH,
        BRANCH
        + "  % the only line [with] a remark; = 3\n"
        + "1 7 0.1 0.1 0 1 0 0 0 0 1 -360 360;\n1 2 0.1 0.1 0 1 0 0 0 0 0 -360 360;",
    )
    network = read_matpower(
        "case", (text + "mpc.bus_name = {\n  'source 100 %';\n  'load';\n  'out'\n};\n").encode(), ImportOptions()
    )
    assert [x.id for x in network.model.nodes] == ["bus-1", "bus-2"]
    assert [x.id for x in network.model.open_branches] == ["line-3"]
    assert (network.node_id("source 100 %"), network.node_id("load"), network.node_id(2)) == ("bus-1", "bus-2", "bus-2")


def ring(change: Any) -> tuple[str, ...]:
    document = copy.deepcopy(RING)
    change(document["data"])
    with pytest.raises(NetworkProblems) as refused:
        read_power_grid_model(document, ImportOptions())
    return refused.value.problems


def test_power_grid_model_without_a_source_or_with_different_ones() -> None:
    assert ring(lambda data: data.pop("source")) == (
        "network: 0 sources in service (none), must be exactly one, or of one voltage",
    )

    def second(data: Any) -> None:
        data["source"].append({**data["source"][0], "id": 51, "u_ref": 0.98})

    assert ring(second) == (
        "network: 2 sources in service (source 50, source 51), must be exactly one, or of one voltage",
    )


def test_power_grid_model_names_components_and_what_they_lack() -> None:
    def spoil(data: Any) -> None:
        data["line"][0]["i_n"] = 0.0
        data["line"][1].update(r1=0.0, x1=0.0)
        data["node"].append({"id": 9, "u_rated": 20e3})

    found = ring(spoil)
    assert "line 10: rating is missing (i_n)" in found
    assert any(text.startswith("branch line-11: zero impedance") for text in found)
    assert "node bus-9: not connected to the source source" in found
    assert ring(lambda data: data["line"][0].pop("r1")) == ("line 10: r1 is not a number",)


def test_power_grid_model_that_is_no_input() -> None:
    for key, value in (("type", "update"), ("is_batch", True)):
        with pytest.raises(NetworkProblems, match="not the input of one network"):
            read_power_grid_model({**RING, key: value}, ImportOptions())
    with pytest.raises(NetworkProblems, match="not a power-grid-model network"):
        read_power_grid_model({**RING, "data": {"nonsense": [{"id": 1}]}}, ImportOptions())


def test_the_regulator_of_power_grid_model_is_held_where_it_leads() -> None:
    network = read_power_grid_model(copy.deepcopy(RING), ImportOptions())
    (tap,) = network.controls
    assert isinstance(tap, TapChanger)
    assert (tap.branch, tap.node, tap.minimum, tap.maximum) == ("trafo-20", "bus-2", -9, 9)
    assert (tap.low_pu, tap.high_pu) == pytest.approx((20.15 / 20, 20.65 / 20))
    assert tap.position != RING["data"]["transformer"][0]["tap_pos"]


def test_joined_nodes_have_all_names() -> None:
    network = read_power_grid_model(copy.deepcopy(RING), ImportOptions())
    assert network.node_id(3) == network.node_id(2) == "bus-2"
    assert network.node_id(6) == "bus-6", "its link is open"


def test_cgmes_files_name_what_is_missing(tmp_path: Path) -> None:
    for file in (PHYSICS / "cgmes-street").glob("*.xml"):
        text = file.read_text()
        if "_EQ" in file.name:
            text = text.replace("<cim:CurrentLimit.value>160</cim:CurrentLimit.value>", "")
        (tmp_path / file.name).write_text(text)
    with pytest.raises(NetworkProblems) as refused:
        load(tmp_path)
    assert all("rating is missing" in text for text in refused.value.problems), refused.value.problems
    given = load(tmp_path, default_rating_ka=math.inf)
    assert np.array_equal(given.base_p_w, load(PHYSICS / "cgmes-street").base_p_w)
    (tmp_path / "street_EQ.xml").unlink()
    with pytest.raises(NetworkProblems, match="0 sources in service"):
        load(tmp_path)
