"""Recorded integers do not depend on the processor: other BLAS kernels and threads change floats, not these."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from flexbourse_gridmath.impedance import MAX_DENSE_NODES
from flexbourse_networks.synthetic_network import synthetic_area

PROGRAM = """
import hashlib, sys
import numpy as np
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, feeder_ends, potential
from flexbourse_gridmath.topology import compile_topology
topology = compile_topology(NetworkModel.from_bytes(sys.stdin.buffer.read()))
random, n = np.random.default_rng(0), topology.n_nodes
parameters = TariffParameters(100_000_000, loading_amber_mpct=20_000, monitored_nodes=feeder_ends(topology))
digest, floats = hashlib.sha256(), hashlib.sha256()
for _ in range(400):
    point = solve_from_no_load(topology, random.integers(-3_000, 3_000, n), random.integers(-900, 900, n))
    digest.update(str(potential(topology, parameters, point)).encode())
    digest.update(point.loading_mpct().tobytes() + point.voltage_micro_pu().tobytes())
    floats.update(point.voltage.tobytes())
print(digest.hexdigest(), floats.hexdigest())
"""


def digests(model: bytes, **environment: str) -> tuple[str, str]:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=model,
        capture_output=True,
        check=True,
        timeout=240,
        env={**os.environ, **environment},
    )
    integers, floats = run.stdout.decode().split()
    return integers, floats


@pytest.mark.parametrize("kernel", ["Haswell", "Sandybridge"])
def test_other_kernels_give_the_same_integers(grid_named, kernel):
    model = grid_named("kerber-dorf").model.to_bytes()
    ours = digests(model, OPENBLAS_NUM_THREADS="1")
    theirs = digests(model, OPENBLAS_NUM_THREADS="2", OPENBLAS_CORETYPE=kernel)
    assert theirs[0] == ours[0]


def test_other_kernels_give_the_same_integers_on_a_network_of_sparse_factors():
    model = synthetic_area(2 * MAX_DENSE_NODES, seed=4, loops=1).model.to_bytes()
    ours = digests(model, OPENBLAS_NUM_THREADS="1")
    theirs = digests(model, OPENBLAS_NUM_THREADS="2", OPENBLAS_CORETYPE="Sandybridge")
    assert theirs[0] == ours[0]
