"""`flexbourse grid relief`: files in, the cheapest set out; every problem of the files at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.main import cli

LOADS = {3: 100, 4: 200, 5: 700, 6: 565, 8: 605, 10: 490, 11: 3_000}
POINT = "bus,p_w,q_var\n" + "".join(f"{bus},-{kw}000,-{kw * 280}\n" for bus, kw in LOADS.items())
OFFERS = """offer,bus,direction,quantity_w,quantity_var,price_eur_per_mwh,minimum,divisible
near,11,UP,400000,,80,,
dear,11,UP,900000,,95,100000,
whole,10,UP,300000,,60,,NO
reactive,11,UP,,900000,20,,
wrong,11,DOWN,900000,,1,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "point.csv").write_text(POINT)
    (tmp_path / "offers.csv").write_text(OFFERS)
    return tmp_path


def relief(folder: Path, *arguments: str, point: bool = True) -> Result:
    source = ["--operating-point", str(folder / "point.csv")] if point else []
    command = ["grid", "relief", "--network", "cigre-mv", "--offers", str(folder / "offers.csv"), *source, *arguments]
    return CliRunner().invoke(cli, command, standalone_mode=False)


def answer(result: Result) -> dict[str, Any]:
    assert result.exception is None, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_everything_that_violates_is_brought_back_for_the_least_cost(folder: Path) -> None:
    found = answer(relief(folder, "--json"))
    state = found["states"][0]
    assert found["met"]
    assert found["settled"]
    assert state["before"]["elements_outside_limits"] == len(found["needs"]) > 0
    assert state["after"]["elements_outside_limits"] == 0
    bought = {entry["offer"]: entry for entry in found["purchases"]}
    assert "wrong" not in bought
    assert bought["whole"]["quantity_w"] == 300_000
    assert found["cost_eur"] == pytest.approx(sum(entry["cost_eur"] for entry in found["purchases"]), abs=1e-6)
    assert found["cost_eur"] < 0.25 * (0.4 * 80 + 0.9 * 95 + 0.3 * 60 + 0.9 * 20)
    line = next(entry for entry in found["merit_order"] if entry["element"] == "line-1")
    prices = [entry["eur_per_unit_and_hour"] for entry in line["offers"]]
    assert prices == sorted(prices)
    assert {entry["offer"] for entry in line["offers"]} == {"near", "dear", "whole", "reactive"}


def test_stated_reliefs_and_blocks_over_two_mtus(folder: Path) -> None:
    rows = POINT.splitlines()[1:]
    (folder / "profiles.csv").write_text(
        "mtu,bus,p_w,q_var\n" + "".join(f"{mtu},{row}\n" for mtu in ("18:00", "19:00") for row in rows)
    )
    (folder / "offers.csv").write_text(
        "offer,bus,direction,quantity_w,price_eur_per_mwh,mtu,last_mtu\nblock,11,UP,900000,50,18:00,19:00\nsingle,11,UP,900000,40,19:00,\n"
    )
    (folder / "needs.csv").write_text("element,mtu,relief_percent,relief_pu\nline-1,19:00,4,\nbus-11,19:00,,0.001\n")
    found = answer(
        relief(folder, "--profiles", str(folder / "profiles.csv"), "--needs", str(folder / "needs.csv"), "--json",
               point=False)
    )  # fmt: skip
    assert [entry["offer"] for entry in found["purchases"]] == ["single"]
    need = found["needs"][0]
    assert need["mtu"] == "19:00"
    assert need["before"] - need["after"] == pytest.approx(4, abs=2e-3)
    assert found["states"][0]["before"] == found["states"][0]["after"]


def test_what_cannot_be_met_is_said_with_what_is_missing(folder: Path) -> None:
    (folder / "offers.csv").write_text("bus,direction,quantity_w,price_eur_per_mwh\n11,UP,10000,50\n")
    found = answer(relief(folder, "--json"))
    assert not found["met"]
    worst = max(found["needs"], key=lambda need: need["shortfall"] * (need["unit"] == "percent"))
    assert worst["shortfall"] == pytest.approx(worst["after"] - worst["target"], abs=2e-3)
    text = relief(folder).stdout
    assert "not every need can be met" in text


def test_every_problem_of_the_files_is_listed_at_once(folder: Path) -> None:
    (folder / "offers.csv").write_text(
        "offer,bus,direction,quantity_w,quantity_var,price_eur_per_mwh,minimum,mtu\n"
        "a,nowhere,UP,5,,1,,\nb,11,SIDEWAYS,5,,1,,\nc,11,UP,5,5,1,,\nd,11,UP,5,,-1,,\ne,11,UP,5,,1,6,\nf,11,UP,5,,1,,1\n"
    )
    (folder / "needs.csv").write_text("element,relief_percent,relief_pu\nline-99,1,\nbus-11,1,\n")
    result = relief(folder, "--needs", str(folder / "needs.csv"), "--json")
    problems = result.exception.document["problems"]  # type: ignore[union-attr]
    assert {(problem["row"], problem["column"]) for problem in problems} == {
        (2, "bus"), (3, "direction"), (4, "quantity_w"), (5, "price_eur_per_mwh"), (6, "minimum"), (7, "mtu"),
        (2, "element"), (3, "relief_percent"), (3, "relief_pu"),
    }  # fmt: skip
