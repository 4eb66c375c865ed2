"""`flexbourse grid continuous`: a market in a file, matched as it arrives; every problem of the file at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.main import cli
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import read_network
from flexbourse_networks.second_solver import SecondSolver

DOCS = Path(__file__).parents[2] / "docs"
# Fifteen buses as in the published cases, our own numbers: a trunk 1-2-3-4-5 and laterals; MW.
BRANCHES = [
    (1, 2, 1.4), (2, 3, 0.8), (3, 4, 0.42), (4, 5, 0.1), (2, 9, 0.2), (9, 10, 0.1), (2, 6, 0.4), (6, 7, 0.2),
    (6, 8, 0.1), (3, 11, 0.3), (11, 12, 0.2), (12, 13, 0.1), (4, 14, 0.1), (4, 15, 0.2),
]  # fmt: skip
SETPOINT = [1.2, -0.05, -0.06, -0.13, -0.05, -0.14, -0.13, -0.07, -0.08, -0.04, -0.13, -0.08, -0.05, -0.06, -0.13]


def branches() -> dict[str, Any]:
    return {"branches": [{"from": a, "to": b, "x": 0.01, "capacity_mw": mw} for a, b, mw in BRANCHES]}


def order(kind: str, bus: Any, direction: str, mw: float, price: float, **more: Any) -> dict[str, Any]:
    entry = {"kind": kind, "bus": bus, "direction": direction, "quantity_mw": mw, "price_eur_per_mwh": price}
    return {**entry, **more}


def run(folder: Path, document: Any, *arguments: str) -> Result:
    file = folder / "market.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return CliRunner().invoke(cli, ["grid", "continuous", str(file), *arguments], standalone_mode=False)


def answer(folder: Path, document: Any, *arguments: str) -> dict[str, Any]:
    result = run(folder, document, "--json", *arguments)
    assert result.exception is None, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def matched(found: dict[str, Any]) -> list[tuple[int, int, float, float]]:
    return [(m["offer"], m["request"], m["quantity_mw"], m["price_eur_per_mwh"]) for m in found["matches"]]


def test_fifteen_buses_by_hand(tmp_path: Path) -> None:
    # Bus 5 draws 0.05 through a line of 0.1, bus 10 draws 0.04 through one of 0.1.
    arrivals = [
        order("request", 5, "up", 0.08, 44),
        order("request", 10, "up", 0.03, 41, conditional=True),
        order("request", 10, "up", 0.05, 40),
        order("offer", 14, "up", 0.10, 35),
        order("offer", 7, "up", 0.04, 42),
        order("offer", 5, "up", 0.01, 43),
    ]
    found = answer(tmp_path, {"network": branches(), "setpoint_mw": SETPOINT, "arrivals": arrivals})
    # Offer 3: 0.05 to bus 5 (its line is full then), 0.03 held at bus 10, and there 0.1 - 0.04 - 0.03 = 0.03 less what
    # is left of the offer, 0.02. Offer 4 is too dear, offer 5 stands at bus 5 itself.
    assert found["model"] == "ptdf"
    assert matched(found) == [(3, 0, 0.05, 44), (3, 1, 0.03, 41), (3, 2, 0.02, 40), (5, 0, 0.01, 44)]
    assert [m["conditional"] for m in found["matches"]] == [False, True, False, False]
    assert found["volume_mw"] == pytest.approx(0.11)
    assert found["welfare"] == pytest.approx(0.05 * 9 + 0.03 * 6 + 0.02 * 5 + 0.01 * 1)
    after = list(SETPOINT)
    after[4] -= 0.05
    after[9] -= 0.02
    after[13] += 0.07
    assert found["setpoint_mw"] == pytest.approx(after)


def test_a_block_over_two_mtus_waits_for_its_second_part(tmp_path: Path) -> None:
    arrivals = [
        order("offer", 7, "down", 0.02, 30, mtu=0, block="b"),
        order("offer", 7, "up", 0.02, 31, mtu=1, block="b"),
        order("request", 8, "down", 0.05, 40, mtu=0),
        order("request", 8, "up", 0.02, 40, mtu=1),
    ]
    document = {"network": branches(), "setpoint_mw": [SETPOINT, SETPOINT], "arrivals": arrivals}
    assert answer(tmp_path, {**document, "arrivals": arrivals[:3]})["matches"] == []
    found = answer(tmp_path, document)
    assert matched(found) == [(0, 2, 0.02, 30), (1, 3, 0.02, 31)]
    assert [m["mtu"] for m in found["matches"]] == [0, 1]
    assert found["setpoint_mw"][0][6] == pytest.approx(SETPOINT[6] - 0.02)
    assert found["setpoint_mw"][1][7] == pytest.approx(SETPOINT[7] - 0.02)


def test_on_a_real_network_the_exact_model_is_the_default_and_keeps_its_limits(tmp_path: Path) -> None:
    arrivals = [
        order("request", 11, "up", 3.0, 60),
        order("request", 9, "up", 2.0, 55, conditional=True),
        order("offer", 1, "up", 4.0, 40),
        order("offer", 3, "down", 3.0, 20),
        order("request", 8, "down", 3.0, 45),
        order("offer", 14, "up", 4.0, 41),
    ]
    setpoint = {"3": -0.4, "8": -0.6, "9": -0.6, "11": -0.3, "14": -0.2}
    document = {"network": "cigre-mv", "setpoint_mw": setpoint, "arrivals": arrivals}
    exact, linear = answer(tmp_path, document), answer(tmp_path, document, "--model", "ptdf")
    assert (exact["model"], linear["model"]) == ("ac", "ptdf")
    assert exact["matches"]
    assert exact["volume_mw"] < linear["volume_mw"], "voltages bind that the linear model does not see"
    model = read_network(library_network("cigre-mv"))
    place = {alias: i for i, node in enumerate(model.nodes) for alias in node.aliases}
    held = [m for m in exact["matches"] if m["conditional"]]
    assert held
    for called in (False, True):
        p_w = [0] * len(model.nodes)
        for bus, value in exact["setpoint_mw"].items():
            p_w[place[f"bus-{bus}"] if bus.isdecimal() else index_of(model, bus)] += round(value * 1e6)
        for match in held if called else []:
            p_w[place[f"bus-{match['offer_bus']}"]] += round(match["quantity_mw"] * 1e6)
            p_w[place[f"bus-{match['request_bus']}"]] -= round(match["quantity_mw"] * 1e6)
        state = SecondSolver(model).solve([p_w], [[0] * len(p_w)])[0]
        assert state is not None
        assert (state.loading * 1e5 <= [branch.limit_mpct + 1e-3 for branch in model.branches]).all()
        low = np.array([node.v_low_micro_pu for node in model.nodes])
        assert (state.voltage * 1e6 >= low - 1e-3)[[node.id != model.slack for node in model.nodes]].all()


def index_of(model: Any, name: str) -> int:
    return next(i for i, node in enumerate(model.nodes) if node.name == name)


def test_every_problem_of_a_file_is_named(tmp_path: Path) -> None:
    document = {
        "network": {"branches": [{"from": 1, "to": 2, "x": 0, "capacity_mw": -1}, {"from": 2}]},
        "setpoint_mw": [0, "a"],
        "arrivals": [
            order("bid", 1, "up", 0, "dear", conditional="yes", condtional=True),
            order("offer", None, "left", 1e9, 1, mtu=-1, block=[]),
            7,
        ],
    }
    result = run(tmp_path, document, "--json")
    assert result.exception is not None
    assert result.exception.exit_code == 2
    places = {problem["column"] for problem in result.exception.document["problems"]}
    assert places == {
        "network.branches[0].x", "network.branches[0].capacity_mw", "network.branches[1].to",
        "network.branches[1].capacity_mw", "setpoint_mw[1]", "arrivals[0].kind", "arrivals[0].quantity_mw",
        "arrivals[0].price_eur_per_mwh", "arrivals[0].conditional", "arrivals[0].condtional",
        "arrivals[1].bus", "arrivals[1].direction",
        "arrivals[1].quantity_mw", "arrivals[1].mtu", "arrivals[1].block", "arrivals[2]",
    }  # fmt: skip
    assert all(problem["rule"] for problem in result.exception.document["problems"])


@pytest.mark.parametrize(
    ("document", "column"),
    [
        ("{", ""),
        ("[]", ""),
        ({"arrivals": [], "setpoint_mw": [0]}, "network"),
        ({"network": branches(), "arrivals": []}, "setpoint_mw"),
        ({"network": branches(), "setpoint_mw": [1, 2], "arrivals": []}, "setpoint_mw"),
        ({"network": branches(), "setpoint_mw": SETPOINT}, "arrivals"),
        ({"network": branches(), "setpoint_mw": SETPOINT, "arrivals": [order("offer", 99, "up", 1, 1)]},
         "arrivals[0].bus"),
        ({"network": branches(), "setpoint_mw": SETPOINT, "arrivals": [order("offer", 1, "up", 1, 1, mtu=1)]},
         "arrivals[0].mtu"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_market_is_refused(tmp_path: Path, document: Any, column: str) -> None:
    result = run(tmp_path, document)
    assert result.exception is not None
    assert result.exception.exit_code == 2
    assert column in {problem["column"] for problem in result.exception.document["problems"]}


def test_islands_are_named_and_branches_have_no_exact_model(tmp_path: Path) -> None:
    apart = {"branches": [{"from": "a", "to": "b", "capacity_mw": 1}, {"from": "c", "to": "d", "capacity_mw": None}]}
    result = run(tmp_path, {"network": apart, "setpoint_mw": [0] * 4, "arrivals": []})
    assert result.exception is not None
    assert "bus c: not connected to bus a" in str(result.exception)
    assert "bus d: not connected to bus a" in str(result.exception)
    result = run(tmp_path, {"network": branches(), "setpoint_mw": SETPOINT, "arrivals": []}, "--model", "ac")
    assert result.exception is not None
    assert "branches have no impedances" in str(result.exception)


def test_as_a_table(tmp_path: Path) -> None:
    arrivals = [order("request", 8, "up", 0.02, 40, conditional=True), order("offer", 7, "up", 0.02, 30)]
    result = run(tmp_path, {"network": branches(), "setpoint_mw": SETPOINT, "arrivals": arrivals})
    assert result.exception is None
    assert "1 matches, 0.02 MW, welfare 0.2 EUR per hour" in result.output
    assert "held" in result.output


def test_the_example_of_the_page_prints_what_stands_there() -> None:
    page = DOCS / "math-conditional-orders.md"
    stated = page.read_text(encoding="utf-8").split("$ flexbourse grid continuous market.json\n")[1].split("```")[0]
    file = DOCS / "examples" / "grid-continuous" / "market.json"
    result = CliRunner().invoke(cli, ["grid", "continuous", str(file)], standalone_mode=False)
    assert result.exception is None
    assert result.stdout.split() == stated.split()
