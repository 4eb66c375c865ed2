"""Networks and days for tests that run without the platform."""

from __future__ import annotations

from datetime import date
from functools import cache

from pandapower import networks

from flexbourse_demo.modelled.grid_sketch import GridSketch
from flexbourse_demo.modelled.loads import DayModel, model_day
from flexbourse_demo.modelled.market_day import MarketDay
from flexbourse_demo.modelled.village import Village, build_village
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_networks.from_pandapower.network import read_network

DAY = date(2026, 2, 26)


@cache
def kerber_model() -> NetworkModel:
    return read_network(networks.create_kerber_dorfnetz())


@cache
def cigre_model() -> NetworkModel:
    return read_network(networks.create_cigre_network_lv())


@cache
def kerber_topology() -> Topology:
    return compile_topology(kerber_model())


@cache
def kerber_village(seed: int = 1) -> Village:
    return build_village("kerber-dorf", GridSketch.of(kerber_model()), seed)


@cache
def kerber_day(seed: int = 1) -> DayModel:
    return model_day(kerber_village(seed), MarketDay.of(DAY))
