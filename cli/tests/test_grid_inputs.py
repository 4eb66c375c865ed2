"""Bad files of grid studies: every problem at once, each with file, row, column and rule; nothing is half done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.main import cli

POINT = "bus,p_w,q_var\nBus R11,-14250,-4683\nBus R15,-49400,-16237\n"
TRADES = "seller_bus,buyer_bus,quantity_w\nBus R11,Bus R15,5000\n"


class Folder:
    """Files of a study on the European low-voltage benchmark."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("point.csv", POINT)
        self.write("trades.csv", TRADES)

    def write(self, name: str, text: str | bytes) -> str:
        file = self.path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    def check(self, *options: str) -> Result:
        files = ["--operating-point", str(self.path / "point.csv"), "--trades", str(self.path / "trades.csv")]
        return run("check", "--network", "cigre-lv", *files, *options)

    def problems(self, *options: str) -> list[tuple[str, int, str, str]]:
        done = self.check(*options, "--json")
        assert done.exit_code == 2, done.output
        found: list[dict[str, Any]] = json.loads(done.stdout)["problems"]
        assert all(problem["rule"] for problem in found)
        return [(Path(p["file"]).name, p["row"], p["column"], p["value"]) for p in found]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["grid", *arguments], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_problems_of_all_files_come_at_once(folder: Folder) -> None:
    folder.write("point.csv", "bus,p_w,q_var\nBus R11,much,0\nnowhere,1,2\nBus R15,1,nan\n11,5,5\nBus R9,1\n")
    folder.write(
        "trades.csv",
        "seller_bus,buyer_bus,quantity_w,seller_basis,power_factor\n"
        "Bus R11,Bus R15,-5,,\nBus R11,,10,MAYBE,\nBus R11,Bus R15,10,,1.5\nBus R11,Bus R15,10,,0\n",
    )
    folder.write("p.toml", "vm_min_pu = 1.2\nwarp = 3\nexponent = 'two'\n")
    folder.write("l.csv", "element,loading_max_percent,vm_min_pu\nline-0,,0.9\nbus-3,,0.95\nline-99,5,\nbus-3,,0.95\n")
    options = ("--parameters", str(folder.path / "p.toml"), "--limits", str(folder.path / "l.csv"))
    assert folder.problems(*options) == [
        ("p.toml", 0, "vm_min_pu", "1.2"),
        ("p.toml", 0, "warp", "3"),
        ("p.toml", 0, "exponent", "two"),
        ("l.csv", 2, "vm_min_pu", "0.9"),
        ("l.csv", 4, "element", "line-99"),
        ("l.csv", 5, "element", "bus-3"),
        ("point.csv", 2, "p_w", "much"),
        ("point.csv", 3, "bus", "nowhere"),
        ("point.csv", 4, "q_var", "nan"),
        ("point.csv", 6, "", ""),
        ("trades.csv", 2, "quantity_w", "-5"),
        ("trades.csv", 3, "buyer_bus", ""),
        ("trades.csv", 3, "seller_basis", "MAYBE"),
        ("trades.csv", 4, "power_factor", "1.5"),
        ("trades.csv", 5, "power_factor", "0"),
    ]


def test_one_row_per_bus_whatever_it_is_called(folder: Folder) -> None:
    folder.write("point.csv", "bus,p_w,q_var\nBus R11,1,0\nBus R15,1,0\n16,2,0\n")
    assert folder.problems() == [("point.csv", 4, "bus", "16")]
    done = folder.check()
    assert done.exit_code == 2
    assert "row 4, bus: was '16', the same bus stands in row 3" in done.stderr


@pytest.mark.parametrize(
    ("content", "column"),
    [
        ("", ""),
        (b"\xff\xfe\x00", ""),
        ("bus,p_w\nBus R11,1\n", "q_var"),
        ("bus,p_w,q_var,colour\n", "colour"),
        ("bus,p_w,p_w,q_var\n", "p_w"),
        ('bus,p_w,q_var\n"Bus R11,1,1\n', ""),
    ],
)
def test_files_that_are_no_table(folder: Folder, content: str | bytes, column: str) -> None:
    folder.write("point.csv", content)
    ((file, _, found, _),) = folder.problems()
    assert (file, found) == ("point.csv", column)


