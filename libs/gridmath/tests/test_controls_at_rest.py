"""Controls set free: taps, Q(U) and held voltages come to the rest that pandapower's controllers come to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from flexbourse_gridmath.control_model import TapChanger, VoltageSource, VoltVar
from flexbourse_gridmath.controls import ControlledState, settle_controls, with_taps
from flexbourse_gridmath.model import Branch, ModelError, NetworkModel, Node
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.topology import Integer, compile_topology

LINES = 4
LENGTH_KM = 6.0
CURVE_PU, CURVE_MVAR = (0.92, 0.97, 1.03, 1.08), (1.5, 0.0, 0.0, -1.5)


def feeder(tap: int = 0, tap_side: str = "hv") -> NetworkModel:
    """The model of `pandapower_feeder`, built by hand from the same type data: 110/20 kV and a 20 kV feeder."""
    import pandapower as pp

    net = pandapower_feeder((0.0,) * (LINES + 1), tap, tap_side)
    pp.runpp(net, trafo_model="pi", calculate_voltage_angles=True, numba=False)
    branch, bus = net._ppc["internal"]["branch"], net._ppc["internal"]["bus"]
    nodes = tuple(
        Node(f"bus-{i}", "", "z", float(bus[i, 9]), 900_000, 1_100_000, aliases=(f"bus-{i}",)) for i in range(len(bus))
    )
    ends = [(f"bus-{int(row[0].real)}", f"bus-{int(row[1].real)}") for row in branch]
    names = [f"line-{i}" for i in range(LINES)] + ["trafo-0"]
    made = tuple(
        Branch(
            name, "", "line", "z", *end, float(row[2].real), float(row[3].real), float(row[23].real),
            float(row[4].real), float(row[8].real) or 1.0, float(np.radians(row[9].real)), 1.0, 1.0,
        )
        for name, end, row in zip(names, ends, branch, strict=True)
    )  # fmt: skip
    return NetworkModel("feeder", float(net._ppc["baseMVA"]), "bus-0", 1.0, 0.0, nodes, made)


def pandapower_feeder(load_mw: tuple[float, ...], tap: int = 0, tap_side: str = "hv") -> Any:
    """A transformer with a tap changer and a feeder; injections at each of its buses."""
    import pandapower as pp

    net = pp.create_empty_network()
    high = pp.create_bus(net, 110.0)
    low = pp.create_bus(net, 20.0)
    pp.create_ext_grid(net, high, vm_pu=1.0)
    pp.create_transformer_from_parameters(
        net, high, low, 25.0, 110.0, 20.0, 0.41, 12.0, 14.0, 0.07, shift_degree=0.0, tap_side=tap_side, tap_neutral=0,
        tap_min=-9, tap_max=9, tap_step_percent=1.5, tap_pos=tap, tap_changer_type="Ratio",
    )  # fmt: skip
    last = low
    for _ in range(LINES):
        bus = pp.create_bus(net, 20.0)
        pp.create_line_from_parameters(net, last, bus, LENGTH_KM, 0.162, 0.121, 273.0, 0.4)
        last = bus
    for i, power in enumerate(load_mw):
        pp.create_sgen(net, low + i, power, 0.0)
    return net


def injections(mw: tuple[float, ...]) -> tuple[Integer, Integer]:
    p = np.array([0, *(round(x * 1e6) for x in mw)], dtype=np.int64)
    return p, np.zeros_like(p)


def changer(tap_side: str = "hv", position: int = 0, **changes: Any) -> TapChanger:
    made = TapChanger("oltc", "trafo-0", "bus-1", tap_side == "hv", position, 0, -9, 9, 15_000, 990_000, 1_010_000)
    return replace(made, **changes)


def rest(model: NetworkModel, mw: tuple[float, ...]) -> ControlledState:
    found = settle_controls(model, *injections(mw))
    assert isinstance(found, ControlledState)
    return found


@pytest.mark.parametrize("tap_side", ["hv", "lv"])
@pytest.mark.parametrize("mw", [(0.0, -3.0, -3.0, -3.0, -6.0), (0.0, 4.0, 4.0, 4.0, 4.0), (0.0,) * 5])
def test_taps_come_to_the_rest_of_run_control(mw: tuple[float, ...], tap_side: str) -> None:
    import pandapower as pp
    from pandapower.control import DiscreteTapControl

    net = pandapower_feeder(mw, 5, tap_side)
    DiscreteTapControl(net, 0, vm_lower_pu=0.99, vm_upper_pu=1.01, side="lv")
    pp.runpp(net, run_control=True, trafo_model="pi", calculate_voltage_angles=True, numba=False, max_iter=100)
    model = replace(feeder(5, tap_side), tap_changers=(changer(tap_side, 5),))
    found = rest(model, mw)
    assert found.unsettled == ()
    assert found.positions == {"oltc": int(net.trafo.tap_pos.at[0])}
    assert np.abs(found.point.magnitude - net.res_bus.vm_pu.to_numpy()).max() < 1e-6


def test_reactive_power_follows_the_voltage_as_in_run_control() -> None:
    import pandapower as pp
    from pandapower.control.controller.DERController import DERController, QModelQVCurve

    mw = (0.0, 0.0, 2.0, 0.0, 9.0)
    net = pandapower_feeder(mw)
    curve = {"vm_points_pu": list(CURVE_PU), "q_points_pu": [q / 9.0 for q in CURVE_MVAR]}
    net.sgen["sn_mva"] = 9.0
    DERController(net, element_index=4, q_model=QModelQVCurve(qv_curve=curve), damping_coef=2)
    pp.runpp(net, run_control=True, trafo_model="pi", calculate_voltage_angles=True, numba=False, max_iter=200)
    micro = tuple(round(x * 1e6) for x in CURVE_PU), tuple(round(x * 1e6) for x in CURVE_MVAR)
    model = replace(feeder(), volt_vars=(VoltVar("qu", "bus-5", *micro, held_var=0),))
    found = rest(model, mw)
    assert found.unsettled == ()
    assert found.reactive_var["qu"] < -200_000
    assert found.reactive_var["qu"] == pytest.approx(net.res_sgen.q_mvar.at[4] * 1e6, rel=1e-2)
    assert np.abs(found.point.magnitude - net.res_bus.vm_pu.to_numpy()).max() < 1e-4


def test_a_source_holds_its_voltage_until_its_reactive_power_is_used_up() -> None:
    import pandapower as pp

    mw = (0.0, -2.0, -2.0, -2.0, 0.0)
    net = pandapower_feeder(mw)
    pp.create_gen(net, 5, p_mw=1.0, vm_pu=0.99)
    pp.runpp(net, trafo_model="pi", calculate_voltage_angles=True, numba=False)
    free = VoltageSource("gen", "bus-5", 990_000, -20_000_000, 20_000_000, 0)
    with_gen = (*mw[:4], 1.0)
    found = rest(replace(feeder(), voltage_sources=(free,)), with_gen)
    assert found.point.magnitude[5] == pytest.approx(0.99, abs=1e-7)
    assert found.reactive_var["gen"] == pytest.approx(net.res_gen.q_mvar.at[0] * 1e6, rel=1e-4)
    assert np.abs(found.point.magnitude - net.res_bus.vm_pu.to_numpy()).max() < 1e-6
    tight = replace(free, q_max_var=found.reactive_var["gen"] // 2)
    limited = rest(replace(feeder(), voltage_sources=(tight,)), with_gen)
    assert limited.reactive_var["gen"] == tight.q_max_var
    assert limited.point.magnitude[5] < 0.99
    assert limited.unsettled == ()


def test_what_a_control_holds_is_taken_out_of_the_injections() -> None:
    mw = (0.0, 0.0, 2.0, 0.0, 9.0)
    micro = tuple(round(x * 1e6) for x in CURVE_PU), tuple(round(x * 1e6) for x in CURVE_MVAR)
    plain = rest(replace(feeder(), volt_vars=(VoltVar("qu", "bus-5", *micro, held_var=0),)), mw)
    p, q = injections(mw)
    q[5] = -700_000
    held = settle_controls(replace(feeder(), volt_vars=(VoltVar("qu", "bus-5", *micro, held_var=-700_000),)), p, q)
    assert isinstance(held, ControlledState)
    assert abs(held.reactive_var["qu"] - plain.reactive_var["qu"]) <= 1


def test_taps_curves_and_sources_rest_together() -> None:
    micro = tuple(round(x * 1e6) for x in CURVE_PU), tuple(round(x * 1e6) for x in CURVE_MVAR)
    model = replace(
        feeder(-6),
        tap_changers=(changer(position=-6),),
        volt_vars=(VoltVar("qu", "bus-3", *micro, held_var=0),),
        voltage_sources=(VoltageSource("gen", "bus-5", 1_000_000, -3_000_000, 3_000_000, 0),),
    )
    found = rest(model, (0.0, -4.0, -4.0, -4.0, 2.0))
    assert found.unsettled == ()
    assert 0.99 <= found.point.magnitude[1] <= 1.01
    assert found.positions["oltc"] != -6
    assert found.model.tap_changers[0].position == found.positions["oltc"]


def test_a_tap_at_its_end_rests_and_one_with_too_wide_steps_is_named_as_hunting() -> None:
    end = rest(replace(feeder(), tap_changers=(changer(maximum=1, minimum=-1),)), (0.0, -6.0, -6.0, -6.0, -6.0))
    assert end.positions == {"oltc": -1}
    assert end.unsettled == ()
    coarse = changer(step_micro=60_000, v_low_micro_pu=999_000, v_high_micro_pu=1_001_000)
    hunting = rest(replace(feeder(), tap_changers=(coarse,)), (0.0, -3.0, -3.0, -3.0, -3.0))
    assert hunting.unsettled == ("oltc",)


def test_turning_a_tap_is_the_network_with_that_tap() -> None:
    for side in ("hv", "lv"):
        turned = with_taps(replace(feeder(0, side), tap_changers=(changer(side),)), {"oltc": 4})
        direct = feeder(4, side)
        for one, other in zip(turned.branches, direct.branches, strict=True):
            for name in ("tap_ratio", "r_pu", "x_pu", "g_pu", "b_pu"):
                assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-12), (side, name)


def test_without_any_state_there_is_none() -> None:
    found = settle_controls(replace(feeder(), tap_changers=(changer(),)), *injections((0.0, 0.0, 0.0, 0.0, -500.0)))
    assert isinstance(found, NotConverged)


def test_controls_belong_to_the_model_and_are_checked_with_it() -> None:
    model = replace(feeder(), tap_changers=(changer(),))
    assert NetworkModel.from_bytes(model.to_bytes()) == model
    assert model.digest() != feeder().digest()
    assert "tap_changers" not in feeder().to_bytes().decode()
    wrong = replace(
        feeder(),
        tap_changers=(changer(branch="x", node="y", position=20, step_micro=0, v_low_micro_pu=2_000_000),),
        volt_vars=(VoltVar("a", "bus-0", (1, 1), (0, 5), 0), VoltVar("b", "bus-4", (1, 2), (0,), 0)),
        voltage_sources=(VoltageSource("c", "bus-4", 10, 5, 3, 0),),
    )
    with pytest.raises(ModelError) as refused:
        compile_topology(wrong)
    text = " | ".join(refused.value.problems)
    for part in (
        "branch x does not", "node y does not", "position 20", "step 0", "band 2000000", "bus-0 does not exist or is",
        "must rise", "must not rise", "as many", "target 10", "wrong way", "bus-4: several controls",
    ):  # fmt: skip
        assert part in text, part
