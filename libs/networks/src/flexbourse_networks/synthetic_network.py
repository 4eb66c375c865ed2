"""Made-up areas of any size, for trials of scale: a seed and a number of nodes lead to the same network everywhere.

Up to 150 nodes it is one low-voltage village behind its substation; beyond, 20 kV feeders under one 110/20 kV
transformer supply substations with a village each. Radial, with closed loops between 20 kV feeders where asked for.
Cables and transformers are common ones (150 mm² aluminium at 0.4 kV, 240 mm² at 20 kV, 630 kVA, 40 MVA).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from flexbourse_gridmath.arrays import Integer, frozen
from flexbourse_gridmath.model import MAX_NODES, Branch, NetworkModel, Node
from flexbourse_networks.feeders import TRANSFORMER, zoned

BASE_MVA = 1.0
# Nodes of a village with its substation, and substations of a 20 kV feeder.
VILLAGE_NODES = 100
ALONE_NODES = 150
FEEDER_STATIONS = 6
# A village's feeders; a house hangs on one of the last nodes of its feeder.
VILLAGE_FEEDERS = 5
FORKS = 3
POWER_FACTOR_TAN = 0.3
FREQUENCY_HZ = 50.0


@dataclass(frozen=True, slots=True)
class Cable:
    """Per kilometre: ohm, ohm, nF; its rating in kA."""

    r_ohm: float
    x_ohm: float
    c_nf: float
    rating_ka: float


@dataclass(frozen=True, slots=True)
class Transformer:
    """Rated power in MVA, short-circuit voltage and its real part in percent, vector group's shift in degrees."""

    sn_mva: float
    vk_percent: float
    vkr_percent: float
    shift_degree: float = 150.0


LOW_CABLE = Cable(r_ohm=0.208, x_ohm=0.080, c_nf=261.0, rating_ka=0.270)
HIGH_CABLE = Cable(r_ohm=0.122, x_ohm=0.112, c_nf=304.0, rating_ka=0.421)
VILLAGE_TRANSFORMER = Transformer(sn_mva=0.63, vk_percent=6.0, vkr_percent=1.2)
AREA_TRANSFORMER = Transformer(sn_mva=40.0, vk_percent=12.0, vkr_percent=0.4)


@dataclass(frozen=True, slots=True)
class SyntheticArea:
    """A network and its houses' loads as injections in W and var, int64[n]."""

    model: NetworkModel
    p_w: Integer
    q_var: Integer


def synthetic_area(nodes: int, seed: int = 0, loops: int = 0) -> SyntheticArea:
    """An area of exactly this many nodes; raises ValueError for fewer than 10 or more than a model may have."""
    if not 10 <= nodes <= MAX_NODES:
        raise ValueError(f"{nodes} nodes, must be 10 to {MAX_NODES}")
    builder = _Builder(seed)
    builder.build(nodes, loops)
    zoned_parts = zoned(builder.nodes, builder.branches, (), builder.nodes[0].id)
    model = NetworkModel(
        name=f"synthetic-{nodes}-{seed}",
        base_mva=BASE_MVA,
        slack=builder.nodes[0].id,
        slack_voltage_pu=1.02,
        slack_angle_rad=0.0,
        nodes=zoned_parts[0],
        branches=zoned_parts[1],
    )
    p_w = np.array(builder.loads, dtype=np.int64)
    return SyntheticArea(model, frozen(p_w), frozen(np.rint(p_w * POWER_FACTOR_TAN).astype(np.int64)))


class _Builder:
    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.nodes: list[Node] = []
        self.branches: list[Branch] = []
        self.loads: list[int] = []

    def build(self, nodes: int, loops: int) -> None:
        if nodes <= ALONE_NODES:
            self._village(self._node("source", 20.0), nodes - 1)
            return
        source, busbar = self._node("source", 110.0), self._node("busbar", 20.0)
        self._transformer(source, busbar, AREA_TRANSFORMER)
        stations, ends = -(-(nodes - 2) // VILLAGE_NODES), []
        sizes = np.full(stations, (nodes - 2) // stations)
        sizes[: (nodes - 2) % stations] += 1
        last = busbar
        for number, size in enumerate(sizes.tolist()):
            above = busbar if number % FEEDER_STATIONS == 0 else last
            last = self._node(f"station {number}", 20.0)
            self._cable(above, last, HIGH_CABLE, float(self._random.uniform(0.3, 1.0)))
            self._village(last, size - 1)
            if (number + 1) % FEEDER_STATIONS == 0 or number == stations - 1:
                ends.append(last)
        for one, other in list(pairwise(ends))[:loops]:
            self._cable(one, other, HIGH_CABLE, 0.5)

    def _village(self, above: int, nodes: int) -> None:
        """Add a transformer's low-voltage busbar and feeders, so many nodes in all."""
        busbar = self._node(f"{self.nodes[above].name} village", 0.4)
        self._transformer(above, busbar, VILLAGE_TRANSFORMER)
        feeders: list[list[int]] = [[busbar] for _ in range(VILLAGE_FEEDERS)]
        for number in range(nodes - 1):
            feeder = feeders[number % VILLAGE_FEEDERS]
            root = feeder[-1 - int(self._random.integers(min(FORKS, len(feeder))))]
            house = self._node(f"{self.nodes[above].name} house {number}", 0.4, -int(self._random.integers(500, 3_000)))
            self._cable(root, house, LOW_CABLE, float(self._random.uniform(0.015, 0.04)))
            feeder.append(house)

    def _node(self, name: str, kv: float, load_w: int = 0) -> int:
        number = len(self.nodes)
        self.nodes.append(Node(f"bus-{number}", name, "", kv, 900_000, 1_100_000, aliases=(f"bus-{number}",)))
        self.loads.append(load_w)
        return number

    def _cable(self, near: int, far: int, cable: Cable, km: float) -> None:
        kv, number = self.nodes[near].nominal_kv, len(self.branches)
        base_ohm = kv**2 / BASE_MVA
        b_pu = 2 * math.pi * FREQUENCY_HZ * cable.c_nf * 1e-9 * km * base_ohm
        self.branches.append(
            Branch(
                f"line-{number}", f"cable {number}", "line", "", self.nodes[near].id, self.nodes[far].id,
                r_pu=cable.r_ohm * km / base_ohm, x_pu=cable.x_ohm * km / base_ohm, g_pu=0.0, b_pu=b_pu,
                tap_ratio=1.0, tap_shift_rad=0.0, rating_from_ka=cable.rating_ka, rating_to_ka=cable.rating_ka,
            )
        )  # fmt: skip

    def _transformer(self, high: int, low: int, kind: Transformer) -> None:
        number, scale = len(self.branches), BASE_MVA / kind.sn_mva / 100
        ratings = [kind.sn_mva / math.sqrt(3) / self.nodes[node].nominal_kv for node in (high, low)]
        x_percent = math.sqrt(kind.vk_percent**2 - kind.vkr_percent**2)
        self.branches.append(
            Branch(
                f"trafo-{number}", f"transformer {number}", TRANSFORMER, "", self.nodes[high].id, self.nodes[low].id,
                r_pu=kind.vkr_percent * scale, x_pu=x_percent * scale, g_pu=0.0, b_pu=0.0, tap_ratio=1.0,
                tap_shift_rad=math.radians(kind.shift_degree), rating_from_ka=ratings[0], rating_to_ka=ratings[1],
            )
        )  # fmt: skip