def test_files_that_are_not_there_and_parameters_that_are_none(folder: Folder) -> None:
    done = run("check", "--network", "cigre-lv", "--operating-point", "no.csv", "--trades", "no.csv", "--json")
    assert done.exit_code == 2
    assert [problem["file"] for problem in json.loads(done.stdout)["problems"]] == ["no.csv", "no.csv"]
    folder.write("p.toml", "vm_min_pu 0.9")
    assert folder.problems("--parameters", str(folder.path / "p.toml")) == [("p.toml", 0, "", "")]
    folder.write("p.toml", "amber_loading_percent = 100\namber_voltage_deviation_pu = 0.2\n")
    columns = [column for *_, column, _ in folder.problems("--parameters", str(folder.path / "p.toml"))]
    assert columns == ["amber_loading_percent", "amber_voltage_deviation_pu"]
    folder.write("p.toml", b"\xef\xbb\xbfexponent = 3\r\n")
    assert json.loads(folder.check("--parameters", str(folder.path / "p.toml"), "--json").stdout)["parameters"][
        "exponent"
    ] == pytest.approx(3)


def test_a_network_that_cannot_be_loaded_is_named(folder: Folder) -> None:
    bad = folder.write("net.json", "{}")
    for network in ("no-such-network", bad):
        done = run("check", "--network", network, "--operating-point", "x.csv", "--trades", "x.csv")
        assert done.exit_code == 2
        assert Path(network).name in done.stderr


def test_buses_by_index_by_name_and_by_id_are_the_same(folder: Folder) -> None:
    answers = []
    for buses in (("Bus R11", "Bus R15"), ("12", "16"), ("bus-12", "bus-16"), ("12.0", "16.0")):
        folder.write("trades.csv", f"seller_bus,buyer_bus,quantity_w\n{buses[0]},{buses[1]},5000\n")
        answers.append(json.loads(folder.check("--json").stdout)["trades"])
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0]["seller_bus"] == "Bus R11"


def test_columns_in_any_order_blank_rows_and_fractions_of_a_watt(folder: Folder) -> None:
    plain = json.loads(folder.check("--json").stdout)
    folder.write("point.csv", "\ufeffq_var, p_w ,bus\n-4683.0,-14250.4,Bus R11\n\n,,\n-1.6237e4,-49400,Bus R15\n")
    assert json.loads(folder.check("--json").stdout) == plain


