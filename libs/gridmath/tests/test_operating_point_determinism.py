"""An operating point is a function of integers alone: whoever solves it again, after whatever, gets the same bits."""

from __future__ import annotations

import hashlib

import numpy as np

from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends, potential, with_voltage_ceiling
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_gridmath.zones import evaluate_zones

MATCHES = 3_000
KILL_EVERY = 50


def parameters_of(topology) -> TariffParameters:
    base = TariffParameters(87_650_000, monitored_nodes=feeder_ends(topology))
    return with_voltage_ceiling(topology, base, 300_000_000)


def bits(point: OperatingPoint) -> str:
    return hashlib.sha256(point.voltage.tobytes() + point.loading.tobytes()).hexdigest()


def test_dnut_of_a_day_of_matches_survives_every_kill(grid):
    random = np.random.default_rng(3)
    nodes = random.choice(grid.load_nodes, (MATCHES, 2))
    sizes = random.integers(1, grid.trade_size_w() // 100, MATCHES)

    def run(kill_every: int | None) -> tuple[list[int], str]:
        topology, point = grid.topology, grid.point()
        parameters, charges = parameters_of(topology), []
        for count, ((seller, buyer), size) in enumerate(zip(nodes, sizes, strict=True)):
            if kill_every and count % kill_every == 0:
                # All that survives a kill: the model's bytes and the integers.
                stored, p_w, q_var = grid.model.to_bytes(), point.p_w.tolist(), point.q_var.tolist()
                topology = compile_topology(NetworkModel.from_bytes(stored))
                recovered = solve_from_no_load(topology, np.array(p_w), np.array(q_var))
                assert not isinstance(recovered, NotConverged)
                assert bits(recovered) == bits(point)
                point = recovered
            after = apply_change(topology, point, Vector((Side(int(seller), 1), Side(int(buyer), -1))).at(int(size)))
            assert not isinstance(after, NotConverged)
            charges.append(dnut(topology, parameters, point, after))
            point = after
        assert sum(charges) == potential(topology, parameters, point) - potential(topology, parameters, grid.point())
        return charges, bits(point)

    assert run(None) == run(KILL_EVERY)


def test_way_to_a_point_does_not_matter(grid):
    there = grid.point()
    for seller, buyer in [(0, 3), (2, 1), (5, 4)]:
        pair = Vector((Side(grid.load_nodes[seller], 1), Side(grid.load_nodes[buyer], -1)))
        step = apply_change(grid.topology, there, pair.at(777))
        assert not isinstance(step, NotConverged)
        there = step
    directly = grid.point(there.p_w.copy(), there.q_var.copy())
    assert bits(directly) == bits(there)
    assert evaluate_zones(grid.topology, directly, Limits.of(grid.topology)) == evaluate_zones(
        grid.topology, there, Limits.of(grid.topology)
    )


def test_memory_layout_of_the_injections_does_not_matter(grid):
    expected = bits(grid.point())
    n = grid.topology.n_nodes
    for offset in range(4):
        shifted = np.zeros(n + 4, dtype=np.int64)[offset : offset + n]
        shifted[:] = grid.p_w
        strided = np.zeros(2 * n, dtype=np.int64)[::2]
        strided[:] = grid.q_var
        assert bits(grid.point(shifted, strided)) == expected


def test_point_cannot_be_changed(grid):
    point = grid.point()
    for array in (point.p_w, point.q_var, point.voltage, point.loading, grid.topology.no_load_voltage):
        assert not array.flags.writeable
