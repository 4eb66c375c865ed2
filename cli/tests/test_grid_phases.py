"""`flexbourse grid phases` on the IEEE European LV feeder: the numbers of pandapower's own three-phase flow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandapower
import pandapower.networks as library
import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.main import cli

PHASES = ["vm_a_pu", "vm_b_pu", "vm_c_pu"]


def run(tmp_path: Path, trades: str, *more: str) -> Result:
    file = tmp_path / "trades.csv"
    file.write_text(trades)
    arguments = ["grid", "phases", "--network", "european-lv", "--trades", str(file), *more]
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def judged(seller: tuple[int, str], buyer: tuple[int, str], quantity_w: int) -> Any:
    """pandapower's solution with the trade added."""
    net = library.ieee_european_lv_asymmetric()
    for (bus, phase), sign in ((seller, -1), (buyer, 1)):
        shares = {f"p_{x}_mw": sign * quantity_w / len(phase) / 1e6 for x in phase}
        pandapower.create_asymmetric_load(net, bus, **shares)
    pandapower.runpp_3ph(net, tolerance_mva=1e-10, max_iteration=100)
    return net


def test_numbers_are_those_of_an_independent_flow(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "seller_bus,seller_phase,buyer_bus,buyer_phase,quantity_w\n34,a,899,b,4000\n70,abc,74,c,9000\n",
        "--json",
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    for trade, sides in zip(
        found["trades"], (((34, "a"), (899, "b"), 4000), ((70, "abc"), (74, "c"), 9000)), strict=True
    ):
        net = judged(*sides)
        assert trade["vm_min_pu"] == pytest.approx(net.res_bus_3ph[PHASES].min().min(), abs=1e-5)
        assert trade["vm_max_pu"] == pytest.approx(net.res_bus_3ph[PHASES].max().max(), abs=1e-5)
        assert trade["loading_max_percent"] == pytest.approx(net.res_line_3ph.loading_percent.max(), abs=0.02)
    assert found["base"]["vm_min_phase"] == "b"
    assert found["base"]["loading_max_percent"] == pytest.approx(33.2, abs=0.1)
    assert 10 < found["overlooked"]["loading_percent"] < 20
    assert 0.025 < found["overlooked"]["voltage_pu"] < 0.04


def test_a_phase_that_is_full_refuses_what_another_takes(tmp_path: Path) -> None:
    parameters = tmp_path / "limits.toml"
    parameters.write_text("loading_max_percent = 36\nvm_min_pu = 0.95\nvm_max_pu = 1.075\n")
    trades = "seller_bus,buyer_bus,buyer_phase,quantity_w\n1,899,b,4000\n1,899,c,4000\n"
    done = run(tmp_path, trades, "--parameters", str(parameters), "--json")
    full, free = json.loads(done.stdout)["trades"]
    assert (full["accepted"], free["accepted"]) == (False, True)
    assert full["limited_by"]["phase"] == "b"
    assert 0 < full["quantity_max_w"] < 4000 < free["quantity_max_w"]
    for trade, phase in ((full, "b"), (free, "c")):
        inside, outside = (
            judged((1, "abc"), (899, phase), round(trade["quantity_max_w"] * factor)) for factor in (1.0, 1.01)
        )
        assert fits(inside)
        assert not fits(outside)


def fits(net: Any) -> bool:
    voltages = net.res_bus_3ph[PHASES].to_numpy()
    return bool(
        net.res_line_3ph.loading_percent.max() <= 36 + 1e-3
        and voltages.min() >= 0.95 - 1e-6
        and voltages.max() <= 1.075 + 1e-6
    )


def test_everything_wrong_is_listed_at_once(tmp_path: Path) -> None:
    trades = "seller_bus,buyer_bus,buyer_phase,quantity_w\n1,899,n,4000\n1,2,a,x\n"
    done = run(tmp_path, trades, "--json")
    assert done.exit_code == 2
    assert {(p["row"], p["column"]) for p in json.loads(done.output)["problems"]} == {
        (2, "buyer_phase"),
        (3, "quantity_w"),
    }
    unknown = run(tmp_path, "seller_bus,buyer_bus,quantity_w\nnowhere,899,1\n", "--json")
    assert unknown.exit_code == 2
    assert "nowhere" in unknown.output


def test_an_own_operating_point_takes_the_place_of_the_loads(tmp_path: Path) -> None:
    point = tmp_path / "point.csv"
    point.write_text("bus,phase,p_w,q_var\n34,a,-3000,0\n34,b,-3000,0\n34,c,-3000,0\n899,abc,-9000,0\n")
    done = run(tmp_path, "seller_bus,buyer_bus,quantity_w\n34,899,100\n", "--operating-point", str(point), "--json")
    found = json.loads(done.stdout)
    assert found["base"]["voltage_unbalance_max_percent"] < 0.01
    assert found["overlooked"]["loading_percent"] < 0.01
    assert "lowest" in run(tmp_path, "seller_bus,buyer_bus,quantity_w\n34,899,100\n").output
