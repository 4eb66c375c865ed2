"""A tap changer that would leave a limit violated: the light turns, although the check itself holds the tap fixed."""

from __future__ import annotations

from dataclasses import replace

import street
from grid_chain import Chain

from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.control_model import TapChanger
from flexbourse_gridmath.model import NetworkModel
from flexbourse_networks.network_import import NetworkImport


def street_with_tap(low_micro_pu: int, high_micro_pu: int) -> bytes:
    """The street; its transformer keeps the busbar between two voltages once it is free."""
    model = NetworkModel.from_bytes(NetworkImport(None).from_json(street.network_json()))
    tap = TapChanger(
        id="oltc", branch="trafo-0", node="bus-1", on_from=True, position=0, neutral=0, minimum=-6, maximum=6,
        step_micro=25_000, v_low_micro_pu=low_micro_pu, v_high_micro_pu=high_micro_pu,
    )  # fmt: skip
    return replace(model, tap_changers=(tap,)).to_bytes()


def test_a_tap_that_is_set_too_high_turns_the_light_red_and_the_market_stops_what_worsens() -> None:
    chain = Chain(street_with_tap(1_105_000, 1_140_000))
    assert chain.colours() == {light.LIGHT_GREEN}  # held, all is well
    chain.audit()
    chain.pass_time(10)
    assert light.LIGHT_RED in chain.colours()
    for drive in chain.all.values():
        drive.recovered()


def test_a_tap_that_keeps_the_band_leaves_the_light_alone() -> None:
    chain = Chain(street_with_tap(985_000, 1_020_000))
    chain.audit()
    chain.pass_time(10)
    assert chain.colours() == {light.LIGHT_GREEN}
    assert not chain.trade().HasField("rejection")