def test_an_operating_point_without_a_state_is_no_verdict(folder: Folder) -> None:
    folder.write("point.csv", "bus,p_w,q_var\nBus R15,-90000000,0\n")
    done = folder.check("--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["code"] == "GRID_CHECK_NOT_CONVERGED"


def test_a_trade_beyond_what_can_be_solved_has_no_numbers_and_no_permission(folder: Folder) -> None:
    folder.write("trades.csv", "seller_bus,buyer_bus,quantity_w\nBus 0,Bus R15,900000000\n")
    (trade,) = json.loads(folder.check("--json").stdout)["trades"]
    assert (trade["accepted"], trade["reason"], trade["light"]) == (False, "GRID_CHECK_NOT_CONVERGED", "UNKNOWN")
    assert trade["vm_min_pu"] is None
    assert trade["loss_change_w"] is None
    assert trade["dnut_eur_per_mwh"] == {"loss": None, "congestion": None, "voltage": None, "total": None}
    assert 0 < trade["quantity_max_w"] < 10**6


def test_margins_bought_relief_and_a_missing_side_are_options(folder: Folder) -> None:
    folder.write("trades.csv", "seller_bus,buyer_bus,quantity_w\nBus 0,Bus R15,1000\nBus R14,Bus R15,1000\n")
    free = json.loads(folder.check("--json").stdout)["trades"]
    amounts = folder.write("amounts.csv", "element,low_voltage_pu\nBus R15,0.02\n")
    for option in ("--margins", "--bought-relief"):
        less = json.loads(folder.check(option, amounts, "--json").stdout)["trades"]
        assert less[0]["limited_by"]["limit"] == pytest.approx(free[0]["limited_by"]["limit"] + 0.02)
        assert less[0]["quantity_max_w"] < 0.9 * free[0]["quantity_max_w"]
    either = json.loads(folder.check("--either-side", "--json").stdout)["trades"]
    assert either[0] == free[0]
    assert either[1]["quantity_max_w"] == pytest.approx(free[0]["quantity_max_w"], rel=0.02)
    assert either[1]["quantity_max_w"] < 0.7 * free[1]["quantity_max_w"]


def test_limits_of_an_element_replace_wider_or_narrower_what_applied_to_it(folder: Folder) -> None:
    folder.write("trades.csv", "seller_bus,buyer_bus,quantity_w\nBus 0,Bus R15,1000\n")
    found = {}
    for low in ("", "0.95", "0.70"):
        limits = folder.write("l.csv", f"element,vm_min_pu\nBus R15,{low or 0.9}\n")
        (trade,) = json.loads(folder.check("--limits", limits, "--json").stdout)["trades"]
        found[low] = trade["quantity_max_w"], trade["limited_by"]["name"], trade["limited_by"]["limit"]
    assert found["0.95"][0] < found[""][0] < found["0.70"][0]
    assert found["0.95"][1:] == ("Bus R15", 0.95)
    assert found[""][1:] == ("Bus R15", 0.9)
    assert found["0.70"][1:] == ("Bus R14", 0.9)


def test_buses_without_a_row_inject_nothing_or_what_the_network_has(folder: Folder) -> None:
    folder.write("point.csv", "bus,p_w,q_var\nBus R15,0,0\n")
    nothing = json.loads(folder.check("--json").stdout)["base"]
    own = json.loads(folder.check("--unlisted", "network", "--json").stdout)["base"]
    assert nothing["losses_w"] < 100
    assert own["losses_w"] > 10_000
    folder.write("point.csv", "bus,p_w,q_var\nBus R15,-52000,-17000\n")
    more = json.loads(folder.check("--unlisted", "network", "--json").stdout)["base"]
    assert more["losses_w"] > own["losses_w"] + 1_000


def test_what_one_should_know_of_a_network_is_said(folder: Folder) -> None:
    folder.write("point.csv", "bus,p_w,q_var\n17,-90000,-40000\n")
    folder.write("trades.csv", "seller_bus,buyer_bus,quantity_w\n0,17,1000\n")
    files = ["--operating-point", str(folder.path / "point.csv"), "--trades", str(folder.path / "trades.csv")]
    done = run("check", "--network", "case33bw", *files, "--json")
    (notice,) = json.loads(done.stdout)["network"]["notices"]
    assert "no current limit" in notice
    assert notice in done.stderr
    rated = run("check", "--network", "case33bw", "--default-rating-ka", "0.05", *files, "--json")
    assert json.loads(rated.stdout)["network"]["notices"] == []
    assert json.loads(rated.stdout)["base"]["loading_max_percent"] > 5


def test_the_table_for_people_names_both_sides_and_the_answer(folder: Folder) -> None:
    done = folder.check()
    assert done.exit_code == 0
    assert "Bus R11" in done.stdout
    assert "accepted" in done.stdout
    assert "DNUT EUR/MWh" in done.stdout


def test_largest_quantity_of_a_pair_is_that_of_the_check(folder: Folder) -> None:
    folder.write("trades.csv", "seller_bus,buyer_bus,quantity_w,power_factor\nBus 0,Bus R15,1000,0.9\n")
    (trade,) = json.loads(folder.check("--json").stdout)["trades"]
    options = ("--network", "cigre-lv", "--operating-point", str(folder.path / "point.csv"))
    pair = ("--seller", "0", "--buyer", "Bus R15", "--power-factor", "0.9")
    largest = json.loads(run("qmax", *options, *pair, "--json").stdout)["largest"]
    assert largest["quantity_max_w"] == trade["quantity_max_w"]
    assert largest["limited_by"] == trade["limited_by"]
    assert largest["vm_min_pu"] >= largest["limited_by"]["limit"]
    shown = run("qmax", *options, *pair)
    assert f"{largest['quantity_max_w']} W" in shown.stdout
    wrong = run("qmax", *options, "--seller", "x", "--buyer", "y", "--power-factor", "2", "--json")
    assert wrong.exit_code == 2
    columns = [problem["column"] for problem in json.loads(wrong.stdout)["problems"]]
    assert columns == ["seller_bus", "buyer_bus", "power_factor"]
