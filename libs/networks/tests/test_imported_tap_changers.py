"""Tap changers of a file, from the import through the model to where they come to rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flexbourse_gridmath.controls import ControlledState, settle_controls
from flexbourse_gridmath.model import NetworkModel
from flexbourse_networks.network_import import NetworkImport

LOADS_MW = (3.0, 4.0, 6.0)


def net_with_taps(load_share: float, **controller: Any) -> Any:
    """A 110/20 kV transformer with a tap changer, and a feeder behind it."""
    import pandapower as pp
    from pandapower.control import DiscreteTapControl

    net = pp.create_empty_network()
    high, low = pp.create_bus(net, 110.0), pp.create_bus(net, 20.0)
    pp.create_ext_grid(net, high)
    trafo = pp.create_transformer(net, high, low, "25 MVA 110/20 kV")
    last = low
    for power in LOADS_MW:
        bus = pp.create_bus(net, 20.0)
        pp.create_line(net, last, bus, 4.0, "NA2XS2Y 1x240 RM/25 12/20 kV")
        pp.create_load(net, bus, power * load_share, 0.3 * power * load_share)
        last = bus
    DiscreteTapControl(net, trafo, vm_lower_pu=0.99, vm_upper_pu=1.01, side="lv", **controller)
    return net


def imported(net: Any) -> NetworkModel:
    import pandapower as pp

    return NetworkModel.from_bytes(NetworkImport(None).from_json(pp.to_json(net).encode()))


def test_a_tap_changer_becomes_part_of_the_model_where_the_file_left_it() -> None:
    (tap,) = imported(net_with_taps(1.0)).tap_changers
    assert (tap.branch, tap.node, tap.on_from) == ("trafo-0", "bus-1", True)
    assert (tap.minimum, tap.neutral, tap.maximum, tap.step_micro) == (-9, 0, 9, 15_000)
    assert (tap.v_low_micro_pu, tap.v_high_micro_pu) == (990_000, 1_010_000)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.4])
def test_free_it_goes_where_pandapower_lets_it_go(share: float) -> None:
    import pandapower as pp

    model = imported(net_with_taps(1.0))
    p_w, q_var = (np.zeros(len(model.nodes), dtype=np.int64) for _ in range(2))
    for i, power in enumerate(LOADS_MW):
        p_w[2 + i], q_var[2 + i] = round(-power * share * 1e6), round(-0.3 * power * share * 1e6)
    found = settle_controls(model, p_w, q_var)
    assert isinstance(found, ControlledState)
    start = net_with_taps(share)
    start.trafo["tap_pos"] = model.tap_changers[0].position
    pp.runpp(start, run_control=True, trafo_model="pi", calculate_voltage_angles=True, numba=False)
    assert list(found.positions.values()) == [int(start.trafo.tap_pos.at[0])]
    assert np.abs(found.point.magnitude - start.res_bus.vm_pu.to_numpy()).max() < 1e-6


def test_what_a_file_leaves_open_is_held_and_not_guessed() -> None:
    net = net_with_taps(1.0)
    net.trafo["tap_min"] = np.nan
    net.controller.drop(net.controller.index, inplace=True)
    assert imported(net).tap_changers == ()
